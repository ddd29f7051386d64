#include "model/lessons.h"

#include <algorithm>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "model/augment.h"

namespace heed::model {
namespace {

constexpr float kCopyWeight = 0.5f, kSourceWeightMax = 6, kContrastWeight = 0.5f;
constexpr std::string_view kContrastSource = "contrast";

/// Words that stand in toxic posts at least twice as often as in others: those that people disguise.
class ToxicWords {
 public:
  explicit ToxicWords(const std::vector<Sample>& samples) {
    text::Folded folded;
    std::vector<text::Token> tokens;
    for (const Sample& sample : samples) {
      if (sample.labels[index(Label::Toxicity)] < 0) {
        continue;
      }
      text::fold(sample.text, folded, text::UpsideDown::Leave);
      text::tokenize(folded.text, tokens);
      for (const text::Token& token : tokens) {
        auto& [toxic, other] = counts_[token.hash];
        (sample.labels[index(Label::Toxicity)] == 1 ? toxic : other) += 1;
      }
    }
  }
  bool has(std::string_view word) const {
    const auto found = counts_.find(text::hash_word(word));
    return found != counts_.end() && found->second.first >= 3 && found->second.first >= 2 * found->second.second;
  }

 private:
  std::unordered_map<std::uint64_t, std::pair<std::uint32_t, std::uint32_t>> counts_;
};

}  // namespace

std::map<std::string, float> source_weights(const std::vector<Sample>& samples) {
  std::map<std::string, float> weights;
  for (const Sample& sample : samples) {
    ++weights[sample.source];
  }
  float most = 0;
  for (const auto& [source, count] : weights) {
    most = std::max(most, count);
  }
  for (auto& [source, weight] : weights) {
    weight = std::min(kSourceWeightMax, std::sqrt(most / weight));
    if (source == kContrastSource) {
      weight *= kContrastWeight;
    }
  }
  return weights;
}

void each_copy(const std::vector<Sample>& samples,
               const std::function<void(std::uint32_t, std::string_view, float)>& f) {
  const ToxicWords toxic(samples);
  Random random(kLessonSeed);
  for (std::uint32_t i = 0; i < samples.size(); ++i) {
    const Sample& sample = samples[i];
    const bool is_toxic = sample.labels[index(Label::Toxicity)] == 1;
    if (is_toxic && random.below(3) == 0) {
      const std::string copy = disguise_words(
          sample.text, [&](std::string_view word) { return toxic.has(word); }, random);
      if (!copy.empty()) {
        f(i, copy, kCopyWeight);
      }
    } else if (!is_toxic && random.below(10) == 0) {
      // Disguise alone must not speak against a post.
      const std::string copy = disguise_words(
          sample.text, [&](std::string_view word) { return word.size() > 3 && random.below(6) == 0; }, random);
      if (!copy.empty()) {
        f(i, copy, kCopyWeight);
      }
    }
    if (sample.labels[index(Label::IdentityAttack)] >= 0 && random.below(2) == 0) {
      const std::string copy = swap_groups(sample.text, random);
      if (!copy.empty()) {
        f(i, copy, kCopyWeight);
      }
    }
  }
}

std::array<Fitted, kLabels> fit(const Classifier& classifier, const std::vector<Sample>& dev) {
  const auto scratch = classifier.make_scratch();
  const auto weights = source_weights(dev);
  std::array<std::vector<Judged>, kLabels> judged;
  text::Folded folded;
  std::vector<text::Token> tokens;
  text::Readings readings;
  text::UnmaskScratch unmask;
  Scores scores;
  for (const Sample& sample : dev) {
    text::fold(sample.text, folded, text::UpsideDown::Leave);
    text::tokenize(folded.text, tokens);
    text::unmask(folded.text, tokens, nullptr, unmask, readings);
    classifier.score({folded, tokens, readings, text::Language::En}, *scratch, scores);
    if (scores.abstained != Abstention::None) {
      continue;
    }
    for (std::size_t i = 0; i < kLabels; ++i) {
      if (sample.labels[i] >= 0) {
        const float weight = weights.find(sample.source)->second * (sample.is_weak(i) ? kWeakWeight : 1);
        judged[i].push_back({scores.logit[i], weight, sample.labels[i] == 1});
      }
    }
  }
  std::array<Fitted, kLabels> out;
  for (std::size_t i = 0; i < kLabels; ++i) {
    out[i].platt = fit_platt(judged[i]);
    out[i].threshold = best_threshold(judged[i], out[i].platt);
  }
  return out;
}

}  // namespace heed::model
