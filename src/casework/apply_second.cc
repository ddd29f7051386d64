#include "casework/apply_parts.h"
#include "casework/proposal_rows.h"

/// What waits for a second person.
namespace heed::casework {
namespace {

Result<void> hold_items(Rows& rows, CaseRow& row, const DecisionProposed& e) {
  for (const ProposedItem& one : e.items) {
    auto item = TRY(rows.get<ItemRow>(one.item));
    if (!item) {
      return fail(Code::Corrupt, "a proposal names an item that is not there");
    }
    if (item->free_in) {
      --row.items_free;
    }
    item->claim.reset();
    item->free_in.reset();
    item->single.reset();
    TRY(rows.put(*item));
    TRY(rows.put(ProposedItemRow{one.item, e.proposal}));
  }
  auto claim = TRY(rows.get<ClaimRow>(e.claim));
  if (claim) {
    claim->items_left -= static_cast<int>(e.items.size());
    if (claim->items_left <= 0) {
      claim->state = ClaimState::Done;
      claim->active_for.reset();
    }
    TRY(rows.put(*claim));
  }
  return {};
}

/// Confirmed: the decision comes next and finds them unclaimed. Else they are free again.
Result<void> let_go(Rows& rows, CaseRow& row, const ProposalAnswered& e) {
  std::vector<ProposedItemRow> held;
  auto key = ledger::cells(e.proposal);
  TRY(ledger::scan<ProposedItemRow>(rows.tx(), {.index = ProposedItemRow::kByProposal, .prefix = key},
                                    [&](const ProposedItemRow& one) { held.push_back(one); }));
  for (ProposedItemRow& one : held) {
    one.proposal.reset();
    TRY(rows.put(one));
    auto item = TRY(rows.get<ItemRow>(one.item));
    if (e.state != ProposalState::Confirmed && item && item->state == ItemState::Open && !item->claim) {
      set_free(*item, row);
      ++row.items_free;
      TRY(rows.put(*item));
    }
  }
  return {};
}

}  // namespace

Result<void> apply_event(Rows& rows, const EventInfo& info, const DecisionProposed& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  ProposalRow proposal;
  proposal.id = e.proposal;
  proposal.case_id = info.case_id;
  proposal.kind = e.kind;
  proposal.staff = e.staff;
  proposal.seq = info.seq;
  proposal.at = info.at;
  proposal.waiting_since = info.at;
  proposal.news_for = e.staff;
  proposal.items = static_cast<int>(e.items.size());
  proposal.clause = e.items.empty() ? "" : e.items.front().clause;
  proposal.decision = e.decision;
  proposal.appeal = e.appeal;
  TRY(rows.put(proposal));
  if (e.kind == ProposalKind::Decision) {
    TRY(hold_items(rows, *row, e));
    set_claimable(*row);
  }
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ProposalAnswered& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  auto proposal = TRY(rows.get<ProposalRow>(e.proposal));
  if (!proposal) {
    return fail(Code::Corrupt, "an answer names a proposal that is not there");
  }
  proposal->state = e.state;
  proposal->second = e.staff;
  proposal->answer_seq = info.seq;
  proposal->answered_at = info.at;
  proposal->waiting_since.reset();
  if (e.state == ProposalState::TakenBack) {
    proposal->news_for.reset();  // they know
  }
  TRY(rows.put(*proposal));
  TRY(let_go(rows, *row, e));
  set_claimable(*row);
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ProposalSeen& e) {
  TRY(touch(rows, info));
  auto proposal = TRY(rows.get<ProposalRow>(e.proposal));
  if (proposal) {
    proposal->news_for.reset();
    TRY(rows.put(*proposal));
  }
  return {};
}

}  // namespace heed::casework
