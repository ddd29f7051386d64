#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heed::text {

/// What one code point above ASCII folds to: NFKC_Casefold of Unicode (by ICU), then our own choices over it:
/// Latin, Greek, Arabic and Hebrew letters lose their marks, others keep theirs (и and й are two letters);
/// letters styled without a decomposition (🅺, ᴋ) become plain; quotes and dashes straight; what is not seen
/// is gone. Built once from ICU for the blocks where something changes (some 20,000 code points, measured in
/// text_bench), so that folding is a look into pages instead of a call a character, and so that spans come
/// back exactly. What it says is a fixed point of itself.
class FoldTable {
 public:
  /// Built on the first call; any thread.
  static const FoldTable& get();

  enum class Kind : std::uint8_t { Same, Text, Composes };
  struct Entry {
    Kind kind = Kind::Same;
    std::string_view text;  ///< for Text; "" is dropped. For Composes: when there is nothing to compose with
    bool keeps = false;     ///< for Composes: stays as it is when there is nothing to compose with
  };
  Entry operator[](std::uint32_t c) const {
    const std::uint32_t entry = entries_[pages_[c >> kPageBits] * kPageSize + (c & (kPageSize - 1))];
    if (entry == 0) {
      return {};
    }
    const std::string_view text = std::string_view(pool_).substr(entry >> 8, entry & 63);
    return {(entry & 64) != 0 ? Kind::Composes : Kind::Text, text, (entry & 128) != 0};
  }
  /// The letter that `first` and the mark or jamo `second` are together, when folding leaves that letter as
  /// it is; else 0.
  std::uint32_t compose(std::uint32_t first, std::uint32_t second) const;

 private:
  FoldTable();
  std::string fold_once(std::uint32_t c) const;

  static constexpr unsigned kPageBits = 7;
  static constexpr std::uint32_t kPageSize = 1u << kPageBits;
  std::array<std::uint16_t, (0x110000 >> kPageBits)> pages_{};
  std::vector<std::uint32_t> entries_;  ///< 0: same; else offset in pool_ << 8 | keeps << 7 | composes << 6 | length
  std::string pool_;
};

/// Whether two regional indicators (0 to 25 each) are the flag of a country or of a union.
bool is_flag(unsigned first, unsigned second);

}  // namespace heed::text
