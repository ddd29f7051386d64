#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

/// The few file operations that the hour files need, behind an interface so that a test can lose everything that
/// was not synced, fill the disk, or cut a write short (testing_disk.h).
namespace heed::store::recent {

class File {
 public:
  virtual ~File() = default;
  /// Unavailable when the disk is full; then any part of `bytes` may have been written.
  virtual Result<void> write(std::string_view bytes, std::uint64_t offset) = 0;
  /// Corrupt when the file ends before offset + n.
  virtual Result<void> read(void* out, std::size_t n, std::uint64_t offset) = 0;
  /// The bytes and the length are on stable storage (fdatasync).
  virtual Result<void> sync() = 0;
  virtual Result<void> truncate(std::uint64_t size) = 0;
  virtual Result<std::uint64_t> size() = 0;
  /// Gives the space back; the bytes read as zeros or as before. Best effort.
  virtual void punch(std::uint64_t offset, std::uint64_t n) = 0;
};

class Disk {
 public:
  enum class Open { Read, Write, Create, Fresh };  ///< Fresh: empty, created or cut

  virtual ~Disk() = default;
  virtual Result<std::unique_ptr<File>> open(const std::filesystem::path& path, Open how) = 0;
  virtual Result<void> rename(const std::filesystem::path& from, const std::filesystem::path& to) = 0;
  /// Nothing happens when it is absent.
  virtual Result<void> remove(const std::filesystem::path& path) = 0;
  virtual Result<void> remove_folder(const std::filesystem::path& path) = 0;
  /// With its parents.
  virtual Result<void> make_folder(const std::filesystem::path& path) = 0;
  /// Names created, renamed or removed in it survive a crash.
  virtual Result<void> sync_folder(const std::filesystem::path& path) = 0;
  /// Sorted names; empty when the folder is absent.
  virtual Result<std::vector<std::string>> list(const std::filesystem::path& path) = 0;
  virtual bool exists(const std::filesystem::path& path) = 0;
};

/// The operating system's files. Hundreds of hours have thousands of files, so at most `open_max` are open at a
/// time, reopened when needed. Any thread.
std::unique_ptr<Disk> make_real_disk(std::size_t open_max = 256);

Result<std::string> read_whole(Disk& disk, const std::filesystem::path& path);
/// Beside, synced, renamed over, folder synced.
Result<void> replace_whole(Disk& disk, const std::filesystem::path& path, std::string_view bytes);

}  // namespace heed::store::recent
