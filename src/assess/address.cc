#include "assess/address.h"

#include <algorithm>
#include <array>

namespace heed::assess {
namespace {

using text::Token;
using Word = std::string_view;

constexpr std::array<Word, 34> kStreetAfterName = {
    "street", "st",    "road",  "rd",    "avenue",  "ave",     "lane",     "ln",        "drive",
    "dr",     "close", "court", "ct",    "place",   "square",  "sq",       "way",       "hill",
    "row",    "walk",  "mews",  "grove", "gardens", "terrace", "crescent", "boulevard", "blvd",
    "parade", "rise",  "wharf", "green", "straat",  "laan",    "gate"};
constexpr std::array<Word, 12> kStreetBeforeName = {"rue",  "avenue", "boulevard", "place", "chemin", "impasse",
                                                    "quai", "calle",  "carrer",    "via",   "viale",  "rua"};
constexpr std::array<Word, 8> kNumberAfterStreet = {"calle", "carrer", "avenida", "via",
                                                    "viale", "piazza", "plaza",   "rua"};
constexpr std::array<Word, 6> kStreetEndings = {"strasse", "str", "allee", "gasse", "chaussee", "damm"};
constexpr std::array<Word, 4> kShortEndings = {"weg", "platz", "ring", "ufer"};
/// Words that stand between a number and "road" where no name does: "5 miles down the road".
constexpr std::array<Word, 46> kNoName = {
    "on",   "in",    "to",   "from",   "down",   "at",   "for",   "a",      "an",    "my",      "your",  "per",
    "this", "that",  "of",   "people", "miles",  "mile", "km",    "min",    "mins",  "minutes", "hours", "hour",
    "cars", "years", "days", "times",  "and",    "or",   "the",   "is",     "was",   "are",     "were",  "they",
    "we",   "you",   "i",    "metres", "meters", "feet", "steps", "blocks", "doors", "percent"};
constexpr std::array<Word, 51> kStates = {"al", "ak", "az", "ar", "ca", "co", "ct", "de", "fl", "ga", "hi", "id", "il",
                                          "in", "ia", "ks", "ky", "la", "me", "md", "ma", "mi", "mn", "ms", "mo", "mt",
                                          "ne", "nv", "nh", "nj", "nm", "ny", "nc", "nd", "oh", "ok", "or", "pa", "ri",
                                          "sc", "sd", "tn", "tx", "ut", "vt", "va", "wa", "wv", "wi", "wy", "dc"};

template <std::size_t N>
bool among(Word word, const std::array<Word, N>& words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}
bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return c >= 'a' && c <= 'z'; }
bool all_digits(Word word) { return std::all_of(word.begin(), word.end(), is_digit); }
bool ends_with(Word word, Word ending) {
  return word.size() >= ending.size() && word.substr(word.size() - ending.size()) == ending;
}

class Finder {
 public:
  Finder(std::string_view folded, const std::vector<Token>& tokens, std::vector<Address>& out)
      : text_(folded), tokens_(tokens), out_(out) {}

  void find() {
    // Every shape holds a number; words further than this before one need no look.
    constexpr std::size_t kBeforeNumber = 5;
    std::size_t number = next_number(0);
    for (std::size_t i = 0; number < tokens_.size();) {
      i = std::max(i, number < kBeforeNumber ? 0 : number - kBeforeNumber);
      Address address;
      if (!starts_at(i, address)) {
        number = i++ == number ? next_number(i) : number;
        continue;
      }
      if (!address.postcode) {
        take_postcode(address);
      }
      out_.push_back(address);
      i = address.last + 1;
      number = next_number(i);
    }
  }

 private:
  static std::uint32_t at(std::size_t i) { return static_cast<std::uint32_t>(i); }
  std::size_t next_number(std::size_t i) const {
    while (i < tokens_.size() && tokens_[i].kind != Token::Kind::Number) {
      ++i;
    }
    return i;
  }

  bool starts_at(std::size_t i, Address& address) const {
    std::size_t first = i;
    std::size_t last = 0;
    if (is_house_number(i)) {
      last = number_first(i);
    } else if (tokens_[i].kind == Token::Kind::Word) {
      if (british_postcode(i)) {
        address = {at(i), at(i + 1), true};
        return true;
      }
      last = street_first(i);
      if (last != 0 && i > 0 && among(word(i), kStreetEndings) && joined(i - 1) &&
          tokens_[i - 1].kind == Token::Kind::Word && (out_.empty() || out_.back().last < i - 1)) {
        first = i - 1;  // "Lange Straße 12"
      }
    }
    address = {at(first), at(last), false};
    return last != 0;
  }

