#pragma once
#include <optional>
#include <string>
#include <vector>

#include "casework/decisions.h"

/// A decision is taken back: every order that it gave is undone, everybody who was told is told again.
namespace heed::casework {

struct ReverseCommand {
  StaffId staff;
  DecisionId decision;
  std::string reason;  ///< for staff; sealed under the case's own key; 1-5000 characters
  /// What is decided instead: needed when "no violation" is reversed, and for a lesser measure. Without it nothing
  /// stands against the item.
  std::optional<ItemVerdict> instead;
  StaffId second{};  ///< who confirmed `instead`, where that takes two people
  // Set by decide_appeal.
  AppealId appeal{};
  AppealOutcome appeal_outcome{};
  CaseId appellant_case{};  ///< this party learns it from the appeal's own notice
  int appellant = 0;
};

struct ReverseResult {
  std::int64_t seq = 0;
  std::vector<ActionId> undone;        ///< the Undo orders
  DecisionId instead{};                ///< the decision that stands now, if there is one
  std::optional<ProposalId> proposal;  ///< nothing was reversed: `instead` waits for a second person (second_person.h)
};

/// NotFound; Conflict when it was reversed before; InvalidInput. An `instead` that takes two people is proposed, and
/// the reversal with it.
Result<ReverseResult> reverse(Context& context, const ReverseCommand& command);

}  // namespace heed::casework
