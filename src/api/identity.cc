#include "api/identity.h"

#include "api/resources.h"
#include "casework/identity.h"

namespace heed::api {
namespace {

using namespace casework;

Error not_shown(std::string message) {
  Error error{Code::Conflict, std::move(message)};
  error.fields.push_back({"Heed-Code", "a code from your mail, or none with a token issued in the last 15 minutes"});
  return error;
}

/// Where a code can be sealed for this person: the newest case that knows them.
Result<std::optional<PartyRow>> newest_party(ledger::View& view, const access::Principal& who) {
  std::optional<PartyRow> found;
  auto prefix = ledger::cells(who.person);
  TRY(ledger::scan<PartyRow>(
      view, {.index = PartyRow::kByPerson, .prefix = prefix, .descending = true}, [&](const PartyRow& row) {
        if (row.slot != 0 && (who.caller != access::Caller::Guest || row.case_id == who.guest_case)) {
          found = row;
        }
        return !found;
      }));
  return found;
}

void post_code(Call call) {
  Desk& desk = call.desk;
  if (call.who.caller == access::Caller::User) {
    Accounts* accounts = desk.parts().render.accounts;
    auto mail = accounts == nullptr ? Result<std::string>("") : accounts->mail_of(call.who.account_id);
    if (!mail || mail->empty()) {
      call.reply.send_error(mail ? not_shown("we know no mail address of yours; please log in again instead")
                                 : mail.error());
      return;
    }
  }
  desk.command<Time>(
      std::move(call),
      [](Call& c, Context& context) -> Result<Time> {
        auto party = TRY(newest_party(context.tx(), c.who));
        if (!party) {
          return tl::unexpected(not_shown("no case knows you, so no code can be sent; please log in again instead"));
        }
        return send_identity_code(context, party->case_id, party->party);
      },
      [](Call&, Time until) {
        JsonWriter out;
        out.begin_object().field("until", format_time(until)).end_object();
        return json_answer(202, out.take());
      },
      Wakes::Yes);
}

}  // namespace

void with_identity(Call call, Function<void(Call)> then) {
  Desk& desk = call.desk;
  if (call.who.caller == access::Caller::User && call.who.signed_in_at + kFreshFor > desk.now()) {
    then(std::move(call));
    return;
  }
  std::string code(call.request.header(kCodeHeader));
  if (code.empty()) {
    call.reply.send_error(
        not_shown("please show that it is you: log in again where you have your account, or ask for a code by mail "
                  "(POST /v1/me/code) and send it along in the header Heed-Code"));
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  auto go = std::make_shared<Function<void(Call)>>(std::move(then));
  desk.plane().command<bool>(
      ledger::Priority::Normal,
      [shared, code](Context& context) { return use_identity_code(context, shared->who.person, code); },
      [shared, go](Result<bool> right) {
        if (!right) {
          shared->reply.send_error(right.error());
        } else if (!*right) {
          shared->reply.send_error(not_shown("this code is not right, was used before or is too old; ask for another"));
        } else {
          (*go)(std::move(*shared));
        }
      });
}

Resource identity_routes() {
  using namespace schema;
  return {{{http::Method::Post,
            "/v1/me/code",
            parties(),
            "me",
            "Mails a code to the address that is known already. It shows once, within a quarter of an hour, that the "
            "caller "
            "is who they say: in the header Heed-Code of what asks for it.",
            post_code,
            nullptr,
            {},
            {},
            gives_json(object({{"until", time()}}), 202)}}};
}

}  // namespace heed::api
