#include "casework/second_looks.h"

#include <gtest/gtest.h>

#include "casework/actions.h"
#include "casework/appeals.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using policy::ActionKind;

/// Posts that staff 1 decides; everything is drawn unless a test says otherwise.
class SecondLooks : public testing::Test {
 protected:
  void SetUp() override {
    room.env.second_look_share = 1;
    room.env.golden_share = 0;
  }
  DecisionId decided(std::string post, bool violation = true, int who = 1) {
    (void)room.report(room.report_by("ann", {room.post(post, "[insult] you " + post, "by-" + post)}));
    Claim claim = room.must_claim(who);
    auto made = room.decide(claim, who,
                            violation ? room.violation(claim.items[0], "targeted_harassment", {ActionKind::Remove})
                                      : clear(claim.items[0]));
    HEED_ASSERT(made);
    return made->decisions[0];
  }
  ItemVerdict clear(ItemId item) {
    ItemVerdict verdict = room.no_violation(item);
    verdict.clause = "targeted_harassment";
    return verdict;
  }
  std::optional<SecondLookRow> take(int who, std::vector<StaffId> selves = {}, const Wall* wall = nullptr) {
    auto row = room.run([&](Context& c) {
      return take_second_look(c, {room.staff(who), selves, wall, [](const std::string& q) { return q == "default"; }});
    });
    HEED_ASSERT(row);
    return *row;
  }
  Result<AnsweredLook> answer(const SecondLookRow& look, int who, bool violation,
                              std::string clause = "targeted_harassment") {
    return room.run([&](Context& c) {
      return answer_second_look(c, {room.staff(who), look.id, violation ? Outcome::Violation : Outcome::NoViolation,
                                    violation ? std::move(clause) : std::string()});
    });
  }
  Result<GoldenRow> golden(DecisionId decision, std::string why = "it names her", Time expires = {}) {
    return room.run([&](Context& c) { return mark_golden(c, {room.staff(9), decision, why, expires}); });
  }
  std::vector<Agreement> agreement() {
    return *agreement_of(*room.view(), room.clock.now() - std::chrono::hours(24), room.clock.now());
  }
  std::int64_t events(CaseId id) { return room.case_row(id).seq; }
  ActRoom room;
};

TEST_F(SecondLooks, GoToAnotherPersonAndChangeNothing) {
  const DecisionId decision = decided("p1");
  const CaseId home = room.decision(decision).case_id;
  const std::int64_t before = events(home);
  const std::size_t notices = room.notices(home).size();
  EXPECT_FALSE(take(1)) << "not who decided";
  EXPECT_FALSE(take(7, {room.staff(1)})) << "nor they under another log-in";
  auto look = take(2);
  ASSERT_TRUE(look);
  EXPECT_EQ(look->kind, LookKind::Double);
  EXPECT_EQ(take(2)->id, look->id) << "a page that is loaded again goes on with it";
  EXPECT_FALSE(take(3)) << "somebody has it";
  EXPECT_EQ(answer(*look, 3, true).error().code, Code::NotFound);
  EXPECT_EQ(answer(*look, 2, true, "nonsense").error().code, Code::InvalidInput);
  auto answered = answer(*look, 2, false);
  ASSERT_TRUE(answered) << answered.error().message;
  EXPECT_TRUE(answered->row.differs);
  EXPECT_EQ(answer(*look, 2, true).error().code, Code::NotFound) << "once";
  EXPECT_EQ(events(home), before) << "no event: nothing went out and nothing is in the case";
  EXPECT_EQ(room.notices(home).size(), notices);
  EXPECT_EQ(room.decision(decision).outcome, Outcome::Violation);
  EXPECT_EQ(room.decision(decision).reversed_seq, 0);
  EXPECT_EQ(room.check(), "");
}

TEST_F(SecondLooks, WhereTwoDifferALeadLooks) {
  decided("p1");
  decided("p2");
  auto same = take(2);
  ASSERT_TRUE(answer(*same, 2, true));
  auto other = take(2);
  ASSERT_TRUE(answer(*other, 2, true, "hate"));
  auto list = looks_that_differ(*room.view(), 10);
  ASSERT_EQ(list->size(), 1U) << "the same outcome under another clause is not the same";
  EXPECT_EQ(list->front().id, other->id);
  EXPECT_EQ(list->front().first, room.staff(1));
  EXPECT_EQ(list->front().second, room.staff(2));
  EXPECT_TRUE(room.run([&](Context& c) -> Result<bool> {
    TRY(settle_second_look(c, other->id));
    return true;
  }));
  EXPECT_TRUE(looks_that_differ(*room.view(), 10)->empty());
  EXPECT_FALSE(room.run([&](Context& c) -> Result<bool> {
    TRY(settle_second_look(c, same->id));
    return true;
  })) << "there is nothing to settle";
}

