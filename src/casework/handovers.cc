#include "casework/handovers.h"

#include "casework/queue.h"
#include "casework/settle.h"

namespace heed::casework {

Result<Id<EventTag>> offer_handover(Context& context, CaseId case_id, StaffId staff, StaffId to, std::string why) {
  CaseRow* row = TRY(context.case_row(case_id));
  if (!row->open()) {
    return fail(Code::Conflict, "this case is closed");
  }
  if (staff == to) {
    return invalid("/to", "is you");
  }
  bool waits = false;
  auto prefix = ledger::cells(case_id);
  TRY(ledger::scan<HandoverRow>(
      context.tx(), {.index = HandoverRow::kByCase, .prefix = prefix},
      [&](const HandoverRow& other) { waits = waits || other.state == HandoverState::Offered; }));
  if (waits) {
    return fail(Code::Conflict, "this case is being handed over already");
  }
  Telling telling(context, case_id);
  std::vector<ledger::Body> bodies{{"n", TRY(telling.case_slot()), std::move(why)}};
  HandoverOffered event;
  event.handover = context.mint<Id<EventTag>>();
  event.staff = staff;
  event.to = to;
  event.parties = telling.parties();
  TRY(context.append(case_id, event, bodies, staff.value));
  return event.handover;
}

Result<HandoverRow> answer_handover(Context& context, Ulid handover, StaffId staff, bool take, std::string why) {
  auto row = TRY(ledger::get<HandoverRow>(context.tx(), handover));
  if (!row || row->waits_for != staff) {
    return fail(Code::NotFound, "nothing of this kind waits for you");
  }
  Telling telling(context, row->case_id);
  std::vector<ledger::Body> bodies;
  if (!why.empty()) {
    bodies.push_back({"n", TRY(telling.case_slot()), std::move(why)});
  }
  HandoverAnswered event;
  event.handover = Id<EventTag>{handover};
  event.staff = staff;
  event.state = take ? HandoverState::Taken : HandoverState::Returned;
  event.parties = telling.parties();
  TRY(context.append(row->case_id, event, bodies, staff.value));
  if (take) {
    std::vector<ClaimRow> claims;
    auto prefix = ledger::cells(row->case_id);
    TRY(ledger::scan<ClaimRow>(context.tx(), {.index = ClaimRow::kByCase, .prefix = prefix},
                               [&](const ClaimRow& claim) {
                                 if (claim.staff == row->from && claim.state == ClaimState::Active) {
                                   claims.push_back(claim);
                                 }
                               }));
    for (const ClaimRow& claim : claims) {
      TRY(release(context, claim.id, row->from));
      auto theirs = claim_case(context, row->case_id, staff, claim.items);
      if (!theirs && theirs.error().code != Code::Conflict) {
        return tl::unexpected(theirs.error());
      }
    }
  }
  return *TRY(ledger::get<HandoverRow>(context.tx(), handover));
}

Result<std::vector<HandoverRow>> handovers_for(ledger::View& view, StaffId staff) {
  std::vector<HandoverRow> out;
  auto prefix = ledger::cells(staff);
  TRY(ledger::scan<HandoverRow>(view, {.index = HandoverRow::kByWaiting, .prefix = prefix},
                                [&](const HandoverRow& row) { out.push_back(row); }));
  return out;
}

}  // namespace heed::casework
