#pragma once
#include <cstdint>

namespace heed::text {

/// The Latin letter that a letter of another script (folded) looks like, after Unicode's confusables.txt and
/// what is seen in posts; '\0' if none. `close`: readers take one for the other, rather than a letter put in
/// its place for style (я).
struct LatinLook {
  char letter = '\0';
  bool close = false;
};
LatinLook latin_look(std::uint32_t c);

/// The Cyrillic letter that a Latin one looks like; 0 if none.
std::uint32_t cyrillic_look(char latin);

inline bool is_cyrillic(std::uint32_t c) { return c >= 0x0400 && c < 0x0530; }
inline bool is_greek(std::uint32_t c) { return c >= 0x0370 && c < 0x0400; }

}  // namespace heed::text
