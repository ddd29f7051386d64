#include "base/side_thread.h"
#include "base/thread_name.h"

namespace heed {

SideThread::~SideThread() {
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

bool SideThread::run(Function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || waiting_.size() >= waiting_max_) {
      return false;
    }
    waiting_.push_back(std::move(work));
    if (!thread_.joinable()) {
      thread_ = std::thread([this] {
        name_thread("side");
        loop();
      });
    }
  }
  ready_.notify_one();
  return true;
}

void SideThread::loop() {
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

}  // namespace heed
