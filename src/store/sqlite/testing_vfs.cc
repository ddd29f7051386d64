#include "store/sqlite/testing_vfs.h"

#include <sqlite3.h>

#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <vector>

#include "base/file.h"
#include "store/sqlite/database.h"

namespace heed::store::testing {
namespace {

constexpr std::size_t kSector = 512;

struct Change {
  std::uint64_t offset = 0;
  std::string data;        ///< a write
  bool truncates = false;  ///< a truncation to `offset`
};

struct FileState {
  std::string flushed;
  std::vector<Change> since;
};

void apply(std::string& bytes, const Change& change) {
  if (change.truncates) {
    bytes.resize(change.offset, '\0');
    return;
  }
  bytes.resize(std::max<std::size_t>(bytes.size(), change.offset + change.data.size()), '\0');
  bytes.replace(change.offset, change.data.size(), change.data);
}

void apply_some_sectors(std::string& bytes, const Change& change, std::mt19937_64& random) {
  if (change.truncates) {
    apply(bytes, change);
    return;
  }
  std::uint64_t at = 0;
  while (at < change.data.size()) {
    std::uint64_t end =
        std::min<std::uint64_t>(change.data.size(), ((change.offset + at) / kSector + 1) * kSector - change.offset);
    if (random() % 2 == 0) {
      apply(bytes, {change.offset + at, change.data.substr(at, end - at)});
    }
    at = end;
  }
}

}  // namespace

struct TestingDisk::State {
  std::string name;
  sqlite3_vfs vfs{};
  sqlite3_vfs* below = nullptr;
  mutable std::mutex mutex;
  std::map<std::string, FileState> files;  ///< by file name
  std::uint64_t operations = 0;
  std::uint64_t cut_at = UINT64_MAX;
  std::uint64_t bytes_max = 0;
  std::uint64_t flushes_to_fail = 0;
  bool off = false;

  /// Counts an operation; false when the power is off.
  bool operate() {
    off = off || ++operations >= cut_at;
    return !off;
  }
};

namespace {

using State = TestingDisk::State;

struct TestingFile {
  sqlite3_file base;
  State* disk;
  std::string* name;  ///< null for files that need no memory: temporary ones
  sqlite3_file* below;
};
TestingFile& file_of(sqlite3_file* file) { return *reinterpret_cast<TestingFile*>(file); }

int close_file(sqlite3_file* file) {
  TestingFile& f = file_of(file);
  delete f.name;
  return f.below->pMethods->xClose(f.below);
}

int read_file_at(sqlite3_file* file, void* out, int n, sqlite3_int64 offset) {
  TestingFile& f = file_of(file);
  std::lock_guard lock(f.disk->mutex);
  return f.disk->off ? SQLITE_IOERR_READ : f.below->pMethods->xRead(f.below, out, n, offset);
}

int write_file_at(sqlite3_file* file, const void* data, int n, sqlite3_int64 offset) {
  TestingFile& f = file_of(file);
  std::lock_guard lock(f.disk->mutex);
  // The write during which the power goes has reached the disk's memory, so some of its sectors may be there.
  bool on = f.disk->operate();
  if (f.disk->bytes_max != 0 && static_cast<std::uint64_t>(offset + n) > f.disk->bytes_max) {
    return SQLITE_FULL;
  }
  if (f.name != nullptr && (on || f.disk->operations == f.disk->cut_at)) {
    f.disk->files[*f.name].since.push_back({static_cast<std::uint64_t>(offset),
                                            std::string(static_cast<const char*>(data), static_cast<std::size_t>(n)),
                                            false});
  }
  return on ? f.below->pMethods->xWrite(f.below, data, n, offset) : SQLITE_IOERR_WRITE;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  TestingFile& f = file_of(file);
  std::lock_guard lock(f.disk->mutex);
  if (!f.disk->operate()) {
    return SQLITE_IOERR_TRUNCATE;
  }
  if (f.name != nullptr) {
    f.disk->files[*f.name].since.push_back({static_cast<std::uint64_t>(size), {}, true});
  }
  return f.below->pMethods->xTruncate(f.below, size);
}

int sync_file(sqlite3_file* file, int) {
  TestingFile& f = file_of(file);
  std::lock_guard lock(f.disk->mutex);
  if (!f.disk->operate()) {
    return SQLITE_IOERR_FSYNC;
  }
  if (f.disk->flushes_to_fail > 0) {
    --f.disk->flushes_to_fail;
    return SQLITE_IOERR_FSYNC;
  }
  if (f.name != nullptr) {
    FileState& state = f.disk->files[*f.name];
    for (const Change& change : state.since) {
      apply(state.flushed, change);
    }
    state.since.clear();
  }
  return SQLITE_OK;  // The real file needs no flush.
}

template <auto Method, class... Args>
auto pass(sqlite3_file* file, Args... args) {
  TestingFile& f = file_of(file);
  return (f.below->pMethods->*Method)(f.below, args...);
}

using M = sqlite3_io_methods;
constexpr sqlite3_io_methods kMethods = {
    2,
    close_file,
    read_file_at,
    write_file_at,
    truncate_file,
    sync_file,
    pass<&M::xFileSize, sqlite3_int64*>,
    pass<&M::xLock, int>,
    pass<&M::xUnlock, int>,
    pass<&M::xCheckReservedLock, int*>,
    pass<&M::xFileControl, int, void*>,
    pass<&M::xSectorSize>,
    pass<&M::xDeviceCharacteristics>,
    pass<&M::xShmMap, int, int, int, void volatile**>,
    pass<&M::xShmLock, int, int, int>,
    pass<&M::xShmBarrier>,
    pass<&M::xShmUnmap, int>,
    nullptr,
    nullptr,
};

State& state_of(sqlite3_vfs* vfs) { return *static_cast<State*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  State& disk = state_of(vfs);
  TestingFile& f = file_of(file);
  f.base.pMethods = nullptr;
  f.disk = &disk;
  f.name = nullptr;
  f.below = reinterpret_cast<sqlite3_file*>(&f + 1);
  std::lock_guard lock(disk.mutex);
  if (disk.off) {
    return SQLITE_CANTOPEN;
  }
  int code = disk.below->xOpen(disk.below, name, f.below, flags, out_flags);
  if (code == SQLITE_OK) {
    if (name != nullptr && (flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL)) != 0) {
      std::string base = std::filesystem::path(name).filename();
      if (!disk.files.contains(base)) {
        Result<std::string> bytes = read_file(name);
        disk.files[base].flushed = bytes ? *bytes : "";
      }
      f.name = new std::string(base);
    }
    f.base.pMethods = &kMethods;
  }
  return code;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int sync_folder) {
  State& disk = state_of(vfs);
  std::lock_guard lock(disk.mutex);
  if (!disk.operate()) {
    return SQLITE_IOERR_DELETE;
  }
  disk.files.erase(std::filesystem::path(name).filename());
  return disk.below->xDelete(disk.below, name, sync_folder);
}

template <auto Method, class... Args>
auto forward(sqlite3_vfs* vfs, Args... args) {
  sqlite3_vfs* below = state_of(vfs).below;
  return (below->*Method)(below, args...);
}

}  // namespace

