#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <vector>

#include "base/crypto.h"
#include "store/recent/disk.h"

namespace heed::store::recent {

/// The keys of one hour, outside the data folder and outside its ordinary backup: the key under which the hour's
/// ids are hashed, and one slot per block. All wrapped under the key-encryption key, each bound to hour and slot.
/// What destroys a block's contents for good, also in older backups of the data, is zeroing its 72 bytes here.
///
///   header 64 bytes: magic | sealed hash key, 16 bytes
///   slot  i at 64 + 72 i: sealed key of block i, or zeros when destroyed
///
/// Any thread.
class KeyFile {
 public:
  /// New keys in memory; nothing on disk until `store`.
  KeyFile(Disk& disk, std::filesystem::path path, const SecretKey& kek, std::int64_t hour);
  /// NotFound when there is no such file; Corrupt when the key-encryption key does not open it.
  static Result<std::unique_ptr<KeyFile>> open(Disk& disk, std::filesystem::path path, const SecretKey& kek,
                                               std::int64_t hour);
  /// Zeroed, flushed, removed, folder flushed. Nothing happens when it is absent.
  static Result<void> destroy_file(Disk& disk, const std::filesystem::path& path);

  /// Writes the header; afterwards slots can be reserved. Does nothing the second time.
  Result<void> store();
  /// The key for a new block, on stable storage before it is returned. Reserved by the batch: one flush for 128.
  Result<SecretKey> new_key(std::uint32_t serial);
  /// NotFound when it was destroyed, Corrupt when the slot does not open.
  Result<SecretKey> key(std::uint32_t serial);
  /// Zeroes the slots and flushes once.
  Result<void> destroy(const std::vector<std::uint32_t>& serials);
  std::string_view hash_key() const { return {hash_key_, sizeof hash_key_}; }

 private:
  KeyFile(Disk& disk, std::filesystem::path path, const SecretKey& kek, std::int64_t hour, std::unique_ptr<File> file);
  std::string bound_to(std::string_view what, std::uint32_t serial) const;

  Disk& disk_;
  const std::filesystem::path path_;
  const SecretKey kek_;
  const std::int64_t hour_;
  char hash_key_[16];
  std::mutex mutex_;
  std::unique_ptr<File> file_;                   // set once, by open or store
  std::map<std::uint32_t, SecretKey> reserved_;  // guarded by mutex_
};

}  // namespace heed::store::recent
