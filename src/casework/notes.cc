#include "casework/notes.h"

#include "casework/settle.h"

namespace heed::casework {

Result<std::int64_t> add_note(Context& context, CaseId case_id, StaffId staff, std::string text) {
  TRY(context.case_row(case_id));
  Telling telling(context, case_id);
  std::uint64_t slot = TRY(telling.case_slot());
  NoteAdded event;
  event.staff = staff;
  event.parties = telling.parties();
  return context.append(case_id, event, {{"n", slot, std::move(text)}}, staff.value);
}

Result<std::int64_t> add_message(Context& context, CaseId case_id, int party, std::string text) {
  auto row = TRY(context.party(case_id, party));
  if (!row || row->slot == 0) {
    return fail(Code::NotFound, "there is no such party in this case");
  }
  NoteAdded event;
  event.party = party;
  return context.append(case_id, event, {{"n", static_cast<std::uint64_t>(row->slot), std::move(text)}});
}

Result<std::int64_t> add_first_message(Context& context, CaseId case_id, const Newcomer& who, std::string text) {
  CaseRow* row = TRY(context.case_row(case_id));
  if (row->found_by != who.person) {
    return fail(Code::Conflict, "this person is a party of the case by now; say it again");
  }
  JsonWriter identity;
  identity.begin_object().field("account", who.account).field_unless_empty("handle", who.handle).end_object();
  PartyBook book(context, case_id, row->parties);
  auto entry = TRY(book.add(who.person, kTarget, identity.take(), /*with_number=*/true, context.env().platform_channel, who.locale));
  NoteAdded event;
  event.party = entry.party;
  event.parties = book.parties();
  std::vector<ledger::Body> bodies = std::move(book.bodies());
  bodies.push_back({"n", static_cast<std::uint64_t>(entry.slot), std::move(text)});
  return context.append(case_id, event, bodies);
}

Result<void> escalate(Context& context, CaseId case_id, StaffId staff, std::string route, std::string reason) {
  CaseRow* row = TRY(context.case_row(case_id));
  if (!row->open()) {
    return fail(Code::Conflict, "this case is closed");
  }
  if (row->route == route) {
    return fail(Code::Conflict, "this case is in that queue already");
  }
  if (!reason.empty()) {
    TRY(add_note(context, case_id, staff, std::move(reason)));
  }
  Escalated event;
  event.staff = staff;
  event.route = std::move(route);
  TRY(context.append(case_id, event, {}, staff.value));
  return {};
}

}  // namespace heed::casework
