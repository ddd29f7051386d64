#include "model/augment.h"

#include <algorithm>
#include <array>

namespace heed::model {
namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
bool is_vowel(char c) { return std::string_view("aeiou").find(lower(c)) != std::string_view::npos; }

std::string leet(std::string_view word) {
  std::string out;
  for (char c : word) {
    switch (lower(c)) {
      case 'a':
        out += '4';
        break;
      case 'e':
        out += '3';
        break;
      case 'i':
        out += '1';
        break;
      case 'o':
        out += '0';
        break;
      case 's':
        out += '$';
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string look_alike(std::string_view word) {
  std::string out;
  for (char c : word) {
    switch (lower(c)) {
      case 'a':
        out += "\xD0\xB0";
        break;
      case 'e':
        out += "\xD0\xB5";
        break;
      case 'i':
        out += "\xD1\x96";
        break;
      case 'o':
        out += "\xD0\xBE";
        break;
      case 'c':
        out += "\xD1\x81";
        break;
      default:
        out += c;
    }
  }
  return out;
}

/// Calls f(text before the word, word) for each run of ASCII letters, f(rest, "") at the end.
template <class F>
void each_ascii_word(std::string_view text, F f) {
  std::size_t from = 0, at = 0;
  while (at < text.size()) {
    if (!is_letter(text[at])) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && is_letter(text[end])) {
      ++end;
    }
    f(text.substr(from, at - from), text.substr(at, end - at));
    from = at = end;
  }
  f(text.substr(from), std::string_view());
}

constexpr std::array<std::string_view, 10> kPlurals = {"jews",   "women",    "muslims",  "gays",     "immigrants",
                                                       "blacks", "refugees", "mexicans", "lesbians", "asians"};
constexpr std::array<std::string_view, 9> kAdjectives = {"jewish", "female",   "muslim",  "black", "gay",
                                                         "trans",  "disabled", "mexican", "asian"};

template <std::size_t N>
std::string_view other_of(const std::array<std::string_view, N>& names, std::string_view word, Random& random) {
  const auto found = std::find(names.begin(), names.end(), word);
  if (found == names.end()) {
    return {};
  }
  const auto at = static_cast<std::size_t>(found - names.begin());
  return names[(at + 1 + random.below(N - 1)) % N];
}

}  // namespace

std::string disguise(std::string_view word, Random& random) {
  std::string out(word);
  const std::size_t inner = 1 + random.below(word.size() - 2);
  const auto vowel = static_cast<std::size_t>(std::find_if(word.begin() + 1, word.end(), is_vowel) - word.begin());
  const std::size_t target = vowel + 1 < word.size() ? vowel : inner;
  switch (random.below(11)) {
    case 0:
      out[target] = '*';
      return out;
    case 1:
      std::fill(out.begin() + 1, out.end() - 1, '*');
      return out;
    case 2:
      out[target] = "!#@-_."[random.below(6)];
      return out;
    case 3:
      out.erase(target, 1);
      return out;
    case 4:
      std::swap(out[inner], out[inner + 1]);
      return out;
    case 5:
      out.insert(inner, 1, out[inner]);
      return out;
    case 6:
      return leet(word);
    case 7:
      out.insert(inner, 2 + random.below(4), out[inner]);
      return out;
    case 8:
      return look_alike(word);
    case 9:
      out.insert(inner, "\xE2\x80\x8B");
      return out;
    default:
      break;
  }
  out.clear();
  const char* between = random.below(2) == 0 ? " " : ".";
  for (char c : word) {
    out += out.empty() ? "" : between;
    out += c;
  }
  return out;
}

std::string disguise_words(std::string_view text, const std::function<bool(std::string_view)>& chosen, Random& random) {
  std::string out, folded;
  bool any = false;
  each_ascii_word(text, [&](std::string_view before, std::string_view word) {
    out += before;
    folded.resize(word.size());
    std::transform(word.begin(), word.end(), folded.begin(), lower);
    if (word.size() >= 3 && chosen(folded)) {
      out += disguise(word, random);
      any = true;
    } else {
      out += word;
    }
  });
  return any ? out : std::string();
}

std::string swap_groups(std::string_view text, Random& random) {
  std::string out, folded;
  bool any = false;
  each_ascii_word(text, [&](std::string_view before, std::string_view word) {
    out += before;
    folded.resize(word.size());
    std::transform(word.begin(), word.end(), folded.begin(), lower);
    std::string_view other = other_of(kPlurals, folded, random);
    if (other.empty()) {
      other = other_of(kAdjectives, folded, random);
    }
    any = any || !other.empty();
    out += other.empty() ? word : other;
  });
  return any ? out : std::string();
}

}  // namespace heed::model
