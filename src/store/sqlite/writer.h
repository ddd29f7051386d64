#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ledger/replay.h"
#include "ledger/store.h"
#include "store/sqlite/checkpointer.h"
#include "store/sqlite/database.h"
#include "store/sqlite/row_cache.h"
#include "store/sqlite/tables.h"
#include "store/writer/group_writer.h"

namespace heed::store {

/// seq and hash of cases' newest events, for the few cases that a moment is about. Two generations: when the
/// young one is full the old one is forgotten.
class ChainCache {
 public:
  struct Newest {
    std::uint64_t seq = 0;
    Digest hash{};
  };
  const Newest* find(CaseId case_id);
  void put(CaseId case_id, const Newest& newest);
  void erase(CaseId case_id);
  void clear();

 private:
  static constexpr std::size_t kGeneration = 8192;
  std::unordered_map<CaseId, Newest> young_, old_;
};

/// The writes of the command that is running, inside the group's transaction. An undone command is reversed row
/// by row from a log of what was there before: a savepoint would copy every page that it touches, also for the
/// nearly all commands that succeed (docs/adr/0003).
class SqliteTx final : public ledger::Tx {
 public:
  SqliteTx(Database& db, const std::vector<const ledger::TableDef*>& tables, GatheredBook& book)
      : db_(db), reader_(db, tables, book) {}

  // View
  Result<bool> get(const ledger::TableDef& table, ledger::Cells key,
                   ledger::FunctionRef<void(ledger::Cells)> row) override;
  Result<void> scan(const ledger::TableDef& table, const ledger::Scan& how,
                    ledger::FunctionRef<bool(ledger::Cells)> row) override;
  Result<void> case_events(CaseId case_id, std::uint64_t after_seq,
                           ledger::FunctionRef<bool(const ledger::StoredEvent&)> event) override;
  Result<void> events(std::uint64_t after_pos, ledger::FunctionRef<bool(const ledger::StoredEvent&)> event) override;
  Result<void> commits(std::uint64_t after_number, ledger::FunctionRef<bool(const ledger::CommitRow&)> row) override;
  Result<ledger::ChainHead> head() override { return reader_.head(); }
  // Tx
  Result<void> put(const ledger::TableDef& table, ledger::Cells row) override;
  Result<void> erase(const ledger::TableDef& table, ledger::Cells key) override;
  Result<std::uint64_t> append(const ledger::NewEvent& event) override;

  // The group's side.
  void begin_group(std::uint64_t pos);
  void begin_command() { undo_.clear(), cells_.clear(), bytes_.clear(); }
  void undo_command();
  /// Reads the new entries of gathered indexes into memory, at the start.
  Result<void> load_gathered();
  /// Before the commit: gathered entries on their way.
  Result<void> settle(std::size_t enough);
  void committed();
  /// After a rollback nothing that was remembered holds.
  void forget();
  std::uint64_t pos() const { return pos_; }
  const std::vector<Digest>& leaves() const { return leaves_; }
  /// The first failure that undoes the whole group: a disk or page error while writing.
  const std::optional<Error>& broken() const { return broken_; }
  void check_transaction();

 private:
  enum class Kind : std::uint8_t { Inserted, Updated, Erased, Appended };
  struct KeptCell {
    ledger::Cell::Kind kind;
    std::int64_t i;  ///< the number, or the length
    std::size_t at;  ///< in bytes_
  };
  struct Undo {
    Kind kind;
    TableStatements* table;
    std::size_t first_cell;
    std::size_t cells;
    std::uint64_t changed;
  };

  void log(Kind kind, TableStatements* table, ledger::Cells kept, std::uint64_t changed = 0);
  Result<void> reverse(const Undo& undo);
  tl::unexpected<Error> break_group(Error error);
  Result<void> insert_event(const ledger::NewEvent& event, std::uint64_t pos, const Digest& hash);

  Database& db_;
  Reader reader_;
  CachedStatement insert_event_{"INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
  CachedStatement erase_event_{"DELETE FROM events WHERE pos = ?1"};
  ChainCache chains_;
  RowCache rows_;
  // Of the group.
  std::uint64_t pos_ = 0;
  std::vector<Digest> leaves_;
  std::optional<Error> broken_;
  // Of the command: what undoes it, oldest first.
  std::vector<Undo> undo_;
  std::vector<KeptCell> cells_;
  std::string bytes_;
};

/// The one connection that writes and checkpoints. All calls on the writer's thread, except figures.
class SqliteWriter {
 public:
  static Result<std::unique_ptr<SqliteWriter>> open(const std::filesystem::path& path, const Database::Options& options,
                                                    const std::vector<const ledger::TableDef*>& tables,
                                                    GatheredBook& book, CheckpointLimits limits, std::size_t gather);
  ~SqliteWriter();

  void run_group(GroupWriter::Next next);
  /// Copies some of the log if there is enough to copy; `idle`: nothing waits.
  void maintain(bool idle);
  /// Fills emptied projections from the events, some thousands a transaction; goes on where it was cut off.
  Result<void> rebuild_projections(ledger::Projector* projector);

  std::uint64_t commands() const { return commands_; }
  std::uint64_t groups() const { return groups_; }
  std::uint64_t flushes() const { return flushes_; }
  std::uint64_t events() const { return events_; }
  std::uint64_t log_bytes() const { return log_bytes_; }

 private:
  SqliteWriter(Database db, const std::vector<const ledger::TableDef*>& tables, GatheredBook& book, std::size_t gather);
  struct Answer {
    GroupWriter::Command* command;
    Result<ledger::Committed> result;
  };

  Result<void> begin();
  Result<void> commit();
  Result<void> append_commit_row();
  /// Overwrites the log where a commit failed, so that no crash can bring back what was refused.
  Result<void> bury_failed_commit();
  Result<void> step(CachedStatement& statement, std::string_view doing);
  void rollback();

  Database db_;
  SqliteTx tx_;
  std::size_t gather_;
  CachedStatement begin_{"BEGIN IMMEDIATE"}, commit_{"COMMIT"}, rollback_{"ROLLBACK"};
  CachedStatement insert_commit_{"INSERT INTO commits VALUES (?1, ?2, ?3, ?4, ?5)"};
  ledger::ChainHead head_;
  std::vector<Answer> answers_;
  bool unburied_ = false;
  std::unique_ptr<Checkpointer> checkpoints_;
  std::atomic<std::uint64_t> commands_{0}, groups_{0}, flushes_{0}, events_{0}, log_bytes_{0};
};

}  // namespace heed::store
