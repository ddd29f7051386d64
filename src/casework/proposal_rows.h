#pragma once
#include <optional>
#include <string>
#include <tuple>

#include "casework/events_proposal.h"
#include "ledger/table.h"

/// Projections of what waits for a second person.
namespace heed::casework {

struct ProposalRow {
  ProposalId id;
  CaseId case_id;
  ProposalKind kind{};
  ProposalState state{};
  StaffId staff, second;  ///< who proposed it; who confirmed or returned it
  std::int64_t seq = 0, answer_seq = 0;
  Time at{}, answered_at{};
  std::optional<Time> waiting_since;  ///< null once answered
  std::optional<StaffId> news_for;    ///< who proposed it, until the answer is there and seen
  int items = 0;
  std::string clause;  ///< of its first item
  DecisionId decision{};
  AppealId appeal{};

  auto tie() {
    return std::tie(id, case_id, kind, state, staff, second, seq, answer_seq, at, answered_at, waiting_since, news_for,
                    items, clause, decision, appeal);
  }
  static const ledger::TableDef& table();
  static constexpr int kByWaiting = 0, kByNews = 1, kByCase = 2;
};

/// An item that waits with a proposed decision: open, nobody's claim, not free.
struct ProposedItemRow {
  ItemId item;
  std::optional<ProposalId> proposal;  ///< null once answered
  auto tie() { return std::tie(item, proposal); }
  static const ledger::TableDef& table();
  static constexpr int kByProposal = 0;
};

}  // namespace heed::casework
