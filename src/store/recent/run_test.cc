#include "store/recent/run.h"

#include <gtest/gtest.h>

#include <random>

#include "store/recent/testing_disk.h"

namespace heed::store::recent {
namespace {

using RunPtr = std::shared_ptr<recent::Run>;  // Test::Run hides it inside a test

class Runs : public ::testing::TestWithParam<std::size_t> {};

TEST_P(Runs, FindWhatTheMemoryIndexFinds) {
  std::mt19937_64 random(GetParam());
  TestingDisk disk;
  MemIndex index(1);
  std::vector<std::uint64_t> hashes;
  for (std::size_t i = 0; i < GetParam(); ++i) {
    index.note_record(1 + i);
    std::uint64_t hash = i % 3 == 0 && !hashes.empty() ? hashes[random() % hashes.size()] : random();
    hash = i % 50 == 0 ? UINT64_MAX : i % 51 == 0 ? 0 : hash;
    hashes.push_back(hash);
    for (KeyKind kind : {KeyKind::Id, KeyKind::Target}) {
      index.add(kind, {hash, static_cast<std::uint32_t>(i), static_cast<std::int64_t>(random() % 1000)});
    }
  }
  ASSERT_TRUE(write_run(disk, "/f/" + run_name(1, GetParam()), index));
  for (std::int64_t budget : {0, 1 << 24}) {
    Result<RunPtr> run =
        recent::Run::open(disk, "/f/" + run_name(1, GetParam()), std::make_shared<std::atomic<std::int64_t>>(budget));
    ASSERT_TRUE(run) << run.error().message;
    EXPECT_TRUE((*run)->verify().empty());
    for (int trial = 0; trial < 2000; ++trial) {
      EntryRange range;
      range.hash = hashes.empty() || random() % 4 == 0 ? random() : hashes[random() % hashes.size()];
      if (random() % 2 == 0) {
        range.from = static_cast<std::uint32_t>(random() % (GetParam() + 1));
        range.to = static_cast<std::uint32_t>(random() % (GetParam() + 1));
        range.created_from = static_cast<std::int64_t>(random() % 1000);
        range.created_until = static_cast<std::int64_t>(random() % 1000);
        range.limit = random() % 20;
      }
      for (bool newest : {false, true}) {
        for (KeyKind kind : {KeyKind::Id, KeyKind::Target, KeyKind::Author}) {
          std::vector<Entry> ours, theirs;
          index.collect(kind, range, newest, ours);
          ASSERT_TRUE((*run)->collect(kind, range, newest, theirs));
          ASSERT_EQ(ours.size(), theirs.size());
          for (std::size_t i = 0; i < ours.size(); ++i) {
            EXPECT_EQ(ours[i].rel, theirs[i].rel);
            EXPECT_EQ(ours[i].hash, theirs[i].hash);
          }
        }
      }
    }
  }
}
INSTANTIATE_TEST_SUITE_P(Sizes, Runs, ::testing::Values(0, 1, 2, 203, 204, 205, 341, 342, 5000, 130000));

TEST(MergedRuns, HoldAllEntriesInOrder) {
  std::mt19937_64 random(3);
  TestingDisk disk;
  MemIndex whole(1);
  std::vector<RunPtr> runs;
  std::uint32_t rel = 0;
  std::vector<std::uint64_t> hashes;
  for (int part = 0; part < 5; ++part) {
    MemIndex index(1 + rel);
    for (int i = 0; i < 3000; ++i, ++rel) {
      index.note_record(1 + rel);
      hashes.push_back(random() % 2000);
      index.add(KeyKind::Author, {hashes.back(), rel, 0});
      whole.add(KeyKind::Author, {hashes.back(), rel, 0});
    }
    std::string path = "/f/part" + std::to_string(part);
    ASSERT_TRUE(write_run(disk, path, index));
    runs.push_back(*recent::Run::open(disk, path, nullptr));
  }
  ASSERT_TRUE(merge_runs(disk, "/f/merged", runs));
  RunPtr merged = *recent::Run::open(disk, "/f/merged", nullptr);
  EXPECT_TRUE(merged->verify().empty());
  EXPECT_EQ(merged->records(), 15000u);
  EXPECT_EQ(merged->cover_first(), 1u);
  EXPECT_EQ(merged->cover_last(), 15000u);
  std::vector<Entry> ours = whole.sorted(KeyKind::Author), theirs;
  ASSERT_TRUE(merged->read_entries(KeyKind::Author, 0, SIZE_MAX >> 1, theirs));
  ASSERT_EQ(ours.size(), theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    ASSERT_TRUE(ours[i].hash == theirs[i].hash && ours[i].rel == theirs[i].rel) << i;
  }
}

}  // namespace
}  // namespace heed::store::recent
