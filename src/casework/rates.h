#pragma once
#include <cstdint>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"

namespace heed::casework {

/// Tokens per opaque key (a reporter, a platform key, an address, a network): going over one never refuses, it only
/// marks the report as limited. Bounded: past `keys_max` the fullest buckets are forgotten. One thread at a time.
class RateBook {
 public:
  struct Rule {
    double burst = 60;
    double per_minute = 10;
  };
  explicit RateBook(std::size_t keys_max = 200'000) : keys_max_(keys_max) {}
  /// Takes one token; false when there is none.
  bool take(std::string_view key, Rule rule, Time now);

 private:
  struct Bucket {
    double tokens = 0;
    Time at{};
  };
  std::size_t keys_max_;
  std::unordered_map<std::uint64_t, Bucket> buckets_;
};

}  // namespace heed::casework
