#include "rule/literal.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

namespace heed::rule {
namespace {

int hex_value(char c) {
  return c >= '0' && c <= '9'   ? c - '0'
         : c >= 'a' && c <= 'f' ? c - 'a' + 10
         : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                : -1;
}

void append_utf8(std::string& out, std::uint32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

tl::unexpected<LiteralFault> fault(std::size_t offset, std::size_t length, std::string message) {
  return tl::unexpected(
      LiteralFault{static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(length), std::move(message)});
}

/// Reads `count` digits of `base` behind position `at`; -1 where there are fewer.
std::int64_t digits_after(std::string_view text, std::size_t at, std::size_t count, int base) {
  std::int64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const int digit = at + i < text.size() ? hex_value(text[at + i]) : -1;
    if (digit < 0 || digit >= base) {
      return -1;
    }
    value = value * base + digit;
  }
  return value;
}

}  // namespace

Literal<std::string> read_string(std::string_view token) {
  std::size_t at = 0;
  bool raw = false, bytes = false;
  for (; at < token.size() && token[at] != '"' && token[at] != '\''; ++at) {
    raw = raw || token[at] == 'r' || token[at] == 'R';
    bytes = bytes || token[at] == 'b' || token[at] == 'B';
  }
  const std::size_t quotes = token.size() - at >= 6 && token[at + 1] == token[at] && token[at + 2] == token[at] ? 3 : 1;
  at += quotes;
  const std::size_t end = token.size() - quotes;
  std::string out;
  while (at < end) {
    const char c = token[at];
    if (c == '\r' && quotes == 3) {  // newlines of a text file are newlines
      out += '\n';
      at += at + 1 < end && token[at + 1] == '\n' ? 2 : 1;
      continue;
    }
    if (c != '\\' || raw) {
      out += c;
      ++at;
      continue;
    }
    const char e = at + 1 < end ? token[at + 1] : '\0';
    constexpr std::string_view kNames = "abfnrtv\\?\"'`", kMeant = "\a\b\f\n\r\t\v\\?\"'`";
    if (const std::size_t i = kNames.find(e); i != std::string_view::npos && e != '\0') {
      out += kMeant[i];
      at += 2;
      continue;
    }
    std::size_t from = at + 2, count = 0;
    int base = 16;
    if (e == 'x' || e == 'X') {
      count = 2;
    } else if (e == 'u') {
      count = 4;
    } else if (e == 'U') {
      count = 8;
    } else if (e >= '0' && e <= '3') {
      from = at + 1;
      count = 3;
      base = 8;
    } else {
      return fault(at, 2, "unknown escape; a backslash is written \\\\, or put r before the string");
    }
    const std::int64_t value = digits_after(token.substr(0, end), from, count, base);
    if (value < 0) {
      return fault(at, from - at,
                   base == 8 ? "an octal escape has three digits, \\000 to \\377"
                             : "this escape needs " + std::to_string(count) + " hexadecimal digits");
    }
    if (bytes && count > 3) {
      return fault(at, from + count - at, "bytes have no \\u escapes; use \\x");
    }
    if (value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) {
      return fault(at, from + count - at, "this is not a code point of Unicode");
    }
    if (bytes) {
      out += static_cast<char>(value);
    } else {
      append_utf8(out, static_cast<std::uint32_t>(value));
    }
    at = from + count;
  }
  return out;
}

Literal<std::int64_t> read_int(std::string_view digits, bool negative) {
  std::string text = negative ? "-" : "";
  const bool hex = digits.size() > 2 && (digits[1] == 'x' || digits[1] == 'X');
  text += hex ? digits.substr(2) : digits;
  std::int64_t value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value, hex ? 16 : 10);
  if (read.ec != std::errc()) {
    return fault(0, digits.size(), "the number does not fit into 64 bits");
  }
  return value;
}

Literal<std::uint64_t> read_uint(std::string_view digits) {
  const bool hex = digits.size() > 2 && (digits[1] == 'x' || digits[1] == 'X');
  std::uint64_t value = 0;
  const char* from = digits.data() + (hex ? 2 : 0);
  const auto read = std::from_chars(from, digits.data() + digits.size() - 1, value, hex ? 16 : 10);
  if (read.ec != std::errc()) {
    return fault(0, digits.size(), "the number does not fit into 64 bits");
  }
  return value;
}

Literal<double> read_double(std::string_view digits) {
  double value = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (read.ec == std::errc::result_out_of_range) {
    // from_chars says the same of too large and too small.
    value = std::strtod(std::string(digits).c_str(), nullptr);
    if (std::isinf(value)) {
      return fault(0, digits.size(), "the number is too large for a double");
    }
  }
  return value;
}

namespace {
std::string quoted(std::string_view text, bool bytes) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string out = bytes ? "b\"" : "\"";
  for (char c : text) {
    const auto u = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (u < 0x20 || u == 0x7F || (bytes && u >= 0x80)) {
      out += "\\x";
      out += kHex[u >> 4];
      out += kHex[u & 15];
    } else {
      out += c;
    }
  }
  return out + '"';
}
}  // namespace

std::string quote(std::string_view text) { return quoted(text, false); }
std::string quote_bytes(std::string_view bytes) { return quoted(bytes, true); }

}  // namespace heed::rule
