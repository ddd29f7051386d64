#pragma once
#include <filesystem>
#include <optional>

#include "base/crypto.h"
#include "ledger/event.h"
#include "store/directory/access_log.h"

/// The heads of both chains, the ledger's and the access log's, as they were last seen, kept with the keys: whoever
/// cuts the ledger's tail off, or puts an old copy in its place, does not get at this file by the same act. Signed with
/// the installation's key.
///
/// {"commit":12,"pos":40,"hash":"<hex>","access":{"seq":3,"hash":"<hex>"},"at":"2026-…Z","signature":"<base64>"}; what
/// is signed is "heed head" and the values in this order, each after a line break.
namespace heed::app {

struct Anchor {
  ledger::ChainHead head = {};
  store::AccessHead access = {};
  Time at{};
};

std::string anchor_text(const Anchor& anchor, const SigningKey& key);
Result<void> write_anchor(const std::filesystem::path& path, const Anchor& anchor, const SigningKey& key);
/// Nothing when there is no such file; Corrupt when it does not read or the signature is not this installation's.
Result<std::optional<Anchor>> read_anchor(const std::filesystem::path& path, std::string_view public_key);

}  // namespace heed::app
