#include "adapters/lenient_json.h"

#include <gtest/gtest.h>

namespace heed::adapters {
namespace {

std::string read(std::string_view json) {
  JsonParser parser;
  auto parsed = parse_leniently(parser, json);
  return parsed ? std::string((*parsed)["t"].string().value_or("no string")) : "refused";
}

TEST(LenientJson, ReadsHalfAPairAsOneReplacementCharacter) {
  EXPECT_EQ(read(R"({"t":"ab\ud83d"})"), "ab\xEF\xBF\xBD");
  EXPECT_EQ(read(R"({"t":"\ude00ab"})"),
            "\xEF\xBF\xBD"
            "ab");
  EXPECT_EQ(read(R"({"t":"\ud83d\ud83d\ude00"})"), "\xEF\xBF\xBD\xF0\x9F\x98\x80");
  EXPECT_EQ(read(R"({"t":"\\ud83d \ud83d"})"), "\\ud83d \xEF\xBF\xBD");
}

TEST(LenientJson, LeavesTheRestToTheStrictParser) {
  EXPECT_EQ(read(R"({"t":"\ud83d\ude00"})"), "\xF0\x9F\x98\x80");
  for (std::string_view bad :
       {"", "{", R"({"t":"\ud83d)", R"({"t":"\uZZZZ"})", "{\"t\":\"\xFF\"}", R"({"t":"\)", R"({"t":"a"} x)"}) {
    EXPECT_EQ(read(bad), "refused") << bad;
  }
}

TEST(Member, IsFoundUnderEitherNameUnlessNull) {
  JsonParser parser;
  Json json = *parser.parse(R"({"do_not_store":true,"scoreType":null,"score_type":"RAW","languages":null})");
  EXPECT_EQ(member(json, "doNotStore", "do_not_store").boolean(), true);
  EXPECT_EQ(member(json, "scoreType", "score_type").string(), "RAW");
  EXPECT_TRUE(member(json, "languages", "languages").missing());
}

}  // namespace
}  // namespace heed::adapters
