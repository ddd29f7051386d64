#include "casework/questions.h"

#include <algorithm>

#include "casework/contacts.h"
#include "casework/notes.h"
#include "casework/settle.h"
#include "casework/talk_rate.h"

namespace heed::casework {

Result<Id<EventTag>> ask_question(Context& context, CaseId case_id, StaffId staff, int party, std::string text,
                                  Time until) {
  CaseRow* row = TRY(context.case_row(case_id));
  if (!row->open()) {
    return fail(Code::Conflict, "this case is closed");
  }
  if (row->question) {
    return fail(Code::Conflict, "a question is open in this case already");
  }
  if (row->lane == policy::Lane::Life) {
    return fail(Code::Conflict, "a threat to life waits for no answer; send a message instead");
  }
  const PartyRow asked = TRY(party_to_talk_to(context, case_id, party));
  TRY(staff_spoke(context, case_id, party));
  Telling telling(context, case_id);
  QuestionAsked event;
  event.question = context.mint<Id<EventTag>>();
  TRY(telling.tell(party, NoticeKind::Conversation, asked.channel, event.question.value));
  event.party = party;
  event.staff = staff;
  event.as = staff_pseudonym(*context.env().hasher, staff, case_id);
  event.until = until;
  const Time now = context.now();
  event.left = std::max(row->deadline - now, Millis(0));
  event.warns = row->alarm_at ? std::max(*row->alarm_at - now, Millis(1)) : Millis(0);
  event.parties = telling.parties();
  event.notices = telling.notices();
  TRY(context.append(case_id, event, {{"n", static_cast<std::uint64_t>(asked.slot), std::move(text)}}, staff.value));
  return event.question;
}

Result<void> end_question(Context& context, CaseId case_id, QuestionEnd why, Ulid actor) {
  CaseRow* row = TRY(context.case_row(case_id));
  if (!row->question) {
    return fail(Code::Conflict, "no question is open in this case");
  }
  QuestionEnded event;
  event.question = row->question;
  event.party = row->question_to;
  event.why = why;
  if (row->open() && row->items_open > 0) {
    event.urgency.lane = row->lane;
    event.urgency.severity = row->severity();
    event.urgency.deadline = context.now() + Millis(row->clock_left);
    if (row->deadline != Time{}) {  // something graver came meanwhile
      event.urgency.deadline = std::min(event.urgency.deadline, row->deadline);
    }
    if (row->clock_warns > 0) {
      event.urgency.alarm_at = std::min(context.now() + Millis(row->clock_warns), event.urgency.deadline);
    } else if (row->clock_left > 0) {
      event.urgency.alarm_at = event.urgency.deadline;
    }
  }
  TRY(context.append(case_id, event, {}, actor));
  return {};
}

}  // namespace heed::casework
