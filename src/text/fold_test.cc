#include "text/fold.h"

#include <gtest/gtest.h>

#include <random>

#include "base/bytes.h"
#include "text/token.h"
#include "text/utf8.h"

namespace heed::text {
namespace {

std::string folded(std::string_view text) {
  Folded out;
  fold(text, out);
  return out.text;
}

TEST(Fold, LowersAsciiAndMovesNothing) {
  Folded out;
  fold("I Will FIND you, [@Z`{] 0123456789", out);
  EXPECT_EQ(out.text, "i will find you, [@z`{] 0123456789");
  EXPECT_TRUE(out.runs.empty());
  EXPECT_EQ(out.original(7, 8).start, 7u);
  EXPECT_EQ(out.original(0, 7).end, 7u);
}

TEST(Fold, StripsDiacriticsCaseAndWidth) {
  EXPECT_EQ(folded("Ich weiß, wo Du wohnst, Ägidius Ørsted Łódź"), "ich weiss, wo du wohnst, agidius orsted lodz");
  EXPECT_EQ(folded("Ｋｉｌｌ"), "kill");
  EXPECT_EQ(folded("e\u0301te\u0301"), "ete");
  EXPECT_EQ(folded("ПРИВЕТ Ёлка ΑΒΓ"), "привет ёлка αβγ");
}

TEST(Fold, MakesStyledLettersPlain) {
  for (const char* kill : {"𝐤𝐢𝐥𝐥", "𝓚𝓲𝓵𝓵", "𝕜𝕚𝕝𝕝", "𝚔𝚒𝚕𝚕", "ⓚⓘⓛⓛ", "ⓀⒾⓁⓁ", "🅚🅘🅛🅛", "🄺🄸🄻🄻", "🅺🅸🅻🅻", "⒦⒤⒧⒧", "ᵏⁱˡˡ",
                           "ᴋɪʟʟ", "Ｋｉｌｌ", "k̶i̶l̶l̶", "K̷͓̪̈Ì̵L̸̓L̴̛", "ķíĺł", "🇰🇮🇱🇱", "k\u2060i\u180El\U000E0041l", "ƙɨɭɫ"}) {
    EXPECT_EQ(folded(kill), "kill") << kill;
  }
  EXPECT_EQ(folded("ﬁve ½ ① ㎏"), "five ½ 1 kg");
}

TEST(Fold, KeepsFlagsAndTellsThemFromLetters) {
  EXPECT_EQ(folded("🇩🇪🇫🇷 🇺🇦"), "🇩🇪🇫🇷 🇺🇦");
  EXPECT_EQ(folded("🇩🇪🇫"), "def");
  EXPECT_EQ(folded("🇰 🇮 🇱 🇱"), "k i l l");
}

TEST(Fold, PutsLettersAndMarksTogetherWhereTheMarkMakesAnotherLetter) {
  EXPECT_EQ(folded("и\u0306 й"), "й й");
  EXPECT_EQ(folded("е\u0308ж"), "ёж");
  EXPECT_EQ(folded("ハ\u309Aン ﾊﾟﾝ"), "パン パン");
  EXPECT_EQ(folded("\u1112\u1161\u11AB"), "한");
  EXPECT_EQ(folded("Άλφα ς"), "αλφα σ");
  EXPECT_EQ(folded("مُحَمَّد أحمد"), "محمد احمد");
}

TEST(Fold, MapsLettersPutTogetherBackToAllTheirBytes) {
  const std::string original = "x и\u0306\u0301 y";
  Folded out;
  fold(original, out);
  ASSERT_EQ(out.text, "x й y");
  EXPECT_EQ(out.original(2, 4).start, 2u);
  EXPECT_EQ(out.original(2, 4).end, 2 + 2 + 2u);
  EXPECT_EQ(out.original(5, 6).start, original.size() - 1);
}

TEST(Fold, FoldsEveryCodePointToSomethingThatStays) {
  for (std::uint32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) {
      continue;
    }
    char bytes[4];
    const std::string once = folded({bytes, encode_utf8(c, bytes)});
    ASSERT_EQ(folded(once), once) << std::hex << c;
    ASSERT_TRUE(valid_utf8(once)) << std::hex << c;
  }
}

TEST(Fold, DropsWhatIsNotSeen) { EXPECT_EQ(folded("k\u200bi\u200dl\u00adl\ufeff \u202eyou"), "kill you"); }

TEST(Fold, StraightensQuotes) { EXPECT_EQ(folded("“a” ‘b’ „c“ «d» it’s"), "\"a\" 'b' \"c\" \"d\" it's"); }

TEST(Fold, LeavesOtherScriptsAndEmojiAlone) { EXPECT_EQ(folded("死ね 🔪 שלום"), "死ね 🔪 שלום"); }

TEST(Fold, TurnsStrayBytesIntoSpaces) { EXPECT_EQ(folded("a\xff\xc3z\xe2\x82"), "a  z  "); }

TEST(Fold, MapsSpansBackToTheOriginal) {
  const std::string original = "x \u200bWeiß\u200b, ja";
  Folded out;
  fold(original, out);
  ASSERT_EQ(out.text, "x weiss, ja");
  const auto [begin, end] = out.original(2, 7);
  EXPECT_EQ(original.substr(begin, end - begin), "Weiß");
}

/// Pieces that fold to other lengths, to nothing, or are broken.
std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> pieces = {
      "a",      "Z",      " ",  "7", "'",       "ß", "É",      "\u200b", "\u0301",  "ﬀ",  "Ａ",     "“",
      "…",      "Ж",      "日", "🔪", "🇩",       "🇪", "🇱",      "и",      "\u0306",  "ﾊ",  "\u309A", "\u1112",
      "\u1161", "\u11AB", "ﷺ",  "𝐤", "=\u0338", "∈", "\u0338", "\xff",   "\xc3",    "\n", "@x",     "Œ",
      "ı",      "İ",      "ẞ",  "—", "www.",    "A", "b",      "c",      "\xe2\x82"};
  std::string text;
  const std::size_t length = random() % 40;
  for (std::size_t i = 0; i < length; ++i) {
    text += pieces[random() % pieces.size()];
  }
  return text;
}

