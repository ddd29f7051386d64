#include "casework/figures.h"

#include <gtest/gtest.h>

#include "casework/appeals.h"
#include "casework/reversal.h"
#include "casework/rule_control.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using policy::ActionKind;

class FigureRoom : public ActRoom {
 public:
  FigureRoom() { env.blind_share = 0; }
  /// A report of a post about which the evaluation says that `source` found something; no source: plainly nothing.
  ReportCommand said(std::string reporter, std::string id, std::string source = {}) {
    ReportedItem item = post(std::move(id), source.empty() ? "lovely weather today" : "[insult] you", "author");
    auto& finding = item.evidence.finding;
    finding.judged = true;
    finding.highest = source.empty() ? 0.01 : 0.9;
    if (!source.empty()) {
      finding.sources = {source, "list:common@7"};
      finding.rule = source;
    }
    ReportCommand command = report_by(std::move(reporter), {std::move(item)});
    command.about = About::Everyone;
    command.symptoms = {source.empty() ? "other" : "harassment"};
    return command;
  }
  /// The evaluation lets a machine act on it.
  ReportCommand acted_on(std::string reporter, std::string id, std::string source) {
    ReportCommand command = said(std::move(reporter), std::move(id), std::move(source));
    auto& finding = command.items.front().evidence.finding;
    finding.clause = "hate", finding.category = "hate", finding.acts = true, finding.actions = {ActionKind::Hide};
    command.symptoms = {"hate"};
    return command;
  }
  void judge(std::string_view id, bool violation) {
    const Claim claimed = must_claim(1);
    ItemVerdict verdict =
        violation ? this->violation(item(id), "targeted_harassment", {ActionKind::Hide}) : no_violation(item(id));
    verdict.clause = "targeted_harassment";
    HEED_ASSERT(decide(claimed, 1, verdict));
  }
  FigureTable table(FigureUnit unit, FigureBy by = FigureBy::Nothing, FigureInterval interval = FigureInterval::Total) {
    const std::int64_t today = day_number(clock.now());
    auto out = figures(*view(), {unit, by, interval, today - 100, today + 100});
    HEED_ASSERT(out);
    return *std::move(out);
  }
  /// -1: it cannot be said; -2: there is no such line or column.
  double value(const FigureTable& table, std::string_view column, std::string_view key = {}) {
    for (const FigureTable::Line& line : table.lines) {
      for (std::size_t i = 0; line.key == key && i < table.columns.size(); ++i) {
        if (table.columns[i] == column) {
          return line.values[i].value_or(-1);
        }
      }
    }
    return -2;
  }
  DecisionId decided(std::string_view id) { return item_row(item(id)).decision; }
};

TEST(Figures, SayWhoSettledTheReports) {
  FigureRoom room;
  ASSERT_TRUE(room.report(room.said("anna", "p1")));
  ASSERT_TRUE(room.report(room.said("berta", "p2", "rule:a@1")));
  room.judge("p2", true);
  ASSERT_TRUE(room.report(room.said("berta", "p3", "rule:a@1")));
  const FigureTable all = room.table(FigureUnit::Reports);
  ASSERT_EQ(all.lines.size(), 1U);
  EXPECT_EQ(room.value(all, "received"), 3);
  EXPECT_EQ(room.value(all, "settled_by_machine"), 1);
  EXPECT_EQ(room.value(all, "settled_by_people"), 1);
  EXPECT_EQ(room.value(all, "machine_share"), 0.5);
  EXPECT_EQ(room.value(all, "blind_overturned_share"), -1) << "nothing was drawn, so there is no share";
  const FigureTable by_rule = room.table(FigureUnit::Reports, FigureBy::Rule);
  EXPECT_EQ(room.value(by_rule, "settled_by_machine", "settle/clean"), 1);
  EXPECT_EQ(room.value(room.table(FigureUnit::Reports, FigureBy::Clause), "settled_by_people", "targeted_harassment"),
            1);
  EXPECT_EQ(room.value(room.table(FigureUnit::Reports, FigureBy::Source), "received", "user_notice"), 3);
  EXPECT_EQ(room.value(room.table(FigureUnit::Cases), "opened"), 3);
  EXPECT_EQ(room.value(room.table(FigureUnit::Cases), "closed"), 2);
  EXPECT_EQ(room.check(), "");
}

