#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "text/token.h"
#include "text/vocabulary.h"

namespace heed::text {

/// What somebody did to a word so that a list does not find it; bits. What fold() undoes (case, diacritics,
/// width, styled letters, zero-width and bidi marks) is no trick: it is always undone and leaves no trace
/// here.
using Tricks = std::uint16_t;
inline constexpr Tricks kHomoglyph = 1;   ///< letters of another script that look alike, inside one word: "kіll"
inline constexpr Tricks kLeet = 2;        ///< digits and signs for letters: "k1ll", "h4te", "@ss"
inline constexpr Tricks kMask = 4;        ///< signs that hide letters: "f*ck"
inline constexpr Tricks kSpaced = 8;      ///< "k i l l", "k.i.l.l", "ki-ll"
inline constexpr Tricks kStretched = 16;  ///< "killlll"
inline constexpr Tricks kSlip = 32;       ///< swapped, dropped or doubled letter: "rpaist"

/// Tokens [first, last], read as one other word. The plain tokens stay what they are; this is said beside
/// them.
struct Reading {
  /// How sure it is that the writer meant this word.
  enum class Proof : std::uint8_t {
    Certain,  ///< nothing else could be meant: homoglyphs, spaced letters
    Likely,   ///< most writers mean it: a lone digit between letters, stretched letters; still wrong now and
              ///< then
    Listed    ///< only because a list has the word: masks, slips, what leet leaves open
  };
  std::uint32_t first = 0, last = 0;           ///< tokens
  std::uint32_t begin = 0, end = 0;            ///< bytes of the folded text; may go beyond the tokens ("$hit")
  std::uint32_t word_begin = 0, word_end = 0;  ///< the word, in Readings::words
  std::uint64_t hash = 0;                      ///< as Token::hash
  Tricks tricks = 0;
  Proof proof = Proof::Certain;
};

/// A sign that speaks for itself and is no word; nothing is concluded from it here.
struct Sign {
  enum class Kind : std::uint8_t {
    Echo,  ///< (((…))) around words
    Code   ///< a number code: 1488, 14/88, 88, 18, 13/50, 13/90, 109/110, 271k, 6mwe
  };
  Kind kind = Kind::Echo;
  std::uint32_t begin = 0, end = 0;  ///< bytes of the folded text
  std::string_view name;             ///< "echo", "code_1488", "code_88", …: static
};

/// All readings of one post, by first token. Reused between posts: no allocation in steady state.
struct Readings {
  std::string words;
  std::vector<Reading> all;
  std::vector<Sign> signs;

  std::string_view word(const Reading& reading) const {
    return std::string_view(words).substr(reading.word_begin, reading.word_end - reading.word_begin);
  }
  void clear() {
    words.clear();
    all.clear();
    signs.clear();
  }
};

/// At most this many readings begin at one token, and this many in one post.
constexpr std::size_t kReadingsPerToken = 4, kReadingsMax = 4096;

/// Memory that unmask() reuses from post to post; one a thread.
struct UnmaskScratch {
  std::string letters;
  std::vector<std::uint32_t> ends, left, right, lengths;
  std::vector<Reading> found;
};

/// Finds every reading. Linear in the text whatever it holds; an ordinary word costs a look at its traits and
/// its neighbour bytes. `listed` may be null: then only Certain and Likely readings are found. Those two
/// kinds do not depend on `listed`, so what a model sees does not change with a list; only a post with more
/// than kReadingsMax readings, which nobody writes by hand, may lose some of them to those of a list.
void unmask(std::string_view folded, const std::vector<Token>& tokens, const Vocabulary* listed, UnmaskScratch& scratch,
            Readings& out);

/// Calls f(std::string_view word, std::uint32_t first_token, std::uint32_t last_token, Tricks tricks)
/// for every word of the post as its writer meant it: a Certain or Likely reading where there is one, else
/// the token as it stands with tricks 0. For classifiers; what lists say is left out.
template <class F>
void each_meant_word(std::string_view folded, const std::vector<Token>& tokens, const Readings& readings, F f) {
  std::size_t next = 0;
  for (std::uint32_t i = 0; i < tokens.size();) {
    while (next < readings.all.size() &&
           (readings.all[next].first < i || readings.all[next].proof == Reading::Proof::Listed)) {
      ++next;
    }
    if (next < readings.all.size() && readings.all[next].first == i) {
      const Reading& reading = readings.all[next];
      f(readings.word(reading), i, reading.last, reading.tricks);
      i = reading.last + 1;
    } else {
      f(folded.substr(tokens[i].begin, tokens[i].end - tokens[i].begin), i, i, Tricks{0});
      ++i;
    }
  }
}

}  // namespace heed::text
