#include "text/unmask.h"

#include <algorithm>
#include <array>
#include <tuple>

#include "text/homoglyphs.h"
#include "text/reading_sink.h"
#include "text/signs.h"
#include "text/utf8.h"

namespace heed::text {
namespace {

using Unit = Vocabulary::Unit;
constexpr std::size_t kPieceBytesMax = 64, kUnitsMax = Vocabulary::kWordBytesMax;
constexpr std::size_t kSlipBytesMin = Vocabulary::kSlipLettersMin;

enum Byte : std::uint8_t {
  kSpace = 1,
  kLetterByte = 2,
  kDigitByte = 4,
  kMaskByte = 8,  ///< hides a letter
  kCutByte = 16,  ///< separates letters or words
  kLeads = 32,    ///< may be the first letter of a word that a token leaves out: "$hit"
  kTrails = 64    ///< the last: "a$$"
};
constexpr std::array<std::uint8_t, 256> kBytes = [] {
  std::array<std::uint8_t, 256> table{};
  const auto put = [&](std::string_view bytes, unsigned kinds) {
    for (char c : bytes) {
      auto& entry = table[static_cast<unsigned char>(c)];
      entry = static_cast<std::uint8_t>(entry | kinds);
    }
  };
  put(" \n\t\r\f\v", kSpace);
  put("abcdefghijklmnopqrstuvwxyz", kLetterByte);
  put("0123456789", kDigitByte);
  put("*#%^~?!|$+@", kMaskByte);
  put(".-_/,:;()[]&=\\\"{}<>", kCutByte);
  put("!|$", kLeads);
  put("$+", kTrails);
  return table;
}();
bool is(char c, unsigned kinds) { return (kBytes[static_cast<unsigned char>(c)] & kinds) != 0; }

/// A word as units, while it is read.
struct Spelling {
  Unit units[kUnitsMax];
  char written[kUnitsMax];  ///< 0 for a letter from outside ASCII
  std::size_t count = 0;
  std::size_t letters = 0, leet = 0, masks = 0, cuts = 0;
  bool look_alikes = false;
  bool readable = true;

  void add(Unit unit, char c) {
    if (count == kUnitsMax) {
      readable = false;
    } else {
      units[count] = unit;
      written[count++] = c;
    }
  }
};

class Unmasker {
 public:
  Unmasker(std::string_view folded, const std::vector<Token>& tokens, const Vocabulary* listed, UnmaskScratch& scratch,
           Readings& out)
      : folded_(folded), tokens_(tokens), listed_(listed), scratch_(scratch), out_(out), sink_(out) {}

  void run() {
    for (std::size_t i = 0; i < tokens_.size() && !sink_.full();) {
      const Token& token = tokens_[i];
      if (token.end - token.begin == 1 && read_starred(i)) {
        ++i;
        continue;
      }
      if (token.end - token.begin == 1 || (token.traits & Token::kHigh) != 0) {
        if (const std::size_t end = read_spaced(folded_, tokens_, i, listed_, scratch_, sink_); end != i) {
          i = end;
          continue;
        }
      }
      std::size_t last = i;
      while (last + 1 < tokens_.size() && glued(last)) {
        ++last;
      }
      if (last == i && is_plain(token)) {
        read_slip(i);
      } else {
        read_chunk(i, last);
      }
      i = last + 1;
    }
    order();
  }

 private:
  /// Whether token i and the next belong to one stretch without blanks.
  bool glued(std::size_t i) const {
    const std::uint32_t end = tokens_[i].end;
    const std::uint32_t next = tokens_[i + 1].begin;
    if (next - end > 6 || (next > end && is(folded_[end], kSpace))) {
      return false;
    }
    for (std::uint32_t at = end; at < next; ++at) {
      if (is(folded_[at], kSpace) || static_cast<unsigned char>(folded_[at]) >= 0x80) {
        return false;
      }
    }
    return true;
  }
  bool is_plain(const Token& token) const {
    return token.kind == Token::Kind::Word && token.traits == Token::kAsciiLetter &&
           (token.begin == 0 || !is(folded_[token.begin - 1], kLeads)) &&
           (token.end == folded_.size() || !is(folded_[token.end], kTrails));
  }
  std::string_view text(std::size_t i) const {
    return folded_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin);
  }

