#include "model/sentence_train.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>

#include "model/augment.h"
#include "model/lessons.h"
#include "model/number.h"
#include "model/second_classifier.h"

namespace heed::model {
namespace {

constexpr std::uint32_t kSeenLeast = 3;
constexpr std::size_t kParts = std::size_t{1} << kPartsLog2, kTogether = 8;
constexpr float kRowRate = 0.05f, kRate = 0.02f, kRateFalls = 0.9f, kSourceRate = 0.1f;
constexpr std::size_t kOf = 1000, kWordsLeftOut = 50, kNamesLeftOut = 300, kFiltersSilent = 300;
constexpr float kFilterGain = static_cast<float>(kOf) / static_cast<float>(kOf - kFiltersSilent);
constexpr float kFirstSquare = 0.01f, kTiny = 1e-6f;

/// One number that is learned: its square sums shrink its rate.
void learn(float* weights, float* squares, const float* gradient, std::size_t n, float rate) {
  for (std::size_t i = 0; i < n; ++i) {
    squares[i] += gradient[i] * gradient[i];
    weights[i] -= rate * gradient[i] / std::sqrt(squares[i] + kTiny);
  }
}

/// Distinct words of all examples, with their parts.
class Vocabulary {
 public:
  std::uint32_t add(const Word& word) {
    const auto [found, is_new] = numbers_.try_emplace(word.hash, static_cast<std::uint32_t>(seen.size()));
    if (is_new) {
      hashes.push_back(word.hash);
      seen.push_back(0);
      begins_.push_back(parts_.size());
      each_part(word, [&](std::uint32_t part) { parts_.push_back(part); });
    }
    return found->second;
  }
  std::span<const std::uint32_t> parts(std::uint32_t word) const {
    const std::size_t end = word + 1 < begins_.size() ? begins_[word + 1] : parts_.size();
    return std::span(parts_).subspan(begins_[word], end - begins_[word]);
  }
  bool known(std::uint32_t word) const { return seen[word] >= kSeenLeast; }

  std::vector<std::uint64_t> hashes;
  std::vector<std::uint32_t> seen;  ///< in how many examples

 private:
  std::unordered_map<std::uint64_t, std::uint32_t> numbers_;
  std::vector<std::size_t> begins_;
  std::vector<std::uint32_t> parts_;
};

struct Example {
  std::uint32_t sample = 0;
  float weight = 1;
  std::size_t begin = 0, end = 0;  ///< in Lesson::words
};

struct Place {
  std::uint32_t word;
  std::uint8_t marks;
};

class Reader {
 public:
  void add(std::uint32_t sample, std::string_view text, float weight) {
    text::fold(text, folded_, text::UpsideDown::Leave);
    text::tokenize(folded_.text, tokens_);
    text::unmask(folded_.text, tokens_, nullptr, unmask_, readings_);
    find_words(folded_, tokens_, readings_, found_);
    add_signs(readings_, found_);
    Example example{.sample = sample, .weight = weight, .begin = places.size()};
    for (std::size_t i = 0; i < std::min(found_.size(), kSentenceWords); ++i) {
      places.push_back({words.add(found_[i]), found_[i].marks});
    }
    example.end = places.size();
    if (example.begin == example.end) {
      return;
    }
    distinct_.clear();
    for (std::size_t i = example.begin; i < example.end; ++i) {
      distinct_.push_back(places[i].word);
    }
    std::sort(distinct_.begin(), distinct_.end());
    distinct_.erase(std::unique(distinct_.begin(), distinct_.end()), distinct_.end());
    for (std::uint32_t word : distinct_) {
      ++words.seen[word];
    }
    examples.push_back(example);
  }

  Vocabulary words;
  std::vector<Place> places;
  std::vector<Example> examples;

