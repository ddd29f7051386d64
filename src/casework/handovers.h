#pragma once
#include <string>
#include <vector>

#include "casework/context.h"

/// Handing a case to a colleague. It stays with whoever has it until the colleague takes it, or comes back with a
/// reason: nothing falls between two chairs.
namespace heed::casework {

/// Conflict when the case is closed or an offer waits already; InvalidInput for oneself. Why is for staff only.
Result<Id<EventTag>> offer_handover(Context& context, CaseId case_id, StaffId staff, StaffId to, std::string why);
/// By whom it was offered to. Taken: what the other had claimed in the case becomes theirs. NotFound unless it waits
/// for them.
Result<HandoverRow> answer_handover(Context& context, Ulid handover, StaffId staff, bool take, std::string why);
/// What waits for this person, oldest first.
Result<std::vector<HandoverRow>> handovers_for(ledger::View& view, StaffId staff);

}  // namespace heed::casework
