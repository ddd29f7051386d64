#include "casework/apply_parts.h"
#include "casework/figures.h"

/// Reports, piles, signals, and what changes an item before it is decided.
namespace heed::casework {

Result<void> apply_event(Rows& rows, const EventInfo& info, const ReportReceived& e) {
  CaseRow* row = TRY(open_or_touch(rows, info, e.opening));
  TRY(add_parties(rows, info, *row, e.parties));
  TRY(add_items(rows, info, *row, e.items));
  TRY(add_refs(rows, info, e.refs));
  TRY(add_settlements(rows, info, e));
  ReportRow report;
  report.id = e.report;
  report.case_id = info.case_id;
  report.party = e.party;
  for (const NewParty& p : e.parties) {
    if (p.party == e.party && p.person != PersonHash{}) {
      report.person = p.person;
    }
  }
  if (!report.person) {
    auto party = TRY(rows.get<PartyRow>(info.case_id, e.party));
    if (party) {
      report.person = party->person;
    }
  }
  report.at = info.at;
  report.seq = info.seq;
  report.items = static_cast<int>(e.covers.size());
  report.items_open = 0;
  for (ItemId id : e.covers) {  // of what a person has judged before nothing is open
    auto item = TRY(rows.get<ItemRow>(id));
    report.items_open += !item || item->state == ItemState::Open ? 1 : 0;
  }
  report.whole_pile = e.whole_pile;
  report.fears = e.fears;
  report.source = e.source;
  report.answer_by = e.answer_by;
  report.filed_by = e.filed_by;
  TRY(rows.put(report));
  for (ItemId item : e.covers) {
    TRY(rows.put(ReportItemRow{item, e.report}));
  }
  ++row->reports;
  if (!e.limited) {
    --row->reporters_rank;
  }
  set_urgency(*row, e.urgency);
  set_claimable(*row);
  return add_notices(rows, info, e.notices);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ReportRepeated& e) {
  CaseRow* row = TRY(touch(rows, info));
  auto report = TRY(rows.get<ReportRow>(e.report));
  if (report) {
    ++report->notes;
    report->fears = report->fears || e.fears;
    TRY(rows.put(*report));
  }
  set_urgency(*row, e.urgency);
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ReportWithdrawn& e) {
  TRY(touch(rows, info));
  auto report = TRY(rows.get<ReportRow>(e.report));
  if (report) {
    report->state = ReportState::Withdrawn;
    TRY(rows.put(*report));
  }
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const PileTaken& e) {
  CaseRow* row = TRY(touch(rows, info));
  if (row->pile == PileState::None || row->pile == PileState::Watching) {
    row->pile_since = e.since;
    row->pile_until = e.until;
    row->pile_taken_at = info.at;
    row->pile_last_at = info.at;
  } else {
    row->pile_since = std::min(row->pile_since, e.since);
    if (row->pile_until != Time{}) {
      row->pile_until = e.until == Time{} ? Time{} : std::max(row->pile_until, e.until);
    }
  }
  for (const Hash16& key : e.except) {
    TRY(rows.put(PileExceptRow{info.case_id, key}));
  }
  row->pile = e.watermark > 0
                  ? PileState::Taking
                  : (row->pile_until == Time{} || row->pile_until > info.at ? PileState::Open : PileState::Ended);
  row->pile_done = 0;  // a longer window is read from its beginning; items already here are passed over
  row->pile_upto = std::max(row->pile_upto, e.watermark);
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ItemsJoined& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  TRY(add_items(rows, info, *row, e.items));
  TRY(add_refs(rows, info, e.refs));
  if (row->pile != PileState::None) {
    row->pile_done = std::max(row->pile_done, e.done);
    row->pile_upto = std::max(row->pile_upto, e.upto);
    if (!e.items.empty()) {
      row->pile_last_at = info.at;
    }
    if (e.ended) {
      row->pile = PileState::Ended;
      if (row->items_open == 0) {
        row->alarm_at.reset();
      }
    } else if (row->pile == PileState::Taking && row->pile_done >= row->pile_upto) {
      row->pile = row->pile_until == Time{} || row->pile_until > info.at ? PileState::Open : PileState::Ended;
    }
  }
  set_urgency(*row, e.urgency);
  set_claimable(*row);
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const SignalRaised& e) {
  CaseRow* row = TRY(open_or_touch(rows, info, e.opening));
  TRY(add_parties(rows, info, *row, e.parties));
  TRY(add_items(rows, info, *row, e.items));
  if (!e.opening.empty()) {
    if (row->open_key && row->target != PersonHash{}) {  // without one it gathers what one person wrote to us
      row->pile = PileState::Watching;
    }
    auto budget = TRY(rows.get<BudgetRow>(e.clause, e.day));
    BudgetRow next = budget ? *budget : BudgetRow{e.clause, e.day, 0};
    ++next.cases;
    TRY(rows.put(next));
  }
  TRY(count_raised(rows, info, e));
  set_urgency(*row, e.urgency);
  set_claimable(*row);
  return add_notices(rows, info, e.notices, AlarmKind::Budget);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ItemChanged& e) {
  CaseRow* row = TRY(touch(rows, info));
  auto item = TRY(rows.get<ItemRow>(e.item));
  if (!item) {
    return {};
  }
  item->edited = item->edited || e.edited;
  item->deleted = item->deleted || e.deleted;
  if (e.edited) {
    leave_over_budget(*row);
    item->text_key = e.text_key;
    item->lane = std::min(item->lane, e.lane);
    item->severity_rank = std::min(item->severity_rank, -e.severity);
    if (item->free_in && item->lane == policy::Lane::Life) {
      item->single = row->route;
    }
    TRY(add_named(rows, *row, item->id, e.named));
  }
  TRY(rows.put(*item));
  set_urgency(*row, e.urgency);
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const NoteAdded& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  set_urgency(*row, e.urgency);
  return add_notices(rows, info, e.notices);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const IdentityCodeMade& e) {
  TRY(touch(rows, info));
  return add_notices(rows, info, e.notices);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const HoldPlaced& e) {
  CaseRow* row = TRY(touch(rows, info));
  TRY(add_parties(rows, info, *row, e.parties));
  ++row->holds;
  row->silent_holds += e.silent ? 1 : 0;
  return rows.put(HoldRow{e.hold.value, info.case_id, info.at, e.until,
                          e.until == Time{} ? std::optional<Time>() : std::optional(e.until), /*over=*/false,
                          e.silent});
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const HoldReleased& e) {
  CaseRow* row = TRY(touch(rows, info));
  auto hold = TRY(rows.get<HoldRow>(e.hold.value));
  if (!hold || hold->over || hold->case_id != info.case_id) {
    return {};  // a release of what is over ends no other hold
  }
  row->holds = std::max(0, row->holds - 1);
  row->silent_holds = std::max(0, row->silent_holds - (hold->silent ? 1 : 0));
  hold->ends.reset();
  hold->over = true;
  return rows.put(*hold);
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const ErasureAsked& e) {
  TRY(touch(rows, info));
  auto known = TRY(rows.get<ErasureDueRow>(info.case_id, e.party));
  return rows.put(ErasureDueRow{info.case_id, e.party, known ? known->asked_at : info.at, e.next_at,
                                e.whole || (known && known->whole), known ? known->slot : 0});
}

/// Whom this case's posts name beside their authors, found by the hash: that goes with the person.
Result<void> forget_named(Rows& rows, CaseId case_id, const PersonHash& person) {
  std::vector<NamedRow> all;
  auto key = ledger::cells(case_id, person);
  TRY(ledger::scan<NamedRow>(rows.tx(), {.prefix = key}, [&](const NamedRow& row) { all.push_back(row); }));
  for (const NamedRow& row : all) {
    TRY(ledger::erase<NamedRow>(rows.tx(), row.case_id, row.person, row.item));
  }
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const PersonErased& e) {
  CaseRow* row = TRY(touch(rows, info));
  auto due = TRY(rows.get<ErasureDueRow>(info.case_id, e.party));
  if (due && !e.key_stays) {
    due->next_at.reset();
    due->slot = 0;
    TRY(rows.put(*due));
  }
  if (e.target) {
    TRY(forget_named(rows, info.case_id, row->target));
    row->target = {};
    row->found_by.reset();
    row->open_key.reset();
    return {};
  }
  auto party = TRY(rows.get<PartyRow>(info.case_id, e.party));
  if (!party) {
    return {};
  }
  if (party->person) {
    TRY(forget_named(rows, info.case_id, *party->person));
  }
  if (party->person == row->target) {
    row->target = {};
    row->open_key.reset();
  } else if (row->target == PersonHash{} && (party->roles & kAuthor) != 0) {
    row->open_key.reset();  // of the case of their words: made of the same hash
  }
  if (e.key_stays && party->slot != 0) {
    TRY(rows.put(
        ErasureDueRow{info.case_id, e.party, due ? due->asked_at : info.at, info.at, due && due->whole, party->slot}));
  }
  party->person.reset();
  party->slot = 0;
  party->number.reset();
  party->found_as.reset();
  TRY(rows.put(*party));
  if (row->kind == CaseKind::Record) {
    return forget_delegate(rows, info, e.party);
  }
  // The hashes by which this person's reports and items could be found go too.
  std::vector<ReportRow> reports;
  auto case_key = ledger::cells(info.case_id);
  TRY(ledger::scan<ReportRow>(rows.tx(), {.index = ReportRow::kByCase, .prefix = case_key}, [&](const ReportRow& r) {
    if (r.party == e.party) {
      reports.push_back(r);
    }
  }));
  for (ReportRow& r : reports) {
    r.person.reset();
    TRY(rows.put(r));
  }
  std::vector<ItemRow> items;
  TRY(ledger::scan<ItemRow>(rows.tx(), {.index = ItemRow::kByCase, .prefix = case_key}, [&](const ItemRow& i) {
    if (i.author == e.party) {
      items.push_back(i);
    }
  }));
  for (ItemRow& i : items) {
    i.key.reset();
    i.text_key = {};
    TRY(forget_words(rows, i.id));
    TRY(rows.put(i));
  }
  return {};
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const MeasureRecorded& e) {
  TRY(touch(rows, info));
  return rows.put(MeasureRow{info.case_id, info.seq, e.measure, e.detail, e.party, e.decision, info.at, e.platform_at});
}

}  // namespace heed::casework
