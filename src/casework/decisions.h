#pragma once
#include <optional>
#include <string>
#include <vector>

#include "casework/context.h"

/// A reviewer, or a named rule, decides items: up to 200 in one act, with orders, notices and clocks in the same event.
namespace heed::casework {

struct VerdictAction {
  policy::ActionKind kind{};
  Time until{};  ///< 0: without end
};

struct ItemVerdict {
  ItemId item;
  Outcome outcome{};
  std::string clause;  ///< needed for a violation; else the clause that was checked (found from the item when empty)
  Ground ground{};
  std::string category, group;         ///< DSA category (default: the clause's); protected group, a token
  std::vector<VerdictAction> actions;  ///< empty: none
  std::string facts;     ///< what the decision rests on; at most 5000 characters; sealed under the author's key
  std::string language;  ///< of the item, "en"
};

struct DecideCommand {
  StaffId staff;
  CaseId case_id;
  ClaimId claim;
  std::vector<ItemVerdict> items;
  std::string note;                           ///< for staff only; sealed under the case's own key
  std::optional<Time> delay_statement_until;  ///< to protect somebody; beyond the policy's delay only a lead may
  bool may_lead = false;
  bool with_proposal = false;  ///< a machine had proposed it: "partly automated"
  bool as_confirmed = false;   ///< for a preview, which is undone: as if no second person were needed
};

/// A rule closes or acts where a clause permits a machine to. Items must be open and unclaimed.
struct RuleCommand {
  CaseId case_id;
  std::string rule;  ///< "policies/default/link_flood@3": named in the event
  std::vector<ItemVerdict> items;
  bool copies = false;  ///< carries a person's decision over to the same words: what the clause lets hold for copies
};

struct DecideResult {
  std::int64_t seq = 0;
  std::vector<DecisionId> decisions;  ///< one per verdict, in order
  std::vector<ActionId> actions;
  bool closed = false;
  std::optional<ProposalId> proposal;  ///< nothing was decided: it waits for a second person (second_person.h)
};

/// NotFound: no such claim in this case. Denied: somebody else's. Conflict: the claim has ended, or an item is not in
/// it or no longer open; `fields` names them. InvalidInput: every fault by pointer ("/items/3/clause"). Nothing is
/// stored unless everything is in order.
///
/// Evidence that only a reporter supplied permits no action, whoever decides. Reporters are told first, in whichever
/// case they are; an author gets one statement of reasons per act, for violations with an action other than none.
///
/// What the policy says takes two people is proposed, the whole act as one; a machine may not decide it at all.
Result<DecideResult> decide(Context& context, const DecideCommand& command);
Result<DecideResult> decide_by_rule(Context& context, const RuleCommand& command);

/// Closes an open case in which nothing is open any more (own items and those it refers to) and whose pile has ended.
/// False when there is still something. Called when a pile ends.
Result<bool> close_if_settled(Context& context, CaseId case_id);

}  // namespace heed::casework
