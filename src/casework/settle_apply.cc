#include <algorithm>

#include "casework/apply_parts.h"
#include "casework/figure_rows.h"
#include "casework/figures.h"
#include "casework/piles.h"

/// Rows of what machines made of reports, and whether people agreed.
namespace heed::casework {
namespace {

template <class Change>
Result<void> count(Rows& rows, std::int64_t day, const std::string& clause, SettleBasis basis, Change change) {
  auto known = TRY(rows.get<SettleDayRow>(day, clause, basis));
  SettleDayRow row = known ? *std::move(known) : SettleDayRow{day, clause, basis};
  change(row);
  return rows.put(row);
}

}  // namespace

void leave_over_budget(CaseRow& row) {
  if (row.route == kOverBudget) {
    row.route = "default";
  }
}

Result<void> add_settlements(Rows& rows, const EventInfo& info, const ReportReceived& e) {
  TRY(count_report(rows, info, e));
  leave_over_budget(*TRY(rows.case_row(info.case_id)));
  for (const Settlement& s : e.machine) {
    const bool is_new =
        std::any_of(e.items.begin(), e.items.end(), [&](const NewItem& item) { return item.item == s.item; });
    SettlementRow row;
    row.item = s.item;
    row.case_id = info.case_id;
    row.seq = info.seq;
    row.day = day_number(info.at);
    row.step = s.step;
    row.basis = s.basis;
    row.outcome = s.outcome;
    row.clause = s.clause;
    for (OrderKind kind : s.actions) {
      row.actions |= 1 << static_cast<int>(kind);
    }
    if (s.alike) {
      row.alike = s.alike;
    }
    row.likeness = s.likeness;
    if (s.same != Hash16{}) {
      row.same = s.same;
    }
    row.decision = s.decision;
    row.blind = s.blind;
    if (is_new) {
      TRY(rows.put(row));
    }
    if (s.step != SettleStep::None) {
      TRY(count(rows, row.day, s.clause, s.basis, [&](SettleDayRow& day) {
        day.sampled += s.blind ? 1 : 0;
        day.closed += s.step == SettleStep::Close && !s.blind ? 1 : 0;
        day.acted += s.step == SettleStep::Act && !s.blind ? 1 : 0;
        day.proposed += s.step == SettleStep::Propose ? 1 : 0;
      }));
    }
  }
  return {};
}

Result<void> note_decided(Rows& rows, const Decided& e) {
  if (!e.staff) {
    return {};
  }
  for (const DecidedItem& d : e.items) {
    auto row = TRY(rows.get<SettlementRow>(d.item));
    if (!row) {
      continue;
    }
    if (row->alike) {
      TRY(rows.put(AlikeRow{*row->alike, d.decision}));
    }
    const bool proposed = row->step == SettleStep::Propose && row->outcome != Outcome::None;
    if (row->checked || (!row->blind && !proposed)) {
      continue;
    }
    const bool same = d.outcome == row->outcome;
    TRY(count(rows, row->day, row->clause, row->basis, [&](SettleDayRow& day) {
      day.checked += row->blind ? 1 : 0;
      day.overturned += row->blind && !same ? 1 : 0;
      day.decided += proposed ? 1 : 0;
      day.agreed += proposed && same ? 1 : 0;
    }));
    row->checked = true;
    TRY(rows.put(*row));
  }
  return {};
}

Result<void> note_reversed(Rows& rows, const Reversed& e) {
  auto decision = TRY(rows.get<DecisionRow>(e.decision));
  auto row = TRY(rows.get<SettlementRow>(e.item));
  if (!decision || decision->staff || !row || row->blind ||
      (row->step != SettleStep::Close && row->step != SettleStep::Act)) {
    return {};
  }
  return count(rows, row->day, row->clause, row->basis, [](SettleDayRow& day) { ++day.reversed; });
}

Result<void> forget_words(Rows& rows, ItemId item) {
  auto row = TRY(rows.get<SettlementRow>(item));
  if (row && row->same) {
    row->same.reset();
    TRY(rows.put(*row));
  }
  return {};
}

}  // namespace heed::casework
