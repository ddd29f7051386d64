#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

namespace heed::access {

using PersonHash = std::array<std::uint8_t, 16>;  ///< keyed hash of an account id or mail address

enum class Caller : std::uint8_t { Public, Platform, User, Guest, Staff };
enum class Role : std::uint8_t { Triage = 1, Reviewer = 2, Lead = 4, Legal = 8, Analyst = 16, Admin = 32 };

/// Scopes of platform keys, one per verb (docs/integrator/keys.md).
enum class Scope : std::uint32_t {
  PostsWrite = 1 << 0,
  AccountsWrite = 1 << 1,
  RelationsWrite = 1 << 2,
  ReportsWrite = 1 << 3,
  ReportsRead = 1 << 4,
  ActionsRead = 1 << 5,
  ActionsWrite = 1 << 6,
  EventsWrite = 1 << 7,
  NoticesRead = 1 << 8,
  CasesRead = 1 << 9,
  TestClock = 1 << 10,
  Assess = 1 << 11,
};
std::string_view scope_name(Scope scope);
Result<std::uint32_t> parse_scopes(const std::vector<std::string>& names);  ///< "all" is every scope but test_clock
std::string_view role_name(Role role);
Result<std::uint32_t> parse_roles(const std::vector<std::string>& names);

struct DelegationTag {
  static constexpr std::string_view prefix = "dlg_";
};
using DelegationId = Id<DelegationTag>;

/// What somebody may do for another person: bits of a delegation. The evidence file only if it is given by name.
enum class Delegated : std::uint8_t { Report = 1, Read = 2, Talk = 4, Appeal = 8, File = 16 };
constexpr std::uint32_t kDelegatedAll = 31;
std::string_view delegated_name(Delegated scope);
Result<std::uint32_t> parse_delegated(const std::vector<std::string>& names);

/// Who is calling, as authenticated at the door. Everything behind asks this and nothing else.
struct Principal {
  Caller caller = Caller::Public;
  std::uint32_t scopes = 0;  ///< Platform
  std::uint32_t roles = 0;   ///< Staff
  Ulid id{};                 ///< key or staff id
  PersonHash person{};       ///< User, Guest
  std::string account_id;    ///< User: `sub`; never logged
  std::string handle, locale;
  CaseId guest_case{};           ///< Guest: the one case of the link
  Time signed_in_at{};           ///< User: when the platform vouched for them last
  bool trusted_flagger = false;  ///< Platform: reports made with this key are a trusted flagger's (DSA Art. 22)

  /// A User who acts for another: `person` and `account_id` are the principal's, this is by whose leave and as whom.
  DelegationId delegation{};
  std::uint32_t delegated = 0;
  PersonHash delegate{};

  bool acts_for_another() const { return static_cast<bool>(delegation); }
  bool may(Delegated scope) const {
    return !acts_for_another() || (delegated & static_cast<std::uint32_t>(scope)) != 0;
  }
  bool has(Scope scope) const {
    return caller == Caller::Platform && (scopes & static_cast<std::uint32_t>(scope)) != 0;
  }
  bool is(Role role) const { return caller == Caller::Staff && (roles & static_cast<std::uint32_t>(role)) != 0; }
  /// Opaque, stable, not personal: scopes idempotency keys and rates. E.g. "k:"+id, "u:"+hash. "p" for the
  /// public, who have nothing to tell them apart: count those by address.
  std::string rate_key() const;
};

}  // namespace heed::access
