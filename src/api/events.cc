#include "casework/actions.h"

#include "api/resources.h"
#include "api/viewer.h"

namespace heed::api {
namespace {

using namespace casework;

const std::vector<std::string_view>& measures() {
  static const std::vector<std::string_view> words{"post_deleted",
                                                   "account_suspended",
                                                   "suspension_manifestly_illegal",
                                                   "suspension_unfounded_notices",
                                                   "suspension_unfounded_complaints",
                                                   "ods_referred",
                                                   "ods_outcome",
                                                   "ods_implemented"};
  return words;
}

struct Told {
  MeasureCommand command;
  std::string account;
};

Result<Told> read_event(const Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  Told out;
  out.command.measure = in.required_string("measure", 1, 64);
  if (!out.command.measure.empty() &&
      std::find(measures().begin(), measures().end(), out.command.measure) == measures().end()) {
    in.error("measure", "is not a kind of measure that is known here");
  }
  out.command.detail = checked_token(in, "detail", in.optional_string("detail", 60));
  if (std::string_view text = in.optional_string("case_id", 64); !text.empty()) {
    auto id = CaseId::parse(text);
    out.command.case_id = id.value_or(CaseId{});
    if (!id) {
      in.error("case_id", "is not an id of a case");
    }
  }
  if (std::string_view text = in.optional_string("decision_id", 64); !text.empty()) {
    auto id = DecisionId::parse(text);
    out.command.decision = id.value_or(DecisionId{});
    if (!id) {
      in.error("decision_id", "is not an id of a decision");
    }
  }
  if (!out.command.case_id && !out.command.decision) {
    in.error("case_id", "a case_id or a decision_id is needed");
  }
  out.account = checked_id(in, "account_id", in.optional_string("account_id", post::kIdBytesMax));
  out.command.platform_at = in.optional_time("at").value_or(Time{});
  TRY(in.done());
  return out;
}

void post_event(Call call) {
  auto told = read_event(call);
  if (!told) {
    call.reply.send_error(told.error());
    return;
  }
  Desk& desk = call.desk;
  desk.create<Time>(
      std::move(call),
      [told = *std::move(told)](Call& c, Context& context) mutable -> Result<Time> {
        if (!told.account.empty() && told.command.case_id) {
          auto party = TRY(party_of(context.tx(), told.command.case_id, c.desk.hasher().account(told.account)));
          if (!party) {
            return not_found();
          }
          told.command.party = party->party;
        }
        TRY(record_measure(context, told.command));
        return context.now();
      },
      [](Call&, Context&, const Made& made) -> Result<Time> { return made.at; },
      [](Call&, Time at) {
        JsonWriter out;
        out.begin_object().field("recorded_at", format_time(at)).end_object();
        return json_answer(201, out.take());
      });
}

}  // namespace

Resource event_routes() {
  using namespace schema;
  return {
      {{http::Method::Post,
        "/v1/events",
        key(access::Scope::EventsWrite),
        "actions",
        "What the platform did on its own, or what an outside body ruled.",
        post_event,
        nullptr,
        {},
        takes_json(
            object({{"measure", words(measures())},
                    {"detail?", string(60)},
                    {"case_id?", id("cas")},
                    {"decision_id?", id("dec")},
                    {"account_id?", string(post::kIdBytesMax)},
                    {"at?", time()}}),
            R"({"measure":"post_deleted","case_id":"cas_01ARZ3NDEKTSV4RRFFQ69G5FAV","at":"2026-11-21T18:00:00.000Z"})"),
        gives_json(object({{"recorded_at", time()}}), 201),
        /*idempotent_key=*/true}}};
}

}  // namespace heed::api
