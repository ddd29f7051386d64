#include "store/recent/disk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <list>
#include <mutex>

#include "base/file.h"

namespace heed::store::recent {
namespace {

namespace fs = std::filesystem;

class RealFile;

/// The open descriptors, least recently used first to go. A descriptor in use stays open through its shared_ptr.
struct Pool {
  explicit Pool(std::size_t max) : open_max(max) {}
  const std::size_t open_max;
  std::mutex mutex;
  std::list<RealFile*> used;  // guarded by mutex; newest first
};

class RealFile final : public File {
 public:
  RealFile(std::shared_ptr<Pool> pool, fs::path path, int flags)
      : pool_(std::move(pool)), path_(std::move(path)), flags_(flags) {}
  ~RealFile() override {
    std::lock_guard lock(pool_->mutex);
    if (fd_) {
      pool_->used.erase(place_);
    }
  }

  Result<std::shared_ptr<Fd>> fd(int extra_flags = 0) {
    std::lock_guard lock(pool_->mutex);
    if (fd_) {
      pool_->used.splice(pool_->used.begin(), pool_->used, place_);
      return fd_;
    }
    int raw = ::open(path_.c_str(), flags_ | extra_flags | O_CLOEXEC, 0600);
    if (raw < 0) {
      return io_error("open", path_, errno);
    }
    fd_ = std::make_shared<Fd>(raw);
    pool_->used.push_front(this);
    place_ = pool_->used.begin();
    if (pool_->used.size() > pool_->open_max) {
      pool_->used.back()->fd_.reset();
      pool_->used.pop_back();
    }
    return fd_;
  }

  Result<void> write(std::string_view bytes, std::uint64_t offset) override {
    std::shared_ptr<Fd> fd = TRY(this->fd());
    return pwrite_fully(fd->get(), bytes, offset);
  }
  Result<void> read(void* out, std::size_t n, std::uint64_t offset) override {
    std::shared_ptr<Fd> fd = TRY(this->fd());
    char* to = static_cast<char*>(out);
    while (n > 0) {
      ssize_t got = ::pread(fd->get(), to, n, static_cast<off_t>(offset));
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got < 0) {
        return io_error("read", path_, errno);
      }
      if (got == 0) {
        return fail(Code::Corrupt, path_.string() + " ends before its contents do; restore it from the backup");
      }
      to += got;
      offset += static_cast<std::uint64_t>(got);
      n -= static_cast<std::size_t>(got);
    }
    return {};
  }
  Result<void> sync() override {
    std::shared_ptr<Fd> fd = TRY(this->fd());
    return ::fdatasync(fd->get()) == 0 ? Result<void>{} : Result<void>(io_error("flush", path_, errno));
  }
  Result<void> truncate(std::uint64_t size) override {
    std::shared_ptr<Fd> fd = TRY(this->fd());
    return ::ftruncate(fd->get(), static_cast<off_t>(size)) == 0 ? Result<void>{}
                                                                 : Result<void>(io_error("cut", path_, errno));
  }
  Result<std::uint64_t> size() override {
    std::shared_ptr<Fd> fd = TRY(this->fd());
    struct stat info {};
    if (::fstat(fd->get(), &info) != 0) {
      return io_error("stat", path_, errno);
    }
    return static_cast<std::uint64_t>(info.st_size);
  }
  void punch(std::uint64_t offset, std::uint64_t n) override {
    if (Result<std::shared_ptr<Fd>> fd = this->fd()) {
      (void)::fallocate((*fd)->get(), FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, static_cast<off_t>(offset),
                        static_cast<off_t>(n));
    }
  }

 private:
  const std::shared_ptr<Pool> pool_;
  const fs::path path_;
  const int flags_;
  std::shared_ptr<Fd> fd_;                // guarded by pool_->mutex
  std::list<RealFile*>::iterator place_;  // valid while fd_
};

class RealDisk final : public Disk {
 public:
  explicit RealDisk(std::size_t open_max) : pool_(std::make_shared<Pool>(std::max<std::size_t>(open_max, 8))) {}

  Result<std::unique_ptr<File>> open(const fs::path& path, Open how) override {
    auto file = std::make_unique<RealFile>(pool_, path, how == Open::Read ? O_RDONLY : O_RDWR);
    int extra = how == Open::Fresh ? O_CREAT | O_TRUNC : how == Open::Create ? O_CREAT : 0;
    TRY(file->fd(extra));
    return file;
  }
  Result<void> rename(const fs::path& from, const fs::path& to) override {
    return ::rename(from.c_str(), to.c_str()) == 0 ? Result<void>{} : Result<void>(io_error("rename", from, errno));
  }
  Result<void> remove(const fs::path& path) override {
    return ::unlink(path.c_str()) == 0 || errno == ENOENT ? Result<void>{}
                                                          : Result<void>(io_error("remove", path, errno));
  }
  Result<void> remove_folder(const fs::path& path) override {
    std::error_code error;
    fs::remove_all(path, error);
    return !error ? Result<void>{} : Result<void>(io_error("remove", path, error.value()));
  }
  Result<void> make_folder(const fs::path& path) override {
    if (fs::is_directory(path)) {
      return {};
    }
    if (path.has_parent_path() && path.parent_path() != path) {
      TRY(make_folder(path.parent_path()));
    }
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST) {
      return io_error("make the folder", path, errno);
    }
    return heed::sync_folder(path.has_parent_path() ? path.parent_path() : fs::path("."));
  }
  Result<void> sync_folder(const fs::path& path) override { return heed::sync_folder(path); }
  Result<std::vector<std::string>> list(const fs::path& path) override {
    std::vector<std::string> out;
    std::error_code error;
    for (fs::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
      out.push_back(it->path().filename().string());
    }
    if (error && error != std::errc::no_such_file_or_directory) {
      return io_error("list", path, error.value());
    }
    std::sort(out.begin(), out.end());
    return out;
  }
  bool exists(const fs::path& path) override {
    std::error_code error;
    return fs::exists(path, error);
  }

 private:
  const std::shared_ptr<Pool> pool_;
};

}  // namespace

std::unique_ptr<Disk> make_real_disk(std::size_t open_max) { return std::make_unique<RealDisk>(open_max); }

Result<std::string> read_whole(Disk& disk, const fs::path& path) {
  std::unique_ptr<File> file = TRY(disk.open(path, Disk::Open::Read));
  std::string bytes(TRY(file->size()), '\0');
  TRY(file->read(bytes.data(), bytes.size(), 0));
  return bytes;
}

Result<void> replace_whole(Disk& disk, const fs::path& path, std::string_view bytes) {
  fs::path beside = path;
  beside += ".tmp";
  {
    std::unique_ptr<File> file = TRY(disk.open(beside, Disk::Open::Fresh));
    TRY(file->write(bytes, 0));
    TRY(file->sync());
  }
  TRY(disk.rename(beside, path));
  return disk.sync_folder(path.parent_path());
}

}  // namespace heed::store::recent
