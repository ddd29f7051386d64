#include "store/sqlite/backup_format.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdio>

#include "base/bytes.h"

namespace heed::store {
namespace {

constexpr std::string_view kMagic = "heedsegm";
constexpr std::uint32_t kVersion = 1;
constexpr std::size_t kHeaderBytes = 8 + 4 + 8 + 32;
constexpr std::size_t kBufferBytes = 1 << 20;
constexpr std::uint32_t kRecordBytesMax = 256 << 20;

std::string header_of(std::uint64_t number, const Digest& before) {
  std::string header(kMagic);
  ByteWriter w(header);
  w.u32(kVersion);
  w.u64(number);
  w.append(view(before));
  return header;
}

Digest link_after(const Digest& before, RecordType type, std::string_view payload) {
  char kind = static_cast<char>(type);
  return sha256(view(before), {&kind, 1}, payload);
}

std::string numbered(const char* kind, std::uint64_t number) {
  char name[64];
  std::snprintf(name, sizeof name, "%s-%010llu.heed", kind, static_cast<unsigned long long>(number));
  return name;
}

std::string manifest_content(const Manifest& m) {
  std::string out;
  ByteWriter w(out);
  w.u64(m.head.commit);
  w.u64(m.head.pos);
  w.append(view(m.head.hash));
  w.u64(m.operational);
  w.append(view(m.operational_digest));
  return out;
}

std::string signed_text(std::string_view content, const Digest& link) {
  return "heed backup manifest 1" + std::string(content) + std::string(view(link));
}

}  // namespace

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number) {
  return folder / numbered("segment", number);
}
std::filesystem::path operational_path(const std::filesystem::path& folder, std::uint64_t number) {
  return folder / numbered("operational", number);
}

