#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <queue>
#include <thread>
#include <vector>

#include "base/function.h"

namespace heed::api {

/// Gives receipts no sooner than a fixed time after the request: to open a case takes a little longer than to join one,
/// and who measures must not learn from it whether others have reported. What takes longer anyway goes at once: by then
/// waiting for the disk and for others hides the difference.
///
/// Any thread; one thread of its own that begins with the first. By the machine's clock, whatever the house's says.
class EvenPace {
 public:
  using Steady = std::chrono::steady_clock;
  explicit EvenPace(std::chrono::microseconds floor) : floor_(floor) {}
  ~EvenPace();  ///< what still waits goes now
  void after(Steady::time_point arrived, Function<void()> send);

 private:
  struct Waiting {
    Steady::time_point due;
    Function<void()> send;
    bool operator<(const Waiting& other) const { return due > other.due; }  // the earliest on top
  };
  void loop();

  const std::chrono::microseconds floor_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Waiting> waiting_;  ///< a heap
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace heed::api
