#include "api/resources.h"
#include "api/viewer.h"
#include "casework/digest.h"

/// When somebody's mails come, if many come in a day.
namespace heed::api {
namespace {

using namespace casework;

std::string clock_text(int minute) {
  const std::string hours = std::to_string(minute / 60), minutes = std::to_string(minute % 60);
  return (hours.size() < 2 ? "0" : "") + hours + ":" + (minutes.size() < 2 ? "0" : "") + minutes;
}

/// A guest's is the mailbox of the report, which is nobody's in particular but the mailbox's.
Result<access::PersonHash> mailbox(Call& call, ledger::View& view) {
  if (call.who.caller != access::Caller::Guest) {
    return call.who.person;
  }
  auto party = TRY(party_of(view, call.who.guest_case, call.who.person));
  auto found =
      party ? TRY(mailbox_of(view, call.desk.keys(), call.desk.hasher(), *party)) : std::optional<access::PersonHash>{};
  return found ? Result<access::PersonHash>(*found) : Result<access::PersonHash>(not_found());
}

http::Response answer(const policy::Policy& policy, const std::optional<DigestTime>& wish) {
  const DigestTime at = wish.value_or(DigestTime{policy.digest.minute});
  JsonWriter out;
  out.begin_object().field("digest_at", clock_text(at.minute)).field("zone", at.zone).field("chosen", wish.has_value());
  out.key("at_once").begin_object();
  for (const auto& [kind, count] : policy.digest.at_once) {
    out.field(kind, count);
  }
  out.end_object().end_object();
  return json_answer(200, out.take());
}

void get_mail(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), [](Call& c, ledger::View& view) -> Result<http::Response> {
    return answer(*c.desk.policy(), TRY(digest_wish(view, TRY(mailbox(c, view)))));
  });
}

Result<std::optional<DigestTime>> read_wish(const Call& call) {
  Json body = TRY(body_json(call.request));
  const bool none = body["digest_at"].is_null();
  FieldReader in(body, "");
  const std::string_view at = none ? std::string_view() : in.required_string("digest_at", 5, 5);
  std::optional<DigestTime> wish;
  const std::string_view zone = in.optional_string("zone", 64);
  if (none) {
    in.any("digest_at");
  } else {
    auto digit = [&](std::size_t i) { return at[i] >= '0' && at[i] <= '9' ? at[i] - '0' : 1000; };
    const int hours = at.size() == 5 ? digit(0) * 10 + digit(1) : 1000;
    const int minutes = at.size() == 5 ? digit(3) * 10 + digit(4) : 1000;
    if (at.size() == 5 && (hours > 23 || minutes > 59 || at[2] != ':')) {
      in.error("digest_at", "must be a time of the day such as 07:00, or null");
    }
    if (!zone.empty() && !is_zone(zone)) {
      in.error("zone", "must be a time zone such as Europe/Berlin, or +05:30");
    }
    wish = DigestTime{hours * 60 + minutes, zone.empty() ? "UTC" : std::string(zone)};
  }
  TRY(in.done());
  return wish;
}

void put_mail(Call call) {
  auto wish = read_wish(call);
  if (!wish) {
    call.reply.send_error(wish.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<bool>(
      std::move(call),
      [wish = *wish](Call& c, Context& context) -> Result<bool> {
        TRY(wish_digest(context, TRY(mailbox(c, context.tx())), wish));
        return true;
      },
      [wish = *wish](Call& c, bool) { return answer(*c.desk.policy(), wish); });
}

}  // namespace

Resource my_mail_routes() {
  using namespace schema;
  const Text habit =
      object({{"digest_at", string(5, 5)},
              {"zone", string(64, 1)},
              {"chosen", boolean()},
              {"at_once", R"({"type":"object","additionalProperties":{"type":"integer","minimum":0}})"}});
  return {{
      {http::Method::Get,
       "/v1/me/mail",
       parties(),
       "me",
       "When the caller's mails come, if many come in a day: so many of a kind at once, the rest in one at this time "
       "of the day in this zone.",
       get_mail,
       nullptr,
       {},
       {},
       gives_json(habit)},
      {http::Method::Put,
       "/v1/me/mail",
       parties(),
       "me",
       "Choose that time, and the zone in which it stays that time when clocks change (UTC when not given); null for "
       "the platform's.",
       put_mail,
       nullptr,
       {},
       takes_json(
           R"({"type":"object","additionalProperties":false,"required":["digest_at"],"properties":{"digest_at":{"type":["string","null"]},"zone":{"type":"string","maxLength":64}}})",
           R"({"digest_at":"18:30","zone":"Europe/Berlin"})"),
       gives_json(habit)},
  }};
}

}  // namespace heed::api
