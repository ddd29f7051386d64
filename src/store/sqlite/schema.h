#pragma once
#include <string>
#include <vector>

#include "ledger/table.h"
#include "store/sqlite/database.h"

namespace heed::store {

/// The version of the folder's own format (events, commits, heed_meta), in PRAGMA user_version. A release opens
/// every earlier one (schema.cc lists the steps) and refuses a later one.
inline constexpr int kFormatVersion = 1;

std::string quote_name(std::string_view name);
/// Quoted "table.index": SQLite has one space of names for the tables and indexes of a file, a TableDef one of its own.
std::string quote_index_name(const ledger::TableDef& table, const ledger::Index& index);
/// CREATE TABLE and CREATE INDEX for one definition. A key of one number becomes SQLite's rowid; any other table
/// is stored by its primary key (WITHOUT ROWID), so that every index continues into the key.
std::string create_table_sql(const ledger::TableDef& table);
/// Text that changes whenever the definition does; kept in heed_meta to notice a changed one.
std::string describe(const ledger::TableDef& table);

/// What opening found.
struct SchemaChange {
  bool created = false;              ///< the database was empty
  bool projections_dropped = false;  ///< a projection's definition had changed: all are empty now and need a replay
};

/// Brings the database to this release's format and tables, in one transaction. A changed operational table
/// keeps its columns of the same name; a changed, new or vanished projection empties all projections, because
/// only a replay can fill them. Conflict when a newer release wrote the folder.
Result<SchemaChange> prepare_schema(Database& db, const std::vector<const ledger::TableDef*>& tables);

}  // namespace heed::store
