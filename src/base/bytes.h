#pragma once
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace heed {

std::string to_hex(std::string_view raw);
Result<std::string> from_hex(std::string_view text);
std::string to_base64(std::string_view raw);
Result<std::string> from_base64(std::string_view text);
/// RFC 4648 §5 without padding.
std::string to_base64url(std::string_view raw);
Result<std::string> from_base64url(std::string_view text);
/// True when `text` is valid UTF-8 (no surrogates, no overlong forms).
bool valid_utf8(std::string_view text);
/// Cuts at a code-point boundary at or before `bytes_max`.
std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max);

/// Little-endian, length-prefixed records for what is stored in binary. Lengths are LEB128 varints.
class ByteWriter {
 public:
  explicit ByteWriter(std::string& out) : out_(out) {}
  void u8(std::uint8_t v) { out_.push_back(static_cast<char>(v)); }
  void u32(std::uint32_t v) { raw(&v, sizeof v); }
  void u64(std::uint64_t v) { raw(&v, sizeof v); }
  void varint(std::uint64_t v) {
    while (v >= 0x80) {
      u8(static_cast<std::uint8_t>(v | 0x80));
      v >>= 7;
    }
    u8(static_cast<std::uint8_t>(v));
  }
  void bytes(std::string_view v) {
    varint(v.size());
    out_.append(v);
  }
  void append(std::string_view v) { out_.append(v); }

 private:
  void raw(const void* p, std::size_t n) { out_.append(static_cast<const char*>(p), n); }
  std::string& out_;
};

/// Reads what ByteWriter wrote; after any overrun `ok()` is false and every further read gives zero or "".
class ByteReader {
 public:
  explicit ByteReader(std::string_view in) : in_(in) {}
  bool ok() const { return ok_; }
  bool at_end() const { return in_.empty(); }
  std::size_t left() const { return in_.size(); }
  std::uint8_t u8() { return fixed<std::uint8_t>(); }
  std::uint32_t u32() { return fixed<std::uint32_t>(); }
  std::uint64_t u64() { return fixed<std::uint64_t>(); }
  std::uint64_t varint() {
    std::uint64_t v = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      std::uint8_t b = u8();
      v |= static_cast<std::uint64_t>(b & 0x7F) << shift;
      if ((b & 0x80) == 0) {
        return v;
      }
    }
    ok_ = false;
    return 0;
  }
  std::string_view bytes() { return raw(varint()); }
  std::string_view raw(std::uint64_t n) {
    if (!ok_ || n > in_.size()) {
      ok_ = false;
      return {};
    }
    std::string_view v = in_.substr(0, n);
    in_.remove_prefix(n);
    return v;
  }

 private:
  template <class T>
  T fixed() {
    std::string_view v = raw(sizeof(T));
    T value{};
    if (v.size() == sizeof(T)) {
      std::memcpy(&value, v.data(), sizeof(T));
    }
    return value;
  }
  std::string_view in_;
  bool ok_ = true;
};

}  // namespace heed
