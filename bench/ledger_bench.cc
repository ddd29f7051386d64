// The case plane's cost of one durable command, and where it goes.
//
//   build/release/bench/ledger_bench [--folder F] [--commands N] [--outstanding N] [--rows N] [--log-mb N] [--cache-mb
//   N]
//
// One command is what an ordinary report writes: 1 event (500-byte header, 2 sealed bodies of 300 bytes) and 6
// rows with 9 index entries. Submitted by one thread with 64 outstanding, as a busy server would have.
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <string>
#include <vector>

#include "base/file.h"
#include "ledger/keyring.h"
#include "store/sqlite/sqlite_store.h"

namespace {

using namespace heed;
using namespace heed::ledger;
using Steady = std::chrono::steady_clock;

double us_since(Steady::time_point start) {
  return std::chrono::duration<double, std::micro>(Steady::now() - start).count();
}

struct CaseRow {
  CaseId id;
  std::int64_t number = 0;
  std::uint64_t seq = 0;
  std::int64_t state = 0;
  std::optional<Hash16> group;
  Hash16 target{};
  std::int64_t opened = 0;
  std::string facts;
  static const TableDef& table() {
    static const TableDef def{
        "b_case",
        columns_of<CaseRow>({"id", "number", "seq", "state", "group_key", "target", "opened", "facts"}),
        1,
        {{"b_case_number", {1}, true}, {"b_case_group", {4}, true, true}, {"b_case_target", {5, 6}}}};
    return def;
  }
  auto tie() { return std::tie(id, number, seq, state, group, target, opened, facts); }
};
struct ItemRow {
  CaseId case_id;
  ItemId id;
  Hash16 post{};
  Hash16 author{};
  std::int64_t state = 0;
  std::string facts;
  static const TableDef& table() {
    static const TableDef def{"b_item",
                              columns_of<ItemRow>({"case_id", "id", "post", "author", "state", "facts"}),
                              2,
                              {{"b_item_post", {2}}, {"b_item_author", {3}}}};
    return def;
  }
  auto tie() { return std::tie(case_id, id, post, author, state, facts); }
};
struct ReportRow {
  ReportId id;
  CaseId case_id;
  Hash16 reporter{};
  std::string facts;
  static const TableDef& table() {
    static const TableDef def{"b_report",
                              columns_of<ReportRow>({"id", "case_id", "reporter", "facts"}),
                              1,
                              {{"b_report_case", {1}}, {"b_report_reporter", {2}}}};
    return def;
  }
  auto tie() { return std::tie(id, case_id, reporter, facts); }
};
struct QueueRow {
  CaseId case_id;
  std::optional<std::int64_t> lane;
  std::int64_t severity = 0, deadline = 0, reporters = 0;
  std::string claimed_by;
  static const TableDef& table() {
    static const TableDef def{
        "b_queue",
        columns_of<QueueRow>({"case_id", "lane", "severity", "deadline", "reporters", "claimed_by"}),
        1,
        {{"b_queue_order", {1, 2, 3, 4}, false, true}}};
    return def;
  }
  auto tie() { return std::tie(case_id, lane, severity, deadline, reporters, claimed_by); }
};
struct OutboxRow {
  std::int64_t id = 0;
  std::int64_t channel = 0, due = 0;
  CaseId case_id;
  static const TableDef& table() {
    static const TableDef def{
        "b_outbox", columns_of<OutboxRow>({"id", "channel", "due", "case_id"}), 1, {{"b_outbox_due", {1, 2}}}};
    return def;
  }
  auto tie() { return std::tie(id, channel, due, case_id); }
};
struct CountRow {
  std::int64_t id = 0, n = 0;
  static const TableDef& table() {
    static const TableDef def{"b_count", columns_of<CountRow>({"id", "n"}), 1};
    return def;
  }
  auto tie() { return std::tie(id, n); }
};

Hash16 hash_of(std::uint64_t n) {
  Hash16 h;
  for (std::size_t i = 0; i < 2; ++i) {
    n = (n ^ (n >> 31)) * 0x9E3779B97F4A7C15ULL + i;
    std::memcpy(h.data() + 8 * i, &n, 8);
  }
  return h;
}

struct Prepared {
  std::uint64_t n;
  CaseId case_id;
  std::string header, bodies;
};

Result<void> write(Tx& tx, const Prepared& p) {
  TRY(tx.append({p.case_id, 1, p.header, p.bodies}));
  auto n = static_cast<std::int64_t>(p.n);
  CaseRow row{p.case_id, n, 1, 0, hash_of(p.n), hash_of(p.n % 1000), n, std::string(120, 'f')};
  TRY(put(tx, row));
  TRY(put(tx, ItemRow{p.case_id, ItemId{p.case_id.value}, hash_of(p.n + 7), hash_of(p.n % 5000), 0,
                      std::string(120, 'i')}));
  TRY(put(tx, ReportRow{ReportId{p.case_id.value}, p.case_id, hash_of(p.n % 3000), std::string(80, 'r')}));
  TRY(put(tx, QueueRow{p.case_id, n % 3, n % 5, n * 1000, 1, ""}));
  TRY(put(tx, OutboxRow{n, 1, n * 1000, p.case_id}));
  CountRow count = TRY(get<CountRow>(tx, std::int64_t{n % 16})).value_or(CountRow{n % 16, 0});
  ++count.n;
  return put(tx, count);
}

double thread_cpu_us(clockid_t clock) {
  timespec t{};
  clock_gettime(clock, &t);
  return static_cast<double>(t.tv_sec) * 1e6 + static_cast<double>(t.tv_nsec) / 1e3;
}

Prepared prepare(KeyRing& keys, IdSource& ids, std::uint64_t n) {
  Prepared p{n, ids.mint<CaseId>(from_ms(1'700'000'000'000 + static_cast<std::int64_t>(n / 20))), {}, {}};
  p.header = R"({"kind":"reported","v":1,"case":")" + p.case_id.text() +
             R"(","seq":1,"at":"2026-01-01T00:00:00.000Z","actor":"a",)";
  p.header += "\"ids\":\"" + std::string(497 - p.header.size() - 8, 'x') + "\"}";
  std::vector<Body> bodies = {{"comment", *keys.allocate(), std::string(300, 'c')},
                              {"evidence", *keys.allocate(), std::string(300, 'e')}};
  p.bodies = *seal_bodies(keys, p.case_id, 1, bodies);
  return p;
}

