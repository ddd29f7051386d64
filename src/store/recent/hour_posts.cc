#include "store/recent/hour_posts.h"

#include <algorithm>

#include "base/log.h"

namespace heed::store::recent {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::uint64_t kBufferedRecordsMax = 1 << 20;  // also how far arrival numbers jump at open
constexpr std::size_t kFrozenMax = 4;                   // indexes waiting for the disk; more when they are small
constexpr Millis kRetryAfter = std::chrono::milliseconds(100);

std::size_t size_of(const post::PostRecord& record) {
  std::size_t size = 64 + record.id.size() + record.author.size() + record.json.size() + record.signals.size();
  if (record.targets != nullptr) {
    for (std::string_view target : *record.targets) {
      size += target.size() + 2;
    }
  }
  return size;
}

Result<void> check(const post::PostRecord& record) {
  bool long_target =
      record.targets != nullptr && std::any_of(record.targets->begin(), record.targets->end(),
                                               [](std::string_view target) { return target.size() > kKeyBytesMax; });
  if (record.id.empty() || record.id.size() > kKeyBytesMax || record.author.size() > kKeyBytesMax || long_target) {
    return fail(Code::InvalidInput, "a post's id, author and targets have at most 1024 bytes, its id at least one");
  }
  if (size_of(record) > kRecordBytesMax) {
    return fail(Code::TooLarge, "a stored post has at most 16 MiB");
  }
  return {};
}

}  // namespace

std::optional<Millis> flush_wait(const FlushQuestion& question, Millis flush_after) {
  if (!question.any) {
    return std::nullopt;
  }
  if (question.since_failure && *question.since_failure < kRetryAfter) {
    return kRetryAfter - *question.since_failure;
  }
  if (question.full || question.asked || question.since_failure || question.age >= flush_after) {
    return Millis(0);
  }
  return flush_after - question.age;
}

std::vector<SettingDef> settings() {
  using Type = SettingDef::Type;
  return {
      {"posts.keep_days", Type::Int, "14", "Days that posts are kept, by arrival hour", 1, 3650},
      {"posts.deleted_keep_hours", Type::Int, "24",
       "Hours that a deleted post is kept, counted from the end of the hour of its deletion, unless a report holds it",
       0, 8760},
      {"posts.buffer_mib", Type::Int, "64",
       "MiB of posts taken in before the disk has them; beyond it they are refused", 8, 4096},
      {"posts.cache_mib", Type::Int, "16", "MiB of decrypted posts kept in memory", 1, 65536},
      {"posts.filter_mib", Type::Int, "64", "MiB of the post index's filters kept in memory", 0, 65536},
  };
}

HourPostsOptions options_from(const Settings& settings) {
  HourPostsOptions out;
  out.keep = std::chrono::days(settings.integer("posts.keep_days"));
  out.deleted_keep = std::chrono::hours(settings.integer("posts.deleted_keep_hours"));
  out.buffer_bytes = static_cast<std::size_t>(settings.integer("posts.buffer_mib")) << 20;
  out.cache_bytes = static_cast<std::size_t>(settings.integer("posts.cache_mib")) << 20;
  out.filter_bytes = static_cast<std::size_t>(settings.integer("posts.filter_mib")) << 20;
  return out;
}

HourPosts::HourPosts(HourPostsOptions options)
    : options_(std::move(options)),
      own_disk_(options_.disk == nullptr ? make_real_disk() : nullptr),
      disk_(options_.disk == nullptr ? *own_disk_ : *options_.disk),
      posts_folder_(options_.data_folder / "posts"),
      key_folder_(options_.keys_folder / "posts"),
      filter_budget_(std::make_shared<std::atomic<std::int64_t>>(static_cast<std::int64_t>(options_.filter_bytes))),
      chunks_(options_.cache_bytes),
      open_blocks_(std::max<std::size_t>(options_.cache_bytes / 8, 64 << 10)) {
  if (options_.metrics != nullptr) {
    stored_total_ = &options_.metrics->counter("heed_posts_stored_total", "Post versions and tombstones taken in");
    buffered_gauge_ = &options_.metrics->gauge("heed_posts_buffered_bytes", "Posts taken in that are not on disk yet");
    flush_seconds_ = &options_.metrics->histogram("heed_posts_flush_seconds", "Sealing, writing and flushing a block");
  }
}

HourPosts::~HourPosts() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  writer_wakes_.notify_all();
  index_wakes_.notify_all();
  if (writer_.joinable()) {
    writer_.join();
  }
  if (indexer_.joinable()) {
    indexer_.join();
  }
  // Leave little to index for the next start.
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      if (pending_.empty()) {
        break;
      }
    }
    if (!write_front()) {
      break;
    }
  }
  {
    std::lock_guard lock(mutex_);
    if (active_ != nullptr) {
      freeze(*active_);
    }
  }
  for (Result<bool> more = true; more && *more;) {
    more = index_step();
  }
  std::vector<Waiting> left;
  left.swap(waiting_);
  for (Waiting& waiting : left) {
    waiting.done(waiting.upto <= durable_ ? Result<void>{} : Result<void>(fail(Code::Unavailable, "stopping")));
  }
}

