#include "casework/outbox.h"

#include <gtest/gtest.h>

#include "casework/actions.h"
#include "casework/alarms.h"
#include "casework/erasure.h"
#include "casework/telling_order.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using testing::ElementsAre;

/// Answers at once as `answer` says, or keeps what it is asked to hold.
class FakeCarrier final : public Carrier {
 public:
  explicit FakeCarrier(const Clock& clock) : clock_(clock) {}
  void carry(Parcel parcel, Function<void(ParcelOutcome)> done) override {
    tries.push_back({clock_.now(), parcel});
    if (hold) {
      held.push_back(std::move(done));
      return;
    }
    ParcelOutcome o = answer(parcel);
    if (o.kind == ParcelOutcome::Kind::Delivered) {
      accepted.push_back(parcel);
    }
    done(o);
  }
  static ParcelOutcome ok(const Parcel&) { return {ParcelOutcome::Kind::Delivered, 200, Millis(0)}; }
  static ParcelOutcome down(const Parcel&) { return {ParcelOutcome::Kind::Retry, 503, Millis(0)}; }

  std::function<ParcelOutcome(const Parcel&)> answer = ok;
  bool hold = false;
  std::vector<std::pair<Time, Parcel>> tries;
  std::vector<Parcel> accepted;
  std::vector<Function<void(ParcelOutcome)>> held;

 private:
  const Clock& clock_;
};

/// Fails the next `failing` commands as a full disk would.
class FailingStore final : public ledger::Store {
 public:
  explicit FailingStore(ledger::Store& inner) : inner_(inner) {}
  void execute(ledger::Priority priority, Work work, Done done) override {
    if (failing > 0) {
      --failing;
      done(fail(Code::Unavailable, "the disk is full"));
      return;
    }
    inner_.execute(priority, std::move(work), std::move(done));
  }
  Result<std::unique_ptr<ledger::View>> view() override { return inner_.view(); }
  Figures figures() const override { return inner_.figures(); }
  int failing = 0;

 private:
  ledger::Store& inner_;
};

class OutboxTest : public testing::Test {
 protected:
  OutboxTest() : carrier(room.clock), failing(*room.store) {
    room.env.platform_channel = Channel::Webhook;
    room.env.alarm_channel = Channel::Webhook;
    open();
  }
  void open(OutboxLimits limits = {}) {
    outbox.reset();
    outbox = std::make_unique<Outbox>(failing, room.env, room.render_env(), carrier, room.clock, limits);
  }
  /// Pumps until nothing more happens at this time; returns when the next thing does.
  Time pump() {
    for (;;) {
      const std::size_t before = progress();
      auto next = outbox->pump(room.clock.now());
      HEED_ASSERT(next);
      HEED_ASSERT(ledger::execute_and_wait(
          *room.store, [](ledger::Tx&) -> Result<void> { return {}; }, ledger::Priority::Background));
      HEED_ASSERT(ledger::execute_and_wait(
          *room.store, [](ledger::Tx&) -> Result<void> { return {}; }, ledger::Priority::Background));
      if (progress() == before) {
        return *next;
      }
    }
  }
  std::size_t progress() {
    const Outbox::Figures f = outbox->figures();
    return carrier.tries.size() + f.delivered + f.dead;
  }
  /// Lets time pass in the steps that pump asks for.
  void pass(Millis time) {
    const Time end = room.clock.now() + time;
    for (;;) {
      Time next = pump();
      if (next >= end) {
        break;
      }
      room.clock.set(std::max(next, room.clock.now() + Millis(1)));
    }
    room.clock.set(end);
    pump();
  }
  /// So that a test's line begins with what is decided.
  void receipt_arrived(CaseId case_id) {
    const NoticeId id = room.notice_of(case_id, NoticeKind::Receipt).id;
    ASSERT_TRUE(room.run([&](Context& c) { return c.append(case_id, Notified{id, NoticeState::Delivered, 1, {}}); }));
  }
  /// A post by bob<n>, reported by ann<n>, hidden: an order, an outcome and a statement.
  CaseId decided_case(int n) {
    std::string id = std::to_string(n);
    auto receipt = room.report(room.report_by("ann" + id, {room.post("p" + id, "[insult] you", "bob" + id)}));
    receipt_arrived(receipt->case_id);
    Claim claim = *room.run([&](Context& c) { return claim_case(c, receipt->case_id, room.staff(1), 200); });
    HEED_ASSERT(
        room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide})));
    return receipt->case_id;
  }
  std::vector<std::string> expected_ids(CaseId case_id) {
    std::vector<std::string> ids;
    for (const NoticeRow& n : room.notices(case_id)) {
      if (n.kind != NoticeKind::Receipt) {
        ids.push_back(room.render(n)->id);
      }
    }
    return ids;
  }
  std::vector<std::string> accepted_ids(const std::vector<std::string>& of) {
    std::vector<std::string> ids;
    for (const Parcel& p : carrier.accepted) {
      if (std::find(of.begin(), of.end(), p.id) != of.end()) {
        ids.push_back(p.id);
      }
    }
    return ids;
  }
  ActRoom room;
  FakeCarrier carrier;
  FailingStore failing;
  std::unique_ptr<Outbox> outbox;
};

