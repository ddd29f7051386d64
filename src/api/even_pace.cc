#include "api/even_pace.h"

#include <algorithm>

#include "base/thread_name.h"

namespace heed::api {

EvenPace::~EvenPace() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void EvenPace::after(Steady::time_point arrived, Function<void()> send) {
  const Steady::time_point due = arrived + floor_;
  if (floor_.count() > 0 && due > Steady::now()) {
    std::lock_guard lock(mutex_);
    if (!stopping_) {
      if (!thread_.joinable()) {
        thread_ = std::thread([this] {
          name_thread("pace");
          loop();
        });
      }
      waiting_.push_back({due, std::move(send)});
      std::push_heap(waiting_.begin(), waiting_.end());
      changed_.notify_one();
      return;
    }
  }
  send();
}

void EvenPace::loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_ || !waiting_.empty()) {
    if (waiting_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const Steady::time_point due = waiting_.front().due;
    if (!stopping_ && due > Steady::now()) {
      changed_.wait_until(lock, due);
      continue;
    }
    std::pop_heap(waiting_.begin(), waiting_.end());
    Function<void()> send = std::move(waiting_.back().send);
    waiting_.pop_back();
    lock.unlock();
    send();
    lock.lock();
  }
}

}  // namespace heed::api
