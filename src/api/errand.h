#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>

#include "base/function.h"

namespace heed::api {

/// One thread for the few things that take long and must not keep an I/O or reader thread; started when first needed.
/// Bounded: what comes when `waiting_max` wait is refused.
class Errand {
 public:
  explicit Errand(std::size_t waiting_max = 32) : waiting_max_(waiting_max) {}
  ~Errand();
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

}  // namespace heed::api
