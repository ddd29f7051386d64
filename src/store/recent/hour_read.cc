#include <algorithm>
#include <unordered_set>

#include "store/recent/hour_posts.h"

namespace heed::store::recent {
namespace {

constexpr std::uint64_t kCountMax = 100000;
constexpr std::size_t kLoadedPlacesMax = 2 << 20;  // of closed hours, 24 bytes each

Error with_hour(Error error, const Hour& hour) {
  error.message = "posts of " + hour.name + ": " + error.message;
  return error;
}

}  // namespace

std::shared_ptr<const HourPosts::Hours> HourPosts::hours() const {
  std::lock_guard lock(mutex_);
  return hours_;
}

Result<std::vector<Entry>> HourPosts::gather(Hour& hour, KeyKind kind, const EntryRange& range, bool newest) {
  std::vector<Entry> out;
  std::shared_ptr<const std::vector<std::shared_ptr<Run>>> runs;
  {
    // Together, so that entries on their way from memory into a run are seen once and not missed.
    std::lock_guard lock(mutex_);
    if (hour.forgotten) {
      return out;
    }
    if (hour.mem != nullptr) {
      hour.mem->collect(kind, range, newest, out);
    }
    for (const std::shared_ptr<const MemIndex>& frozen : hour.frozen) {
      frozen->collect(kind, range, newest, out);
    }
    runs = hour.runs;
  }
  for (const std::shared_ptr<Run>& run : *runs) {
    Result<void> collected = run->collect(kind, range, newest, out);
    if (!collected) {
      return tl::unexpected(with_hour(collected.error(), hour));
    }
  }
  auto by_rel = [&](const Entry& a, const Entry& b) { return newest ? a.rel > b.rel : a.rel < b.rel; };
  std::sort(out.begin(), out.end(), by_rel);
  out.erase(std::unique(out.begin(), out.end(), [](const Entry& a, const Entry& b) { return a.rel == b.rel; }),
            out.end());
  if (out.size() > range.limit) {
    out.resize(range.limit);
  }
  return out;
}

Result<Place> HourPosts::locate(Hour& hour, std::uint32_t rel) {
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      hour.places_used = ++lookups_;
      if (hour.places_loaded) {
        auto after = std::upper_bound(hour.places.begin(), hour.places.end(), rel,
                                      [](std::uint32_t r, const Place& place) { return r < place.first_rel; });
        if (after == hour.places.begin() || rel - (after - 1)->first_rel >= (after - 1)->records) {
          return fail(Code::Corrupt, "a block is damaged; run the check, then restore the backup");
        }
        const Place& place = *(after - 1);
        auto rewritten = hour.rewritten.find(place.first_rel);
        return rewritten != hour.rewritten.end() ? rewritten->second : place;
      }
    }
    TRY(ensure_places(hour));
  }
}

Result<void> HourPosts::ensure_places(Hour& hour) {
  std::vector<Place> places = TRY(read_places(disk_, hour.folder));
  std::lock_guard lock(mutex_);
  if (!hour.places_loaded) {
    hour.places = std::move(places);
    hour.places_loaded = true;
  }
  // Hours that were not looked at for longest give their places back.
  std::size_t loaded = 0;
  for (const HourPtr& other : *hours_) {
    loaded += other->closed ? other->places.size() : 0;
  }
  while (loaded > kLoadedPlacesMax) {
    Hour* oldest = nullptr;
    for (const HourPtr& other : *hours_) {
      bool can = other->closed && other->places_loaded && other.get() != &hour && other != hours_->back();
      if (can && (oldest == nullptr || other->places_used < oldest->places_used)) {
        oldest = other.get();
      }
    }
    if (oldest == nullptr) {
      break;
    }
    loaded -= oldest->places.size();
    oldest->places = {};
    oldest->places_loaded = false;
  }
  return {};
}

