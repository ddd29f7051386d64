#include "store/memory/memory_store.h"

#include <gtest/gtest.h>

#include "store/writer/testing_contract.h"

namespace heed::store::testing {

std::unique_ptr<ledger::Store> open_memory(WriterLimits limits) { return open_memory_store(contract_tables(), limits); }

INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, ::testing::Values(StoreFactory{"memory", open_memory}), factory_name);

TEST(MemoryStore, TwoOfThemAgreeOnRandomCommands) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    auto left = open_memory({});
    auto right = open_memory({});
    EXPECT_EQ(differ(*left, *right, seed, 200), "");
  }
}

TEST(MemoryStore, RunsWhatWasAcceptedBeforeItCloses) {
  int done = 0;
  {
    auto store = open_memory({});
    Gate gate(*store);
    for (int i = 0; i < 10; ++i) {
      store->execute(
          ledger::Priority::Background, [](ledger::Tx&) -> Result<void> { return {}; },
          [&](Result<ledger::Committed> result) { done += result ? 1 : 0; });
    }
    gate.open();
    store.reset();
  }
  EXPECT_EQ(done, 10);
}

}  // namespace heed::store::testing
