#include "http/rate_limit.h"

#include <algorithm>
#include <cmath>

namespace heed::http {

RateLimiter::RateLimiter(Options options)
    : options_(options),
      shard_entries_max_(std::max<std::size_t>(1, options.entries_max / kShards)),
      shards_(std::make_unique<std::array<Shard, kShards>>()) {}

RateLimiter::~RateLimiter() = default;

RateLimiter::Verdict RateLimiter::take(std::uint64_t key, Time now, double cost) {
  std::uint64_t mixed = key * 0x9E3779B97F4A7C15ULL;
  Shard& shard = (*shards_)[mixed >> 60];
  const std::int64_t at_ms = to_ms(now);
  std::lock_guard lock(shard.mutex);
  auto found = shard.by_key.find(key);
  if (found == shard.by_key.end()) {
    if (shard.by_key.size() >= shard_entries_max_) {
      shard.by_key.erase(shard.by_use.back().key);
      shard.by_use.pop_back();
    }
    shard.by_use.push_front({key, options_.burst, at_ms});
    shard.by_key.emplace(key, shard.by_use.begin());
  } else {
    shard.by_use.splice(shard.by_use.begin(), shard.by_use, found->second);
  }
  Bucket& bucket = shard.by_use.front();
  if (at_ms > bucket.at_ms) {
    double seconds = static_cast<double>(at_ms - bucket.at_ms) / 1000;
    bucket.tokens = std::min(options_.burst, bucket.tokens + seconds * options_.per_second);
    bucket.at_ms = at_ms;
  }
  if (bucket.tokens >= cost) {
    bucket.tokens -= cost;
    return {};
  }
  constexpr double kDayMs = 86'400'000;
  double wait_ms = cost > options_.burst || options_.per_second <= 0
                       ? kDayMs
                       : std::min(kDayMs, std::ceil((cost - bucket.tokens) / options_.per_second * 1000));
  return {false, Millis(static_cast<std::int64_t>(wait_ms))};
}

std::size_t RateLimiter::size() const {
  std::size_t n = 0;
  for (const Shard& shard : *shards_) {
    std::lock_guard lock(shard.mutex);
    n += shard.by_key.size();
  }
  return n;
}

}  // namespace heed::http
