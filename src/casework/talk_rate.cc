#include "casework/talk_rate.h"

namespace heed::casework {

Result<bool> may_say(Context& context, CaseId case_id, int party, std::string_view text,
                     const Evaluator::Finding& heard) {
  const Hash16 words = context.env().hasher->item("said in " + case_id.text(), text);
  auto known = TRY(ledger::get<TalkRow>(context.tx(), case_id, party));
  TalkRow row{case_id, party, context.now() + std::chrono::hours(24), 0, {}};
  if (known && known->day_ends > context.now()) {
    row = *known;
  }
  if (row.last == words) {
    return false;
  }
  if (row.count >= (heard.lane == policy::Lane::Life ? kThreatsADay : kMessagesADay)) {
    return fail(Code::TooMany, "you have written " + std::to_string(kMessagesADay) +
                                   " messages here since yesterday, and we have them all; please go on after " +
                                   format_time(row.day_ends) +
                                   ". If somebody is in danger, call your emergency number");
  }
  ++row.count;
  row.last = words;
  TRY(ledger::put(context.tx(), row));
  return true;
}

Result<void> staff_spoke(Context& context, CaseId case_id, int party) {
  auto row = TRY(ledger::get<TalkRow>(context.tx(), case_id, party));
  if (!row) {
    return {};
  }
  row->last = {};
  return ledger::put(context.tx(), *row);
}

}  // namespace heed::casework