TEST_F(OutboxTest, DeliversInOrderAndRecordsIt) {
  CaseId id = decided_case(1);
  auto expected = expected_ids(id);
  ASSERT_EQ(expected.size(), 3U);
  pump();
  EXPECT_EQ(accepted_ids(expected), expected);
  EXPECT_EQ(carrier.accepted[0].type, "action.ordered");
  EXPECT_EQ(carrier.accepted[1].type, "notification.outcome");
  EXPECT_EQ(carrier.accepted[2].type, "notification.statement_of_reasons");
  for (const NoticeRow& n : room.notices(id)) {
    EXPECT_EQ(n.state, NoticeState::Delivered);
    EXPECT_FALSE(n.pending_from);
  }
  DecisionRow d = room.decision(room.item_row(room.item("p1")).decision);
  EXPECT_EQ(d.informed_reporter_at, room.clock.now());
  EXPECT_EQ(d.informed_author_at, room.clock.now());
  EXPECT_EQ(outbox->figures().delivered, 3U);
  EXPECT_EQ(room.check(), "");
}

TEST_F(OutboxTest, BeginsWithTheReceipt) {
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));
  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
  pump();
  ASSERT_EQ(carrier.accepted.size(), 2U);
  EXPECT_EQ(carrier.accepted[0].type, "notification.receipt");
  EXPECT_EQ(carrier.accepted[1].type, "notification.outcome");
}

TEST_F(OutboxTest, AReceiverDownForSixHoursGetsEverythingOnceAndInOrderPerCase) {
  carrier.answer = FakeCarrier::down;
  std::map<CaseId, std::vector<std::string>> expected;
  const Time start = room.clock.now();
  for (int n = 0; n < 12; ++n) {
    CaseId id = decided_case(n);
    expected[id] = expected_ids(id);
    pass(std::chrono::minutes(30));
  }
  ASSERT_EQ(room.clock.now(), start + std::chrono::hours(6));
  EXPECT_TRUE(carrier.accepted.empty());
  carrier.answer = FakeCarrier::ok;
  pass(std::chrono::hours(3));
  std::set<std::string> all;
  for (const auto& [id, ids] : expected) {
    EXPECT_EQ(accepted_ids(ids), ids);
    all.insert(ids.begin(), ids.end());
    for (const NoticeRow& n : room.notices(id)) {
      EXPECT_EQ(n.state, NoticeState::Delivered);
    }
  }
  EXPECT_EQ(carrier.accepted.size(), all.size()) << "each once";
  for (const auto& [at, parcel] : carrier.tries) {
    EXPECT_TRUE(all.contains(parcel.id)) << "the id never changes";
  }
  EXPECT_EQ(outbox->figures().waiting, 0U);
  EXPECT_EQ(room.check(), "");
}

