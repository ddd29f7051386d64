#include "casework/apply_parts.h"

/// What goes on between people: delegations, talks, evidence they add, questions, handing over.
namespace heed::casework {

Result<void> apply_event(Rows& rows, const EventInfo& info, const DelegationGranted& e) {
  CaseRow* row = TRY(open_or_touch(rows, info, e.opening));
  row->state = CaseState::Closed;
  row->closed_at = info.at;
  TRY(add_parties(rows, info, *row, e.parties));
  DelegationRow delegation;
  delegation.id = e.delegation;
  delegation.record = info.case_id;
  for (const NewParty& p : e.parties) {
    (p.party == 1 ? delegation.principal : delegation.delegate) = p.person;
  }
  delegation.as = e.as;
  delegation.scopes = e.scopes;
  delegation.at = info.at;
  delegation.until = e.until;
  delegation.by_mail = e.by_mail;
  if (e.by_mail) {
    delegation.link = 1;
    delegation.linked_at = info.at;
  }
  TRY(rows.put(delegation));
  return add_notices(rows, info, e.notices);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const DelegationLinkMade& e) {
  TRY(touch(rows, info));
  if (auto delegation = TRY(rows.get<DelegationRow>(e.delegation))) {
    delegation->link = e.link;
    delegation->linked_at = info.at;
    TRY(rows.put(*delegation));
  }
  return add_notices(rows, info, e.notices);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const DelegationOpened& e) {
  TRY(touch(rows, info));
  if (auto delegation = TRY(rows.get<DelegationRow>(e.delegation))) {
    delegation->opened = e.link;
    delegation->opened_at = info.at;
    TRY(rows.put(*delegation));
  }
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const DelegationEnded& e) {
  TRY(touch(rows, info));
  auto delegation = TRY(rows.get<DelegationRow>(e.delegation));
  if (!delegation) {
    return {};
  }
  delegation->ended_at = info.at;
  delegation->why = e.why;
  TRY(rows.put(*delegation));
  return add_notices(rows, info, e.notices);
}

Result<void> forget_delegate(Rows& rows, const EventInfo& info, int party) {
  std::optional<DelegationRow> found;
  auto key = ledger::cells(info.case_id);
  TRY(ledger::scan<DelegationRow>(rows.tx(), {.index = DelegationRow::kByRecord, .prefix = key, .limit = 1},
                                  [&](const DelegationRow& row) { found = row; }));
  if (!found) {
    return {};
  }
  (party == 1 ? found->principal : found->delegate).reset();
  if (found->ended_at == Time{}) {
    found->ended_at = info.at;
    found->why = party == 1 ? DelegationEnd::Revoked : DelegationEnd::Resigned;
  }
  return rows.put(*found);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const DeskCodeMade& e) {
  TRY(touch(rows, info));
  return rows.put(DeskCodeRow{info.case_id, e.party, e.key, e.until});
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const DeskOpened& e) {
  TRY(touch(rows, info));
  auto code = TRY(rows.get<DeskCodeRow>(info.case_id, e.party));
  if (code) {
    code->key.reset();
    TRY(rows.put(*code));
  }
  return rows.put(
      ContactRow{e.contact.value, info.case_id, info.seq, e.party, e.staff, e.channel, {}, {}, false, true, info.at});
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ContactLogged& e) {
  CaseRow* row = TRY(open_or_touch(rows, info, e.opening));
  if (!e.opening.empty()) {
    row->state = CaseState::Closed;
    row->closed_at = info.at;
  }
  TRY(add_parties(rows, info, *row, e.parties));
  return rows.put(ContactRow{e.contact.value, info.case_id, info.seq, e.party, e.staff, e.channel, e.clause,
                             e.clause_version, e.neutral, false, info.at});
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const PieceAdded& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  set_urgency(*row, e.urgency);
  return rows.put(PieceRow{e.piece.value, info.case_id, e.party, info.seq, e.form, e.type, e.size, info.at});
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const QuestionAsked& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  row->looked = true;
  row->question = e.question;
  row->question_to = e.party;
  row->question_until = e.until;
  row->clock_left = e.left.count();
  row->clock_warns = e.warns.count();
  row->deadline = Time::max();
  row->alarm_at.reset();
  TRY(start_clock(rows, info, ClockKind::Answer, e.question.value, e.until));
  auto clock = TRY(rows.get<ClockRow>(info.case_id, ClockKind::Answer, e.question.value));
  clock->next_at = e.until;  // nobody has to be warned: at the end the case's own clock runs on
  TRY(rows.put(*clock));
  return add_notices(rows, info, e.notices);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const QuestionEnded& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(stop_clock(rows, info.case_id, ClockKind::Answer, e.question.value));
  if (row->question == e.question) {
    row->question = {};
    row->question_to = 0;
    row->question_until = {};
    row->clock_left = row->clock_warns = 0;
    row->deadline = {};
    const int alarms = row->alarms;
    set_urgency(*row, e.urgency);
    row->alarms = alarms;  // the same clock, going on
  }
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const HandoverOffered& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  return rows.put(
      HandoverRow{e.handover.value, info.case_id, e.staff, e.to, HandoverState::Offered, info.seq, info.at, {}, e.to});
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const HandoverAnswered& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  auto handover = TRY(rows.get<HandoverRow>(e.handover.value));
  if (!handover) {
    return {};
  }
  handover->state = e.state;
  handover->answered_at = info.at;
  handover->waits_for.reset();
  return rows.put(*handover);
}

}  // namespace heed::casework
