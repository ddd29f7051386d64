#include "store/writer/group_writer.h"

#include "base/thread_name.h"

namespace heed::store {
namespace {

constexpr std::array<std::size_t, 4> kPatience = {0, 64, 64, 256};

}  // namespace

GroupWriter::GroupWriter(WriterLimits limits, RunGroup run_group) : limits_(limits), run_group_(std::move(run_group)) {
  std::size_t n = limits_.queue_max;
  room_ = {n, n - n / 10, n - n / 4, n / 2};
  thread_ = std::thread([this] {
    name_thread("writer");
    loop();
  });
}

GroupWriter::~GroupWriter() { stop(); }

void GroupWriter::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    arrived_.notify_one();
  }
  if (thread_.joinable()) {
    thread_.join();
  }
}

void GroupWriter::submit(ledger::Priority priority, ledger::Store::Work work, ledger::Store::Done done) {
  auto level = static_cast<std::size_t>(priority);
  const char* refused = nullptr;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) {
      refused = "the store is closing; nothing was stored";
    } else if (waiting_ >= room_[level]) {
      refused = "too many commands wait for the disk; nothing was stored, try again in a moment";
    } else {
      queues_[level].push_back({std::move(work), std::move(done)});
      ++waiting_;
      if (sleeping_) {
        sleeping_ = false;
        arrived_.notify_one();
      }
    }
  }
  if (refused != nullptr) {
    done(fail(Code::Unavailable, refused));
  }
}

std::size_t GroupWriter::waiting() const {
  std::lock_guard lock(mutex_);
  return waiting_;
}

void GroupWriter::loop() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      while (waiting_ == 0 && !stopping_) {
        sleeping_ = true;
        arrived_.wait(lock);
      }
      sleeping_ = false;
      if (waiting_ == 0) {
        return;
      }
    }
    group_began_ = std::chrono::steady_clock::now();
    run_group_([this] { return next(); });
    group_.clear();
  }
}

GroupWriter::Command* GroupWriter::next() {
  if (group_.size() >= limits_.group_max ||
      (!group_.empty() && std::chrono::steady_clock::now() - group_began_ > limits_.group_time)) {
    return nullptr;
  }
  std::optional<Command> command = take();
  return command ? &group_.emplace_back(std::move(*command)) : nullptr;
}

std::optional<GroupWriter::Command> GroupWriter::take() {
  std::lock_guard lock(mutex_);
  std::size_t chosen = kPriorities;
  for (std::size_t level = 0; level < kPriorities; ++level) {
    if (queues_[level].empty()) {
      continue;
    }
    if (chosen == kPriorities || passed_over_[level] >= kPatience[level]) {
      chosen = level;
    }
  }
  if (chosen == kPriorities) {
    return std::nullopt;
  }
  if (!queues_[0].empty()) {
    chosen = 0;  // A threat to life waits for nobody's patience.
  }
  for (std::size_t level = 0; level < kPriorities; ++level) {
    bool passed = level > chosen && !queues_[level].empty();
    passed_over_[level] = level == chosen ? 0 : passed_over_[level] + (passed ? 1 : 0);
  }
  Command command = std::move(queues_[chosen].front());
  queues_[chosen].pop_front();
  --waiting_;
  return command;
}

}  // namespace heed::store
