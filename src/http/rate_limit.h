#pragma once
#include <array>
#include <chrono>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "base/clock.h"

namespace heed::http {

/// Token buckets by an opaque 64-bit key (a keyed hash of whoever is counted; never an address itself): a
/// bucket of `burst` tokens that fills by `per_second`. Any thread; 16 shards, each with its own mutex. Time is
/// passed in; time that goes backwards counts as standing still. At most `entries_max` buckets: when a shard is
/// full, the one longest unused goes, and with it only the memory that its owner had used tokens, so an
/// attacker with many keys can shorten memories but never lock anybody out, and cannot use up memory.
class RateLimiter {
 public:
  struct Options {
    double per_second = 10;
    double burst = 20;
    std::size_t entries_max = 100'000;
  };
  struct Verdict {
    bool allowed = true;
    Millis retry_after{0};  ///< when refused: until enough tokens are there (rounded up)
  };

  explicit RateLimiter(Options options);
  ~RateLimiter();
  /// Takes `cost` tokens if they are there. A cost above `burst` is never allowed.
  Verdict take(std::uint64_t key, Time now, double cost = 1);
  std::size_t size() const;

 private:
  struct Bucket {
    std::uint64_t key;
    double tokens;
    std::int64_t at_ms;
  };
  struct Shard {
    mutable std::mutex mutex;
    std::list<Bucket> by_use;  // latest first
    std::unordered_map<std::uint64_t, std::list<Bucket>::iterator> by_key;
  };
  static constexpr std::size_t kShards = 16;

  const Options options_;
  const std::size_t shard_entries_max_;
  std::unique_ptr<std::array<Shard, kShards>> shards_;
};

}  // namespace heed::http
