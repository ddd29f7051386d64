#include <algorithm>
#include <set>

#include "base/bytes.h"
#include "store/recent/checksum.h"
#include "store/recent/hour_posts.h"

namespace heed::store::recent {
namespace {

constexpr std::size_t kStep = 4 << 20;

/// How far a log's copy is known to be on stable storage.
std::string copied_mark(std::uint64_t bytes) {
  std::string out;
  ByteWriter to(out);
  to.u64(bytes);
  to.u32(crc32c(out));
  return out;
}
std::uint64_t read_mark(Disk& disk, const std::filesystem::path& path) {
  if (!disk.exists(path)) {
    return 0;
  }
  Result<std::string> raw = read_whole(disk, path);
  if (!raw || raw->size() != 12 || ByteReader(std::string_view(*raw).substr(8)).u32() != crc32c(raw->substr(0, 8))) {
    return 0;
  }
  return ByteReader(*raw).u64();
}

/// Copies [from, to) of one file into another, flushed.
Result<void> copy_range(File& source, File& target, std::uint64_t from, std::uint64_t to) {
  std::string piece;
  while (from < to) {
    piece.resize(std::min<std::uint64_t>(kStep, to - from));
    TRY(source.read(piece.data(), piece.size(), from));
    TRY(target.write(piece, from));
    from += piece.size();
  }
  return target.sync();
}

Result<std::uint64_t> copy_file(Disk& disk, const std::filesystem::path& from, const std::filesystem::path& to) {
  std::unique_ptr<File> source = TRY(disk.open(from, Disk::Open::Read));
  std::uint64_t size = TRY(source->size());
  std::filesystem::path beside = to;
  beside += ".tmp";
  {
    std::unique_ptr<File> target = TRY(disk.open(beside, Disk::Open::Fresh));
    TRY(copy_range(*source, *target, 0, size));
  }
  TRY(disk.rename(beside, to));
  return size;
}

/// Appends what the copy of a log lacks; how many bytes that was.
Result<std::uint64_t> copy_log(Disk& disk, File& source, std::uint64_t end, const std::filesystem::path& folder) {
  std::uint64_t have = read_mark(disk, folder / "copied");
  std::unique_ptr<File> target = TRY(disk.open(folder / "log", Disk::Open::Create));
  if (have >= kLogHeaderBytes && have <= end && TRY(target->size()) >= have) {
    std::string ours(kLogHeaderBytes, '\0'), theirs(kLogHeaderBytes, '\0');
    TRY(source.read(ours.data(), ours.size(), 0));
    TRY(target->read(theirs.data(), theirs.size(), 0));
    have = ours == theirs ? have : 0;
  } else {
    have = 0;
  }
  if (have == end && TRY(target->size()) == end) {
    return 0U;
  }
  TRY(target->truncate(have));
  TRY(copy_range(source, *target, have, end));
  TRY(replace_whole(disk, folder / "copied", copied_mark(end)));
  return end - have;
}

}  // namespace

Result<BackupState> HourPosts::copy_new(const std::filesystem::path& to) {
  std::lock_guard admin(admin_mutex_);
  const std::filesystem::path root = to / "posts";
  TRY(disk_.make_folder(root));
  BackupState state;
  std::set<std::string> names;
  {
    std::lock_guard lock(mutex_);
    state.newest_arrival = durable_;
  }
  std::shared_ptr<const Hours> snapshot = hours();
  for (const HourPtr& hour : *snapshot) {
    std::uint64_t end = 0;
    File* log = nullptr;
    std::shared_ptr<const std::vector<std::shared_ptr<Run>>> runs;
    std::string blocks;
    {
      std::lock_guard log_lock(log_mutex_);
      end = hour->log_end;
      log = hour->log.get();
      std::lock_guard lock(mutex_);
      runs = hour->runs;
    }
    if (log == nullptr) {
      continue;
    }
    names.insert(hour->name);
    std::filesystem::path folder = root / hour->name;
    TRY(disk_.make_folder(folder));
    std::uint64_t appended = TRY(copy_log(disk_, *log, end, folder));
    state.bytes_copied += appended;
    state.files_copied += appended > 0 ? 1 : 0;
    std::set<std::string> present = {"log", "copied", "blocks"};
    for (const std::shared_ptr<Run>& run : *runs) {
      std::string name = run->path().filename().string();
      present.insert(name);
      if (!disk_.exists(folder / name)) {
        state.bytes_copied += TRY(copy_file(disk_, run->path(), folder / name));
        ++state.files_copied;
      }
    }
    // `blocks` says of a log how long it is; a copy that does not fit its log is ignored by open().
    if (disk_.exists(hour->folder / "blocks")) {
      std::string ours = TRY(read_whole(disk_, hour->folder / "blocks"));
      Result<std::string> theirs = disk_.exists(folder / "blocks") ? read_whole(disk_, folder / "blocks") : "";
      if (!theirs || ours != *theirs) {
        TRY(replace_whole(disk_, folder / "blocks", ours));
        state.bytes_copied += ours.size();
        ++state.files_copied;
      }
    }
    for (const std::string& name : TRY(disk_.list(folder))) {
      if (!present.contains(name)) {
        TRY(disk_.remove(folder / name));
      }
    }
    TRY(disk_.sync_folder(folder));
    ++state.hours;
  }
  if (disk_.exists(posts_folder_ / "keep")) {
    TRY(replace_whole(disk_, root / "keep", keep_.bytes()));
  }
  for (const std::string& name : TRY(disk_.list(root))) {
    if (parse_hour_name(name) && !names.contains(name)) {
      TRY(disk_.remove_folder(root / name));
    }
  }
  TRY(disk_.sync_folder(root));
  return state;
}

std::vector<StoredFault> HourPosts::verify() {
  std::lock_guard admin(admin_mutex_);  // nothing is rewritten or forgotten meanwhile
  std::vector<StoredFault> faults;
  for (const StoredFault& found : faults_at_open_) {
    if (found.what.find("rebuilt") == std::string::npos) {
      faults.push_back(found);
    }
  }
  std::shared_ptr<const Hours> snapshot = hours();
  for (const HourPtr& hour : *snapshot) {
    auto report = [&](std::uint32_t block, std::string what) {
      StoredFault fault{hour->name, block, std::move(what)};
      bool known = std::any_of(faults.begin(), faults.end(), [&](const StoredFault& other) {
        return other.hour == fault.hour && other.block == fault.block && other.what == fault.what;
      });
      if (!known) {
        faults.push_back(std::move(fault));
      }
    };
    std::uint64_t end = 0;
    File* log = nullptr;
    HourFacts facts;
    std::shared_ptr<const std::vector<std::shared_ptr<Run>>> runs;
    {
      std::lock_guard log_lock(log_mutex_);
      end = hour->log_end;
      log = hour->log.get();
      std::lock_guard lock(mutex_);
      runs = hour->runs;
      facts = hour->facts;
    }
    if (log == nullptr) {
      continue;
    }
    std::string header(kLogHeaderBytes, '\0');
    Result<void> read = log->read(header.data(), header.size(), 0);
    Result<void> sound = read ? check_log_header(header, hour->number) : read;
    if (!sound) {
      report(kNoBlock, sound.error().message);
    }
    struct Found {
      std::uint64_t offset;
      BlockHeader header;
    };
    std::vector<Found> found;
    std::set<std::uint32_t> dead;
    for (std::uint64_t at = kLogHeaderBytes; at < end;) {
      Result<BlockHeader> block = read_block_header(*log, at, end);
      if (!block) {
        report(kNoBlock, "the log does not verify at byte " + std::to_string(at));
        Result<std::uint64_t> next = find_block(*log, at, end);
        at = next ? *next : end;
        continue;
      }
      if (block->replaces != kNoBlock) {
        dead.insert(block->replaces);
      }
      found.push_back({at, *std::move(block)});
      at += found.back().header.total_bytes();
    }
    std::uint32_t next_serial = 0;
    for (const Found& block : found) {
      std::uint32_t serial = block.header.serial;
      for (; next_serial < serial; ++next_serial) {
        report(next_serial, "the block is missing");
      }
      next_serial = serial + 1;
      Result<SecretKey> key = hour->keys->key(serial);
      if (dead.contains(serial)) {
        if (key || key.error().code != Code::NotFound) {
          report(serial, "the block was replaced but its key was not destroyed");
        }
        continue;
      }
      if (!key) {
        report(serial, "its key: " + key.error().message);
        continue;
      }
      Result<MemBlock> records = read_block(*log, block.offset, hour->number, block.header, *key);
      if (!records) {
        report(serial, records.error().message);
        continue;
      }
      Result<bool> intact = payload_intact(*log, block.offset, block.header);
      if (!intact || !*intact) {
        report(serial, "its checksum is another");
      }
      RecordView record;
      for (std::size_t i = 0; i < records->ends.size(); ++i) {
        if (!decode_record(records->record(i), record)) {
          report(serial, "record " + std::to_string(i) + " cannot be read");
        }
      }
    }
    for (const std::shared_ptr<Run>& run : *runs) {
      for (std::string& what : run->verify()) {
        report(kNoBlock, std::move(what));
      }
    }
    if (disk_.exists(hour->folder / "blocks")) {
      Result<std::vector<Place>> places = read_places(disk_, hour->folder);
      if (!places) {
        report(kNoBlock, places.error().message);
      }
    }
  }
  return faults;
}

}  // namespace heed::store::recent
