#include "casework/clocks.h"

#include <gtest/gtest.h>

#include "casework/actions.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

class Clocks : public testing::Test {
 protected:
  Fired fire() {
    auto fired = room.run([](Context& c) { return fire_due(c, 100); });
    HEED_ASSERT(fired);
    return *fired;
  }
  std::string text(CaseId id) { return room.render(room.notice_of(id, NoticeKind::Alarm))->json; }
  ActRoom room;
};

TEST_F(Clocks, WarnAfterTwoThirdsAndSayWhenAThreatToLifeWasMissed) {
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "[life]", "bob")}));
  room.clock.advance(std::chrono::minutes(10) - Millis(1));
  EXPECT_EQ(fire().clocks, 0);
  room.clock.advance(Millis(1));
  EXPECT_EQ(fire().clocks, 1);
  EXPECT_THAT(text(receipt->case_id), testing::HasSubstr(R"("clock":"first_look","missed":false)"));
  EXPECT_EQ(room.case_row(receipt->case_id).alarms, 1);
  EXPECT_EQ(fire().clocks, 0) << "said once";
  room.clock.advance(std::chrono::minutes(5));
  EXPECT_EQ(fire().clocks, 1);
  EXPECT_THAT(text(receipt->case_id), testing::HasSubstr(R"("missed":true)"));
  EXPECT_EQ(room.case_row(receipt->case_id).alarms, 2);
  room.clock.advance(std::chrono::hours(100));
  EXPECT_EQ(fire().clocks, 0);
  EXPECT_EQ(room.notices_of(receipt->case_id, NoticeKind::Alarm), 2);
  EXPECT_EQ(room.check(), "");
}

TEST_F(Clocks, AFirstLookStopsThatClockAndTheDecisionsBegins) {
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "[life]", "bob")}));
  room.clock.advance(std::chrono::minutes(5));
  Claim claim = room.must_claim(1);
  room.clock.advance(std::chrono::minutes(30));
  EXPECT_EQ(fire().clocks, 0);
  EXPECT_EQ(room.case_row(receipt->case_id).deadline, receipt->received_at + room.env.policy->clocks.decide_default);
  room.clock.set(room.case_row(receipt->case_id).deadline);
  fire();
  EXPECT_THAT(text(receipt->case_id), testing::HasSubstr(R"("clock":"decide","missed":true)"));
}

TEST_F(Clocks, FallSilentWhenTheCaseIsDecided) {
  (void)room.report(room.report_by("ann", {room.post("p1", "[insult]", "bob")}));
  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
  room.clock.advance(std::chrono::hours(24 * 30));
  EXPECT_EQ(fire().clocks, 0);
}

TEST_F(Clocks, RingOnceForAllOrdersThatAPlatformDidNotConfirm) {
  auto receipt =
      room.report(room.report_by("ann", {room.post("p1", "[insult]", "bob"), room.post("p2", "[insult]", "cid")}));
  Claim claim = room.must_claim(1);
  std::vector<ItemVerdict> verdicts;
  for (ItemId item : claim.items) {
    verdicts.push_back(
        room.violation(item, "targeted_harassment", {policy::ActionKind::Hide, policy::ActionKind::Warn}));
  }
  auto decided = room.run([&](Context& c) { return heed::casework::decide(c, room.command(claim, 1, verdicts)); });
  ASSERT_TRUE(decided) << decided.error().message;
  ASSERT_EQ(decided->actions.size(), 4U);
  ASSERT_TRUE(room.run([&](Context& c) {
    return confirm_action(c, {decided->actions[0], ActionState::Done, {}, ""});
  }));
  room.clock.advance(std::chrono::minutes(40));
  EXPECT_EQ(fire().clocks, 3);
  EXPECT_EQ(room.notices_of(receipt->case_id, NoticeKind::Alarm), 1);
  room.clock.advance(std::chrono::minutes(20));
  EXPECT_EQ(fire().clocks, 3);
  EXPECT_EQ(room.notices_of(receipt->case_id, NoticeKind::Alarm), 2);
  EXPECT_EQ(room.check(), "");
}

