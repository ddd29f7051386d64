#include "app/backup.h"

#include <fcntl.h>
#include <signal.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>

#include "app/commands.h"
#include "app/office.h"
#include "base/bytes.h"
#include "base/file.h"

namespace heed::app {
namespace {

namespace fs = std::filesystem;

std::vector<const ledger::TableDef*> operational_tables() {
  std::vector<const ledger::TableDef*> tables = casework::operational_tables();
  for (const ledger::TableDef* table : store::directory_tables()) {
    tables.push_back(table);
  }
  return tables;
}

Result<void> sync_file(const fs::path& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd || ::fsync(fd.get()) != 0) {
    return io_error("flushing", path, errno);
  }
  return {};
}

/// Copies a folder with everything in it, flushed; returns the number of files.
Result<std::uint64_t> copy_folder(const fs::path& from, const fs::path& to) {
  std::error_code error;
  std::uint64_t files = 0;
  fs::create_directories(to, error);
  std::vector<fs::path> folders = {to};
  for (fs::recursive_directory_iterator entry(from, error), end; !error && entry != end; entry.increment(error)) {
    fs::path target = to / fs::relative(entry->path(), from, error);
    if (entry->is_directory()) {
      fs::create_directories(target, error);
      folders.push_back(target);
    } else if (entry->is_regular_file()) {
      fs::copy_file(entry->path(), target, fs::copy_options::overwrite_existing, error);
      if (!error) {
        TRY(sync_file(target));
        ++files;
      }
    }
    if (error) {
      return fail(Code::Unavailable, "copying " + entry->path().string() + ": " + error.message());
    }
  }
  if (error) {
    return fail(Code::Unavailable, "copying " + from.string() + ": " + error.message());
  }
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    TRY(sync_folder(*folder));
  }
  return files;
}

/// <to>/keys-<time>, and of those only the newest `keep` stay.
Result<fs::path> copy_keys(const Rooms& rooms, const fs::path& to, std::size_t keep) {
  std::string stamp = format_time(rooms.clock().now());
  std::erase_if(stamp, [](char c) { return c == ':' || c == '-'; });
  fs::path made = to / ("keys-" + stamp);
  const fs::path half = to / "keys.partial";
  std::error_code error;
  fs::remove_all(half, error);
  fs::create_directories(to, error);
  TRY(copy_folder(rooms.places().keys, half));
  fs::permissions(half, fs::perms::owner_all, error);
  fs::rename(half, made, error);
  if (error) {
    return fail(Code::Unavailable, "naming " + made.string() + ": " + error.message());
  }
  TRY(sync_folder(to));
  std::vector<fs::path> copies;
  for (const auto& entry : fs::directory_iterator(to, error)) {
    if (entry.is_directory() && entry.path().filename().string().starts_with("keys-")) {
      copies.push_back(entry.path());
    }
  }
  std::sort(copies.rbegin(), copies.rend());
  for (std::size_t i = keep; i < copies.size(); ++i) {
    fs::remove_all(copies[i], error);
  }
  return made;
}

bool same_place(const fs::path& a, const fs::path& b) {
  std::error_code error;
  return fs::weakly_canonical(a, error) == fs::weakly_canonical(b, error);
}

Result<Output> back_up(Office& office, const Arguments& arguments) {
  const fs::path to = fs::absolute(arguments.text("--to"));
  if (same_place(to, office.rooms().places().data) || same_place(to, office.rooms().places().keys)) {
    return invalid("--to", "is the place itself; a second place is another folder, best on another disk");
  }
  Output out;
  if (arguments.flag("--keys")) {
    fs::path made = TRY(copy_keys(office.rooms(), to, static_cast<std::size_t>(arguments.integer("--keep"))));
    out.fact("keys", "Keys copied to", made.string());
    return out;
  }
  if (office.serving() && !office.settings().text("backup.dir").empty() &&
      same_place(to, office.settings().text("backup.dir"))) {
    return fail(Code::Conflict, "the running server keeps a copy there already, at most " +
                                    std::to_string(office.settings().integer("backup.interval_ms")) + " ms behind");
  }
  auto ledger_copy = TRY(open_ledger_backup(office.rooms(), to, std::chrono::seconds(1)));
  TRY(ledger_copy->copy());
  auto posts = TRY(office.posts());
  auto copied = TRY(posts->copy_new(to));
  TRY(copy_key_mark(office.rooms().places().data, to));
  const ledger::ChainHead head = ledger_copy->copied();
  out.fact("commit", "Commits", cell(head.commit))
      .fact("pos", "Events", cell(head.pos))
      .fact("hash", "Head", to_hex(heed::view(head.hash)));
  out.fact("hours", "Hours of posts", cell(copied.hours))
      .fact("bytes", "Bytes of posts copied now", cell(copied.bytes_copied));
  return out;
}

int restore(const Arguments& arguments) {
  auto settings = load_settings(arguments);
  if (!settings) {
    return complain(settings.error());
  }
  auto restored = restore_all(*settings, arguments.text("--from"), arguments.flag("--accept-loss"),
                              arguments.flag("--allow-cut-off-end"));
  if (!restored) {
    return complain(restored.error());
  }
  Output out;
  out.fact("commit", "Commits", cell(restored->head.commit)).fact("pos", "Events", cell(restored->head.pos));
  out.fact("hash", "Head", to_hex(heed::view(restored->head.hash)))
      .fact("post_files", "Files of posts", cell(restored->post_files));
  std::int64_t lost = 0;
  if (restored->anchor) {
    lost = std::max<std::int64_t>(
        0, static_cast<std::int64_t>(restored->anchor->head.pos) - static_cast<std::int64_t>(restored->head.pos));
    out.fact("anchor", "Last seen",
             "event " + std::to_string(restored->anchor->head.pos) + " at " + format_time(restored->anchor->at));
  }
  out.fact("events_lost", "Events known to be lost", lost);
  return print(out, arguments);
}

}  // namespace

