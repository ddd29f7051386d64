#pragma once
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/crypto.h"
#include "base/function.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "post/recent_posts.h"
#include "store/recent/hour.h"
#include "store/recent/keep.h"
#include "store/recent/lru.h"

/// Recent posts in files by arrival hour (docs/adr/0002-hour-files.md): sealed blocks appended to a log, sorted runs
/// to find them by, keys apart from the data so that forgetting and erasing reach older backups too.
namespace heed::store::recent {

constexpr std::size_t kKeyBytesMax = 1024;  ///< an id, an author, a target

struct HourPostsOptions {
  std::filesystem::path data_folder;  ///< posts lie in <data_folder>/posts
  std::filesystem::path keys_folder;  ///< keys lie in <keys_folder>/posts; not part of the data's backup
  SecretKey kek;                      ///< wraps every key in keys_folder
  Millis keep = std::chrono::days(14);
  Millis deleted_keep = std::chrono::hours(24);
  std::size_t block_bytes = 1 << 20;
  std::size_t buffer_bytes = 64 << 20;     ///< taken in but not yet on disk; beyond it `append` refuses
  std::size_t cache_bytes = 16 << 20;      ///< of decrypted chunks
  std::size_t filter_bytes = 64 << 20;     ///< of runs' filters; those of the other runs are read from the file
  std::uint64_t run_records = 256 << 10;   ///< records in memory before a run is written
  std::uint64_t merge_records = 32 << 20;  ///< runs are merged up to this size
  std::size_t expire_lookups = 20000;      ///< deleted posts looked up in one `expire`
  std::size_t expire_blocks = 1024;        ///< blocks rewritten in one `expire`
  Millis flush_after = std::chrono::milliseconds(100);
  bool threads = true;   ///< false: everything happens in the caller's thread, for tests and tools
  int hash_bits = 64;    ///< tests make collisions with fewer
  Disk* disk = nullptr;  ///< the machine's when null; must outlive the store
  Metrics* metrics = nullptr;
};

std::vector<SettingDef> settings();
/// Folders and key are the caller's to add.
HourPostsOptions options_from(const Settings& settings);

/// What is to be done about the oldest block that is not on disk: nothing, write it now, or look again after a while.
struct FlushQuestion {
  bool any = false;                     ///< there is such a block
  bool full = false;                    ///< it takes no more records
  bool asked = false;                   ///< somebody waits in `flush`
  Millis age{};                         ///< since its first record
  std::optional<Millis> since_failure;  ///< of the last attempt, when that failed
};
/// Zero: now. Nothing: wait to be woken.
std::optional<Millis> flush_wait(const FlushQuestion& question, Millis flush_after);

struct StoredFault {
  std::string hour;
  std::uint32_t block = kNoBlock;  ///< serial, where it is one block's
  std::string what;
};

struct BackupState {
  std::uint64_t hours = 0, files_copied = 0, bytes_copied = 0;
  std::uint64_t newest_arrival = 0;  ///< everything up to it is in the copy
};

/// Threads: any thread calls; a writer thread seals, writes and flushes, an index thread writes and merges runs.
/// Locks, in this order: admin_mutex_, log_mutex_, mutex_. No disk is touched under mutex_.
/// Memory: buffer_bytes + cache_bytes + filter_bytes + about 120 bytes a record not yet in a run.
class HourPosts final : public post::RecentPosts {
 public:
  /// Corrupt when the key-encryption key is not the folder's; Conflict when a newer release wrote it. Damage in the
  /// files does not stop opening; it is logged and in `faults_at_open`.
  static Result<std::unique_ptr<HourPosts>> open(HourPostsOptions options);
  /// Writes what is buffered, if the disk lets it.
  ~HourPosts() override;

