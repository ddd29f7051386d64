#include "casework/decisions.h"

#include <algorithm>
#include <map>
#include <set>

#include "casework/decide_core.h"
#include "casework/second_looks.h"
#include "casework/second_person.h"
#include "casework/urgency.h"

namespace heed::casework {
namespace {

constexpr Millis kDelayMax = std::chrono::hours(24 * 30);  // even by a lead
constexpr std::size_t kNoteCharactersMax = 5000;

/// Conflict with one pointer per item that is not (any more) there to be decided.
Result<std::vector<ItemRow>> items_of(Context& context, const std::vector<ItemVerdict>& verdicts, CaseId case_id,
                                      ClaimId claim) {
  std::vector<ItemRow> items;
  std::vector<FieldError> conflicts;
  for (std::size_t i = 0; i < verdicts.size(); ++i) {
    auto item = TRY(ledger::get<ItemRow>(context.tx(), verdicts[i].item));
    std::string pointer = "/items/" + std::to_string(i) + "/item_id";
    if (!item || item->case_id != case_id) {
      conflicts.push_back({std::move(pointer), "is no item of this case"});
    } else if (item->state != ItemState::Open) {
      conflicts.push_back({std::move(pointer), "has been decided meanwhile"});
    } else if (claim ? item->claim != claim : item->claim.has_value()) {
      conflicts.push_back({std::move(pointer), claim ? "is not in this claim" : "is being looked at by a person"});
    }
    if (item && TRY(waits_for_second(context.tx(), item->id))) {
      conflicts.push_back({"/items/" + std::to_string(i) + "/item_id", "waits for a second person"});
    }
    items.push_back(item ? *std::move(item) : ItemRow{});
  }
  if (!conflicts.empty()) {
    return fail(Code::Conflict, "the case has moved on; reload it and decide again", std::move(conflicts));
  }
  return items;
}

Result<ClaimRow> claim_of(Context& context, const DecideCommand& command) {
  auto claim = TRY(ledger::get<ClaimRow>(context.tx(), command.claim));
  if (!claim || claim->case_id != command.case_id) {
    return fail(Code::NotFound, "there is no such claim in this case");
  }
  if (claim->staff != command.staff) {
    return fail(Code::Denied, "this claim is somebody else's");
  }
  if (claim->state != ClaimState::Active) {
    return fail(Code::Conflict, "this claim has ended; claim the case again");
  }
  return *claim;
}

void check_delay(Context& context, const DecideCommand& command, std::vector<FieldError>& faults) {
  if (!command.delay_statement_until) {
    return;
  }
  const Millis allowed = command.may_lead ? kDelayMax : std::max(context.policy().clocks.statement_delay, Millis(0));
  if (*command.delay_statement_until <= context.now()) {
    faults.push_back({"/delay_statement_until", "must be in the future"});
  } else if (*command.delay_statement_until > context.now() + allowed) {
    faults.push_back({"/delay_statement_until", command.may_lead
                                                    ? "may be 30 days away at the most"
                                                    : "is further away than a reviewer may set; ask a lead"});
  }
}

Result<void> check(std::vector<FieldError> faults) {
  if (faults.empty()) {
    return {};
  }
  std::string message = faults.front().pointer + ": " + faults.front().detail;
  return fail(Code::InvalidInput, std::move(message), std::move(faults));
}

}  // namespace

Result<DecideResult> decide(Context& context, const DecideCommand& command) {
  ClaimRow claim = TRY(claim_of(context, command));
  std::vector<FieldError> faults = TRY(check_form(context, command.items, Decider::Person));
  check_delay(context, command, faults);
  if (characters(command.note) > kNoteCharactersMax) {
    faults.push_back({"/note", "has more than 5000 characters"});
  }
  TRY(check(std::move(faults)));
  Act act;
  act.case_id = command.case_id;
  act.claim = command.claim;
  act.staff = command.staff;
  act.automation = command.with_proposal ? Automation::Partly : Automation::None;
  act.note = command.note;
  act.delay_until = command.delay_statement_until;
  act.items = TRY(items_of(context, command.items, command.case_id, command.claim));
  TRY(check(TRY(check_evidence(context, command.items, act.items))));
  DecideResult result;
  if (!command.as_confirmed && take_two(context.policy(), command.items)) {
    const Proposed proposed = TRY(propose_decision(context, command, act.items));
    result.proposal = proposed.id;
    result.seq = proposed.seq;
  } else {
    result = TRY(carry_out(context, act, command.items));
    TRY(draw_second_looks(context, command.staff, result.decisions));
  }
  if (claim.items_left <= static_cast<int>(command.items.size())) {
    TRY(ledger::erase<LeaseRow>(context.tx(), claim.id));
  }
  return result;
}

Result<DecideResult> decide_by_rule(Context& context, const RuleCommand& command) {
  TRY(context.case_row(command.case_id));
  if (command.rule.empty()) {
    return invalid("/rule", "a machine's decision names its rule");
  }
  TRY(check(TRY(check_form(context, command.items, command.copies ? Decider::Copy : Decider::Rule))));
  Act act;
  act.case_id = command.case_id;
  act.rule = command.rule;
  act.automation = Automation::Fully;
  act.items = TRY(items_of(context, command.items, command.case_id, {}));
  std::vector<FieldError> faults = TRY(check_evidence(context, command.items, act.items));
  for (std::size_t i = 0; i < command.items.size(); ++i) {
    const Provenance from = act.items[i].provenance;
    if (command.items[i].outcome == Outcome::Violation && (from == Provenance::Reporter || from == Provenance::Party)) {
      faults.push_back({"/items/" + std::to_string(i) + "/outcome",
                        "a machine may not act on what only a reporter or another party supplied"});
    }
  }
  TRY(check(std::move(faults)));
  return carry_out(context, act, command.items);
}

}  // namespace heed::casework
