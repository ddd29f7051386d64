#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "model/classifier.h"
#include "policy/policy.h"

namespace heed::assess {

enum class Verdict : std::uint8_t { Allow, Flag, Act };
std::string_view verdict_name(Verdict verdict);

/// Category of signals that speak of how concrete a threat is; group: time, place, weapon, approach, fixation. They
/// only appear beside a threat and carry its clause.
inline constexpr std::string_view kWarningSign = "warning_sign";

/// One finding about a post. `start`/`end` count bytes of the original UTF-8 text.
struct Signal {
  std::string category, group;
  double score = 0;
  std::string source;   ///< "list:threats", "rule:hate_by_model" — staff only
  std::string version;  ///< of the source
  std::string clause;   ///< "" when no clause speaks of it
  std::uint32_t start = 0, end = 0;
  bool operator==(const Signal&) const = default;
};

/// All signals of one post and what follows. Reused between posts.
struct Assessment {
  Verdict verdict = Verdict::Allow;
  std::vector<Signal> signals;
  model::Scores scores;                     ///< of the model, or why it abstained
  std::vector<policy::ActionKind> actions;  ///< what a clause permits a machine to order, when the verdict is Act
  bool review = false;                      ///< a clause marked review_always speaks: opens a case without a report
  policy::Lane lane = policy::Lane::Rest;   ///< of the gravest signal
  int severity = 0;
  const policy::Clause* clause = nullptr;  ///< the gravest
  bool hostile = false;                    ///< lists, rules or the model do not leave it alone; for windows
  bool windows_decide = false;             ///< a rule waits for what windows know: Assessor::second_stage
  std::uint64_t reading = 0;               ///< which reading of which scratch it rests on; new for each

  void clear();
  /// A new last signal with the memory of an earlier one; its fields are to be set.
  Signal& add();

 private:
  std::vector<Signal> spare_;  ///< cleared signals, kept for their memory
};

/// Sets everything but the signals from the signals: what they mean under `policy`. Also for signals that were
/// stored with evidence, so that a case sees what the stream saw. A clause that the policy no longer has counts for
/// nothing. A signal below its clause's review_at gives neither review nor the clause's lane; a "warning_sign" beside
/// a finding that reaches it raises the severity to severity_concrete.
void conclude(const policy::Policy& policy, Assessment& in_out);

/// The key "scores" and its value, all seven: {"toxicity":0.93,…}; after an abstention null, and
/// "abstained":"language".
void write_scores(JsonWriter& out, const model::Scores& scores);
/// "[{"category":…},…]" as API.md shows it.
void write_signals(JsonWriter& out, const std::vector<Signal>& signals);
Result<std::vector<Signal>> read_signals(Json array);

}  // namespace heed::assess
