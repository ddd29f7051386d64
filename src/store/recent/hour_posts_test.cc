// What the hour files promise beyond the contract: crashes, damage, full disks, keys, copies.
#include "store/recent/hour_posts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

#include "base/log.h"
#include "store/recent/testing_disk.h"

namespace heed::store::recent {
namespace {

using post::PostRecord;
using post::StoredPost;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Change = StoredPost::Change;

const Time kStart = *parse_time("2026-11-21T18:00:00.000Z");
constexpr Millis kHour = std::chrono::hours(1);

HourPostsOptions small(TestingDisk& disk) {
  crypto_init();
  static const bool quiet = (log::set_level(log::Level::Error), true);
  (void)quiet;
  HourPostsOptions options;
  options.data_folder = "/data";
  options.keys_folder = "/keys";
  options.kek = *SecretKey::from_view(std::string(32, 'k'));
  options.disk = &disk;
  options.threads = false;
  options.block_bytes = 1500;
  options.run_records = 32;
  options.cache_bytes = 0;
  options.filter_bytes = 0;
  return options;
}

std::unique_ptr<HourPosts> open(const HourPostsOptions& options) {
  Result<std::unique_ptr<HourPosts>> store = HourPosts::open(options);
  if (!store) {
    ADD_FAILURE() << store.error().message;
    return nullptr;
  }
  return *std::move(store);
}

Result<std::uint64_t> put(HourPosts& store, Time at, const std::string& id, const std::string& author,
                          const std::string& json, Change change = Change::New) {
  std::vector<std::string_view> targets = {"target"};
  return store.append(PostRecord{at, at, change, id, author, json, "", &targets});
}

/// Three hours of posts p0…, by ten authors, all closed.
void fill(HourPosts& store, int n = 150) {
  for (int i = 0; i < n; ++i) {
    ASSERT_TRUE(put(store, kStart + kHour * 3 * i / n, "p" + std::to_string(i), "author" + std::to_string(i % 10),
                    "secret text " + std::to_string(i)));
  }
  ASSERT_TRUE(store.expire(kStart + kHour * 3));
  ASSERT_TRUE(store.settle());
}

std::vector<std::string> everything(TestingDisk& disk, const std::string& folder) {
  std::vector<std::string> out;
  for (const std::string& path : disk.files(folder)) {
    out.push_back(disk.bytes(path));
  }
  return out;
}

TEST(FlushWait, WritesWhatIsFullOrOldOrAskedFor) {
  const Millis after(100);
  EXPECT_EQ(flush_wait({}, after), std::nullopt);
  EXPECT_EQ(flush_wait({.any = true, .age = Millis(0)}, after), Millis(100));
  EXPECT_EQ(flush_wait({.any = true, .age = Millis(99)}, after), Millis(1));
  EXPECT_EQ(flush_wait({.any = true, .age = Millis(100)}, after), Millis(0));
  EXPECT_EQ(flush_wait({.any = true, .full = true}, after), Millis(0));
  EXPECT_EQ(flush_wait({.any = true, .asked = true}, after), Millis(0));
  EXPECT_EQ(flush_wait({.any = true, .full = true, .since_failure = Millis(40)}, after), Millis(60));
  EXPECT_EQ(flush_wait({.any = true, .since_failure = Millis(100)}, after), Millis(0));
}

TEST(HourPosts, LoseNothingFlushedWhereverTheMachineDies) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    std::mt19937_64 random(seed);
    TestingDisk disk;
    HourPostsOptions options = small(disk);
    std::map<std::string, std::string> given, flushed;  // by id
    std::set<std::string> erased;
    std::uint64_t watermark = 0;
    Time now = kStart;
    for (int life = 0; life < 3; ++life) {
      Result<std::unique_ptr<HourPosts>> opened = HourPosts::open(options);
      if (!opened && disk.dead()) {
        disk.crash(random());
        continue;
      }
      ASSERT_TRUE(opened) << "seed " << seed << ": " << opened.error().message;
      HourPosts& store = **opened;
      for (const auto& [id, json] : flushed) {
        Result<std::vector<StoredPost>> found = store.find(id);
        ASSERT_TRUE(found) << "seed " << seed << ": " << found.error().message;
        ASSERT_THAT(*found, SizeIs(1)) << "seed " << seed << " lost " << id;
        EXPECT_EQ(found->front().json, json);
      }
      for (auto it = given.begin(); it != given.end();) {
        Result<std::vector<StoredPost>> found = store.find(it->first);
        ASSERT_TRUE(found) << "seed " << seed << ": " << found.error().message;
        EXPECT_TRUE(found->empty() || (found->size() == 1 && found->front().json == it->second)) << "seed " << seed;
        it = found->empty() ? given.erase(it) : std::next(it);
      }
      EXPECT_EQ(store.by_target({.target = "target", .limit = 10000})->posts.size(), given.size()) << "seed " << seed;
      for (const StoredFault& fault : store.verify()) {
        ADD_FAILURE() << "seed " << seed << " " << fault.hour << " block " << fault.block << ": " << fault.what;
      }
      EXPECT_GE(store.watermark(), watermark) << "seed " << seed;
      disk.die_after(1 + random() % 400);
      for (int i = 0; i < 120; ++i) {
        now += Millis(random() % 120000);
        std::string id = std::to_string(life) + "-" + std::to_string(i);
        std::string author = "a" + std::to_string(random() % 8);
        std::string json(random() % 400, static_cast<char>('a' + i % 26));
        json += "|" + author;
        Result<std::uint64_t> arrival = put(store, now, id, author, json);
        if (!arrival) {
          break;
        }
        EXPECT_GT(*arrival, watermark);
        watermark = *arrival;
        given[id] = json;
        std::uint64_t what = random() % 40;
        if (what < 6) {
          bool ok = false;
          store.flush([&](Result<void> result) { ok = result.has_value(); });
          if (ok) {
            flushed = given;
          }
        } else if (what == 7) {
          std::string who = "a" + std::to_string(random() % 8);
          bool done = store.erase_author(who).has_value();
          // Interrupted, it may have taken some of them.
          auto by_who = [&](const auto& entry) { return entry.second.ends_with("|" + who); };
          std::erase_if(flushed, by_who);
          if (done) {
            std::erase_if(given, by_who);
          }
        } else if (what == 8) {
          (void)store.expire(now);
        }
      }
      opened->reset();  // its last writes fail too, when the machine is dead
      disk.crash(random());
    }
  }
}

