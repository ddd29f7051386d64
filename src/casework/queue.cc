#include "casework/queue.h"

#include <algorithm>

#include "casework/queue_bounds.h"
#include "casework/urgency.h"

namespace heed::casework {
namespace {

/// Lane, severity, deadline, independent reporters, id: nothing of who anybody is.
struct Place {
  policy::Lane lane{};
  int severity_rank = 0;
  Time deadline{};
  int reporters_rank = 0;
  Ulid id{};
  auto operator<=>(const Place&) const = default;
};

Place place_of(const CaseRow& row) {
  return {row.lane, row.severity_rank, row.deadline, row.reporters_rank, row.id.value};
}

/// A single has its own severity and its case's clock.
Place place_of(const ItemRow& item, const CaseRow& home) {
  return {item.lane, item.severity_rank, home.deadline, home.reporters_rank, item.id.value};
}

Result<bool> behind(ledger::View& view, const Wall* wall, const CaseRow& row) {
  return wall == nullptr ? Result<bool>(false) : stands_before(view, *wall, row);
}
Result<bool> behind(ledger::View& view, const Wall* wall, const ItemRow& row) {
  return wall == nullptr ? Result<bool>(false) : stands_before(view, *wall, row.case_id);
}

/// Walks a queue's index past what the wall stands before, until `each` has had `limit` rows.
template <class Row, class F>
Result<void> walk(ledger::View& view, int index, const std::string& queue, std::size_t limit, const Wall* wall,
                  F each) {
  auto key = ledger::cells(queue);
  const bool free = wall == nullptr || wall->empty();
  Result<void> asked;
  std::size_t given = 0;
  TRY(ledger::scan<Row>(view, {.index = index, .prefix = key, .limit = free ? limit : limit + kWalledRowsMax},
                        [&](const Row& row) {
                          auto walled = behind(view, free ? nullptr : wall, row);
                          if (!walled || *walled) {
                            asked = walled ? Result<void>() : tl::unexpected(walled.error());
                            return walled.has_value();
                          }
                          each(row);
                          return ++given < limit;
                        }));
  return asked;
}

/// Rows of a queue that one claim looks at.
std::size_t scan_limit(const Spared& spared, const Wall* wall) {
  return spared.any() ? kSparedCasesMax : wall == nullptr || wall->empty() ? 1 : kWalledRowsMax;
}

auto place_cells(const CaseRow& row) {
  return ledger::cells(row.lane, row.severity_rank, row.deadline, row.reporters_rank, row.id);
}
auto place_cells(const ItemRow& row) { return ledger::cells(row.lane, row.severity_rank, row.id); }

template <class Row>
ledger::Cells cells_of(const std::optional<decltype(place_cells(std::declval<const Row&>()))>& place) {
  return place ? ledger::Cells(*place) : ledger::Cells();
}

/// Passes by what the wall stands before, at most `most` rows in all. True: it came to the end or to something free.
template <class Row>
Result<bool> pass_walled(ledger::View& view, int index, const std::string& queue, const Wall& wall, std::size_t& most,
                         std::optional<Row>& last) {
  auto key = ledger::cells(queue);
  std::optional<Row> from = last;
  std::optional<decltype(place_cells(std::declval<const Row&>()))> after;
  if (from) {
    after.emplace(place_cells(*from));
  }
  bool there = true;
  Result<void> asked;
  TRY(ledger::scan<Row>(view, {.index = index, .prefix = key, .after = cells_of<Row>(after)}, [&](const Row& row) {
    auto walled = behind(view, &wall, row);
    if (!walled || !*walled) {
      asked = walled ? Result<void>() : tl::unexpected(walled.error());
      return false;
    }
    if (most == 0) {
      there = false;
      return false;
    }
    --most;
    last = row;
    return true;
  }));
  TRY(std::move(asked));
  return there;
}

constexpr std::size_t kSparedRowsMax = 20'000;  // items looked at for one claim

/// At most `most` free items of the case that are not spared; `rows` is what may still be looked at.
Result<std::vector<ItemId>> free_items(ledger::View& view, CaseId case_id, const Spared& spared, std::size_t most,
                                       std::size_t& rows) {
  std::vector<ItemId> items;
  auto key = ledger::cells(case_id);
  TRY(ledger::scan<ItemRow>(view, {.index = ItemRow::kByFree, .prefix = key, .after = {}}, [&](const ItemRow& item) {
    if (spared.any()) {
      if (rows == 0) {
        return false;
      }
      --rows;
    }
    if (spared.takes(item)) {
      items.push_back(item.id);
    }
    return items.size() < most;
  }));
  return items;
}

Result<std::optional<CaseRow>> first_case(ledger::View& view, const std::string& queue, const Spared& spared,
                                          const Wall* wall, const std::optional<CaseRow>& from) {
  std::optional<CaseRow> found;
  auto key = ledger::cells(queue);
  std::optional<decltype(place_cells(std::declval<const CaseRow&>()))> after;
  if (from) {
    after.emplace(place_cells(*from));
  }
  std::size_t rows = kSparedRowsMax;
  Result<void> looked;
  TRY(ledger::scan<CaseRow>(
      view,
      {.index = CaseRow::kByQueue, .prefix = key, .after = cells_of<CaseRow>(after), .limit = scan_limit(spared, wall)},
      [&](const CaseRow& row) {
        auto walled = behind(view, wall, row);
        if (!walled || *walled) {
          looked = walled ? Result<void>() : tl::unexpected(walled.error());
          return walled.has_value();
        }
        if (spared.any()) {
          auto items = free_items(view, row.id, spared, 1, rows);
          if (!items) {
            looked = tl::unexpected(items.error());
            return false;
          }
          if (items->empty()) {
            return true;
          }
        }
        found = row;
        return false;
      }));
  TRY(std::move(looked));
  return found;
}

Result<std::optional<ItemRow>> first_single(ledger::View& view, const std::string& queue, const Spared& spared,
                                            const Wall* wall, const std::optional<ItemRow>& from) {
  std::optional<ItemRow> found;
  Result<void> looked;
  auto key = ledger::cells(queue);
  std::optional<decltype(place_cells(std::declval<const ItemRow&>()))> after;
  if (from) {
    after.emplace(place_cells(*from));
  }
  TRY(ledger::scan<ItemRow>(view,
                            {.index = ItemRow::kBySingle,
                             .prefix = key,
                             .after = cells_of<ItemRow>(after),
                             .limit = scan_limit(spared, wall)},
                            [&](const ItemRow& row) {
                              auto walled = behind(view, wall, row);
                              if (!walled) {
                                looked = tl::unexpected(walled.error());
                                return false;
                              }
                              if (*walled || !spared.takes(row)) {
                                return true;
                              }
                              found = row;
                              return false;
                            }));
  TRY(std::move(looked));
  return found;
}

Result<Claim> take(Context& context, CaseId case_id, StaffId staff, std::vector<ItemId> items, bool single) {
  CaseRow* row = TRY(context.case_row(case_id));
  Claim claim{context.mint<ClaimId>(), case_id, std::move(items), single, context.now() + context.env().lease};
  Claimed event;
  event.claim = claim.id;
  event.staff = staff;
  event.items = claim.items;
  event.single = single;
  if (!row->looked) {
    event.urgency = after_first_look(context.policy(), row->opened_at, context.now(), row->lane, row->severity());
  }
  TRY(context.append(case_id, event, {}, staff.value));
  TRY(ledger::put(context.tx(), LeaseRow{claim.id, claim.expires_at}));
  return claim;
}

Result<Claim> take_slice(Context& context, CaseId case_id, StaffId staff, int items_max, const Spared& spared) {
  const int most = std::clamp(items_max, 1, context.env().slice_items_max);
  std::size_t rows = kSparedRowsMax;
  std::vector<ItemId> items = TRY(free_items(context.tx(), case_id, spared, static_cast<std::size_t>(most), rows));
  if (items.empty()) {
    return fail(Code::Conflict, "nothing in this case is free to claim");
  }
  return take(context, case_id, staff, std::move(items), /*single=*/false);
}

Result<ClaimRow> active_claim(Context& context, ClaimId id, StaffId staff) {
  auto claim = TRY(ledger::get<ClaimRow>(context.tx(), id));
  if (!claim || claim->staff != staff || claim->state != ClaimState::Active) {
    return fail(Code::NotFound, "this claim is not yours or no longer in force");
  }
  return *claim;
}

Result<void> end(Context& context, const ClaimRow& claim, ClaimState state, Ulid actor) {
  ClaimEnded event;
  event.claim = claim.id;
  event.state = state;
  TRY(context.append(claim.case_id, event, {}, actor));
  return ledger::erase<LeaseRow>(context.tx(), claim.id);
}

}  // namespace

bool Spared::takes(const ItemRow& item) const {
  return std::find(categories.begin(), categories.end(), item.category) == categories.end() &&
         (item.lane == policy::Lane::Life || -item.severity_rank <= severity_max);
}

Result<bool> pass_walled(ledger::View& view, const std::string& queue, const Wall& wall, std::size_t most,
                         Passed& passed) {
  const bool singles = TRY(pass_walled<ItemRow>(view, ItemRow::kBySingle, queue, wall, most, passed.last_single));
  return TRY(pass_walled<CaseRow>(view, CaseRow::kByQueue, queue, wall, most, passed.last_case)) && singles;
}

Result<std::optional<Claim>> claim_next(Context& context, const ClaimCommand& command) {
  const Passed& passed = command.passed;
  auto best = TRY(first_case(context.tx(), command.queue, command.spared, command.wall, passed.last_case));
  auto single = TRY(first_single(context.tx(), command.queue, command.spared, command.wall, passed.last_single));
  if (single) {
    CaseRow* home = TRY(context.case_row(single->case_id));
    // A threat to life goes alone unless its case is free and first anyway: then it comes with its case.
    const bool with_case = best && best->id == home->id && best->lane == single->lane;
    if (!with_case && (!best || place_of(*single, *home) < place_of(*best))) {
      return TRY(take(context, single->case_id, command.staff, {single->id}, /*single=*/true));
    }
  }
  if (!best) {
    return std::nullopt;
  }
  return TRY(take_slice(context, best->id, command.staff, command.items_max, command.spared));
}

Result<Claim> claim_case(Context& context, CaseId case_id, StaffId staff, int items_max) {
  TRY(context.case_row(case_id));
  return take_slice(context, case_id, staff, items_max, {});
}

Result<Time> heartbeat(Context& context, ClaimId id, StaffId staff) {
  ClaimRow claim = TRY(active_claim(context, id, staff));
  LeaseRow lease{claim.id, context.now() + context.env().lease};
  TRY(ledger::put(context.tx(), lease));
  return lease.expires_at;
}

Result<void> release(Context& context, ClaimId id, StaffId staff) {
  ClaimRow claim = TRY(active_claim(context, id, staff));
  return end(context, claim, ClaimState::Released, staff.value);
}

Result<bool> expire_lease(Context& context, ClaimId id) {
  auto lease = TRY(ledger::get<LeaseRow>(context.tx(), id));
  if (!lease || lease->expires_at > context.now()) {
    return false;
  }
  auto claim = TRY(ledger::get<ClaimRow>(context.tx(), id));
  if (claim && claim->state == ClaimState::Active) {
    TRY(end(context, *claim, ClaimState::Expired, {}));
  } else {
    TRY(ledger::erase<LeaseRow>(context.tx(), id));
  }
  return true;
}

Result<int> expire_leases(Context& context, int max) {
  std::vector<ClaimId> due;
  TRY(ledger::scan<LeaseRow>(context.tx(), {.index = LeaseRow::kByExpiry, .limit = static_cast<std::size_t>(max)},
                             [&](const LeaseRow& lease) {
                               if (lease.expires_at > context.now()) {
                                 return false;
                               }
                               due.push_back(lease.id);
                               return true;
                             }));
  for (ClaimId id : due) {
    TRY(expire_lease(context, id));
  }
  return static_cast<int>(due.size());
}

Result<std::vector<ItemRow>> items_of_claim(ledger::View& view, ClaimId claim) {
  std::vector<ItemRow> items;
  auto key = ledger::cells(claim);
  TRY(ledger::scan<ItemRow>(view, {.index = ItemRow::kByClaim, .prefix = key},
                            [&](const ItemRow& item) { items.push_back(item); }));
  return items;
}

Result<std::vector<QueueEntry>> queue_head(ledger::View& view, const std::string& queue, int limit, const Wall* wall) {
  std::vector<std::pair<Place, QueueEntry>> places;
  const auto most = static_cast<std::size_t>(limit);
  std::vector<CaseId> listed;
  TRY(walk<CaseRow>(view, CaseRow::kByQueue, queue, most, wall, [&](const CaseRow& row) {
    listed.push_back(row.id);
    places.push_back({place_of(row), {row.id, {}, row.lane, row.severity(), row.deadline, row.items_free}});
  }));
  std::vector<ItemRow> singles;
  TRY(walk<ItemRow>(view, ItemRow::kBySingle, queue, most, wall,
                    [&](const ItemRow& item) { singles.push_back(item); }));
  for (const ItemRow& item : singles) {
    if (std::find(listed.begin(), listed.end(), item.case_id) != listed.end()) {
      continue;  // comes with its case
    }
    auto home = TRY(ledger::get<CaseRow>(view, item.case_id));
    if (home) {
      places.push_back(
          {place_of(item, *home), {item.case_id, item.id, item.lane, -item.severity_rank, home->deadline, 1}});
    }
  }
  std::sort(places.begin(), places.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::vector<QueueEntry> head;
  for (std::size_t i = 0; i < places.size() && i < most; ++i) {
    head.push_back(places[i].second);
  }
  return head;
}

}  // namespace heed::casework
