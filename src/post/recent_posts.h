#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/function.h"
#include "base/result.h"
#include "post/post.h"

/// The port through which everybody finds recent posts. Owned by its user (this folder); src/store implements it.
namespace heed::post {

/// One kept version of a post, or a tombstone. `record` is the post's JSON as it came, so evidence is what the platform
/// sent.
struct StoredPost {
  std::uint64_t arrival = 0;  ///< one number per stored record, growing in arrival order over the whole installation
  Time at{};                  ///< server clock at arrival
  Time created_at{};
  enum class Change : std::uint8_t { New, Edit, Delete } change = Change::New;
  std::string id, author;
  std::string json;     ///< "" for a tombstone
  std::string signals;  ///< the assessment's signals as JSON array; "[]" where only the model found it hostile; "" none

  /// Whether it has signals.
  bool finds() const { return signals.size() > 2; }
};

/// What is written: views, copied before `append` returns.
struct PostRecord {
  Time at{};
  Time created_at{};
  StoredPost::Change change = StoredPost::Change::New;
  std::string_view id, author, json, signals;
  const std::vector<std::string_view>* targets = nullptr;
};

/// Which posts a pile takes: aimed at `target`, created in [since, until), arrived with arrival in (after, upto].
struct TargetRange {
  std::string target;
  Time since{};
  Time until = Time::max();
  std::uint64_t after = 0;
  std::uint64_t upto = UINT64_MAX;
  std::size_t limit = 200;
};
struct TargetSlice {
  std::vector<StoredPost> posts;  ///< in arrival order
  std::uint64_t next_after = 0;   ///< continue from here; equals `upto` of the range when it is exhausted
  bool done = false;
};

/// Everything that arrived with arrival in (after, upto] and whose hour of arrival ends after `since`.
struct ArrivalRange {
  std::uint64_t after = 0;
  std::uint64_t upto = UINT64_MAX;
  Time since = Time::min();
};
struct ArrivalSlice {
  std::vector<StoredPost> posts;  ///< in arrival order, edits and tombstones too; what was forgotten is left out
  std::uint64_t next_after = 0;   ///< continue from here; equals `upto` of the range when it is exhausted
  std::uint32_t damaged = 0;      ///< blocks that could not be read; `verify` says which
  bool done = false;
};

/// Recent posts of the configured days. Any thread. Reads see every append that returned before.
class RecentPosts {
 public:
  virtual ~RecentPosts() = default;
  /// Takes the record into memory and gives its arrival number; on disk within 100 ms. Unavailable when the
  /// buffer (bounded in bytes) is full because the disk does not follow, or the disk is full.
  virtual Result<std::uint64_t> append(const PostRecord& record) = 0;
  /// All kept versions of a post in arrival order, tombstones included; empty when unknown.
  virtual Result<std::vector<StoredPost>> find(std::string_view id) = 0;
  /// Newest first, arrival < `before`.
  virtual Result<std::vector<StoredPost>> by_author(std::string_view author, std::uint64_t before,
                                                    std::size_t limit) = 0;
  virtual Result<TargetSlice> by_target(const TargetRange& range) = 0;
  /// A walk over all of them, one slice a call: at most about a megabyte, read once and kept in no cache, so that posts
  /// go on being taken in and found meanwhile. A slice may be empty before the range is exhausted. Numbers jump at each
  /// start, so the next slice begins at `next_after` and nowhere else. Damaged blocks are left
  /// out and counted in `damaged`.
  virtual Result<ArrivalSlice> by_arrival(const ArrivalRange& range) = 0;
  /// Counts only: posts and distinct authors (exact up to 100,000 posts).
  struct Count {
    std::uint64_t posts = 0, authors = 0;
  };
  virtual Result<Count> count_target(const TargetRange& range) = 0;
  /// The newest arrival number given out.
  virtual std::uint64_t watermark() const = 0;
  /// Keeps the hours that hold arrivals of [since, now] from being forgotten until `unpin`; survives restart.
  virtual Result<void> pin(std::string_view holder, Time since) = 0;
  virtual Result<void> unpin(std::string_view holder) = 0;
  /// Everything appended so far is on stable storage when `done` is called.
  virtual void flush(Function<void(Result<void>)> done) = 0;
  /// Forgets hours past retention, deleted posts past theirs; cheap, called about once a minute.
  virtual Result<void> expire(Time now) = 0;
  /// Makes every stored record by this author unreadable, in older backups too.
  virtual Result<std::uint64_t> erase_author(std::string_view author) = 0;
};

}  // namespace heed::post
