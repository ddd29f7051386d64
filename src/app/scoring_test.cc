#include "app/scoring.h"

#include <gtest/gtest.h>

#include <thread>

#include "access/testing_directory.h"
#include "policy/policy.h"

namespace heed::app {
namespace {

std::shared_ptr<const AssessingScorer> scorer(bool with_model) {
  static const auto assessor = assess::Assessor::make_default(policy::default_policy());
  return AssessingScorer::make(assessor, with_model);
}

TEST(AssessingScorer, HasThePolicysOpinion) {
  const auto plain = scorer(false);
  EXPECT_EQ(plain->judge("Good morning everyone").verdict, adapters::Opinion::Verdict::None);
  const adapters::Opinion threat = plain->judge("I will kill you tonight at your home");
  EXPECT_NE(threat.verdict, adapters::Opinion::Verdict::None);
  EXPECT_TRUE(threat.review);
  EXPECT_EQ(threat.clause, "threats_to_life");
  EXPECT_FALSE(threat.category.empty());
}

TEST(AssessingScorer, ServesNothingWithoutAModel) {
  const auto plain = scorer(false);
  adapters::Scores scores;
  for (std::size_t i = 0; i < adapters::kLabels; ++i) {
    EXPECT_FALSE(plain->serves(static_cast<adapters::Label>(i), ""));
  }
  EXPECT_FALSE(plain->score("Good morning everyone", scores));
}

TEST(AssessingScorer, ScoresEnglishAndAbstainsOfWhatHasNoWords) {
  const auto with = scorer(true);
  if (!with->serves(adapters::Label::Toxicity, "")) {
    GTEST_SKIP() << "this build has no classifier";
  }
  EXPECT_TRUE(with->serves(adapters::Label::Threat, "en"));
  EXPECT_FALSE(with->serves(adapters::Label::Threat, "de"));
  adapters::Scores calm, rude, none;
  EXPECT_TRUE(with->score("Thank you all for a lovely evening, see you next week.", calm));
  EXPECT_TRUE(with->score("You are a stupid idiot and everybody hates you", rude));
  EXPECT_GT(rude[adapters::Label::Toxicity], calm[adapters::Label::Toxicity]);
  EXPECT_GT(rude[adapters::Label::Insult], calm[adapters::Label::Insult]);
  EXPECT_FALSE(with->score("!!! ...", none));
  EXPECT_EQ(none.of, adapters::Scores{}.of);
}

TEST(AssessingScorer, SaysTheSameOnEveryThreadAndAfterAnotherText) {
  const auto with = scorer(true);
  with->warm();
  const std::string text = "You are a stupid idiot and everybody hates you";
  auto once = [&] {
    adapters::Scores scores;
    std::vector<std::string> detected;
    with->detect("Guten Morgen, wie geht es dir und den anderen heute?", detected);
    static_cast<void>(with->score(text, scores));
    static_cast<void>(with->score(text, scores));
    return scores.of;
  };
  const auto here = once();
  std::array<double, adapters::kLabels> there{};
  std::thread([&] { there = once(); }).join();
  EXPECT_EQ(here, there);
}

TEST(ScorerNow, FollowsTheAssessorInForce) {
  const auto policy = policy::default_policy();
  auto current = assess::Assessor::make_default(policy);
  auto now = scorer_of([&] { return current; }, false);
  const auto first = now();
  EXPECT_EQ(now(), first);
  EXPECT_NE(first->judge("I will kill you tonight at your home").verdict, adapters::Opinion::Verdict::None);
  current = *assess::Assessor::make(policy, {});
  EXPECT_EQ(now()->judge("I will kill you tonight at your home").verdict, adapters::Opinion::Verdict::None);
}

TEST(ScopedKeys, WantTheScopeAssess) {
  ManualClock clock(from_ms(1795284000000));
  access::TestingDirectory directory;
  access::Authenticator authenticator(directory, Digest{}, clock, {});
  auto assess = authenticator.create_key("assess", static_cast<std::uint32_t>(access::Scope::Assess), false);
  auto posts = authenticator.create_key("posts", static_cast<std::uint32_t>(access::Scope::PostsWrite), false);
  ASSERT_TRUE(assess && posts);
  const ScopedKeys gate(authenticator);
  EXPECT_TRUE(gate.caller(assess->second));
  EXPECT_EQ(*gate.caller(assess->second), *gate.caller(assess->second));
  EXPECT_EQ(gate.caller(posts->second).error().code, Code::Denied);
  EXPECT_EQ(gate.caller("hk_guessed").error().code, Code::Unauthorized);
  EXPECT_EQ(gate.caller("").error().code, Code::Unauthorized);
}

}  // namespace
}  // namespace heed::app
