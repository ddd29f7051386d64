#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/function.h"

namespace heed {

/// One thread for what takes long and must not keep a connection's or reader's thread from the others; started when
/// first needed. Bounded: what comes when `waiting_max` wait is refused. Any thread.
class SideThread {
 public:
  explicit SideThread(std::size_t waiting_max = 16) : waiting_max_(waiting_max) {}
  /// What waits is dropped, what runs is finished.
  ~SideThread();
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

}  // namespace heed
