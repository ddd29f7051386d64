#include "model/calibrate.h"

#include <algorithm>
#include <vector>

#include "model/number.h"

namespace heed::model {
namespace {

bool has_both(std::span<const Judged> judged) {
  const auto positive = [](const Judged& one) { return one.positive; };
  return std::any_of(judged.begin(), judged.end(), positive) && !std::all_of(judged.begin(), judged.end(), positive);
}

std::vector<Judged> by_logit(std::span<const Judged> judged) {
  std::vector<Judged> sorted(judged.begin(), judged.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const Judged& a, const Judged& b) { return a.logit < b.logit; });
  return sorted;
}

}  // namespace

Platt fit_platt(std::span<const Judged> judged) {
  if (!has_both(judged)) {
    return {};
  }
  constexpr int kSteps = 50;
  constexpr double kRidge = 1e-3;  // keeps separable data finite
  double slope = 1, offset = 0;
  for (int step = 0; step < kSteps; ++step) {
    double gs = kRidge * (slope - 1), go = kRidge * offset, hss = kRidge, hso = 0, hoo = kRidge;
    for (const Judged& one : judged) {
      const double x = one.logit;
      const double p = logistic(slope * x + offset);
      const double error = one.weight * (p - (one.positive ? 1 : 0)), curve = one.weight * p * (1 - p);
      gs += error * x;
      go += error;
      hss += curve * x * x;
      hso += curve * x;
      hoo += curve;
    }
    const double determinant = hss * hoo - hso * hso;
    slope -= std::clamp((hoo * gs - hso * go) / determinant, -0.5, 0.5);
    offset -= std::clamp((hss * go - hso * gs) / determinant, -0.5, 0.5);
  }
  return {static_cast<float>(slope), static_cast<float>(offset)};
}

float best_threshold(std::span<const Judged> judged, Platt platt) {
  if (!has_both(judged)) {
    return 0.5f;
  }
  const std::vector<Judged> sorted = by_logit(judged);
  double positives = 0, negatives = 0;
  for (const Judged& one : sorted) {
    (one.positive ? positives : negatives) += one.weight;
  }
  double missed = 0, spared = 0, best = -1, at = 0;
  for (std::size_t i = 0; i + 1 < sorted.size(); ++i) {
    (sorted[i].positive ? missed : spared) += sorted[i].weight;
    if (sorted[i].logit == sorted[i + 1].logit) {
      continue;
    }
    const double caught = positives - missed, alarmed = negatives - spared;
    const double f1 = (2 * caught / (2 * caught + alarmed + missed) + 2 * spared / (2 * spared + alarmed + missed)) / 2;
    if (f1 > best && alarmed <= kFalseAlarmsMax * negatives) {
      best = f1;
      at = (static_cast<double>(sorted[i].logit) + sorted[i + 1].logit) / 2;
    }
  }
  return static_cast<float>(logistic(platt.slope * at + platt.offset));
}

double area_under_curve(std::span<const Judged> judged) {
  const std::vector<Judged> sorted = by_logit(judged);
  double ranks = 0, positives = 0, negatives = 0;
  for (std::size_t i = 0; i < sorted.size();) {
    std::size_t end = i;
    while (end < sorted.size() && sorted[end].logit == sorted[i].logit) {
      ++end;
    }
    for (std::size_t k = i; k < end; ++k) {
      if (sorted[k].positive) {
        ranks += static_cast<double>(i + end + 1) / 2;
        ++positives;
      } else {
        ++negatives;
      }
    }
    i = end;
  }
  return (ranks - positives * (positives + 1) / 2) / (positives * negatives);
}

}  // namespace heed::model