  void read_slip(std::size_t i) {
    const Token& token = tokens_[i];
    if (listed_ == nullptr || token.end - token.begin < kSlipBytesMin) {
      return;
    }
    const Vocabulary::Reading found = listed_->correct(token.hash);
    if (!found.word.empty()) {
      sink_.put(place(i, i), found.word, found.hash, kSlip, Reading::Proof::Listed);
    }
  }

  /// "f***", "n*****": a letter and three stars or more, and nothing else.
  bool read_starred(std::size_t i) {
    const Token& token = tokens_[i];
    std::size_t end = token.end;
    while (end < folded_.size() && folded_[end] == '*' && end - token.begin < kUnitsMax) {
      ++end;
    }
    if (listed_ == nullptr || end - token.end < 3 || (i + 1 < tokens_.size() && tokens_[i + 1].begin == end) ||
        (token.begin > 0 && folded_[token.begin - 1] == '*')) {
      return false;
    }
    const std::string_view word = Vocabulary::starred(folded_[token.begin], end - token.begin);
    const std::uint64_t hash = word.empty() ? 0 : hash_word(word);
    if (word.empty() || !listed_->has(hash)) {
      return false;
    }
    Reading reading = place(i, i);
    reading.end = static_cast<std::uint32_t>(end);
    sink_.put(reading, word, hash, kMask, Reading::Proof::Listed);
    return true;
  }

  /// Tokens [first, last] without a blank between them.
  void read_chunk(std::size_t first, std::size_t last) {
    if (first == last && tokens_[first].kind == Token::Kind::Handle) {
      return read_handle(first);
    }
    for (std::size_t i = first; i <= last; ++i) {
      if (tokens_[i].kind == Token::Kind::Link) {
        return;
      }
      read_token(i);
    }
    bool found = false;
    if (tokens_[last].end - tokens_[first].begin <= kPieceBytesMax) {
      found = read_piece(first, last, listed_);
    }
    if (first == last) {
      return;
    }
    // Words joined by dashes, slashes or dots: each by itself. A dash or dot inside a piece may still be a
    // mask.
    std::size_t begin = first;
    for (std::size_t i = first; i <= last; ++i) {
      const bool cut = i == last || (tokens_[i + 1].begin > tokens_[i].end && is(folded_[tokens_[i].end], kCutByte));
      if (cut) {
        if ((begin != first || i != last) && !(begin == i && is_plain(tokens_[i])) &&
            tokens_[i].end - tokens_[begin].begin <= kPieceBytesMax) {
          read_piece(begin, i, found ? nullptr : listed_);
        } else if (!found && begin == i && is_plain(tokens_[i])) {
          read_slip(i);
        }
        begin = i + 1;
      }
    }
  }

  /// "@ss": most handles are names, so it takes a listed word as it stands.
  void read_handle(std::size_t i) {
    if (listed_ == nullptr || tokens_[i].end - tokens_[i].begin > kUnitsMax) {
      return;
    }
    scratch_.letters.assign(1, 'a');
    scratch_.letters += text(i).substr(1);
    put_word(i, kLeet, Reading::Proof::Listed);
  }

  Reading place(std::size_t first, std::size_t last) const {
    Reading reading;
    reading.first = static_cast<std::uint32_t>(first);
    reading.last = static_cast<std::uint32_t>(last);
    reading.begin = tokens_[first].begin;
    reading.end = tokens_[last].end;
    return reading;
  }

  // One token by itself: look-alikes and stretched letters.

  void read_token(std::size_t i) {
    const Token& token = tokens_[i];
    if (token.kind != Token::Kind::Word || token.end - token.begin > kPieceBytesMax) {
      return;
    }
    if ((token.traits & Token::kHigh) != 0) {
      read_look_alikes(i);
    }
    if ((token.traits & Token::kStretched) != 0 && (token.traits & Token::kHigh) == 0) {
      read_stretched(i);
    }
  }