  Result<std::uint64_t> append(const post::PostRecord& record) override;
  Result<std::vector<post::StoredPost>> find(std::string_view id) override;
  Result<std::vector<post::StoredPost>> by_author(std::string_view author, std::uint64_t before,
                                                  std::size_t limit) override;
  Result<post::TargetSlice> by_target(const post::TargetRange& range) override;
  Result<post::ArrivalSlice> by_arrival(const post::ArrivalRange& range) override;
  Result<Count> count_target(const post::TargetRange& range) override;
  std::uint64_t watermark() const override;
  Result<void> pin(std::string_view holder, Time since) override;
  Result<void> unpin(std::string_view holder) override;
  /// `done` is called by the writer's thread, or at once when nothing is buffered.
  void flush(Function<void(Result<void>)> done) override;
  Result<void> expire(Time now) override;
  Result<std::uint64_t> erase_author(std::string_view author) override;

  /// Reads everything that is stored; one entry a fault. Long: seconds a gigabyte.
  std::vector<StoredFault> verify();
  /// Brings the copy in `to` (a data folder of its own) up to date: appended bytes, new runs, forgotten hours. Safe to
  /// interrupt and repeat. Keys are not copied.
  Result<BackupState> copy_new(const std::filesystem::path& to);
  const std::vector<StoredFault>& faults_at_open() const { return faults_at_open_; }
  /// Writes and indexes all that is outstanding; returns when done. For tools and tests.
  Result<void> settle();

 private:
  using HourPtr = std::shared_ptr<Hour>;
  using Hours = std::vector<HourPtr>;
  struct Pending {
    HourPtr hour;
    std::shared_ptr<MemBlock> block;
    bool full = false;
    std::chrono::steady_clock::time_point since;
  };
  struct CacheKey {
    std::int64_t hour;
    std::uint32_t serial, chunk;
    auto operator<=>(const CacheKey&) const = default;
  };
  struct OpenBlock {
    BlockHeader header;
    SecretKey key;
  };
  struct Fetched {
    std::shared_ptr<const std::string> bytes;
    RecordView view;
  };
  /// Deletions of one hour being carried out, over several calls of `expire`.
  struct Forgetting {
    HourPtr hour;
    std::vector<Entry> tombstones;
    std::size_t next = 0;
    std::map<std::int64_t, std::map<std::uint32_t, std::vector<std::uint32_t>>> blocks;  // hour → Rels
    bool skipped_pinned = false;
  };
  explicit HourPosts(HourPostsOptions options);

  // hour_open.cc
  Result<void> open_all();
  Result<HourPtr> open_hour(std::int64_t number, bool newest);
  Result<bool> open_closed(Hour& hour, std::uint64_t log_size);
  Result<void> scan_log(Hour& hour, std::uint64_t log_size);
  Result<void> open_runs(Hour& hour);
  Result<void> index_missing(Hour& hour, bool newest);
  Result<void> index_hole(Hour& hour, std::uint64_t first, std::uint64_t last, bool keep_in_memory);
  Result<void> finish_forgetting(const std::filesystem::path& folder, const std::string& name);
  void fault(const Hour& hour, std::uint32_t block, std::string what);

  // hour_posts.cc
  void enter_hour(std::int64_t number);  // mutex_ held
  void leave_hour();                     // mutex_ held
  void freeze(Hour& hour);               // mutex_ held
  Result<void> write_front();            // the oldest pending block to disk
  Result<Place> write_block(Hour& hour, const MemBlock& block, std::uint32_t replaces);  // log_mutex_ held
  Result<void> retry_failed();
  void writer_loop();

  // hour_index.cc
  std::uint64_t hash(const Hour& hour, KeyKind kind, std::string_view key) const;
  void index_record(MemIndex& index, const Hour& hour, std::uint64_t arrival, const RecordView& record) const;
  Result<bool> index_step();  // one run, merge or close; false when there is nothing to do
  Result<void> write_frozen(const HourPtr& hour, std::shared_ptr<const MemIndex> index);
  Result<void> merge(const HourPtr& hour, const std::vector<std::shared_ptr<Run>>& runs);
  Result<void> close(const HourPtr& hour);
  Result<void> write_blocks_file(Hour& hour);  // log_mutex_ held
  void index_loop();

