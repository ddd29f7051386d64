#include "store/sqlite/gathered.h"

#include <algorithm>
#include <bit>

#include "store/sqlite/schema.h"

namespace heed::store {
namespace {

using ledger::Cell;
using ledger::Cells;
using ledger::TableDef;

constexpr std::size_t kPage = 64;  ///< sorted entries read at once, so that no statement is open while a caller works
/// Work with each group, in entries: more than comes, so that what was parted is moved before as much has gathered
/// again.
constexpr std::size_t kMovedPerAdded = 2, kMovedAtLeast = 32, kEmptiedPerMoved = 4;
/// A leaf of the sorted table holds some ninety entries: when an eighth as many as it holds have gathered, ten fall on
/// each leaf and share its price. Memory bounds it: 48 bytes an entry while they are moved.
constexpr std::size_t kBusy = 16;  ///< entries of one key that the log holds, more or less
constexpr std::size_t kShareGathered = 8, kMostGathered = 8;

std::uint64_t print_of(const Cell& cell) {
  std::uint64_t print = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    print = print << 8 | (i < cell.b.size() ? static_cast<unsigned char>(cell.b[i]) : 0);
  }
  return print;
}

struct HeldCell {
  Cell::Kind kind;
  std::int64_t i;
  std::string b;
  explicit HeldCell(const Cell& cell) : kind(cell.kind), i(cell.i), b(cell.b) {}
  Cell cell() const { return {kind, i, b}; }
  auto operator<=>(const HeldCell&) const = default;
};
using HeldKey = std::vector<HeldCell>;

HeldKey held(const Statement& s, int first, std::size_t n) {
  HeldKey key;
  key.reserve(n);
  for (std::size_t i = 0; i < n; ++i) {
    key.emplace_back(s.column(first + static_cast<int>(i)));
  }
  return key;
}

/// Strictly beyond `after` in the walk's direction, as far as `after` goes.
bool beyond(const HeldKey& key, Cells after, bool descending) {
  for (std::size_t i = 0; i < after.size(); ++i) {
    HeldCell bound(after[i]);
    if (key[i] != bound) {
      return descending ? key[i] < bound : key[i] > bound;
    }
  }
  return after.empty();
}

std::string key_list(const TableDef& def, const char* suffix = "") {
  std::string out;
  for (int i = 0; i < def.key_columns; ++i) {
    out += (i == 0 ? "" : ", ") + quote_name(def.columns[static_cast<std::size_t>(i)].name) + suffix;
  }
  return out;
}

Error failed(const Database& db, int code, const char* doing, const std::string& table) {
  return db.error(code, std::string(doing) + " " + table);
}

struct Resetting {
  Statement& statement;
  ~Resetting() { statement.reset(); }
};

Result<void> prepare(Database& db, Statement& s, auto&& sql) {
  if (!s) {
    s = TRY(db.prepare(sql()));
  }
  return {};
}

}  // namespace

// --- places -----------------------------------------------------------------------------------------------------

void GatheredPlaces::Generation::add(std::uint64_t print, std::int64_t place) {
  if (links_.size() == buckets_.size()) {
    grow();
  }
  std::uint32_t& head = buckets_[bucket(print)];
  links_.push_back({print, place, head});
  head = static_cast<std::uint32_t>(links_.size());
}

void GatheredPlaces::Generation::grow() {
  buckets_.assign(std::max<std::size_t>(64, buckets_.size() * 2), 0);
  shift_ = 64 - std::countr_zero(buckets_.size());
  for (std::size_t i = 0; i < links_.size(); ++i) {
    std::uint32_t& head = buckets_[bucket(links_[i].print)];
    links_[i].next = head;
    head = static_cast<std::uint32_t>(i + 1);
  }
}

void GatheredPlaces::Generation::find(std::uint64_t print, std::vector<std::int64_t>& places) const {
  for (std::uint32_t at = buckets_.empty() ? 0 : buckets_[bucket(print)]; at != 0; at = links_[at - 1].next) {
    if (links_[at - 1].print == print) {
      places.push_back(links_[at - 1].place);
    }
  }
}

