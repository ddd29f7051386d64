#include "access/login_throttle.h"

#include <gtest/gtest.h>

namespace heed::access {
namespace {

const Time kStart = from_ms(1795284000000);

TEST(LoginThrottle, AllowsSoManyAMinuteAndThenOneAtATime) {
  LoginThrottle throttle(10);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(throttle.take("ann", kStart));
  }
  EXPECT_FALSE(throttle.take("ann", kStart));
  EXPECT_FALSE(throttle.take("ann", kStart + Millis(5990)));
  EXPECT_TRUE(throttle.take("ann", kStart + Millis(6010)));
  EXPECT_FALSE(throttle.take("ann", kStart + Millis(6010)));
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(throttle.take("ann", kStart + std::chrono::minutes(2)));
  }
  EXPECT_FALSE(throttle.take("ann", kStart + std::chrono::minutes(2)));
}

TEST(LoginThrottle, RefusedTriesDoNotProlongTheWait) {
  LoginThrottle throttle(10);
  for (int i = 0; i < 1000; ++i) {
    (void)throttle.take("ann", kStart);
  }
  EXPECT_TRUE(throttle.take("ann", kStart + Millis(6010)));
}

TEST(LoginThrottle, AClockSetBackNeitherFreesNorLocks) {
  LoginThrottle throttle(2);
  EXPECT_TRUE(throttle.take("ann", kStart));
  EXPECT_TRUE(throttle.take("ann", kStart - std::chrono::hours(1)));
  EXPECT_FALSE(throttle.take("ann", kStart - std::chrono::hours(1)));
  EXPECT_TRUE(throttle.take("ann", kStart - std::chrono::minutes(59)));
}

TEST(LoginThrottle, GivesTriesBack) {
  LoginThrottle throttle(1);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(throttle.take("ann", kStart));
    throttle.give_back("ann");
  }
}

TEST(LoginThrottle, AFloodOfOneNameLeavesAlmostAllOthersAlone) {
  LoginThrottle throttle(1);
  (void)throttle.take("ann", kStart);
  int refused = 0;
  for (int i = 0; i < 1000; ++i) {
    std::string name = "r" + std::to_string(i);
    refused += !throttle.take(name, kStart);
    throttle.give_back(name);
  }
  EXPECT_LE(refused, 5);
}

}  // namespace
}  // namespace heed::access
