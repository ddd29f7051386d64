#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <random>

#include "base/bytes.h"
#include "base/json.h"

namespace heed {
namespace {

using namespace std::literals;

std::string as_json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonWriter, PlacesCommas) {
  JsonWriter w;
  w.begin_object().field("a", 1).key("b").begin_array().value("x").value(true).null().begin_object().end_object();
  w.begin_array().end_array().end_array().field_unless_empty("c", "").field_unless_empty("d", "y");
  w.key("e").raw("{\"z\":0}").field("f", 2.5).end_object();
  EXPECT_EQ(w.take(), R"({"a":1,"b":["x",true,null,{},[]],"d":"y","e":{"z":0},"f":2.5})");
}

TEST(JsonWriter, AppendsToTheStringItIsGiven) {
  std::string out = "data: ";
  JsonWriter(out).begin_array().value(std::uint64_t{18446744073709551615ULL}).value(INT64_MIN).value(7u).end_array();
  EXPECT_EQ(out, "data: [18446744073709551615,-9223372036854775808,7]");
}

TEST(JsonWriter, EscapesWhatMustBe) {
  EXPECT_EQ(as_json("\"\\/\b\f\n\r\t\x01\x1F\x7F"), "\"\\\"\\\\/\\b\\f\\n\\r\\t\\u0001\\u001f\x7F\"");
  EXPECT_EQ(as_json("a\0b"sv), "\"a\\u0000b\"");
  EXPECT_EQ(as_json("\xC3\xA4\xF0\x9F\x98\x80"), "\"\xC3\xA4\xF0\x9F\x98\x80\"");
  EXPECT_EQ(as_json(""), "\"\"");
}

TEST(JsonWriter, EveryByteAtEveryPlaceComesBack) {
  JsonParser parser;
  for (std::size_t size = 1; size < 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int c = 0; c < 128; ++c) {
        std::string text(size, 'x');
        text[at] = static_cast<char>(c);
        std::string json = as_json(text);
        ASSERT_EQ(parser.parse(json)->string(), text);
        ASSERT_EQ(json.size() > size + 2, c < 0x20 || c == '"' || c == '\\');
      }
    }
  }
}

TEST(JsonWriter, InvalidUtf8BecomesReplacementCharacters) {
  EXPECT_EQ(as_json("a\xFFz"), "\"a\xEF\xBF\xBDz\"");
  EXPECT_EQ(as_json("\"\xC3\n\xC3\xA4"), "\"\\\"\xEF\xBF\xBD\\n\xC3\xA4\"");
  EXPECT_EQ(as_json("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

TEST(JsonWriter, AnyBytesGiveTextThatParsesAndValidTextComesBack) {
  std::mt19937_64 random(1);
  JsonParser parser;
  for (int i = 0; i < 20000; ++i) {
    std::string text;
    for (auto n = random() % 40; n-- > 0;) {
      text += static_cast<char>(random() % 2 == 0 ? random() : random() % 128);
      if (random() % 8 == 0) {
        text += "\xE2\x82\xAC\xF0\x9F\x98\x80\xC3\xA4";
      }
    }
    Result<Json> json = parser.parse(as_json(text));
    ASSERT_TRUE(json) << to_hex(text);
    if (valid_utf8(text)) {
      ASSERT_EQ(json->string(), text);
    }
  }
}

TEST(JsonWriter, NumbersComeBackExactly) {
  std::mt19937_64 random(1);
  JsonParser parser;
  for (int i = 0; i < 50000; ++i) {
    auto bits = random();
    double d;
    std::memcpy(&d, &bits, sizeof d);
    JsonWriter w;
    w.value(d);
    if (std::isfinite(d)) {
      ASSERT_EQ(parser.parse(w.str())->number(), d) << w.str();
    } else {
      ASSERT_EQ(w.str(), "null");
    }
  }
  for (double d : {0.0, -0.0, 0.1, 1e22, 5e-324, std::numeric_limits<double>::max()}) {
    JsonWriter w;
    w.value(d);
    EXPECT_EQ(parser.parse(w.str())->number(), d) << w.str();
  }
}

}  // namespace
}  // namespace heed
