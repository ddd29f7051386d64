#include "casework/same_words.h"

#include <gtest/gtest.h>

namespace heed::casework {
namespace {

constexpr char kTemplate[] =
    "Dear team, I hereby demand that you delete the post named above at once, as my legal rights are infringed by it.";

class SameWordsOf : public testing::Test {
 protected:
  static access::PersonHash person(int n) {
    access::PersonHash hash{};
    hash[0] = static_cast<std::uint8_t>(n), hash[1] = static_cast<std::uint8_t>(n >> 8), hash[2] = 1;
    return hash;
  }
  int say(int who, std::string_view text) { return words.count(text, person(who), now); }
  SameWords words;
  Time now = *parse_time("2026-07-01T18:00:00.000Z");
};

TEST_F(SameWordsOf, ManyPeopleAreATemplate) {
  for (int i = 1; i < kTemplatePeople; ++i) {
    EXPECT_EQ(say(i, kTemplate), 0) << i;
  }
  EXPECT_EQ(say(kTemplatePeople, kTemplate), kTemplatePeople);
  for (int i = kTemplatePeople + 1; i <= 10'000; ++i) {
    ASSERT_EQ(say(i, kTemplate), i);
  }
  EXPECT_EQ(words.size(), 1U);
}

TEST_F(SameWordsOf, OnePersonWhoPastesHerSentenceIntoSixtyReportsIsOne) {
  for (int i = 0; i < 60; ++i) {
    EXPECT_EQ(say(1, kTemplate), 0);
  }
}

TEST_F(SameWordsOf, AnotherNameNumberOrLinkMakesNoOtherText) {
  int last = 0;
  for (int i = 1; i <= 100; ++i) {
    last = say(i, std::string(kTemplate) + " Yours, Member " + std::to_string(i) + " @member" + std::to_string(i) +
                      " https://example.org/" + std::to_string(i));
  }
  EXPECT_EQ(last, 100);
}

TEST_F(SameWordsOf, WhoeverWritesInWordsOfTheirOwnIsNeverAmongThem) {
  for (int i = 1; i <= 1000; ++i) {
    say(i, kTemplate);
  }
  EXPECT_EQ(say(2000, "He stood in front of my door again this morning and shouted what he had written before."), 0);
  EXPECT_EQ(say(2001, "My daughter has read it. Please delete that post, I am afraid to go to work on Monday."), 0);
}

TEST_F(SameWordsOf, FewWordsThatEverybodySaysAreNoTemplate) {
  for (int i = 1; i <= 1000; ++i) {
    EXPECT_EQ(say(i, "please look at this"), 0);
    EXPECT_EQ(say(i, ""), 0);
    EXPECT_EQ(say(i, "https://example.org/ @somebody \xff\xfe"), 0);
  }
}

TEST_F(SameWordsOf, AnotherDayBeginsAnew) {
  for (int i = 1; i <= 50; ++i) {
    say(i, kTemplate);
  }
  now += std::chrono::hours(24);
  EXPECT_EQ(say(51, kTemplate), 0);
  EXPECT_EQ(say(1, kTemplate), 0);
}

TEST_F(SameWordsOf, MemoryIsBounded) {
  SameWords few(10);
  for (int i = 0; i < 1000; ++i) {
    std::string text;
    for (int word = 0; word < 12; ++word) {
      text += "w" + std::to_string(i * 100 + word) + "x ";
    }
    EXPECT_EQ(few.count(text, person(1), now), 0);
  }
  EXPECT_EQ(few.size(), 10U);
  for (int i = 1; i <= kTemplatePeople; ++i) {
    EXPECT_EQ(few.count(kTemplate, person(i), now), i < kTemplatePeople ? 0 : kTemplatePeople);
  }
}

}  // namespace
}  // namespace heed::casework