Result<std::shared_ptr<const HourPosts::OpenBlock>> HourPosts::open_block(Hour& hour, const Place& place) {
  CacheKey cache_key{hour.number, place.serial, 0};
  if (std::shared_ptr<const OpenBlock> held = open_blocks_.get(cache_key)) {
    return held;
  }
  std::uint64_t size = TRY(hour.log->size());
  auto block = std::make_shared<OpenBlock>();
  block->header = TRY(read_block_header(*hour.log, place.offset, size));
  if (block->header.serial != place.serial) {
    return fail(Code::Corrupt, "another block lies where block " + std::to_string(place.serial) + " should");
  }
  block->key = TRY(hour.keys->key(place.serial));
  open_blocks_.put(cache_key, block, sizeof(OpenBlock) + block->header.chunks.size() * sizeof(ChunkPlace));
  return block;
}

Result<HourPosts::Fetched> HourPosts::fetch_at(Hour& hour, const Place& place, std::uint32_t rel) {
  std::shared_ptr<const OpenBlock> block = TRY(open_block(hour, place));
  const std::vector<ChunkPlace>& table = block->header.chunks;
  std::uint32_t in_chunk = rel - place.first_rel;
  std::uint32_t chunk = 0;
  while (chunk < table.size() && in_chunk >= table[chunk].records) {
    in_chunk -= table[chunk++].records;
  }
  if (chunk == table.size()) {
    return fail(Code::Corrupt, "a block has fewer records than the index says");
  }
  CacheKey cache_key{hour.number, place.serial, chunk};
  Fetched out;
  out.bytes = chunks_.get(cache_key);
  if (out.bytes == nullptr) {
    out.bytes = std::make_shared<const std::string>(
        TRY(read_chunk(*hour.log, place.offset, hour.number, block->header, chunk, block->key)));
    chunks_.put(cache_key, out.bytes, out.bytes->size() + 128);
  }
  if (!decode_record(chunk_record(*out.bytes, table[chunk].records, in_chunk), out.view)) {
    return fail(Code::Corrupt, "a stored record cannot be read");
  }
  return out;
}

Result<HourPosts::Fetched> HourPosts::fetch(Hour& hour, std::uint32_t rel) {
  {
    std::lock_guard lock(mutex_);
    std::uint64_t arrival = hour.facts.base + rel;
    for (const Pending& pending : pending_) {
      if (pending.hour.get() == &hour && arrival >= pending.block->first_arrival &&
          arrival <= pending.block->last_arrival()) {
        Fetched out;
        out.bytes = std::make_shared<const std::string>(pending.block->record(arrival - pending.block->first_arrival));
        decode_record(*out.bytes, out.view);
        return out;
      }
    }
  }
  // A block may be rewritten, its key destroyed and its space given back, between finding and reading it.
  Result<Fetched> fetched = fail(Code::Corrupt, "not read");
  std::uint32_t tried = kNoBlock;
  for (;;) {
    Result<Place> place = locate(hour, rel);
    if (place && place->serial != tried) {
      tried = place->serial;
      fetched = fetch_at(hour, *place, rel);
      if (fetched) {
        return fetched;
      }
      continue;
    }
    if (!place) {
      fetched = tl::unexpected(place.error());
    }
    std::lock_guard lock(mutex_);
    if (hour.forgotten) {
      Fetched gone;
      gone.view.gone = true;
      return gone;
    }
    fetched.error().code = fetched.error().code == Code::Unavailable ? Code::Unavailable : Code::Corrupt;
    return tl::unexpected(with_hour(fetched.error(), hour));
  }
}

Result<std::vector<post::StoredPost>> HourPosts::find(std::string_view id) {
  std::vector<post::StoredPost> out;
  std::shared_ptr<const Hours> snapshot = hours();
  for (const HourPtr& hour : *snapshot) {
    EntryRange range;
    range.hash = hash(*hour, KeyKind::Id, id);
    for (const Entry& entry : TRY(gather(*hour, KeyKind::Id, range, false))) {
      Fetched record = TRY(fetch(*hour, entry.rel));
      if (!record.view.gone && record.view.id == id) {
        out.push_back(stored_post(record.view, hour->facts.base + entry.rel));
      }
    }
  }
  return out;
}