TEST_F(OutboxTest, BacksOffWithoutJitterAndGivesUpAfterThreeDays) {
  carrier.answer = FakeCarrier::down;
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));
  receipt_arrived(receipt->case_id);
  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
  const Time start = room.clock.now();
  pass(std::chrono::hours(80));
  std::vector<std::int64_t> gaps;
  for (std::size_t i = 1; i < 9; ++i) {
    gaps.push_back(
        std::chrono::duration_cast<std::chrono::seconds>(carrier.tries[i].first - carrier.tries[i - 1].first).count());
  }
  EXPECT_THAT(gaps, ElementsAre(5, 30, 120, 600, 1800, 3600, 7200, 7200));
  Time last{};
  for (const auto& [at, parcel] : carrier.tries) {  // that it was given up rings, which is tried on
    last = parcel.type == "notification.outcome" ? at : last;
  }
  EXPECT_GE(last - start, std::chrono::hours(68));
  EXPECT_LE(last - start, std::chrono::hours(74));
  NoticeRow notice = room.notice_of(receipt->case_id, NoticeKind::Outcome);
  EXPECT_EQ(notice.state, NoticeState::Dead);
  auto dead = dead_notices(*room.view(), 10);
  ASSERT_TRUE(dead);
  ASSERT_EQ(dead->size(), 1U);
  EXPECT_EQ(dead->front().id, notice.id);
  EXPECT_TRUE(dead_notices(*room.view(), 10, &dead->front())->empty());

  carrier.answer = FakeCarrier::ok;
  ASSERT_TRUE(room.run([&](Context& c) { return replay_notice(c, notice.id); }));
  EXPECT_TRUE(dead_notices(*room.view(), 10)->empty());
  pump();
  EXPECT_EQ(room.notice_of(receipt->case_id, NoticeKind::Outcome).state, NoticeState::Delivered);
  EXPECT_EQ(carrier.accepted.at(0).id, carrier.tries.front().second.id);
  EXPECT_EQ(room.run([&](Context& c) { return replay_notice(c, notice.id); }).error().code, Code::Conflict);
  EXPECT_EQ(room.check(), "");
}

TEST_F(OutboxTest, WhatTheReceiverRefusesForGoodIsDeadAndTheNextGoes) {
  CaseId id = decided_case(1);
  carrier.answer = [](const Parcel& p) {
    return p.type == "notification.outcome" ? ParcelOutcome{ParcelOutcome::Kind::Dead, 410, Millis(0)}
                                            : FakeCarrier::ok(p);
  };
  pump();
  EXPECT_EQ(room.notice_of(id, NoticeKind::Outcome).state, NoticeState::Dead);
  EXPECT_EQ(room.notice_of(id, NoticeKind::StatementOfReasons).state, NoticeState::Delivered);
}

TEST_F(OutboxTest, RepeatsOnlyWhatACrashCaughtBetweenAcceptanceAndRecord) {
  CaseId id = decided_case(1);
  auto expected = expected_ids(id);
  carrier.hold = true;
  pump();
  ASSERT_EQ(carrier.tries.size(), 1U) << "the next of the case waits";
  carrier.hold = false;
  open();                                // the process is another one
  carrier.held[0](FakeCarrier::ok({}));  // accepted, but nobody is left to record it
  pump();
  std::vector<std::string> tried;
  for (const auto& t : carrier.tries) {
    tried.push_back(t.second.id);
  }
  EXPECT_THAT(tried, ElementsAre(expected[0], expected[0], expected[1], expected[2]));
}

TEST_F(OutboxTest, TriesTheRecordAgainAndNotTheDelivery) {
  CaseId id = decided_case(1);
  auto expected = expected_ids(id);
  failing.failing = 2;
  ASSERT_TRUE(outbox->pump(room.clock.now()));
  EXPECT_EQ(outbox->figures().records_failed, 1U);
  ASSERT_TRUE(outbox->pump(room.clock.now()));
  EXPECT_EQ(outbox->figures().records_failed, 2U);
  EXPECT_EQ(carrier.tries.size(), 1U);
  pump();
  EXPECT_EQ(accepted_ids(expected), expected);
  EXPECT_EQ(carrier.tries.size(), 3U);
  EXPECT_EQ(room.check(), "");
}

TEST_F(OutboxTest, GoesOnAfterARestartWhereTheBackOffStood) {
  carrier.answer = FakeCarrier::down;
  decided_case(1);
  pass(std::chrono::minutes(3));
  const std::size_t before = carrier.tries.size();
  open();
  pump();
  EXPECT_EQ(carrier.tries.size(), before) << "a restart is no reason to knock again";
  pass(std::chrono::minutes(10));
  EXPECT_EQ(carrier.tries.size(), before + 1);
}

TEST_F(OutboxTest, HasNoMoreInFlightThanItMay) {
  for (int n = 0; n < 20; ++n) {
    decided_case(n);
  }
  OutboxLimits limits;
  limits.in_flight_max = 4;
  open(limits);
  carrier.hold = true;
  pump();
  EXPECT_EQ(carrier.tries.size(), 4U);
  EXPECT_EQ(outbox->figures().in_flight, 4U);
  EXPECT_EQ(outbox->figures().waiting, 60U);
}

TEST_F(OutboxTest, KnowsOnlySoManyAtATimeAndStillSendsAll) {
  for (int n = 0; n < 10; ++n) {
    decided_case(n);
  }
  OutboxLimits limits;
  limits.loaded_max = 7;
  open(limits);
  pump();
  EXPECT_EQ(carrier.accepted.size(), 30U);
}

