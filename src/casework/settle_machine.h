#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "casework/intake.h"
#include "casework/settle_terms.h"

/// Settling reports by machine. A report is evaluated together with what it adds (whom the post is aimed at, the
/// reporter's symptoms and words, the evidence), and a clause may permit a machine to close, to act, or to queue it
/// with a proposal.
///
/// - Close as judged: a person has judged this very text under the clauses that the report speaks of, the decision
///   stands, and nobody has edited it since. The report is told that decision; the item is not judged again.
/// - Close as clean: every score below the clause's close_below, no signal, text alone, in a language the model knows,
///   and the report adds nothing that a machine cannot weigh (the target's own voice, words, fear, a legal claim).
/// - Act: the evaluation says so, the clause permits it, and the text came from the platform.
/// - Propose: everything else that the evaluation, an earlier decision or a like text has something to say about.
///
/// How many report something changes nothing. What only a reporter supplied is neither closed nor acted on. Whatever
/// the text, a symptom or a declaration puts into the lane of threats to life is neither closed nor proposed to be
/// harmless. What joins somebody's pile or an open case is proposed at the most.
namespace heed::casework {

/// What follows for one item that a report brings in. `known`: its newest row. `own_case`: the report opens a case of
/// its own for it. Without `item` set. Reads only; finds like texts by Environment::alike.
Result<Settlement> settlement_of(Context& context, const ReportCommand& command, const ReportedItem& item,
                                 const std::optional<ItemRow>& known, bool own_case);

/// Whether the report can be answered with the decision on `known`; nothing when it is to be looked at, or was drawn.
Result<std::optional<Settlement>> judged_already(Context& context, const ReportCommand& command,
                                                 const ReportedItem& item, const ItemRow& known);

/// After the report was appended: decides what is to be closed or acted on, tells what has been judged.
Result<void> carry_out(Context& context, CaseId case_id, const ReportReceived& report, const ReportCommand& command);

/// What a reviewer sees beside an open item.
struct Proposal {
  SettleBasis basis{};
  Outcome outcome{};
  std::string clause, rule;
  std::vector<OrderKind> actions;
  std::vector<Span> spans;
  ItemId like{};          ///< Alike: the item that a person decided
  DecisionId decision{};  ///< Alike, Judged
  int likeness = 0;       ///< percent
};
/// Nothing for an item that was drawn to be decided blind. A person's decision on a like text comes before a finding;
/// it is shown, and never carried out by itself.
Result<std::optional<Proposal>> proposal_of(ledger::View& view, const ItemRow& item);

/// Shares that everybody may see, by clause and basis.
struct SettleFigure {
  std::string clause;
  SettleBasis basis{};
  std::int64_t closed = 0, acted = 0, sampled = 0, checked = 0, overturned = 0, reversed = 0, proposed = 0, decided = 0,
               agreed = 0;
};
/// Of reports received in [from, to), by whole days (UTC).
Result<std::vector<SettleFigure>> settle_figures(ledger::View& view, Time from, Time to);

/// Whether a closure is drawn for a person: by keyed hash, so that nobody outside can tell and replay need not draw.
bool drawn(const Environment& env, const Hash16& what);

}  // namespace heed::casework
