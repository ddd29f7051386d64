#pragma once
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "delivery/delivery.h"

namespace heed::delivery {

/// What waits for a thread of ours. Bounded: beyond `max`, things wait in a list of their own for nothing but being
/// sent back. After `close` nothing is taken in any more. Any thread.
template <class T>
class Backlog {
 public:
  explicit Backlog(std::size_t max) : max_(max) {}

  /// False when closed: then `thing` was not taken.
  bool add(T& thing) {
    {
      std::lock_guard lock(mutex_);
      if (closed_) {
        return false;
      }
      (waiting_.size() < max_ ? waiting_ : refused_).push_back(std::move(thing));
    }
    came_.notify_one();
    return true;
  }
  /// Without waiting.
  std::optional<T> take() {
    std::lock_guard lock(mutex_);
    return pop(waiting_);
  }
  std::optional<T> take_refused() {
    std::lock_guard lock(mutex_);
    return pop(refused_);
  }
  /// Waits for something, or for `stop`.
  void wait() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return stopping_ || !waiting_.empty() || !refused_.empty(); });
  }
  /// Waits for something, or for `stop`: then nothing.
  std::optional<T> wait_and_take() {
    std::unique_lock lock(mutex_);
    came_.wait(lock, [&] { return stopping_ || !waiting_.empty() || !refused_.empty(); });
    return stopping_ || !refused_.empty() ? std::nullopt : pop(waiting_);
  }
  void stop() {
    {
      std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    came_.notify_all();
  }
  bool stopping() const {
    std::lock_guard lock(mutex_);
    return stopping_;
  }
  /// What is left; closes for good once there is nothing.
  std::vector<T> drain() {
    std::lock_guard lock(mutex_);
    std::vector<T> left;
    for (auto* queue : {&waiting_, &refused_}) {
      while (auto thing = pop(*queue)) {
        left.push_back(*std::move(thing));
      }
    }
    closed_ = left.empty();
    return left;
  }

 private:
  static std::optional<T> pop(std::deque<T>& queue) {
    if (queue.empty()) {
      return std::nullopt;
    }
    std::optional<T> thing(std::move(queue.front()));
    queue.pop_front();
    return thing;
  }

  const std::size_t max_;
  mutable std::mutex mutex_;
  std::condition_variable came_;
  std::deque<T> waiting_, refused_;
  bool stopping_ = false, closed_ = false;
};

inline Outcome make_outcome(Outcome::Kind kind, std::string detail, int status = 0) {
  return {kind, status, std::move(detail), Millis(0)};
}
inline Outcome too_many() { return make_outcome(Outcome::Kind::Retry, "too many deliveries are waiting"); }
inline Outcome stopped() { return make_outcome(Outcome::Kind::Retry, "stopped before there was an answer"); }

}  // namespace heed::delivery