  struct Scripts {
    std::size_t ascii = 0, close = 0, loose = 0, foreign = 0;  ///< letters
    bool cyrillic = false, to_cyrillic = true;
  };
  template <class F>
  void each_point(std::string_view word, F f) const {
    while (!word.empty()) {
      const CodePoint c = decode_utf8(word);
      f(c.value, word.substr(0, c.length));
      word.remove_prefix(c.length);
    }
  }
  Scripts scripts(std::string_view word) const {
    Scripts s;
    each_point(word, [&](std::uint32_t c, std::string_view) {
      if (c < 0x80) {
        s.ascii += c >= 'a' && c <= 'z' ? 1 : 0;
        s.to_cyrillic = s.to_cyrillic && cyrillic_look(static_cast<char>(c)) != 0;
        return;
      }
      const LatinLook look = latin_look(c);
      ++(look.letter == '\0' ? s.foreign : look.close ? s.close : s.loose);
      s.cyrillic = s.cyrillic || is_cyrillic(c);
    });
    return s;
  }

  void read_look_alikes(std::size_t i) {
    const std::string_view word = text(i);
    const Scripts s = scripts(word);
    if (s.ascii == 0) {
      // A word all of look-alikes is Russian or Greek, save among Latin words and when a list has it.
      if (s.foreign == 0 && s.loose == 0 && s.close >= 3 && listed_ != nullptr && only_latin_around()) {
        put_latin(i, word, Reading::Proof::Listed);
      }
      return;
    }
    const bool russian = s.cyrillic && s.to_cyrillic;
    if (s.foreign == 0) {
      const bool doubtful = s.loose != 0 || (russian && !only_latin_around());
      put_latin(i, word, doubtful ? Reading::Proof::Listed : Reading::Proof::Certain);
    }
    if (russian) {
      const bool sure = s.foreign + s.loose > 0 || !only_latin_around();
      put_cyrillic(i, word, sure ? Reading::Proof::Certain : Reading::Proof::Listed);
    }
  }
  void put_latin(std::size_t i, std::string_view word, Reading::Proof proof) {
    scratch_.letters.clear();
    each_point(word, [&](std::uint32_t c, std::string_view bytes) {
      if (c < 0x80) {
        scratch_.letters += c == '\'' ? std::string_view() : bytes;
      } else {
        scratch_.letters += latin_look(c).letter;
      }
    });
    put_word(i, kHomoglyph, proof);
  }
  void put_cyrillic(std::size_t i, std::string_view word, Reading::Proof proof) {
    scratch_.letters.clear();
    each_point(word, [&](std::uint32_t c, std::string_view bytes) {
      if (c < 0x80) {
        char buffer[4];
        scratch_.letters.append(buffer, encode_utf8(cyrillic_look(static_cast<char>(c)), buffer));
      } else {
        scratch_.letters += bytes;
      }
    });
    put_word(i, kHomoglyph, proof);
  }
  /// scratch_.letters as reading of token i.
  void put_word(std::size_t i, unsigned tricks, Reading::Proof proof) {
    const std::uint64_t hash = hash_word(scratch_.letters);
    if (proof != Reading::Proof::Listed || (listed_ != nullptr && listed_->has(hash))) {
      sink_.put(place(i, i), scratch_.letters, hash, tricks, proof);
    }
  }

  /// Whether no word of the post is plainly of another script, and one is Latin.
  bool only_latin_around() {
    if (around_ == Around::Unknown) {
      bool latin = false;
      bool other = false;
      for (std::size_t i = 0; i < tokens_.size() && !other; ++i) {
        if (tokens_[i].kind == Token::Kind::Word) {
          latin = latin || (tokens_[i].traits & Token::kHigh) == 0;
          other = (tokens_[i].traits & Token::kHigh) != 0 && (tokens_[i].traits & Token::kAsciiLetter) == 0 &&
                  scripts(text(i)).foreign + scripts(text(i)).loose > 0;
        }
      }
      around_ = latin && !other ? Around::Latin : Around::Mixed;
    }
    return around_ == Around::Latin;
  }

  /// "soooo" to "so": what repeats three times or more is written once, l, s and f at the end of a word
  /// twice.
  void read_stretched(std::size_t i) {
    const std::string_view word = text(i);
    scratch_.letters.clear();
    std::size_t runs = 0;
    for (std::size_t at = 0; at < word.size();) {
      std::size_t end = at + 1;
      while (end < word.size() && word[end] == word[at]) {
        ++end;
      }
      const bool often_double =
          end == word.size() && at >= 2 && (word[at] == 'l' || word[at] == 's' || word[at] == 'f');
      const std::size_t kept = end - at < 3 || word[at] == '\'' ? end - at : often_double ? 2 : 1;
      scratch_.letters.append(kept, word[at]);
      at = end;
      ++runs;
    }
    if (runs > 1 && (tokens_[i].traits & Token::kDigit) == 0) {
      put_word(i, kStretched, Reading::Proof::Likely);
    }
  }

