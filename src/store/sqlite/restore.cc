#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/bytes.h"
#include "store/sqlite/backup.h"
#include "store/sqlite/folder_lock.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/tables.h"

namespace heed::store {
namespace {

using ledger::Cell;
using ledger::ChainHead;

/// Reads all segments into a database that has no name yet.
class Restorer {
 public:
  Restorer(const RestoreOptions& options, Database& db) : options_(options), db_(db) {}

  Result<Manifest> run() {
    std::vector<std::uint64_t> segments = TRY(list_segments(options_.backup));
    if (segments.empty()) {
      return fail(Code::NotFound, "there is no backup in " + options_.backup.string());
    }
    TRY(db_.exec("BEGIN"));
    std::optional<Digest> before = Digest{};
    for (std::size_t i = 0; i < segments.size(); ++i) {
      if (segments[i] != i + 1) {
        return fail(Code::Corrupt, segment_path(options_.backup, i + 1).filename().string() + " is missing");
      }
      TRY(read_segment(segments[i], before, /*last=*/i + 1 == segments.size()));
      before = link_;
    }
    if (manifest_.head.pos != pos_ || manifest_.head.commit != commit_) {
      return fail(Code::Corrupt, "the backup's last manifest does not name the last of its events");
    }
    TRY(restore_operational());
    TRY(db_.exec("INSERT OR REPLACE INTO heed_meta VALUES ('replayed_to', 0)"));
    TRY(db_.exec("COMMIT"));
    return manifest_;
  }

 private:
  Result<void> read_segment(std::uint64_t number, const std::optional<Digest>& before, bool last) {
    SegmentReader reader = TRY(SegmentReader::open(options_.backup, number, before));
    std::uint64_t closed = reader.place().bytes;
    link_ = reader.place().link;
    std::vector<ledger::StoredEvent> events;
    std::vector<ledger::CommitRow> commits;
    Result<void> fault;
    for (;;) {
      Result<std::optional<SegmentReader::Record>> record = reader.next();
      if (!record) {
        fault = tl::unexpected(record.error());
        break;
      }
      if (!*record) {
        break;
      }
      const SegmentReader::Record& r = **record;
      if (r.type == RecordType::Event) {
        events.push_back(TRY(decode_event(r.payload)));
      } else if (r.type == RecordType::Commit) {
        commits.push_back(TRY(decode_commit(r.payload)));
      } else if (r.type == RecordType::Manifest) {
        manifest_ = TRY(located(decode_manifest(r.payload, r.link_before, options_.public_key), number, closed));
        TRY(insert(events, commits));
        events.clear();
        commits.clear();
        closed = reader.place().bytes;
        link_ = reader.place().link;
      }
    }
    bool cut_off = closed != reader.size();
    if (cut_off && !(last && options_.allow_cut_off_end)) {
      std::string hint = last ? "; everything up to pos " + std::to_string(manifest_.head.pos) +
                                    " can be restored by allowing a cut-off end"
                              : "";
      std::string where = segment_path(options_.backup, number).filename().string() + " at byte " +
                          std::to_string(closed) + ": no signed manifest closes what follows";
      return fail(Code::Corrupt, (fault ? where : fault.error().message) + hint);
    }
    return {};
  }

  Result<Manifest> located(Result<Manifest> manifest, std::uint64_t number, std::uint64_t byte) {
    if (manifest) {
      return manifest;
    }
    return fail(manifest.error().code, segment_path(options_.backup, number).filename().string() + " after byte " +
                                           std::to_string(byte) + ": " + manifest.error().message);
  }

  Result<void> insert(const std::vector<ledger::StoredEvent>& events, const std::vector<ledger::CommitRow>& commits) {
    Statement& e = *TRY(insert_event_.plain(db_));
    for (const ledger::StoredEvent& event : events) {
      e.bind(1, event.pos);
      e.bind(2, event.case_id.view());
      e.bind(3, event.seq);
      e.bind(4, event.header);
      e.bind(5, event.bodies);
      e.bind(6, view(event.hash));
      TRY(run(e, "restoring an event"));
      pos_ = event.pos;
    }
    Statement& c = *TRY(insert_commit_.plain(db_));
    for (const ledger::CommitRow& row : commits) {
      c.bind(1, row.number);
      c.bind(2, row.first_pos);
      c.bind(3, row.last_pos);
      c.bind(4, view(row.root));
      c.bind(5, view(row.hash));
      TRY(run(c, "restoring a commit row"));
      commit_ = row.number;
    }
    return {};
  }

  Result<void> run(Statement& statement, std::string_view doing) {
    int code = statement.step();
    statement.reset();
    return code == Statement::kDone ? Result<void>() : tl::unexpected(db_.error(code, doing));
  }

  Result<void> restore_operational() {
    if (manifest_.operational == 0) {
      return {};
    }
    std::filesystem::path path = operational_path(options_.backup, manifest_.operational);
    std::string content = TRY(read_file(path));
    if (sha256(content) != manifest_.operational_digest) {
      return fail(Code::Corrupt, path.filename().string() + " is not the one that the last manifest names");
    }
    ByteReader r(content);
    while (r.u8() == 1) {
      TRY(restore_table(r, path));
    }
    return r.ok() && r.at_end() ? Result<void>() : fail(Code::Corrupt, path.filename().string() + " does not decode");
  }

