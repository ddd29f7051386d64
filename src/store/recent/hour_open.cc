#include <algorithm>
#include <charconv>

#include "base/log.h"
#include "base/thread_name.h"
#include "store/recent/hour_posts.h"

namespace heed::store::recent {
namespace {

constexpr std::string_view kForgotten = ".forgotten";
/// Arrival numbers that were given out but whose records a crash took are never given out again: a watermark that
/// somebody stored keeps its meaning. The buffer holds no more records than this.
constexpr std::uint64_t kArrivalJump = 1 << 20;

}  // namespace

void HourPosts::fault(const Hour& hour, std::uint32_t block, std::string what) {
  log::warn("posts_damaged", {{"hour", log::safe(hour.name)}, {"what", log::safe(what)}});
  faults_at_open_.push_back({hour.name, block, std::move(what)});
}

Result<std::unique_ptr<HourPosts>> HourPosts::open(HourPostsOptions options) {
  std::unique_ptr<HourPosts> store(new HourPosts(std::move(options)));
  TRY(store->open_all());
  if (store->options_.threads) {
    store->writer_ = std::thread([raw = store.get()] {
      name_thread("posts");
      raw->writer_loop();
    });
    store->indexer_ = std::thread([raw = store.get()] {
      name_thread("posts idx");
      raw->index_loop();
    });
  } else {
    for (Result<bool> more = true; more && *more;) {
      more = store->index_step();
    }
  }
  return store;
}

Result<void> HourPosts::open_all() {
  TRY(disk_.make_folder(posts_folder_));
  TRY(disk_.make_folder(key_folder_));
  if (disk_.exists(posts_folder_ / "keep")) {
    Result<std::string> raw = read_whole(disk_, posts_folder_ / "keep");
    Result<Keep> keep = raw ? Keep::parse(*raw) : Result<Keep>(tl::unexpected(raw.error()));
    if (keep) {
      keep_ = *std::move(keep);
    } else {
      keep_.everything = true;
      log::error("posts_keep_damaged", {{"error", keep.error()}});
      faults_at_open_.push_back({"", kNoBlock, "the file keep does not verify: nothing is forgotten from now on"});
    }
  }
  std::vector<std::int64_t> numbers;
  for (const std::string& name : TRY(disk_.list(posts_folder_))) {
    if (name.ends_with(kForgotten)) {
      TRY(finish_forgetting(posts_folder_ / name, name.substr(0, name.size() - kForgotten.size())));
    } else if (std::optional<std::int64_t> number = parse_hour_name(name)) {
      numbers.push_back(*number);
    }
  }
  Hours hours;
  std::uint64_t last = keep_.arrival_floor;
  // Newest first: its filters are the ones to have in memory.
  for (auto it = numbers.rbegin(); it != numbers.rend(); ++it) {
    if (HourPtr hour = TRY(open_hour(*it, hours.empty() && it == numbers.rbegin()))) {
      last = std::max(last, hour->facts.last);
      newest_at_ = std::max(newest_at_, hour->facts.last_at);
      hours.push_back(std::move(hour));
    }
  }
  std::reverse(hours.begin(), hours.end());
  hours_ = std::make_shared<const Hours>(std::move(hours));
  durable_ = last;
  // Stored before any is given out: also a life that left no block behind has used up its numbers.
  next_arrival_ = last + 1 + (disk_.exists(posts_folder_ / "keep") ? kArrivalJump : 0);
  keep_.arrival_floor = next_arrival_ - 1;
  return save_keep();
}

Result<void> HourPosts::finish_forgetting(const std::filesystem::path& folder, const std::string& name) {
  TRY(KeyFile::destroy_file(disk_, key_folder_ / name));
  TRY(disk_.remove_folder(folder));
  return disk_.sync_folder(posts_folder_);
}

Result<HourPosts::HourPtr> HourPosts::open_hour(std::int64_t number, bool newest) {
  auto hour = std::make_shared<Hour>(number, posts_folder_);
  hours_from_ = std::max(hours_from_, number);
  Result<std::unique_ptr<KeyFile>> keys = KeyFile::open(disk_, key_folder_ / hour->name, options_.kek, number);
  bool has_log = disk_.exists(hour->folder / "log");
  if (!keys && (keys.error().code != Code::NotFound || !has_log)) {
    return tl::unexpected(keys.error());
  }
  if (!keys) {
    // Never removed here: the keys may yet be brought back from their own backup.
    fault(*hour, kNoBlock, "its key file is missing: nothing of this hour can be read");
    hours_from_ = std::max(hours_from_, number + 1);
    return HourPtr();
  }
  hour->keys = *std::move(keys);
  std::uint64_t size = 0;
  if (has_log) {
    hour->log = TRY(disk_.open(hour->folder / "log", Disk::Open::Write));
    size = TRY(hour->log->size());
  }
  auto never_began = [&]() -> Result<HourPtr> {  // a crash came before its first block
    hour->log.reset();
    TRY(disk_.remove_folder(hour->folder));
    TRY(KeyFile::destroy_file(disk_, key_folder_ / hour->name));
    return HourPtr();
  };
  if (size <= kLogHeaderBytes) {
    return never_began();
  }
  std::string header(kLogHeaderBytes, '\0');
  TRY(hour->log->read(header.data(), header.size(), 0));
  Result<void> sound = check_log_header(header, number);
  if (!sound && sound.error().code == Code::Conflict) {
    return tl::unexpected(sound.error());
  }
  if (!sound) {
    fault(*hour, kNoBlock, sound.error().message);
  }
  hour->closed = TRY(open_closed(*hour, size));
  if (!hour->closed) {
    TRY(scan_log(*hour, size));
  }
  if (hour->facts.empty() && hour->log_end == kLogHeaderBytes) {
    return never_began();
  }
  if (hour->facts.empty()) {
    fault(*hour, kNoBlock, "its log holds no sound block");
    hours_from_ = std::max(hours_from_, number + 1);
    return HourPtr();
  }
  TRY(open_runs(*hour));
  bool whole = !hour->runs->empty() && hour->runs->front()->cover_first() <= hour->facts.base &&
               hour->runs->back()->cover_last() >= hour->facts.last;
  for (std::size_t i = 1; whole && i < hour->runs->size(); ++i) {
    whole = (*hour->runs)[i]->cover_first() == (*hour->runs)[i - 1]->cover_last() + 1;
  }
  if (hour->closed && !whole) {
    hour->closed = false;
    TRY(scan_log(*hour, size));
  }
  if (!whole) {
    TRY(index_missing(*hour, newest));
  }
  if (newest && !hour->places_loaded) {
    hour->places = TRY(read_places(disk_, hour->folder));
    hour->places_loaded = true;
  }
  return hour;
}

Result<bool> HourPosts::open_closed(Hour& hour, std::uint64_t log_size) {
  if (!disk_.exists(hour.folder / "blocks")) {
    return false;
  }
  Result<ClosedHour> closed = read_closed(disk_, hour.folder);
  if (!closed || closed->log_end > log_size) {
    fault(hour, kNoBlock, closed ? "its log is shorter than it was" : closed.error().message);
    hour.synced_end = log_size;  // it was closed once, so nothing here is a torn write
    return false;
  }
  hour.synced_end = closed->log_end;
  if (log_size > closed->log_end) {
    return false;  // it was written to since, by the hour going on or by a crash amid rewriting
  }
  hour.facts = closed->facts;
  hour.next_serial = closed->next_serial;
  hour.log_end = closed->log_end;
  hour.places_loaded = false;
  return true;
}

Result<void> HourPosts::scan_log(Hour& hour, std::uint64_t log_size) {
  hour.facts = {};
  hour.places.clear();
  hour.rewritten.clear();
  hour.places_loaded = true;
  hour.next_serial = 0;
  struct Found {
    std::uint64_t offset;
    BlockHeader header;
  };
  std::vector<Found> found;
  std::uint64_t at = kLogHeaderBytes;
  while (at < log_size) {
    Result<BlockHeader> header = read_block_header(*hour.log, at, log_size);
    if (header) {
      found.push_back({at, *std::move(header)});
      at += found.back().header.total_bytes();
      continue;
    }
    std::uint64_t next = TRY(find_block(*hour.log, at, log_size));
    if (next == log_size) {
      break;  // torn
    }
    fault(hour, kNoBlock, "the log does not verify at byte " + std::to_string(at));
    at = next;
  }
  // One block is written at a time and the next only after its flush, so only the last one can be torn.
  if (at >= log_size && !found.empty() && found.back().offset >= hour.synced_end &&
      !TRY(payload_intact(*hour.log, found.back().offset, found.back().header))) {
    at = found.back().offset;
    found.pop_back();
  }
  if (at < hour.synced_end) {
    fault(hour, kNoBlock, "the log does not verify at byte " + std::to_string(at));
    at = log_size;
  }
  if (at < log_size) {
    log::info("posts_tail_cut", {{"hour", log::safe(hour.name)}, {"bytes", log_size - at}});
    TRY(hour.log->truncate(at));
    TRY(hour.log->sync());
  }
  hour.log_end = at;
  std::vector<std::uint32_t> dead;
  for (const Found& block : found) {
    const BlockHeader& header = block.header;
    hour.next_serial = std::max(hour.next_serial, header.serial + 1);
    hour.facts.add(header.first_arrival, header.last_arrival(), header.first_at, header.last_at, header.min_created,
                   header.max_created);
    Place place{static_cast<std::uint32_t>(header.first_arrival - hour.facts.base), header.records, header.serial,
                block.offset};
    if (header.replaces == kNoBlock) {
      hour.places.push_back(place);
      continue;
    }
    hour.rewritten[place.first_rel] = place;
    dead.push_back(header.replaces);
  }
  // A crash may have come after a block was rewritten and before its old key was destroyed.
  std::erase_if(dead, [&](std::uint32_t serial) {
    Result<SecretKey> key = hour.keys->key(serial);
    return !key && key.error().code == Code::NotFound;
  });
  return hour.keys->destroy(dead);
}

Result<void> HourPosts::open_runs(Hour& hour) {
  std::vector<std::shared_ptr<Run>> runs;
  for (const std::string& name : TRY(disk_.list(hour.folder))) {
    std::filesystem::path path = hour.folder / name;
    if (name.ends_with(".tmp")) {
      TRY(disk_.remove(path));
      continue;
    }
    if (!name.starts_with("run-")) {
      continue;
    }
    Result<std::shared_ptr<Run>> run = Run::open(disk_, path, filter_budget_);
    if (!run || (*run)->cover_last() > hour.facts.last) {
      // The log is the truth; what the run said is built again from it.
      fault(hour, kNoBlock,
            name + (run ? " speaks of posts that the log does not hold" : " does not verify") + "; it is rebuilt");
      run = {};
      TRY(disk_.remove(path));
      continue;
    }
    runs.push_back(*std::move(run));
  }
  std::sort(runs.begin(), runs.end(), [](const auto& a, const auto& b) {
    return a->cover_first() != b->cover_first() ? a->cover_first() < b->cover_first()
                                                : a->cover_last() > b->cover_last();
  });
  // A crash between merging and removing leaves runs that a larger one covers.
  std::vector<std::shared_ptr<Run>> kept;
  for (std::shared_ptr<Run>& run : runs) {
    if (!kept.empty() && run->cover_last() <= kept.back()->cover_last()) {
      run->remove_when_unused();
    } else {
      kept.push_back(std::move(run));
    }
  }
  hour.runs = std::make_shared<std::vector<std::shared_ptr<Run>>>(std::move(kept));
  return {};
}

Result<void> HourPosts::index_missing(Hour& hour, bool newest) {
  std::uint64_t next = hour.facts.base;
  std::shared_ptr<const std::vector<std::shared_ptr<Run>>> runs = hour.runs;
  for (const std::shared_ptr<Run>& run : *runs) {
    if (run->cover_first() > next) {
      TRY(index_hole(hour, next, run->cover_first() - 1, false));
    }
    next = std::max(next, run->cover_last() + 1);
  }
  if (next <= hour.facts.last) {
    TRY(index_hole(hour, next, hour.facts.last, newest));
  }
  auto sorted = std::make_shared<std::vector<std::shared_ptr<Run>>>(*hour.runs);
  std::sort(sorted->begin(), sorted->end(),
            [](const auto& a, const auto& b) { return a->cover_first() < b->cover_first(); });
  hour.runs = std::move(sorted);
  return {};
}

Result<void> HourPosts::index_hole(Hour& hour, std::uint64_t first, std::uint64_t last, bool keep_in_memory) {
  auto index = std::make_unique<MemIndex>(first);
  auto write = [&]() -> Result<void> {
    std::filesystem::path path = hour.folder / run_name(index->cover_first(), index->cover_last());
    TRY(write_run(disk_, path, *index));
    auto runs = std::make_shared<std::vector<std::shared_ptr<Run>>>(*hour.runs);
    runs->push_back(TRY(Run::open(disk_, path, filter_budget_)));
    hour.runs = std::move(runs);
    index = std::make_unique<MemIndex>(index->cover_last() + 1);
    return {};
  };
  for (const Place& original : hour.places) {
    std::uint64_t begin = hour.facts.base + original.first_rel;
    if (begin > last || begin + original.records - 1 < first) {
      continue;
    }
    auto rewritten = hour.rewritten.find(original.first_rel);
    const Place& place = rewritten != hour.rewritten.end() ? rewritten->second : original;
    Result<std::shared_ptr<const OpenBlock>> open = open_block(hour, place);
    Result<MemBlock> block = open ? read_block(*hour.log, place.offset, hour.number, (*open)->header, (*open)->key)
                                  : Result<MemBlock>(tl::unexpected(open.error()));
    if (!block) {
      fault(hour, place.serial, block.error().message);
      continue;
    }
    for (std::size_t i = 0; i < block->ends.size(); ++i) {
      std::uint64_t arrival = begin + i;
      RecordView record;
      if (arrival < first || arrival > last) {
        continue;
      }
      if (!decode_record(block->record(i), record)) {
        fault(hour, place.serial, "a record cannot be read");
        continue;
      }
      index_record(*index, hour, arrival, record);
      if (index->records() >= options_.run_records) {
        TRY(write());
      }
    }
  }
  if (index->records() == 0) {
    return {};
  }
  if (keep_in_memory) {
    hour.mem = std::move(index);
    return {};
  }
  return write();
}

}  // namespace heed::store::recent