TEST(Figures, BlindChecksShowHowOftenPeopleDisagree) {
  FigureRoom room;
  room.env.blind_share = 1;
  ASSERT_TRUE(room.report(room.said("anna", "p1")));
  ASSERT_TRUE(room.report(room.said("berta", "p2")));
  room.judge("p1", true);
  room.judge("p2", false);
  const FigureTable all = room.table(FigureUnit::Reports);
  EXPECT_EQ(room.value(all, "drawn_blind"), 2);
  EXPECT_EQ(room.value(all, "blind_checked"), 2);
  EXPECT_EQ(room.value(all, "blind_overturned"), 1);
  EXPECT_EQ(room.value(all, "blind_overturned_share"), 0.5);
  EXPECT_EQ(room.value(room.table(FigureUnit::Reports, FigureBy::Rule), "blind_overturned", "settle/clean"), 1);
}

TEST(Figures, AppealsCountWithTheDecisionTheyAreAbout) {
  FigureRoom room;
  ASSERT_TRUE(room.report(room.said("anna", "p1")));
  ASSERT_TRUE(room.report(room.said("berta", "p2")));
  room.clock.advance(std::chrono::hours(24 * 3));
  std::vector<AppealId> appeals;
  for (auto [id, who] : {std::pair("p1", "anna"), std::pair("p2", "berta")}) {
    const DecisionId decision = room.decided(id);
    auto filed = room.run([&](Context& c) {
      return file_appeal(c, {decision, room.hasher.account(who), "look again", false});
    });
    ASSERT_TRUE(filed) << filed.error().message;
    appeals.push_back(filed->appeal);
  }
  room.clock.advance(std::chrono::hours(24 * 3));
  DecideAppealCommand command{.staff = room.staff(2),
                              .appeal = appeals[0],
                              .outcome = AppealOutcome::Reversed,
                              .reason = "it names a school",
                              .instead = {}};
  command.instead = room.violation(room.item("p1"), "other_terms", {ActionKind::Limit});
  auto reversed = room.run([&](Context& c) { return decide_appeal(c, command); });
  ASSERT_TRUE(reversed) << reversed.error().message;
  ASSERT_TRUE(room.run([&](Context& c) {
    return decide_appeal(c, {.staff = room.staff(2),
                             .appeal = appeals[1],
                             .outcome = AppealOutcome::Upheld,
                             .reason = "it stands",
                             .instead = {}});
  }));
  const FigureTable days = room.table(FigureUnit::Posts, FigureBy::Nothing, FigureInterval::Day);
  ASSERT_EQ(days.lines.size(), 2U) << "the two decisions' day, and the day of what was decided instead";
  EXPECT_EQ(room.value(days, "appealed"), 2);
  EXPECT_EQ(room.value(days, "upheld"), 1);
  EXPECT_EQ(room.value(days, "overturned"), 1);
  EXPECT_EQ(room.value(days, "overturned_share"), 0.5);
  EXPECT_EQ(room.value(days, "corrected"), 0) << "an appeal is no correction of one's own";
  EXPECT_EQ(room.value(room.table(FigureUnit::Posts, FigureBy::Rule), "overturned", "settle/clean"), 1);
  EXPECT_EQ(room.check(), "");
}

TEST(Figures, TimesAreRightWithinNinePercent) {
  EXPECT_EQ(bucket_seconds(time_bucket(Millis(0))), 0);
  double worst = 0;
  for (std::int64_t ms = 1; ms < INT64_C(400) * 24 * 3600 * 1000; ms += 1 + ms / 37) {
    const double truth = static_cast<double>(ms) / 1000, said = bucket_seconds(time_bucket(Millis(ms)));
    worst = std::max(worst, std::abs(said - truth) / truth);
    EXPECT_LE(time_bucket(Millis(ms)), time_bucket(Millis(ms + 1)));
  }
  EXPECT_LT(worst, 0.092);
}

TEST(Figures, MedianAndNinetiethPercentileOfTheTimeToADecision) {
  FigureRoom room;
  for (int i = 1; i <= 10; ++i) {
    const std::string id = "p" + std::to_string(i);
    ASSERT_TRUE(room.report(room.said("r" + std::to_string(i), id, "rule:a@1")));
    room.clock.advance(std::chrono::minutes(10 * i));
    room.judge(id, true);
  }
  const FigureTable all = room.table(FigureUnit::Posts);
  EXPECT_NEAR(room.value(all, "median_seconds"), 50 * 60, 50 * 60 * 0.1);
  EXPECT_NEAR(room.value(all, "p90_seconds"), 90 * 60, 90 * 60 * 0.1);
  EXPECT_EQ(room.value(all, "by_people"), 10);
}

