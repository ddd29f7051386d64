#include "base/id.h"

#include <gtest/gtest.h>

#include <random>
#include <unordered_set>

namespace heed {
namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

TEST(Ulid, RoundTripsAndTextOrderIsByteOrder) {
  std::mt19937_64 random(1);
  Ulid last;
  for (int i = 0; i < 20000; ++i) {
    Ulid id;
    for (auto& b : id.bytes) {
      b = static_cast<std::uint8_t>(random());
    }
    ASSERT_EQ(id.text().size(), 26u);
    ASSERT_EQ(Ulid::parse(id.text()), id);
    ASSERT_EQ(Ulid::from_view(id.view()), id);
    ASSERT_EQ(id.text() < last.text(), id < last);
    last = id;
  }
}

TEST(Ulid, AgreesWithTheSpecificationsExample) {
  Ulid id = *Ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_EQ(to_ms(id.time()), 1469922850259);
  EXPECT_EQ(id.text(), "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_EQ(Ulid::parse("01arz3ndektsv4rrffq69g5fav"), id);
  Ulid most;
  most.bytes.fill(255);
  EXPECT_EQ(most.text(), "7ZZZZZZZZZZZZZZZZZZZZZZZZZ");
  EXPECT_TRUE(Ulid().none());
  EXPECT_EQ(Ulid().text(), std::string(26, '0'));
}

TEST(Ulid, RefusesWrongLengthOverflowAndForeignCharacters) {
  std::string good = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  EXPECT_FALSE(Ulid::parse(""));
  EXPECT_FALSE(Ulid::parse(good + "0"));
  EXPECT_FALSE(Ulid::parse(good.substr(1)));
  EXPECT_FALSE(Ulid::parse("80000000000000000000000000"));
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string text = good;
      text[i] = static_cast<char>(c);
      bool known = kAlphabet.find(static_cast<char>(std::toupper(c))) != std::string_view::npos && c < 128;
      ASSERT_EQ(Ulid::parse(text).has_value(), known && (i > 0 || c <= '7')) << i << ' ' << c;
    }
  }
}

TEST(Id, CarriesItsPrefix) {
  CaseId id{*Ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV")};
  EXPECT_EQ(id.text(), "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV");
  EXPECT_EQ(CaseId::parse(id.text()), id);
  EXPECT_FALSE(CaseId::parse("rpt_01ARZ3NDEKTSV4RRFFQ69G5FAV"));
  EXPECT_FALSE(CaseId::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV"));
  EXPECT_FALSE(CaseId::parse("cas_"));
  EXPECT_FALSE(id.none());
}

void expect_growing(IdSource& source) {
  std::mt19937_64 random(2);
  std::unordered_set<CaseId> seen;
  CaseId last;
  std::int64_t ms = 1'795'284'000'000;
  for (int i = 0; i < 100000; ++i) {
    ms += static_cast<std::int64_t>(random() % 5) - 2;  // back as well
    CaseId id = source.mint<CaseId>(from_ms(ms));
    ASSERT_LT(last, id) << i;
    ASSERT_TRUE(seen.insert(id).second);
    last = id;
  }
}

TEST(IdSource, OnlyGrowsWhateverTheClockDoes) {
  IdSource seeded(1), unseeded;
  expect_growing(seeded);
  expect_growing(unseeded);
}

TEST(IdSource, CarriesTheTimeAndRepeatsItselfForASeed) {
  IdSource a(7), b(7), c(8);
  for (int i = 0; i < 1000; ++i) {
    Time now = from_ms(1'795'284'000'000 + i);
    Ulid id = a.next(now);
    ASSERT_EQ(id.time(), now);
    ASSERT_EQ(id, b.next(now));
    ASSERT_NE(id, c.next(now));
  }
  EXPECT_NE(IdSource().next(from_ms(0)), IdSource().next(from_ms(0)));
}

TEST(IdSource, ManyInOneMillisecondStayInIt) {
  IdSource source(3);
  Time now = from_ms(1'795'284'000'000);
  for (int i = 0; i < 100000; ++i) {
    ASSERT_EQ(source.next(now).time(), now);
  }
}

TEST(IdSource, TakesTimesOutsideItsRange) {
  IdSource source(3);
  EXPECT_EQ(source.next(from_ms(-5)).time(), from_ms(0));
  EXPECT_FALSE(source.next(from_ms(-5)).none());
  EXPECT_EQ(to_ms(source.next(from_ms(INT64_MAX)).time()), (std::int64_t{1} << 48) - 1);
}

std::vector<std::uint64_t> some_numbers() {
  std::mt19937_64 random(1);
  std::vector<std::uint64_t> numbers = {0, 1, 31, 32, (std::uint64_t{1} << 35) - 1};
  for (int i = 0; i < 300; ++i) {
    numbers.push_back(random() >> 29);
  }
  return numbers;
}

TEST(CaseNumber, RoundTripsInItsShape) {
  EXPECT_EQ(format_case_number(0), "H-0000-0000");
  for (std::uint64_t n : some_numbers()) {
    std::string text = format_case_number(n);
    ASSERT_EQ(text.size(), 11u);
    ASSERT_EQ(parse_case_number(text), n);
  }
}

TEST(CaseNumber, CheckCharacterCatchesEverySingleErrorAndEverySwap) {
  for (std::uint64_t n : some_numbers()) {
    std::string text = format_case_number(n);
    for (std::size_t i = 2; i < text.size(); ++i) {
      if (text[i] == '-') {
        continue;
      }
      for (char wrong : kAlphabet) {
        std::string typo = text;
        typo[i] = wrong;
        ASSERT_EQ(parse_case_number(typo).has_value(), wrong == text[i]) << text << ' ' << typo;
      }
      for (std::size_t j = i + 1; j < text.size(); ++j) {  // any two places, so neighbours too
        if (text[j] != '-' && text[i] != text[j]) {
          std::string typo = text;
          std::swap(typo[i], typo[j]);
          ASSERT_FALSE(parse_case_number(typo)) << text << ' ' << typo;
        }
      }
    }
  }
}

TEST(CaseNumber, ReadsWhatPeopleType) {
  for (std::uint64_t n : some_numbers()) {
    std::string text = format_case_number(n), typed, spaced;
    for (char c : text) {
      c = c == '0' ? 'o' : c == '1' ? 'l' : static_cast<char>(std::tolower(c));
      if (c != '-') {
        typed += c;
      }
      spaced += c == '-' ? ' ' : c == 'l' ? 'I' : c;
    }
    ASSERT_EQ(parse_case_number(typed), n) << typed;
    ASSERT_EQ(parse_case_number(spaced), n) << spaced;
  }
}

TEST(CaseNumber, RefusesWhatIsNone) {
  for (std::string_view text : {"", "-", "H", "H-", "H-0000-000", "H-0000-00000", "0000-0000", "G-0000-0000",
                                "H-000U-0000", "H_0000_0000", "H-0000-000\xC3\xA4", "--------------------"}) {
    EXPECT_FALSE(parse_case_number(text)) << text;
  }
  EXPECT_FALSE(parse_case_number(std::string_view("H-0000-000\0", 11)));
  EXPECT_FALSE(parse_case_number(std::string(10'000'000, '-')));
}

}  // namespace
}  // namespace heed
