#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/function.h"

namespace heed::adapters {

/// One thread for batches that would keep a connection's thread from its other connections; started when
/// first needed. Bounded: what comes when `waiting_max` wait is refused. Any thread.
class SlowLane {
 public:
  explicit SlowLane(std::size_t waiting_max = 16) : waiting_max_(waiting_max) {}
  /// What waits is dropped, what runs is finished.
  ~SlowLane();
  bool run(Function<void()> work);

 private:
  void loop();
  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Function<void()>> waiting_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace heed::adapters
