#include "casework/decisions.h"

#include "api/preview.h"
#include "api/resources.h"
#include "api/verdict_form.h"
#include "casework/reversal.h"

namespace heed::api {
namespace {

using namespace casework;

template <class Ids>
void write_ids(JsonWriter& out, std::string_view name, const Ids& ids) {
  out.key(name).begin_array();
  for (const auto& id : ids) {
    out.value(id.text());
  }
  out.end_array();
}

Result<DecideCommand> read_decision(const Call& call) {
  DecideCommand command;
  command.staff = StaffId{call.who.id};
  command.may_lead = call.who.is(access::Role::Lead);
  command.case_id = TRY(call.desk.path_id<CaseId>(call));
  FieldReader in(TRY(body_json(call.request)), "");
  std::string_view claim_text = in.required_string("claim_id", 1, 64);
  if (auto claim = ClaimId::parse(claim_text)) {
    command.claim = *claim;
  } else if (!claim_text.empty()) {
    in.error("claim_id", "is not an id of a claim");
  }
  std::size_t i = 0;
  Json items = in.optional_array("items", 200);
  items.each([&](Json item) {
    command.items.push_back(read_verdict(in, item, "/items/" + std::to_string(i++), /*with_item=*/true));
  });
  if (i == 0) {
    in.error("items", "at least one item is needed");
  }
  command.note = checked_text(in, "note", in.optional_string("note", 20'000));
  command.delay_statement_until = in.optional_time("delay_statement_until");
  command.with_proposal = in.optional_bool("followed_proposal");
  TRY(in.done());
  return command;
}

void post_decision(Call call) {
  auto command = read_decision(call);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  Desk& desk = call.desk;
  auto shared = std::make_shared<DecideCommand>(*std::move(command));
  desk.create<DecideResult>(
      std::move(call), [shared](Call&, Context& context) { return decide(context, *shared); },
      [](Call&, Context&, const Made& made) -> Result<DecideResult> {
        DecideResult result;
        result.seq = made.seq;
        if (made.kind == DecisionProposed::kKind) {
          result.proposal = TRY(made.as<DecisionProposed>()).proposal;
          return result;
        }
        const Decided e = TRY(made.as<Decided>());
        result.closed = e.closes;
        for (const DecidedItem& item : e.items) {
          result.decisions.push_back(item.decision);
        }
        for (const OrderedAction& action : e.actions) {
          result.actions.push_back(action.action);
        }
        return result;
      },
      [](Call&, const DecideResult& result) {
        JsonWriter out;
        out.begin_object();
        write_ids(out, "decisions", result.decisions);
        write_ids(out, "actions", result.actions);
        out.field("case_closed", result.closed);
        if (result.proposal) {
          out.field("proposal_id", result.proposal->text());
        }
        out.end_object();
        return json_answer(201, out.take());
      },
      Wakes::Yes);
}

/// Decides, writes down what people would read, and lets everything be undone.
void post_preview(Call call) {
  auto command = read_decision(call);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  auto shown = std::make_shared<std::string>();
  shared->desk.plane().command<bool>(
      ledger::Priority::Normal,
      [shared, shown, command = *std::move(command)](Context& context) -> Result<bool> {
        TRY(shared->desk.check_wall(*shared, context.tx()));
        *shown = TRY(preview_json(context, command, shared->desk.parts().render));
        return fail(Code::Conflict, "only a preview");
      },
      [shared, shown](Result<bool> result) {
        if (!shown->empty()) {
          shared->reply.send(json_answer(200, std::move(*shown)));
        } else {
          shared->reply.send_error(neutral(std::move(result).error()));
        }
      });
}

Result<ReverseCommand> read_reversal(const Call& call) {
  ReverseCommand command;
  command.staff = StaffId{call.who.id};
  command.decision = TRY(call.desk.path_id<DecisionId>(call));
  FieldReader in(TRY(body_json(call.request)), "");
  command.reason = checked_text(in, "reason", in.required_string("reason", 1, 20'000));
  if (Json instead = in.optional_object("instead"); !instead.missing()) {
    command.instead = read_verdict(in, instead, "/instead", /*with_item=*/false);
  }
  TRY(in.done());
  return command;
}

void post_reversal(Call call) {
  auto command = read_reversal(call);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  Desk& desk = call.desk;
  auto shared = std::make_shared<ReverseCommand>(*std::move(command));
  desk.create<ReverseResult>(
      std::move(call), [shared](Call&, Context& context) { return reverse(context, *shared); },
      [](Call& c, Context& context, const Made& made) -> Result<ReverseResult> {
        ReverseResult result;
        result.seq = made.seq;
        if (made.kind == DecisionProposed::kKind) {
          result.proposal = TRY(made.as<DecisionProposed>()).proposal;
          return result;
        }
        const Reversed e = TRY(made.as<Reversed>());
        for (const OrderedAction& action : e.actions) {
          result.undone.push_back(action.action);
        }
        // What was decided instead is the case's next event.
        Sealed sealed(context.tx(), c.desk.keys());
        auto next = sealed.header(made.case_id, made.seq + 1);
        auto anew = next ? read_event<Decided>(*next) : Result<Decided>(not_found());
        if (anew && !anew->items.empty() && !anew->claim && anew->items.front().item == e.item) {
          result.instead = anew->items.front().decision;
        }
        return result;
      },
      [](Call&, const ReverseResult& result) {
        JsonWriter out;
        out.begin_object();
        write_ids(out, "undone", result.undone);
        if (result.instead) {
          out.field("instead", result.instead.text());
        }
        if (result.proposal) {
          out.field("proposal_id", result.proposal->text());
        }
        out.end_object();
        return json_answer(201, out.take());
      },
      Wakes::Yes);
}

}  // namespace

Resource decision_routes() {
  using namespace schema;
  const Who deciders = staff(access::Role::Reviewer) | staff(access::Role::Lead);
  const Text body = object({{"claim_id", id("clm")},
                            {"items", array(verdict_schema(true), 200)},
                            {"note?", string(20'000)},
                            {"delay_statement_until?", time()},
                            {"followed_proposal?", boolean()}});
  const char* const example =
      R"({"claim_id":"clm_01ARZ3NDEKTSV4RRFFQ69G5FAV","items":[{"item_id":"itm_01ARZ3NDEKTSV4RRFFQ69G5FAV","outcome":"violation",)"
      R"("clause":"targeted_harassment","ground":"terms","actions":[{"kind":"remove"}],"facts":"Names her and insults her."}],"note":"Third this week."})";
  return {{
      {http::Method::Post,
       "/v1/cases/{id}/decisions",
       deciders,
       "decisions",
       "Decide items of a claim, at most 200 in one act; orders, notices and clocks follow in the same transaction. "
       "Where the policy says so, nothing is decided yet: `proposal_id` waits for a second person.",
       post_decision,
       nullptr,
       {},
       takes_json(body, example),
       gives_json(object({{"decisions", array(id("dec"))},
                          {"actions", array(id("act"))},
                          {"case_closed", boolean()},
                          {"proposal_id?", id("prp")}}),
                  201),
       /*idempotent_key=*/true,
       5 << 20},
      {http::Method::Post,
       "/v1/cases/{id}/decisions/preview",
       deciders,
       "decisions",
       "What reporters and authors would read of this decision, word for word, the first three of each; nothing is "
       "decided.",
       post_preview,
       nullptr,
       {},
       takes_json(body, example),
       gives_json(preview_schema()),
       /*idempotent_key=*/false,
       5 << 20},
      {http::Method::Post,
       "/v1/decisions/{id}/reversal",
       deciders,
       "decisions",
       "Take a decision back: every order it gave is undone and everybody who was told is told again. "
       "An `instead` that takes a second person is proposed, and the reversal with it: `proposal_id`.",
       post_reversal,
       nullptr,
       {},
       takes_json(object({{"reason", string(20'000, 1)}, {"instead?", verdict_schema(false)}}),
                  R"({"reason":"The quote was support, not abuse."})"),
       gives_json(object({{"undone", array(id("act"))}, {"instead?", id("dec")}, {"proposal_id?", id("prp")}}), 201),
       /*idempotent_key=*/true},
  }};
}

}  // namespace heed::api
