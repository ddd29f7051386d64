#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

namespace heed::store::testing {

/// A disk that can lose power, fill up and fail to flush, under SQLite: a VFS over the system's own that remembers
/// for each file what was flushed and what was written since. Any thread.
class TestingDisk {
 public:
  TestingDisk();
  ~TestingDisk();  ///< after every connection through it was closed
  TestingDisk(const TestingDisk&) = delete;
  TestingDisk& operator=(const TestingDisk&) = delete;

  /// The VFS's name.
  const std::string& name() const;
  /// Writes, truncations and flushes so far.
  std::uint64_t operations() const;
  /// Power goes when this operation begins: from then on every call fails.
  void cut_power_at(std::uint64_t operation);
  bool power_is_off() const;
  /// Writes that would make a file longer than this fail as on a full disk; 0: there is room again.
  void set_file_bytes_max(std::uint64_t bytes);
  /// So many flushes from now on fail.
  void fail_flushes(std::uint64_t count);

  /// Puts into `folder` what a disk may hold after the cut: of each file what was flushed, and of what was written
  /// since, by `seed`, nothing, all of it, the first part of it, or any subset of its 512-byte sectors.
  void recover_into(const std::filesystem::path& folder, std::uint64_t seed) const;

  struct State;

 private:
  std::unique_ptr<State> state_;
};

}  // namespace heed::store::testing
