#pragma once
#include <string>

#include "casework/context.h"
#include "casework/words.h"

/// What is said in a case beside reports and decisions, and handing it to another queue.
namespace heed::casework {

/// For staff only; sealed under the case's own key. Returns the event's seq.
Result<std::int64_t> add_note(Context& context, CaseId case_id, StaffId staff, std::string text);
/// A party speaks, or `actor` for her; sealed under her key. An answer to a question starts the case's clock again;
/// words that threaten or tell of danger bring the case forward, or open one of their own (words.h). NotFound when
/// there is no such party, or it was erased.
Result<std::int64_t> add_message(Context& context, CaseId case_id, int party, std::string text, const Heard& heard = {},
                                 Ulid actor = {});
/// Staff speaks to a party, under the name it has in this case (staff_pseudonym); the party is told that there is a
/// message and not what it says. NotFound when there is no such party; Conflict for an author who has not heard of the
/// case yet.
Result<std::int64_t> add_answer(Context& context, CaseId case_id, StaffId staff, int party, std::string text);
/// Conflict when this party does not know of the case yet: nobody hears of it through a message.
Result<PartyRow> party_to_talk_to(Context& context, CaseId case_id, int party);
/// Whom a case is about and who has been no party to it.
struct Newcomer {
  PersonHash person{};
  std::string account, handle, locale;
};
std::string identity_json(const Newcomer& who);
/// The target of a case that others opened speaks for the first time: becomes a party. Conflict when she is one.
Result<std::int64_t> add_first_message(Context& context, CaseId case_id, const Newcomer& who, std::string text,
                                       const Heard& heard = {});
/// The case waits in queue `route` from now on. What `staff` has of it is given back, what colleagues have stays
/// theirs. Conflict when it is closed or there already.
Result<void> escalate(Context& context, CaseId case_id, StaffId staff, std::string route, std::string reason);

}  // namespace heed::casework
