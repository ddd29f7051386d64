#include "casework/clockwork.h"

#include <gtest/gtest.h>

#include "casework/testing_act.h"
#include "store/recent/memory_posts.h"

namespace heed::casework {
namespace {

class NoAccounts final : public Accounts {
 public:
  Result<bool> is_friend(std::string_view, std::string_view) override { return false; }
  Result<bool> already_blocked(std::string_view, std::string_view) override { return false; }
  Result<std::string> mail_of(std::string_view) override { return std::string(); }
  Result<std::string> profile_of(std::string_view) override { return std::string(); }
};

class ClockworkTest : public testing::Test {
 protected:
  ClockworkTest()
      : plane({*room.store, *room.keys, room.hasher, posts, room.evaluator, accounts, room.clock, metrics}, options()),
        clockwork(plane, metrics) {}
  Plane::Options options() {
    Plane::Options options;
    options.environment.policy = room.env.policy;
    options.id_seed = 9;
    return options;
  }
  /// A clock of a case that is not there: no event can be appended for it.
  void put_broken(int n) {
    ASSERT_TRUE(ledger::execute_and_wait(*room.store, [&](ledger::Tx& tx) {
      ClockRow clock;
      clock.case_id.value.bytes[15] = static_cast<std::uint8_t>(n);
      clock.kind = ClockKind::Inform;
      clock.about.bytes[15] = 1;
      clock.next_at = room.clock.now();
      clock.due = room.clock.now();
      return ledger::put(tx, clock);
    }));
  }
  int run() {
    auto failed = clockwork.run(room.clock.now());
    HEED_ASSERT(failed);
    return *failed;
  }
  ActRoom room;
  store::recent::MemoryPosts posts;
  NoAccounts accounts;
  Metrics metrics;
  Plane plane;
  Clockwork clockwork;
};

TEST_F(ClockworkTest, OneThatCannotBeFiredStopsNoOther) {
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "[life]", "bob")}));
  Claim claim = room.must_claim(1);
  room.clock.advance(std::chrono::hours(24 * 10));
  for (int i = 1; i <= 3; ++i) {
    put_broken(i);
  }
  EXPECT_EQ(run(), 3);
  EXPECT_EQ(room.case_row(receipt->case_id).alarms, 1);
  EXPECT_EQ(room.case_row(receipt->case_id).items_free, 1) << "the lease of the claim has ended, too";
  EXPECT_EQ(metrics.counter("heed_clock_failures_total", "").value(), 3U);
  EXPECT_EQ(metrics.gauge("heed_clock_failing", "").value(), 3);
}

TEST_F(ClockworkTest, LeavesWhatFailedAloneForLongerEachTime) {
  put_broken(1);
  EXPECT_EQ(run(), 1);
  EXPECT_EQ(run(), 0);
  room.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(run(), 1);
  room.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(run(), 0);
  room.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(run(), 1);
  room.clock.advance(std::chrono::hours(1));
  EXPECT_EQ(run(), 1);
}

TEST_F(ClockworkTest, ForgetsAFailureThatHasMended) {
  put_broken(1);
  EXPECT_EQ(run(), 1);
  ASSERT_TRUE(ledger::execute_and_wait(*room.store, [&](ledger::Tx& tx) {
    CaseId none;
    none.value.bytes[15] = 1;
    Ulid about;
    about.bytes[15] = 1;
    return ledger::erase<ClockRow>(tx, none, ClockKind::Inform, about);
  }));
  room.clock.advance(std::chrono::minutes(1));
  EXPECT_EQ(run(), 0);
  EXPECT_EQ(metrics.gauge("heed_clock_failing", "").value(), 0);
}

TEST_F(ClockworkTest, EndsPilesWhenTheirTimeIsUpThoughItDoesNotWalkThemEachTime) {
  auto first = room.open_pile("ann", {room.post("p1", "[insult]", "bob", {"ann"})});
  run();
  room.clock.advance(std::chrono::hours(12));
  auto second = room.open_pile("eve", {room.post("q1", "[insult]", "bob", {"eve"})});
  run();
  room.clock.advance(std::chrono::hours(12));
  run();
  EXPECT_EQ(room.case_row(first->case_id).pile, PileState::Ended);
  EXPECT_EQ(room.case_row(second->case_id).pile, PileState::Open);
  room.clock.advance(std::chrono::hours(12));
  run();
  EXPECT_EQ(room.case_row(second->case_id).pile, PileState::Ended);
  EXPECT_EQ(room.check(), "");
}

TEST_F(ClockworkTest, GoesOnBeyondWhatItHandsOverAtOnce) {
  Clockwork small(plane, metrics, {.at_once = 2});
  std::vector<CaseId> cases;
  for (int i = 0; i < 9; ++i) {
    std::string n = std::to_string(i);
    cases.push_back(room.report(room.report_by("ann" + n, {room.post("p" + n, "[life]", "bob" + n)}))->case_id);
  }
  room.clock.advance(std::chrono::minutes(10));
  EXPECT_EQ(*small.run(room.clock.now()), 0);
  for (CaseId id : cases) {
    EXPECT_EQ(room.case_row(id).alarms, 1);
  }
}

}  // namespace
}  // namespace heed::casework
