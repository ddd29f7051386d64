#include "casework/delegations.h"

#include "api/live.h"
#include "api/report_form.h"
#include "api/resources.h"

/// Who may act for whom: given and ended by the person concerned or by the platform for her, seen by both sides.
namespace heed::api {
namespace {

using namespace casework;
using access::Delegated;

constexpr std::size_t kNameBytesMax = 200, kMailBytesMax = 254;

std::vector<std::string_view> scope_words() {
  std::vector<std::string_view> words;
  for (std::uint32_t bit = 1; bit <= access::kDelegatedAll; bit <<= 1) {
    words.push_back(access::delegated_name(static_cast<Delegated>(bit)));
  }
  return words;
}

Result<DelegationCommand> read_grant(const Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  const access::Principal& who = call.who;
  DelegationCommand out;
  out.principal = checked_id(in, "principal", in.optional_string("principal", post::kIdBytesMax));
  if (who.caller == access::Caller::Platform) {
    out.by_platform = true;
    if (out.principal.empty()) {
      in.error("principal", "is required: the account that gives it");
    }
  } else if (!out.principal.empty() && out.principal != who.account_id) {
    in.error("principal", "must be the account of the token, or left out");
  } else {
    out.principal = who.account_id;
    out.principal_handle = who.handle;
  }
  if (Json json = in.optional_object("delegate"); json.missing()) {
    in.error("delegate", "is required: {account_id} or {name, email}");
  } else {
    FieldReader to(json, "/delegate");
    std::string account(checked_id(to, "account_id", to.optional_string("account_id", post::kIdBytesMax)));
    std::string mail(to.optional_string("email", kMailBytesMax));
    out.delegate_name = checked_id(to, "name", to.optional_string("name", kNameBytesMax));
    if (account.empty() == mail.empty()) {
      to.error("", "must be either {account_id} or {name, email}");
    } else if (!mail.empty() && !may_be_mail(mail)) {
      to.error("email", "is not a mail address");
    }
    out.by_mail = account.empty();
    out.delegate = out.by_mail ? mail : account;
    in.merge(to.take_errors());
  }
  out.as = choice(in, "as", DelegateKind::Other);
  std::vector<std::string> scopes;
  for (std::string_view word : in.optional_strings("scopes", 8, 16)) {
    scopes.emplace_back(word);
  }
  auto bits = access::parse_delegated(scopes);
  if (scopes.empty() || !bits) {
    in.error("scopes", "must be one or more of: report, read, talk, appeal, file");
  } else {
    out.scopes = *bits;
  }
  const Time now = call.desk.now();
  out.until = in.optional_time("until").value_or(now + kDelegationLife);
  if (out.until <= now || out.until > now + kDelegationLifeMax) {
    in.error("until", "must lie ahead, by 366 days at most");
  }
  out.locale = checked_token(in, "locale", in.optional_string("locale", 35));
  if (out.locale.empty()) {
    out.locale = who.locale.substr(0, 35);
  }
  TRY(in.done());
  return out;
}

/// `known_as` is what is read to people: see casework::known_as.
void write_person(JsonWriter& out, std::string_view name, const std::optional<Identity>& person, Accounts* accounts) {
  out.key(name);
  if (!person) {
    out.null();  // erased
    return;
  }
  out.begin_object().field_unless_empty("account_id", person->account).field_unless_empty("email", person->mail);
  out.field_unless_empty("name", person->name).field("known_as", known_as(*person, accounts)).end_object();
}

/// As the caller sees it: `mine` when they gave it, else they have it. `accounts` null: within a command, where nothing
/// is asked of others.
Result<void> write_delegation(JsonWriter& out, Desk& desk, const access::Principal& who, ledger::View& view,
                              const DelegationRow& row, bool mine, Accounts* accounts) {
  auto people = TRY(people_of(view, desk.keys(), row));
  access::Principal reads = who;
  if (who.acts_for_another()) {  // the delegation is the delegate's own
    reads.person = who.delegate;
  }
  out.begin_object().field("delegation_id", desk.id_out(reads, row.id)).field("role", mine ? "principal" : "delegate");
  write_person(out, "principal", people.principal, accounts);
  write_person(out, "delegate", people.delegate, accounts);
  out.field("as", name_of(row.as)).key("scopes").begin_array();
  for (std::uint32_t bit = 1; bit <= access::kDelegatedAll; bit <<= 1) {
    if ((static_cast<std::uint32_t>(row.scopes) & bit) != 0) {
      out.value(access::delegated_name(static_cast<Delegated>(bit)));
    }
  }
  out.end_array().field("since", format_time(row.at)).field("until", format_time(row.until));
  const bool stands = in_force(row, desk.now());
  out.field("state", stands ? "in_force" : row.ended_at != Time{} ? name_of(row.why) : "run_out");
  if (row.ended_at != Time{}) {
    out.field("ended_at", format_time(row.ended_at));
  }
  if (mine && row.opened_at != Time{}) {
    out.field("opened_at", format_time(row.opened_at));
  }
  if (mine && stands && row.by_mail && row.link > row.opened) {  // one that was opened opens nothing
    out.field("link", desk.link("/case#delegation&key=" + desk.delegate_links().make(row.id, row.link)));
  }
  out.end_object();
  return {};
}

void post_delegation(Call call) {
  auto command = read_grant(call);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  struct Made {
    DelegationRow row;
    std::string account, json;
  };
  // What is answered again is what stood then: told from the event.
  auto answer = [](Call& c, Context& context, DelegationRow row) -> Result<Made> {
    auto people = TRY(people_of(context.tx(), c.desk.keys(), row));
    JsonWriter out;
    TRY(write_delegation(out, c.desk, c.who, context.tx(), row, /*mine=*/true, /*accounts=*/nullptr));
    return Made{std::move(row), people.principal ? people.principal->account : "", out.take()};
  };
  Desk& desk = call.desk;
  if (auto grants = desk.grants(); !grants) {
    call.reply.send_error(grants.error());
    return;
  }
  desk.create<Made>(
      std::move(call),
      [answer, command = *std::move(command)](Call& c, Context& context) -> Result<Made> {
        return answer(c, context, TRY(grant(context, command)));
      },
      [answer](Call& c, Context& context, const casework::Made& made) -> Result<Made> {
        auto row = TRY(ledger::get<DelegationRow>(context.tx(), TRY(made.as<DelegationGranted>()).delegation));
        return row ? answer(c, context, *row) : Result<Made>(not_found());
      },
      [](Call& c, Made made) {
        if (in_force(made.row, c.desk.now())) {
          if (auto grants = c.desk.grants()) {
            (*grants)->put({made.row.id, *made.row.principal, *made.row.delegate, made.account,
                            static_cast<std::uint32_t>(made.row.scopes), made.row.until, made.row.by_mail,
                            made.row.opened});
          }
        }
        return json_answer(201, made.json);
      },
      Wakes::Yes);
}

Result<http::Response> read_delegations(Call& call, ledger::View& view) {
  const access::Principal& who = call.who;
  access::PersonHash person = who.person;
  if (who.caller == access::Caller::Platform) {
    auto account = call.request.query_value("account_id");
    if (!account || account->empty()) {
      return invalid("?account_id", "is required: whose delegations");
    }
    person = call.desk.hasher().account(*account);
  }
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  if (who.acts_for_another()) {  // only the one by which they act
    if (auto row = TRY(ledger::get<DelegationRow>(view, who.delegation))) {
      TRY(write_delegation(out, call.desk, who, view, *row, /*mine=*/false, call.desk.parts().render.accounts));
    }
  } else {
    for (const DelegationRow& row : TRY(delegations_by(view, person))) {
      TRY(write_delegation(out, call.desk, who, view, row, /*mine=*/true, call.desk.parts().render.accounts));
    }
    for (const DelegationRow& row : TRY(delegations_to(view, person))) {
      if (row.principal) {
        TRY(write_delegation(out, call.desk, who, view, row, /*mine=*/false, call.desk.parts().render.accounts));
      }
    }
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}

void get_delegations(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_delegations);
}

void delete_delegation(Call call) {
  access::Principal reads = call.who;
  if (call.who.acts_for_another()) {
    reads.person = call.who.delegate;
  }
  auto id = call.desk.id_in<access::DelegationId>(reads, call.request.path_param("id"));
  if (!id) {
    call.reply.send_error(not_found().value());
    return;
  }
  Desk& desk = call.desk;
  if (auto grants = desk.grants(); !grants) {
    call.reply.send_error(grants.error());
    return;
  }
  desk.command<bool>(
      std::move(call),
      [id = *id, person = reads.person](Call& c, Context& context) -> Result<bool> {
        auto row = TRY(ledger::get<DelegationRow>(context.tx(), id));
        const bool platform = c.who.caller == access::Caller::Platform;
        const bool own = row && row->principal == person, has = row && row->delegate == person;
        if (!row || (!platform && !own && !has)) {
          return not_found();
        }
        TRY(end_delegation(context, id, has && !platform ? DelegationEnd::Resigned : DelegationEnd::Revoked, {}));
        return true;
      },
      [id = *id](Call& c, bool) {
        if (auto grants = c.desk.grants()) {
          (*grants)->end(id);
          Desk& house = c.desk;
          house.errand([&house] { house.live().tick(house.now()); });  // open pages close now, not at the next second
        }
        return nothing();
      });
}

/// For the principal, who gives it on by hand or has it mailed once more.
void post_link(Call call) {
  auto id = call.desk.path_id<access::DelegationId>(call);
  if (!id) {
    call.reply.send_error(not_found().value());
    return;
  }
  Desk& desk = call.desk;
  desk.command<std::string>(
      std::move(call),
      [id = *id](Call& c, Context& context) -> Result<std::string> {
        auto row = TRY(ledger::get<DelegationRow>(context.tx(), id));
        if (!row || (c.who.caller != access::Caller::Platform && row->principal != c.who.person)) {
          return not_found();
        }
        JsonWriter out;
        TRY(write_delegation(out, c.desk, c.who, context.tx(), TRY(make_delegate_link(context, id, {})), /*mine=*/true,
                             /*accounts=*/nullptr));
        return out.take();
      },
      [](Call&, std::string json) { return json_answer(201, std::move(json)); }, Wakes::Yes);
}

}  // namespace

Resource delegation_routes() {
  using namespace schema;
  Who any_delegate;
  any_delegate.delegated = access::kDelegatedAll;
  const Text scopes = array(words(scope_words()), 8);
  const Text person =
      R"({"type":["object","null"],"additionalProperties":false,"properties":{"account_id":{"type":"string"},"email":{"type":"string"},"name":{"type":"string"},"known_as":{"type":"string"}}})";
  const Text delegation = object({{"delegation_id", id("dlg")},
                                  {"role", words({"principal", "delegate"})},
                                  {"principal", person},
                                  {"delegate", person},
                                  {"as", words(names_of<DelegateKind>())},
                                  {"scopes", scopes},
                                  {"since", time()},
                                  {"until", time()},
                                  {"state", words({"in_force", "run_out", "revoked", "resigned", "replaced"})},
                                  {"ended_at?", time()},
                                  {"opened_at?", time()},
                                  {"link?", string()}});
  const Text request = object({{"principal?", string(post::kIdBytesMax)},
                               {"delegate", object({{"account_id?", string(post::kIdBytesMax)},
                                                    {"name?", string(kNameBytesMax)},
                                                    {"email?", string(kMailBytesMax)}})},
                               {"as?", words(names_of<DelegateKind>())},
                               {"scopes", scopes},
                               {"until?", time()},
                               {"locale?", string(35)}});
  return {{
              {http::Method::Get,
               "/v1/delegations",
               key(access::Scope::ReportsRead) | user() | any_delegate,
               "delegations",
               "Who may act for the caller, and for whom the caller may act.",
               get_delegations,
               nullptr,
               {{"account_id", string(255), "For platform keys: whose delegations."}},
               {},
               gives_json(page(ref("Delegation")))},
              {http::Method::Post,
               "/v1/delegations",
               key(access::Scope::ReportsWrite) | user(),
               "delegations",
               "Let somebody act for the caller. They name the delegation in the header On-Behalf-Of, or have a link, "
               "which opens once, when they have no account.",
               post_delegation,
               nullptr,
               {},
               takes_json(request, R"({"delegate":{"account_id":"a2"},"as":"staff","scopes":["report","read"]})"),
               gives_json(ref("Delegation"), 201),
               /*idempotent_key=*/true},
              {http::Method::Delete,
               "/v1/delegations/{id}",
               key(access::Scope::ReportsWrite) | user() | any_delegate,
               "delegations",
               "End it, from either side. What it opened closes within a second; what was reported stays.",
               delete_delegation,
               nullptr,
               {},
               {},
               gives_nothing()},
              {http::Method::Post,
               "/v1/delegations/{id}/links",
               key(access::Scope::ReportsWrite) | user(),
               "delegations",
               "One more link for a delegate without an account, shown here and mailed to them; at most every ten "
               "minutes.",
               post_link,
               nullptr,
               {},
               {},
               gives_json(ref("Delegation"), 201)},
          },
          {{"Delegation", delegation}}};
}

}  // namespace heed::api
