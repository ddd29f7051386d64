#include <gtest/gtest.h>

#include "base/json.h"

namespace heed {
namespace {

struct Reading {
  explicit Reading(std::string_view text, std::string pointer = "") : in(*parser.parse(text), std::move(pointer)) {}
  /// "pointer detail" of each fault, one a line.
  std::string faults(bool refuse_unknown = true) {
    std::string out;
    for (const FieldError& e : in.take_errors(refuse_unknown)) {
      out += e.pointer + " " + e.detail + "\n";
    }
    return out;
  }
  JsonParser parser;
  FieldReader in;
};

TEST(FieldReader, ReadsEveryKind) {
  Reading r(R"({"s":"x","t":"y","b":true,"i":5,"at":"2026-11-21T18:00:00Z","c":"red","o":{"k":1},"a":[1,2],
                "l":["p","q"],"z":{}})");
  EXPECT_EQ(r.in.required_string("s", 1, 10), "x");
  EXPECT_EQ(r.in.optional_string("t", 10), "y");
  EXPECT_TRUE(r.in.optional_bool("b"));
  EXPECT_EQ(r.in.optional_int("i", 0, 9, 1), 5);
  EXPECT_EQ(r.in.required_time("at"), *parse_time("2026-11-21T18:00:00Z"));
  EXPECT_EQ(r.in.optional_choice("c", {"red", "green"}, "green"), "red");
  EXPECT_EQ(r.in.optional_object("o").get_int("k"), 1);
  EXPECT_EQ(r.in.optional_array("a", 2).size(), 2u);
  EXPECT_EQ(r.in.optional_strings("l", 2, 1), (std::vector<std::string_view>{"p", "q"}));
  EXPECT_TRUE(r.in.any("z").is_object());
  EXPECT_TRUE(r.in.done());
}

TEST(FieldReader, AbsentAndNullFallBack) {
  Reading r(R"({"t":null,"b":null,"i":null,"at":null,"c":null,"o":null,"a":null,"l":null})");
  EXPECT_EQ(r.in.optional_string("t", 10), "");
  EXPECT_TRUE(r.in.optional_bool("b", true));
  EXPECT_EQ(r.in.optional_int("i", 0, 9, 42), 42);
  EXPECT_EQ(r.in.optional_time("at"), std::nullopt);
  EXPECT_EQ(r.in.optional_time("absent"), std::nullopt);
  EXPECT_EQ(r.in.optional_choice("c", {"red"}, "none"), "none");
  EXPECT_TRUE(r.in.optional_object("o").missing());
  EXPECT_TRUE(r.in.optional_array("a", 2).missing());
  EXPECT_TRUE(r.in.optional_strings("l", 2, 1).empty());
  EXPECT_EQ(r.faults(), "");
}

TEST(FieldReader, CollectsEveryFaultWithItsPointer) {
  Reading r(R"({"long":"xxxx","short":"x","s":1,"b":"true","i":10,"half":1.5,"big":18446744073709551615,
                "at":"yesterday","c":"blue","o":[],"a":{},"many":[1,2,3],"l":["ok","",7,"toolong"],"n":null,
                "a/b~c":0})",
            "/items/0");
  r.in.required_string("absent", 1, 10);
  r.in.required_string("n", 1, 10);
  r.in.required_string("long", 1, 3);
  r.in.required_string("short", 2, 3);
  r.in.required_string("s", 1, 3);
  r.in.optional_bool("b");
  EXPECT_EQ(r.in.optional_int("i", 0, 9, 4), 4);
  r.in.optional_int("half", 0, 9, 0);
  r.in.optional_int("big", 0, INT64_MAX, 0);
  r.in.required_time("at");
  r.in.required_time("missing_at");
  r.in.optional_choice("c", {"red", "green"}, "red");
  r.in.optional_object("o");
  r.in.optional_array("a", 1);
  r.in.optional_array("many", 2);
  EXPECT_EQ(r.in.optional_strings("l", 9, 3), (std::vector<std::string_view>{"ok"}));
  r.in.error("short", "is a bad idea");
  r.in.error("", "is odd");
  r.in.merge({{"/elsewhere", "too"}});
  EXPECT_EQ(r.faults(),
            "/items/0/absent is required\n"
            "/items/0/n is required\n"
            "/items/0/long must have at most 3 bytes (has 4)\n"
            "/items/0/short must have at least 2 bytes\n"
            "/items/0/s must be a string\n"
            "/items/0/b must be true or false\n"
            "/items/0/i must be a whole number from 0 to 9\n"
            "/items/0/half must be a whole number from 0 to 9\n"
            "/items/0/big must be a whole number from 0 to 9223372036854775807\n"
            "/items/0/at not a time as in RFC 3339, such as 2026-11-21T18:00:00Z\n"
            "/items/0/missing_at is required\n"
            "/items/0/c must be one of: red, green\n"
            "/items/0/o must be an object\n"
            "/items/0/a must be an array\n"
            "/items/0/many must have at most 2 elements (has 3)\n"
            "/items/0/l/1 must be a string of 1 to 3 bytes\n"
            "/items/0/l/2 must be a string of 1 to 3 bytes\n"
            "/items/0/l/3 must be a string of 1 to 3 bytes\n"
            "/items/0/short is a bad idea\n"
            "/items/0 is odd\n"
            "/elsewhere too\n"
            "/items/0/a~1b~0c is not a known field\n");
}

TEST(FieldReader, RefusesUnknownUnlessTold) {
  Reading r(R"({"id":"x","idd":"y"})");
  r.in.required_string("id", 1, 9);
  Result<void> done = r.in.done();
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Code::InvalidInput);
  EXPECT_EQ(done.error().message, "/idd is not a known field");
  EXPECT_EQ(done.error().fields, (std::vector<FieldError>{{"/idd", "is not a known field"}}));
  EXPECT_TRUE(r.in.done(/*refuse_unknown=*/false));
}

TEST(FieldReader, RefusesRepeatedKeysInAnyWriting) {
  Reading r(R"({"id":"x","\u0069d":"y","id":"z"})");
  r.in.required_string("id", 1, 9);
  EXPECT_EQ(r.faults(false), "/id is given more than once\n/id is given more than once\n");
}

TEST(FieldReader, AFieldAskedForTwiceIsNoFault) {
  Reading r(R"({"id":"x"})");
  r.in.any("id");
  EXPECT_EQ(r.in.required_string("id", 1, 9), "x");
  EXPECT_EQ(r.faults(), "");
}

TEST(FieldReader, SaysOnlyOnceThatItIsNoObject) {
  for (std::string_view text : {"[]", "1", "null", "\"x\""}) {
    Reading r(text);
    r.in.required_string("id", 1, 9);
    r.in.required_time("at");
    r.in.optional_int("n", 0, 1, 0);
    Result<void> done = r.in.done();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().message, "the document must be an object");
  }
}

TEST(FieldReader, HostileObjectsGetABoundedAnswer) {
  std::string text = "{\"" + std::string(100'000, 'k') + "\":1";
  for (int i = 0; i < 100'000; ++i) {
    text += ",\"k" + std::to_string(i) + "\":0";
  }
  Reading r(text + "}");
  for (int i = 0; i < 30; ++i) {
    r.in.optional_int("n", 0, 1, 0);
  }
  std::vector<FieldError> errors = r.in.take_errors();
  EXPECT_EQ(errors.size(), 100u);
  EXPECT_EQ(errors[0].pointer, "/" + std::string(64, 'k'));
}

}  // namespace
}  // namespace heed
