#include "text/homoglyphs.h"

#include <algorithm>
#include <array>

namespace heed::text {
namespace {

struct Look {
  std::uint32_t c;
  char letter;
  bool close;
};
// Folded letters are lower case, so a letter whose capital is the twin (В, Н, Ρ) stands here in lower case.
constexpr Look kLooks[] = {
    // Greek
    {0x03B1, 'a', true},
    {0x03B2, 'b', true},
    {0x03B3, 'y', false},
    {0x03B5, 'e', true},
    {0x03B6, 'z', true},
    {0x03B7, 'h', false},
    {0x03B9, 'i', true},
    {0x03BA, 'k', true},
    {0x03BC, 'm', false},
    {0x03BD, 'v', true},
    {0x03BF, 'o', true},
    {0x03C1, 'p', true},
    {0x03C3, 'o', false},
    {0x03C4, 't', true},
    {0x03C5, 'u', true},
    {0x03C7, 'x', true},
    {0x03C9, 'w', false},
    {0x03F2, 'c', true},
    {0x03F3, 'j', true},
    // Cyrillic
    {0x0430, 'a', true},
    {0x0432, 'b', true},
    {0x0433, 'r', false},
    {0x0435, 'e', true},
    {0x0437, 'z', false},
    {0x0438, 'u', false},
    {0x043A, 'k', true},
    {0x043C, 'm', true},
    {0x043D, 'h', true},
    {0x043E, 'o', true},
    {0x043F, 'n', false},
    {0x0440, 'p', true},
    {0x0441, 'c', true},
    {0x0442, 't', true},
    {0x0443, 'y', true},
    {0x0445, 'x', true},
    {0x044C, 'b', true},
    {0x044F, 'r', false},
    {0x0448, 'w', false},
    {0x0451, 'e', true},
    {0x0454, 'e', false},
    {0x0455, 's', true},
    {0x0456, 'i', true},
    {0x0457, 'i', true},
    {0x0458, 'j', true},
    {0x045B, 'h', false},
    {0x0475, 'v', true},
    {0x049B, 'k', true},
    {0x04AF, 'y', true},
    {0x04B3, 'x', true},
    {0x04BB, 'h', true},
    {0x04BD, 'e', false},
    {0x04C0, 'l', true},
    {0x04CF, 'l', true},
    {0x0501, 'd', true},
    {0x051B, 'q', true},
    {0x051D, 'w', true},
    // Armenian
    {0x0561, 'w', false},
    {0x0563, 'q', true},
    {0x0566, 'q', true},
    {0x0570, 'h', true},
    {0x0575, 'j', true},
    {0x0578, 'n', true},
    {0x057D, 'u', true},
    {0x0581, 'g', true},
    {0x0584, 'f', false},
    {0x0585, 'o', true},
    // Cherokee
    {0x13A0, 'd', true},
    {0x13A1, 'r', true},
    {0x13A2, 't', true},
    {0x13A5, 'i', true},
    {0x13A9, 'y', true},
    {0x13AA, 'a', true},
    {0x13AB, 'j', true},
    {0x13AC, 'e', true},
    {0x13B3, 'w', true},
    {0x13B7, 'm', true},
    {0x13BB, 'h', true},
    {0x13C0, 'g', true},
    {0x13C2, 'h', true},
    {0x13C3, 'z', true},
    {0x13CF, 'b', true},
    {0x13DA, 's', true},
    {0x13DE, 'l', true},
    {0x13DF, 'c', true},
    {0x13E2, 'p', true},
    {0x13E6, 'k', true},
    {0x13D9, 'v', true},
    {0x13F4, 'b', true},
    // Lisu
    {0xA4D0, 'b', true},
    {0xA4D1, 'p', true},
    {0xA4D3, 'd', true},
    {0xA4D4, 't', true},
    {0xA4D6, 'g', true},
    {0xA4D7, 'k', true},
    {0xA4D9, 'j', true},
    {0xA4DA, 'c', true},
    {0xA4DC, 'z', true},
    {0xA4DD, 'f', true},
    {0xA4DF, 'm', true},
    {0xA4E0, 'n', true},
    {0xA4E1, 'l', true},
    {0xA4E2, 's', true},
    {0xA4E3, 'r', true},
    {0xA4E6, 'v', true},
    {0xA4E7, 'h', true},
    {0xA4EA, 'w', true},
    {0xA4EB, 'x', true},
    {0xA4EC, 'y', true},
    {0xA4EE, 'a', true},
    {0xA4F0, 'e', true},
    {0xA4F2, 'i', true},
    {0xA4F3, 'o', true},
    {0xA4F4, 'u', true}};

constexpr auto kSorted = [] {
  std::array<Look, std::size(kLooks)> sorted{};
  std::copy(std::begin(kLooks), std::end(kLooks), sorted.begin());
  std::sort(sorted.begin(), sorted.end(), [](const Look& a, const Look& b) { return a.c < b.c; });
  return sorted;
}();

}  // namespace

LatinLook latin_look(std::uint32_t c) {
  const auto found = std::lower_bound(kSorted.begin(), kSorted.end(), c,
                                      [](const Look& look, std::uint32_t at) { return look.c < at; });
  return found != kSorted.end() && found->c == c ? LatinLook{found->letter, found->close} : LatinLook{};
}

std::uint32_t cyrillic_look(char latin) {
  static constexpr std::uint32_t kOf[26] = {0x430, 0x432, 0x441, 0,     0x435, 0,     0,     0x43D, 0x456,
                                            0,     0x43A, 0,     0x43C, 0,     0x43E, 0x440, 0,     0,
                                            0x455, 0x442, 0,     0,     0,     0x445, 0x443, 0};
  return latin >= 'a' && latin <= 'z' ? kOf[latin - 'a'] : 0;
}

}  // namespace heed::text
