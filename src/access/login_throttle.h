#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"

namespace heed::access {

/// Counts tries to log in, by name. A fixed table of token buckets indexed by a hash under a random key: names that
/// do not exist cost no memory, and nobody can choose names that fall together with somebody else's. Two names in one
/// bucket (1 in 8,192) share their tries. Any thread.
class LoginThrottle {
 public:
  /// `at_once`: how many may come together; 0: as many as in a minute.
  explicit LoginThrottle(double tries_per_minute, int at_once = 0);
  /// Takes a try; false when there is none left.
  bool take(std::string_view name, Time now);
  /// A log-in that succeeded costs nothing.
  void give_back(std::string_view name);

 private:
  struct Bucket {
    std::int64_t at_ms = 0;
    double spent = 0;  ///< tries, shrinking with time
  };
  std::size_t slot(std::string_view name) const;

  double tries_per_minute_, at_once_;
  std::string key_;
  Guarded<std::vector<Bucket>> buckets_;
};

}  // namespace heed::access
