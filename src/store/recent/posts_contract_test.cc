// What everybody may rely on, held against every implementation of post::RecentPosts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <functional>
#include <random>
#include <thread>

#include "base/file.h"
#include "post/recent_posts.h"
#include "store/recent/hour_posts.h"
#include "store/recent/memory_posts.h"
#include "store/recent/testing_disk.h"

namespace heed::store::recent {
namespace {

using post::PostRecord;
using post::RecentPosts;
using post::StoredPost;
using post::TargetRange;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Change = StoredPost::Change;

const Time kStart = *parse_time("2026-11-21T18:00:00.000Z");
constexpr Millis kMinute = std::chrono::minutes(1);
constexpr Millis kHour = std::chrono::hours(1);

struct Implementation {
  const char* name;
  std::function<std::unique_ptr<RecentPosts>(TempFolder&, TestingDisk&)> make;
};
void PrintTo(const Implementation& implementation, std::ostream* out) { *out << implementation.name; }

HourPostsOptions small_options(TestingDisk& disk) {
  HourPostsOptions options;
  options.data_folder = "/data";
  options.keys_folder = "/keys";
  options.kek = *SecretKey::from_view(std::string(32, 'k'));
  options.disk = &disk;
  options.threads = false;
  options.block_bytes = 2000;
  options.run_records = 8;
  options.cache_bytes = 64 << 10;
  return options;
}
std::unique_ptr<RecentPosts> make(HourPostsOptions options) {
  Result<std::unique_ptr<HourPosts>> store = HourPosts::open(std::move(options));
  EXPECT_TRUE(store) << store.error().message;
  return *std::move(store);
}

const Implementation kImplementations[] = {
    {"Memory", [](TempFolder&, TestingDisk&) { return std::make_unique<MemoryPosts>(); }},
    {"HourFilesInOneThread", [](TempFolder&, TestingDisk& disk) { return make(small_options(disk)); }},
    {"HourFilesWithCollisions",
     [](TempFolder&, TestingDisk& disk) {
       HourPostsOptions options = small_options(disk);
       options.hash_bits = 2;
       options.filter_bytes = 0;
       return make(std::move(options));
     }},
    {"HourFilesOnDisk",
     [](TempFolder& folder, TestingDisk&) {
       HourPostsOptions options;
       options.data_folder = folder.path() / "data";
       options.keys_folder = folder.path() / "keys";
       options.kek = SecretKey::generate();
       options.run_records = 16;
       options.block_bytes = 4000;
       return make(std::move(options));
     }},
};

std::vector<std::string> texts(const std::vector<StoredPost>& posts) {
  std::vector<std::string> out;
  for (const StoredPost& post : posts) {
    out.push_back(post.change == Change::Delete ? "-" : post.json);
  }
  return out;
}

class PostsContract : public ::testing::TestWithParam<Implementation> {
 protected:
  void SetUp() override {
    crypto_init();
    store_ = GetParam().make(folder_, disk_);
  }
  std::uint64_t put(std::string id, std::string author, std::string json, std::vector<std::string> targets = {},
                    Change change = Change::New, Millis written_before = Millis(0)) {
    std::vector<std::string_view> views(targets.begin(), targets.end());
    PostRecord record{now_, now_ - written_before, change, id, author, json, "[]", &views};
    Result<std::uint64_t> arrival = store_->append(record);
    EXPECT_TRUE(arrival) << arrival.error().message;
    return arrival.value_or(0);
  }
  std::uint64_t remove(std::string id, std::string author = "") { return put(id, author, "", {}, Change::Delete); }
  std::vector<std::string> find(std::string_view id) { return texts(*store_->find(id)); }
  std::vector<std::string> target(std::string name) { return texts(store_->by_target({name}).value().posts); }
  /// Goes to the start of the hour `n` hours on and carries out what is due, as often as needed.
  void pass_hours(int n) {
    now_ = std::chrono::floor<std::chrono::hours>(now_) + kHour * n;
    for (int i = 0; i < 3; ++i) {
      EXPECT_TRUE(store_->expire(now_));
      settle();
    }
  }
  void settle() {
    if (auto* hours = dynamic_cast<HourPosts*>(store_.get())) {
      EXPECT_TRUE(hours->settle());
    }
  }

