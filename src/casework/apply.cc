#include "casework/apply.h"

#include "casework/apply_parts.h"
#include "casework/figures.h"

namespace heed::casework {

Result<CaseRow*> Rows::find_case(CaseId id) {
  if (auto it = cases_.find(id); it != cases_.end()) {
    return &it->second;
  }
  auto row = TRY(ledger::get<CaseRow>(tx_, id));
  if (!row) {
    return nullptr;
  }
  return &cases_.emplace(id, std::move(*row)).first->second;
}

Result<CaseRow*> Rows::case_row(CaseId id) {
  CaseRow* row = TRY(find_case(id));
  if (row == nullptr) {
    return fail(Code::NotFound, "there is no such case");
  }
  return row;
}

CaseRow* Rows::open_case(CaseRow row) {
  CaseId id = row.id;
  return &cases_.insert_or_assign(id, std::move(row)).first->second;
}

Result<void> Rows::flush() {
  for (const auto& [id, row] : cases_) {
    TRY(ledger::put(tx_, row));
  }
  cases_.clear();
  return {};
}

Result<CaseRow*> touch(Rows& rows, const EventInfo& info) {
  CaseRow* row = TRY(rows.case_row(info.case_id));
  row->seq = info.seq;
  return row;
}

Result<CaseRow*> open_or_touch(Rows& rows, const EventInfo& info, const std::vector<Opening>& opening) {
  if (opening.empty()) {
    return touch(rows, info);
  }
  const Opening& begin = opening.front();
  CaseRow row;
  row.id = info.case_id;
  row.kind = begin.kind;
  row.target = begin.target;
  row.route = begin.route;
  row.linked = begin.linked;
  row.seq = info.seq;
  row.opened_at = info.at;
  if (begin.target != PersonHash{}) {
    row.found_by = begin.target;
  }
  if (begin.open_key != Hash16{}) {
    row.open_key = begin.open_key;
  }
  return rows.open_case(std::move(row));
}

void set_urgency(CaseRow& row, const Urgency& urgency) {
  if (urgency.deadline == Time{}) {
    return;
  }
  if (row.deadline != urgency.deadline) {
    row.alarms = 0;  // another clock than the one that has warned
  }
  row.lane = urgency.lane;
  row.severity_rank = -urgency.severity;
  row.deadline = urgency.deadline;
  if (urgency.alarm_at == Time{}) {
    row.alarm_at.reset();
  } else {
    row.alarm_at = urgency.alarm_at;
  }
}

void rest(CaseRow& row) {
  row.lane = policy::Lane::Rest;
  row.severity_rank = 0;
  row.deadline = {};
  row.alarm_at.reset();
  row.alarms = 0;
}

void set_claimable(CaseRow& row) {
  if (row.open() && row.items_free > 0) {
    row.queue = row.route;
  } else {
    row.queue.reset();
  }
}

Result<void> add_parties(Rows& rows, const EventInfo& info, CaseRow& row, const std::vector<NewParty>& parties) {
  for (const NewParty& p : parties) {
    auto known = p.party < row.parties || (p.party == 0 && (row.parties > 0))
                     ? TRY(rows.get<PartyRow>(info.case_id, p.party))
                     : std::optional<PartyRow>{};
    PartyRow party;
    if (known) {  // told more about somebody known: a role, a number
      party = std::move(*known);
      party.roles |= p.roles;
    } else {
      party.case_id = info.case_id;
      party.party = p.party;
      party.roles = p.roles;
      if (p.person != PersonHash{}) {
        party.person = p.person;
      }
      party.slot = p.slot;
      party.seq = info.seq;
      party.channel = p.channel;
      party.locale = p.locale;
    }
    if (p.number != 0) {
      party.number = p.number;
      party.found_as = p.by_slot ? PartyRow::kBySlot + party.slot : p.number;
    }
    if (row.found_by && row.found_by == party.person) {
      row.found_by.reset();  // the party finds it now
    }
    TRY(rows.put(party));
    row.parties = std::max(row.parties, p.party + 1);
  }
  return {};
}

void set_free(ItemRow& item, const CaseRow& row) {
  item.claim.reset();
  item.free_in = item.case_id;
  if (item.lane == policy::Lane::Life) {
    item.single = row.route;
  } else {
    item.single.reset();
  }
}

Result<void> add_items(Rows& rows, const EventInfo& info, CaseRow& row, const std::vector<NewItem>& items) {
  for (const NewItem& i : items) {
    ItemRow item;
    item.id = i.item;
    item.case_id = info.case_id;
    item.ord = i.ord;
    item.kind = i.kind;
    item.key = i.key;
    item.lane = i.lane;
    item.severity_rank = -i.severity;
    item.author = i.author;
    item.seq = info.seq;
    item.provenance = i.provenance;
    item.category = i.category;
    item.at = info.at;
    item.created_at = i.created_at;
    item.deleted = i.deleted;
    item.edited = i.edited;
    item.text_key = i.text_key;
    set_free(item, row);
    TRY(rows.put(item));
    TRY(note_sources(rows, info, i));
    TRY(add_named(rows, row, i.item, i.named));
    ++row.items;
    ++row.items_open;
    ++row.items_free;
  }
  return {};
}

Result<void> add_named(Rows& rows, const CaseRow& row, ItemId item, const std::vector<PersonHash>& named) {
  for (const PersonHash& person : named) {
    if (person != row.target) {
      TRY(rows.put(NamedRow{row.id, person, item}));
    }
  }
  return {};
}

Result<void> add_refs(Rows& rows, const EventInfo& info, const std::vector<ItemId>& refs) {
  for (ItemId item : refs) {
    TRY(rows.put(CaseRefRow{info.case_id, item}));
  }
  return {};
}

Result<void> add_actions(Rows& rows, const EventInfo& info, const std::vector<OrderedAction>& actions) {
  for (const OrderedAction& a : actions) {
    ActionRow row;
    row.id = a.action;
    row.case_id = info.case_id;
    row.seq = info.seq;
    row.kind = a.kind;
    if (a.item) {
      row.item = a.item;
    }
    row.decision = a.decision;
    row.undoes = a.undoes;
    row.party = a.party;
    row.ordered_at = info.at;
    row.until = a.until;
    TRY(rows.put(row));
    if (a.confirm_by != Time{}) {
      TRY(start_clock(rows, info, ClockKind::ActionConfirm, a.action.value, a.confirm_by));
    }
  }
  return {};
}

Result<void> add_notices(Rows& rows, const EventInfo& info, const std::vector<QueuedNotice>& notices, AlarmKind alarm) {
  for (const QueuedNotice& n : notices) {
    NoticeRow row;
    row.id = n.notice;
    row.case_id = info.case_id;
    row.seq = info.seq;
    row.party = n.party;
    row.kind = n.kind;
    row.channel = n.channel;
    row.at = info.at;
    row.about = n.about;
    row.due = n.not_before == Time{} ? info.at : n.not_before;
    if (n.channel == Channel::Page) {  // nothing to send: it can be read from now on
      row.state = NoticeState::Delivered;
      row.done_at = row.due;
    } else {
      row.pending_from = std::max(row.due, n.gather_until);
      row.gathered = n.gather_until != Time{};
    }
    TRY(rows.put(row));
    if (n.rings) {
      AlarmRow rung;
      rung.id = n.notice;
      rung.case_id = info.case_id;
      rung.seq = info.seq;
      rung.kind = alarm;
      rung.open_from = info.at;
      rung.at = info.at;
      if (n.escalate_at != Time{}) {
        rung.next_at = n.escalate_at;
      }
      TRY(rows.put(rung));
    }
    if (n.kind == NoticeKind::Outcome) {
      auto report = TRY(rows.get<ReportRow>(ReportId{n.about}));
      if (report && report->told_from < row.due) {
        report->told_from = row.due;
        TRY(rows.put(*report));
      }
    }
  }
  return {};
}

Result<void> remember_key(Rows& rows, const EventInfo& info) {
  if (info.idempotency != Hash16{}) {
    TRY(rows.put(IdempotencyRow{info.at, info.case_id, info.seq, info.idempotency, info.body}));
  }
  return {};
}

Result<void> start_clock(Rows& rows, const EventInfo& info, ClockKind kind, Ulid about, Time due) {
  Time warning = info.at + (due - info.at) * 2 / 3;
  return rows.put(ClockRow{info.case_id, kind, about, std::min(warning, due), due, 0});
}

Result<void> stop_clock(Rows& rows, CaseId case_id, ClockKind kind, Ulid about) {
  auto clock = TRY(rows.get<ClockRow>(case_id, kind, about));
  if (clock && clock->next_at) {
    clock->next_at.reset();
    TRY(rows.put(*clock));
  }
  return {};
}

// --- dispatch ---------------------------------------------------------------------------------------------

const access::VisibilityRow* visibility_of(std::string_view kind) {
#define HEED_VISIBILITY(E)  \
  if (kind == E::kKind) {   \
    return &E::kVisibility; \
  }
  HEED_EVENTS(HEED_VISIBILITY)
#undef HEED_VISIBILITY
  return nullptr;
}

namespace {

template <LedgerEvent E>
Result<void> apply_as(Rows& rows, const EventInfo& info, Json header) {
  if (header.get_int("v") > E::kVersion) {
    return fail(Code::Corrupt, "event " + std::string(E::kKind) + " is of a newer release");
  }
  E event;
  HeaderReader reader(header);
  event.visit(reader);  // older versions: fields that were added since read as their defaults
  if (!reader.ok()) {
    return fail(Code::Corrupt, "event " + std::string(E::kKind) + " of " + info.case_id.text() + " has an odd field");
  }
  TRY(apply_event(rows, info, event));
  return remember_key(rows, info);
}

}  // namespace

Result<void> CaseProjector::apply(ledger::Tx& tx, const ledger::StoredEvent& stored) {
  Json header = TRY(parser_.parse(stored.header));
  EventInfo info{stored.case_id, static_cast<std::int64_t>(stored.seq), from_ms(header.get_int("at")), {}};
  if (auto actor = Ulid::parse(header.get_string("actor")); actor) {
    info.actor = *actor;
  }
  HeaderReader digests(header);
  digests("idempotency", info.idempotency), digests("body", info.body);
  std::string_view kind = header.get_string("kind");
  Rows rows(tx);
#define HEED_APPLY(E)                     \
  if (kind == E::kKind) {                 \
    TRY(apply_as<E>(rows, info, header)); \
    return rows.flush();                  \
  }
  HEED_EVENTS(HEED_APPLY)
#undef HEED_APPLY
  return fail(Code::Corrupt, "unknown event kind in " + stored.case_id.text());
}

}  // namespace heed::casework