 private:
  text::Folded folded_;
  std::vector<text::Token> tokens_;
  text::Readings readings_;
  text::UnmaskScratch unmask_;
  std::vector<Word> found_;
  std::vector<std::uint32_t> distinct_;
};

class Learner {
 public:
  Learner(const std::vector<Sample>& samples, const Reader& reader)
      : samples_(samples),
        reader_(reader),
        source_weights_(source_weights(samples)),
        weights(std::make_unique<SentenceWeights>()),
        squares_(std::make_unique<SentenceWeights>()),
        gradient_(std::make_unique<SentenceWeights>()),
        pass_(std::make_unique<SentencePass>()) {
    for (const auto& [source, weight] : source_weights_) {
      sources_.emplace(source, sources_.size());
    }
    source_bias_.resize(sources_.size());
    source_squares_.resize(sources_.size());
    word_rows.assign(reader.words.seen.size() * kDepth, 0);
    word_squares_.assign(word_rows.size(), kFirstSquare);
    part_rows.resize(kParts * kDepth);
    part_squares_.assign(part_rows.size(), kFirstSquare);
    draw(part_rows.data(), part_rows.size(), 0.3f);
    draw(&weights->marks[0][0], kMarks * kDepth, 0.3f);
    for (std::size_t w = 0; w < kFilterWidths.size(); ++w) {
      draw(weights->filters + filters_begin(w), kFiltersEach * kFilterWidths[w] * kDepth,
           std::sqrt(3.0f / static_cast<float>(kFilterWidths[w] * kDepth)));
    }
    draw(&weights->output[0][0], kLabels * (kFilters + kDepth), 0.1f);
    std::fill(numbers(*squares_), numbers(*squares_) + kSentenceNumbers, kFirstSquare);
    order_.resize(reader.examples.size());
    for (std::uint32_t i = 0; i < order_.size(); ++i) {
      order_[i] = i;
    }
  }

  void pass(float share_done) {
    fall_ = 1 - kRateFalls * share_done;
    for (std::size_t i = order_.size(); i > 1; --i) {
      std::swap(order_[i - 1], order_[random_.below(i)]);
    }
    for (std::uint32_t number : order_) {
      learn_from(reader_.examples[number]);
    }
  }

 private:
  enum class Left : std::uint8_t { In, Out, Nameless };

  void draw(float* to, std::size_t n, float most) {
    for (std::size_t i = 0; i < n; ++i) {
      to[i] = most * static_cast<float>(static_cast<double>(random_.next() >> 40) / (1 << 24) * 2 - 1);
    }
  }

  void read(std::span<const Place> places) {
    SentencePass& pass = *pass_;
    pass.start(places.size());
    left_.resize(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
      const Place& place = places[i];
      left_[i] = random_.below(kOf) < kWordsLeftOut                                        ? Left::Out
                 : (place.marks & Word::kGroup) != 0 && random_.below(kOf) < kNamesLeftOut ? Left::Nameless
                                                                                           : Left::In;
      float* x = pass.word(i);
      if (left_[i] == Left::In) {
        const auto parts = reader_.words.parts(place.word);
        const float each = 1.0f / std::sqrt(static_cast<float>(parts.size()));
        for (std::uint32_t part : parts) {
          add_scaled(x, each, &part_rows[part * kDepth], kDepth);
        }
        if (reader_.words.known(place.word)) {
          add_scaled(x, 1, &word_rows[place.word * kDepth], kDepth);
        }
      }
      for (std::size_t mark = 0; mark < kMarks && left_[i] != Left::Out; ++mark) {
        if ((place.marks >> mark & 1) != 0) {
          add_scaled(x, 1, weights->marks[mark], kDepth);
        }
      }
    }
  }

