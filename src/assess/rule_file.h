#pragma once
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "policy/policy.h"
#include "rule/source.h"

namespace heed::assess {

/// off: checked, never evaluated. shadow: evaluated and counted, without effect. on: gives signals.
enum class RuleMode : std::uint8_t { Off, Shadow, On };
std::string_view rule_mode_name(RuleMode mode);

/// A post that a rule must match, or must not; `json` is a post as the API takes it.
struct RuleExample {
  std::string text, json;
  std::map<std::string, double> scores;  ///< instead of the model's, by label; the others 0. Empty: the model judges
  /// So many accounts, its author among them, wrote hostile posts at its target in the last hour, one a minute.
  int lately = 0;
  bool match = false;
  std::uint32_t line = 0;
};

/// A rule as it stands in its file.
struct RuleText {
  struct Out {
    std::string category;
    std::string group;  ///< plain, or where it has a bracket an expression that gives a text
    std::optional<rule::Source> group_source;
    double score = 0;
    std::optional<rule::Source> score_source;  ///< instead of `score`: an expression that gives a double
  };
  std::string file, id, version, why;
  std::uint32_t line = 0;
  const policy::Clause* clause = nullptr;
  rule::Source when;
  std::vector<Out> signals;
  std::vector<policy::ActionKind> actions;  ///< a subset of what the clause lets a machine do; empty: it never acts
  RuleMode mode = RuleMode::Shadow;
  int daily_case_budget = 0;
  std::vector<RuleExample> examples;
};

/// A file of rules: one, a list, or a map with the list under `rules` (docs/policy-author/rules.md). Faults are added
/// with file, line and column, and a caret under the place.
std::vector<RuleText> read_rule_file(const std::string& file, const std::string& text, const policy::Policy& policy,
                                     std::vector<FieldError>& faults);

}  // namespace heed::assess
