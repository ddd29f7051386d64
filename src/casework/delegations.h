#pragma once
#include <optional>
#include <string>
#include <vector>

#include "casework/context.h"
#include "casework/ports.h"
#include "casework/sealed.h"

/// Who may act for whom: staff, a union, an organisation, a parent or a lawyer for one person, with scopes and an end.
/// What a delegate does is done in the principal's name and says by whose leave (`actor`, `filed_by`).
namespace heed::casework {

struct DelegationCommand {
  std::string principal;  ///< account id
  std::string principal_handle, locale;
  std::string delegate;       ///< account id or mail address
  std::string delegate_name;  ///< as the principal calls them; "" none
  bool by_mail = false;
  DelegateKind as{};
  std::uint32_t scopes = 0;  ///< bits of access::Delegated
  Time until{};
  bool by_platform = false;
};

inline constexpr int kDelegationsMax = 50;  ///< in force, of one principal
inline constexpr Millis kDelegationLife = std::chrono::hours(24 * 90),
                        kDelegationLifeMax = std::chrono::hours(24 * 366);

/// One that the same delegate has from the same principal is replaced. InvalidInput for oneself; Conflict beyond the
/// limit.
Result<DelegationRow> grant(Context& context, const DelegationCommand& command);
/// Does nothing when it has ended. NotFound when there is none.
Result<void> end_delegation(Context& context, access::DelegationId id, DelegationEnd why, Ulid actor);

/// A delegate without an account opens one link, once, and works with what that gives (api/delegate_link.h).
inline constexpr Millis kDelegateLinkEvery = std::chrono::minutes(10);

/// One more link, mailed to the delegate where mail is sent. NotFound for none in force or a delegate with an account;
/// TooMany within kDelegateLinkEvery of the link before.
Result<DelegationRow> make_delegate_link(Context& context, access::DelegationId id, Ulid actor);
/// Spends this link and all before it. NotFound for one that was never made, that is spent, or whose delegation is not
/// in force.
Result<DelegationRow> open_delegate_link(Context& context, access::DelegationId id, int link);

/// In force, ended and run out, newest first: those that `person` gave, or those that `person` has.
Result<std::vector<DelegationRow>> delegations_by(ledger::View& view, const PersonHash& person);
Result<std::vector<DelegationRow>> delegations_to(ledger::View& view, const PersonHash& person);
/// All that have not ended; those that have run out too.
Result<std::vector<DelegationRow>> all_delegations(ledger::View& view);

inline bool in_force(const DelegationRow& row, Time now) {
  return row.ended_at == Time{} && now < row.until && row.principal && row.delegate;
}

/// Who they are; nothing for who was erased.
struct DelegationPeople {
  std::optional<Identity> principal, delegate;
};
/// How somebody is named to people who know them: the name that the principal gave, the mail address, what the platform
/// shows of the account, the account. `accounts` null: the platform is not asked.
std::string known_as(const Identity& who, Accounts* accounts);
Result<DelegationPeople> people_of(ledger::View& view, ledger::KeyRing& keys, const DelegationRow& row);

}  // namespace heed::casework