void HourPosts::freeze(Hour& hour) {
  if (hour.mem != nullptr) {
    hour.frozen.push_back(std::shared_ptr<const MemIndex>(std::move(hour.mem)));
  }
}

void HourPosts::leave_hour() {
  if (active_ == nullptr) {
    return;
  }
  if (!pending_.empty()) {
    pending_.back().full = true;
  }
  freeze(*active_);
  active_ = nullptr;
}

void HourPosts::enter_hour(std::int64_t number) {
  leave_hour();
  // The newest hour may go on after a restart, or after it was closed and the clock stood back.
  if (!hours_->empty() && hours_->back()->number >= number) {
    active_ = hours_->back();
    active_->closed = false;
    return;
  }
  number = std::max(number, hours_from_);
  auto hour = std::make_shared<Hour>(number, posts_folder_);
  hour->keys = std::make_unique<KeyFile>(disk_, key_folder_ / hour->name, options_.kek, number);
  auto next = std::make_shared<Hours>(*hours_);
  next->push_back(hour);
  hours_ = std::move(next);
  active_ = std::move(hour);
}

Result<std::uint64_t> HourPosts::append(const post::PostRecord& record) {
  TRY(check(record));
  std::size_t size = size_of(record);
  std::uint64_t arrival = 0;
  bool wake_writer = false, wake_indexer = false, front_full = false;
  if (!options_.threads) {
    (void)retry_failed();
  }
  {
    std::lock_guard lock(mutex_);
    if (stopping_ || write_error_) {
      return fail(Code::Unavailable, write_error_ ? write_error_->message : "the store of posts is stopping");
    }
    std::int64_t number = hour_of(record.at);
    if (active_ == nullptr || number > active_->number) {
      enter_hour(number);
    }
    std::size_t frozen_max = std::max<std::size_t>(kFrozenMax, kBufferedRecordsMax / options_.run_records);
    if (buffered_bytes_ + size > options_.buffer_bytes || buffered_records_ >= kBufferedRecordsMax ||
        active_->frozen.size() >= frozen_max) {
      writer_wakes_.notify_one();
      return fail(Code::Unavailable, "posts come faster than the disk takes them; send them again more slowly");
    }
    Hour& hour = *active_;
    arrival = next_arrival_;
    if (!hour.facts.empty() && arrival - hour.facts.base > UINT32_MAX) {
      return fail(Code::Unavailable, "this hour holds as many posts as it can; send them again in the next");
    }
    ++next_arrival_;
    bool fits = !pending_.empty() && !pending_.back().full && pending_.back().hour == active_ &&
                pending_.back().block->bytes.size() + size <= options_.block_bytes &&
                pending_.back().block->ends.size() < kRecordsMax;
    if (!fits) {
      if (!pending_.empty()) {
        pending_.back().full = true;
      }
      auto block = std::make_shared<MemBlock>();
      block->first_arrival = arrival;
      pending_.push_back({active_, std::move(block), false, Steady::now()});
      wake_writer = true;
    }
    MemBlock& block = *pending_.back().block;
    std::size_t begin = block.bytes.size();
    encode_record(block.bytes, record);
    block.note_times(record.at, record.created_at);
    block.end_record();
    buffered_bytes_ += block.bytes.size() - begin;
    ++buffered_records_;
    hour.facts.add(arrival, arrival, record.at, record.at, record.created_at, record.created_at);
    newest_at_ = std::max(newest_at_, record.at);
    if (hour.mem == nullptr) {
      hour.mem = std::make_unique<MemIndex>(hour.next_cover());
    }
    RecordView view;
    decode_record(std::string_view(block.bytes).substr(begin), view);
    index_record(*hour.mem, hour, arrival, view);
    if (hour.mem->records() >= options_.run_records) {
      freeze(hour);
      wake_indexer = true;
    }
    front_full = pending_.front().full;
  }
  if (stored_total_ != nullptr) {
    stored_total_->add();
  }
  if (options_.threads) {
    if (wake_writer) {
      writer_wakes_.notify_one();
    }
    if (wake_indexer) {
      index_wakes_.notify_one();
    }
  } else if (wake_indexer) {
    flush([](Result<void>) {});
    for (Result<bool> more = true; more && *more;) {
      more = index_step();
    }
  } else if (front_full) {
    (void)write_front();  // on failure `write_error_` refuses the next append
  }
  return arrival;
}

Result<void> HourPosts::retry_failed() {
  {
    std::lock_guard lock(mutex_);
    if (!write_error_) {
      return {};
    }
  }
  return write_front();
}

