#include "adapters/perspective/suggestion_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

namespace heed::adapters::perspective {

Result<std::unique_ptr<SuggestionFile>> SuggestionFile::open(std::filesystem::path path, std::int64_t bytes_max) {
  std::unique_ptr<SuggestionFile> file(new SuggestionFile(std::move(path), bytes_max));
  TRY(file->reopen());
  return file;
}

Result<void> SuggestionFile::reopen() {
  Fd file(::open(path_.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600));
  if (!file) {
    return io_error("open", path_, errno);
  }
  file_ = std::move(file);
  return {};
}

Result<void> SuggestionFile::append(std::string_view line) {
  std::string bytes(line);
  bytes += '\n';
  std::lock_guard lock(mutex_);
  struct stat ours {
  }, there{};
  if (::fstat(file_.get(), &ours) != 0 || ::stat(path_.c_str(), &there) != 0 || ours.st_ino != there.st_ino ||
      ours.st_dev != there.st_dev) {
    TRY(reopen());
    if (::fstat(file_.get(), &ours) != 0) {
      return io_error("look at", path_, errno);
    }
  }
  if (ours.st_size + static_cast<std::int64_t>(bytes.size()) > bytes_max_) {
    return fail(Code::Unavailable, "the file of suggestions is full; nothing was kept");
  }
  return write_fully(file_.get(), bytes);
}

}  // namespace heed::adapters::perspective
