#include "policy/policy.h"

#include "api/resources.h"

namespace heed::api {
namespace {

void get_policy(Call call) {
  const auto in_force = call.desk.policy();
  const policy::Policy& policy = *in_force;
  std::string_view locale = call.request.query_value("locale").value_or("en").substr(0, 35);
  JsonWriter out;
  out.begin_object().field("id", policy.id).field("version", policy.version).key("clauses").begin_array();
  for (const policy::Clause& clause : policy.clauses) {
    out.begin_object().field("id", clause.id).field("version", clause.version).field("title", clause.title.in(locale));
    out.field("text", clause.text.in(locale))
        .field_unless_empty("law", clause.law)
        .field_unless_empty("dsa_category", clause.dsa_category);
    out.field("decide_within_hours",
              static_cast<std::int64_t>(std::chrono::duration_cast<std::chrono::hours>(clause.decide_within).count()));
    out.key("actions").begin_array();
    for (policy::ActionKind action : clause.actions) {
      out.value(policy::action_name(action));
    }
    out.end_array().field("machine_may_act", clause.machine_may_act).end_object();
  }
  out.end_array().field("redress", policy.redress.in(locale)).field("redress_court", policy.redress_court.in(locale));
  out.field("appeal_window_months", policy.clocks.appeal_window_months).end_object();
  http::Response response;
  response.body = out.take();
  call.reply.send(std::move(response));
}

/// Sentences for staff to begin from, in the words of the pack: "macro.<use>.<name>".
void get_macros(Call call) {
  constexpr std::string_view kPrefix = "macro.";
  const auto policy = call.desk.policy();
  const std::string_view locale = call.request.query_value("locale").value_or("en").substr(0, 35);
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (auto at = policy->words.lower_bound(kPrefix); at != policy->words.end() && at->first.starts_with(kPrefix);
       ++at) {
    const std::string_view rest = std::string_view(at->first).substr(kPrefix.size());
    const std::size_t dot = rest.find('.');
    if (dot != std::string_view::npos) {
      out.begin_object().field("use", rest.substr(0, dot)).field("name", rest.substr(dot + 1));
      out.field("text", at->second.in(locale)).end_object();
    }
  }
  out.end_array().end_object();
  call.reply.send(json_answer(200, out.take()));
}

}  // namespace

Resource policy_routes() {
  using namespace schema;
  const Text clause = object({{"id", string()},
                              {"version", string()},
                              {"title", string()},
                              {"text", string()},
                              {"law?", string()},
                              {"dsa_category?", string()},
                              {"decide_within_hours", integer()},
                              {"actions", array(string())},
                              {"machine_may_act", boolean()}});
  return {
      {{http::Method::Get,
        "/v1/macros",
        readers_of_cases(),
        "policy",
        "Sentences of the policy pack that staff may begin a message or a question from.",
        get_macros,
        nullptr,
        {{"locale", string(35), "Of whoever will read it; en when not given."}},
        {},
        gives_json(object({{"items", array(object({{"use", string()}, {"name", string()}, {"text", string()}}))}}))},
       {http::Method::Get,
        "/v1/policy",
        everybody(),
        "policy",
        "The platform's rules in plain words.",
        get_policy,
        nullptr,
        {{"locale", string(35), "en when not given."}},
        {},
        gives_json(object({{"id", string()},
                           {"version", string()},
                           {"clauses", array(clause)},
                           {"redress", string()},
                           {"redress_court", string()},
                           {"appeal_window_months", integer()}}))}}};
}

}  // namespace heed::api
