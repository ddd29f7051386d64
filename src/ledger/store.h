#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/function.h"
#include "base/result.h"
#include "ledger/event.h"
#include "ledger/table.h"

/// The port between the ledger and what stores it. Backends hold no rules: they keep events, commit rows and
/// tables described by TableDef, and run commands in groups.
namespace heed::ledger {

/// Borrowed callable; lives as long as the call it is passed to.
template <class Signature>
class FunctionRef;
template <class R, class... Args>
class FunctionRef<R(Args...)> {
 public:
  template <class F>
  FunctionRef(F&& f)  // NOLINT(google-explicit-constructor)
      : object_(const_cast<void*>(static_cast<const void*>(&f))), call_([](void* o, Args... args) -> R {
          return (*static_cast<std::remove_reference_t<F>*>(o))(std::forward<Args>(args)...);
        }) {}
  R operator()(Args... args) const { return call_(object_, std::forward<Args>(args)...); }

 private:
  void* object_;
  R (*call_)(void*, Args...);
};

/// An ordered walk. Rows whose first columns (of the index, or of the primary key for index -1) equal `prefix`,
/// in index order then primary-key order (or exactly reversed), strictly after `after`: values for the columns
/// that follow the prefix, continuing into the primary key, as many as given.
struct Scan {
  int index = -1;
  Cells prefix = {};
  Cells after = {};
  bool descending = false;
  std::size_t limit = SIZE_MAX;
};

/// Reads of one consistent state. A View from Store::view() belongs to one thread at a time.
class View {
 public:
  virtual ~View() = default;
  /// False when there is no such row; else `row` is called once.
  virtual Result<bool> get(const TableDef& table, Cells key, FunctionRef<void(Cells)> row) = 0;
  /// Calls `row` until it returns false. `row` may read anything, but must not write to the table it walks:
  /// collect first, then write.
  virtual Result<void> scan(const TableDef& table, const Scan& scan, FunctionRef<bool(Cells)> row) = 0;
  /// Events of a case with seq > after_seq, in order, until `event` returns false.
  virtual Result<void> case_events(CaseId case_id, std::uint64_t after_seq,
                                   FunctionRef<bool(const StoredEvent&)> event) = 0;
  /// All events with pos > after_pos, in order.
  virtual Result<void> events(std::uint64_t after_pos, FunctionRef<bool(const StoredEvent&)> event) = 0;
  virtual Result<void> commits(std::uint64_t after_number, FunctionRef<bool(const CommitRow&)> row) = 0;
  virtual Result<ChainHead> head() = 0;
};

/// Reads and writes inside one command. Writes are seen by later reads of the same command.
class Tx : public View {
 public:
  virtual Result<void> put(const TableDef& table,
                           Cells row) = 0;  ///< inserts or replaces by primary key; Conflict on another unique index
  virtual Result<void> erase(const TableDef& table, Cells key) = 0;
  /// Conflict unless `event.seq` is the case's next one. Returns its pos.
  virtual Result<std::uint64_t> append(const NewEvent& event) = 0;
};

/// What overtakes what when the writer has a choice.
enum class Priority : std::uint8_t { LifeThreat, Receipt, Normal, Background };

struct Committed {
  std::uint64_t last_pos = 0;
};

class Store {
 public:
  using Work = Function<Result<void>(Tx&)>;
  using Done = Function<void(Result<Committed>)>;

  virtual ~Store() = default;
  /// Runs `work` on the writer's thread inside a group commit: an error undoes this command alone (savepoint) and is
  /// passed to `done`. On success `done` is called after the group is on stable storage; if the flush fails, every
  /// command of the group gets that error and nothing of it exists. `done` runs on the writer's thread and must only
  /// hand over. Never blocks; Unavailable at once (through `done`, on the caller's thread) when the queue is full.
  virtual void execute(Priority priority, Work work, Done done) = 0;
  /// A consistent snapshot for reading, at least as new as every commit completed before the call.
  virtual Result<std::unique_ptr<View>> view() = 0;

  struct Figures {
    std::uint64_t commands = 0, groups = 0, flushes = 0, events = 0;
  };
  virtual Figures figures() const = 0;
};

// --- typed rows -------------------------------------------------------------------------------------------
template <class Row, class... Key>
Result<std::optional<Row>> get(View& view, const Key&... key) {
  std::optional<Row> found;
  auto key_cells = cells(key...);
  TRY(view.get(Row::table(), key_cells, [&](Cells in) { from_cells(in, found.emplace()); }));
  return found;
}
template <class Row>
Result<void> put(Tx& tx, const Row& row) {
  auto c = to_cells(row);
  return tx.put(Row::table(), c);
}
template <class Row, class... Key>
Result<void> erase(Tx& tx, const Key&... key) {
  auto key_cells = cells(key...);
  return tx.erase(Row::table(), key_cells);
}
/// f(const Row&) → bool (false stops) or void.
template <class Row, class F>
Result<void> scan(View& view, const Scan& how, F&& f) {
  return view.scan(Row::table(), how, [&](Cells in) -> bool {
    Row row;
    from_cells(in, row);
    if constexpr (std::is_void_v<std::invoke_result_t<F&, const Row&>>) {
      f(row);
      return true;
    } else {
      return f(row);
    }
  });
}

/// Runs `work` and waits for its commit; for tests, the command line and start-up only.
Result<Committed> execute_and_wait(Store& store, Store::Work work, Priority priority = Priority::Normal);

}  // namespace heed::ledger