struct Settings {
  std::filesystem::path folder;
  std::uint64_t commands = 60'000;
  std::uint64_t outstanding = 64;
  std::uint64_t rows = 1'000'000;
  std::uint64_t log_mb = 0, cache_mb = 0;  ///< 0: as shipped
};

void run_commands(Store& store, const Settings& settings, KeyRing& keys, IdSource& ids) {
  std::atomic<clockid_t> writer_clock{0};
  (void)execute_and_wait(store, [&](Tx&) -> Result<void> {
    clockid_t clock{};
    pthread_getcpuclockid(pthread_self(), &clock);
    writer_clock = clock;
    return {};
  });
  std::mutex mutex;
  std::condition_variable changed;
  std::uint64_t in_flight = 0, failed = 0;
  std::uint64_t first = 0;
  constexpr int kRounds = 30;  // Short ones, so that some are undisturbed on a machine that does other things.
  std::vector<double> cpus, rates;
  double flushes = 0, groups = 0, sealing_best = 1e9;
  for (int round = 1; round <= kRounds; ++round) {
    std::vector<Prepared> prepared;
    auto sealing = Steady::now();
    for (std::uint64_t i = 0; i < settings.commands / kRounds; ++i) {
      prepared.push_back(prepare(keys, ids, first + i));
    }
    double sealing_us = us_since(sealing) / static_cast<double>(prepared.size());
    first += prepared.size();
    auto before = store.figures();
    double cpu = thread_cpu_us(writer_clock);
    auto start = Steady::now();
    for (const Prepared& p : prepared) {
      {
        std::unique_lock lock(mutex);
        changed.wait(lock, [&] { return in_flight < settings.outstanding; });
        ++in_flight;
      }
      store.execute(
          Priority::Receipt, [&p](Tx& tx) { return write(tx, p); },
          [&](Result<Committed> result) {
            std::lock_guard lock(mutex);
            failed += result ? 0 : 1;
            --in_flight;
            // A waiting submitter is woken once there is something worth waking for.
            if (in_flight == settings.outstanding / 2 || in_flight == 0) {
              changed.notify_one();
            }
          });
    }
    {
      std::unique_lock lock(mutex);
      changed.wait(lock, [&] { return in_flight == 0; });
    }
    double wall = us_since(start);
    cpu = thread_cpu_us(writer_clock) - cpu;
    auto after = store.figures();
    auto n = static_cast<double>(prepared.size());
    cpus.push_back(cpu / n);
    rates.push_back(n / wall * 1e6);
    flushes += static_cast<double>(after.flushes - before.flushes);
    groups += static_cast<double>(after.groups - before.groups);
    sealing_best = std::min(sealing_best, sealing_us);
  }
  std::sort(cpus.begin(), cpus.end());
  std::sort(rates.begin(), rates.end());
  auto n = static_cast<double>(settings.commands);
  std::printf(
      "commands: median %.0f per second (best %.0f), writer CPU median %.1f us each (best %.1f, worst %.1f), %.1f "
      "flushes per thousand, "
      "%.1f commands a group, failed %llu\n",
      rates[kRounds / 2], rates.back(), cpus[kRounds / 2], cpus.front(), cpus.back(), flushes / n * 1e3, n / groups,
      static_cast<unsigned long long>(failed));
  std::printf("preparing and sealing, before the writer: best %.1f us\n", sealing_best);
}

