#include "store/memory/ordered_table.h"

namespace heed::store {
namespace {

using ledger::Cell;
using ledger::Cells;

/// The smallest text greater than every text that begins with `prefix`; "" when there is none.
std::string successor(std::string prefix) {
  while (!prefix.empty() && static_cast<unsigned char>(prefix.back()) == 0xFF) {
    prefix.pop_back();
  }
  if (!prefix.empty()) {
    prefix.back() = static_cast<char>(prefix.back() + 1);
  }
  return prefix;
}

/// The walk itself, over the rows or over an index.
template <class Map, class Emit>
void walk(const Map& map, const std::string& prefix, const ledger::Scan& how, Emit&& emit) {
  std::string start = prefix;
  encode_key(start, how.after);
  std::size_t left = how.limit;
  if (!how.descending) {
    auto at = map.lower_bound(prefix);
    if (!how.after.empty()) {
      std::string from = successor(start);
      at = from.empty() ? map.end() : map.lower_bound(from);
    }
    for (; left > 0 && at != map.end() && at->first.starts_with(prefix); ++at, --left) {
      if (!emit(*at)) {
        return;
      }
    }
    return;
  }
  std::string end = how.after.empty() ? successor(prefix) : start;
  auto at = end.empty() ? map.end() : map.lower_bound(end);
  while (left-- > 0 && at != map.begin() && (--at)->first.starts_with(prefix)) {
    if (!emit(*at)) {
      return;
    }
  }
}

}  // namespace

void encode_key(std::string& out, Cells cells) {
  for (const Cell& cell : cells) {
    if (cell.is_null()) {
      out.push_back('\0');
    } else if (cell.kind == Cell::Kind::Int) {
      out.push_back('\1');
      std::uint64_t n = static_cast<std::uint64_t>(cell.i) ^ (std::uint64_t{1} << 63);
      for (int shift = 56; shift >= 0; shift -= 8) {
        out.push_back(static_cast<char>(n >> shift));
      }
    } else {
      // Zero bytes are followed by 0xFF so that the end mark, two zeros, sorts before any continuation.
      out.push_back('\2');
      for (char c : cell.b) {
        out.push_back(c);
        if (c == '\0') {
          out.push_back('\xFF');
        }
      }
      out.append(2, '\0');
    }
  }
}

bool OrderedTable::in_index(const ledger::Index& index, const OwnedRow& row) const {
  return !index.partial || row[static_cast<std::size_t>(index.columns.front())].kind != Cell::Kind::Null;
}

std::string OrderedTable::index_key(const ledger::Index& index, const OwnedRow& row, const std::string& key) const {
  std::string out;
  for (int column : index.columns) {
    Cell cell = row[static_cast<std::size_t>(column)].cell();
    encode_key(out, {&cell, 1});
  }
  return key.empty() ? out : out + key;
}

const OwnedRow* OrderedTable::find(const std::string& key) const {
  auto found = rows_.find(key);
  return found == rows_.end() ? nullptr : &found->second;
}

Result<void> OrderedTable::put(const std::string& key, OwnedRow row) {
  for (std::size_t i = 0; i < indexes_.size(); ++i) {
    const ledger::Index& index = def_->indexes[i];
    if (!index.unique || !in_index(index, row)) {
      continue;
    }
    std::string values = index_key(index, row, {});
    auto other = indexes_[i].lower_bound(values);
    if (other != indexes_[i].end() && other->first.starts_with(values) && other->second != key) {
      return fail(Code::Conflict,
                  "another row of " + std::string(def_->name) + " has the same " + std::string(index.name));
    }
  }
  erase(key);
  for (std::size_t i = 0; i < indexes_.size(); ++i) {
    if (in_index(def_->indexes[i], row)) {
      indexes_[i].emplace(index_key(def_->indexes[i], row, key), key);
    }
  }
  rows_.insert_or_assign(key, std::move(row));
  return {};
}

void OrderedTable::erase(const std::string& key) {
  auto found = rows_.find(key);
  if (found == rows_.end()) {
    return;
  }
  for (std::size_t i = 0; i < indexes_.size(); ++i) {
    if (in_index(def_->indexes[i], found->second)) {
      indexes_[i].erase(index_key(def_->indexes[i], found->second, key));
    }
  }
  rows_.erase(found);
}

void OrderedTable::scan(const ledger::Scan& how, ledger::FunctionRef<bool(Cells)> row) const {
  std::string prefix;
  encode_key(prefix, how.prefix);
  std::vector<Cell> cells;
  auto emit = [&](const OwnedRow& owned) {
    cells.clear();
    for (const OwnedCell& cell : owned) {
      cells.push_back(cell.cell());
    }
    return row(cells);
  };
  if (how.index < 0) {
    walk(rows_, prefix, how, [&](const auto& entry) { return emit(entry.second); });
  } else {
    walk(indexes_[static_cast<std::size_t>(how.index)], prefix, how,
         [&](const auto& entry) { return emit(rows_.find(entry.second)->second); });
  }
}

}  // namespace heed::store
