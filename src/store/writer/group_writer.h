#pragma once
#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/function.h"
#include "ledger/store.h"

namespace heed::store {

/// Bounds of the command queue and of one commit group.
struct WriterLimits {
  std::size_t queue_max = 4096;  ///< commands waiting; the lower priorities may fill only a part, see below
  std::size_t group_max = 256;   ///< commands that share one flush
  std::chrono::microseconds group_time{10'000};  ///< a group takes no further command once it has run so long
};

/// One thread that runs commands in groups: what every backend with one writer needs, whatever it writes to.
///
/// A group begins with the first waiting command and takes what waits or arrives meanwhile, within the limits;
/// there is no artificial delay, so a lone command commits at once. Order: life threats, receipts, normal,
/// background; within one priority first come first served. A lower priority that was passed over 64 times
/// (background 256) is served next, so none starves for ever. Background may fill half of the queue, Normal
/// three quarters, Receipt nine tenths, so that what overtakes also finds room.
class GroupWriter {
 public:
  struct Command {
    ledger::Store::Work work;
    ledger::Store::Done done;
  };
  /// Gives the next command of the running group, or null when the group should commit. The pointer stays good
  /// until the group was answered.
  using Next = ledger::FunctionRef<Command*()>;
  /// Runs one group: pulls commands, commits, calls every `done`.
  using RunGroup = Function<void(Next)>;

  GroupWriter(WriterLimits limits, RunGroup run_group);
  /// Refuses new commands, runs those that wait, joins.
  ~GroupWriter();
  GroupWriter(const GroupWriter&) = delete;
  GroupWriter& operator=(const GroupWriter&) = delete;

  /// Any thread; never blocks for longer than the queue's lock. When the queue is full or closing, `done` gets
  /// Unavailable on this thread.
  void submit(ledger::Priority priority, ledger::Store::Work work, ledger::Store::Done done);
  std::size_t waiting() const;
  /// Refuses new commands, runs those that wait, joins; the destructor does the same.
  void stop();

 private:
  static constexpr std::size_t kPriorities = 4;

  void loop();
  Command* next();
  std::optional<Command> take();

  // Constant after construction.
  WriterLimits limits_;
  std::array<std::size_t, kPriorities> room_;
  RunGroup run_group_;
  // Guarded by mutex_.
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::array<std::deque<Command>, kPriorities> queues_;
  std::array<std::size_t, kPriorities> passed_over_{};
  std::size_t waiting_ = 0;
  bool sleeping_ = false;
  bool stopping_ = false;
  // The writer thread's own.
  std::deque<Command> group_;
  std::chrono::steady_clock::time_point group_began_;
  std::thread thread_;
};

}  // namespace heed::store
