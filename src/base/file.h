#pragma once
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "base/result.h"

namespace heed {

/// An open file descriptor that closes itself.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(other.release()) {}
  Fd& operator=(Fd&& other) noexcept;
  ~Fd() { reset(); }
  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  int release() {
    int fd = fd_;
    fd_ = -1;
    return fd;
  }
  void reset();

 private:
  int fd_ = -1;
};

/// Unavailable when the disk is full (ENOSPC, EDQUOT), else Internal; both name path and reason.
tl::unexpected<Error> io_error(std::string_view what, const std::filesystem::path& path, int errno_value);

Result<std::string> read_file(const std::filesystem::path& path);
/// Writes beside `path`, flushes, renames over it, flushes the folder: readers see the old or the new bytes.
Result<void> write_file_atomically(const std::filesystem::path& path, std::string_view bytes, int mode = 0644);
Result<void> write_fully(int fd, std::string_view bytes);
Result<void> pwrite_fully(int fd, std::string_view bytes, std::uint64_t offset);
Result<std::string> pread_fully(int fd, std::size_t n, std::uint64_t offset);
Result<void> sync_folder(const std::filesystem::path& folder);

/// A folder under the system's temporary folder, removed with its contents at the end. For tests and tools.
class TempFolder {
 public:
  explicit TempFolder(std::string_view name = "heed");
  ~TempFolder();
  TempFolder(const TempFolder&) = delete;
  TempFolder& operator=(const TempFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace heed
