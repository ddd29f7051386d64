#include "casework/clockwork.h"

#include "base/log.h"

namespace heed::casework {
namespace {

constexpr int kRoundsMax = 500;  // what is still due then waits for the next second

}  // namespace

Clockwork::Clockwork(Plane& plane, Metrics& metrics, Options options)
    : plane_(plane),
      options_(options),
      failed_(metrics.counter("heed_clock_failures_total",
                              "Deadlines, leases, piles and alarms that were due and could not be carried out.")),
      waiting_(metrics.gauge("heed_clock_failing",
                             "Of these, how many wait to be tried again; above 0 wants a look at the log.")) {}

Result<DueList> Clockwork::look(Time now) {
  std::set<Due> leave;
  for (const auto& [due, failure] : failures_) {
    if (failure.again > now) {
      leave.insert(due);
    }
  }
  auto view = TRY(plane_.store().view());
  DueList list = TRY(due_now(*view, now, options_.at_once, leave));
  if (now >= piles_at_) {
    piles_at_ = TRY(due_piles(*view, plane_.environment(), now, list, leave));
  }
  return list;
}

std::vector<std::pair<Due, Error>> Clockwork::fire_all(const std::vector<Due>& due) {
  std::mutex mutex;
  std::condition_variable done;
  std::size_t left = due.size();
  std::vector<std::pair<Due, Error>> failed;
  for (const Due& one : due) {
    plane_.command<Fired>(
        ledger::Priority::Background, [one](Context& context) { return fire(context, one); },
        [&, one](Result<Fired> fired) {
          std::lock_guard lock(mutex);
          if (!fired) {
            failed.emplace_back(one, std::move(fired).error());
          }
          if (--left == 0) {
            done.notify_one();
          }
        });
  }
  std::unique_lock lock(mutex);
  done.wait(lock, [&] { return left == 0; });
  return failed;
}

Result<int> Clockwork::run(Time now) {
  int failed = 0;
  bool more = true;
  for (int round = 0; more && round < kRoundsMax; ++round) {
    DueList list = TRY(look(now));
    for (auto& [due, failure] : failures_) {
      if (failure.again <= now) {
        failure.again = {};  // being tried, or due no more; known on until it has worked
      }
    }
    std::set<Due> wrong;
    for (auto& [due, error] : fire_all(list.due)) {
      wrong.insert(due);
      Failure& failure = failures_[due];
      failure.again = now + std::min(options_.wait_max, options_.wait_first * (1 << std::min(failure.times++, 10)));
      ++failed;
      failed_.add();
      log::error("clock_not_fired",
                 {{"what", static_cast<int>(due.what)}, {"id", log::safe(due.id.text())}, {"error", error}});
      if (due.what == Due::What::Pile) {
        piles_at_ = std::min(piles_at_, failure.again);
      }
    }
    std::erase_if(failures_,
                  [&](const auto& entry) { return entry.second.again == Time{} && !wrong.contains(entry.first); });
    waiting_.set(static_cast<std::int64_t>(failures_.size()));
    more = list.more;
  }
  return failed;
}

}  // namespace heed::casework
