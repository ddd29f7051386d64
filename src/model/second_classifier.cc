#include "model/second_classifier.h"

#include <algorithm>
#include <cmath>

#include "model/number.h"

namespace heed::model {

struct SecondClassifier::Memory final : Scratch {
  std::unique_ptr<Scratch> first;
  std::vector<Word> words;
  SentencePass pass;
};

namespace {

/// Calls f(begin, count) for every window of a post of `words` words that is read.
template <class F>
void each_window(std::size_t words, F f) {
  std::size_t begin = 0;
  for (std::size_t number = 1; words - begin > kSentenceWords && number < kSentenceWindowsMax; ++number) {
    f(begin, kSentenceWords);
    begin += kSentenceWords - kSentenceOverlap;
  }
  f(begin, std::min(words - begin, kSentenceWords));
}

}  // namespace

std::unique_ptr<SecondClassifier> SecondClassifier::builtin() {
  auto file = SentenceFile::read(builtin_sentence_model(), /*linked=*/true);
  HEED_ASSERT(file.has_value());
  auto made = make(LinearClassifier::builtin(), *std::move(file));
  HEED_ASSERT(made.has_value());
  return *std::move(made);
}

Result<std::unique_ptr<SecondClassifier>> SecondClassifier::make(std::shared_ptr<const LinearClassifier> first,
                                                                 std::shared_ptr<const SentenceFile> file) {
  if (file->first_digest != first->file().digest) {
    return fail(Code::InvalidInput,
                "the second model was calibrated with another linear model; train both with one `heed train`");
  }
  return std::make_unique<SecondClassifier>(std::move(first), std::move(file));
}

std::unique_ptr<Scratch> SecondClassifier::make_scratch() const {
  auto memory = std::make_unique<Memory>();
  memory->first = first_->make_scratch();
  return memory;
}

void SecondClassifier::read(Memory& memory, std::size_t begin, std::size_t count, std::size_t left_out) const {
  const SentenceWeights& weights = file_->weights();
  SentencePass& pass = memory.pass;
  pass.start(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i == left_out) {
      continue;
    }
    const Word& word = memory.words[begin + i];
    float* x = pass.word(i);
    std::size_t parts = 0;
    each_part(word, [&](std::uint32_t) { ++parts; });
    const float each = 1.0f / std::sqrt(static_cast<float>(parts));
    each_part(word, [&](std::uint32_t part) {
      const SentenceFile::Row& row = file_->part(part);
      add_row(x, row.scale * each, row.steps);
    });
    if (const SentenceFile::Row* row = file_->word(word.hash)) {
      add_row(x, row->scale, row->steps);
    }
    for (std::size_t mark = 0; mark < kMarks; ++mark) {
      if ((word.marks >> mark & 1) != 0) {
        add_scaled(x, 1, weights.marks[mark], kDepth);
      }
    }
  }
  convolve(weights, pass);
  conclude(weights, pass);
}

void SecondClassifier::score(const Input& input, Scratch& scratch, Scores& out) const {
  Memory& memory = static_cast<Memory&>(scratch);
  first_->score(input, *memory.first, out);
  if (out.abstained != Abstention::None) {
    return;
  }
  find_words(input.folded, input.tokens, input.readings, memory.words);
  add_signs(input.readings, memory.words);
  std::array<float, kLabels> most{};
  each_window(memory.words.size(), [&](std::size_t begin, std::size_t count) {
    read(memory, begin, count, kSentenceWords);
    for (std::size_t i = 0; i < kLabels; ++i) {
      most[i] = begin == 0 ? memory.pass.logits[i] : std::max(most[i], memory.pass.logits[i]);
    }
  });
  for (std::size_t i = 0; i < kLabels; ++i) {
    const SentenceFile::Numbers& label = file_->labels[i];
    out.logit[i] += most[i];
    out.probability[i] = static_cast<float>(logistic(label.slope * out.logit[i] + label.offset));
  }
}

Explanation SecondClassifier::explain(const Input& input, Label label, Scratch& scratch) const {
  Memory& memory = static_cast<Memory&>(scratch);
  Explanation out = first_->explain(input, label, *memory.first);
  Scores scores;
  score(input, scratch, scores);
  if (scores.abstained != Abstention::None) {
    return out;
  }
  const std::size_t at = index(label);
  // The window that decided.
  std::size_t begin = 0, count = 0;
  float most = 0;
  each_window(memory.words.size(), [&](std::size_t window, std::size_t size) {
    read(memory, window, size, kSentenceWords);
    if (count == 0 || memory.pass.logits[at] > most) {
      most = memory.pass.logits[at];
      begin = window;
      count = size;
    }
  });
  for (std::size_t i = 0; i < count; ++i) {
    read(memory, begin, count, i);
    const float weight = most - memory.pass.logits[at];
    if (weight == 0) {
      continue;
    }
    const Word& word = memory.words[begin + i];
    const auto [start, end] = input.folded.original(word.begin, word.end);
    const auto same = std::find_if(out.parts.begin(), out.parts.end(), [&](const Explanation::Part& part) {
      return part.begin == start && part.end == end;
    });
    if (same != out.parts.end()) {
      same->weight += weight;
    } else {
      out.parts.push_back({start, end, weight});
    }
  }
  std::sort(out.parts.begin(), out.parts.end(), [](const Explanation::Part& a, const Explanation::Part& b) {
    return a.begin != b.begin ? a.begin < b.begin : a.end < b.end;
  });
  out.logit = scores.logit[at];
  out.probability = scores.probability[at];
  out.rest = out.logit;
  for (const Explanation::Part& part : out.parts) {
    out.rest -= part.weight;
  }
  return out;
}

}  // namespace heed::model
