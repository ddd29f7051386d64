#pragma once
#include <vector>

#include "casework/context.h"

/// What becomes of alarms. Events ring them (settle.h, Telling::alarm); a person acknowledges, or the next in the rota
/// is called: after Environment::alarm_escalates, and at once when a call could not be delivered. When the whole rota
/// was called three times it falls silent; the list and the metric of the oldest go on showing it.
namespace heed::casework {

/// How the one at this place of the rota is reached.
Channel rota_channel(const Environment& env, int level);

/// NotFound when there is no such alarm. Acknowledging twice keeps the first time and name.
Result<AlarmRow> acknowledge_alarm(Context& context, NoticeId alarm, StaffId staff);

/// Calls the next in the rota. False when it is not (any more) time for it.
Result<bool> escalate_alarm(Context& context, NoticeId alarm);

/// Unacknowledged, oldest first; `after` is the last one of the page before.
Result<std::vector<AlarmRow>> open_alarms(ledger::View& view, std::size_t limit, const AlarmRow* after = nullptr);
/// Of all, newest first.
Result<std::vector<AlarmRow>> all_alarms(ledger::View& view, std::size_t limit, NoticeId before = {});

/// Whether this, in this case, is worth a call. Not while an alarm of that kind is unacknowledged in the case, or
/// anywhere since less than an hour: a receiver that is gone stops thousands of deliveries, and one call says so.
Result<bool> worth_a_call(Context& context, CaseId case_id, AlarmKind kind);

}  // namespace heed::casework
