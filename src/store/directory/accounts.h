#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/principal.h"
#include "base/clock.h"
#include "base/function.h"
#include "ledger/keyring.h"
#include "ledger/store.h"

namespace heed::store {

/// How one person stands to another, as the platform told it: post::Relation::Kind, in this order.
enum class RelationKind : std::uint8_t { Follows, Blocks, Contact };

struct RelationChange {
  access::PersonHash from{}, to{};
  RelationKind kind = RelationKind::Follows;
  bool state = true;  ///< false: it ended
};

/// What the platform told about its accounts, found by keyed hash only. Profiles are sealed, each under a key of its
/// own person's in the key ring; erasing destroys that key, so that no copy of the row in a log or a backup can be
/// read. Reads take a view and may wait for the disk; writes only hand over, `done` comes on the store's writer thread
/// once the bytes are durable. Any thread.
class Accounts {
 public:
  static constexpr std::size_t kProfileBytesMax = 256 * 1024;
  static constexpr std::size_t kChangesMax = 1000;
  using Done = Function<void(Result<void>)>;

  Accounts(ledger::Store& store, ledger::KeyRing& keys, const Clock& clock)
      : store_(store), keys_(keys), clock_(clock) {}

  /// Replaces the profile. TooLarge beyond kProfileBytesMax.
  void put(const access::PersonHash& person, std::string profile_json, Done done);
  /// Nothing when the platform told of no such account, or it was erased.
  Result<std::optional<std::string>> get(const access::PersonHash& person);
  /// Destroys the key, forgets the profile and every relation from and to the person. Fine when there is none.
  void erase(const access::PersonHash& person, Done done);

  /// All or nothing, in order. TooLarge beyond kChangesMax: the writer must not be held for long.
  void put_relations(std::vector<RelationChange> changes, Done done);
  Result<bool> has(const access::PersonHash& from, const access::PersonHash& to, RelationKind kind);
  /// Of one person, in no order worth knowing; for the platform's own questions and for tests.
  Result<std::vector<RelationChange>> relations_of(const access::PersonHash& from, std::size_t limit = SIZE_MAX);
  /// Everybody whom the person follows, blocks or knows, and everybody who blocks or knows them. Who only follows them
  /// is a stranger: a public person has a million of those.
  Result<std::vector<access::PersonHash>> close_to(const access::PersonHash& person);

 private:
  ledger::Store& store_;
  ledger::KeyRing& keys_;
  const Clock& clock_;
};

}  // namespace heed::store
