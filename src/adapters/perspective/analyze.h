#pragma once
#include <string>
#include <string_view>

#include "adapters/perspective/refusal.h"
#include "adapters/scorer.h"

namespace heed::adapters::perspective {

/// comments:analyze, from the body of a request to the body of its 200: nothing is kept, nothing is logged,
/// whatever `doNotStore` says. `assumed_language` ("": none) holds where neither request nor text tells the
/// language. Any thread.
///
/// Whole-text and per-sentence scores are separate readings by the same classifier: the summary is not a mean
/// of spans.
Answer<std::string> analyze(std::string_view body, const Scorer& scorer, std::string_view assumed_language = {});

}  // namespace heed::adapters::perspective
