#include "model/classifier.h"

#include <algorithm>

#include "model/number.h"

namespace heed::model {

struct LinearClassifier::Memory final : Scratch {
  std::vector<Word> words;
  FeatureReader reader;
  std::vector<std::uint64_t> subwords;
};

namespace {

Abstention abstention(const Input& input, const std::vector<Word>& words) {
  if (words.empty()) {
    return Abstention::Empty;
  }
  if (input.language != text::Language::Unknown && input.language != text::Language::En) {
    return Abstention::Language;
  }
  std::size_t written = 0, foreign = 0;
  for (const Word& word : words) {
    if (!word.letters.empty()) {
      ++written;
      foreign += static_cast<unsigned char>(word.letters.front()) >= 0x80 ? 1 : 0;
    }
  }
  return foreign * 2 > written ? Abstention::Script : Abstention::None;
}

/// Calls f(begin, count) for every window of a post of `words` words.
template <class F>
void each_window(std::size_t words, F f) {
  std::size_t begin = 0;
  while (words - begin > kWindowWords) {
    f(begin, kWindowWords);
    begin += kWindowWords - kWindowOverlap;
  }
  f(begin, words - begin);
}

}  // namespace

std::string_view abstention_name(Abstention abstention) {
  constexpr std::string_view kNames[] = {"", "language", "script", "empty"};
  return kNames[static_cast<std::size_t>(abstention)];
}

std::unique_ptr<LinearClassifier> LinearClassifier::builtin() {
  auto file = ModelFile::read(builtin_model(), /*linked=*/true);
  HEED_ASSERT(file.has_value());
  return std::make_unique<LinearClassifier>(*std::move(file));
}

std::unique_ptr<Scratch> LinearClassifier::make_scratch() const { return std::make_unique<Memory>(); }

void LinearClassifier::judge(const Input& input, std::size_t begin, std::size_t count, Memory& memory,
                             std::array<float, kLabels>& logits) const {
  FeatureReader& reader = memory.reader;
  reader.read(input.folded.text, input.readings, memory.words, begin, count);
  const Line* lines = file_->lines();
  const unsigned log2 = file_->lines_log2;
  for (const Feature& feature : reader.words()) {
    __builtin_prefetch(&lines[line_of(feature.hash, log2)]);
  }
  for (const Feature& feature : reader.context()) {
    __builtin_prefetch(&lines[line_of(feature.hash, log2)]);
  }
  Sum words, context, quoted, quoted_parts;
  memory.subwords.clear();
  for (const Feature& feature : reader.words()) {
    const Line& line = lines[line_of(feature.hash, log2)];
    const std::size_t entry = find_entry(line, tag_of(feature.hash));
    if (entry != Line::kEntries) {
      words.add(line, entry);  // its subwords are in it
    } else {
      each_subword(memory.words[begin + feature.first].letters, [&](std::uint64_t hash) {
        __builtin_prefetch(&lines[line_of(hash, log2)]);
        memory.subwords.push_back(hash);
      });
    }
  }
  const auto add = [&](std::uint64_t hash) {
    const Line& line = lines[line_of(hash, log2)];
    const std::size_t entry = find_entry(line, tag_of(hash));
    if (entry != Line::kEntries) {
      context.add(line, entry);
    }
  };
  for (const Feature& feature : reader.context()) {
    add(feature.hash);
  }
  for (std::uint64_t hash : memory.subwords) {
    add(hash);
  }
  for (const Feature& feature : reader.quoted()) {
    const Line& line = lines[line_of(feature.hash, log2)];
    if (const std::size_t entry = find_entry(line, tag_of(feature.hash)); entry != Line::kEntries) {
      quoted.add(line, entry);
      continue;
    }
    each_subword(memory.words[begin + feature.first].letters, [&](std::uint64_t hash) {
      const Line& other = lines[line_of(hash, log2)];
      if (const std::size_t entry = find_entry(other, tag_of(hash)); entry != Line::kEntries) {
        quoted_parts.add(other, entry);
      }
    });
  }
  const auto &quoted_total = quoted.total(), &parts_total = quoted_parts.total();
  const auto& word_total = words.total();
  const auto& context_total = context.total();
  for (std::size_t i = 0; i < kLabels; ++i) {
    const LabelNumbers& label = file_->labels[i];
    const auto word = word_total[i] + (is_literal(i) ? quoted_total[i] : 0);
    const auto around = context_total[i] + (is_literal(i) ? parts_total[i] : 0);
    logits[i] = label.bias + reader.scale() * (label.word_scale * static_cast<float>(word) +
                                               label.context_scale * static_cast<float>(around));
  }
}

void LinearClassifier::score(const Input& input, Scratch& scratch, Scores& out) const {
  Memory& memory = static_cast<Memory&>(scratch);
  find_words(input.folded, input.tokens, input.readings, memory.words);
  out.logit.fill(0);
  out.probability.fill(0);
  out.abstained = abstention(input, memory.words);
  if (out.abstained != Abstention::None) {
    return;
  }
  std::array<float, kLabels> logits;
  each_window(memory.words.size(), [&](std::size_t begin, std::size_t count) {
    judge(input, begin, count, memory, logits);
    for (std::size_t i = 0; i < kLabels; ++i) {
      out.logit[i] = begin == 0 ? logits[i] : std::max(out.logit[i], logits[i]);
    }
  });
  for (std::size_t i = 0; i < kLabels; ++i) {
    const LabelNumbers& label = file_->labels[i];
    out.probability[i] = static_cast<float>(logistic(label.slope * out.logit[i] + label.offset));
  }
}

Explanation LinearClassifier::explain(const Input& input, Label label, Scratch& scratch) const {
  Memory& memory = static_cast<Memory&>(scratch);
  Scores scores;
  score(input, scratch, scores);
  const std::size_t at = index(label);
  Explanation out;
  out.label = label;
  out.logit = scores.logit[at];
  out.probability = scores.probability[at];
  if (scores.abstained != Abstention::None) {
    return out;
  }
  // The window that decided.
  std::size_t begin = 0, count = 0;
  std::array<float, kLabels> logits;
  each_window(memory.words.size(), [&](std::size_t window, std::size_t size) {
    judge(input, window, size, memory, logits);
    if (count == 0 && logits[at] == out.logit) {
      begin = window;
      count = size;
    }
  });
  judge(input, begin, count, memory, logits);

  const LabelNumbers& numbers = file_->labels[at];
  const FeatureReader& reader = memory.reader;
  std::vector<float> weights(count, 0);
  out.rest = numbers.bias;
  const auto weight_of = [&](std::uint64_t hash, float scale, float& weight) {
    const Line& line = file_->lines()[line_of(hash, file_->lines_log2)];
    const std::size_t entry = find_entry(line, tag_of(hash));
    if (entry == Line::kEntries) {
      return false;
    }
    weight = reader.scale() * scale * static_cast<float>(line.weights[entry][at]);
    return true;
  };
  float weight = 0;
  const auto add_word = [&](const Feature& feature) {
    if (weight_of(feature.hash, numbers.word_scale, weight)) {
      weights[feature.first] += weight;
      return;
    }
    each_subword(memory.words[begin + feature.first].letters, [&](std::uint64_t hash) {
      if (weight_of(hash, numbers.context_scale, weight)) {
        weights[feature.first] += weight;
      }
    });
  };
  for (const Feature& feature : reader.words()) {
    add_word(feature);
  }
  for (const Feature& feature : reader.quoted()) {
    if (is_literal(at)) {
      add_word(feature);
    }
  }
  for (const Feature& feature : reader.context()) {
    if (!weight_of(feature.hash, numbers.context_scale, weight)) {
      continue;
    }
    if (feature.first == Feature::kNoWord) {
      out.rest += weight;
    } else {
      weights[feature.first] += weight / 2;
      weights[feature.last] += weight / 2;
    }
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (weights[i] != 0) {
      const Word& word = memory.words[begin + i];
      const auto [start, end] = input.folded.original(word.begin, word.end);
      out.parts.push_back({start, end, weights[i]});
    }
  }
  return out;
}

}  // namespace heed::model
