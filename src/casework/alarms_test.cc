#include "casework/alarms.h"

#include <gtest/gtest.h>

#include "casework/actions.h"
#include "casework/clocks.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using testing::HasSubstr;

class Alarm : public testing::Test {
 protected:
  Alarm() {
    room.env.platform_channel = Channel::Webhook;
    room.env.alarm_channel = Channel::Webhook;
    room.env.rota_next = {Channel::Mail, Channel::Command};
  }
  Fired fire() {
    auto fired = room.run([](Context& c) { return fire_due(c, 100); });
    HEED_ASSERT(fired);
    return *fired;
  }
  std::vector<AlarmRow> open() { return *open_alarms(*room.view(), 100); }
  AlarmRow only() {
    auto all = open();
    HEED_ASSERT(all.size() == 1);
    return all.front();
  }
  /// A threat to life that nobody looks at: rings after ten minutes.
  CaseId rings() {
    auto receipt = room.report(room.report_by("ann", {room.post("p1", "[life]", "bob")}));
    room.clock.advance(std::chrono::minutes(10));
    EXPECT_EQ(fire().clocks, 1);
    return receipt->case_id;
  }
  Parcel newest(CaseId case_id) {
    RenderEnv env = room.render_env();
    env.alarm_to = "";
    env.rota_to = {"second@chirp.test", "/usr/local/bin/page"};
    auto parcel = heed::casework::render(*room.view(), env, room.notice_of(case_id, NoticeKind::Alarm));
    HEED_ASSERT(parcel);
    return *parcel;
  }
  void settle_notice(CaseId case_id, NoticeId id, NoticeState state) {
    ASSERT_TRUE(room.run([&](Context& c) -> Result<void> {
      TRY(c.append(case_id, Notified{id, state, 1, {}}));
      return {};
    }));
  }
  ActRoom room;
};

TEST_F(Alarm, RingsUntilSomebodyAcknowledges) {
  CaseId case_id = rings();
  AlarmRow alarm = only();
  EXPECT_EQ(alarm.case_id, case_id);
  EXPECT_EQ(alarm.kind, AlarmKind::Clock);
  EXPECT_THAT(newest(case_id).json, HasSubstr("\"alarm_id\":\"" + alarm.id.text() + "\""));
  room.clock.advance(std::chrono::minutes(2));
  auto acknowledged = room.run([&](Context& c) { return acknowledge_alarm(c, alarm.id, room.staff(4)); });
  ASSERT_TRUE(acknowledged);
  EXPECT_EQ(acknowledged->state, AlarmState::Acknowledged);
  EXPECT_EQ(acknowledged->staff, room.staff(4));
  EXPECT_TRUE(open().empty());
  const Time first = acknowledged->acknowledged_at;
  room.clock.advance(std::chrono::hours(1));
  auto again = room.run([&](Context& c) { return acknowledge_alarm(c, alarm.id, room.staff(5)); });
  ASSERT_TRUE(again);
  EXPECT_EQ(again->acknowledged_at, first);
  EXPECT_EQ(again->staff, room.staff(4));
  EXPECT_EQ(fire().alarms, 0) << "nobody else is called";
  EXPECT_EQ(room.run([&](Context& c) { return acknowledge_alarm(c, NoticeId{}, room.staff(5)); }).error().code,
            Code::NotFound);
  EXPECT_EQ(room.check(), "");
}

TEST_F(Alarm, CallsTheNextInTheRotaAndFallsSilentAfterThreeRounds) {
  room.env.platform_channel = Channel::Page;
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "[insult]", "bob")}));
  const CaseId case_id = receipt->case_id;
  Claim claim = room.must_claim(1);
  auto decided =
      room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide}));
  ASSERT_TRUE(room.run([&](Context& c) {
    return confirm_action(c, {decided->actions[0], ActionState::Refused, {}, ""});
  }));
  const AlarmRow alarm = only();
  std::vector<std::string> called;
  for (int i = 0; i < 8; ++i) {
    room.clock.advance(room.env.alarm_escalates - Millis(1));
    EXPECT_EQ(fire().alarms, 0);
    room.clock.advance(Millis(1));
    EXPECT_EQ(fire().alarms, 1);
    NoticeRow notice = room.notice_of(case_id, NoticeKind::Alarm);
    Parcel parcel = newest(case_id);
    EXPECT_EQ(parcel.channel, notice.channel);
    EXPECT_EQ(parcel.id, notice.id.text());
    EXPECT_THAT(parcel.json, HasSubstr("\"alarm_id\":\"" + alarm.id.text() + "\""))
        << "what is acknowledged is the first one's";
    EXPECT_EQ(parcel.type, "alarm.action");
    called.push_back(std::string(name_of(parcel.channel)) + " " + parcel.to);
  }
  const std::string second = "mail second@chirp.test", third = "command /usr/local/bin/page", first = "webhook ";
  EXPECT_EQ(called, (std::vector<std::string>{second, third, first, second, third, first, second, third}));
  room.clock.advance(std::chrono::hours(100));
  EXPECT_EQ(fire().alarms, 0);
  EXPECT_FALSE(only().next_at);
  EXPECT_EQ(only().rung, 9) << "still in the list";
  EXPECT_EQ(room.check(), "");
}

