#include "text/fold.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "text/utf8.h"

namespace heed::text {
namespace {

/// U+00A0 to U+017F: lower case, decomposed, marks dropped; letters without decomposition by custom (ø to o, þ to th).
constexpr std::uint32_t kLatinFirst = 0xA0, kLatinEnd = 0x180;
constexpr std::array<std::string_view, kLatinEnd - kLatinFirst> kLatin = {
    " ", "\302\241", "\302\242", "\302\243", "\302\244", "\302\245", "\302\246", "\302\247", "\302\250",
    "\302\251", "a", "\"", "\302\254", "", "\302\256", "\302\257", "\302\260", "\302\261", "2", "3",
    "\302\264", "\302\265", "\302\266", "\302\267", "\302\270", "1", "o", "\"", "\302\274", "\302\275",
    "\302\276", "\302\277", "a", "a", "a", "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i",
    "d", "n", "o", "o", "o", "o", "o", "\303\227", "o", "u", "u", "u", "u", "y", "th", "ss", "a", "a", "a",
    "a", "a", "a", "ae", "c", "e", "e", "e", "e", "i", "i", "i", "i", "d", "n", "o", "o", "o", "o", "o",
    "\303\267", "o", "u", "u", "u", "u", "y", "th", "y", "a", "a", "a", "a", "a", "a", "c", "c", "c", "c",
    "c", "c", "c", "c", "d", "d", "d", "d", "e", "e", "e", "e", "e", "e", "e", "e", "e", "e", "g", "g", "g",
    "g", "g", "g", "g", "g", "h", "h", "h", "h", "i", "i", "i", "i", "i", "i", "i", "i", "i", "i", "ij",
    "ij", "j", "j", "k", "k", "k", "l", "l", "l", "l", "l", "l", "l", "l", "l", "l", "n", "n", "n", "n",
    "n", "n", "n", "n", "n", "o", "o", "o", "o", "o", "o", "oe", "oe", "r", "r", "r", "r", "r", "r", "s",
    "s", "s", "s", "s", "s", "s", "s", "t", "t", "t", "t", "t", "t", "u", "u", "u", "u", "u", "u", "u", "u",
    "u", "u", "u", "u", "w", "w", "y", "y", "y", "z", "z", "z", "z", "z", "z", "s",};

bool is_dropped(std::uint32_t c) {
  return (c >= 0x0300 && c <= 0x036F) ||  // combining marks
         c == 0x034F || c == 0x061C || c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 ||
         (c >= 0x180B && c <= 0x180E) || (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF) ||
         (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) ||
         (c >= 0x20D0 && c <= 0x20FF) || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFE20 && c <= 0xFE2F) ||
         c == 0xFEFF || (c >= 0xE0000 && c <= 0xE0FFF);
}

bool is_space(std::uint32_t c) {
  return c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

/// What one code point above ASCII becomes, in `buffer` or in the table.
std::string_view fold_code_point(std::uint32_t c, char* buffer) {
  if (c >= kLatinFirst && c < kLatinEnd) {
    return kLatin[c - kLatinFirst];
  }
  if (is_dropped(c)) {
    return {};
  }
  if (is_space(c)) {
    return " ";
  }
  if (c == 0x2018 || c == 0x2019 || c == 0x201A || c == 0x201B || c == 0x2032 || c == 0x02BC) {
    return "'";
  }
  if (c >= 0x201C && c <= 0x201F) {
    return "\"";
  }
  if (c == 0x2010 || c == 0x2011 || c == 0x2012 || c == 0x2013 || c == 0x2014 || c == 0x2015) {
    return "-";
  }
  if (c == 0x2026) {
    return "...";
  }
  if (c == 0x1E9E) {
    return "ss";
  }
  if (c >= 0xFF01 && c <= 0xFF5E) {
    buffer[0] = static_cast<char>(c - 0xFF01 + '!');
    if (buffer[0] >= 'A' && buffer[0] <= 'Z') {
      buffer[0] = static_cast<char>(buffer[0] + 32);
    }
    return {buffer, 1};
  }
  if ((c >= 0x0391 && c <= 0x03A9) || (c >= 0x0410 && c <= 0x042F)) {
    c += 0x20;  // Greek and Cyrillic capitals
  } else if (c >= 0x0400 && c <= 0x040F) {
    c += 0x50;
  }
  return {buffer, encode_utf8(c, buffer)};
}

/// Appends the ASCII bytes at the head of `in` in lower case; how many there were.
std::size_t fold_ascii(std::string_view in, std::string& out) {
  constexpr std::uint64_t kHigh = 0x8080808080808080ull;
  std::size_t n = 0;
  std::uint64_t word = 0;
  while (n + 8 <= in.size()) {
    std::memcpy(&word, in.data() + n, 8);
    if ((word & kHigh) != 0) {
      break;
    }
    n += 8;
  }
  while (n < in.size() && static_cast<unsigned char>(in[n]) < 0x80) {
    ++n;
  }
  const std::size_t start = out.size();
  out.resize(start + n);
  char* to = out.data() + start;
  for (std::size_t i = 0; i < n; ++i) {  // branch-free, so that it is vectorised
    const char c = in[i];
    to[i] = static_cast<char>(c + ((static_cast<unsigned char>(c - 'A') < 26) << 5));
  }
  return n;
}

}  // namespace

void fold(std::string_view utf8, Folded& out) {
  out.text.clear();
  out.runs.clear();
  std::size_t at = 0;
  bool moved = false;  // the next byte needs a run of its own
  while (at < utf8.size()) {
    if (static_cast<unsigned char>(utf8[at]) < 0x80) {
      if (moved) {
        out.runs.push_back({static_cast<std::uint32_t>(out.text.size()), static_cast<std::uint32_t>(at), 0});
        moved = false;
      }
      at += fold_ascii(utf8.substr(at), out.text);
      continue;
    }
    const CodePoint c = decode_utf8(utf8.substr(at));
    char buffer[4];
    const std::string_view folded = c.valid ? fold_code_point(c.value, buffer) : std::string_view(" ");
    if (folded.size() != c.length || moved) {
      if (!folded.empty()) {
        out.runs.push_back({static_cast<std::uint32_t>(out.text.size()), static_cast<std::uint32_t>(at),
                            static_cast<std::uint32_t>(c.length)});
      }
      moved = true;
    }
    out.text.append(folded);
    at += c.length;
  }
}

const Folded::Run* Folded::run_at(std::uint32_t at) const {
  auto after = std::upper_bound(runs.begin(), runs.end(), at,
                                [](std::uint32_t value, const Run& run) { return value < run.folded; });
  return after == runs.begin() ? nullptr : &*(after - 1);
}

std::uint32_t Folded::original_start(std::uint32_t at) const {
  const Run* run = run_at(at);
  return run == nullptr ? at : run->length != 0 ? run->original : run->original + (at - run->folded);
}

std::uint32_t Folded::original_end(std::uint32_t end) const {
  if (end == 0) {
    return 0;
  }
  const Run* run = run_at(end - 1);
  return run == nullptr ? end : run->length != 0 ? run->original + run->length : run->original + (end - run->folded);
}

}  // namespace heed::text
