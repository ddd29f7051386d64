#include "ledger/keyring.h"

#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "base/thread_name.h"

namespace heed::ledger {
namespace {

// The file is an array of 64-byte slots, so that no slot crosses a disk sector. Slot 0 is the header:
//   "heedkeys" ‖ version u32 ‖ 0 u32 ‖ ring id (16) ‖ next free slot u64, 0 unless closed in order ‖ zeros
// Every other slot: 16 random bytes ‖ XChaCha20-Poly1305(key, nonce = those 16 ‖ slot number,
// associated data = "heed key" ‖ ring id ‖ slot number). All zeros: destroyed, or never made.
constexpr std::size_t kSlotBytes = 64;
constexpr std::size_t kNonceStored = 16;
constexpr std::string_view kMagic = "heedkeys";
constexpr std::uint32_t kVersion = 1;
constexpr std::uint64_t kNextOffset = 32;
constexpr std::uint64_t kChunkSlots = 2048;
constexpr std::size_t kCacheSlots = 2 * kChunkSlots;  // the chunk in use and the one made ahead

using Slot = std::array<unsigned char, kSlotBytes>;
using Nonce = std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_NPUBBYTES>;

std::string_view view_of(const Slot& slot) { return {reinterpret_cast<const char*>(slot.data()), slot.size()}; }

/// Not flushed: a crash leaves an older mark, which guards less and does no harm.
Result<void> write_mark(const std::filesystem::path& mark, const std::string& ring_id, std::uint64_t slots) {
  const std::filesystem::path next = mark.string() + ".new";
  std::ofstream out(next, std::ios::trunc);
  out << to_hex(ring_id) << ' ' << slots << '\n';
  out.close();
  if (!out || std::rename(next.c_str(), mark.c_str()) != 0) {
    return io_error("writing", mark, errno);
  }
  return {};
}

/// Slots of this ring that were made once; 0 when nobody knows.
std::uint64_t read_mark(const std::filesystem::path& mark, const std::string& ring_id) {
  std::ifstream in(mark);
  std::string id;
  std::uint64_t slots = 0;
  return in >> id >> slots && id == to_hex(ring_id) ? slots : 0;
}

class FileKeyRing final : public KeyRing {
 public:
  FileKeyRing(std::filesystem::path path, std::filesystem::path mark, Fd fd, const SecretKey& wrapping,
              std::string ring_id, std::uint64_t slots, std::uint64_t next)
      : path_(std::move(path)),
        mark_(std::move(mark)),
        wrapping_(wrapping),
        ring_id_(std::move(ring_id)),
        fd_(std::move(fd)),
        slots_(slots),
        next_(next),
        cache_(kCacheSlots) {}

  ~FileKeyRing() override {
    if (maker_.joinable()) {
      maker_.join();
    }
    // What is left of the chunk is used after the next start; only a crash wastes it.
    std::string next;
    ByteWriter(next).u64(next_);
    (void)pwrite_fully(fd_.get(), next, kNextOffset);
    ::fdatasync(fd_.get());
  }

  Result<std::uint64_t> allocate() override {
    std::unique_lock lock(mutex_);
    if (next_ >= slots_) {
      made_.wait(lock, [this] { return !making_; });
    }
    if (next_ >= slots_) {
      install(TRY(make_chunk(slots_)));
    } else if (slots_ - next_ <= kChunkSlots / 2 && !making_ && !failed_) {
      make_ahead();
    }
    return next_++;
  }

  Result<SecretKey> key(std::uint64_t slot) override {
    std::lock_guard lock(mutex_);
    Cached& cached = cache_[slot % kCacheSlots];
    if (cached.slot == slot && slot != 0) {
      return cached.key;
    }
    SecretKey key = TRY(read(slot));
    cached = {slot, key};
    return key;
  }

  Result<void> destroy(std::uint64_t slot) override {
    std::lock_guard lock(mutex_);
    if (slot == 0 || slot >= slots_) {
      return fail(Code::NotFound, "the key ring has no slot " + std::to_string(slot));
    }
    Cached& cached = cache_[slot % kCacheSlots];
    if (cached.slot == slot) {
      cached = {};
    }
    TRY(pwrite_fully(fd_.get(), std::string(kSlotBytes, '\0'), slot * kSlotBytes));
    if (::fdatasync(fd_.get()) != 0) {
      return io_error("flushing a destroyed key in", path_, errno);
    }
    return {};
  }

