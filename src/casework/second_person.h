#pragma once
#include <optional>
#include <string>
#include <vector>

#include "casework/decisions.h"
#include "casework/proposal_rows.h"
#include "casework/reversal.h"

/// Four eyes: what the policy says takes two people (`second_person` of a clause) is proposed by one and goes out when
/// another has confirmed it. Until then nothing leaves the house, the clocks run, and the items are nobody's to claim.
/// A proposal ends by an answer only, never by time.
namespace heed::casework {

/// Does one of these verdicts take two people? Then the whole act does.
bool take_two(const policy::Policy& policy, const std::vector<ItemVerdict>& verdicts);

/// Whether a machine or another act holds an item back: it waits with a proposal.
Result<bool> waits_for_second(ledger::View& view, ItemId item);

struct Proposed {
  ProposalId id;
  std::int64_t seq = 0;
};
/// What was checked as a decision is. `claim` is the claim's row; its lease ends with its last item.
Result<Proposed> propose_decision(Context& context, const DecideCommand& command, const std::vector<ItemRow>& items);
/// Conflict when one about this decision waits already.
Result<Proposed> propose_reversal(Context& context, const ReverseCommand& command, const ItemRow& item,
                                  const ItemVerdict& instead);

struct AnswerProposal {
  StaffId staff;
  std::vector<StaffId> selves;  ///< every log-in of the same person, `staff` among them or not
  ProposalId proposal;
  std::string note = {};       ///< for staff, sealed under the case's own key; needed to return it
  bool despite_edits = false;  ///< the second person has seen that a post was changed since
};
struct ConfirmedProposal {
  CaseId case_id;
  std::int64_t seq = 0;
  std::vector<DecisionId> decisions;
  std::vector<ActionId> actions;
  bool closed = false;
};
/// Makes the decision, in the name of both. NotFound; Denied for whoever proposed it, under any log-in (for an appeal:
/// also for whoever decided before). Conflict, with everything as it was, when it was answered before or cannot be
/// carried out any more: an item was decided otherwise, a post was changed since (unless `despite_edits`), the rules no
/// longer permit it, or its facts were erased with the person; then it can only be returned.
Result<ConfirmedProposal> confirm_proposal(Context& context, const AnswerProposal& command);
/// Back to whoever proposed it, and its items to the queue. Denied as above; InvalidInput without a note.
Result<ProposalRow> return_proposal(Context& context, const AnswerProposal& command);
/// By who proposed it, under any log-in; NotFound for others.
Result<ProposalRow> take_proposal_back(Context& context, const AnswerProposal& command);
/// "I have seen the answer." NotFound unless there is one for them.
Result<ProposalRow> see_proposal(Context& context, const AnswerProposal& command);

/// As proposed, with its facts where their keys still are.
struct ProposalView {
  ProposalRow row;
  DecisionProposed event;
  std::vector<ItemVerdict> verdicts;
  std::vector<ItemRow> items;  ///< as they are now, parallel to the verdicts
  std::vector<bool> changed;   ///< the post was edited or deleted since
  std::string note, answer;
};
Result<ProposalView> proposal_view(ledger::View& view, ledger::KeyRing& keys, ProposalId id);

/// What waits, longest first; at most `most`.
Result<std::vector<ProposalRow>> proposals_waiting(ledger::View& view, std::size_t most);
/// Own ones: what waits or was answered and not seen yet.
Result<std::vector<ProposalRow>> proposals_of(ledger::View& view, const std::vector<StaffId>& selves);
Result<std::vector<ProposalRow>> proposals_in(ledger::View& view, CaseId case_id);

struct WaitingFigures {
  std::int64_t waiting = 0;
  Millis oldest{0};
};
Result<WaitingFigures> waiting_figures(ledger::View& view, Time now);

}  // namespace heed::casework
