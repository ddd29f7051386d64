#include "access/login_throttle.h"

#include <algorithm>

#include "base/crypto.h"

namespace heed::access {
namespace {
constexpr std::size_t kBuckets = 8192;
}

LoginThrottle::LoginThrottle(double tries_per_minute, int at_once)
    : tries_per_minute_(std::max(0.01, tries_per_minute)),
      at_once_(at_once > 0 ? at_once : std::max(1.0, tries_per_minute)),
      key_(random_string(16)),
      buckets_(kBuckets) {}

std::size_t LoginThrottle::slot(std::string_view name) const { return siphash(key_, name) % kBuckets; }

bool LoginThrottle::take(std::string_view name, Time now) {
  return buckets_.with([&](std::vector<Bucket>& buckets) {
    Bucket& bucket = buckets[slot(name)];
    std::int64_t passed_ms = std::max<std::int64_t>(0, to_ms(now) - bucket.at_ms);
    bucket.at_ms = to_ms(now);
    bucket.spent = std::max(0.0, bucket.spent - static_cast<double>(passed_ms) * tries_per_minute_ / 60000.0);
    if (bucket.spent + 1 > at_once_) {
      return false;
    }
    bucket.spent += 1;
    return true;
  });
}

void LoginThrottle::give_back(std::string_view name) {
  buckets_.with([&](std::vector<Bucket>& buckets) {
    Bucket& bucket = buckets[slot(name)];
    bucket.spent = std::max(0.0, bucket.spent - 1);
  });
}

}  // namespace heed::access
