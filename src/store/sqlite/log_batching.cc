#include "store/sqlite/log_batching.h"

#include <sqlite3.h>

#include <map>
#include <memory>
#include <mutex>
#include <new>

#include "base/result.h"
#include "store/sqlite/database.h"

namespace heed::store {
namespace {

constexpr std::size_t kBatchBytes = 120'000;  // SQLite's unix VFS writes at most 131,071 bytes at a time

/// What SQLite allocates for an open log: this, then the file of the VFS below.
struct LogFile {
  sqlite3_file base;
  sqlite3_file* below;
  std::string* pending;
  sqlite3_int64 offset;  ///< of the first pending byte
};

LogFile& log_of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

int hand_down(LogFile& log) {
  if (log.pending->empty()) {
    return SQLITE_OK;
  }
  int code =
      log.below->pMethods->xWrite(log.below, log.pending->data(), static_cast<int>(log.pending->size()), log.offset);
  // After a failure SQLite gives the transaction up and writes these frames anew.
  log.pending->clear();
  return code;
}

int close_log(sqlite3_file* file) {
  LogFile& log = log_of(file);
  int handed = hand_down(log);
  int closed = log.below->pMethods->xClose(log.below);
  delete log.pending;
  log.pending = nullptr;
  return handed != SQLITE_OK ? handed : closed;
}

int write_log(sqlite3_file* file, const void* data, int n, sqlite3_int64 offset) {
  LogFile& log = log_of(file);
  auto size = static_cast<std::size_t>(n);
  bool follows = offset == log.offset + static_cast<sqlite3_int64>(log.pending->size());
  if (!follows || log.pending->size() + size > kBatchBytes) {
    int code = hand_down(log);
    if (code != SQLITE_OK) {
      return code;
    }
    log.offset = offset;
  }
  log.pending->append(static_cast<const char*>(data), size);
  return SQLITE_OK;
}

/// A method of the file below, after what is pending was handed down.
template <auto Method, class... Args>
int then(sqlite3_file* file, Args... args) {
  LogFile& log = log_of(file);
  int code = hand_down(log);
  return code != SQLITE_OK ? code : (log.below->pMethods->*Method)(log.below, args...);
}
template <auto Method, class... Args>
int just(sqlite3_file* file, Args... args) {
  LogFile& log = log_of(file);
  return (log.below->pMethods->*Method)(log.below, args...);
}

using M = sqlite3_io_methods;
constexpr sqlite3_io_methods kLogMethods = {
    1,
    close_log,
    then<&M::xRead, void*, int, sqlite3_int64>,
    write_log,
    then<&M::xTruncate, sqlite3_int64>,
    then<&M::xSync, int>,
    then<&M::xFileSize, sqlite3_int64*>,
    just<&M::xLock, int>,
    just<&M::xUnlock, int>,
    just<&M::xCheckReservedLock, int*>,
    just<&M::xFileControl, int, void*>,
    just<&M::xSectorSize>,
    just<&M::xDeviceCharacteristics>,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
    nullptr,
};

sqlite3_vfs* below(sqlite3_vfs* vfs) { return static_cast<sqlite3_vfs*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* under = below(vfs);
  if ((flags & SQLITE_OPEN_WAL) == 0) {
    return under->xOpen(under, name, file, flags, out_flags);
  }
  LogFile& log = log_of(file);
  log.base.pMethods = nullptr;
  log.below = reinterpret_cast<sqlite3_file*>(&log + 1);
  int code = under->xOpen(under, name, log.below, flags, out_flags);
  if (code == SQLITE_OK) {
    log.pending = new std::string();
    log.pending->reserve(kBatchBytes);
    log.offset = 0;
    log.base.pMethods = &kLogMethods;
  }
  return code;
}

template <auto Method, class... Args>
auto forward(sqlite3_vfs* vfs, Args... args) {
  return (below(vfs)->*Method)(below(vfs), args...);
}

struct Registered {
  std::string name;
  sqlite3_vfs vfs{};
};

}  // namespace

std::string log_batching_vfs(const std::string& under) {
  static std::mutex mutex;
  static std::map<std::string, std::unique_ptr<Registered>> all;
  std::lock_guard lock(mutex);
  configure_sqlite();
  std::unique_ptr<Registered>& mine = all[under];
  sqlite3_vfs* base = sqlite3_vfs_find(under.empty() ? nullptr : under.c_str());
  HEED_ASSERT(base != nullptr);
  if (mine && mine->vfs.pAppData == base) {
    return mine->name;
  }
  using V = sqlite3_vfs;
  if (!mine) {
    mine = std::make_unique<Registered>();
  }
  mine->name = "heed-log-over-" + under;
  sqlite3_vfs& vfs = mine->vfs;
  vfs.iVersion = 2;
  vfs.szOsFile = static_cast<int>(sizeof(LogFile)) + base->szOsFile;
  vfs.mxPathname = base->mxPathname;
  vfs.zName = mine->name.c_str();
  vfs.pAppData = base;
  vfs.xOpen = open_file;
  vfs.xDelete = forward<&V::xDelete, const char*, int>;
  vfs.xAccess = forward<&V::xAccess, const char*, int, int*>;
  vfs.xFullPathname = forward<&V::xFullPathname, const char*, int, char*>;
  vfs.xRandomness = forward<&V::xRandomness, int, char*>;
  vfs.xSleep = forward<&V::xSleep, int>;
  vfs.xCurrentTime = forward<&V::xCurrentTime, double*>;
  vfs.xGetLastError = forward<&V::xGetLastError, int, char*>;
  vfs.xCurrentTimeInt64 = forward<&V::xCurrentTimeInt64, sqlite3_int64*>;
  sqlite3_vfs_register(&vfs, /*makeDflt=*/0);
  return mine->name;
}

}  // namespace heed::store
