#include "casework/appeals.h"

#include "api/resources.h"
#include "api/selves.h"
#include "api/verdict_form.h"

namespace heed::api {
namespace {

using namespace casework;

struct Filing {
  DecisionId decision;
  access::PersonHash person{};
  std::string text, evidence;
  Heard heard;
};

Result<Filing> read_filing(const Call& call) {
  Filing out;
  out.decision = TRY(call.desk.path_id<DecisionId>(call));
  out.person = call.who.person;
  FieldReader in(TRY(body_json(call.request)), "");
  out.text = checked_text(in, "text", in.required_string("text", 1, 40'000));
  out.evidence = checked_text(in, "evidence", in.optional_string("evidence", 40'000));
  if (!Desk::is_party(call.who)) {
    std::string_view account = checked_id(in, "account_id", in.required_string("account_id", 1, post::kIdBytesMax));
    out.person = call.desk.hasher().account(account);
  }
  TRY(in.done());
  out.heard = call.desk.evidence().hear(out.evidence.empty() ? out.text : out.text + "\n\n" + out.evidence);
  return out;
}

void post_appeal(Call call) {
  auto filing = read_filing(call);
  if (!filing) {
    call.reply.send_error(filing.error());
    return;
  }
  Desk& desk = call.desk;
  desk.create<FiledAppeal>(
      std::move(call),
      [filing = *std::move(filing)](Call& c, Context& context) -> Result<FiledAppeal> {
        FiledAppeal filed =
            TRY(file_appeal(context, {filing.decision, filing.person, filing.text, c.who.trusted_flagger,
                                      filing.evidence, filing.heard, c.who.delegation.value}));
        if (c.who.caller == access::Caller::Guest && filed.case_id != c.who.guest_case) {
          return not_found();  // the link opens one case only; nothing of this is kept
        }
        return filed;
      },
      [](Call&, Context&, const Made& made) -> Result<FiledAppeal> {
        const AppealFiled e = TRY(made.as<AppealFiled>());
        return FiledAppeal{e.appeal, made.case_id, e.party, e.decide_by};
      },
      [](Call& c, const FiledAppeal& filed) {
        JsonWriter out;
        out.begin_object()
            .field("appeal_id", c.desk.id_out(c.who, filed.appeal))
            .field("case_id", c.desk.id_out(c.who, filed.case_id));
        out.field("decide_by", format_time(filed.decide_by)).end_object();
        return json_answer(201, out.take());
      },
      Wakes::Yes);
}

Result<DecideAppealCommand> read_answer(const Call& call) {
  DecideAppealCommand command;
  command.staff = StaffId{call.who.id};
  command.appeal = TRY(call.desk.path_id<AppealId>(call));
  FieldReader in(TRY(body_json(call.request)), "");
  std::string_view outcome = in.required_string("outcome", 1, 64);
  auto known = value_of<AppealOutcome>(outcome);
  if (known && *known != AppealOutcome::Pending) {
    command.outcome = *known;
  } else if (!outcome.empty()) {
    in.error("outcome", "must be one of: upheld, partly_reversed, reversed, omitted");
  }
  command.reason = checked_text(in, "reason", in.required_string("reason", 1, 20'000));
  if (Json instead = in.optional_object("instead"); !instead.missing()) {
    command.instead = read_verdict(in, instead, "/instead", /*with_item=*/false);
  }
  TRY(in.done());
  command.also = TRY(selves_of(call.desk, command.staff));
  return command;
}

void post_answer(Call call) {
  auto command = read_answer(call);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  Desk& desk = call.desk;
  auto shared = std::make_shared<DecideAppealCommand>(*std::move(command));
  desk.create<DecidedAppeal>(
      std::move(call), [shared](Call&, Context& context) { return decide_appeal(context, *shared); },
      [](Call&, Context&, const Made& made) -> Result<DecidedAppeal> {
        DecidedAppeal decided{made.case_id, std::nullopt};
        if (made.kind == Reversed::kKind) {  // the reversal comes first
          decided.reversal.emplace();
        } else if (made.kind == DecisionProposed::kKind) {
          decided.reversal.emplace().proposal = TRY(made.as<DecisionProposed>()).proposal;
        }
        return decided;
      },
      [shared](Call&, const DecidedAppeal& decided) {
        JsonWriter out;
        out.begin_object().field("appeal_id", shared->appeal.text()).field("outcome", name_of(shared->outcome));
        const bool waits = decided.reversal && decided.reversal->proposal;
        out.field("decision_reversed", decided.reversal.has_value() && !waits);
        if (waits) {
          out.field("proposal_id", decided.reversal->proposal->text());
        }
        out.end_object();
        return json_answer(200, out.take());
      },
      Wakes::Yes);
}

/// What waits for another reviewer: in words of its own first, then what many wrote in the same; each oldest first.
Result<http::Response> read_appeals(Call& call, ledger::View& view) {
  const Page page = TRY(page_of(call.request));
  AppealRow last;
  if (!page.cursor.empty()) {
    const AppealId id = TRY(call.desk.id_in<AppealId>(call.who, page.cursor));
    last = TRY(ledger::get<AppealRow>(view, id)).value_or(AppealRow{});
    last.id = id;
  }
  // One that was answered meanwhile has left its place: which that was follows from its words.
  const int place = last.same_words != 0 ? 1 : 0;
  auto after = ledger::cells(place, last.id);
  std::vector<AppealRow> rows;
  TRY(ledger::scan<AppealRow>(view, {.index = AppealRow::kByWaiting, .after = after, .limit = page.limit},
                              [&](const AppealRow& row) { rows.push_back(row); }));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const AppealRow& row : rows) {
    if (TRY(call.desk.hidden(call, view, row.case_id))) {
      continue;
    }
    auto decision = TRY(ledger::get<DecisionRow>(view, row.decision));
    out.begin_object()
        .field("appeal_id", row.id.text())
        .field("case_id", row.case_id.text())
        .field("decision_id", row.decision.text());
    out.field("by_reporter", row.by_reporter).field("at", format_time(row.at));
    if (row.same_words != 0) {
      out.field("same_words", row.same_words);
    }
    const StaffId self{call.who.id};
    out.field("own_decision", decision && (decision->staff == self || decision->second == self)).end_object();
  }
  out.end_array();
  if (rows.size() == page.limit) {
    out.field("next_cursor", rows.back().id.text());
  }
  out.end_object();
  return json_answer(200, out.take());
}

void get_appeals(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_appeals);
}

}  // namespace

Resource appeal_routes() {
  using namespace schema;
  const Who deciders = staff(access::Role::Reviewer) | staff(access::Role::Lead);
  return {{
      {http::Method::Post,
       "/v1/decisions/{id}/appeals",
       key(access::Scope::ReportsWrite) | parties() | delegates(access::Delegated::Appeal),
       "decisions",
       "Complain about a decision, also about \"no violation\"; somebody else judges it.",
       post_appeal,
       nullptr,
       {},
       takes_json(object({{"text", string(40'000, 1)},
                          {"evidence?", string(40'000)},
                          {"account_id?", string(post::kIdBytesMax)}}),
                  R"({"text":"This was a quotation."})"),
       gives_json(object({{"appeal_id", id("app")}, {"case_id", id("cas")}, {"decide_by", time()}}), 201),
       /*idempotent_key=*/true},
      {http::Method::Get,
       "/v1/appeals",
       deciders,
       "decisions",
       "Appeals that wait for an answer: those in words of their own, then those that so many people wrote in the "
       "`same_words`; each oldest first.",
       get_appeals,
       nullptr,
       paged(),
       {},
       gives_json(page(object({{"appeal_id", id("app")},
                               {"case_id", id("cas")},
                               {"decision_id", id("dec")},
                               {"by_reporter", boolean()},
                               {"at", time()},
                               {"same_words?", integer()},
                               {"own_decision", boolean()}})))},
      {http::Method::Post,
       "/v1/appeals/{id}/decision",
       deciders,
       "decisions",
       "Answer an appeal; not by whoever took the decision or confirmed it, under any log-in. An `instead` that takes "
       "a "
       "second person is proposed, and the appeal still waits: `proposal_id`.",
       post_answer,
       nullptr,
       {},
       takes_json(object({{"outcome", words({"upheld", "partly_reversed", "reversed", "omitted"})},
                          {"reason", string(20'000, 1)},
                          {"instead?", verdict_schema(false)}}),
                  R"({"outcome":"upheld","reason":"The words are aimed at her, not at the quotation."})"),
       gives_json(object({{"appeal_id", id("app")},
                          {"outcome", words(names_of<AppealOutcome>())},
                          {"decision_reversed", boolean()},
                          {"proposal_id?", id("prp")}})),
       /*idempotent_key=*/true},
  }};
}

}  // namespace heed::api
