#pragma once
#include <memory>
#include <string>

#include "app/rooms.h"
#include "store/sqlite/backup.h"

/// A second place: <folder>/ledger has the ledger's segments (store/sqlite/backup_format.h), <folder>/posts the recent
/// posts' hour files. Keys are not in it: they have a backup of their own (heed backup --keys), kept for a short time
/// only, so that erasing a person reaches the copies.
namespace heed::app {

/// The ledger's copy into that place; `interval` and so on hold once it is started.
Result<std::unique_ptr<store::Backup>> open_ledger_backup(Rooms& rooms, const std::filesystem::path& folder,
                                                          Millis interval);

/// How many keys were made (ledger/keyring.h), so that whoever restores older keys hands out no key twice. Does nothing
/// when the copy is as new.
Result<void> copy_key_mark(const std::filesystem::path& from, const std::filesystem::path& to);

/// What `heed restore` did.
struct Restored {
  ledger::ChainHead head;
  std::optional<Anchor> anchor;  ///< as it lay with the keys before
  std::uint64_t post_files = 0;
};
/// Conflict when the data folder holds a ledger. Corrupt when the backup is damaged, or ends before the anchor and
/// `accept_loss` is not given.
Result<Restored> restore_all(const Settings& settings, const std::filesystem::path& from, bool accept_loss,
                             bool allow_cut_off_end);

}  // namespace heed::app