std::size_t GatheredPlaces::Generation::count(std::uint64_t print, std::size_t most) const {
  std::size_t n = 0;
  for (std::uint32_t at = buckets_.empty() ? 0 : buckets_[bucket(print)]; at != 0 && n < most;
       at = links_[at - 1].next) {
    n += links_[at - 1].print == print ? 1 : 0;
  }
  return n;
}

std::vector<GatheredPlaces::Entry> GatheredPlaces::Generation::entries() const {
  std::vector<Entry> out;
  out.reserve(links_.size());
  for (const Link& link : links_) {
    out.push_back({link.print, link.place});
  }
  std::sort(out.begin(), out.end(),
            [](const Entry& a, const Entry& b) { return a.print != b.print ? a.print < b.print : a.place < b.place; });
  return out;
}

void GatheredPlaces::add(std::uint64_t print, std::int64_t place) {
  std::lock_guard lock(mutex_);
  coming_.add(print, place);
}

std::int64_t GatheredPlaces::find(std::uint64_t print, std::vector<std::int64_t>& places) const {
  std::lock_guard lock(mutex_);
  sealed_.find(print, places);
  coming_.find(print, places);
  return forgotten_;
}

bool GatheredPlaces::is_busy(std::uint64_t print) const {
  std::lock_guard lock(mutex_);
  const std::size_t sealed = sealed_.count(print, kBusy);
  return sealed + coming_.count(print, kBusy - sealed) >= kBusy;
}

std::int64_t GatheredPlaces::forgotten() const {
  std::lock_guard lock(mutex_);
  return forgotten_;
}

std::size_t GatheredPlaces::gathered() const {
  std::lock_guard lock(mutex_);
  return coming_.size();
}

std::vector<GatheredPlaces::Entry> GatheredPlaces::seal() {
  std::lock_guard lock(mutex_);
  HEED_ASSERT(sealed_.size() == 0);
  sealed_ = std::exchange(coming_, {});
  return sealed_.entries();
}

void GatheredPlaces::forget(std::int64_t upto) {
  std::lock_guard lock(mutex_);
  sealed_ = {};
  forgotten_ = upto;
}

GatheredBook::GatheredBook(const std::vector<const TableDef*>& tables) {
  for (const TableDef* def : tables) {
    for (std::size_t i = 0; i < def->indexes.size(); ++i) {
      if (def->indexes[i].gathered) {
        all_.push_back({def, i, std::make_unique<GatheredPlaces>()});
      }
    }
  }
}

GatheredPlaces& GatheredBook::places(const TableDef& def, std::size_t index) {
  auto one = std::find_if(all_.begin(), all_.end(), [&](const One& o) { return o.def == &def && o.index == index; });
  HEED_ASSERT(one != all_.end());
  return *one->places;
}

// --- one index of one connection ----------------------------------------------------------------------------------

std::string gathered_sorted_name(const TableDef& def, const ledger::Index& index) {
  return quote_index_name(def, index);
}
std::string gathered_log_name(const TableDef& def, const ledger::Index& index) {
  return quote_name(std::string(def.name) + "." + std::string(index.name) + ".new");
}

std::string create_gathered_sql(const TableDef& def, const ledger::Index& index) {
  HEED_ASSERT(index.columns.size() == 1 && !index.unique && def.projection && index.columns[0] >= def.key_columns &&
              def.columns[static_cast<std::size_t>(index.columns[0])].type == ledger::Type::Bytes);
  const std::string column = quote_name(def.columns[static_cast<std::size_t>(index.columns[0])].name);
  const std::string entry = column + ", " + key_list(def);
  return "CREATE TABLE " + gathered_sorted_name(def, index) + " (" + column + " NOT NULL, " +
         key_list(def, " NOT NULL") + ", PRIMARY KEY (" + entry + ")) WITHOUT ROWID;\nCREATE TABLE " +
         gathered_log_name(def, index) + " (place INTEGER PRIMARY KEY, " + entry + ");\n";
}

