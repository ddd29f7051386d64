#include "casework/contacts.h"

#include "base/crypto.h"
#include "casework/settle.h"

namespace heed::casework {
namespace {

constexpr std::string_view kLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t kCodeLetters = 8;

std::string letters_of(std::uint64_t bits, std::size_t count) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i, bits >>= 5) {
    out += kLetters[bits & 31];
  }
  return out;
}

/// The version of a clause by this name, of what may be told or of the rules.
std::optional<std::string> version_of(const policy::Policy& policy, std::string_view id) {
  if (const policy::DisclosureClause* told = policy.find_disclosure(id)) {
    return told->version;
  }
  const policy::Clause* clause = policy.find(id);
  return clause == nullptr ? std::nullopt : std::optional(clause->version);
}

}  // namespace

std::string staff_pseudonym(const access::Hasher& hasher, StaffId staff, CaseId case_id) {
  const Hash16 hash = hasher.item("staff in case", staff.text() + " " + case_id.text());
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    bits = bits << 8 | hash[i];
  }
  return "R-" + letters_of(bits, 4);
}

std::string draw_desk_code() { return letters_of(random_u64(), kCodeLetters).insert(kCodeLetters / 2, "-"); }

std::optional<Hash16> desk_code_key(const access::Hasher& hasher, std::string_view code) {
  std::string plain;
  for (char c : code) {
    if (c == '-' || c == ' ') {
      continue;
    }
    c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    c = c == 'O' ? '0' : c == 'I' || c == 'L' ? '1' : c;
    if (kLetters.find(c) == std::string_view::npos || plain.size() == kCodeLetters) {
      return std::nullopt;
    }
    plain += c;
  }
  return plain.size() == kCodeLetters ? std::optional(hasher.item("desk code", plain)) : std::nullopt;
}

Result<DeskCode> make_desk_code(Context& context, CaseId case_id, int party) {
  auto row = TRY(context.party(case_id, party));
  if (!row || !row->person || row->slot == 0) {
    return fail(Code::NotFound, "there is no such party in this case");
  }
  DeskCode made{draw_desk_code(), context.now() + kDeskCodeLife};
  TRY(context.append(case_id, DeskCodeMade{party, *desk_code_key(*context.env().hasher, made.code), made.until}));
  return made;
}

Result<DeskOpening> open_at_desk(Context& context, const std::optional<Hash16>& code, StaffId staff,
                                 ContactChannel channel) {
  std::optional<DeskCodeRow> found;
  if (code) {
    auto prefix = ledger::cells(*code);
    TRY(ledger::scan<DeskCodeRow>(context.tx(), {.index = DeskCodeRow::kByKey, .prefix = prefix, .limit = 1},
                                  [&](const DeskCodeRow& row) { found = row; }));
  }
  auto party = found && context.now() < found->until ? TRY(context.party(found->case_id, found->party))
                                                     : std::optional<PartyRow>{};
  if (!party || !party->person) {
    return fail(Code::NotFound, "this code opens nothing");
  }
  DeskOpened event;
  event.contact = context.mint<ContactId>();
  event.party = found->party;
  event.staff = staff;
  event.as = staff_pseudonym(*context.env().hasher, staff, found->case_id);
  event.channel = channel;
  event.key = *code;
  TRY(context.append(found->case_id, event, {}, staff.value));
  return DeskOpening{event.contact, found->case_id, *std::move(party), event.as};
}

Result<ContactId> log_contact(Context& context, const ContactCommand& command) {
  auto version = version_of(context.policy(), command.clause);
  if (!version) {
    return invalid("/clause", "is not a clause of the policy in force");
  }
  ContactLogged event;
  event.contact = context.mint<ContactId>();
  event.staff = command.staff;
  event.channel = command.channel;
  event.clause = command.clause;
  event.clause_version = *version;
  event.neutral = command.neutral;
  std::vector<ledger::Body> bodies;
  CaseId case_id = command.case_id.value_or(CaseId{});
  if (!command.case_id) {
    case_id = context.mint<CaseId>();
    event.opening.push_back({});
    event.opening.front().kind = CaseKind::Record;
    NewParty own;
    own.roles = kStaffNotes;
    own.slot = static_cast<std::int64_t>(TRY(context.env().keys->allocate()));
    event.parties.push_back(own);
    bodies.push_back({"n", static_cast<std::uint64_t>(own.slot), command.said});
  } else if (command.party != 0) {
    auto party = TRY(context.party(case_id, command.party));
    if (!party || party->slot == 0) {
      return fail(Code::NotFound, "there is no such party in this case");
    }
    event.party = command.party;
    event.as = staff_pseudonym(*context.env().hasher, command.staff, case_id);
    bodies.push_back({"n", static_cast<std::uint64_t>(party->slot), command.said});
  } else {
    TRY(context.case_row(case_id));
    Telling telling(context, case_id);
    bodies.push_back({"n", TRY(telling.case_slot()), command.said});
    event.parties = telling.parties();
  }
  TRY(context.append(case_id, event, bodies, command.staff.value));
  return event.contact;
}

}  // namespace heed::casework
