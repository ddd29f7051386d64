#pragma once
#include <string>

#include "casework/context.h"

/// Asking a party what is needed to decide. The case's clock stands until she answers or her time is up, and everybody
/// who works on the case, and she, sees that it does. A threat to life waits for no answer.
namespace heed::casework {

inline constexpr Millis kAnswerTime = std::chrono::hours(24 * 3), kAnswerTimeMax = std::chrono::hours(24 * 14);

/// Conflict when the case is closed, has a question open, or is a threat to life; NotFound when there is no such party.
Result<Id<EventTag>> ask_question(Context& context, CaseId case_id, StaffId staff, int party, std::string text,
                                  Time until);
/// The clock goes on with what was left. Conflict when no question is open.
Result<void> end_question(Context& context, CaseId case_id, QuestionEnd why, Ulid actor);

}  // namespace heed::casework