TEST_F(OutboxTest, ADelayedStatementWaitsAloneAndGoesWhenItIsDue) {
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "[life]", "bob"), room.post("p2", "x", "cid")}));
  receipt_arrived(receipt->case_id);
  Claim first = room.must_claim(1, 1);
  ASSERT_TRUE(room.decide(first, 1, room.violation(first.items[0], "threats_to_life", {policy::ActionKind::Remove})));
  Claim second = room.must_claim(1);
  ASSERT_TRUE(room.decide(second, 1, room.no_violation(second.items[0])));
  const Time due = *room.notice_of(receipt->case_id, NoticeKind::StatementOfReasons).pending_from;
  const Time next = pump();
  EXPECT_LE(next, room.clock.now() + std::chrono::minutes(1));
  EXPECT_EQ(carrier.accepted.size(), 3U) << "order and two outcomes";
  pass(due - room.clock.now() - Millis(1));
  EXPECT_EQ(carrier.accepted.size(), 3U);
  pass(Millis(1));
  ASSERT_EQ(carrier.accepted.size(), 4U);
  EXPECT_EQ(carrier.accepted[3].type, "notification.statement_of_reasons");
}

TEST_F(OutboxTest, TheReporterIsToldFirstButABrokenMailboxHoldsUpNoOrder) {
  room.env.mail = true;
  open();
  auto command = room.report_by("ann@example.org", {room.post("p1", "[insult]", "bob")});
  command.by_mail = true;
  command.identity_json = R"({"mail":"ann@example.org"})";
  (void)room.report(command);
  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide})));
  carrier.answer = [](const Parcel& p) {
    return p.channel == Channel::Mail ? FakeCarrier::down(p) : FakeCarrier::ok(p);
  };
  pump();
  ASSERT_EQ(carrier.accepted.size(), 1U);
  EXPECT_EQ(carrier.accepted[0].type, "action.ordered");
  pass(std::chrono::minutes(40));
  EXPECT_EQ(carrier.accepted.size(), 1U);
  pass(std::chrono::minutes(10));
  ASSERT_EQ(carrier.accepted.size(), 2U) << "but not for days: the author has a right to know";
  EXPECT_EQ(carrier.accepted[1].type, "notification.statement_of_reasons");
}

TEST_F(OutboxTest, AnErasedReceiversNoticeIsDeadAtOnce) {
  CaseId id = decided_case(1);
  NoticeRow outcome = room.notice_of(id, NoticeKind::Outcome);
  ASSERT_TRUE(room.keys->destroy(static_cast<std::uint64_t>(room.party(id, outcome.party).slot)));
  pump();
  EXPECT_EQ(room.notice_of(id, NoticeKind::Outcome).state, NoticeState::Dead);
  EXPECT_EQ(carrier.accepted.size(), 2U);
}

TEST_F(OutboxTest, HonoursRetryAfterWithinBounds) {
  decided_case(1);
  carrier.answer = [](const Parcel&) { return ParcelOutcome{ParcelOutcome::Kind::Retry, 429, std::chrono::hours(1)}; };
  pump();
  pass(std::chrono::minutes(59));
  EXPECT_EQ(carrier.tries.size(), 1U);
  pass(std::chrono::minutes(1));
  EXPECT_EQ(carrier.tries.size(), 2U);
}

TEST_F(OutboxTest, WakesWhoeverPumpsWhenALineMovesOn) {
  int woken = 0;
  outbox->on_ready([&] { ++woken; });
  decided_case(1);
  pump();
  EXPECT_EQ(woken, 2) << "two followed another";
}

TEST_F(OutboxTest, SendsATestAlarmOnceADayUntilItArrives) {
  carrier.answer = FakeCarrier::down;
  outbox->send_test_alarm(room.clock.now());
  pump();
  carrier.answer = FakeCarrier::ok;
  room.clock.advance(std::chrono::seconds(5));
  outbox->send_test_alarm(room.clock.now());
  pump();
  ASSERT_EQ(carrier.accepted.size(), 1U);
  EXPECT_EQ(carrier.accepted[0].type, "alarm.test");
  EXPECT_EQ(outbox->figures().test_alarm_delivered, room.clock.now());
  room.clock.advance(std::chrono::hours(24));
  outbox->send_test_alarm(room.clock.now());
  pump();
  EXPECT_EQ(carrier.accepted.size(), 2U);
  EXPECT_NE(carrier.accepted[0].id, carrier.accepted[1].id);
}

