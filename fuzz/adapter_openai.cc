// Any bytes as the body of POST /v1/moderations.
#include <cstdint>
#include <cstdlib>

#include "adapters/openai/moderation_form.h"
#include "adapters/testing_scorer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  static const adapters::testing::FakeScorer scorer;
  static JsonParser parser(32), reader(64);
  const std::string_view body(reinterpret_cast<const char*>(data), size);
  auto form = adapters::openai::read_moderation(parser, body);
  if (!form) {
    if (!reader.parse(adapters::openai::response(form.error()).body)) {
      std::abort();
    }
    return 0;
  }
  const std::string answer = adapters::openai::write_moderation(*form, scorer, "modr-1", "");
  auto json = reader.parse(answer);
  if (!json || (*json)["results"].size() != form->inputs.size() || form->inputs.empty()) {
    std::abort();
  }
  (*json)["results"].each([](Json result) {
    if (!result["flagged"].boolean() || result["categories"].size() != 13 || result["category_scores"].size() != 13) {
      std::abort();
    }
  });
  return 0;
}
