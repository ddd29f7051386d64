#pragma once
#include <string>

#include "casework/context.h"

/// Orders to the platform are confirmed by it; until then they are "ordered". And what it did on its own.
namespace heed::casework {

struct ConfirmCommand {
  ActionId action;
  ActionState state{};  ///< Done, Failed or Refused
  Time platform_at{};   ///< the platform's clock; 0: not told
  std::string detail;   ///< what it said, at most 1000 characters; sealed under the case's own key
};
struct ConfirmResult {
  CaseId case_id;
  ActionState state{};
  bool repeated = false;  ///< was so already; nothing was appended
};
/// NotFound when there is no such order. Conflict when it was done or refused before and the answer differs; a failed
/// one may still be done. Failed and refused ring the on-call rota.
Result<ConfirmResult> confirm_action(Context& context, const ConfirmCommand& command);

/// POST /v1/events: "post_deleted", "account_suspended", "suspension_manifestly_illegal",
/// "suspension_unfounded_notices", "suspension_unfounded_complaints", "ods_referred", "ods_outcome", "ods_implemented".
struct MeasureCommand {
  CaseId case_id;  ///< or through `decision`
  std::string measure;
  std::string detail;  ///< a token; for ods_outcome one of AppealOutcome's names
  int party = 0;
  DecisionId decision{};
  Time platform_at{};
};
Result<std::int64_t> record_measure(Context& context, const MeasureCommand& command);

}  // namespace heed::casework