  TempFolder folder_;
  TestingDisk disk_;
  std::unique_ptr<RecentPosts> store_;
  Time now_ = kStart;
};

TEST_P(PostsContract, FindsWhatWasAppendedAtOnce) {
  std::uint64_t first = put("p1", "a1", "one", {"t1"});
  std::vector<StoredPost> found = *store_->find("p1");
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].arrival, first);
  EXPECT_EQ(found[0].at, now_);
  EXPECT_EQ(found[0].created_at, now_);
  EXPECT_EQ(found[0].id, "p1");
  EXPECT_EQ(found[0].author, "a1");
  EXPECT_EQ(found[0].json, "one");
  EXPECT_EQ(found[0].signals, "[]");
  EXPECT_EQ(store_->watermark(), first);
  EXPECT_THAT(find("p2"), IsEmpty());
  EXPECT_THAT(target("a1"), IsEmpty());
  EXPECT_THAT(target("t1"), ElementsAre("one"));
}

TEST_P(PostsContract, KeepsBothVersionsAndTheTombstoneAcrossHours) {
  put("p1", "a1", "one", {"t"});
  now_ += kHour;
  put("p1", "a1", "two", {"t"}, Change::Edit);
  now_ += kHour;
  remove("p1", "a1");
  remove("unknown");
  settle();
  EXPECT_THAT(find("p1"), ElementsAre("one", "two", "-"));
  EXPECT_THAT(find("unknown"), ElementsAre("-"));
  EXPECT_THAT(target("t"), ElementsAre("one", "two"));
  EXPECT_THAT(texts(*store_->by_author("a1", UINT64_MAX, 10)), ElementsAre("two", "one"));
}

TEST_P(PostsContract, GivesAnAuthorsPostsNewestFirstInPages) {
  for (int i = 0; i < 100; ++i) {
    put("p" + std::to_string(i), i % 3 == 0 ? "a" : "b", std::to_string(i));
    now_ += kMinute * 3;
  }
  std::vector<std::string> all;
  std::uint64_t before = UINT64_MAX;
  for (;;) {
    std::vector<StoredPost> page = *store_->by_author("a", before, 7);
    for (const StoredPost& post : page) {
      all.push_back(post.json);
    }
    if (page.empty()) {
      break;
    }
    before = page.back().arrival;
  }
  ASSERT_EQ(all.size(), 34u);
  EXPECT_EQ(all.front(), "99");
  EXPECT_EQ(all.back(), "0");
  EXPECT_THAT(*store_->by_author("nobody", UINT64_MAX, 5), IsEmpty());
}

TEST_P(PostsContract, GivesATargetsPostsInChunksAcrossHours) {
  std::vector<std::string> expected;
  for (int i = 0; i < 200; ++i) {
    bool aimed = i % 2 == 0;
    put("p" + std::to_string(i), "a" + std::to_string(i % 17), std::to_string(i),
        aimed ? std::vector<std::string>{"other", "t"} : std::vector<std::string>{"other"});
    if (aimed) {
      expected.push_back(std::to_string(i));
    }
    now_ += kMinute * 2;
  }
  for (std::size_t limit : {1u, 7u, 64u, 100u, 5000u}) {
    std::vector<std::string> got;
    TargetRange range{"t"};
    range.limit = limit;
    range.upto = store_->watermark();
    for (;;) {
      post::TargetSlice slice = *store_->by_target(range);
      EXPECT_LE(slice.posts.size(), limit);
      for (const StoredPost& post : slice.posts) {
        got.push_back(post.json);
      }
      range.after = slice.next_after;
      if (slice.done) {
        break;
      }
    }
    EXPECT_EQ(range.after, range.upto);
    EXPECT_EQ(got, expected) << limit;
  }
  RecentPosts::Count count = *store_->count_target({"t"});
  EXPECT_EQ(count.posts, 100u);
  EXPECT_EQ(count.authors, 17u);
}

