#pragma once
#include <array>
#include <cstdint>
#include <vector>

namespace heed::store::recent {

/// By what a record is found. Deleted: tombstones, by the hash of their id.
enum class KeyKind : std::uint8_t { Id, Author, Target, Deleted };
constexpr std::size_t kKeyKinds = 4;

/// One way to one record: the keyed hash of an id, and the record's number within its hour.
struct Entry {
  std::uint64_t hash = 0;
  std::uint32_t rel = 0;
  std::int64_t created_ms = 0;  ///< kept for Target only
};
inline bool before(const Entry& a, const Entry& b) { return a.hash != b.hash ? a.hash < b.hash : a.rel < b.rel; }

/// Which entries a lookup wants: of one hash, rel in [from, to].
struct EntryRange {
  std::uint64_t hash = 0;
  std::uint32_t from = 0, to = UINT32_MAX;
  std::int64_t created_from = INT64_MIN, created_until = INT64_MAX;  ///< [from, until), looked at for Target only
  std::size_t limit = SIZE_MAX;
};

/// The entries that are in no run yet: a hash table whose chains go from the newest entry back. About 60 ns an
/// insert once it is larger than the caches. Not thread-safe: guarded by its owner.
class MemIndex {
 public:
  /// Covers arrivals from `cover_first` on.
  explicit MemIndex(std::uint64_t cover_first) : cover_first_(cover_first) {}
  void add(KeyKind kind, const Entry& entry);
  /// Appends what matches; with `newest` the newest `limit` in falling order, else the oldest in rising order.
  void collect(KeyKind kind, const EntryRange& range, bool newest, std::vector<Entry>& out) const;
  void note_record(std::uint64_t arrival) {
    ++records_;
    cover_last_ = arrival;
  }
  std::uint64_t records() const { return records_; }
  std::uint64_t cover_first() const { return cover_first_; }
  std::uint64_t cover_last() const { return cover_last_; }
  /// All entries of a kind, sorted.
  std::vector<Entry> sorted(KeyKind kind) const;

 private:
  struct Node {
    Entry entry;
    std::uint32_t previous;  // of the same hash, + 1; 0: none
  };
  struct Table {
    std::vector<Node> nodes;
    std::vector<std::uint32_t> heads;  // newest node of a hash, + 1; open addressing
    std::size_t distinct = 0;
  };
  static std::size_t slot_of(const Table& table, std::uint64_t hash);
  static void grow(Table& table);

  const std::uint64_t cover_first_;
  std::uint64_t cover_last_ = 0;
  std::uint64_t records_ = 0;
  std::array<Table, kKeyKinds> tables_;
};

}  // namespace heed::store::recent