Result<Place> HourPosts::write_block(Hour& hour, const MemBlock& block, std::uint32_t replaces) {
  if (hour.log == nullptr) {
    TRY(hour.keys->store());
    TRY(disk_.make_folder(hour.folder));
    std::unique_ptr<File> log = TRY(disk_.open(hour.folder / "log", Disk::Open::Fresh));
    TRY(log->write(new_log_header(hour.number), 0));
    TRY(log->sync());
    TRY(disk_.sync_folder(hour.folder));
    hour.log = std::move(log);
    hour.log_end = kLogHeaderBytes;
  }
  SecretKey key = TRY(hour.keys->new_key(hour.next_serial));
  seal_block(block_bytes_, hour.number, hour.next_serial, replaces, block, key);
  Result<void> written = hour.log->write(block_bytes_, hour.log_end);
  if (written) {
    written = hour.log->sync();
  }
  if (!written) {
    // What did arrive is behind the log's end: cut if that works, else overwritten next time or cut at open.
    (void)hour.log->truncate(hour.log_end);
    return tl::unexpected(written.error());
  }
  Place place{static_cast<std::uint32_t>(block.first_arrival - hour.facts.base),
              static_cast<std::uint32_t>(block.ends.size()), hour.next_serial, hour.log_end};
  hour.log_end += block_bytes_.size();
  ++hour.next_serial;
  return place;
}

Result<void> HourPosts::write_front() {
  std::lock_guard log_lock(log_mutex_);
  HourPtr hour;
  std::shared_ptr<MemBlock> block;
  {
    std::lock_guard lock(mutex_);
    if (pending_.empty()) {
      return {};
    }
    pending_.front().full = true;  // from here on nobody changes it
    hour = pending_.front().hour;
    block = pending_.front().block;
  }
  Steady::time_point began = Steady::now();
  Result<Place> place = write_block(*hour, *block, kNoBlock);
  std::vector<Waiting> done;
  Result<void> outcome;
  {
    std::lock_guard lock(mutex_);
    if (place) {
      hour->places.push_back(*place);
      durable_ = std::max(durable_, block->last_arrival());
      buffered_bytes_ -= block->bytes.size();
      buffered_records_ -= block->ends.size();
      pending_.pop_front();
      write_error_.reset();
    } else {
      outcome = tl::unexpected(place.error());
      outcome.error().code = Code::Unavailable;
      if (!write_error_) {
        log::error("posts_not_written", {{"error", outcome.error()}});
      }
      write_error_ = outcome.error();
      failed_at_ = Steady::now();
    }
    auto ready = [&](const Waiting& waiting) { return !place || waiting.upto <= durable_; };
    for (Waiting& waiting : waiting_) {
      if (ready(waiting)) {
        done.push_back(std::move(waiting));
      }
    }
    std::erase_if(waiting_, [](const Waiting& waiting) { return !waiting.done; });
    if (buffered_gauge_ != nullptr) {
      buffered_gauge_->set(static_cast<std::int64_t>(buffered_bytes_));
    }
  }
  if (flush_seconds_ != nullptr) {
    flush_seconds_->observe_seconds(std::chrono::duration<double>(Steady::now() - began).count());
  }
  for (Waiting& waiting : done) {
    waiting.done(outcome);
  }
  return outcome;
}

void HourPosts::writer_loop() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    FlushQuestion question;
    Steady::time_point now = Steady::now();
    auto since = [&](Steady::time_point then) { return std::chrono::duration_cast<Millis>(now - then); };
    if (!pending_.empty()) {
      const Pending& front = pending_.front();
      question = {true, front.full, asked_upto_ >= front.block->first_arrival, since(front.since), std::nullopt};
      if (write_error_) {
        question.since_failure = since(failed_at_);
      }
    }
    std::optional<Millis> wait = flush_wait(question, options_.flush_after);
    if (!wait) {
      writer_wakes_.wait(lock);
    } else if (*wait > Millis(0)) {
      writer_wakes_.wait_for(lock, *wait);
    } else {
      lock.unlock();
      (void)write_front();
      index_wakes_.notify_one();
      lock.lock();
    }
  }
}

void HourPosts::flush(Function<void(Result<void>)> done) {
  bool now = false;
  {
    std::lock_guard lock(mutex_);
    now = pending_.empty();
    if (!now) {
      asked_upto_ = next_arrival_ - 1;
      waiting_.push_back({asked_upto_, std::move(done)});
    }
  }
  if (now) {
    done({});
    return;
  }
  if (options_.threads) {
    writer_wakes_.notify_one();
    return;
  }
  for (;;) {
    {
      std::lock_guard lock(mutex_);
      if (pending_.empty()) {
        return;
      }
    }
    if (!write_front()) {
      return;  // whoever waited was told
    }
  }
}

std::uint64_t HourPosts::watermark() const {
  std::lock_guard lock(mutex_);
  return next_arrival_ - 1;
}

Result<void> HourPosts::settle() {
  Result<void> flushed;
  std::mutex mutex;
  std::condition_variable came;
  bool done = false;
  flush([&](Result<void> result) {
    std::lock_guard lock(mutex);
    flushed = std::move(result);
    done = true;
    came.notify_one();
  });
  {
    std::unique_lock lock(mutex);
    came.wait(lock, [&] { return done; });
  }
  TRY(std::move(flushed));
  while (TRY(index_step())) {
  }
  return {};
}

}  // namespace heed::store::recent