  // Pieces: one or more tokens and the signs among them, read as one word.

  /// Whether `listed` has it as a whole; what is likely without a list is found in any case.
  bool read_piece(std::size_t first, std::size_t last, const Vocabulary* listed) {
    Reading where = place(first, last);
    const std::uint32_t floor = first == 0 ? 0 : tokens_[first - 1].end;
    const std::uint32_t ceiling =
        last + 1 < tokens_.size() ? tokens_[last + 1].begin : static_cast<std::uint32_t>(folded_.size());
    for (int step = 0; step < 2 && where.begin > floor && is(folded_[where.begin - 1], kLeads); ++step) {
      --where.begin;
    }
    for (int step = 0; step < 3 && where.end < ceiling && is(folded_[where.end], kTrails); ++step) {
      ++where.end;
    }
    Spelling s;
    spell(where.begin, where.end, s);
    if (!s.readable || s.count < 3) {
      return false;
    }
    const bool found = listed != nullptr && read_listed(s, where);
    read_likely_leet(s, where);
    return found;
  }

  void spell(std::uint32_t begin, std::uint32_t end, Spelling& s) const {
    for (std::uint32_t at = begin; at < end && s.readable;) {
      const char c = folded_[at];
      if (is(c, kLetterByte)) {
        ++s.letters;
        s.add(Vocabulary::letter(c), c);
        ++at;
      } else if (static_cast<unsigned char>(c) >= 0x80) {
        const CodePoint point = decode_utf8(folded_.substr(at, end - at));
        const LatinLook look = latin_look(point.value);
        if (look.letter != '\0') {
          ++s.letters;
          s.look_alikes = true;
          s.add(Vocabulary::letter(look.letter), '\0');
        } else if (point.value >= 0x2000 && (point.value < 0x3000 || point.value >= 0x1F000)) {
          ++s.cuts;
          s.add(0, '.');  // an emoji or another sign between letters
        } else {
          s.readable = false;
        }
        at += static_cast<std::uint32_t>(point.length);
      } else if (c == '\'') {
        ++at;
      } else if (const Unit unit = leet_unit(c); unit != 0) {
        ++s.leet;
        s.add(unit, c);
        ++at;
      } else if (is(c, kMaskByte)) {
        ++s.masks;
        s.add(Vocabulary::kAnyLetter, c);
        ++at;
      } else if (is(c, kCutByte)) {
        ++s.cuts;
        s.add(0, c);
        ++at;
      } else {
        s.readable = false;
      }
    }
  }

  bool put_listed(const Vocabulary::Reading& found, Reading where, unsigned tricks, const Spelling& s) {
    if (found.word.empty()) {
      return false;
    }
    tricks |= (found.stretched ? kStretched : 0u) | (s.look_alikes ? kHomoglyph : 0u);
    // A word of the list as it stands is no reading.
    if (tricks == 0) {
      return true;
    }
    sink_.put(where, found.word, found.hash, tricks, Reading::Proof::Listed);
    return true;
  }

  bool read_listed(const Spelling& s, Reading where) {
    if (s.letters == 0 || 2 * s.letters < s.leet) {
      return false;
    }
    if (s.masks == 0 && s.cuts == 0) {
      if (put_listed(listed_->read(s.units, s.count), where, s.leet > 0 ? kLeet : 0u, s)) {
        return true;
      }
      // "sh!t" where ! is neither i nor l falls through: a sign may also be a mask.
    }
    return read_masked(s, where) || read_joined(s, where);
  }

  bool read_masked(const Spelling& s, Reading where) {
    Unit units[kUnitsMax];
    std::size_t seen = 0;
    std::size_t hidden = 0;
    std::size_t stars = 0;
    for (std::size_t i = 0; i < s.count; ++i) {
      units[i] = s.units[i];
      const char c = s.written[i];
      const bool cut = units[i] == 0 && (c == '-' || c == '_' || c == '.');
      if (cut || units[i] == Vocabulary::kAnyLetter || (c != 0 && is(c, kMaskByte))) {
        units[i] = Vocabulary::kAnyLetter;
        ++hidden;
        stars += c == '*' || c == '#' ? 1 : 0;
      } else if (units[i] == 0) {
        return false;
      } else {
        ++seen;
      }
    }
    // Stars are put for letters and nothing else; of other signs one may be an accident of typing less often
    // than two.
    if (hidden == 0 || seen < 2 || (hidden > stars && hidden > 1) || hidden > (hidden == stars ? 3 : 2) * seen) {
      return false;
    }
    return put_listed(listed_->unmask(units, s.count), where, kMask | (s.leet > 0 ? kLeet : 0u), s);
  }

