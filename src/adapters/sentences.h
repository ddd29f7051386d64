#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace heed::adapters {

/// One sentence of a text: its bytes, and where it stands in UTF-16 units, half open, as other people's
/// protocols count.
struct Sentence {
  std::string_view text;
  std::uint32_t begin = 0, end = 0;
};

/// More than this many become one long last one, so that a text of full stops costs no more than another.
inline constexpr std::size_t kSentencesMax = 256;

/// Splits behind . ! ? … and their East Asian kin when white space or the end follows, and at line ends;
/// closing quotes and brackets stay with their sentence, white space around it belongs to none. Never empty
/// for a text that is not all white space. Linear. `text` is valid UTF-8.
void split_sentences(std::string_view text, std::vector<Sentence>& out);

/// Length in UTF-16 units.
std::uint32_t utf16_units(std::string_view text);

}  // namespace heed::adapters
