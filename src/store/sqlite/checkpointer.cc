#include "store/sqlite/checkpointer.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "base/thread_name.h"

namespace heed::store {
namespace {

constexpr std::chrono::milliseconds kStepShort{2}, kStepLong{4};

}  // namespace

Flusher::Flusher(const std::filesystem::path& path) : fd_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (fd_) {
    thread_ = std::thread([this] {
      name_thread("log copy");
      loop();
    });
  }
}

Flusher::~Flusher() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  if (thread_.joinable()) {
    thread_.join();
  }
}

void Flusher::begin() {
  if (!fd_) {
    return;
  }
  {
    std::lock_guard lock(mutex_);
    wanted_ = true;
    busy_.store(true, std::memory_order_release);
  }
  wake_.notify_one();
}

void Flusher::loop() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return wanted_ || stopping_; });
    if (stopping_) {
      return;
    }
    wanted_ = false;
    lock.unlock();
    ::fdatasync(fd_.get());  // What fails here fails again where it matters.
    lock.lock();
    busy_.store(wanted_, std::memory_order_release);
  }
}

Checkpointer::Checkpointer(Database& writer, std::filesystem::path path, Database::Options options,
                           CheckpointLimits limits)
    : writer_(writer), limits_(limits), step_bytes_(limits.soft_bytes / 16), flusher_(path) {
  options.read_only = true;
  options.cache_bytes = 64 << 10;
  if (auto reader = Database::open(path, options)) {
    reader_ = std::make_unique<Database>(*std::move(reader));
  }
}

Checkpointer::~Checkpointer() { unpin(); }

bool Checkpointer::run(std::uint64_t log_bytes, bool idle) {
  if (log_bytes < not_before_) {
    return false;
  }
  if (reader_ == nullptr) {
    return log_bytes >= limits_.soft_bytes && copy_all(log_bytes);
  }
  if (due_ && log_bytes > pinned_at_) {  // a later commit is in the log, so that what is pinned is not all of it
    due_ = false;
    copy_step();
    finishing_ = log_bytes >= limits_.soft_bytes;
  } else if (log_bytes >= limits_.hard_bytes || (finishing_ && idle && flusher_.done())) {
    unpin();
    finishing_ = due_ = false;
    return copy_all(log_bytes);
  } else if (log_bytes >= pinned_at_ + step_bytes_) {
    unpin();
    pin(log_bytes);
  }
  return false;
}

void Checkpointer::copy_step() {
  const auto began = std::chrono::steady_clock::now();
  (void)copy();
  const auto took = std::chrono::steady_clock::now() - began;
  if (took > kStepLong) {
    step_bytes_ = std::max(step_bytes_ / 2, limits_.soft_bytes / 64);
  } else if (took < kStepShort) {
    step_bytes_ = std::min(step_bytes_ * 2, limits_.soft_bytes / 2);
  }
  flusher_.begin();
}

bool Checkpointer::copy_all(std::uint64_t log_bytes) {
  const bool whole = copy();
  pinned_at_ = 0;
  // Not whole: a long read holds the log. Try again when it has grown.
  not_before_ = whole ? 0 : log_bytes + limits_.soft_bytes;
  return whole;
}

void Checkpointer::pin(std::uint64_t log_bytes) {
  pinned_at_ = log_bytes;
  // BEGIN alone takes no snapshot, the first read does.
  due_ = reader_->exec("BEGIN; SELECT 1 FROM heed_meta LIMIT 1").has_value();
}

void Checkpointer::unpin() {
  if (reader_ != nullptr && reader_->in_transaction()) {
    (void)reader_->exec("COMMIT");
  }
}

bool Checkpointer::copy() {
  int frames = 0, copied = 0;
  int code = sqlite3_wal_checkpoint_v2(writer_.raw(), "main", SQLITE_CHECKPOINT_PASSIVE, &frames, &copied);
  return code == SQLITE_OK && frames == copied;
}

}  // namespace heed::store
