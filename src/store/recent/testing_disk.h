#pragma once
#include <algorithm>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <set>
#include <string>

#include "store/recent/disk.h"

namespace heed::store::recent {

/// A disk in memory that can lose everything not synced, tear what was being written, fill up, and die after a
/// counted operation. Any thread.
class TestingDisk final : public Disk {
 public:
  /// The machine dies at the n-th operation from now that changes anything: it and all later ones fail.
  void die_after(std::uint64_t n) {
    with([&] { operations_left_ = n; });
  }
  bool dead() {
    std::lock_guard lock(mutex_);
    return operations_left_ == 0;
  }
  /// No write may take the files beyond this many bytes.
  void set_capacity(std::uint64_t bytes) {
    with([&] { capacity_ = bytes; });
  }
  std::uint64_t used() {
    std::lock_guard lock(mutex_);
    return used_locked();
  }
  /// What is there after the power comes back: names and bytes that were synced, and of the others any part.
  void crash(std::uint64_t seed) {
    std::lock_guard lock(mutex_);
    std::mt19937_64 random(seed);
    names_ = durable_names_;
    for (auto& [path, node] : names_) {
      std::string torn = node->durable;
      std::size_t size = std::max(node->live.size(), node->durable.size());
      if (random() % 2 == 0 && node->live != node->durable) {
        torn.resize(random() % (size + 1) > node->durable.size() ? node->live.size() : node->durable.size(), '\0');
        for (std::size_t at = 0; at < torn.size(); at += 512) {
          std::size_t n = std::min<std::size_t>(512, torn.size() - at);
          if (random() % 2 == 0 && at + n <= node->live.size()) {
            std::memcpy(torn.data() + at, node->live.data() + at, n);
          }
        }
      }
      node->live = node->durable = std::move(torn);
    }
    durable_names_ = names_;
    operations_left_ = UINT64_MAX;
  }
  /// For tests that damage or look at what is stored.
  std::string& bytes(const std::filesystem::path& path) {
    std::lock_guard lock(mutex_);
    return names_.at(path.string())->live;
  }
  std::vector<std::string> files(const std::string& part) {
    std::lock_guard lock(mutex_);
    std::vector<std::string> out;
    for (const auto& [path, node] : names_) {
      if (path.find(part) != std::string::npos) {
        out.push_back(path);
      }
    }
    return out;
  }

  Result<std::unique_ptr<File>> open(const std::filesystem::path& path, Open how) override {
    std::lock_guard lock(mutex_);
    auto it = names_.find(path.string());
    if (it == names_.end() && (how == Open::Read || how == Open::Write)) {
      return fail(Code::Internal, "no file " + path.string());
    }
    if (it == names_.end()) {
      TRY(operation());
      it = names_.emplace(path.string(), std::make_shared<Node>()).first;
    } else if (how == Open::Fresh) {
      TRY(operation());
      it->second->live.clear();
    }
    return std::unique_ptr<File>(new Handle(*this, it->second));
  }
  Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) override {
    std::lock_guard lock(mutex_);
    TRY(operation());
    if (auto it = names_.find(from.string()); it != names_.end()) {
      names_[to.string()] = it->second;
      names_.erase(from.string());
      return {};
    }
    for (auto* names : {&names_, &durable_names_}) {  // a folder: at once, for simplicity
      std::map<std::string, std::shared_ptr<Node>> moved;
      std::string prefix = from.string() + "/";
      for (auto it = names->begin(); it != names->end();) {
        if (it->first.starts_with(prefix)) {
          moved[to.string() + "/" + it->first.substr(prefix.size())] = it->second;
          it = names->erase(it);
        } else {
          ++it;
        }
      }
      names->merge(moved);
    }
    return {};
  }
  Result<void> remove(const std::filesystem::path& path) override {
    std::lock_guard lock(mutex_);
    TRY(operation());
    names_.erase(path.string());
    return {};
  }
  Result<void> remove_folder(const std::filesystem::path& path) override {
    std::lock_guard lock(mutex_);
    TRY(operation());
    std::erase_if(names_, [&](const auto& name) { return name.first.starts_with(path.string() + "/"); });
    return {};
  }
  Result<void> make_folder(const std::filesystem::path&) override { return {}; }
  Result<void> sync_folder(const std::filesystem::path& path) override {
    std::lock_guard lock(mutex_);
    TRY(operation());
    std::string prefix = path.string() + "/";
    auto inside = [&](const std::string& name) { return name.starts_with(prefix); };
    std::erase_if(durable_names_, [&](const auto& name) { return inside(name.first) && !names_.contains(name.first); });
    for (const auto& [name, node] : names_) {
      if (inside(name) && name.find('/', prefix.size()) == std::string::npos) {
        durable_names_[name] = node;
      }
    }
    return {};
  }
  Result<std::vector<std::string>> list(const std::filesystem::path& path) override {
    std::lock_guard lock(mutex_);
    std::set<std::string> out;
    std::string prefix = path.string() + "/";
    for (const auto& [name, node] : names_) {
      if (name.starts_with(prefix)) {
        out.insert(name.substr(prefix.size(), name.find('/', prefix.size()) - prefix.size()));
      }
    }
    return std::vector<std::string>(out.begin(), out.end());
  }
  bool exists(const std::filesystem::path& path) override {
    std::lock_guard lock(mutex_);
    return names_.contains(path.string());
  }

