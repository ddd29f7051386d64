#include <set>

#include "casework/apply_parts.h"
#include "casework/figures.h"

/// Claims, decisions, orders, notices, clocks, appeals.
namespace heed::casework {
namespace {

constexpr Millis kWatch = std::chrono::hours(24);

void close(CaseRow& row, Time at) {
  row.state = CaseState::Closed;
  row.closed_at = at;
  row.open_key.reset();
  rest(row);
  if (row.pile != PileState::None) {
    row.pile = PileState::Ended;
  }
}

Result<void> answer_reports(Rows& rows, const std::vector<ReportId>& answered) {
  for (ReportId id : answered) {
    auto report = TRY(rows.get<ReportRow>(id));
    if (report && report->state == ReportState::Received) {
      report->state = ReportState::Answered;
      TRY(rows.put(*report));
    }
  }
  return {};
}

/// Nobody can acknowledge what did not arrive: the next in the rota is called at once.
Result<void> alarm_lost(Rows& rows, const EventInfo& info, const NoticeRow& notice) {
  auto alarm = TRY(rows.get<AlarmRow>(notice.id));
  if (!alarm) {
    alarm = TRY(rows.get<AlarmRow>(NoticeId{notice.about}));
  }
  if (alarm && alarm->next_at && *alarm->next_at > info.at) {
    alarm->next_at = info.at;
    TRY(rows.put(*alarm));
  }
  return {};
}

}  // namespace

Result<void> apply_event(Rows& rows, const EventInfo& info, const Claimed& e) {
  CaseRow* row = TRY(touch(rows, info));
  for (ItemId id : e.items) {
    auto item = TRY(rows.get<ItemRow>(id));
    if (!item) {
      return fail(Code::Corrupt, "a claim names an item that is not there");
    }
    item->claim = e.claim;
    item->free_in.reset();
    item->single.reset();
    TRY(rows.put(*item));
  }
  ClaimRow claim;
  claim.id = e.claim;
  claim.case_id = info.case_id;
  claim.staff = e.staff;
  claim.active_for = e.staff;
  claim.items = static_cast<int>(e.items.size());
  claim.items_left = claim.items;
  claim.single = e.single;
  claim.at = info.at;
  TRY(rows.put(claim));
  row->items_free -= claim.items;
  row->looked = true;
  set_urgency(*row, e.urgency);
  set_claimable(*row);
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ClaimEnded& e) {
  CaseRow* row = TRY(touch(rows, info));
  auto claim = TRY(rows.get<ClaimRow>(e.claim));
  if (!claim) {
    return {};
  }
  claim->state = e.state;
  claim->active_for.reset();
  TRY(rows.put(*claim));
  std::vector<ItemRow> items;
  auto key = ledger::cells(e.claim);
  TRY(ledger::scan<ItemRow>(rows.tx(), {.index = ItemRow::kByClaim, .prefix = key},
                            [&](const ItemRow& i) { items.push_back(i); }));
  for (ItemRow& item : items) {
    item.claim.reset();
    if (item.state == ItemState::Open) {
      set_free(item, *row);
      ++row->items_free;
    }
    TRY(rows.put(item));
  }
  set_claimable(*row);
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const Decided& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  int from_claim = 0;
  for (const DecidedItem& d : e.items) {
    auto item = TRY(rows.get<ItemRow>(d.item));
    if (!item) {
      return fail(Code::Corrupt, "a decision names an item that is not there");
    }
    const bool was_open = item->state == ItemState::Open;  // else decided anew after a reversal
    if (was_open) {
      --row->items_open;
      if (item->free_in) {
        --row->items_free;
      }
    }
    from_claim += item->claim.has_value() ? 1 : 0;
    item->state = ItemState::Decided;
    item->outcome = d.outcome;
    item->decision = d.decision;
    item->free_in.reset();
    item->single.reset();
    item->claim.reset();
    TRY(rows.put(*item));

    DecisionRow decision;
    decision.id = d.decision;
    decision.case_id = info.case_id;
    decision.item = d.item;
    decision.seq = info.seq;
    decision.at = info.at;
    decision.received_at = d.received_at;
    decision.staff = e.staff;
    decision.second = e.second;
    decision.outcome = d.outcome;
    decision.clause = d.clause;
    decision.clause_version = d.clause_version;
    decision.ground = d.ground;
    decision.category = d.category;
    decision.group = d.group;
    decision.source = d.source;
    decision.detection = d.detection;
    decision.decision_automation = d.automation;
    decision.restrictions = d.restrictions;
    decision.language = d.language;
    decision.kind = d.kind;
    decision.channel = d.channel;
    TRY(rows.put(decision));

    if (!was_open) {
      continue;
    }
    std::vector<ReportId> covering;
    auto key = ledger::cells(d.item);
    TRY(ledger::scan<ReportItemRow>(rows.tx(), {.prefix = key},
                                    [&](const ReportItemRow& r) { covering.push_back(r.report); }));
    for (ReportId id : covering) {
      auto report = TRY(rows.get<ReportRow>(id));
      if (report) {
        report->items_open = std::max(0, report->items_open - 1);
        TRY(rows.put(*report));
      }
    }
  }
  TRY(note_decided(rows, e));
  TRY(count_decided(rows, info, e));
  TRY(answer_reports(rows, e.answered));
  if (e.claim) {
    auto claim = TRY(rows.get<ClaimRow>(e.claim));
    if (claim) {
      claim->items_left -= from_claim;
      if (claim->items_left <= 0) {
        claim->state = ClaimState::Done;
        claim->active_for.reset();
      }
      TRY(rows.put(*claim));
    }
  }
  TRY(add_actions(rows, info, e.actions));
  TRY(add_notices(rows, info, e.notices));
  TRY(note_told_at_once(rows, info, e.notices));
  TRY(start_inform(rows, info, e.notices, e.inform_by));
  if (e.statement_delayed_until != Time{}) {
    TRY(rows.put(ClockRow{info.case_id, ClockKind::StatementDelay,
                          e.items.empty() ? Ulid{} : e.items.front().decision.value, e.statement_delayed_until,
                          e.statement_delayed_until, 0}));
  }
  if (e.urgency.deadline != Time{}) {
    set_urgency(*row, e.urgency);
  } else if (row->items_open == 0) {
    rest(*row);
    if (row->pile == PileState::Watching) {
      row->alarm_at = info.at + kWatch;  // when it closes, unless the stream finds more
    }
  }
  if (e.closes) {
    close(*row, info.at);
  }
  set_claimable(*row);
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ItemsSettled& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  TRY(count_settled(rows, info, e));
  TRY(answer_reports(rows, e.answered));
  TRY(add_notices(rows, info, e.notices));
  TRY(note_told_at_once(rows, info, e.notices));
  TRY(start_inform(rows, info, e.notices, e.inform_by));
  if (e.closes) {
    close(*row, info.at);
  }
  set_claimable(*row);
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const Reversed& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  auto decision = TRY(rows.get<DecisionRow>(e.decision));
  if (decision) {
    decision->reversed_seq = info.seq;
    TRY(rows.put(*decision));
  }
  auto item = TRY(rows.get<ItemRow>(e.item));
  if (item) {
    item->outcome = e.outcome;
    TRY(rows.put(*item));
  }
  TRY(note_reversed(rows, e));
  TRY(count_reversed(rows, e));
  TRY(add_actions(rows, info, e.actions));
  TRY(add_notices(rows, info, e.notices));
  return start_inform(rows, info, e.notices, e.inform_by);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ActionConfirmed& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  TRY(add_notices(rows, info, e.notices, AlarmKind::Order));
  auto action = TRY(rows.get<ActionRow>(e.action));
  if (action) {
    action->state = e.state;
    action->confirmed_at = info.at;
    TRY(rows.put(*action));
  }
  return stop_clock(rows, info.case_id, ClockKind::ActionConfirm, e.action.value);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const Notified& e) {
  TRY(touch(rows, info));
  auto notice = TRY(rows.get<NoticeRow>(e.notice));
  if (!notice) {
    return {};
  }
  notice->state = e.state;
  notice->dead_from.reset();
  notice->pending_from.reset();
  notice->done_at = info.at;
  if (e.state == NoticeState::Queued) {  // a dead one, sent again by hand
    notice->pending_from = info.at;
    notice->done_at = {};
  } else if (e.state == NoticeState::Dead) {
    notice->dead_from = info.at;
  } else {
    TRY(note_told(rows, *notice));
  }
  TRY(rows.put(*notice));
  if (e.state != NoticeState::Queued) {
    TRY(stop_inform(rows, *notice));
  }
  if (e.state == NoticeState::Dead && notice->kind == NoticeKind::Alarm) {
    TRY(alarm_lost(rows, info, *notice));
  }
  return add_notices(rows, info, e.notices, AlarmKind::Delivery);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ReliefOrdered& e) {
  CaseRow* touched = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *touched, e.parties));
  auto known = TRY(rows.get<ReliefRow>(info.case_id, e.party, e.relief));
  ReliefRow row = known && known->active ? *known : ReliefRow{info.case_id, e.party, e.relief, {}, true, 0};
  row.until = std::max(row.until, e.until);
  row.accounts += e.accounts;
  TRY(rows.put(row));
  TRY(add_actions(rows, info, e.actions));
  return add_notices(rows, info, e.notices);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ReliefEnded& e) {
  TRY(touch(rows, info));
  auto row = TRY(rows.get<ReliefRow>(info.case_id, e.party, e.relief));
  if (row) {
    row->active = false;
    TRY(rows.put(*row));
  }
  TRY(add_actions(rows, info, e.actions));
  return add_notices(rows, info, e.notices);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ClockFired& e) {
  CaseRow* row = TRY(touch(rows, info));
  if (Ulid{} == e.about) {
    ++row->alarms;
    set_urgency(*row, e.urgency);
    if (e.next_at == Time{}) {
      row->alarm_at.reset();
    } else {
      row->alarm_at = e.next_at;
    }
  } else {
    auto clock = TRY(rows.get<ClockRow>(info.case_id, e.clock, e.about));
    if (clock) {
      ++clock->alarms;
      if (e.next_at == Time{}) {
        clock->next_at.reset();
      } else {
        clock->next_at = e.next_at;
      }
      TRY(rows.put(*clock));
    }
  }
  return add_notices(rows, info, e.notices, e.clock == ClockKind::Inform ? AlarmKind::Inform : AlarmKind::Clock);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const AlarmAcknowledged& e) {
  TRY(touch(rows, info));
  auto alarm = TRY(rows.get<AlarmRow>(e.alarm));
  if (alarm) {
    alarm->state = AlarmState::Acknowledged;
    alarm->open_from.reset();
    alarm->next_at.reset();
    alarm->acknowledged_at = info.at;
    alarm->staff = e.staff;
    TRY(rows.put(*alarm));
  }
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const AlarmEscalated& e) {
  TRY(touch(rows, info));
  auto alarm = TRY(rows.get<AlarmRow>(e.alarm));
  if (alarm) {
    alarm->level = e.level;
    alarm->rung = e.rung;
    alarm->next_at.reset();
    if (e.next_at != Time{}) {
      alarm->next_at = e.next_at;
    }
    TRY(rows.put(*alarm));
  }
  return add_notices(rows, info, e.notices);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const Escalated& e) {
  CaseRow* row = TRY(touch(rows, info));
  row->route = e.route;
  set_claimable(*row);
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const AppealFiled& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  TRY(add_notices(rows, info, e.notices));
  AppealRow appeal;
  appeal.id = e.appeal;
  appeal.case_id = info.case_id;
  appeal.decision = e.decision;
  appeal.party = e.party;
  appeal.by_reporter = e.by_reporter;
  appeal.trusted = e.trusted;
  appeal.at = info.at;
  appeal.seq = info.seq;
  appeal.same_words = e.same_words;
  appeal.waits = e.same_words != 0 ? 1 : 0;
  TRY(rows.put(appeal));
  auto decision = TRY(rows.get<DecisionRow>(e.decision));
  if (decision) {
    decision->appealed = true;
    TRY(rows.put(*decision));
  }
  TRY(count_appealed(rows, e));
  return start_clock(rows, info, ClockKind::AppealDecide, e.appeal.value, e.decide_by);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const AppealDecided& e) {
  TRY(touch(rows, info));
  auto appeal = TRY(rows.get<AppealRow>(e.appeal));
  if (appeal) {
    appeal->outcome = e.outcome;
    appeal->decided_at = info.at;
    appeal->waits.reset();
    appeal->staff = e.staff;
    TRY(rows.put(*appeal));
    auto decision = TRY(rows.get<DecisionRow>(appeal->decision));
    if (decision) {
      decision->appeal = e.outcome;
      TRY(rows.put(*decision));
    }
  }
  TRY(count_appeal_decided(rows, e));
  TRY(stop_clock(rows, info.case_id, ClockKind::AppealDecide, e.appeal.value));
  return add_notices(rows, info, e.notices);
}

}  // namespace heed::casework
