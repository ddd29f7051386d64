#pragma once
#include <span>

namespace heed::model {

struct Judged {
  float logit = 0;
  float weight = 1;
  bool positive = false;
};

struct Platt {
  float slope = 1, offset = 0;
};
/// The slope and offset that make logistic(slope × logit + offset) most likely (Newton's method). Slope 1 and
/// offset 0 where one of the two classes is missing.
Platt fit_platt(std::span<const Judged> judged);

/// The probability above which calling a post positive gives the best mean of both classes' F1 among those
/// that are wrong about at most kFalseAlarmsMax of the negatives; 0.5 without both classes.
inline constexpr double kFalseAlarmsMax = 0.15;
float best_threshold(std::span<const Judged> judged, Platt platt);

/// Area under the ROC curve, weights left out; ties count half.
double area_under_curve(std::span<const Judged> judged);

}  // namespace heed::model