TEST_F(SecondLooks, AreCountedByClauseAndPerson) {
  for (int i = 0; i < 4; ++i) {
    decided("v" + std::to_string(i), /*violation=*/true);
  }
  decided("n0", /*violation=*/false);
  const bool says[] = {true, true, true, false, false};
  for (bool violation : says) {
    auto look = take(2);
    ASSERT_TRUE(look);
    ASSERT_TRUE(answer(*look, 2, violation));
  }
  auto all = agreement();
  ASSERT_EQ(all.size(), 2U) << "a language that was not said is one of its own";
  Looks sum;
  for (const Agreement& one : all) {
    EXPECT_EQ(one.clause, "targeted_harassment");
    sum.both += one.looks.both, sum.first_only += one.looks.first_only;
    sum.second_only += one.looks.second_only, sum.neither += one.looks.neither;
  }
  EXPECT_EQ(sum.both, 3);
  EXPECT_EQ(sum.first_only, 1);
  EXPECT_EQ(sum.second_only, 0);
  EXPECT_EQ(sum.neither, 1);
  auto people = lookers_of(*room.view(), room.clock.now() - std::chrono::hours(24), room.clock.now());
  ASSERT_EQ(people->size(), 2U);
  for (const Looker& one : *people) {
    EXPECT_EQ(one.differs.looks, 5);
    EXPECT_EQ(one.differs.differed, 1);
    EXPECT_FALSE(one.stands_out) << "five looks say nothing";
  }
}

TEST_F(SecondLooks, AShareIsDrawnAndTheSameAgain) {
  room.env.second_look_share = 0.25;
  auto drawn = [&] {
    int n = 0;
    (void)ledger::scan<SecondLookRow>(*room.view(), {}, [&](const SecondLookRow&) { ++n; });
    return n;
  };
  for (int i = 0; i < 80; ++i) {
    decided("p" + std::to_string(i));
  }
  const int first = drawn();
  EXPECT_GT(first, 8);
  EXPECT_LT(first, 36);
  // By a keyed hash of the decision: told over again it is the same posts.
  int again = 0;
  (void)room.run([&](Context& c) -> Result<bool> {
    std::vector<DecisionId> all;
    TRY(ledger::scan<DecisionRow>(c.tx(), {}, [&](const DecisionRow& row) { all.push_back(row.id); }));
    TRY(draw_second_looks(c, room.staff(1), all));
    TRY(ledger::scan<SecondLookRow>(c.tx(), {}, [&](const SecondLookRow&) { ++again; }));
    return fail(Code::Conflict, "only counted");
  });
  EXPECT_EQ(again, 2 * first);
  room.env.second_look_share = 0;
  decided("none");
  EXPECT_EQ(drawn(), first);
}

TEST_F(SecondLooks, NothingSealedGraveOrKnownFromAReporterOnly) {
  (void)room.report(room.report_by("ann", {room.post("t1", "[life] you", "troll")}));
  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.violation(claim.items[0], "threats_to_life", {ActionKind::Remove})));
  EXPECT_FALSE(take(2));
  ReportedItem told = room.post("r1", "[insult] you", "troll");
  told.evidence.provenance = Provenance::Reporter;
  (void)room.report(room.report_by("ann", {told}));
  claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, clear(claim.items[0])));
  EXPECT_FALSE(take(2));
}

TEST_F(SecondLooks, WaitBehindThreatsAndWalls) {
  decided("p1");
  Wall wall;
  wall.add(room.hasher.account("by-p1"));
  wall.seal();
  EXPECT_FALSE(take(2, {}, &wall)) << "the author is somebody whom they will not judge";
  (void)room.report(room.report_by("eve", {room.post("t1", "[life] you", "troll")}));
  EXPECT_FALSE(take(2)) << "a threat to life waits: it comes first";
  Claim claim = room.must_claim(3);
  EXPECT_TRUE(take(2));
}

