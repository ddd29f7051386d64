#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heed::text {

/// Text as it is compared: NFKC, lower case; Latin, Greek, Arabic and Hebrew letters without marks (ß becomes
/// ss); full-width, mathematical, enclosed and other styled letters plain (𝐤, Ⓚ, 🅺, ᴋ), regional indicators
/// that are no flags too; curly quotes straight; zero-width and bidi marks gone; letters written as letter
/// and mark put together. With the way back to the bytes each came from. All of this is always done, since
/// nobody who meant another word is harmed by it; what needs a judgement (look-alikes of other scripts, leet,
/// masks) is for unmask(). Reused between posts: no allocation in steady state.
struct Folded {
  std::string text;

  /// First byte of the original character that folded byte `at` comes from.
  std::uint32_t original_start(std::uint32_t at) const;
  /// First byte after the original character that the folded byte before `end` comes from.
  std::uint32_t original_end(std::uint32_t end) const;

  /// From `folded` on, byte i comes from byte original + (i - folded); where `length` is not 0, all bytes up
  /// to the next run come from the one character of that many bytes. No runs at all: nothing moved.
  struct Run {
    std::uint32_t folded, original, length;
  };
  std::vector<Run> runs;

 private:
  const Run* run_at(std::uint32_t at) const;
};

/// Linear. A byte that is no part of valid UTF-8 becomes a space. ASCII takes a path of its own, 8 bytes a
/// step. `utf8` may have at most 2^31 bytes.
void fold(std::string_view utf8, Folded& out);

}  // namespace heed::text
