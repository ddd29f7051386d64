#include "store/directory/accounts.h"

#include <algorithm>
#include <random>
#include <set>

#include "access/alias.h"
#include "store/directory/directory_store.h"
#include "store/directory/testing_stores.h"

namespace heed::store {
namespace {

using access::PersonHash;

class AccountsTest : public BothStores {
 protected:
  PersonHash person(std::string_view account) const { return hasher.account(account); }
  Accounts accounts() { return Accounts(*store, *keys, clock); }
  Result<void> put(std::string_view account, std::string json) {
    Accounts a = accounts();
    return wait_for<void>([&](auto done) { a.put(person(account), std::move(json), done); });
  }
  Result<void> erase(std::string_view account) {
    Accounts a = accounts();
    return wait_for<void>([&](auto done) { a.erase(person(account), done); });
  }
  Result<void> relate(std::vector<RelationChange> changes) {
    Accounts a = accounts();
    return wait_for<void>([&](auto done) { a.put_relations(std::move(changes), done); });
  }
  std::optional<std::string> get(std::string_view account) { return accounts().get(person(account)).value(); }
  bool has(std::string_view from, std::string_view to, RelationKind kind) {
    return accounts().has(person(from), person(to), kind).value();
  }
  AccountRow row(std::string_view account) {
    auto view = store->view().value();
    return ledger::get<AccountRow>(*view, person(account)).value().value_or(AccountRow{});
  }

