#pragma once
#include <set>
#include <vector>

#include "casework/context.h"

/// Deadlines: a warning before the end, then that it was missed; each an event, each an alarm to the on-call rota.
///
/// The warning of a clock comes when two thirds of its time are over. Alarms of one kind in one case and one call are
/// one notice, so that a platform that confirms nothing rings once a case and not once an order.
namespace heed::casework {

struct Fired {
  int clocks = 0, leases = 0, piles = 0, alarms = 0;
  bool more = false;  ///< stopped at `max`: call again
  Fired& operator+=(const Fired& o) {
    clocks += o.clocks, leases += o.leases, piles += o.piles, alarms += o.alarms;
    return *this;
  }
};

/// One thing whose time has come. Each is fired by a command of its own, so that one that cannot be carried out stops
/// nothing else: all clocks of a case, an expired lease, an open pile whose time is up, an alarm nobody acknowledged.
struct Due {
  enum class What : std::uint8_t { Clocks, Lease, Pile, Alarm } what{};
  Ulid id{};
  auto operator<=>(const Due&) const = default;
};
struct DueList {
  std::vector<Due> due;
  bool more = false;
};

/// Clocks, leases and alarms due at `now`, at most `max`, without those in `leave`. Looks only at what is due.
Result<DueList> due_now(ledger::View& view, Time now, std::size_t max, const std::set<Due>& leave);
/// Adds open piles without a member for a day or older than three, and ended ones in which nothing is open. Walks all
/// open piles, and says before when nobody needs to do so again.
Result<Time> due_piles(ledger::View& view, const Environment& env, Time now, DueList& list, const std::set<Due>& leave);
/// Does nothing when it is not (any more) due.
Result<Fired> fire(Context& context, const Due& due);

/// All of it in one command: for tests.
Result<Fired> fire_due(Context& context, int max);

}  // namespace heed::casework