TEST_P(PostsContract, HoldsTheRangeOfATargetExactly) {
  std::vector<std::uint64_t> arrivals;
  for (int i = 0; i < 40; ++i) {
    arrivals.push_back(put("p" + std::to_string(i), "a", std::to_string(i), {"t"}, Change::New, kMinute * (i % 5)));
    now_ += kMinute * 4;
  }
  TargetRange range{"t"};
  range.since = kStart + kMinute * 40;
  range.until = kStart + kMinute * 120;
  range.after = arrivals[11];
  range.upto = arrivals[30];
  std::vector<std::string> expected;
  for (int i = 12; i <= 30; ++i) {
    Time created = kStart + kMinute * (4 * i - i % 5);
    if (created >= range.since && created < range.until) {
      expected.push_back(std::to_string(i));
    }
  }
  EXPECT_EQ(texts(store_->by_target(range)->posts), expected);
  EXPECT_EQ(store_->count_target(range)->posts, expected.size());
}

TEST_P(PostsContract, WalksOverEverythingInArrivalOrder) {
  std::vector<std::uint64_t> numbers;
  std::vector<std::string> wanted;
  for (int i = 0; i < 300; ++i) {
    now_ += kMinute;
    const std::string id = "p" + std::to_string(i);
    numbers.push_back(i % 7 == 6 ? remove("p" + std::to_string(i - 1)) : put(id, "a", id, {"t"}));
    wanted.push_back(i % 7 == 6 ? "-" : id);
    if (i == 150) {
      settle();  // what is before lies on disk, the rest not yet
    }
  }
  const auto walk = [&](post::ArrivalRange range) {
    std::vector<std::string> seen;
    std::uint64_t last = range.after;
    for (int slices = 0; slices < 1000; ++slices) {
      const post::ArrivalSlice slice = store_->by_arrival(range).value();
      EXPECT_EQ(slice.damaged, 0u);
      for (const StoredPost& post : slice.posts) {
        EXPECT_GT(post.arrival, last);
        last = post.arrival;
      }
      for (const std::string& text : texts(slice.posts)) {
        seen.push_back(text);
      }
      if (slice.done) {
        EXPECT_EQ(slice.next_after, range.upto);
        return seen;
      }
      EXPECT_GT(slice.next_after, range.after) << "it goes on";
      EXPECT_GE(slice.next_after, last);
      range.after = slice.next_after;
    }
    ADD_FAILURE() << "no end";
    return seen;
  };
  EXPECT_EQ(walk({}), wanted);
  EXPECT_EQ(walk({.after = numbers[99], .upto = numbers[199]}),
            std::vector<std::string>(wanted.begin() + 100, wanted.begin() + 200));
  EXPECT_EQ(walk({.after = numbers.back()}), std::vector<std::string>{});
  EXPECT_EQ(walk({.after = UINT64_MAX}), std::vector<std::string>{});
  // Whole hours: the first post came at 18:01, number 119 at 20:00.
  EXPECT_EQ(walk({.since = kStart + 2 * kHour}), std::vector<std::string>(wanted.begin() + 119, wanted.end()));
  EXPECT_EQ(walk({.since = now_ + 2 * kHour}), std::vector<std::string>{});
  EXPECT_EQ(store_->erase_author("a").value_or(0) > 0, true);
  for (const std::string& text : walk({})) {
    EXPECT_EQ(text, "-") << "nothing of an erased author";
  }
}

