// Run by the build: writes what text/fold_table.h reads, out of ICU.
//   make_fold_table FILE

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <array>
#include <cstdio>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "text/fold_table.h"
#include "text/utf8.h"

namespace heed::text {
namespace {

/// U+00A0 to U+017F: lower case, decomposed, marks dropped; letters without decomposition by custom (ø to o,
/// þ to th).
constexpr std::uint32_t kLatinFirst = 0xA0, kLatinEnd = 0x180;
constexpr std::array<std::string_view, kLatinEnd - kLatinFirst> kLatin = {
    " ",        "\302\241", "\302\242", "\302\243", "\302\244", "\302\245", "\302\246", "\302\247", "\302\250",
    "\302\251", "a",        "\"",       "\302\254", "",         "\302\256", "\302\257", "\302\260", "\302\261",
    "2",        "3",        "\302\264", "\302\265", "\302\266", "\302\267", "\302\270", "1",        "o",
    "\"",       "\302\274", "\302\275", "\302\276", "\302\277", "a",        "a",        "a",        "a",
    "a",        "a",        "ae",       "c",        "e",        "e",        "e",        "e",        "i",
    "i",        "i",        "i",        "d",        "n",        "o",        "o",        "o",        "o",
    "o",        "\303\227", "o",        "u",        "u",        "u",        "u",        "y",        "th",
    "ss",       "a",        "a",        "a",        "a",        "a",        "a",        "ae",       "c",
    "e",        "e",        "e",        "e",        "i",        "i",        "i",        "i",        "d",
    "n",        "o",        "o",        "o",        "o",        "o",        "\303\267", "o",        "u",
    "u",        "u",        "u",        "y",        "th",       "y",        "a",        "a",        "a",
    "a",        "a",        "a",        "c",        "c",        "c",        "c",        "c",        "c",
    "c",        "c",        "d",        "d",        "d",        "d",        "e",        "e",        "e",
    "e",        "e",        "e",        "e",        "e",        "e",        "e",        "g",        "g",
    "g",        "g",        "g",        "g",        "g",        "g",        "h",        "h",        "h",
    "h",        "i",        "i",        "i",        "i",        "i",        "i",        "i",        "i",
    "i",        "i",        "ij",       "ij",       "j",        "j",        "k",        "k",        "k",
    "l",        "l",        "l",        "l",        "l",        "l",        "l",        "l",        "l",
    "l",        "n",        "n",        "n",        "n",        "n",        "n",        "n",        "n",
    "n",        "o",        "o",        "o",        "o",        "o",        "o",        "oe",       "oe",
    "r",        "r",        "r",        "r",        "r",        "r",        "s",        "s",        "s",
    "s",        "s",        "s",        "s",        "s",        "t",        "t",        "t",        "t",
    "t",        "t",        "u",        "u",        "u",        "u",        "u",        "u",        "u",
    "u",        "u",        "u",        "u",        "u",        "w",        "w",        "y",        "y",
    "y",        "z",        "z",        "z",        "z",        "z",        "z",        "s",
};

/// Marks and signs that are not seen, or that a reader skips.
bool is_dropped(std::uint32_t c) {
  return (c >= 0x0300 && c <= 0x036F) ||  // combining marks
         c == 0x034F || (c >= 0x0591 && c <= 0x05BD) || c == 0x05BF || c == 0x05C1 || c == 0x05C2 || c == 0x05C4 ||
         c == 0x05C5 || c == 0x05C7 ||                                                 // Hebrew points
         c == 0x061C || c == 0x0640 || (c >= 0x064B && c <= 0x065F) || c == 0x0670 ||  // Arabic marks, tatweel
         c == 0x115F || c == 0x1160 || c == 0x17B4 || c == 0x17B5 || (c >= 0x180B && c <= 0x180F) ||
         (c >= 0x1AB0 && c <= 0x1AFF) || (c >= 0x1DC0 && c <= 0x1DFF) || (c >= 0x200B && c <= 0x200F) ||
         (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || (c >= 0x20D0 && c <= 0x20FF) || c == 0x2800 ||
         c == 0x3164 || (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xFE20 && c <= 0xFE2F) || c == 0xFEFF || c == 0xFFA0 ||
         (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0x1BCA0 && c <= 0x1BCA3) || (c >= 0x1D173 && c <= 0x1D17A) ||
         (c >= 0xE0000 && c <= 0xE0FFF);
}

bool is_space(std::uint32_t c) {
  return c == 0x1680 || (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
         c == 0x3000;
}

/// Small capitals and other letters that Unicode calls letters of their own, and people use as a typeface.
const std::unordered_map<std::uint32_t, char>& styled() {
  static const std::unordered_map<std::uint32_t, char> letters = {
      {0x1D00, 'a'}, {0x0299, 'b'}, {0x1D04, 'c'}, {0x1D05, 'd'}, {0x1D07, 'e'}, {0xA730, 'f'}, {0x0262, 'g'},
      {0x029C, 'h'}, {0x026A, 'i'}, {0x1D0A, 'j'}, {0x1D0B, 'k'}, {0x029F, 'l'}, {0x1D0D, 'm'}, {0x0274, 'n'},
      {0x1D0F, 'o'}, {0x1D18, 'p'}, {0xA7AF, 'q'}, {0x0280, 'r'}, {0xA731, 's'}, {0x1D1B, 't'}, {0x1D1C, 'u'},
      {0x1D20, 'v'}, {0x1D21, 'w'}, {0x028F, 'y'}, {0x1D22, 'z'}, {0x0251, 'a'}, {0x0261, 'g'}, {0x0269, 'i'},
      {0x0237, 'j'}, {0x0192, 'f'}, {0x0268, 'i'}, {0x0289, 'u'}, {0x0253, 'b'}, {0x0257, 'd'}, {0x0260, 'g'},
      {0x0199, 'k'}, {0x01A5, 'p'}, {0x01AD, 't'}, {0x0188, 'c'}, {0x0256, 'd'}, {0x0272, 'n'}, {0x0273, 'n'},
      {0x027D, 'r'}, {0x0282, 's'}, {0x0288, 't'}, {0x0290, 'z'}, {0x01B6, 'z'}, {0x0180, 'b'}, {0x023C, 'c'},
      {0x0247, 'e'}, {0x01E5, 'g'}, {0x0249, 'j'}, {0x019A, 'l'}, {0x1D7D, 'p'}, {0x024D, 'r'}, {0x024F, 'y'},
      {0x2C65, 'a'}, {0x2C66, 't'}, {0x0266, 'h'}, {0x026B, 'l'}, {0x026D, 'l'}, {0x0271, 'm'}};
  return letters;
}

/// Letters in dark circles and squares, and in brackets: no decomposition, or one with the brackets; else 0.
char framed(std::uint32_t c) {
  const auto letter = [&](std::uint32_t first) {
    return c >= first && c < first + 26 ? static_cast<char>('a' + (c - first)) : '\0';
  };
  for (std::uint32_t first : {0x249Cu, 0x1F110u, 0x1F150u, 0x1F170u}) {
    if (const char found = letter(first)) {
      return found;
    }
  }
  return '\0';
}

std::string_view straight(std::uint32_t c) {
  switch (c) {
    case 0x2018:
    case 0x2019:
    case 0x201A:
    case 0x201B:
    case 0x2032:
    case 0x02BC:
    case 0x02B9:
    case 0xFF07:
      return "'";
    case 0x201C:
    case 0x201D:
    case 0x201E:
    case 0x201F:
    case 0x2033:
    case 0xFF02:
      return "\"";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
    case 0x2015:
    case 0x2212:
    case 0xFE58:
    case 0xFE63:
    case 0xFF0D:
      return "-";
    case 0x2026:
      return "...";
    default:
      return {};
  }
}

/// Scripts in which a mark over a letter is left out by those who write in a hurry.
bool loses_marks(std::uint32_t c) {
  UErrorCode error = U_ZERO_ERROR;
  const UScriptCode script = uscript_getScript(static_cast<UChar32>(c), &error);
  return script == USCRIPT_LATIN || script == USCRIPT_GREEK || script == USCRIPT_ARABIC || script == USCRIPT_HEBREW;
}

/// A blank and a mark (U+00A8) is no blank; words or words with punctuation (ﷺ, ⒈, ℀, 🄪) stay one sign, so
/// that every token of folded text is a whole number of characters.
bool is_several(const icu::UnicodeString& folded) {
  bool letter = false;
  bool sign = false;
  for (int at = 0; at < folded.length(); at = folded.moveIndex32(at, 1)) {
    const UChar32 c = folded.char32At(at);
    const bool of_word = u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0;
    (of_word ? letter : sign) = true;
  }
  return letter && sign;
}

/// Blocks in which something may change; ideographs and Hangul syllables are not among them.
constexpr std::pair<std::uint32_t, std::uint32_t> kBlocks[] = {
    {0x0080, 0x3400},   {0xA000, 0xAC00},   {0xF900, 0xFFFE},   {0x10400, 0x10600},
    {0x10780, 0x107C0}, {0x10C80, 0x10D00}, {0x118A0, 0x118E0}, {0x16E40, 0x16E60},
    {0x1BCA0, 0x1BCA4}, {0x1D100, 0x1D800}, {0x1E900, 0x1E944}, {0x1EE00, 0x1EF00},
    {0x1F100, 0x1F300}, {0x1FBF0, 0x1FBFA}, {0x2F800, 0x2FA20}, {0xE0000, 0xE1000}};

const icu::Normalizer2& normalizer(const icu::Normalizer2* (*get)(UErrorCode&)) {
  UErrorCode error = U_ZERO_ERROR;
  const icu::Normalizer2* found = get(error);
  HEED_ASSERT(U_SUCCESS(error) && found != nullptr && "ICU carries its own normalization data");
  return *found;
}
const icu::Normalizer2& nfkc_casefold() { return normalizer(&icu::Normalizer2::getNFKCCasefoldInstance); }
const icu::Normalizer2& nfc() { return normalizer(&icu::Normalizer2::getNFCInstance); }
const icu::Normalizer2& nfd() { return normalizer(&icu::Normalizer2::getNFDInstance); }

/// One round; UTF-8.
std::string fold_once(std::uint32_t c) {
  if (c < 0x80) {
    return std::string(1, static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c));
  }
  if (c >= kLatinFirst && c < kLatinEnd) {
    return std::string(kLatin[c - kLatinFirst]);
  }
  if (is_dropped(c)) {
    return {};
  }
  if (is_space(c)) {
    return " ";
  }
  if (const std::string_view mark = straight(c); !mark.empty()) {
    return std::string(mark);
  }
  if (auto letter = styled().find(c); letter != styled().end()) {
    return std::string(1, letter->second);
  }
  if (const char letter = framed(c)) {
    return std::string(1, letter);
  }
  char same[4];
  const std::string_view as_it_is(same, encode_utf8(c, same));
  UErrorCode error = U_ZERO_ERROR;
  const icu::UnicodeString given(static_cast<UChar32>(c));
  const icu::UnicodeString apart = nfd().normalize(nfkc_casefold().normalize(given, error), error);
  icu::UnicodeString kept;
  bool drops = false;
  for (int at = 0; at < apart.length(); at = apart.moveIndex32(at, 1)) {
    const UChar32 point = apart.char32At(at);
    if (!is_dropped(static_cast<std::uint32_t>(point))) {
      drops = loses_marks(static_cast<std::uint32_t>(point));
      kept.append(point);
    } else if (!drops) {
      kept.append(point);
    }
  }
  std::string out;
  nfc().normalize(kept, error).toUTF8String(out);
  return U_FAILURE(error) || is_several(kept) || out.size() > 63 ? std::string(as_it_is) : out;
}

struct Tables {
  std::array<std::uint16_t, kFoldPages> pages{};
  std::vector<std::uint32_t> entries = std::vector<std::uint32_t>(kFoldPageSize);
  std::string pool = " ";
};

Tables make() {
  Tables out;
  std::unordered_map<std::string, std::uint32_t> places;
  for (const auto& [first, end] : kBlocks) {
    for (std::uint32_t c = first; c < end; ++c) {
      if (c >= 0xD800 && c <= 0xDFFF) {
        continue;
      }
      std::string text = fold_once(c);
      for (int round = 0; round < 3; ++round) {
        std::string again;
        for (std::string_view rest = text; !rest.empty();) {
          const CodePoint point = decode_utf8(rest);
          again += fold_once(point.value);
          rest.remove_prefix(point.length);
        }
        text = std::move(again);
      }
      char same[4];
      const bool unchanged = text == std::string_view(same, encode_utf8(c, same));
      const CodePoint folded = text.empty() ? CodePoint{c, 0, true} : decode_utf8(text);
      const bool composes = folded.length == text.size() && u_getIntPropertyValue(static_cast<UChar32>(folded.value),
                                                                                  UCHAR_NFC_QUICK_CHECK) == UNORM_MAYBE;
      if ((unchanged && !composes) || text.size() > 63) {
        continue;
      }
      auto [place, fresh] = places.try_emplace(text, static_cast<std::uint32_t>(out.pool.size()));
      if (fresh) {
        out.pool += text;
      }
      std::uint16_t& page = out.pages[c >> kFoldPageBits];
      if (page == 0) {
        page = static_cast<std::uint16_t>(out.entries.size() / kFoldPageSize);
        out.entries.resize(out.entries.size() + kFoldPageSize);
      }
      out.entries[page * kFoldPageSize + (c & (kFoldPageSize - 1))] = place->second << 8 | (unchanged ? 128u : 0u) |
                                                                      (composes ? 64u : 0u) |
                                                                      static_cast<std::uint32_t>(text.size());
    }
  }
  return out;
}

template <class Numbers>
void write(std::FILE* file, const char* declaration, const Numbers& numbers) {
  std::fprintf(file, "const %s = {", declaration);
  std::size_t n = 0;
  for (const auto number : numbers) {
    std::fprintf(file, "%s%u", n == 0 ? "" : n % 24 == 0 ? ",\n" : ",", static_cast<unsigned>(number));
    ++n;
  }
  std::fprintf(file, "};\n");
}

}  // namespace
}  // namespace heed::text

int main(int argc, char** argv) {
  using namespace heed::text;
  std::FILE* file = argc == 2 ? std::fopen(argv[1], "w") : nullptr;
  if (file == nullptr) {
    std::fprintf(stderr, "usage: make_fold_table FILE\n");
    return 2;
  }
  const Tables tables = make();
  write(file, "std::uint16_t kFoldPage[kFoldPages]", tables.pages);
  write(file, "std::uint32_t kFoldEntry[]", tables.entries);
  std::vector<unsigned char> pool(tables.pool.begin(), tables.pool.end());
  pool.push_back(0);
  write(file, "unsigned char kFoldPool[]", pool);
  return std::fclose(file) == 0 ? 0 : 1;
}