TEST(HourPosts, TellsOfAnyFlippedByteAndNeverAnswersWrongly) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  fill(*open(options));
  std::map<std::string, std::string> sound;
  for (const std::string& path : disk.files("/")) {
    sound[path] = disk.bytes(path);
  }
  std::mt19937_64 random(11);
  for (const auto& [path, bytes] : sound) {
    for (int trial = 0; trial < 25; ++trial) {
      std::size_t at = random() % bytes.size();
      disk.bytes(path)[at] = static_cast<char>(bytes[at] ^ (1 << (random() % 8)));
      bool told = false;
      if (Result<std::unique_ptr<HourPosts>> opened = HourPosts::open(options)) {
        HourPosts& store = **opened;
        told = !store.verify().empty() || !store.faults_at_open().empty();
        bool lost_by_open = !store.faults_at_open().empty();
        for (int i = 0; i < 150; ++i) {
          Result<std::vector<StoredPost>> found = store.find("p" + std::to_string(i));
          if (found && !(lost_by_open && found->empty())) {
            ASSERT_THAT(*found, SizeIs(1)) << path << " byte " << at << " post " << i;
            EXPECT_EQ(found->front().json, "secret text " + std::to_string(i));
          }
        }
        post::TargetRange range{"target"};
        range.limit = 1000;
        Result<post::TargetSlice> slice = store.by_target(range);
        EXPECT_TRUE(!slice || slice->posts.size() == 150 || lost_by_open) << path << " byte " << at;
      } else {
        told = true;
      }
      bool unused_key = path.starts_with("/keys") && at >= 64 + 72 * 3;  // reserved and not used
      EXPECT_TRUE(told || unused_key) << path << " byte " << at;
      for (const std::string& name : disk.files("/")) {
        if (!sound.contains(name)) {
          ASSERT_TRUE(disk.remove(name));
        }
      }
      for (const auto& [name, original] : sound) {
        if (!disk.exists(name)) {
          ASSERT_TRUE(disk.open(name, Disk::Open::Create));
        }
        disk.bytes(name) = original;
      }
    }
  }
}

