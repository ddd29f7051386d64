#include "store/recent/block.h"

#include <algorithm>

#include "base/bytes.h"
#include "store/recent/checksum.h"

namespace heed::store::recent {
namespace {

constexpr std::string_view kMagic = "HEEDBLK1";

std::uint64_t ms(Time time) { return static_cast<std::uint64_t>(to_ms(time)); }
Time time_of(std::uint64_t v) { return from_ms(static_cast<std::int64_t>(v)); }

/// What a chunk is bound to: it cannot be moved to another hour, block or place.
std::string bound_to(std::int64_t hour, std::uint32_t serial, std::uint64_t first_arrival, std::size_t chunk) {
  std::string out = "posts";
  ByteWriter to(out);
  to.u64(static_cast<std::uint64_t>(hour));
  to.u32(serial);
  to.u64(first_arrival);
  to.u32(static_cast<std::uint32_t>(chunk));
  return out;
}

// magic 8 | crc 4 of the rest of header and table | chunks 4 | fields | zeros
void write_header(std::string& out, const BlockHeader& header) {
  std::string rest;
  ByteWriter to(rest);
  to.u32(static_cast<std::uint32_t>(header.chunks.size()));
  to.u32(header.serial);
  to.u32(header.replaces);
  to.u32(header.records);
  to.u64(header.first_arrival);
  to.u64(header.payload_bytes);
  to.u32(header.payload_crc);
  for (Time time : {header.first_at, header.last_at, header.min_created, header.max_created}) {
    to.u64(ms(time));
  }
  rest.resize(BlockHeader::kBytes - kMagic.size() - 4, '\0');
  for (const ChunkPlace& chunk : header.chunks) {
    to.u32(chunk.bytes);
    to.u32(chunk.records);
  }
  out.append(kMagic);
  ByteWriter(out).u32(crc32c(rest));
  out.append(rest);
}

tl::unexpected<Error> no_block() { return fail(Code::Corrupt, "no sound block header here"); }

}  // namespace

void MemBlock::note_times(Time at, Time created_at) {
  if (ends.empty()) {
    first_at = at;
  }
  last_at = at;
  min_created = std::min(min_created, created_at);
  max_created = std::max(max_created, created_at);
}

void seal_block(std::string& out, std::int64_t hour, std::uint32_t serial, std::uint32_t replaces,
                const MemBlock& block, const SecretKey& key) {
  BlockHeader header;
  header.serial = serial;
  header.replaces = replaces;
  header.first_arrival = block.first_arrival;
  header.records = static_cast<std::uint32_t>(block.ends.size());
  header.first_at = block.first_at;
  header.last_at = block.last_at;
  header.min_created = block.min_created;
  header.max_created = block.max_created;

  std::string payload;
  payload.reserve(block.bytes.size() + block.bytes.size() / 64 + 256);
  std::string plain;
  for (std::size_t i = 0; i < block.ends.size();) {
    std::size_t begin = i == 0 ? 0 : block.ends[i - 1];
    std::size_t end = i;
    while (end < block.ends.size() && (end == i || block.ends[end] - begin <= kChunkBytes)) {
      ++end;
    }
    plain.clear();
    ByteWriter lengths(plain);
    for (std::size_t k = i; k < end; ++k) {
      lengths.varint(block.record(k).size());
    }
    plain.append(block.bytes, begin, block.ends[end - 1] - begin);
    std::size_t before = payload.size();
    seal_to(payload, key, plain, bound_to(hour, serial, block.first_arrival, header.chunks.size()));
    header.chunks.push_back({static_cast<std::uint32_t>(payload.size() - before), static_cast<std::uint32_t>(end - i)});
    i = end;
  }
  header.payload_bytes = payload.size();
  header.payload_crc = crc32c(payload);
  out.clear();
  write_header(out, header);
  out.append(payload);
}

Result<BlockHeader> read_block_header(File& file, std::uint64_t offset, std::uint64_t file_size) {
  if (offset + BlockHeader::kBytes > file_size) {
    return no_block();
  }
  std::string raw(BlockHeader::kBytes, '\0');
  TRY(file.read(raw.data(), raw.size(), offset));
  ByteReader from(raw);
  if (from.raw(kMagic.size()) != kMagic) {
    return no_block();
  }
  std::uint32_t crc = from.u32();
  std::size_t checked_from = kMagic.size() + 4;
  BlockHeader header;
  std::uint32_t chunks = from.u32();
  header.serial = from.u32();
  header.replaces = from.u32();
  header.records = from.u32();
  header.first_arrival = from.u64();
  header.payload_bytes = from.u64();
  header.payload_crc = from.u32();
  header.first_at = time_of(from.u64());
  header.last_at = time_of(from.u64());
  header.min_created = time_of(from.u64());
  header.max_created = time_of(from.u64());
  // Bound before use: nothing here is trusted until the checksum has passed.
  if (chunks == 0 || chunks > kRecordsMax || header.records == 0 || header.records > kRecordsMax ||
      header.payload_bytes > file_size ||
      offset + BlockHeader::kBytes + chunks * 8ULL + header.payload_bytes > file_size) {
    return no_block();
  }
  std::string table(chunks * 8ULL, '\0');
  TRY(file.read(table.data(), table.size(), offset + BlockHeader::kBytes));
  if (crc32c(table, crc32c(std::string_view(raw).substr(checked_from))) != crc) {
    return no_block();
  }
  header.chunks.resize(chunks);
  ByteReader places(table);
  for (ChunkPlace& chunk : header.chunks) {
    chunk.bytes = places.u32();
    chunk.records = places.u32();
  }
  return header;
}

Result<std::uint64_t> find_block(File& file, std::uint64_t from, std::uint64_t file_size) {
  constexpr std::uint64_t kStep = 1 << 20;
  std::string piece;
  while (from + BlockHeader::kBytes <= file_size) {
    piece.resize(std::min(kStep + kMagic.size(), file_size - from));
    TRY(file.read(piece.data(), piece.size(), from));
    for (std::size_t at = piece.find(kMagic); at != std::string::npos; at = piece.find(kMagic, at + 1)) {
      if (read_block_header(file, from + at, file_size)) {
        return from + at;
      }
    }
    from += kStep;
  }
  return file_size;
}

Result<bool> payload_intact(File& file, std::uint64_t offset, const BlockHeader& header) {
  std::string payload(header.payload_bytes, '\0');
  TRY(file.read(payload.data(), payload.size(), offset + header.payload_offset()));
  return crc32c(payload) == header.payload_crc;
}

Result<std::string> read_chunk(File& file, std::uint64_t offset, std::int64_t hour, const BlockHeader& header,
                               std::size_t chunk, const SecretKey& key) {
  std::uint64_t at = offset + header.payload_offset();
  for (std::size_t i = 0; i < chunk; ++i) {
    at += header.chunks[i].bytes;
  }
  std::string sealed(header.chunks[chunk].bytes, '\0');
  TRY(file.read(sealed.data(), sealed.size(), at));
  return unseal(key, sealed, bound_to(hour, header.serial, header.first_arrival, chunk));
}

std::string_view chunk_record(std::string_view chunk, std::uint32_t records, std::uint32_t i) {
  ByteReader lengths(chunk);
  std::uint64_t before = 0, length = 0;
  for (std::uint32_t k = 0; k < records; ++k) {
    std::uint64_t n = lengths.varint();
    if (k < i) {
      before += n;
    } else if (k == i) {
      length = n;
    }
  }
  ByteReader from(chunk.substr(chunk.size() - lengths.left()));
  from.raw(before);
  std::string_view record = from.raw(length);
  return lengths.ok() && from.ok() ? record : std::string_view();
}

Result<MemBlock> read_block(File& file, std::uint64_t offset, std::int64_t hour, const BlockHeader& header,
                            const SecretKey& key) {
  MemBlock block;
  block.first_arrival = header.first_arrival;
  block.first_at = header.first_at;
  block.last_at = header.last_at;
  block.min_created = header.min_created;
  block.max_created = header.max_created;
  for (std::size_t c = 0; c < header.chunks.size(); ++c) {
    std::string chunk = TRY(read_chunk(file, offset, hour, header, c, key));
    ByteReader lengths(chunk);
    std::size_t first = block.ends.size();
    std::size_t end = block.bytes.size();
    for (std::uint32_t i = 0; i < header.chunks[c].records; ++i) {
      end += lengths.varint();
      block.ends.push_back(static_cast<std::uint32_t>(end));
    }
    if (!lengths.ok() || end - block.bytes.size() != lengths.left() || first == block.ends.size()) {
      return fail(Code::Corrupt, "a chunk's lengths do not add up");
    }
    block.bytes.append(std::string_view(chunk).substr(chunk.size() - lengths.left()));
  }
  if (block.ends.size() != header.records) {
    return fail(Code::Corrupt, "a block holds another number of records than it says");
  }
  return block;
}

}  // namespace heed::store::recent
