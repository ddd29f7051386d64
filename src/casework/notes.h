#pragma once
#include <string>

#include "casework/context.h"

/// What is said in a case beside reports and decisions, and handing it to another queue.
namespace heed::casework {

/// For staff only; sealed under the case's own key. Returns the event's seq.
Result<std::int64_t> add_note(Context& context, CaseId case_id, StaffId staff, std::string text);
/// A party speaks; sealed under her key. NotFound when there is no such party, or it was erased.
Result<std::int64_t> add_message(Context& context, CaseId case_id, int party, std::string text);
/// Whom a case is about and who has been no party to it.
struct Newcomer {
  PersonHash person{};
  std::string account, handle, locale;
};
/// The target of a case that others opened speaks for the first time: becomes a party. Conflict when she is one.
Result<std::int64_t> add_first_message(Context& context, CaseId case_id, const Newcomer& who, std::string text);
/// The case waits in queue `route` from now on; what is claimed stays claimed. Conflict when it is closed or there
/// already.
Result<void> escalate(Context& context, CaseId case_id, StaffId staff, std::string route, std::string reason);

}  // namespace heed::casework
