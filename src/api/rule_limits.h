#pragma once
#include <map>
#include <string>

#include "assess/plan.h"
#include "casework/rule_control.h"

namespace heed::api {

/// What staff said, in the words of the assessor.
inline std::map<std::string, assess::RuleMode> limits_of(
    const std::map<std::string, casework::RuleSwitchRow>& switches) {
  std::map<std::string, assess::RuleMode> out;
  for (const auto& [rule, row] : switches) {
    if (row.mode != casework::RuleSwitch::Pack) {
      out.emplace(rule, row.mode == casework::RuleSwitch::Off ? assess::RuleMode::Off : assess::RuleMode::Shadow);
    }
  }
  return out;
}

}  // namespace heed::api
