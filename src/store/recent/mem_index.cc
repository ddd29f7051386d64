#include "store/recent/mem_index.h"

#include <algorithm>

namespace heed::store::recent {

std::size_t MemIndex::slot_of(const Table& table, std::uint64_t hash) {
  std::size_t mask = table.heads.size() - 1;
  std::size_t slot = static_cast<std::size_t>(hash ^ (hash >> 32)) & mask;
  while (table.heads[slot] != 0 && table.nodes[table.heads[slot] - 1].entry.hash != hash) {
    slot = (slot + 1) & mask;
  }
  return slot;
}

void MemIndex::grow(Table& table) {
  std::vector<std::uint32_t> old = std::move(table.heads);
  table.heads.assign(std::max<std::size_t>(1024, old.size() * 2), 0);
  for (std::uint32_t head : old) {
    if (head != 0) {
      table.heads[slot_of(table, table.nodes[head - 1].entry.hash)] = head;
    }
  }
}

void MemIndex::add(KeyKind kind, const Entry& entry) {
  Table& table = tables_[static_cast<std::size_t>(kind)];
  if (table.distinct * 2 >= table.heads.size()) {
    grow(table);
  }
  std::size_t slot = slot_of(table, entry.hash);
  std::uint32_t previous = table.heads[slot];
  if (previous != 0 && table.nodes[previous - 1].entry.rel == entry.rel) {
    return;  // two targets of one record with one hash
  }
  table.distinct += previous == 0 ? 1 : 0;
  table.nodes.push_back({entry, previous});
  table.heads[slot] = static_cast<std::uint32_t>(table.nodes.size());
}

void MemIndex::collect(KeyKind kind, const EntryRange& range, bool newest, std::vector<Entry>& out) const {
  const Table& table = tables_[static_cast<std::size_t>(kind)];
  if (table.heads.empty() || range.limit == 0) {
    return;
  }
  std::size_t first = out.size();
  for (std::uint32_t at = table.heads[slot_of(table, range.hash)]; at != 0; at = table.nodes[at - 1].previous) {
    const Entry& entry = table.nodes[at - 1].entry;
    if (entry.rel > range.to) {
      continue;
    }
    if (entry.rel < range.from) {
      break;
    }
    if (kind == KeyKind::Target && (entry.created_ms < range.created_from || entry.created_ms >= range.created_until)) {
      continue;
    }
    out.push_back(entry);
    if (newest && out.size() - first == range.limit) {
      return;
    }
  }
  if (!newest) {
    std::reverse(out.begin() + static_cast<std::ptrdiff_t>(first), out.end());
    out.resize(first + std::min(out.size() - first, range.limit));
  }
}

std::vector<Entry> MemIndex::sorted(KeyKind kind) const {
  std::vector<Entry> out;
  const Table& table = tables_[static_cast<std::size_t>(kind)];
  out.reserve(table.nodes.size());
  for (const Node& node : table.nodes) {
    out.push_back(node.entry);
  }
  std::sort(out.begin(), out.end(), before);
  return out;
}

}  // namespace heed::store::recent
