#include "casework/context.h"

#include "base/crypto.h"
#include "ledger/event.h"

namespace heed::casework {

Result<std::int64_t> Context::next_seq(CaseId case_id) {
  CaseRow* row = TRY(rows_.find_case(case_id));
  return row == nullptr ? 1 : row->seq + 1;
}

void Context::begin_header(JsonWriter& out, std::string_view kind, int version, const EventInfo& info) {
  out.begin_object();
  out.field("kind", kind)
      .field("v", version)
      .field("case", info.case_id.text())
      .field("seq", info.seq)
      .field("at", to_ms(info.at));
  if (info.actor) {
    out.field("actor", info.actor.text());
  }
  if (info.idempotency != Hash16{}) {
    HeaderWriter fields(out);
    fields("idempotency", info.idempotency), fields("body", info.body);
  }
}

Result<void> Context::store(CaseId case_id, std::int64_t seq, std::string header,
                            const std::vector<ledger::Body>& bodies) {
  ledger::NewEvent event;
  event.case_id = case_id;
  event.seq = static_cast<std::uint64_t>(seq);
  event.header = std::move(header);
  if (!bodies.empty()) {
    event.bodies = TRY(ledger::seal_bodies(*env_.keys, case_id, event.seq, bodies));
  }
  TRY(tx_.append(event));
  return {};
}

Context::Number Context::mint_number(std::int64_t slot) {
  constexpr auto kNumbers = static_cast<std::int64_t>(access::Hasher::kNumbers);
  // A failed look says free: the put will meet the same failure and report it.
  auto taken = [&](std::int64_t found_as) {
    bool any = false;
    auto key = ledger::cells(found_as);
    (void)tx_.scan(PartyRow::table(), {.index = PartyRow::kByNumber, .prefix = key, .limit = 1}, [&](ledger::Cells) {
      any = true;
      return false;
    });
    return any;
  };
  if (slot > 0 && slot < kNumbers) {
    auto number = static_cast<std::int64_t>(env_.hasher->number(static_cast<std::uint64_t>(slot)));
    // Taken by a random one of an earlier release, or by a slot that was given out again after the keys were restored.
    if (number != 0 && !taken(number) && !taken(PartyRow::kBySlot + slot)) {
      return {number, true};
    }
  }
  for (;;) {
    auto number = static_cast<std::int64_t>(random_u64() % static_cast<std::uint64_t>(kNumbers));
    auto ordinal = static_cast<std::int64_t>(env_.hasher->ordinal(static_cast<std::uint64_t>(number)));
    if (number != 0 && !taken(number) && !taken(PartyRow::kBySlot + ordinal)) {
      return {number, false};
    }
  }
}

Result<std::optional<PartyRow>> party_with_number(ledger::View& view, const access::Hasher& hasher,
                                                  std::uint64_t number) {
  std::optional<PartyRow> found;
  for (std::int64_t found_as :
       {static_cast<std::int64_t>(number), PartyRow::kBySlot + static_cast<std::int64_t>(hasher.ordinal(number))}) {
    auto key = ledger::cells(found_as);
    TRY(ledger::scan<PartyRow>(view, {.index = PartyRow::kByNumber, .prefix = key, .limit = 1},
                               [&](const PartyRow& row) { found = row; }));
    if (found) {
      break;
    }
  }
  return found;
}

Result<std::optional<PartyRow>> Context::party_of(CaseId case_id, const PersonHash& person) {
  std::optional<PartyRow> found;
  auto key = ledger::cells(person);
  // Rows come in (person, case, party) order, so the case is one step away however many cases a person has.
  auto after = ledger::cells(case_id, std::int64_t{-1});
  TRY(ledger::scan<PartyRow>(tx_, {.index = PartyRow::kByPerson, .prefix = key, .after = after, .limit = 1},
                             [&](const PartyRow& row) {
                               if (row.case_id == case_id) {
                                 found = row;
                               }
                               return false;
                             }));
  return found;
}

Result<std::optional<PartyRow>> Context::party(CaseId case_id, int party) {
  return ledger::get<PartyRow>(tx_, case_id, party);
}

Result<PartyBook::Entry> PartyBook::add(const PersonHash& person, int roles, std::string identity, bool with_number,
                                        Channel channel, std::string_view locale) {
  for (Known& known : known_) {
    if (known.person == person) {
      if ((known.roles | roles) != known.roles || (with_number && known.number.number == 0)) {
        known.roles |= roles;
        known.number = with_number && known.number.number == 0 ? context_.mint_number(known.entry.slot) : known.number;
        for (NewParty& p : parties_) {
          if (p.party == known.entry.party) {
            p.roles |= roles;
            p.number = known.number.number;
            p.by_slot = known.number.by_slot;
            return Entry{known.entry.party, known.entry.slot, false};
          }
        }
        parties_.push_back({known.entry.party, roles, person, known.entry.slot, known.number.number, channel,
                            std::string(locale), known.number.by_slot});
      }
      return Entry{known.entry.party, known.entry.slot, false};
    }
  }
  auto row = next_ == 0 ? std::optional<PartyRow>{} : TRY(context_.party_of(case_, person));
  if (row) {
    Entry entry{row->party, row->slot, false};
    Context::Number number{row->number.value_or(0), row->found_as.value_or(0) >= PartyRow::kBySlot};
    if ((row->roles | roles) != row->roles || (with_number && number.number == 0)) {
      number = with_number && number.number == 0 ? context_.mint_number(entry.slot) : number;
      parties_.push_back(
          {entry.party, roles, person, entry.slot, number.number, channel, std::string(locale), number.by_slot});
    }
    known_.push_back({person, entry, row->roles | roles, number});
    return entry;
  }
  if (next_ == 0) {
    next_ = 1;  // party 0 is the case's own key
  }
  Entry entry{next_++, static_cast<std::int64_t>(TRY(context_.env().keys->allocate())), true};
  const Context::Number number = with_number ? context_.mint_number(entry.slot) : Context::Number{};
  parties_.push_back(
      {entry.party, roles, person, entry.slot, number.number, channel, std::string(locale), number.by_slot});
  bodies_.push_back({"p" + std::to_string(entry.party), static_cast<std::uint64_t>(entry.slot), std::move(identity)});
  known_.push_back({person, entry, roles, number});
  return entry;
}

}  // namespace heed::casework
