#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "ledger/table.h"

struct sqlite3;
struct sqlite3_stmt;

namespace heed::store {

/// A prepared statement; finalised with this object, which must go before its Database.
class Statement {
 public:
  Statement() = default;
  explicit Statement(sqlite3_stmt* raw) : raw_(raw) {}
  Statement(Statement&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Statement& operator=(Statement&& other) noexcept {
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Statement();
  explicit operator bool() const { return raw_ != nullptr; }

  /// Parameters count from 1. Bytes are not copied: they must live until reset().
  void bind(int parameter, const ledger::Cell& cell);
  void bind(int parameter, std::int64_t value) { bind(parameter, ledger::Cell::integer(value)); }
  void bind(int parameter, std::uint64_t value) { bind(parameter, static_cast<std::int64_t>(value)); }
  void bind(int parameter, std::string_view value) { bind(parameter, ledger::Cell::bytes(value)); }
  /// SQLite's result code: kRow, kDone or an error for Database::error.
  int step();
  /// Columns count from 0. Bytes are good until the next step or reset.
  ledger::Cell column(int index) const;
  std::int64_t integer(int index) const;
  std::string_view bytes(int index) const;
  void reset();

  static constexpr int kRow = 100;
  static constexpr int kDone = 101;

 private:
  sqlite3_stmt* raw_ = nullptr;
};

/// Process-wide settings, which must come before any other use of SQLite; done once, by open() too.
void configure_sqlite();

/// One connection. Used by one thread at a time.
class Database {
 public:
  struct Options {
    bool read_only = false;
    std::int64_t cache_bytes = 8 << 20;
    std::string vfs = {};  ///< name of a registered VFS; empty: the system's
  };
  static Result<Database> open(const std::filesystem::path& path, const Options& options);
  Database(Database&& other) noexcept : raw_(std::exchange(other.raw_, nullptr)) {}
  Database& operator=(Database&&) = delete;
  ~Database();

  Result<Statement> prepare(std::string_view sql);
  /// One or more statements without parameters or results.
  Result<void> exec(const std::string& sql);
  /// The first column of the first row of a query without parameters; 0 without a row.
  Result<std::int64_t> scalar(const std::string& sql);
  /// What a result code means to a caller: Conflict for a unique index, Corrupt for broken pages, Unavailable
  /// for a full or failing disk, else Internal.
  Error error(int code, std::string_view doing) const;
  static bool is_constraint(int code);
  /// Rows that the last INSERT, UPDATE or DELETE changed.
  int changes() const;
  bool in_transaction() const;
  sqlite3* raw() const { return raw_; }

 private:
  explicit Database(sqlite3* raw) : raw_(raw) {}
  sqlite3* raw_;
};

}  // namespace heed::store
