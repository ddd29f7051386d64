#include "store/sqlite/tables.h"

#include <algorithm>
#include <array>
#include <optional>

#include "store/sqlite/schema.h"

namespace heed::store {
namespace {

using ledger::Cell;
using ledger::Cells;
using ledger::FunctionRef;
using ledger::TableDef;

constexpr std::size_t kColumnsMax = 64;

std::string column_list(const TableDef& def) {
  std::string out;
  for (const ledger::Column& column : def.columns) {
    out.append(out.empty() ? "" : ", ").append(quote_name(column.name));
  }
  return out;
}

std::string key_condition(const TableDef& def) {
  std::string out;
  for (int i = 0; i < def.key_columns; ++i) {
    out += (i == 0 ? "" : " AND ") + quote_name(def.columns[static_cast<std::size_t>(i)].name) + " = ?" +
           std::to_string(i + 1);
  }
  return out;
}

std::string insert_sql(const TableDef& def) {
  std::string sql = "INSERT INTO " + quote_name(def.name) + " VALUES (";
  for (std::size_t i = 0; i < def.columns.size(); ++i) {
    sql += (i == 0 ? "?" : ", ?") + std::to_string(i + 1);
  }
  sql += ") ON CONFLICT (";
  for (int i = 0; i < def.key_columns; ++i) {
    sql += (i == 0 ? "" : ", ") + quote_name(def.columns[static_cast<std::size_t>(i)].name);
  }
  return sql + ") DO NOTHING";
}

std::string update_sql(const TableDef& def, std::uint64_t changed) {
  std::string sql = "UPDATE " + quote_name(def.name) + " SET ";
  bool first = true;
  for (std::size_t i = 0; i < def.columns.size(); ++i) {
    if ((changed >> i & 1) != 0) {
      sql += (first ? "" : ", ") + quote_name(def.columns[i].name) + " = ?" + std::to_string(i + 1);
      first = false;
    }
  }
  return sql + " WHERE " + key_condition(def);
}

struct RowCells {
  std::array<Cell, kColumnsMax> cells;
  Cells read(const Statement& s, std::size_t n) {
    for (std::size_t i = 0; i < n; ++i) {
      cells[i] = s.column(static_cast<int>(i));
    }
    return {cells.data(), n};
  }
};

/// Resets on every way out, so that no statement keeps its read transaction or its bound bytes.
struct Resetting {
  Statement& statement;
  ~Resetting() { statement.reset(); }
};

ledger::StoredEvent event_of(const Statement& s) {
  ledger::StoredEvent e;
  e.pos = static_cast<std::uint64_t>(s.integer(0));
  e.case_id = CaseId::from_view(s.bytes(1));
  e.seq = static_cast<std::uint64_t>(s.integer(2));
  e.header = s.bytes(3);
  e.bodies = s.bytes(4);
  e.hash = digest_from_view(s.bytes(5));
  return e;
}

}  // namespace

std::string scan_sql(const TableDef& def, int index, std::size_t prefix, std::size_t after, bool descending) {
  std::vector<std::string> order;
  std::string partial;
  bool unique = index < 0;
  if (index >= 0) {
    const ledger::Index& in = def.indexes[static_cast<std::size_t>(index)];
    unique = in.unique;
    for (int column : in.columns) {
      order.push_back(quote_name(def.columns[static_cast<std::size_t>(column)].name));
    }
    if (in.partial) {
      partial = order.front() + " IS NOT NULL";
    }
  }
  std::size_t sorted = order.size();
  for (int i = 0; i < def.key_columns; ++i) {
    order.push_back(quote_name(def.columns[static_cast<std::size_t>(i)].name));
  }
  // A unique index needs no more to be in order; naming the key as well could make SQLite sort.
  sorted = index >= 0 && unique ? sorted : order.size();
  HEED_ASSERT(prefix + after <= order.size());

  std::string sql = "SELECT " + column_list(def) + " FROM " + quote_name(def.name);
  if (index >= 0) {
    sql += " INDEXED BY " + quote_index_name(def, def.indexes[static_cast<std::size_t>(index)]);
  }
  std::string where = partial;
  auto add = [&](const std::string& condition) { where += (where.empty() ? "" : " AND ") + condition; };
  for (std::size_t i = 0; i < prefix; ++i) {
    add(order[i] + " = ?" + std::to_string(i + 1));
  }
  if (after > 0) {
    std::string left, right;
    for (std::size_t i = prefix; i < prefix + after; ++i) {
      left += (i == prefix ? "" : ", ") + order[i];
      right += (i == prefix ? "?" : ", ?") + std::to_string(i + 1);
    }
    const char* than = descending ? " < " : " > ";
    add(after == 1 ? left + than + right : "(" + left + ")" + than + "(" + right + ")");
  }
  sql += where.empty() ? "" : " WHERE " + where;
  for (std::size_t i = prefix; i < sorted; ++i) {  // What the prefix fixes needs no order.
    sql += (i == prefix ? " ORDER BY " : ", ") + order[i] + (descending ? " DESC" : "");
  }
  return sql;
}

CachedStatement::Lease::~Lease() {
  if (owner_ != nullptr) {
    (**this).reset();
    if (!extra_) {
      owner_->lent_ = false;
    }
  }
}

Result<CachedStatement::Lease> CachedStatement::lend(Database& db) {
  if (!lent_) {
    TRY(plain(db));
    lent_ = true;
    return Lease(*this, Statement());
  }
  Statement extra = TRY(db.prepare(sql_));
  return Lease(*this, std::move(extra));
}

Result<Statement*> CachedStatement::plain(Database& db) {
  if (!statement_) {
    statement_ = TRY(db.prepare(sql_));
  }
  return &statement_;
}

TableStatements::TableStatements(const TableDef& def, GatheredBook& book)
    : def_(&def),
      gathered_by_(def.indexes.size()),
      get_("SELECT " + column_list(def) + " FROM " + quote_name(def.name) + " WHERE " + key_condition(def)),
      insert_(insert_sql(def)),
      erase_("DELETE FROM " + quote_name(def.name) + " WHERE " + key_condition(def)) {
  for (std::size_t i = 0; i < def.indexes.size(); ++i) {
    if (def.indexes[i].gathered) {
      gathered_.push_back(std::make_unique<GatheredIndex>(def, i, book.places(def, i)));
      gathered_by_[i] = gathered_.back().get();
    }
  }
}

Result<bool> TableStatements::get(Database& db, Cells key, FunctionRef<void(Cells)> row) {
  HEED_ASSERT(key.size() == static_cast<std::size_t>(def_->key_columns));
  auto lease = TRY(get_.lend(db));
  Statement& s = *lease;
  for (std::size_t i = 0; i < key.size(); ++i) {
    s.bind(static_cast<int>(i + 1), key[i]);
  }
  int code = s.step();
  if (code == Statement::kRow) {
    RowCells cells;
    row(cells.read(s, def_->columns.size()));
    return true;
  }
  if (code != Statement::kDone) {
    return tl::unexpected(db.error(code, "reading " + std::string(def_->name)));
  }
  return false;
}

Result<void> TableStatements::scan(Database& db, const ledger::Scan& how, FunctionRef<bool(Cells)> row) {
  HEED_ASSERT(how.prefix.size() < 16 && how.after.size() < 16);
  if (how.index >= 0 && gathered_by_[static_cast<std::size_t>(how.index)] != nullptr) {
    return scan_gathered(db, *gathered_by_[static_cast<std::size_t>(how.index)], how, row);
  }
  std::uint64_t shape = static_cast<std::uint64_t>(how.index + 1) << 16 | how.prefix.size() << 8 |
                        how.after.size() << 1 | (how.descending ? 1u : 0u);
  CachedStatement* cached = nullptr;
  for (auto& [known, statement] : scans_) {
    if (known == shape) {
      cached = statement.get();
    }
  }
  if (cached == nullptr) {
    auto sql = scan_sql(*def_, how.index, how.prefix.size(), how.after.size(), how.descending);
    cached = scans_.emplace_back(shape, std::make_unique<CachedStatement>(std::move(sql))).second.get();
  }
  auto lease = TRY(cached->lend(db));
  Statement& s = *lease;
  int parameter = 0;
  for (const Cell& cell : how.prefix) {
    s.bind(++parameter, cell);
  }
  for (const Cell& cell : how.after) {
    s.bind(++parameter, cell);
  }
  ++walks_;
  RowCells cells;
  int code = Statement::kDone;
  for (std::size_t left = how.limit; left > 0; --left) {
    code = s.step();
    if (code != Statement::kRow || !row(cells.read(s, def_->columns.size()))) {
      break;
    }
  }
  --walks_;
  if (code != Statement::kRow && code != Statement::kDone) {
    return tl::unexpected(db.error(code, "walking " + std::string(def_->name)));
  }
  return {};
}

Result<void> TableStatements::scan_gathered(Database& db, GatheredIndex& index, const ledger::Scan& how,
                                            FunctionRef<bool(Cells)> row) {
  ++walks_;
  bool more = true;
  Result<void> failed;
  Result<void> done = index.scan(db, how, [&](Cells key) {
    Result<bool> found = get(db, key, [&](Cells cells) { more = row(cells); });
    if (!found || !*found) {
      failed = found ? fail(Code::Corrupt, "an index of " + std::string(def_->name) + " names a row that is not there")
                     : Result<void>(tl::unexpected(std::move(found).error()));
    }
    return more && failed.has_value();
  });
  --walks_;
  return done ? failed : done;
}

Result<bool> TableStatements::insert(Database& db, Cells row) {
  Statement& s = *TRY(insert_.plain(db));
  Resetting resetting{s};
  for (std::size_t i = 0; i < row.size(); ++i) {
    s.bind(static_cast<int>(i + 1), row[i]);
  }
  int code = s.step();
  if (code == Statement::kDone) {
    const bool inserted = db.changes() != 0;
    for (auto& index : gathered_) {
      if (inserted) {
        TRY(index->add(db, row));
      }
    }
    return inserted;
  }
  if (Database::is_constraint(code)) {
    return fail(Code::Conflict, "another row of " + std::string(def_->name) + " has the same values in a unique index");
  }
  return tl::unexpected(db.error(code, "writing " + std::string(def_->name)));
}

Result<void> TableStatements::update(Database& db, Cells row, std::uint64_t changed) {
  // What the gathered indexes have of the row as it is; changed only when the row is.
  std::vector<std::pair<GatheredIndex*, std::optional<std::string>>> indexed;
  for (auto& index : gathered_) {
    if ((changed & index->bit()) != 0) {
      auto& old = indexed.emplace_back(index.get(), std::nullopt).second;
      TRY(get(db, row.first(static_cast<std::size_t>(def_->key_columns)), [&](Cells is) {
        if (const Cell& cell = is[index->column()]; !cell.is_null()) {
          old = std::string(cell.b);
        }
      }));
    }
  }
  CachedStatement* cached = nullptr;
  for (auto& [known, statement] : updates_) {
    if (known == changed) {
      cached = statement.get();
    }
  }
  if (cached == nullptr) {
    cached = updates_.emplace_back(changed, std::make_unique<CachedStatement>(update_sql(*def_, changed))).second.get();
  }
  Statement& s = *TRY(cached->plain(db));
  Resetting resetting{s};
  for (std::size_t i = 0; i < row.size(); ++i) {
    if ((changed >> i & 1) != 0 || i < static_cast<std::size_t>(def_->key_columns)) {
      s.bind(static_cast<int>(i + 1), row[i]);
    }
  }
  int code = s.step();
  if (code == Statement::kDone) {
    RowCells was;
    for (auto& [index, old] : indexed) {
      std::copy(row.begin(), row.end(), was.cells.begin());
      was.cells[index->column()] = old ? Cell::bytes(*old) : Cell::null();
      TRY(index->remove(db, Cells(was.cells).first(row.size())));
      TRY(index->add(db, row));
    }
    return {};
  }
  if (Database::is_constraint(code)) {
    return fail(Code::Conflict, "another row of " + std::string(def_->name) + " has the same values in a unique index");
  }
  return tl::unexpected(db.error(code, "writing " + std::string(def_->name)));
}

Result<void> TableStatements::erase(Database& db, Cells key) {
  for (auto& index : gathered_) {
    Result<void> removed;
    TRY(get(db, key, [&](Cells old) { removed = index->remove(db, old); }));
    TRY(removed);
  }
  Statement& s = *TRY(erase_.plain(db));
  Resetting resetting{s};
  for (std::size_t i = 0; i < key.size(); ++i) {
    s.bind(static_cast<int>(i + 1), key[i]);
  }
  int code = s.step();
  return code == Statement::kDone ? Result<void>()
                                  : tl::unexpected(db.error(code, "erasing from " + std::string(def_->name)));
}

namespace {

#define EVENT_COLUMNS "SELECT pos, case_id, seq, header, bodies, hash FROM events "

}  // namespace

Reader::Reader(Database& db, const std::vector<const TableDef*>& tables, GatheredBook& book)
    : db_(db),
      case_events_(EVENT_COLUMNS "WHERE case_id = ?1 AND seq > ?2 ORDER BY seq"),
      events_(EVENT_COLUMNS "WHERE pos > ?1 ORDER BY pos"),
      commits_("SELECT number, first_pos, last_pos, root, hash FROM commits WHERE number > ?1 ORDER BY number"),
      head_("SELECT number, last_pos, hash FROM commits ORDER BY number DESC LIMIT 1"),
      newest_("SELECT seq, hash FROM events WHERE case_id = ?1 ORDER BY seq DESC LIMIT 1") {
  for (const TableDef* def : tables) {
    tables_.emplace_back(*def, book);
    for (auto& index : tables_.back().gathered()) {
      gathered_.push_back(index.get());
    }
  }
}

void Reader::begin_view() {
  for (GatheredIndex* index : gathered_) {
    index->begin_view();
  }
}

TableStatements& Reader::table(const TableDef& def) {
  for (TableStatements& table : tables_) {
    if (&table.def() == &def) {
      return table;
    }
  }
  HEED_ASSERT(false && "the table was not named when the store was opened");
  return tables_.front();
}

Result<void> Reader::walk_events(CachedStatement& statement, const Cell* first, std::uint64_t second,
                                 FunctionRef<bool(const ledger::StoredEvent&)> event) {
  auto lease = TRY(statement.lend(db_));
  Statement& s = *lease;
  int parameter = 0;
  if (first != nullptr) {
    s.bind(++parameter, *first);
  }
  s.bind(++parameter, second);
  int code;
  while ((code = s.step()) == Statement::kRow && event(event_of(s))) {
  }
  if (code != Statement::kRow && code != Statement::kDone) {
    return tl::unexpected(db_.error(code, "reading events"));
  }
  return {};
}

Result<void> Reader::case_events(CaseId case_id, std::uint64_t after_seq,
                                 FunctionRef<bool(const ledger::StoredEvent&)> event) {
  Cell id = Cell::bytes(case_id.view());
  return walk_events(case_events_, &id, after_seq, event);
}

Result<void> Reader::events(std::uint64_t after_pos, FunctionRef<bool(const ledger::StoredEvent&)> event) {
  return walk_events(events_, nullptr, after_pos, event);
}

Result<void> Reader::commits(std::uint64_t after_number, FunctionRef<bool(const ledger::CommitRow&)> row) {
  auto lease = TRY(commits_.lend(db_));
  Statement& s = *lease;
  s.bind(1, after_number);
  int code;
  while ((code = s.step()) == Statement::kRow) {
    ledger::CommitRow commit{static_cast<std::uint64_t>(s.integer(0)), static_cast<std::uint64_t>(s.integer(1)),
                             static_cast<std::uint64_t>(s.integer(2)), digest_from_view(s.bytes(3)),
                             digest_from_view(s.bytes(4))};
    if (!row(commit)) {
      return {};
    }
  }
  return code == Statement::kDone ? Result<void>() : tl::unexpected(db_.error(code, "reading commit rows"));
}

Result<ledger::ChainHead> Reader::head() {
  Statement& s = *TRY(head_.plain(db_));
  Resetting resetting{s};
  int code = s.step();
  if (code == Statement::kRow) {
    return ledger::ChainHead{static_cast<std::uint64_t>(s.integer(0)), static_cast<std::uint64_t>(s.integer(1)),
                             digest_from_view(s.bytes(2))};
  }
  return code == Statement::kDone ? Result<ledger::ChainHead>(ledger::ChainHead{})
                                  : tl::unexpected(db_.error(code, "reading the chain head"));
}

Result<bool> Reader::newest(CaseId case_id, std::uint64_t& seq, Digest& hash) {
  Statement& s = *TRY(newest_.plain(db_));
  Resetting resetting{s};
  s.bind(1, case_id.view());
  int code = s.step();
  if (code == Statement::kRow) {
    seq = static_cast<std::uint64_t>(s.integer(0));
    hash = digest_from_view(s.bytes(1));
    return true;
  }
  return code == Statement::kDone ? Result<bool>(false)
                                  : tl::unexpected(db_.error(code, "reading a case's newest event"));
}

}  // namespace heed::store
