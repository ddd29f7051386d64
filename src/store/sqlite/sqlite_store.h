#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "ledger/replay.h"
#include "ledger/store.h"
#include "store/sqlite/writer.h"
#include "store/writer/group_writer.h"

namespace heed::store {

struct SqliteOptions {
  std::filesystem::path folder;  ///< created if absent; holds `ledger.db`, its log and `lock`
  std::vector<const ledger::TableDef*> tables;
  /// Fills the projections again when their definitions changed since the folder was written. Without it such
  /// a folder is refused (Conflict).
  ledger::Projector* projector = nullptr;
  WriterLimits limits = {};
  CheckpointLimits checkpoints = {};
  std::int64_t writer_cache_bytes = 64 << 20;
  std::int64_t reader_cache_bytes = 8 << 20;  ///< each of the readers
  std::size_t readers_kept = 8;               ///< connections kept open when no view needs them
  std::size_t gather = 32'768;  ///< new entries of an index of hashes before they are put in order (gathered.h)
  std::string vfs = {};         ///< for tests: a registered SQLite VFS
};

/// The ledger in one SQLite file (WAL, synchronous=FULL). One thread writes and is the only one to checkpoint;
/// views are read transactions on connections of their own. A view that is kept open keeps the log from being
/// begun anew, so it grows: views are for one answer, not for a session.
class SqliteStore : public ledger::Store {
 public:
  /// Bytes of the write-ahead log that is not yet in the database.
  virtual std::uint64_t log_bytes() const = 0;
  /// SQLite's own check of all pages and indexes: its messages, empty when sound. Reads everything.
  virtual Result<std::vector<std::string>> integrity_check() = 0;
};

/// Conflict: another process has the folder, a newer release wrote it, or its tables differ and there is no
/// projector. Corrupt, Unavailable: as SQLite found it.
Result<std::unique_ptr<SqliteStore>> open_sqlite_store(SqliteOptions options);

}  // namespace heed::store
