#include "store/directory/tables.h"

namespace heed::store {
namespace {

template <class Row>
ledger::TableDef define(std::string_view name, std::initializer_list<std::string_view> columns, int key_columns,
                        std::vector<ledger::Index> indexes = {}) {
  return {name, ledger::columns_of<Row>(columns), key_columns, std::move(indexes), /*projection=*/false};
}

}  // namespace

const ledger::TableDef& ApiKeyRow::table() {
  static const ledger::TableDef def =
      define<ApiKeyRow>("api_keys", {"id", "name", "hash", "scopes", "trusted_flagger", "created_at", "revoked_at"}, 1,
                        {{"hash", {2}, /*unique=*/true}});
  return def;
}

const ledger::TableDef& KeyUseRow::table() {
  static const ledger::TableDef def = define<KeyUseRow>("key_uses", {"id", "used_at"}, 1);
  return def;
}

const ledger::TableDef& ShiftRow::table() {
  static const ledger::TableDef def = define<ShiftRow>(
      "shifts", {"staff", "began", "last_at", "active_ms", "since_break_ms", "seen", "decided", "grave", "by_category"},
      1);
  return def;
}

const ledger::TableDef& StaffRow::table() {
  static const ledger::TableDef def = define<StaffRow>(
      "staff", {"id", "name", "alias", "password", "roles", "disabled"}, 1, {{"name", {1}, /*unique=*/true}});
  return def;
}

const ledger::TableDef& SessionRow::table() {
  static const ledger::TableDef def =
      define<SessionRow>("sessions", {"hash", "staff", "created_at", "seen_at"}, 1, {{"staff", {1}}, {"seen_at", {3}}});
  return def;
}

const ledger::TableDef& SecondFactorRow::table() {
  static const ledger::TableDef def =
      define<SecondFactorRow>("second_factors", {"staff", "sealed", "confirmed", "last_step", "recovery", "since"}, 1);
  return def;
}

const ledger::TableDef& InvitationRow::table() {
  static const ledger::TableDef def = define<InvitationRow>(
      "invitations", {"id", "hash", "name", "roles", "by_staff", "staff", "created_at", "expires_at"}, 1);
  return def;
}

const ledger::TableDef& TieRow::table() {
  static const ledger::TableDef def =
      define<TieRow>("ties", {"staff", "person", "kind", "sealed", "at"}, 3, {{"person", {1}}});
  return def;
}

const ledger::TableDef& AccountRow::table() {
  static const ledger::TableDef def = define<AccountRow>("accounts", {"person", "slot", "sealed", "at"}, 1);
  return def;
}

const ledger::TableDef& RelationRow::table() {
  static const ledger::TableDef def =
      define<RelationRow>("relations", {"from_person", "to_person", "kind", "at"}, 3, {{"to_person", {1}}});
  return def;
}

const ledger::TableDef& AccessRow::table() {
  static const ledger::TableDef def =
      define<AccessRow>("access_log", {"seq", "at", "staff", "what", "object", "case_id", "reason", "hash"}, 1,
                        {{"case_id", {5}}, {"at", {1}}, {"staff", {2}}});
  return def;
}

std::vector<const ledger::TableDef*> directory_tables() {
  return {&ApiKeyRow::table(),   &StaffRow::table(),  &SessionRow::table(),      &AccountRow::table(),
          &RelationRow::table(), &AccessRow::table(), &SecondFactorRow::table(), &InvitationRow::table(),
          &TieRow::table(),      &KeyUseRow::table(), &ShiftRow::table()};
}

}  // namespace heed::store
