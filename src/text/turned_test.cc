#include "text/turned.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "base/bytes.h"
#include "text/fold.h"
#include "text/token.h"

namespace heed::text {
namespace {

std::string folded(std::string_view text) {
  Folded out;
  fold(text, out);
  return out.text;
}

/// As the pages that do it write it.
std::string upside_down(std::string_view text) {
  static const std::pair<char, std::string_view> kLetters[] = {
      {'a', "ɐ"}, {'b', "q"}, {'c', "ɔ"}, {'d', "p"}, {'e', "ǝ"}, {'f', "ɟ"}, {'g', "ƃ"}, {'h', "ɥ"},
      {'i', "ᴉ"}, {'j', "ɾ"}, {'k', "ʞ"}, {'m', "ɯ"}, {'n', "u"}, {'p', "d"}, {'q', "b"}, {'r', "ɹ"},
      {'t', "ʇ"}, {'u', "n"}, {'v', "ʌ"}, {'w', "ʍ"}, {'y', "ʎ"}, {'!', "¡"}, {'?', "¿"}, {'.', "˙"}};
  std::string out;
  for (const char c : text) {
    const auto* at =
        std::find_if(std::begin(kLetters), std::end(kLetters), [&](const auto& l) { return l.first == c; });
    out.insert(0, at == std::end(kLetters) ? std::string_view(&c, 1) : at->second);
  }
  return out;
}

TEST(Turned, IsReadInItsRightOrder) {
  EXPECT_EQ(folded("ɐqɔ"), "cba");
  EXPECT_EQ(folded("ʇxǝʇ uʍop ǝpᴉsdn"), "upside down text");
  EXPECT_EQ(folded("¿ǝɯoɥ oƃ noʎ op ʎɥʍ ˙ou"), "no. why do you go home?");
  EXPECT_EQ(folded("∀ ⅄˥˥∩Ⅎ"), "fully a");
}

TEST(Turned, IsFoundAmongOtherWordsAndLines) {
  EXPECT_EQ(folded("He said: ʇɐǝɹƃ ǝɹɐ noʎ to me"), "he said: you are great to me");
  EXPECT_EQ(folded("one\nǝǝɹɥʇ oʍʇ\nfour"), "one\ntwo three\nfour");
  EXPECT_EQ(folded("the soup no ǝɯoɥ no soup"), "the soup no home no soup") << "what reads either way stays, outside";
  EXPECT_EQ(folded("ou ǝɯoɥ oƃ"), "go home no") << "and is turned where the line has nothing else";
  EXPECT_EQ(folded("@ɐnnɐ ʎɥʍ ʇɐɥʇ"), "@ɐnnɐ that why") << "a handle stays";
}

TEST(Turned, LeavesPhoneticSpellingAndLivingLanguagesAlone) {
  for (const std::string_view text :
       {"/ˈwɔːtə/", "it is said [ˈɹʌnɪŋ] here", "ɔkyena mɛba", "Ɔsomafo no", "Azərbaycan dili", "İstanbul ılık ısı",
        "Kǝla bǝ", "ɓaɗa ƙasa", "Λόγος", "the soup was no soup", "∀x ∃y: x∈y", "A ∩ B", "ʇ", "oooo ɐ soup soup soup"}) {
    Folded out;
    fold(text, out);
    EXPECT_TRUE(out.turned.empty()) << text << " became " << out.text;
  }
}

TEST(Turned, HasNoWeightInWhatIsNotSeen) { EXPECT_EQ(folded("ʇ\u200bɐ\u0301ɥʇ"), "that"); }

TEST(Turned, MapsBackToTheBytesWhereverItStands) {
  const std::string text = "so: ʇɐǝɹƃ ǝɹɐ noʎ, she said";
  Folded out;
  fold(text, out);
  const auto of = [&](std::string_view words) {
    const auto at = static_cast<std::uint32_t>(out.text.find(words));
    const auto [start, end] = out.original(at, at + static_cast<std::uint32_t>(words.size()));
    return text.substr(start, end - start);
  };
  EXPECT_EQ(out.text, "so: ,you are great she said");
  EXPECT_EQ(of("you"), "noʎ");
  EXPECT_EQ(of("are great"), "ʇɐǝɹƃ ǝɹɐ");
  EXPECT_EQ(of("great she"), "ʇɐǝɹƃ ǝɹɐ noʎ, she") << "what reaches beyond takes all between";
  EXPECT_EQ(of("so"), "so");
  EXPECT_EQ(of("said"), "said");
}

TEST(Turned, BringsBackAnyText) {
  std::mt19937 random(3);
  for (int i = 0; i < 2000; ++i) {
    std::string text;
    const std::size_t words = 1 + random() % 6;
    for (std::size_t w = 0; w < words; ++w) {
      text += w == 0 ? "" : " ";
      for (std::size_t c = 0; c < 3 + random() % 5; ++c) {
        text += static_cast<char>('a' + random() % 26);
      }
      text += "thy";  // letters that mean nothing else
    }
    ASSERT_EQ(folded(upside_down(text)), text);
  }
}

TEST(Turned, StandsAnyBytes) {
  std::mt19937 random(4);
  static const std::string_view kPieces[] = {"ɐ",    "ʇ",    "ɔ", "q",      "n", " ", "\n", "a", "@", "/", "¡",
                                             "\xff", "\xc9", "ß", "\u200b", "🔪", "K", ".",  "1", "ʎ", "É", "\u0301"};
  Folded out;
  std::vector<Token> tokens;
  for (int i = 0; i < 30000; ++i) {
    std::string text;
    for (std::size_t n = random() % 30; n > 0; --n) {
      text += kPieces[random() % std::size(kPieces)];
    }
    fold(text, out);
    tokenize(out.text, tokens);
    for (const Token& token : tokens) {
      const auto [start, end] = out.original(token.begin, token.end);
      ASSERT_LT(start, end) << text;
      ASSERT_LE(end, text.size()) << text;
    }
    if (!out.text.empty()) {
      const auto [start, end] = out.original(0, static_cast<std::uint32_t>(out.text.size()));
      ASSERT_LT(start, end);
      ASSERT_LE(end, text.size());
    }
    if (valid_utf8(text)) {
      ASSERT_TRUE(valid_utf8(out.text)) << text;
    }
  }
}

}  // namespace
}  // namespace heed::text
