#pragma once
#include "casework/context.h"

/// Deadlines: a warning before the end, then that it was missed; each an event, each an alarm to the on-call rota.
///
/// The warning of a clock comes when two thirds of its time are over. Alarms of one kind in one case and one call are
/// one notice, so that a platform that confirms nothing rings once a case and not once an order.
namespace heed::casework {

struct Fired {
  int clocks = 0, leases = 0, piles = 0;
  bool more = false;                   ///< stopped at `max`: call again
};
/// Everything due at context.now(): the cases' own clocks, the others, expired leases, piles without a member for a day
/// or older than three. At most `max` of each kind.
Result<Fired> fire_due(Context& context, int max);
/// Ends open piles whose time is up and closes those in which nothing is open; part of fire_due.
Result<int> end_piles(Context& context, int max);

}  // namespace heed::casework
