#pragma once
#include <map>
#include <set>

#include "casework/clocks.h"
#include "casework/plane.h"

/// Fires what is due, each thing in a command of its own (clocks.h). What fails is counted and left alone for a while,
/// longer each time, so that one row that cannot be read neither stops nor slows the others.
namespace heed::casework {

/// One thread.
class Clockwork {
 public:
  struct Options {
    std::size_t at_once = 200;  ///< commands handed to the writer together
    Millis wait_first = std::chrono::minutes(1),
           wait_max = std::chrono::hours(1);  ///< before a failed one is tried again
  };
  Clockwork(Plane& plane, Metrics& metrics) : Clockwork(plane, metrics, Options{}) {}
  Clockwork(Plane& plane, Metrics& metrics, Options options);

  /// Everything due at `now`. Returns how many things failed in this call; Unavailable when the store cannot be read.
  Result<int> run(Time now);

 private:
  struct Failure {
    int times = 0;
    Time again{};
  };
  Result<DueList> look(Time now);
  std::vector<std::pair<Due, Error>> fire_all(const std::vector<Due>& due);

  Plane& plane_;
  const Options options_;
  Counter& failed_;
  Gauge& waiting_;
  std::map<Due, Failure> failures_;
  Time piles_at_{};  ///< no open pile ends before
};

}  // namespace heed::casework
