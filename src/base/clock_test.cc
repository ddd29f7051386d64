#include "base/clock.h"

#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace heed {
namespace {

std::string round(std::string_view text) {
  Result<Time> time = parse_time(text);
  return time ? format_time(*time) : "refused";
}

TEST(Time, FormatsKnownInstants) {
  EXPECT_EQ(format_time(from_ms(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_time(from_ms(-1)), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(format_time(from_ms(1'795'284'000'123)), "2026-11-21T18:00:00.123Z");
  EXPECT_EQ(format_time(from_ms(253402300800000)), "+10000-01-01T00:00:00.000Z");
}

TEST(Time, RoundTripsEveryMillisecondOfFourDigitYears) {
  std::mt19937_64 random(1);
  std::int64_t first = to_ms(*parse_time("0000-01-01T00:00:00Z"));
  std::int64_t last = to_ms(*parse_time("9999-12-31T23:59:59.999Z"));
  std::uniform_int_distribution<std::int64_t> any(first, last);
  for (int i = 0; i < 100000; ++i) {
    std::int64_t ms = i == 0 ? first : i == 1 ? last : any(random);
    std::string text = format_time(from_ms(ms));
    ASSERT_EQ(text.size(), 24u);
    ASSERT_EQ(to_ms(*parse_time(text)), ms) << text;
  }
}

TEST(Time, ReadsOffsetsFractionsAndLowerCase) {
  EXPECT_EQ(round("2026-11-21T18:00:00Z"), "2026-11-21T18:00:00.000Z");
  EXPECT_EQ(round("2026-11-21t18:00:00z"), "2026-11-21T18:00:00.000Z");
  EXPECT_EQ(round("2026-11-21T18:00:00.5+02:30"), "2026-11-21T15:30:00.500Z");
  EXPECT_EQ(round("2026-12-31T23:30:00-01:00"), "2027-01-01T00:30:00.000Z");
  EXPECT_EQ(round("2026-11-21T18:00:00.123999999Z"), "2026-11-21T18:00:00.123Z");
  EXPECT_EQ(round("2024-02-29T00:00:00-00:00"), "2024-02-29T00:00:00.000Z");
}

TEST(Time, LeapSecondBecomesTheFollowingSecondAndOnlyAtMidnightUtc) {
  EXPECT_EQ(round("2016-12-31T23:59:60Z"), "2017-01-01T00:00:00.000Z");
  EXPECT_EQ(round("2017-01-01T00:59:60.25+01:00"), "2017-01-01T00:00:00.250Z");
  EXPECT_EQ(round("2016-12-31T22:59:60Z"), "refused");
}

TEST(Time, RefusesWhatIsNoDate) {
  for (std::string_view text : {"",
                                "2026",
                                "2026-11-21",
                                "2026-11-21T18:00:00",
                                "2026-11-21 18:00:00Z",
                                "2026-13-01T00:00:00Z",
                                "2026-00-01T00:00:00Z",
                                "2026-02-29T00:00:00Z",
                                "2026-04-31T00:00:00Z",
                                "2026-11-00T00:00:00Z",
                                "2026-11-21T24:00:00Z",
                                "2026-11-21T18:60:00Z",
                                "2026-11-21T18:00:61Z",
                                "2026-11-21T18:00:00.Z",
                                "2026-11-21T18:00:00.1234567890Z",
                                "2026-11-21T18:00:00+24:00",
                                "2026-11-21T18:00:00+01:60",
                                "2026-11-21T18:00:00+0100",
                                "2026-11-21T18:00:00ZZ",
                                "2026-11-21T18:00:00Z ",
                                " 2026-11-21T18:00:00Z",
                                "+026-11-21T18:00:00Z",
                                "2026-11-21T1 :00:00Z",
                                "26-11-21T18:00:00Z",
                                "2026/11/21T18:00:00Z",
                                "2026-11-21T18:00:00\xC3\xA4",
                                "-001-11-21T18:00:00Z",
                                "2026-11-21T18:00:00-"}) {
    EXPECT_EQ(round(text), "refused") << text;
  }
  EXPECT_EQ(round(std::string_view("2026-11-21T18:00:00Z\0", 21)), "refused");
  EXPECT_EQ(round(std::string(10'000'000, '9')), "refused");
}

TEST(Time, EveryTruncationAndEveryStrayByteIsRefusedOrReadWithoutHarm) {
  std::string good = "2026-11-21T18:00:00.123+02:00";
  for (std::size_t n = 0; n < good.size(); ++n) {
    EXPECT_FALSE(parse_time(good.substr(0, n))) << n;
  }
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int c = 0; c < 256; ++c) {
      std::string bad = good;
      bad[i] = static_cast<char>(c);
      if (Result<Time> time = parse_time(bad)) {
        EXPECT_EQ(parse_time(format_time(*time)), *time);
      }
    }
  }
}

TEST(SystemClock, NeverGoesBackwards) {
  SystemClock clock;
  EXPECT_GT(to_ms(clock.now()), 1'700'000'000'000);
  auto watch = [&] {
    Time last = clock.now();
    for (int i = 0; i < 20000; ++i) {
      Time now = clock.now();
      ASSERT_GE(now, last);
      last = now;
    }
  };
  std::jthread other(watch);
  watch();
}

TEST(ManualClock, StandsUntilSet) {
  ManualClock clock(from_ms(5));
  EXPECT_EQ(clock.now(), clock.now());
  clock.advance(Millis(7));
  EXPECT_EQ(clock.now(), from_ms(12));
  clock.set(from_ms(3));
  EXPECT_EQ(clock.now(), from_ms(3));
}

}  // namespace
}  // namespace heed