 private:
  struct Node {
    std::string live, durable;
  };
  class Handle final : public File {
   public:
    Handle(TestingDisk& disk, std::shared_ptr<Node> node) : disk_(disk), node_(std::move(node)) {}
    Result<void> write(std::string_view bytes, std::uint64_t offset) override {
      std::lock_guard lock(disk_.mutex_);
      TRY(disk_.operation());
      std::uint64_t end = offset + bytes.size();
      std::uint64_t grows = end > node_->live.size() ? end - node_->live.size() : 0;
      std::uint64_t used = disk_.used_locked();
      bool full = grows > 0 && used + grows > disk_.capacity_;
      if (full) {
        std::uint64_t fits = disk_.capacity_ > used ? disk_.capacity_ - used : 0;
        end = std::max<std::uint64_t>(offset, std::min<std::uint64_t>(end, node_->live.size() + fits));
      }
      if (end > node_->live.size()) {
        node_->live.resize(end, '\0');
      }
      std::memcpy(node_->live.data() + offset, bytes.data(), end - offset);
      return full ? Result<void>(fail(Code::Unavailable, "no space left")) : Result<void>{};
    }
    Result<void> read(void* out, std::size_t n, std::uint64_t offset) override {
      std::lock_guard lock(disk_.mutex_);
      if (offset + n > node_->live.size()) {
        return fail(Code::Corrupt, "the file ends early");
      }
      std::memcpy(out, node_->live.data() + offset, n);
      return {};
    }
    Result<void> sync() override {
      std::lock_guard lock(disk_.mutex_);
      TRY(disk_.operation());
      node_->durable = node_->live;
      return {};
    }
    Result<void> truncate(std::uint64_t size) override {
      std::lock_guard lock(disk_.mutex_);
      TRY(disk_.operation());
      node_->live.resize(size, '\0');
      return {};
    }
    Result<std::uint64_t> size() override {
      std::lock_guard lock(disk_.mutex_);
      return node_->live.size();
    }
    void punch(std::uint64_t offset, std::uint64_t n) override {
      std::lock_guard lock(disk_.mutex_);
      if (disk_.operation()) {
        std::fill_n(node_->live.begin() + static_cast<std::ptrdiff_t>(offset), n, '\0');
      }
    }

   private:
    TestingDisk& disk_;
    const std::shared_ptr<Node> node_;
  };

  template <class F>
  void with(F&& f) {
    std::lock_guard lock(mutex_);
    f();
  }
  Result<void> operation() {
    if (operations_left_ == 0 || --operations_left_ == 0) {
      return fail(Code::Internal, "the power is gone");
    }
    return {};
  }
  std::uint64_t used_locked() const {
    std::uint64_t sum = 0;
    for (const auto& [name, node] : names_) {
      sum += node->live.size();
    }
    return sum;
  }
  std::mutex mutex_;
  std::map<std::string, std::shared_ptr<Node>> names_, durable_names_;
  std::uint64_t operations_left_ = UINT64_MAX;
  std::uint64_t capacity_ = UINT64_MAX;
};

}  // namespace heed::store::recent
