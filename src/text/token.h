#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

namespace heed::text {

/// A stretch of folded text. Apostrophes inside a word do not count for its hash: "i'll" and "ill" are one
/// word.
struct Token {
  enum class Kind : std::uint8_t {
    Word,    ///< letters and digits
    Number,  ///< begins with a digit: "12", "12a"
    Handle,  ///< "@anna", also "@anna@host.example"; all have one hash, so that "@" in a list stands for any
             ///< of them
    Link,    ///< "https://…", "www.…"
    Symbol,  ///< one emoji or other sign that is no punctuation; a flag is one
  };
  /// What the letters of a Word or Number hold; bits of `traits`. Found while splitting, so that undoing an
  /// evasion need not look at ordinary words again.
  enum Trait : std::uint8_t {
    kAsciiLetter = 1,
    kDigit = 2,
    kHigh = 4,       ///< a letter outside ASCII
    kDoubled = 8,    ///< two equal ASCII letters in a row, at two places or more
    kStretched = 16  ///< three or more equal ASCII letters in a row
  };
  std::uint32_t begin = 0, end = 0;  ///< bytes of the folded text
  std::uint64_t hash = 0;
  Kind kind = Kind::Word;
  std::uint8_t traits = 0;
};

/// Splits folded text. Linear; no allocation once `out` has grown.
void tokenize(std::string_view folded, std::vector<Token>& out);

/// The hash that a Word or Number of these letters has; byte by byte where many words begin alike.
class WordHash {
 public:
  /// FNV-1a.
  void add(char c) { hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3ull; }
  /// FNV's low bits are weak where tables take them (finaliser of MurmurHash3).
  std::uint64_t value() const {
    const std::uint64_t hash = (hash_ ^ hash_ >> 33) * 0xff51afd7ed558ccdull;
    return hash ^ hash >> 33;
  }

 private:
  std::uint64_t hash_ = 0xcbf29ce484222325ull;
};
std::uint64_t hash_word(std::string_view word);

/// The same word, apostrophes left out.
bool same_word(std::string_view a, std::string_view b);

}  // namespace heed::text
