#include "stream/windows.h"

#include <algorithm>
#include <bit>
#include <cstdlib>

#include "base/result.h"

namespace heed::stream {
namespace {

constexpr std::uint32_t kHostile = 1;

/// FNV-1a, mixed (MurmurHash3's finaliser): only for places in tables, whose size bounds what collisions can do.
std::uint64_t hash_of(std::string_view id) {
  std::uint64_t hash = 0xcbf29ce484222325ull;
  for (const char c : id) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
  }
  hash = (hash ^ hash >> 33) * 0xff51afd7ed558ccdull;
  hash = (hash ^ hash >> 33) * 0xc4ceb9fe1a85ec53ull;
  return hash ^ hash >> 33;
}

std::uint32_t who_of(std::uint64_t hash) { return static_cast<std::uint32_t>(hash >> 32) & ~kHostile; }

std::uint32_t second_of(Time at) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(to_ms(at) / 1000, 0, UINT32_MAX));
}

template <class Of>
std::int64_t most(const Seen& seen, Of of) {
  std::int64_t out = 0;
  for (std::size_t i = 0; i < seen.target_count; ++i) {
    out = std::max(out, of(seen.targets[i]));
  }
  return out;
}

}  // namespace

/// Into its place in the ring; what is older than a full ring's oldest is no longer among the latest.
void Recent::add_late(Entry entry) {
  const std::size_t oldest = size_ == kKept ? next_ : 0;
  const auto at = [&](std::size_t i) -> Entry& { return entries_[(oldest + i) % kKept]; };
  if (size_ < kKept) {
    std::size_t i = size_;
    for (; i > 0 && at(i - 1).second > entry.second; --i) {
      at(i) = at(i - 1);
    }
    at(i) = entry;
    ++size_;
    next_ = static_cast<std::uint8_t>(size_ % kKept);
    return;
  }
  if (entry.second < at(0).second) {
    return;
  }
  std::size_t i = 0;
  for (; i + 1 < kKept && at(i + 1).second <= entry.second; ++i) {
    at(i) = at(i + 1);
  }
  at(i) = entry;
}

void Recent::add(Entry entry) {
  if (size_ > 0 && entry.second < entries_[(next_ + kKept - 1) % kKept].second) {
    add_late(entry);
    return;
  }
  entries_[next_] = entry;
  next_ = static_cast<std::uint8_t>((next_ + 1) % kKept);
  size_ = static_cast<std::uint8_t>(std::min<std::size_t>(size_ + 1u, kKept));
}

std::int64_t Recent::posts(std::uint32_t at, std::int64_t minutes, std::uint32_t who) const {
  const std::int64_t after = static_cast<std::int64_t>(at) - minutes * 60;
  return std::count_if(entries_.begin(), entries_.begin() + size_, [&](const Entry& entry) {
    return entry.second > after && entry.second <= at && (who == 0 || (entry.who & ~kHostile) == who);
  });
}

std::int64_t Recent::authors(std::uint32_t at, std::int64_t minutes) const {
  const std::int64_t after = static_cast<std::int64_t>(at) - minutes * 60;
  std::array<std::uint32_t, kKept> known;
  std::size_t count = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    const Entry& entry = entries_[i];
    if (entry.second > after && entry.second <= at &&
        std::find(known.begin(), known.begin() + count, entry.who & ~kHostile) == known.begin() + count) {
      known[count++] = entry.who & ~kHostile;
    }
  }
  return static_cast<std::int64_t>(count);
}

std::int64_t Seen::posts_at_target(std::int64_t minutes) const {
  return most(*this, [&](const Recent& target) { return target.posts(at, minutes); });
}
std::int64_t Seen::authors_at_target(std::int64_t minutes) const {
  return most(*this, [&](const Recent& target) { return target.authors(at, minutes); });
}
std::int64_t Seen::posts_by_author_at_target(std::int64_t minutes) const {
  return most(*this, [&](const Recent& target) { return target.posts(at, minutes, who); });
}

/// Sets of eight by hash.
class Windows::Table {
 public:
  explicit Table(std::size_t entries) : sets_(std::bit_ceil(std::max<std::size_t>(entries, kWays)) / kWays) {
    // Untouched pages cost nothing.
    slots_ = static_cast<Slot*>(std::calloc(sets_ * kWays, sizeof(Slot)));
    HEED_ASSERT(slots_ != nullptr);
  }
  ~Table() { std::free(slots_); }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

  const Recent* find(std::uint64_t hash) const {
    const Slot* set = set_of(hash);
    const Slot* at = std::find_if(set, set + kWays, [&](const Slot& slot) { return slot.key == (hash | 1); });
    return at == set + kWays ? nullptr : &at->recent;
  }
  /// Null where all that there is room for was heard of later.
  Recent* take(std::uint64_t hash, std::uint32_t second) {
    Slot* set = set_of(hash);
    Slot* at = std::find_if(set, set + kWays, [&](const Slot& slot) { return slot.key == (hash | 1); });
    if (at == set + kWays) {
      at = std::min_element(set, set + kWays, [](const Slot& a, const Slot& b) { return a.last < b.last; });
      if (at->key != 0 && at->last > second) {
        return nullptr;
      }
      *at = Slot{};
      at->key = hash | 1;
    }
    at->last = std::max(at->last, second);
    return &at->recent;
  }

 private:
  static constexpr std::size_t kWays = 8;
  struct Slot {
    std::uint64_t key = 0;   ///< 0: free
    std::uint32_t last = 0;  ///< free ones are the oldest
    Recent recent;
  };
  Slot* set_of(std::uint64_t hash) const { return slots_ + (hash >> 8) % sets_ * kWays; }

  const std::size_t sets_;
  Slot* slots_ = nullptr;
};

Windows::Windows(Limits limits)
    : authors_(std::make_unique<Table>(limits.authors)), targets_(std::make_unique<Table>(limits.targets)) {}
Windows::~Windows() = default;

void Windows::add(const Event& event, Seen* seen) {
  const std::uint64_t author = hash_of(event.author);
  const std::uint32_t second = second_of(event.at), who = who_of(author);
  const Recent::Entry entry{second, who | (event.hostile ? kHostile : 0)};
  Recent* of_author = authors_->take(author, second);
  if (of_author != nullptr) {
    of_author->add(entry);
  }
  const auto targets = event.targets.first(std::min(event.targets.size(), Seen::kTargetsMax));
  if (event.hostile) {
    for (const std::string_view target : targets) {
      if (Recent* of_target = targets_->take(hash_of(target), second)) {
        of_target->add(entry);
      }
    }
  }
  if (seen == nullptr) {
    return;
  }
  seen->at = second;
  seen->who = who;
  seen->author = {};
  if (of_author != nullptr) {
    seen->author = *of_author;
  } else {
    seen->author.add(entry);
  }
  seen->target_count = 0;
  for (const std::string_view target : targets) {
    if (const Recent* recent = targets_->find(hash_of(target))) {
      seen->targets[seen->target_count++] = *recent;
    }
  }
}

}  // namespace heed::stream
