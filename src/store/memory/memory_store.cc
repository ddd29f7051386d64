#include "store/memory/memory_store.h"

#include <array>
#include <atomic>
#include <mutex>
#include <optional>

#include "store/memory/ordered_table.h"

namespace heed::store {
namespace {

using ledger::Cell;
using ledger::Cells;
using ledger::ChainHead;
using ledger::CommitRow;
using ledger::FunctionRef;
using ledger::NewEvent;
using ledger::Scan;
using ledger::StoredEvent;
using ledger::TableDef;

/// Append-only; a copy shares the chunks and sees what was there when it was made.
template <class T>
class Log {
 public:
  std::size_t size() const { return size_; }
  const T& operator[](std::size_t i) const { return (*chunks_[i / kChunk])[i % kChunk]; }
  void push(T value) {
    if (size_ == chunks_.size() * kChunk) {
      chunks_.push_back(std::make_shared<std::array<T, kChunk>>());
    }
    (*chunks_[size_ / kChunk])[size_ % kChunk] = std::move(value);
    ++size_;
  }
  void cut(std::size_t size) { size_ = size; }

 private:
  static constexpr std::size_t kChunk = 256;
  std::vector<std::shared_ptr<std::array<T, kChunk>>> chunks_;
  std::size_t size_ = 0;
};

const TableDef& case_index() {
  static const TableDef def{
      "case_index", {{"case_id", ledger::Type::Bytes}, {"seq", ledger::Type::Int}, {"pos", ledger::Type::Int}}, 2};
  return def;
}

struct State {
  std::vector<std::shared_ptr<OrderedTable>> tables;  ///< the first is case_index
  Log<StoredEvent> events;
  Log<CommitRow> commits;

  std::size_t find(const TableDef& def) const {
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (&tables[i]->def() == &def) {
        return i;
      }
    }
    HEED_ASSERT(false && "the table was not named when the store was opened");
    return 0;
  }
};

std::string key_of(Cells cells) {
  std::string key;
  encode_key(key, cells);
  return key;
}

Result<bool> get_row(const State& state, const TableDef& table, Cells key, FunctionRef<void(Cells)> row) {
  const OwnedRow* found = state.tables[state.find(table)]->find(key_of(key));
  if (found == nullptr) {
    return false;
  }
  std::vector<Cell> cells;
  for (const OwnedCell& cell : *found) {
    cells.push_back(cell.cell());
  }
  row(cells);
  return true;
}

void walk_case(const State& state, CaseId case_id, std::uint64_t after_seq,
               FunctionRef<bool(const StoredEvent&)> event) {
  auto prefix = ledger::cells(case_id);
  auto after = ledger::cells(after_seq);
  Scan how;
  how.prefix = prefix;
  how.after = after;
  state.tables[0]->scan(how, [&](Cells row) { return event(state.events[static_cast<std::size_t>(row[2].i) - 1]); });
}

ChainHead head_of(const State& state) {
  if (state.commits.size() == 0) {
    return {};
  }
  const CommitRow& last = state.commits[state.commits.size() - 1];
  return {last.number, last.last_pos, last.hash};
}

/// The reads, over a snapshot or over the writer's own state.
template <class Base>
class Reads : public Base {
 public:
  Result<bool> get(const TableDef& table, Cells key, FunctionRef<void(Cells)> row) override {
    return get_row(state(), table, key, row);
  }
  Result<void> scan(const TableDef& table, const Scan& how, FunctionRef<bool(Cells)> row) override {
    std::size_t index = state().find(table);
    begin_scan(index);
    // Held, so that a write elsewhere cannot free it.
    std::shared_ptr<OrderedTable> held = state().tables[index];
    held->scan(how, row);
    end_scan(index);
    return {};
  }
  Result<void> case_events(CaseId case_id, std::uint64_t after_seq,
                           FunctionRef<bool(const StoredEvent&)> event) override {
    walk_case(state(), case_id, after_seq, event);
    return {};
  }
  Result<void> events(std::uint64_t after_pos, FunctionRef<bool(const StoredEvent&)> event) override {
    std::size_t end = state().events.size();
    for (std::size_t i = after_pos; i < end && event(state().events[i]); ++i) {
    }
    return {};
  }
  Result<void> commits(std::uint64_t after_number, FunctionRef<bool(const CommitRow&)> row) override {
    for (std::size_t i = after_number; i < state().commits.size() && row(state().commits[i]); ++i) {
    }
    return {};
  }
  Result<ChainHead> head() override { return head_of(state()); }

