#pragma once
#include <cstdint>
#include <string_view>

/// What one code point above ASCII folds to: NFKC_Casefold of Unicode (by ICU), then our own choices over it:
/// Latin, Greek, Arabic and Hebrew letters lose their marks, others keep theirs (и and й are two letters);
/// letters styled without a decomposition (🅺, ᴋ) become plain; quotes and dashes straight; what is not seen
/// is gone. Made from ICU by the build (make_fold_table.cc) for the blocks where something changes, some 20,000 code
/// points, so that folding is a look into pages instead of a call a character, and so that spans come back exactly.
/// What it says is a fixed point of itself.
namespace heed::text {

inline constexpr unsigned kFoldPageBits = 7;
inline constexpr std::uint32_t kFoldPageSize = 1u << kFoldPageBits;
inline constexpr std::uint32_t kFoldPages = 0x110000 >> kFoldPageBits;
extern const std::uint16_t kFoldPage[kFoldPages];
/// 0: same; else offset in kFoldPool << 8 | keeps << 7 | composes << 6 | length.
extern const std::uint32_t kFoldEntry[];
extern const unsigned char kFoldPool[];

struct FoldEntry {
  enum class Kind : std::uint8_t { Same, Text, Composes };
  Kind kind = Kind::Same;
  std::string_view text;  ///< for Text; "" is dropped. For Composes: when there is nothing to compose with
  bool keeps = false;     ///< for Composes: stays as it is when there is nothing to compose with
};
/// `c` is a code point. Any thread.
inline FoldEntry fold_entry(std::uint32_t c) {
  const std::uint32_t entry = kFoldEntry[kFoldPage[c >> kFoldPageBits] * kFoldPageSize + (c & (kFoldPageSize - 1))];
  if (entry == 0) {
    return {};
  }
  const std::string_view text(reinterpret_cast<const char*>(kFoldPool) + (entry >> 8), entry & 63);
  return {(entry & 64) != 0 ? FoldEntry::Kind::Composes : FoldEntry::Kind::Text, text, (entry & 128) != 0};
}

/// The letter that `first` and the mark or jamo `second` are together, when folding leaves that letter as it is; else
/// 0.
std::uint32_t fold_together(std::uint32_t first, std::uint32_t second);

/// Whether two regional indicators (0 to 25 each) are the flag of a country or of a union.
bool is_flag(unsigned first, unsigned second);

}  // namespace heed::text
