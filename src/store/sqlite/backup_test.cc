#include "store/sqlite/backup.h"

#include <gtest/gtest.h>

#include <random>

#include "store/sqlite/sqlite_store.h"
#include "store/writer/testing_contract.h"

namespace heed::store::testing {

using namespace heed::ledger;
using heed::ledger::testing::append_and_apply;
using heed::ledger::testing::case_number;
using heed::ledger::testing::LeaseRow;
using heed::ledger::testing::TestProjector;

class BackupTest : public ::testing::Test {
 protected:
  // The test tables whose content follows from events, and the operational one.
  std::vector<const TableDef*> tables() { return heed::ledger::testing::tables(); }
  std::unique_ptr<SqliteStore> open_store(const std::filesystem::path& folder) {
    auto store = open_sqlite_store({.folder = folder, .tables = tables()});
    EXPECT_TRUE(store) << store.error().message;
    return std::move(*store);
  }
  BackupOptions options() {
    BackupOptions o;
    o.folder = backup_.path() / "copy";
    o.signing = signing_;
    o.operational = {&LeaseRow::table()};
    o.segment_bytes = 20'000;
    o.events_a_view = 40;
    return o;
  }
  RestoreOptions restore_options(const std::filesystem::path& folder) {
    RestoreOptions o;
    o.backup = backup_.path() / "copy";
    o.folder = folder;
    o.tables = tables();
    o.projector = &projector_;
    o.public_key = std::string(reinterpret_cast<const char*>(signing_.public_key.data()), 32);
    return o;
  }
  void add(Store& store, int n) {
    for (int i = 0; i < n; ++i) {
      ++added_;
      ASSERT_TRUE(execute_and_wait(store, [&](Tx& tx) -> Result<void> {
        for (unsigned e = 0; e <= added_ % 4; ++e) {
          TRY(append_and_apply(tx, added_ % 5 == 0 ? "opened" : "noted", case_number(added_ * 7 % 11), {}, added_,
                               filler_.substr(0, added_ * 37 % 400)));
        }
        return put(tx, LeaseRow{"lease" + std::to_string(added_ % 3), added_});
      }));
    }
  }
  std::string everything(View& view) {
    std::string out = *dump(view, tables());
    EXPECT_TRUE(view.events(0, [&](const StoredEvent& e) {
      out += encode_event(e);
      return true;
    }));
    EXPECT_TRUE(view.commits(0, [&](const CommitRow& row) {
      out += encode_commit(row);
      return true;
    }));
    return out;
  }

