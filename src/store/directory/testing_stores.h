#pragma once
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>

#include "base/file.h"
#include "ledger/store.h"
#include "store/directory/tables.h"
#include "store/memory/memory_store.h"
#include "store/sqlite/sqlite_store.h"

namespace heed::store {

/// Every test of this folder runs over both stores; `reopen` is a restart for the one that keeps its data.
class BothStores : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override { reopen(); }
  bool keeps_data() const { return GetParam() == "sqlite"; }
  void reopen() {
    store.reset();
    if (keeps_data()) {
      auto opened = open_sqlite_store({.folder = folder.path(), .tables = directory_tables()});
      ASSERT_TRUE(opened) << opened.error().message;
      store = *std::move(opened);
    } else {
      store = open_memory_store(directory_tables());
    }
  }

  TempFolder folder;
  ManualClock clock{from_ms(1795284000000)};
  std::unique_ptr<ledger::Store> store;
};

/// Calls f(done) and waits for what `done` is given.
template <class R, class F>
Result<R> wait_for(F&& f) {
  auto promise = std::make_shared<std::promise<Result<R>>>();
  std::future<Result<R>> future = promise->get_future();
  f([promise](Result<R> result) { promise->set_value(std::move(result)); });
  return future.get();
}

inline std::string store_name(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

}  // namespace heed::store

#define HEED_OVER_BOTH_STORES(suite) \
  INSTANTIATE_TEST_SUITE_P(Stores, suite, ::testing::Values("memory", "sqlite"), ::heed::store::store_name)
