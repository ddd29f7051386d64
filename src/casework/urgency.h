#pragma once
#include <string_view>

#include "casework/events.h"
#include "casework/tables.h"
#include "policy/policy.h"

/// The case's own clock: what an event that opens, joins or claims a case writes into its `urgency`. Computed once,
/// when the event is made, so that replay needs neither clock nor policy. Any thread.
namespace heed::casework {

/// Until somebody has looked: a threat to life and declared fear have minutes and hours for the first look; the rest is
/// to be decided within its clause's time (`clause` "": the policy's default). The warning comes after two thirds of
/// the time: late enough that an ordinary day rings nobody, early enough that five of fifteen minutes are left to act.
Urgency urgency_for(const policy::Policy& policy, Time now, policy::Lane lane, int severity,
                    std::string_view clause = {});

/// Once a person has looked, the clock of the decision runs, counted from `started` (when the case opened or what is
/// looked at arrived), never ending before one lease has passed.
Urgency after_first_look(const policy::Policy& policy, Time started, Time now, policy::Lane lane, int severity,
                         std::string_view clause = {});

/// What stands when `added` comes to a case that already has a clock: the graver lane and severity, the earlier
/// deadline and warning. A case without a clock takes `added`.
Urgency merged(const CaseRow& row, const Urgency& added);

}  // namespace heed::casework
