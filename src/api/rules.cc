#include "api/resources.h"
#include "api/rule_limits.h"
#include "assess/plan.h"
#include "casework/rule_control.h"
#include "casework/sealed.h"

/// Rules of the stream: which there are, how good they are, what they did; stopping one, taking back what it did.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kReversalsAtOnce = 20;

std::optional<std::uint32_t> number_of(const assess::Plan& plan, std::string_view id) {
  for (std::uint32_t i = 0; i < plan.rules().size(); ++i) {
    if (plan.rules()[i].text.id == id) {
      return i;
    }
  }
  return std::nullopt;
}

void write_share(JsonWriter& out, std::string_view name, std::int64_t part, std::int64_t whole) {
  if (whole == 0) {
    out.key(name).null();
  } else {
    out.field(name, static_cast<double>(part) / static_cast<double>(whole));
  }
}

Result<http::Response> read_rules(Call& call, ledger::View& view) {
  const auto assessor = call.desk.parts().assessor();
  const assess::Plan& plan = assessor->plan();
  const auto tallies = TRY(rule_tallies(view, call.desk.now()));
  const auto switches = TRY(rule_switches(view));
  const std::vector<assess::Plan::Figures> counted = plan.figures();
  Sealed sealed(view, call.desk.keys());
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (std::uint32_t i = 0; i < plan.rules().size(); ++i) {
    const assess::RuleText& text = plan.rules()[i].text;
    const auto known = tallies.find(text.id);
    const RuleTally tally = known == tallies.end() ? RuleTally{} : known->second;
    out.begin_object()
        .field("rule", text.id)
        .field("version", text.version)
        .field("clause", text.clause->id)
        .field("why", text.why);
    out.field("mode", assess::rule_mode_name(plan.mode(i))).field("pack_mode", assess::rule_mode_name(text.mode));
    out.field("fired", tally.fired).field("errors", tally.errors).field("fired_since_load", counted[i].fired);
    out.field_unless_empty("first_error", counted[i].first_error);
    out.field("items", tally.items).field("judged", tally.judged).field("confirmed", tally.confirmed);
    write_share(out, "precision", tally.confirmed, tally.judged);
    const std::int64_t budget = text.daily_case_budget;
    out.field("daily_case_budget", budget).field("cases_today", tally.cases_today);
    out.field("over_budget_today", budget == 0 ? 0 : std::max<std::int64_t>(0, tally.cases_today - budget));
    if (const auto thrown = switches.find(text.id); thrown != switches.end()) {
      const RuleSwitchRow& row = thrown->second;
      out.key("switched").begin_object().field("mode", name_of(row.mode)).field("at", format_time(row.at));
      if (row.staff) {
        out.field("staff", row.staff.text());
      }
      if (auto reason = TRY(sealed.body(row.record, 1, "n"))) {
        out.field("reason", *reason);
      }
      out.end_object();
    }
    out.end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}

void get_rules(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_rules);
}

Result<SwitchCommand> read_switch(const Call& call) {
  SwitchCommand out;
  out.rule = call.request.path_param("id");
  if (!number_of(call.desk.parts().assessor()->plan(), out.rule)) {
    return not_found();
  }
  FieldReader in(TRY(body_json(call.request)), "");
  const std::string_view mode = in.required_string("mode", 1, 20);
  const auto value = value_of<RuleSwitch>(mode);
  if (!value) {
    in.error("mode", "must be off, shadow, or on: as far as the pack lets it");
  }
  out.mode = value.value_or(RuleSwitch::Pack);
  out.reason = checked_text(in, "reason", in.required_string("reason", 1, 20'000));
  TRY(in.done());
  out.staff = StaffId{call.who.id};
  return out;
}

void post_mode(Call call) {
  auto command = read_switch(call);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  Desk& desk = call.desk;
  struct Done {
    RuleSwitchRow row;
    std::map<std::string, RuleSwitchRow> all;
  };
  desk.command<Done>(
      std::move(call),
      [command = *std::move(command)](Call&, Context& context) -> Result<Done> {
        Done done;
        done.row = TRY(switch_rule(context, command));
        done.all = TRY(rule_switches(context.tx()));
        return done;
      },
      [](Call& c, const Done& done) {
        // At once, not with the background's next look.
        const auto assessor = c.desk.parts().assessor();
        assessor->plan().limit(limits_of(done.all));
        const auto number = number_of(assessor->plan(), done.row.rule);
        JsonWriter out;
        out.begin_object().field("rule", done.row.rule);
        out.field("mode", assess::rule_mode_name(number ? assessor->plan().mode(*number) : assess::RuleMode::Off));
        out.field("at", format_time(done.row.at)).end_object();
        return json_answer(200, out.take());
      });
}

Result<http::Response> read_effects(Call& call, ledger::View& view) {
  const std::string rule(call.request.path_param("id"));
  const Page page = TRY(page_of(call.request));
  DecisionId after{};
  if (!page.cursor.empty()) {
    after = TRY(call.desk.id_in<DecisionId>(call.who, page.cursor));
  }
  std::vector<RuleEffectRow> effects = TRY(rule_effects(view, rule, after, page.limit + 1));
  const bool more = effects.size() > page.limit;
  effects.resize(std::min(effects.size(), page.limit));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const RuleEffectRow& effect : effects) {
    auto decision = TRY(ledger::get<DecisionRow>(view, effect.decision));
    if (!decision || TRY(call.desk.hidden(call, view, decision->case_id))) {
      continue;
    }
    out.begin_object().field("decision_id", effect.decision.text()).field("case_id", decision->case_id.text());
    out.field("item_id", effect.item.text()).field("at", format_time(effect.at)).field("version", effect.version);
    out.field("clause", decision->clause).field("outcome", name_of(decision->outcome)).key("actions").begin_array();
    for (int kind = 1; kind <= static_cast<int>(OrderKind::Suspend); ++kind) {
      if ((decision->restrictions & (1 << kind)) != 0) {
        out.value(name_of(static_cast<OrderKind>(kind)));
      }
    }
    out.end_array().field("reversed", decision->reversed_seq != 0).end_object();
  }
  out.end_array();
  if (more) {
    out.field("next_cursor", effects.back().decision.text());
  }
  out.end_object();
  return json_answer(200, out.take());
}

void get_effects(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_effects);
}

