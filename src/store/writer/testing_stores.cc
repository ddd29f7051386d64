#include "store/writer/testing_contract.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <random>

#include "base/bytes.h"
#include "ledger/replay.h"

namespace heed::store::testing {

using namespace heed::ledger;
using heed::ledger::testing::append_and_apply;
using heed::ledger::testing::case_number;
using heed::ledger::testing::CaseRow;
using heed::ledger::testing::CountRow;
using heed::ledger::testing::TestProjector;

const TableDef& ThingRow::table() {
  static const TableDef def{"thing",
                            columns_of<ThingRow>({"a", "b", "due", "group_key", "colour", "size"}),
                            2,
                            {{"thing_due", {2, 5}, false, true},
                             {"thing_group", {3}, true, true},
                             {"thing_colour", {4, 5}},
                             {"thing_size", {5, 4, 1}, true}}};
  return def;
}
const TableDef& NumberRow::table() {
  static const TableDef def{
      "number", columns_of<NumberRow>({"id", "text"}), 1, {{.name = "number_text", .columns = {1}, .gathered = true}}};
  return def;
}
std::vector<const TableDef*> contract_tables() {
  std::vector<const TableDef*> all = ledger::testing::tables();
  all.push_back(&ThingRow::table());
  all.push_back(&NumberRow::table());
  return all;
}
std::string factory_name(const ::testing::TestParamInfo<StoreFactory>& info) { return info.param.name; }

struct Gate::State {
  std::mutex mutex;
  std::condition_variable changed;
  bool entered = false, opened = false, left = false;
};
Gate::Gate(Store& store) : state_(std::make_shared<State>()) {
  store.execute(
      Priority::LifeThreat,
      [state = state_](Tx&) -> Result<void> {
        std::unique_lock lock(state->mutex);
        state->entered = true;
        state->changed.notify_all();
        state->changed.wait(lock, [&] { return state->opened; });
        return {};
      },
      [](Result<Committed>) {});
  std::unique_lock lock(state_->mutex);
  state_->changed.wait(lock, [&] { return state_->entered; });
}
void Gate::open() {
  std::lock_guard lock(state_->mutex);
  state_->opened = true;
  state_->changed.notify_all();
}
Gate::~Gate() { open(); }

std::string text_of(View& view, const TableDef& table, const Scan& how) {
  std::string out;
  Result<void> done = view.scan(table, how, [&](Cells row) {
    for (const Cell& cell : row) {
      out += cell.is_null() ? "-" : cell.kind == Cell::Kind::Int ? std::to_string(cell.i) : "x" + to_hex(cell.b);
      out += ' ';
    }
    out += '\n';
    return true;
  });
  return done ? out : "error: " + done.error().message;
}

namespace {

struct Step {
  int kind = 0;
  ThingRow row;
};

ThingRow random_row(std::mt19937_64& random) {
  auto pick = [&](std::uint64_t n) { return static_cast<std::int64_t>(random() % n); };
  const std::array<std::string, 6> texts = {"", std::string(1, '\0'), std::string("\0a", 2), "a", "\xFF", "\xFF\xFF"};
  ThingRow row;
  row.a = texts[random() % 6];
  row.b = pick(6) - 3;
  row.due = pick(3) == 0 ? std::nullopt : std::optional(pick(5) - 2);
  row.group = pick(2) == 0 ? std::nullopt : std::optional(texts[random() % 6] + texts[random() % 6]);
  row.colour = texts[random() % 6];
  row.size = pick(9) - 4;
  return row;
}

Result<void> run_append(Tx& tx, const Step& step) {
  TRY(append_and_apply(tx, "noted", case_number(static_cast<std::uint64_t>(step.row.b + 3)), {}, step.row.size));
  return {};
}

std::string outcome(Store& store, const std::vector<Step>& steps, bool failing) {
  std::string log;
  auto result = execute_and_wait(store, [&](Tx& tx) -> Result<void> {
    for (const Step& step : steps) {
      Result<void> done = step.kind == 0   ? erase<ThingRow>(tx, step.row.a, step.row.b)
                          : step.kind == 1 ? run_append(tx, step)
                                           : put(tx, step.row);
      log += done ? "+" : done.error().code == Code::Conflict ? "c" : "!";
    }
    return failing ? fail(Code::Denied, "") : Result<void>();
  });
  return log + (result ? " " + std::to_string(result->last_pos) : " failed");
}

Scan random_scan(std::mt19937_64& random, const ThingRow& like, std::vector<Cell>& prefix, std::vector<Cell>& after) {
  const TableDef& def = ThingRow::table();
  Scan how;
  how.index = static_cast<int>(random() % (def.indexes.size() + 1)) - 1;
  std::vector<int> order =
      how.index < 0 ? std::vector<int>{} : def.indexes[static_cast<std::size_t>(how.index)].columns;
  order.push_back(0);
  order.push_back(1);
  auto row = to_cells(like);
  std::size_t fixed = random() % (order.size() + 1);
  std::size_t given = random() % 2 == 0 ? 0 : random() % (order.size() - fixed + 1);
  for (std::size_t i = 0; i < fixed + given; ++i) {
    Cell cell = row[static_cast<std::size_t>(order[i])];
    if (cell.is_null()) {
      break;  // Nothing to ask for: such rows are not in the index.
    }
    (i < fixed ? prefix : after).push_back(cell);
  }
  how.prefix = prefix;
  how.after = after;
  how.descending = random() % 2 == 0;
  how.limit = random() % 3 == 0 ? random() % 5 : SIZE_MAX;
  return how;
}

}  // namespace

std::string differ(Store& left, Store& right, std::uint64_t seed, int commands) {
  std::mt19937_64 random(seed);
  for (int i = 0; i < commands; ++i) {
    std::vector<Step> steps(1 + random() % 6);
    for (Step& step : steps) {
      step = {static_cast<int>(random() % 5), random_row(random)};
    }
    bool failing = random() % 4 == 0;
    std::string l = outcome(left, steps, failing);
    std::string r = outcome(right, steps, failing);
    std::string where = "seed " + std::to_string(seed) + ", command " + std::to_string(i) + ": ";
    if (l != r) {
      return where + l + " against " + r;
    }
    auto left_view = left.view();
    auto right_view = right.view();
    if (!left_view || !right_view) {
      return where + "no view";
    }
    for (int n = 0; n < 4; ++n) {
      ThingRow like = random_row(random);
      std::vector<Cell> prefix, after;
      Scan how = random_scan(random, like, prefix, after);
      l = text_of(**left_view, ThingRow::table(), how);
      r = text_of(**right_view, ThingRow::table(), how);
      if (l != r) {
        return where + "scan of index " + std::to_string(how.index) + " with " + std::to_string(prefix.size()) +
               " fixed and " + std::to_string(after.size()) + " after" + (how.descending ? ", descending" : "") +
               ":\n" + l + "against\n" + r;
      }
    }
    if (i % 50 == 0 || i == commands - 1) {
      auto difference = compare_tables(**left_view, **right_view, contract_tables());
      if (!difference || !difference->empty()) {
        return where + (difference ? *difference : difference.error().message);
      }
    }
  }
  auto heads = std::pair((*left.view())->head(), (*right.view())->head());
  return *heads.first == *heads.second ? "" : "the chain heads differ";
}

}  // namespace heed::store::testing