TEST(Figures, ARulesPrecisionIsWhatPeopleSayLast) {
  FigureRoom room;
  ASSERT_TRUE(room.report(room.said("anna", "p1", "rule:a@1")));
  ASSERT_TRUE(room.report(room.said("berta", "p2", "rule:a@2")));
  ASSERT_TRUE(room.report(room.said("carla", "p3", "rule:a@2")));
  room.judge("p1", true);
  room.judge("p2", false);
  auto tally = *rule_tallies(*room.view(), room.clock.now());
  EXPECT_EQ(std::tuple(tally["a"].items, tally["a"].judged, tally["a"].confirmed), std::tuple(3, 2, 1));
  const DecisionId first = room.decided("p1");
  ASSERT_TRUE(room.run(
      [&](Context& c) { return reverse(c, {.staff = room.staff(2), .decision = first, .reason = "a joke"}); }));
  tally = *rule_tallies(*room.view(), room.clock.now());
  EXPECT_EQ(std::tuple(tally["a"].items, tally["a"].judged, tally["a"].confirmed), std::tuple(3, 2, 0));
  const FigureTable by_rule = room.table(FigureUnit::Posts, FigureBy::Rule);
  EXPECT_EQ(room.value(by_rule, "precision_share", "rule:a"), 0);
  EXPECT_EQ(room.value(by_rule, "judged", "list:common"), 2);
  EXPECT_EQ(room.check(), "");
}

TEST(Figures, WeeksBeginOnMondayAndMonthsOnTheirFirst) {
  FigureRoom room;
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(room.report(room.said("r" + std::to_string(i), "p" + std::to_string(i), "rule:a@1")));
    room.clock.advance(std::chrono::hours(24));
  }
  for (auto interval : {FigureInterval::Day, FigureInterval::Week, FigureInterval::Month, FigureInterval::Total}) {
    const FigureTable table = room.table(FigureUnit::Reports, FigureBy::Nothing, interval);
    double received = 0;
    std::int64_t end = 0;
    for (const FigureTable::Line& line : table.lines) {
      received += *line.values[0];
      EXPECT_GE(line.first_day, end);
      end = line.end_day;
      const std::chrono::sys_days first{std::chrono::days(line.first_day)};
      if (interval == FigureInterval::Week) {
        EXPECT_EQ(std::chrono::weekday(first), std::chrono::Monday);
      } else if (interval == FigureInterval::Month) {
        EXPECT_EQ(std::chrono::year_month_day(first).day(), std::chrono::day(1));
      }
    }
    EXPECT_EQ(received, 40) << name_of(interval);
  }
}

TEST(RuleControl, ASwitchIsNotedWithWhoAndWhyAndTheNewestHolds) {
  FigureRoom room;
  for (auto mode : {RuleSwitch::Off, RuleSwitch::Pack, RuleSwitch::Shadow}) {
    ASSERT_TRUE(room.run([&](Context& c) {
      return switch_rule(c, {"a", mode, room.staff(3), "it flags a football club"});
    }));
    room.clock.advance(std::chrono::seconds(1));
  }
  auto all = *rule_switches(*room.view());
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all["a"].mode, RuleSwitch::Shadow);
  EXPECT_EQ(all["a"].staff, room.staff(3));
  EXPECT_EQ(room.body(all["a"].record, 1, "n").second, "it flags a football club");
  EXPECT_EQ(room.run([&](Context& c) {
                  return switch_rule(c, {"a", RuleSwitch::Off, room.staff(3), "  "});
                })
                .error()
                .code,
            Code::InvalidInput);
  EXPECT_EQ(room.check(), "");
}