TEST(HourPosts, KeepNothingReadableOutsideTheSeals) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  fill(*open(options));
  for (const std::string& bytes : everything(disk, "/")) {
    EXPECT_THAT(bytes, ::testing::Not(HasSubstr("secret")));
    EXPECT_THAT(bytes, ::testing::Not(HasSubstr("author")));
    EXPECT_THAT(bytes, ::testing::Not(HasSubstr("target")));
  }
}

TEST(HourPosts, RefuseWhenTheDiskIsFullAndGoOnWhenItIsNot) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  std::unique_ptr<HourPosts> store = open(options);
  std::vector<std::string> accepted;
  auto put_some = [&](int n, const std::string& prefix) {
    int refused = 0;
    for (int i = 0; i < n; ++i) {
      std::string id = prefix + std::to_string(i);
      Result<std::uint64_t> arrival = put(*store, kStart + Millis(i), id, "a", std::string(300, 'x') + id);
      if (arrival) {
        accepted.push_back(id);
      } else {
        EXPECT_EQ(arrival.error().code, Code::Unavailable);
        ++refused;
      }
    }
    return refused;
  };
  EXPECT_EQ(put_some(50, "before"), 0);
  disk.set_capacity(disk.used() + 5000);
  EXPECT_GT(put_some(100, "while"), 50);
  bool told = false;
  store->flush([&](Result<void> result) { told = !result && result.error().code == Code::Unavailable; });
  EXPECT_TRUE(told);
  for (const std::string& id : accepted) {
    EXPECT_THAT(*store->find(id), SizeIs(1));
  }
  disk.set_capacity(UINT64_MAX);
  EXPECT_EQ(put_some(50, "after"), 0);
  EXPECT_TRUE(store->settle());
  store.reset();
  disk.crash(3);
  store = open(options);
  for (const std::string& id : accepted) {
    EXPECT_THAT(*store->find(id), SizeIs(1)) << id;
  }
  EXPECT_THAT(store->verify(), IsEmpty());
}

TEST(HourPosts, RefuseWhenTheBufferIsFull) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  options.block_bytes = 1 << 20;
  options.buffer_bytes = 20000;
  std::unique_ptr<HourPosts> store = open(options);
  options.run_records = 1000;
  int accepted = 0;
  while (put(*store, kStart, "p" + std::to_string(accepted), "a", std::string(1000, 'x'))) {
    ASSERT_LT(++accepted, 100);
  }
  EXPECT_GT(accepted, 10);
  ASSERT_TRUE(store->settle());
  EXPECT_TRUE(put(*store, kStart, "more", "a", std::string(1000, 'x')));
}

TEST(HourPosts, MakeErasedPostsUnreadableInOlderCopiesToo) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  std::unique_ptr<HourPosts> store = open(options);
  fill(*store);
  ASSERT_TRUE(store->copy_new("/backup"));
  EXPECT_EQ(*store->erase_author("author3"), 15u);
  EXPECT_THAT(store->verify(), IsEmpty());
  store.reset();
  options.data_folder = "/backup";
  store = open(options);
  for (int i = 0; i < 150; ++i) {
    Result<std::vector<StoredPost>> found = store->find("p" + std::to_string(i));
    if (i % 10 == 3) {
      EXPECT_TRUE(!found || found->empty()) << i;
    }
  }
  EXPECT_THAT(store->verify(), ::testing::Not(IsEmpty()));  // the old blocks' keys are gone
}