 protected:
  virtual const State& state() const = 0;
  virtual void begin_scan(std::size_t) {}
  virtual void end_scan(std::size_t) {}
};

class Snapshot final : public Reads<ledger::View> {
 public:
  explicit Snapshot(State state) : state_(std::move(state)) {
    for (auto& table : state_.tables) {
      table->pins.fetch_add(1, std::memory_order_relaxed);
    }
  }
  ~Snapshot() override {
    for (auto& table : state_.tables) {
      table->pins.fetch_sub(1, std::memory_order_release);
    }
  }

 protected:
  const State& state() const override { return state_; }

 private:
  State state_;
};

class MemoryTx final : public Reads<ledger::Tx> {
 public:
  explicit MemoryTx(State& state) : state_(state), scans_(state.tables.size(), 0) {}

  Result<void> put(const TableDef& def, Cells row) override {
    std::size_t index = state_.find(def);
    HEED_ASSERT(row.size() == def.columns.size());
    check_types(def, row);
    OrderedTable& table = writable(index);
    std::string key = key_of(row.first(static_cast<std::size_t>(def.key_columns)));
    std::optional<OwnedRow> old;
    if (const OwnedRow* found = table.find(key)) {
      old = *found;
    }
    OwnedRow owned;
    owned.reserve(row.size());
    for (const Cell& cell : row) {
      owned.emplace_back(cell);
    }
    TRY(table.put(key, std::move(owned)));
    undo_.push_back({index, std::move(key), std::move(old)});
    return {};
  }

  Result<void> erase(const TableDef& def, Cells key_cells) override {
    std::size_t index = state_.find(def);
    HEED_ASSERT(key_cells.size() == static_cast<std::size_t>(def.key_columns));
    std::string key = key_of(key_cells);
    const OwnedRow* found = state_.tables[index]->find(key);
    if (found == nullptr) {
      return {};
    }
    OwnedRow old = *found;
    writable(index).erase(key);
    undo_.push_back({index, std::move(key), std::move(old)});
    return {};
  }

  Result<std::uint64_t> append(const NewEvent& event) override {
    std::uint64_t last_seq = 0;
    Digest previous = ledger::chain_start(event.case_id);
    auto prefix = ledger::cells(event.case_id);
    Scan newest;
    newest.prefix = prefix;
    newest.descending = true;
    newest.limit = 1;
    state_.tables[0]->scan(newest, [&](Cells row) {
      last_seq = static_cast<std::uint64_t>(row[1].i);
      previous = state_.events[static_cast<std::size_t>(row[2].i) - 1].hash;
      return false;
    });
    if (event.seq != last_seq + 1) {
      return fail(Code::Conflict, "the case has moved on to seq " + std::to_string(last_seq));
    }
    std::uint64_t pos = state_.events.size() + 1;
    TRY(put(case_index(), ledger::cells(event.case_id, event.seq, pos)));
    state_.events.push({pos, event.case_id, event.seq, event.header, event.bodies,
                        ledger::event_hash(previous, event.header, event.bodies)});
    return pos;
  }

  /// Ends a command: keeps what it wrote, or undoes it.
  void keep() {
    undo_.clear();
    events_kept_ = state_.events.size();
  }
  void undo() {
    for (auto at = undo_.rbegin(); at != undo_.rend(); ++at) {
      OrderedTable& table = writable(at->table);
      table.erase(at->key);
      if (at->old) {
        // Undone newest first, so no unique index can be in the way.
        HEED_ASSERT(table.put(at->key, std::move(*at->old)).has_value());
      }
    }
    undo_.clear();
    state_.events.cut(events_kept_);
  }
  void begin() { events_kept_ = state_.events.size(); }

