#include "casework/clocks.h"

#include <set>
#include <tuple>

#include "casework/alarms.h"
#include "casework/decisions.h"
#include "casework/questions.h"
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
  TRY(ledger::scan<NoticeRow>(
      context.tx(), {.index = NoticeRow::kByCase, .prefix = key, .after = after}, [&](const NoticeRow& n) {
        overdue = overdue || (n.seq == decision->seq && n.kind == NoticeKind::StatementOfReasons &&
                              n.state == NoticeState::Queued && n.pending_from && *n.pending_from <= context.now());
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
    case ClockKind::Answer:
      break;
  }
  return true;
}

Result<void> fire_clock(Context& context, const ClockRow& clock, Alarms& alarms) {
  if (clock.kind == ClockKind::Answer) {
    CaseRow* row = TRY(context.case_row(clock.case_id));
    if (row->question.value == clock.about) {
      return end_question(context, clock.case_id, QuestionEnd::Overdue, {});
    }
  }
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
  bool rings = clock.kind == ClockKind::StatementDelay ? event.missed : waits;
  if (clock.kind == ClockKind::Inform) {
    rings = rings && TRY(worth_a_call(context, clock.case_id, AlarmKind::Inform));
  }
  if (rings && alarms.first(clock.case_id, clock.kind, event.missed)) {
    Telling telling(context, clock.case_id);
    telling.alarm(clock.about);
    event.notices = std::move(telling.notices());
  }
  TRY(context.append(clock.case_id, event));
  return {};
}

/// An open pile without a member for a day, or older than three; and one that has ended with nothing open.
bool pile_is_over(const Environment& env, const CaseRow& row, Time now) {
  return row.pile == PileState::Open
             ? row.pile_last_at + env.pile_idle <= now || row.pile_taken_at + env.pile_life <= now
             : row.pile == PileState::Ended && row.open() && row.items_open == 0;
}

Result<int> end_pile(Context& context, CaseId case_id) {
  CaseRow* row = TRY(context.case_row(case_id));
  if (!pile_is_over(context.env(), *row, context.now())) {
    return 0;
  }
  int ended = 0;
  if (row->pile == PileState::Open) {
    ItemsJoined event;
    event.ended = true;
    TRY(context.append(case_id, event));
    ++ended;
  }
  return ended + (TRY(close_if_settled(context, case_id)) ? 1 : 0);
}

Result<int> fire_clocks_of(Context& context, CaseId case_id, Alarms& alarms) {
  int fired = TRY(fire_case(context, case_id, alarms)) ? 1 : 0;
  std::vector<ClockRow> clocks;
  auto prefix = ledger::cells(case_id);
  TRY(ledger::scan<ClockRow>(context.tx(), {.prefix = prefix}, [&](const ClockRow& clock) {
    if (clock.next_at && *clock.next_at <= context.now()) {
      clocks.push_back(clock);
    }
  }));
  for (const ClockRow& clock : clocks) {
    TRY(fire_clock(context, clock, alarms));
  }
  return fired + static_cast<int>(clocks.size());
}

/// Collects what is due, at most so much, and not what is to be left alone.
class Collector {
 public:
  Collector(DueList& out, const std::set<Due>& leave, std::size_t max) : out_(out), leave_(leave), max_(max) {}
  /// False when it is full.
  bool add(const Due& due) {
    if (leave_.contains(due) || !seen_.insert(due).second) {
      return true;
    }
    if (out_.due.size() >= max_) {
      out_.more = true;
      return false;
    }
    out_.due.push_back(due);
    return true;
  }

 private:
  DueList& out_;
  const std::set<Due>& leave_;
  const std::size_t max_;
  std::set<Due> seen_;
};

}  // namespace

Result<DueList> due_now(ledger::View& view, Time now, std::size_t max, const std::set<Due>& leave) {
  DueList list;
  Collector collect(list, leave, max);
  TRY(ledger::scan<CaseRow>(view, {.index = CaseRow::kByAlarm}, [&](const CaseRow& row) {
    return *row.alarm_at <= now && collect.add({Due::What::Clocks, row.id.value});
  }));
  TRY(ledger::scan<ClockRow>(view, {.index = ClockRow::kByNext}, [&](const ClockRow& clock) {
    return *clock.next_at <= now && collect.add({Due::What::Clocks, clock.case_id.value});
  }));
  TRY(ledger::scan<LeaseRow>(view, {.index = LeaseRow::kByExpiry}, [&](const LeaseRow& lease) {
    return lease.expires_at <= now && collect.add({Due::What::Lease, lease.id.value});
  }));
  TRY(ledger::scan<AlarmRow>(view, {.index = AlarmRow::kByNext}, [&](const AlarmRow& alarm) {
    return *alarm.next_at <= now && collect.add({Due::What::Alarm, alarm.id.value});
  }));
  return list;
}

Result<Time> due_piles(ledger::View& view, const Environment& env, Time now, DueList& list,
                       const std::set<Due>& leave) {
  // Whatever opens from now on ends no sooner than this.
  Time next = now + std::min(env.pile_idle, env.pile_life);
  TRY(ledger::scan<CaseRow>(view, {.index = CaseRow::kByOpenKey}, [&](const CaseRow& row) {
    const Due due{Due::What::Pile, row.id.value};
    if (pile_is_over(env, row, now)) {
      if (!leave.contains(due)) {
        list.due.push_back(due);
      }
    } else if (row.pile == PileState::Open) {
      next = std::min({next, row.pile_last_at + env.pile_idle, row.pile_taken_at + env.pile_life});
    }
  }));
  return next;
}

Result<Fired> fire(Context& context, const Due& due) {
  Fired fired;
  Alarms alarms;
  switch (due.what) {
    case Due::What::Clocks:
      fired.clocks = TRY(fire_clocks_of(context, CaseId{due.id}, alarms));
      break;
    case Due::What::Lease:
      fired.leases = TRY(expire_lease(context, ClaimId{due.id})) ? 1 : 0;
      break;
    case Due::What::Pile:
      fired.piles = TRY(end_pile(context, CaseId{due.id}));
      break;
    case Due::What::Alarm:
      fired.alarms = TRY(escalate_alarm(context, NoticeId{due.id})) ? 1 : 0;
      break;
  }
  return fired;
}

Result<Fired> fire_due(Context& context, int max) {
  DueList list = TRY(due_now(context.tx(), context.now(), static_cast<std::size_t>(max), {}));
  TRY(due_piles(context.tx(), context.env(), context.now(), list, {}));
  Fired fired;
  for (const Due& due : list.due) {
    fired += TRY(fire(context, due));
  }
  fired.more = list.more;
  return fired;
}

}  // namespace heed::casework
