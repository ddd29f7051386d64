#include "casework/identity.h"

#include "casework/contacts.h"

namespace heed::casework {

Result<Time> send_identity_code(Context& context, CaseId case_id, int party) {
  auto row = TRY(context.party(case_id, party));
  if (!row || !row->person || row->slot == 0) {
    return fail(Code::NotFound, "there is no such party in this case");
  }
  if (!context.env().mail) {
    return fail(Code::Conflict, "no mail is sent from here; please log in again instead");
  }
  auto before = TRY(ledger::get<IdentityCodeRow>(context.tx(), *row->person));
  if (before && before->until > context.now() + kIdentityCodeLife - kIdentityCodeEvery) {
    return fail(Code::TooMany, "a code was sent just now; please look for it, or ask again in a minute");
  }
  const std::string code = draw_desk_code();
  IdentityCodeMade event;
  event.party = party;
  event.until = context.now() + kIdentityCodeLife;
  event.notices.push_back({context.mint<NoticeId>(),
                           party,
                           NoticeKind::IdentityCode,
                           Channel::Mail,
                           {},
                           context.mint<Id<EventTag>>().value});
  TRY(context.append(case_id, event, {{"m", static_cast<std::uint64_t>(row->slot), code}}));
  const auto key = desk_code_key(*context.env().hasher, code);
  TRY(ledger::put(context.tx(),
                  IdentityCodeRow{*row->person, key.value_or(Hash16{}), event.until, kIdentityCodeTries}));
  return event.until;
}

Result<bool> use_identity_code(Context& context, const PersonHash& person, std::string_view code) {
  auto row = TRY(ledger::get<IdentityCodeRow>(context.tx(), person));
  if (!row) {
    return false;
  }
  const auto key = desk_code_key(*context.env().hasher, code);
  const bool right = key && *key == row->key && row->until > context.now();
  if (right || --row->tries_left <= 0 || row->until <= context.now()) {
    TRY(ledger::erase<IdentityCodeRow>(context.tx(), person));
  } else {
    TRY(ledger::put(context.tx(), *row));
  }
  return right;
}

}  // namespace heed::casework
