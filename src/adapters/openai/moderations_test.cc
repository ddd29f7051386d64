#include "adapters/openai/moderations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "adapters/openai/category.h"
#include "adapters/openai/moderation_form.h"
#include "adapters/testing_scorer.h"
#include "base/file.h"
#include "http/testing.h"

namespace heed::adapters::openai {
namespace {

using ::testing::HasSubstr;

const testing::FakeScorer kScorer;

std::string judged(std::string_view body) {
  JsonParser parser;
  auto form = read_moderation(parser, body);
  return form ? write_moderation(*form, kScorer, "modr-1", "")
              : "refused: " + form.error().param + ": " + form.error().code;
}

/// Of the nth result.
bool category(const std::string& answer, std::size_t n, std::string_view name) {
  JsonParser parser;
  auto json = parser.parse(answer);
  std::size_t i = 0;
  bool found = false;
  (*json)["results"].each([&](Json result) { found = found || (i++ == n && result["categories"].get_bool(name)); });
  return found;
}

TEST(Moderation, HasEveryCategoryOfEachText) {
  const std::string answer =
      judged(R"({"model":"omni-moderation-latest","input":["an insult","identity threat","explicit"]})");
  JsonParser parser;
  auto json = parser.parse(answer);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["model"].string(), "fake-1");
  EXPECT_EQ((*json)["results"].size(), 3u);
  (*json)["results"].each([](Json result) {
    EXPECT_EQ(result["flagged"].boolean(), true);
    for (std::string_view part : {"categories", "category_scores", "category_applied_input_types"}) {
      EXPECT_EQ(result[part].size(), 13u);
    }
  });
  EXPECT_TRUE(category(answer, 0, "harassment"));
  EXPECT_FALSE(category(answer, 0, "harassment/threatening"));
  EXPECT_TRUE(category(answer, 1, "hate"));
  EXPECT_TRUE(category(answer, 1, "hate/threatening"));
  EXPECT_TRUE(category(answer, 1, "violence"));
  EXPECT_FALSE(category(answer, 1, "harassment/threatening"));
  EXPECT_TRUE(category(answer, 2, "sexual"));
}

TEST(Moderation, SaysWhichCategoriesNobodyJudged) {
  const std::string answer = judged(R"({"input":"fine"})");
  EXPECT_THAT(answer, HasSubstr(R"("flagged":false)"));
  EXPECT_THAT(answer, HasSubstr(R"("category_applied_input_types":{"harassment":["text"])"));
  EXPECT_THAT(answer, HasSubstr(R"("self-harm/intent":[])"));
  const std::string unknown = judged(R"({"input":"hallo insult"})");
  EXPECT_THAT(unknown, HasSubstr(R"("flagged":false)"));
  EXPECT_THAT(unknown, HasSubstr(R"("harassment":[])"));
  EXPECT_THAT(judged(R"({"input":"zzz insult"})"), HasSubstr(R"("flagged":false)"));
  EXPECT_THAT(judged(R"({"input":"12345 insult"})"), HasSubstr(R"("harassment":[])"));
}

TEST(Moderation, TakesTextPartsAsOneText) {
  const std::string answer =
      judged(R"({"input":[{"type":"text","text":"an insult"},{"type":"text","text":"a threat"}]})");
  JsonParser parser;
  EXPECT_EQ((*parser.parse(answer))["results"].size(), 1u);
  EXPECT_TRUE(category(answer, 0, "harassment/threatening"));
}

TEST(Moderation, RefusesByPlace) {
  EXPECT_EQ(
      judged(R"({"input":[{"type":"text","text":"a"},{"type":"image_url","image_url":{"url":"https://x/y.png"}}]})"),
      "refused: input[1]: unsupported_image");
  EXPECT_EQ(judged(R"({})"), "refused: input: missing_required_parameter");
  EXPECT_EQ(judged(R"({"input":null})"), "refused: input: missing_required_parameter");
  EXPECT_EQ(judged(R"({"input":7})"), "refused: input: invalid_type");
  EXPECT_EQ(judged(R"({"input":""})"), "refused: input: empty_string");
  EXPECT_EQ(judged(R"({"input":["a",""]})"), "refused: input[1]: empty_string");
  EXPECT_EQ(judged(R"({"input":[]})"), "refused: input: empty_array");
  EXPECT_EQ(judged(R"({"input":[7]})"), "refused: input[0]: invalid_type");
  EXPECT_EQ(judged(R"({"input":[{"type":"text"}]})"), "refused: input[0].text: missing_required_parameter");
  EXPECT_EQ(judged(R"({"input":["a",{"type":"text","text":"b"}]})"), "refused: input: invalid_type");
  EXPECT_EQ(judged(R"([])"), "refused: : invalid_json");
  EXPECT_EQ(judged(R"({"input":")" + std::string(kInputBytesMax + 1, 'a') + R"("})"),
            "refused: input: string_above_max_length");
}

std::string many(std::size_t n) {
  std::string body = R"({"input":[)";
  for (std::size_t i = 0; i < n; ++i) {
    body += i == 0 ? "\"text\"" : ",\"text\"";
  }
  return body + "]}";
}

TEST(Moderation, TakesTenThousandTextsAndNotOneMore) {
  JsonParser parser;
  auto answer = judged(many(kInputsMax));
  auto json = parser.parse(answer);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["results"].size(), kInputsMax);
  EXPECT_EQ(judged(many(kInputsMax + 1)), "refused: input: array_above_max_length");
}

TEST(ModerationCategories, AreThoseOfThePage) {
  auto page = read_file("docs/integrator/openai.md");
  ASSERT_TRUE(page) << "run from the repository's root";
  for (const Category& c : categories()) {
    std::string means = c.served() ? "`" + std::string(label_name(*c.label)) + "`" : "not judged";
    if (c.and_label) {
      means = "the lesser of " + means + " and `" + std::string(label_name(*c.and_label)) + "`";
    }
    EXPECT_THAT(*page, HasSubstr("| `" + std::string(c.name) + "` | " + means + " |"));
  }
}

class ModerationRoute : public ::testing::Test {
 protected:
  ModerationRoute()
      : keys(*ListedKeys::make({"a-key-of-the-tests"})),
        turnstile(keys, 20'000, clock),
        scorer(std::make_shared<testing::FakeScorer>()) {
    add_routes(server.router, {.scorer = [this] { return scorer; },
                               .turnstile = turnstile,
                               .slow_lane = lane,
                               .metrics = server.metrics,
                               .assumed_language = ""});
    port = server.start();
  }
  http::testing::Answer call(std::string_view body, std::string_view key = "a-key-of-the-tests") {
    http::testing::RawSocket socket(port);
    socket.send(http::testing::post("/v1/moderations", body, "Authorization: Bearer " + std::string(key) + "\r\n"));
    return socket.read_answer();
  }
  ManualClock clock{from_ms(1795284000000)};
  ListedKeys keys;
  Turnstile turnstile;
  std::shared_ptr<const Scorer> scorer;
  SideThread lane;
  http::testing::TestServer server;
  std::uint16_t port = 0;
};

TEST_F(ModerationRoute, AnswersAndRefusesInOpenAisShape) {
  auto good = call(R"({"input":"an insult"})");
  EXPECT_EQ(good.status, 200);
  EXPECT_THAT(good.body, HasSubstr(R"({"id":"modr-)"));
  auto bad = call(R"({"input":[]})");
  EXPECT_EQ(bad.status, 400);
  EXPECT_THAT(bad.body, HasSubstr(R"("type":"invalid_request_error","param":"input","code":"empty_array"}})"));
  auto unknown = call(R"({"input":"a"})", "guessed");
  EXPECT_EQ(unknown.status, 401);
  EXPECT_THAT(unknown.body, HasSubstr(R"("param":null,"code":"invalid_api_key")"));
}

TEST_F(ModerationRoute, CountsTexts) {
  EXPECT_EQ(call(many(10'000)).status, 200);
  EXPECT_EQ(call(many(10'000)).status, 200);
  auto refused = call(many(1));
  EXPECT_EQ(refused.status, 429);
  EXPECT_THAT(refused.body, HasSubstr(R"("code":"rate_limit_exceeded")"));
  EXPECT_EQ(refused.header("retry-after"), "1");
}

TEST_F(ModerationRoute, SaysThatItIsStarting) {
  scorer = nullptr;
  EXPECT_EQ(call(R"({"input":"a"})").status, 503);
}

}  // namespace
}  // namespace heed::adapters::openai