  std::vector<std::string> verify() override {
    std::lock_guard lock(mutex_);
    std::vector<std::string> faults;
    for (std::uint64_t slot = 1; slot < slots_; ++slot) {
      Result<SecretKey> key = read(slot);
      if (!key && key.error().code != Code::NotFound) {
        faults.push_back(key.error().message);
      }
    }
    return faults;
  }

 private:
  struct Cached {
    std::uint64_t slot = 0;
    SecretKey key;
  };

  std::string associated(std::uint64_t slot) const {
    std::string out = "heed key" + ring_id_;
    ByteWriter(out).u64(slot);
    return out;
  }
  static Nonce nonce(const unsigned char* stored, std::uint64_t slot) {
    Nonce out;
    std::memcpy(out.data(), stored, kNonceStored);
    std::memcpy(out.data() + kNonceStored, &slot, sizeof slot);
    return out;
  }

  void wrap(Slot& out, const SecretKey& key, std::uint64_t slot) const {
    random_bytes(out.data(), kNonceStored);
    Nonce n = nonce(out.data(), slot);
    std::string ad = associated(slot);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        out.data() + kNonceStored, nullptr, reinterpret_cast<const unsigned char*>(key.reveal().data()),
        SecretKey::kBytes, reinterpret_cast<const unsigned char*>(ad.data()), ad.size(), nullptr, n.data(),
        reinterpret_cast<const unsigned char*>(wrapping_.reveal().data()));
  }

  Result<SecretKey> read(std::uint64_t slot) {
    if (slot == 0 || slot >= slots_) {
      return fail(Code::Corrupt, "the key ring has no slot " + std::to_string(slot));
    }
    std::string raw = TRY(pread_fully(fd_.get(), kSlotBytes, slot * kSlotBytes));
    if (raw.size() == kSlotBytes && raw.find_first_not_of('\0') == std::string::npos) {
      return fail(Code::NotFound, "the key in slot " + std::to_string(slot) + " was destroyed");
    }
    std::array<unsigned char, SecretKey::kBytes> plain{};
    if (raw.size() == kSlotBytes) {
      const auto* stored = reinterpret_cast<const unsigned char*>(raw.data());
      Nonce n = nonce(stored, slot);
      std::string ad = associated(slot);
      int failed = crypto_aead_xchacha20poly1305_ietf_decrypt(
          plain.data(), nullptr, nullptr, stored + kNonceStored, kSlotBytes - kNonceStored,
          reinterpret_cast<const unsigned char*>(ad.data()), ad.size(), n.data(),
          reinterpret_cast<const unsigned char*>(wrapping_.reveal().data()));
      if (failed == 0) {
        Result<SecretKey> key = SecretKey::from_view({reinterpret_cast<const char*>(plain.data()), plain.size()});
        sodium_memzero(plain.data(), plain.size());
        return key;
      }
    }
    return fail(Code::Corrupt, "slot " + std::to_string(slot) + " of the key ring does not unwrap");
  }

  /// Fresh keys in the slots from `first`, flushed.
  Result<std::vector<Cached>> make_chunk(std::uint64_t first) const {
    std::string bytes;
    bytes.reserve(kChunkSlots * kSlotBytes);
    std::vector<Cached> made;
    made.reserve(kChunkSlots);
    for (std::uint64_t i = 0; i < kChunkSlots; ++i) {
      Slot slot;
      made.push_back({first + i, SecretKey::generate()});
      wrap(slot, made.back().key, first + i);
      bytes.append(view_of(slot));
    }
    TRY(pwrite_fully(fd_.get(), bytes, first * kSlotBytes));
    if (::fdatasync(fd_.get()) != 0) {
      return io_error("flushing new keys in", path_, errno);
    }
    if (!mark_.empty()) {
      TRY(write_mark(mark_, ring_id_, first + kChunkSlots));
    }
    return made;
  }

  /// From then on the chunk's keys may be handed out; the cache holds them all.
  void install(const std::vector<Cached>& made) {
    for (const Cached& cached : made) {
      cache_[cached.slot % kCacheSlots] = cached;
    }
    slots_ += made.size();
    failed_ = false;
  }

  /// The next chunk while half of this one is left, so that nobody who takes a key waits for a flush.
  void make_ahead() {
    if (maker_.joinable()) {
      maker_.join();  // it has ended
    }
    making_ = true;
    maker_ = std::thread([this, first = slots_] {
      name_thread("keys");
      auto made = make_chunk(first);
      {
        std::lock_guard lock(mutex_);
        if (made) {
          install(*made);
        }
        failed_ = !made;  // whoever takes the last key tries again, and is told why
        making_ = false;
      }
      made_.notify_all();
    });
  }