Result<std::vector<std::uint64_t>> list_segments(const std::filesystem::path& folder) {
  std::vector<std::uint64_t> numbers;
  std::error_code failed;
  for (const auto& entry : std::filesystem::directory_iterator(folder, failed)) {
    std::string name = entry.path().filename();
    std::uint64_t number = 0;
    if (name.starts_with("segment-") &&
        std::from_chars(name.data() + 8, name.data() + name.size(), number).ec == std::errc() &&
        name == numbered("segment", number)) {
      numbers.push_back(number);
    }
  }
  if (failed) {
    return io_error("reading the backup folder", folder, failed.value());
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::string encode_event(const ledger::StoredEvent& event) {
  std::string out;
  out.reserve(event.header.size() + event.bodies.size() + 80);
  ByteWriter w(out);
  w.u64(event.pos);
  w.append(event.case_id.view());
  w.u64(event.seq);
  w.append(view(event.hash));
  w.bytes(event.header);
  w.bytes(event.bodies);
  return out;
}

Result<ledger::StoredEvent> decode_event(std::string_view payload) {
  ByteReader r(payload);
  ledger::StoredEvent event;
  event.pos = r.u64();
  event.case_id = CaseId::from_view(r.raw(16));
  event.seq = r.u64();
  event.hash = digest_from_view(r.raw(32));
  event.header = r.bytes();
  event.bodies = r.bytes();
  return r.ok() && r.at_end() ? Result<ledger::StoredEvent>(std::move(event))
                              : fail(Code::Corrupt, "an event record does not decode");
}

std::string encode_commit(const ledger::CommitRow& row) {
  std::string out;
  ByteWriter w(out);
  w.u64(row.number);
  w.u64(row.first_pos);
  w.u64(row.last_pos);
  w.append(view(row.root));
  w.append(view(row.hash));
  return out;
}

Result<ledger::CommitRow> decode_commit(std::string_view payload) {
  ByteReader r(payload);
  ledger::CommitRow row;
  row.number = r.u64();
  row.first_pos = r.u64();
  row.last_pos = r.u64();
  row.root = digest_from_view(r.raw(32));
  row.hash = digest_from_view(r.raw(32));
  return r.ok() && r.at_end() ? Result<ledger::CommitRow>(row) : fail(Code::Corrupt, "a commit record does not decode");
}

std::string encode_manifest(const Manifest& manifest, const Digest& link, const SigningKey& key) {
  std::string content = manifest_content(manifest);
  return content + sign(key, signed_text(content, link));
}

Result<Manifest> decode_manifest(std::string_view payload, const Digest& link, std::string_view public_key) {
  ByteReader r(payload);
  Manifest m;
  m.head.commit = r.u64();
  m.head.pos = r.u64();
  m.head.hash = digest_from_view(r.raw(32));
  m.operational = r.u64();
  m.operational_digest = digest_from_view(r.raw(32));
  std::string_view signature = r.raw(64);
  if (!r.ok() || !r.at_end()) {
    return fail(Code::Corrupt, "a manifest does not decode");
  }
  if (!verify_signature(public_key, signed_text(manifest_content(m), link), signature)) {
    return fail(Code::Corrupt, "a manifest is not signed with this installation's key");
  }
  return m;
}

Result<SegmentReader> SegmentReader::open(const std::filesystem::path& folder, std::uint64_t number,
                                          const std::optional<Digest>& before) {
  SegmentReader reader;
  reader.path_ = segment_path(folder, number);
  reader.bytes_ = TRY(read_file(reader.path_));
  std::string_view all = reader.bytes_;
  std::string name = reader.path_.filename().string();
  if (all.size() < kHeaderBytes || !all.starts_with(kMagic)) {
    return fail(Code::Corrupt, name + " at byte 0: this is no backup segment");
  }
  ByteReader r(all.substr(kMagic.size(), kHeaderBytes - kMagic.size()));
  std::uint32_t version = r.u32();
  std::uint64_t stored = r.u64();
  Digest link = digest_from_view(r.raw(32));
  if (version != kVersion) {
    return fail(Code::Conflict, name + " was written by a newer release");
  }
  if (stored != number) {
    return fail(Code::Corrupt, name + " at byte 0: it is segment " + std::to_string(stored) + " under another name");
  }
  if (before && link != *before) {
    return fail(Code::Corrupt, name + " at byte 0: it does not follow from the segment before it");
  }
  reader.place_ = {number, kHeaderBytes, sha256(all.substr(0, kHeaderBytes))};
  return reader;
}

Result<std::optional<SegmentReader::Record>> SegmentReader::next() {
  std::string_view rest = std::string_view(bytes_).substr(place_.bytes);
  if (rest.empty()) {
    return std::optional<Record>();
  }
  std::string where = path_.filename().string() + " at byte " + std::to_string(place_.bytes) + ": ";
  ByteReader r(rest);
  std::uint32_t length = r.u32();
  auto type = static_cast<RecordType>(r.u8());
  std::string_view payload = r.raw(length);
  std::string_view stored = r.raw(32);
  if (!r.ok() || length > kRecordBytesMax) {
    return fail(Code::Corrupt, where + "the record is cut off");
  }
  Record record{type, payload, place_.link};
  Digest link = link_after(place_.link, type, payload);
  if (view(link) != stored) {
    return fail(Code::Corrupt, where + "the record was changed or does not follow from the one before it");
  }
  place_.bytes += 4 + 1 + length + 32;
  place_.link = link;
  return std::optional(record);
}

Result<SegmentWriter> SegmentWriter::create(const std::filesystem::path& folder, const SegmentPlace& before) {
  SegmentWriter writer;
  writer.path_ = segment_path(folder, before.segment + 1);
  writer.fd_ = Fd(::open(writer.path_.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
  if (!writer.fd_) {
    return io_error("creating the backup segment", writer.path_, errno);
  }
  std::string header = header_of(before.segment + 1, before.link);
  TRY(pwrite_fully(writer.fd_.get(), header, 0));
  TRY(sync_folder(folder));
  writer.place_ = {before.segment + 1, header.size(), sha256(header)};
  return writer;
}

Result<SegmentWriter> SegmentWriter::resume(const std::filesystem::path& folder, const SegmentPlace& place) {
  SegmentWriter writer;
  writer.path_ = segment_path(folder, place.segment);
  writer.fd_ = Fd(::open(writer.path_.c_str(), O_WRONLY | O_CLOEXEC));
  if (!writer.fd_ || ::ftruncate(writer.fd_.get(), static_cast<off_t>(place.bytes)) != 0) {
    return io_error("opening the backup segment", writer.path_, errno);
  }
  writer.place_ = place;
  return writer;
}

Result<void> SegmentWriter::append(RecordType type, std::string_view payload) {
  Digest link = link_after(place_.link, type, payload);
  ByteWriter w(buffer_);
  w.u32(static_cast<std::uint32_t>(payload.size()));
  w.u8(static_cast<std::uint8_t>(type));
  w.append(payload);
  w.append(view(link));
  place_.link = link;
  place_.bytes += 4 + 1 + payload.size() + 32;
  return buffer_.size() >= kBufferBytes ? hand_down() : Result<void>();
}

Result<void> SegmentWriter::hand_down() {
  TRY(pwrite_fully(fd_.get(), buffer_, place_.bytes - buffer_.size()));
  buffer_.clear();
  return {};
}

Result<void> SegmentWriter::flush() {
  TRY(hand_down());
  if (::fdatasync(fd_.get()) != 0) {
    return io_error("flushing the backup segment", path_, errno);
  }
  return {};
}

}  // namespace heed::store
