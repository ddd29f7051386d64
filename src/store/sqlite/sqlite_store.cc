#include "store/sqlite/sqlite_store.h"

#include <cerrno>
#include <mutex>

#include "base/guarded.h"
#include "store/sqlite/folder_lock.h"
#include "store/sqlite/log_batching.h"

namespace heed::store {
namespace {

using ledger::Cells;
using ledger::FunctionRef;
using ledger::TableDef;

/// A read-only connection with its statements.
struct ReadConnection {
  ReadConnection(Database opened, const std::vector<const TableDef*>& tables, GatheredBook& book)
      : db(std::move(opened)), reader(db, tables, book) {}
  Database db;
  Reader reader;
  CachedStatement begin{"BEGIN DEFERRED"}, commit{"COMMIT"};
};

Result<void> step(ReadConnection& connection, CachedStatement& statement, std::string_view doing) {
  Statement& s = *TRY(statement.plain(connection.db));
  int code = s.step();
  s.reset();
  return code == Statement::kDone ? Result<void>() : tl::unexpected(connection.db.error(code, doing));
}

/// Connections that no view needs at the moment. Shared with the views, which may outlive the store.
class ReaderPool {
 public:
  ReaderPool(std::filesystem::path path, const SqliteOptions& options, std::shared_ptr<GatheredBook> book)
      : path_(std::move(path)), tables_(options.tables), book_(std::move(book)), kept_(options.readers_kept) {
    database_.read_only = true;
    database_.cache_bytes = options.reader_cache_bytes;
    database_.vfs = options.vfs;
  }
  Result<std::unique_ptr<ReadConnection>> take() {
    std::unique_ptr<ReadConnection> idle = idle_.with([](auto& list) {
      std::unique_ptr<ReadConnection> last;
      if (!list.empty()) {
        last = std::move(list.back());
        list.pop_back();
      }
      return last;
    });
    if (idle) {
      return idle;
    }
    Database db = TRY(Database::open(path_, database_));
    return std::make_unique<ReadConnection>(std::move(db), tables_, *book_);
  }
  void give_back(std::unique_ptr<ReadConnection> connection) {
    idle_.with([&](auto& list) {
      if (list.size() < kept_) {
        list.push_back(std::move(connection));
      }
    });
  }

 private:
  std::filesystem::path path_;
  std::vector<const TableDef*> tables_;
  std::shared_ptr<GatheredBook> book_;
  std::size_t kept_;
  Database::Options database_;
  Guarded<std::vector<std::unique_ptr<ReadConnection>>> idle_;
};

class SqliteView final : public ReaderView {
 public:
  SqliteView(std::shared_ptr<ReaderPool> pool, std::unique_ptr<ReadConnection> connection,
             const ledger::ChainHead& head)
      : ReaderView(connection->reader), pool_(std::move(pool)), connection_(std::move(connection)), head_(head) {}
  ~SqliteView() override {
    if (step(*connection_, connection_->commit, "ending a view")) {
      pool_->give_back(std::move(connection_));
    }
  }
  Result<ledger::ChainHead> head() override { return head_; }

 private:
  std::shared_ptr<ReaderPool> pool_;
  std::unique_ptr<ReadConnection> connection_;
  ledger::ChainHead head_;
};

class Implementation final : public SqliteStore {
 public:
  Implementation(Fd lock, std::shared_ptr<GatheredBook> book, std::unique_ptr<SqliteWriter> writer,
                 std::shared_ptr<ReaderPool> readers, const SqliteOptions& options)
      : lock_(std::move(lock)),
        tables_(options.tables),
        book_(std::move(book)),
        readers_(std::move(readers)),
        writer_(std::move(writer)),
        queue_(options.limits, [this](GroupWriter::Next next) {
          writer_->run_group(next);
          writer_->maintain(/*idle=*/queue_.waiting() == 0);
        }) {}
  ~Implementation() override {
    queue_.stop();
    readers_.reset();
    writer_.reset();
  }

  void execute(ledger::Priority priority, Work work, Done done) override {
    queue_.submit(priority, std::move(work), std::move(done));
  }

  Result<std::unique_ptr<ledger::View>> view() override {
    std::unique_ptr<ReadConnection> connection = TRY(readers_->take());
    connection->reader.begin_view();
    TRY(step(*connection, connection->begin, "beginning a view"));
    // BEGIN alone takes no snapshot, the first read does.
    ledger::ChainHead head = TRY(connection->reader.head());
    return std::make_unique<SqliteView>(readers_, std::move(connection), head);
  }

  Figures figures() const override {
    return {writer_->commands(), writer_->groups(), writer_->flushes(), writer_->events()};
  }
  std::uint64_t log_bytes() const override { return writer_->log_bytes(); }

  Result<std::vector<std::string>> integrity_check() override {
    std::unique_ptr<ReadConnection> connection = TRY(readers_->take());
    std::vector<std::string> messages;
    {
      Statement s = TRY(connection->db.prepare("PRAGMA integrity_check"));
      int code;
      while ((code = s.step()) == Statement::kRow) {
        messages.emplace_back(s.bytes(0));
      }
      if (code != Statement::kDone) {
        messages.push_back(connection->db.error(code, "checking the database").message);
      }
    }
    if (messages.size() == 1 && messages[0] == "ok") {
      messages.clear();
    }
    for (const TableDef* def : messages.empty() ? tables_ : std::vector<const TableDef*>()) {
      for (const ledger::Index& index : def->indexes) {
        if (index.gathered) {
          std::vector<std::string> wrong = TRY(check_gathered(connection->db, *def, index));
          messages.insert(messages.end(), wrong.begin(), wrong.end());
        }
      }
    }
    readers_->give_back(std::move(connection));
    return messages;
  }

 private:
  Fd lock_;
  std::vector<const TableDef*> tables_;
  std::shared_ptr<GatheredBook> book_;
  std::shared_ptr<ReaderPool> readers_;
  std::unique_ptr<SqliteWriter> writer_;
  GroupWriter queue_;
};

}  // namespace

Result<std::unique_ptr<SqliteStore>> open_sqlite_store(SqliteOptions options) {
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  if (failed) {
    return io_error("creating the data folder", options.folder, failed.value());
  }
  Fd lock = TRY(lock_folder(options.folder));
  std::filesystem::path path = options.folder / "ledger.db";
  Database::Options database;
  database.cache_bytes = options.writer_cache_bytes;
  database.vfs = log_batching_vfs(options.vfs);
  auto book = std::make_shared<GatheredBook>(options.tables);
  std::unique_ptr<SqliteWriter> writer =
      TRY(SqliteWriter::open(path, database, options.tables, *book, options.checkpoints, options.gather));
  TRY(writer->rebuild_projections(options.projector));
  auto readers = std::make_shared<ReaderPool>(path, options, book);
  return std::make_unique<Implementation>(std::move(lock), std::move(book), std::move(writer), std::move(readers),
                                          options);
}

}  // namespace heed::store
