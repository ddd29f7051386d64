#include "api/resources.h"
#include "casework/erasure.h"

namespace heed::api {
namespace {

using namespace casework;
using HoldId = Id<EventTag>;

struct Hold {
  CaseId case_id;
  Time until{};
  std::string reason;
  bool silent = false;
};

Result<Hold> read_hold(const Call& call) {
  Hold out;
  out.case_id = TRY(call.desk.path_id<CaseId>(call));
  FieldReader in(TRY(body_json(call.request)), "");
  auto until = in.required_time("until");
  if (until && *until <= call.desk.now()) {
    in.error("until", "must lie in the future");
  }
  out.until = until.value_or(Time{});
  out.reason = checked_text(in, "reason", in.required_string("reason", 1, 5'000));
  out.silent = in.optional_bool("silent");
  TRY(in.done());
  return out;
}

void post_hold(Call call) {
  auto hold = read_hold(call);
  if (!hold) {
    call.reply.send_error(hold.error());
    return;
  }
  Desk& desk = call.desk;
  desk.create<HoldId>(
      std::move(call),
      [hold = *hold](Call& c, Context& context) {
        return place_hold(context, hold.case_id, hold.until, hold.reason, StaffId{c.who.id}, hold.silent);
      },
      [](Call&, Context&, const Made& made) -> Result<HoldId> { return TRY(made.as<HoldPlaced>()).hold; },
      [until = hold->until](Call&, HoldId id) {
        JsonWriter out;
        out.begin_object().field("hold_id", id.text()).field("until", format_time(until)).end_object();
        return json_answer(201, out.take());
      });
}

void delete_hold(Call call) {
  auto case_id = call.desk.path_id<CaseId>(call);
  auto hold = call.desk.path_id<HoldId>(call, "hold");
  if (!case_id || !hold) {
    call.reply.send_error(not_found().value());
    return;
  }
  Desk& desk = call.desk;
  desk.command<bool>(
      std::move(call),
      [case_id = *case_id, hold = *hold](Call& c, Context& context) -> Result<bool> {
        TRY(release_hold(context, case_id, hold, StaffId{c.who.id}));
        return true;
      },
      [](Call&, bool) { return nothing(); });
}

}  // namespace

Resource hold_routes() {
  using namespace schema;
  const Who who = staff(access::Role::Legal) | staff(access::Role::Lead);
  return {{
      {http::Method::Post,
       "/v1/cases/{id}/holds",
       who,
       "cases",
       "A duty to preserve: nobody is erased from this case until it is released. `silent`: an order forbids to tell "
       "anybody outside; whoever asks to be erased then hears and sees what they would without it.",
       post_hold,
       nullptr,
       {},
       takes_json(object({{"until", time()}, {"reason", string(5'000, 1)}, {"silent?", boolean()}}),
                  R"({"until":"2099-01-01T00:00:00.000Z","reason":"Order 12/2026"})"),
       gives_json(object({{"hold_id", id("evt")}, {"until", time()}}), 201),
       /*idempotent_key=*/true},
      {http::Method::Delete,
       "/v1/cases/{id}/holds/{hold}",
       who,
       "cases",
       "Release it.",
       delete_hold,
       nullptr,
       {},
       {},
       gives_nothing()},
  }};
}

}  // namespace heed::api
