#pragma once
#include <atomic>
#include <condition_variable>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/guarded.h"
#include "base/metrics.h"
#include "casework/context.h"
#include "casework/erasure.h"
#include "casework/evidence.h"
#include "casework/intake.h"
#include "casework/piles.h"
#include "casework/rates.h"
#include "casework/same_words.h"
#include "casework/settle_alike.h"
#include "casework/settle_machine.h"

namespace heed::casework {

/// A report as the API hands it over: checked in form, not yet joined to evidence.
struct ReportRequest {
  ReportCommand command;  ///< without items' evidence, pile watermark and counts
  std::vector<RequestedItem> items;
  bool from_platform = false;          ///< snapshots came with the platform's key
  std::vector<std::string> rate_keys;  ///< reporter, key, address, network: opaque
};

/// The case plane as the rest of the house sees it: commands go to the writer and complete when they are on stable
/// storage; reads go to a small pool; what runs by itself (freezing and growing piles, clocks, leases, the outbox's
/// pulse) runs on one background thread in steps of a few milliseconds. Any thread; nothing here blocks.
class Plane {
 public:
  struct Parts {
    ledger::Store& store;
    ledger::KeyRing& keys;
    const access::Hasher& hasher;
    post::RecentPosts& posts;
    const Evaluator& evaluator;
    Accounts& accounts;
    const Clock& clock;
    Metrics& metrics;
  };
  struct Options {
    Environment environment;  ///< policy, channels, budgets; keys, hasher and ids are filled in
    int reader_threads = 2;
    std::size_t pile_chunk = 200;  ///< posts a freezing step reads and commits
    std::uint64_t id_seed = 0;     ///< 0: random
  };
  Plane(Parts parts, Options options);
  ~Plane();
  /// Recovers what a crash interrupted (piles being taken, keys to destroy) and starts the threads.
  Result<void> start();
  void stop();

  /// Runs `f` as one command. `done` gets its value once it is durable; on the writer's thread, so it only hands over.
  template <class T>
  void command(ledger::Priority priority, Function<Result<T>(Context&)> f, Function<void(Result<T>)> done);
  template <class T>
  Result<T> command_and_wait(Function<Result<T>(Context&)> f, ledger::Priority priority = ledger::Priority::Normal);
  /// Runs `f` on a reader thread with a consistent snapshot. False (and `f` dropped) when the pool is overfull: 503.
  bool read(Function<void(ledger::View&)> f);

  void report(ReportRequest request, Function<void(Result<Receipt>)> done);

  /// Relief for a party from now on: what the case holds is hidden or its authors are blocked (friends and accounts
  /// already blocked excepted), and the relief grows with the pile.
  void give_relief(CaseId case_id, int party, std::string account, ReliefKind kind, Function<void(Result<void>)> done);

  /// From the stream: a post that was kept. Cheap; wakes the piles it belongs to.
  void on_post(const std::vector<std::string_view>& targets, std::string_view author, bool has_signal);
  /// From the stream: `act`, or a clause marked `review: always`.
  void on_signal(SignalCommand signal, Function<void(Result<SignalPlace>)> done);
  /// From the stream: an edit or a deletion; does nothing unless the post is under report.
  void on_changed(ReportedItem item, bool deleted);

  /// Ends the person in every case (holds excepted), destroys the keys, erases their recent posts.
  void erase(std::string account, Function<void(Result<int>)> done);

  /// The person asks for it: what may go goes now, the rest when it may (erasure.h).
  void erase_asked(const access::PersonHash& person, Function<void(Result<AskedErasure>)> done);
  /// What was asked for and may go by now, looked at once an hour; blocks, for what runs by itself. How many cases.
  Result<int> erase_what_is_due(Time now);

  /// What runs by itself, added by app: called on the background thread about every second and after `poke`.
  void every_tick(Function<void(Time)> job);
  /// Time moved (manual clock) or something happened: the background thread looks now.
  void poke();
  /// Waits until the background thread has nothing to do for the current time; tests and the simulator's clock.
  void settle();

