#include "base/result.h"

#include <gtest/gtest.h>

#include <memory>

#include "base/function.h"
#include "base/guarded.h"

namespace heed {
namespace {

Result<int> half(int n) {
  if (n % 2 != 0) {
    return invalid("/n", "must be even");
  }
  return n / 2;
}
Result<int> quarter(int n) {
  int h = TRY(half(n));
  return half(h);
}
Result<void> check(int n) {
  if (n < 0) {
    return fail(Code::Denied, "no");
  }
  return {};
}
Result<std::unique_ptr<int>> boxed(int n) {
  TRY(check(n));
  return std::make_unique<int>(n);
}
Result<int> unboxed(int n) {
  std::unique_ptr<int> box = TRY(boxed(n));
  return *box;
}

TEST(Result, TryUnwrapsOrReturnsTheError) {
  EXPECT_EQ(quarter(8), 2);
  Result<int> odd = quarter(6);
  ASSERT_FALSE(odd);
  EXPECT_EQ(odd.error().code, Code::InvalidInput);
  EXPECT_EQ(odd.error().message, "/n: must be even");
  EXPECT_EQ(odd.error().fields, (std::vector<FieldError>{{"/n", "must be even"}}));
}

TEST(Result, TryWorksForVoidAndForWhatCannotBeCopied) {
  EXPECT_EQ(unboxed(3), 3);
  EXPECT_EQ(unboxed(-1).error().code, Code::Denied);
}

TEST(ResultDeathTest, BrokenInvariantNamesItselfAndAborts) {
  EXPECT_DEATH(HEED_ASSERT(1 + 1 == 3), "broken invariant: 1 \\+ 1 == 3 \\(.*result_test.cc:");
}

TEST(Function, OwnsWhatCannotBeCopied) {
  Function<int(int)> f;
  EXPECT_FALSE(f);
  f = [box = std::make_unique<int>(40), calls = 0](int n) mutable { return *box + n + calls++; };
  EXPECT_EQ(f(1), 41);
  Function<int(int)> moved = std::move(f);
  EXPECT_EQ(moved(1), 42);
  EXPECT_FALSE(f);
}

TEST(Guarded, GivesAccessOnlyThroughTheLock) {
  Guarded<std::vector<int>> guarded(3, 7);
  guarded.with([](auto& v) { v.push_back(8); });
  EXPECT_EQ(std::as_const(guarded).with([](const auto& v) { return v.size(); }), 4u);
}

}  // namespace
}  // namespace heed
