#include "store/recent/record.h"

#include "base/bytes.h"

namespace heed::store::recent {
namespace {

constexpr std::uint8_t kGone = 0xFF;

std::uint64_t zigzag(std::int64_t v) {
  return (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63);
}
std::int64_t unzigzag(std::uint64_t v) { return static_cast<std::int64_t>(v >> 1) ^ -static_cast<std::int64_t>(v & 1); }

void head(ByteWriter& to, post::StoredPost::Change change, Time at, Time created_at, std::string_view id,
          std::string_view author) {
  to.u8(static_cast<std::uint8_t>(change));
  to.varint(zigzag(to_ms(at)));
  to.varint(zigzag(to_ms(created_at)));
  to.bytes(id);
  to.bytes(author);
}

}  // namespace

void encode_record(std::string& out, const post::PostRecord& record) {
  ByteWriter to(out);
  head(to, record.change, record.at, record.created_at, record.id, record.author);
  std::size_t size = 0;
  if (record.targets != nullptr) {
    for (std::string_view target : *record.targets) {
      size += target.size() + (target.size() < 0x80 ? 1 : 2);
    }
  }
  to.varint(size);
  if (record.targets != nullptr) {
    for (std::string_view target : *record.targets) {
      to.bytes(target);
    }
  }
  to.bytes(record.json);
  to.bytes(record.signals);
}

void encode_record(std::string& out, const RecordView& record) {
  if (record.gone) {
    encode_gone(out);
    return;
  }
  ByteWriter to(out);
  head(to, record.change, record.at, record.created_at, record.id, record.author);
  to.bytes(record.targets);
  to.bytes(record.json);
  to.bytes(record.signals);
}

void encode_gone(std::string& out) { ByteWriter(out).u8(kGone); }

bool decode_record(std::string_view bytes, RecordView& out) {
  ByteReader from(bytes);
  std::uint8_t tag = from.u8();
  out = {};
  if (tag == kGone) {
    out.gone = true;
    return from.ok() && from.at_end();
  }
  if (tag > static_cast<std::uint8_t>(post::StoredPost::Change::Delete)) {
    return false;
  }
  out.change = static_cast<post::StoredPost::Change>(tag);
  out.at = from_ms(unzigzag(from.varint()));
  out.created_at = from_ms(unzigzag(from.varint()));
  out.id = from.bytes();
  out.author = from.bytes();
  out.targets = from.bytes();
  out.json = from.bytes();
  out.signals = from.bytes();
  return from.ok() && from.at_end();
}

bool RecordView::aimed_at(std::string_view target) const {
  ByteReader from(targets);
  while (from.ok() && !from.at_end()) {
    if (from.bytes() == target && from.ok()) {
      return true;
    }
  }
  return false;
}

post::StoredPost stored_post(const RecordView& record, std::uint64_t arrival) {
  return {arrival,
          record.at,
          record.created_at,
          record.change,
          std::string(record.id),
          std::string(record.author),
          std::string(record.json),
          std::string(record.signals)};
}

}  // namespace heed::store::recent
