#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace heed::text {

/// Text as it is compared: lower case, Latin letters without diacritics (ß becomes ss), full-width letters narrow,
/// curly quotes straight, zero-width, bidi and combining marks gone; with the way back to the bytes it came from.
/// Everything else stays as it was. Reused between posts: no allocation in steady state.
struct Folded {
  std::string text;

  /// First byte of the original character that folded byte `at` comes from.
  std::uint32_t original_start(std::uint32_t at) const;
  /// First byte after the original character that the folded byte before `end` comes from.
  std::uint32_t original_end(std::uint32_t end) const;

  /// From `folded` on, byte i comes from byte original + (i - folded); where `length` is not 0, all bytes up to the
  /// next run come from the one character of that many bytes. No runs at all: nothing moved.
  struct Run {
    std::uint32_t folded, original, length;
  };
  std::vector<Run> runs;

 private:
  const Run* run_at(std::uint32_t at) const;
};

/// Linear. A byte that is no part of valid UTF-8 becomes a space. ASCII takes a path of its own, 8 bytes a step.
/// `utf8` may have at most 2^31 bytes.
void fold(std::string_view utf8, Folded& out);

}  // namespace heed::text
