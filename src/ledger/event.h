#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/id.h"
#include "base/result.h"

namespace heed::ledger {

/// Something of or about one person inside an event: evidence, comment, contact data, identity. Sealed under
/// the key in `slot`, which belongs to one (case, person) and to nothing else.
struct Body {
  std::string name;
  std::uint64_t slot = 0;
  std::string plain;
};

/// An event as it goes in. `header` is JSON and holds no free text and no account id; it begins with
/// {"kind":…,"v":…,"case":…,"seq":…,"at":…,"actor":…}. The stored bytes are hashed, never re-serialised.
struct NewEvent {
  CaseId case_id;
  std::uint64_t seq = 0;
  std::string header;
  std::string bodies;  ///< encoded by seal_bodies
};

struct StoredEvent {
  std::uint64_t pos = 0;  ///< 1, 2, 3 … over the whole installation, in commit order
  CaseId case_id;
  std::uint64_t seq = 0;  ///< 1, 2, 3 … within the case
  std::string header;
  std::string bodies;
  Digest hash{};
};

/// h = SHA-256(previous h of the case ‖ header ‖ SHA-256(bodies)); the first event's previous h is
/// SHA-256("heed case" ‖ case id).
Digest chain_start(CaseId case_id);
Digest event_hash(const Digest& previous, std::string_view header, std::string_view bodies);

/// One row per commit group. Its hash covers the row before: the newest one is the chain head.
struct CommitRow {
  std::uint64_t number = 0;  ///< 1, 2, 3 …
  std::uint64_t first_pos = 0, last_pos = 0;
  Digest root{};  ///< Merkle tree over the group's event hashes in pos order (RFC 6962 §2.1)
  Digest hash{};  ///< SHA-256(previous row's hash ‖ number ‖ first ‖ last ‖ root), numbers as 8 bytes little-endian
};
Digest merkle_root(const std::vector<Digest>& leaves);
Digest commit_hash(const Digest& previous, const CommitRow& row);

struct ChainHead {
  std::uint64_t commit = 0, pos = 0;
  Digest hash{};
  bool operator==(const ChainHead&) const = default;
};

class KeyRing;
/// Encodes and seals bodies; the associated data binds each to case, seq and name. Unavailable when the key
/// ring cannot give a key, Conflict when it was destroyed.
///
/// Stored as: number of bodies, then for each its name, slot, sealed bytes (base/bytes.h); "" when there is none.
Result<std::string> seal_bodies(KeyRing& keys, CaseId case_id, std::uint64_t seq, const std::vector<Body>& bodies);

/// A stored body as found: still sealed.
struct SealedBody {
  std::string_view name;
  std::uint64_t slot = 0;
  std::string_view sealed;
};
/// Corrupt when the encoding is broken. Views into `bodies`.
Result<std::vector<SealedBody>> split_bodies(std::string_view bodies);
/// NotFound when the key was destroyed (the person was erased from the case); Corrupt when it does not open.
Result<std::string> open_body(KeyRing& keys, CaseId case_id, std::uint64_t seq, const SealedBody& body);

}  // namespace heed::ledger
