#include "api/recent_ids.h"

#include <gtest/gtest.h>

#include <string>

namespace heed::api {
namespace {

const Time kStart = from_ms(1'700'000'000'000);

TEST(RecentIds, NeverForgetsWhatItHasNoted) {
  RecentIds ids(kStart, 1000);
  const Time fresh = kStart + std::chrono::minutes(1);
  for (int i = 0; i < 5000; ++i) {
    ids.may_have("p" + std::to_string(i), fresh, fresh);
    // The newest thousand are in one of the two filters.
    for (int j = std::max(0, i - 999); j <= i; j += 111) {
      ASSERT_TRUE(ids.may_have("p" + std::to_string(j), fresh, fresh)) << i << " " << j;
    }
  }
}

TEST(RecentIds, SeldomSaysMaybeForWhatIsNew) {
  RecentIds ids(kStart, 100'000);
  const Time fresh = kStart + std::chrono::minutes(1);
  int maybes = 0;
  for (int i = 0; i < 90'000; ++i) {
    maybes += ids.may_have("post-" + std::to_string(i), fresh, fresh) ? 1 : 0;
  }
  EXPECT_LT(maybes, 3000);
}

TEST(RecentIds, KnowsNothingOfTheTimeBefore) {
  RecentIds ids(kStart, 1000);
  EXPECT_TRUE(ids.may_have("p1", kStart - std::chrono::seconds(1), kStart));
  EXPECT_FALSE(ids.may_have("p2", kStart + std::chrono::seconds(10), kStart + std::chrono::seconds(10)));
}

}  // namespace
}  // namespace heed::api
