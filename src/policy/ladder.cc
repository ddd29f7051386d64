#include "policy/ladder.h"

#include <algorithm>

#include "policy/read_parts.h"

namespace heed::policy {

Standing Ladder::standing(const std::vector<Strike>& strikes, std::optional<Time> warned, Time now) const {
  Standing out;
  bool grave = false;
  for (const Strike& strike : strikes) {
    const auto rule = rules.find(strike.clause);
    if (rule == rules.end() || strike.overturned || strike.at > now) {
      continue;
    }
    const Time spent = strike.at + rule->second.spent_after;
    if (spent <= now || rule->second.strikes == 0) {
      continue;
    }
    out.strikes += rule->second.strikes;
    grave |= rule->second.grave;
    out.next_spent = std::min(out.next_spent.value_or(spent), spent);
  }
  for (const LadderStep& step : steps) {
    if (step.strikes <= out.strikes) {
      out.step = &step;
    }
  }
  const bool warning_holds = warned && *warned <= now && now < *warned + warning_stands;
  out.warning_instead = out.step != nullptr && out.step->warn_first && !grave && !warning_holds;
  return out;
}

Ladder read_ladder(MapReader& in, const std::vector<std::string>& locales, const std::vector<std::string>& clauses) {
  Ladder ladder;
  ladder.version = in.text("version", true, 100);
  ladder.text = in.localized("text", locales);
  ladder.warning_stands = in.duration("warning_stands", std::chrono::hours(24 * 180));
  if (auto rules = in.map("clauses", true)) {
    for (const std::string& id : clauses) {
      if (auto rule = rules->map(id, true)) {
        StrikeRule& to = ladder.rules[id];
        to.strikes = rule->number("strikes", 0, 100, 1);
        to.spent_after = rule->duration("spent_after", std::chrono::hours(24 * 180));
        to.grave = rule->flag("grave", false);
        if (to.spent_after.count() == 0) {
          rule->fault(rule->node(), "spent_after: every strike ends some day");
        }
        rule->done();
      }
    }
    rules->done();
  }
  in.each("steps", 50, [&](MapReader& step) {
    LadderStep to;
    to.id = step.name("id");
    to.strikes = step.number("strikes", 1, 1000, 1);
    if (const auto kinds = step.actions("measure", true); kinds.size() == 1) {
      to.measure = kinds[0];
    } else {
      step.fault(step.node(), "measure: must hold exactly one action");
    }
    to.lasts = step.duration("lasts", Millis(0));
    to.people = step.number("people", 0, 2, 0);
    to.warn_first = step.flag("warn_first", false);
    to.text = step.localized("text", locales);
    if (to.measure == ActionKind::Suspend && to.people == 0) {
      step.fault(step.node(), "people: suspending an account takes a person");
    }
    if (to.measure == ActionKind::Suspend && !to.warn_first) {
      step.fault(step.node(), "warn_first: a warning comes before a suspension (a clause can be 'grave')");
    }
    if (!ladder.steps.empty() && to.strikes <= ladder.steps.back().strikes) {
      step.fault(step.node(), "strikes: steps go upwards");
    }
    ladder.steps.push_back(std::move(to));
  });
  if (!ladder.steps.empty() && ladder.steps.back().people == 0) {
    in.fault(*in.optional("steps"), "steps: the last step takes a person");
  }
  return ladder;
}

}  // namespace heed::policy
