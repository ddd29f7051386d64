#include "http/rate_limit.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace heed::http {
namespace {

const Time kStart = from_ms(1'000'000);

TEST(RateLimiter, GivesABurstThenTheRate) {
  RateLimiter limiter({.per_second = 2, .burst = 3});
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(limiter.take(1, kStart).allowed);
  }
  auto refused = limiter.take(1, kStart);
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.retry_after, Millis(500));
  EXPECT_FALSE(limiter.take(1, kStart + Millis(499)).allowed);
  EXPECT_TRUE(limiter.take(1, kStart + Millis(500)).allowed);
  EXPECT_TRUE(limiter.take(2, kStart).allowed);
}

TEST(RateLimiter, NeverHoldsMoreThanTheBurst) {
  RateLimiter limiter({.per_second = 100, .burst = 5});
  EXPECT_TRUE(limiter.take(1, kStart).allowed);
  int allowed = 0;
  while (limiter.take(1, kStart + std::chrono::hours(5)).allowed) {
    ++allowed;
  }
  EXPECT_EQ(allowed, 5);
  EXPECT_FALSE(limiter.take(1, kStart + std::chrono::hours(10), 6).allowed);
}

TEST(RateLimiter, TimeGoingBackGivesNothing) {
  RateLimiter limiter({.per_second = 1, .burst = 1});
  EXPECT_TRUE(limiter.take(1, kStart).allowed);
  EXPECT_FALSE(limiter.take(1, kStart - std::chrono::hours(1)).allowed);
  EXPECT_FALSE(limiter.take(1, kStart + Millis(999)).allowed);
  EXPECT_TRUE(limiter.take(1, kStart + Millis(1000)).allowed);
}

TEST(RateLimiter, IsBounded) {
  RateLimiter limiter({.per_second = 1, .burst = 1, .entries_max = 160});
  for (std::uint64_t key = 0; key < 100'000; ++key) {
    EXPECT_TRUE(limiter.take(key, kStart).allowed);
  }
  EXPECT_LE(limiter.size(), 160u);
}

TEST(RateLimiter, CountsRightFromManyThreads) {
  RateLimiter limiter({.per_second = 0.001, .burst = 1000});
  std::atomic<int> allowed{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) {
        allowed += limiter.take(9, kStart).allowed ? 1 : 0;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(allowed.load(), 1000);
}

}  // namespace
}  // namespace heed::http
