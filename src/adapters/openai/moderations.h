#pragma once
#include <string>

#include "adapters/gate.h"
#include "adapters/scorer.h"
#include "base/metrics.h"
#include "base/side_thread.h"
#include "http/server.h"

/// OpenAI's moderation endpoint, as its libraries call it: docs/integrator/openai.md.
namespace heed::adapters::openai {

/// A request with more than this is judged on the slow lane, so that a connection's thread is not kept from
/// its others.
inline constexpr std::size_t kInlineInputsMax = 64, kInlineBytesMax = 64 << 10;

struct Parts {
  ScorerNow scorer;
  Turnstile& turnstile;
  SideThread& slow_lane;
  Metrics& metrics;
  std::string assumed_language;
};

/// POST /v1/moderations with a bearer key. What `parts` refers to outlives the server.
void add_routes(http::Router& router, Parts parts);

}  // namespace heed::adapters::openai
