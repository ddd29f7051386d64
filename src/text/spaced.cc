// Letters separated one by one. The writer left no sign where words end, so a run is cut into listed words
// where they cover all of it, or where they stand in a row long enough to be no accident.
#include <algorithm>
#include <bit>

#include "text/homoglyphs.h"
#include "text/reading_sink.h"
#include "text/utf8.h"

namespace heed::text {
namespace {

constexpr std::size_t kLettersMin = 3, kSureLettersMin = 4, kWordLettersMax = 24;
constexpr std::size_t kLoneWordMin = 5;  ///< a listed word of so many letters counts wherever it stands
constexpr std::size_t kChainMin = 7;     ///< listed words in a row, together

bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Words of one letter.
bool is_lone_word(char c) { return c == 'i' || c == 'a' || c == 'u' || c == 'r' || c == 'y' || c == 'n'; }

class Run {
 public:
  Run(std::string_view folded, const std::vector<Token>& tokens, std::size_t first, const Vocabulary* listed,
      UnmaskScratch& s, ReadingSink& sink)
      : folded_(folded), tokens_(tokens), first_(first), listed_(listed), s_(s), sink_(sink) {}

  std::size_t read() {
    const std::size_t end = find_end();
    const std::size_t count = end - first_;
    if (count < kLettersMin || !spell(count)) {
      return count < kLettersMin ? first_ : end;
    }
    if (count <= kWordLettersMax) {
      sink_.put(place(0, count), s_.letters, hash_word(s_.letters), tricks_,
                count >= kSureLettersMin ? Reading::Proof::Certain : Reading::Proof::Likely);
    }
    if (listed_ != nullptr) {
      read_whole(count);
      cut(count);
    }
    return end;
  }

 private:
  /// One letter or digit.
  bool is_single(std::size_t i) const {
    const Token& token = tokens_[i];
    const std::size_t length = token.end - token.begin;
    if ((token.kind != Token::Kind::Word && token.kind != Token::Kind::Number) || length > 4) {
      return false;
    }
    return length == 1 || decode_utf8(folded_.substr(token.begin, length)).length == length;
  }
  std::string_view gap(std::size_t i) const {
    return folded_.substr(tokens_[i].end, tokens_[i + 1].begin - tokens_[i].end);
  }

  std::size_t find_end() const {
    std::size_t end = first_ + 1;
    if (!is_single(first_) || end == tokens_.size()) {
      return end;
    }
    const std::string_view between = gap(first_);
    // "a, b, c" and lines of one letter are lists of things.
    if (between.empty() || between.size() > 3 || between.find_first_of(",;\n&") != std::string_view::npos) {
      return end;
    }
    while (end < tokens_.size() && is_single(end) && gap(end - 1) == between) {
      ++end;
    }
    // "k i l l u, ok": fine; "a b c.d": the last one may belong to the word that follows it without a blank.
    return end;
  }

  /// The letters in s_.letters, by unit in s_.ends; false where there are too few letters among digits.
  bool spell(std::size_t count) {
    s_.letters.clear();
    s_.ends.clear();
    std::size_t letters = 0;
    bool ascii = false;
    tricks_ = kSpaced;
    for (std::size_t i = 0; i < count; ++i) {
      const Token& token = tokens_[first_ + i];
      const char c = folded_[token.begin];
      letters += is_digit(c) ? 0 : 1;
      ascii = ascii || is_letter(c);
    }
    if (letters < 2 || 2 * letters < count) {
      return false;
    }
    for (std::size_t i = 0; i < count; ++i) {
      const Token& token = tokens_[first_ + i];
      const char c = folded_[token.begin];
      if (is_digit(c)) {
        const Vocabulary::Unit unit = leet_unit(c);
        s_.letters += c == '1' ? 'i' : lowest(unit);
        tricks_ |= kLeet;
      } else if (ascii && static_cast<unsigned char>(c) >= 0x80) {
        const LatinLook look = latin_look(decode_utf8(folded_.substr(token.begin)).value);
        tricks_ |= look.close ? kHomoglyph : 0u;
        if (look.close) {
          s_.letters += look.letter;
        } else {
          s_.letters += folded_.substr(token.begin, token.end - token.begin);
        }
      } else {
        s_.letters += folded_.substr(token.begin, token.end - token.begin);
      }
      s_.ends.push_back(static_cast<std::uint32_t>(s_.letters.size()));
    }
    return true;
  }
  static char lowest(Vocabulary::Unit unit) {
    for (char c = 'a'; c <= 'z'; ++c) {
      if ((unit & Vocabulary::letter(c)) != 0) {
        return c;
      }
    }
    return '?';
  }

