#include "casework/rule_control.h"

#include "casework/reversal.h"
#include "casework/settle.h"

namespace heed::casework {
namespace {

constexpr std::size_t kReasonCharactersMax = 5000, kRuleBytesMax = 200;
constexpr std::string_view kPrefix = "rule:";

std::string source_of(const std::string& rule) { return std::string(kPrefix) + rule; }

}  // namespace

Result<RuleSwitchRow> switch_rule(Context& context, const SwitchCommand& command) {
  if (command.rule.empty() || command.rule.size() > kRuleBytesMax) {
    return invalid("/rule", "must name a rule");
  }
  if (command.reason.find_first_not_of(" \t\r\n") == std::string::npos ||
      characters(command.reason) > kReasonCharactersMax) {
    return invalid("/reason", "must say why, in at most 5000 characters");
  }
  const CaseId record = context.mint<CaseId>();
  RuleSwitched event;
  event.rule = command.rule;
  event.mode = command.mode;
  event.staff = command.staff;
  const std::uint64_t slot = TRY(context.env().keys->allocate());
  TRY(context.append(record, event, {{"n", slot, command.reason}}, command.staff.value));
  return RuleSwitchRow{command.rule, record, command.mode, command.staff, context.now()};
}

Result<std::map<std::string, RuleSwitchRow>> rule_switches(ledger::View& view) {
  std::map<std::string, RuleSwitchRow> newest;
  TRY(ledger::scan<RuleSwitchRow>(view, {}, [&](const RuleSwitchRow& row) { newest[row.rule] = row; }));
  return newest;
}

Result<std::map<std::string, RuleTally>> rule_tallies(ledger::View& view, Time now) {
  std::map<std::string, RuleTally> out;
  const std::string prefix(kPrefix);
  const auto after = ledger::cells(prefix);
  TRY(ledger::scan<SourceDayRow>(view, {.after = after}, [&](const SourceDayRow& row) {
    if (!row.source.starts_with(kPrefix)) {
      return false;
    }
    RuleTally& tally = out[row.source.substr(kPrefix.size())];
    tally.items += row.items, tally.judged += row.judged, tally.confirmed += row.confirmed;
    return true;
  }));
  TRY(ledger::scan<RuleFiredRow>(view, {}, [&](const RuleFiredRow& row) {
    RuleTally& tally = out[row.rule];
    tally.fired += row.fired, tally.errors += row.errors;
  }));
  TRY(ledger::scan<BudgetRow>(view, {.after = after}, [&](const BudgetRow& row) {
    if (!row.clause.starts_with(kPrefix)) {
      return false;
    }
    if (row.day == day_number(now)) {
      out[row.clause.substr(kPrefix.size())].cases_today = row.cases;
    }
    return true;
  }));
  return out;
}

Result<std::vector<RuleEffectRow>> rule_effects(ledger::View& view, const std::string& rule, DecisionId after,
                                                std::size_t limit) {
  std::vector<RuleEffectRow> out;
  const std::string source = source_of(rule);
  auto prefix = ledger::cells(source);
  auto from = ledger::cells(after);
  TRY(ledger::scan<RuleEffectRow>(view,
                                  {.index = RuleEffectRow::kByRule, .prefix = prefix, .after = from, .limit = limit},
                                  [&](const RuleEffectRow& row) { out.push_back(row); }));
  return out;
}

Result<EffectsReversed> reverse_effects(Context& context, const std::string& rule, DecisionId after, std::size_t most,
                                        StaffId staff, const std::string& reason) {
  EffectsReversed out;
  const std::vector<RuleEffectRow> effects = TRY(rule_effects(context.tx(), rule, after, most));
  for (const RuleEffectRow& effect : effects) {
    auto decision = TRY(ledger::get<DecisionRow>(context.tx(), effect.decision));
    auto item = TRY(ledger::get<ItemRow>(context.tx(), effect.item));
    const bool stands = decision && item && decision->reversed_seq == 0 && item->decision == decision->id &&
                        decision->outcome == Outcome::Violation;
    if (!stands) {
      ++out.left;
      continue;
    }
    ReverseCommand command;
    command.staff = staff;
    command.decision = effect.decision;
    command.reason = reason;
    TRY(reverse(context, command));
    ++out.reversed;
  }
  if (effects.size() == most) {
    out.last = effects.back().decision;
  }
  return out;
}

}  // namespace heed::casework
