#include "store/sqlite/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <string>

namespace heed::store {

Result<Fd> lock_folder(const std::filesystem::path& folder) {
  std::filesystem::path path = folder / "lock";
  Fd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644));
  if (!fd) {
    return io_error("opening", path, errno);
  }
  if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
    Result<std::string> holder = read_file(path);
    std::string who = holder && !holder->empty() ? " (process " + holder->substr(0, holder->find('\n')) + ")" : "";
    return fail(Code::Conflict, "another heed has the folder " + folder.string() + " open" + who + "; stop it first");
  }
  std::string pid = std::to_string(::getpid()) + "\n";
  if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0) {
    return io_error("writing", path, errno);
  }
  return fd;
}

}  // namespace heed::store