Result<std::vector<std::string>> check_gathered(Database& db, const TableDef& def, const ledger::Index& index) {
  const std::string column = quote_name(def.columns[static_cast<std::size_t>(index.columns[0])].name);
  const std::string entry = column + ", " + key_list(def);
  const std::string rows = "SELECT " + entry + " FROM " + quote_name(def.name) + " WHERE " + column + " IS NOT NULL";
  const std::string entries = "SELECT " + entry + " FROM " + gathered_sorted_name(def, index) + " UNION SELECT " +
                              entry + " FROM " + gathered_log_name(def, index);
  std::vector<std::string> out;
  auto count = [&](const std::string& left, const std::string& right, const char* what) -> Result<void> {
    std::int64_t n =
        TRY(db.scalar("SELECT count(*) FROM (SELECT * FROM (" + left + ") EXCEPT SELECT * FROM (" + right + "))"));
    if (n != 0) {
      out.push_back(std::to_string(n) + what + gathered_sorted_name(def, index));
    }
    return {};
  };
  TRY(count(rows, entries, " rows are missing from index "));
  TRY(count(entries, rows, " entries have no row in index "));
  return out;
}

GatheredIndex::GatheredIndex(const TableDef& def, std::size_t index, GatheredPlaces& places)
    : def_(def),
      places_(places),
      column_(static_cast<std::size_t>(def.indexes[index].columns[0])),
      partial_(def.indexes[index].partial),
      sorted_(gathered_sorted_name(def, def.indexes[index])),
      log_(gathered_log_name(def, def.indexes[index])) {}

std::string GatheredIndex::entry_columns() const {
  return quote_name(def_.columns[column_].name) + ", " + key_list(def_);
}

std::string GatheredIndex::entry_condition(int first) const {
  std::string out = quote_name(def_.columns[column_].name) + " = ?" + std::to_string(first);
  for (int i = 0; i < def_.key_columns; ++i) {
    out +=
        " AND " + quote_name(def_.columns[static_cast<std::size_t>(i)].name) + " = ?" + std::to_string(first + 1 + i);
  }
  return out;
}

void GatheredIndex::bind_entry(Statement& s, int first, Cells row) const {
  s.bind(first, row[column_]);
  for (int i = 0; i < def_.key_columns; ++i) {
    s.bind(first + 1 + i, row[static_cast<std::size_t>(i)]);
  }
}