TEST(Fold, MapsEveryTokenOfAnyTextBackToItself) {
  std::mt19937 random(7);
  Folded out, again;
  std::vector<Token> tokens, tokens_again;
  for (int i = 0; i < 20000; ++i) {
    const std::string text = random_text(random);
    fold(text, out);
    tokenize(out.text, tokens);
    std::uint32_t last = 0;
    for (const Token& token : tokens) {
      const auto [begin, end] = out.original(token.begin, token.end);
      ASSERT_LE(last, begin) << text;
      ASSERT_LT(begin, end) << text;
      ASSERT_LE(end, text.size()) << text;
      last = end;
      // The span, folded by itself, is the token; so it begins and ends at characters.
      fold(std::string_view(text).substr(begin, end - begin), again);
      ASSERT_EQ(again.text, out.text.substr(token.begin, token.end - token.begin)) << text;
    }
  }
}

TEST(Fold, IsIdempotentOnValidText) {
  std::mt19937 random(8);
  for (int i = 0; i < 20000; ++i) {
    const std::string text = random_text(random);
    if (valid_utf8(text)) {
      const std::string once = folded(text);
      ASSERT_EQ(folded(once), once) << text;
      ASSERT_TRUE(valid_utf8(once));
    }
  }
}

TEST(Utf8, RoundTripsEveryCodePoint) {
  for (std::uint32_t c = 0; c <= 0x10FFFF; ++c) {
    if (c >= 0xD800 && c <= 0xDFFF) {
      continue;
    }
    char bytes[4];
    const std::size_t length = encode_utf8(c, bytes);
    const CodePoint back = decode_utf8({bytes, length});
    ASSERT_TRUE(back.valid && back.value == c && back.length == length) << c;
  }
}

TEST(Utf8, AgreesWithTheValidatorOnRandomBytes) {
  std::mt19937 random(9);
  for (int i = 0; i < 200000; ++i) {
    std::string bytes;
    for (int k = 0; k < 4; ++k) {
      bytes.push_back(static_cast<char>(0x80 | (random() & 0x7F)));
    }
    bytes[0] = static_cast<char>(0xC0 | (random() & 0x3F));
    const CodePoint point = decode_utf8(bytes);
    bool expected = false;
    for (std::size_t length = 1; length <= 4; ++length) {
      expected = expected || valid_utf8(std::string_view(bytes).substr(0, length));
    }
    ASSERT_EQ(point.valid, expected);
    if (point.valid) {
      ASSERT_TRUE(valid_utf8(std::string_view(bytes).substr(0, point.length)));
    }
  }
}

}  // namespace
}  // namespace heed::text
