#include "store/sqlite/schema.h"

#include <algorithm>
#include <array>

#include "store/sqlite/gathered.h"

namespace heed::store {
namespace {

using ledger::TableDef;

/// Step i brings a folder of version i to version i + 1. Steps are never changed, only added.
constexpr std::array<const char*, kFormatVersion> kSteps = {R"sql(
  CREATE TABLE events (pos INTEGER PRIMARY KEY, case_id BLOB NOT NULL, seq INTEGER NOT NULL,
                       header BLOB NOT NULL, bodies BLOB NOT NULL, hash BLOB NOT NULL);
  CREATE UNIQUE INDEX events_case ON events (case_id, seq);
  CREATE TABLE commits (number INTEGER PRIMARY KEY, first_pos INTEGER NOT NULL, last_pos INTEGER NOT NULL,
                        root BLOB NOT NULL, hash BLOB NOT NULL);
  CREATE TABLE heed_meta (key TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
)sql"};

bool rowid_key(const TableDef& table) { return table.key_columns == 1 && table.columns[0].type == ledger::Type::Int; }

std::string join(std::size_t n, auto&& name) {
  std::string out;
  for (std::size_t i = 0; i < n; ++i) {
    out.append(i == 0 ? "" : ", ").append(name(i));
  }
  return out;
}

struct StoredDef {
  std::string name;
  std::string description;
};

Result<std::vector<StoredDef>> stored_defs(Database& db) {
  std::vector<StoredDef> out;
  Statement s = TRY(db.prepare("SELECT substr(key, 7), value FROM heed_meta WHERE key >= 'table:' AND key < 'table;'"));
  int code;
  while ((code = s.step()) == Statement::kRow) {
    out.push_back({std::string(s.bytes(0)), std::string(s.bytes(1))});
  }
  if (code != Statement::kDone) {
    return tl::unexpected(db.error(code, "reading the stored table definitions"));
  }
  return out;
}

bool was_projection(const StoredDef& def) { return def.description.starts_with("projection "); }

Result<void> remember(Database& db, const TableDef& table) {
  std::string key = "table:" + std::string(table.name);
  std::string value = describe(table);
  Statement s = TRY(db.prepare("INSERT OR REPLACE INTO heed_meta VALUES (CAST(?1 AS TEXT), ?2)"));
  s.bind(1, key);
  s.bind(2, value);
  int code = s.step();
  return code == Statement::kDone ? Result<void>() : tl::unexpected(db.error(code, "noting a table definition"));
}

Result<void> forget(Database& db, const std::string& name) {
  Statement s = TRY(db.prepare("DELETE FROM heed_meta WHERE key = CAST(?1 AS TEXT)"));
  std::string key = "table:" + name;
  s.bind(1, key);
  int code = s.step();
  return code == Statement::kDone ? Result<void>() : tl::unexpected(db.error(code, "forgetting a table definition"));
}

Result<std::vector<std::string>> column_names(Database& db, std::string_view table) {
  std::vector<std::string> out;
  Statement s = TRY(db.prepare("SELECT name FROM pragma_table_info(CAST(?1 AS TEXT))"));
  s.bind(1, table);
  while (s.step() == Statement::kRow) {
    out.emplace_back(s.bytes(0));
  }
  return out;
}

/// With the tables of its gathered indexes.
Result<void> drop_table(Database& db, std::string_view name) {
  std::vector<std::string> tables;
  {
    Statement s =
        TRY(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND (name = CAST(?1 AS TEXT) OR "
                       "substr(name, 1, length(CAST(?1 AS TEXT)) + 1) = CAST(?1 AS TEXT) || '.')"));
    s.bind(1, name);
    while (s.step() == Statement::kRow) {
      tables.emplace_back(s.bytes(0));
    }
  }
  for (const std::string& table : tables) {
    TRY(db.exec("DROP TABLE " + quote_name(table)));
  }
  return {};
}

/// The rows of the old table under the new definition: columns of the same name, else null or zero.
Result<void> rebuild_operational(Database& db, const TableDef& table) {
  std::vector<std::string> old = TRY(column_names(db, table.name));
  // Its indexes go with it, so that the new ones can have their names.
  TRY(db.exec("CREATE TEMP TABLE heed_moved AS SELECT * FROM " + quote_name(table.name) + "; DROP TABLE " +
              quote_name(table.name)));
  TRY(db.exec(create_table_sql(table)));
  std::string values = join(table.columns.size(), [&](std::size_t i) {
    const ledger::Column& column = table.columns[i];
    bool kept = std::find(old.begin(), old.end(), column.name) != old.end();
    bool key = i < static_cast<std::size_t>(table.key_columns);
    const char* zero = column.type == ledger::Type::Int ? "0" : "x''";
    return kept ? quote_name(column.name) : std::string(key ? zero : "NULL");
  });
  return db.exec("INSERT OR IGNORE INTO " + quote_name(table.name) + " SELECT " + values +
                 " FROM heed_moved; DROP TABLE heed_moved");
}

Result<void> migrate(Database& db, int from) {
  for (int version = from; version < kFormatVersion; ++version) {
    TRY(db.exec(kSteps[static_cast<std::size_t>(version)]));
  }
  return db.exec("PRAGMA user_version=" + std::to_string(kFormatVersion));
}

Result<bool> update_tables(Database& db, const std::vector<const TableDef*>& tables) {
  std::vector<StoredDef> stored = TRY(stored_defs(db));
  auto find = [&](std::string_view name) {
    return std::find_if(stored.begin(), stored.end(), [&](const StoredDef& d) { return d.name == name; });
  };
  bool rebuild = false;
  for (const TableDef* table : tables) {
    auto old = find(table->name);
    bool changed = old == stored.end() || old->description != describe(*table);
    rebuild = rebuild || (changed && (table->projection || (old != stored.end() && was_projection(*old))));
  }
  for (const StoredDef& old : stored) {
    bool gone = std::none_of(tables.begin(), tables.end(), [&](const TableDef* t) { return t->name == old.name; });
    // A vanished operational table is left alone: an older tool may simply not know it.
    if (gone && was_projection(old)) {
      TRY(drop_table(db, old.name));
      TRY(forget(db, old.name));
    }
  }
  for (const TableDef* table : tables) {
    auto old = find(table->name);
    bool changed = old == stored.end() || old->description != describe(*table);
    if (old == stored.end()) {
      TRY(db.exec(create_table_sql(*table)));
    } else if (table->projection && rebuild) {
      TRY(drop_table(db, table->name));
      TRY(db.exec(create_table_sql(*table)));
    } else if (changed) {
      TRY(rebuild_operational(db, *table));
    }
    if (changed) {
      TRY(remember(db, *table));
    }
  }
  return rebuild;
}

Result<SchemaChange> prepare_in_transaction(Database& db, const std::vector<const TableDef*>& tables) {
  SchemaChange change;
  std::int64_t version = TRY(db.scalar("PRAGMA user_version"));
  std::int64_t existing = TRY(db.scalar("SELECT count(*) FROM sqlite_schema"));
  if (version > kFormatVersion) {
    return fail(Code::Conflict, "the data folder has format " + std::to_string(version) +
                                    ", written by a newer release; this one knows up to " +
                                    std::to_string(kFormatVersion) + ": start the newer release instead");
  }
  if (version == 0 && existing != 0) {
    return fail(Code::Corrupt, "the database in the data folder is not a ledger");
  }
  change.created = version == 0;
  if (version < kFormatVersion) {
    TRY(migrate(db, static_cast<int>(version)));
  }
  bool rebuild = TRY(update_tables(db, tables));
  change.projections_dropped = rebuild && TRY(db.scalar("SELECT count(*) FROM (SELECT 1 FROM events LIMIT 1)")) != 0;
  if (change.projections_dropped) {
    TRY(db.exec("INSERT OR REPLACE INTO heed_meta VALUES ('replayed_to', 0)"));
  }
  return change;
}

}  // namespace

std::string quote_name(std::string_view name) {
  HEED_ASSERT(name.find('"') == std::string_view::npos);
  return "\"" + std::string(name) + "\"";
}

std::string quote_index_name(const ledger::TableDef& table, const ledger::Index& index) {
  return quote_name(std::string(table.name) + "." + std::string(index.name));
}

std::string create_table_sql(const TableDef& table) {
  HEED_ASSERT(table.name != "events" && table.name != "commits" && table.name != "heed_meta");
  HEED_ASSERT(table.columns.size() <= 64 && table.key_columns >= 1);
  std::string sql = "CREATE TABLE " + quote_name(table.name) + " (";
  sql += join(table.columns.size(), [&](std::size_t i) {
    std::string column =
        quote_name(table.columns[i].name) + (table.columns[i].type == ledger::Type::Int ? " INTEGER" : " BLOB");
    if (i < static_cast<std::size_t>(table.key_columns)) {
      column += rowid_key(table) ? " PRIMARY KEY" : " NOT NULL";
    }
    return column;
  });
  if (!rowid_key(table)) {
    sql += ", PRIMARY KEY (";
    sql += join(static_cast<std::size_t>(table.key_columns),
                [&](std::size_t i) { return quote_name(table.columns[i].name); });
    sql += ")) WITHOUT ROWID;\n";
  } else {
    sql += ");\n";
  }
  for (const ledger::Index& index : table.indexes) {
    if (index.gathered) {
      sql += create_gathered_sql(table, index);
      continue;
    }
    auto column = [&](std::size_t i) {
      return quote_name(table.columns[static_cast<std::size_t>(index.columns[i])].name);
    };
    sql += std::string("CREATE ") + (index.unique ? "UNIQUE " : "") + "INDEX " + quote_index_name(table, index) +
           " ON " + quote_name(table.name) + " (" + join(index.columns.size(), column) + ")" +
           (index.partial ? " WHERE " + column(0) + " IS NOT NULL" : "") + ";\n";
  }
  return sql;
}

std::string describe(const TableDef& table) {
  return (table.projection ? "projection " : "operational ") + create_table_sql(table);
}

Result<SchemaChange> prepare_schema(Database& db, const std::vector<const TableDef*>& tables) {
  TRY(db.exec("BEGIN IMMEDIATE"));
  Result<SchemaChange> change = prepare_in_transaction(db, tables);
  if (!change) {
    (void)db.exec("ROLLBACK");
    return change;
  }
  TRY(db.exec("COMMIT"));
  return change;
}

}  // namespace heed::store
