#pragma once
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ledger/store.h"
#include "store/sqlite/database.h"

/// Indexes whose keys are hashes (ledger::Index::gathered). A hash falls anywhere, so an ordinary index pays one page
/// of log, of copying and of checksum for each entry, and with six of them that was two fifths of a report's work.
///
/// Here new entries are appended to a table in the order in which they come ("table.index.new"), which is as durable
/// as anything else and costs a hundredth of a page each; where they are is remembered in memory. When tens of
/// thousands have gathered they are put into the sorted table ("table.index") in the order of their keys, a few with
/// every group, and the log of them is emptied. The method is that of a log-structured merge tree with one level
/// in memory (O'Neil et al., 1996), its log and its tree being tables of the same database: one transaction, one
/// file, nothing to recover but the memory, which is read again at the start.
///
/// The log has no order, so a walk over one key reads all that the log has of it. A key that a few new entries have
/// already goes straight to the sorted table: its entries lie side by side there, and a page is all they cost.
namespace heed::store {

/// Where the new entries of one index are: fingerprints of keys to places in the log of new entries. Any thread.
class GatheredPlaces {
 public:
  struct Entry {
    std::uint64_t print;  ///< orders as the key does as far as it goes: its first eight bytes
    std::int64_t place;
  };

  void add(std::uint64_t print, std::int64_t place);
  /// Appends every place that may hold the key; some may hold another key or nothing. Returns `forgotten()` of that
  /// moment.
  std::int64_t find(std::uint64_t print, std::vector<std::int64_t>& places) const;
  /// Whether the key is one of so many entries that reading them all for each question would be slow.
  bool is_busy(std::uint64_t print) const;
  /// Places up to here are known no more: their entries are in the sorted table, and since before this was said.
  std::int64_t forgotten() const;
  /// How many have come since the last seal().
  std::size_t gathered() const;

  /// Parts what there is from what will come, and gives it in the order of the keys. Not again before forget().
  std::vector<Entry> seal();
  void forget(std::int64_t upto);

 private:
  /// Chains in one array: adding never depends on how many have the same key.
  class Generation {
   public:
    void add(std::uint64_t print, std::int64_t place);
    void find(std::uint64_t print, std::vector<std::int64_t>& places) const;
    /// At most `most`.
    std::size_t count(std::uint64_t print, std::size_t most) const;
    std::size_t size() const { return links_.size(); }
    std::vector<Entry> entries() const;

   private:
    struct Link {
      std::uint64_t print;
      std::int64_t place;
      std::uint32_t next;
    };
    std::size_t bucket(std::uint64_t print) const { return (print * 0x9e3779b97f4a7c15u) >> shift_; }
    void grow();

    std::vector<Link> links_;
    std::vector<std::uint32_t> buckets_;  ///< index of a link plus one
    int shift_ = 64;
  };

  mutable std::mutex mutex_;
  Generation coming_, sealed_;
  std::int64_t forgotten_ = 0;
};

/// The places of all gathered indexes of one store, shared by its writer and its readers.
class GatheredBook {
 public:
  explicit GatheredBook(const std::vector<const ledger::TableDef*>& tables);
  GatheredPlaces& places(const ledger::TableDef& def, std::size_t index);

 private:
  struct One {
    const ledger::TableDef* def;
    std::size_t index;
    std::unique_ptr<GatheredPlaces> places;
  };
  std::vector<One> all_;
};

/// One gathered index as one connection reads and writes it.
class GatheredIndex {
 public:
  GatheredIndex(const ledger::TableDef& def, std::size_t index, GatheredPlaces& places);

  std::size_t column() const { return column_; }
  std::uint64_t bit() const { return std::uint64_t{1} << column_; }
  /// Before a snapshot is taken: what memory forgets later is then looked for in the log itself.
  void begin_view() { known_after_ = places_.forgotten(); }
  /// Primary keys (their cells) of the entries, as ledger::Scan says; the prefix is the indexed column, whole.
  Result<void> scan(Database& db, const ledger::Scan& how, ledger::FunctionRef<bool(ledger::Cells)> key);

  // For the writer.
  /// Reads the log's entries into memory, at the start.
  Result<void> load(Database& db);
  Result<void> add(Database& db, ledger::Cells row);
  Result<void> remove(Database& db, ledger::Cells row);
  /// Before a group commits: moves some entries into the sorted table when enough have gathered, or, where the table is
  /// large, an eighth of what it holds, up to eight times enough.
  Result<void> settle(Database& db, std::size_t enough);
  void committed();
  void rolled_back();

 private:
  std::size_t enough_of(std::size_t least) const;
  Result<void> add_sorted(Database& db, ledger::Cells row);
  bool left_out(ledger::Cells row) const { return partial_ && row[column_].is_null(); }
  void bind_entry(Statement& s, int first, ledger::Cells row) const;
  std::string entry_columns() const;
  std::string entry_condition(int first) const;

  const ledger::TableDef& def_;
  GatheredPlaces& places_;
  std::size_t column_;
  bool partial_;
  std::string sorted_, log_;  ///< the two tables' quoted names
  std::int64_t known_after_ = 0;

  // The writer's.
  std::int64_t last_place_ = 0;
  std::size_t added_ = 0;  ///< in this group
  struct Moving {
    std::vector<GatheredPlaces::Entry> entries;
    std::size_t done = 0;      ///< moved to the sorted table
    std::int64_t upto = 0;     ///< the last place of them
    std::int64_t emptied = 0;  ///< the log has nothing up to here
    bool finished = false;
  };
  std::optional<Moving> moving_;
  std::size_t done_before_ = 0;  ///< as of the last commit
  std::int64_t emptied_before_ = 0;
  Statement insert_, insert_sorted_, move_, erase_log_, erase_sorted_, empty_, find_at_, find_all_;
  std::vector<std::pair<unsigned, Statement>> sorted_scans_;
};

/// Names of the two tables of a gathered index, quoted, and the SQL that makes them.
std::string gathered_sorted_name(const ledger::TableDef& def, const ledger::Index& index);
std::string gathered_log_name(const ledger::TableDef& def, const ledger::Index& index);
std::string create_gathered_sql(const ledger::TableDef& def, const ledger::Index& index);
/// What is wrong between the entries of an index and the rows of its table, for the check of a folder; empty: nothing.
Result<std::vector<std::string>> check_gathered(Database& db, const ledger::TableDef& def, const ledger::Index& index);

}  // namespace heed::store