  access::Hasher hasher{sha256("persons"), sha256("items")};
  std::unique_ptr<ledger::KeyRing> keys = ledger::memory_key_ring();
};

TEST_P(AccountsTest, ProfilesComeBackAndAreReplaced) {
  EXPECT_EQ(get("a1"), std::nullopt);
  ASSERT_TRUE(put("a1", R"({"id":"a1","handle":"ann"})"));
  ASSERT_TRUE(put("a2", ""));
  EXPECT_EQ(get("a1"), R"({"id":"a1","handle":"ann"})");
  EXPECT_EQ(get("a2"), "");
  std::uint64_t slot = row("a1").slot;
  ASSERT_TRUE(put("a1", "{}"));
  EXPECT_EQ(get("a1"), "{}");
  EXPECT_EQ(row("a1").slot, slot) << "one person, one key";
  EXPECT_NE(row("a2").slot, slot);
}

TEST_P(AccountsTest, NothingReadableIsStored) {
  ASSERT_TRUE(put("account-4711", R"({"handle":"unmistakable"})"));
  AccountRow r = row("account-4711");
  EXPECT_EQ(r.sealed.find("unmistakable"), std::string::npos);
  if (keeps_data()) {
    store.reset();
    for (const auto& file : std::filesystem::directory_iterator(folder.path())) {
      std::string bytes = read_file(file.path()).value();
      EXPECT_EQ(bytes.find("unmistakable"), std::string::npos) << file.path();
      EXPECT_EQ(bytes.find("account-4711"), std::string::npos) << file.path();
    }
  }
}

TEST_P(AccountsTest, ErasingDestroysTheKeySoThatNoCopyOpens) {
  ASSERT_TRUE(put("a1", "secret"));
  AccountRow copy = row("a1");
  ASSERT_TRUE(erase("a1"));
  ASSERT_TRUE(erase("a1"));
  EXPECT_EQ(get("a1"), std::nullopt);
  ASSERT_TRUE(ledger::execute_and_wait(*store, [&](ledger::Tx& tx) { return ledger::put(tx, copy); }));
  EXPECT_EQ(get("a1"), std::nullopt) << "a row from a backup is dead too";
  EXPECT_EQ(keys->key(copy.slot).error().code, Code::NotFound);
  ASSERT_TRUE(put("a1", "back again"));
  EXPECT_EQ(get("a1"), "back again");
  EXPECT_NE(row("a1").slot, copy.slot);
}

TEST_P(AccountsTest, ARowMovedToAnotherPersonDoesNotOpen) {
  ASSERT_TRUE(put("a1", "secret"));
  AccountRow moved = row("a1");
  moved.person = person("a2");
  ASSERT_TRUE(ledger::execute_and_wait(*store, [&](ledger::Tx& tx) { return ledger::put(tx, moved); }));
  auto found = accounts().get(person("a2"));
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().code, Code::Corrupt);
}

TEST_P(AccountsTest, RelationsHaveADirectionAndAKind) {
  ASSERT_TRUE(relate({{person("a"), person("b"), RelationKind::Follows, true},
                      {person("a"), person("c"), RelationKind::Blocks, true}}));
  EXPECT_TRUE(has("a", "b", RelationKind::Follows));
  EXPECT_FALSE(has("b", "a", RelationKind::Follows));
  EXPECT_FALSE(has("a", "b", RelationKind::Contact));
  EXPECT_TRUE(has("a", "c", RelationKind::Blocks));
  EXPECT_EQ(accounts().relations_of(person("a")).value().size(), 2U);
  ASSERT_TRUE(relate({{person("a"), person("b"), RelationKind::Follows, false},
                      {person("x"), person("y"), RelationKind::Follows, false}}));
  EXPECT_FALSE(has("a", "b", RelationKind::Follows));
}

TEST_P(AccountsTest, TheLastChangeOfABatchWins) {
  ASSERT_TRUE(relate({{person("a"), person("b"), RelationKind::Follows, true},
                      {person("a"), person("b"), RelationKind::Follows, false},
                      {person("b"), person("a"), RelationKind::Follows, false},
                      {person("b"), person("a"), RelationKind::Follows, true}}));
  EXPECT_FALSE(has("a", "b", RelationKind::Follows));
  EXPECT_TRUE(has("b", "a", RelationKind::Follows));
}

TEST_P(AccountsTest, CloseAreWhomAPersonFollowsBlocksOrKnowsAndWhoBlocksOrKnowsThem) {
  ASSERT_TRUE(relate({{person("me"), person("followed"), RelationKind::Follows, true},
                      {person("me"), person("blocked"), RelationKind::Blocks, true},
                      {person("me"), person("friend"), RelationKind::Contact, true},
                      {person("blocker"), person("me"), RelationKind::Blocks, true},
                      {person("knows"), person("me"), RelationKind::Contact, true},
                      {person("fan"), person("me"), RelationKind::Follows, true},
                      {person("followed"), person("other"), RelationKind::Follows, true}}));
  const auto close = accounts().close_to(person("me")).value();
  std::set<PersonHash> found(close.begin(), close.end()), wanted;
  for (const char* name : {"followed", "blocked", "friend", "blocker", "knows"}) {
    wanted.insert(person(name));
  }
  EXPECT_EQ(found, wanted);
  EXPECT_TRUE(accounts().close_to(person("nobody")).value().empty());
}

TEST_P(AccountsTest, ErasingForgetsDeclaredTiesToThePersonAndKeepsWhatIsOnesOwn) {
  IdSource ids(1);
  DirectoryStore directory(*store);
  const auto ann = ids.mint<StaffId>(clock.now());
  for (auto kind : {access::TieKind::Own, access::TieKind::Declared}) {
    ASSERT_TRUE(directory.put_tie({ann, person("a"), kind, "sealed", clock.now()}));
  }
  ASSERT_TRUE(directory.put_tie({ann, person("b"), access::TieKind::Declared, "sealed", clock.now()}));
  ASSERT_TRUE(erase("a"));
  const auto left = directory.ties_of(ann).value();
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(std::count_if(left.begin(), left.end(), [](const auto& t) { return t.kind == access::TieKind::Own; }), 1);
}

TEST_P(AccountsTest, ErasingForgetsRelationsBothWaysAndNoOthers) {
  ASSERT_TRUE(relate({{person("a"), person("b"), RelationKind::Follows, true},
                      {person("b"), person("a"), RelationKind::Blocks, true},
                      {person("a"), person("a"), RelationKind::Contact, true},
                      {person("b"), person("c"), RelationKind::Follows, true}}));
  ASSERT_TRUE(erase("a"));
  EXPECT_FALSE(has("a", "b", RelationKind::Follows));
  EXPECT_FALSE(has("b", "a", RelationKind::Blocks));
  EXPECT_FALSE(has("a", "a", RelationKind::Contact));
  EXPECT_TRUE(has("b", "c", RelationKind::Follows));
}

TEST_P(AccountsTest, RandomChangesAgreeWithAPlainSet) {
  std::mt19937 random(3);
  std::set<std::tuple<int, int, int>> model;
  auto name = [](int n) { return "p" + std::to_string(n); };
  for (int round = 0; round < 40; ++round) {
    if (random() % 8 == 0) {
      int gone = static_cast<int>(random() % 6);
      ASSERT_TRUE(erase(name(gone)));
      std::erase_if(model, [&](const auto& r) { return std::get<0>(r) == gone || std::get<1>(r) == gone; });
      continue;
    }
    std::vector<RelationChange> changes;
    for (unsigned i = random() % 10; i > 0; --i) {
      int from = static_cast<int>(random() % 6), to = static_cast<int>(random() % 6),
          kind = static_cast<int>(random() % 4);
      bool state = random() % 3 != 0;
      changes.push_back({person(name(from)), person(name(to)), static_cast<RelationKind>(kind), state});
      state ? (void)model.insert({from, to, kind}) : (void)model.erase({from, to, kind});
    }
    ASSERT_TRUE(relate(std::move(changes)));
  }
  for (int from = 0; from < 6; ++from) {
    for (int to = 0; to < 6; ++to) {
      for (int kind = 0; kind < 4; ++kind) {
        EXPECT_EQ(has(name(from), name(to), static_cast<RelationKind>(kind)), model.contains({from, to, kind}));
      }
    }
  }
}

TEST_P(AccountsTest, TooMuchIsRefusedWhole) {
  EXPECT_EQ(put("a1", std::string(Accounts::kProfileBytesMax + 1, 'x')).error().code, Code::TooLarge);
  EXPECT_EQ(relate(std::vector<RelationChange>(Accounts::kChangesMax + 1)).error().code, Code::TooLarge);
  EXPECT_TRUE(put("a1", std::string(Accounts::kProfileBytesMax, 'x')));
  EXPECT_TRUE(relate({}));
}

HEED_OVER_BOTH_STORES(AccountsTest);

}  // namespace
}  // namespace heed::store
