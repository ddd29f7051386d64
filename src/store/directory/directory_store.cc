#include "store/directory/directory_store.h"

#include <algorithm>
#include <memory>
#include <sstream>

#include "store/directory/tables.h"

namespace heed::store {
namespace {

using access::ApiKey;
using access::Session;
using access::Staff;
using access::TokenHash;
using ledger::Cell;
using ledger::Scan;
using ledger::Tx;
using ledger::View;

std::string text(const TokenHash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }
TokenHash hash_of(const std::string& text) {
  TokenHash hash{};
  std::copy_n(text.begin(), std::min(text.size(), hash.size()), hash.begin());
  return hash;
}

ApiKey from_row(const ApiKeyRow& r) {
  return {r.id, r.name, hash_of(r.hash), r.scopes, r.trusted_flagger, r.created_at, r.revoked_at};
}
Staff from_row(const StaffRow& r) { return {r.id, r.name, r.alias, r.password, r.roles, r.disabled}; }
Session from_row(const SessionRow& r) { return {hash_of(r.hash), r.staff, r.created_at, r.seen_at}; }

access::SecondFactor from_row(const SecondFactorRow& r) {
  access::SecondFactor factor{r.staff, r.sealed, r.confirmed, r.last_step, {}, r.since};
  for (std::size_t at = 0; at + sizeof(TokenHash) <= r.recovery.size(); at += sizeof(TokenHash)) {
    factor.recovery.push_back(hash_of(r.recovery.substr(at, sizeof(TokenHash))));
  }
  return factor;
}
SecondFactorRow to_row(const access::SecondFactor& f) {
  SecondFactorRow row{f.staff, f.sealed, f.confirmed, f.last_step, "", f.since};
  for (const TokenHash& hash : f.recovery) {
    row.recovery += text(hash);
  }
  return row;
}
access::Invitation from_row(const InvitationRow& r) {
  return {hash_of(r.hash), r.id, r.name, r.roles, r.by, r.staff, r.created_at, r.expires_at};
}
access::ShiftCount from_row(const ShiftRow& r) {
  access::ShiftCount out{r.began, r.last_at, r.active_ms, r.since_break_ms, r.seen, r.decided, r.grave, {}};
  std::istringstream lines(r.by_category);
  std::string category;
  for (std::int64_t n = 0; lines >> category >> n;) {
    out.by_category[category] = n;
  }
  return out;
}
ShiftRow to_row(StaffId staff, const access::ShiftCount& c) {
  ShiftRow row{staff, c.began, c.last_at, c.active_ms, c.since_break_ms, c.seen, c.decided, c.grave, ""};
  for (const auto& [category, n] : c.by_category) {
    row.by_category += category + " " + std::to_string(n) + "\n";
  }
  return row;
}
access::Tie from_row(const TieRow& r) {
  return {r.staff, r.person, static_cast<access::TieKind>(r.kind), r.sealed, r.at};
}

/// The one row whose indexed column has this value.
template <class Row>
Result<std::optional<Row>> find(View& view, int index, Cell value) {
  std::optional<Row> found;
  Cell prefix[1] = {value};
  TRY(ledger::scan<Row>(view, {.index = index, .prefix = prefix, .limit = 1}, [&](const Row& row) { found = row; }));
  return found;
}

template <class Row>
Result<std::vector<decltype(from_row(Row{}))>> all(ledger::Store& store) {
  auto view = TRY(store.view());
  std::vector<decltype(from_row(Row{}))> rows;
  TRY(ledger::scan<Row>(*view, {}, [&](const Row& row) { rows.push_back(from_row(row)); }));
  return rows;
}

template <class Thing, class Row>
std::optional<Thing> convert(const std::optional<Row>& row) {
  return row ? std::optional(from_row(*row)) : std::nullopt;
}

Result<void> write(ledger::Store& store, ledger::Store::Work work) {
  TRY(ledger::execute_and_wait(store, std::move(work)));
  return {};
}

/// Ends the sessions that `how` finds.
Result<void> end_sessions(Tx& tx, const Scan& how) {
  std::vector<std::string> ended;  // not while the scan is open
  TRY(ledger::scan<SessionRow>(tx, how, [&](const SessionRow& row) { ended.push_back(row.hash); }));
  for (const std::string& hash : ended) {
    TRY(ledger::erase<SessionRow>(tx, hash));
  }
  return {};
}

}  // namespace

Result<std::optional<ApiKey>> DirectoryStore::key_by_hash(const TokenHash& hash) {
  auto view = TRY(store_.view());
  std::string value = text(hash);
  return convert<ApiKey>(TRY(find<ApiKeyRow>(*view, kApiKeyByHash, Cell::bytes(value))));
}

Result<std::vector<ApiKey>> DirectoryStore::keys() {
  auto view = TRY(store_.view());
  std::vector<ApiKey> keys;
  TRY(ledger::scan<ApiKeyRow>(*view, {}, [&](const ApiKeyRow& row) { keys.push_back(from_row(row)); }));
  for (ApiKey& key : keys) {
    if (auto use = TRY(ledger::get<KeyUseRow>(*view, key.id))) {
      key.used_at = use->used_at;
    }
  }
  return keys;
}

void DirectoryStore::touch_key(KeyId id, Time used_at) {
  store_.execute(
      ledger::Priority::Background,
      [id, used_at](Tx& tx) -> Result<void> {
        auto known = TRY(ledger::get<KeyUseRow>(tx, id));
        return known && known->used_at >= used_at ? Result<void>() : ledger::put(tx, KeyUseRow{id, used_at});
      },
      [](Result<ledger::Committed>) {});
}

Result<void> DirectoryStore::put_key(const ApiKey& key) {
  return write(store_, [key](Tx& tx) {
    return ledger::put(tx, ApiKeyRow{key.id, key.name, text(key.hash), key.scopes, key.trusted_flagger, key.created_at,
                                     key.revoked_at});
  });
}

Result<std::optional<Staff>> DirectoryStore::staff_by_name(std::string_view name) {
  auto view = TRY(store_.view());
  return convert<Staff>(TRY(find<StaffRow>(*view, kStaffByName, Cell::bytes(name))));
}

Result<std::optional<Staff>> DirectoryStore::staff(StaffId id) {
  auto view = TRY(store_.view());
  return convert<Staff>(TRY(ledger::get<StaffRow>(*view, id)));
}

Result<std::vector<Staff>> DirectoryStore::all_staff() { return all<StaffRow>(store_); }

Result<void> DirectoryStore::put_staff(const Staff& staff) {
  return write(store_, [staff](Tx& tx) -> Result<void> {
    std::optional<StaffRow> holder = TRY(find<StaffRow>(tx, kStaffByName, Cell::bytes(staff.name)));
    if (holder && holder->id != staff.id) {
      return fail(Code::Conflict, "the log-in name is taken; choose another");
    }
    return ledger::put(tx, StaffRow{staff.id, staff.name, staff.alias, staff.password, staff.roles, staff.disabled});
  });
}

Result<std::optional<Session>> DirectoryStore::session(const TokenHash& hash) {
  auto view = TRY(store_.view());
  return convert<Session>(TRY(ledger::get<SessionRow>(*view, text(hash))));
}

Result<void> DirectoryStore::put_session(const Session& session) {
  return write(store_, [session](Tx& tx) {
    return ledger::put(tx, SessionRow{text(session.hash), session.staff, session.created_at, session.seen_at});
  });
}

Result<void> DirectoryStore::end_session(const TokenHash& hash) {
  return write(store_, [hash](Tx& tx) { return ledger::erase<SessionRow>(tx, text(hash)); });
}

void DirectoryStore::touch_session(const TokenHash& hash, Time seen_at) {
  store_.execute(
      ledger::Priority::Background,
      [hash, seen_at](Tx& tx) -> Result<void> {
        std::optional<SessionRow> row = TRY(ledger::get<SessionRow>(tx, text(hash)));
        if (!row || row->seen_at >= seen_at) {
          return {};
        }
        row->seen_at = seen_at;
        return ledger::put(tx, *row);
      },
      [](Result<ledger::Committed>) {});  // the next request tries again
}

Result<void> DirectoryStore::end_sessions_of(StaffId staff) {
  return write(store_, [staff](Tx& tx) {
    Cell prefix[1] = {ledger::to_cell(staff)};
    return end_sessions(tx, {.index = kSessionByStaff, .prefix = prefix});
  });
}

Result<void> DirectoryStore::prune_sessions(Time seen_before) {
  {
    auto view = TRY(store_.view());  // mostly there is nothing to do, and that costs no write
    bool any = false;
    TRY(ledger::scan<SessionRow>(*view, {.index = kSessionBySeen, .limit = 1},
                                 [&](const SessionRow& row) { any = row.seen_at < seen_before; }));
    if (!any) {
      return {};
    }
  }
  return write(store_, [seen_before](Tx& tx) -> Result<void> {
    std::vector<std::string> idle;
    TRY(ledger::scan<SessionRow>(tx, {.index = kSessionBySeen}, [&](const SessionRow& row) {
      if (row.seen_at < seen_before) {
        idle.push_back(row.hash);
      }
      return row.seen_at < seen_before;
    }));
    for (const std::string& hash : idle) {
      TRY(ledger::erase<SessionRow>(tx, hash));
    }
    return {};
  });
}

Result<std::vector<Session>> DirectoryStore::sessions_of(StaffId staff) {
  auto view = TRY(store_.view());
  std::vector<Session> all;
  Cell prefix[1] = {ledger::to_cell(staff)};
  TRY(ledger::scan<SessionRow>(*view, {.index = kSessionByStaff, .prefix = prefix},
                               [&](const SessionRow& row) { all.push_back(from_row(row)); }));
  return all;
}

Result<std::optional<access::SecondFactor>> DirectoryStore::second_factor(StaffId staff) {
  auto view = TRY(store_.view());
  return convert<access::SecondFactor>(TRY(ledger::get<SecondFactorRow>(*view, staff)));
}

Result<void> DirectoryStore::put_second_factor(const access::SecondFactor& factor) {
  return write(store_, [row = to_row(factor)](Tx& tx) { return ledger::put(tx, row); });
}

Result<void> DirectoryStore::end_second_factor(StaffId staff) {
  return write(store_, [staff](Tx& tx) { return ledger::erase<SecondFactorRow>(tx, staff); });
}

Result<bool> DirectoryStore::change_second_factor(StaffId staff,
                                                  const std::function<bool(access::SecondFactor&)>& change) {
  auto changed = std::make_shared<bool>(false);
  TRY(write(store_, [staff, &change, changed](Tx& tx) -> Result<void> {  // waited for: `change` outlives it
    std::optional<SecondFactorRow> row = TRY(ledger::get<SecondFactorRow>(tx, staff));
    if (!row) {
      return {};
    }
    access::SecondFactor factor = from_row(*row);
    *changed = change(factor);
    return *changed ? ledger::put(tx, to_row(factor)) : Result<void>();
  }));
  return *changed;
}

Result<void> DirectoryStore::put_invitation(const access::Invitation& i) {
  return write(store_, [row = InvitationRow{i.id, text(i.hash), i.name, i.roles, i.by, i.staff, i.created_at,
                                            i.expires_at}](Tx& tx) { return ledger::put(tx, row); });
}

Result<std::vector<access::Invitation>> DirectoryStore::invitations() { return all<InvitationRow>(store_); }

Result<void> DirectoryStore::end_invitation(access::InvitationId id) {
  return write(store_, [id](Tx& tx) { return ledger::erase<InvitationRow>(tx, id); });
}

Result<std::vector<access::Tie>> DirectoryStore::ties_of(StaffId staff) {
  auto view = TRY(store_.view());
  std::vector<access::Tie> all;
  Cell prefix[1] = {ledger::to_cell(staff)};
  TRY(ledger::scan<TieRow>(*view, {.prefix = prefix}, [&](const TieRow& row) { all.push_back(from_row(row)); }));
  return all;
}

Result<void> DirectoryStore::put_tie(const access::Tie& tie) {
  return write(store_, [row = TieRow{tie.staff, tie.person, static_cast<std::uint8_t>(tie.kind), tie.sealed, tie.at}](
                           Tx& tx) { return ledger::put(tx, row); });
}

Result<void> DirectoryStore::end_tie(const access::Tie& tie) {
  return write(store_, [staff = tie.staff, person = tie.person, kind = static_cast<std::uint8_t>(tie.kind)](Tx& tx) {
    return ledger::erase<TieRow>(tx, staff, person, kind);
  });
}

Result<std::optional<access::ShiftCount>> DirectoryStore::shift(StaffId staff) {
  auto view = TRY(store_.view());
  return convert<access::ShiftCount>(TRY(ledger::get<ShiftRow>(*view, staff)));
}

Result<access::ShiftCount> DirectoryStore::change_shift(StaffId staff,
                                                        const std::function<void(access::ShiftCount&)>& change) {
  auto changed = std::make_shared<access::ShiftCount>();
  TRY(write(store_, [staff, change, changed](Tx& tx) -> Result<void> {
    auto row = TRY(ledger::get<ShiftRow>(tx, staff));
    *changed = row ? from_row(*row) : access::ShiftCount{};
    change(*changed);
    return ledger::put(tx, to_row(staff, *changed));
  }));
  return *changed;
}

Result<void> DirectoryStore::prune_shifts(Time last_before) {
  std::vector<StaffId> over;  // mostly none, and that costs no write
  {
    auto view = TRY(store_.view());
    TRY(ledger::scan<ShiftRow>(*view, {}, [&](const ShiftRow& row) {
      if (row.last_at < last_before) {
        over.push_back(row.staff);
      }
    }));
  }
  if (over.empty()) {
    return {};
  }
  return write(store_, [over, last_before](Tx& tx) -> Result<void> {
    for (StaffId staff : over) {
      auto row = TRY(ledger::get<ShiftRow>(tx, staff));
      if (row && row->last_at < last_before) {
        TRY(ledger::erase<ShiftRow>(tx, staff));
      }
    }
    return {};
  });
}

}  // namespace heed::store
