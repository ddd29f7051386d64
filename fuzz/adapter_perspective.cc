// Any bytes as bodies of comments:analyze and comments:suggestscore, and as the Host header behind the
// discovery document.
#include <cstdint>
#include <cstdlib>

#include "adapters/perspective/analyze.h"
#include "adapters/perspective/discovery.h"
#include "adapters/perspective/suggest.h"
#include "adapters/testing_scorer.h"
#include "base/json.h"

using namespace heed;

namespace {

void must(bool holds) {
  if (!holds) {
    std::abort();
  }
}

/// Scores lie in [0, 1], spans in order.
void check_scores(Json scores) {
  std::int64_t last = 0;
  auto check = [](Json score) {
    auto value = score["value"].number();
    must(value && *value >= 0 && *value <= 1);
  };
  check(scores["summaryScore"]);
  must(scores["spanScores"].size() > 0);
  scores["spanScores"].each([&](Json span) {
    must(span["begin"].integer() && *span["begin"].integer() >= last &&
         *span["end"].integer() > *span["begin"].integer());
    last = *span["end"].integer();
    check(span["score"]);
  });
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const adapters::testing::FakeScorer scorer;
  static JsonParser parser(64);
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  namespace perspective = adapters::perspective;
  if (auto answer = perspective::analyze(body, scorer, "en")) {
    auto json = parser.parse(*answer);
    must(json.has_value() && (*json)["attributeScores"].is_object());
    (*json)["attributeScores"].members([](std::string_view, Json scores) { check_scores(scores); });
  } else {
    must(parser.parse(perspective::response(answer.error()).body).has_value());
  }
  if (auto suggestion = perspective::read_suggestion(body, scorer, from_ms(1795284000000))) {
    must(parser.parse(suggestion->answer).has_value());
    must(suggestion->line.empty() ||
         (parser.parse(suggestion->line).has_value() && suggestion->line.find('\n') == std::string::npos));
  } else {
    must(parser.parse(perspective::response(suggestion.error()).body).has_value());
  }
  if (std::string root = perspective::root_url("", body, body); !root.empty()) {
    must(parser.parse(perspective::discovery_document(root)).has_value());
  }
  return 0;
}
