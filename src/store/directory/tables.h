#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "access/directory.h"
#include "access/principal.h"
#include "base/clock.h"
#include "base/id.h"
#include "ledger/table.h"

/// Operational tables of who may call and who is who: in the same store as the ledger and backed up with it, but no
/// projection: they follow from no event, so they are neither replayed nor dumped.
namespace heed::store {

struct ApiKeyRow {
  KeyId id;
  std::string name, hash;
  std::uint32_t scopes = 0;
  bool trusted_flagger = false;
  Time created_at{};
  std::optional<Time> revoked_at;
  static const ledger::TableDef& table();
  auto tie() { return std::tie(id, name, hash, scopes, trusted_flagger, created_at, revoked_at); }
};
inline constexpr int kApiKeyByHash = 0;

struct KeyUseRow {
  KeyId id;
  Time used_at{};
  static const ledger::TableDef& table();
  auto tie() { return std::tie(id, used_at); }
};

struct ShiftRow {
  StaffId staff;
  Time began{}, last_at{};
  std::int64_t active_ms = 0, since_break_ms = 0, seen = 0, decided = 0, grave = 0;
  std::string by_category;  ///< "insult 12\nthreat 3\n"
  static const ledger::TableDef& table();
  auto tie() { return std::tie(staff, began, last_at, active_ms, since_break_ms, seen, decided, grave, by_category); }
};

struct StaffRow {
  StaffId id;
  std::string name, alias, password;
  std::uint32_t roles = 0;
  bool disabled = false;
  static const ledger::TableDef& table();
  auto tie() { return std::tie(id, name, alias, password, roles, disabled); }
};
inline constexpr int kStaffByName = 0;

struct SessionRow {
  std::string hash;
  StaffId staff;
  Time created_at{}, seen_at{};
  static const ledger::TableDef& table();
  auto tie() { return std::tie(hash, staff, created_at, seen_at); }
};
inline constexpr int kSessionByStaff = 0;
inline constexpr int kSessionBySeen = 1;

struct SecondFactorRow {
  StaffId staff;
  std::string sealed;
  bool confirmed = false;
  std::int64_t last_step = 0;
  std::string recovery;  ///< hashes, 32 bytes each
  Time since{};
  static const ledger::TableDef& table();
  auto tie() { return std::tie(staff, sealed, confirmed, last_step, recovery, since); }
};

struct InvitationRow {
  access::InvitationId id;
  std::string hash, name;
  std::uint32_t roles = 0;
  StaffId by, staff;
  Time created_at{}, expires_at{};
  static const ledger::TableDef& table();
  auto tie() { return std::tie(id, hash, name, roles, by, staff, created_at, expires_at); }
};

/// On whom of the platform somebody of the staff may not judge.
struct TieRow {
  StaffId staff;
  access::PersonHash person{};
  std::uint8_t kind = 0;
  std::string sealed;
  Time at{};
  static const ledger::TableDef& table();
  auto tie() { return std::tie(staff, person, kind, sealed, at); }
};
inline constexpr int kTieByPerson = 0;

/// A profile is sealed under `slot`'s key; an erased account leaves no row.
struct AccountRow {
  access::PersonHash person{};
  std::uint64_t slot = 0;
  std::string sealed;
  Time at{};
  static const ledger::TableDef& table();
  auto tie() { return std::tie(person, slot, sealed, at); }
};

struct RelationRow {
  access::PersonHash from{}, to{};
  std::uint8_t kind = 0;
  Time at{};
  static const ledger::TableDef& table();
  auto tie() { return std::tie(from, to, kind, at); }
};
inline constexpr int kRelationByTo = 0;

struct AccessRow {
  std::uint64_t seq = 0;
  Time at{};
  StaffId staff;
  std::string what, object;
  CaseId case_id;
  std::string reason, hash;
  static const ledger::TableDef& table();
  auto tie() { return std::tie(seq, at, staff, what, object, case_id, reason, hash); }
};
inline constexpr int kAccessByCase = 0;
inline constexpr int kAccessByTime = 1;
inline constexpr int kAccessByStaff = 2;

/// All of them, for opening the store.
std::vector<const ledger::TableDef*> directory_tables();

}  // namespace heed::store
