#pragma once
#include <cstdint>
#include <deque>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "store/recent/block.h"
#include "store/recent/disk.h"
#include "store/recent/key_file.h"
#include "store/recent/mem_index.h"
#include "store/recent/run.h"

namespace heed::store::recent {

constexpr Millis kHourLength = std::chrono::hours(1);
inline std::int64_t hour_of(Time at) { return std::chrono::floor<std::chrono::hours>(at).time_since_epoch().count(); }
inline Time hour_start(std::int64_t hour) { return from_ms(hour * to_ms(Time(kHourLength))); }
inline Time hour_end(std::int64_t hour) { return hour_start(hour + 1); }
/// "2026-11-21T18"
std::string hour_name(std::int64_t hour);
/// Nothing when the name is not an hour's.
std::optional<std::int64_t> parse_hour_name(std::string_view name);

/// Where a block lies. `first_rel`: its first record's number within the hour (arrival - base).
struct Place {
  std::uint32_t first_rel = 0, records = 0, serial = 0;
  std::uint64_t offset = 0;
};

/// What is known of an hour as a whole.
struct HourFacts {
  std::uint64_t base = 0, last = 0;  ///< first and newest arrival; base 0: no records yet
  Time first_at = Time::max(), last_at = Time::min();
  Time min_created = Time::max(), max_created = Time::min();
  void add(std::uint64_t first, std::uint64_t newest, Time first_at_, Time last_at_, Time min_created_,
           Time max_created_);
  bool empty() const { return base == 0; }
};

/// One arrival hour: `<data>/posts/<name>/` with `log`, `run-*` and, once closed, `blocks`.
struct Hour {
  // Constant after construction.
  const std::int64_t number;
  const std::string name;
  const std::filesystem::path folder;
  std::unique_ptr<KeyFile> keys;

  // Guarded by HourPosts::log_mutex_. `log` is set before any place is published and then stays.
  std::unique_ptr<File> log;
  std::uint64_t log_end = 0;
  std::uint32_t next_serial = 0;
  std::uint64_t synced_end = 0;  // at open: bytes before it were on stable storage once, damage there is no torn write

  // Guarded by HourPosts::mutex_.
  HourFacts facts;
  std::vector<Place> places;                 // original blocks, by first_rel
  bool places_loaded = true;                 // false: in the file `blocks`
  std::uint64_t places_used = 0;             // when last needed, in lookups
  std::map<std::uint32_t, Place> rewritten;  // by first_rel: where a block's records are now
  std::unique_ptr<MemIndex> mem;
  std::deque<std::shared_ptr<const MemIndex>> frozen;
  std::shared_ptr<const std::vector<std::shared_ptr<Run>>> runs = std::make_shared<std::vector<std::shared_ptr<Run>>>();
  bool closed = false;  // `blocks` is written, the index is complete
  bool forgotten = false;

  Hour(std::int64_t number_, const std::filesystem::path& posts_folder)
      : number(number_), name(hour_name(number_)), folder(posts_folder / name) {}
  std::uint64_t next_cover() const;
};

/// The log's own header: magic, version, hour and a random number by which a copy knows its original.
constexpr std::uint64_t kLogHeaderBytes = 64;
std::string new_log_header(std::int64_t hour);
/// Conflict: written by a newer release. Corrupt: not ours or another hour's.
Result<void> check_log_header(std::string_view raw, std::int64_t hour);

/// `blocks`: written when an hour is closed, so that opening it again reads 128 bytes instead of its log.
struct ClosedHour {
  HourFacts facts;
  std::uint64_t log_end = 0;
  std::uint32_t next_serial = 0;
  std::uint64_t places = 0;  ///< set by reading
};
/// `places` are those that hold now: rewritten blocks in the place of the original ones.
Result<void> write_closed(Disk& disk, const std::filesystem::path& folder, const ClosedHour& closed,
                          const std::vector<Place>& places);
Result<ClosedHour> read_closed(Disk& disk, const std::filesystem::path& folder);
Result<std::vector<Place>> read_places(Disk& disk, const std::filesystem::path& folder);

}  // namespace heed::store::recent
