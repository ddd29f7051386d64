#include "ledger/keyring.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <set>
#include <thread>

#include "base/bytes.h"
#include "base/file.h"

namespace heed::ledger {

std::string key_text(KeyRing& ring, std::uint64_t slot) { return std::string((*ring.key(slot)).reveal()); }

TEST(KeyRing, GivesEachSlotAKeyOfItsOwnAndKeepsIt) {
  TempFolder folder;
  SecretKey master = SecretKey::generate();
  std::vector<std::pair<std::uint64_t, std::string>> handed_out;
  std::set<std::string> keys;
  std::set<std::uint64_t> slots;
  for (int start = 0; start < 3; ++start) {
    auto ring = *open_key_ring(folder.path() / "keys.db", master);
    for (const auto& [slot, key] : handed_out) {
      EXPECT_EQ(key_text(*ring, slot), key);
    }
    for (int i = 0; i < 3000; ++i) {
      std::uint64_t slot = *ring->allocate();
      EXPECT_NE(slot, 0u);
      handed_out.emplace_back(slot, key_text(*ring, slot));
      EXPECT_TRUE(slots.insert(slot).second);
      EXPECT_TRUE(keys.insert(handed_out.back().second).second);
    }
  }
  EXPECT_EQ(*slots.rbegin(), 9000u) << "an orderly restart wastes none";
}

TEST(KeyRing, ACrashWastesSlotsButNeverGivesOneTwice) {
  TempFolder folder;
  SecretKey master = SecretKey::generate();
  auto crashed = *open_key_ring(folder.path() / "keys.db", master);
  std::uint64_t last = 0;
  for (int i = 0; i < 10; ++i) {
    last = *crashed->allocate();
  }
  std::string last_key = key_text(*crashed, last);
  std::filesystem::copy_file(folder.path() / "keys.db",
                             folder.path() / "copy.db");  // What the disk has at that moment.
  auto ring = *open_key_ring(folder.path() / "copy.db", master);
  EXPECT_GT(*ring->allocate(), last);
  EXPECT_EQ(key_text(*ring, last), last_key);
}

TEST(KeyRing, AnOlderCopyGoesOnAfterTheSlotsThatAreGone) {
  TempFolder folder;
  const auto path = folder.path() / "keys.db", old = folder.path() / "old.db", mark = folder.path() / "keys.mark";
  SecretKey master = SecretKey::generate();
  std::uint64_t first = 0, last = 0;
  {
    auto ring = *open_key_ring(path, master, mark);
    first = *ring->allocate();
  }
  std::filesystem::copy_file(path, old);
  {
    auto ring = *open_key_ring(path, master, mark);
    for (int i = 0; i < 5000; ++i) {
      last = *ring->allocate();
    }
  }
  auto ring = *open_key_ring(old, master, mark);
  EXPECT_GT(*ring->allocate(), last) << "those in between belong to people whose keys are not in this copy";
  EXPECT_TRUE(ring->key(first));
  EXPECT_EQ(ring->key(last).error().code, Code::NotFound);
  EXPECT_TRUE(ring->verify().empty());
  TempFolder other;
  auto stranger = *open_key_ring(other.path() / "keys.db", master, mark);
  EXPECT_EQ(*stranger->allocate(), 1u) << "the mark is of another ring";
}

TEST(KeyRing, ADestroyedKeyIsGoneFromTheFile) {
  TempFolder folder;
  auto path = folder.path() / "keys.db";
  SecretKey master = SecretKey::generate();
  std::uint64_t slot, other;
  {
    auto ring = *open_key_ring(path, master);
    slot = *ring->allocate();
    other = *ring->allocate();
    (void)ring->key(slot);
    ASSERT_TRUE(ring->destroy(slot));
    EXPECT_EQ(ring->key(slot).error().code, Code::NotFound) << "nor from memory";
    ASSERT_TRUE(ring->destroy(slot)) << "twice is fine";
    EXPECT_EQ((*read_file(path)).substr(slot * 64, 64), std::string(64, '\0'));
  }
  auto ring = *open_key_ring(path, master);
  EXPECT_EQ(ring->key(slot).error().code, Code::NotFound);
  EXPECT_TRUE(ring->key(other));
  EXPECT_TRUE(ring->verify().empty());
  EXPECT_EQ(ring->destroy(1'000'000).error().code, Code::NotFound);
}

TEST(KeyRing, NoticesAChangedByteAndSwappedSlots) {
  TempFolder folder;
  auto path = folder.path() / "keys.db";
  SecretKey master = SecretKey::generate();
  { (void)(*open_key_ring(path, master))->allocate(); }
  std::string bytes = *read_file(path);
  std::string changed = bytes;
  changed[64 * 5 + 20] = static_cast<char>(changed[64 * 5 + 20] ^ 1);
  std::swap_ranges(changed.begin() + 64 * 7, changed.begin() + 64 * 8, changed.begin() + 64 * 9);
  ASSERT_TRUE(write_file_atomically(path, changed));
  auto ring = *open_key_ring(path, master);
  EXPECT_EQ(ring->verify().size(), 3u);
  EXPECT_EQ(ring->key(5).error().code, Code::Corrupt);
}

TEST(KeyRing, RefusesTheWrongMasterKeyAndWhatIsNoRing) {
  TempFolder folder;
  auto path = folder.path() / "keys.db";
  { (void)(*open_key_ring(path, SecretKey::generate()))->allocate(); }
  EXPECT_EQ(open_key_ring(path, SecretKey::generate()).error().code, Code::Corrupt);
  ASSERT_TRUE(write_file_atomically(folder.path() / "x", std::string(200, 'x')));
  EXPECT_EQ(open_key_ring(folder.path() / "x", SecretKey::generate()).error().code, Code::Corrupt);
  ASSERT_TRUE(write_file_atomically(folder.path() / "y", ""));
  EXPECT_EQ(open_key_ring(folder.path() / "y", SecretKey::generate()).error().code, Code::Corrupt);
}

TEST(KeyRing, ServesManyThreads) {
  TempFolder folder;
  auto ring = *open_key_ring(folder.path() / "keys.db", SecretKey::generate());
  std::vector<std::vector<std::uint64_t>> taken(4);
  {
    std::vector<std::jthread> threads;
    for (auto& mine : taken) {
      threads.emplace_back([&] {
        for (int i = 0; i < 2000; ++i) {
          mine.push_back(*ring->allocate());
          EXPECT_TRUE(ring->key(mine.back()));
        }
      });
    }
  }
  std::set<std::uint64_t> all;
  for (auto& mine : taken) {
    all.insert(mine.begin(), mine.end());
  }
  EXPECT_EQ(all.size(), 8000u);
}

TEST(KeyFolder, IsMadeOnceAndThenTheSame) {
  TempFolder temp;
  auto folder = temp.path() / "keys";
  auto first = *open_key_folder(folder);
  struct stat status {};
  ASSERT_EQ(::stat(folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700u);
  ASSERT_EQ(::stat((folder / "master").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  auto second = *open_key_folder(folder);
  EXPECT_EQ(first.master.reveal(), second.master.reveal());
  EXPECT_EQ(first.secrets.person_hash, second.secrets.person_hash);
  EXPECT_EQ(first.secrets.token, second.secrets.token);
  EXPECT_EQ(first.secrets.signing.public_key, second.secrets.signing.public_key);
  EXPECT_NE(first.secrets.alias, first.secrets.token);
}

TEST(KeyFolder, TakesAMasterKeyFromElsewhere) {
  TempFolder temp;
  auto master = temp.path() / "elsewhere";
  ASSERT_TRUE(write_file_atomically(master, to_hex(SecretKey::generate().reveal()) + "\n"));
  auto first = *open_key_folder(temp.path() / "keys", master);
  EXPECT_FALSE(std::filesystem::exists(temp.path() / "keys" / "master"));
  EXPECT_TRUE(open_key_folder(temp.path() / "keys", master));
  EXPECT_FALSE(open_key_folder(temp.path() / "keys")) << "must not make another master key beside existing secrets";
  ASSERT_TRUE(write_file_atomically(master, to_hex(SecretKey::generate().reveal())));
  EXPECT_EQ(open_key_folder(temp.path() / "keys", master).error().code, Code::Corrupt);
  ASSERT_TRUE(write_file_atomically(master, "short"));
  EXPECT_EQ(open_key_folder(temp.path() / "keys", master).error().code, Code::InvalidInput);
}

}  // namespace heed::ledger
