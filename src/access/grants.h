#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "access/principal.h"
#include "base/clock.h"
#include "base/guarded.h"

namespace heed::access {

/// One delegation in force.
struct Grant {
  DelegationId id;
  PersonHash principal{}, delegate{};
  std::string account;       ///< the principal's; never logged
  std::uint32_t scopes = 0;  ///< bits of Delegated
  Time until{};
  bool by_mail = false;
  int opened = 0;  ///< by mail: the newest link that was opened; what was opened with an earlier one is over
};

/// The delegations in force, in memory: every request and, once a second, every open page asks here, so what is ended
/// is over at once. The ledger has the truth; whoever changes it tells this book, which is filled anew at start. Any
/// thread.
class Grants {
 public:
  void fill(std::vector<Grant> grants);
  bool filled() const;
  void put(Grant grant);
  void end(DelegationId id);
  /// This link of it was opened; those before are over.
  void opened(DelegationId id, int link);
  /// Everything a person gave or has: that person was erased.
  void forget(const PersonHash& person);

  std::optional<Grant> find(DelegationId id, Time now) const;
  /// What `delegate` may do for `principal`.
  std::optional<Grant> between(const PersonHash& delegate, const PersonHash& principal, Time now) const;

 private:
  struct Book {
    bool filled = false;
    std::map<DelegationId, Grant> by_id;
    std::map<std::pair<PersonHash, PersonHash>, DelegationId> by_people;  ///< (delegate, principal)
  };
  Guarded<Book> book_;
};

/// Whoever calls, acting for somebody else by this grant.
Principal acting(const Grant& grant, std::string locale);

}  // namespace heed::access
