#include "casework/queue.h"

#include <gtest/gtest.h>

#include "casework/notes.h"
#include "casework/queue_bounds.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

/// Whoever may judge nobody of bob's.
class WalledQueue : public testing::Test {
 protected:
  WalledQueue() {
    wall.add(room.env.hasher->account("bob"));
    wall.seal();
  }
  CaseId report(const std::string& words, const std::string& author) {
    const std::string n = std::to_string(reported++);
    auto receipt = room.report(room.report_by("ann" + n, {room.post("p" + n, words, author)}));
    EXPECT_TRUE(receipt) << receipt.error().message;
    return receipt ? receipt->case_id : CaseId{};
  }
  Result<std::optional<Claim>> claim() {
    return room.run([&](Context& c) { return claim_next(c, {"default", room.staff(1), 200, {}, &wall}); });
  }
  ActRoom room;
  Wall wall;
  int reported = 0;
};

TEST_F(WalledQueue, GivesWhatStandsBehindWalledCasesUpToABoundAndNothingBeyond) {
  for (std::size_t i = 1; i < kWalledRowsMax; ++i) {
    report("[insult] you fool", "bob");
  }
  const CaseId free = report("a dull post", "carl");
  auto claimed = claim();
  ASSERT_TRUE(claimed) << claimed.error().message;
  ASSERT_TRUE(*claimed) << "the last place that is looked at";
  EXPECT_EQ((*claimed)->case_id, free);
  ASSERT_TRUE(room.run([&](Context& c) { return release(c, (*claimed)->id, room.staff(1)); }));
  report("[insult] you fool", "bob");
  claimed = claim();
  ASSERT_TRUE(claimed) << claimed.error().message;
  EXPECT_FALSE(*claimed) << "bounded work for one claim";
  auto view = room.view();
  auto head = queue_head(*view, "default", 50, &wall);
  ASSERT_TRUE(head) << head.error().message;
  ASSERT_EQ(head->size(), 1U) << "the list still shows what can be taken by name";
  EXPECT_EQ(head->front().case_id, free);
}

TEST_F(WalledQueue, IsPassedByInStepsUntilSomethingFreeStandsThere) {
  for (int i = 0; i < 7; ++i) {
    report("[insult] you fool", "bob");
  }
  report("[life] I know where you live", "bob");
  const CaseId free = report("a dull post", "carl");
  Passed passed;
  auto view = room.view();
  for (int step = 0; step < 2; ++step) {
    auto there = pass_walled(*view, "default", wall, 3, passed);
    ASSERT_TRUE(there) << there.error().message;
    EXPECT_FALSE(*there) << "six and a single are passed in two steps, eight cases and a single are walled";
  }
  auto there = pass_walled(*view, "default", wall, 3, passed);
  ASSERT_TRUE(there && *there);
  auto claimed = room.run([&](Context& c) {
    return claim_next(c, {"default", room.staff(1), 200, {}, &wall, passed});
  });
  ASSERT_TRUE(claimed && *claimed);
  EXPECT_EQ((*claimed)->case_id, free);
  // At the end of the queue there is nothing to go on with.
  Passed whole;
  auto rest = room.view();
  there = pass_walled(*rest, "default", wall, 100, whole);
  ASSERT_TRUE(there);
  EXPECT_TRUE(*there);
  claimed = room.run([&](Context& c) { return claim_next(c, {"default", room.staff(1), 200, {}, &wall, whole}); });
  ASSERT_TRUE(claimed) << claimed.error().message;
  EXPECT_FALSE(*claimed);
}

TEST_F(WalledQueue, HasOneBoundForThreatsThatGoAlone) {
  for (std::size_t i = 0; i < 5; ++i) {
    report("[life] I know where you live", "bob");
  }
  const CaseId free = report("[life] I know where you live", "carl");
  auto claimed = claim();
  ASSERT_TRUE(claimed && *claimed);
  EXPECT_EQ((*claimed)->case_id, free);
}

TEST(Escalation, GivesBackWhatWhoeverHandsItOnHadAndLeavesColleaguesTheirs) {
  ActRoom room;
  auto receipt =
      room.report(room.report_by("ann", {room.post("p1", "[insult] a", "bob"), room.post("p2", "[insult] b", "bob")}));
  ASSERT_TRUE(receipt) << receipt.error().message;
  const Claim mine = room.must_claim(1, 1), hers = room.must_claim(2, 1);
  ASSERT_EQ(mine.case_id, hers.case_id);
  ASSERT_TRUE(room.run([&](Context& c) -> Result<int> {
    TRY(escalate(c, mine.case_id, room.staff(1), "lead", "somebody who knows the street"));
    return 0;
  }));
  auto view = room.view();
  EXPECT_EQ((*ledger::get<ClaimRow>(*view, mine.id))->state, ClaimState::Released);
  EXPECT_EQ((*ledger::get<ClaimRow>(*view, hers.id))->state, ClaimState::Active);
  EXPECT_EQ((*ledger::get<CaseRow>(*view, mine.case_id))->items_free, 1) << "a lead can take it at once";
}

}  // namespace
}  // namespace heed::casework
