#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/crypto.h"
#include "base/result.h"
#include "store/recent/disk.h"
#include "store/recent/record.h"

/// A block is what one flush writes and what one key protects: up to 1 MiB of records with consecutive arrival
/// numbers. Inside it the records lie in chunks of about 8 KiB, each sealed by itself under the block's key, so that
/// reading one post decrypts 8 KiB and not a megabyte.
///
///   header (128 bytes) | chunk table (8 bytes a chunk) | sealed chunks
///   chunk: lengths of its records as varints | records
namespace heed::store::recent {

constexpr std::uint32_t kNoBlock = UINT32_MAX;
constexpr std::size_t kChunkBytes = 8 << 10;
constexpr std::size_t kRecordsMax = 65535;  ///< in one block
constexpr std::size_t kRecordBytesMax = 16 << 20;

/// Records in memory, before they are sealed.
struct MemBlock {
  std::uint64_t first_arrival = 0;
  std::string bytes;
  std::vector<std::uint32_t> ends;  ///< end of each record in `bytes`
  Time first_at{}, last_at{};
  Time min_created = Time::max(), max_created = Time::min();

  std::uint64_t last_arrival() const { return first_arrival + ends.size() - 1; }
  std::string_view record(std::size_t i) const {
    std::size_t begin = i == 0 ? 0 : ends[i - 1];
    return std::string_view(bytes).substr(begin, ends[i] - begin);
  }
  void note_times(Time at, Time created_at);
  /// Closes the record that was encoded at the end of `bytes`.
  void end_record() { ends.push_back(static_cast<std::uint32_t>(bytes.size())); }
};

struct ChunkPlace {
  std::uint32_t bytes = 0;  ///< sealed
  std::uint32_t records = 0;
};

struct BlockHeader {
  static constexpr std::size_t kBytes = 128;
  std::uint32_t serial = 0;           ///< also its slot in the key file
  std::uint32_t replaces = kNoBlock;  ///< the block whose records these are now
  std::uint64_t first_arrival = 0;
  std::uint32_t records = 0;
  std::uint64_t payload_bytes = 0;
  std::uint32_t payload_crc = 0;
  Time first_at{}, last_at{}, min_created{}, max_created{};
  std::vector<ChunkPlace> chunks;

  std::uint64_t last_arrival() const { return first_arrival + records - 1; }
  std::uint64_t payload_offset() const { return kBytes + chunks.size() * 8; }
  std::uint64_t total_bytes() const { return payload_offset() + payload_bytes; }
};

/// Replaces `out` with the whole block. `hour` is bound into every seal.
void seal_block(std::string& out, std::int64_t hour, std::uint32_t serial, std::uint32_t replaces,
                const MemBlock& block, const SecretKey& key);
/// Corrupt when there is no sound header at `offset` or its block goes past `file_size`.
Result<BlockHeader> read_block_header(File& file, std::uint64_t offset, std::uint64_t file_size);
/// First offset from `from` on where a sound header lies, or `file_size`.
Result<std::uint64_t> find_block(File& file, std::uint64_t from, std::uint64_t file_size);
/// The payload as stored is what was written. Reads all of it.
Result<bool> payload_intact(File& file, std::uint64_t offset, const BlockHeader& header);
Result<std::string> read_chunk(File& file, std::uint64_t offset, std::int64_t hour, const BlockHeader& header,
                               std::size_t chunk, const SecretKey& key);
/// Record `i` of an opened chunk; empty when the chunk has no such record.
std::string_view chunk_record(std::string_view chunk, std::uint32_t records, std::uint32_t i);
/// All records of a block, in order.
Result<MemBlock> read_block(File& file, std::uint64_t offset, std::int64_t hour, const BlockHeader& header,
                            const SecretKey& key);

}  // namespace heed::store::recent