TEST(HourPosts, MakeForgottenHoursUnreadableInOlderCopiesToo) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  std::unique_ptr<HourPosts> store = open(options);
  fill(*store);
  ASSERT_TRUE(store->copy_new("/backup"));
  ASSERT_TRUE(store->expire(kStart + std::chrono::days(14) + kHour * 2));
  EXPECT_THAT(disk.files("/keys/posts/"), SizeIs(1));
  EXPECT_THAT(disk.files("2026-11-21T18"), SizeIs(disk.files("/backup/posts/2026-11-21T18").size()));
  store.reset();
  HourPostsOptions from_backup = options;
  from_backup.data_folder = "/backup";
  store = open(from_backup);
  EXPECT_THAT(store->faults_at_open(), SizeIs(2));
  EXPECT_THAT(*store->find("p0"), IsEmpty());
  EXPECT_THAT(*store->find("p149"), SizeIs(1));
  store.reset();
  // The next copy takes them out of the backup as well.
  store = open(options);
  ASSERT_TRUE(store->copy_new("/backup"));
  EXPECT_THAT(disk.files("/backup/posts/2026-11-21T18"), IsEmpty());
}

TEST(HourPosts, CopyOnlyWhatIsNewAndRestoreByPuttingItBack) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  std::unique_ptr<HourPosts> store = open(options);
  fill(*store);
  BackupState first = *store->copy_new("/backup");
  EXPECT_EQ(first.hours, 3u);
  EXPECT_GT(first.bytes_copied, 20000u);
  BackupState nothing = *store->copy_new("/backup");
  EXPECT_EQ(nothing.bytes_copied, 0u);
  EXPECT_EQ(nothing.files_copied, 0u);
  ASSERT_TRUE(put(*store, kStart + kHour * 4, "late", "author1", "secret text late"));
  EXPECT_EQ(*store->erase_author("author5"), 15u);
  BackupState second = *store->copy_new("/backup");
  EXPECT_GT(second.bytes_copied, 0u);
  EXPECT_LT(second.bytes_copied, first.bytes_copied * 2);
  EXPECT_EQ(second.newest_arrival, store->watermark());
  ASSERT_TRUE(store->pin("case", kStart));
  ASSERT_TRUE(store->copy_new("/backup"));
  store.reset();
  options.data_folder = "/backup";
  store = open(options);
  EXPECT_THAT(store->faults_at_open(), IsEmpty());
  EXPECT_THAT(store->verify(), IsEmpty());
  for (int i = 0; i < 150; ++i) {
    EXPECT_THAT(*store->find("p" + std::to_string(i)), SizeIs(i % 10 == 5 ? 0 : 1)) << i;
  }
  EXPECT_THAT(*store->find("late"), SizeIs(1));
}

TEST(HourPosts, FinishACopyThatWasInterrupted) {
  for (std::uint64_t seed = 1; seed < 40; ++seed) {
    TestingDisk disk;
    HourPostsOptions options = small(disk);
    std::unique_ptr<HourPosts> store = open(options);
    fill(*store, 60);
    disk.die_after(seed);
    (void)store->copy_new("/backup");
    store.reset();
    disk.crash(seed);
    store = open(options);
    ASSERT_TRUE(store->copy_new("/backup"));
    store.reset();
    options.data_folder = "/backup";
    store = open(options);
    EXPECT_THAT(store->verify(), IsEmpty()) << seed;
    EXPECT_THAT(*store->find("p7"), SizeIs(1)) << seed;
  }
}

TEST(HourPosts, AreNotOpenedWithAnotherKey) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  fill(*open(options));
  options.kek = *SecretKey::from_view(std::string(32, 'x'));
  Result<std::unique_ptr<HourPosts>> store = HourPosts::open(options);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::Corrupt);
  EXPECT_THAT(store.error().message, HasSubstr("key-encryption key"));
}

