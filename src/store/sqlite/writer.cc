#include "store/sqlite/writer.h"

#include <sqlite3.h>

#include "store/sqlite/schema.h"

namespace heed::store {
namespace {

using ledger::Committed;

constexpr std::uint64_t kPageBytes = 4096;
constexpr std::uint64_t kFrameBytes = kPageBytes + 24;
constexpr std::size_t kRebuildEvents = 2000;

}  // namespace

Result<std::unique_ptr<SqliteWriter>> SqliteWriter::open(const std::filesystem::path& path,
                                                         const Database::Options& options,
                                                         const std::vector<const ledger::TableDef*>& tables,
                                                         GatheredBook& book, CheckpointLimits limits,
                                                         std::size_t gather) {
  Database db = TRY(Database::open(path, options));
  std::int64_t version = TRY(db.scalar("PRAGMA user_version"));
  if (version == 0) {
    TRY(db.exec("PRAGMA page_size=" + std::to_string(kPageBytes)));
  }
  if (version <= kFormatVersion) {  // A newer folder is refused below, untouched.
    TRY(db.exec("PRAGMA journal_mode=WAL"));
  }
  TRY(db.exec("PRAGMA synchronous=FULL; PRAGMA secure_delete=FAST"));
  TRY(prepare_schema(db, tables));
  std::unique_ptr<SqliteWriter> writer(new SqliteWriter(std::move(db), tables, book, gather));
  TRY(writer->tx_.load_gathered());
  writer->checkpoints_ = std::make_unique<Checkpointer>(writer->db_, path, options, limits);
  writer->head_ = TRY(writer->tx_.head());
  return writer;
}

SqliteWriter::SqliteWriter(Database db, const std::vector<const ledger::TableDef*>& tables, GatheredBook& book,
                           std::size_t gather)
    : db_(std::move(db)), tx_(db_, tables, book), gather_(gather) {
  sqlite3_wal_hook(
      db_.raw(),
      [](void* self, sqlite3*, const char*, int frames) {
        static_cast<SqliteWriter*>(self)->log_bytes_ = static_cast<std::uint64_t>(frames) * kFrameBytes;
        ++static_cast<SqliteWriter*>(self)->flushes_;
        return SQLITE_OK;
      },
      this);
}

SqliteWriter::~SqliteWriter() {
  checkpoints_.reset();  // its reader would hold the log
  // An orderly end leaves one file. When it fails the log is simply read at the next start.
  sqlite3_wal_checkpoint_v2(db_.raw(), "main", SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
}

void SqliteWriter::run_group(GroupWriter::Next next) {
  answers_.clear();
  tx_.begin_group(head_.pos);
  Result<void> done = begin();
  while (GroupWriter::Command* command = next()) {
    if (!done) {
      answers_.push_back({command, Committed{}});
      continue;
    }
    tx_.begin_command();
    Result<void> result = command->work(tx_);
    tx_.check_transaction();
    if (!result && !tx_.broken()) {
      tx_.undo_command();
    }
    answers_.push_back({command, Committed{tx_.pos()}});
    if (!result) {
      answers_.back().result = tl::unexpected(std::move(result).error());
    }
    if (tx_.broken()) {
      done = tl::unexpected(*tx_.broken());
      break;
    }
  }
  std::uint64_t appended = tx_.leaves().size();
  if (done) {
    done = commit();
  }
  if (done) {
    events_ += appended;
  } else {
    rollback();
    // Nothing of the group exists. What failed alone might have failed because of what is now gone.
    Error error = std::move(done).error();
    error.code = error.code == Code::Corrupt ? Code::Corrupt : Code::Unavailable;
    for (Answer& answer : answers_) {
      answer.result = tl::unexpected(error);
    }
  }
  commands_ += answers_.size();
  ++groups_;
  for (Answer& answer : answers_) {
    answer.command->done(std::move(answer.result));
  }
}

Result<void> SqliteWriter::begin() {
  if (unburied_) {
    TRY(bury_failed_commit());
  }
  return step(begin_, "beginning a group");
}

Result<void> SqliteWriter::commit() {
  ledger::ChainHead before = head_;
  Result<void> done = tx_.settle(gather_);
  if (done) {
    done = append_commit_row();
  }
  if (done) {
    done = step(commit_, "committing a group");
    if (!done) {
      rollback();
      unburied_ = true;
      if (bury_failed_commit()) {
        unburied_ = false;
      }
    }
  }
  if (done) {
    tx_.committed();
  } else {
    head_ = before;
  }
  return done;
}

Result<void> SqliteWriter::append_commit_row() {
  if (tx_.leaves().empty()) {
    return {};
  }
  ledger::CommitRow row{head_.commit + 1, head_.pos + 1, tx_.pos(), ledger::merkle_root(tx_.leaves()), {}};
  row.hash = ledger::commit_hash(head_.hash, row);
  Statement& s = *TRY(insert_commit_.plain(db_));
  s.bind(1, row.number);
  s.bind(2, row.first_pos);
  s.bind(3, row.last_pos);
  s.bind(4, view(row.root));
  s.bind(5, view(row.hash));
  int code = s.step();
  s.reset();
  if (code != Statement::kDone) {
    return tl::unexpected(db_.error(code, "appending a commit row"));
  }
  head_ = {row.number, row.last_pos, row.hash};
  return {};
}

Result<void> SqliteWriter::bury_failed_commit() {
  // The failed group's frames may lie in the log with a valid commit mark although flushing them failed. A
  // commit of our own in their place ends their chain of checksums.
  Result<void> done = db_.exec(
      "BEGIN IMMEDIATE; INSERT INTO heed_meta VALUES ('failed_commits', 1) "
      "ON CONFLICT (key) DO UPDATE SET value = value + 1; COMMIT");
  if (!done) {
    rollback();
    return done;
  }
  unburied_ = false;
  return {};
}

Result<void> SqliteWriter::step(CachedStatement& statement, std::string_view doing) {
  Statement& s = *TRY(statement.plain(db_));
  int code = s.step();
  s.reset();
  return code == Statement::kDone ? Result<void>() : tl::unexpected(db_.error(code, doing));
}

void SqliteWriter::rollback() {
  tx_.forget();
  if (db_.in_transaction()) {
    (void)step(rollback_, "rolling back");
  }
}

void SqliteWriter::maintain(bool idle) {
  if (checkpoints_->run(log_bytes_, idle)) {
    log_bytes_ = 0;
  }
}

Result<void> SqliteWriter::rebuild_projections(ledger::Projector* projector) {
  std::int64_t pending = TRY(db_.scalar("SELECT count(*) FROM heed_meta WHERE key = 'replayed_to'"));
  if (pending == 0) {
    return {};
  }
  if (projector == nullptr) {
    return fail(
        Code::Conflict,
        "this release's tables differ from the stored ones; start `heed serve` or run `heed ledger replay` once");
  }
  for (;;) {
    std::uint64_t done =
        static_cast<std::uint64_t>(TRY(db_.scalar("SELECT value FROM heed_meta WHERE key = 'replayed_to'")));
    std::vector<ledger::StoredEvent> page;
    TRY(tx_.events(done, [&](const ledger::StoredEvent& event) {
      page.push_back(event);
      return page.size() < kRebuildEvents;
    }));
    TRY(begin());
    tx_.begin_group(head_.pos);
    Result<void> applied;
    for (const ledger::StoredEvent& event : page) {
      tx_.begin_command();
      applied = projector->apply(tx_, event);
      if (!applied) {
        break;
      }
    }
    if (applied) {
      applied = db_.exec(page.empty() ? "DELETE FROM heed_meta WHERE key = 'replayed_to'"
                                      : "UPDATE heed_meta SET value = " + std::to_string(page.back().pos) +
                                            " WHERE key = 'replayed_to'");
    }
    if (applied) {
      applied = tx_.settle(gather_);
    }
    if (applied) {
      applied = step(commit_, "committing a part of the replay");
    }
    if (!applied) {
      rollback();
      return applied;
    }
    tx_.committed();
    maintain(/*idle=*/true);
    if (page.empty()) {
      return {};
    }
  }
}

}  // namespace heed::store
