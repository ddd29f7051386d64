#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace heed::text {

struct CodePoint {
  std::uint32_t value = 0;
  std::size_t length = 1;  ///< bytes taken; 1 when invalid
  bool valid = false;
};

/// The first code point of `text`, which must not be empty. Refuses overlong forms, surrogates and cut-off
/// sequences.
inline CodePoint decode_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto more = [&](std::size_t i) { return i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned first = byte(0);
  if (first < 0x80) {
    return {first, 1, true};
  }
  if (first >= 0xC2 && first < 0xE0 && more(1)) {
    return {(first & 0x1Fu) << 6 | (byte(1) & 0x3Fu), 2, true};
  }
  if (first >= 0xE0 && first < 0xF0 && more(1) && more(2)) {
    const std::uint32_t value = (first & 0x0Fu) << 12 | (byte(1) & 0x3Fu) << 6 | (byte(2) & 0x3Fu);
    if (value >= 0x800 && (value < 0xD800 || value > 0xDFFF)) {
      return {value, 3, true};
    }
  }
  if (first >= 0xF0 && first < 0xF5 && more(1) && more(2) && more(3)) {
    const std::uint32_t value =
        (first & 0x07u) << 18 | (byte(1) & 0x3Fu) << 12 | (byte(2) & 0x3Fu) << 6 | (byte(3) & 0x3Fu);
    if (value >= 0x10000 && value <= 0x10FFFF) {
      return {value, 4, true};
    }
  }
  return {};
}

/// Writes 1 to 4 bytes; how many.
inline std::size_t encode_utf8(std::uint32_t c, char* out) {
  if (c < 0x80) {
    out[0] = static_cast<char>(c);
    return 1;
  }
  if (c < 0x800) {
    out[0] = static_cast<char>(0xC0 | c >> 6);
    out[1] = static_cast<char>(0x80 | (c & 0x3F));
    return 2;
  }
  if (c < 0x10000) {
    out[0] = static_cast<char>(0xE0 | c >> 12);
    out[1] = static_cast<char>(0x80 | (c >> 6 & 0x3F));
    out[2] = static_cast<char>(0x80 | (c & 0x3F));
    return 3;
  }
  out[0] = static_cast<char>(0xF0 | c >> 18);
  out[1] = static_cast<char>(0x80 | (c >> 12 & 0x3F));
  out[2] = static_cast<char>(0x80 | (c >> 6 & 0x3F));
  out[3] = static_cast<char>(0x80 | (c & 0x3F));
  return 4;
}

}  // namespace heed::text
