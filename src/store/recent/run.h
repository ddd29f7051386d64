#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "store/recent/disk.h"
#include "store/recent/mem_index.h"

/// Runs: the sorted, immutable index files of an hour.
///
/// A run holds, for each KeyKind, its entries sorted by (hash, rel) in 4 KiB pages under a static B-tree of fences,
/// and a blocked Bloom filter (Putze, Sanders, Singler 2007: one 64-byte block a lookup, 12 bits a key, about 1 %
/// false). Every page and every filter block carries its own checksum, checked at every read: a flipped byte is an
/// error, never an answer. Layout: page 0 header | pages of section 0..3 | filters of section 0..3.
namespace heed::store::recent {

class Run {
 public:
  ~Run();
  /// `filter_budget` (bytes, shared by all runs) is drawn on to keep this run's filters in memory.
  static Result<std::shared_ptr<Run>> open(Disk& disk, std::filesystem::path path,
                                           std::shared_ptr<std::atomic<std::int64_t>> filter_budget);
  /// As MemIndex::collect. Corrupt: a page does not verify; `verify` names it, removing the file rebuilds it.
  Result<void> collect(KeyKind kind, const EntryRange& range, bool newest, std::vector<Entry>& out) const;
  std::uint64_t count(KeyKind kind) const { return sections_[static_cast<std::size_t>(kind)].count; }
  /// Entries [from, from + n) of the whole section, in its order.
  Result<void> read_entries(KeyKind kind, std::uint64_t from, std::size_t n, std::vector<Entry>& out) const;
  /// Reads everything; faults in words.
  std::vector<std::string> verify() const;

  std::uint64_t records() const { return records_; }
  std::uint64_t cover_first() const { return cover_first_; }
  std::uint64_t cover_last() const { return cover_last_; }
  const std::filesystem::path& path() const { return path_; }
  /// The file goes when the last reader lets go of this run.
  void remove_when_unused() { remove_ = true; }

  struct Section {
    std::uint64_t count = 0;
    std::uint64_t first_page = 0;  ///< leaves first, then each level of fences
    std::uint64_t filter_offset = 0;
    std::uint64_t filter_blocks = 0;
  };
  using Sections = std::array<Section, kKeyKinds>;

 private:
  Run(Disk& disk, std::filesystem::path path) : disk_(disk), path_(std::move(path)) {}
  Result<void> page(std::uint64_t number, char* out) const;
  Result<bool> may_hold(const Section& section, std::size_t kind, std::uint64_t hash) const;
  Result<std::uint64_t> lower_bound(KeyKind kind, std::uint64_t hash, std::uint32_t rel) const;
  void load_filters();

  Disk& disk_;
  const std::filesystem::path path_;
  std::unique_ptr<File> file_;
  std::uint64_t cover_first_ = 0, cover_last_ = 0, records_ = 0;
  Sections sections_;
  std::array<std::string, kKeyKinds> filters_;  // empty: read from the file
  std::shared_ptr<std::atomic<std::int64_t>> budget_;
  std::int64_t drawn_ = 0;
  std::atomic<bool> remove_ = false;
};

/// Writes one run, section by section in KeyKind's order, entries in order. Sequential, bounded memory (fences and one
/// section's filter).
class RunWriter {
 public:
  RunWriter(Disk& disk, std::filesystem::path path, std::uint64_t cover_first, std::uint64_t cover_last,
            std::uint64_t records);
  Result<void> begin();
  Result<void> begin_section(KeyKind kind, std::uint64_t count);
  Result<void> add(const Entry& entry);
  /// Under its name, flushed.
  Result<void> finish();

 private:
  Result<void> end_section();
  Result<void> write_page();
  Result<void> put(std::string_view bytes);

  Disk& disk_;
  const std::filesystem::path path_;
  std::filesystem::path beside_;
  const std::uint64_t cover_first_, cover_last_, records_;
  std::unique_ptr<File> file_;
  std::uint64_t offset_ = 0, buffered_at_ = 0;
  std::string buffer_;
  Run::Sections sections_;
  std::size_t kind_ = 0;
  std::uint64_t page_number_ = 1;
  std::string page_;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> fences_;
  std::array<std::string, kKeyKinds> filters_;
  bool open_section_ = false;
};

Result<void> write_run(Disk& disk, const std::filesystem::path& path, const MemIndex& index);
/// One run in the place of several that cover adjacent arrivals.
Result<void> merge_runs(Disk& disk, const std::filesystem::path& path, const std::vector<std::shared_ptr<Run>>& runs);
/// "run-<first>-<last>", decimal; its cover, or nothing when the name is not of that form.
std::string run_name(std::uint64_t cover_first, std::uint64_t cover_last);

}  // namespace heed::store::recent
