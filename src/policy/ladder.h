#pragma once
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "policy/action.h"
#include "policy/localized.h"

namespace heed::policy {

/// From strikes to measures against an account. A strike is one decision, however many posts it was about; it is spent
/// after a time, and one that was overturned never was. policies/<pack>/ladder.yaml; README.md says what is refused.
struct LadderStep {
  std::string id;   ///< "pause_3_days"
  int strikes = 0;  ///< from this many on
  ActionKind measure = ActionKind::None;
  Millis lasts{0};          ///< 0: no end
  int people = 0;           ///< who must agree: 0 nobody (it follows by itself), 1 a person, 2 two
  bool warn_first = false;  ///< only when a warning stands; without one that comes instead
  Localized text;           ///< to the account: what happens and what comes next
};

struct StrikeRule {
  int strikes = 1;  ///< how many one violation of the clause counts for; 0: none
  Millis spent_after{0};
  bool grave = false;  ///< no warning has to come before a suspension
};

/// One violation as it stands in the account's file.
struct Strike {
  std::string clause;
  Time at;
  bool overturned = false;
};

/// Where an account stands.
struct Standing {
  int strikes = 0;                   ///< that count now
  const LadderStep* step = nullptr;  ///< the step that follows; nullptr below the first
  bool warning_instead = false;      ///< `step` has to wait: this time a warning is given
  std::optional<Time> next_spent;    ///< when the next strike ends
};

struct Ladder {
  std::string version;                                   ///< "" when the pack has no ladder
  Localized text;                                        ///< how it works, for everybody
  Millis warning_stands{0};                              ///< how long a warning counts as one
  std::map<std::string, StrikeRule, std::less<>> rules;  ///< by clause
  std::vector<LadderStep> steps;                         ///< in growing order of strikes

  /// A pure function: the same strikes and times give the same answer. `warned`: the account's last warning that stood,
  /// before the violation that is judged now.
  Standing standing(const std::vector<Strike>& strikes, std::optional<Time> warned, Time now) const;
};

}  // namespace heed::policy