TestingDisk::TestingDisk() : state_(std::make_unique<State>()) {
  static std::atomic<int> count{0};
  configure_sqlite();
  using V = sqlite3_vfs;
  State& s = *state_;
  s.name = "heed-testing-" + std::to_string(++count);
  s.below = sqlite3_vfs_find(nullptr);
  s.vfs.iVersion = 2;
  s.vfs.szOsFile = static_cast<int>(sizeof(TestingFile)) + s.below->szOsFile;
  s.vfs.mxPathname = s.below->mxPathname;
  s.vfs.zName = s.name.c_str();
  s.vfs.pAppData = &s;
  s.vfs.xOpen = open_file;
  s.vfs.xDelete = delete_file;
  s.vfs.xAccess = forward<&V::xAccess, const char*, int, int*>;
  s.vfs.xFullPathname = forward<&V::xFullPathname, const char*, int, char*>;
  s.vfs.xRandomness = forward<&V::xRandomness, int, char*>;
  s.vfs.xSleep = forward<&V::xSleep, int>;
  s.vfs.xCurrentTime = forward<&V::xCurrentTime, double*>;
  s.vfs.xGetLastError = forward<&V::xGetLastError, int, char*>;
  s.vfs.xCurrentTimeInt64 = forward<&V::xCurrentTimeInt64, sqlite3_int64*>;
  sqlite3_vfs_register(&s.vfs, 0);
}

TestingDisk::~TestingDisk() { sqlite3_vfs_unregister(&state_->vfs); }

const std::string& TestingDisk::name() const { return state_->name; }
std::uint64_t TestingDisk::operations() const {
  std::lock_guard lock(state_->mutex);
  return state_->operations;
}
void TestingDisk::cut_power_at(std::uint64_t operation) {
  std::lock_guard lock(state_->mutex);
  state_->cut_at = operation;
}
bool TestingDisk::power_is_off() const {
  std::lock_guard lock(state_->mutex);
  return state_->off;
}
void TestingDisk::set_file_bytes_max(std::uint64_t bytes) {
  std::lock_guard lock(state_->mutex);
  state_->bytes_max = bytes;
}
void TestingDisk::fail_flushes(std::uint64_t count) {
  std::lock_guard lock(state_->mutex);
  state_->flushes_to_fail = count;
}

void TestingDisk::recover_into(const std::filesystem::path& folder, std::uint64_t seed) const {
  std::mt19937_64 random(seed);
  std::lock_guard lock(state_->mutex);
  for (const auto& [name, file] : state_->files) {
    std::string bytes = file.flushed;
    std::uint64_t how = random() % 4;
    std::size_t n = how == 0 ? 0 : how == 2 && !file.since.empty() ? random() % file.since.size() : file.since.size();
    for (std::size_t i = 0; i < n; ++i) {
      bool torn = how == 3 || (how == 2 && i + 1 == n);
      torn ? apply_some_sectors(bytes, file.since[i], random) : apply(bytes, file.since[i]);
    }
    HEED_ASSERT(write_file_atomically(folder / name, bytes).has_value());
  }
}

}  // namespace heed::store::testing
