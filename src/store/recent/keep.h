#pragma once
#include <cstdint>
#include <map>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/result.h"

namespace heed::store::recent {

/// Which hours may not be forgotten, and what must be remembered of those that were. One small file, replaced
/// atomically.
struct Keep {
  struct Pin {
    Time since{}, until{};  ///< arrivals of [since, until] are kept
  };
  std::map<std::string, Pin, std::less<>> pins;
  std::uint64_t arrival_floor = 0;        ///< arrival numbers up to here are taken, also by hours that are gone
  std::set<std::int64_t> deletions_done;  ///< hours whose deletions have been carried out

  bool everything = false;  ///< the file was damaged once: nothing is forgotten until it is removed by hand

  bool pinned(std::int64_t hour) const;
  std::string bytes() const;
  static Result<Keep> parse(std::string_view bytes);
};

}  // namespace heed::store::recent
