#pragma once
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "post/recent_posts.h"

namespace heed::store::recent {

/// Recent posts in plain maps, for tests and for `heed evaluate`: the same answers as HourPosts, nothing on disk.
/// Retention goes by arrival hour here too. Any thread.
class MemoryPosts final : public post::RecentPosts {
 public:
  explicit MemoryPosts(Millis keep = std::chrono::days(14), Millis deleted_keep = std::chrono::hours(24))
      : keep_(keep), deleted_keep_(deleted_keep) {}

  Result<std::uint64_t> append(const post::PostRecord& record) override;
  Result<std::vector<post::StoredPost>> find(std::string_view id) override;
  Result<std::vector<post::StoredPost>> by_author(std::string_view author, std::uint64_t before,
                                                  std::size_t limit) override;
  Result<post::TargetSlice> by_target(const post::TargetRange& range) override;
  Result<post::ArrivalSlice> by_arrival(const post::ArrivalRange& range) override;
  Result<Count> count_target(const post::TargetRange& range) override;
  std::uint64_t watermark() const override;
  Result<void> pin(std::string_view holder, Time since) override;
  Result<void> unpin(std::string_view holder) override;
  void flush(Function<void(Result<void>)> done) override;
  Result<void> expire(Time now) override;
  Result<std::uint64_t> erase_author(std::string_view author) override;

 private:
  struct Held {
    post::StoredPost post;
    std::vector<std::string> targets;
    std::int64_t hour;
  };
  using Index = std::map<std::string, std::set<std::uint64_t>, std::less<>>;
  void remove(std::map<std::uint64_t, Held>::iterator it);
  bool pinned(std::int64_t hour) const;
  static void unlist(Index& index, const std::string& key, std::uint64_t arrival);

  const Millis keep_, deleted_keep_;
  mutable std::mutex mutex_;
  std::map<std::uint64_t, Held> held_;  // guarded by mutex_, as all below
  Index by_id_, by_author_, by_target_;
  std::map<std::string, std::pair<Time, Time>, std::less<>> pins_;
  std::uint64_t next_ = 1;
  std::int64_t hour_ = INT64_MIN;
  Time newest_at_{};
};

}  // namespace heed::store::recent
