#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ledger/event.h"
#include "ledger/store.h"
#include "store/sqlite/database.h"
#include "store/sqlite/gathered.h"

namespace heed::store {

/// A statement that is lent out. When it is lent already (a walk inside a walk) another one is prepared.
class CachedStatement {
 public:
  explicit CachedStatement(std::string sql) : sql_(std::move(sql)) {}

  class Lease {
   public:
    Lease(CachedStatement& owner, Statement&& extra) : owner_(&owner), extra_(std::move(extra)) {}
    Lease(Lease&& other) noexcept : owner_(std::exchange(other.owner_, nullptr)), extra_(std::move(other.extra_)) {}
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Statement& operator*() { return extra_ ? extra_ : owner_->statement_; }

   private:
    CachedStatement* owner_;
    Statement extra_;
  };
  /// Prepared at the first use; reset when the lease ends.
  Result<Lease> lend(Database& db);
  /// The statement itself where no walk can be inside another: prepared, not lent.
  Result<Statement*> plain(Database& db);

 private:
  friend class Lease;
  std::string sql_;
  Statement statement_;
  bool lent_ = false;
};

/// The statements of one connection for one table.
class TableStatements {
 public:
  TableStatements(const ledger::TableDef& def, GatheredBook& book);

  const ledger::TableDef& def() const { return *def_; }
  Result<bool> get(Database& db, ledger::Cells key, ledger::FunctionRef<void(ledger::Cells)> row);
  Result<void> scan(Database& db, const ledger::Scan& how, ledger::FunctionRef<bool(ledger::Cells)> row);

  // For the writer; none may run while a statement of this table is lent.
  /// False when there is a row with this primary key. Conflict when a unique index forbids it.
  Result<bool> insert(Database& db, ledger::Cells row);
  /// Writes the columns in `changed` (bit i: column i); the row exists.
  Result<void> update(Database& db, ledger::Cells row, std::uint64_t changed);
  Result<void> erase(Database& db, ledger::Cells key);
  int walks() const { return walks_; }
  std::vector<std::unique_ptr<GatheredIndex>>& gathered() { return gathered_; }

 private:
  Result<void> scan_gathered(Database& db, GatheredIndex& index, const ledger::Scan& how,
                             ledger::FunctionRef<bool(ledger::Cells)> row);

  const ledger::TableDef* def_;
  std::vector<std::unique_ptr<GatheredIndex>> gathered_;
  std::vector<GatheredIndex*> gathered_by_;  ///< per index of the definition, null for an ordinary one
  CachedStatement get_, insert_, erase_;
  std::vector<std::pair<std::uint64_t, std::unique_ptr<CachedStatement>>> updates_;
  std::vector<std::pair<std::uint64_t, std::unique_ptr<CachedStatement>>> scans_;
  int walks_ = 0;
};

/// SELECT for a scan of this shape, which walks its index (or the primary key) without sorting.
std::string scan_sql(const ledger::TableDef& def, int index, std::size_t prefix, std::size_t after, bool descending);

/// All reads of one connection. What a View and a Tx have in common.
class Reader {
 public:
  Reader(Database& db, const std::vector<const ledger::TableDef*>& tables, GatheredBook& book);
  /// Before a snapshot is taken.
  void begin_view();
  /// Of all tables, for the writer.
  const std::vector<GatheredIndex*>& gathered() const { return gathered_; }

  TableStatements& table(const ledger::TableDef& def);
  Result<void> case_events(CaseId case_id, std::uint64_t after_seq,
                           ledger::FunctionRef<bool(const ledger::StoredEvent&)> event);
  Result<void> events(std::uint64_t after_pos, ledger::FunctionRef<bool(const ledger::StoredEvent&)> event);
  Result<void> commits(std::uint64_t after_number, ledger::FunctionRef<bool(const ledger::CommitRow&)> row);
  Result<ledger::ChainHead> head();
  /// seq and hash of the case's newest event; false when it has none.
  Result<bool> newest(CaseId case_id, std::uint64_t& seq, Digest& hash);
  Database& db() { return db_; }

 private:
  Result<void> walk_events(CachedStatement& statement, const ledger::Cell* first, std::uint64_t second,
                           ledger::FunctionRef<bool(const ledger::StoredEvent&)> event);

  Database& db_;
  std::vector<TableStatements> tables_;
  std::vector<GatheredIndex*> gathered_;
  CachedStatement case_events_, events_, commits_, head_, newest_;
};

/// A View over a reader, of whatever its connection sees.
class ReaderView : public ledger::View {
 public:
  explicit ReaderView(Reader& reader) : reader_(reader) {}
  Result<bool> get(const ledger::TableDef& table, ledger::Cells key,
                   ledger::FunctionRef<void(ledger::Cells)> row) override {
    return reader_.table(table).get(reader_.db(), key, row);
  }
  Result<void> scan(const ledger::TableDef& table, const ledger::Scan& how,
                    ledger::FunctionRef<bool(ledger::Cells)> row) override {
    return reader_.table(table).scan(reader_.db(), how, row);
  }
  Result<void> case_events(CaseId case_id, std::uint64_t after_seq,
                           ledger::FunctionRef<bool(const ledger::StoredEvent&)> event) override {
    return reader_.case_events(case_id, after_seq, event);
  }
  Result<void> events(std::uint64_t after_pos, ledger::FunctionRef<bool(const ledger::StoredEvent&)> event) override {
    return reader_.events(after_pos, event);
  }
  Result<void> commits(std::uint64_t after_number, ledger::FunctionRef<bool(const ledger::CommitRow&)> row) override {
    return reader_.commits(after_number, row);
  }
  Result<ledger::ChainHead> head() override { return reader_.head(); }

 private:
  Reader& reader_;
};

}  // namespace heed::store
