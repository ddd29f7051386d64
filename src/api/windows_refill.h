#pragma once
#include <atomic>
#include <cstdint>
#include <thread>

#include "api/desk.h"

namespace heed::api {

/// After a start the windows are empty: ten accounts that came for somebody a minute before it would count for nothing.
/// This fills them again from the recent posts, on a thread of its own with little priority, while posts come in: the
/// newest hour first, then the one before, until `reach` or `budget` is used up. A post counts as hostile where its
/// assessment was when it came (take_post keeps that); nothing is assessed again. It never holds the order of arrival
/// for more than kHeldAtOnce posts, and what came since the start is not counted twice.
class WindowsRefill {
 public:
  struct Options {
    Millis reach = std::chrono::hours(24);
    Millis budget = std::chrono::minutes(1);  ///< of real time
  };
  /// Begins at once. Posts that come later must reach the windows by themselves.
  WindowsRefill(Desk& desk, Options options);
  /// Stops it.
  ~WindowsRefill();
  WindowsRefill(const WindowsRefill&) = delete;
  WindowsRefill& operator=(const WindowsRefill&) = delete;

  struct Result {
    std::uint64_t posts = 0, hostile = 0, damaged = 0;
    int hours = 0;          ///< whole ones that were walked
    bool complete = false;  ///< everything within `reach`
  };
  bool done() const { return done_; }
  /// Waits for it.
  Result wait();

 private:
  void run();
  void add(const std::vector<post::StoredPost>& posts);

  static constexpr std::size_t kHeldAtOnce = 256;
  Desk& desk_;
  const Options options_;
  const std::uint64_t upto_;
  Result result_;
  JsonParser parser_;
  post::Post post_;
  std::atomic<bool> stopping_{false}, done_{false};
  std::thread thread_;
};

}  // namespace heed::api
