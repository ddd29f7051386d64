#include "adapters/gate.h"

#include <gtest/gtest.h>

#include "base/bytes.h"
#include "base/crypto.h"

namespace heed::adapters {
namespace {

const std::string kOne = "key-number-one-of-the-tests", kTwo = "key-number-two-of-the-tests";

TEST(ListedKeys, OpenByTokenAndByDigest) {
  auto keys = ListedKeys::make({kOne, "sha256:" + to_hex(view(sha256(kTwo)))});
  ASSERT_TRUE(keys);
  auto one = keys->caller(kOne), two = keys->caller(kTwo);
  ASSERT_TRUE(one && two);
  EXPECT_NE(*one, *two);
  for (std::string_view wrong :
       {std::string_view(""), std::string_view("key-number-one-of-the-test"), std::string_view("sha256:")}) {
    EXPECT_EQ(keys->caller(wrong).error().code, Code::Unauthorized) << wrong;
  }
  EXPECT_FALSE(keys->caller(to_hex(view(sha256(kTwo))))) << "the digest itself opens nothing";
}

TEST(ListedKeys, RefuseWhatIsShortMalformedOrTwice) {
  EXPECT_FALSE(ListedKeys::make({"short"}));
  EXPECT_FALSE(ListedKeys::make({"sha256:abc"}));
  EXPECT_FALSE(ListedKeys::make({kOne, kOne}));
  EXPECT_FALSE(ListedKeys::make({kOne, "sha256:" + to_hex(view(sha256(kOne)))}));
}

TEST(Turnstile, CountsEachKeyByItself) {
  ManualClock clock(from_ms(1'000'000));
  auto keys = ListedKeys::make({kOne, kTwo});
  Turnstile turnstile(*keys, 3, clock);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(turnstile.enter(kOne).allowed);
  }
  auto refused = turnstile.enter(kOne);
  ASSERT_FALSE(refused.allowed);
  EXPECT_EQ(refused.allowed.error().code, Code::TooMany);
  EXPECT_GT(refused.retry_after.count(), 0);
  EXPECT_TRUE(turnstile.enter(kTwo).allowed);
  clock.advance(refused.retry_after);
  EXPECT_TRUE(turnstile.enter(kOne).allowed);
  EXPECT_EQ(turnstile.enter("nobody").allowed.error().code, Code::Unauthorized);
}

TEST(Turnstile, LetsALargeBatchThroughForASecondsWorth) {
  ManualClock clock(from_ms(1'000'000));
  OpenGate gate;
  Turnstile turnstile(gate, 100, clock);
  EXPECT_TRUE(turnstile.enter("", 10'000).allowed);
  EXPECT_FALSE(turnstile.enter("").allowed);
  clock.advance(std::chrono::seconds(1));
  EXPECT_TRUE(turnstile.enter("", 100).allowed);
}

TEST(Turnstile, HasNoLimitAtZero) {
  ManualClock clock(from_ms(1'000'000));
  OpenGate gate;
  Turnstile turnstile(gate, 0, clock);
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(turnstile.enter("").allowed);
  }
}

TEST(RetryAfter, IsWholeSecondsAndNeverNone) {
  EXPECT_EQ(retry_after_seconds(Millis(0)), "1");
  EXPECT_EQ(retry_after_seconds(Millis(1000)), "1");
  EXPECT_EQ(retry_after_seconds(Millis(1001)), "2");
}

}  // namespace
}  // namespace heed::adapters
