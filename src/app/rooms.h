#pragma once
#include <memory>
#include <optional>

#include "access/alias.h"
#include "access/directory.h"
#include "app/anchor.h"
#include "app/settings.h"
#include "base/clock.h"
#include "base/guarded.h"
#include "base/metrics.h"
#include "casework/apply.h"
#include "ledger/keyring.h"
#include "store/directory/access_log.h"
#include "store/directory/accounts.h"
#include "store/directory/directory_store.h"
#include "store/directory/tables.h"
#include "store/recent/hour_posts.h"
#include "store/sqlite/sqlite_store.h"

namespace heed::app {

/// In the data folder: how many keys were made (ledger/keyring.h).
inline constexpr std::string_view kKeyMark = "keys.mark";

/// A data folder and its keys, open and locked: what both the server and the command line's own work stand on. Made in
/// order of need, undone in reverse. Nothing runs by itself but the ledger's writer thread.
class Rooms {
 public:
  /// Conflict when another process has the folder. `create`: an absent folder is made, else NotFound.
  static Result<std::unique_ptr<Rooms>> open(const Settings& settings, const Clock& clock, bool create);
  ~Rooms();

  const Places& places() const { return places_; }
  const ledger::Secrets& secrets() const { return keys_.secrets; }
  const SecretKey& master() const { return keys_.master; }
  ledger::KeyRing& ring() { return *ring_; }
  const access::Hasher& hasher() const { return hasher_; }
  const access::Aliases& aliases() const { return aliases_; }
  store::SqliteStore& store() { return *store_; }
  access::Directory& directory() { return *directory_; }
  store::Accounts& accounts() { return *accounts_; }
  store::AccessLog& access_log() { return *access_log_; }
  access::Authenticator& authenticator() { return *authenticator_; }
  const Clock& clock() const { return clock_; }

  /// The heads as they are now, written beside the keys if it has moved since the last call. Any thread.
  Result<void> note_head();

 private:
  Rooms(Places places, ledger::KeyFolder keys, const Clock& clock);

  const Places places_;
  const ledger::KeyFolder keys_;
  const Clock& clock_;
  const access::Hasher hasher_;
  const access::Aliases aliases_;
  casework::CaseProjector projector_;
  std::unique_ptr<ledger::KeyRing> ring_;
  std::unique_ptr<store::SqliteStore> store_;
  std::unique_ptr<store::DirectoryStore> directory_;
  std::unique_ptr<store::Accounts> accounts_;
  std::unique_ptr<store::AccessLog> access_log_;
  std::unique_ptr<access::Authenticator> authenticator_;
  Guarded<Anchor> noted_;
};

/// The recent posts of the same installation. `metrics` may be null.
Result<std::unique_ptr<store::recent::HourPosts>> open_posts(Rooms& rooms, const Settings& settings, Metrics* metrics);

}  // namespace heed::app
