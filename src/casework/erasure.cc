#include "casework/erasure.h"

namespace heed::casework {

Result<Id<EventTag>> place_hold(Context& context, CaseId case_id, Time until, std::string_view reason, StaffId staff) {
  TRY(context.case_row(case_id));
  HoldPlaced event;
  event.hold = context.mint<Id<EventTag>>();
  event.until = until;
  auto own = TRY(context.party(case_id, 0));
  std::vector<ledger::Body> bodies;
  if (own && own->slot != 0 && !reason.empty()) {
    bodies.push_back({"n", static_cast<std::uint64_t>(own->slot), std::string(reason)});
  }
  TRY(context.append(case_id, event, bodies, staff.value));
  return event.hold;
}

Result<void> release_hold(Context& context, CaseId case_id, Id<EventTag> hold, StaffId staff) {
  CaseRow* row = TRY(context.case_row(case_id));
  if (row->holds == 0) {
    return fail(Code::Conflict, "no hold is in force on this case");
  }
  TRY(context.append(case_id, HoldReleased{hold}, {}, staff.value));
  return {};
}

Result<Erasure> erase_person(Context& context, const PersonHash& person, int max) {
  Erasure erasure;
  std::vector<PartyRow> parties;
  auto key = ledger::cells(person);
  TRY(ledger::scan<PartyRow>(context.tx(), {.index = PartyRow::kByPerson, .prefix = key}, [&](const PartyRow& row) {
    parties.push_back(row);
  }));
  for (const PartyRow& party : parties) {
    CaseRow* row = TRY(context.case_row(party.case_id));
    if (row->holds > 0) {
      ++erasure.held;
      continue;
    }
    if (erasure.erased >= max) {
      erasure.more = true;
      break;
    }
    TRY(context.append(party.case_id, PersonErased{party.party}));
    if (party.slot != 0) {
      erasure.slots.push_back(static_cast<std::uint64_t>(party.slot));
      TRY(ledger::put(context.tx(), DoomedSlotRow{party.slot}));
    }
    ++erasure.erased;
  }
  return erasure;
}

Result<std::vector<std::uint64_t>> doomed_slots(ledger::View& view) {
  std::vector<std::uint64_t> slots;
  TRY(ledger::scan<DoomedSlotRow>(view, {}, [&](const DoomedSlotRow& row) { slots.push_back(static_cast<std::uint64_t>(row.slot)); }));
  return slots;
}

Result<void> forget_slots(ledger::Tx& tx, const std::vector<std::uint64_t>& slots) {
  for (std::uint64_t slot : slots) {
    TRY(ledger::erase<DoomedSlotRow>(tx, static_cast<std::int64_t>(slot)));
  }
  return {};
}

}  // namespace heed::casework
