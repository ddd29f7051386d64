#include "store/sqlite/gathered.h"

#include <gtest/gtest.h>

#include <deque>
#include <random>

#include "base/file.h"
#include "store/memory/memory_store.h"
#include "store/sqlite/sqlite_store.h"
#include "store/writer/testing_contract.h"

namespace heed::store::testing {
namespace {

using namespace heed::ledger;

/// Two columns of key and a hash that may be absent.
struct PrintRow {
  std::string a;
  std::int64_t b = 0;
  std::optional<std::string> print;
  std::int64_t note = 0;

  static const TableDef& table() {
    static const TableDef def{
        "print",
        columns_of<PrintRow>({"a", "b", "print", "note"}),
        2,
        {{.name = "by_print", .columns = {2}, .partial = true, .gathered = true}, {.name = "by_note", .columns = {3}}}};
    return def;
  }
  auto tie() { return std::tie(a, b, print, note); }
};
constexpr int kByPrint = 0;

std::vector<const TableDef*> tables() {
  auto all = contract_tables();
  all.push_back(&PrintRow::table());
  return all;
}

constexpr std::array kPrints = {"aaaaaaaaaaaaaaaa", "aaaaaaaabbbbbbbb", "b", "", "zzzzzzzzzzzzzzzz", "never used"};

PrintRow random_row(std::mt19937_64& random) {
  PrintRow row{std::string(1, static_cast<char>('a' + random() % 4)), static_cast<std::int64_t>(random() % 12),
               std::nullopt, static_cast<std::int64_t>(random() % 3)};
  if (random() % 6 != 0) {
    row.print = kPrints[random() % 5];
  }
  return row;
}

/// What a view says to every question that can be asked of the index.
std::string all_answers(View& view) {
  std::string out;
  const std::string b = "b";
  for (const std::string print : kPrints) {
    for (bool descending : {false, true}) {
      auto prefix = cells(print);
      out += text_of(view, PrintRow::table(), {.index = kByPrint, .prefix = prefix, .descending = descending});
      auto some = cells(b);
      out += text_of(view, PrintRow::table(),
                     {.index = kByPrint, .prefix = prefix, .after = some, .descending = descending, .limit = 3});
      auto more = cells(b, std::int64_t{5});
      out += text_of(view, PrintRow::table(),
                     {.index = kByPrint, .prefix = prefix, .after = more, .descending = descending, .limit = 2});
    }
  }
  return out;
}

/// The same random command for any store; every fourth fails at its end and leaves nothing.
Result<void> command(Tx& tx, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  for (std::uint64_t ops = 1 + random() % 6; ops > 0; --ops) {
    PrintRow row = random_row(random);
    if (random() % 3 == 0) {
      TRY(erase<PrintRow>(tx, row.a, row.b));
    } else {
      TRY(put(tx, row));
    }
  }
  return random() % 4 == 0 ? fail(Code::Denied, "") : Result<void>();
}

TEST(Gathered, AnswersAsTheMemoryStoreDoesWhileEntriesMove) {
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    TempFolder folder;
    SqliteOptions options{.folder = folder.path(), .tables = tables()};
    options.gather = 1 + random() % 40;
    auto store = *open_sqlite_store(options);
    auto oracle = open_memory_store(tables());
    std::deque<std::pair<std::unique_ptr<View>, std::string>>
        older;  // views stay what they were, however much moves meanwhile
    for (std::uint64_t i = 0; i < 240; ++i) {
      std::string inside, expected;
      const std::uint64_t each = random();
      (void)execute_and_wait(*store, [&](Tx& tx) {
        auto done = command(tx, each);
        inside = all_answers(tx);
        return done;
      });
      (void)execute_and_wait(*oracle, [&](Tx& tx) {
        auto done = command(tx, each);
        expected = all_answers(tx);
        return done;
      });
      ASSERT_EQ(inside, expected) << "inside command " << i;
      auto view = *store->view();
      ASSERT_EQ(all_answers(*view), all_answers(**oracle->view())) << "after command " << i;
      if (random() % 20 == 0) {
        std::string answers = all_answers(*view);
        older.emplace_back(std::move(view), std::move(answers));
      }
      if (older.size() > 4) {
        ASSERT_EQ(all_answers(*older.front().first), older.front().second) << "an old view after command " << i;
        older.pop_front();
      }
      if (random() % 60 == 0) {
        older.clear();
        store.reset();
        store = *open_sqlite_store(options);
      }
    }
    older.clear();
    EXPECT_EQ((*store->integrity_check()), std::vector<std::string>());
  }
}

TEST(Gathered, AManyTimesRepeatedKeyIsWalkedInOrderAndInParts) {
  TempFolder folder;
  SqliteOptions options{.folder = folder.path(), .tables = tables()};
  options.gather = 150;
  auto store = *open_sqlite_store(options);
  for (std::int64_t i = 0; i < 1000; i += 50) {
    ASSERT_TRUE(execute_and_wait(*store, [&](Tx& tx) -> Result<void> {
      for (std::int64_t j = i; j < i + 50; ++j) {
        TRY(put(tx, PrintRow{"a", j * 7919 % 1000, kPrints[0], 0}));
      }
      return {};
    }));
  }
  auto view = *store->view();
  const std::string print = kPrints[0];
  auto prefix = cells(print);
  std::int64_t next = 0;
  ASSERT_TRUE(scan<PrintRow>(*view, {.index = kByPrint, .prefix = prefix}, [&](const PrintRow& row) {
    EXPECT_EQ(row.b, next++);
    // A walk inside the walk.
    int inner = 0;
    EXPECT_TRUE(
        scan<PrintRow>(*view, {.index = kByPrint, .prefix = prefix, .limit = 3}, [&](const PrintRow&) { ++inner; }));
    EXPECT_EQ(inner, 3);
    return next < 500;
  }));
  EXPECT_EQ(next, 500);
}

TEST(Gathered, ABusyKeyDoesNotFillTheLogThatEveryWalkReads) {
  TempFolder folder;
  SqliteOptions options{.folder = folder.path(), .tables = tables()};
  auto store = *open_sqlite_store(options);
  auto put_and_walk = [&](std::int64_t from, std::int64_t to) {
    ASSERT_TRUE(execute_and_wait(*store, [&](Tx& tx) -> Result<void> {
      for (std::int64_t i = from; i < to; ++i) {
        TRY(put(tx, PrintRow{"a", i, kPrints[0], 0}));
        TRY(put(tx, PrintRow{"b", i, "other" + std::to_string(i), 0}));
      }
      return {};
    }));
    auto view = *store->view();
    const std::string print = kPrints[0];
    auto prefix = cells(print);
    std::vector<std::int64_t> newest;
    ASSERT_TRUE(scan<PrintRow>(*view, {.index = kByPrint, .prefix = prefix, .descending = true, .limit = 2},
                               [&](const PrintRow& row) {
                                 newest.push_back(row.b);
                                 return true;
                               }));
    EXPECT_EQ(newest, (std::vector<std::int64_t>{to - 1, to - 2}));
  };
  put_and_walk(0, 2);
  put_and_walk(2, 300);
  put_and_walk(300, 900);
  ASSERT_TRUE(
      execute_and_wait(*store, [](Tx& tx) { return erase<PrintRow>(tx, std::string("a"), std::int64_t{899}); }));
  put_and_walk(899, 900);
  EXPECT_TRUE((*store->integrity_check()).empty());
  store.reset();
  {
    auto db = *Database::open(folder.path() / "ledger.db", {});
    EXPECT_LE(*db.scalar("SELECT count(*) FROM \"print.by_print.new\" WHERE a = x'61'"), 16);
    EXPECT_EQ(*db.scalar("SELECT count(*) FROM \"print.by_print.new\" WHERE a = x'62'"), 900);
  }
  store = *open_sqlite_store(options);
  put_and_walk(900, 950);
}

TEST(Gathered, TheCheckFindsAnEntryThatIsMissingAndOneThatIsTooMany) {
  TempFolder folder;
  SqliteOptions options{.folder = folder.path(), .tables = tables()};
  {
    auto store = *open_sqlite_store(options);
    ASSERT_TRUE(execute_and_wait(*store, [](Tx& tx) { return put(tx, PrintRow{"a", 1, "p", 0}); }));
    EXPECT_TRUE((*store->integrity_check()).empty());
  }
  auto tamper = [&](const char* sql) {
    auto db = *Database::open(folder.path() / "ledger.db", {});
    ASSERT_TRUE(db.exec(sql));
  };
  tamper("INSERT INTO \"print.by_print\" VALUES (x'71', x'61', 1)");
  EXPECT_EQ(*(*open_sqlite_store(options))->integrity_check(),
            std::vector<std::string>{"1 entries have no row in index \"print.by_print\""});
  tamper("DELETE FROM \"print.by_print\"; DELETE FROM \"print.by_print.new\"");
  EXPECT_EQ(*(*open_sqlite_store(options))->integrity_check(),
            std::vector<std::string>{"1 rows are missing from index \"print.by_print\""});
}

TEST(Gathered, TheLogIsEmptiedSoonAlsoWhenItsPlacesAreHighAfterARestart) {
  TempFolder folder;
  SqliteOptions options{.folder = folder.path(), .tables = tables()};
  options.gather = 20;
  auto put_some = [&](Store& store, std::int64_t from, std::int64_t to) {
    for (std::int64_t i = from; i < to; ++i) {
      ASSERT_TRUE(execute_and_wait(store, [&](Tx& tx) {
        return put(tx, PrintRow{"a", i, "p" + std::to_string(i), 0});
      }));
    }
  };
  put_some(**open_sqlite_store(options), 0, 10);
  {
    auto db = *Database::open(folder.path() / "ledger.db", {});
    ASSERT_TRUE(db.exec("UPDATE \"print.by_print.new\" SET place = place + 10000000"));
  }
  auto store = *open_sqlite_store(options);
  put_some(*store, 10, 340);  // it takes itself for large: eight times as many gather before they are put in order
  EXPECT_TRUE((*store->integrity_check()).empty());
  store.reset();
  auto db = *Database::open(folder.path() / "ledger.db", {});
  EXPECT_LT(*db.scalar("SELECT count(*) FROM \"print.by_print.new\""), 8 * 20 + 40);
}

TEST(Gathered, AFolderWhoseIndexesWereOrdinaryIsFilledAgain) {
  TempFolder folder;
  auto ordinary = ledger::testing::tables();
  static const TableDef old{"print",
                            columns_of<PrintRow>({"a", "b", "print", "note"}),
                            2,
                            {{.name = "by_print", .columns = {2}, .partial = true}}};
  ordinary.push_back(&old);
  ASSERT_TRUE(open_sqlite_store({.folder = folder.path(), .tables = ordinary}));
  ledger::testing::TestProjector projector;
  SqliteOptions options{.folder = folder.path(), .tables = tables()};
  options.projector = &projector;
  auto store = open_sqlite_store(options);
  ASSERT_TRUE(store) << store.error().message;
  ASSERT_TRUE(execute_and_wait(**store, [](Tx& tx) { return put(tx, PrintRow{"a", 1, "p", 0}); }));
  EXPECT_TRUE((*(*store)->integrity_check()).empty());
}

}  // namespace
}  // namespace heed::store::testing