TEST(HourPosts, LeaveAnHourAloneWhoseKeysAreMissing) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  fill(*open(options));
  std::string log = disk.bytes("/data/posts/2026-11-21T20/log");
  std::string keys = disk.bytes("/keys/posts/2026-11-21T20");
  ASSERT_TRUE(disk.remove("/keys/posts/2026-11-21T20"));
  {
    std::unique_ptr<HourPosts> store = open(options);
    EXPECT_THAT(store->faults_at_open(), SizeIs(1));
    EXPECT_THAT(*store->find("p0"), SizeIs(1));
    // Posts that still come in that hour go to the next one's files.
    ASSERT_TRUE(put(*store, kStart + kHour * 2, "new", "a", "text"));
    ASSERT_TRUE(store->settle());
  }
  EXPECT_EQ(disk.bytes("/data/posts/2026-11-21T20/log"), log);
  ASSERT_TRUE(disk.open("/keys/posts/2026-11-21T20", Disk::Open::Create));
  disk.bytes("/keys/posts/2026-11-21T20") = keys;
  std::unique_ptr<HourPosts> store = open(options);
  EXPECT_THAT(store->faults_at_open(), IsEmpty());
  EXPECT_THAT(*store->find("p149"), SizeIs(1));
  EXPECT_THAT(*store->find("new"), SizeIs(1));
}

TEST(HourPosts, FinishForgettingAfterACrash) {
  for (std::uint64_t n = 1; n < 60; ++n) {
    TestingDisk disk;
    HourPostsOptions options = small(disk);
    std::unique_ptr<HourPosts> store = open(options);
    fill(*store, 60);
    disk.die_after(n);
    const Time later = kStart + std::chrono::days(14) + kHour * 2;
    (void)store->expire(later);
    store.reset();
    disk.crash(n);
    store = open(options);
    ASSERT_NE(store, nullptr) << n;
    ASSERT_TRUE(store->expire(later)) << n;
    EXPECT_THAT(store->verify(), IsEmpty()) << n;
    EXPECT_THAT(*store->find("p0"), IsEmpty()) << n;
    EXPECT_THAT(*store->find("p59"), SizeIs(1)) << n;
    EXPECT_THAT(disk.files("/keys/posts/"), SizeIs(1)) << n;
  }
}

TEST(HourPosts, RebuildRunsThatWereLost) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  fill(*open(options));
  for (const std::string& path : disk.files("/run-")) {
    ASSERT_TRUE(disk.remove(path));
  }
  for (const std::string& path : disk.files("/blocks")) {
    ASSERT_TRUE(disk.remove(path));
  }
  std::unique_ptr<HourPosts> store = open(options);
  for (int i = 0; i < 150; ++i) {
    EXPECT_THAT(*store->find("p" + std::to_string(i)), SizeIs(1));
  }
  EXPECT_THAT(disk.files("/run-"), SizeIs(::testing::Ge(2u)));
}

TEST(HourPosts, ForgetNothingWhileTheListOfPinsIsDamaged) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  {
    std::unique_ptr<HourPosts> store = open(options);
    fill(*store);
    ASSERT_TRUE(store->pin("case", kStart));
  }
  disk.bytes("/data/posts/keep")[12] ^= 1;
  for (int life = 0; life < 2; ++life) {
    std::unique_ptr<HourPosts> store = open(options);
    ASSERT_TRUE(store->pin("other", kStart + kHour * 100));  // writes the file anew
    ASSERT_TRUE(store->expire(kStart + std::chrono::days(100)));
    EXPECT_THAT(*store->find("p0"), SizeIs(1));
  }
}

TEST(HourPosts, AreNotOpenedByAnOlderRelease) {
  TestingDisk disk;
  HourPostsOptions options = small(disk);
  fill(*open(options));
  disk.bytes("/data/posts/2026-11-21T18/log")[8] = 9;
  Result<std::unique_ptr<HourPosts>> store = HourPosts::open(options);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::Conflict);
}

}  // namespace
}  // namespace heed::store::recent
