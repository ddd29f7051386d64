#pragma once
#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "casework/events_rule.h"
#include "casework/terms.h"
#include "ledger/table.h"

/// Counters that figures are read from, written with the events they count. Days are days since 1970-01-01, UTC. No
/// person, no text. A row for each combination that occurred: some hundreds a day.
namespace heed::casework {

/// `clause` is that of the decision, "" before there is one; `rule` is the machine's, without version, "" for people.
struct FigureDayRow {
  std::int64_t day = 0;
  std::string clause, rule;
  Source source{};
  std::int64_t reports = 0;  ///< by the day of the report, as are the next two
  std::int64_t reports_by_machine = 0,
               reports_by_people = 0;                     ///< answered: by the decision that answered the last item
  std::int64_t decided = 0, violations = 0;               ///< items, by the day of the decision, as are the next four
  std::int64_t appealed = 0, upheld = 0, overturned = 0;  ///< overturned: wholly or in part
  std::int64_t corrected = 0;                             ///< reversed without an appeal
  std::int64_t cases = 0, raised = 0, closed = 0;         ///< by their own day; raised: of `cases`, without a report
  auto tie() {
    return std::tie(day, clause, rule, source, reports, reports_by_machine, reports_by_people, decided, violations,
                    appealed, upheld, overturned, corrected, cases, raised, closed);
  }
  static const ledger::TableDef& table();
};

/// Times from report to decision, as a histogram: four buckets for each doubling of milliseconds.
struct FigureTimeRow {
  std::int64_t day = 0;  ///< of the decision
  std::string clause;
  bool machine = false;
  int bucket = 0;
  std::int64_t items = 0;
  auto tie() { return std::tie(day, clause, machine, bucket, items); }
  static const ledger::TableDef& table();
};

/// What the evaluation of an item rested on, and what a person thought of the item since.
struct ItemSourcesRow {
  ItemId item;
  std::string sources;  ///< "rule:a@1 list:b@2"
  std::int64_t day = 0;
  bool judged = false, violation = false;
  auto tie() { return std::tie(item, sources, day, judged, violation); }
  static const ledger::TableDef& table();
};

/// Of the items that a rule or list was true of and that came to a case: how many people judged, how many were
/// violations.
struct SourceDayRow {
  std::string source;    ///< "rule:a"
  std::int64_t day = 0;  ///< on which the item came
  std::string version;
  std::int64_t items = 0, judged = 0, confirmed = 0;
  auto tie() { return std::tie(source, day, version, items, judged, confirmed); }
  static const ledger::TableDef& table();
};

/// A machine's decision, by what made it.
struct RuleEffectRow {
  DecisionId decision;
  std::string rule, version;
  ItemId item;
  Time at{};
  auto tie() { return std::tie(decision, rule, version, item, at); }
  static const ledger::TableDef& table();
  static constexpr int kByRule = 0;
};

/// A switch thrown; a rule's newest holds.
struct RuleSwitchRow {
  std::string rule;
  CaseId record;  ///< holds the event; grows with time
  RuleSwitch mode{};
  StaffId staff;
  Time at{};
  auto tie() { return std::tie(rule, record, mode, staff, at); }
  static const ledger::TableDef& table();
};

/// Operational: how often rules were true of posts; flushed every few seconds, so a crash loses those.
struct RuleFiredRow {
  std::string rule;
  std::int64_t day = 0;
  std::int64_t fired = 0, errors = 0;
  auto tie() { return std::tie(rule, day, fired, errors); }
  static const ledger::TableDef& table();
};

std::int64_t day_number(Time at);
/// "rule:a@1" → {"rule:a", "1"}.
std::pair<std::string, std::string> split_source(std::string_view source);

}  // namespace heed::casework