  TempFolder data_, backup_;
  SigningKey signing_ = SigningKey::generate();
  TestProjector projector_;
  unsigned added_ = 0;
  const std::string filler_ = std::string(400, 's');
};

TEST_F(BackupTest, RestoresEverythingByteForByte) {
  auto store = open_store(data_.path());
  add(*store, 200);
  {
    auto backup = *Backup::open(*store, options());
    ASSERT_TRUE(backup->copy());
    EXPECT_EQ(backup->copied(), *(*store->view())->head());
    add(*store, 30);
    ASSERT_TRUE(backup->copy());
    ASSERT_TRUE(backup->copy()) << "nothing new";
  }
  EXPECT_GT((*list_segments(options().folder)).size(), 3u);
  std::string expected = everything(**store->view());
  ChainHead head = *(*store->view())->head();
  store.reset();
  TempFolder fresh;
  auto restored = restore(restore_options(fresh.path()));
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(*restored, head);
  auto again = open_store(fresh.path());
  EXPECT_EQ(everything(**again->view()), expected);
  add(*again, 5);
  EXPECT_TRUE((*verify_chains(**again->view(), {head})).empty());
}

TEST_F(BackupTest, GoesOnAfterARestartAndAfterACutOffWrite) {
  auto store = open_store(data_.path());
  std::mt19937_64 random(3);
  for (int round = 0; round < 12; ++round) {
    add(*store, 15);
    auto backup = Backup::open(*store, options());
    ASSERT_TRUE(backup) << backup.error().message;
    ASSERT_TRUE((*backup)->copy(round % 3 == 0));
    backup->reset();
    // As if the power had gone while the next copy was being written.
    auto last = segment_path(options().folder, (*list_segments(options().folder)).back());
    std::string bytes = *read_file(last);
    if (round % 2 == 0) {
      bytes += filler_.substr(0, random() % 300);
    } else {
      bytes = bytes.substr(0, bytes.size() - random() % (bytes.size() / 2));
    }
    ASSERT_TRUE(write_file_atomically(last, bytes));
  }
  auto backup = *Backup::open(*store, options());
  ASSERT_TRUE(backup->copy());
  backup.reset();
  TempFolder fresh;
  auto restored = restore(restore_options(fresh.path()));
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(*restored, *(*store->view())->head());
}

TEST_F(BackupTest, CopiesOnItsOwnThread) {
  auto store = open_store(data_.path());
  BackupOptions quick = options();
  quick.interval = std::chrono::milliseconds(1);
  auto backup = *Backup::open(*store, quick);
  backup->start();
  add(*store, 50);
  ChainHead head = *(*store->view())->head();
  while (backup->copied().pos < head.pos) {
    std::this_thread::yield();
  }
  add(*store, 3);
  backup.reset();  // Copies once more.
  TempFolder fresh;
  EXPECT_EQ(*restore(restore_options(fresh.path())), *(*store->view())->head());
}

TEST_F(BackupTest, RefusesAnotherLedgersFolder) {
  auto store = open_store(data_.path());
  add(*store, 10);
  ASSERT_TRUE((*Backup::open(*store, options()))->copy());
  TempFolder other;
  auto another = open_store(other.path());
  add(*another, 10);
  EXPECT_EQ(Backup::open(*another, options()).error().code, Code::Conflict);
  BackupOptions other_key = options();
  other_key.signing = SigningKey::generate();
  EXPECT_EQ(Backup::open(*store, other_key).error().code, Code::Corrupt);
}

TEST_F(BackupTest, EveryDamageIsRefusedAndNothingIsLeftBehind) {
  auto store = open_store(data_.path());
  add(*store, 110);
  ASSERT_TRUE((*Backup::open(*store, options()))->copy());
  auto folder = options().folder;
  auto segments = *list_segments(folder);
  ASSERT_GT(segments.size(), 2u);
  TempFolder fresh;
  auto refused = [&](const std::string& what, const std::string& named) {
    auto restored = restore(restore_options(fresh.path()));
    ASSERT_FALSE(restored) << what;
    EXPECT_EQ(restored.error().code, Code::Corrupt) << what;
    EXPECT_NE(restored.error().message.find(named), std::string::npos) << what << ": " << restored.error().message;
    EXPECT_FALSE(std::filesystem::exists(fresh.path() / "ledger.db"));
    EXPECT_FALSE(std::filesystem::exists(fresh.path() / "ledger.db.restoring"));
  };
  std::mt19937_64 random(1);
  for (std::uint64_t number : segments) {
    auto path = segment_path(folder, number);
    std::string name = path.filename();
    std::string sound = *read_file(path);
    for (int i = 0; i < 25; ++i) {
      std::string changed = sound;
      std::size_t at = i < 5 ? static_cast<std::size_t>(i) * 10 : random() % changed.size();
      changed[at] = static_cast<char>(changed[at] ^ (1 << random() % 8));
      ASSERT_TRUE(write_file_atomically(path, changed));
      auto restored = restore(restore_options(fresh.path()));
      EXPECT_FALSE(restored) << name << " byte " << at;
      EXPECT_NE(restored.error().message.find("segment-"), std::string::npos) << restored.error().message;
    }
    ASSERT_TRUE(write_file_atomically(path, sound.substr(0, sound.size() - 1)));
    refused("cut", name);
    ASSERT_TRUE(write_file_atomically(path, sound));
    if (number != segments.back()) {
      std::filesystem::rename(path, folder / "away");
      refused("removed", name);
      std::filesystem::rename(folder / "away", path);
    }
  }
  auto first = segment_path(folder, 1), second = segment_path(folder, 2);
  std::filesystem::rename(first, folder / "away");
  std::filesystem::rename(second, first);
  std::filesystem::rename(folder / "away", second);
  refused("swapped", "segment-0000000001");
  std::filesystem::rename(second, folder / "away");
  std::filesystem::rename(first, second);
  std::filesystem::rename(folder / "away", first);
  // The operational tables are under the manifest's signature too.
  auto operational = operational_path(folder, 1);
  std::string rows = *read_file(operational);
  rows[rows.size() / 2] = static_cast<char>(rows[rows.size() / 2] ^ 1);
  std::string sound = *read_file(operational);
  ASSERT_TRUE(write_file_atomically(operational, rows));
  refused("operational", "operational-");
  ASSERT_TRUE(write_file_atomically(operational, sound));
  // The last segment missing leaves a sound shorter ledger: only an anchor can tell.
  std::filesystem::rename(segment_path(folder, segments.back()), folder / "away");
  RestoreOptions anchored = restore_options(fresh.path());
  anchored.anchors = {*(*store->view())->head()};
  EXPECT_EQ(restore(anchored).error().code, Code::Corrupt);
  std::filesystem::rename(folder / "away", segment_path(folder, segments.back()));
  EXPECT_TRUE(restore(restore_options(fresh.path())));
  EXPECT_EQ(restore(restore_options(fresh.path())).error().code, Code::Conflict) << "there is a ledger now";
}

TEST_F(BackupTest, ACutOffEndIsRestoredOnlyWhenAllowed) {
  auto store = open_store(data_.path());
  add(*store, 40);
  auto backup = *Backup::open(*store, options());
  ASSERT_TRUE(backup->copy());
  ChainHead copied = backup->copied();
  auto last = segment_path(options().folder, (*list_segments(options().folder)).back());
  ASSERT_TRUE(write_file_atomically(last, *read_file(last) + "half a record"));
  TempFolder fresh;
  RestoreOptions o = restore_options(fresh.path());
  auto refused = restore(o);
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message.find("pos " + std::to_string(copied.pos)), std::string::npos)
      << refused.error().message;
  o.allow_cut_off_end = true;
  EXPECT_EQ(*restore(o), copied);
}

TEST_F(BackupTest, AFullDiskIsReportedAndTheNextCopyGoesOn) {
  auto store = open_store(data_.path());
  add(*store, 20);
  auto backup = *Backup::open(*store, options());
  ASSERT_TRUE(backup->copy());
  auto away = backup_.path() / "away";
  std::filesystem::rename(options().folder, away);
  { (void)write_file_atomically(options().folder, "a file where the folder should be"); }
  add(*store, 200);
  EXPECT_FALSE(backup->copy());
  EXPECT_NE(backup->last_error(), "");
  std::filesystem::remove(options().folder);
  std::filesystem::rename(away, options().folder);
  auto done = backup->copy();
  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(backup->last_error(), "");
  backup.reset();
  TempFolder fresh;
  EXPECT_EQ(*restore(restore_options(fresh.path())), *(*store->view())->head());
}

}  // namespace heed::store::testing
