#pragma once
#include <optional>
#include <vector>

#include "casework/intake.h"
#include "casework/settle_terms.h"

/// Copies: the same words as written, reported as another post. Where a clause lets it (policy::Copies), what a person
/// decided on one holds for the others, so that people look once.
///
/// The same words are an attack here and a quotation there. So a copy is more than like: every word, sign, link and
/// emoji is the same but for handles, white space, case and closing full stops or exclamation marks; it is of the same
/// kind, and aimed at the same accounts unless the clause says anywhere. Too few words mean what they answer, so they
/// are no copies. Nothing holds that is reversed, complained of, decided otherwise on another copy, or decided under
/// another wording of the clause; nor what only a reporter supplied, or what is in the lane of threats to life.
namespace heed::casework {

/// Five words: runs of three of them, see Sketch.
inline constexpr std::size_t kCopyShinglesMin = 3;

Hash16 written_key(const Environment& env, const ReportedItem& item);
/// None when it is aimed at nobody.
Hash16 aimed_key(const Environment& env, const ReportedItem& item);

/// The newest decision by a person on a copy of `what` (its `same`, `written` and `aimed`), of an item of that kind;
/// nothing where people decided otherwise on another copy, or a complaint waits. Looks at kCopiesLookedAt copies.
Result<std::optional<DecisionRow>> decision_on_copy(Context& context, const Settlement& what, ItemKind kind);
inline constexpr std::size_t kCopiesLookedAt = 24;

/// Whether the decision on this item was carried over from a copy.
Result<bool> carried_over(ledger::View& view, ItemId item);

/// Whether it answers a report that speaks of these clauses; `found`: what the evaluation says, null for nothing. What
/// was found harmless is no answer to another clause, to a finding of another, or to the target's own voice.
bool copy_holds(const policy::Policy& policy, const DecisionRow& decision,
                const std::vector<const policy::Clause*>& spoken, const policy::Clause* found, About about);

}  // namespace heed::casework
