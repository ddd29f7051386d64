#include "store/directory/accounts.h"

#include <algorithm>

#include "store/directory/tables.h"

namespace heed::store {
namespace {

using access::PersonHash;
using ledger::KeyRing;
using ledger::Tx;

std::string associated(const PersonHash& person) {
  return "heed account:" + std::string(reinterpret_cast<const char*>(person.data()), person.size());
}

ledger::Store::Done no_position(Accounts::Done done) {
  return [done = std::move(done)](Result<ledger::Committed> result) mutable {
    done(result ? Result<void>{} : tl::unexpected(std::move(result).error()));
  };
}

/// The slot whose key seals this person's profile: the one in use unless its key is gone, else a new one.
Result<std::uint64_t> slot_for(KeyRing& keys, const std::optional<AccountRow>& row) {
  if (row) {
    Result<SecretKey> key = keys.key(row->slot);
    if (key) {
      return row->slot;
    }
    if (key.error().code != Code::NotFound) {
      return tl::unexpected(std::move(key).error());
    }
  }
  return keys.allocate();
}

}  // namespace

void Accounts::put(const PersonHash& person, std::string profile_json, Done done) {
  if (profile_json.size() > kProfileBytesMax) {
    done(fail(Code::TooLarge, "an account's profile has at most 256 KiB"));
    return;
  }
  // Sealed on the writer's thread (a microsecond or two), where no other put or erase can come between.
  auto work = [&keys = keys_, person, profile = std::move(profile_json), at = clock_.now()](Tx& tx) -> Result<void> {
    std::optional<AccountRow> row = TRY(ledger::get<AccountRow>(tx, person));
    std::uint64_t slot = TRY(slot_for(keys, row));
    SecretKey key = TRY(keys.key(slot));
    return ledger::put(tx, AccountRow{person, slot, seal(key, profile, associated(person)), at});
  };
  store_.execute(ledger::Priority::Normal, std::move(work), no_position(std::move(done)));
}

Result<std::optional<std::string>> Accounts::get(const PersonHash& person) {
  std::optional<AccountRow> row;
  {
    auto view = TRY(store_.view());
    row = TRY(ledger::get<AccountRow>(*view, person));
  }
  if (!row) {
    return std::nullopt;
  }
  Result<SecretKey> key = keys_.key(row->slot);
  if (!key && key.error().code == Code::NotFound) {
    return std::nullopt;  // erased; a crash kept the row
  }
  if (!key) {
    return tl::unexpected(std::move(key).error());
  }
  return TRY(unseal(*key, row->sealed, associated(person)));
}

void Accounts::erase(const PersonHash& person, Done done) {
  auto work = [&keys = keys_, person](Tx& tx) -> Result<void> {
    if (auto row = TRY(ledger::get<AccountRow>(tx, person))) {
      // The key first: whatever happens to this command, nobody reads the profile again.
      TRY(keys.destroy(row->slot));
      TRY(ledger::erase<AccountRow>(tx, person));
    }
    std::vector<RelationRow> gone;
    ledger::Cell prefix[1] = {ledger::to_cell(person)};
    TRY(ledger::scan<RelationRow>(tx, {.prefix = prefix}, [&](const RelationRow& row) { gone.push_back(row); }));
    TRY(ledger::scan<RelationRow>(tx, {.index = kRelationByTo, .prefix = prefix},
                                  [&](const RelationRow& row) { gone.push_back(row); }));
    for (const RelationRow& row : gone) {
      TRY(ledger::erase<RelationRow>(tx, row.from, row.to, row.kind));
    }
    std::vector<TieRow> ties;
    TRY(ledger::scan<TieRow>(tx, {.index = kTieByPerson, .prefix = prefix},
                             [&](const TieRow& row) { ties.push_back(row); }));
    for (const TieRow& row : ties) {
      if (row.kind == static_cast<std::uint8_t>(access::TieKind::Declared)) {  // one's own account is one's own to name
        TRY(ledger::erase<TieRow>(tx, row.staff, row.person, row.kind));
      }
    }
    return {};
  };
  store_.execute(ledger::Priority::Normal, std::move(work), no_position(std::move(done)));
}

void Accounts::put_relations(std::vector<RelationChange> changes, Done done) {
  if (changes.size() > kChangesMax) {
    done(fail(Code::TooLarge, "at most 1000 relations at a time"));
    return;
  }
  auto work = [changes = std::move(changes), at = clock_.now()](Tx& tx) -> Result<void> {
    for (const RelationChange& change : changes) {
      auto kind = static_cast<std::uint8_t>(change.kind);
      if (change.state) {
        TRY(ledger::put(tx, RelationRow{change.from, change.to, kind, at}));
      } else {
        TRY(ledger::erase<RelationRow>(tx, change.from, change.to, kind));
      }
    }
    return {};
  };
  store_.execute(ledger::Priority::Normal, std::move(work), no_position(std::move(done)));
}

Result<bool> Accounts::has(const PersonHash& from, const PersonHash& to, RelationKind kind) {
  auto view = TRY(store_.view());
  auto key = ledger::cells(from, to, kind);
  return view->get(RelationRow::table(), key, [](ledger::Cells) {});
}

Result<std::vector<RelationChange>> Accounts::relations_of(const PersonHash& from, std::size_t limit) {
  auto view = TRY(store_.view());
  std::vector<RelationChange> found;
  ledger::Cell prefix[1] = {ledger::to_cell(from)};
  TRY(ledger::scan<RelationRow>(*view, {.prefix = prefix, .limit = limit}, [&](const RelationRow& row) {
    found.push_back({row.from, row.to, static_cast<RelationKind>(row.kind), true});
  }));
  return found;
}

Result<std::vector<PersonHash>> Accounts::close_to(const PersonHash& person) {
  auto view = TRY(store_.view());
  std::vector<PersonHash> found;
  ledger::Cell prefix[1] = {ledger::to_cell(person)};
  TRY(ledger::scan<RelationRow>(*view, {.prefix = prefix}, [&](const RelationRow& row) { found.push_back(row.to); }));
  TRY(ledger::scan<RelationRow>(*view, {.index = kRelationByTo, .prefix = prefix}, [&](const RelationRow& row) {
    if (row.kind != static_cast<std::uint8_t>(RelationKind::Follows)) {
      found.push_back(row.from);
    }
  }));
  return found;
}

}  // namespace heed::store