  /// What machines settled and how often people thought otherwise, of the reports of these days. Blocks for a read.
  Result<std::vector<SettleFigure>> figures(Time from, Time to);

  const Environment& environment() const { return environment_; }
  const EvidenceRoom& evidence() const { return evidence_; }
  std::shared_ptr<const policy::Policy> policy() const { return environment_.policy.get(); }
  Time now() const { return parts_.clock.now(); }
  ledger::Store& store() { return parts_.store; }
  ledger::KeyRing& keys() { return parts_.keys; }
  const access::Hasher& hasher() const { return parts_.hasher; }
  post::RecentPosts& posts() { return parts_.posts; }

 private:
  struct OpenPile {
    CaseId case_id;
    std::string target;
    std::uint64_t read_upto = 0;  ///< joiner: everything before was looked at
    bool dirty = false;
  };
  void run_background();
  bool freeze_some();
  Result<bool> freeze_step(CaseId case_id);
  void prepare_and_submit(ReportRequest request, Function<void(Result<Receipt>)> done);
  void note_figures(Time now);
  void pile_started(CaseId case_id);
  Result<void> recover();
  Result<void> destroy_doomed();

  Parts parts_;
  Options options_;
  std::size_t pile_chunk_;  ///< the background thread's: how much a step takes now
  Environment environment_;
  IdSource ids_;
  EvidenceRoom evidence_;
  RateBook rates_;
  Counter& reports_;
  Counter& repeats_limited_;
  Counter& over_budget_;
  Counter& background_errors_;
  Counter &machine_closed_, &machine_acted_, &machine_drawn_, &machine_proposed_, &for_people_;
  Gauge &checked_, &overturned_, &proposals_, &proposals_oldest_;
  Gauge& piles_open_;
  AlikeBook alike_;  // the writer's thread's
  SameWords same_words_;
  Time figures_at_{};   // the background thread's
  Time erasures_at_{};  // likewise

  // readers
  std::mutex read_mutex_;
  std::condition_variable read_ready_;
  std::deque<Function<void(ledger::View&)>> reads_;
  std::vector<std::thread> readers_;

  // background
  std::mutex mutex_;
  std::condition_variable wake_, settled_;
  std::uint64_t pokes_ = 0, pokes_done_ = 0;
  std::map<CaseId, OpenPile> piles_;                        // guarded by mutex_
  std::unordered_map<std::string, CaseId> pile_by_target_;  // guarded by mutex_
  std::atomic<bool> any_pile_{false};
  std::vector<Function<void(Time)>> jobs_;
  std::thread background_;
  bool stopping_ = false;
};

template <class T>
void Plane::command(ledger::Priority priority, Function<Result<T>(Context&)> f, Function<void(Result<T>)> done) {
  auto value = std::make_shared<Result<T>>(fail(Code::Internal, "the command did not run"));
  parts_.store.execute(
      priority,
      [this, f = std::move(f), value](ledger::Tx& tx) mutable -> Result<void> {
        Context context(tx, environment_, parts_.clock.now());
        *value = f(context);
        if (!*value) {
          return tl::unexpected(value->error());
        }
        return context.finish();
      },
      [value, done = std::move(done)](Result<ledger::Committed> committed) mutable {
        if (!committed) {
          done(tl::unexpected(std::move(committed).error()));
        } else {
          done(std::move(*value));
        }
      });
}

template <class T>
Result<T> Plane::command_and_wait(Function<Result<T>(Context&)> f, ledger::Priority priority) {
  std::mutex m;
  std::condition_variable cv;
  std::optional<Result<T>> out;
  command<T>(priority, std::move(f), [&](Result<T> result) {
    std::lock_guard lock(m);
    out = std::move(result);
    cv.notify_one();
  });
  std::unique_lock lock(m);
  cv.wait(lock, [&] { return out.has_value(); });
  return *std::move(out);
}

}  // namespace heed::casework
