#include "casework/second_looks.h"

#include <fmt/format.h>

#include <algorithm>

#include "api/queue_access.h"
#include "api/resources.h"
#include "api/selves.h"
#include "casework/sealed.h"

/// Second looks without knowing the first answer, the golden set, and what both say of agreement.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kListedMax = 200;
constexpr Millis kWindow = std::chrono::hours(24 * 90);

/// What there is to judge, and nothing of who judged it before or in which case.
Result<std::string> look_json(ledger::View& view, ledger::KeyRing& keys, const SecondLookRow& row) {
  auto item = TRY(ledger::get<ItemRow>(view, row.item));
  if (!item) {
    return not_found();
  }
  Sealed sealed(view, keys);
  auto evidence = TRY(sealed.body(item->case_id, item->seq, "e" + std::to_string(item->ord)));
  JsonWriter out;
  out.begin_object().field("look_id", row.id.text()).field("held_until", format_time(row.held_until));
  out.field("kind", name_of(item->kind));
  write_time(out, "created_at", item->created_at);
  out.field("provenance", name_of(item->provenance)).field("edited", item->edited).field("deleted", item->deleted);
  out.key("evidence");
  if (evidence) {
    out.raw(*evidence);
  } else {
    out.null();  // erased
  }
  out.end_object();
  return out.take();
}

