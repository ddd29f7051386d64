#include "casework/figure_rows.h"

#include <chrono>

namespace heed::casework {

using ledger::columns_of;
using ledger::TableDef;

const TableDef& FigureDayRow::table() {
  static const TableDef def{
      "figure_days",
      columns_of<FigureDayRow>({"day", "clause", "rule", "source", "reports", "reports_by_machine", "reports_by_people",
                                "decided", "violations", "appealed", "upheld", "overturned", "corrected", "cases",
                                "raised", "closed"}),
      4};
  return def;
}

const TableDef& FigureTimeRow::table() {
  static const TableDef def{"figure_times", columns_of<FigureTimeRow>({"day", "clause", "machine", "bucket", "items"}),
                            4};
  return def;
}

const TableDef& ItemSourcesRow::table() {
  static const TableDef def{"item_sources",
                            columns_of<ItemSourcesRow>({"item", "sources", "day", "judged", "violation"}), 1};
  return def;
}

const TableDef& SourceDayRow::table() {
  static const TableDef def{"source_days",
                            columns_of<SourceDayRow>({"source", "day", "version", "items", "judged", "confirmed"}), 3};
  return def;
}

const TableDef& RuleEffectRow::table() {
  static const TableDef def{
      "rule_effects", columns_of<RuleEffectRow>({"decision", "rule", "version", "item", "at"}), 1, {{"rule", {1}}}};
  return def;
}

const TableDef& RuleSwitchRow::table() {
  static const TableDef def{"rule_switches", columns_of<RuleSwitchRow>({"rule", "record", "mode", "staff", "at"}), 2};
  return def;
}

const TableDef& RuleFiredRow::table() {
  static const TableDef def{
      "rule_fired", columns_of<RuleFiredRow>({"rule", "day", "fired", "errors"}), 2, {}, /*projection=*/false};
  return def;
}

std::int64_t day_number(Time at) { return std::chrono::floor<std::chrono::days>(at).time_since_epoch().count(); }

std::pair<std::string, std::string> split_source(std::string_view source) {
  const std::size_t at = source.rfind('@');
  return at == std::string_view::npos
             ? std::pair{std::string(source), std::string()}
             : std::pair{std::string(source.substr(0, at)), std::string(source.substr(at + 1))};
}

}  // namespace heed::casework
