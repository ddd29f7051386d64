#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "ledger/store.h"

/// The file that a person takes away from a case, in the form in which anybody can check it later without us: JSON
/// under an Ed25519 signature, or the same as one printable HTML page. What stands in it for whom, api/case_file.h
/// gathers.
///
/// JSON: {"heed_bundle":1,"payload":P,"signature":{"algorithm":"Ed25519","public_key":"<hex>","value":"<hex>"}} and a
/// line break; signed is "heed bundle 1", a line break, and P as it stands. The frame has one spelling only, so that no
/// byte of the file can change unnoticed. HTML: the page, within it the JSON file word for word, and at its end a
/// comment with a signature over every byte before it.
///
/// P's "proof" has, for each event that its reader may see, the event's hash (ledger/event.h), the Merkle root of the
/// commit that wrote it, and the path between (RFC 6962 §2.1.1). No number, position or size is in it: those would tell
/// how much else happened. Functions here hold no state; any thread.
namespace heed::casework {

/// One step from a leaf to the root: the other half, and on which side of ours it stands.
struct PathStep {
  bool left = false;
  Digest hash{};
};
/// `index` < leaves.size().
std::vector<PathStep> inclusion_path(const std::vector<Digest>& leaves, std::size_t index);
/// The root that this leaf and this path give.
Digest root_of(const Digest& leaf, const std::vector<PathStep>& path);

struct EventProof {
  Digest hash{}, root{};
  std::vector<PathStep> path;
};
/// Finds the commits of events, by halving: a few reads an event, none for a neighbour of the one before. One thread.
class Prover {
 public:
  explicit Prover(ledger::View& view) : view_(view) {}
  /// Corrupt when no commit row has it.
  Result<EventProof> prove(const ledger::StoredEvent& event);

 private:
  Result<void> load(std::uint64_t pos);
  ledger::View& view_;
  ledger::CommitRow row_{};
  std::vector<Digest> leaves_;
};

/// `payload` is one JSON object whose strings hold "<", ">" and "&" only as \u escapes (see inert_json).
std::string sign_bundle(std::string_view payload, const SigningKey& key);
/// The same JSON with "<", ">" and "&" escaped: it can stand inside a page and is no markup there.
std::string inert_json(std::string_view json);
/// The page of a bundle that sign_bundle made, in English or German ("de…"). Corrupt when `bundle` is none.
Result<std::string> bundle_page(std::string_view bundle, std::string_view locale, const SigningKey& key);

struct BundleCheck {
  bool sound = false;
  std::string fault;       ///< what is wrong, "" when sound
  std::string public_key;  ///< 32 bytes, as the file says; "" when it has none
  bool key_given = false;  ///< and it is the one that was expected
  bool page = false;       ///< HTML
  std::string made_at, platform, number;
  std::size_t items = 0, events = 0;            ///< events: how many proofs lead to their root
  std::size_t added = 0;                        ///< files within it, each as its hash says
  std::vector<std::string> proven, not_proven;  ///< sentences, in English
};
/// Says what this file proves and what not. Needs nothing but the file; `key`: the 32 bytes it must be signed with.
BundleCheck verify_bundle(std::string_view file, std::optional<std::string_view> key = {});

/// Of a bundle's file: its payload. Corrupt when the frame is not as it must be. Checks no signature.
Result<std::string_view> payload_of(std::string_view bundle);

}  // namespace heed::casework
