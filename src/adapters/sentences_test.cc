#include "adapters/sentences.h"

#include <gtest/gtest.h>

#include <random>
#include <string>

namespace heed::adapters {
namespace {

std::vector<std::string> texts(std::string_view text) {
  std::vector<Sentence> sentences;
  split_sentences(text, sentences);
  std::vector<std::string> out;
  for (const Sentence& s : sentences) {
    out.emplace_back(s.text);
  }
  return out;
}

using Texts = std::vector<std::string>;

TEST(Sentences, EndAtStopsBeforeSpace) {
  EXPECT_EQ(texts("Good morning. How are you?  Fine!!"), (Texts{"Good morning.", "How are you?", "Fine!!"}));
  EXPECT_EQ(texts("It costs 3.50 at example.org today"), (Texts{"It costs 3.50 at example.org today"}));
  EXPECT_EQ(texts("He said \"no.\" Then he left."), (Texts{"He said \"no.\"", "Then he left."}));
  EXPECT_EQ(texts("one\ntwo\r\n\r\nthree"), (Texts{"one", "two", "three"}));
  EXPECT_EQ(texts("\xE4\xBD\xA0\xE5\xA5\xBD\xE3\x80\x82\xE5\x86\x8D\xE8\xA7\x81"),
            (Texts{"\xE4\xBD\xA0\xE5\xA5\xBD\xE3\x80\x82", "\xE5\x86\x8D\xE8\xA7\x81"}));
  EXPECT_EQ(texts("  \n\t "), Texts{});
  EXPECT_EQ(texts(""), Texts{});
}

TEST(Sentences, CountInUtf16Units) {
  // U+1F600 takes two units and four bytes, é one and two.
  std::vector<Sentence> s;
  split_sentences("\xF0\x9F\x98\x80 caf\xC3\xA9. \xF0\x9F\x98\x80!", s);
  ASSERT_EQ(s.size(), 2u);
  EXPECT_EQ(s[0].begin, 0u);
  EXPECT_EQ(s[0].end, 8u);
  EXPECT_EQ(s[1].begin, 9u);
  EXPECT_EQ(s[1].end, 12u);
  EXPECT_EQ(utf16_units("\xF0\x9F\x98\x80 caf\xC3\xA9"), 7u);
}

TEST(Sentences, AreBoundedInNumberAndLoseNothing) {
  std::string text;
  for (int i = 0; i < 5000; ++i) {
    text += "a. ";
  }
  std::vector<Sentence> s;
  split_sentences(text, s);
  EXPECT_EQ(s.size(), kSentencesMax);
  EXPECT_EQ(s.back().end, text.size() - 1);
}

TEST(Sentences, CoverEveryVisibleByteInOrder) {
  const std::vector<std::string> pieces = {
      "a", ".", "!", " ", "\n", "\"", "\xC3\xA9", "\xF0\x9F\x98\x80", "\xE3\x80\x82", "\xC2\xA0", "\xE2\x80\xA6"};
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (int i = 0; i < 24; ++i) {
      text += pieces[random() % pieces.size()];
    }
    std::vector<Sentence> sentences;
    split_sentences(text, sentences);
    const char* at = text.data();
    for (const Sentence& s : sentences) {
      ASSERT_LE(at, s.text.data());
      ASSERT_FALSE(s.text.empty());
      const auto offset = static_cast<std::size_t>(s.text.data() - text.data());
      ASSERT_EQ(s.begin, utf16_units(std::string_view(text).substr(0, offset)));
      ASSERT_EQ(s.end, s.begin + utf16_units(s.text));
      for (; at < s.text.data(); ++at) {  // only white space lies between
        ASSERT_TRUE(*at == ' ' || *at == '\n' || *at == '\xC2' || *at == '\xA0') << text;
      }
      at = s.text.data() + s.text.size();
    }
  }
}

}  // namespace
}  // namespace heed::adapters