TEST_P(PostsContract, CountsPostsAndNotVersions) {
  put("p", "a", "1", {"t"});
  put("p", "a", "2", {"t"}, Change::Edit);
  put("q", "a", "3", {"t"});
  EXPECT_EQ(store_->count_target({"t"})->posts, 2u);
  EXPECT_EQ(store_->count_target({"t"})->authors, 1u);
}

TEST_P(PostsContract, ForgetsHoursPastRetentionUnlessPinned) {
  put("early", "a", "early", {"t"});
  now_ += kHour;
  put("middle", "a", "middle", {"t"});
  ASSERT_TRUE(store_->pin("case", now_));
  now_ += kHour;
  put("late", "a", "late", {"t"});
  pass_hours(14 * 24 - 2);
  EXPECT_THAT(find("early"), ElementsAre("early"));
  pass_hours(4);
  EXPECT_THAT(find("early"), IsEmpty());
  EXPECT_THAT(find("late"), IsEmpty());
  EXPECT_THAT(target("t"), ElementsAre("middle"));
  ASSERT_TRUE(store_->unpin("case"));
  pass_hours(1);
  EXPECT_THAT(target("t"), IsEmpty());
  std::uint64_t before = store_->watermark();
  EXPECT_GT(put("again", "a", "again"), before);
}

TEST_P(PostsContract, ForgetsDeletedPostsSoonerAndKeepsTheTombstone) {
  put("p1", "a1", "one", {"t"});
  put("p2", "a1", "two", {"t"});
  put("p1", "a1", "three", {"t"}, Change::Edit);
  remove("p1");
  put("p1", "a1", "four", {"t"});  // published again
  pass_hours(24);
  EXPECT_THAT(find("p1"), ElementsAre("one", "three", "-", "four"));
  pass_hours(1);
  EXPECT_THAT(find("p1"), ElementsAre("-", "four"));
  EXPECT_THAT(target("t"), ElementsAre("two", "four"));
  EXPECT_THAT(texts(*store_->by_author("a1", UINT64_MAX, 10)), ElementsAre("four", "two"));
  EXPECT_EQ(store_->count_target({"t"})->posts, 2u);
}

TEST_P(PostsContract, KeepsDeletedPostsWhileTheirHourIsPinned) {
  put("p1", "a1", "one", {"t"});
  remove("p1");
  ASSERT_TRUE(store_->pin("case", now_ - kMinute));
  pass_hours(30);
  EXPECT_THAT(find("p1"), ElementsAre("one", "-"));
  ASSERT_TRUE(store_->unpin("case"));
  ASSERT_TRUE(store_->unpin("never held"));
  pass_hours(1);
  EXPECT_THAT(find("p1"), ElementsAre("-"));
}

TEST_P(PostsContract, ErasesAnAuthorEverywhere) {
  for (int i = 0; i < 60; ++i) {
    put("p" + std::to_string(i), i % 2 == 0 ? "gone" : "stays", std::to_string(i), {"t"});
    now_ += kMinute * 3;
  }
  remove("p0", "gone");
  EXPECT_EQ(*store_->erase_author("gone"), 31u);
  EXPECT_EQ(*store_->erase_author("gone"), 0u);
  EXPECT_EQ(*store_->erase_author("nobody"), 0u);
  EXPECT_THAT(find("p2"), IsEmpty());
  std::vector<StoredPost> tombstone = *store_->find("p0");
  ASSERT_EQ(tombstone.size(), 1u);
  EXPECT_EQ(tombstone[0].change, Change::Delete);
  EXPECT_EQ(tombstone[0].author, "");
  EXPECT_THAT(*store_->by_author("gone", UINT64_MAX, 100), IsEmpty());
  EXPECT_EQ(store_->by_author("stays", UINT64_MAX, 100)->size(), 30u);
  EXPECT_EQ(store_->count_target({"t"})->posts, 30u);
  std::uint64_t again = put("p2", "gone", "new life");
  EXPECT_EQ(again, store_->watermark());
  EXPECT_THAT(find("p2"), ElementsAre("new life"));
}

