#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "casework/context.h"
#include "casework/figure_rows.h"

/// What staff do about a rule of the stream: stop it, see what it did, take that back.
namespace heed::casework {

struct SwitchCommand {
  std::string rule;  ///< its id, as in the pack
  RuleSwitch mode{};
  StaffId staff;       ///< none: from the command line
  std::string reason;  ///< 1-5000 characters; sealed
};
/// InvalidInput. The switch outlives restarts, reloads and the rule itself: a rule that comes back under the same id
/// is still off.
Result<RuleSwitchRow> switch_rule(Context& context, const SwitchCommand& command);

/// By rule, the newest switch. A few rows, however many there have been of each.
Result<std::map<std::string, RuleSwitchRow>> rule_switches(ledger::View& view);

struct RuleTally {
  std::int64_t fired = 0, errors = 0;                 ///< posts
  std::int64_t items = 0, judged = 0, confirmed = 0;  ///< of those that came to a case
  std::int64_t cases_today = 0;                       ///< opened without a report, on its budget
};
/// Of all days up to now, by rule id.
Result<std::map<std::string, RuleTally>> rule_tallies(ledger::View& view, Time now);

/// Decisions that machines took by this rule, oldest first; `after` none: from the start.
Result<std::vector<RuleEffectRow>> rule_effects(ledger::View& view, const std::string& rule, DecisionId after,
                                                std::size_t limit);

struct EffectsReversed {
  int reversed = 0;
  int left = 0;       ///< reversed before, or another decision has taken their place
  DecisionId last{};  ///< go on after this; none: that was all
};
/// Takes back up to `most` of the rule's decisions that stand, each by the normal reversal: orders undone, everybody
/// told.
Result<EffectsReversed> reverse_effects(Context& context, const std::string& rule, DecisionId after, std::size_t most,
                                        StaffId staff, const std::string& reason);

}  // namespace heed::casework
