#pragma once
#include <string>
#include <string_view>

#include "adapters/perspective/refusal.h"
#include "adapters/scorer.h"
#include "base/clock.h"

namespace heed::adapters::perspective {

struct Suggestion {
  std::string answer;  ///< the body of the 200
  std::string line;    ///< JSON to keep, without a line end; "" when the request said doNotStore
};

/// comments:suggestscore: what a person thinks a score should be. Attribute names are not checked against
/// what is served: a site may suggest what no model knows yet. Any thread.
Answer<Suggestion> read_suggestion(std::string_view body, const Scorer& scorer, Time now);

}  // namespace heed::adapters::perspective
