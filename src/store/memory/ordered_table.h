#pragma once
#include <atomic>
#include <map>
#include <string>
#include <vector>

#include "base/result.h"
#include "ledger/store.h"

namespace heed::store {

/// A cell that owns its bytes.
struct OwnedCell {
  ledger::Cell::Kind kind = ledger::Cell::Kind::Null;
  std::int64_t i = 0;
  std::string b;

  explicit OwnedCell(const ledger::Cell& cell) : kind(cell.kind), i(cell.i), b(cell.b) {}
  ledger::Cell cell() const { return {kind, i, b}; }
  bool operator==(const OwnedCell&) const = default;
};
using OwnedRow = std::vector<OwnedCell>;

/// Appends cells so that byte order of the text is the order of the cells: null, then numbers, then bytes.
void encode_key(std::string& out, ledger::Cells cells);

/// One table of the memory store: rows by encoded primary key and, per index, encoded index key → primary key.
/// Not thread-safe; a view that holds it has it pinned, and the writer changes only what is not.
class OrderedTable {
 public:
  explicit OrderedTable(const ledger::TableDef& def) : def_(&def), indexes_(def.indexes.size()) {}
  OrderedTable(const OrderedTable& other) : def_(other.def_), rows_(other.rows_), indexes_(other.indexes_) {}

  const ledger::TableDef& def() const { return *def_; }
  /// Null when there is none.
  const OwnedRow* find(const std::string& key) const;
  /// Inserts or replaces; Conflict, with nothing changed, when another row has these values in a unique index.
  Result<void> put(const std::string& key, OwnedRow row);
  void erase(const std::string& key);
  void scan(const ledger::Scan& how, ledger::FunctionRef<bool(ledger::Cells)> row) const;

  std::atomic<int> pins{0};  ///< views that hold this table; changed under the store's mutex or released by a view

 private:
  bool in_index(const ledger::Index& index, const OwnedRow& row) const;
  std::string index_key(const ledger::Index& index, const OwnedRow& row, const std::string& key) const;

  const ledger::TableDef* def_;
  std::map<std::string, OwnedRow> rows_;
  std::vector<std::map<std::string, std::string>> indexes_;
};

}  // namespace heed::store
