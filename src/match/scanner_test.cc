#include "match/scanner.h"

#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <random>

namespace {
std::atomic<std::uint64_t> g_allocations = 0;
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
__attribute__((noinline)) void* operator new(std::size_t size) {
  g_allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) {
    return memory;
  }
  std::abort();
}
__attribute__((noinline)) void operator delete(void* memory) noexcept { std::free(memory); }
__attribute__((noinline)) void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
constexpr bool kCounts = true;
#else
constexpr bool kCounts = false;
#endif

namespace heed::match {
namespace {

Scanner::Needs needs() {
  TermList list{"a", "1", {}};
  for (const char* term :
       {"i will kill you", "kill yourself", "kys", "stupid bitch", "you (are a|) rapist", "сука", "(fuck|shit)"}) {
    list.entries.push_back({std::to_string(list.entries.size()), term, "c", "", 1, "", "", "", {}, 0});
  }
  return {{list},
          {{"kill.{0,20}you", Pattern::Kind::Regex}, {"free cards", Pattern::Kind::Literal}},
          {{"[A-Z]{8}", Pattern::Kind::Regex}}};
}

/// "term@original bytes/tricks" of every find.
std::vector<std::string> finds(const Scanner& scanner, const std::string& text) {
  Prepared post;
  Hits hits;
  scanner.prepare(text, post);
  scanner.scan(post, {}, hits);
  std::vector<std::string> out;
  for (const Match& match : hits.terms) {
    const auto [begin, end] = post.folded.original(match.begin, match.end);
    out.push_back(scanner.terms().lists()[match.list].entries[match.entry].term + "@" +
                  text.substr(begin, end - begin) + "/" + std::to_string(match.tricks));
  }
  return out;
}
using Finds = std::vector<std::string>;

TEST(Scanner, FindsPhrasesThroughEveryTrickAndSaysWhich) {
  const auto scanner = *Scanner::make(needs());
  EXPECT_EQ(finds(*scanner, "I will KILL you"), Finds{"i will kill you@I will KILL you/0"});
  EXPECT_EQ(finds(*scanner, "i will 𝐤𝐢𝐥𝐥 yo\u200bu"), Finds{"i will kill you@i will 𝐤𝐢𝐥𝐥 yo\u200bu/0"});
  EXPECT_EQ(finds(*scanner, "i will kіll you"), Finds{"i will kill you@i will kіll you/1"});
  EXPECT_EQ(finds(*scanner, "i w1ll k1ll y0u"), Finds{"i will kill you@i w1ll k1ll y0u/2"});
  EXPECT_EQ(finds(*scanner, "i will k*ll you"), Finds{"i will kill you@i will k*ll you/4"});
  EXPECT_EQ(finds(*scanner, "i will k i l l you"), Finds{"i will kill you@i will k i l l you/8"});
  EXPECT_EQ(finds(*scanner, "i w i l l k i l l y o u"), Finds{"i will kill you@i w i l l k i l l y o u/8"});
  EXPECT_EQ(finds(*scanner, "i will killlll youuuu"), Finds{"i will kill you@i will killlll youuuu/16"});
  EXPECT_EQ(finds(*scanner, "kill yuorself"), Finds{"kill yourself@kill yuorself/32"});
  EXPECT_EQ(finds(*scanner, "k.y.s"), Finds{"kys@k.y.s/8"});
  EXPECT_EQ(finds(*scanner, "k1ll y.o.u.r.s.e.l.f"), Finds{"kill yourself@k1ll y.o.u.r.s.e.l.f/10"});
  EXPECT_EQ(finds(*scanner, "what a $hit, f**k"), (Finds{"(fuck|shit)@$hit/2", "(fuck|shit)@f**k/4"}));
  EXPECT_EQ(finds(*scanner, "ты cyкa, иди"), Finds{"сука@cyкa/1"});
}

TEST(Scanner, LeavesTheTwinsAlone) {
  const auto scanner = *Scanner::make(needs());
  for (const char* text : {"i will skill you up", "meet at 5pm, B2B, covid19, $5", "s k i l l s i will learn",
                           "k. y. Smith", "you are a therapist", "you are a trapist", "2*3*4 and f*5",
                           "роса, сухо, скука", "the fork and the folk", "stupid batch", "sheet and shift and shirt",
                           "kyso", "kiss you, i will", "I will kayak. You?", "k y", "f-k", "U R A star"}) {
    EXPECT_EQ(finds(*scanner, text), Finds{}) << text;
  }
}

TEST(Scanner, GivesPatternsByNumberAndView) {
  const auto scanner = *Scanner::make(needs());
  Prepared post;
  Hits hits;
  const std::string text = "FREE CARDS, SHOUTING Kíll all of you";
  scanner->prepare(text, post);
  scanner->scan(post, {}, hits);
  EXPECT_EQ(hits.folded_patterns, (std::vector<std::uint32_t>{0, 1}));
  EXPECT_EQ(hits.original_patterns, (std::vector<std::uint32_t>{0}));
}

TEST(Scanner, CollectsTheFaultsOfAll) {
  auto wrong = needs();
  wrong.lists[0].entries[1].term = "---";
  wrong.lists[0].entries[1].line = 7;
  wrong.folded.push_back({"(a"});
  wrong.original.push_back({"[a"});
  auto scanner = Scanner::make(std::move(wrong));
  ASSERT_FALSE(scanner);
  std::vector<std::string> pointers;
  for (const FieldError& fault : scanner.error().fields) {
    pointers.push_back(fault.pointer);
  }
  EXPECT_EQ(pointers, (std::vector<std::string>{"a:7", "folded:2", "original:1"}));
}

TEST(Scanner, AllocatesNothingOncePostsOfAKindWereSeen) {
  if (!kCounts) {
    GTEST_SKIP() << "the sanitizers have operator new";
  }
  const auto scanner = *Scanner::make(needs());
  scanner->warm();
  const std::vector<std::string> posts = {
      "I will KILL you, and free cards for all of you", "i w1ll k1ll y0u, k i l l y.o.u.r.s.e.l.f f*ck sooooo yuorself",
      "Ägidius weiß, (((x))) 14/88 kіll 𝐤𝐢𝐥𝐥 и\u0306 роса 🇰🇮🇱🇱", "nothing of that kind here, only words and words"};
  Prepared post;
  Hits hits;
  const auto round = [&] {
    for (const std::string& text : posts) {
      scanner->prepare(text, post);
      scanner->scan(post, {}, hits);
    }
  };
  round();
  const std::uint64_t before = g_allocations;
  for (int i = 0; i < 100; ++i) {
    round();
  }
  EXPECT_EQ(g_allocations - before, 0u);
}

TEST(Matcher, ReadingsAddFindsAndTakeNoneAway) {
  const auto scanner = *Scanner::make(needs());
  std::mt19937 random(8);
  const std::vector<std::string> pieces = {"i ",        "will ",     "kill ", "you ",    "k1ll ",   "k i l l ",
                                           "yuorself ", "yourself ", "f*ck ", "youuuu ", "stupid ", "bitch ",
                                           "@anna ",    "are ",      "a ",    "rapist "};
  Prepared post;
  std::vector<Match> plain, all;
  for (int round = 0; round < 5000; ++round) {
    std::string text;
    for (unsigned i = 0; i < random() % 20; ++i) {
      text += pieces[random() % pieces.size()];
    }
    scanner->prepare(text, post);
    scanner->terms().scan(post.folded.text, post.tokens, {}, plain);
    scanner->terms().scan(post.folded.text, post.tokens, post.readings, {}, all);
    std::vector<Match> without;
    for (const Match& match : all) {
      ASSERT_LE(match.begin, post.tokens[match.first_token].begin);
      ASSERT_GE(match.end, post.tokens[match.last_token].end);
      if (match.tricks == 0) {
        without.push_back(match);
      }
    }
    ASSERT_EQ(without, plain) << text;
    ASSERT_TRUE(std::is_sorted(all.begin(), all.end(), [](const Match& a, const Match& b) {
      return std::tuple(a.first_token, a.last_token, a.list, a.entry) <
             std::tuple(b.first_token, b.last_token, b.list, b.entry);
    }));
  }
}

TEST(Matcher, BoundsTheWaysThroughHostileReadings) {
  TermList list{"a", "1", {}};
  for (const char* term :
       {"(a|aa|kill|ki) (a|aa|kill|ki) (a|aa|kill|ki) (a|aa|kill|ki) (a|aa|kill|ki) (a|aa|kill|ki) never"}) {
    list.entries.push_back({"1", term, "c", "", 1, "", "", "", {}, 0});
  }
  const auto scanner = *Scanner::make({{list}, {}, {}});
  std::string text;
  while (text.size() < (1u << 18)) {
    text += "a a k i l l kі11 ";
  }
  EXPECT_EQ(finds(*scanner, text), Finds{});
}

}  // namespace
}  // namespace heed::match
