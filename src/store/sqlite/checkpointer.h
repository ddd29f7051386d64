#pragma once
#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>

#include "base/file.h"
#include "store/sqlite/database.h"

namespace heed::store {

/// When the write-ahead log is copied into the database. Bytes of log. A longer log is copied more cheaply (a page
/// that changed ten times is copied once) but takes longer to read after a crash, some tenths of a second at the hard
/// size.
struct CheckpointLimits {
  std::uint64_t soft_bytes = 32 << 20;   ///< from here on the log is begun anew as soon as that costs little
  std::uint64_t hard_bytes = 256 << 20;  ///< and here whatever it costs
};

/// Flushes a file on a thread of its own, so that whoever must flush it later finds little left to do. Promises
/// nothing.
class Flusher {
 public:
  explicit Flusher(const std::filesystem::path& path);
  ~Flusher();
  void begin();
  bool done() const { return !busy_.load(std::memory_order_acquire); }

 private:
  void loop();

  Fd fd_;
  std::atomic<bool> busy_{false};
  std::mutex mutex_;
  std::condition_variable wake_;
  bool wanted_ = false, stopping_ = false;  // guarded by mutex_
  std::thread thread_;
};

/// Copies the log into the database in steps of a few milliseconds, so that no command waits for all of it.
///
/// SQLite copies as much as no reader forbids, and flushes the database only when it has copied everything. So a
/// reader of our own (the pin) takes its stand, and after the next commit what lies before it is copied: copying stops
/// there and flushes nothing. After each step the Flusher has the database written to the disk beside the running
/// commits. A step grows while copying it takes little time: then much of it are newer versions of the same pages.
/// Beyond the soft size, when that is done, the pin is taken away and the short rest is copied and flushed; the next
/// commit begins the log anew. Copying is done by the writer's connection alone (SQLite 3.40 can corrupt the database
/// when two do), on its thread.
class Checkpointer {
 public:
  Checkpointer(Database& writer, std::filesystem::path path, Database::Options options, CheckpointLimits limits);
  ~Checkpointer();
  /// After a commit; `idle`: nothing waits. True when the next commit begins the log anew.
  bool run(std::uint64_t log_bytes, bool idle);

 private:
  void pin(std::uint64_t log_bytes);
  void unpin();
  bool copy();
  void copy_step();
  bool copy_all(std::uint64_t log_bytes);

  Database& writer_;
  CheckpointLimits limits_;
  std::uint64_t step_bytes_;
  std::unique_ptr<Database> reader_;  ///< null where it could not be opened: then everything is copied at once
  Flusher flusher_;
  bool due_ = false;             ///< pinned, and not yet copied up to there
  bool finishing_ = false;       ///< beyond the soft size
  std::uint64_t pinned_at_ = 0;  ///< the log's size then
  std::uint64_t not_before_ = 0;
};

}  // namespace heed::store
