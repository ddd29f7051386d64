#pragma once
#include <string>
#include <string_view>

/// Words of people inside sentences of ours: what they wrote must not change how ours read.
namespace heed::casework {

/// On one line, and without the marks that would turn the direction of what follows (U+202A–202E, U+2066–2069).
inline std::string in_line(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string_view mark = text.substr(i, 3);
    if ((mark >= "\xE2\x80\xAA" && mark <= "\xE2\x80\xAE") || (mark >= "\xE2\x81\xA6" && mark <= "\xE2\x81\xA9")) {
      i += 2;
    } else {
      out += text[i] == '\n' || text[i] == '\r' ? ' ' : text[i];
    }
  }
  return out;
}

/// As in_line(), and apart from its neighbours (U+2068 … U+2069) where it holds letters that may run the other way.
inline std::string isolated(std::string_view text) {
  std::string out = in_line(text);
  const bool plain = out.find_first_of("\xD6\xD7\xD8\xD9\xDA\xDB\xDC\xDD\xDE\xDF\xE0\xE2\xEF\xF0") == out.npos;
  return plain ? out : "\xE2\x81\xA8" + out + "\xE2\x81\xA9";
}

}  // namespace heed::casework
