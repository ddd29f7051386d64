#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "assess/assessor.h"
#include "base/result.h"

namespace heed::assess {

/// What came of one scenario file.
struct ScenarioResult {
  int posts = 0, expectations = 0;
  std::vector<std::string> failures;  ///< "file:line: expected …, got …"
};

/// Runs behaviour written as text, one statement a line ("#" begins a comment line):
///   at     2026-07-01T12:00:00Z
///   post   actor=u1 text="I know where you live" mentions=a1 lang=en times=2 every=10s
///   expect verdict=flag clause=threats_to_life score>=0.8 review=yes
/// `expect` speaks of the last post: verdict, clause (of the gravest), lane, review (yes, no), severity (>=, <=, =),
/// and of some one signal with category, group, source, span (its text), score (>=, <=, =); `none=category` demands
/// that no signal has it. Quoted values know \" \\ \n and \u{200b}. InvalidInput names line and column of a statement
/// it cannot read.
Result<ScenarioResult> run_scenario(std::string_view name, std::string_view text, const Assessor& assessor);

}  // namespace heed::assess
