#include "store/recent/key_file.h"

#include <algorithm>
#include <cstring>

#include "base/bytes.h"

namespace heed::store::recent {
namespace {

constexpr std::string_view kMagic = "HEEDKEY1";
constexpr std::uint64_t kHeaderBytes = 64;
constexpr std::uint64_t kSlotBytes = SecretKey::kBytes + kSealOverhead;
constexpr std::uint32_t kBatch = 128;

std::uint64_t slot_offset(std::uint32_t serial) { return kHeaderBytes + serial * kSlotBytes; }

}  // namespace

KeyFile::KeyFile(Disk& disk, std::filesystem::path path, const SecretKey& kek, std::int64_t hour)
    : KeyFile(disk, std::move(path), kek, hour, nullptr) {
  random_bytes(hash_key_, sizeof hash_key_);
}

KeyFile::KeyFile(Disk& disk, std::filesystem::path path, const SecretKey& kek, std::int64_t hour,
                 std::unique_ptr<File> file)
    : disk_(disk), path_(std::move(path)), kek_(kek), hour_(hour), hash_key_{}, file_(std::move(file)) {}

std::string KeyFile::bound_to(std::string_view what, std::uint32_t serial) const {
  std::string out(what);
  ByteWriter to(out);
  to.u64(static_cast<std::uint64_t>(hour_));
  to.u32(serial);
  return out;
}

Result<std::unique_ptr<KeyFile>> KeyFile::open(Disk& disk, std::filesystem::path path, const SecretKey& kek,
                                               std::int64_t hour) {
  if (!disk.exists(path)) {
    return fail(Code::NotFound, "no key file " + path.string());
  }
  std::unique_ptr<File> file = TRY(disk.open(path, Disk::Open::Write));
  std::string raw(kHeaderBytes, '\0');
  TRY(file->read(raw.data(), raw.size(), 0));
  std::unique_ptr<KeyFile> keys(new KeyFile(disk, std::move(path), kek, hour, std::move(file)));
  if (!raw.starts_with(kMagic)) {
    return fail(Code::Corrupt, keys->path_.string() + " is no key file of this version");
  }
  std::string_view sealed = std::string_view(raw).substr(kMagic.size(), sizeof hash_key_ + kSealOverhead);
  Result<std::string> opened = unseal(kek, sealed, keys->bound_to("posts hash key", 0));
  if (!opened) {
    return fail(Code::Corrupt, "the key-encryption key does not open " + keys->path_.string() +
                                   "; give the key this folder was written with");
  }
  std::memcpy(keys->hash_key_, opened->data(), sizeof hash_key_);
  return keys;
}

Result<void> KeyFile::destroy_file(Disk& disk, const std::filesystem::path& path) {
  if (!disk.exists(path)) {
    return {};
  }
  {
    std::unique_ptr<File> file = TRY(disk.open(path, Disk::Open::Write));
    std::uint64_t size = TRY(file->size());
    const std::string zeros(1 << 16, '\0');
    for (std::uint64_t at = 0; at < size; at += zeros.size()) {
      TRY(file->write(std::string_view(zeros).substr(0, std::min<std::uint64_t>(zeros.size(), size - at)), at));
    }
    TRY(file->sync());
  }
  TRY(disk.remove(path));
  return disk.sync_folder(path.parent_path());
}

Result<void> KeyFile::store() {
  std::lock_guard lock(mutex_);
  if (file_ != nullptr) {
    return {};
  }
  TRY(disk_.make_folder(path_.parent_path()));
  std::unique_ptr<File> file = TRY(disk_.open(path_, Disk::Open::Fresh));
  std::string header(kMagic);
  seal_to(header, kek_, hash_key(), bound_to("posts hash key", 0));
  header.resize(kHeaderBytes, '\0');
  TRY(file->write(header, 0));
  TRY(file->sync());
  TRY(disk_.sync_folder(path_.parent_path()));
  file_ = std::move(file);
  return {};
}

Result<SecretKey> KeyFile::new_key(std::uint32_t serial) {
  std::lock_guard lock(mutex_);
  auto it = reserved_.find(serial);
  if (it == reserved_.end()) {
    std::map<std::uint32_t, SecretKey> fresh;
    std::string slots;
    for (std::uint32_t i = 0; i < kBatch; ++i) {
      SecretKey key = SecretKey::generate();
      seal_to(slots, kek_, key.reveal(), bound_to("posts block key", serial + i));
      fresh.emplace(serial + i, key);
    }
    TRY(file_->write(slots, slot_offset(serial)));
    TRY(file_->sync());
    reserved_ = std::move(fresh);
    it = reserved_.find(serial);
  }
  // Kept until the batch is used up: a block whose write failed is tried again under the same number.
  return it->second;
}

Result<SecretKey> KeyFile::key(std::uint32_t serial) {
  char slot[kSlotBytes];
  TRY(file_->read(slot, sizeof slot, slot_offset(serial)));
  std::string_view sealed(slot, sizeof slot);
  if (sealed.find_first_not_of('\0') == std::string_view::npos) {
    return fail(Code::NotFound, "the block's key was destroyed");
  }
  std::string raw = TRY(unseal(kek_, sealed, bound_to("posts block key", serial)));
  return SecretKey::from_view(raw);
}

Result<void> KeyFile::destroy(const std::vector<std::uint32_t>& serials) {
  if (serials.empty()) {
    return {};
  }
  std::lock_guard lock(mutex_);
  const std::string zeros(kSlotBytes, '\0');
  for (std::uint32_t serial : serials) {
    reserved_.erase(serial);
    TRY(file_->write(zeros, slot_offset(serial)));
  }
  return file_->sync();
}

}  // namespace heed::store::recent
