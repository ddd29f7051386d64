#include "api/recent_ids.h"

#include <bit>
#include <cstdlib>
#include <cstring>
#include <functional>

namespace heed::api {
namespace {

constexpr Millis kAhead = std::chrono::seconds(2);

std::uint64_t mixed(std::uint64_t x) {  // the finaliser of MurmurHash3
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccdULL;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53ULL;
  return x ^ (x >> 33);
}

std::uint64_t bits_of(std::uint64_t hash) {
  std::uint64_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    bits |= std::uint64_t{1} << ((hash >> (6 * i)) & 63);
  }
  return bits;
}

}  // namespace

void RecentIds::Zeroed::operator()(void* p) const { std::free(p); }

RecentIds::RecentIds(Time now, std::uint64_t ids_max) : ids_max_(ids_max) {
  const std::uint64_t words = std::bit_ceil(std::max<std::uint64_t>(ids_max / 4, 64));
  mask_ = words - 1;
  for (Filter& filter : filters_) {
    // calloc: zero pages cost nothing until they are touched.
    filter.words.reset(static_cast<std::atomic<std::uint64_t>*>(std::calloc(words, sizeof(std::uint64_t))));
    HEED_ASSERT(filter.words != nullptr);
    filter.since.store(to_ms(now));
  }
}

bool RecentIds::may_have(std::string_view id, Time created_at, Time now) {
  const std::uint64_t hash = mixed(std::hash<std::string_view>{}(id));
  const std::uint64_t bits = bits_of(hash), place = (hash >> 24) & mask_;
  const std::uint32_t newer = newer_.load(std::memory_order_acquire);
  Filter& filter = filters_[newer];
  Filter& older = filters_[newer ^ 1];
  // One word holds all bits of an id, so of two at once exactly one is the first.
  const std::uint64_t before = filter.words[place].fetch_or(bits, std::memory_order_relaxed);
  const bool noted = (before & bits) == bits || (older.words[place].load(std::memory_order_relaxed) & bits) == bits;
  if ((before & bits) != bits && filter.ids.fetch_add(1, std::memory_order_relaxed) + 1 >= ids_max_) {
    exchange(now, newer);
  }
  return noted || to_ms(created_at) < older.since.load(std::memory_order_relaxed) + kAhead.count();
}

void RecentIds::exchange(Time now, std::uint32_t full) {
  std::lock_guard lock(mutex_);
  if (newer_.load(std::memory_order_relaxed) != full) {
    return;
  }
  Filter& oldest = filters_[full ^ 1];
  oldest.since.store(to_ms(now));
  for (std::uint64_t i = 0; i <= mask_; ++i) {
    oldest.words[i].store(0, std::memory_order_relaxed);
  }
  oldest.ids.store(0);
  newer_.store(full ^ 1, std::memory_order_release);
}

}  // namespace heed::api
