#pragma once
#include <algorithm>
#include <cstddef>
#include <memory>
#include <vector>

namespace heed::rule {

/// Memory of one evaluation, given back all at once. Its size is bounded, so an expression cannot exhaust the
/// machine, and its first block is kept, so the usual evaluation does not allocate. Not thread-safe.
class Arena {
 public:
  explicit Arena(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  Arena(Arena&&) = default;
  Arena& operator=(Arena&&) = default;

  /// Aligned to 8 bytes and not initialised; nullptr once `bytes_max` would be passed.
  void* allocate(std::size_t bytes) {
    bytes = bytes == 0 ? 8 : (bytes + 7) & ~std::size_t{7};
    if (bytes > static_cast<std::size_t>(end_ - next_)) [[unlikely]] {
      return grow(bytes);
    }
    char* at = next_;
    next_ += bytes;
    return at;
  }
  template <class T>
  T* array(std::size_t count) {
    return count > bytes_max_ / sizeof(T) ? nullptr : static_cast<T*>(allocate(count * sizeof(T)));
  }
  /// Forgets everything; keeps the first block.
  void reset() {
    if (blocks_.size() > 1) [[unlikely]] {
      blocks_.resize(1);
    }
    if (!blocks_.empty()) {
      next_ = blocks_[0].bytes.get();
      end_ = next_ + blocks_[0].size;
      taken_ = blocks_[0].size;
    }
  }

 private:
  struct Block {
    std::unique_ptr<char[]> bytes;
    std::size_t size = 0;
  };
  void* grow(std::size_t bytes) {
    if (bytes > bytes_max_ - taken_) {
      return nullptr;
    }
    std::size_t size = std::max<std::size_t>(bytes, blocks_.empty() ? 4096 : 2 * blocks_.back().size);
    size = std::min(size, bytes_max_ - taken_);
    blocks_.push_back({std::make_unique_for_overwrite<char[]>(size), size});
    taken_ += size;
    next_ = blocks_.back().bytes.get() + bytes;
    end_ = blocks_.back().bytes.get() + size;
    return blocks_.back().bytes.get();
  }

  std::size_t bytes_max_, taken_ = 0;
  char* next_ = nullptr;
  char* end_ = nullptr;
  std::vector<Block> blocks_;
};

}  // namespace heed::rule
