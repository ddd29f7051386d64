#include "casework/actions.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "casework/settle.h"

namespace heed::casework {
namespace {

constexpr Millis kAheadMax = std::chrono::minutes(5);
constexpr std::size_t kDetailCharactersMax = 1000;
constexpr std::array<std::string_view, 8> kMeasures = {"post_deleted",
                                                       "account_suspended",
                                                       "suspension_manifestly_illegal",
                                                       "suspension_unfounded_notices",
                                                       "suspension_unfounded_complaints",
                                                       "ods_referred",
                                                       "ods_outcome",
                                                       "ods_implemented"};

bool is_token(std::string_view text) {
  return text.size() <= 60 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_-") == std::string_view::npos;
}

}  // namespace

Result<ConfirmResult> confirm_action(Context& context, const ConfirmCommand& command) {
  if (command.state == ActionState::Ordered) {
    return invalid("/state", "must be done, failed or refused");
  }
  if (command.platform_at > context.now() + kAheadMax) {
    return invalid("/at", "is in the future");
  }
  if (characters(command.detail) > kDetailCharactersMax) {
    return invalid("/detail", "has more than 1000 characters");
  }
  auto action = TRY(ledger::get<ActionRow>(context.tx(), command.action));
  if (!action) {
    return fail(Code::NotFound, "there is no such order");
  }
  ConfirmResult result{action->case_id, command.state, action->state == command.state};
  if (result.repeated) {
    return result;
  }
  if (action->state == ActionState::Done || action->state == ActionState::Refused) {
    return fail(Code::Conflict, "this order was reported " + std::string(name_of(action->state)) + " before");
  }
  ActionConfirmed event;
  event.action = command.action;
  event.state = command.state;
  event.platform_at = command.platform_at;
  Telling telling(context, action->case_id);
  std::vector<ledger::Body> bodies;
  if (!command.detail.empty()) {
    bodies.push_back({"d", TRY(telling.case_slot()), command.detail});
  }
  if (command.state != ActionState::Done) {
    telling.alarm(command.action.value);
  }
  event.parties = std::move(telling.parties());
  event.notices = std::move(telling.notices());
  TRY(context.append(action->case_id, event, bodies));
  return result;
}

Result<std::int64_t> record_measure(Context& context, const MeasureCommand& command) {
  if (std::find(kMeasures.begin(), kMeasures.end(), command.measure) == kMeasures.end()) {
    return invalid("/measure", "is not a kind of measure that is known here");
  }
  if (!is_token(command.detail)) {
    return invalid("/detail", "must be a short name of a-z, 0-9, _ and -");
  }
  if (command.platform_at > context.now() + kAheadMax) {
    return invalid("/at", "is in the future");
  }
  CaseId case_id = command.case_id;
  if (command.measure.starts_with("ods_")) {
    if (!command.decision) {
      return invalid("/decision_id", "a dispute is about a decision");
    }
    auto outcome = value_of<AppealOutcome>(command.detail);
    if (command.measure == "ods_outcome" && (!outcome || *outcome == AppealOutcome::Pending)) {
      return invalid("/detail", "must be upheld, partly_reversed, reversed or omitted");
    }
  }
  if (command.decision) {
    auto decision = TRY(ledger::get<DecisionRow>(context.tx(), command.decision));
    if (!decision || (case_id && decision->case_id != case_id)) {
      return fail(Code::NotFound, "there is no such decision");
    }
    case_id = decision->case_id;
  }
  TRY(context.case_row(case_id));
  if (command.party != 0 && !TRY(context.party(case_id, command.party))) {
    return fail(Code::NotFound, "there is no such party");
  }
  return context.append(
      case_id, MeasureRecorded{command.measure, command.detail, command.party, command.decision, command.platform_at});
}

}  // namespace heed::casework