TEST(RuleControl, WhatARuleDidIsTakenBackInOneActAndOnlyOnce) {
  FigureRoom room;
  for (int i = 0; i < 5; ++i) {
    auto receipt = room.report(room.acted_on("r" + std::to_string(i), "p" + std::to_string(i), "rule:a@1"));
    ASSERT_TRUE(receipt);
    ASSERT_EQ(receipt->acted, 1);
  }
  ASSERT_TRUE(room.report(room.acted_on("x", "other", "rule:b@1")));
  ASSERT_EQ(rule_effects(*room.view(), "a", {}, 100)->size(), 5U);
  const DecisionId third = room.decided("p3");
  ASSERT_TRUE(
      room.run([&](Context& c) { return reverse(c, {.staff = room.staff(2), .decision = third, .reason = "wrong"}); }));
  EffectsReversed all;
  int steps = 0;
  do {
    auto step =
        room.run([&](Context& c) { return reverse_effects(c, "a", all.last, 2, room.staff(2), "the rule was wrong"); });
    ASSERT_TRUE(step) << step.error().message;
    all.reversed += step->reversed, all.left += step->left, all.last = step->last;
    ASSERT_LT(++steps, 10);
  } while (all.last);
  EXPECT_EQ(all.reversed, 4);
  EXPECT_EQ(all.left, 1);
  for (int i = 0; i < 5; ++i) {
    const ItemRow item = room.item_row(room.item("p" + std::to_string(i)));
    EXPECT_NE(room.decision(item.decision).reversed_seq, 0);
    EXPECT_GE(room.notices_of(item.case_id, NoticeKind::OutcomeReversed), 1) << "everybody who was told is told again";
  }
  EXPECT_EQ(room.decision(room.decided("other")).reversed_seq, 0) << "another rule's";
  EXPECT_EQ(room.value(room.table(FigureUnit::Posts, FigureBy::Rule), "corrected", "rule:a"), 5);
  EXPECT_EQ(room.check(), "");
}

TEST(RuleControl, BeyondARulesBudgetCasesWaitInAQueueOfTheirOwnUntilSomebodyAsks) {
  FigureRoom room;
  auto raise = [&](std::string id, std::vector<SignalCommand::Budget> budgets) {
    SignalCommand signal;
    signal.item = room.post(std::move(id), "[insult] you", "author", {"her"});
    signal.budgets = std::move(budgets);
    auto place = room.run([&](Context& c) { return raise_signal(c, signal); });
    HEED_ASSERT(place);
    return *place;
  };
  // Each about somebody else, or they would be one case.
  std::vector<CaseRow> rows;
  for (int i = 0; i < 4; ++i) {
    SignalCommand signal;
    signal.item = room.post("p" + std::to_string(i), "[insult] you", "author", {"her" + std::to_string(i)});
    signal.budgets = {{"rule:a", 2}};
    auto place = room.run([&](Context& c) { return raise_signal(c, signal); });
    ASSERT_TRUE(place);
    EXPECT_EQ(place->over_budget, i >= 2);
    rows.push_back(room.case_row(place->case_id));
  }
  EXPECT_EQ(rows[1].queue, "default");
  EXPECT_EQ(rows[2].queue, kOverBudget) << "nothing is lost";
  EXPECT_FALSE(rows[2].open_key) << "and nothing graver joins it there";
  EXPECT_EQ(room.notices_of(rows[2].id, NoticeKind::Alarm), 1);
  EXPECT_EQ(room.notices_of(rows[3].id, NoticeKind::Alarm), 0) << "once a day";
  EXPECT_EQ((*rule_tallies(*room.view(), room.clock.now()))["a"].cases_today, 4);
  EXPECT_FALSE(raise("q1", {{"rule:a", 2}, {"rule:b", 1}}).over_budget) << "another rule asks for it, too";
  EXPECT_FALSE(raise("q1", {}).over_budget);

  SignalCommand grave;
  grave.item = room.post("grave", "[life] tonight", "author", {"them"});
  grave.budgets = {{"rule:a", 2}};
  auto kept = room.run([&](Context& c) { return raise_signal(c, grave); });
  ASSERT_TRUE(kept);
  EXPECT_TRUE(kept->over_budget);
  EXPECT_EQ(room.case_row(kept->case_id).queue, "default") << "a threat to life is never kept back";

  ReportCommand report = room.report_by("her2", {room.post("p2", "[insult] you", "author", {"her2"})});
  report.symptoms = {"harassment"};
  auto receipt = room.report(report);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->case_id, rows[2].id);
  EXPECT_EQ(room.case_row(rows[2].id).queue, "default");
  room.clock.advance(std::chrono::hours(24));
  EXPECT_FALSE(raise("tomorrow", {{"rule:a", 2}}).over_budget);
  EXPECT_EQ(room.check(), "");
}

}  // namespace
}  // namespace heed::casework
