#include "match/pattern_set.h"

#include <gtest/gtest.h>

#include <random>

namespace heed::match {
namespace {

using Numbers = std::vector<std::uint32_t>;

std::shared_ptr<const PatternSet> set_of(const std::vector<std::string>& regexes,
                                         const std::vector<std::string>& literals = {}) {
  std::vector<Pattern> patterns;
  for (const std::string& regex : regexes) {
    patterns.push_back({regex, Pattern::Kind::Regex});
  }
  for (const std::string& literal : literals) {
    patterns.push_back({literal, Pattern::Kind::Literal});
  }
  auto set = PatternSet::make(patterns);
  EXPECT_TRUE(set) << (set ? "" : set.error().message);
  return set ? *std::move(set) : nullptr;
}
Numbers fired(const PatternSet& set, std::string_view text) {
  Numbers out = {99};
  set.scan(text, out);
  return out;
}
Numbers one_by_one(const PatternSet& set, std::string_view text) {
  Numbers out;
  for (std::uint32_t number = 0; number < set.patterns().size(); ++number) {
    if (set.matches(number, text)) {
      out.push_back(number);
    }
  }
  return out;
}

TEST(PatternSet, TellsWhichPatternsMatch) {
  const auto set =
      set_of({"kill.{0,10}you", "\\d{3}-\\d{4}", "(cats|dogs) rule", "^hi", "x*"}, {"free cards", "é", "z"});
  EXPECT_EQ(fired(*set, "i will kill all of you"), (Numbers{0, 4}));
  EXPECT_EQ(fired(*set, "call 555-0100 for free cards"), (Numbers{1, 4, 5}));
  EXPECT_EQ(fired(*set, "hi dogs rule"), (Numbers{2, 3, 4}));
  EXPECT_EQ(fired(*set, "oh hi café z"), (Numbers{4, 6, 7}));
  EXPECT_EQ(fired(*set, ""), Numbers{4});
}

TEST(PatternSet, FindsSpansOnDemand) {
  const auto set = set_of({"a+b"}, {"cc"});
  Span span;
  ASSERT_TRUE(set->find(0, "xaab ab cc", 0, span));
  EXPECT_EQ(span, (Span{1, 4}));
  ASSERT_TRUE(set->find(0, "xaab ab cc", 4, span));
  EXPECT_EQ(span, (Span{5, 7}));
  ASSERT_TRUE(set->find(1, "xaab ab cc", 0, span));
  EXPECT_EQ(span, (Span{8, 10}));
  EXPECT_FALSE(set->find(1, "xaab ab cc", 9, span));
  EXPECT_FALSE(set->find(1, "x", 2, span));
}

TEST(PatternSet, KnowsThatCaseHasMoreThanTwoForms) {
  const auto set = set_of({"(?i)kiss", "kiss"});
  EXPECT_EQ(fired(*set, "KISS kiss"), (Numbers{0, 1}));
  EXPECT_EQ(fired(*set, "\xE2\x84\xAAiſs"), Numbers{0});
}

TEST(PatternSet, NamesEveryFault) {
  auto set = PatternSet::make({{"ok"}, {"(a"}, {""}, {"a\xff"}, {std::string(2001, 'a')}});
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().code, Code::InvalidInput);
  std::vector<std::string> pointers;
  for (const FieldError& fault : set.error().fields) {
    pointers.push_back(fault.pointer);
  }
  EXPECT_EQ(pointers, (std::vector<std::string>{"1", "2", "3", "4"}));
  EXPECT_EQ(set.error().fields[0].detail, "missing ): (a");
}

TEST(PatternSet, SplitsSetsThatNeedTooMuchMemoryAndLosesNothing) {
  // No letter is needed, and each pattern multiplies the states of one automaton for all.
  std::vector<std::string> regexes;
  for (int i = 0; i < 300; ++i) {
    regexes.push_back("[a-m" + std::to_string(i % 10) + "].{" + std::to_string(5 + i % 40) + "}[0-9" +
                      std::string(1, static_cast<char>('a' + i % 26)) + "]");
  }
  const auto set = set_of(regexes);
  EXPECT_GT(set->counters().splits, 0u);
  std::mt19937 random(1);
  for (int round = 0; round < 30; ++round) {
    std::string text;
    for (int i = 0; i < 200; ++i) {
      text += static_cast<char>(' ' + random() % 95);
    }
    ASSERT_EQ(fired(*set, text), one_by_one(*set, text)) << text;
  }
}

std::string random_regex(std::mt19937& random) {
  static const std::vector<std::string> pieces = {
      "kill", "you", "[ab]", "(cat|dog|)", "c.t", "\\bhi\\b", "x{2,3}", ".{0,5}", "(?i)Stop", "é",       "$",
      "^",    "a",   "\\d+", "(ab)*",      "ſ",   "(a|b)c",   "dog",    "[^x]",   "ll",       "(?:k|K)i"};
  std::string regex;
  for (unsigned i = 0; i < 1 + random() % 4; ++i) {
    regex += pieces[random() % pieces.size()];
  }
  return regex;
}
std::string random_text(std::mt19937& random) {
  static const std::vector<std::string> pieces = {
      "kill", "you", "a",  "b",    "cat", "dog", " ", " ", "hi", "xx", "stop", "STOP", "ſtop",
      "é",    "7",   "ab", "\xff", "KIl", "c",   "k", "K", "ll", "\n", "x",    "i",    "\xE2\x84\xAAi"};
  std::string text;
  for (unsigned i = 0; i < random() % 25; ++i) {
    text += pieces[random() % pieces.size()];
  }
  return text;
}

TEST(PatternSet, OneScanAgreesWithOnePatternAtATime) {
  std::mt19937 random(6);
  for (int round = 0; round < 150; ++round) {
    std::vector<std::string> regexes;
    std::vector<std::string> literals;
    for (unsigned i = 0; i < 1 + random() % 30; ++i) {
      if (const std::string literal = random_text(random).substr(0, 6);
          random() % 3 == 0 && !literal.empty() && literal.find('\xff') == std::string::npos &&
          PatternSet::make({{literal, Pattern::Kind::Literal}})) {
        literals.push_back(literal);
      } else {
        regexes.push_back(random_regex(random));
      }
    }
    const auto set = set_of(regexes, literals);
    ASSERT_NE(set, nullptr);
    for (int t = 0; t < 60; ++t) {
      const std::string text = random_text(random);
      ASSERT_EQ(fired(*set, text), one_by_one(*set, text)) << text;
    }
  }
}

TEST(PatternSet, IsLinearOnHostileText) {
  std::vector<std::string> literals;
  for (int i = 0; i < 200; ++i) {
    literals.push_back(std::string(60, 'a') + std::to_string(i));
  }
  const auto set = set_of({"(a|aa)+$b", "(a*)*c"}, literals);
  const std::string text(1u << 18, 'a');
  EXPECT_EQ(fired(*set, text), Numbers{});
}

}  // namespace
}  // namespace heed::match
