#pragma once
#include <string>
#include <vector>

#include "casework/terms.h"
#include "ledger/table.h"

/// What a machine made of a reported item: part of the event that took the report, and the rows that follow from it.
namespace heed::casework {

/// What follows. Propose: a person decides and sees what the machine would.
enum class SettleStep : std::uint8_t { None, Close, Act, Propose };
/// Why. Judged: a person has, and nobody has edited it since. Clean: plainly nothing found. Finding: signals of a
/// clause. Alike: the same or nearly the same words as another item. Copy: a person has judged the same words as
/// written, aimed alike.
enum class SettleBasis : std::uint8_t { None, Judged, Clean, Finding, Alike, Copy };

template <>
struct EnumNames<SettleStep> {
  static constexpr std::array<std::string_view, 4> names{"none", "close", "act", "propose"};
};
template <>
struct EnumNames<SettleBasis> {
  static constexpr std::array<std::string_view, 6> names{"none", "judged", "clean", "finding", "alike", "copy"};
};

/// Bytes of the item's text that a finding rests on.
struct Span {
  std::int64_t start = 0, end = 0;
  bool operator==(const Span&) const = default;
  template <class V>
  void visit(V& v) {
    v("start", start), v("end", end);
  }
};

struct Settlement {
  ItemId item;  ///< new, or the judged one that the report refers to
  SettleStep step{};
  SettleBasis basis{};
  Outcome outcome{};
  std::string clause, rule;  ///< rule: what the machine's decision is named after, with its version
  std::vector<OrderKind> actions;
  std::vector<Span> spans;
  DecisionId decision{};     ///< Judged, Copy: which
  ItemId alike{};            ///< first item of its group
  int likeness = 0;          ///< percent of shared shingles with an item of the group; 100: the same words
  ledger::Hash16 same{};     ///< keyed hash of the folded words; none without words
  ledger::Hash16 written{};  ///< keyed hash of the text as written but for handles; none where too short to be a copy
  ledger::Hash16 aimed{};    ///< keyed hash of the accounts it is aimed at; none when at nobody
  /// Drawn to be decided by a person who does not know that the machine would have closed it.
  bool blind = false;
  bool operator==(const Settlement&) const = default;
  template <class V>
  void visit(V& v) {
    v("item", item), v("step", step), v("basis", basis), v("outcome", outcome), v("clause", clause), v("rule", rule),
        v("actions", actions), v("spans", spans), v("decision", decision), v("alike", alike), v("likeness", likeness),
        v("same", same), v("written", written), v("aimed", aimed), v("blind", blind);
  }
};

/// One reported item with text. Never shown as it is: see proposal_of (settle_machine.h).
struct SettlementRow {
  ItemId item;
  CaseId case_id;
  std::int64_t seq = 0;  ///< event with the Settlement
  std::int64_t day = 0;  ///< of the report, since 1970-01-01, UTC
  SettleStep step{};
  SettleBasis basis{};
  Outcome outcome{};
  std::string clause;
  int actions = 0;  ///< bits by OrderKind
  std::optional<ItemId> alike;
  int likeness = 0;
  std::optional<ledger::Hash16> same;  ///< null after erasure
  DecisionId decision{};
  bool blind = false, checked = false;  ///< checked: a person has decided since

  auto tie() {
    return std::tie(item, case_id, seq, day, step, basis, outcome, clause, actions, alike, likeness, same, decision,
                    blind, checked);
  }
  static const ledger::TableDef& table();
  static constexpr int kBySame = 0;
};

/// The newest decision by a person on an item of a group of like texts.
struct AlikeRow {
  ItemId first;
  DecisionId decision{};
  auto tie() { return std::tie(first, decision); }
  static const ledger::TableDef& table();
};

/// Counts by the day of the report. Of the closures that were drawn, `checked` were decided by a person, `overturned`
/// otherwise than the machine would have; `reversed`: of what a machine did decide, taken back after a complaint.
struct SettleDayRow {
  std::int64_t day = 0;
  std::string clause;
  SettleBasis basis{};
  std::int64_t closed = 0, acted = 0, sampled = 0, checked = 0, overturned = 0, reversed = 0;
  std::int64_t proposed = 0, decided = 0, agreed = 0;  ///< proposals; decided by a person; as proposed
  auto tie() {
    return std::tie(day, clause, basis, closed, acted, sampled, checked, overturned, reversed, proposed, decided,
                    agreed);
  }
  static const ledger::TableDef& table();
};

}  // namespace heed::casework
