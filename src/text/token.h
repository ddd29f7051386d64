#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace heed::text {

/// A stretch of folded text. Apostrophes inside a word do not count for its hash: "i'll" and "ill" are one word.
struct Token {
  enum class Kind : std::uint8_t {
    Word,    ///< letters and digits
    Number,  ///< begins with a digit: "12", "12a"
    Handle,  ///< "@anna", also "@anna@host.example"; all have one hash, so that "@" in a list stands for any of them
    Link,    ///< "https://…", "www.…"
    Symbol,  ///< one emoji or other sign that is no punctuation
  };
  std::uint32_t begin = 0, end = 0;  ///< bytes of the folded text
  std::uint64_t hash = 0;
  Kind kind = Kind::Word;
};

/// Splits folded text. Linear; no allocation once `out` has grown.
void tokenize(std::string_view folded, std::vector<Token>& out);

/// The same word, apostrophes left out.
bool same_word(std::string_view a, std::string_view b);

}  // namespace heed::text
