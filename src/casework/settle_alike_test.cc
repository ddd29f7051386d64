#include "casework/settle_alike.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace heed::casework {
namespace {

ItemId item(int n) {
  ItemId id;
  id.value.bytes[15] = static_cast<std::uint8_t>(n);
  id.value.bytes[14] = static_cast<std::uint8_t>(n >> 8);
  id.value.bytes[13] = static_cast<std::uint8_t>(n >> 16);
  return id;
}

std::string words(std::mt19937& random, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) {
    out += "word" + std::to_string(random() % 5000) + " ";
  }
  return out;
}

TEST(Sketch, CaseHandlesLinksAndStyledLettersDoNotCount) {
  const Sketch a = Sketch::of("@anna You are the very worst of us https://a.example/1", 1);
  const Sketch b = Sketch::of("you ARE the very 𝐰𝐨𝐫𝐬𝐭 of us, @berta!", 1);
  EXPECT_EQ(a.words(), b.words());
  EXPECT_DOUBLE_EQ(a.likeness(b), 1);
}

TEST(Sketch, IsTheExactJaccardCoefficientOfShortTexts) {
  const Sketch a = Sketch::of("one two three four five six", 1);    // 4 shingles
  const Sketch b = Sketch::of("one two three four five seven", 1);  // shares 3 of 5
  EXPECT_DOUBLE_EQ(a.likeness(b), 3.0 / 5);
  EXPECT_DOUBLE_EQ(b.likeness(a), 3.0 / 5);
}

TEST(Sketch, DependsOnTheKeyAndNothingComesOfNothing) {
  EXPECT_NE(Sketch::of("good morning", 1).words(), Sketch::of("good morning", 2).words());
  EXPECT_TRUE(Sketch::of("", 1).empty());
  EXPECT_TRUE(Sketch::of("@anna https://a.example …!?", 1).empty());
  EXPECT_DOUBLE_EQ(Sketch::of("", 1).likeness(Sketch::of("", 1)), 0);
  EXPECT_FALSE(Sketch::of("no", 1).empty());
}

TEST(Sketch, TakesAnyBytesAndKeepsItsBound) {
  std::mt19937 random(3);
  for (int i = 0; i < 300; ++i) {
    std::string bytes(random() % 400, '\0');
    std::generate(bytes.begin(), bytes.end(), [&] { return static_cast<char>(random()); });
    const Sketch sketch = Sketch::of(bytes, 1);
    EXPECT_LE(sketch.size(), Sketch::kKept);
    EXPECT_TRUE(std::is_sorted(sketch.shingles().begin(), sketch.shingles().end()));
    if (!sketch.empty()) {
      EXPECT_DOUBLE_EQ(sketch.likeness(sketch), 1);
    }
  }
}

TEST(AlikeBook, FindsWhatComparingWithAllWouldFind) {
  std::mt19937 random(5);
  AlikeBook book;
  std::vector<Sketch> all;
  std::vector<std::string> texts;
  for (int i = 0; i < 400; ++i) {
    texts.push_back(words(random, 20));
    all.push_back(Sketch::of(texts.back(), 1));
    book.add(item(i), all.back());
  }
  int found = 0, there = 0;
  for (int i = 0; i < 400; ++i) {
    std::string copy = texts[static_cast<std::size_t>(i)];
    copy = words(random, 1) + copy + words(random, static_cast<int>(random() % 3));
    const Sketch sketch = Sketch::of(copy, 1);
    const bool any =
        std::any_of(all.begin(), all.end(), [&](const Sketch& s) { return s.likeness(sketch) >= AlikeBook::kNear; });
    auto match = book.find(sketch);
    there += any ? 1 : 0;
    found += match ? 1 : 0;
    if (match) {
      EXPECT_EQ(match->item, item(i));
      EXPECT_GE(match->likeness, AlikeBook::kNear);
    }
  }
  EXPECT_EQ(there, 400);
  EXPECT_GE(found, 392) << "of copies with one to three words more, at least 98 %";
  for (int i = 0; i < 400; ++i) {
    EXPECT_FALSE(book.find(Sketch::of(words(random, 20), 1)));
  }
}

TEST(AlikeBook, IsBoundedForgetsTheOldestAndWhatItIsTold) {
  std::mt19937 random(7);
  AlikeBook book(10);
  std::vector<Sketch> all;
  for (int i = 0; i < 30; ++i) {
    all.push_back(Sketch::of(words(random, 12), 1));
    book.add(item(i), all.back());
    EXPECT_LE(book.size(), 10u);
  }
  EXPECT_FALSE(book.find(all[0]));
  EXPECT_EQ(book.find(all[29])->item, item(29));
  book.forget(item(29));
  EXPECT_FALSE(book.find(all[29]));
  book.forget(item(29));
  book.add(item(29), all[29]);
  EXPECT_TRUE(book.find(all[29]));
}

TEST(AlikeBook, AFewWordsThatManySayAreNoCopy) {
  AlikeBook book;
  book.add(item(1), Sketch::of("kys already", 1));
  EXPECT_EQ(book.size(), 0u);
  EXPECT_FALSE(book.find(Sketch::of("kys already", 1)));
}

}  // namespace
}  // namespace heed::casework
