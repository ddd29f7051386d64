// What was acknowledged survives: power cuts at every kind of moment, a full disk, a disk that cannot flush.
#include <gtest/gtest.h>

#include <mutex>
#include <random>

#include "base/file.h"
#include "base/json.h"
#include "store/memory/memory_store.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/testing_vfs.h"
#include "store/writer/testing_contract.h"

namespace heed::store::testing {

using namespace heed::ledger;
using heed::ledger::testing::append_and_apply;
using heed::ledger::testing::case_number;
using heed::ledger::testing::TestProjector;

/// Submits `commands` commands and gives for each what `done` said.
std::vector<bool> submit(Store& store, std::int64_t first, std::int64_t commands, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<bool> acknowledged(static_cast<std::size_t>(commands));
  std::mutex mutex;
  std::condition_variable changed;
  std::int64_t left = commands;
  for (std::int64_t i = 0; i < commands; ++i) {
    std::string body(random() % 3 == 0 ? 6000 : 200, 'b');
    store.execute(
        static_cast<Priority>(random() % 4),
        [i, first, body](Tx& tx) -> Result<void> {
          TRY(append_and_apply(tx, "noted", case_number(static_cast<std::uint64_t>(i % 5)), {}, first + i, body));
          TRY(put(tx, NumberRow{first + i, std::to_string(i)}));
          return i % 7 == 6 ? fail(Code::Denied, "") : Result<void>();
        },
        [&, i](Result<Committed> result) {
          std::lock_guard lock(mutex);
          acknowledged[static_cast<std::size_t>(i)] = result.has_value();
          --left;
          changed.notify_all();
        });
    if (random() % 4 == 0) {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return left <= commands - i; });
    }
  }
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return left == 0; });
  return acknowledged;
}

/// Everything that was acknowledged is there exactly once, everything else whole or not at all; chains and replay
/// are in order.
void check(Store& store, std::int64_t first, const std::vector<bool>& acknowledged, bool refused_is_absent) {
  auto view = *store.view();
  std::map<std::int64_t, int> events;
  JsonParser parser;
  ASSERT_TRUE(
      view->events(0, [&](const StoredEvent& e) { return ++events[(*parser.parse(e.header)).get_int("weight")] > 0; }));
  for (std::size_t i = 0; i < acknowledged.size(); ++i) {
    std::int64_t id = first + static_cast<std::int64_t>(i);
    bool row = (*get<NumberRow>(*view, id)).has_value();
    EXPECT_EQ(events[id], row ? 1 : 0) << "command " << id;
    if (acknowledged[i]) {
      EXPECT_TRUE(row) << "command " << id << " was acknowledged and is lost";
    } else if (refused_is_absent || i % 7 == 6) {
      EXPECT_FALSE(row) << "command " << id << " was refused and is there";
    }
  }
  auto faults = *verify_chains(*view);
  for (const Fault& fault : faults) {
    ADD_FAILURE() << fault.pos << ": " << fault.what;
  }
  auto copy = open_memory_store(contract_tables());
  TestProjector projector;
  EXPECT_EQ(*compare_replay(*view, *copy, projector), "");
}

SqliteOptions options_for(const std::filesystem::path& folder, const std::string& vfs = {}) {
  SqliteOptions options{.folder = folder, .tables = contract_tables()};
  options.vfs = vfs;
  options.checkpoints = {.soft_bytes = 60'000, .hard_bytes = 120'000};
  options.limits.group_max = 8;
  options.gather = 6;
  return options;
}