void post_take(Call call) {
  auto selves = selves_of(call.desk, StaffId{call.who.id});
  auto spared = [&]() -> Result<Spared> {
    Spared out;
    if (!call.request.body.empty()) {
      FieldReader in(TRY(body_json(call.request)), "");
      for (std::string_view category : in.optional_strings("avoid", 50, 100)) {
        out.categories.emplace_back(category);
      }
      out.severity_max = static_cast<int>(in.optional_int("severity_max", 1, 100, 100));
      TRY(in.done());
    }
    return out;
  }();
  if (!selves || !spared) {
    call.reply.send_error(selves ? spared.error() : selves.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<std::string>(
      std::move(call),
      [selves = *std::move(selves), spared = *std::move(spared)](Call& c, Context& context) -> Result<std::string> {
        TakeLook who{StaffId{c.who.id}, selves, c.wall.get(),
                     [&c](const std::string& queue) { return may_work_in(c.who, queue); }, spared};
        auto row = TRY(take_second_look(context, who));
        if (!row) {
          return std::string();
        }
        c.desk.note_read(c.who, row->case_id, "second look");
        return look_json(context.tx(), c.desk.keys(), *row);
      },
      [](Call&, std::string body) { return body.empty() ? nothing() : json_answer(201, std::move(body)); });
}

struct Told {
  AnsweredLook answered;
  std::string why;
};

void post_answer(Call call) {
  auto answer = [&]() -> Result<LookAnswer> {
    LookAnswer out;
    out.staff = StaffId{call.who.id};
    out.look = TRY(call.desk.path_id<LookId>(call));
    FieldReader in(TRY(body_json(call.request)), "");
    const std::string_view outcome = in.required_string("outcome", 1, 64);
    if (outcome == "violation" || outcome == "no_violation") {
      out.outcome = outcome == "violation" ? Outcome::Violation : Outcome::NoViolation;
    } else if (!outcome.empty()) {
      in.error("outcome", "must be one of: violation, no_violation");
    }
    out.clause = checked_token(in, "clause", in.optional_string("clause", 64));
    TRY(in.done());
    return out;
  }();
  if (!answer) {
    call.reply.send_error(answer.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<Told>(
      std::move(call),
      [answer = *std::move(answer)](Call& c, Context& context) -> Result<Told> {
        Told told{TRY(answer_second_look(context, answer)), {}};
        if (told.answered.why_seq != 0) {
          Sealed sealed(context.tx(), c.desk.keys());
          told.why = TRY(sealed.body(told.answered.row.case_id, told.answered.why_seq, "n")).value_or("");
        }
        return told;
      },
      [](Call& c, const Told& told) {
        const SecondLookRow& row = told.answered.row;
        JsonWriter out;
        out.begin_object().field("kind", name_of(row.kind));
        if (row.kind == LookKind::Golden) {  // of the other kind nobody is told what the colleague said
          out.field("as_known", !row.differs).field("outcome", name_of(row.outcome)).field("clause", row.clause);
          const auto policy = c.desk.policy();
          if (const policy::Clause* clause = policy->find(row.clause)) {
            out.field("clause_title", clause->title.in(c.who.locale));
          }
          out.field("why", told.why);
        }
        out.end_object();
        return json_answer(200, out.take());
      });
}

std::string alias_of(Desk& desk, StaffId staff) {
  auto known = desk.parts().directory.staff(staff);
  return known && *known ? (*known)->alias : "";
}

Result<http::Response> read_differing(Call& call, ledger::View& view) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const SecondLookRow& row : TRY(looks_that_differ(view, kListedMax))) {
    if (TRY(call.desk.hidden(call, view, row.case_id))) {
      continue;
    }
    out.begin_object().field("look_id", row.id.text()).field("case_id", row.case_id.text());
    out.field("item_id", row.item.text()).field("decision_id", row.decision.text());
    out.field("outcome", name_of(row.outcome)).field("clause", row.clause);
    out.field("answer", name_of(row.answer)).field("answer_clause", row.answer_clause);
    out.field("first", alias_of(call.desk, row.first)).field("second", alias_of(call.desk, row.second));
    out.field("at", format_time(row.answered_at)).end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}
void get_differing(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_differing);
}

void post_settlement(Call call) {
  auto id = call.desk.path_id<LookId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<bool>(
      std::move(call),
      [id = *id](Call& c, Context& context) -> Result<bool> {
        auto row = TRY(ledger::get<SecondLookRow>(context.tx(), id));
        if (!row || TRY(c.desk.hidden(c, context.tx(), row->case_id))) {
          return not_found();
        }
        TRY(settle_second_look(context, id));
        return true;
      },
      [](Call&, bool) { return nothing(); });
}

void post_golden(Call call) {
  auto command = [&]() -> Result<MarkGolden> {
    MarkGolden out;
    out.staff = StaffId{call.who.id};
    out.decision = TRY(call.desk.path_id<DecisionId>(call));
    FieldReader in(TRY(body_json(call.request)), "");
    out.why = checked_text(in, "why", in.required_string("why", 1, 20'000));
    out.expires_at = in.optional_time("expires_at").value_or(Time{});
    TRY(in.done());
    return out;
  }();
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<GoldenRow>(
      std::move(call),
      [command = *std::move(command)](Call&, Context& context) { return mark_golden(context, command); },
      [](Call&, const GoldenRow& row) {
        JsonWriter out;
        out.begin_object().field("outcome", name_of(row.outcome)).field("clause", row.clause);
        out.field("expires_at", format_time(row.expires_at)).end_object();
        return json_answer(201, out.take());
      });
}

void delete_golden(Call call) {
  auto id = call.desk.path_id<DecisionId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<bool>(
      std::move(call),
      [id = *id](Call&, Context& context) -> Result<bool> {
        TRY(unmark_golden(context, id));
        return true;
      },
      [](Call&, bool) { return nothing(); });
}

struct Window {
  Time from, to;
};
Result<Window> window_of(const Call& call) {
  Window out;
  out.to = TRY(query_time(call.request, "to")).value_or(call.desk.now());
  out.from = TRY(query_time(call.request, "from")).value_or(out.to - kWindow);
  if (out.from > out.to) {
    return invalid("?from", "must not be after ?to");
  }
  return out;
}

std::string csv_of(const std::vector<Agreement>& all) {
  std::string out = "clause,language,kind,n,both,first_only,second_only,neither,agreed,kappa,low,high,alarm\r\n";
  for (const Agreement& one : all) {
    const Looks& looks = one.looks;
    out += fmt::format("{},{},{},{},{},{},{},{}", one.clause, one.language, name_of(one.kind), looks.n(), looks.both,
                       looks.first_only, looks.second_only, looks.neither);
    auto kappa = kappa_of(looks);
    out += kappa ? fmt::format(",{:.4f},{:.4f},{:.4f},{:.4f}", kappa->agreed, kappa->kappa, kappa->low, kappa->high)
                 : std::string(",,,,");
    out += agreement_is_low(looks) ? ",true\r\n" : ",false\r\n";
  }
  return out;
}

void write_agreement(JsonWriter& out, const Agreement& one) {
  const Looks& looks = one.looks;
  out.begin_object().field("clause", one.clause).field("language", one.language).field("kind", name_of(one.kind));
  out.field("n", looks.n()).field("both", looks.both).field("first_only", looks.first_only);
  out.field("second_only", looks.second_only).field("neither", looks.neither);
  for (const char* name : {"agreed", "kappa", "low", "high"}) {
    out.key(name);
    auto kappa = kappa_of(looks);
    if (!kappa) {
      out.null();
      continue;
    }
    const std::string_view which = name;
    out.value(which == "agreed"  ? kappa->agreed
              : which == "kappa" ? kappa->kappa
              : which == "low"   ? kappa->low
                                 : kappa->high);
  }
  out.field("alarm", agreement_is_low(looks)).end_object();
}

Result<http::Response> read_agreement(Call& call, ledger::View& view) {
  const Window window = TRY(window_of(call));
  const std::vector<Agreement> all = TRY(agreement_of(view, window.from, window.to));
  if (call.request.header("accept").find("text/csv") != std::string_view::npos) {
    http::Response response;
    response.content_type = "text/csv; charset=utf-8";
    response.body = csv_of(all);
    return response;
  }
  JsonWriter out;
  out.begin_object()
      .field("from", format_time(window.from))
      .field("to", format_time(window.to))
      .key("items")
      .begin_array();
  for (const Agreement& one : all) {
    write_agreement(out, one);
  }
  out.end_array();
  if (call.who.is(access::Role::Lead)) {
    out.key("people").begin_array();
    for (const Looker& one : TRY(lookers_of(view, window.from, window.to))) {
      out.begin_object().field("staff_id", one.staff.text()).field("alias", alias_of(call.desk, one.staff));
      out.field("looks", one.differs.looks).field("differed", one.differs.differed);
      out.field("stands_out", one.stands_out).end_object();
    }
    out.end_array();
  }
  out.field("golden", static_cast<std::int64_t>(TRY(golden_set(view, call.desk.now())).size())).end_object();
  return json_answer(200, out.take());
}
void get_agreement(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_agreement);
}

}  // namespace

Resource second_look_routes() {
  using namespace schema;
  const Who deciders = staff(access::Role::Reviewer) | staff(access::Role::Lead);
  const Who lead = staff(access::Role::Lead);
  const Text share = R"({"type":["number","null"],"minimum":-1,"maximum":1})";
  Gives agreement = gives_json(object({{"from", time()},
                                       {"to", time()},
                                       {"items", array(object({{"clause", string()},
                                                               {"language", string()},
                                                               {"kind", words(names_of<LookKind>())},
                                                               {"n", integer(0)},
                                                               {"both", integer(0)},
                                                               {"first_only", integer(0)},
                                                               {"second_only", integer(0)},
                                                               {"neither", integer(0)},
                                                               {"agreed", share},
                                                               {"kappa", share},
                                                               {"low", share},
                                                               {"high", share},
                                                               {"alarm", boolean()}}))},
                                       {"people?", array(object({{"staff_id", id("stf")},
                                                                 {"alias", string()},
                                                                 {"looks", integer(0)},
                                                                 {"differed", integer(0)},
                                                                 {"stands_out", boolean()}}))},
                                       {"golden", integer(0)}}));
  agreement.csv = true;
  return {{
      {http::Method::Post,
       "/v1/second-looks",
       deciders,
       "quality",
       "A post that somebody else has decided, without what they said; or one of the golden set: nobody sees which. "
       "204 when there is none, or something graver waits.",
       post_take,
       nullptr,
       {},
       takes_json(object({{"avoid?", array(string(100), 50)}, {"severity_max?", integer(1, 100)}}), "{}"),
       {.status = 201,
        .schema = object({{"look_id", id("slk")},
                          {"held_until", time()},
                          {"kind", words(names_of<ItemKind>())},
                          {"created_at", R"({"type":["string","null"]})"},
                          {"provenance", words(names_of<Provenance>())},
                          {"edited", boolean()},
                          {"deleted", boolean()},
                          {"evidence", R"({"type":["object","null"]})"}}),
        .empty_status = 204}},
      {http::Method::Get,
       "/v1/second-looks",
       lead,
       "quality",
       "Where two people differ and no lead has looked yet, longest first. Nothing follows by itself.",
       get_differing,
       nullptr,
       {},
       {},
       gives_json(object({{"items", array(object({{"look_id", id("slk")},
                                                  {"case_id", id("cas")},
                                                  {"item_id", id("itm")},
                                                  {"decision_id", id("dec")},
                                                  {"outcome", words(names_of<Outcome>())},
                                                  {"clause", string()},
                                                  {"answer", words(names_of<Outcome>())},
                                                  {"answer_clause", string()},
                                                  {"first", string()},
                                                  {"second", string()},
                                                  {"at", time()}}))}}))},
      {http::Method::Post,
       "/v1/second-looks/{id}/answer",
       deciders,
       "quality",
       "What the caller thinks of it. Nothing goes out. Of a golden post the answer says what is right, and why.",
       post_answer,
       nullptr,
       {},
       takes_json(object({{"outcome", words({"violation", "no_violation"})}, {"clause?", string(64)}}),
                  R"({"outcome":"no_violation"})"),
       gives_json(object({{"kind", words(names_of<LookKind>())},
                          {"as_known?", boolean()},
                          {"outcome?", words(names_of<Outcome>())},
                          {"clause?", string()},
                          {"clause_title?", string()},
                          {"why?", string()}}))},
      {http::Method::Post,
       "/v1/second-looks/{id}/settlement",
       lead,
       "quality",
       "A lead has seen that two differ; what they decide about it they decide in the case.",
       post_settlement,
       nullptr,
       {},
       {},
       gives_nothing()},
      {http::Method::Post,
       "/v1/decisions/{id}/golden",
       lead,
       "quality",
       "Put the decided post into the golden set: what stands now is the answer, and `why` is what people read after "
       "theirs. At most for a year.",
       post_golden,
       nullptr,
       {},
       takes_json(object({{"why", string(20'000, 1)}, {"expires_at?", time()}}),
                  R"({"why":"It quotes an insult to object to it."})"),
       gives_json(object({{"outcome", words(names_of<Outcome>())}, {"clause", string()}, {"expires_at", time()}}),
                  201)},
      {http::Method::Delete,
       "/v1/decisions/{id}/golden",
       lead,
       "quality",
       "Take it out again.",
       delete_golden,
       nullptr,
       {},
       {},
       gives_nothing()},
      {http::Method::Get,
       "/v1/agreement",
       lead | staff(access::Role::Analyst) | staff(access::Role::Admin),
       "quality",
       "How far two people agree beyond chance: Cohen's kappa with a 95 % interval by clause and language, of the last "
       "90 days unless said otherwise; JSON, or CSV with Accept: text/csv. For leads also who differs more often than "
       "all others.",
       get_agreement,
       nullptr,
       {{"from", time(), "First day."}, {"to", time(), "Last day."}},
       {},
       agreement},
  }};
}

}  // namespace heed::api