TEST_P(PostsContract, FlushesEverythingAppendedBefore) {
  for (int i = 0; i < 50; ++i) {
    put("p" + std::to_string(i), "a", std::string(100, 'x'));
  }
  std::mutex mutex;
  std::condition_variable came;
  std::optional<bool> ok;
  store_->flush([&](Result<void> result) {
    std::lock_guard lock(mutex);
    ok = result.has_value();
    came.notify_one();
  });
  std::unique_lock lock(mutex);
  came.wait(lock, [&] { return ok.has_value(); });
  EXPECT_TRUE(*ok);
}

TEST_P(PostsContract, TakesRecordsOfEverySize) {
  std::mt19937 random(5);
  std::map<std::string, std::string> expected;
  for (std::size_t size : {0u, 1u, 127u, 128u, 1999u, 2000u, 2001u, 8191u, 8192u, 8193u, 100000u, 2000000u}) {
    std::string json(size, '\0');
    std::generate(json.begin(), json.end(), [&] { return static_cast<char>(random()); });
    std::string id = "p" + std::to_string(size);
    put(id, "a", json, {"t"});
    expected[id] = json;
  }
  settle();
  for (const auto& [id, json] : expected) {
    EXPECT_TRUE(find(id) == std::vector<std::string>{json}) << id;
  }
  EXPECT_FALSE(store_->append(PostRecord{now_, now_, Change::New, "", "a", "x", "", nullptr}));
}

TEST_P(PostsContract, IsSafeFromManyThreads) {
  constexpr int kThreads = 4, kEach = 300;
  std::atomic<bool> go = false;
  std::atomic<int> wrong = 0;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      while (!go) {
        std::this_thread::yield();
      }
      for (int i = 0; i < kEach; ++i) {
        std::string id = std::to_string(t) + "-" + std::to_string(i);
        std::vector<std::string_view> targets = {"t"};
        PostRecord record{kStart + kMinute * (i / 20), kStart, Change::New, id, "a", id, "", &targets};
        if (!store_->append(record)) {
          ++wrong;
          continue;
        }
        Result<std::vector<StoredPost>> found = store_->find(id);
        if (!found || found->size() != 1 || found->front().json != id) {
          ++wrong;
        }
        if (i % 50 == 0) {
          (void)store_->expire(kStart + kMinute * (i / 20));
          (void)store_->by_target({"t"});
          (void)store_->erase_author("nobody");
        }
      }
    });
  }
  go = true;
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(store_->count_target({"t"})->posts, static_cast<std::uint64_t>(kThreads * kEach));
}

INSTANTIATE_TEST_SUITE_P(Stores, PostsContract, ::testing::ValuesIn(kImplementations),
                         [](const auto& info) { return std::string(info.param.name); });

