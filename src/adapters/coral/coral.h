#pragma once
#include <string>
#include <vector>

#include "adapters/scorer.h"
#include "base/metrics.h"
#include "http/server.h"

/// Coral's external moderation phase: docs/integrator/coral.md.
namespace heed::adapters::coral {

inline constexpr std::string_view kPath = "/coral/moderation";

struct Parts {
  ScorerNow scorer;
  std::vector<std::string> secrets;  ///< signing secrets of Coral's phase; none: every request is refused
  Metrics& metrics;
};

/// POST /coral/moderation. The signature is what lets a caller in; 401 without a good one. A failure of ours
/// is a problem document, upon which Coral lets the comment pass to its next phase.
void add_routes(http::Router& router, Parts parts);

}  // namespace heed::adapters::coral
