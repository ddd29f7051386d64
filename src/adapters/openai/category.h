#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "adapters/scorer.h"

namespace heed::adapters::openai {

/// One of the thirteen categories, and what of ours means it. The one table; docs/integrator/openai.md shows
/// it, and a test holds the page against it.
struct Category {
  std::string_view name;
  std::optional<Label> label = {};      ///< none: no label of ours means it
  std::optional<Label> and_label = {};  ///< both must: the lesser of the two counts

  bool served() const { return label.has_value(); }
  double score(const Scores& scores) const;
};
std::span<const Category> categories();

/// More likely than not, by a calibrated probability: the category is true and the input flagged.
inline constexpr double kFlaggedFrom = 0.5;

}  // namespace heed::adapters::openai
