#include "match/matcher.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "text/fold.h"

namespace heed::match {
namespace {

TermList list_of(std::string name, const std::vector<std::string>& terms,
                 const std::vector<std::string>& fillers = {}) {
  TermList list{std::move(name), "1", {}};
  for (const std::string& term : terms) {
    list.entries.push_back({std::to_string(list.entries.size()), term, "c", "", 1, "", "", "", {}, 0});
  }
  for (const std::string& term : fillers) {
    list.entries.push_back({std::to_string(list.entries.size()), term, "context.filler", "", 0, "", "", "", {}, 0});
  }
  return list;
}

/// What is found, as "term@span".
std::vector<std::string> finds(const Matcher& matcher, const std::string& text, Time when = {}) {
  text::Folded folded;
  std::vector<text::Token> tokens;
  std::vector<Match> matches;
  text::fold(text, folded);
  text::tokenize(folded.text, tokens);
  matcher.scan(folded.text, tokens, when, matches);
  std::vector<std::string> out;
  for (const Match& match : matches) {
    const auto [begin, end] = folded.original(tokens[match.first_token].begin, tokens[match.last_token].end);
    out.push_back(matcher.lists()[match.list].entries[match.entry].term + "@" + text.substr(begin, end - begin));
  }
  return out;
}
using Finds = std::vector<std::string>;

TEST(Matcher, FindsWordsAndPhrasesWithTheirSpans) {
  auto matcher = *Matcher::make({list_of("a", {"kill you", "Öl", "@ is dead"})});
  EXPECT_EQ(finds(*matcher, "I'll KILL -- you, @anna is dead"),
            (Finds{"kill you@KILL -- you", "@ is dead@@anna is dead"}));
  EXPECT_EQ(finds(*matcher, "ÖL"), Finds{"Öl@ÖL"});
  EXPECT_EQ(finds(*matcher, "skill you kill"), Finds{});
}

TEST(Matcher, ReportsOverlapsAndEveryListThatHasTheTerm) {
  auto matcher = *Matcher::make({list_of("a", {"a b", "a b c", "b"}), list_of("b", {"(a b|a  B)"})});
  EXPECT_EQ(finds(*matcher, "a b c"), (Finds{"a b@a b", "(a b|a  B)@a b", "a b c@a b c", "b@b"}));
}

TEST(Matcher, EmptyChoicesDoNotMultiplyTheWays) {
  std::string term;
  for (int i = 0; i < 64; ++i) {
    term += "(||) ";
  }
  auto matcher = Matcher::make({list_of("a", {term + "kill you"})});
  ASSERT_TRUE(matcher) << matcher.error().message;
  EXPECT_EQ(finds(**matcher, "kill you").size(), 1u);
}

TEST(Matcher, StepsOverFillersInsideAPhraseOnly) {
  auto matcher = *Matcher::make({list_of("a", {"kill you", "fucking hell"}, {"fucking", "really"})});
  EXPECT_EQ(finds(*matcher, "kill fucking really you"), Finds{"kill you@kill fucking really you"});
  EXPECT_EQ(finds(*matcher, "kill fucking really fucking you"), Finds{});
  EXPECT_EQ(finds(*matcher, "fucking kill you fucking hell"),
            (Finds{"kill you@kill you", "fucking hell@fucking hell"}));
}

TEST(Matcher, IgnoresApostrophesButNotOtherLetters) {
  auto matcher = *Matcher::make({list_of("a", {"I'll find you"})});
  EXPECT_EQ(finds(*matcher, "ill find you"), Finds{"I'll find you@ill find you"});
  EXPECT_EQ(finds(*matcher, "i’ll find you"), Finds{"I'll find you@i’ll find you"});
  EXPECT_EQ(finds(*matcher, "il find you"), Finds{});
}

TEST(Matcher, LeavesOutWhatHasExpired) {
  TermList list = list_of("a", {"old", "new"});
  list.entries[0].expires = from_ms(1000);
  auto matcher = *Matcher::make({list});
  EXPECT_EQ(finds(*matcher, "old new", from_ms(999)), (Finds{"old@old", "new@new"}));
  EXPECT_EQ(finds(*matcher, "old new", from_ms(1000)), Finds{"new@new"});
}

TEST(Matcher, RefusesTermsWithoutWordsOrWithTooMany) {
  auto matcher = Matcher::make({list_of("a", {"---", "a b c d e f g h i j k l m", "ok"}, {"two words"})});
  ASSERT_FALSE(matcher);
  EXPECT_EQ(matcher.error().fields.size(), 3u);
  EXPECT_EQ(matcher.error().fields[0].pointer, "a:0");
}

TEST(Matcher, WithoutListsFindsNothing) { EXPECT_EQ(finds(**Matcher::make({}), "kill you"), Finds{}); }

TEST(Matcher, AgreesWithASearchTermByTerm) {
  std::mt19937 random(11);
  const std::vector<std::string> words = {"a", "b", "c", "d", "e'e", "ee"};
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> terms;
    for (unsigned i = 0; i < 1 + random() % 30; ++i) {
      std::string term;
      for (unsigned w = 0; w < 1 + random() % 4; ++w) {
        term += words[random() % words.size()] + " ";
      }
      terms.push_back(term);
    }
    std::string text;
    for (unsigned w = 0; w < random() % 60; ++w) {
      text += words[random() % words.size()] + " ";
    }
    auto all = *Matcher::make({list_of("a", terms)});
    Finds expected;
    for (const std::string& term : terms) {
      auto one = *Matcher::make({list_of("a", {term})});
      auto found = finds(*one, text);
      expected.insert(expected.end(), found.begin(), found.end());
    }
    auto found = finds(*all, text);
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    ASSERT_EQ(found, expected) << text;
  }
}

TEST(Matcher, AgreesWithEveryChoiceSpelledOut) {
  std::mt19937 random(12);
  const std::vector<std::string> words = {"a", "b", "c", "@", "d d"};
  const auto sequence = [&] {
    std::string out;
    for (unsigned w = 0; w < random() % 3; ++w) {
      out += words[random() % words.size()] + " ";
    }
    return out;
  };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> terms;
    for (unsigned i = 0; i < 1 + random() % 8; ++i) {
      std::string term = "a";
      for (unsigned part = 0; part < random() % 4; ++part) {
        term += "(" + sequence() + "|" + sequence() + "|" + sequence() + ")";
      }
      terms.push_back(term + sequence());
    }
    std::string text;
    for (unsigned w = 0; w < random() % 60; ++w) {
      const std::string& word = words[random() % words.size()];
      text += word == "@" ? "@anna " : word + " ";
    }
    auto matcher = Matcher::make({list_of("a", terms)});
    if (!matcher) {
      continue;  // a phrase that is too long
    }
    Finds expected;
    for (const std::string& term : terms) {
      const auto phrases = *expand_term(term);
      Finds of_term;
      for (const std::string& phrase : phrases) {
        auto one = *Matcher::make({list_of("a", {phrase})});
        for (const std::string& find : finds(*one, text)) {
          of_term.push_back(term + find.substr(phrase.size()));
        }
      }
      expected.insert(expected.end(), of_term.begin(), of_term.end());
    }
    auto found = finds(**matcher, text);
    // The same place may be reached by several spellings of one term; it is found once.
    std::sort(found.begin(), found.end());
    found.erase(std::unique(found.begin(), found.end()), found.end());
    std::sort(expected.begin(), expected.end());
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    ASSERT_EQ(found, expected) << text;
  }
}

TEST(Matcher, AddsChoicesUpInsteadOfMultiplyingThem) {
  std::string choice = "(a|b|c|d|e|f|g|h) ";
  auto matcher = *Matcher::make({list_of("a", {choice + choice + choice + choice + choice + choice + "x"})});
  EXPECT_EQ(matcher->edges(), 6u * 8 + 1);
  EXPECT_EQ(finds(*matcher, "h g f e d c x").size(), 1u);
}

TEST(Matcher, HoldsManyTerms) {
  std::vector<std::string> terms;
  for (int i = 0; i < 50000; ++i) {
    terms.push_back("w" + std::to_string(i) + " x" + std::to_string(i % 7));
  }
  auto matcher = *Matcher::make({list_of("a", terms)});
  EXPECT_EQ(matcher->edges(), 100000u);
  for (int i = 0; i < 50000; i += 997) {
    ASSERT_EQ(finds(*matcher, terms[static_cast<std::size_t>(i)]).size(), 1u);
    ASSERT_EQ(finds(*matcher, "w" + std::to_string(i) + " x" + std::to_string(i % 7 + 1)).size(), 0u);
  }
}

}  // namespace
}  // namespace heed::match
