#pragma once
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>
#include <thread>

#include "delivery/delivery.h"

namespace heed::delivery {

/// Runs a program of the operator's, once, with a text on its standard input: how an alarm reaches a pager that speaks
/// neither HTTP nor mail. Exit 0 is Delivered, anything else Retry; a program that cannot be started or is still there
/// after `patience` (it is killed then), too. It gets PATH and LANG and nothing else of our environment, where secrets
/// are.
///
/// One after the other, on a thread of its own that begins with the first. Any thread; at most 64 wait, beyond that the
/// answer is Retry at once. `done` is called exactly once, at stop with Retry.
class Programs {
 public:
  explicit Programs(Millis patience = std::chrono::seconds(30)) : patience_(patience) {}
  ~Programs();
  void run(std::string path, std::string input, OnOutcome done);

 private:
  struct Job {
    std::string path, input;
    OnOutcome done;
  };
  void loop();
  Outcome run_now(const Job& job);

  const Millis patience_;
  std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<Job> waiting_;
  int stop_fd_ = -1;  ///< becomes readable when running programs are to be let go
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace heed::delivery
