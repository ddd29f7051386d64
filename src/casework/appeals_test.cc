#include "casework/appeals.h"

#include <gtest/gtest.h>

#include "casework/actions.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using testing::HasSubstr;

Time at(std::string_view text) { return *parse_time(text); }

TEST(AppealWindow, CountsCalendarMonthsAndIncludesTheLastDayEverywhere) {
  EXPECT_EQ(appeal_ends(at("2026-03-10T09:00:00Z"), 6), at("2026-09-11T12:00:00Z"));
  EXPECT_EQ(appeal_ends(at("2026-03-10T12:00:00Z"), 6), at("2026-09-12T12:00:00Z")) << "in Kiribati it is the 11th";
  EXPECT_EQ(appeal_ends(at("2026-08-31T01:00:00Z"), 6), at("2027-03-01T12:00:00Z")) << "February has no 31st";
  EXPECT_EQ(appeal_ends(at("2027-08-31T01:00:00Z"), 6), at("2028-03-01T12:00:00Z")) << "nor a 30th in a leap year";
  EXPECT_EQ(appeal_ends(at("2026-07-01T01:00:00Z"), 6), at("2027-01-02T12:00:00Z"));
}

/// For somebody who counts days at `offset`: when the last day on which they may still appeal is over.
Time over_there(Time informed, Millis offset, int months) {
  using namespace std::chrono;
  const year_month_day day{floor<days>(informed + offset)};
  year_month_day last = day + std::chrono::months(months);
  while (!last.ok()) {
    last = last.year() / last.month() / std::chrono::day(static_cast<unsigned>(last.day()) - 1);
  }
  return Time(sys_days(last) + days(1)) - offset;
}

TEST(AppealWindow, IsOpenOnTheLastDayInEveryTimeZoneAndAtMostADayLonger) {
  for (Time informed = at("2026-01-01T00:00:00Z"); informed < at("2028-04-01T00:00:00Z");
       informed += std::chrono::minutes(7 * 60 + 13)) {
    const Time ends = appeal_ends(informed, 6);
    Time latest{};
    for (int minutes = -12 * 60; minutes <= 14 * 60; minutes += 15) {
      const Time there = over_there(informed, std::chrono::minutes(minutes), 6);
      ASSERT_LE(there, ends) << format_time(informed) << " at UTC" << minutes / 60.0;
      latest = std::max(latest, there);
    }
    ASSERT_LE(ends - latest, std::chrono::hours(26)) << format_time(informed);
  }
}

/// ann reports p1 by bob; reviewer 1 hides it and warns him, or finds nothing.
class Appeals : public testing::Test {
 protected:
  void SetUp() override { room.env.platform_channel = Channel::Page; }
  void decided(bool violation) {
    receipt = *room.report(room.report_by("ann", {room.post("p1", "[insult] you", "bob")}));
    claim = room.must_claim(1);
    item = claim.items[0];
    auto d = room.decide(
        claim, 1,
        violation ? room.violation(item, "targeted_harassment", {policy::ActionKind::Hide, policy::ActionKind::Warn})
                  : room.no_violation(item));
    ASSERT_TRUE(d) << d.error().message;
    actions = d->actions;
    decision = d->decisions[0];
  }
  Result<FiledAppeal> file(std::string person, std::string text = "please look again") {
    return room.run([&](Context& c) { return file_appeal(c, {decision, room.hasher.account(person), text, false}); });
  }
  Result<DecidedAppeal> answer(AppealId appeal, int who, AppealOutcome outcome,
                               std::optional<ItemVerdict> instead = {}) {
    return room.run([&](Context& c) {
      return decide_appeal(c, {room.staff(who), appeal, outcome, "because of the second message", instead});
    });
  }
  std::string notice(NoticeKind kind) { return room.render(room.notice_of(receipt.case_id, kind))->json; }
  ActRoom room;
  Receipt receipt;
  Claim claim;
  ItemId item;
  DecisionId decision;
  std::vector<ActionId> actions;
};

