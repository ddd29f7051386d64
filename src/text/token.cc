#include "text/token.h"

#include <array>
#include <bit>
#include <cstring>

#include "text/utf8.h"

namespace heed::text {
namespace {

enum class Class : std::uint8_t { Other, Letter, Digit, Apostrophe, High };

constexpr std::array<Class, 256> classes() {
  std::array<Class, 256> table{};
  for (unsigned c = 'a'; c <= 'z'; ++c) {
    table[c] = Class::Letter;
  }
  for (unsigned c = 'A'; c <= 'Z'; ++c) {
    table[c] = Class::Letter;
  }
  for (unsigned c = '0'; c <= '9'; ++c) {
    table[c] = Class::Digit;
  }
  table['\''] = Class::Apostrophe;
  for (unsigned c = 0x80; c < 256; ++c) {
    table[c] = Class::High;
  }
  return table;
}
constexpr std::array<Class, 256> kClasses = classes();

/// Token::Trait by byte.
constexpr std::array<std::uint8_t, 256> kLettersAndDigits = [] {
  std::array<std::uint8_t, 256> table{};
  for (unsigned c = 0; c < 256; ++c) {
    table[c] = kClasses[c] == Class::Letter ? Token::kAsciiLetter : kClasses[c] == Class::Digit ? Token::kDigit : 0;
  }
  return table;
}();

Class class_of(char c) { return kClasses[static_cast<unsigned char>(c)]; }

bool is_punctuation(std::uint32_t c) {
  return c < 0xC0 || c == 0xD7 || c == 0xF7 || (c >= 0x2000 && c <= 0x206F) || (c >= 0x3000 && c <= 0x3020) ||
         c == 0xFFFD || (c >= 0xFF00 && c <= 0xFF0F) || c == 0x060C || c == 0x061B || c == 0x061F;
}

/// Arrows, pictographs, emoji: each stands for itself.
bool is_symbol(std::uint32_t c) { return (c >= 0x2100 && c <= 0x2BFF) || (c >= 0x1F000 && c <= 0x1FAFF); }

const std::uint64_t kHandleHash = hash_word("@");
const std::uint64_t kLinkHash = hash_word("/");

/// The next bytes of a word, at most eight, the first in the lowest bits.
std::uint64_t load(std::string_view text, std::size_t at, std::size_t length) {
  std::uint64_t chunk = 0;
  if (at + 8 <= text.size()) {
    std::memcpy(&chunk, text.data() + at, 8);
    return length >= 8 ? chunk : chunk & ((1ull << (8 * length)) - 1);
  }
  std::memcpy(&chunk, text.data() + at, length < 8 ? length : 8);
  return chunk;
}

/// Hash and repeats of a word all of ASCII letters and digits.
struct Plain {
  std::uint64_t hash = WordHash::kSeed;
  unsigned traits = 0;
};
Plain read_plain(std::string_view text, std::size_t begin, std::size_t end) {
  constexpr std::uint64_t kLow7 = 0x7F7F7F7F7F7F7F7Full;
  Plain out;
  std::uint64_t before = 0;        // the last byte of the chunk before
  std::uint64_t equal_before = 0;  // whether that was equal to its own predecessor, as a byte of 0x80
  int doubles = 0;
  for (std::size_t at = begin; at < end; at += 8) {
    const std::size_t length = end - at;
    const std::uint64_t chunk = load(text, at, length);
    out.hash = WordHash::step(out.hash, chunk);
    // Bytes that equal the byte before them: zero in `other`, marked by 0x80 in `equal`.
    const std::uint64_t other = chunk ^ (chunk << 8 | before);
    std::uint64_t equal = ~(((other & kLow7) + kLow7) | other) & ~kLow7;
    equal &= length >= 8 ? ~0ull : (1ull << (8 * length)) - 1;
    if ((equal | equal_before) != 0) {
      doubles += std::popcount(equal);
      out.traits |= (equal & (equal << 8 | equal_before)) != 0 ? unsigned{Token::kStretched} : 0u;
    }
    before = chunk >> 56;
    equal_before = equal >> 56;
  }
  out.hash = WordHash::finish(out.hash, end - begin);
  out.traits |= doubles > 1 ? unsigned{Token::kDoubled} : 0u;
  return out;
}

bool starts_link(std::string_view rest) {
  return rest.substr(0, 7) == "http://" || rest.substr(0, 8) == "https://" || rest.substr(0, 4) == "www.";
}

bool ends_link(char c) { return static_cast<unsigned char>(c) <= ' ' || c == '<' || c == '>' || c == '"'; }

/// Bytes of the flag at the head of `text`: two regional indicators (U+1F1E6 to U+1F1FF); 0 if there is none.
std::size_t flag_length(std::string_view text) {
  const auto indicator = [&](std::size_t at) {
    const auto last = [&] { return static_cast<unsigned char>(text[at + 3]); };
    return text.size() >= at + 4 && text.substr(at, 3) == "\xF0\x9F\x87" && last() >= 0xA6 && last() <= 0xBF;
  };
  return indicator(0) && indicator(4) ? 8 : 0;
}

std::size_t handle_end(std::string_view text, std::size_t at) {
  while (at < text.size()) {
    const Class kind = class_of(text[at]);
    const bool joins = text[at] == '@' || text[at] == '.' || text[at] == '-';
    const bool more =
        at + 1 < text.size() && (class_of(text[at + 1]) == Class::Letter || class_of(text[at + 1]) == Class::Digit);
    if (kind != Class::Letter && kind != Class::Digit && text[at] != '_' && !(joins && more)) {
      break;
    }
    ++at;
  }
  return at;
}

}  // namespace

void tokenize(std::string_view text, std::vector<Token>& out) {
  out.clear();
  std::size_t at = 0;
  const std::size_t size = text.size();
  const auto put = [&](std::size_t begin, std::size_t end, std::uint64_t hash, Token::Kind kind, unsigned traits = 0) {
    out.push_back({static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), hash, kind,
                   static_cast<std::uint8_t>(traits)});
  };
  while (at < size) {
    const char c = text[at];
    Class kind = class_of(c);
    if (kind == Class::Other || kind == Class::Apostrophe) {
      if (c == '@' && at + 1 < size &&
          (class_of(text[at + 1]) == Class::Letter || class_of(text[at + 1]) == Class::Digit || text[at + 1] == '_')) {
        const std::size_t end = handle_end(text, at + 1);
        put(at, end, kHandleHash, Token::Kind::Handle);
        at = end;
      } else {
        ++at;
      }
      continue;
    }
    if ((c == 'h' || c == 'w') && starts_link(text.substr(at))) {
      std::size_t end = at;
      while (end < size && !ends_link(text[end])) {
        ++end;
      }
      put(at, end, kLinkHash, Token::Kind::Link);
      at = end;
      continue;
    }
    const std::size_t begin = at;
    const Token::Kind token_kind = kind == Class::Digit ? Token::Kind::Number : Token::Kind::Word;
    unsigned seen = 0;
    for (; at < size && kLettersAndDigits[static_cast<unsigned char>(text[at])] != 0; ++at) {
      seen |= kLettersAndDigits[static_cast<unsigned char>(text[at])];
    }
    if (at > begin && (at == size || (class_of(text[at]) != Class::Apostrophe && class_of(text[at]) != Class::High))) {
      const Plain plain = read_plain(text, begin, at);
      put(begin, at, plain.hash, token_kind, seen | plain.traits);
      continue;
    }
    at = begin;
    WordHash hash;
    std::size_t end = at;
    unsigned traits = 0;
    unsigned doubles = 0;
    char before = 0;
    char before_that = 0;
    while (at < size) {
      kind = class_of(text[at]);
      if (kind == Class::Letter || kind == Class::Digit) {
        const char letter = text[at];
        traits |= unsigned{kind == Class::Letter ? Token::kAsciiLetter : Token::kDigit};
        if (letter == before && kind == Class::Letter) {
          ++doubles;
          traits |= letter == before_that ? unsigned{Token::kStretched} : 0u;
        }
        before_that = before;
        before = letter;
        hash.add(letter);
        end = ++at;
      } else if (kind == Class::Apostrophe && at > begin && at + 1 < size &&
                 (class_of(text[at + 1]) == Class::Letter || class_of(text[at + 1]) == Class::High)) {
        ++at;
      } else if (kind == Class::High) {
        const CodePoint point = decode_utf8(text.substr(at));
        if (!point.valid || is_punctuation(point.value)) {
          break;
        }
        if (is_symbol(point.value)) {
          break;
        }
        for (std::size_t i = 0; i < point.length; ++i) {
          hash.add(text[at + i]);
        }
        traits |= Token::kHigh;
        before = 0;
        end = at += point.length;
      } else {
        break;
      }
    }
    if (end > begin) {
      put(begin, end, hash.value(), token_kind, traits | (doubles > 1 ? unsigned{Token::kDoubled} : 0u));
      at = end;
      continue;
    }
    // A byte above ASCII that no word begins with: a sign of its own, punctuation, or no UTF-8.
    const CodePoint point = decode_utf8(text.substr(at));
    const std::size_t flag = flag_length(text.substr(at));
    const std::size_t length = flag != 0 ? flag : point.length;
    if (point.valid && is_symbol(point.value)) {
      for (std::size_t i = 0; i < length; ++i) {
        hash.add(text[at + i]);
      }
      put(at, at + length, hash.value(), Token::Kind::Symbol);
    }
    at += length;
  }
}

std::uint64_t hash_word(std::string_view word) {
  WordHash hash;
  for (char c : word) {
    if (c != '\'') {
      hash.add(c);
    }
  }
  return hash.value();
}

bool same_word(std::string_view a, std::string_view b) {
  std::size_t i = 0;
  std::size_t j = 0;
  for (;;) {
    while (i < a.size() && a[i] == '\'') {
      ++i;
    }
    while (j < b.size() && b[j] == '\'') {
      ++j;
    }
    if (i == a.size() || j == b.size()) {
      return i == a.size() && j == b.size();
    }
    if (a[i++] != b[j++]) {
      return false;
    }
  }
}

}  // namespace heed::text
