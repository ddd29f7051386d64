#include "stream/windows.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

namespace heed::stream {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const Time kNoon = *parse_time("2026-07-01T12:00:00Z");

Seen add(Windows& windows, const std::string& author, const std::vector<std::string>& targets, Time at,
         bool hostile = true) {
  const std::vector<std::string_view> views(targets.begin(), targets.end());
  Seen seen;
  windows.add({author, views, at, hostile}, &seen);
  return seen;
}

TEST(Windows, CountEachAuthorAtATargetOnce) {
  Windows windows;
  add(windows, "a", {"t"}, kNoon);
  add(windows, "a", {"t"}, kNoon + minutes(1));
  const Seen seen = add(windows, "b", {"t"}, kNoon + minutes(2));
  EXPECT_EQ(seen.authors_at_target(60), 2);
  EXPECT_EQ(seen.posts_at_target(60), 3);
  EXPECT_EQ(seen.posts_by_author_at_target(60), 1);
  EXPECT_EQ(seen.posts_by_author(60), 1);
}

TEST(Windows, ForgetWhatIsOlderThanAsked) {
  Windows windows;
  add(windows, "a", {"t"}, kNoon);
  add(windows, "b", {"t"}, kNoon + minutes(30));
  const Seen seen = add(windows, "c", {"t"}, kNoon + minutes(60));
  EXPECT_EQ(seen.authors_at_target(60), 2);  // the first is an hour old to the second
  EXPECT_EQ(seen.authors_at_target(61), 3);
  EXPECT_EQ(seen.authors_at_target(1), 1);
}

TEST(Windows, LeaveFriendlyPostsAtATargetOut) {
  Windows windows;
  for (int i = 0; i < 50; ++i) {
    add(windows, "fan" + std::to_string(i), {"t"}, kNoon, /*hostile=*/false);
  }
  const Seen seen = add(windows, "a", {"t"}, kNoon);
  EXPECT_EQ(seen.authors_at_target(60), 1);
  EXPECT_EQ(add(windows, "fan3", {"t"}, kNoon, false).posts_by_author(60), 2);
}

TEST(Windows, SayThatManyOrMoreWhereMoreCame) {
  Windows windows;
  Seen seen;
  for (int i = 0; i < 1000; ++i) {
    seen = add(windows, "a" + std::to_string(i), {"t"}, kNoon + seconds(i));
  }
  EXPECT_EQ(seen.authors_at_target(60), static_cast<std::int64_t>(Recent::kKept));
}

TEST(Windows, TakeTheTargetWithMost) {
  Windows windows;
  add(windows, "a", {"t"}, kNoon);
  add(windows, "b", {"t"}, kNoon);
  EXPECT_EQ(add(windows, "c", {"quiet", "t"}, kNoon).authors_at_target(60), 3);
  EXPECT_EQ(add(windows, "d", {}, kNoon).authors_at_target(60), 0);
}

TEST(Windows, PutLatePostsWhereTheyBelong) {
  Windows windows;
  add(windows, "a", {"t"}, kNoon);
  const Seen late = add(windows, "b", {"t"}, kNoon - minutes(90));
  EXPECT_EQ(late.authors_at_target(60), 1);  // the other lies in its future
  EXPECT_EQ(add(windows, "c", {"t"}, kNoon + minutes(1)).authors_at_target(60), 2);
}

TEST(Windows, CountAlikeInWhateverOrderPostsCome) {
  std::mt19937 random(5);
  for (int round = 0; round < 50; ++round) {
    std::vector<std::pair<Time, std::string>> posts;
    for (int i = 0; i < 100; ++i) {
      posts.emplace_back(kNoon + seconds(i * 7), std::string(1, static_cast<char>('a' + random() % 8)));
    }
    Windows in_order, shuffled;
    for (const auto& [at, author] : posts) {
      add(in_order, author, {"t"}, at);
    }
    std::shuffle(posts.begin(), posts.end(), random);
    for (const auto& [at, author] : posts) {
      add(shuffled, author, {"t"}, at);
    }
    const Time later = kNoon + minutes(12);
    const Seen a = add(in_order, "a", {"t"}, later), b = add(shuffled, "a", {"t"}, later);
    for (const std::int64_t reach : {1, 2, 3, 5, 60}) {
      ASSERT_EQ(a.posts_at_target(reach), b.posts_at_target(reach)) << reach;
      ASSERT_EQ(a.authors_at_target(reach), b.authors_at_target(reach)) << reach;
      ASSERT_EQ(a.posts_by_author(reach), b.posts_by_author(reach)) << reach;
      ASSERT_EQ(a.posts_by_author_at_target(reach), b.posts_by_author_at_target(reach)) << reach;
    }
  }
}

TEST(Windows, KeepWhatIsNewWhenTheOldComesAfterwards) {
  Windows windows({.authors = 8, .targets = 8});
  for (int i = 0; i < 8; ++i) {
    add(windows, "a" + std::to_string(i), {"t" + std::to_string(i)}, kNoon + minutes(i));
  }
  const Seen old = add(windows, "old", {"of old"}, kNoon - minutes(10));
  EXPECT_EQ(old.posts_by_author(60), 1) << "itself, though there is no room to keep it";
  EXPECT_EQ(old.authors_at_target(60), 0);
  EXPECT_EQ(add(windows, "b", {"t0"}, kNoon + minutes(9)).authors_at_target(60), 2);
}

TEST(Windows, ForgetTheQuietestWhereTablesAreFull) {
  Windows windows({.authors = 8, .targets = 8});  // one set
  add(windows, "a", {"kept"}, kNoon);
  for (int i = 0; i < 7; ++i) {
    add(windows, "a", {"t" + std::to_string(i)}, kNoon - minutes(i + 1));
  }
  add(windows, "b", {"new"}, kNoon);  // drives t6 out, the oldest
  EXPECT_EQ(add(windows, "b", {"kept"}, kNoon).authors_at_target(60), 2);
  EXPECT_EQ(add(windows, "b", {"t6"}, kNoon).authors_at_target(60), 1);
}

TEST(Windows, StandAnyInput) {
  Windows windows({.authors = 0, .targets = 0});
  const std::vector<std::string> many(5000, "t");
  EXPECT_EQ(add(windows, "", many, Time::min()).authors_at_target(Windows::kMinutesMax), 1);
  add(windows, std::string(100'000, 'x'), {"", ""}, Time::max());
  EXPECT_EQ(add(windows, "a", {"u"}, kNoon).authors_at_target(60), 1);
}

}  // namespace
}  // namespace heed::stream
