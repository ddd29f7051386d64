#pragma once
#include <string_view>

#include "casework/context.h"
#include "casework/ports.h"

/// How much one party says in one case. Whoever pastes the same text ten thousand times has said it once, and whoever
/// writes all day is asked to go on tomorrow: the one thing that matters in a case must not be buried in it, by
/// anybody. Counted per (case, party), delegates included.
namespace heed::casework {

/// In 24 hours. Words that threaten life are nobody's to overlook and have room beyond that.
inline constexpr int kMessagesADay = 100, kThreatsADay = 300;

/// False for the same words as the last of this party within the day, unless staff has spoken since: they are said
/// already, which is no error. TooMany beyond the day's number. Counts, so ask once for each message.
Result<bool> may_say(Context& context, CaseId case_id, int party, std::string_view text,
                     const Evaluator::Finding& heard);

/// Staff has spoken to the party: the same words again may be an answer.
Result<void> staff_spoke(Context& context, CaseId case_id, int party);

}  // namespace heed::casework