TEST_F(Appeals, ByTheAuthorUpheldByAnotherReviewer) {
  decided(true);
  auto filed = file("bob");
  ASSERT_TRUE(filed) << filed.error().message;
  auto row = **ledger::get<AppealRow>(*room.view(), filed->appeal);
  EXPECT_FALSE(row.by_reporter);
  EXPECT_EQ(row.outcome, AppealOutcome::Pending);
  EXPECT_TRUE(room.decision(decision).appealed);
  EXPECT_THAT(notice(NoticeKind::AppealReceipt), HasSubstr(format_time(filed->decide_by)));
  EXPECT_EQ(answer(filed->appeal, 1, AppealOutcome::Upheld).error().code, Code::Denied) << "not by who decided";
  room.clock.advance(std::chrono::hours(24));
  ASSERT_TRUE(answer(filed->appeal, 2, AppealOutcome::Upheld));
  EXPECT_EQ(answer(filed->appeal, 3, AppealOutcome::Reversed).error().code, Code::Conflict);
  std::string told = notice(NoticeKind::AppealOutcome);
  EXPECT_THAT(told, HasSubstr("because of the second message"));
  EXPECT_THAT(told, HasSubstr(R"("appeal_outcome":"upheld")"));
  EXPECT_EQ(room.decision(decision).appeal, AppealOutcome::Upheld);
  EXPECT_EQ(room.decision(decision).reversed_seq, 0);
  auto clock = **ledger::get<ClockRow>(*room.view(), receipt.case_id, ClockKind::AppealDecide, filed->appeal.value);
  EXPECT_FALSE(clock.next_at);
  EXPECT_EQ(room.check(), "");
}

TEST_F(Appeals, AReversalUndoesEveryOrderAndTellsEverybodyWhoWasTold) {
  decided(true);
  (void)room.run([&](Context& c) { return confirm_action(c, {actions[0], ActionState::Done, {}, ""}); });
  auto filed = file("bob");
  auto result = answer(filed->appeal, 2, AppealOutcome::Reversed);
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_TRUE(result->reversal);
  EXPECT_EQ(result->reversal->undone.size(), 2U) << "the one that was done and the one that is on its way";
  std::vector<ActionId> undoes;
  for (ActionId id : result->reversal->undone) {
    auto undo = **ledger::get<ActionRow>(*room.view(), id);
    EXPECT_EQ(undo.kind, OrderKind::Undo);
    undoes.push_back(undo.undoes);
  }
  EXPECT_THAT(undoes, testing::UnorderedElementsAreArray(actions));
  EXPECT_NE(room.decision(decision).reversed_seq, 0);
  EXPECT_EQ(room.decision(decision).appeal, AppealOutcome::Reversed);
  EXPECT_EQ(room.item_row(item).outcome, Outcome::NoViolation);
  EXPECT_EQ(room.notices_of(receipt.case_id, NoticeKind::OutcomeReversed), 1) << "the reporter";
  EXPECT_EQ(room.notices_of(receipt.case_id, NoticeKind::StatementReversed), 0)
      << "the author learns it from the appeal's answer";
  std::string reporter = notice(NoticeKind::OutcomeReversed);
  EXPECT_THAT(reporter, HasSubstr(R"("outcome":"no_violation")"));
  EXPECT_THAT(reporter, HasSubstr(room.env.policy->word("action.undone", "en")));
  EXPECT_THAT(reporter, testing::Not(HasSubstr("second message"))) << "what was said to the other side";
  std::string author = notice(NoticeKind::AppealOutcome);
  EXPECT_THAT(author, HasSubstr(R"("appeal_outcome":"reversed")"));
  EXPECT_THAT(author, testing::Not(HasSubstr("ann")));
  EXPECT_EQ(room.check(), "");
}

TEST_F(Appeals, ByTheReporterAgainstNoViolationIsDecidedAnew) {
  decided(false);
  auto filed = file("ann");
  ASSERT_TRUE(filed);
  EXPECT_TRUE((*ledger::get<AppealRow>(*room.view(), filed->appeal))->by_reporter);
  EXPECT_EQ(answer(filed->appeal, 2, AppealOutcome::Reversed).error().fields.at(0).pointer, "/instead");
  auto verdict = room.violation(item, "targeted_harassment", {policy::ActionKind::Hide});
  auto bad = verdict;
  bad.facts.clear();
  EXPECT_EQ(answer(filed->appeal, 2, AppealOutcome::Reversed, bad).error().fields.at(0).pointer, "/instead/facts");
  auto result = answer(filed->appeal, 2, AppealOutcome::Reversed, verdict);
  ASSERT_TRUE(result) << result.error().message;
  DecisionRow anew = room.decision(result->reversal->instead);
  EXPECT_EQ(anew.outcome, Outcome::Violation);
  EXPECT_EQ(anew.staff, room.staff(2));
  ItemRow row = room.item_row(item);
  EXPECT_EQ(row.decision, anew.id);
  EXPECT_EQ(row.outcome, Outcome::Violation);
  EXPECT_EQ(room.notices_of(receipt.case_id, NoticeKind::StatementOfReasons), 1);
  EXPECT_EQ(room.notices_of(receipt.case_id, NoticeKind::Outcome), 1) << "no second answer beside the appeal's";
  EXPECT_THAT(notice(NoticeKind::AppealOutcome), HasSubstr(R"("outcome":"violation")"));
  EXPECT_EQ(room.check(), "");
}

