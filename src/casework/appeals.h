#pragma once
#include <optional>
#include <string>

#include "casework/reversal.h"
#include "casework/words.h"

/// A party's complaint about a decision, "no violation" included (DSA Art. 20); judged by somebody else.
namespace heed::casework {

struct FileAppealCommand {
  DecisionId decision;  ///< the real id: aliases are resolved at the door
  PersonHash person{};
  std::string text;           ///< in their own words, 1-10000 characters; sealed under their key
  bool trusted = false;       ///< by a trusted flagger
  std::string evidence = {};  ///< what is new since the decision, likewise; "" nothing
  Heard heard = {};           ///< of both: a threat goes to a reviewer at once, as a case of its own (words.h)
  Ulid actor = {};            ///< the delegation, when a delegate files it
};
struct FiledAppeal {
  AppealId appeal;
  CaseId case_id;  ///< the appellant's case, which need not be the item's home
  int party = 0;
  Time decide_by{};
};
/// NotFound when the person is no party to the decision (author of the item, reporter of it, target of the case).
/// Conflict: appealed by them before, reversed meanwhile, or the time is over.
Result<FiledAppeal> file_appeal(Context& context, const FileAppealCommand& command);

/// The first moment that is too late: `months` calendar months after the day on which the person was told, that day in
/// the last month included, a day that the month lacks being its last (Regulation 1182/71 Art. 3), wherever in the
/// world the person counts days.
Time appeal_ends(Time informed, int months);

struct DecideAppealCommand {
  StaffId staff;
  AppealId appeal;
  AppealOutcome outcome{};             ///< Upheld (the decision stands), PartlyReversed, Reversed, Omitted
  std::string reason;                  ///< for the appellant; 1-5000 characters; sealed under their key
  std::optional<ItemVerdict> instead;  ///< for PartlyReversed, and when "no violation" falls
  std::vector<StaffId> also = {};      ///< other log-ins of the same person
  StaffId second = {};                 ///< who confirmed `instead`, where that takes two people
};
struct DecidedAppeal {
  CaseId case_id;
  std::optional<ReverseResult> reversal;
};
/// Denied for whoever took the decision or confirmed it, or an earlier one on the same post, under any log-in. Conflict
/// when it was answered before. When `instead` takes two people the appeal is still pending and the reversal a
/// proposal.
Result<DecidedAppeal> decide_appeal(Context& context, const DecideAppealCommand& command);

}  // namespace heed::casework