  void learn_from(const Example& example) {
    const auto places = std::span(reader_.places).subspan(example.begin, example.end - example.begin);
    SentencePass& pass = *pass_;
    read(places);
    convolve(*weights, pass);
    for (std::size_t f = 0; f < kFilters; ++f) {
      gain_[f] = random_.below(kOf) < kFiltersSilent ? 0 : kFilterGain;
      pass.found[f] *= gain_[f];
    }
    conclude(*weights, pass);

    const Sample& sample = samples_[example.sample];
    const std::size_t source = sources_.find(sample.source)->second;
    const float weight = source_weights_.find(sample.source)->second * example.weight;
    std::fill(found_gradient_, found_gradient_ + kFilters, 0.0f);
    std::fill(mean_gradient_, mean_gradient_ + kDepth, 0.0f);
    for (std::size_t label = 0; label < kLabels; ++label) {
      if (sample.labels[label] < 0) {
        continue;
      }
      float& bias = source_bias_[source][label];
      float& bias_square = source_squares_[source][label];
      const float trust = weight * (sample.is_weak(label) ? kWeakWeight : 1);
      const float gradient = trust * (static_cast<float>(logistic(static_cast<double>(pass.logits[label] + bias))) -
                                      static_cast<float>(sample.labels[label]));
      bias_square += gradient * gradient;
      bias -= kSourceRate * gradient / (1 + std::sqrt(bias_square));
      add_scaled(found_gradient_, gradient, weights->output[label], kFilters);
      add_scaled(mean_gradient_, gradient, weights->output[label] + kFilters, kDepth);
      add_scaled(gradient_->output[label], gradient, pass.found, kFilters);
      add_scaled(gradient_->output[label] + kFilters, gradient, pass.mean, kDepth);
    }
    go_back(places);
    if (++waiting_ == kTogether) {
      step();
    }
  }

  /// From what the filters found to the words that they found it in.
  void go_back(std::span<const Place> places) {
    const SentencePass& pass = *pass_;
    word_gradient_.assign((places.size() + 2 * kSentencePad) * kDepth, 0);
    const float part = 1.0f / std::sqrt(static_cast<float>(places.size() + 1));
    for (std::size_t i = 0; i < places.size(); ++i) {
      add_scaled(&word_gradient_[(kSentencePad + i) * kDepth], part, mean_gradient_, kDepth);
    }
    for (std::size_t w = 0; w < kFilterWidths.size(); ++w) {
      const std::size_t length = kFilterWidths[w] * kDepth;
      for (std::size_t k = 0; k < kFiltersEach; ++k) {
        const std::size_t f = w * kFiltersEach + k, at = filters_begin(w) + k * length;
        const float gradient = found_gradient_[f] * gain_[f];
        if (pass.found[f] <= 0 || gradient == 0) {
          continue;
        }
        gradient_->filter_bias[f] += gradient;
        add_scaled(gradient_->filters + at, gradient, pass.x + pass.at[f] * kDepth, length);
        add_scaled(&word_gradient_[pass.at[f] * kDepth], gradient, weights->filters + at, length);
      }
    }
    for (std::size_t i = 0; i < places.size(); ++i) {
      const Place& place = places[i];
      const float* gradient = &word_gradient_[(kSentencePad + i) * kDepth];
      if (left_[i] == Left::In) {
        const auto parts = reader_.words.parts(place.word);
        const float each = 1.0f / std::sqrt(static_cast<float>(parts.size()));
        float of_part[kDepth] = {};
        add_scaled(of_part, each, gradient, kDepth);
        for (std::uint32_t number : parts) {
          learn(&part_rows[number * kDepth], &part_squares_[number * kDepth], of_part, kDepth, kRowRate * fall_);
        }
        if (reader_.words.known(place.word)) {
          learn(&word_rows[place.word * kDepth], &word_squares_[place.word * kDepth], gradient, kDepth,
                kRowRate * fall_);
        }
      }
      for (std::size_t mark = 0; mark < kMarks && left_[i] != Left::Out; ++mark) {
        if ((place.marks >> mark & 1) != 0) {
          learn(weights->marks[mark], squares_->marks[mark], gradient, kDepth, kRowRate * fall_);
        }
      }
    }
  }

  /// Filters and output learn from several examples at once; the output has no bias but the sources'.
  void step() {
    waiting_ = 0;
    constexpr std::size_t kFrom = offsetof(SentenceWeights, filters) / sizeof(float);
    constexpr std::size_t kTo = offsetof(SentenceWeights, bias) / sizeof(float);
    float* gradient = numbers(*gradient_);
    learn(numbers(*weights) + kFrom, numbers(*squares_) + kFrom, gradient + kFrom, kTo - kFrom, kRate * fall_);
    std::fill(gradient + kFrom, gradient + kTo, 0.0f);
  }