/// The same random history told to both; the hour files are closed and opened now and then.
TEST(PostsAgree, OnAnyHistory) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    std::mt19937_64 random(seed);
    TestingDisk disk;
    HourPostsOptions options = small_options(disk);
    options.keep = std::chrono::hours(40);
    options.deleted_keep = std::chrono::hours(3);
    options.hash_bits = seed % 2 == 0 ? 64 : 4;
    options.run_records = 4 + random() % 20;
    options.expire_lookups = seed % 3 == 0 ? 2 : 1000;  // also in small steps
    options.expire_blocks = seed % 3 == 0 ? 1 : 1000;
    MemoryPosts memory(options.keep, options.deleted_keep);
    Result<std::unique_ptr<HourPosts>> opened = HourPosts::open(options);
    ASSERT_TRUE(opened);
    std::unique_ptr<HourPosts> files = *std::move(opened);
    std::map<std::uint64_t, std::uint64_t> to_memory;  // arrivals of one to those of the other
    Time now = kStart;
    auto name = [&](char kind, std::uint64_t n) { return std::string(1, kind) + std::to_string(random() % n); };
    auto same = [&](std::vector<StoredPost> theirs, const std::vector<StoredPost>& ours) {
      ASSERT_EQ(theirs.size(), ours.size()) << "seed " << seed;
      for (std::size_t i = 0; i < ours.size(); ++i) {
        EXPECT_EQ(to_memory[theirs[i].arrival], ours[i].arrival);
        EXPECT_EQ(theirs[i].json, ours[i].json);
        EXPECT_EQ(theirs[i].author, ours[i].author);
        EXPECT_EQ(theirs[i].change, ours[i].change);
      }
    };
    for (int step = 0; step < 1500; ++step) {
      now += Millis(random() % 200000);
      std::uint64_t what = random() % 100;
      if (what < 70) {
        std::string id = name('p', 400), author = name('a', 12), json = std::to_string(step);
        std::vector<std::string> names = {name('t', 5), name('u', 50)};
        std::vector<std::string_view> targets(names.begin(), names.end());
        Change change = what < 50 ? Change::New : what < 60 ? Change::Edit : Change::Delete;
        if (change == Change::Delete) {
          json.clear();
        }
        PostRecord record{now, now - Millis(random() % 9999999), change, id, author, json, "", &targets};
        Result<std::uint64_t> theirs = files->append(record);
        ASSERT_TRUE(theirs) << theirs.error().message;
        to_memory[*theirs] = *memory.append(record);
      } else if (what < 78) {
        std::string id = name('p', 400);
        same(*files->find(id), *memory.find(id));
      } else if (what < 84) {
        std::string author = name('a', 12);
        std::size_t limit = 1 + random() % 30;
        same(*files->by_author(author, UINT64_MAX, limit), *memory.by_author(author, UINT64_MAX, limit));
      } else if (what < 90) {
        TargetRange range{name('t', 5)};
        range.since = now - Millis(random() % 99999999);
        range.until = now - Millis(random() % 9999999);
        range.limit = 1 + random() % 100;
        Result<post::TargetSlice> theirs = files->by_target(range);
        ASSERT_TRUE(theirs) << theirs.error().message;
        Result<post::TargetSlice> ours = memory.by_target(range);
        same(theirs->posts, ours->posts);
        EXPECT_EQ(theirs->done, ours->done);
        EXPECT_EQ(files->count_target(range)->posts, memory.count_target(range)->posts);
        EXPECT_EQ(files->count_target(range)->authors, memory.count_target(range)->authors);
      } else if (what < 92) {
        std::string holder = name('h', 3);
        Time since = now - Millis(random() % 9999999);
        ASSERT_TRUE(files->pin(holder, since));
        ASSERT_TRUE(memory.pin(holder, since));
      } else if (what < 94) {
        std::string holder = name('h', 3);
        ASSERT_TRUE(files->unpin(holder));
        ASSERT_TRUE(memory.unpin(holder));
      } else if (what < 97) {
        for (int i = 0; i < 600; ++i) {
          Result<void> expired = files->expire(now);
          ASSERT_TRUE(expired) << expired.error().message;
        }
        ASSERT_TRUE(memory.expire(now));
      } else if (what < 98) {
        std::string author = name('a', 12);
        EXPECT_EQ(*files->erase_author(author), *memory.erase_author(author)) << "seed " << seed;
      } else {
        files.reset();
        if (random() % 2 == 0) {
          disk.crash(random());  // all was written when it closed, so nothing may be lost
        }
        opened = HourPosts::open(options);
        ASSERT_TRUE(opened) << opened.error().message;
        files = *std::move(opened);
        EXPECT_THAT(files->faults_at_open(), IsEmpty());
      }
    }
    for (const StoredFault& fault : files->verify()) {
      ADD_FAILURE() << fault.hour << " block " << fault.block << ": " << fault.what;
    }
  }
}

}  // namespace
}  // namespace heed::store::recent
