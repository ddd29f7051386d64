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

/// Of an item that lives elsewhere its author is here, and whom it is about and names.
Result<bool> before_reference(ledger::View& view, const Wall& wall, ItemId id) {
  auto item = TRY(ledger::get<ItemRow>(view, id));
  if (!item) {
    return false;
  }
  auto author = TRY(ledger::get<PartyRow>(view, item->case_id, item->author));
  auto home = TRY(ledger::get<CaseRow>(view, item->case_id));
  if ((item->author != 0 && author && author->person && wall.has(*author->person)) ||
      (home && wall.has(home->target))) {
    return true;
  }
  bool found = false;
  auto key = ledger::cells(id);
  TRY(ledger::scan<NamedRow>(view, {.index = NamedRow::kByItem, .prefix = key}, [&](const NamedRow& row) {
    found = wall.has(row.person);
    return !found;
  }));
  return found;
}

/// Reads as many of the names in the case's posts as the wall has persons; where there are more, asks for each person.
Result<bool> before_named(ledger::View& view, const Wall& wall, CaseId case_id) {
  bool found = false;
  std::size_t read = 0;
  const std::size_t most = wall.persons().size() + 1;
  auto key = ledger::cells(case_id);
  TRY(ledger::scan<NamedRow>(view, {.prefix = key, .limit = most}, [&](const NamedRow& row) {
    found = wall.has(row.person);
    ++read;
    return !found;
  }));
  if (found || read < most) {
    return found;
  }
  for (const PersonHash& person : wall.persons()) {
    auto one = ledger::cells(case_id, person);
    TRY(ledger::scan<NamedRow>(view, {.prefix = one, .limit = 1}, [&](const NamedRow&) { found = true; }));
    if (found) {
      return true;
    }
  }
  return false;
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
  if (found || TRY(before_named(view, wall, row.id))) {
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
