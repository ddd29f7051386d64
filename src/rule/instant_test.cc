#include "rule/instant.h"

#include <gtest/gtest.h>

#include "rule/testing_environment.h"

namespace heed::rule {
namespace {

std::string moment(const std::string& text) {
  const Value value = parse_timestamp(text);
  return value.is_error() ? "error" : timestamp_text(value);
}
std::string length(const std::string& text) {
  const Value value = parse_duration(text);
  return value.is_error() ? "error" : duration_text(value);
}

TEST(Instant, ReadsAndWritesTimestamps) {
  EXPECT_EQ(moment("2009-02-13T23:31:30Z"), "2009-02-13T23:31:30Z");
  EXPECT_EQ(moment("2009-02-13T23:31:30.5+05:30"), "2009-02-13T18:01:30.5Z");
  EXPECT_EQ(moment("9999-12-31T23:59:59.999999999Z"), "9999-12-31T23:59:59.999999999Z");
  EXPECT_EQ(moment("0001-01-01T00:00:00Z"), "0001-01-01T00:00:00Z");
  EXPECT_EQ(moment("2000-02-29T00:00:00.000000001-00:00"), "2000-02-29T00:00:00.000000001Z");
  for (const char* text :
       {"", "0000-01-01T00:00:00Z", "10000-01-01T00:00:00Z", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-00:01",
        "2001-02-29T00:00:00Z", "2001-01-01", "2001-01-01T00:00:00", "2001-01-01T24:00:00Z", "2001-01-01T00:00:60Z",
        "2001-01-01T00:00:00.Z", "2001-01-01T00:00:00.1234567890Z", "2001-01-01T00:00:00Zx", "2001-01-01T00:00:00+1:00",
        "2001-13-01T00:00:00Z"}) {
    EXPECT_EQ(moment(text), "error") << text;
  }
}

TEST(Instant, ReadsAndWritesDurations) {
  EXPECT_EQ(length("1h30m"), "5400s");
  EXPECT_EQ(length("-1.5h"), "-5400s");
  EXPECT_EQ(length("1ms2us3ns"), "0.001002003s");
  EXPECT_EQ(length("-0.5s"), "-0.5s");
  EXPECT_EQ(length("7µs"), "0.000007s");
  EXPECT_EQ(length("0"), "0s");
  EXPECT_EQ(length("+1.0000000001s"), "1s");
  EXPECT_EQ(length("315576000000s"), "315576000000s");
  EXPECT_EQ(length("1.5ns"), "0.000000001s");
  for (const char* text : {"", "1", "s", "1x", "1h ", "-", "1..5s", ".s", "315576000001s", "-320000000000s",
                           "99999999999999999999s", "1d", "--1s"}) {
    EXPECT_EQ(length(text), "error") << text;
  }
}

TEST(Instant, KnowsZones) {
  const std::int64_t summer = parse_timestamp("2026-07-01T12:00:00Z").seconds(),
                     winter = parse_timestamp("2026-01-01T12:00:00Z").seconds();
  EXPECT_EQ(zone_offset("UTC", summer), 0);
  EXPECT_EQ(zone_offset("Europe/Berlin", summer), 7200);
  EXPECT_EQ(zone_offset("Europe/Berlin", winter), 3600);
  EXPECT_EQ(zone_offset("America/St_Johns", winter), -12600);
  EXPECT_EQ(zone_offset("Asia/Kathmandu", summer), 20700);
  EXPECT_EQ(zone_offset("+05:30", summer), 19800);
  EXPECT_EQ(zone_offset("-08:00", summer), -28800);
  EXPECT_EQ(zone_offset("02:00", summer), 7200);
  for (const char* zone : {"", "Mars/Olympus", "+5:30", "+24:00", "GMT+25", "europe berlin", "\xff"}) {
    EXPECT_EQ(zone_offset(zone, summer), std::nullopt) << zone;
  }
}

TEST(Instant, ReckonsWithinItsRange) {
  const std::pair<const char*, const char*> cases[] = {
      {"timestamp('2026-01-01T00:00:00Z') - timestamp('2025-12-31T23:59:59.5Z')", "\"0.5s\""},
      {"timestamp('9999-12-31T23:59:59Z') - timestamp('0001-01-01T00:00:00Z')", "\"315537897599s\""},
      {"timestamp('0001-01-01T00:00:00Z') - timestamp('9999-12-31T23:59:59Z')", "\"-315537897599s\""},
      {"timestamp('1969-12-31T23:59:59.9Z') + duration('0.2s')", "\"1970-01-01T00:00:00.1Z\""},
      {"duration('1h') + timestamp(0) > timestamp(3599)", "true"},
      {"duration('-1ns') < duration('0s') && duration('1s') - duration('1.5s') == duration('-500ms')", "true"},
      {"timestamp('2009-02-13T23:31:30.123456789Z').getMilliseconds()", "123"},
      {"timestamp('2009-02-13T02:00:00Z').getDate('America/Los_Angeles')", "12"},
      {"timestamp('2009-02-13T02:00:00Z').getDayOfMonth('-08:00')", "11"},
      {"timestamp('2009-02-13T23:31:30Z').getDayOfWeek('UTC')", "5"},
      {"timestamp('2008-12-31T23:31:30Z').getDayOfYear()", "365"},
      {"timestamp('2008-12-31T23:31:30Z').getFullYear('+02:00')", "2009"},
      {"timestamp('2008-12-31T23:31:30Z').getMonth()", "11"},
      {"timestamp('0001-01-01T00:00:00Z').getFullYear('-08:00')", "0"},
      {"duration('-1.5h').getMinutes()", "-90"},
      {"duration('-1.25s').getSeconds()", "-1"},
      {"duration('123.321456789s').getMilliseconds()", "321"},
      {"int(timestamp('1969-12-31T23:59:58.5Z'))", "-2"},
      {"string(duration('1h'))", "\"3600s\""},
  };
  for (const auto& [expression, json] : cases) {
    EXPECT_EQ(testing_evaluate(expression), json) << expression;
  }
  for (const char* text :
       {"timestamp('9999-12-31T23:59:59Z') + duration('1s')", "timestamp('0001-01-01T00:00:00Z') - duration('1ns')",
        "duration('200000000000s') + duration('200000000000s')", "timestamp(253402300800)",
        "timestamp(-9223372036854775807)", "timestamp(0).getHours(post.text)"}) {
    EXPECT_TRUE(testing_evaluate(text, {{"post.text", "\"Nowhere\""}}).starts_with("error")) << text;
  }
}

}  // namespace
}  // namespace heed::rule
