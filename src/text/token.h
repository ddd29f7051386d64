#pragma once
#include <cstddef>
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

/// The hash that a Word or Number of these letters has; letter by letter where many words begin alike. Eight
/// bytes a step, and mixed well in all bits (the multiply and shift of MurmurHash3's finaliser).
class WordHash {
 public:
  void add(char c) {
    chunk_ |= static_cast<std::uint64_t>(static_cast<unsigned char>(c)) << (8 * (length_ % 8));
    if (++length_ % 8 == 0) {
      hash_ = step(hash_, chunk_);
      chunk_ = 0;
    }
  }
  std::uint64_t value() const { return finish(length_ % 8 == 0 ? hash_ : step(hash_, chunk_), length_); }

  static constexpr std::uint64_t kSeed = 0x9e3779b97f4a7c15ull;
  /// One chunk of eight bytes, the first in the lowest bits; the last one filled up with zeros.
  static std::uint64_t step(std::uint64_t hash, std::uint64_t chunk) {
    hash = (hash ^ chunk) * 0xff51afd7ed558ccdull;
    return hash ^ hash >> 32;
  }
  static std::uint64_t finish(std::uint64_t hash, std::size_t length) {
    hash = (hash ^ length) * 0xc4ceb9fe1a85ec53ull;
    return hash ^ hash >> 33;
  }

 private:
  std::uint64_t hash_ = kSeed, chunk_ = 0;
  std::size_t length_ = 0;
};
std::uint64_t hash_word(std::string_view word);

/// The same word, apostrophes left out.
bool same_word(std::string_view a, std::string_view b);

}  // namespace heed::text
