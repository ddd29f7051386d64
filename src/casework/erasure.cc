#include "casework/erasure.h"

#include "casework/digest.h"
#include "casework/settle.h"

namespace heed::casework {

Result<Id<EventTag>> place_hold(Context& context, CaseId case_id, Time until, std::string_view reason, StaffId staff,
                                bool silent) {
  TRY(context.case_row(case_id));
  HoldPlaced event;
  event.silent = silent;
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
  TRY(context.case_row(case_id));
  auto row = TRY(ledger::get<HoldRow>(context.tx(), hold.value));
  if (!row || row->case_id != case_id || row->over) {
    return fail(Code::Conflict, "this hold is not in force on this case");
  }
  TRY(context.append(case_id, HoldReleased{hold}, {}, staff.value));
  return {};
}

Result<bool> end_hold_due(Context& context, Id<EventTag> hold) {
  auto row = TRY(ledger::get<HoldRow>(context.tx(), hold.value));
  if (!row || !row->ends || *row->ends > context.now()) {
    return false;
  }
  TRY(context.append(row->case_id, HoldReleased{hold, /*ran_out=*/true}));
  return true;
}

Result<std::vector<HoldRow>> holds_due(ledger::View& view, Time now, std::size_t max) {
  std::vector<HoldRow> out;
  TRY(ledger::scan<HoldRow>(view, {.index = HoldRow::kByEnd, .limit = max}, [&](const HoldRow& row) {
    if (*row.ends > now) {
      return false;
    }
    out.push_back(row);
    return true;
  }));
  return out;
}

namespace {

/// A hold that may be told of: nobody is erased, and they are told that it must stay.
bool held(const CaseRow& row) { return row.holds > row.silent_holds; }

/// The slot to be destroyed; 0: none, or a silent hold keeps it.
Result<std::uint64_t> erase_party(Context& context, const PartyRow& party) {
  const bool key_stays = party.slot != 0 && TRY(context.case_row(party.case_id))->holds > 0;
  TRY(context.append(party.case_id, PersonErased{party.party, /*target=*/false, key_stays}));
  TRY(ledger::erase<TalkRow>(context.tx(), party.case_id, party.party));
  if (key_stays || party.slot == 0) {
    return 0;
  }
  TRY(ledger::put(context.tx(), DoomedSlotRow{party.slot}));
  return static_cast<std::uint64_t>(party.slot);
}

Result<std::vector<PartyRow>> parties_of(ledger::View& view, const PersonHash& person) {
  std::vector<PartyRow> parties;
  auto key = ledger::cells(person);
  TRY(ledger::scan<PartyRow>(view, {.index = PartyRow::kByPerson, .prefix = key},
                             [&](const PartyRow& row) { parties.push_back(row); }));
  return parties;
}

/// Cases about this person in which they are no party hold only the hash.
Result<std::vector<CaseRow>> cases_about(ledger::View& view, const PersonHash& person) {
  std::vector<CaseRow> about;
  auto key = ledger::cells(person);
  TRY(ledger::scan<CaseRow>(view, {.index = CaseRow::kByTarget, .prefix = key},
                            [&](const CaseRow& row) { about.push_back(row); }));
  return about;
}

/// To be looked at from `next_at` on. Asked again it adds nothing, unless it asks for more.
Result<void> note_due(Context& context, CaseId case_id, int party, Time next_at, bool whole) {
  auto noted = TRY(ledger::get<ErasureDueRow>(context.tx(), case_id, party));
  if (!noted || !noted->next_at || (whole && !noted->whole)) {
    TRY(context.append(case_id, ErasureAsked{party, next_at, whole}));
  }
  return {};
}

Result<void> forget_habits(Context& context, const PersonHash& person, const std::vector<PartyRow>& parties) {
  TRY(forget_mail_habits(context, person));
  if (!parties.empty()) {
    const Environment& env = context.env();
    if (auto mailbox = TRY(mailbox_of(context.tx(), *env.keys, *env.hasher, parties.front()))) {
      TRY(forget_mail_habits(context, *mailbox));
    }
  }
  return ledger::erase<IdentityCodeRow>(context.tx(), person);
}

}  // namespace

Result<Erasure> erase_person(Context& context, const PersonHash& person, int max) {
  Erasure erasure;
  const std::vector<PartyRow> parties = TRY(parties_of(context.tx(), person));
  TRY(forget_habits(context, person, parties));
  for (const PartyRow& party : parties) {
    if (held(*TRY(context.case_row(party.case_id)))) {
      ++erasure.held;
      TRY(note_due(context, party.case_id, party.party, context.now(), /*whole=*/true));
      continue;
    }
    if (erasure.erased >= max) {
      erasure.more = true;
      break;
    }
    if (const std::uint64_t slot = TRY(erase_party(context, party))) {
      erasure.slots.push_back(slot);
    }
    ++erasure.erased;
  }
  for (const CaseRow& row : TRY(cases_about(context.tx(), person))) {
    if (held(row)) {
      ++erasure.held;
      TRY(note_due(context, row.id, 0, context.now(), /*whole=*/true));
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

// --- asked by the person ----------------------------------------------------------------------------------

Result<std::optional<KeptParty>> kept_of(Context& context, const PartyRow& party) {
  KeptParty kept{party.case_id, party.party, Kept::Must, {}};
  if (held(*TRY(context.case_row(party.case_id)))) {
    return kept;
  }
  if ((party.roles & kAuthor) == 0) {
    return std::nullopt;
  }
  bool open = false;
  std::vector<DecisionId> decisions;
  auto prefix = ledger::cells(party.case_id);
  TRY(ledger::scan<ItemRow>(context.tx(), {.index = ItemRow::kByCase, .prefix = prefix}, [&](const ItemRow& item) {
    if (item.author == party.party) {
      open = open || item.state == ItemState::Open;
      decisions.push_back(item.decision);
    }
  }));
  Time until{};
  for (DecisionId id : decisions) {
    auto decision = TRY(ledger::get<DecisionRow>(context.tx(), id));
    if (!decision) {
      continue;
    }
    if (decision->outcome == Outcome::Violation && decision->reversed_seq == 0) {
      until = std::max(until, decision->at + context.policy().retention.judged);
    }
    auto key = ledger::cells(id);
    TRY(ledger::scan<AppealRow>(
        context.tx(), {.index = AppealRow::kByDecision, .prefix = key},
        [&](const AppealRow& appeal) { open = open || appeal.outcome == AppealOutcome::Pending; }));
  }
  if (open) {
    kept.why = Kept::Open;
    return kept;
  }
  if (until > context.now()) {
    kept.why = Kept::Judged;
    kept.until = until;
    return kept;
  }
  return std::nullopt;
}

Result<AskedErasure> ask_erasure(Context& context, const PersonHash& person, int max) {
  AskedErasure out;
  const std::vector<PartyRow> parties = TRY(parties_of(context.tx(), person));
  TRY(forget_habits(context, person, parties));
  for (const PartyRow& party : parties) {
    if (auto kept = TRY(kept_of(context, party))) {
      TRY(note_due(context, party.case_id, party.party, std::max(kept->until, context.now()), /*whole=*/false));
      out.kept.push_back(*kept);
    } else if (static_cast<int>(out.erased.size()) >= max) {
      out.more = true;
    } else {
      TRY(erase_party(context, party));
      out.erased.push_back(party.case_id);
    }
  }
  for (const CaseRow& row : TRY(cases_about(context.tx(), person))) {
    if (held(row)) {
      TRY(note_due(context, row.id, 0, context.now(), /*whole=*/false));
      out.kept.push_back({row.id, 0, Kept::Must, {}});
    } else if (static_cast<int>(out.erased.size()) >= max) {
      out.more = true;
    } else {
      TRY(context.append(row.id, PersonErased{0, /*target=*/true}));
      out.erased.push_back(row.id);
    }
  }
  return out;
}

Result<bool> erase_due(Context& context, CaseId case_id, int party) {
  auto due = TRY(ledger::get<ErasureDueRow>(context.tx(), case_id, party));
  const CaseRow* home = TRY(context.case_row(case_id));
  if (!due || !due->next_at || held(*home)) {
    return false;
  }
  if (due->slot != 0) {  // forgotten long ago but for the key
    if (home->holds > 0) {
      return false;
    }
    TRY(context.append(case_id, PersonErased{party}));
    TRY(ledger::put(context.tx(), DoomedSlotRow{due->slot}));
    return true;
  }
  if (party == 0) {
    TRY(context.append(case_id, PersonErased{0, /*target=*/true}));
    return true;
  }
  auto row = TRY(context.party(case_id, party));
  if (!row || (!due->whole && TRY(kept_of(context, *row)))) {
    return false;
  }
  TRY(erase_party(context, *row));
  return true;
}

Result<std::vector<ErasureDueRow>> erasures_due(ledger::View& view, Time now, std::size_t max) {
  std::vector<ErasureDueRow> out;
  TRY(ledger::scan<ErasureDueRow>(view, {.index = ErasureDueRow::kByNext, .limit = max}, [&](const ErasureDueRow& row) {
    if (*row.next_at > now) {
      return false;
    }
    out.push_back(row);
    return true;
  }));
  return out;
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
