#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace heed::text {

/// Words written upside down ("ʇxǝʇ uʍop ǝpısdn"): every letter is one that looks turned by half a circle, and the
/// whole stands in reverse. Bytes [begin, end) of a text.
struct TurnedWords {
  std::uint32_t begin = 0, end = 0;
};

/// The letter that a turned one stands for; 0 for one that no turned word has. An ASCII letter that turns into another
/// (b, d, n, p, q, u) gives that one, one that stays as it is (o, s, x, z, l, i) itself.
char upright(std::uint32_t code_point);

/// Not seen: zero-width and bidi marks, accents. Left out wherever they stand.
inline bool is_unseen(std::uint32_t c) {
  return c == 0xAD || (c >= 0x300 && c < 0x370) || (c >= 0x200B && c < 0x2010) || (c >= 0x2060 && c < 0x2070) ||
         c == 0xFEFF;
}

/// Whether this one alone makes it worth looking for turned words: phonetic letters and the like, which ordinary text
/// in any language with an alphabet of its own does not mix with only such Latin letters as can be turned.
inline bool may_be_turned(std::uint32_t c) {
  return (c >= 0x250 && c < 0x2B0) || c == 0x183 || (c >= 0x1D00 && c < 0x1D80) || (c >= 0x2130 && c < 0x2150) ||
         c == 0xA781;
}

/// Words in a row of one line that are nothing but turned letters, digits and punctuation: at least two letters and a
/// third of them ones that mean nothing else, among these one that is no letter of a living alphabet (ɔ is, ɐ is not).
/// Handles, links and words with any other letter end them, so that phonetic spelling ("/ˈwɔːtə/") and languages that
/// use such letters stay as they are. Words that read either way ("no") belong to them only between others, or where
/// the line has no other words. Linear. Replaces `out`.
void find_turned_words(std::string_view utf8, std::vector<TurnedWords>& out);

}  // namespace heed::text
