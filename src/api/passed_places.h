#pragma once
#include <map>
#include <string>
#include <utility>

#include "base/guarded.h"
#include "casework/queue.h"

namespace heed::api {

/// Where a claim stopped that found nothing but what is behind the caller's wall, so that their next one goes on from
/// there instead of reading the same again. Forgotten at a stop, and for all when there are too many. Any thread.
class PassedPlaces {
 public:
  static constexpr std::size_t kMax = 1000;

  /// Nothing when the last claim found something or came to the end; forgets it.
  casework::Passed take(StaffId staff, const std::string& queue) {
    return places_.with([&](auto& places) {
      auto at = places.find({staff, queue});
      if (at == places.end()) {
        return casework::Passed{};
      }
      casework::Passed out = std::move(at->second);
      places.erase(at);
      return out;
    });
  }
  void keep(StaffId staff, const std::string& queue, casework::Passed passed) {
    places_.with([&](auto& places) {
      if (places.size() >= kMax) {
        places.clear();
      }
      places[{staff, queue}] = std::move(passed);
    });
  }

 private:
  Guarded<std::map<std::pair<StaffId, std::string>, casework::Passed>> places_;
};

}  // namespace heed::api