  Reading place(std::size_t from, std::size_t count) const {
    Reading reading;
    reading.first = static_cast<std::uint32_t>(first_ + from);
    reading.last = static_cast<std::uint32_t>(first_ + from + count - 1);
    reading.begin = tokens_[reading.first].begin;
    reading.end = tokens_[reading.last].end;
    return reading;
  }
  std::size_t begin_of(std::size_t unit) const { return unit == 0 ? 0 : s_.ends[unit - 1]; }

  /// The run as one listed word, letters repeated, 1 for l.
  void read_whole(std::size_t count) {
    if (count > Vocabulary::kWordBytesMax || s_.letters.size() != count) {
      return;
    }
    Vocabulary::Unit units[Vocabulary::kWordBytesMax];
    for (std::size_t i = 0; i < count; ++i) {
      const char c = folded_[tokens_[first_ + i].begin];
      if (!is_letter(s_.letters[i])) {
        return;
      }
      units[i] = is_digit(c) ? leet_unit(c) : Vocabulary::letter(s_.letters[i]);
    }
    const Vocabulary::Reading found = listed_->read(units, count);
    if (!found.word.empty() && found.word != s_.letters) {
      sink_.put(place(0, count), found.word, found.hash, tricks_ | (found.stretched ? kStretched : 0u),
                Reading::Proof::Listed);
    }
  }

  /// Which listed words of two letters or more begin at each letter, as bits by length in s_.lengths.
  void find_words(std::size_t count) {
    s_.lengths.assign(count, 0);
    for (std::size_t from = 0; from < count; ++from) {
      WordHash hash;
      std::size_t at = begin_of(from);
      for (std::size_t length = 1; from + length <= count && length <= kWordLettersMax; ++length) {
        for (; at < s_.ends[from + length - 1]; ++at) {
          hash.add(s_.letters[at]);
        }
        if (length >= 2 && listed_->has(hash.value())) {
          s_.lengths[from] |= 1u << length;
        }
      }
    }
  }
  template <class F>
  void each_word(std::size_t from, F f) const {
    for (std::uint32_t bits = s_.lengths[from]; bits != 0; bits &= bits - 1) {
      f(static_cast<std::size_t>(std::countr_zero(bits)));
    }
  }
  bool lone(std::size_t i) const { return s_.ends[i] == begin_of(i) + 1 && is_lone_word(s_.letters[begin_of(i)]); }

  /// left[i]: letters of listed words in a row that end at i; right[i]: that begin there. The whole run is
  /// covered where both together make its length.
  void cut(std::size_t count) {
    find_words(count);
    s_.left.assign(count + 1, 0);
    s_.right.assign(count + 1, 0);
    for (std::size_t i = 0; i < count; ++i) {
      const auto reach = [&](std::size_t length) {
        s_.left[i + length] = std::max(s_.left[i + length], s_.left[i] + static_cast<std::uint32_t>(length));
      };
      each_word(i, [&](std::size_t length) { reach(length); });
      if (lone(i)) {
        reach(1);
      }
    }
    for (std::size_t i = count; i-- > 0;) {
      each_word(i, [&](std::size_t length) {
        s_.right[i] = std::max(s_.right[i], s_.right[i + length] + static_cast<std::uint32_t>(length));
      });
      if (lone(i)) {
        s_.right[i] = std::max(s_.right[i], s_.right[i + 1] + 1);
      }
    }
    for (std::size_t i = 0; i < count && !sink_.full(); ++i) {
      std::size_t best = 0;
      each_word(i, [&](std::size_t length) {
        if (s_.left[i] + length + s_.right[i + length] >= std::min(count, kChainMin) || length >= kLoneWordMin) {
          best = std::max(best, length);
        }
      });
      // The longest, and those that the run can be covered with; more would be guesses.
      each_word(i, [&](std::size_t length) {
        const bool covers = s_.left[i] == i && s_.right[i + length] == count - i - length;
        const bool whole = length == count;  // told already
        if (!whole && best != 0 && (length == best || covers)) {
          const std::size_t at = begin_of(i);
          const std::string_view word = std::string_view(s_.letters).substr(at, s_.ends[i + length - 1] - at);
          sink_.put(place(i, length), word, hash_word(word), tricks_, Reading::Proof::Listed);
        }
      });
    }
  }

  std::string_view folded_;
  const std::vector<Token>& tokens_;
  std::size_t first_;
  const Vocabulary* listed_;
  UnmaskScratch& s_;
  ReadingSink& sink_;
  unsigned tricks_ = kSpaced;
};

}  // namespace

std::size_t read_spaced(std::string_view folded, const std::vector<Token>& tokens, std::size_t i,
                        const Vocabulary* listed, UnmaskScratch& scratch, ReadingSink& sink) {
  return Run(folded, tokens, i, listed, scratch, sink).read();
}

}  // namespace heed::text