  Word word(std::size_t i) const { return text_.substr(tokens_[i].begin, tokens_[i].end - tokens_[i].begin); }

  /// Whether only blanks, commas and dashes stand between token i and the next; a full stop after an abbreviation too.
  bool joined(std::size_t i) const {
    if (i + 1 >= tokens_.size()) {
      return false;
    }
    Word between = text_.substr(tokens_[i].end, tokens_[i + 1].begin - tokens_[i].end);
    if (!between.empty() && between.front() == '.' && (word(i) == "str" || word(i) == "st" || word(i) == "rd")) {
      between.remove_prefix(1);
    }
    return between.size() <= 3 && between.find_first_not_of(" ,-/") == Word::npos;
  }
  bool is_house_number(std::size_t i) const {
    const Word w = word(i);
    if (tokens_[i].kind != Token::Kind::Number || w.size() > 5) {
      return false;
    }
    return all_digits(w) || (w.size() > 1 && all_digits(w.substr(0, w.size() - 1)) && is_letter(w.back()));
  }
  bool is_name(std::size_t i) const {
    return i < tokens_.size() && tokens_[i].kind == Token::Kind::Word && !among(word(i), kNoName);
  }

  /// "12 Elm Road", "8 rue des Lilas": the last token, or 0.
  std::size_t number_first(std::size_t i) const {
    if (!joined(i)) {
      return 0;
    }
    if (is_name(i + 1) && among(word(i + 1), kStreetBeforeName) && joined(i + 1) && is_name(i + 2)) {
      std::size_t last = i + 2;
      while (last < i + 4 && joined(last) && text_[tokens_[last].end] == ' ' && is_name(last + 1)) {
        ++last;
      }
      return last;
    }
    for (std::size_t j = i + 1; j <= i + 5 && is_name(j); ++j) {
      if (j > i + 1 && among(word(j), kStreetAfterName)) {
        return j;
      }
      if (!joined(j)) {
        break;
      }
    }
    return 0;
  }

  /// "Lindenstraße 12", "calle Mayor 3".
  std::size_t street_first(std::size_t i) const {
    const Word w = word(i);
    const bool street =
        std::any_of(kStreetEndings.begin(), kStreetEndings.end(), [&](Word e) { return ends_with(w, e); }) ||
        std::any_of(kShortEndings.begin(), kShortEndings.end(),
                    [&](Word e) { return ends_with(w, e) && w.size() > e.size() + 2; });
    if (street && joined(i) && is_house_number(i + 1)) {
      return i + 1;
    }
    if (among(w, kNumberAfterStreet)) {
      for (std::size_t j = i; j < i + 4 && joined(j); ++j) {
        if (j > i && is_house_number(j + 1)) {
          return j + 1;
        }
        if (!is_name(j + 1)) {
          break;
        }
      }
    }
    return 0;
  }

  bool british_postcode(std::size_t i) const {
    if (i + 1 >= tokens_.size() || !joined(i)) {
      return false;
    }
    const Word out = word(i);
    const Word in = word(i + 1);
    if (out.size() < 2 || out.size() > 4 || in.size() != 3 || !is_digit(in[0]) || !is_letter(in[1]) ||
        !is_letter(in[2])) {
      return false;
    }
    const std::size_t letters = is_letter(out[1]) ? 2 : 1;
    return is_letter(out[0]) && out.size() > letters && is_digit(out[letters]) && out.size() <= letters + 2;
  }

  /// Extends an address by the postcode that follows within a few words.
  void take_postcode(Address& address) const {
    for (std::size_t j = address.last + 1; j < tokens_.size() && j <= address.last + 5 && joined(j - 1); ++j) {
      if (british_postcode(j)) {
        address.last = at(j + 1);
        address.postcode = true;
        return;
      }
      if (word(j).size() == 5 && all_digits(word(j)) &&
          (among(word(j - 1), kStates) || (j + 1 < tokens_.size() && joined(j) && is_name(j + 1)))) {
        address.last = at(j);
        address.postcode = true;
        return;
      }
    }
  }

  std::string_view text_;
  const std::vector<Token>& tokens_;
  std::vector<Address>& out_;
};

}  // namespace

void find_addresses(std::string_view folded, const std::vector<Token>& tokens, std::vector<Address>& out) {
  out.clear();
  Finder(folded, tokens, out).find();
}

}  // namespace heed::assess
