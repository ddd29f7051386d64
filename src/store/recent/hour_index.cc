#include <algorithm>
#include <cstring>

#include "base/bytes.h"
#include "base/log.h"
#include "store/recent/hour_posts.h"

namespace heed::store::recent {
namespace {

constexpr std::size_t kMergeWidth = 8;

/// Runs of about the same size are merged: a tier is a factor of kMergeWidth.
int tier(std::uint64_t records, std::uint64_t run_records) {
  int out = 0;
  for (std::uint64_t size = run_records * 2; records >= size && out < 20; size *= kMergeWidth) {
    ++out;
  }
  return out;
}

/// The newest runs to merge into one, or none.
std::vector<std::shared_ptr<Run>> to_merge(const std::vector<std::shared_ptr<Run>>& runs, bool complete,
                                           std::uint64_t run_records, std::uint64_t records_max) {
  std::uint64_t all = 0;
  for (const std::shared_ptr<Run>& run : runs) {
    all += run->records();
  }
  if (complete && runs.size() > 1 && all <= records_max) {
    return runs;
  }
  for (std::size_t end = runs.size(); end >= kMergeWidth; --end) {
    std::uint64_t sum = 0;
    bool alike = true;
    for (std::size_t i = end - kMergeWidth; i < end; ++i) {
      sum += runs[i]->records();
      alike = alike && tier(runs[i]->records(), run_records) == tier(runs[end - 1]->records(), run_records);
    }
    if (alike && sum <= records_max) {
      return {runs.begin() + static_cast<std::ptrdiff_t>(end - kMergeWidth),
              runs.begin() + static_cast<std::ptrdiff_t>(end)};
    }
  }
  return {};
}

}  // namespace

std::uint64_t HourPosts::hash(const Hour& hour, KeyKind kind, std::string_view key) const {
  char buffer[kKeyBytesMax + 1];
  // Deleted shares Id's hashes, so that one lookup serves both.
  buffer[0] = kind == KeyKind::Author ? 'a' : kind == KeyKind::Target ? 't' : 'i';
  key = key.substr(0, kKeyBytesMax);
  std::memcpy(buffer + 1, key.data(), key.size());
  std::uint64_t full = siphash(hour.keys->hash_key(), {buffer, key.size() + 1});
  return full >> (64 - options_.hash_bits) << (64 - options_.hash_bits);
}

void HourPosts::index_record(MemIndex& index, const Hour& hour, std::uint64_t arrival, const RecordView& record) const {
  index.note_record(arrival);
  if (record.gone) {
    return;
  }
  Entry entry{hash(hour, KeyKind::Id, record.id), static_cast<std::uint32_t>(arrival - hour.facts.base), 0};
  index.add(KeyKind::Id, entry);
  bool deletion = record.change == post::StoredPost::Change::Delete;
  if (deletion) {
    index.add(KeyKind::Deleted, entry);
  }
  if (!record.author.empty()) {
    entry.hash = hash(hour, KeyKind::Author, record.author);
    index.add(KeyKind::Author, entry);
  }
  if (!deletion) {
    entry.created_ms = to_ms(record.created_at);
    for (ByteReader targets(record.targets); targets.ok() && !targets.at_end();) {
      entry.hash = hash(hour, KeyKind::Target, targets.bytes());
      index.add(KeyKind::Target, entry);
    }
  }
}

Result<bool> HourPosts::index_step() {
  std::lock_guard index_lock(index_mutex_);
  HourPtr hour;
  std::shared_ptr<const MemIndex> index;
  std::vector<std::shared_ptr<Run>> runs;
  {
    std::lock_guard lock(mutex_);
    for (const HourPtr& candidate : *hours_) {
      Hour& h = *candidate;
      if (h.closed || h.forgotten) {
        continue;
      }
      // A run covers only what is on stable storage: after a crash it must not speak of records that are not there.
      if (!h.frozen.empty() && h.frozen.front()->cover_last() <= durable_) {
        hour = candidate;
        index = h.frozen.front();
        break;
      }
      bool complete = candidate != active_ && h.mem == nullptr && h.frozen.empty();
      runs = to_merge(*h.runs, complete, options_.run_records, options_.merge_records);
      if (!runs.empty() || (complete && !h.facts.empty())) {
        hour = candidate;
        break;
      }
    }
  }
  if (hour == nullptr) {
    return false;
  }
  if (index != nullptr) {
    TRY(write_frozen(hour, index));
  } else if (!runs.empty()) {
    TRY(merge(hour, runs));
  } else {
    TRY(close(hour));
  }
  return true;
}

Result<void> HourPosts::write_frozen(const HourPtr& hour, std::shared_ptr<const MemIndex> index) {
  std::filesystem::path path = hour->folder / run_name(index->cover_first(), index->cover_last());
  TRY(write_run(disk_, path, *index));
  std::shared_ptr<Run> run = TRY(Run::open(disk_, path, filter_budget_));
  std::lock_guard lock(mutex_);
  auto next = std::make_shared<std::vector<std::shared_ptr<Run>>>(*hour->runs);
  next->push_back(std::move(run));
  hour->runs = std::move(next);
  std::erase(hour->frozen, index);
  return {};
}

Result<void> HourPosts::merge(const HourPtr& hour, const std::vector<std::shared_ptr<Run>>& runs) {
  std::filesystem::path path = hour->folder / run_name(runs.front()->cover_first(), runs.back()->cover_last());
  TRY(merge_runs(disk_, path, runs));
  std::shared_ptr<Run> merged = TRY(Run::open(disk_, path, filter_budget_));
  std::lock_guard lock(mutex_);
  auto next = std::make_shared<std::vector<std::shared_ptr<Run>>>();
  for (const std::shared_ptr<Run>& run : *hour->runs) {
    if (run == runs.front()) {
      next->push_back(merged);
    }
    if (std::find(runs.begin(), runs.end(), run) == runs.end()) {
      next->push_back(run);
    } else {
      run->remove_when_unused();
    }
  }
  hour->runs = std::move(next);
  return {};
}

Result<void> HourPosts::close(const HourPtr& hour) {
  std::lock_guard log_lock(log_mutex_);  // so that the log rests
  std::uint64_t last = 0;
  {
    std::lock_guard lock(mutex_);
    if (hour == active_ || hour->forgotten) {
      return {};
    }
    last = hour->facts.last;
  }
  TRY(write_blocks_file(*hour));
  std::lock_guard lock(mutex_);
  // Unless it became the hour that is written again meanwhile.
  hour->closed = hour != active_ && hour->facts.last == last;
  return {};
}

Result<void> HourPosts::write_blocks_file(Hour& hour) {
  ClosedHour closed;
  std::vector<Place> places;
  {
    std::lock_guard lock(mutex_);
    if (&hour == active_.get() || hour.forgotten || !hour.places_loaded) {
      return {};  // without the file, or with one that is older than the log, open() reads the log
    }
    closed = {hour.facts, hour.log_end, hour.next_serial, 0};
    places = hour.places;
    for (Place& place : places) {
      auto rewritten = hour.rewritten.find(place.first_rel);
      place = rewritten != hour.rewritten.end() ? rewritten->second : place;
    }
  }
  return write_closed(disk_, hour.folder, closed, places);
}

void HourPosts::index_loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    lock.unlock();
    Result<bool> more = index_step();
    lock.lock();
    if (stopping_) {
      break;
    }
    if (!more) {
      log::error("posts_not_indexed", {{"error", more.error()}});
      index_wakes_.wait_for(lock, std::chrono::seconds(1));
    } else if (!*more) {
      index_wakes_.wait(lock);
    }
  }
}

}  // namespace heed::store::recent
