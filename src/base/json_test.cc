#include "base/json.h"

#include <gtest/gtest.h>

#include <random>

namespace heed {
namespace {

using namespace std::literals;

bool parses(std::string_view text) { return JsonParser().parse(text).has_value(); }

std::string again(std::string_view text) {
  JsonParser parser;
  Result<Json> json = parser.parse(text);
  return json ? json->dump() : "refused";
}

TEST(Json, GivesEachKindByItsName) {
  JsonParser parser;
  Json j = *parser.parse(R"({"s":"x","t":true,"f":false,"n":null,"i":-3,"u":18446744073709551615,"d":1.5,
                             "a":[1,[2],{}],"o":{"k":"v"},"":0})");
  EXPECT_EQ(j["s"].string(), "x");
  EXPECT_EQ(j["t"].boolean(), true);
  EXPECT_EQ(j["f"].boolean(), false);
  EXPECT_TRUE(j["n"].is_null());
  EXPECT_EQ(j["i"].integer(), -3);
  EXPECT_EQ(j["u"].kind(), Json::Kind::Uint);
  EXPECT_EQ(j["u"].integer(), std::nullopt);
  EXPECT_EQ(j["u"].unsigned_integer(), 18446744073709551615ULL);
  EXPECT_EQ(j["i"].unsigned_integer(), std::nullopt);
  EXPECT_EQ(j["d"].number(), 1.5);
  EXPECT_EQ(j["a"].size(), 3u);
  EXPECT_EQ(j["o"]["k"].string(), "v");
  EXPECT_EQ(j[""].integer(), 0);
  EXPECT_EQ(j.size(), 10u);
}

TEST(Json, AnotherKindOrAnAbsentMemberGivesNothing) {
  JsonParser parser;
  Json j = *parser.parse(R"({"s":"x","n":1})");
  EXPECT_TRUE(j["absent"].missing());
  EXPECT_TRUE(j["absent"]["deeper"]["still"].missing());
  EXPECT_TRUE(j["s"]["x"].missing());
  EXPECT_EQ(j["s"].integer(), std::nullopt);
  EXPECT_EQ(j["s"].boolean(), std::nullopt);
  EXPECT_EQ(j["s"].number(), std::nullopt);
  EXPECT_EQ(j["n"].string(), std::nullopt);
  EXPECT_EQ(j["n"].size(), 0u);
  Json missing;
  EXPECT_EQ(missing.string(), std::nullopt);
  EXPECT_EQ(missing.integer(), std::nullopt);
  EXPECT_EQ(missing.dump(), "null");
  int calls = 0;
  missing.each([&](Json) { ++calls; });
  missing.members([&](std::string_view, Json) { ++calls; });
  j["n"].each([&](Json) { ++calls; });
  j.each([&](Json) { ++calls; });
  j["s"].members([&](std::string_view, Json) { ++calls; });
  EXPECT_EQ(calls, 0);
}

TEST(Json, TrustedAccessorsFallBack) {
  JsonParser parser;
  Json j = *parser.parse(R"({"s":"x","n":7,"b":true})");
  EXPECT_EQ(j.get_string("s"), "x");
  EXPECT_EQ(j.get_string("n", "y"), "y");
  EXPECT_EQ(j.get_int("n"), 7);
  EXPECT_EQ(j.get_int("s", -1), -1);
  EXPECT_TRUE(j.get_bool("b"));
  EXPECT_TRUE(j.get_bool("absent", true));
}

TEST(Json, WalksNestedContainersInOrder) {
  JsonParser parser;
  Json j = *parser.parse(R"({"a":{"x":[1,2.5,{"y":[]}]},"b":[],"a":{},"c":-1})");
  std::string keys;
  j.members([&](std::string_view key, Json value) { keys += std::string(key) + value.dump() + ";"; });
  EXPECT_EQ(keys, R"(a{"x":[1,2.5,{"y":[]}]};b[];a{};c-1;)");
  std::string elements;
  j["a"]["x"].each([&](Json value) { elements += value.dump() + ";"; });
  EXPECT_EQ(elements, R"(1;2.5;{"y":[]};)");
}

TEST(Json, IntegersAtTheBorders) {
  JsonParser parser;
  auto integer = [&](std::string_view text) {
    Result<Json> j = parser.parse(text);
    return j ? j->integer() : std::nullopt;
  };
  EXPECT_EQ(integer("9223372036854775807"), INT64_MAX);
  EXPECT_EQ(integer("-9223372036854775808"), INT64_MIN);
  EXPECT_EQ(integer("9223372036854775808"), std::nullopt);
  EXPECT_EQ(integer("18446744073709551616"), std::nullopt);
  EXPECT_EQ(integer("-9223372036854775809"), std::nullopt);
  EXPECT_EQ(integer("1e3"), 1000);
  EXPECT_EQ(integer("-0"), 0);
  EXPECT_EQ(integer("-0.0"), 0);
  EXPECT_EQ(integer("9007199254740992.0"), 9007199254740992);
  EXPECT_EQ(integer("9007199254740994.0"), std::nullopt);
  EXPECT_EQ(integer("1e300"), std::nullopt);
  EXPECT_EQ(integer("-1e300"), std::nullopt);
  EXPECT_EQ(integer("0.5"), std::nullopt);
  EXPECT_FALSE(parses("1e999"));
  EXPECT_TRUE(parses("1e-999"));
}

TEST(Json, RefusesWhatIsNoJson) {
  for (std::string_view text : std::vector<std::string_view>{
           "",         " ",       "{",         "}",           "[1,]",       "{\"a\":1,}",
           "{a:1}",    "'x'",     "nul",       "truex",       "01",         "1.",
           ".5",       "+1",      "1e",        "NaN",         "Infinity",   "-",
           "\"",       "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"a\nb\"",   "{\"a\" 1}",
           "{\"a\":}", "{1:2}",   "[1 2]",     "// x\n1",     "{}{}",       "{} x",
           "1 2",      "[]]",     "\0"sv,      "{}\0"sv,      "\"a\0b\"sv", "\xEF\xBB\xBF{}"}) {
    EXPECT_FALSE(parses(text)) << text;
  }
}

TEST(Json, RefusesInvalidUtf8Anywhere) {
  for (std::string_view bad : {"\x80", "\xC0\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\xE2\x82", "\xFF"}) {
    EXPECT_FALSE(parses("\"" + std::string(bad) + "\""));
    EXPECT_FALSE(parses("{\"" + std::string(bad) + "\":1}"));
    EXPECT_FALSE(parses("{}" + std::string(bad)));
  }
}

TEST(Json, UnescapesIncludingNul) {
  JsonParser parser;
  EXPECT_EQ(parser.parse(R"("\u0000\n\"\\\/\u00e4\ud83d\ude00")")->string(), "\0\n\"\\/\xC3\xA4\xF0\x9F\x98\x80"sv);
  EXPECT_EQ(parser.parse(R"({"a\u0000b":1})")->get_int("a\0b"sv), 1);
}

TEST(Json, DepthIsLimited) {
  auto nested = [](std::size_t n) { return std::string(n, '[') + "1" + std::string(n, ']'); };
  JsonParser four(4);
  EXPECT_TRUE(four.parse(nested(4)));
  EXPECT_FALSE(four.parse(nested(5)));
  EXPECT_TRUE(four.parse(nested(4))) << "a refusal leaves the parser usable";
  EXPECT_TRUE(parses(nested(32)));
  EXPECT_FALSE(parses(nested(33)));
  EXPECT_FALSE(parses(nested(1'000'000)));
  EXPECT_FALSE(parses(std::string(10'000'000, '[')));
  std::string objects;
  for (int i = 0; i < 1'000'000; ++i) {
    objects += "{\"a\":";
  }
  EXPECT_FALSE(parses(objects));
}

TEST(Json, LargeDocumentsPassAndTheParserShrinksAfter) {
  JsonParser parser;
  std::string text(10'000'000, 'x');
  EXPECT_EQ(parser.parse("\"" + text + "\"")->string(), text);
  EXPECT_EQ(parser.parse("[1]")->dump(), "[1]");
  std::string many = "[0";
  for (int i = 1; i < 2'000'000; ++i) {
    many += ",7";
  }
  Json j = *parser.parse(many + "]");
  std::size_t n = 0;
  j.each([&](Json) { ++n; });
  EXPECT_EQ(n, 2'000'000u);
  EXPECT_EQ(j.size(), 2'000'000u);
}

TEST(Json, SizeSaturates) {
  std::string many = "[0";
  for (int i = 1; i < (1 << 24) + 5; ++i) {
    many += ",7";
  }
  JsonParser parser;
  EXPECT_GE(parser.parse(many + "]")->size(), (1u << 24) - 1);
}

TEST(Json, InputMayEndAtTheEndOfMemory) {
  JsonParser parser;
  for (std::size_t n = 1; n < 300; ++n) {
    std::vector<char> exact(n + 2, 'x');  // the sanitizer watches behind it
    exact.front() = exact.back() = '"';
    ASSERT_EQ(parser.parse({exact.data(), exact.size()})->string()->size(), n);
  }
}

/// A random document, as text.
void generate(std::mt19937_64& random, std::string& out, int depth) {
  switch (random() % (depth > 5 ? 6 : 8)) {
    case 0:
      out += "null";
      break;
    case 1:
      out += random() % 2 != 0 ? "true" : "false";
      break;
    case 2:
      out += std::to_string(static_cast<std::int64_t>(random()));
      break;
    case 3:
      out += std::to_string(random());
      break;
    case 4: {
      JsonWriter writer(out);
      writer.value(std::ldexp(static_cast<double>(random()), static_cast<int>(random() % 200) - 100) + 0.1);
      break;
    }
    case 5: {
      std::string text;
      for (auto n = random() % 20; n-- > 0;) {
        text += static_cast<char>(random() % 128);
      }
      append_json_string(out, text);
      break;
    }
    case 6: {
      out += '[';
      for (auto n = random() % 5; n-- > 0;) {
        generate(random, out, depth + 1);
        out += n > 0 ? "," : "";
      }
      out += ']';
      break;
    }
    default: {
      out += '{';
      for (auto n = random() % 5; n-- > 0;) {
        append_json_string(out, std::string(random() % 4, static_cast<char>('a' + random() % 3)));
        out += ':';
        generate(random, out, depth + 1);
        out += n > 0 ? "," : "";
      }
      out += '}';
    }
  }
}

TEST(Json, DumpRoundTripsAnyDocument) {
  std::mt19937_64 random(1);
  JsonParser parser;
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    generate(random, text, 0);
    Result<Json> json = parser.parse(text);
    ASSERT_TRUE(json) << text;
    std::string once = json->dump();
    ASSERT_EQ(once, text);
  }
}

TEST(Json, DamagedDocumentsAreRefusedOrReadWithoutHarm) {
  std::mt19937_64 random(2);
  JsonParser parser;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    generate(random, text, 0);
    for (auto n = 1 + random() % 3; n-- > 0 && !text.empty();) {
      std::size_t at = random() % text.size();
      switch (random() % 3) {
        case 0:
          text[at] = static_cast<char>(random());
          break;
        case 1:
          text.erase(at, random() % 5);
          break;
        default:
          text.insert(at, text.substr(random() % text.size(), random() % 10));
      }
    }
    if (Result<Json> json = parser.parse(text)) {
      std::string dumped = json->dump();
      ASSERT_EQ(again(dumped), dumped);
    }
  }
}

}  // namespace
}  // namespace heed
