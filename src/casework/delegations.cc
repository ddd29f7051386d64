#include "casework/delegations.h"

#include <algorithm>

#include "post/account.h"

namespace heed::casework {
namespace {

constexpr int kPrincipal = 1, kDelegate = 2;

Result<std::vector<DelegationRow>> found_by(ledger::View& view, int index, const PersonHash& person) {
  std::vector<DelegationRow> out;
  auto prefix = ledger::cells(person);
  TRY(ledger::scan<DelegationRow>(view, {.index = index, .prefix = prefix, .descending = true},
                                  [&](const DelegationRow& row) { out.push_back(row); }));
  return out;
}

std::string identity_of(std::string_view account, std::string_view handle, std::string_view name,
                        std::string_view mail) {
  JsonWriter out;
  out.begin_object().field_unless_empty("account", account).field_unless_empty("handle", handle);
  out.field_unless_empty("name", name).field_unless_empty("mail", mail).end_object();
  return out.take();
}

}  // namespace

Result<DelegationRow> grant(Context& context, const DelegationCommand& command) {
  const Environment& env = context.env();
  const PersonHash principal = env.hasher->account(command.principal);
  const PersonHash delegate =
      command.by_mail ? env.hasher->mail(command.delegate) : env.hasher->account(command.delegate);
  if (principal == delegate) {
    return invalid("/delegate", "is the person who gives it");
  }
  int standing = 0;
  for (const DelegationRow& row : TRY(delegations_by(context.tx(), principal))) {
    if (!in_force(row, context.now())) {
      continue;
    }
    if (row.delegate == delegate) {
      TRY(end_delegation(context, row.id, DelegationEnd::Replaced, {}));
    } else if (++standing >= kDelegationsMax) {
      return fail(Code::Conflict,
                  "no more than " + std::to_string(kDelegationsMax) + " can be in force; end one first");
    }
  }
  DelegationGranted event;
  event.delegation = context.mint<access::DelegationId>();
  event.opening.push_back({});
  event.opening.front().kind = CaseKind::Record;
  const CaseId record = context.mint<CaseId>();
  PartyBook book(context, record, 0);
  TRY(book.add(principal, 0, identity_of(command.principal, command.principal_handle, {}, {}), /*with_number=*/false,
               env.platform_channel, command.locale));
  const Channel channel = command.by_mail ? (env.mail ? Channel::Mail : Channel::Page) : env.platform_channel;
  TRY(book.add(delegate, 0,
               command.by_mail ? identity_of({}, {}, command.delegate_name, command.delegate)
                               : identity_of(command.delegate, {}, command.delegate_name, {}),
               /*with_number=*/false, channel, command.locale));
  event.parties = book.parties();
  event.as = command.as;
  event.scopes = static_cast<int>(command.scopes);
  event.until = command.until;
  event.by_mail = command.by_mail;
  event.by_platform = command.by_platform;
  event.notices.push_back(
      {context.mint<NoticeId>(), kDelegate, NoticeKind::Delegation, channel, {}, event.delegation.value});
  // Also when it was not the person who gave it: whoever has taken over an account is found out so.
  event.notices.push_back({context.mint<NoticeId>(),
                           kPrincipal,
                           NoticeKind::DelegationGiven,
                           env.platform_channel,
                           {},
                           event.delegation.value});
  TRY(context.append(record, event, book.bodies()));
  return *TRY(ledger::get<DelegationRow>(context.tx(), event.delegation));
}

Result<void> end_delegation(Context& context, access::DelegationId id, DelegationEnd why, Ulid actor) {
  auto row = TRY(ledger::get<DelegationRow>(context.tx(), id));
  if (!row) {
    return fail(Code::NotFound, "there is no such delegation");
  }
  if (row->ended_at == Time{}) {
    DelegationEnded event{id, why, {}};
    for (int party : {kPrincipal, kDelegate}) {
      auto told = TRY(context.party(row->record, party));
      if (why != DelegationEnd::Replaced && told && told->person) {  // else they hear of the new one
        const bool by_mail = told->channel == Channel::Mail && !context.env().mail;
        event.notices.push_back({context.mint<NoticeId>(),
                                 party,
                                 NoticeKind::DelegationEnded,
                                 by_mail ? Channel::Page : told->channel,
                                 {},
                                 id.value});
      }
    }
    TRY(context.append(row->record, event, {}, actor));
  }
  return {};
}

Result<DelegationRow> make_delegate_link(Context& context, access::DelegationId id, Ulid actor) {
  auto row = TRY(ledger::get<DelegationRow>(context.tx(), id));
  if (!row || !row->by_mail || !in_force(*row, context.now())) {
    return fail(Code::NotFound, "there is no such delegation in force");
  }
  if (context.now() < row->linked_at + kDelegateLinkEvery) {
    return fail(Code::TooMany, "a link was sent just now; please look for it, or try again in ten minutes");
  }
  auto party = TRY(context.party(row->record, kDelegate));
  DelegationLinkMade event{id, row->link + 1, {}};
  event.notices.push_back({context.mint<NoticeId>(),
                           kDelegate,
                           NoticeKind::Delegation,
                           party && context.env().mail ? party->channel : Channel::Page,
                           {},
                           id.value});
  TRY(context.append(row->record, event, {}, actor));
  return *TRY(ledger::get<DelegationRow>(context.tx(), id));
}

Result<DelegationRow> open_delegate_link(Context& context, access::DelegationId id, int link) {
  auto row = TRY(ledger::get<DelegationRow>(context.tx(), id));
  if (!row || !row->by_mail || !in_force(*row, context.now()) || link <= row->opened || link > row->link) {
    return fail(Code::NotFound, "there is no such link");
  }
  TRY(context.append(row->record, DelegationOpened{id, link}));
  return *TRY(ledger::get<DelegationRow>(context.tx(), id));
}

Result<std::vector<DelegationRow>> delegations_by(ledger::View& view, const PersonHash& person) {
  return found_by(view, DelegationRow::kByPrincipal, person);
}
Result<std::vector<DelegationRow>> delegations_to(ledger::View& view, const PersonHash& person) {
  return found_by(view, DelegationRow::kByDelegate, person);
}

Result<std::vector<DelegationRow>> all_delegations(ledger::View& view) {
  std::vector<DelegationRow> out;
  TRY(ledger::scan<DelegationRow>(view, {}, [&](const DelegationRow& row) {
    if (row.ended_at == Time{}) {
      out.push_back(row);
    }
  }));
  return out;
}

std::string known_as(const Identity& who, Accounts* accounts) {
  if (!who.name.empty() || !who.mail.empty()) {
    return who.name.empty() ? who.mail : who.name;
  }
  if (auto profile = accounts == nullptr ? Result<std::string>("") : accounts->profile_of(who.account);
      profile && !profile->empty()) {
    JsonParser parser(16);
    if (auto account = post::account_from_json(parser, *profile)) {
      if (!account->display_name.empty() || !account->handle.empty()) {
        return account->display_name.empty() ? account->handle : account->display_name;
      }
    }
  }
  return who.handle.empty() ? who.account : who.handle;
}

Result<DelegationPeople> people_of(ledger::View& view, ledger::KeyRing& keys, const DelegationRow& row) {
  Sealed sealed(view, keys);
  DelegationPeople out;
  for (int party : {kPrincipal, kDelegate}) {
    if (auto found = TRY(ledger::get<PartyRow>(view, row.record, party))) {
      (party == kPrincipal ? out.principal : out.delegate) = TRY(sealed.identity(*found));
    }
  }
  return out;
}

}  // namespace heed::casework
