#include "text/token.h"

#include <gtest/gtest.h>

namespace heed::text {
namespace {

std::vector<std::string> words(std::string_view text) {
  std::vector<Token> tokens;
  tokenize(text, tokens);
  std::vector<std::string> out;
  for (const Token& token : tokens) {
    out.emplace_back(text.substr(token.begin, token.end - token.begin));
  }
  return out;
}
std::uint64_t hash_of(std::string_view text) {
  std::vector<Token> tokens;
  tokenize(text, tokens);
  return tokens.size() == 1 ? tokens[0].hash : 0;
}
using Words = std::vector<std::string>;

TEST(Tokenize, SplitsAtPunctuationAndKeepsApostrophes) {
  EXPECT_EQ(words("i'll kill you, 'now' (12a) rock-n-roll_x"),
            (Words{"i'll", "kill", "you", "now", "12a", "rock", "n", "roll", "x"}));
}

TEST(Tokenize, HashesWordsWithoutApostrophes) {
  EXPECT_EQ(hash_of("i'll"), hash_of("ill"));
  EXPECT_NE(hash_of("ill"), hash_of("lil"));
  EXPECT_TRUE(same_word("don't", "dont"));
  EXPECT_FALSE(same_word("dont", "don"));
  EXPECT_FALSE(same_word("don", "dont"));
}

TEST(Tokenize, TakesHandlesAndLinksWhole) {
  EXPECT_EQ(
      words("hi @anna_b, see https://x.example/kill?you=1 and www.y.example. a@b.example"),
      (Words{"hi", "@anna_b", "see", "https://x.example/kill?you=1", "and", "www.y.example.", "a", "@b.example"}));
  EXPECT_EQ(hash_of("@anna"), hash_of("@bert"));
  EXPECT_EQ(words("@user@host.example! @ @_"), (Words{"@user@host.example", "@_"}));
}

TEST(Tokenize, KeepsOtherScriptsAsWordsAndSignsAlone) {
  EXPECT_EQ(words("привет🔪🔪мир 死ね。 ok"), (Words{"привет", "🔪", "🔪", "мир", "死ね", "ok"}));
}

TEST(Tokenize, FindsNothingInNothing) {
  EXPECT_TRUE(words("").empty());
  EXPECT_TRUE(words(" ''' -- … \xff\xff").empty());
}

TEST(Tokenize, IsLinearOnLongInput) {
  std::vector<Token> tokens;
  for (const char* piece : {"a", "'", "@", "@a", "http://", "a'", "🔪", "\xe2", "a "}) {
    std::string text;
    while (text.size() < (1u << 20)) {
      text += piece;
    }
    tokenize(text, tokens);
    EXPECT_LE(tokens.size(), text.size());
  }
}

}  // namespace
}  // namespace heed::text
