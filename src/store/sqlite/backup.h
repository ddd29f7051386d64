#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "ledger/replay.h"
#include "ledger/store.h"
#include "store/sqlite/backup_format.h"

namespace heed::store {

struct BackupOptions {
  std::filesystem::path folder;  ///< on another disk or machine; created if absent; one backup writes it
  SigningKey signing;
  std::vector<const ledger::TableDef*> operational;  ///< copied whole when their content changed
  std::chrono::milliseconds interval{1000};          ///< the loss window: how old the copy may be
  std::chrono::milliseconds operational_interval{60'000};
  std::uint64_t segment_bytes = 64 << 20;
  std::size_t events_a_view = 20'000;  ///< so that no view holds the store's log for long
};

/// Copies the ledger into a second folder while it is being written: new events and commit rows at least every
/// `interval`, flushed. Reads through views, so the writer never waits for it. Keys are not in it: they have a
/// backup of their own, or erasing a person would not reach the copies.
///
/// After a restart it goes on behind its last manifest. A failed copy (disk full, folder gone) is tried again at
/// the next interval; `last_error` and `copied` tell how far behind it is.
class Backup {
 public:
  /// Conflict when the folder holds another ledger, or one that has gone on since this one was restored.
  static Result<std::unique_ptr<Backup>> open(ledger::Store& store, BackupOptions options);
  /// Stops the thread, copies once more.
  ~Backup();
  Backup(const Backup&) = delete;
  Backup& operator=(const Backup&) = delete;

  /// Begins to copy on a thread of its own.
  void start();
  /// Copies everything that is new, now. With `operational` those tables too, however lately they were copied.
  Result<void> copy(bool operational = true);
  /// Up to where everything is in the backup and flushed.
  ledger::ChainHead copied() const;
  /// Empty when the last copy succeeded.
  std::string last_error() const;

 private:
  Backup(ledger::Store& store, BackupOptions options) : store_(store), options_(std::move(options)) {}
  Result<void> resume();
  Result<void> belongs_to_store();
  Result<bool> copy_some();
  Result<void> copy_operational();
  Result<void> close_with_manifest(const ledger::ChainHead& head);
  Result<void> ready_segment();
  void loop();

  // Constant after construction.
  ledger::Store& store_;
  BackupOptions options_;
  // Guarded by copy_mutex_: one copy at a time.
  std::mutex copy_mutex_;
  SegmentPlace place_;
  std::optional<SegmentWriter> writer_;
  Manifest manifest_;
  bool manifest_due_ = false;
  // Guarded by mutex_.
  mutable std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stopping_ = false;
  ledger::ChainHead copied_;
  std::string last_error_;
  std::thread thread_;
};

/// The operational tables as one text: names, columns and rows.
Result<std::string> encode_tables(ledger::View& view, const std::vector<const ledger::TableDef*>& tables);

struct RestoreOptions {
  std::filesystem::path backup;
  std::filesystem::path folder;  ///< the data folder; must not hold a ledger yet
  std::vector<const ledger::TableDef*> tables;
  ledger::Projector* projector = nullptr;
  std::string public_key;                       ///< of the installation (32 bytes)
  std::vector<ledger::ChainHead> anchors = {};  ///< heads noted elsewhere that the result must contain
  /// Take everything up to the last manifest although bytes follow it: what was being copied when the power went.
  bool allow_cut_off_end = false;
};

/// Makes a ledger out of a backup: events and commit rows byte for byte, operational tables as last copied,
/// projections by replay; verifies the chains before the result gets its name. Corrupt, naming segment and byte,
/// when anything is damaged or missing; the data folder is then as before.
Result<ledger::ChainHead> restore(const RestoreOptions& options);

}  // namespace heed::store
