#include "store/sqlite/backup.h"

#include "base/bytes.h"
#include "base/thread_name.h"

namespace heed::store {
namespace {

using ledger::Cell;
using ledger::ChainHead;

constexpr std::uint64_t kOperationalKept = 2;

}  // namespace

Result<std::string> encode_tables(ledger::View& view, const std::vector<const ledger::TableDef*>& tables) {
  std::string out;
  ByteWriter w(out);
  for (const ledger::TableDef* table : tables) {
    w.u8(1);
    w.bytes(table->name);
    w.varint(table->columns.size());
    for (const ledger::Column& column : table->columns) {
      w.bytes(column.name);
    }
    TRY(view.scan(*table, {}, [&](ledger::Cells row) {
      w.u8(2);
      for (const Cell& cell : row) {
        w.u8(static_cast<std::uint8_t>(cell.kind));
        if (cell.kind == Cell::Kind::Int) {
          w.u64(static_cast<std::uint64_t>(cell.i));
        } else if (cell.kind == Cell::Kind::Bytes) {
          w.bytes(cell.b);
        }
      }
      return true;
    }));
  }
  w.u8(0);
  return out;
}

Result<std::unique_ptr<Backup>> Backup::open(ledger::Store& store, BackupOptions options) {
  std::error_code failed;
  std::filesystem::create_directories(options.folder, failed);
  if (failed) {
    return io_error("creating the backup folder", options.folder, failed.value());
  }
  std::unique_ptr<Backup> backup(new Backup(store, std::move(options)));
  TRY(backup->resume());
  TRY(backup->belongs_to_store());
  return backup;
}

Result<void> Backup::resume() {
  std::vector<std::uint64_t> segments = TRY(list_segments(options_.folder));
  manifest_ = {};
  place_ = {};
  std::string_view key(reinterpret_cast<const char*>(options_.signing.public_key.data()),
                       options_.signing.public_key.size());
  while (!segments.empty()) {
    Result<SegmentReader> reader = SegmentReader::open(options_.folder, segments.back(), std::nullopt);
    if (!reader && reader.error().code != Code::Corrupt) {
      return tl::unexpected(reader.error());
    }
    bool found = false;
    while (reader) {
      Result<std::optional<SegmentReader::Record>> record = reader->next();
      if (!record || !*record) {
        break;  // What is cut off here is written anew; restore() tells damage from a cut.
      }
      if ((*record)->type == RecordType::Manifest) {
        manifest_ = TRY(decode_manifest((*record)->payload, (*record)->link_before, key));
        place_ = reader->place();
        found = true;
      }
    }
    if (found) {
      break;
    }
    // A segment that was begun and never closed with a manifest holds nothing that the store does not have.
    std::filesystem::remove(segment_path(options_.folder, segments.back()));
    segments.pop_back();
  }
  if (place_.segment != 0) {
    // Cuts off what no manifest closes.
    SegmentWriter writer = TRY(SegmentWriter::resume(options_.folder, place_));
    writer_.emplace(std::move(writer));
  }
  std::lock_guard lock(mutex_);
  copied_ = manifest_.head;
  return {};
}

Result<void> Backup::belongs_to_store() {
  if (manifest_.head.commit == 0) {
    return {};
  }
  std::unique_ptr<ledger::View> view = TRY(store_.view());
  bool same = false;
  TRY(view->commits(manifest_.head.commit - 1, [&](const ledger::CommitRow& row) {
    same = row.number == manifest_.head.commit && row.hash == manifest_.head.hash;
    return false;
  }));
  return same ? Result<void>()
              : fail(Code::Conflict, "the backup in " + options_.folder.string() +
                                         " is of another ledger, or has commits that this one lost; "
                                         "name an empty folder, or restore from it first");
}

Backup::~Backup() {
  if (thread_.joinable()) {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
      stop_changed_.notify_all();
    }
    thread_.join();
  }
}

void Backup::start() {
  thread_ = std::thread([this] {
    name_thread("backup");
    loop();
  });
}

void Backup::loop() {
  auto operational_at = std::chrono::steady_clock::now();
  for (bool last = false; !last;) {
    auto now = std::chrono::steady_clock::now();
    {
      std::unique_lock lock(mutex_);
      last = stop_changed_.wait_for(lock, options_.interval, [&] { return stopping_; });
    }
    bool operational = last || now >= operational_at;
    if (operational) {
      operational_at = now + options_.operational_interval;
    }
    (void)copy(operational);
  }
}