TEST(SqliteStoreCrash, EveryAcknowledgedCommandSurvivesAPowerCut) {
  std::uint64_t operations = 0;
  {
    TestingDisk disk;
    TempFolder folder;
    { (void)submit(**open_sqlite_store(options_for(folder.path(), disk.name())), 0, 60, 1); }
    operations = disk.operations();
  }
  ASSERT_GT(operations, 100u);
  int cut = 0, lost_some = 0;
  // Groups form by timing, so some runs end before their cut, and some cuts fall after all work: go on until more than
  // two hundred were cut, more than a hundred of them in the middle.
  for (std::uint64_t seed = 1; (cut <= 200 || lost_some <= 100) && seed <= 600; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    TestingDisk disk;
    TempFolder folder, recovered;
    disk.cut_power_at(1 + random() % operations);
    std::vector<bool> acknowledged(60, false);
    if (auto store = open_sqlite_store(options_for(folder.path(), disk.name()))) {
      acknowledged = submit(**store, 0, 60, seed);
    }
    cut += disk.power_is_off() ? 1 : 0;
    lost_some += std::count(acknowledged.begin(), acknowledged.end(), true) < 50 ? 1 : 0;
    disk.recover_into(recovered.path(), seed);
    auto store = open_sqlite_store(options_for(recovered.path()));
    ASSERT_TRUE(store) << store.error().message;
    check(**store, 0, acknowledged, /*refused_is_absent=*/false);
    EXPECT_TRUE((*(*store)->integrity_check()).empty());
    // And it goes on from there.
    auto more = submit(**store, 1000, 10, seed);
    check(**store, 1000, more, /*refused_is_absent=*/true);
    if (HasFailure()) {
      return;
    }
  }
  EXPECT_GT(cut, 200);
  EXPECT_GT(lost_some, 100);
}

TEST(SqliteStoreCrash, AFullDiskRefusesAndLaterWorksAgain) {
  TestingDisk disk;
  TempFolder folder;
  auto store = *open_sqlite_store(options_for(folder.path(), disk.name()));
  check(*store, 0, submit(*store, 0, 20, 1), true);
  auto head = *(*store->view())->head();
  disk.set_file_bytes_max(1);
  auto refused = submit(*store, 100, 20, 2);
  EXPECT_EQ(std::count(refused.begin(), refused.end(), true), 0);
  auto error = execute_and_wait(*store, [](Tx& tx) { return put(tx, NumberRow{5000, "x"}); });
  EXPECT_EQ(error.error().code, Code::Unavailable);
  EXPECT_EQ(*(*store->view())->head(), head) << "reading goes on, nothing was stored";
  check(*store, 100, refused, true);
  disk.set_file_bytes_max(0);
  auto again = submit(*store, 200, 20, 3);
  EXPECT_GT(std::count(again.begin(), again.end(), true), 15);
  check(*store, 200, again, true);
  store.reset();
  check(**open_sqlite_store(options_for(folder.path())), 200, again, true);
}

TEST(SqliteStoreCrash, AFailedFlushRefusesTheGroupAndNoCrashBringsItBack) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    TestingDisk disk;
    TempFolder folder, recovered;
    auto store = *open_sqlite_store(options_for(folder.path(), disk.name()));
    auto kept = submit(*store, 0, 15, seed);
    disk.fail_flushes(UINT64_MAX);
    auto refused = submit(*store, 100, 10, seed);
    EXPECT_EQ(std::count(refused.begin(), refused.end(), true), 0);
    disk.fail_flushes(0);
    // The first command that is acknowledged again settles it.
    auto again = submit(*store, 200, 1, seed);
    EXPECT_TRUE(again[0]);
    disk.cut_power_at(1);
    store.reset();
    disk.recover_into(recovered.path(), seed);
    auto after = open_sqlite_store(options_for(recovered.path()));
    ASSERT_TRUE(after) << after.error().message;
    check(**after, 0, kept, true);
    check(**after, 100, refused, true);
    check(**after, 200, again, true);
    if (HasFailure()) {
      return;
    }
  }
}

TEST(SqliteStoreCrash, OneFailedFlushIsBuriedAtOnce) {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    TestingDisk disk;
    TempFolder folder, recovered;
    SqliteOptions options = options_for(folder.path(), disk.name());
    options.checkpoints = {};  // So that the flush which fails is the commit's.
    auto store = *open_sqlite_store(options);
    auto kept = submit(*store, 0, 5, seed);
    disk.fail_flushes(1);
    auto refused = submit(*store, 100, 1, seed);
    EXPECT_FALSE(refused[0]);
    disk.cut_power_at(1);
    store.reset();
    disk.recover_into(recovered.path(), seed);
    auto after = open_sqlite_store(options_for(recovered.path()));
    ASSERT_TRUE(after) << after.error().message;
    check(**after, 0, kept, true);
    check(**after, 100, refused, true);
    if (HasFailure()) {
      return;
    }
  }
}

}  // namespace heed::store::testing
