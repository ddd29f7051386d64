#pragma once
#include <cstddef>
#include <list>
#include <map>
#include <memory>
#include <mutex>

namespace heed::store::recent {

/// Immutable values by key, bounded in bytes; the least recently used go first. Any thread.
template <class Key, class Value>
class Lru {
 public:
  explicit Lru(std::size_t bytes_max) : bytes_max_(bytes_max) {}

  std::shared_ptr<const Value> get(const Key& key) {
    std::lock_guard lock(mutex_);
    auto it = entries_.find(key);
    if (it == entries_.end()) {
      return nullptr;
    }
    order_.splice(order_.begin(), order_, it->second.place);
    return it->second.value;
  }
  void put(const Key& key, std::shared_ptr<const Value> value, std::size_t bytes) {
    std::lock_guard lock(mutex_);
    erase(entries_.find(key));
    order_.push_front(key);
    entries_.emplace(key, Entry{std::move(value), bytes, order_.begin()});
    bytes_ += bytes;
    while (bytes_ > bytes_max_ && !order_.empty()) {
      erase(entries_.find(order_.back()));
    }
  }
  /// Forgets all keys in [first, last).
  void drop(const Key& first, const Key& last) {
    std::lock_guard lock(mutex_);
    for (auto it = entries_.lower_bound(first); it != entries_.end() && it->first < last;) {
      erase(it++);
    }
  }

 private:
  struct Entry {
    std::shared_ptr<const Value> value;
    std::size_t bytes;
    typename std::list<Key>::iterator place;
  };
  void erase(typename std::map<Key, Entry>::iterator it) {
    if (it != entries_.end()) {
      bytes_ -= it->second.bytes;
      order_.erase(it->second.place);
      entries_.erase(it);
    }
  }
  const std::size_t bytes_max_;
  std::mutex mutex_;
  std::map<Key, Entry> entries_;  // guarded by mutex_, as all below
  std::list<Key> order_;
  std::size_t bytes_ = 0;
};

}  // namespace heed::store::recent
