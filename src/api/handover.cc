#include "casework/handovers.h"

#include "api/resources.h"

/// Handing a case to a colleague, who takes it or gives it back with a reason.
namespace heed::api {
namespace {

using namespace casework;
using HandoverId = Id<EventTag>;

void post_handover(Call call) {
  struct Wanted {
    CaseId case_id;
    StaffId to;
    std::string why;
    WallPtr wall;  ///< the colleague's
  };
  auto wanted = [&]() -> Result<Wanted> {
    Wanted out;
    out.case_id = TRY(call.desk.path_id<CaseId>(call));
    FieldReader in(TRY(body_json(call.request)), "");
    auto to = StaffId::parse(in.required_string("to", 1, 64));
    out.why = checked_text(in, "reason", in.required_string("reason", 1, 20'000));
    auto colleague = to ? TRY(call.desk.parts().directory.staff(*to)) : std::optional<access::Staff>{};
    const std::uint32_t work = reviewers().roles | staff(access::Role::Legal).roles;
    if (!colleague || colleague->disabled || (colleague->roles & work) == 0) {
      in.error("to", "is nobody who works on cases here");
    } else {
      out.to = colleague->id;
      out.wall = TRY(call.desk.wall_of(colleague->id));
    }
    TRY(in.done());
    return out;
  }();
  if (!wanted) {
    call.reply.send_error(wanted.error());
    return;
  }
  Desk& desk = call.desk;
  desk.create<HandoverId>(
      std::move(call),
      [w = *std::move(wanted)](Call& c, Context& context) -> Result<HandoverId> {
        if (w.wall != nullptr && TRY(stands_before(context.tx(), *w.wall, w.case_id))) {
          return invalid("/to", "cannot take this case");  // that a wall stands, not why
        }
        return offer_handover(context, w.case_id, StaffId{c.who.id}, w.to, w.why);
      },
      [](Call&, Context&, const Made& made) -> Result<HandoverId> { return TRY(made.as<HandoverOffered>()).handover; },
      [](Call&, HandoverId id) {
        JsonWriter out;
        out.begin_object().field("handover_id", id.text()).field("state", name_of(HandoverState::Offered)).end_object();
        return json_answer(201, out.take());
      });
}

void answer(Call call, bool take) {
  auto id = call.desk.path_id<HandoverId>(call);
  auto why = [&]() -> Result<std::string> {
    if (take && call.request.body.empty()) {
      return std::string();
    }
    FieldReader in(TRY(body_json(call.request)), "");
    std::string text(checked_text(
        in, "reason", take ? in.optional_string("reason", 20'000) : in.required_string("reason", 1, 20'000)));
    TRY(in.done());
    return text;
  }();
  if (!id || !why) {
    call.reply.send_error(id ? why.error() : id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<HandoverRow>(
      std::move(call),
      [id = *id, why = *why, take](Call& c, Context& context) {
        return answer_handover(context, id.value, StaffId{c.who.id}, take, why);
      },
      [](Call&, const HandoverRow& row) {
        JsonWriter out;
        out.begin_object().field("handover_id", HandoverId{row.id}.text()).field("case_id", row.case_id.text());
        out.field("state", name_of(row.state)).end_object();
        return json_answer(200, out.take());
      });
}
void post_acknowledgement(Call call) { answer(std::move(call), /*take=*/true); }
void post_return(Call call) { answer(std::move(call), /*take=*/false); }

Result<http::Response> read_handovers(Call& call, ledger::View& view) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const HandoverRow& row : TRY(handovers_for(view, StaffId{call.who.id}))) {
    if (TRY(call.desk.hidden(call, view, row.case_id))) {
      continue;
    }
    out.begin_object().field("handover_id", HandoverId{row.id}.text()).field("case_id", row.case_id.text());
    out.field("from", row.from.text()).field("at", format_time(row.at)).end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}
void get_handovers(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_handovers);
}

/// To whom a case may be handed; by pseudonym, for that is what they are to one another here.
Result<http::Response> read_colleagues(Call& call, ledger::View&) {
  const std::uint32_t work = reviewers().roles | staff(access::Role::Legal).roles;
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const access::Staff& one : TRY(call.desk.parts().directory.all_staff())) {
    if (one.disabled || (one.roles & work) == 0 || one.id.value == call.who.id) {
      continue;
    }
    out.begin_object().field("staff_id", one.id.text()).field("alias", one.alias).key("roles").begin_array();
    for (std::uint32_t role = 1; role <= static_cast<std::uint32_t>(access::Role::Legal); role <<= 1) {
      if ((one.roles & role) != 0) {
        out.value(access::role_name(static_cast<access::Role>(role)));
      }
    }
    out.end_array().end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}
void get_colleagues(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_colleagues);
}

}  // namespace

Resource handover_routes() {
  using namespace schema;
  const Who who = reviewers() | staff(access::Role::Legal);
  const Text answered =
      object({{"handover_id", id("evt")}, {"case_id", id("cas")}, {"state", words(names_of<HandoverState>())}});
  return {{
              {http::Method::Post,
               "/v1/cases/{id}/handover",
               who,
               "cases",
               "Offer the case to a colleague. It stays with you until it is taken.",
               post_handover,
               nullptr,
               {},
               takes_json(object({{"to", id("stf")}, {"reason", string(20'000, 1)}}),
                          R"({"to":"stf_01ARZ3NDEKTSV4RRFFQ69G5FAV","reason":"I have met her."})"),
               gives_json(object({{"handover_id", id("evt")}, {"state", constant("offered")}}), 201),
               /*idempotent_key=*/true},
              {http::Method::Get,
               "/v1/handovers",
               who,
               "cases",
               "What colleagues offer to the caller.",
               get_handovers,
               nullptr,
               {},
               {},
               gives_json(page(ref("Handover")))},
              {http::Method::Get,
               "/v1/colleagues",
               who,
               "cases",
               "Who works on cases besides the caller: to whom one may be handed.",
               get_colleagues,
               nullptr,
               {},
               {},
               gives_json(object(
                   {{"items",
                     array(object({{"staff_id", id("stf")}, {"alias", string()}, {"roles", array(string())}}))}}))},
              {http::Method::Post,
               "/v1/handovers/{id}/acknowledgement",
               who,
               "cases",
               "Take it, with what the colleague had claimed.",
               post_acknowledgement,
               nullptr,
               {},
               takes_json(object({{"reason?", string(20'000)}}), "{}"),
               gives_json(answered)},
              {http::Method::Post,
               "/v1/handovers/{id}/return",
               who,
               "cases",
               "Give it back, with a reason.",
               post_return,
               nullptr,
               {},
               takes_json(object({{"reason", string(20'000, 1)}}), R"({"reason":"I know the author."})"),
               gives_json(answered)},
          },
          {{"Handover",
            object({{"handover_id", id("evt")}, {"case_id", id("cas")}, {"from", id("stf")}, {"at", time()}})}}};
}

}  // namespace heed::api
