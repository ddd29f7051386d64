#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "ledger/store.h"

namespace heed::store {

/// Rows that the writer has read or written lately, as they are in the database: of a row that is read, changed and
/// written again (a counter of the day, the case just opened), the database sees the write alone. Whoever writes tells
/// it; what it does not hold it does not know. Slots by hash of table and key, so a newer row takes an older one's
/// place. One thread.
class RowCache {
 public:
  static constexpr std::size_t kSlots = 512;
  static constexpr std::size_t kRowBytesMax = 2048;  ///< of all cells together; larger rows are not held

  /// Hands `row` the row with this key, if it is held. The cells live for the call, whatever it does to the cache.
  bool get(const ledger::TableDef& table, ledger::Cells key, ledger::FunctionRef<void(ledger::Cells)> row);
  /// Now so in the database.
  void put(const ledger::TableDef& table, ledger::Cells row);
  /// No longer so.
  void forget(const ledger::TableDef& table, ledger::Cells key);
  void clear();

 private:
  struct KeptCell {
    ledger::Cell::Kind kind;
    std::int64_t i;  ///< the number, or the length
  };
  struct Slot {
    const ledger::TableDef* table = nullptr;  ///< null: empty
    std::uint64_t hash = 0;
    std::vector<KeptCell> cells;
    std::string bytes;  ///< of all cells, one after the other
    int readers = 0;    ///< get() calls that are handing it out
  };
  static std::uint64_t hash_of(const ledger::TableDef& table, ledger::Cells key);
  static bool holds(const Slot& slot, const ledger::TableDef& table, ledger::Cells key, std::uint64_t hash);

  std::vector<Slot> slots_{kSlots};
};

}  // namespace heed::store
