#pragma once
#include <optional>
#include <string>
#include <vector>

#include "casework/decisions.h"
#include "casework/settle.h"

/// What decisions by people, by rules and after a reversal share. Internal to casework's commands.
namespace heed::casework {

/// Copy: a machine that carries a person's decision over to the same words (settle_copy.h).
enum class Decider : std::uint8_t { Person, Rule, Copy };

/// Does a violation so decided take a second person?
bool takes_two(const policy::Clause& clause, const ItemVerdict& verdict);

/// Faults of the verdicts that need no row: form, clause, permitted actions, category, facts, times.
Result<std::vector<FieldError>> check_form(Context& context, const std::vector<ItemVerdict>& verdicts, Decider decider,
                                           const std::string& pointer = "/items");
/// Faults that follow from the evidence: a reporter's word permits no action, an unknown author cannot be warned.
Result<std::vector<FieldError>> check_evidence(Context& context, const std::vector<ItemVerdict>& verdicts,
                                               const std::vector<ItemRow>& items,
                                               const std::string& pointer = "/items");

struct Act {
  CaseId case_id;
  ClaimId claim{};
  StaffId staff{};
  StaffId second{};  ///< who confirmed it
  std::string rule;
  Automation automation{};
  std::vector<ItemRow> items;  ///< parallel to the verdicts
  std::string note;
  std::optional<Time> delay_until;
  bool anew = false;  ///< after a reversal: reporters hear of it from the reversal
};
/// The author's key, so that erasing the author erases what was said about the post; else the case's own.
Result<std::uint64_t> facts_slot(Context& context, Telling& telling, const ItemRow& item);
/// Appends the `decided` event and tells referring cases. Everything was checked before.
Result<DecideResult> carry_out(Context& context, const Act& act, const std::vector<ItemVerdict>& verdicts);

}  // namespace heed::casework
