#include "app/commands.h"
#include "app/house.h"
#include "app/office.h"
#include "assess/plan.h"
#include "casework/rule_control.h"
#include "rule/source.h"

/// heed rules off, shadow, on: the switch beside the pack.
namespace heed::app {
namespace {

/// A switch for a rule that does not exist would stop nothing and look as if it had.
Result<void> check_known(Office& office, const std::string& rule) {
  auto pack = load_policy_pack(office.settings().text("policy.dir"));
  if (!pack) {
    return {};  // what is in force may still have it
  }
  std::vector<std::string> ids;
  for (const assess::Plan::Rule& one : pack->assessor->plan().rules()) {
    ids.push_back(one.text.id);
    if (one.text.id == rule) {
      return {};
    }
  }
  const std::string meant = rule::did_you_mean(rule, ids);
  return invalid("rule", "there is no rule '" + rule + "'" + (meant.empty() ? "" : "; " + meant));
}

Result<Output> throw_switch(Office& office, const Arguments& arguments, casework::RuleSwitch mode) {
  const std::string rule = arguments.text("rule");
  TRY(check_known(office, rule));
  TRY(office.command([&](casework::Context& context) -> Result<void> {
    TRY(casework::switch_rule(context, {rule, mode, StaffId{}, arguments.text("--reason")}));
    return {};
  }));
  Output out;
  out.fact("rule", "Rule", rule)
      .fact("mode", "May go as far as",
            std::string(mode == casework::RuleSwitch::Pack ? "its pack says" : casework::name_of(mode)));
  out.note(office.serving() ? "The running server follows within a second."
                            : "No server runs on this data folder; the next one follows.");
  return out;
}

Result<Output> off(Office& office, const Arguments& arguments) {
  return throw_switch(office, arguments, casework::RuleSwitch::Off);
}
Result<Output> shadow(Office& office, const Arguments& arguments) {
  return throw_switch(office, arguments, casework::RuleSwitch::Shadow);
}
Result<Output> on(Office& office, const Arguments& arguments) {
  return throw_switch(office, arguments, casework::RuleSwitch::Pack);
}

}  // namespace

std::vector<OfficeTask> rule_tasks() {
  const std::vector<Option> options = {
      {.name = "rule", .sentence = "Its id", .required = true},
      {.name = "--reason", .sentence = "Why; kept in the ledger", .fallback = "none given"},
  };
  return {{"rules off", "Stop a rule now; the running server follows within seconds, later ones too", options, off},
          {"rules shadow", "Let a rule only count", options, shadow},
          {"rules on", "Let a rule go on as far as its pack says", options, on}};
}

}  // namespace heed::app
