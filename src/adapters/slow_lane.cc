#include "adapters/slow_lane.h"

namespace heed::adapters {

SlowLane::~SlowLane() {
  std::deque<Function<void()>> dropped;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    dropped.swap(waiting_);
  }
  ready_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

bool SlowLane::run(Function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || waiting_.size() >= waiting_max_) {
      return false;
    }
    waiting_.push_back(std::move(work));
    if (!thread_.joinable()) {
      thread_ = std::thread([this] { loop(); });
    }
  }
  ready_.notify_one();
  return true;
}

void SlowLane::loop() {
  while (true) {
    Function<void()> work;
    {
      std::unique_lock lock(mutex_);
      ready_.wait(lock, [&] { return stopping_ || !waiting_.empty(); });
      if (stopping_) {
        return;
      }
      work = std::move(waiting_.front());
      waiting_.pop_front();
    }
    work();
  }
}

}  // namespace heed::adapters
