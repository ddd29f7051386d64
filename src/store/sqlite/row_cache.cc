#include "store/sqlite/row_cache.h"

#include <functional>

namespace heed::store {

using ledger::Cell;
using ledger::Cells;
using ledger::TableDef;

std::uint64_t RowCache::hash_of(const TableDef& table, Cells key) {
  std::uint64_t hash = reinterpret_cast<std::uintptr_t>(&table);
  for (const Cell& cell : key) {
    const std::uint64_t one = cell.kind == Cell::Kind::Bytes ? std::hash<std::string_view>()(cell.b)
                                                             : static_cast<std::uint64_t>(cell.i) * 2 + 1;
    hash = (hash ^ one) * 0x9E3779B97F4A7C15ull;
    hash ^= hash >> 32;
  }
  return hash;
}

bool RowCache::holds(const Slot& slot, const TableDef& table, Cells key, std::uint64_t hash) {
  if (slot.table != &table || slot.hash != hash) {
    return false;
  }
  std::string_view rest = slot.bytes;
  for (std::size_t i = 0; i < key.size(); ++i) {
    const KeptCell& kept = slot.cells[i];
    if (kept.kind != key[i].kind) {
      return false;
    }
    if (kept.kind != Cell::Kind::Bytes) {
      if (kept.i != key[i].i) {
        return false;
      }
    } else if (rest.substr(0, static_cast<std::size_t>(kept.i)) != key[i].b) {
      return false;
    } else {
      rest.remove_prefix(key[i].b.size());
    }
  }
  return true;
}

bool RowCache::get(const TableDef& table, Cells key, ledger::FunctionRef<void(Cells)> row) {
  const std::uint64_t hash = hash_of(table, key);
  Slot& slot = slots_[hash % kSlots];
  if (!holds(slot, table, key, hash)) {
    return false;
  }
  std::array<Cell, 64> cells;
  std::string_view rest = slot.bytes;
  for (std::size_t i = 0; i < slot.cells.size(); ++i) {
    const KeptCell& kept = slot.cells[i];
    if (kept.kind == Cell::Kind::Bytes) {
      cells[i] = Cell::bytes(rest.substr(0, static_cast<std::size_t>(kept.i)));
      rest.remove_prefix(static_cast<std::size_t>(kept.i));
    } else {
      cells[i] = {kept.kind, kept.i, {}};
    }
  }
  ++slot.readers;
  row(Cells(cells.data(), slot.cells.size()));
  --slot.readers;
  return true;
}

void RowCache::put(const TableDef& table, Cells row) {
  const std::uint64_t hash = hash_of(table, row.first(static_cast<std::size_t>(table.key_columns)));
  Slot& slot = slots_[hash % kSlots];
  slot.table = nullptr;
  if (slot.readers > 0) {
    return;  // somebody looks at these bytes
  }
  std::size_t size = 0;
  for (const Cell& cell : row) {
    size += cell.b.size();
  }
  if (size > kRowBytesMax) {
    return;
  }
  slot.cells.clear();
  slot.bytes.clear();
  for (const Cell& cell : row) {
    const bool bytes = cell.kind == Cell::Kind::Bytes;
    slot.cells.push_back({cell.kind, bytes ? static_cast<std::int64_t>(cell.b.size()) : cell.i});
    slot.bytes.append(cell.b);
  }
  slot.hash = hash;
  slot.table = &table;
}

void RowCache::forget(const TableDef& table, Cells key) {
  const std::uint64_t hash = hash_of(table, key);
  Slot& slot = slots_[hash % kSlots];
  if (holds(slot, table, key, hash)) {
    slot.table = nullptr;
  }
}

void RowCache::clear() {
  for (Slot& slot : slots_) {
    slot.table = nullptr;
  }
}

}  // namespace heed::store