  Result<void> restore_table(ByteReader& r, const std::filesystem::path& path) {
    std::string_view name = r.bytes();
    std::vector<std::string_view> columns(std::min<std::uint64_t>(r.varint(), 64));
    for (std::string_view& column : columns) {
      column = r.bytes();
    }
    auto found = std::find_if(options_.tables.begin(), options_.tables.end(),
                              [&](const ledger::TableDef* t) { return t->name == name; });
    std::optional<TableStatements> table;
    if (found != options_.tables.end()) {
      table.emplace(**found, book_);
    }
    // Row marks are read ahead here; the mark of what follows the table is left for the caller.
    while (r.ok() && r.left() > 0 && peek(r) == 2) {
      r.u8();
      std::vector<Cell> stored;
      for (std::size_t i = 0; i < columns.size(); ++i) {
        auto kind = static_cast<Cell::Kind>(r.u8());
        stored.push_back(kind == Cell::Kind::Int     ? Cell::integer(static_cast<std::int64_t>(r.u64()))
                         : kind == Cell::Kind::Bytes ? Cell::bytes(r.bytes())
                                                     : Cell::null());
      }
      if (!r.ok()) {
        return fail(Code::Corrupt, path.filename().string() + " does not decode");
      }
      if (!table) {
        continue;  // This release no longer has it.
      }
      std::vector<Cell> row;
      for (std::size_t i = 0; i < table->def().columns.size(); ++i) {
        const ledger::Column& column = table->def().columns[i];
        auto at = std::find(columns.begin(), columns.end(), column.name);
        bool key = i < static_cast<std::size_t>(table->def().key_columns);
        Cell absent = !key ? Cell::null() : column.type == ledger::Type::Int ? Cell::integer(0) : Cell::bytes("");
        row.push_back(at == columns.end() ? absent : stored[static_cast<std::size_t>(at - columns.begin())]);
      }
      TRY(table->insert(db_, row));
    }
    return {};
  }
  static std::uint8_t peek(ByteReader r) { return r.u8(); }

  const RestoreOptions& options_;
  Database& db_;
  CachedStatement insert_event_{"INSERT INTO events VALUES (?1, ?2, ?3, ?4, ?5, ?6)"};
  CachedStatement insert_commit_{"INSERT INTO commits VALUES (?1, ?2, ?3, ?4, ?5)"};
  GatheredBook book_{options_.tables};
  Digest link_{};
  Manifest manifest_;
  std::uint64_t pos_ = 0, commit_ = 0;
};

Result<void> verify(Database& db, const RestoreOptions& options) {
  GatheredBook book(options.tables);
  Reader reader(db, options.tables, book);
  ReaderView view(reader);
  std::vector<ledger::Fault> faults = TRY(ledger::verify_chains(view, options.anchors));
  if (!faults.empty()) {
    return fail(Code::Corrupt,
                "the backed-up ledger does not verify: pos " + std::to_string(faults[0].pos) + ": " + faults[0].what);
  }
  return {};
}

Result<void> build(const std::filesystem::path& path, const RestoreOptions& options) {
  Database db = TRY(Database::open(path, {.read_only = false, .cache_bytes = 64 << 20}));
  // Nobody else sees this file before it is whole, so it needs no journal.
  TRY(db.exec("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF"));
  TRY(prepare_schema(db, options.tables));
  TRY(Restorer(options, db).run());
  return verify(db, options);
}

Result<void> flush_file(const std::filesystem::path& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) {
    return io_error("flushing", path, errno);
  }
  return {};
}

}  // namespace

Result<ChainHead> restore(const RestoreOptions& options) {
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  if (failed) {
    return io_error("creating the data folder", options.folder, failed.value());
  }
  std::filesystem::path final_path = options.folder / "ledger.db";
  std::filesystem::path path = options.folder / "ledger.db.restoring";
  {
    Fd lock = TRY(lock_folder(options.folder));
    if (std::filesystem::exists(final_path)) {
      return fail(Code::Conflict, options.folder.string() + " already holds a ledger; restore into an empty folder");
    }
    std::filesystem::remove(path, failed);
    Result<void> built = build(path, options);
    if (built) {
      built = flush_file(path);
    }
    if (!built) {
      std::filesystem::remove(path, failed);
      return tl::unexpected(std::move(built).error());
    }
    std::filesystem::rename(path, final_path, failed);
    if (failed) {
      return io_error("naming", final_path, failed.value());
    }
    TRY(sync_folder(options.folder));
  }
  // Opening replays the events into the projections.
  SqliteOptions store_options;
  store_options.folder = options.folder;
  store_options.tables = options.tables;
  store_options.projector = options.projector;
  std::unique_ptr<SqliteStore> store = TRY(open_sqlite_store(std::move(store_options)));
  std::unique_ptr<ledger::View> view = TRY(store->view());
  return view->head();
}

}  // namespace heed::store
