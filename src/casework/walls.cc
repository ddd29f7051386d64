#include "casework/walls.h"

#include <algorithm>

namespace heed::casework {
namespace {

Result<bool> is_party(ledger::View& view, CaseId case_id, const PersonHash& person) {
  bool found = false;
  auto prefix = ledger::cells(person);
  auto after = ledger::cells(case_id, std::int64_t{-1});
  TRY(ledger::scan<PartyRow>(view, {.index = PartyRow::kByPerson, .prefix = prefix, .after = after, .limit = 1},
                             [&](const PartyRow& row) { found = row.case_id == case_id; }));
  return found;
}

/// Of an item that lives elsewhere only its author is here.
Result<bool> before_reference(ledger::View& view, const Wall& wall, ItemId id) {
  auto item = TRY(ledger::get<ItemRow>(view, id));
  if (!item || item->author == 0) {
    return false;
  }
  auto author = TRY(ledger::get<PartyRow>(view, item->case_id, item->author));
  return author && author->person && wall.has(*author->person);
}

}  // namespace

void Wall::seal() {
  std::sort(persons_.begin(), persons_.end());
  persons_.erase(std::unique(persons_.begin(), persons_.end()), persons_.end());
}

bool Wall::has(const PersonHash& person) const { return std::binary_search(persons_.begin(), persons_.end(), person); }

Result<void> add_who_reported(ledger::View& view, Wall& wall) {
  std::vector<CaseId> cases;
  for (const PersonHash& own : wall.own()) {
    auto prefix = ledger::cells(own);
    TRY(ledger::scan<PartyRow>(view, {.index = PartyRow::kByPerson, .prefix = prefix}, [&](const PartyRow& row) {
      if ((row.roles & kAuthor) != 0) {
        cases.push_back(row.case_id);
      }
    }));
  }
  for (CaseId id : cases) {
    auto prefix = ledger::cells(id);
    TRY(ledger::scan<ReportRow>(view, {.index = ReportRow::kByCase, .prefix = prefix}, [&](const ReportRow& report) {
      if (report.person) {
        wall.add(*report.person);
      }
    }));
  }
  return {};
}

Result<bool> stands_before(ledger::View& view, const Wall& wall, const CaseRow& row) {
  if (wall.empty()) {
    return false;
  }
  if (wall.has(row.target) || (row.found_by && wall.has(*row.found_by))) {
    return true;
  }
  bool found = false;
  auto prefix = ledger::cells(row.id);
  if (static_cast<std::size_t>(row.parties) <= wall.persons().size()) {
    TRY(ledger::scan<PartyRow>(view, {.prefix = prefix}, [&](const PartyRow& party) {
      found = party.person && wall.has(*party.person);
      return !found;
    }));
  } else {
    for (const PersonHash& person : wall.persons()) {
      found = found || TRY(is_party(view, row.id, person));
    }
  }
  if (found) {
    return true;
  }
  std::vector<ItemId> elsewhere;
  TRY(ledger::scan<CaseRefRow>(view, {.prefix = prefix},
                               [&](const CaseRefRow& ref) { elsewhere.push_back(ref.item); }));
  for (ItemId item : elsewhere) {
    if (TRY(before_reference(view, wall, item))) {
      return true;
    }
  }
  return false;
}

Result<bool> stands_before(ledger::View& view, const Wall& wall, CaseId case_id) {
  if (wall.empty()) {
    return false;
  }
  auto row = TRY(ledger::get<CaseRow>(view, case_id));
  return row ? stands_before(view, wall, *row) : Result<bool>(false);
}

}  // namespace heed::casework
