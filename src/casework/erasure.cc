#include "casework/erasure.h"

#include "casework/settle.h"

namespace heed::casework {

Result<Id<EventTag>> place_hold(Context& context, CaseId case_id, Time until, std::string_view reason, StaffId staff) {
  TRY(context.case_row(case_id));
  HoldPlaced event;
  event.hold = context.mint<Id<EventTag>>();
  event.until = until;
  std::vector<ledger::Body> bodies;
  if (!reason.empty()) {
    Telling telling(context, case_id);
    bodies.push_back({"n", TRY(telling.case_slot()), std::string(reason)});
    event.parties = std::move(telling.parties());
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
  TRY(ledger::scan<PartyRow>(context.tx(), {.index = PartyRow::kByPerson, .prefix = key},
                             [&](const PartyRow& row) { parties.push_back(row); }));
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
  // Cases about this person in which they are no party hold only the hash.
  std::vector<CaseRow> about;
  TRY(ledger::scan<CaseRow>(context.tx(), {.index = CaseRow::kByTarget, .prefix = key},
                            [&](const CaseRow& row) { about.push_back(row); }));
  for (const CaseRow& row : about) {
    if (row.holds > 0) {
      ++erasure.held;
    } else if (erasure.erased >= max) {
      erasure.more = true;
      break;
    } else {
      TRY(context.append(row.id, PersonErased{0, /*target=*/true}));
      ++erasure.erased;
    }
  }
  return erasure;
}

Result<std::vector<std::uint64_t>> doomed_slots(ledger::View& view) {
  std::vector<std::uint64_t> slots;
  TRY(ledger::scan<DoomedSlotRow>(
      view, {}, [&](const DoomedSlotRow& row) { slots.push_back(static_cast<std::uint64_t>(row.slot)); }));
  return slots;
}

Result<void> forget_slots(ledger::Tx& tx, const std::vector<std::uint64_t>& slots) {
  for (std::uint64_t slot : slots) {
    TRY(ledger::erase<DoomedSlotRow>(tx, static_cast<std::int64_t>(slot)));
  }
  return {};
}

}  // namespace heed::casework