void run_alone(Store& store, KeyRing& keys, IdSource& ids) {
  std::vector<double> times;
  for (std::uint64_t i = 0; i < 500; ++i) {
    Prepared p = prepare(keys, ids, 900'000'000 + i);
    auto start = Steady::now();
    auto done = execute_and_wait(
        store, [&](Tx& tx) { return write(tx, p); }, Priority::LifeThreat);
    times.push_back(us_since(start));
    if (!done) {
      std::printf("failed: %s\n", done.error().message.c_str());
      return;
    }
  }
  std::sort(times.begin(), times.end());
  std::printf("alone: median %.0f us, 99%% %.0f us from execute to done\n", times[250], times[495]);
}

void run_claims(Store& store, const Settings& settings) {
  std::uint64_t done = 0;
  IdSource ids(99);
  while (done < settings.rows) {
    (void)execute_and_wait(store, [&](Tx& tx) -> Result<void> {
      for (int i = 0; i < 10'000; ++i, ++done) {
        auto n = static_cast<std::int64_t>(done);
        TRY(put(tx, QueueRow{ids.mint<CaseId>(from_ms(1'800'000'000'000 + n)), n * 7 % 3, n % 5, n * 31 % 1'000'000,
                             n % 9, ""}));
      }
      return {};
    });
  }
  std::vector<double> times;
  for (int i = 0; i < 2000; ++i) {
    std::int64_t lane = i % 3, severity = i % 5;
    auto start = Steady::now();
    auto fresh = store.view();
    auto prefix = cells(lane);
    auto after = cells(severity, std::int64_t{i * 500});
    std::size_t seen = 0;
    (void)scan<QueueRow>(**fresh, {.index = 0, .prefix = prefix, .after = after, .descending = false, .limit = 20},
                         [&](const QueueRow&) { ++seen; });
    fresh->reset();
    times.push_back(us_since(start));
  }
  std::sort(times.begin(), times.end());
  std::printf("first 20 of a lane in %llu rows, fresh view each: median %.1f us, 99%% %.1f us\n",
              static_cast<unsigned long long>(settings.rows), times[1000], times[1980]);
  times.clear();
  for (int i = 0; i < 300; ++i) {
    auto start = Steady::now();
    (void)execute_and_wait(store, [&](Tx& tx) -> Result<void> {
      std::optional<QueueRow> next;
      std::int64_t lane = i % 3;
      auto prefix = cells(lane);
      TRY(scan<QueueRow>(tx, {.index = 0, .prefix = prefix, .after = {}, .descending = false, .limit = 1},
                         [&](const QueueRow& row) { next = row; }));
      next->lane.reset();
      next->claimed_by = "reviewer";
      return put(tx, *next);
    });
    times.push_back(us_since(start));
  }
  std::sort(times.begin(), times.end());
  std::printf("claim the first, durable, alone: median %.0f us, 99%% %.0f us\n", times[150], times[297]);
}

}  // namespace

int main(int argc, char** argv) {
  crypto_init();
  TempFolder own("ledger_bench");
  Settings settings;
  settings.folder = own.path();
  for (int i = 1; i + 1 < argc; i += 2) {
    std::string name = argv[i];
    if (name == "--folder") settings.folder = argv[i + 1];
    if (name == "--commands") settings.commands = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--outstanding") settings.outstanding = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--rows") settings.rows = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--log-mb") settings.log_mb = std::strtoull(argv[i + 1], nullptr, 10);
    if (name == "--cache-mb") settings.cache_mb = std::strtoull(argv[i + 1], nullptr, 10);
  }
  heed::store::SqliteOptions options;
  options.folder = settings.folder;
  options.tables = {&CaseRow::table(),  &ItemRow::table(),   &ReportRow::table(),
                    &QueueRow::table(), &OutboxRow::table(), &CountRow::table()};
  if (settings.log_mb != 0) {
    options.checkpoints = {settings.log_mb << 18, settings.log_mb << 20};
  }
  if (settings.cache_mb != 0) {
    options.writer_cache_bytes = static_cast<std::int64_t>(settings.cache_mb << 20);
  }
  auto store = heed::store::open_sqlite_store(options);
  if (!store) {
    std::printf("%s\n", store.error().message.c_str());
    return 1;
  }
  auto keys = memory_key_ring();
  IdSource ids(1);
  run_commands(**store, settings, *keys, ids);
  run_alone(**store, *keys, ids);
  run_claims(**store, settings);
  std::printf("database %.1f MB, log %.1f MB\n",
              static_cast<double>(std::filesystem::file_size(settings.folder / "ledger.db")) / 1e6,
              static_cast<double>((*store)->log_bytes()) / 1e6);
  return 0;
}
