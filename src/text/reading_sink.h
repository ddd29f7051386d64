#pragma once
#include <string_view>

#include "text/unmask.h"

namespace heed::text {

/// Where the finders put readings; keeps the bounds.
class ReadingSink {
 public:
  explicit ReadingSink(Readings& out) : out_(out) {}

  bool full() const { return out_.all.size() >= kReadingsMax; }
  /// `place` has tokens and bytes; nothing is added when the post has enough readings.
  void put(Reading place, std::string_view word, std::uint64_t hash, unsigned tricks, Reading::Proof proof) {
    if (full()) {
      return;
    }
    place.word_begin = static_cast<std::uint32_t>(out_.words.size());
    out_.words += word;
    place.word_end = static_cast<std::uint32_t>(out_.words.size());
    place.hash = hash;
    place.tricks = static_cast<Tricks>(tricks);
    place.proof = proof;
    out_.all.push_back(place);
  }

 private:
  Readings& out_;
};

/// What a digit or sign may stand for in a word, as Vocabulary::Unit; 0: nothing.
constexpr Vocabulary::Unit leet_unit(char c) {
  const auto of = [](const char* letters) {
    Vocabulary::Unit unit = 0;
    for (; *letters != '\0'; ++letters) {
      unit |= Vocabulary::letter(*letters);
    }
    return unit;
  };
  switch (c) {
    case '0':
      return of("o");
    case '1':
    case '!':
    case '|':
      return of("il");
    case '2':
      return of("z");
    case '3':
      return of("e");
    case '4':
      return of("a");
    case '5':
    case '$':
      return of("s");
    case '6':
    case '9':
      return of("g");
    case '7':
    case '+':
      return of("t");
    case '8':
      return of("b");
    case '@':
      return of("a");
    default:
      return 0;
  }
}

/// Reads letters separated one by one ("k i l l", "k.i.l.l") that begin at token `i`; the token after them,
/// or `i`.
std::size_t read_spaced(std::string_view folded, const std::vector<Token>& tokens, std::size_t i,
                        const Vocabulary* listed, UnmaskScratch& scratch, ReadingSink& sink);

}  // namespace heed::text
