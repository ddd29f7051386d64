#pragma once
#include <string>

#include "adapters/gate.h"
#include "adapters/perspective/suggestion_file.h"
#include "adapters/scorer.h"
#include "base/metrics.h"
#include "http/server.h"

/// Jigsaw Perspective's Comment Analyzer, v1alpha1, which ended on 2026-12-31:
/// docs/integrator/perspective.md.
namespace heed::adapters::perspective {

struct Parts {
  ScorerNow scorer;
  Turnstile& turnstile;
  SuggestionFile* suggestions = nullptr;  ///< null: suggestions are acknowledged and not kept
  const Clock& clock;
  Metrics& metrics;
  std::string public_url;        ///< for the discovery document; "": from the request
  std::string assumed_language;  ///< where neither request nor text tells; "": LANGUAGE_DETECTION_FAILED
};

/// POST /v1alpha1/comments:analyze, POST /v1alpha1/comments:suggestscore, GET /$discovery/rest. The key is in
/// ?key=, in X-Goog-Api-Key or a bearer token; Google's other standard parameters are accepted and change
/// nothing. What `parts` refers to outlives the server.
void add_routes(http::Router& router, Parts parts);

}  // namespace heed::adapters::perspective