  const std::vector<Sample>& samples_;
  const Reader& reader_;
  std::map<std::string, float> source_weights_;
  std::map<std::string, std::size_t> sources_;
  std::vector<std::array<float, kLabels>> source_bias_, source_squares_;

 public:
  std::unique_ptr<SentenceWeights> weights;
  std::vector<float> word_rows, part_rows;

 private:
  std::unique_ptr<SentenceWeights> squares_, gradient_;
  std::vector<float> word_squares_, part_squares_, word_gradient_;
  std::unique_ptr<SentencePass> pass_;
  std::vector<Left> left_;
  std::array<float, kFilters> gain_{};
  alignas(64) float found_gradient_[kFilters];
  alignas(64) float mean_gradient_[kDepth];
  std::size_t waiting_ = 0;
  float fall_ = 1;
  std::vector<std::uint32_t> order_;
  Random random_{kLessonSeed};
};

SentenceFile::Row quantise(const float* from) {
  float most = 0;
  for (std::size_t i = 0; i < kDepth; ++i) {
    most = std::max(most, std::abs(from[i]));
  }
  SentenceFile::Row row;
  row.scale = std::max(most, 1e-6f) / 127;
  for (std::size_t i = 0; i < kDepth; ++i) {
    const float steps = from[i] / row.scale;
    row.steps[i] =
        static_cast<std::int8_t>(std::clamp(static_cast<int>(steps < 0 ? steps - 0.5f : steps + 0.5f), -127, 127));
  }
  return row;
}

}  // namespace

Result<std::shared_ptr<const SentenceFile>> train_sentence(const Lessons& lessons,
                                                           const std::shared_ptr<const ModelFile>& first,
                                                           const SentenceTrainOptions& options) {
  if (lessons.train.empty() || lessons.dev.empty()) {
    return fail(Code::InvalidInput, "there is nothing to learn from, or nothing to calibrate on");
  }
  const auto tell = [&](std::string_view what) {
    if (options.progress) {
      options.progress(what);
    }
  };
  Reader reader;
  for (std::uint32_t i = 0; i < lessons.train.size(); ++i) {
    reader.add(i, lessons.train[i].text, 1);
  }
  each_copy(lessons.train, [&](std::uint32_t i, std::string_view text, float weight) { reader.add(i, text, weight); });
  tell(std::to_string(reader.examples.size()) + " examples in order, " + std::to_string(reader.words.seen.size()) +
       " words");
  Learner learner(lessons.train, reader);
  for (int pass = 0; pass < options.passes; ++pass) {
    learner.pass(static_cast<float>(pass) / static_cast<float>(options.passes));
    tell("sentences, pass " + std::to_string(pass + 1));
  }

  std::vector<std::pair<std::uint64_t, std::uint32_t>> known;
  for (std::uint32_t word = 0; word < reader.words.seen.size(); ++word) {
    if (reader.words.known(word)) {
      known.emplace_back(reader.words.hashes[word], word);
    }
  }
  std::sort(known.begin(), known.end());
  std::vector<std::uint64_t> hashes;
  std::vector<SentenceFile::Row> rows;
  for (const auto& [hash, word] : known) {
    hashes.push_back(hash);
    rows.push_back(quantise(&learner.word_rows[word * kDepth]));
  }
  for (std::size_t part = 0; part < kParts; ++part) {
    rows.push_back(quantise(&learner.part_rows[part * kDepth]));
  }
  const auto file = std::make_shared<SentenceFile>();
  file->name = options.name;
  file->data_digest = lessons.digest;
  file->first_digest = first->digest;
  file->fill(std::move(learner.weights), std::move(hashes), std::move(rows));
  const auto fitted = fit(SecondClassifier(std::make_shared<LinearClassifier>(first), file), lessons.dev);
  for (std::size_t i = 0; i < kLabels; ++i) {
    file->labels[i] = {fitted[i].platt.slope, fitted[i].platt.offset, fitted[i].threshold};
  }
  tell("calibrated");
  return std::shared_ptr<const SentenceFile>(file);
}

}  // namespace heed::model