TEST_F(Clocks, FreeWhatAReviewerLeft) {
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));
  Claim claim = room.must_claim(1);
  EXPECT_EQ(room.case_row(receipt->case_id).items_free, 0);
  room.clock.advance(room.env.lease);
  EXPECT_EQ(fire().leases, 1);
  EXPECT_EQ(room.case_row(receipt->case_id).items_free, 1);
  EXPECT_EQ((*ledger::get<ClaimRow>(*room.view(), claim.id))->state, ClaimState::Expired);
  EXPECT_EQ(room.check(), "");
}

TEST_F(Clocks, EndAPileWithoutMembersForADayAndCloseItWhenAllIsDecided) {
  auto pile = room.open_pile("ann", {room.post("p1", "[insult]", "bob", {"ann"})});
  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide})));
  room.clock.advance(std::chrono::hours(24) - Millis(1));
  fire();
  EXPECT_TRUE(room.case_row(pile->case_id).open());
  room.clock.advance(Millis(1));
  EXPECT_EQ(fire().piles, 2);
  CaseRow row = room.case_row(pile->case_id);
  EXPECT_FALSE(row.open());
  EXPECT_EQ(row.pile, PileState::Ended);
  EXPECT_FALSE(row.open_key) << "what comes later opens a new case";
  EXPECT_EQ((*ledger::get<ReportRow>(*room.view(), pile->report))->state, ReportState::Answered);
  EXPECT_EQ(room.notices_of(pile->case_id, NoticeKind::Outcome), 1) << "was told when it was decided";
  EXPECT_EQ(room.check(), "");
}

TEST_F(Clocks, EndAPileAfterThreeDaysHoweverLively) {
  auto pile = room.open_pile("ann", {room.post("p1", "[insult]", "bob", {"ann"})});
  for (int day = 0; day < 6; ++day) {
    room.clock.advance(std::chrono::hours(12));
    fire();
    PileChunk more;
    more.case_id = pile->case_id;
    more.posts.push_back({room.post("q" + std::to_string(day), "[insult]", "bob", {"ann"}), true});
    more.done = more.upto = static_cast<std::uint64_t>(20 + day);
    more.joining = true;
    ASSERT_TRUE(room.run([&](Context& c) { return join_pile(c, more); }));
  }
  fire();
  CaseRow row = room.case_row(pile->case_id);
  EXPECT_EQ(row.pile, PileState::Ended);
  EXPECT_TRUE(row.open()) << "there is something to decide";
  EXPECT_EQ(room.check(), "");
}

TEST_F(Clocks, RingWhenADelayedStatementDoesNotGo) {
  room.env.platform_channel = Channel::Webhook;
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "[life]", "bob")}));
  Claim claim = room.must_claim(1);
  auto decided = room.decide(claim, 1, room.violation(claim.items[0], "threats_to_life", {policy::ActionKind::Remove}));
  ASSERT_TRUE(decided);
  ASSERT_TRUE(room.run([&](Context& c) {
    return confirm_action(c, {decided->actions[0], ActionState::Done, {}, ""});
  }));
  const NoticeId outcome = room.notice_of(receipt->case_id, NoticeKind::Outcome).id;
  ASSERT_TRUE(room.run([&](Context& c) {
    return c.append(receipt->case_id, Notified{outcome, NoticeState::Delivered, 1, {}});
  }));
  room.clock.advance(room.env.policy->clocks.statement_delay);
  EXPECT_EQ(fire().clocks, 1);
  EXPECT_EQ(room.notices_of(receipt->case_id, NoticeKind::Alarm), 0) << "it has ten minutes";
  room.clock.advance(room.env.policy->clocks.inform);
  EXPECT_EQ(fire().clocks, 1);
  EXPECT_EQ(room.notices_of(receipt->case_id, NoticeKind::Alarm), 1);
  room.clock.advance(std::chrono::hours(10));
  EXPECT_EQ(fire().clocks, 0);
  EXPECT_EQ(room.check(), "");
}

}  // namespace
}  // namespace heed::casework
