#include "api/windows_refill.h"

#include <gtest/gtest.h>

#include "api/testing_house.h"

namespace heed::api {
namespace {

using post::StoredPost;

class RefillHouse : public TestingHouse {
 public:
  void stored(std::string_view author, std::string_view target, Millis ago, std::string_view signals,
              StoredPost::Change change = StoredPost::Change::New) {
    const Time at = clock.now() - ago;
    const std::string id = "p" + std::to_string(++count_);
    const std::string json = R"({"id":")" + id + R"(","text":"x","author":{"id":")" + std::string(author) +
                             R"("},"mentions":[")" + std::string(target) + R"("],"created_at":")" + format_time(at) +
                             "\"}";
    const std::vector<std::string_view> targets = {target};
    post::PostRecord record{at, at, change, id, author, json, signals, &targets};
    ASSERT_TRUE(posts.append(record));
  }
  stream::Seen seen(std::string_view author, std::string_view target) {
    stream::Seen out;
    const std::vector<std::string_view> targets = {target};
    std::lock_guard lock(api->desk().sequence());
    api->desk().windows().add({author, targets, clock.now(), true}, &out);
    return out;
  }

 private:
  int count_ = 0;
};

constexpr Millis kMinute = std::chrono::minutes(1), kHour = std::chrono::hours(1);

TEST(WindowsRefill, BringsBackWhatWindowsKnewOfTheRecentPosts) {
  RefillHouse house;
  house.stored("old", "anna", 30 * kHour, R"([{"category":"insult"}])");
  house.stored("a", "anna", 5 * kHour, R"([{"category":"insult"}])");
  house.stored("b", "anna", 50 * kMinute, R"([{"category":"insult"}])");
  house.stored("c", "anna", 40 * kMinute, "[]");
  house.stored("friend", "anna", 30 * kMinute, "");
  house.stored("d", "anna", 20 * kMinute, R"([{"category":"insult"}])", StoredPost::Change::Edit);
  house.stored("d", "anna", 10 * kMinute, "", StoredPost::Change::Delete);
  WindowsRefill refill(house.api->desk(), {.reach = 24 * kHour});
  const WindowsRefill::Result result = refill.wait();
  EXPECT_TRUE(refill.done());
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.posts, 5u) << "not the one before yesterday's hour, nor the deletion";
  EXPECT_EQ(result.hostile, 4u);
  const stream::Seen seen = house.seen("e", "anna");
  EXPECT_EQ(seen.authors_at_target(60), 4) << "b, c, d and e";
  EXPECT_EQ(seen.authors_at_target(6 * 60), 5);
  EXPECT_EQ(seen.authors_at_target(48 * 60), 5);
  EXPECT_EQ(house.seen("friend", "other").posts_by_author(60), 2);
}

TEST(WindowsRefill, CountsNothingTwiceThatComesMeanwhile) {
  RefillHouse house;
  house.stored("a", "anna", kMinute, "[]");
  WindowsRefill refill(house.api->desk(), {});
  house.stored("late", "anna", Millis(0), "[]");  // reaches the windows by itself
  EXPECT_LE(refill.wait().posts, 1u);
  EXPECT_EQ(house.seen("b", "anna").authors_at_target(60), 2);
}

TEST(WindowsRefill, TakesTheNewestHourFirstAndStopsWhenItsTimeIsOver) {
  RefillHouse house;
  for (int hour = 0; hour < 20; ++hour) {
    for (int i = 0; i < 300; ++i) {
      house.stored("a" + std::to_string(hour), "anna", (19 - hour) * kHour, "[]");
    }
  }
  WindowsRefill refill(house.api->desk(), {.reach = 24 * kHour, .budget = Millis(0)});
  const WindowsRefill::Result result = refill.wait();
  EXPECT_FALSE(result.complete);
  EXPECT_EQ(result.posts, 300u);
  EXPECT_EQ(result.hours, 1);
  EXPECT_EQ(house.seen("x", "anna").authors_at_target(24 * 60), 2) << "the newest and x";
}

TEST(WindowsRefill, StandsRecordsThatAreNoPosts) {
  RefillHouse house;
  const std::vector<std::string_view> targets = {"anna"};
  for (const std::string_view json : {"", "{", "[]", R"({"id":1})", R"({"author":{"id":"a"}})"}) {
    ASSERT_TRUE(house.posts.append(
        {house.clock.now(), house.clock.now(), StoredPost::Change::New, "p", "a", json, "[]", &targets}));
  }
  EXPECT_EQ(WindowsRefill(house.api->desk(), {}).wait().posts, 5u);
  EXPECT_EQ(house.seen("b", "anna").authors_at_target(60), 1);
}

TEST(WindowsRefill, IsStoppedByItsEnd) {
  RefillHouse house;
  for (int i = 0; i < 5000; ++i) {
    house.stored("a", "anna", Millis(0), "[]");
  }
  WindowsRefill refill(house.api->desk(), {});
}

}  // namespace
}  // namespace heed::api
