#include "casework/urgency.h"

#include <gtest/gtest.h>

namespace heed::casework {
namespace {

using policy::Lane;
const Time kNow = from_ms(1'764'000'000'000);

policy::Policy policy_with_clause() {
  policy::Policy p;
  policy::Clause c;
  c.id = "hate";
  c.decide_within = std::chrono::hours(24);
  p.clauses.push_back(c);
  return p;
}

TEST(Urgency, GivesAThreatToLifeFifteenMinutesForTheFirstLook) {
  Urgency u = urgency_for(policy_with_clause(), kNow, Lane::Life, 100, "hate");
  EXPECT_EQ(u.deadline, kNow + std::chrono::minutes(15));
  EXPECT_EQ(u.alarm_at, kNow + std::chrono::minutes(10));
  EXPECT_EQ(u.lane, Lane::Life);
}

TEST(Urgency, GivesTheRestItsClausesTime) {
  EXPECT_EQ(urgency_for(policy_with_clause(), kNow, Lane::Rest, 5, "hate").deadline, kNow + std::chrono::hours(24));
  EXPECT_EQ(urgency_for(policy_with_clause(), kNow, Lane::Rest, 5, "unknown").deadline,
            kNow + std::chrono::hours(24 * 7));
}

TEST(Urgency, CountsTheDecisionFromTheBeginningButLeavesTimeToDecide) {
  Time started = kNow - std::chrono::hours(4);
  EXPECT_EQ(after_first_look(policy_with_clause(), started, kNow, Lane::Life, 5, "hate").deadline,
            started + std::chrono::hours(24));
  Time long_ago = kNow - std::chrono::hours(100);
  Urgency late = after_first_look(policy_with_clause(), long_ago, kNow, Lane::Life, 5, "hate");
  EXPECT_EQ(late.deadline, kNow + std::chrono::minutes(5));
  EXPECT_GT(late.alarm_at, kNow);
}

TEST(Urgency, MergesToTheGraverAndTheEarlier) {
  CaseRow row;
  row.lane = Lane::Rest;
  row.severity_rank = -90;
  row.deadline = kNow + std::chrono::hours(2);
  row.alarm_at = kNow + std::chrono::hours(1);
  Urgency u = merged(row, urgency_for({}, kNow, Lane::Fear, 40));
  EXPECT_EQ(u.lane, Lane::Fear);
  EXPECT_EQ(u.severity, 40) << "severity orders within a lane";
  EXPECT_EQ(u.deadline, kNow + std::chrono::hours(2));
  EXPECT_EQ(u.alarm_at, kNow + std::chrono::hours(1));
  EXPECT_EQ(merged(CaseRow{}, urgency_for({}, kNow, Lane::Fear, 40)).deadline, kNow + std::chrono::hours(4));
}

}  // namespace
}  // namespace heed::casework
