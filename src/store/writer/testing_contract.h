#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ledger/store.h"
#include "ledger/testing_projector.h"
#include "store/writer/group_writer.h"

/// What every ledger store must do, as one parameterised suite:
///   INSTANTIATE_TEST_SUITE_P(Memory, StoreContract, ::testing::Values(StoreFactory{"memory", open}), factory_name);
namespace heed::store::testing {

/// A row with every kind of index: plain, partial, unique, unique and partial, over several columns.
struct ThingRow {
  std::string a;
  std::int64_t b = 0;
  std::optional<std::int64_t> due;
  std::optional<std::string> group;
  std::string colour;
  std::int64_t size = 0;

  static const ledger::TableDef& table();
  auto tie() { return std::tie(a, b, due, group, colour, size); }
};
inline constexpr int kNumberByText = 0;
inline constexpr int kThingByDue = 0;     ///< (due, size), partial
inline constexpr int kThingByGroup = 1;   ///< (group), unique and partial
inline constexpr int kThingByColour = 2;  ///< (colour, size)
inline constexpr int kThingBySize = 3;    ///< (size, colour, b), unique

/// A table whose key is one number, with a gathered index on its text.
struct NumberRow {
  std::int64_t id = 0;
  std::string text;

  static const ledger::TableDef& table();
  auto tie() { return std::tie(id, text); }
};

/// Those two and the test projector's.
std::vector<const ledger::TableDef*> contract_tables();

struct StoreFactory {
  std::string name;
  std::function<std::unique_ptr<ledger::Store>(WriterLimits)> open;  ///< a fresh empty store over contract_tables()
};
std::string factory_name(const ::testing::TestParamInfo<StoreFactory>& info);

class StoreContract : public ::testing::TestWithParam<StoreFactory> {
 protected:
  void SetUp() override { open({}); }
  void open(WriterLimits limits) {
    store_.reset();
    store_ = GetParam().open(limits);
    ASSERT_TRUE(store_);
  }
  std::unique_ptr<ledger::Store> store_;
};

/// Holds the writer inside a command, so that what is submitted meanwhile waits and then shares a group.
class Gate {
 public:
  explicit Gate(ledger::Store& store);
  ~Gate();
  /// Lets the writer go on.
  void open();

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// All rows as text, one a line.
std::string text_of(ledger::View& view, const ledger::TableDef& table, const ledger::Scan& how);

/// Random commands on both stores, some of which fail and are undone, compared after each by scans of every
/// shape. Returns the first difference, or "".
std::string differ(ledger::Store& left, ledger::Store& right, std::uint64_t seed, int commands);

}  // namespace heed::store::testing
