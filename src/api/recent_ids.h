#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>

#include "base/clock.h"

namespace heed::api {

/// Whether a post's id may have come before, so that only the few that may are looked up among the recent posts. Two
/// Bloom filters of one 64-bit word an id, the older one forgotten when the newer is full; a post older than the older
/// filter (or than this process) always may. Never says "no" for one that came before, provided that the platform's
/// clock is at most two seconds ahead; says "maybe" wrongly for about one in a hundred. Any thread, no lock but for the
/// exchange of filters; memory is taken as it fills, 16 MiB at most.
class RecentIds {
 public:
  explicit RecentIds(Time now, std::uint64_t ids_max = 4'000'000);
  /// Notes the id; true when it may have been noted before.
  bool may_have(std::string_view id, Time created_at, Time now);

 private:
  struct Zeroed {
    void operator()(void* p) const;
  };
  struct Filter {
    std::unique_ptr<std::atomic<std::uint64_t>[], Zeroed> words;
    std::atomic<std::uint64_t> ids{0};
    std::atomic<std::int64_t> since{0};
  };
  void exchange(Time now, std::uint32_t full);

  const std::uint64_t ids_max_;
  std::uint64_t mask_ = 0;
  std::array<Filter, 2> filters_;
  std::atomic<std::uint32_t> newer_{0};
  std::mutex mutex_;
};

}  // namespace heed::api
