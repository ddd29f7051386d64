#include "app/house.h"
#include "base/log.h"
#include "base/thread_name.h"

namespace heed::app {

Keeper::Keeper(Rooms& rooms, Function<Result<void>()> copy, Metrics& metrics, Options options)
    : rooms_(rooms),
      copy_(std::move(copy)),
      options_(options),
      failures_(metrics.counter("heed_keeper_failures_total",
                                "Times the chain head could not be noted or the copy not be brought up to date.")),
      copied_at_(metrics.gauge("heed_backup_copied_seconds",
                               "When the continuous copy was last complete, Unix time; 0: never.")),
      thread_([this] {
        name_thread("keeper");
        loop();
      }) {}

Keeper::~Keeper() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
  copy();
  note();
}

void Keeper::loop() {
  using Clock = std::chrono::steady_clock;
  auto head_at = Clock::now(), copy_at = head_at;
  std::unique_lock lock(mutex_);
  for (;;) {
    auto next = copy_ ? std::min(head_at, copy_at) : head_at;
    if (wake_.wait_until(lock, next, [this] { return stopping_; })) {
      return;
    }
    lock.unlock();
    if (Clock::now() >= head_at) {
      note();
      head_at = Clock::now() + options_.head_every;
    }
    if (copy_ && Clock::now() >= copy_at) {
      copy_at = Clock::now() + options_.copy_every;  // from begin to begin: a long copy does not widen the window twice
      copy();
    }
    lock.lock();
  }
}

void Keeper::note() {
  auto noted = rooms_.note_head();
  if (!noted) {
    failures_.add();
    if (!head_failed_) {
      log::error("head_not_noted", {{"error", noted.error()}});
    }
  } else if (head_failed_) {
    log::info("head_noted_again");
  }
  head_failed_ = !noted;
}

void Keeper::copy() {
  if (!copy_) {
    return;
  }
  auto copied = copy_();
  if (copied) {
    copied_at_.set(
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count());
    if (copy_failed_) {
      log::info("backup_copied_again");
    }
  } else {
    failures_.add();
    if (!copy_failed_) {
      log::error("backup_not_copied", {{"error", copied.error()}});
    }
  }
  copy_failed_ = !copied;
}

}  // namespace heed::app