  // hour_read.cc
  std::shared_ptr<const Hours> hours() const;
  Result<std::vector<Entry>> gather(Hour& hour, KeyKind kind, const EntryRange& range, bool newest);
  Result<Place> locate(Hour& hour, std::uint32_t rel);
  Result<void> ensure_places(Hour& hour);
  Result<Fetched> fetch(Hour& hour, std::uint32_t rel);
  Result<Fetched> fetch_at(Hour& hour, const Place& place, std::uint32_t rel);
  Result<std::shared_ptr<const OpenBlock>> open_block(Hour& hour, const Place& place);
  template <class F>
  Result<bool> each_target(const post::TargetRange& range, F&& f);

  // hour_walk.cc
  struct NextBlock {
    bool any = false;
    Place place;                           // on disk, unless:
    std::shared_ptr<const MemBlock> held;  // a copy of one that is not yet
  };
  Result<NextBlock> next_block(Hour& hour, std::uint32_t rel);
  Result<MemBlock> read_block_at(Hour& hour, const Place& place);

  // hour_forget.cc
  Result<void> forget_hour(const HourPtr& hour);
  Result<void> forget_deleted(Time now);
  Result<void> begin_forgetting(Time now);
  Result<void> look_up_deleted();
  Result<void> strip_deleted();
  using Rels = std::map<std::uint32_t, std::vector<std::uint32_t>>;  // first_rel of a block → records in it
  Result<std::uint64_t> strip(Hour& hour, const Rels& blocks);
  Result<std::optional<std::uint32_t>> strip_block(Hour& hour, std::uint32_t first_rel,
                                                   const std::vector<std::uint32_t>& rels, std::uint64_t& stripped);
  Result<void> save_keep();  // admin_mutex_ held

  // Constant after construction.
  const HourPostsOptions options_;
  std::unique_ptr<Disk> own_disk_;
  Disk& disk_;
  const std::filesystem::path posts_folder_, key_folder_;
  const std::shared_ptr<std::atomic<std::int64_t>> filter_budget_;
  std::vector<StoredFault> faults_at_open_;
  Lru<CacheKey, std::string> chunks_;
  Lru<CacheKey, OpenBlock> open_blocks_;
  Counter* stored_total_ = nullptr;
  Gauge* buffered_gauge_ = nullptr;
  Histogram* flush_seconds_ = nullptr;

  // Guarded by admin_mutex_: one of pin, expire, erase, copy, verify at a time.
  std::mutex admin_mutex_;
  Keep keep_;
  std::uint64_t pins_version_ = 1;
  std::map<std::int64_t, std::uint64_t> waits_for_pins_;  // hour → pins_version_ at which its deletions were skipped
  std::optional<Forgetting> forgetting_;

  // Held while a log is written.
  std::mutex log_mutex_;
  std::string block_bytes_;

  // Held while runs and `blocks` are written.
  std::mutex index_mutex_;

  mutable std::mutex mutex_;
  std::condition_variable writer_wakes_, index_wakes_;
  std::shared_ptr<const Hours> hours_ = std::make_shared<Hours>();  // guarded by mutex_, as all below
  HourPtr active_;
  std::int64_t hours_from_ = INT64_MIN;  // no new hour below it: folders are there that cannot be read
  std::deque<Pending> pending_;
  std::size_t buffered_bytes_ = 0;
  std::uint64_t buffered_records_ = 0;
  std::uint64_t next_arrival_ = 1;
  std::uint64_t durable_ = 0;
  std::uint64_t asked_upto_ = 0;  // somebody waits in flush for this arrival
  std::uint64_t lookups_ = 0;
  Time newest_at_{};
  std::optional<Error> write_error_;
  std::chrono::steady_clock::time_point failed_at_;
  struct Waiting {
    std::uint64_t upto;
    Function<void(Result<void>)> done;
  };
  std::vector<Waiting> waiting_;
  bool stopping_ = false;
  std::thread writer_, indexer_;
};

}  // namespace heed::store::recent