Result<void> Backup::copy(bool operational) {
  std::lock_guard lock(copy_mutex_);
  Result<void> done;
  bool more = true;
  while (done && more) {
    Result<bool> some = copy_some();
    more = some && *some;
    if (!some) {
      done = tl::unexpected(some.error());
    }
  }
  if (done && operational) {
    done = copy_operational();
  }
  if (done && manifest_due_) {
    done = close_with_manifest(manifest_.head);
  }
  if (!done) {
    writer_.reset();  // The next copy goes on behind the last manifest.
    (void)resume();
  }
  std::lock_guard state(mutex_);
  last_error_ = done ? "" : done.error().message;
  return done;
}

ChainHead Backup::copied() const {
  std::lock_guard lock(mutex_);
  return copied_;
}

std::string Backup::last_error() const {
  std::lock_guard lock(mutex_);
  return last_error_;
}

Result<void> Backup::ready_segment() {
  if (!writer_ && place_.segment != 0) {
    TRY(resume());
  }
  if (!writer_ || place_.bytes >= options_.segment_bytes) {
    SegmentWriter writer = TRY(SegmentWriter::create(options_.folder, place_));
    writer_.emplace(std::move(writer));
    place_ = writer_->place();
  }
  return {};
}

/// Whole commits from one view; true when there is more to copy.
Result<bool> Backup::copy_some() {
  std::unique_ptr<ledger::View> view = TRY(store_.view());
  ChainHead head = TRY(view->head());
  if (head.commit == manifest_.head.commit) {
    return false;
  }
  std::vector<ledger::CommitRow> rows;
  std::uint64_t from = manifest_.head.pos;
  TRY(view->commits(manifest_.head.commit, [&](const ledger::CommitRow& row) {
    rows.push_back(row);
    return row.last_pos - from < options_.events_a_view;
  }));
  if (rows.empty()) {
    return fail(Code::Corrupt, "the ledger's commit rows end before its head; run `heed ledger verify`");
  }
  TRY(ready_segment());
  std::size_t at = 0;
  Result<void> written;
  TRY(view->events(from, [&](const ledger::StoredEvent& event) {
    written = writer_->append(RecordType::Event, encode_event(event));
    while (written && at < rows.size() && rows[at].last_pos == event.pos) {
      written = writer_->append(RecordType::Commit, encode_commit(rows[at++]));
    }
    return written.has_value() && at < rows.size();
  }));
  TRY(std::move(written));
  if (at != rows.size()) {
    return fail(Code::Corrupt,
                "events named by commit " + std::to_string(rows[at].number) + " are missing; run `heed ledger verify`");
  }
  view.reset();
  TRY(close_with_manifest({rows.back().number, rows.back().last_pos, rows.back().hash}));
  return rows.back().number != head.commit;
}

Result<void> Backup::copy_operational() {
  if (options_.operational.empty()) {
    return {};
  }
  std::unique_ptr<ledger::View> view = TRY(store_.view());
  std::string content = TRY(encode_tables(*view, options_.operational));
  view.reset();
  Digest digest = sha256(content);
  if (manifest_.operational != 0 && digest == manifest_.operational_digest) {
    return {};
  }
  std::uint64_t number = manifest_.operational + 1;
  TRY(write_file_atomically(operational_path(options_.folder, number), content, 0600));
  manifest_.operational = number;
  manifest_.operational_digest = digest;
  manifest_due_ = true;
  return {};
}

Result<void> Backup::close_with_manifest(const ChainHead& head) {
  TRY(ready_segment());
  Manifest next = manifest_;
  next.head = head;
  TRY(writer_->append(RecordType::Manifest, encode_manifest(next, writer_->place().link, options_.signing)));
  TRY(writer_->flush());
  manifest_ = next;
  manifest_due_ = false;
  place_ = writer_->place();
  if (manifest_.operational > kOperationalKept) {
    std::error_code ignored;
    std::filesystem::remove(operational_path(options_.folder, manifest_.operational - kOperationalKept), ignored);
  }
  std::lock_guard lock(mutex_);
  copied_ = head;
  return {};
}

}  // namespace heed::store
