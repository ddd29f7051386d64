#include "store/sqlite/database.h"

#include <sqlite3.h>

#include <mutex>

#include "store/sqlite/page_cache.h"

namespace heed::store {

static_assert(Statement::kRow == SQLITE_ROW && Statement::kDone == SQLITE_DONE);

Statement::~Statement() { sqlite3_finalize(raw_); }

void Statement::bind(int parameter, const ledger::Cell& cell) {
  switch (cell.kind) {
    case ledger::Cell::Kind::Null:
      sqlite3_bind_null(raw_, parameter);
      break;
    case ledger::Cell::Kind::Int:
      sqlite3_bind_int64(raw_, parameter, cell.i);
      break;
    case ledger::Cell::Kind::Bytes:
      // A null pointer would bind NULL, which empty bytes are not.
      sqlite3_bind_blob64(raw_, parameter, cell.b.empty() ? "" : cell.b.data(), cell.b.size(), SQLITE_STATIC);
      break;
  }
}

int Statement::step() { return sqlite3_step(raw_); }

ledger::Cell Statement::column(int index) const {
  switch (sqlite3_column_type(raw_, index)) {
    case SQLITE_INTEGER:
      return ledger::Cell::integer(sqlite3_column_int64(raw_, index));
    case SQLITE_NULL:
      return ledger::Cell::null();
    default:
      return ledger::Cell::bytes(bytes(index));
  }
}

std::int64_t Statement::integer(int index) const { return sqlite3_column_int64(raw_, index); }

std::string_view Statement::bytes(int index) const {
  const void* data = sqlite3_column_blob(raw_, index);
  return {static_cast<const char*>(data),
          data == nullptr ? 0 : static_cast<std::size_t>(sqlite3_column_bytes(raw_, index))};
}

void Statement::reset() { sqlite3_reset(raw_); }

void configure_sqlite() {
  static std::once_flag configured;
  std::call_once(configured, [] {
    // Counting allocations would take a process-wide mutex for each of them.
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    use_own_page_cache();
  });
}

Result<Database> Database::open(const std::filesystem::path& path, const Options& options) {
  configure_sqlite();
  int flags =
      SQLITE_OPEN_NOMUTEX | (options.read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  sqlite3* raw = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &raw, flags, options.vfs.empty() ? nullptr : options.vfs.c_str());
  Database db(raw);
  if (code != SQLITE_OK) {
    return tl::unexpected(db.error(code, "opening " + path.string()));
  }
  sqlite3_extended_result_codes(raw, 1);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  // Only the writer checkpoints, and it does so itself before it closes.
  sqlite3_db_config(raw, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  TRY(db.exec("PRAGMA wal_autocheckpoint=0; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-" +
              std::to_string(options.cache_bytes / 1024)));
  return db;
}

Database::~Database() { sqlite3_close(raw_); }

Result<Statement> Database::prepare(std::string_view sql) {
  sqlite3_stmt* raw = nullptr;
  int code =
      sqlite3_prepare_v3(raw_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT, &raw, nullptr);
  if (code != SQLITE_OK) {
    return tl::unexpected(error(code, "preparing \"" + std::string(sql) + "\""));
  }
  return Statement(raw);
}

Result<void> Database::exec(const std::string& sql) {
  int code = sqlite3_exec(raw_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) {
    return tl::unexpected(error(code, "running \"" + sql.substr(0, 200) + "\""));
  }
  return {};
}

Result<std::int64_t> Database::scalar(const std::string& sql) {
  Statement statement = TRY(prepare(sql));
  int code = statement.step();
  if (code != Statement::kRow && code != Statement::kDone) {
    return tl::unexpected(error(code, "running \"" + sql + "\""));
  }
  return code == Statement::kRow ? statement.integer(0) : 0;
}

bool Database::is_constraint(int code) { return (code & 0xFF) == SQLITE_CONSTRAINT; }
int Database::changes() const { return sqlite3_changes(raw_); }
bool Database::in_transaction() const { return raw_ != nullptr && sqlite3_get_autocommit(raw_) == 0; }

Error Database::error(int code, std::string_view doing) const {
  std::string message = std::string(doing) + ": " + (raw_ == nullptr ? sqlite3_errstr(code) : sqlite3_errmsg(raw_)) +
                        " (SQLite " + std::to_string(code) + ")";
  switch (code & 0xFF) {
    case SQLITE_CONSTRAINT:
      return {Code::Conflict, std::move(message)};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Code::Corrupt, std::move(message) + "; run `heed ledger verify`, then restore from the backup"};
    case SQLITE_FULL:
      return {Code::Unavailable, std::move(message) + "; nothing was stored, free some space on the disk"};
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_NOMEM:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
      return {Code::Unavailable, std::move(message) + "; nothing was stored"};
    default:
      return {Code::Internal, std::move(message)};
  }
}

}  // namespace heed::store