TEST_F(Appeals, AreNotJudgedByWhoeverDecidedOnThePostBefore) {
  decided(true);
  auto filed = file("bob");
  auto result = answer(filed->appeal, 2, AppealOutcome::PartlyReversed,
                       room.violation(item, "targeted_harassment", {policy::ActionKind::Warn}));
  ASSERT_TRUE(result) << result.error().message;
  decision = result->reversal->instead;
  auto again = file("bob", "the warning is wrong as well");
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(answer(again->appeal, 2, AppealOutcome::Upheld).error().code, Code::Denied) << "whose decision it is";
  EXPECT_EQ(answer(again->appeal, 1, AppealOutcome::Upheld).error().code, Code::Denied)
      << "the first one, whom the second corrected";
  EXPECT_TRUE(answer(again->appeal, 3, AppealOutcome::Upheld));
  EXPECT_EQ(room.check(), "");
}

TEST_F(Appeals, CarryWhatIsNewUnderTheAppellantsKeyAndShowItToNobodyElse) {
  decided(true);
  auto filed = room.run([&](Context& c) {
    return file_appeal(
        c, {decision, room.hasher.account("bob"), "a quotation", false, "the whole article is at example.org"});
  });
  ASSERT_TRUE(filed) << filed.error().message;
  auto row = **ledger::get<AppealRow>(*room.view(), filed->appeal);
  const PartyRow bob = room.party(receipt.case_id, row.party);
  EXPECT_EQ(room.body(receipt.case_id, row.seq, "n"),
            std::pair(static_cast<std::uint64_t>(bob.slot), std::string("the whole article is at example.org")));
  ASSERT_TRUE(answer(filed->appeal, 2, AppealOutcome::Reversed));
  for (const NoticeRow& told : room.notices(receipt.case_id)) {
    if (told.party != row.party && told.party != 0) {
      auto parcel = room.render(told);
      ASSERT_TRUE(parcel) << parcel.error().message;
      EXPECT_THAT(parcel->json + parcel->text + parcel->subject,
                  testing::Not(testing::AnyOf(HasSubstr("a quotation"), HasSubstr("example.org"))));
    }
  }
  EXPECT_EQ(room.run([&](Context& c) {
                  return file_appeal(c, {decision, room.hasher.account("ann"), "no", false, " "});
                })
                .error()
                .fields.at(0)
                .pointer,
            "/evidence")
      << "nothing is not evidence";
}

TEST_F(Appeals, PartlyReversedPutsALesserMeasureInPlace) {
  decided(true);
  auto filed = file("bob");
  EXPECT_EQ(answer(filed->appeal, 2, AppealOutcome::PartlyReversed).error().code, Code::InvalidInput);
  auto result = answer(filed->appeal, 2, AppealOutcome::PartlyReversed,
                       room.violation(item, "targeted_harassment", {policy::ActionKind::Warn}));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(room.decision(result->reversal->instead).restrictions, 1 << static_cast<int>(OrderKind::Warn));
  EXPECT_EQ(room.decision(decision).appeal, AppealOutcome::PartlyReversed);
  EXPECT_EQ(room.check(), "");
}

TEST_F(Appeals, AreOpenForSixMonthsAndNotADayLonger) {
  decided(true);
  const Time ends = appeal_ends(room.clock.now(), 6);
  room.clock.set(ends);
  EXPECT_EQ(file("bob").error().code, Code::Conflict);
  room.clock.set(ends - Millis(1));
  EXPECT_TRUE(file("bob"));
}

TEST_F(Appeals, TheWindowBeginsWhenTheAuthorWasTold) {
  room.env.platform_channel = Channel::Webhook;
  decided(true);
  room.clock.set(appeal_ends(room.clock.now(), 6) + std::chrono::hours(24));
  EXPECT_TRUE(file("bob")) << "has not been told yet";
}

