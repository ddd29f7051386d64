#include "base/file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <system_error>

namespace heed {

namespace fs = std::filesystem;

Fd& Fd::operator=(Fd&& other) noexcept {
  if (this != &other) {
    reset();
    fd_ = other.release();
  }
  return *this;
}

void Fd::reset() {
  if (fd_ >= 0) {
    ::close(fd_);  // what matters was flushed before; EINTR has closed it too on Linux
    fd_ = -1;
  }
}

tl::unexpected<Error> io_error(std::string_view what, const fs::path& path, int errno_value) {
  bool full = errno_value == ENOSPC || errno_value == EDQUOT;
  Code code = full ? Code::Unavailable : Code::Internal;
  return fail(code, fmt::format("cannot {} {}: {}", what, path.string(), std::generic_category().message(errno_value)));
}

Result<std::string> read_file(const fs::path& path) {
  Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!fd) {
    int reason = errno;
    if (reason == ENOENT) {
      return fail(Code::NotFound, fmt::format("there is no file {}", path.string()));
    }
    return io_error("open", path, reason);
  }
  struct stat info {};
  std::string bytes;
  if (::fstat(fd.get(), &info) == 0 && info.st_size > 0) {
    bytes.reserve(static_cast<std::size_t>(info.st_size) + 1);
  }
  std::size_t n = 0;
  while (true) {  // to the end, not to st_size: /proc and pipes say 0
    bytes.resize(std::max<std::size_t>(bytes.capacity(), n + 4096));
    ssize_t got = ::read(fd.get(), bytes.data() + n, bytes.size() - n);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return io_error("read", path, errno);
    }
    if (got == 0) {
      bytes.resize(n);
      return bytes;
    }
    n += static_cast<std::size_t>(got);
  }
}

Result<void> write_fully(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t n = ::write(fd, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) {
      return io_error("write to", fmt::format("descriptor {}", fd), errno);
    }
    bytes.remove_prefix(n > 0 ? static_cast<std::size_t>(n) : 0);
  }
  return {};
}

Result<void> pwrite_fully(int fd, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (n < 0 && errno != EINTR) {
      return io_error("write to", fmt::format("descriptor {}", fd), errno);
    }
    std::size_t done = n > 0 ? static_cast<std::size_t>(n) : 0;
    bytes.remove_prefix(done);
    offset += done;
  }
  return {};
}

Result<std::string> pread_fully(int fd, std::size_t n, std::uint64_t offset) {
  std::string bytes(n, '\0');
  std::size_t have = 0;
  while (have < n) {
    ssize_t got = ::pread(fd, bytes.data() + have, n - have, static_cast<off_t>(offset + have));
    if (got == 0) {
      return fail(Code::Corrupt, fmt::format("the file ends {} bytes too early", n - have));
    }
    if (got < 0 && errno != EINTR) {
      return io_error("read from", fmt::format("descriptor {}", fd), errno);
    }
    have += got > 0 ? static_cast<std::size_t>(got) : 0;
  }
  return bytes;
}

Result<void> sync_folder(const fs::path& folder) {
  Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!fd) {
    return io_error("open the folder", folder, errno);
  }
  if (::fsync(fd.get()) != 0) {
    return io_error("flush the folder", folder, errno);
  }
  return {};
}

Result<void> write_file_atomically(const fs::path& path, std::string_view bytes, int mode) {
  fs::path folder = path.has_parent_path() ? path.parent_path() : fs::path(".");
  std::string beside = (folder / ("." + path.filename().string() + ".XXXXXX")).string();
  Fd fd(::mkostemp(beside.data(), O_CLOEXEC));
  if (!fd) {
    return io_error("create a file beside", path, errno);
  }
  auto give_up = [&](tl::unexpected<Error> error) {
    ::unlink(beside.c_str());
    return error;
  };
  if (auto written = write_fully(fd.get(), bytes); !written) {
    written.error().message += " while writing " + path.string();
    return give_up(tl::unexpected(written.error()));
  }
  if (::fchmod(fd.get(), static_cast<mode_t>(mode)) != 0 || ::fsync(fd.get()) != 0) {
    return give_up(io_error("flush", path, errno));
  }
  if (::rename(beside.c_str(), path.c_str()) != 0) {
    return give_up(io_error("replace", path, errno));
  }
  return sync_folder(folder);
}

TempFolder::TempFolder(std::string_view name) {
  std::error_code none;
  fs::path root = fs::temp_directory_path(none);
  std::string pattern = ((none ? fs::path("/tmp") : root) / (std::string(name) + ".XXXXXX")).string();
  HEED_ASSERT(::mkdtemp(pattern.data()) != nullptr);
  path_ = pattern;
}

TempFolder::~TempFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace heed