/// In steps of a few decisions, so that receipts need not wait behind a thousand of them.
Result<http::Response> reverse_all(Desk& desk, const std::string& rule, StaffId staff, const std::string& reason) {
  EffectsReversed all;
  do {
    auto step = desk.plane().command_and_wait<EffectsReversed>(
        [&](Context& context) { return reverse_effects(context, rule, all.last, kReversalsAtOnce, staff, reason); },
        ledger::Priority::Background);
    if (!step) {
      return tl::unexpected(step.error());
    }
    all.reversed += step->reversed, all.left += step->left, all.last = step->last;
    desk.plane().poke();
  } while (all.last);
  JsonWriter out;
  out.begin_object().field("rule", rule).field("reversed", all.reversed).field("left", all.left).end_object();
  return json_answer(200, out.take());
}

void post_reversal(Call call) {
  auto reason = [&]() -> Result<std::string> {
    FieldReader in(TRY(body_json(call.request)), "");
    std::string text(checked_text(in, "reason", in.required_string("reason", 1, 5'000)));
    TRY(in.done());
    return text;
  }();
  if (!reason) {
    call.reply.send_error(reason.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  const bool queued = shared->desk.errand([shared, reason = *std::move(reason)] {
    auto answer =
        reverse_all(shared->desk, std::string(shared->request.path_param("id")), StaffId{shared->who.id}, reason);
    if (answer) {
      shared->reply.send(*std::move(answer));
    } else {
      shared->reply.send_error(neutral(std::move(answer).error()));
    }
  });
  if (!queued) {
    shared->reply.send_error({Code::Unavailable, "too much waits; try again shortly"});
  }
}

}  // namespace

Resource rule_routes() {
  using namespace schema;
  using access::Role;
  const Who readers = staff(Role::Analyst) | staff(Role::Lead) | staff(Role::Admin),
            owners = staff(Role::Lead) | staff(Role::Admin);
  const Text mode = words({"off", "shadow", "on"});
  const Text switched = object({{"mode", mode}, {"at", time()}, {"staff?", id("stf")}, {"reason?", string()}});
  const Text rule = object({{"rule", string()},
                            {"version", string()},
                            {"clause", string()},
                            {"why", string()},
                            {"mode", mode},
                            {"pack_mode", mode},
                            {"fired", integer()},
                            {"errors", integer()},
                            {"fired_since_load", integer()},
                            {"first_error?", string()},
                            {"items", integer()},
                            {"judged", integer()},
                            {"confirmed", integer()},
                            {"precision", R"({"type":["number","null"]})"},
                            {"daily_case_budget", integer()},
                            {"cases_today", integer()},
                            {"over_budget_today", integer()},
                            {"switched?", switched}});
  const Text effect = object({{"decision_id", id("dec")},
                              {"case_id", id("cas")},
                              {"item_id", id("itm")},
                              {"at", time()},
                              {"version", string()},
                              {"clause", string()},
                              {"outcome", words(names_of<Outcome>())},
                              {"actions", array(words(names_of<OrderKind>()))},
                              {"reversed", boolean()}});
  return {{
              {http::Method::Get,
               "/v1/rules",
               readers,
               "rules",
               "The rules in force: how far each may go, how often it was true of posts, and of the items that people "
               "judged since, how many were violations.",
               get_rules,
               nullptr,
               {},
               {},
               gives_json(object({{"items", array(ref("Rule"))}}))},
              {http::Method::Post,
               "/v1/rules/{id}/mode",
               owners,
               "rules",
               "Stop a rule, or let it go on as far as its pack lets it. In effect for the next post; noted with who "
               "and why; outlives restarts and reloads.",
               post_mode,
               nullptr,
               {},
               takes_json(object({{"mode", mode}, {"reason", string(20'000, 1)}}),
                          R"({"mode":"off","reason":"Flags a football club."})"),
               gives_json(object({{"rule", string()}, {"mode", mode}, {"at", time()}}))},
              {http::Method::Get,
               "/v1/rules/{id}/effects",
               readers,
               "rules",
               "What a machine decided by this rule, oldest first.",
               get_effects,
               nullptr,
               paged(),
               {},
               gives_json(page(effect))},
              {http::Method::Post,
               "/v1/rules/{id}/effects/reversal",
               owners,
               "rules",
               "Take back all that a machine decided by this rule and that still stands, each as if by hand: orders "
               "are undone, everybody is told.",
               post_reversal,
               nullptr,
               {},
               takes_json(object({{"reason", string(5'000, 1)}}), R"({"reason":"The rule was wrong."})"),
               gives_json(object({{"rule", string()}, {"reversed", integer()}, {"left", integer()}}))},
          },
          {{"Rule", rule}}};
}

}  // namespace heed::api