Result<void> GatheredIndex::scan(Database& db, const ledger::Scan& how, ledger::FunctionRef<bool(Cells)> key) {
  HEED_ASSERT(how.prefix.size() == 1 && "a walk over a gathered index names its key");
  const std::size_t width = static_cast<std::size_t>(def_.key_columns);
  const std::string column = quote_name(def_.columns[column_].name);

  // From the log: few, or those of a single busy key.
  std::vector<HeldKey> fresh;
  std::vector<std::int64_t> found;
  const std::int64_t forgotten = places_.find(print_of(how.prefix[0]), found);
  auto take = [&](Statement& s) {
    HeldKey one = held(s, 0, width);
    if (beyond(one, how.after, how.descending)) {
      fresh.push_back(std::move(one));
    }
  };
  TRY(prepare(db, find_at_, [&] {
    return "SELECT " + key_list(def_) + " FROM " + log_ + " WHERE place = ?1 AND " + column + " = ?2";
  }));
  for (std::int64_t place : found) {
    Resetting resetting{find_at_};
    find_at_.bind(1, place);
    find_at_.bind(2, how.prefix[0]);
    int code = find_at_.step();
    if (code == Statement::kRow) {
      take(find_at_);
    } else if (code != Statement::kDone) {
      return tl::unexpected(failed(db, code, "reading", log_));
    }
  }
  if (forgotten != known_after_) {  // This snapshot is older than what memory forgot meanwhile.
    TRY(prepare(db, find_all_, [&] {
      return "SELECT " + key_list(def_) + " FROM " + log_ + " WHERE place <= ?1 AND " + column + " = ?2";
    }));
    Resetting resetting{find_all_};
    find_all_.bind(1, forgotten);
    find_all_.bind(2, how.prefix[0]);
    int code;
    while ((code = find_all_.step()) == Statement::kRow) {
      take(find_all_);
    }
    if (code != Statement::kDone) {
      return tl::unexpected(failed(db, code, "reading", log_));
    }
  }
  auto before = [&](const HeldKey& a, const HeldKey& b) { return how.descending ? b < a : a < b; };
  std::sort(fresh.begin(), fresh.end(), before);

  std::size_t at = 0, left = how.limit;
  HeldKey last;
  auto give = [&](const HeldKey& one) {
    if (left == 0) {
      return false;
    }
    if (!last.empty() && last == one) {
      return true;  // on its way from the log to the sorted table it is in both
    }
    --left;
    last = one;
    std::vector<Cell> cells;
    for (const HeldCell& cell : last) {
      cells.push_back(cell.cell());
    }
    return key(cells);
  };
  std::vector<HeldKey> page;
  for (bool more = true; more && left > 0;) {
    const bool first = page.empty();
    std::vector<Cell> after(how.after.begin(), how.after.end());
    HeldKey from = first ? HeldKey{} : page.back();
    if (!first) {
      after.clear();
      for (const HeldCell& cell : from) {
        after.push_back(cell.cell());
      }
    }
    const std::size_t wanted = std::min(kPage, left);
    page.clear();
    {
      const unsigned shape = static_cast<unsigned>(after.size()) << 1 | (how.descending ? 1u : 0u);
      auto known =
          std::find_if(sorted_scans_.begin(), sorted_scans_.end(), [&](const auto& s) { return s.first == shape; });
      if (known == sorted_scans_.end()) {
        std::string names, values;
        for (std::size_t i = 0; i < after.size(); ++i) {
          names += (i == 0 ? "" : ", ") + quote_name(def_.columns[i].name);
          values += (i == 0 ? "?" : ", ?") + std::to_string(i + 3);
        }
        const char* than = how.descending ? " < " : " > ";
        std::string sql = "SELECT " + key_list(def_) + " FROM " + sorted_ + " WHERE " + column + " = ?1" +
                          (after.empty() ? "" : " AND (" + names + ")" + than + "(" + values + ")") + " ORDER BY " +
                          key_list(def_, how.descending ? " DESC" : "") + " LIMIT ?2";
        sorted_scans_.emplace_back(shape, TRY(db.prepare(sql)));
        known = sorted_scans_.end() - 1;
      }
      Statement& s = known->second;
      Resetting resetting{s};
      s.bind(1, how.prefix[0]);
      s.bind(2, static_cast<std::int64_t>(wanted));
      for (std::size_t i = 0; i < after.size(); ++i) {
        s.bind(static_cast<int>(i + 3), after[i]);
      }
      int code;
      while ((code = s.step()) == Statement::kRow) {
        page.push_back(held(s, 0, width));
      }
      if (code != Statement::kDone) {
        return tl::unexpected(failed(db, code, "walking", sorted_));
      }
    }
    more = page.size() == wanted;
    for (const HeldKey& one : page) {
      for (; at < fresh.size() && !before(one, fresh[at]); ++at) {
        if (!give(fresh[at])) {
          return {};
        }
      }
      if (!give(one)) {
        return {};
      }
    }
  }
  for (; at < fresh.size(); ++at) {
    if (!give(fresh[at])) {
      return {};
    }
  }
  return {};
}

Result<void> GatheredIndex::load(Database& db) {
  Statement s =
      TRY(db.prepare("SELECT place, " + quote_name(def_.columns[column_].name) + " FROM " + log_ + " ORDER BY place"));
  int code;
  while ((code = s.step()) == Statement::kRow) {
    last_place_ = s.integer(0);
    places_.add(print_of(s.column(1)), last_place_);
  }
  return code == Statement::kDone ? Result<void>() : tl::unexpected(failed(db, code, "reading", log_));
}

Result<void> GatheredIndex::add(Database& db, Cells row) {
  if (left_out(row)) {
    return {};
  }
  const std::uint64_t print = print_of(row[column_]);
  if (places_.is_busy(print)) {
    return add_sorted(db, row);
  }
  TRY(prepare(db, insert_, [&] {
    std::string values = "?1";
    for (int i = 0; i <= def_.key_columns; ++i) {
      values += ", ?" + std::to_string(i + 2);
    }
    return "INSERT INTO " + log_ + " VALUES (" + values + ")";
  }));
  Resetting resetting{insert_};
  const std::int64_t place = ++last_place_;
  insert_.bind(1, place);
  bind_entry(insert_, 2, row);
  int code = insert_.step();
  if (code != Statement::kDone) {
    return tl::unexpected(failed(db, code, "writing", log_));
  }
  ++added_;
  places_.add(print, place);
  return {};
}

