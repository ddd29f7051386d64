#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heed::text {

/// Text as it is compared: NFKC, lower case; Latin, Greek, Arabic and Hebrew letters without marks (ß becomes
/// ss); full-width, mathematical, enclosed and other styled letters plain (𝐤, Ⓚ, 🅺, ᴋ), regional indicators
/// that are no flags too; curly quotes straight; zero-width and bidi marks gone; letters written as letter
/// and mark put together; words written upside down turned back, in their right order. With the way back to the bytes
/// each came from. All of this is always done, since nobody who meant another word is harmed by it; what needs a
/// judgement (look-alikes of other scripts, leet, masks) is for unmask(). Reused between posts: no allocation in steady
/// state.
struct Folded {
  std::string text;

  struct Span {
    std::uint32_t start = 0, end = 0;
  };
  /// The original characters that folded bytes [begin, end) come from; one more byte at least where begin < end.
  Span original(std::uint32_t begin, std::uint32_t end) const;

  /// From `folded` on, byte i comes from byte original + (i - folded); where `length` is not 0, all bytes up
  /// to the next run come from the one character of that many bytes. No runs at all: nothing moved.
  struct Run {
    std::uint32_t folded, original, length;
  };
  std::vector<Run> runs;
  /// Folded bytes of words that stood upside down: each character in a run of its own, the last one first.
  std::vector<Span> turned;

 private:
  std::uint32_t original_start(std::uint32_t at) const;
  std::uint32_t original_end(std::uint32_t end) const;
  const Run* run_at(std::uint32_t at) const;
};

/// Linear. A byte that is no part of valid UTF-8 becomes a space. ASCII takes a path of its own, 8 bytes a
/// step. `utf8` may have at most 2^31 bytes.
///
/// Leave: words upside down stay as they stand. For learning: what the shipped models were taught stays the same
/// bits.
enum class UpsideDown : bool { Turn, Leave };
void fold(std::string_view utf8, Folded& out, UpsideDown words = UpsideDown::Turn);

}  // namespace heed::text
