#include <algorithm>

#include "store/recent/hour_posts.h"

namespace heed::store::recent {

/// The block that holds record `rel` of the hour, or the first one behind it: arrival numbers have gaps where the
/// process started anew within the hour.
Result<HourPosts::NextBlock> HourPosts::next_block(Hour& hour, std::uint32_t rel) {
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      NextBlock out;
      if (hour.forgotten) {
        return out;
      }
      hour.places_used = ++lookups_;
      if (hour.places_loaded) {
        const auto next = std::lower_bound(
            hour.places.begin(), hour.places.end(), rel,
            [](const Place& place, std::uint32_t r) { return std::uint64_t{place.first_rel} + place.records <= r; });
        if (next != hour.places.end()) {
          const auto rewritten = hour.rewritten.find(next->first_rel);
          out.any = true;
          out.place = rewritten != hour.rewritten.end() ? rewritten->second : *next;
          return out;
        }
        const std::uint64_t arrival = hour.facts.base + rel;
        for (const Pending& pending : pending_) {
          if (pending.hour.get() == &hour && !pending.block->ends.empty() && pending.block->last_arrival() >= arrival) {
            out.any = true;
            out.held = std::make_shared<const MemBlock>(*pending.block);  // it may still grow
            return out;
          }
        }
        return out;
      }
    }
    TRY(ensure_places(hour));
  }
}

/// All of a block, past the caches.
Result<MemBlock> HourPosts::read_block_at(Hour& hour, const Place& place) {
  const std::uint64_t size = TRY(hour.log->size());
  const BlockHeader header = TRY(read_block_header(*hour.log, place.offset, size));
  if (header.serial != place.serial) {
    return fail(Code::Corrupt, "another block lies where block " + std::to_string(place.serial) + " should");
  }
  return read_block(*hour.log, place.offset, hour.number, header, TRY(hour.keys->key(place.serial)));
}

Result<post::ArrivalSlice> HourPosts::by_arrival(const post::ArrivalRange& range) {
  post::ArrivalSlice out;
  const std::shared_ptr<const Hours> snapshot = range.after < range.upto ? hours() : std::make_shared<const Hours>();
  for (const HourPtr& hour : *snapshot) {
    HourFacts facts;
    {
      std::lock_guard lock(mutex_);
      facts = hour->facts;
    }
    if (facts.empty() || facts.last <= range.after || facts.base > range.upto ||
        hour_end(hour->number) <= range.since) {
      continue;
    }
    const auto rel = static_cast<std::uint32_t>(range.after < facts.base ? 0 : range.after + 1 - facts.base);
    std::uint32_t tried = kNoBlock;
    for (;;) {
      const NextBlock next = TRY(next_block(*hour, rel));
      if (!next.any) {
        break;  // the hour's rest is a gap, or was forgotten
      }
      MemBlock read;
      const MemBlock* block = next.held.get();
      if (block == nullptr) {
        auto whole = read_block_at(*hour, next.place);
        if (!whole && next.place.serial != tried) {
          tried = next.place.serial;  // it may just have been written again elsewhere
          continue;
        }
        if (!whole) {
          if (whole.error().code == Code::Unavailable) {
            return tl::unexpected(whole.error());
          }
          out.damaged = 1;
          out.next_after = facts.base + next.place.first_rel + next.place.records - 1;
          return out;
        }
        read = *std::move(whole);
        block = &read;
      }
      if (block->ends.empty() || block->first_arrival > range.upto) {
        break;
      }
      for (std::size_t i = 0; i < block->ends.size(); ++i) {
        const std::uint64_t arrival = block->first_arrival + i;
        RecordView view;
        if (arrival <= range.after || arrival > range.upto) {
          continue;
        }
        if (!decode_record(block->record(i), view)) {
          out.damaged = 1;
        } else if (!view.gone) {
          out.posts.push_back(stored_post(view, arrival));
        }
      }
      out.next_after = std::min(block->last_arrival(), range.upto);
      return out;
    }
  }
  out.next_after = range.upto;
  out.done = true;
  return out;
}

}  // namespace heed::store::recent