TEST_F(SecondLooks, WhatIsHeldTooLongGoesToSomebodyElse) {
  decided("p1");
  auto look = take(2);
  ASSERT_TRUE(look);
  room.clock.advance(std::chrono::minutes(31));
  EXPECT_EQ(take(3)->id, look->id);
  EXPECT_EQ(answer(*look, 2, true).error().code, Code::NotFound);
  EXPECT_TRUE(answer(*look, 3, true));
}

TEST_F(SecondLooks, AGoldenPostLooksLikeAnyOtherAndSaysAfterwardsWhatIsRight) {
  room.env.second_look_share = 0;
  const DecisionId known = decided("g1", true, 9);
  ASSERT_TRUE(golden(known));
  room.env.golden_share = 1;
  decided("p1");  // draws one for staff 1
  auto look = take(1);
  ASSERT_TRUE(look);
  EXPECT_EQ(look->kind, LookKind::Golden);
  EXPECT_EQ(look->item, room.decision(known).item);
  EXPECT_FALSE(take(2)) << "it was drawn for another";
  auto told = answer(*look, 1, false);
  ASSERT_TRUE(told);
  EXPECT_TRUE(told->row.differs);
  EXPECT_EQ(told->row.outcome, Outcome::Violation);
  EXPECT_EQ(room.body(told->row.case_id, told->why_seq, "n").second, "it names her");
  EXPECT_TRUE(looks_that_differ(*room.view(), 10)->empty()) << "that is between them and the page";
  decided("p2");
  EXPECT_FALSE(take(1)) << "nobody gets the same one twice";
  auto people = lookers_of(*room.view(), room.clock.now() - std::chrono::hours(24), room.clock.now());
  ASSERT_EQ(people->size(), 1U) << "whoever marked it is not measured by it";
  EXPECT_EQ(people->front().differs.differed, 1);
  EXPECT_EQ(agreement().at(0).kind, LookKind::Golden);
}

TEST_F(SecondLooks, TheGoldenSetEndsAndRefusesWithAReason) {
  room.env.second_look_share = 0;
  const DecisionId known = decided("g1", true, 9);
  EXPECT_EQ(golden(known, " ").error().code, Code::InvalidInput);
  EXPECT_EQ(golden(known, "why", room.clock.now() - std::chrono::hours(1)).error().code, Code::InvalidInput);
  EXPECT_EQ(golden(known, "why", room.clock.now() + std::chrono::hours(24 * 400)).error().code, Code::InvalidInput);
  EXPECT_EQ(golden(DecisionId{}).error().code, Code::NotFound);
  ASSERT_TRUE(golden(known, "why", room.clock.now() + std::chrono::hours(24)));
  EXPECT_EQ(golden_set(*room.view(), room.clock.now())->size(), 1U);
  room.clock.advance(std::chrono::hours(25));
  EXPECT_TRUE(golden_set(*room.view(), room.clock.now())->empty()) << "it has expired";
  ASSERT_TRUE(golden(known));
  auto out = [&] {
    return room.run([&](Context& c) -> Result<bool> {
      TRY(unmark_golden(c, known));
      return true;
    });
  };
  EXPECT_TRUE(out());
  EXPECT_FALSE(out());
  EXPECT_TRUE(golden_set(*room.view(), room.clock.now())->empty());
}

TEST_F(SecondLooks, WhatFellAfterAnAppealIsGoldenAsItStandsNow) {
  room.env.second_look_share = 0;
  const DecisionId wrong = decided("g1", true, 1);
  auto filed = room.run([&](Context& c) {
    return file_appeal(c, {wrong, room.hasher.account("by-g1"), "I quoted it", false});
  });
  ASSERT_TRUE(filed) << filed.error().message;
  ASSERT_TRUE(room.run([&](Context& c) {
    return decide_appeal(c, {room.staff(2), filed->appeal, AppealOutcome::Reversed, "a quotation", {}});
  }));
  auto row = golden(wrong, "It quotes an insult to object to it.");
  ASSERT_TRUE(row) << row.error().message;
  EXPECT_EQ(row->outcome, Outcome::NoViolation);
  EXPECT_EQ(row->clause, "targeted_harassment");
}

}  // namespace
}  // namespace heed::casework