Result<void> GatheredIndex::add_sorted(Database& db, Cells row) {
  TRY(prepare(db, insert_sorted_, [&] {
    std::string values = "?1";
    for (int i = 0; i < def_.key_columns; ++i) {
      values += ", ?" + std::to_string(i + 2);
    }
    return "INSERT OR IGNORE INTO " + sorted_ + " VALUES (" + values + ")";
  }));
  Resetting resetting{insert_sorted_};
  bind_entry(insert_sorted_, 1, row);
  int code = insert_sorted_.step();
  return code == Statement::kDone ? Result<void>() : tl::unexpected(failed(db, code, "writing", sorted_));
}

Result<void> GatheredIndex::remove(Database& db, Cells row) {
  if (left_out(row)) {
    return {};
  }
  std::vector<std::int64_t> found;
  places_.find(print_of(row[column_]), found);
  TRY(prepare(db, erase_log_, [&] { return "DELETE FROM " + log_ + " WHERE place = ?1 AND " + entry_condition(2); }));
  for (std::int64_t place : found) {
    Resetting resetting{erase_log_};
    erase_log_.bind(1, place);
    bind_entry(erase_log_, 2, row);
    int code = erase_log_.step();
    if (code != Statement::kDone) {
      return tl::unexpected(failed(db, code, "erasing from", log_));
    }
  }
  TRY(prepare(db, erase_sorted_, [&] { return "DELETE FROM " + sorted_ + " WHERE " + entry_condition(1); }));
  Resetting resetting{erase_sorted_};
  bind_entry(erase_sorted_, 1, row);
  int code = erase_sorted_.step();
  return code == Statement::kDone ? Result<void>() : tl::unexpected(failed(db, code, "erasing from", sorted_));
}

/// Places count what has ever come, so they say how large the sorted table is, near enough.
std::size_t GatheredIndex::enough_of(std::size_t least) const {
  return std::clamp(static_cast<std::size_t>(last_place_) / kShareGathered, least, kMostGathered * least);
}

Result<void> GatheredIndex::settle(Database& db, std::size_t enough) {
  if (!moving_) {
    if (const std::size_t n = places_.gathered(); n == 0 || n < enough_of(enough)) {
      return {};
    }
    moving_.emplace();
    moving_->entries = places_.seal();
    moving_->upto = last_place_;
    // Places go on over a restart while what is forgotten does not: count from the first that is there.
    moving_->emptied = std::min_element(moving_->entries.begin(), moving_->entries.end(),
                                        [](const auto& l, const auto& r) { return l.place < r.place; })
                           ->place -
                       1;
    done_before_ = 0;
    emptied_before_ = moving_->emptied;
  }
  Moving& m = *moving_;
  std::size_t budget = kMovedPerAdded * added_ + kMovedAtLeast;
  TRY(prepare(db, move_, [&] {
    return "INSERT OR IGNORE INTO " + sorted_ + " SELECT " + entry_columns() + " FROM " + log_ + " WHERE place = ?1";
  }));
  for (; budget > 0 && m.done < m.entries.size(); --budget, ++m.done) {
    Resetting resetting{move_};
    move_.bind(1, m.entries[m.done].place);
    int code = move_.step();
    if (code != Statement::kDone) {
      return tl::unexpected(failed(db, code, "writing", sorted_));
    }
  }
  if (budget > 0) {
    TRY(prepare(db, empty_, [&] { return "DELETE FROM " + log_ + " WHERE place <= ?1"; }));
    Resetting resetting{empty_};
    const std::int64_t upto = std::min(m.upto, m.emptied + static_cast<std::int64_t>(kEmptiedPerMoved * budget));
    empty_.bind(1, upto);
    int code = empty_.step();
    if (code != Statement::kDone) {
      return tl::unexpected(failed(db, code, "emptying", log_));
    }
    m.emptied = upto;
    m.finished = upto == m.upto;
  }
  return {};
}

void GatheredIndex::committed() {
  added_ = 0;
  if (!moving_) {
    return;
  }
  done_before_ = moving_->done;
  emptied_before_ = moving_->emptied;
  if (moving_->finished) {
    places_.forget(moving_->upto);
    known_after_ = moving_->upto;
    moving_.reset();
  }
}

void GatheredIndex::rolled_back() {
  added_ = 0;
  if (moving_) {
    moving_->done = done_before_;
    moving_->emptied = emptied_before_;
    moving_->finished = false;
  }
}

}  // namespace heed::store
