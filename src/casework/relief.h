#pragma once
#include <string>
#include <vector>

#include "casework/context.h"
#include "casework/notes.h"

/// Immediate relief for a person before any decision, through the actions feed, with exact undo.
namespace heed::casework {

struct ReliefOrder {
  CaseId case_id;
  int party = 0;
  ReliefKind kind{};
  /// Post ids to hide, or account ids to block: friends and accounts already blocked are left out by the
  /// caller, so undoing restores exactly what was. May be empty: the relief is on, and grows with the pile.
  std::vector<std::string> targets;
  /// The case's target, when only others have reported so far: becomes a party by this (`party` is then not looked at).
  std::optional<Newcomer> newcomer = {};
};
Result<void> order_relief(Context& context, const ReliefOrder& order);
/// Undoes every order of this relief: one Undo action per order, each naming the order it takes back.
/// NotFound when that relief is not on.
Result<void> end_relief(Context& context, CaseId case_id, int party, ReliefKind kind);
/// Ends autoblocks past their time; returns how many, at most `max`.
Result<int> end_due_relief(Context& context, CaseId case_id);
/// What a relief given now would cover: ids of the posts in the case (hide), or the accounts that wrote them
/// (autoblock), without those that an order in force names already. Reads and unseals the whole case: a reader's
/// thread, not the writer's.
Result<std::vector<std::string>> relief_targets(ledger::View& view, ledger::KeyRing& keys, CaseId case_id, int party,
                                                ReliefKind kind);
/// Active relief of a case.
Result<std::vector<ReliefRow>> relief_of(ledger::View& view, CaseId case_id);

}  // namespace heed::casework
