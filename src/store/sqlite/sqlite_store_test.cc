#include "store/sqlite/sqlite_store.h"

#include <gtest/gtest.h>

#include "base/file.h"
#include "store/memory/memory_store.h"
#include "store/writer/testing_contract.h"

namespace heed::store::testing {

using namespace heed::ledger;

struct OpenedFolder final : Store {
  TempFolder folder;
  std::unique_ptr<SqliteStore> store;
  void execute(Priority priority, Work work, Done done) override {
    store->execute(priority, std::move(work), std::move(done));
  }
  Result<std::unique_ptr<View>> view() override { return store->view(); }
  Figures figures() const override { return store->figures(); }
};

std::unique_ptr<Store> open_fresh(WriterLimits limits) {
  auto opened = std::make_unique<OpenedFolder>();
  SqliteOptions options{.folder = opened->folder.path(), .tables = contract_tables()};
  options.limits = limits;
  auto store = open_sqlite_store(options);
  EXPECT_TRUE(store) << store.error().message;
  opened->store = std::move(*store);
  return opened;
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, ::testing::Values(StoreFactory{"sqlite", open_fresh}), factory_name);

TEST(SqliteStore, AgreesWithMemoryOnRandomCommands) {
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    auto sqlite = open_fresh({});
    auto memory = open_memory_store(contract_tables());
    EXPECT_EQ(differ(*sqlite, *memory, seed, 150), "");
  }
}

TEST(SqliteStore, EveryScanWalksItsIndexWithoutSorting) {
  TempFolder folder;
  SqliteOptions options{.folder = folder.path(), .tables = contract_tables()};
  ASSERT_TRUE(open_sqlite_store(options));
  auto db = Database::open(folder.path() / "ledger.db", {});
  for (const TableDef* def : contract_tables()) {
    for (int index = -1; index < static_cast<int>(def->indexes.size()); ++index) {
      if (index >= 0 && def->indexes[static_cast<std::size_t>(index)].gathered) {
        continue;  // walked by its own statements
      }
      std::size_t columns = static_cast<std::size_t>(def->key_columns) +
                            (index < 0 ? 0 : def->indexes[static_cast<std::size_t>(index)].columns.size());
      for (std::size_t prefix = 0; prefix <= columns; ++prefix) {
        for (std::size_t after = 0; prefix + after <= columns; ++after) {
          for (bool descending : {false, true}) {
            std::string sql = scan_sql(*def, index, prefix, after, descending);
            auto plan = db->prepare("EXPLAIN QUERY PLAN " + sql);
            ASSERT_TRUE(plan) << plan.error().message;
            std::string text;
            while (plan->step() == Statement::kRow) {
              text += std::string(plan->bytes(3)) + "; ";
            }
            EXPECT_EQ(text.find("TEMP B-TREE"), std::string::npos) << sql << "\n" << text;
            if (prefix + after > 0) {
              EXPECT_EQ(text.find("SCAN"), std::string::npos) << sql << "\n" << text;
            }
          }
        }
      }
    }
  }
}

TEST(SqliteStore, KeepsEverythingOverARestart) {
  TempFolder folder;
  SqliteOptions options{.folder = folder.path(), .tables = contract_tables()};
  ChainHead head;
  for (int round = 0; round < 3; ++round) {
    auto store = *open_sqlite_store(options);
    EXPECT_EQ(*(*store->view())->head(), head);
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(execute_and_wait(*store, [&](Tx& tx) -> Result<void> {
        TRY(ledger::testing::append_and_apply(tx, "noted",
                                              ledger::testing::case_number(static_cast<std::uint64_t>(i % 7))));
        return {};
      }));
    }
    auto view = *store->view();
    head = *view->head();
    EXPECT_EQ(head.pos, 20u * static_cast<std::uint64_t>(round + 1));
    EXPECT_EQ((*verify_chains(*view)).size(), 0u);
    EXPECT_EQ((*store->integrity_check()).size(), 0u);
  }
}

TEST(SqliteStore, RefusesAFolderThatIsOpen) {
  TempFolder folder;
  SqliteOptions options{.folder = folder.path(), .tables = contract_tables()};
  auto first = open_sqlite_store(options);
  ASSERT_TRUE(first);
  auto second = open_sqlite_store(options);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::Conflict);
  EXPECT_NE(second.error().message.find("another heed"), std::string::npos);
  first->reset();
  EXPECT_TRUE(open_sqlite_store(options));
}

TEST(SqliteStore, RefusesAFolderOfANewerRelease) {
  TempFolder folder;
  SqliteOptions options{.folder = folder.path(), .tables = contract_tables()};
  ASSERT_TRUE(open_sqlite_store(options));
  {
    auto db = Database::open(folder.path() / "ledger.db", {});
    ASSERT_TRUE(db->exec("PRAGMA user_version=" + std::to_string(99)));
  }
  auto store = open_sqlite_store(options);
  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().code, Code::Conflict);
  EXPECT_NE(store.error().message.find("newer release"), std::string::npos);
}

