#include "text/unmask.h"

#include <gtest/gtest.h>

#include <random>

#include "text/fold.h"

namespace heed::text {
namespace {

Vocabulary vocabulary() {
  Vocabulary words;
  for (const char* word : {"kill", "you",     "i",      "will",   "yourself", "hate",  "bitch",  "fuck",   "shit",
                           "ass",  "asshole", "rapist", "stupid", "kys",      "pussy", "murder", "idiot",  "slaughter",
                           "hang", "сука",    "убью",   "hope",   "faggot",   "die",   "whore",  "bastard"}) {
    words.add(word, true);
  }
  words.finish();
  return words;
}

struct Read {
  std::string folded;
  std::vector<Token> tokens;
  Readings readings;
};
Read read(std::string_view text, const Vocabulary* listed) {
  Read out;
  Folded folded;
  UnmaskScratch scratch;
  fold(text, folded);
  out.folded = folded.text;
  tokenize(out.folded, out.tokens);
  unmask(out.folded, out.tokens, listed, scratch, out.readings);
  return out;
}

/// "word@bytes" of every reading that a list gives or that is sure without one.
using Lines = std::vector<std::string>;
Lines lines(std::string_view text, unsigned tricks_of = 0xffff, const Vocabulary* listed = nullptr) {
  static const Vocabulary standard = vocabulary();
  const Read post = read(text, listed == nullptr ? &standard : listed);
  Lines out;
  for (const Reading& reading : post.readings.all) {
    if ((reading.tricks & tricks_of) != 0) {
      out.push_back(std::string(post.readings.word(reading)) + "@" +
                    post.folded.substr(reading.begin, reading.end - reading.begin));
    }
  }
  return out;
}
/// Whether a listed word is among the readings.
bool listed_word(std::string_view text) {
  static const Vocabulary standard = vocabulary();
  const Read post = read(text, &standard);
  for (const Reading& reading : post.readings.all) {
    if (standard.has(reading.hash)) {
      return true;
    }
  }
  return false;
}

TEST(Unmask, ReadsLookAlikesInsideALatinWord) {
  EXPECT_EQ(lines("kіll yоu"), (Lines{"kill@kіll", "you@yоu"}));
  EXPECT_EQ(lines("hαte"), Lines{"hate@hαte"});
  EXPECT_EQ(lines("ᏦᎥll"), Lines{"kill@ᏦᎥll"});
  EXPECT_EQ(lines("cукa, он такой"), Lines{"сука@cукa"});
}
TEST(Unmask, LeavesWordsOfOtherScriptsAlone) {
  EXPECT_EQ(lines("роса на траве, уха и хор"), Lines{});
  EXPECT_EQ(lines("το νερό κάτω"), Lines{});
  EXPECT_EQ(lines("she said сор today"), Lines{});
  EXPECT_EQ(lines("10 kΩ, cosθ, β-blocker"), Lines{});
}

TEST(Unmask, ReadsLeetWhereAListHasTheWordOrADigitStandsBetweenLetters) {
  EXPECT_EQ(lines("k1ll"), Lines{"kill@k1ll"});
  EXPECT_EQ(lines("h4te b1tch"), (Lines{"hate@h4te", "bitch@b1tch"}));
  EXPECT_EQ(lines("ki11"), Lines{"kill@ki11"});
  EXPECT_EQ(lines("@ss $hit a$$ @sshole"), (Lines{"ass@@ss", "shit@$hit", "ass@a$$", "asshole@@sshole"}));
  EXPECT_EQ(lines("b@stard"), Lines{"bastard@b@stard"});
  EXPECT_EQ(lines("w3ird"), Lines{"weird@w3ird"});
}
TEST(Unmask, LeavesNumbersPricesAndNamesAlone) {
  for (const char* text :
       {"at 5pm", "B2B and B2C", "covid19", "$5 or 5$", "order a1b2c3 no 4711", "1st 2nd 3rd 4th", "mp3 h264 x86",
        "i18n k8s", "@anna and @bo_55", "mail anna@host.example", "3 kills", "C++ and C#", "2x faster", "100%"}) {
    EXPECT_EQ(lines(text), Lines{}) << text;
  }
}

TEST(Unmask, ReadsMasksAsListedWords) {
  EXPECT_EQ(lines("f*ck s#it f**k sh*t"), (Lines{"fuck@f*ck", "shit@s#it", "fuck@f**k", "shit@sh*t"}));
  EXPECT_EQ(lines("sh!t"), Lines{"shit@sh!t"});
  EXPECT_EQ(lines("k-ll b_tch"), (Lines{"kill@k-ll", "bitch@b_tch"}));
}
TEST(Unmask, TakesTheWordThatPeopleMaskOfSeveral) {
  Vocabulary listed;
  for (std::string_view word : {"rape", "rope", "ripe", "fuck", "folk", "bear", "boar"}) {
    listed.add(word, true);
  }
  listed.finish();
  EXPECT_EQ(lines("r*pe", kMask, &listed), Lines{"rape@r*pe"});
  EXPECT_EQ(lines("r#pe", kMask, &listed), Lines{"rape@r#pe"});
  EXPECT_EQ(lines("f**k", kMask, &listed), Lines{"fuck@f**k"});
  EXPECT_EQ(lines("b**r", kMask, &listed), Lines{});  // either
}

TEST(Unmask, ReadsALetterAndStarsAsNewspapersPrintThem) {
  Vocabulary listed;
  listed.add("fuck", true);
  listed.finish();
  EXPECT_EQ(lines("f*** off", kMask, &listed), Lines{"fuck@f***"});
  for (std::string_view text : {"f**", "f****", "f***x", "*f***", "b****", "**** f", "4***"}) {
    EXPECT_EQ(lines(text, kMask, &listed), Lines{}) << text;
  }
}

TEST(Unmask, LeavesOtherStarsAlone) {
  for (const char* text : {"2*3*4", "*very* good", "**bold**", "a*b", "t-shirt", "5***** hotel", "what?! no",
                           "wow!nice", "c#", "f-stop", "#kindness matters", "rock*star", "k-pop"}) {
    EXPECT_FALSE(listed_word(text)) << text;
  }
}

TEST(Unmask, ReadsSpacedAndDottedLetters) {
  EXPECT_EQ(lines("k i l l"), Lines{"kill@k i l l"});
  EXPECT_EQ(lines("k.i.l.l, k-i-l-l"), (Lines{"kill@k.i.l.l", "kill@k-i-l-l"}));
  EXPECT_EQ(lines("k y s"), Lines{"kys@k y s"});
  EXPECT_EQ(lines("k i l l   y o u"), (Lines{"kill@k i l l", "you@y o u"}));
  EXPECT_EQ(lines("i k i l l y o u"), (Lines{"ikillyou@i k i l l y o u", "kill@k i l l", "you@y o u"}));
  EXPECT_EQ(lines("ki.ll ki-ll k*i*l*l"), (Lines{"kill@ki.ll", "kill@ki-ll", "kill@k*i*l*l"}));
  EXPECT_EQ(lines("k🔪ill"), Lines{"kill@k🔪ill"});
  EXPECT_EQ(lines("у б ь ю"), Lines{"убью@у б ь ю"});
  EXPECT_EQ(lines("k 1 l l"), Lines{"kill@k 1 l l"});
}
TEST(Unmask, LeavesInitialsAndListsAlone) {
  for (const char* text : {"s k i l l s", "J. R. R. Tolkien", "the U.S.A. today", "a, b, c, d", "x + y = z", "1 2 3 4",
                           "e.g. this, i.e. that", "plan A b c", "vitamin B 12 c", "w w w . c o m", "t h o p e d"}) {
    EXPECT_FALSE(listed_word(text)) << text;
  }
}

TEST(Unmask, ReadsStretchedLettersAndSaysSo) {
  EXPECT_EQ(lines("killlll", kStretched), Lines{"kill@killlll"});
  EXPECT_EQ(lines("soooo", kStretched), Lines{"so@soooo"});
  EXPECT_EQ(lines("kkiilll", kStretched), (Lines{"kkiill@kkiilll", "kill@kkiilll"}));
  EXPECT_EQ(lines("biiiitch k1llllll", kStretched), (Lines{"bitch@biiiitch", "kill@k1llllll"}));
  EXPECT_EQ(lines("hopes hoops address bookkeeper", kStretched), Lines{});
  EXPECT_FALSE(listed_word("hooopla and hoopes, coool!!! 1000000"));
}

TEST(Unmask, ReadsOneSlipInALongListedWord) {
  EXPECT_EQ(lines("yuorself yoursef rpaist"), (Lines{"yourself@yuorself", "yourself@yoursef", "rapist@rpaist"}));
  EXPECT_EQ(lines("muredr stuppid", kSlip), (Lines{"murder@muredr", "stupid@stuppid"}));
}
TEST(Unmask, NeverMakesAListedOrFrequentWordOfAnother) {
  Vocabulary words;
  for (const char* word : {"through", "thought", "united", "friend", "country", "breast", "marital"}) {
    words.add(word, true);
  }
  words.finish();
  for (const char* text :
       {"though", "thorough", "untied", "fiend", "county", "beast", "martial", "laughter", "laugher"}) {
    EXPECT_EQ(lines(text, kSlip, &words), Lines{}) << text;
  }
  EXPECT_EQ(lines("laughter slaugter"), Lines{"slaughter@slaugter"});
}

TEST(Unmask, KeepsEchoesAndCodesAsSigns) {
  const auto signs = [](std::string_view text) {
    const Read post = read(text, nullptr);
    Lines out;
    for (const Sign& sign : post.readings.signs) {
      out.push_back(std::string(sign.name) + "@" + post.folded.substr(sign.begin, sign.end - sign.begin));
    }
    return out;
  };
  EXPECT_EQ(signs("the (((bankers))) and ((you)) and (((("), Lines{"echo@(((bankers)))"});
  EXPECT_EQ(signs("1488 14/88 13/50 88"),
            (Lines{"code_1488@1488", "code_1488@14/88", "code_1350@13/50", "code_88@88"}));
  EXPECT_EQ(signs("14, 88 and 148 or 1988"), Lines{"code_88@88"});
}

TEST(Unmask, SaysWhatTheWriterMeantWithoutAnyList) {
  const Read post = read("so k1ll thеm soooo h.a.r.d f*ck", nullptr);
  Lines words;
  each_meant_word(post.folded, post.tokens, post.readings,
                  [&](std::string_view word, std::uint32_t first, std::uint32_t last, Tricks tricks) {
                    words.push_back(std::string(word) + ":" + std::to_string(first) + "-" + std::to_string(last) + ":" +
                                    std::to_string(tricks));
                  });
  EXPECT_EQ(words, (Lines{"so:0-0:0", "kill:1-1:2", "them:2-2:1", "so:3-3:16", "hard:4-7:8", "f:8-8:0", "ck:9-9:0"}));
}

std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> pieces = {
      "k", "i", "l",      "l",      "kill", "you", "ki",  "ll",    " ",    " ",        " ",    ".", "-",    "*",
      "@", "$", "!",      "1",      "4",    "0",   "'",   "(((",   ")))",  "é",        "к",    "а", "убью", "α",
      "🔪", "🇩", "\u200b", "\u0301", "\xff", "\n",  "ooo", "14/88", "f*ck", "https://", "word", "𝐤"};
  std::string text;
  const std::size_t length = random() % 30;
  for (std::size_t i = 0; i < length; ++i) {
    text += pieces[random() % pieces.size()];
  }
  return text;
}

TEST(Unmask, PlacesEveryReadingOnWholeCharactersOfTheOriginal) {
  static const Vocabulary listed = vocabulary();
  std::mt19937 random(4);
  Folded folded;
  std::vector<Token> tokens;
  UnmaskScratch scratch;
  Readings readings;
  for (int round = 0; round < 20000; ++round) {
    const std::string text = random_text(random);
    fold(text, folded);
    tokenize(folded.text, tokens);
    unmask(folded.text, tokens, &listed, scratch, readings);
    std::uint32_t before = 0;
    for (const Reading& reading : readings.all) {
      ASSERT_LE(before, reading.first) << text;
      before = reading.first;
      ASSERT_LE(reading.first, reading.last);
      ASSERT_LT(reading.last, tokens.size());
      ASSERT_LE(reading.begin, tokens[reading.first].begin);
      ASSERT_GE(reading.end, tokens[reading.last].end);
      ASSERT_LE(reading.end, folded.text.size());
      ASSERT_TRUE(reading.first == 0 || tokens[reading.first - 1].end <= reading.begin) << text;
      ASSERT_NE(reading.tricks, 0);
      ASSERT_EQ(reading.hash, hash_word(readings.word(reading)));
      const auto [start, end] = folded.original(reading.begin, reading.end);
      ASSERT_LT(start, end);
      ASSERT_LE(end, text.size());
    }
  }
}

TEST(Unmask, SaysTheSameToAModelWhateverTheLists) {
  static const Vocabulary listed = vocabulary();
  std::mt19937 random(5);
  for (int round = 0; round < 5000; ++round) {
    const std::string text = random_text(random);
    const auto words = [&](const Vocabulary* vocabulary) {
      const Read post = read(text, vocabulary);
      std::string out;
      each_meant_word(post.folded, post.tokens, post.readings,
                      [&](std::string_view word, std::uint32_t first, std::uint32_t, Tricks tricks) {
                        out += std::to_string(first) + std::string(word) + std::to_string(tricks) + " ";
                      });
      return out;
    };
    ASSERT_EQ(words(nullptr), words(&listed)) << text;
  }
}

TEST(Unmask, IsLinearOnHostileText) {
  static const Vocabulary listed = vocabulary();
  for (const char* piece : {"k i l l ", "((((",   "a*a*a*", "*",       "@",    "a@", "k.", "\u0301", "e\u0301", "ǿ",
                            "kі",       "1l",     "kill-",  "$",       "a$",   "🔪k", "l",  "i ",     "u r a ",  "a-b.",
                            "(((a)))",  "14/88 ", "🇰🇮",     "и\u0306", "(((a", "'",  "a'", "к",      "к "}) {
    std::string text;
    while (text.size() < (1u << 20)) {
      text += piece;
    }
    const Read post = read(text, &listed);
    EXPECT_LE(post.readings.all.size(), kReadingsMax) << piece;
    EXPECT_LE(post.readings.words.size(), kReadingsMax * 64) << piece;
  }
}

}  // namespace
}  // namespace heed::text
