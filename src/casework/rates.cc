#include "casework/rates.h"

#include <algorithm>
#include <functional>

namespace heed::casework {

bool RateBook::take(std::string_view key, Rule rule, Time now) {
  if (buckets_.size() >= keys_max_) {
    // Whoever has been quiet long enough to be full again loses nothing by being forgotten.
    std::erase_if(buckets_, [&](const auto& entry) { return now - entry.second.at > std::chrono::minutes(10); });
    if (buckets_.size() >= keys_max_) {
      buckets_.clear();
    }
  }
  auto [it, fresh] = buckets_.try_emplace(std::hash<std::string_view>{}(key), Bucket{rule.burst, now});
  Bucket& bucket = it->second;
  if (!fresh) {
    double minutes = static_cast<double>((now - bucket.at).count()) / 60'000.0;
    bucket.tokens = std::min(rule.burst, bucket.tokens + std::max(0.0, minutes) * rule.per_minute);
    bucket.at = now;
  }
  if (bucket.tokens < 1) {
    return false;
  }
  bucket.tokens -= 1;
  return true;
}

}  // namespace heed::casework
