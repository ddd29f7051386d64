#pragma once
#include <string>
#include <string_view>

#include "base/result.h"

namespace heed::rule {

/// A fault inside a literal: where, counted from its first byte, and what.
struct LiteralFault {
  std::uint32_t offset = 0, length = 0;
  std::string message;
};
template <class T>
using Literal = tl::expected<T, LiteralFault>;

/// The text of a string or bytes literal, given with prefix and quotes. Escapes as the specification has
/// them; in bytes \x and octal escapes are single bytes and \u is refused, in strings they are code points.
Literal<std::string> read_string(std::string_view token);
Literal<std::int64_t> read_int(std::string_view digits, bool negative);  ///< decimal or 0x
Literal<std::uint64_t> read_uint(std::string_view digits);               ///< with its u
Literal<double> read_double(std::string_view digits);                    ///< too large is a fault, too small is zero

/// `text` as a double-quoted literal that reads back as the same.
std::string quote(std::string_view text);
std::string quote_bytes(std::string_view bytes);

}  // namespace heed::rule
