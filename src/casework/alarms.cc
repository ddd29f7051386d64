#include "casework/alarms.h"

#include "casework/settle.h"

namespace heed::casework {
namespace {

constexpr int kRounds = 3;
constexpr Millis kOneCallAnHour = std::chrono::hours(1);

}  // namespace

Channel rota_channel(const Environment& env, int level) {
  return level == 0 ? env.alarm_channel : env.rota_next[static_cast<std::size_t>(level - 1)];
}

Result<AlarmRow> acknowledge_alarm(Context& context, NoticeId id, StaffId staff) {
  auto alarm = TRY(ledger::get<AlarmRow>(context.tx(), id));
  if (!alarm) {
    return fail(Code::NotFound, "there is no such alarm");
  }
  if (alarm->state == AlarmState::Acknowledged) {
    return *alarm;
  }
  TRY(context.append(alarm->case_id, AlarmAcknowledged{id, staff}, {}, staff.value));
  return *TRY(ledger::get<AlarmRow>(context.tx(), id));
}

Result<bool> escalate_alarm(Context& context, NoticeId id) {
  auto alarm = TRY(ledger::get<AlarmRow>(context.tx(), id));
  if (!alarm || !alarm->next_at || *alarm->next_at > context.now()) {
    return false;
  }
  const Environment& env = context.env();
  const int levels = 1 + static_cast<int>(env.rota_next.size());
  AlarmEscalated event;
  event.alarm = id;
  event.level = (alarm->level + 1) % levels;
  event.rung = alarm->rung + 1;
  event.next_at = event.rung < kRounds * levels ? context.now() + env.alarm_escalates : Time{};
  event.notices.push_back(
      {context.mint<NoticeId>(), 0, NoticeKind::Alarm, rota_channel(env, event.level), {}, id.value});
  TRY(context.append(alarm->case_id, event));
  return true;
}

Result<std::vector<AlarmRow>> open_alarms(ledger::View& view, std::size_t limit, const AlarmRow* after) {
  std::vector<AlarmRow> out;
  auto take = [&](const AlarmRow& alarm) { out.push_back(alarm); };
  if (after != nullptr) {
    auto position = ledger::cells(std::optional<Time>(after->at), after->id);
    TRY(ledger::scan<AlarmRow>(view, {.index = AlarmRow::kByOpen, .after = position, .limit = limit}, take));
  } else {
    TRY(ledger::scan<AlarmRow>(view, {.index = AlarmRow::kByOpen, .limit = limit}, take));
  }
  return out;
}

Result<std::vector<AlarmRow>> all_alarms(ledger::View& view, std::size_t limit, NoticeId before) {
  std::vector<AlarmRow> out;
  auto take = [&](const AlarmRow& alarm) { out.push_back(alarm); };
  if (before) {
    auto position = ledger::cells(before);
    TRY(ledger::scan<AlarmRow>(view, {.after = position, .descending = true, .limit = limit}, take));
  } else {
    TRY(ledger::scan<AlarmRow>(view, {.descending = true, .limit = limit}, take));
  }
  return out;
}

Result<bool> worth_a_call(Context& context, CaseId case_id, AlarmKind kind) {
  bool rings = true;
  auto prefix = ledger::cells(case_id);
  TRY(ledger::scan<AlarmRow>(context.tx(), {.index = AlarmRow::kByCase, .prefix = prefix}, [&](const AlarmRow& alarm) {
    rings = !(alarm.kind == kind && alarm.open_from);
    return rings;
  }));
  if (!rings) {
    return false;
  }
  const Time since = context.now() - kOneCallAnHour;
  TRY(ledger::scan<AlarmRow>(context.tx(), {.index = AlarmRow::kByOpen, .descending = true},
                             [&](const AlarmRow& alarm) {
                               rings = !(alarm.kind == kind && alarm.at > since);
                               return rings && alarm.at > since;
                             }));
  return rings;
}

}  // namespace heed::casework
