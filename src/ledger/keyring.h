#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>

#include "base/crypto.h"
#include "base/result.h"

namespace heed::ledger {

/// Keys of (case, person), by slot number. Lives in the keys folder, outside the ordinary backup; destroying a
/// key is what erasing a person means. Any thread.
///
/// Slots are made in chunks, ahead and on a thread of their own, that are on stable storage before the first key of
/// the chunk is handed out: taking a key waits for no flush, and a crash can only waste slots.
class KeyRing {
 public:
  virtual ~KeyRing() = default;
  /// A fresh key's slot, never handed out before, never 0.
  virtual Result<std::uint64_t> allocate() = 0;
  /// NotFound when destroyed; Corrupt when the slot does not unwrap.
  virtual Result<SecretKey> key(std::uint64_t slot) = 0;
  /// Overwritten and flushed when this returns. Destroying twice is fine.
  virtual Result<void> destroy(std::uint64_t slot) = 0;
  /// Walks all slots; one message per slot that neither unwraps nor is destroyed.
  virtual std::vector<std::string> verify() = 0;
};

/// `path` is created if absent; every slot is wrapped under `wrapping_key`. `mark`, when given, is a file beside the
/// data that says how many slots were made: a ring that has fewer is an older copy, and goes on after those that are
/// gone, since slots that two people share could not be erased one by one. The gap reads as destroyed keys.
Result<std::unique_ptr<KeyRing>> open_key_ring(const std::filesystem::path& path, const SecretKey& wrapping_key,
                                               const std::filesystem::path& mark = {});
/// For tests and `--scorer`: forgets everything with the process.
std::unique_ptr<KeyRing> memory_key_ring();

/// The installation's own secrets, made at first start, sealed under the master key in `<keys>/secrets`.
struct Secrets {
  Digest person_hash{};  ///< keyed hashes of account ids
  Digest item_hash{};    ///< keyed hashes of post ids
  Digest alias{};        ///< party aliases
  Digest token{};        ///< API keys, sessions, links, idempotency keys
  SigningKey signing;    ///< chain heads and exported files
};
struct KeyFolder {
  SecretKey master;
  Secrets secrets;
};
/// Opens or creates the folder (mode 0700). The master key comes from `master_key_file` when given, else from
/// `<folder>/master` (made at first start, mode 0600). Corrupt when the secrets do not open with it.
Result<KeyFolder> open_key_folder(const std::filesystem::path& folder,
                                  const std::filesystem::path& master_key_file = {});

}  // namespace heed::ledger