TEST_F(Appeals, AreForPartiesOnlyOnceEach) {
  decided(true);
  EXPECT_EQ(file("stranger").error().code, Code::NotFound);
  EXPECT_EQ(file("bob", "  ").error().code, Code::InvalidInput);
  EXPECT_EQ(file("bob", std::string(10'001, 'x')).error().code, Code::InvalidInput);
  EXPECT_TRUE(file("bob"));
  for (int i = 0; i < 400; ++i) {
    ASSERT_EQ(file("bob").error().code, Code::Conflict);
  }
  EXPECT_TRUE(file("ann")) << "the other side may, too";
}

TEST_F(Appeals, OfAReporterInAnotherCaseLiveInThatCase) {
  auto other = room.report(room.report_by("eve", {room.post("p2", "y", "cid")}));
  auto second = room.report(room.report_by("hal", {room.post("p3", "z", "dan")}));
  auto both = room.report(room.report_by("gus", {room.post("p2", "y", "cid"), room.post("p3", "z", "dan")}));
  ASSERT_EQ(both->case_id, other->case_id);
  Claim home = *room.run([&](Context& c) { return claim_case(c, second->case_id, room.staff(1), 10); });
  auto d = room.decide(home, 1, room.no_violation(home.items[0]));
  ASSERT_TRUE(d);
  decision = d->decisions[0];
  auto filed = file("gus");
  ASSERT_TRUE(filed) << filed.error().message;
  EXPECT_EQ(filed->case_id, other->case_id);
  auto result =
      answer(filed->appeal, 2, AppealOutcome::Reversed, room.violation(home.items[0], "targeted_harassment", {}));
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(room.notices_of(other->case_id, NoticeKind::AppealOutcome), 1);
  EXPECT_EQ(room.notices_of(other->case_id, NoticeKind::OutcomeReversed), 0) << "the appellant has an answer already";
  EXPECT_EQ(room.notices_of(second->case_id, NoticeKind::OutcomeReversed), 1) << "hal hears of it";
  EXPECT_EQ(room.check(), "");
}

TEST_F(Appeals, ASecondAppealAfterAReversalIsAnsweredWithoutReversingTwice) {
  decided(true);
  auto bob = file("bob");
  auto ann = file("ann");
  ASSERT_TRUE(bob && ann);
  ASSERT_TRUE(answer(bob->appeal, 2, AppealOutcome::Reversed));
  const int orders = static_cast<int>(actions.size());
  ASSERT_TRUE(answer(ann->appeal, 2, AppealOutcome::Upheld));
  int undos = 0;
  auto v = room.view();
  auto key = ledger::cells(receipt.case_id);
  ASSERT_TRUE(ledger::scan<ActionRow>(*v, {.index = ActionRow::kByCase, .prefix = key},
                                      [&](const ActionRow& a) { undos += a.kind == OrderKind::Undo; }));
  EXPECT_EQ(undos, orders);
}

TEST(Reverse, ByStaffNeedsAReasonAndHappensOnce) {
  ActRoom room;
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "[insult]", "bob")}));
  Claim claim = room.must_claim(1);
  auto d = room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide}));
  ReverseCommand command;
  command.staff = room.staff(1);
  command.decision = d->decisions[0];
  auto run = [&] { return room.run([&](Context& c) { return reverse(c, command); }); };
  EXPECT_EQ(run().error().fields.at(0).pointer, "/reason");
  command.reason = "wrong post";
  auto result = run();
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(room.body(receipt->case_id, result->seq, "n").second, "wrong post");
  EXPECT_EQ(run().error().code, Code::Conflict);
  EXPECT_EQ(room.notices_of(receipt->case_id, NoticeKind::StatementReversed), 1);
  EXPECT_EQ(room.notices_of(receipt->case_id, NoticeKind::OutcomeReversed), 1);
  auto p = room.render(room.notice_of(receipt->case_id, NoticeKind::StatementReversed));
  ASSERT_TRUE(p) << p.error().message;
  EXPECT_THAT(p->json, HasSubstr(R"("outcome":"no_violation")"));
  EXPECT_THAT(p->text, HasSubstr(room.env.policy->word("action.undone", "en")));
  command.decision = room.ids.mint<DecisionId>(room.clock.now());
  EXPECT_EQ(run().error().code, Code::NotFound);
  EXPECT_EQ(room.check(), "");
}

TEST(Reverse, NeverTakesAStatementBackBeforeItWasMade) {
  ActRoom room;
  room.env.platform_channel = Channel::Webhook;
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "[life]", "bob")}));
  Claim claim = room.must_claim(1);
  auto d = room.decide(claim, 1, room.violation(claim.items[0], "threats_to_life", {policy::ActionKind::Remove}));
  ReverseCommand command;
  command.staff = room.staff(2);
  command.decision = d->decisions[0];
  command.reason = "a line from a play";
  room.clock.advance(std::chrono::hours(1));
  ASSERT_TRUE(room.run([&](Context& c) { return reverse(c, command); }));
  EXPECT_EQ(room.notice_of(receipt->case_id, NoticeKind::StatementReversed).pending_from,
            room.notice_of(receipt->case_id, NoticeKind::StatementOfReasons).pending_from);
}

}  // namespace
}  // namespace heed::casework