Result<std::unique_ptr<store::Backup>> open_ledger_backup(Rooms& rooms, const fs::path& folder, Millis interval) {
  store::BackupOptions options;
  options.folder = folder / "ledger";
  options.signing = rooms.secrets().signing;
  options.operational = operational_tables();
  options.interval = interval;
  return store::Backup::open(rooms.store(), std::move(options));
}

Result<void> copy_key_mark(const fs::path& from, const fs::path& to) {
  if (!fs::exists(from / kKeyMark)) {
    return {};
  }
  const std::string now = TRY(read_file(from / kKeyMark));
  if (auto copied = read_file(to / kKeyMark); copied && *copied == now) {
    return {};
  }
  return write_file_atomically(to / kKeyMark, now);
}

Result<Restored> restore_all(const Settings& settings, const fs::path& from, bool accept_loss, bool allow_cut_off_end) {
  Places where = TRY(places(settings));
  if (fs::exists(where.data / "ledger.db")) {
    return fail(Code::Conflict, where.data.string() + " holds a ledger already; restore into an empty folder");
  }
  if (!fs::exists(where.keys / "secrets")) {
    return fail(Code::NotFound,
                "there are no keys in " + where.keys.string() +
                    "; without the installation's own keys nothing in a backup can be read: restore them first");
  }
  ledger::KeyFolder keys = TRY(ledger::open_key_folder(where.keys, where.master_key));
  const auto& key = keys.secrets.signing.public_key;
  std::string public_key(key.begin(), key.end());
  Restored out;
  out.anchor = TRY(read_anchor(where.anchor(), public_key));

  casework::CaseProjector projector;
  store::RestoreOptions options;
  options.backup = from / "ledger";
  options.folder = where.data;
  options.tables = projector.tables();
  for (const ledger::TableDef* table : operational_tables()) {
    options.tables.push_back(table);
  }
  options.projector = &projector;
  options.public_key = public_key;
  options.allow_cut_off_end = allow_cut_off_end;
  if (out.anchor && out.anchor->head.commit > 0 && !accept_loss) {
    options.anchors.push_back(out.anchor->head);
  }
  std::error_code error;
  if (fs::create_directories(where.data, error)) {
    fs::permissions(where.data, fs::perms::owner_all, error);
  }
  auto head = store::restore(options);
  if (!head) {
    Error why = std::move(head).error();
    if (!options.anchors.empty()) {
      why.message += "\nIf the backup is sound but ends before event " + std::to_string(out.anchor->head.pos) +
                     " (seen at " + format_time(out.anchor->at) +
                     "), what came after it is lost: --accept-loss restores what there is";
    }
    return tl::unexpected(std::move(why));
  }
  out.head = *head;
  if (fs::exists(from / "posts")) {
    out.post_files = TRY(copy_folder(from / "posts", where.data / "posts"));
  }
  TRY(copy_key_mark(from, where.data));
  // What was seen before stays beside the new anchor: it is the proof of how much is missing.
  if (out.anchor && out.anchor->head.pos > out.head.pos) {
    fs::rename(where.anchor(), fs::path(where.anchor().string() + ".before-restore"), error);
  }
  return out;
}

Command backup_command() {
  using Kind = Option::Kind;
  Command command = office_command(
      "backup",
      "Copy everything new to a second place, beside a running server or without one; or, with --keys, the keys",
      {{"backup backup",
        "",
        {{.name = "--to", .sentence = "Folder, best on another disk; the same one each time", .required = true},
         {.name = "--keys", .sentence = "Copy the keys instead, to a place of their own", .kind = Kind::Flag},
         {.name = "--keep",
          .sentence = "How many copies of the keys stay; erasing a person reaches older ones when they go",
          .kind = Kind::Int,
          .fallback = "3",
          .min = 1,
          .max = 1000},
         {.name = "--follow",
          .sentence = "Go on until interrupted, every so many seconds",
          .kind = Kind::Int,
          .min = 1,
          .max = 86'400}},
        back_up}});
  // One task without a second word.
  Command once = std::move(command.commands.front());
  once.name = command.name;
  once.sentence = command.sentence;
  once.run = [copy = std::move(once.run)](const Arguments& arguments) {
    int exit = copy(arguments);
    while (arguments.given("--follow") && exit == kOk) {
      timespec wait{static_cast<time_t>(arguments.integer("--follow")), 0};
      if (::nanosleep(&wait, nullptr) != 0) {
        break;
      }
      exit = copy(arguments);
    }
    return exit;
  };
  return once;
}

std::vector<OfficeTask> backup_tasks() { return {{"backup backup", "", backup_command().options, back_up}}; }

Command restore_command() {
  using Kind = Option::Kind;
  return {.name = "restore",
          .sentence = "Make a data folder out of a backup; the keys must be in place",
          .options = with_settings({
              {.name = "--from", .sentence = "The backup's folder", .required = true},
              {.name = "--accept-loss",
               .sentence = "Also when the ledger is known to have gone on after the backup's end",
               .kind = Kind::Flag},
              {.name = "--allow-cut-off-end",
               .sentence = "Also when the last copy was cut off in the middle",
               .kind = Kind::Flag},
              json_option(),
          }),
          .run = restore};
}

}  // namespace heed::app
