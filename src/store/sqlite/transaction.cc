#include <array>

#include "store/sqlite/writer.h"

namespace heed::store {

using ledger::Cell;
using ledger::Cells;
using ledger::FunctionRef;
using ledger::TableDef;

const ChainCache::Newest* ChainCache::find(CaseId case_id) {
  auto young = young_.find(case_id);
  if (young != young_.end()) {
    return &young->second;
  }
  auto old = old_.find(case_id);
  return old == old_.end() ? nullptr : &old->second;
}

void ChainCache::put(CaseId case_id, const Newest& newest) {
  young_.insert_or_assign(case_id, newest);
  if (young_.size() >= kGeneration) {
    old_ = std::move(young_);
    young_.clear();
  }
}

void ChainCache::erase(CaseId case_id) {
  young_.erase(case_id);
  old_.erase(case_id);
}

void ChainCache::clear() {
  young_.clear();
  old_.clear();
}

Result<bool> SqliteTx::get(const TableDef& table, Cells key, FunctionRef<void(Cells)> row) {
  if (rows_.get(table, key, row)) {
    return true;
  }
  return reader_.table(table).get(db_, key, [&](Cells cells) {
    rows_.put(table, cells);
    row(cells);
  });
}
Result<void> SqliteTx::scan(const TableDef& table, const ledger::Scan& how, FunctionRef<bool(Cells)> row) {
  return reader_.table(table).scan(db_, how, row);
}
Result<void> SqliteTx::case_events(CaseId case_id, std::uint64_t after_seq,
                                   FunctionRef<bool(const ledger::StoredEvent&)> event) {
  return reader_.case_events(case_id, after_seq, event);
}
Result<void> SqliteTx::events(std::uint64_t after_pos, FunctionRef<bool(const ledger::StoredEvent&)> event) {
  return reader_.events(after_pos, event);
}
Result<void> SqliteTx::commits(std::uint64_t after_number, FunctionRef<bool(const ledger::CommitRow&)> row) {
  return reader_.commits(after_number, row);
}

Result<void> SqliteTx::put(const TableDef& def, Cells row) {
  TableStatements& table = reader_.table(def);
  HEED_ASSERT(row.size() == def.columns.size());
  HEED_ASSERT(table.walks() == 0 && "a table is written while it is being walked");
  Cells key = row.first(static_cast<std::size_t>(def.key_columns));
  // Where there is such a row, only what differs is written, so that only those indexes are touched.
  std::uint64_t changed = 0;
  std::size_t undo_cells = cells_.size();
  std::size_t undo_bytes = bytes_.size();
  const auto compare = [&](Cells old) {
    for (std::size_t i = key.size(); i < row.size(); ++i) {
      bool same = old[i].kind == row[i].kind && old[i].i == row[i].i && old[i].b == row[i].b;
      changed |= same ? 0 : std::uint64_t{1} << i;
    }
    if (changed != 0) {
      log(Kind::Updated, &table, old, changed);
    }
  };
  if (!rows_.get(def, key, compare)) {
    Result<bool> inserted = table.insert(db_, row);
    if (!inserted) {
      return break_group(std::move(inserted).error());
    }
    if (*inserted) {
      log(Kind::Inserted, &table, key);
      rows_.put(def, row);
      return {};
    }
    Result<bool> found = table.get(db_, key, compare);
    if (!found) {
      return break_group(std::move(found).error());
    }
  }
  if (changed == 0) {
    return {};
  }
  Result<void> updated = table.update(db_, row, changed);
  if (!updated) {
    undo_.pop_back();
    cells_.resize(undo_cells);
    bytes_.resize(undo_bytes);
    return break_group(std::move(updated).error());
  }
  rows_.put(def, row);
  return {};
}

Result<void> SqliteTx::erase(const TableDef& def, Cells key) {
  TableStatements& table = reader_.table(def);
  HEED_ASSERT(table.walks() == 0 && "a table is written while it is being walked");
  Result<bool> found = table.get(db_, key, [&](Cells old) { log(Kind::Erased, &table, old); });
  if (!found) {
    return break_group(std::move(found).error());
  }
  if (!*found) {
    return {};
  }
  rows_.forget(def, key);
  Result<void> erased = table.erase(db_, key);
  if (!erased) {
    return break_group(std::move(erased).error());
  }
  return {};
}

Result<std::uint64_t> SqliteTx::append(const ledger::NewEvent& event) {
  ChainCache::Newest newest{0, ledger::chain_start(event.case_id)};
  if (const ChainCache::Newest* cached = chains_.find(event.case_id)) {
    newest = *cached;
  } else if (event.seq != 1) {
    Result<bool> found = reader_.newest(event.case_id, newest.seq, newest.hash);
    if (!found) {
      return break_group(std::move(found).error());
    }
  }  // A first event needs no look: the unique index refuses a second one.
  if (event.seq != newest.seq + 1) {
    return fail(Code::Conflict, "the case has moved on to seq " + std::to_string(newest.seq));
  }
  Digest hash = ledger::event_hash(newest.hash, event.header, event.bodies);
  Result<void> inserted = insert_event(event, pos_ + 1, hash);
  if (!inserted) {
    return break_group(std::move(inserted).error());
  }
  ++pos_;
  leaves_.push_back(hash);
  chains_.put(event.case_id, {event.seq, hash});
  auto kept = ledger::cells(event.case_id);
  log(Kind::Appended, nullptr, kept);
  return pos_;
}

Result<void> SqliteTx::insert_event(const ledger::NewEvent& event, std::uint64_t pos, const Digest& hash) {
  Statement& s = *TRY(insert_event_.plain(db_));
  s.bind(1, pos);
  s.bind(2, event.case_id.view());
  s.bind(3, event.seq);
  s.bind(4, event.header);
  s.bind(5, event.bodies);
  s.bind(6, view(hash));
  int code = s.step();
  s.reset();
  if (code == Statement::kDone) {
    return {};
  }
  if (Database::is_constraint(code)) {
    return fail(Code::Conflict, "the case has moved on: it already has seq " + std::to_string(event.seq));
  }
  return tl::unexpected(db_.error(code, "appending an event"));
}

Result<void> SqliteTx::load_gathered() {
  for (GatheredIndex* index : reader_.gathered()) {
    TRY(index->load(db_));
  }
  return {};
}

Result<void> SqliteTx::settle(std::size_t enough) {
  for (GatheredIndex* index : reader_.gathered()) {
    TRY(index->settle(db_, enough));
  }
  return {};
}

void SqliteTx::committed() {
  for (GatheredIndex* index : reader_.gathered()) {
    index->committed();
  }
}

void SqliteTx::forget() {
  chains_.clear();
  rows_.clear();
  for (GatheredIndex* index : reader_.gathered()) {
    index->rolled_back();
  }
}

void SqliteTx::begin_group(std::uint64_t pos) {
  pos_ = pos;
  leaves_.clear();
  broken_.reset();
  begin_command();
}

void SqliteTx::undo_command() {
  if (!undo_.empty()) {
    rows_.clear();
  }
  for (auto at = undo_.rbegin(); at != undo_.rend() && !broken_; ++at) {
    if (Result<void> done = reverse(*at); !done && !broken_) {
      broken_ = std::move(done).error();
    }
  }
  begin_command();
}

Result<void> SqliteTx::reverse(const Undo& undo) {
  std::array<Cell, 64> cells;
  for (std::size_t i = 0; i < undo.cells; ++i) {
    const KeptCell& kept = cells_[undo.first_cell + i];
    std::string_view all = bytes_;
    cells[i] = kept.kind == Cell::Kind::Bytes ? Cell::bytes(all.substr(kept.at, static_cast<std::size_t>(kept.i)))
                                              : Cell{kept.kind, kept.i, {}};
  }
  Cells row(cells.data(), undo.cells);
  switch (undo.kind) {
    case Kind::Inserted:
      return undo.table->erase(db_, row);
    case Kind::Updated:
      return undo.table->update(db_, row, undo.changed);
    case Kind::Erased: {
      TRY(undo.table->insert(db_, row));
      return {};
    }
    case Kind::Appended: {
      Statement& s = *TRY(erase_event_.plain(db_));
      s.bind(1, pos_);
      int code = s.step();
      s.reset();
      if (code != Statement::kDone) {
        return tl::unexpected(db_.error(code, "taking back an event"));
      }
      chains_.erase(CaseId::from_view(row[0].b));
      leaves_.pop_back();
      --pos_;
      return {};
    }
  }
  return {};
}

void SqliteTx::log(Kind kind, TableStatements* table, Cells kept, std::uint64_t changed) {
  undo_.push_back({kind, table, cells_.size(), kept.size(), changed});
  for (const Cell& cell : kept) {
    bool bytes = cell.kind == Cell::Kind::Bytes;
    cells_.push_back({cell.kind, bytes ? static_cast<std::int64_t>(cell.b.size()) : cell.i, bytes_.size()});
    bytes_.append(cell.b);
  }
}

tl::unexpected<Error> SqliteTx::break_group(Error error) {
  // A refused value is the command's own affair: SQLite undid that statement and the transaction goes on.
  if (error.code != Code::Conflict && !broken_) {
    broken_ = error;
  }
  return tl::unexpected(std::move(error));
}

void SqliteTx::check_transaction() {
  if (!broken_ && !db_.in_transaction()) {
    broken_ = Error{Code::Unavailable, "the database ended the transaction by itself; nothing was stored"};
  }
}

}  // namespace heed::store
