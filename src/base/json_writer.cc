#include <array>
#include <charconv>
#include <cmath>
#include <cstring>

#include "base/bytes.h"
#include "base/json.h"

namespace heed {
namespace {

// 0: as it is; 'u': \u00XX; else the letter after the backslash.
constexpr std::array<char, 256> make_escapes() {
  std::array<char, 256> table{};
  for (std::size_t i = 0; i < 0x20; ++i) {
    table[i] = 'u';
  }
  table['\b'] = 'b';
  table['\f'] = 'f';
  table['\n'] = 'n';
  table['\r'] = 'r';
  table['\t'] = 't';
  table['"'] = '"';
  table['\\'] = '\\';
  return table;
}
constexpr auto kEscapes = make_escapes();

/// Only ASCII, and nothing to escape; eight bytes at a time ("Bit Twiddling Hacks": a zero or small byte in a
/// word).
bool is_plain(std::string_view text) {
  constexpr std::uint64_t kOnes = 0x0101010101010101, kHighs = 0x8080808080808080;
  std::uint64_t bad = 0;
  std::size_t i = 0;
  for (; i + 8 <= text.size(); i += 8) {
    std::uint64_t w;
    std::memcpy(&w, text.data() + i, sizeof w);
    std::uint64_t quote = w ^ kOnes * '"';
    std::uint64_t backslash = w ^ kOnes * '\\';
    bad |= w | (w - kOnes * 0x20) | (quote - kOnes) | (backslash - kOnes);  // of an ASCII byte: borrows if found
  }
  bad &= kHighs;
  for (; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    bad |= static_cast<std::uint64_t>(kEscapes[c] != 0 || c >= 0x80);
  }
  return bad == 0;
}

void append_escaped(std::string& out, std::string_view valid) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::size_t plain = 0;  // start of what needs no escape
  for (std::size_t i = 0; i < valid.size(); ++i) {
    auto c = static_cast<unsigned char>(valid[i]);
    char escape = kEscapes[c];
    if (escape == 0) [[likely]] {
      continue;
    }
    out.append(valid, plain, i - plain);
    plain = i + 1;
    out += '\\';
    out += escape;
    if (escape == 'u') {
      out.append("00").append(1, kHex[c >> 4]).append(1, kHex[c & 15]);
    }
  }
  out.append(valid, plain, valid.size() - plain);
}

/// Length of the well-formed sequence at the front, or 0 (Unicode 15, table 3-7).
std::size_t sequence_length(std::string_view text) {
  auto at = [&](std::size_t i) -> unsigned { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0; };
  auto tail = [&](std::size_t i) { return (at(i) & 0xC0) == 0x80; };
  unsigned a = at(0);
  unsigned b = at(1);
  if (a < 0x80) {
    return 1;
  }
  if (a >= 0xC2 && a <= 0xDF) {
    return tail(1) ? 2 : 0;
  }
  if (a >= 0xE0 && a <= 0xEF) {
    bool first_tail = a == 0xE0 ? b >= 0xA0 && b <= 0xBF : a == 0xED ? b >= 0x80 && b <= 0x9F : tail(1);
    return first_tail && tail(2) ? 3 : 0;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    bool first_tail = a == 0xF0 ? b >= 0x90 && b <= 0xBF : a == 0xF4 ? b >= 0x80 && b <= 0x8F : tail(1);
    return first_tail && tail(2) && tail(3) ? 4 : 0;
  }
  return 0;
}

template <class Number>
void append_number(std::string& out, Number n) {
  char buffer[32];
  out.append(buffer, std::to_chars(buffer, buffer + sizeof buffer, n).ptr);
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  if (is_plain(text)) {
    out += text;
  } else if (valid_utf8(text)) [[likely]] {
    append_escaped(out, text);
  } else {
    while (!text.empty()) {
      std::size_t good = 0;
      for (std::size_t n; good < text.size() && (n = sequence_length(text.substr(good))) > 0;) {
        good += n;
      }
      append_escaped(out, text.substr(0, good));
      text.remove_prefix(good);
      if (!text.empty()) {
        out += "\xEF\xBF\xBD";
        text.remove_prefix(1);
      }
    }
  }
  out += '"';
}

void JsonWriter::separate() {
  if (comma_) {
    *out_ += ',';
  }
  comma_ = true;
}

JsonWriter& JsonWriter::begin_object() {
  separate();
  *out_ += '{';
  comma_ = false;
  return *this;
}
JsonWriter& JsonWriter::end_object() {
  *out_ += '}';
  comma_ = true;
  return *this;
}
JsonWriter& JsonWriter::begin_array() {
  separate();
  *out_ += '[';
  comma_ = false;
  return *this;
}
JsonWriter& JsonWriter::end_array() {
  *out_ += ']';
  comma_ = true;
  return *this;
}
JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  append_json_string(*out_, name);
  *out_ += ':';
  comma_ = false;
  return *this;
}
JsonWriter& JsonWriter::value(std::string_view text) {
  separate();
  append_json_string(*out_, text);
  return *this;
}
JsonWriter& JsonWriter::value(bool b) { return raw(b ? "true" : "false"); }
JsonWriter& JsonWriter::value(std::int64_t n) {
  separate();
  append_number(*out_, n);
  return *this;
}
JsonWriter& JsonWriter::value(std::uint64_t n) {
  separate();
  append_number(*out_, n);
  return *this;
}
JsonWriter& JsonWriter::value(double d) {
  if (!std::isfinite(d)) {
    return null();
  }
  separate();
  if (std::abs(d) < 1e15) {
    append_number(*out_, d);
  } else {  // with an exponent: parsers take bare digits for an integer and refuse it beyond 64 bits
    char buffer[32];
    out_->append(buffer, std::to_chars(buffer, buffer + sizeof buffer, d, std::chars_format::scientific).ptr);
  }
  return *this;
}
JsonWriter& JsonWriter::null() { return raw("null"); }
JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_->append(json);
  return *this;
}

}  // namespace heed
