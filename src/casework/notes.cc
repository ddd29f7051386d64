#include "casework/notes.h"

#include "casework/contacts.h"
#include "casework/questions.h"
#include "casework/queue.h"
#include "casework/settle.h"
#include "casework/talk_rate.h"
#include "casework/urgency.h"

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

namespace {

/// Nothing when the words do not bring the case forward.
Urgency forward(Context& context, const CaseRow& row, const PartyRow& party, const Heard& heard) {
  return brings_forward(row, party, heard)
             ? merged(row, urgency_for(context.policy(), context.now(), heard.lane, heard.severity, heard.clause))
             : Urgency{};
}

}  // namespace

Result<std::int64_t> add_message(Context& context, CaseId case_id, int party, std::string text, const Heard& heard,
                                 Ulid actor) {
  auto row = TRY(context.party(case_id, party));
  if (!row || row->slot == 0) {
    return fail(Code::NotFound, "there is no such party in this case");
  }
  CaseRow* home = TRY(context.case_row(case_id));
  if (!TRY(may_say(context, case_id, party, text, heard))) {
    return home->seq;
  }
  NoteAdded event;
  event.party = party;
  event.urgency = forward(context, *home, *row, heard);
  const std::int64_t seq =
      TRY(context.append(case_id, event, {{"n", static_cast<std::uint64_t>(row->slot), text}}, actor));
  TRY(raise_words(context, {case_id, party, WordsAs::Message, text, heard}));
  if (home->question && home->question_to == party) {
    TRY(end_question(context, case_id, QuestionEnd::Answered, {}));
  }
  return seq;
}

Result<PartyRow> party_to_talk_to(Context& context, CaseId case_id, int party) {
  auto row = TRY(context.party(case_id, party));
  if (!row || party == 0 || !row->person || row->slot == 0) {
    return fail(Code::NotFound, "there is no such party in this case");
  }
  if ((row->roles & (kReporter | kTarget)) == 0) {
    bool told = false;
    auto prefix = ledger::cells(case_id);
    TRY(ledger::scan<NoticeRow>(
        context.tx(), {.index = NoticeRow::kByCase, .prefix = prefix}, [&](const NoticeRow& notice) {
          told = notice.party == party && notice.kind == NoticeKind::StatementOfReasons && notice.due <= context.now();
          return !told;
        }));
    if (!told) {
      return fail(Code::Conflict, "this person has not heard of the case yet");
    }
  }
  return *std::move(row);
}

Result<std::int64_t> add_answer(Context& context, CaseId case_id, StaffId staff, int party, std::string text) {
  const PartyRow row = TRY(party_to_talk_to(context, case_id, party));
  TRY(staff_spoke(context, case_id, party));
  Telling telling(context, case_id);
  TRY(telling.tell(party, NoticeKind::Conversation, row.channel, context.mint<Id<EventTag>>().value));
  NoteAdded event;
  event.party = party;
  event.staff = staff;
  event.as = staff_pseudonym(*context.env().hasher, staff, case_id);
  event.parties = telling.parties();
  event.notices = telling.notices();
  return context.append(case_id, event, {{"n", static_cast<std::uint64_t>(row.slot), std::move(text)}}, staff.value);
}

std::string identity_json(const Newcomer& who) {
  JsonWriter identity;
  identity.begin_object().field("account", who.account).field_unless_empty("handle", who.handle).end_object();
  return identity.take();
}

Result<std::int64_t> add_first_message(Context& context, CaseId case_id, const Newcomer& who, std::string text,
                                       const Heard& heard) {
  CaseRow* row = TRY(context.case_row(case_id));
  if (row->found_by != who.person) {
    return fail(Code::Conflict, "this person is a party of the case by now; say it again");
  }
  PartyBook book(context, case_id, row->parties);
  auto entry = TRY(book.add(who.person, kTarget, identity_json(who), /*with_number=*/true,
                            context.env().platform_channel, who.locale));
  NoteAdded event;
  event.party = entry.party;
  event.parties = book.parties();
  PartyRow speaker;
  speaker.roles = kTarget;
  event.urgency = forward(context, *row, speaker, heard);
  std::vector<ledger::Body> bodies = std::move(book.bodies());
  bodies.push_back({"n", static_cast<std::uint64_t>(entry.slot), text});
  const std::int64_t seq = TRY(context.append(case_id, event, bodies));
  TRY(raise_words(context, {case_id, entry.party, WordsAs::Message, text, heard}));
  return seq;
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
  std::vector<ClaimId> held;
  auto of_case = ledger::cells(case_id);
  TRY(ledger::scan<ClaimRow>(context.tx(), {.index = ClaimRow::kByCase, .prefix = of_case}, [&](const ClaimRow& claim) {
    if (claim.staff == staff && claim.state == ClaimState::Active) {
      held.push_back(claim.id);
    }
  }));
  for (ClaimId claim : held) {
    TRY(release(context, claim, staff));
  }
  Escalated event;
  event.staff = staff;
  event.route = std::move(route);
  TRY(context.append(case_id, event, {}, staff.value));
  return {};
}

}  // namespace heed::casework