  /// "ki.ll", "k*i*l*l", "k🔪ill": the letters without what is between them.
  bool read_joined(const Spelling& s, Reading where) {
    Unit units[kUnitsMax];
    std::size_t count = 0;
    for (std::size_t i = 0; i < s.count; ++i) {
      if (s.units[i] != 0 && s.units[i] != Vocabulary::kAnyLetter) {
        units[count++] = s.units[i];
      }
    }
    if (count < 4 || count == s.count) {
      return false;
    }
    return put_listed(listed_->read(units, count), where, kSpaced | (s.leet > 0 ? kLeet : 0u), s);
  }

  /// Without a list: few digits or signs, each between letters, in a word of ordinary length.
  void read_likely_leet(const Spelling& s, Reading where) {
    if (s.leet == 0 || s.masks != 0 || s.cuts != 0 || s.look_alikes || s.letters < 3 || s.letters < 2 * s.leet ||
        s.count > 16) {
      return;
    }
    scratch_.letters.clear();
    const auto letter = [&](std::size_t i) { return s.written[i] != 0 && is(s.written[i], kLetterByte); };
    for (std::size_t i = 0; i < s.count; ++i) {
      const char c = s.written[i];
      if (letter(i)) {
        scratch_.letters += c;
        continue;
      }
      const auto partner = [&](std::size_t at) { return letter(at) || s.written[at] == c; };
      if (i == 0 || i + 1 == s.count || !partner(i - 1) || !partner(i + 1) ||
          std::string_view("013457$!@").find(c) == std::string_view::npos) {
        return;
      }
      const auto vowel = [&](std::size_t at) {
        return std::string_view("aeou").find(s.written[at]) != std::string_view::npos;
      };
      const char common[] = {'o', 'i', 'e', 'a', 's', 't', 's', 'i', 'a'};
      char read = common[std::string_view("013457$!@").find(c)];
      if (read == 'i' && (vowel(i - 1) || vowel(i + 1))) {
        read = 'l';
      }
      scratch_.letters += read;
    }
    sink_.put(where, scratch_.letters, hash_word(scratch_.letters), kLeet, Reading::Proof::Likely);
  }

  /// By first token, the surer first, each word once; at most kReadingsPerToken for a token.
  void order() {
    auto& all = out_.all;
    if (all.size() > 1) {
      std::sort(all.begin(), all.end(), [](const Reading& a, const Reading& b) {
        return std::tuple(a.first, a.proof, a.last, a.word_begin) < std::tuple(b.first, b.proof, b.last, b.word_begin);
      });
    }
    std::size_t kept = 0;
    std::size_t of_token = 0;
    for (std::size_t i = 0; i < all.size(); ++i) {
      of_token = i > 0 && all[i].first == all[i - 1].first ? of_token : 0;
      bool known = false;
      for (std::size_t k = kept - of_token; k < kept; ++k) {
        known = known || (all[k].hash == all[i].hash && all[k].last == all[i].last);
      }
      if (!known && of_token < kReadingsPerToken) {
        all[kept++] = all[i];
        ++of_token;
      }
    }
    all.resize(kept);
  }

  enum class Around : std::uint8_t { Unknown, Latin, Mixed };
  std::string_view folded_;
  const std::vector<Token>& tokens_;
  const Vocabulary* listed_;
  UnmaskScratch& scratch_;
  Readings& out_;
  ReadingSink sink_;
  Around around_ = Around::Unknown;
};

}  // namespace

void unmask(std::string_view folded, const std::vector<Token>& tokens, const Vocabulary* listed, UnmaskScratch& scratch,
            Readings& out) {
  out.clear();
  Unmasker(folded, tokens, listed, scratch, out).run();
  find_signs(folded, tokens, out.signs);
}

}  // namespace heed::text
