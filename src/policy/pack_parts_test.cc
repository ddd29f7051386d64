#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "base/file.h"
#include "policy/policy.h"

namespace heed::policy {
namespace {

namespace fs = std::filesystem;
using std::chrono::hours;

Time day(int n) { return from_ms(0) + hours(24 * n); }

/// The faults of the default pack after one text of one file was replaced.
std::vector<std::string> faults_with(const std::string& file, const std::string& from, const std::string& to) {
  TempFolder folder("heed-policy");
  fs::copy("policies/default", folder.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  std::string text = *read_file(folder.path() / file);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << file << " has no " << from;
  EXPECT_TRUE(write_file_atomically(folder.path() / file, text.replace(at, from.size(), to)));
  auto policy = load_policy(folder.path().string());
  std::vector<std::string> out;
  if (!policy) {
    for (const FieldError& fault : policy.error().fields) {
      out.push_back(fault.pointer + ": " + fault.detail);
    }
  }
  return out;
}

TEST(SecondPersonRule, IsReadPerActionForGoodOrForWhateverIsFound) {
  auto policy = default_policy();
  const Clause* clause = policy->find("targeted_harassment");
  ASSERT_NE(clause, nullptr);
  EXPECT_TRUE(clause->takes_two(ActionKind::Suspend, /*lasting=*/true)) << "as the ladder's last step says";
  EXPECT_FALSE(clause->takes_two(ActionKind::Suspend, /*lasting=*/false));
  EXPECT_FALSE(clause->takes_two(ActionKind::Remove, /*lasting=*/true));
  Clause whole;
  whole.second_person = true;
  EXPECT_TRUE(whole.takes_two(ActionKind::Warn, /*lasting=*/false));
  for (const Clause& one : policy->clauses) {
    const bool suspends = std::find(one.actions.begin(), one.actions.end(), ActionKind::Suspend) != one.actions.end();
    EXPECT_EQ(one.takes_two(ActionKind::Suspend, true), suspends) << one.id;
  }
}

TEST(SecondPersonRule, FaultsNameLineAndReason) {
  const std::string file = "clauses/spam.yaml", rule = "second_person:\n  for_good: [suspend]\n";
  auto fault = [&](const std::string& to) {
    const std::vector<std::string> all = faults_with(file, rule, to);
    EXPECT_EQ(all.size(), 1U) << to << (all.empty() ? "" : "\n" + all[0]);
    EXPECT_TRUE(all.empty() || all[0].starts_with(file + ":")) << all[0];
    return all.empty() ? "" : all[0];
  };
  EXPECT_NE(fault("second_person: {}\n").find("names neither"), std::string::npos);
  EXPECT_NE(fault("second_person: maybe\n").find("must be true or false"), std::string::npos);
  EXPECT_NE(fault("second_person:\n  action: [suspend]\n  for_good: [suspend]\n").find("did you mean 'actions'"),
            std::string::npos);
  EXPECT_NE(fault("second_person:\n  for_good: [remove]\n").find("never has an end"), std::string::npos);
  EXPECT_NE(fault("second_person:\n  actions: [none]\n").find("needs nobody"), std::string::npos);
  EXPECT_NE(fault("second_person:\n  actions: [interstitial]\n").find("not among the clause's actions"),
            std::string::npos);
  EXPECT_NE(fault("second_person: true\n").find("machine may act"), std::string::npos);
  EXPECT_NE(fault("second_person:\n  actions: [limit]\n").find("among machine.actions"), std::string::npos);
  EXPECT_TRUE(faults_with(file, rule, "second_person: false\n").empty());
  EXPECT_TRUE(faults_with("clauses/child_safety.yaml", rule, "second_person: true\n").empty());
}

TEST(Disclosure, AnswersEveryQuestionInEveryLanguage) {
  auto policy = default_policy();
  ASSERT_GE(policy->disclosure.size(), 10u);
  for (const DisclosureClause& clause : policy->disclosure) {
    for (const char* locale : {"en", "de"}) {
      EXPECT_TRUE(clause.question.by_locale.contains(locale)) << clause.id;
      EXPECT_TRUE(clause.answer.by_locale.contains(locale)) << clause.id;
      EXPECT_TRUE(clause.refusal.by_locale.contains(locale)) << clause.id;
    }
    EXPECT_EQ(policy->find_disclosure(clause.id), &clause);
  }
  EXPECT_EQ(policy->find_disclosure("nonsense"), nullptr);
}

TEST(Disclosure, GivesPrivateContentOnlyOnAJudgesOrder) {
  auto policy = default_policy();
  for (const DisclosureClause& clause : policy->disclosure) {
    const std::set<std::string> needs(clause.needs.begin(), clause.needs.end());
    for (DataKind kind : clause.gives) {
      if (kind >= DataKind::Traffic) {
        EXPECT_TRUE(needs.contains("judge") || needs.contains("treaty_or_eu_order")) << clause.id;
      }
      if (kind != DataKind::PublicPosts) {
        EXPECT_TRUE(clause.two_people) << clause.id;
        EXPECT_NE(clause.tell_user, TellUser::NotConcerned) << clause.id;
      }
    }
  }
}

TEST(Disclosure, AnEmergencyIsCalledBackReviewedAndTold) {
  auto policy = default_policy();
  const DisclosureClause* emergency = policy->find_disclosure("emergency");
  ASSERT_NE(emergency, nullptr);
  EXPECT_TRUE(emergency->call_back);
  EXPECT_EQ(emergency->answer_within, hours(8));
  EXPECT_EQ(emergency->review_within, hours(48));
  EXPECT_EQ(emergency->tell_user, TellUser::After);
  EXPECT_EQ(policy->find_disclosure("preservation")->kept, hours(24 * 90));
  EXPECT_EQ(data_kind_name(emergency->gives.back()), "connection");
}

TEST(Disclosure, RefusesClausesThatWouldGiveWithoutCare) {
  const std::string file = "disclosure/content.yaml";
  EXPECT_EQ(faults_with(file, "two_people: true\n", ""),
            std::vector<std::string>{
                "disclosure/content.yaml:1:1: two_people: what is not public leaves the house only when two people "
                "release it"});
  EXPECT_EQ(faults_with(file, "tell_user: before\n", ""),
            std::vector<std::string>{
                "disclosure/content.yaml:1:1: tell_user: whoever's data goes out is told, before or after"});
  EXPECT_EQ(faults_with("disclosure/emergency.yaml", "delay_max: 90d\n", ""),
            std::vector<std::string>{"disclosure/emergency.yaml:1:1: delay_max: telling somebody later needs an end"});
  EXPECT_EQ(faults_with("disclosure/preservation.yaml", "kept: 90d", "kpt: 90d").at(0),
            "disclosure/preservation.yaml:22:1: unknown key 'kpt'; did you mean 'kept'?");
  const std::vector<std::string> need = faults_with("disclosure/preservation.yaml", "case_number", "case_nmber");
  ASSERT_EQ(need.size(), 1u);
  EXPECT_NE(need[0].find("did you mean 'case_number'?"), std::string::npos) << need[0];
}

TEST(Ladder, CoversEveryClauseAndEndsWithTwoPeople) {
  auto policy = default_policy();
  for (const Clause& clause : policy->clauses) {
    EXPECT_TRUE(policy->ladder.rules.contains(clause.id)) << clause.id;
  }
  ASSERT_FALSE(policy->ladder.steps.empty());
  EXPECT_EQ(policy->ladder.steps.back().measure, ActionKind::Suspend);
  EXPECT_EQ(policy->ladder.steps.back().people, 2);
  for (const LadderStep& step : policy->ladder.steps) {
    EXPECT_EQ(step.measure == ActionKind::Suspend, step.people > 0) << step.id;
    EXPECT_EQ(step.text.by_locale.size(), 2u) << step.id;
  }
}

TEST(Ladder, ClimbsWithStrikesAndComesDownWhenTheyAreSpent) {
  auto policy = default_policy();
  const Ladder& ladder = policy->ladder;
  std::vector<Strike> strikes;
  EXPECT_EQ(ladder.standing(strikes, {}, day(0)).step, nullptr);
  strikes.push_back({"spam", day(0)});
  EXPECT_EQ(ladder.standing(strikes, {}, day(1)).step->id, "notice");
  strikes.push_back({"hate", day(1)});
  EXPECT_EQ(ladder.standing(strikes, {}, day(2)).strikes, 3);
  EXPECT_EQ(ladder.standing(strikes, {}, day(2)).step->id, "warning");
  EXPECT_EQ(*ladder.standing(strikes, {}, day(2)).next_spent, day(90));
  EXPECT_EQ(ladder.standing(strikes, {}, day(90)).strikes, 2);
  EXPECT_EQ(ladder.standing(strikes, {}, day(181)).strikes, 0);
  EXPECT_FALSE(ladder.standing(strikes, {}, day(181)).next_spent.has_value());
}

TEST(Ladder, WarnsBeforeASuspensionUnlessTheStrikeIsGrave) {
  auto policy = default_policy();
  const Ladder& ladder = policy->ladder;
  const std::vector<Strike> hateful = {{"hate", day(0)}, {"hate", day(10)}};
  Standing standing = ladder.standing(hateful, {}, day(11));
  EXPECT_EQ(standing.step->id, "pause_3_days");
  EXPECT_TRUE(standing.warning_instead);
  EXPECT_FALSE(ladder.standing(hateful, day(5), day(11)).warning_instead);
  EXPECT_TRUE(ladder.standing({{"hate", day(200)}, {"hate", day(201)}}, day(5), day(202)).warning_instead)
      << "the warning is too old";
  EXPECT_FALSE(ladder.standing({{"threats_to_life", day(0)}}, {}, day(1)).warning_instead);
}

TEST(Ladder, NeverCountsWhatWasOverturnedOrIsNoStrike) {
  auto policy = default_policy();
  const Ladder& ladder = policy->ladder;
  EXPECT_EQ(ladder.standing({{"hate", day(0), true}, {"no_such_clause", day(0)}}, {}, day(1)).strikes, 0);
  EXPECT_EQ(ladder.standing({{"hate", day(5)}}, {}, day(1)).strikes, 0) << "not before it happened";
}

TEST(Ladder, RefusesStepsThatSkipPeopleOrWarnings) {
  const std::string file = "ladder.yaml";
  const auto has = [](const std::vector<std::string>& faults, const std::string& words) {
    return faults.size() == 1 && faults[0].find(words) != std::string::npos && faults[0].find("ladder.yaml:") == 0;
  };
  EXPECT_TRUE(
      has(faults_with(file, "lasts: 3d\n    people: 1\n", "lasts: 3d\n"), "suspending an account takes a person"));
  EXPECT_TRUE(has(faults_with(file, "people: 1\n    warn_first: true\n", "people: 1\n"),
                  "a warning comes before a suspension"));
  EXPECT_TRUE(has(faults_with(file, "strikes: 7\n", "strikes: 4\n"), "steps go upwards"));
  EXPECT_TRUE(has(faults_with(file, "  spam: {strikes: 1, spent_after: 90d}\n", ""), "'spam' is missing"));
  EXPECT_TRUE(has(faults_with(file, "spam: {strikes: 1, spent_after: 90d}", "spam: {strikes: 1, spent_after: 0d}"),
                  "every strike ends"));
  EXPECT_TRUE(has(faults_with(file, "measure: [warn]", "measure: [warn, hide]"), "exactly one action"));
}

TEST(HelpLines, AreThereForEveryCountryWithAnEmergencyNumberFirst) {
  auto policy = default_policy();
  std::set<std::string> countries;
  for (const HelpLine& line : policy->help_lines) {
    countries.insert(line.country);
  }
  EXPECT_GE(countries.size(), 12u);
  countries.erase("EU");
  for (const std::string& country : countries) {
    const auto lines = help_lines_for(policy->help_lines, country, "");
    ASSERT_FALSE(lines.empty()) << country;
    EXPECT_EQ(lines.front()->topics.front(), "emergency") << country;
    EXPECT_FALSE(help_lines_for(policy->help_lines, country, "suicide").empty() && country != "IT") << country;
  }
}

TEST(HelpLines, OfTheEuropeanUnionAreForItsMembersAlone) {
  auto policy = default_policy();
  EXPECT_EQ(help_lines_for(policy->help_lines, "PL", "emergency").at(0)->phones.at(0), "112");
  EXPECT_EQ(help_lines_for(policy->help_lines, "GB", "emergency").at(0)->phones.at(0), "999");
  EXPECT_TRUE(help_lines_for(policy->help_lines, "XX", "").empty()) << "a wrong number is worse than none";
  EXPECT_EQ(help_lines_for(policy->help_lines, "DE", "suicide").at(0)->id, "de_telefonseelsorge");
}

TEST(HelpLines, AreRefusedWithoutADateAPlaceOrWithAnUnknownTopic) {
  const std::string file = "help_lines.yaml";
  const auto first = [](const std::vector<std::string>& faults) { return faults.empty() ? std::string() : faults[0]; };
  EXPECT_NE(first(faults_with(file, "checked: \"2026-11-22\"", "checked: lately")).find("the day on which"),
            std::string::npos);
  EXPECT_NE(first(faults_with(file, "topics: [emergency]", "topics: [emergncy]")).find("did you mean 'emergency'?"),
            std::string::npos);
  EXPECT_NE(first(faults_with(file, "country: EU", "country: Europe")).find("country"), std::string::npos);
  EXPECT_NE(first(faults_with(file, "id: eu_116111", "id: eu_112")).find("is there twice"), std::string::npos);
  EXPECT_NE(first(faults_with(file, "url: https://hateaid.org", "url: http://hateaid.org")).find("https://"),
            std::string::npos);
}

TEST(Pack, MayLeaveOutDisclosureLadderAndHelpLines) {
  TempFolder folder("heed-policy");
  fs::copy("policies/default", folder.path(), fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  fs::remove(folder.path() / "ladder.yaml");
  fs::remove(folder.path() / "help_lines.yaml");
  auto policy = load_policy(folder.path().string());
  ASSERT_TRUE(policy) << policy.error().message;
  EXPECT_TRUE((*policy)->ladder.version.empty());
  EXPECT_TRUE((*policy)->help_lines.empty());
  EXPECT_EQ((*policy)->ladder.standing({{"hate", day(0)}}, {}, day(1)).step, nullptr);
}

}  // namespace
}  // namespace heed::policy
