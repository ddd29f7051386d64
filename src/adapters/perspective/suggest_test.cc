#include "adapters/perspective/suggest.h"

#include <gtest/gtest.h>

#include "adapters/testing_scorer.h"

namespace heed::adapters::perspective {
namespace {

const testing::FakeScorer kScorer;
const Time kNow = from_ms(1795284000000);

TEST(Suggest, KeepsWhatCoralSends) {
  auto got = read_suggestion(
      R"({"comment":{"text":"you there"},"context":{"entries":[{"text":"{\"url\":\"https://x\"}"}]},
      "attributeScores":{"TOXICITY":{"summaryScore":{"value":1}}},"languages":["en"],"communityId":"Coral:https://site.example","clientToken":"comment:c1"})",
      kScorer, kNow);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->answer, R"({"clientToken":"comment:c1","detectedLanguages":["en"],"requestedLanguages":["en"]})");
  EXPECT_EQ(
      got->line,
      R"({"at":")" + format_time(kNow) +
          R"(","text":"you there","attributes":{"TOXICITY":{"summary":1}},"languages":["en"],"community_id":"Coral:https://site.example","client_token":"comment:c1"})");
}

TEST(Suggest, KeepsSpansAndUnknownAttributes) {
  auto got = read_suggestion(
      R"({"comment":{"text":"you there"},"attribute_scores":{"HOUSE_RULE_7":{"span_scores":[{"begin":0,"end":3,"score":{"value":0.25,"type":"PROBABILITY"}}]}}})",
      kScorer, kNow);
  ASSERT_TRUE(got);
  EXPECT_NE(got->line.find(R"("HOUSE_RULE_7":{"spans":[{"begin":0,"end":3,"score":0.25}]})"), std::string::npos)
      << got->line;
}

TEST(Suggest, KeepsNothingThatIsNotToBeStored) {
  auto got = read_suggestion(
      R"({"comment":{"text":"you there"},"doNotStore":true,"attributeScores":{"TOXICITY":{"summaryScore":{"value":0}}}})",
      kScorer, kNow);
  ASSERT_TRUE(got);
  EXPECT_EQ(got->line, "");
}

TEST(Suggest, RefusesWhatSaysNothing) {
  const std::string comment = R"({"comment":{"text":"a"},)";
  for (const std::string& body :
       {std::string("[]"), comment + R"("attributeScores":{}})", comment + R"("attributeScores":[]})",
        comment + R"("x":1})", comment + R"("attributeScores":{"TOXICITY":{}}})",
        comment + R"("attributeScores":{"TOXICITY":{"summaryScore":{}}}})",
        comment + R"("attributeScores":{"TOXICITY":{"summaryScore":{"value":1.5}}}})",
        comment + R"("attributeScores":{"TOXICITY":{"summaryScore":{"value":1,"type":"RAW"}}}})",
        comment + R"("attributeScores":{"TOXICITY":{"spanScores":[{"score":{"value":1}}]}}})",
        comment + R"("attributeScores":{"TOXICITY":{"spanScores":[{"begin":3,"end":1,"score":{"value":1}}]}}})"}) {
    auto got = read_suggestion(body, kScorer, kNow);
    ASSERT_FALSE(got) << body;
    EXPECT_EQ(got.error().error_type, "INVALID_REQUEST") << body;
  }
  EXPECT_EQ(read_suggestion(R"({"attributeScores":{"TOXICITY":{"summaryScore":{"value":1}}}})", kScorer, kNow)
                .error()
                .error_type,
            "COMMENT_EMPTY");
}

}  // namespace
}  // namespace heed::adapters::perspective