 protected:
  const State& state() const override { return state_; }
  void begin_scan(std::size_t table) override { ++scans_[table]; }
  void end_scan(std::size_t table) override { --scans_[table]; }

 private:
  struct Undo {
    std::size_t table;
    std::string key;
    std::optional<OwnedRow> old;
  };

  static void check_types(const TableDef& def, Cells row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      bool fits = row[i].is_null() ? i >= static_cast<std::size_t>(def.key_columns)
                                   : (row[i].kind == Cell::Kind::Int) == (def.columns[i].type == ledger::Type::Int);
      HEED_ASSERT(fits && "a cell does not have its column's type");
    }
  }

  OrderedTable& writable(std::size_t index) {
    HEED_ASSERT(scans_[index] == 0 && "a table is written while it is being walked");
    std::shared_ptr<OrderedTable>& table = state_.tables[index];
    if (table->pins.load(std::memory_order_acquire) != 0) {
      table = std::make_shared<OrderedTable>(*table);
    }
    return *table;
  }

  State& state_;
  std::vector<Undo> undo_;
  std::vector<int> scans_;
  std::size_t events_kept_ = 0;
};

class MemoryStore final : public ledger::Store {
 public:
  MemoryStore(const std::vector<const TableDef*>& tables, WriterLimits limits)
      : writer_(limits, [this](GroupWriter::Next next) { run_group(next); }) {
    std::lock_guard lock(mutex_);
    state_.tables.push_back(std::make_shared<OrderedTable>(case_index()));
    for (const TableDef* table : tables) {
      state_.tables.push_back(std::make_shared<OrderedTable>(*table));
    }
  }
  ~MemoryStore() override { writer_.stop(); }

  void execute(ledger::Priority priority, Work work, Done done) override {
    writer_.submit(priority, std::move(work), std::move(done));
  }
  Result<std::unique_ptr<ledger::View>> view() override {
    std::lock_guard lock(mutex_);
    return std::make_unique<Snapshot>(state_);
  }
  Figures figures() const override { return {commands_.load(), groups_.load(), groups_.load(), events_.load()}; }

 private:
  struct Answer {
    GroupWriter::Command* command;
    Result<ledger::Committed> result;
  };

  void run_group(GroupWriter::Next next) {
    std::vector<Answer> answers;
    {
      std::lock_guard lock(mutex_);
      MemoryTx tx(state_);
      std::size_t first = state_.events.size();
      while (GroupWriter::Command* command = next()) {
        tx.begin();
        Result<void> result = command->work(tx);
        if (result) {
          tx.keep();
          answers.push_back({command, ledger::Committed{state_.events.size()}});
        } else {
          tx.undo();
          answers.push_back({command, tl::unexpected(std::move(result).error())});
        }
      }
      append_commit(first);
      events_ += state_.events.size() - first;
    }
    commands_ += answers.size();
    ++groups_;
    for (Answer& answer : answers) {
      answer.command->done(std::move(answer.result));
    }
  }

  void append_commit(std::size_t first) {
    std::size_t end = state_.events.size();
    if (first == end) {
      return;
    }
    std::vector<Digest> leaves;
    for (std::size_t i = first; i < end; ++i) {
      leaves.push_back(state_.events[i].hash);
    }
    ChainHead head = head_of(state_);
    CommitRow row{head.commit + 1, first + 1, end, ledger::merkle_root(leaves), {}};
    row.hash = ledger::commit_hash(head.hash, row);
    state_.commits.push(row);
  }

  // Guarded by mutex_, which the writer holds for a whole group.
  std::mutex mutex_;
  State state_;
  std::atomic<std::uint64_t> commands_{0}, groups_{0}, events_{0};
  GroupWriter writer_;
};

}  // namespace

std::unique_ptr<ledger::Store> open_memory_store(std::vector<const TableDef*> tables, WriterLimits limits) {
  return std::make_unique<MemoryStore>(tables, limits);
}

}  // namespace heed::store
