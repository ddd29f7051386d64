#pragma once
#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/file.h"
#include "base/result.h"
#include "ledger/event.h"
#include "ledger/table.h"

/// What lies in a backup folder:
///
///   segment-0000000001.heed …   events and commit rows as they are stored, in order
///   operational-<n>.heed        full content of the operational tables, whenever it had changed
///
/// A segment is a header (magic ‖ version u32 ‖ number u64 ‖ link of the segment before) and records
/// (length u32 ‖ type u8 ‖ payload ‖ link), where link = SHA-256(link before ‖ type ‖ payload) and the first link
/// before is SHA-256(header). So nothing can be changed, removed or swapped anywhere, over all segments. Each copy
/// ends with a manifest: the chain head it reaches and the operational file it goes with, signed (Ed25519) together
/// with the link. What follows the last manifest was being written when the power went.
namespace heed::store {

enum class RecordType : std::uint8_t { Event = 1, Commit = 2, Manifest = 3 };

struct Manifest {
  ledger::ChainHead head;
  std::uint64_t operational = 0;  ///< number of the file; 0: none
  Digest operational_digest{};    ///< SHA-256 of that file
  bool operator==(const Manifest&) const = default;
};

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number);
std::filesystem::path operational_path(const std::filesystem::path& folder, std::uint64_t number);
/// Numbers of the segments in the folder, ascending.
Result<std::vector<std::uint64_t>> list_segments(const std::filesystem::path& folder);

std::string encode_event(const ledger::StoredEvent& event);
Result<ledger::StoredEvent> decode_event(std::string_view payload);
std::string encode_commit(const ledger::CommitRow& row);
Result<ledger::CommitRow> decode_commit(std::string_view payload);
/// `link` is the one before the manifest's own record; the signature covers it.
std::string encode_manifest(const Manifest& manifest, const Digest& link, const SigningKey& key);
/// Corrupt when the signature is not by this key over this content.
Result<Manifest> decode_manifest(std::string_view payload, const Digest& link, std::string_view public_key);

/// Where a walk over segments is: everything needed to go on, reading or writing.
struct SegmentPlace {
  std::uint64_t segment = 0;
  std::uint64_t bytes = 0;  ///< of that segment, up to and with the last record
  Digest link{};
};

/// Walks one segment, checking header and links.
class SegmentReader {
 public:
  struct Record {
    RecordType type;
    std::string_view payload;
    Digest link_before;
  };
  /// `before`: the link that the segment before ended with; nothing when it is not to be checked (a resumed backup
  /// begins with its last segment). Corrupt, naming file and byte.
  static Result<SegmentReader> open(const std::filesystem::path& folder, std::uint64_t number,
                                    const std::optional<Digest>& before);
  /// Nothing at the end. Corrupt names file and byte; `place` then still is after the last good record.
  Result<std::optional<Record>> next();
  const SegmentPlace& place() const { return place_; }
  /// True when the fault that next() reported can be what a cut-off write leaves: nothing but it follows.
  std::uint64_t size() const { return bytes_.size(); }

 private:
  std::filesystem::path path_;
  std::string bytes_;
  SegmentPlace place_;
};

/// Appends records to one segment, through a buffer.
class SegmentWriter {
 public:
  /// A new segment after `before` (segment 0: the first).
  static Result<SegmentWriter> create(const std::filesystem::path& folder, const SegmentPlace& before);
  /// Goes on at `place`; what follows it in the file is cut off.
  static Result<SegmentWriter> resume(const std::filesystem::path& folder, const SegmentPlace& place);
  Result<void> append(RecordType type, std::string_view payload);
  /// Hands down and flushes.
  Result<void> flush();
  const SegmentPlace& place() const { return place_; }

 private:
  Result<void> hand_down();
  std::filesystem::path path_;
  Fd fd_;
  SegmentPlace place_;
  std::string buffer_;
};

}  // namespace heed::store
