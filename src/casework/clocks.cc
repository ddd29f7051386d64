#include "casework/clocks.h"

#include <set>
#include <tuple>

#include "casework/decisions.h"
#include "casework/queue.h"
#include "casework/settle.h"

namespace heed::casework {
namespace {

/// One notice per case, clock and phase in one call.
class Alarms {
 public:
  bool first(CaseId case_id, ClockKind kind, bool missed) { return rung_.insert({case_id, kind, missed}).second; }

 private:
  std::set<std::tuple<CaseId, ClockKind, bool>> rung_;
};

Result<bool> fire_case(Context& context, CaseId case_id, Alarms& alarms) {
  CaseRow* row = TRY(context.case_row(case_id));
  if (!row->alarm_at || *row->alarm_at > context.now()) {
    return false;
  }
  if (row->pile == PileState::Watching && row->items_open == 0) {  // a day without another finding
    ItemsJoined over;
    over.ended = true;
    TRY(context.append(case_id, over));
    TRY(close_if_settled(context, case_id));
    return true;
  }
  ClockFired event;
  event.clock = row->looked ? ClockKind::Decide : ClockKind::FirstLook;
  event.missed = context.now() >= row->deadline;
  event.next_at = event.missed ? Time{} : row->deadline;
  if (row->items_open > 0 && alarms.first(case_id, event.clock, event.missed)) {
    Telling telling(context, case_id);
    telling.alarm({});
    event.notices = std::move(telling.notices());
  }
  TRY(context.append(case_id, event));
  return true;
}

/// True when a statement of reasons of this decision's act should have gone and has not.
Result<bool> statement_overdue(Context& context, DecisionId decision_id) {
  auto decision = TRY(ledger::get<DecisionRow>(context.tx(), decision_id));
  if (!decision) {
    return false;
  }
  bool overdue = false;
  auto key = ledger::cells(decision->case_id);
  auto after = ledger::cells(decision->id);
  TRY(ledger::scan<NoticeRow>(context.tx(), {.index = NoticeRow::kByCase, .prefix = key, .after = after}, [&](const NoticeRow& n) {
    overdue = overdue || (n.seq == decision->seq && n.kind == NoticeKind::StatementOfReasons && n.state == NoticeState::Queued &&
                          n.pending_from && *n.pending_from <= context.now());
    return n.seq <= decision->seq && !overdue;
  }));
  return overdue;
}

/// Whether what the clock waits for still has not happened.
Result<bool> still_waits(Context& context, const ClockRow& clock) {
  switch (clock.kind) {
    case ClockKind::ActionConfirm: {
      auto action = TRY(ledger::get<ActionRow>(context.tx(), ActionId{clock.about}));
      return action && action->state == ActionState::Ordered;
    }
    case ClockKind::AppealDecide: {
      auto appeal = TRY(ledger::get<AppealRow>(context.tx(), AppealId{clock.about}));
      return appeal && appeal->outcome == AppealOutcome::Pending;
    }
    case ClockKind::StatementDelay:
      return statement_overdue(context, DecisionId{clock.about});
    case ClockKind::FirstLook:
    case ClockKind::Decide:
    case ClockKind::Inform:
      break;
  }
  return true;
}

Result<void> fire_clock(Context& context, const ClockRow& clock, Alarms& alarms) {
  ClockFired event;
  event.clock = clock.kind;
  event.about = clock.about;
  const bool waits = TRY(still_waits(context, clock));
  if (clock.kind == ClockKind::StatementDelay) {
    // The delay is over: the outbox sends it now, and has as long as any answer has.
    event.missed = waits && clock.alarms > 0;
    event.next_at = clock.alarms == 0 ? clock.due + context.policy().clocks.inform : Time{};
  } else {
    event.missed = waits && context.now() >= clock.due;
    event.next_at = waits && !event.missed ? clock.due : Time{};
  }
  const bool rings = clock.kind == ClockKind::StatementDelay ? event.missed : waits;
  if (rings && alarms.first(clock.case_id, clock.kind, event.missed)) {
    Telling telling(context, clock.case_id);
    telling.alarm(clock.about);
    event.notices = std::move(telling.notices());
  }
  TRY(context.append(clock.case_id, event));
  return {};
}

}  // namespace

Result<Fired> fire_due(Context& context, int max) {
  const auto most = static_cast<std::size_t>(max);
  Fired fired;
  Alarms alarms;
  std::vector<CaseId> cases;
  TRY(ledger::scan<CaseRow>(context.tx(), {.index = CaseRow::kByAlarm, .limit = most}, [&](const CaseRow& row) {
    if (*row.alarm_at > context.now()) {
      return false;
    }
    cases.push_back(row.id);
    return true;
  }));
  for (CaseId id : cases) {
    fired.clocks += TRY(fire_case(context, id, alarms)) ? 1 : 0;
  }
  std::vector<ClockRow> clocks;
  TRY(ledger::scan<ClockRow>(context.tx(), {.index = ClockRow::kByNext, .limit = most}, [&](const ClockRow& clock) {
    if (*clock.next_at > context.now()) {
      return false;
    }
    clocks.push_back(clock);
    return true;
  }));
  for (const ClockRow& clock : clocks) {
    TRY(fire_clock(context, clock, alarms));
    ++fired.clocks;
  }
  fired.leases = TRY(expire_leases(context, max));
  fired.piles = TRY(end_piles(context, max));
  fired.more = cases.size() == most || clocks.size() == most || fired.leases == max || fired.piles == max;
  return fired;
}

Result<int> end_piles(Context& context, int max) {
  const Environment& env = context.env();
  std::vector<CaseId> due;  // open piles are few, and one that waits for another case must not keep others waiting
  TRY(ledger::scan<CaseRow>(context.tx(), {.index = CaseRow::kByOpenKey}, [&](const CaseRow& row) {
    const bool over = row.pile == PileState::Open && (row.pile_last_at + env.pile_idle <= context.now() ||
                                                      row.pile_taken_at + env.pile_life <= context.now());
    if (over || (row.pile == PileState::Ended && row.items_open == 0)) {
      due.push_back(row.id);
    }
  }));
  int ended = 0;
  for (CaseId id : due) {
    if (ended >= max) {
      break;
    }
    CaseRow* row = TRY(context.case_row(id));
    if (row->pile == PileState::Open) {
      ItemsJoined event;
      event.ended = true;
      TRY(context.append(id, event));
      ++ended;
    }
    ended += TRY(close_if_settled(context, id)) ? 1 : 0;
  }
  return ended;
}

}  // namespace heed::casework