TEST_F(OutboxTest, AnAlarmTellsOfWhatWasGivenUpAndOneIsEnough) {
  room.env.alarm_channel = Channel::Mail;  // another way than the one that is broken
  carrier.answer = [](const Parcel& p) {
    return p.channel == Channel::Mail ? FakeCarrier::ok(p) : ParcelOutcome{ParcelOutcome::Kind::Dead, 410, Millis(0)};
  };
  decided_case(1);
  decided_case(2);
  pump();
  auto alarms = *open_alarms(*room.view(), 10);
  ASSERT_EQ(alarms.size(), 1U) << "each of six deliveries died";
  EXPECT_EQ(alarms[0].kind, AlarmKind::Delivery);
  EXPECT_GE(outbox->figures().dead, 6U);
  ASSERT_EQ(carrier.accepted.size(), 1U);
  EXPECT_EQ(carrier.accepted[0].type, "alarm.delivery");
  EXPECT_NE(carrier.accepted[0].json.find(alarms[0].id.text()), std::string::npos);
  EXPECT_EQ(room.check(), "");
}

TEST_F(OutboxTest, ErasureIsNoAlarm) {
  CaseId id = decided_case(1);
  ASSERT_TRUE(room.run([&](Context& c) { return erase_person(c, room.hasher.account("ann1")); }));
  ASSERT_TRUE(room.run([&](Context& c) { return erase_person(c, room.hasher.account("bob1")); }));
  pump();
  EXPECT_EQ(room.notices_of(id, NoticeKind::Alarm), 0);
}

TEST_F(OutboxTest, CallsAboutTheHouseUntilSomebodyHasIt) {
  auto say = [&] { outbox->house_alarms().ring("disk", "The disk is full.", room.clock.now()); };
  say();
  pump();
  say();
  pump();
  ASSERT_EQ(carrier.accepted.size(), 1U) << "said every second, called once";
  EXPECT_EQ(carrier.accepted[0].type, "alarm.house");
  const NoticeId id = outbox->house_alarms().ringing().at(0).id;
  EXPECT_NE(carrier.accepted[0].json.find(id.text()), std::string::npos) << "so that it can be acknowledged";
  carrier.answer = FakeCarrier::down;
  for (int i = 0; i < 10; ++i) {
    room.clock.advance(std::chrono::minutes(1));
    say();
    pump();
  }
  EXPECT_EQ(outbox->figures().calls_waiting, 1U) << "nobody had it after ten minutes";
  carrier.answer = FakeCarrier::ok;
  pass(std::chrono::minutes(1));
  EXPECT_EQ(carrier.accepted.size(), 2U);
  EXPECT_EQ(outbox->figures().calls_waiting, 0U);
  ASSERT_TRUE(outbox->house_alarms().acknowledge(id, StaffId{}, room.clock.now()));
  for (int i = 0; i < 60; ++i) {
    room.clock.advance(std::chrono::minutes(1));
    say();
    pump();
  }
  EXPECT_EQ(carrier.accepted.size(), 2U);
}

TEST_F(OutboxTest, WhatAnAuthorCanReadWaitsAsLongAsWhatIsSent) {
  room.env.mail = true;
  room.env.platform_channel = Channel::Page;  // the author reads on the page; the reporter is told by mail
  auto report = room.report_by("ann@example.org", {room.post("p1", "[insult]", "bob")});
  report.by_mail = true;
  report.identity_json = R"({"mail":"ann@example.org"})";
  auto receipt = room.report(report);
  carrier.answer = FakeCarrier::down;
  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide})));
  auto readable = [&] {
    auto view = room.view();
    return *is_readable(*view, room.notice_of(receipt->case_id, NoticeKind::StatementOfReasons), room.clock.now());
  };
  EXPECT_FALSE(readable()) << "the reporter was not told yet";
  pass(std::chrono::minutes(44));
  EXPECT_FALSE(readable());
  pass(std::chrono::minutes(1));
  EXPECT_TRUE(readable()) << "a broken mailbox does not keep it for ever";
  carrier.answer = FakeCarrier::ok;
  auto other = room.report_by("eve@example.org", {room.post("p2", "[insult]", "bob")});
  other.by_mail = true;
  other.identity_json = R"({"mail":"eve@example.org"})";
  receipt = room.report(other);
  claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide})));
  EXPECT_FALSE(readable());
  pump();
  EXPECT_TRUE(readable()) << "told, so it can be read at once";
}

}  // namespace
}  // namespace heed::casework
