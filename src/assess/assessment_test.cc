#include "assess/assessment.h"

#include <gtest/gtest.h>

namespace heed::assess {
namespace {

using policy::ActionKind;
using policy::Lane;

Signal signal(std::string category, std::string clause, double score) {
  return {std::move(category), "", score, "list:x", "1", std::move(clause), 0, 1};
}
Assessment concluded(std::vector<Signal> signals) {
  static const auto policy = policy::default_policy();
  Assessment out;
  out.signals = std::move(signals);
  conclude(*policy, out);
  return out;
}

TEST(Conclude, AllowsWhereNothingReachesAClause) {
  for (const Assessment& a : {concluded({}), concluded({signal("threat", "threats_to_life", 0.49)}),
                              concluded({signal("x", "", 1)}), concluded({signal("x", "no_such_clause", 1)})}) {
    EXPECT_EQ(a.verdict, Verdict::Allow);
    EXPECT_EQ(a.clause, nullptr);
    EXPECT_FALSE(a.review);
  }
}

TEST(Conclude, TakesTheGravestClauseByLaneThenSeverity) {
  const Assessment a =
      concluded({signal("spam", "spam", 0.9), signal("hate", "hate", 0.6), signal("threat", "threats_to_life", 0.7)});
  EXPECT_EQ(a.verdict, Verdict::Flag);
  EXPECT_EQ(a.clause->id, "threats_to_life");
  EXPECT_EQ(a.lane, Lane::Life);
  EXPECT_EQ(a.severity, 95);
  EXPECT_TRUE(a.review);
}

TEST(Conclude, GivesAWeakThreatNeitherLaneNorReview) {
  const Assessment a = concluded({signal("threat", "threats_to_life", 0.69)});
  EXPECT_EQ(a.verdict, Verdict::Flag);
  EXPECT_EQ(a.lane, Lane::Rest);
  EXPECT_FALSE(a.review);
}

TEST(Conclude, RaisesSeverityForAConcreteThreatOnly) {
  EXPECT_EQ(
      concluded({signal("threat", "threats_to_life", 0.9), signal("warning_sign", "threats_to_life", 0.5)}).severity,
      98);
  EXPECT_EQ(
      concluded({signal("threat", "threats_to_life", 0.6), signal("warning_sign", "threats_to_life", 0.5)}).severity,
      95);
  EXPECT_EQ(concluded({signal("warning_sign", "threats_to_life", 1)}).verdict, Verdict::Allow);
}

TEST(Conclude, ActsOnlyWhereTheClausePermitsAndTheScoreReaches) {
  const Assessment spam = concluded({signal("spam", "spam", 0.95), signal("spam", "spam", 0.99)});
  EXPECT_EQ(spam.verdict, Verdict::Act);
  EXPECT_EQ(spam.actions, std::vector<ActionKind>{ActionKind::Limit});
  EXPECT_EQ(concluded({signal("spam", "spam", 0.94)}).verdict, Verdict::Flag);
  EXPECT_EQ(concluded({signal("threat", "threats_to_life", 1)}).verdict, Verdict::Flag);
  EXPECT_TRUE(concluded({signal("threat", "threats_to_life", 1)}).actions.empty());
}

TEST(Assessment, KeepsNothingOfTheLastPost) {
  Assessment a = concluded({signal("threat", "threats_to_life", 1), signal("spam", "spam", 1)});
  a.clear();
  EXPECT_TRUE(a.signals.empty() && a.actions.empty() && a.clause == nullptr && !a.review);
  EXPECT_EQ(a.verdict, Verdict::Allow);
  EXPECT_EQ(a.lane, Lane::Rest);
  EXPECT_EQ(a.severity, 0);
}

TEST(Signals, ComeBackFromJsonAsTheyWere) {
  const std::vector<Signal> signals = {{"threat", "women", 0.875, "list:threats", "1 \"x\"", "threats_to_life", 3, 17},
                                       {"x", "", 0, "", "", "", 0, 0}};
  JsonWriter out;
  write_signals(out, signals);
  EXPECT_EQ(
      out.str(),
      R"([{"category":"threat","group":"women","score":0.875,"source":"list:threats","version":"1 \"x\"",)"
      R"("clause":"threats_to_life","span":{"start":3,"end":17}},)"
      R"({"category":"x","group":"","score":0,"source":"","version":"","clause":"","span":{"start":0,"end":0}}])");
  JsonParser parser;
  auto json = parser.parse(out.str());
  ASSERT_TRUE(json);
  EXPECT_EQ(*read_signals(*json), signals);
}

TEST(Signals, RefuseWhatCannotBe) {
  JsonParser parser;
  for (const char* text :
       {"{}", "[1]", R"([{"category":"x","score":2,"span":{"start":0,"end":0}}])",
        R"([{"category":"","score":1,"span":{"start":0,"end":0}}])",
        R"([{"category":"x","score":1,"span":{"start":2,"end":1}}])", R"([{"category":"x","score":1}])"}) {
    EXPECT_FALSE(read_signals(*parser.parse(text))) << text;
  }
}

}  // namespace
}  // namespace heed::assess
