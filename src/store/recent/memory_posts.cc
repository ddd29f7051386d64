#include "store/recent/memory_posts.h"

#include <algorithm>

#include "store/recent/hour.h"

namespace heed::store::recent {

using post::StoredPost;
using Change = post::StoredPost::Change;

Result<std::uint64_t> MemoryPosts::append(const post::PostRecord& record) {
  if (record.id.empty()) {
    return fail(Code::InvalidInput, "a post needs an id");
  }
  std::lock_guard lock(mutex_);
  hour_ = std::max(hour_, hour_of(record.at));
  newest_at_ = std::max(newest_at_, record.at);
  std::uint64_t arrival = next_++;
  Held held{{arrival, record.at, record.created_at, record.change, std::string(record.id), std::string(record.author),
             std::string(record.json), std::string(record.signals)},
            {},
            hour_};
  by_id_[held.post.id].insert(arrival);
  if (!held.post.author.empty()) {
    by_author_[held.post.author].insert(arrival);
  }
  if (record.targets != nullptr && record.change != Change::Delete) {
    for (std::string_view target : *record.targets) {
      held.targets.emplace_back(target);
      by_target_[held.targets.back()].insert(arrival);
    }
  }
  held_.emplace(arrival, std::move(held));
  return arrival;
}

Result<std::vector<StoredPost>> MemoryPosts::find(std::string_view id) {
  std::lock_guard lock(mutex_);
  std::vector<StoredPost> out;
  if (auto it = by_id_.find(id); it != by_id_.end()) {
    for (std::uint64_t arrival : it->second) {
      out.push_back(held_.at(arrival).post);
    }
  }
  return out;
}

Result<std::vector<StoredPost>> MemoryPosts::by_author(std::string_view author, std::uint64_t before,
                                                       std::size_t limit) {
  std::lock_guard lock(mutex_);
  std::vector<StoredPost> out;
  auto it = by_author_.find(author);
  if (it == by_author_.end()) {
    return out;
  }
  for (auto at = it->second.lower_bound(before); at != it->second.begin() && out.size() < limit;) {
    const StoredPost& post = held_.at(*--at).post;
    if (post.change != Change::Delete) {
      out.push_back(post);
    }
  }
  return out;
}

Result<post::TargetSlice> MemoryPosts::by_target(const post::TargetRange& range) {
  std::lock_guard lock(mutex_);
  post::TargetSlice out{{}, range.upto, true};
  auto it = by_target_.find(range.target);
  if (it == by_target_.end()) {
    return out;
  }
  std::size_t limit = std::max<std::size_t>(range.limit, 1);
  for (auto at = it->second.upper_bound(range.after); at != it->second.end() && *at <= range.upto; ++at) {
    const StoredPost& post = held_.at(*at).post;
    if (post.created_at < range.since || post.created_at >= range.until) {
      continue;
    }
    if (out.posts.size() == limit) {
      out.done = false;
      out.next_after = out.posts.back().arrival;
      return out;
    }
    out.posts.push_back(post);
  }
  return out;
}

Result<post::RecentPosts::Count> MemoryPosts::count_target(const post::TargetRange& range) {
  post::TargetRange all = range;
  all.limit = SIZE_MAX;
  post::TargetSlice slice = TRY(by_target(all));
  std::set<std::string_view> posts, authors;
  for (const StoredPost& post : slice.posts) {
    posts.insert(post.id);
    authors.insert(post.author);
  }
  return Count{posts.size(), authors.size()};
}

Result<post::ArrivalSlice> MemoryPosts::by_arrival(const post::ArrivalRange& range) {
  constexpr std::size_t kSlice = 1000;
  std::lock_guard lock(mutex_);
  post::ArrivalSlice out;
  for (auto it = held_.upper_bound(range.after); it != held_.end() && it->first <= range.upto; ++it) {
    if (hour_end(it->second.hour) <= range.since) {
      continue;
    }
    if (out.posts.size() == kSlice) {
      out.next_after = out.posts.back().arrival;
      return out;
    }
    out.posts.push_back(it->second.post);
  }
  out.next_after = range.upto;
  out.done = true;
  return out;
}

std::uint64_t MemoryPosts::watermark() const {
  std::lock_guard lock(mutex_);
  return next_ - 1;
}

Result<void> MemoryPosts::pin(std::string_view holder, Time since) {
  std::lock_guard lock(mutex_);
  std::pair<Time, Time> pin{since, std::max(since, newest_at_)};
  auto [it, added] = pins_.try_emplace(std::string(holder), pin);
  if (!added) {
    it->second = {std::min(it->second.first, pin.first), std::max(it->second.second, pin.second)};
  }
  return {};
}

Result<void> MemoryPosts::unpin(std::string_view holder) {
  std::lock_guard lock(mutex_);
  if (auto it = pins_.find(holder); it != pins_.end()) {
    pins_.erase(it);
  }
  return {};
}

bool MemoryPosts::pinned(std::int64_t hour) const {
  return std::any_of(pins_.begin(), pins_.end(), [&](const auto& pin) {
    return pin.second.first < hour_end(hour) && pin.second.second >= hour_start(hour);
  });
}

void MemoryPosts::unlist(Index& index, const std::string& key, std::uint64_t arrival) {
  auto it = index.find(key);
  if (it != index.end() && it->second.erase(arrival) > 0 && it->second.empty()) {
    index.erase(it);
  }
}

void MemoryPosts::remove(std::map<std::uint64_t, Held>::iterator it) {
  const Held& held = it->second;
  unlist(by_id_, held.post.id, it->first);
  unlist(by_author_, held.post.author, it->first);
  for (const std::string& target : held.targets) {
    unlist(by_target_, target, it->first);
  }
  held_.erase(it);
}

void MemoryPosts::flush(Function<void(Result<void>)> done) {
  Result<void> nothing_to_do;
  done(nothing_to_do);
}

Result<void> MemoryPosts::expire(Time now) {
  std::lock_guard lock(mutex_);
  for (auto it = held_.begin(); it != held_.end();) {
    auto here = it++;
    if (hour_end(here->second.hour) + keep_ <= now && !pinned(here->second.hour)) {
      remove(here);
    }
  }
  std::vector<std::uint64_t> doomed;
  for (const auto& [arrival, held] : held_) {
    if (held.post.change != Change::Delete || hour_end(held.hour) + deleted_keep_ > now) {
      continue;
    }
    for (std::uint64_t version : by_id_.at(held.post.id)) {
      const Held& other = held_.at(version);
      if (version < arrival && other.post.change != Change::Delete && !pinned(other.hour)) {
        doomed.push_back(version);
      }
    }
  }
  for (std::uint64_t arrival : doomed) {
    if (auto it = held_.find(arrival); it != held_.end()) {
      remove(it);
    }
  }
  return {};
}

Result<std::uint64_t> MemoryPosts::erase_author(std::string_view author) {
  std::lock_guard lock(mutex_);
  auto it = by_author_.find(author);
  if (it == by_author_.end()) {
    return 0U;
  }
  std::set<std::uint64_t> arrivals = std::move(it->second);
  by_author_.erase(it);
  for (std::uint64_t arrival : arrivals) {
    auto held = held_.find(arrival);
    if (held->second.post.change == Change::Delete) {
      held->second.post.author.clear();
      held->second.post.json.clear();
      held->second.post.signals.clear();
    } else {
      remove(held);
    }
  }
  return arrivals.size();
}

}  // namespace heed::store::recent
