#pragma once
#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "model/calibrate.h"
#include "model/classifier.h"
#include "model/sample.h"

/// What every model that ships is taught with: how much a post counts, its copies, and how scores become
/// probabilities. One thread; the same everywhere.
namespace heed::model {

constexpr float kWeakWeight = 0.5f;  ///< of a label that came from a rule or a list of words
constexpr std::uint64_t kLessonSeed = 20260701;

/// What a post counts by its source: big ones less, or they would drown the small ones made of contrasts.
std::map<std::string, float> source_weights(const std::vector<Sample>& samples);

/// Calls f(number of the sample, text, weight) for every copy to learn from besides the samples as they are: every
/// third toxic post with its toxic words disguised, some harmless ones with any words disguised (disguise alone must
/// not speak against a post), and every second that was judged for attacks with another group's name.
void each_copy(const std::vector<Sample>& samples,
               const std::function<void(std::uint32_t, std::string_view, float)>& f);

struct Fitted {
  Platt platt;
  float threshold = 0.5f;
};
/// Probabilities and thresholds for the logits that `classifier` gives, by label. Nothing is learned from `dev` but
/// these three numbers a label.
std::array<Fitted, kLabels> fit(const Classifier& classifier, const std::vector<Sample>& dev);

}  // namespace heed::model