TEST_F(Alarm, ThatCannotBeDeliveredGoesToTheNextAtOnce) {
  CaseId case_id = rings();
  settle_notice(case_id, only().id, NoticeState::Dead);
  EXPECT_EQ(fire().alarms, 1);
  EXPECT_EQ(only().level, 1);
  EXPECT_EQ(open().size(), 1U) << "a lost alarm is no second alarm";
  settle_notice(case_id, room.notice_of(case_id, NoticeKind::Alarm).id, NoticeState::Dead);
  EXPECT_EQ(fire().alarms, 1);
  EXPECT_EQ(only().level, 2);
  EXPECT_EQ(room.check(), "");
}

TEST_F(Alarm, OnThePageAloneIsListedAndNotCalledOut) {
  room.env.alarm_channel = Channel::Page;
  room.env.rota_next.clear();
  rings();
  EXPECT_FALSE(only().next_at);
}

TEST_F(Alarm, RingsWhenThePlatformFailsOrRefusesAnOrder) {
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "[insult]", "bob")}));
  Claim claim = room.must_claim(1);
  auto decided =
      room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide}));
  ASSERT_TRUE(room.run([&](Context& c) {
    return confirm_action(c, {decided->actions[0], ActionState::Refused, {}, ""});
  }));
  EXPECT_EQ(only().kind, AlarmKind::Order);
  EXPECT_EQ(only().case_id, receipt->case_id);
}

TEST_F(Alarm, RingsOnceADayWhenAClauseGoesOverItsBudget) {
  auto policy = std::make_shared<policy::Policy>(*room.env.policy.get());
  for (policy::Clause& c : policy->clauses) {
    c.daily_case_budget = 2;
  }
  room.env.policy = policy::InForce(policy);
  for (int i = 0; i < 5; ++i) {
    SignalCommand signal;
    signal.item = room.post("p" + std::to_string(i), "[life]", "bob" + std::to_string(i));
    auto place = room.run([&](Context& c) { return raise_signal(c, signal); });
    ASSERT_TRUE(place);
    EXPECT_EQ(place->over_budget, i >= 2) << "still opened";
  }
  EXPECT_EQ(only().kind, AlarmKind::Budget);
  EXPECT_EQ(room.check(), "");
}

class Inform : public Alarm {
 protected:
  CaseId decide() {
    auto receipt = room.report(room.report_by("ann", {room.post("p1", "[insult]", "bob")}));
    Claim claim = room.must_claim(1);
    auto decided =
        room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide}));
    HEED_ASSERT(decided);
    HEED_ASSERT(room.run([&](Context& c) {
      return confirm_action(c, {decided->actions[0], ActionState::Done, {}, ""});
    }));
    return receipt->case_id;
  }
};

TEST_F(Inform, RingsWhenPeopleAreNotToldTenMinutesAfterTheDecision) {
  CaseId case_id = decide();
  room.clock.advance(room.env.policy->clocks.inform - Millis(1));
  fire();
  EXPECT_EQ(only().kind, AlarmKind::Inform) << "warned after two thirds";
  const NoticeId warning = only().id;
  ASSERT_TRUE(room.run([&](Context& c) { return acknowledge_alarm(c, warning, room.staff(4)); }));
  room.clock.advance(std::chrono::hours(1));
  fire();
  EXPECT_THAT(newest(case_id).json, HasSubstr(R"("clock":"inform","missed":true)"));
  EXPECT_EQ(room.check(), "");
}

TEST_F(Inform, FallsSilentWhenBothWereTold) {
  CaseId case_id = decide();
  settle_notice(case_id, room.notice_of(case_id, NoticeKind::StatementOfReasons).id, NoticeState::Delivered);
  auto running = [&] {
    int n = 0;
    auto view = room.view();
    EXPECT_TRUE(ledger::scan<ClockRow>(
        *view, {}, [&](const ClockRow& c) { n += c.kind == ClockKind::Inform && c.next_at ? 1 : 0; }));
    return n;
  };
  EXPECT_EQ(running(), 1) << "the reporter is not told yet";
  settle_notice(case_id, room.notice_of(case_id, NoticeKind::Outcome).id, NoticeState::Delivered);
  EXPECT_EQ(running(), 0);
  room.clock.advance(std::chrono::hours(1));
  fire();
  EXPECT_TRUE(open().empty());
  EXPECT_EQ(room.check(), "");
}

TEST_F(Inform, CallsOnceForManyCasesWhenNothingArrives) {
  for (int i = 0; i < 5; ++i) {
    std::string n = std::to_string(i);
    ASSERT_TRUE(room.report(room.report_by("ann" + n, {room.post("q" + n, "[insult]", "bob" + n)})));
    Claim claim = room.must_claim(1);
    ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
  }
  room.clock.advance(room.env.policy->clocks.inform);
  fire();
  EXPECT_EQ(open().size(), 1U);
}

TEST_F(Inform, DoesNotRunWhereEverythingIsReadOnThePage) {
  room.env.platform_channel = Channel::Page;
  decide();
  auto view = room.view();
  EXPECT_TRUE(ledger::scan<ClockRow>(*view, {}, [&](const ClockRow& c) { EXPECT_NE(c.kind, ClockKind::Inform); }));
}

}  // namespace
}  // namespace heed::casework