Result<std::vector<post::StoredPost>> HourPosts::by_author(std::string_view author, std::uint64_t before,
                                                           std::size_t limit) {
  std::vector<post::StoredPost> out;
  std::shared_ptr<const Hours> snapshot = hours();
  if (author.empty()) {
    return out;
  }
  for (auto it = snapshot->rbegin(); it != snapshot->rend() && out.size() < limit; ++it) {
    Hour& hour = **it;
    HourFacts facts;
    {
      std::lock_guard lock(mutex_);
      facts = hour.facts;
    }
    if (facts.empty() || facts.base >= before) {
      continue;
    }
    EntryRange range;
    range.hash = hash(hour, KeyKind::Author, author);
    range.to = static_cast<std::uint32_t>(std::min(before - 1, facts.last) - facts.base);
    for (;;) {
      range.limit = limit - out.size();
      std::vector<Entry> entries = TRY(gather(hour, KeyKind::Author, range, true));
      for (const Entry& entry : entries) {
        Fetched record = TRY(fetch(hour, entry.rel));
        if (!record.view.gone && record.view.author == author &&
            record.view.change != post::StoredPost::Change::Delete) {
          out.push_back(stored_post(record.view, facts.base + entry.rel));
        }
      }
      if (entries.size() < range.limit || out.size() == limit || entries.back().rel == 0) {
        break;
      }
      range.to = entries.back().rel - 1;
    }
  }
  return out;
}

/// Calls f(arrival, view) → go on, for each matching record in arrival order; false when f stopped it.
template <class F>
Result<bool> HourPosts::each_target(const post::TargetRange& range, F&& f) {
  constexpr std::size_t kStep = 1024;
  std::shared_ptr<const Hours> snapshot = hours();
  for (const HourPtr& hour : *snapshot) {
    HourFacts facts;
    {
      std::lock_guard lock(mutex_);
      facts = hour->facts;
    }
    if (facts.empty() || facts.last <= range.after || facts.base > range.upto || facts.max_created < range.since ||
        facts.min_created >= range.until) {
      continue;
    }
    EntryRange entries_wanted;
    entries_wanted.hash = hash(*hour, KeyKind::Target, range.target);
    entries_wanted.from = static_cast<std::uint32_t>(range.after < facts.base ? 0 : range.after + 1 - facts.base);
    entries_wanted.to = static_cast<std::uint32_t>(std::min(range.upto, facts.last) - facts.base);
    entries_wanted.created_from = to_ms(range.since);
    entries_wanted.created_until = to_ms(range.until);
    entries_wanted.limit = std::min(kStep, std::max<std::size_t>(range.limit, 1));
    for (;;) {
      std::vector<Entry> entries = TRY(gather(*hour, KeyKind::Target, entries_wanted, false));
      for (const Entry& entry : entries) {
        Fetched record = TRY(fetch(*hour, entry.rel));
        bool matches = !record.view.gone && record.view.created_at >= range.since &&
                       record.view.created_at < range.until && record.view.aimed_at(range.target);
        if (matches && !f(facts.base + entry.rel, record.view)) {
          return false;
        }
      }
      if (entries.size() < entries_wanted.limit || entries.back().rel == UINT32_MAX) {
        break;
      }
      entries_wanted.from = entries.back().rel + 1;
    }
  }
  return true;
}

Result<post::TargetSlice> HourPosts::by_target(const post::TargetRange& range) {
  post::TargetSlice out;
  std::size_t limit = std::max<std::size_t>(range.limit, 1);
  out.done = TRY(each_target(range, [&](std::uint64_t arrival, const RecordView& view) {
    if (out.posts.size() == limit) {
      return false;
    }
    out.posts.push_back(stored_post(view, arrival));
    return true;
  }));
  out.next_after = out.done ? range.upto : out.posts.back().arrival;
  return out;
}

Result<post::RecentPosts::Count> HourPosts::count_target(const post::TargetRange& range) {
  std::unordered_set<std::string> posts, authors;
  post::TargetRange all = range;
  all.limit = SIZE_MAX;
  TRY(each_target(all, [&](std::uint64_t, const RecordView& view) {
    posts.emplace(view.id);
    authors.emplace(view.author);
    return posts.size() < kCountMax;
  }));
  return Count{posts.size(), authors.size()};
}

}  // namespace heed::store::recent
