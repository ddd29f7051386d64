#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "policy/action.h"
#include "policy/disclosure.h"
#include "policy/help_line.h"
#include "policy/ladder.h"
#include "policy/localized.h"

/// The platform's rules in words, loaded from a policy folder (policies/default is built into the binary).
namespace heed::policy {

/// Lane of the queue: threat to life by what text and evidence show; declared fear; the rest.
enum class Lane : std::uint8_t { Life = 0, Fear = 1, Rest = 2 };
std::string_view lane_name(Lane lane);

/// Whether what a person decided holds for copies: posts of the same words as written, by whoever. SameTarget: where
/// they are aimed at the same accounts again (or both at nobody). Anywhere: whomever they are aimed at.
enum class Copies : std::uint8_t { No, SameTarget, Anywhere };

struct Clause {
  std::string id;             ///< "threats_to_life"
  std::string version;        ///< of this clause: "2026-11-01"
  Localized title, text;      ///< plain words
  int severity = 0;           ///< 0-100: order within a lane
  int severity_concrete = 0;  ///< with a warning sign (time, place, weapon, approach) beside the finding; 0: no other
  Lane lane = Lane::Rest;
  bool review_always = false;    ///< a signal of this clause opens a case without any report
  int daily_case_budget = 1000;  ///< cases opened so per day before the alarm
  bool machine_may_act = false;
  bool machine_may_close = false;   ///< reports in which plainly nothing is found
  bool machine_may_repeat = false;  ///< reports of what a person has judged and nobody has edited since
  Copies machine_copies = Copies::No;
  double close_below = 0.05;                ///< "plainly nothing": every score of the model is below
  bool sealed = false;                      ///< unmasking a reporter needs a lead
  bool delay_author_statement = false;      ///< for safety; with a clock
  double flag_at = 0.5;                     ///< score from which a signal flags a post
  double review_at = 0.7;                   ///< score from which review_always opens a case
  double act_at = 0.95;                     ///< score from which a machine acts, where machine_may_act
  std::vector<ActionKind> actions;          ///< permitted
  std::vector<ActionKind> machine_actions;  ///< what a machine may order by itself; a subset of `actions`
  std::vector<ActionKind> copy_actions;     ///< what a machine may order against copies of what a person judged
  /// What one person proposes and another confirms: whatever is found against the clause, one of these actions, one of
  /// these without an end.
  bool second_person = false;
  std::vector<ActionKind> second_person_actions, second_person_for_good;
  std::vector<std::string> categories;  ///< signal categories that mean this clause
  std::vector<std::string> symptoms;    ///< reporters' words for it
  Millis decide_within = std::chrono::hours(24 * 7);
  std::string law;                                  ///< legal reference when the ground is law, e.g. "DE StGB §241"
  std::string dsa_category;                         ///< STATEMENT_CATEGORY_… without the prefix
  std::string dsa_keyword;                          ///< KEYWORD_… without the prefix, may be ""
  Localized reason_violation, reason_no_violation;  ///< sentences of notices

  /// Does a violation with this action take a second person? `lasting`: it has no end.
  bool takes_two(ActionKind action, bool lasting) const;
};

/// Deadlines that are not a clause's (domain.md §2g).
struct Clocks {
  Millis receipt = std::chrono::seconds(60);
  Millis life_first_look = std::chrono::minutes(15);
  Millis fear_first_look = std::chrono::hours(4);
  Millis decide_default = std::chrono::hours(24 * 7);
  Millis inform = std::chrono::minutes(10);
  Millis action_confirm = std::chrono::hours(1);
  Millis appeal_decide = std::chrono::hours(24 * 7);
  Millis statement_delay = std::chrono::hours(24);
  int appeal_window_months = 6;
};

/// Mails gathered: of one kind a person gets so many at once in a day, and the rest together in one
/// (casework/digest.h).
struct Digest {
  int minute = 7 * 60;  ///< when it goes, in minutes after midnight UTC, unless the person wants another time
  /// By kind of notice, how many go at once in a day; a kind that is not named always goes at once.
  std::map<std::string, int, std::less<>> at_once = {
      {"receipt", 3}, {"outcome", 3}, {"outcome_reversed", 3}, {"appeal_receipt", 3}, {"conversation", 3}};
};

/// How long something stays after a person asked to be erased (casework/erasure.h).
struct Retention {
  Millis judged = std::chrono::hours(24 * 183);  ///< what was found against the rules, from the decision on
};

/// Text of a message to a party, with {{placeholders}} (documented in policies/README.md).
struct NoticeText {
  Localized subject, body;
};

struct ReportFlow;

class Policy {
 public:
  std::string id;       ///< "heed-default"
  std::string version;  ///< of the whole, changes with any clause
  Clocks clocks;
  Digest digest;
  Retention retention;
  std::vector<Clause> clauses;
  std::map<std::string, NoticeText, std::less<>> notices;  ///< by name: "receipt", … (policies/README.md)
  Localized redress, redress_court;                        ///< how to appeal, outside bodies and courts
  /// Short phrases that notices are put together from: "action.hide", "decision.person", "source.notice", …
  std::map<std::string, Localized, std::less<>> words;
  std::vector<DisclosureClause> disclosure;  ///< in the order in which people see them; empty when the pack has none
  Ladder ladder;
  std::vector<HelpLine> help_lines;
  std::shared_ptr<const ReportFlow> report_flow;  ///< report_flow.h; never null

  const Clause* find(std::string_view clause_id) const;
  /// The most severe clause that lists this signal category; nullptr when none.
  const Clause* for_category(std::string_view category) const;
  /// The clause a reporter's symptom points to; nullptr when none.
  const Clause* for_symptom(std::string_view symptom) const;
  /// nullptr when there is none.
  const DisclosureClause* find_disclosure(std::string_view id) const;
  /// The phrase for `key`, or "" when the pack has none.
  const std::string& word(std::string_view key, std::string_view locale) const;
};

/// Any folder with policy.yaml in it (format: policies/README.md). InvalidInput collects every fault: the pointer is
/// "file:line:column", both from 1. An unknown key is a fault and names the nearest known one.
Result<std::shared_ptr<const Policy>> load_policy(const std::string& folder);
/// policies/default as built into the binary.
std::shared_ptr<const Policy> default_policy();
/// Bytes of a file of policies/default built into the binary ("lists/threats.tsv"); "" when there is none.
std::string_view default_policy_file(std::string_view name);

/// Fills {{name}} placeholders; unknown ones are left empty. Values are inserted as they are. A line that begins with
/// {{?name}} is left out when that value is empty or missing.
std::string render(std::string_view text, const std::map<std::string, std::string, std::less<>>& values);

}  // namespace heed::policy
