#include "store/recent/keep.h"

#include <algorithm>

#include "base/bytes.h"
#include "store/recent/checksum.h"
#include "store/recent/hour.h"

namespace heed::store::recent {
namespace {
constexpr std::string_view kMagic = "HEEDKEEP1";
}

bool Keep::pinned(std::int64_t hour) const {
  return everything || std::any_of(pins.begin(), pins.end(), [&](const auto& pin) {
           return pin.second.since < hour_end(hour) && pin.second.until >= hour_start(hour);
         });
}

std::string Keep::bytes() const {
  std::string out(kMagic);
  ByteWriter to(out);
  to.u64(arrival_floor);
  to.u8(everything ? 1 : 0);
  to.varint(pins.size());
  for (const auto& [holder, pin] : pins) {
    to.bytes(holder);
    to.u64(static_cast<std::uint64_t>(to_ms(pin.since)));
    to.u64(static_cast<std::uint64_t>(to_ms(pin.until)));
  }
  to.varint(deletions_done.size());
  for (std::int64_t hour : deletions_done) {
    to.u64(static_cast<std::uint64_t>(hour));
  }
  to.u32(crc32c(out));
  return out;
}

Result<Keep> Keep::parse(std::string_view bytes) {
  tl::unexpected<Error> bad = fail(Code::Corrupt, "the list of kept hours does not verify");
  if (bytes.size() < kMagic.size() + 4 || !bytes.starts_with(kMagic) ||
      ByteReader(bytes.substr(bytes.size() - 4)).u32() != crc32c(bytes.substr(0, bytes.size() - 4))) {
    return bad;
  }
  ByteReader from(bytes.substr(kMagic.size(), bytes.size() - kMagic.size() - 4));
  Keep out;
  out.arrival_floor = from.u64();
  out.everything = from.u8() != 0;
  for (std::uint64_t n = from.varint(); n > 0 && from.ok(); --n) {
    std::string holder(from.bytes());
    Time since = from_ms(static_cast<std::int64_t>(from.u64()));
    Time until = from_ms(static_cast<std::int64_t>(from.u64()));
    out.pins[std::move(holder)] = {since, until};
  }
  for (std::uint64_t n = from.varint(); n > 0 && from.ok(); --n) {
    out.deletions_done.insert(static_cast<std::int64_t>(from.u64()));
  }
  if (!from.ok() || !from.at_end()) {
    return bad;
  }
  return out;
}

}  // namespace heed::store::recent
