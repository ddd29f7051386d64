#include "rule/value_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace heed::rule {
namespace {

using testing::HasSubstr;

std::string answer(const std::string& expression, const std::string& bindings = "{}") {
  JsonWriter json;
  json.begin_object().field("expr", expression).key("bindings").raw(bindings).end_object();
  return LineEvaluator().evaluate(json.str());
}

TEST(LineEvaluator, WritesEachTypeAsItIsTold) {
  const std::pair<const char*, const char*> cases[] = {
      {"2.0", "2.0"},
      {"-0.0", "-0.0"},
      {"0.1", "0.1"},
      {"1e300", "1e+300"},
      {"1e15", "1e+15"},
      {"123456789.0", "123456789.0"},
      {"5e-324", "5e-324"},
      {"2", "2"},
      {"9007199254740993", "9007199254740993"},
      {"-9223372036854775808", "-9223372036854775808"},
      {"18446744073709551615u", "18446744073709551615"},
      {"double('NaN')", "\"NaN\""},
      {"1.0/0.0", "\"Infinity\""},
      {"-1.0/0.0", "\"-Infinity\""},
      {"b'\\x00\\xffA'", "\"AP9B\""},
      {"b''", "\"\""},
      {"'\\u00e9\\n\"'", "\"é\\n\\\"\""},
      {"null", "null"},
      {"true", "true"},
      {"int", "\"int\""},
      {"type(timestamp(0))", "\"google.protobuf.Timestamp\""},
      {"timestamp(1)", "\"1970-01-01T00:00:01Z\""},
      {"duration('3.5s')", "\"3.5s\""},
      {"-1.5", "-1.5"},
      {"duration('-0.5s')", "\"-0.5s\""},
      {"[]", "[]"},
      {"{}", "{}"},
      {"{1: 'a', true: 2.0, 3u: [b'x'], 'k': {'n': null}}",
       "{\"1\":\"a\",\"true\":2.0,\"3\":[\"eA==\"],\"k\":{\"n\":null}}"}};
  for (const auto& [expression, json] : cases) {
    EXPECT_EQ(answer(expression), std::string("{\"value\":") + json + "}") << expression;
  }
}

TEST(LineEvaluator, ReadsBindingsAsTheyAreWritten) {
  EXPECT_EQ(answer("[type(a), type(b), type(c), type(d), type(e)]",
                   R"({"a":1,"b":1.0,"c":1e2,"d":9223372036854775808,"e":-1})"),
            "{\"value\":[\"int\",\"double\",\"double\",\"uint\",\"int\"]}");
  EXPECT_EQ(answer("a.b.c + a.b.d[1]", R"({"a":{"b":{"c":1,"d":[1,2]}}})"), "{\"value\":3}");
  EXPECT_EQ(answer("a.b + x.y", R"({"a.b":1,"x":{"y":2}})"), "{\"value\":3}");
  EXPECT_EQ(LineEvaluator().evaluate(R"({"expr":"y","bindings":{"x.y":1,"y":2},"container":"x"})"), "{\"value\":1}");
  EXPECT_EQ(LineEvaluator().evaluate(R"({"expr":"1 + 1"})"), "{\"value\":2}");
  EXPECT_EQ(answer("x == null && size(y) == 0 && z == ''", R"({"x":null,"y":[],"z":""})"), "{\"value\":true}");
  EXPECT_EQ(answer("m.size() == 20 && m.k19 == 19 && !('k20' in m)",
                   [] {
                     std::string json = "{\"m\":{";
                     for (int i = 0; i < 20; ++i) {
                       json += (i == 0 ? "\"k" : ",\"k") + std::to_string(i) + "\":" + std::to_string(i);
                     }
                     return json + "}}";
                   }()),
            "{\"value\":true}");
}

TEST(LineEvaluator, GivesAnErrorForEveryFaultAndGoesOn) {
  LineEvaluator evaluator;
  for (const char* line :
       {"", "{", "[]", "1", "{\"expr\":1}", "{\"bindings\":{}}", "{\"expr\":\"1\",\"bindings\":[]}",
        "{\"expr\":\"1\",\"bindings\":{\"a b\":1}}", "{\"expr\":\"1\",\"bindings\":{\"a\":{\"k\":1,\"k\":2}}}",
        "{\"expr\":\"1\",\"bindings\":{\"a\":1,\"a\":2}}", "{\"expr\":\"1 +\"}", "{\"expr\":\"1/0\"}",
        "{\"expr\":\"x\"}", "{\"expr\":\"\xff\"}", "{\"expr\":\"1\",\"container\":3}",
        "{\"expr\":\"TestAllTypes{single_int64: 1}\"}", "{\"expr\":\"{1: 2, '1': 3}\"}", "{\"expr\":\"1\"} x"}) {
    const std::string out = evaluator.evaluate(line);
    JsonParser parser;
    auto json = parser.parse(out);
    ASSERT_TRUE(json) << out;
    EXPECT_FALSE((*json)["error"].string().value_or("").empty()) << line << " → " << out;
  }
  EXPECT_EQ(evaluator.evaluate("{\"expr\":\"1 + 1\"}"), "{\"value\":2}");
  EXPECT_EQ(answer("[1, 1/0]"), "{\"error\":\"division by zero (line 1, column 6)\"}");
  EXPECT_THAT(answer("google.protobuf.Timestamp{seconds: 1}"), HasSubstr("messages cannot be built"));
}

TEST(LineEvaluator, TakesDeepAndLongJson) {
  std::string deep = "1";
  for (int i = 0; i < 50; ++i) {
    deep = "[" + deep + "]";
  }
  EXPECT_EQ(answer("size(a)", "{\"a\":" + deep + "}"), "{\"value\":1}");
  for (int i = 0; i < 50; ++i) {
    deep = "[" + deep + "]";
  }
  EXPECT_THAT(answer("size(a)", "{\"a\":" + deep + "}"), HasSubstr("error"));
  std::string wide = "1";
  for (int i = 0; i < 50000; ++i) {
    wide += ",1";
  }
  EXPECT_EQ(answer("size(a)", "{\"a\":[" + wide + "]}"), "{\"value\":50001}");
  EXPECT_THAT(answer("a.map(x, a)", "{\"a\":[" + wide + "]}"), HasSubstr("error"));
}

}  // namespace
}  // namespace heed::rule