TEST(SqliteStore, RebuildsProjectionsWhoseDefinitionChanged) {
  TempFolder folder;
  using ledger::testing::CaseRow;
  using ledger::testing::LeaseRow;
  SqliteOptions options{.folder = folder.path(), .tables = contract_tables()};
  std::string before;
  ledger::testing::TestProjector projector;
  {
    auto store = *open_sqlite_store(options);
    for (std::uint64_t i = 0; i < 5000; i += 100) {
      ASSERT_TRUE(execute_and_wait(*store, [&](Tx& tx) -> Result<void> {
        for (std::uint64_t n = 0; n < 100; ++n) {
          TRY(ledger::testing::append_and_apply(tx, n % 3 == 0 ? "opened" : "noted",
                                                ledger::testing::case_number((i + n) % 300)));
        }
        return put(tx, LeaseRow{"lease", 5});
      }));
    }
    before = *dump(**store->view(), projector.tables());
  }
  {
    // As if an earlier release had defined the tables otherwise.
    auto db = Database::open(folder.path() / "ledger.db", {});
    ASSERT_TRUE(
        db->exec("UPDATE heed_meta SET value = CAST('projection other' AS BLOB) WHERE key = 'table:test_case'; "
                 "UPDATE heed_meta SET value = CAST('operational other' AS BLOB) WHERE key = 'table:test_lease'; "
                 "ALTER TABLE test_lease ADD COLUMN gone; DELETE FROM test_note"));
  }
  EXPECT_EQ(open_sqlite_store(options).error().code, Code::Conflict) << "nobody there to fill them";
  options.projector = &projector;
  auto store = open_sqlite_store(options);
  ASSERT_TRUE(store) << store.error().message;
  auto view = *(*store)->view();
  EXPECT_EQ(*dump(*view, projector.tables()), before);
  EXPECT_EQ((*get<LeaseRow>(*view, std::string("lease")))->until, 5) << "operational rows are kept";
}

TEST(SqliteStore, TheLogStaysBounded) {
  TempFolder folder;
  SqliteOptions options{.folder = folder.path(), .tables = contract_tables()};
  options.checkpoints = {.soft_bytes = 256 << 10, .hard_bytes = 1 << 20};
  auto store = *open_sqlite_store(options);
  std::uintmax_t largest = 0;
  for (std::int64_t i = 0; i < 400; ++i) {
    ASSERT_TRUE(execute_and_wait(*store, [&](Tx& tx) {
      return put(tx, NumberRow{i % 10, std::string(20'000, 'x') + std::to_string(i)});
    }));
    auto view = *store->view();
    ASSERT_TRUE(*get<NumberRow>(*view, std::int64_t{0}));
    largest = std::max(largest, std::filesystem::file_size(folder.path() / "ledger.db-wal"));
  }
  EXPECT_LT(largest, 2u << 20);
}

TEST(SqliteStore, ReadersAndWriterWorkAtOnce) {
  TempFolder folder;
  SqliteOptions options{.folder = folder.path(), .tables = contract_tables()};
  options.checkpoints = {.soft_bytes = 64 << 10, .hard_bytes = 128 << 10};
  auto store = *open_sqlite_store(options);
  std::atomic<bool> stop{false};
  std::atomic<std::int64_t> left{400};
  auto read = [&] {
    while (!stop) {
      auto view = store->view();
      ASSERT_TRUE(view);
      // Each command moves one from the one number to the other.
      auto a = (*get<ledger::testing::CountRow>(**view, std::int64_t{100})).value_or(ledger::testing::CountRow{});
      auto b = (*get<ledger::testing::CountRow>(**view, std::int64_t{200})).value_or(ledger::testing::CountRow{});
      EXPECT_EQ(a.n + b.n, 0);
    }
  };
  std::thread first(read), second(read);
  for (std::int64_t i = 0; i < 400; ++i) {
    store->execute(
        Priority::Normal,
        [](Tx& tx) -> Result<void> {
          using ledger::testing::CountRow;
          auto a = TRY(get<CountRow>(tx, std::int64_t{100})).value_or(CountRow{100, 0});
          auto b = TRY(get<CountRow>(tx, std::int64_t{200})).value_or(CountRow{200, 0});
          --a.n;
          ++b.n;
          TRY(put(tx, a));
          return put(tx, b);
        },
        [&](Result<Committed> result) {
          EXPECT_TRUE(result);
          --left;
        });
    if (i % 10 == 0) {
      ASSERT_TRUE(execute_and_wait(*store, [&](Tx& tx) -> Result<void> {
        TRY(ledger::testing::append_and_apply(tx, "noted", ledger::testing::case_number(1), {}, 0,
                                              std::string(5000, 'b')));
        return {};
      }));
    }
  }
  while (left > 0) {
    std::this_thread::yield();
  }
  stop = true;
  first.join();
  second.join();
  EXPECT_EQ((*get<ledger::testing::CountRow>(**store->view(), std::int64_t{200}))->n, 400);
}

}  // namespace heed::store::testing