  // Constant after construction.
  std::filesystem::path path_, mark_;
  SecretKey wrapping_;
  std::string ring_id_;
  // Guarded by mutex_.
  std::mutex mutex_;
  Fd fd_;
  std::uint64_t slots_;  ///< in the file, the header counted
  std::uint64_t next_;
  std::vector<Cached> cache_;
  std::condition_variable made_;
  std::thread maker_;
  bool making_ = false, failed_ = false;
};

class MemoryKeyRing final : public KeyRing {
 public:
  Result<std::uint64_t> allocate() override {
    std::lock_guard lock(mutex_);
    keys_.emplace(++last_, SecretKey::generate());
    return last_;
  }
  Result<SecretKey> key(std::uint64_t slot) override {
    std::lock_guard lock(mutex_);
    auto found = keys_.find(slot);
    if (found != keys_.end()) {
      return found->second;
    }
    std::string name = "slot " + std::to_string(slot);
    return slot != 0 && slot <= last_ ? fail(Code::NotFound, "the key in " + name + " was destroyed")
                                      : fail(Code::Corrupt, "the key ring has no " + name);
  }
  Result<void> destroy(std::uint64_t slot) override {
    std::lock_guard lock(mutex_);
    if (slot == 0 || slot > last_) {
      return fail(Code::NotFound, "the key ring has no slot " + std::to_string(slot));
    }
    keys_.erase(slot);
    return {};
  }
  std::vector<std::string> verify() override { return {}; }

 private:
  std::mutex mutex_;
  std::uint64_t last_ = 0;
  std::unordered_map<std::uint64_t, SecretKey> keys_;
};

Result<void> create_ring(const std::filesystem::path& path) {
  std::string header(kMagic);
  ByteWriter w(header);
  w.u32(kVersion);
  w.u32(0);
  w.append(random_string(16));
  w.u64(1);
  header.resize(kSlotBytes, '\0');
  return write_file_atomically(path, header, 0600);
}

}  // namespace

Result<std::unique_ptr<KeyRing>> open_key_ring(const std::filesystem::path& path, const SecretKey& wrapping_key,
                                               const std::filesystem::path& mark) {
  if (!std::filesystem::exists(path)) {
    TRY(create_ring(path));
  }
  Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  struct stat status {};
  if (!fd || ::fstat(fd.get(), &status) != 0) {
    return io_error("opening the key ring", path, errno);
  }
  if (static_cast<std::size_t>(status.st_size) < kSlotBytes) {
    return fail(Code::Corrupt, path.string() + " is not a key ring: it is too short");
  }
  std::string header = TRY(pread_fully(fd.get(), kSlotBytes, 0));
  ByteReader r(header);
  std::string_view magic = r.raw(kMagic.size());
  std::uint32_t version = r.u32();
  r.u32();
  std::string ring_id(r.raw(16));
  std::uint64_t next = r.u64();
  if (magic != kMagic) {
    return fail(Code::Corrupt, path.string() + " is not a key ring");
  }
  if (version != kVersion) {
    return fail(Code::Conflict, path.string() + " was written by a newer release; open it with that one");
  }
  // A chunk that a crash cut short was never handed out: the next one is written over its whole slots' end.
  std::uint64_t slots = static_cast<std::uint64_t>(status.st_size) / kSlotBytes;
  if (next == 0 || next > slots) {
    next = slots;
  }
  if (const std::uint64_t made = mark.empty() ? 0 : read_mark(mark, ring_id); made > slots) {
    if (::ftruncate(fd.get(), static_cast<off_t>(made * kSlotBytes)) != 0) {
      return io_error("growing the key ring", path, errno);
    }
    log::warn("keys_older_than_data", {{"slots", slots}, {"made", made}});
    slots = next = made;
  }
  std::string zero(8, '\0');
  TRY(pwrite_fully(fd.get(), zero, kNextOffset));
  if (::fdatasync(fd.get()) != 0) {
    return io_error("flushing the key ring", path, errno);
  }
  auto ring = std::make_unique<FileKeyRing>(path, mark, std::move(fd), wrapping_key, std::move(ring_id), slots, next);
  if (slots > 1) {
    Result<SecretKey> first = ring->key(1);
    if (!first && first.error().code == Code::Corrupt) {
      return fail(Code::Corrupt, path.string() + " does not open with this master key");
    }
  }
  return ring;
}

std::unique_ptr<KeyRing> memory_key_ring() { return std::make_unique<MemoryKeyRing>(); }

}  // namespace heed::ledger
