#include <algorithm>

#include "store/recent/hour_posts.h"

namespace heed::store::recent {

Result<void> HourPosts::save_keep() { return replace_whole(disk_, posts_folder_ / "keep", keep_.bytes()); }

Result<void> HourPosts::pin(std::string_view holder, Time since) {
  std::lock_guard admin(admin_mutex_);
  Keep::Pin pin{since, since};
  {
    std::lock_guard lock(mutex_);
    pin.until = std::max(since, newest_at_);
  }
  Keep before = keep_;
  auto [it, added] = keep_.pins.try_emplace(std::string(holder), pin);
  if (!added) {
    it->second = {std::min(it->second.since, pin.since), std::max(it->second.until, pin.until)};
  }
  Result<void> saved = save_keep();
  if (!saved) {
    keep_ = std::move(before);
    return saved;
  }
  ++pins_version_;
  return {};
}

Result<void> HourPosts::unpin(std::string_view holder) {
  std::lock_guard admin(admin_mutex_);
  auto it = keep_.pins.find(holder);
  if (it == keep_.pins.end()) {
    return {};
  }
  Keep before = keep_;
  keep_.pins.erase(it);
  Result<void> saved = save_keep();
  if (!saved) {
    keep_ = std::move(before);
    return saved;
  }
  ++pins_version_;
  return {};
}

Result<void> HourPosts::expire(Time now) {
  std::lock_guard admin(admin_mutex_);
  bool left = false;
  {
    std::lock_guard lock(mutex_);
    if (active_ != nullptr && hour_end(active_->number) <= now) {
      leave_hour();
      left = true;
    }
  }
  if (options_.threads) {
    writer_wakes_.notify_one();
    index_wakes_.notify_one();
  } else if (left) {
    TRY(settle());
  }
  std::shared_ptr<const Hours> snapshot = hours();
  for (const HourPtr& hour : *snapshot) {
    if (hour_end(hour->number) + options_.keep > now) {
      break;
    }
    if (!keep_.pinned(hour->number)) {
      TRY(forget_hour(hour));
    }
  }
  return forget_deleted(now);
}

Result<void> HourPosts::forget_hour(const HourPtr& hour) {
  std::lock_guard index_lock(index_mutex_);
  std::lock_guard log_lock(log_mutex_);
  {
    std::lock_guard lock(mutex_);
    bool pending = std::any_of(pending_.begin(), pending_.end(), [&](const Pending& p) { return p.hour == hour; });
    if (hour == active_ || pending) {
      return {};
    }
    keep_.arrival_floor = std::max(keep_.arrival_floor, hour->facts.last);
  }
  keep_.deletions_done.erase(hour->number);
  TRY(save_keep());
  std::filesystem::path doomed = hour->folder;
  doomed += ".forgotten";
  if (hour->log != nullptr) {
    // From the renaming on it is forgotten also if a crash comes now: open() finishes it.
    TRY(disk_.rename(hour->folder, doomed));
    TRY(disk_.sync_folder(posts_folder_));
  }
  {
    std::lock_guard lock(mutex_);
    hour->forgotten = true;
    hour->places = {};
    auto next = std::make_shared<Hours>(*hours_);
    std::erase(*next, hour);
    hours_ = std::move(next);
  }
  chunks_.drop({hour->number, 0, 0}, {hour->number + 1, 0, 0});
  open_blocks_.drop({hour->number, 0, 0}, {hour->number + 1, 0, 0});
  if (forgetting_ && forgetting_->hour == hour) {
    forgetting_.reset();
  }
  waits_for_pins_.erase(hour->number);
  return finish_forgetting(doomed, hour->name);
}

Result<void> HourPosts::forget_deleted(Time now) {
  if (!forgetting_) {
    TRY(begin_forgetting(now));
  }
  if (!forgetting_) {
    return {};
  }
  TRY(look_up_deleted());
  if (forgetting_->next < forgetting_->tombstones.size()) {
    return {};
  }
  TRY(strip_deleted());
  if (!forgetting_->blocks.empty()) {
    return {};
  }
  std::int64_t number = forgetting_->hour->number;
  if (forgetting_->skipped_pinned) {
    waits_for_pins_[number] = pins_version_;
  } else {
    keep_.deletions_done.insert(number);
    TRY(save_keep());
  }
  forgetting_.reset();
  return {};
}

Result<void> HourPosts::begin_forgetting(Time now) {
  std::shared_ptr<const Hours> snapshot = hours();
  for (const HourPtr& hour : *snapshot) {
    if (hour_end(hour->number) + options_.deleted_keep > now) {
      break;
    }
    auto waits = waits_for_pins_.find(hour->number);
    bool waiting = waits != waits_for_pins_.end() && waits->second == pins_version_;
    std::shared_ptr<const std::vector<std::shared_ptr<Run>>> runs;
    {
      std::lock_guard lock(mutex_);
      if (!hour->closed || waiting || keep_.deletions_done.contains(hour->number)) {
        continue;
      }
      runs = hour->runs;
    }
    forgetting_.emplace();
    forgetting_->hour = hour;
    for (const std::shared_ptr<Run>& run : *runs) {
      TRY(run->read_entries(KeyKind::Deleted, 0, run->count(KeyKind::Deleted), forgetting_->tombstones));
    }
    // In the order in which they lie in the log, so that a chunk is opened once.
    std::sort(forgetting_->tombstones.begin(), forgetting_->tombstones.end(),
              [](const Entry& a, const Entry& b) { return a.rel < b.rel; });
    return {};
  }
  return {};
}

Result<void> HourPosts::look_up_deleted() {
  Forgetting& work = *forgetting_;
  std::shared_ptr<const Hours> snapshot = hours();
  for (std::size_t n = 0; n < options_.expire_lookups && work.next < work.tombstones.size(); ++n, ++work.next) {
    std::uint32_t rel = work.tombstones[work.next].rel;
    Fetched tombstone = TRY(fetch(*work.hour, rel));
    if (tombstone.view.gone) {
      continue;
    }
    std::uint64_t arrival = work.hour->facts.base + rel;
    for (const HourPtr& hour : *snapshot) {
      if (hour->number > work.hour->number) {
        break;
      }
      EntryRange range;
      range.hash = hash(*hour, KeyKind::Id, tombstone.view.id);
      for (const Entry& entry : TRY(gather(*hour, KeyKind::Id, range, false))) {
        if (hour->facts.base + entry.rel >= arrival) {
          break;
        }
        Fetched version = TRY(fetch(*hour, entry.rel));
        if (version.view.gone || version.view.change == post::StoredPost::Change::Delete ||
            version.view.id != tombstone.view.id) {
          continue;
        }
        if (keep_.pinned(hour->number)) {
          work.skipped_pinned = true;
          continue;
        }
        Place place = TRY(locate(*hour, entry.rel));
        work.blocks[hour->number][place.first_rel].push_back(entry.rel);
      }
    }
  }
  return {};
}

Result<void> HourPosts::strip_deleted() {
  std::shared_ptr<const Hours> snapshot = hours();
  std::size_t left = options_.expire_blocks;
  while (!forgetting_->blocks.empty() && left > 0) {
    auto first = forgetting_->blocks.begin();
    auto hour =
        std::find_if(snapshot->begin(), snapshot->end(), [&](const HourPtr& h) { return h->number == first->first; });
    bool held = keep_.pinned(first->first);  // pinned since it was looked up
    if (hour == snapshot->end() || held) {
      forgetting_->skipped_pinned = forgetting_->skipped_pinned || held;
      forgetting_->blocks.erase(first);
      continue;
    }
    Rels slice;
    while (!first->second.empty() && left > 0) {
      slice.insert(first->second.extract(first->second.begin()));
      --left;
    }
    TRY(strip(**hour, slice));
    if (first->second.empty()) {
      forgetting_->blocks.erase(first);
    }
  }
  return {};
}

Result<std::uint64_t> HourPosts::erase_author(std::string_view author) {
  std::lock_guard admin(admin_mutex_);
  if (author.empty()) {
    return 0U;
  }
  TRY(settle());
  std::uint64_t erased = 0, upto = 0;
  std::shared_ptr<const Hours> snapshot = hours();
  {
    std::lock_guard lock(mutex_);
    upto = durable_;
  }
  for (const HourPtr& hour : *snapshot) {
    EntryRange range;
    range.hash = hash(*hour, KeyKind::Author, author);
    Rels blocks;
    for (const Entry& entry : TRY(gather(*hour, KeyKind::Author, range, false))) {
      if (hour->facts.base + entry.rel > upto) {
        break;  // came while this was running
      }
      Fetched record = TRY(fetch(*hour, entry.rel));
      if (!record.view.gone && record.view.author == author) {
        blocks[TRY(locate(*hour, entry.rel)).first_rel].push_back(entry.rel);
      }
    }
    erased += TRY(strip(*hour, blocks));
  }
  return erased;
}

/// Takes the contents of these records away, for good: a tombstone keeps its id, any other record only its place.
Result<std::uint64_t> HourPosts::strip(Hour& hour, const Rels& blocks) {
  std::uint64_t stripped = 0;
  std::vector<std::uint32_t> dead;
  Result<void> outcome;
  for (const auto& [first_rel, rels] : blocks) {
    Result<std::optional<std::uint32_t>> old = strip_block(hour, first_rel, rels, stripped);
    if (!old) {
      outcome = tl::unexpected(old.error());
      break;
    }
    if (*old) {
      dead.push_back(**old);
    }
  }
  TRY(hour.keys->destroy(dead));
  for (std::uint32_t serial : dead) {
    chunks_.drop({hour.number, serial, 0}, {hour.number, serial + 1, 0});
    open_blocks_.drop({hour.number, serial, 0}, {hour.number, serial + 1, 0});
  }
  if (!dead.empty()) {
    std::lock_guard log_lock(log_mutex_);
    TRY(write_blocks_file(hour));
  }
  TRY(std::move(outcome));
  return stripped;
}

/// Writes the block again without them, under a new key. The serial whose key is to be destroyed, if it changed.
Result<std::optional<std::uint32_t>> HourPosts::strip_block(Hour& hour, std::uint32_t first_rel,
                                                            const std::vector<std::uint32_t>& rels,
                                                            std::uint64_t& stripped) {
  std::lock_guard log_lock(log_mutex_);
  Place place = TRY(locate(hour, first_rel));
  std::shared_ptr<const OpenBlock> open = TRY(open_block(hour, place));
  MemBlock old = TRY(read_block(*hour.log, place.offset, hour.number, open->header, open->key));
  MemBlock block = old;
  block.bytes.clear();
  block.ends.clear();
  std::vector<std::uint32_t> sorted = rels;
  std::sort(sorted.begin(), sorted.end());
  std::uint64_t changed = 0;
  for (std::size_t i = 0; i < old.ends.size(); ++i) {
    bool asked = std::binary_search(sorted.begin(), sorted.end(), place.first_rel + static_cast<std::uint32_t>(i));
    RecordView record;
    if (!asked) {
      block.bytes.append(old.record(i));
    } else if (!decode_record(old.record(i), record)) {
      return fail(Code::Corrupt, "a stored record cannot be read");
    } else if (record.change == post::StoredPost::Change::Delete && !record.gone) {
      changed += record.author.empty() ? 0 : 1;
      record.author = record.json = record.signals = record.targets = {};
      encode_record(block.bytes, record);
    } else {
      changed += record.gone ? 0 : 1;
      encode_gone(block.bytes);
    }
    block.end_record();
  }
  if (changed == 0) {
    return std::nullopt;
  }
  Place now = TRY(write_block(hour, block, place.serial));
  {
    std::lock_guard lock(mutex_);
    hour.rewritten[place.first_rel] = now;
  }
  stripped += changed;
  hour.log->punch(place.offset + open->header.payload_offset(), open->header.payload_bytes);
  return place.serial;
}

}  // namespace heed::store::recent
