// The functions by example: expression and value, as JSON.
#include <gtest/gtest.h>

#include "rule/functions.h"
#include "rule/testing_environment.h"

namespace heed::rule {
namespace {

struct Example {
  const char* expression;
  const char* value;
};

void expect(std::initializer_list<Example> examples) {
  CompileOptions dynamic;
  dynamic.mode = CompileOptions::Mode::Dynamic;
  for (const Example& example : examples) {
    EXPECT_EQ(testing_evaluate(example.expression, {}, dynamic).substr(0, std::string_view(example.value).size()),
              example.value)
        << example.expression;
    if (std::string_view(example.value) != "error") {
      EXPECT_EQ(testing_evaluate(example.expression), example.value) << example.expression << ", checked";
    }
  }
}

TEST(Strings, CountAndSearchCodePoints) {
  expect({{"size('πέντε')", "5"},
          {"'🐱'.size()", "1"},
          {"size(b'é')", "2"},
          {"size({1: 2})", "1"},
          {"[1, 2].size()", "2"},
          {"size(3)", "error"},
          {"''.contains('')", "true"},
          {"'abc'.endsWith('bc') && !'abc'.startsWith('bc')", "true"},
          {"'a\\nb'.matches('a.b')", "false"},
          {"matches('grey', '^gr[ae]y$')", "true"},
          {"'x'.matches('(')", "error"},
          {"'é'.matches('^.$')", "true"},
          {"['a+', 'b+'].filter(p, 'aab'.matches('^' + p + 'b'))", "[\"a+\"]"}});
}

TEST(Conversions, HoldTheirRanges) {
  expect({{"int('-9223372036854775808')", "-9223372036854775808"},
          {"int('9223372036854775808')", "error"},
          {"int('1.0')", "error"},
          {"int(' 1')", "error"},
          {"int('+1')", "1"},
          {"int(-1.9)", "-1"},
          {"int(9223372036854775807.0)", "error"},
          {"int(double('NaN'))", "error"},
          {"uint(-0.5)", "error"},
          {"uint('-1')", "error"},
          {"uint(18446744073709551615.0)", "error"},
          {"uint(1.9)", "1"},
          {"double('1e400')", "error"},
          {"double('-1e-400')", "-0.0"},
          {"double('x')", "error"},
          {"double('')", "error"},
          {"double('infinity')", "\"Infinity\""},
          {"string(1e21)", "\"1e+21\""},
          {"string(0.1)", "\"0.1\""},
          {"string(true)", "\"true\""},
          {"string(b'\\xff')", "error"},
          {"string(null)", "error"},
          {"bytes('é')", "\"w6k=\""},
          {"bool('True')", "true"},
          {"bool('yes')", "error"},
          {"bool(1)", "error"},
          {"timestamp('2026-01-01T00:00:00Z') == timestamp(1767225600)", "true"},
          {"duration(1)", "error"},
          {"type(dyn(1u))", "\"uint\""},
          {"type(type)", "\"type\""}});
}

TEST(MoreStrings, WorkOnCodePoints) {
  expect({{"'ÄbC'.lowerAscii()", "\"Äbc\""},
          {"'äbC'.upperAscii()", "\"äBC\""},
          {"'tacé'.charAt(3)", "\"é\""},
          {"'abc'.charAt(3)", "\"\""},
          {"'abc'.charAt(4)", "error"},
          {"'abc'.charAt(-1)", "error"},
          {"'tacocat'.substring(4)", "\"cat\""},
          {"'éàü'.substring(1, 2)", "\"à\""},
          {"'abc'.substring(2, 1)", "error"},
          {"'abc'.substring(4)", "error"},
          {"'hello mellow'.indexOf('ello', 2)", "7"},
          {"'éa'.indexOf('a')", "1"},
          {"'abc'.indexOf('x')", "-1"},
          {"'hello mellow'.lastIndexOf('ello')", "7"},
          {"'hello mellow'.lastIndexOf('ello', 6)", "1"},
          {"'abc'.lastIndexOf('')", "3"},
          {"' \\u00a0 x y\\n'.trim()", "\"x y\""},
          {"'a,b,,c'.split(',')", "[\"a\",\"b\",\"\",\"c\"]"},
          {"'a,b,c'.split(',', 2)", "[\"a\",\"b,c\"]"},
          {"'aé'.split('')", "[\"a\",\"é\"]"},
          {"''.split(',')", "[\"\"]"},
          {"''.split('')", "[]"},
          {"'a b'.split(' ', 0)", "[]"},
          {"'a b'.split(' ', 1)", "[\"a b\"]"},
          {"['a', 'b', 'c'].join('-')", "\"a-b-c\""},
          {"[].join('-')", "\"\""},
          {"['x'].join()", "\"x\""},
          {"['x', 1].join()", "error"},
          {"'hello hello'.replace('he', 'we')", "\"wello wello\""},
          {"'hello hello'.replace('he', 'we', 1)", "\"wello hello\""},
          {"'abé'.replace('', '-')", "\"-a-b-é-\""},
          {"'ab'.replace('', '-', 1)", "\"-ab\""},
          {"'ab'.replace('a', 'b', 0)", "\"ab\""},
          {"'gums é'.reverse()", "\"é smug\""}});
}

TEST(Strings, AreFoundLikeTheStandardLibraryFindsThem) {
  const std::string_view texts[] = {"", {}, "a", "aaab", "abcabcabd", "xé"};
  for (std::string_view text : texts) {
    for (std::string_view needle :
         {std::string_view(), std::string_view(""), std::string_view("a"), std::string_view("aab"),
          std::string_view("abcabd"), std::string_view("é"), std::string_view("abcabcabdx")}) {
      for (std::size_t from = 0; from < 12; ++from) {
        EXPECT_EQ(find_text(text, needle, from), text.find(needle, from)) << text << ' ' << needle << ' ' << from;
      }
    }
  }
}

TEST(Math, ComparesAndRounds) {
  expect({{"math.greatest(1, 3, 2)", "3"},
          {"math.least([3.5, 1.5])", "1.5"},
          {"math.greatest(1, 2.5, dyn(3u))", "3"},
          {"math.greatest('a')", "error"},
          {"math.greatest([])", "error"},
          {"math.abs(-5)", "5"},
          {"math.abs(-9223372036854775808)", "error"},
          {"math.abs(-0.5)", "0.5"},
          {"math.ceil(1.2)", "2.0"},
          {"math.floor(-1.2)", "-2.0"},
          {"math.round(-1.5)", "-2.0"},
          {"math.trunc(-1.9)", "-1.0"},
          {"math.isNaN(0.0 / 0.0) && math.isInf(1.0 / 0.0)", "true"},
          {"math.unknown(1)", "error"}});
}

TEST(Functions, AreAllExplained) {
  for (auto* family : {string_functions, conversion_functions, time_functions, more_string_functions, math_functions}) {
    for (const Function& function : family()) {
      EXPECT_TRUE(function.sentence.ends_with(".")) << function.name;
      EXPECT_FALSE(function.overloads.empty()) << function.name;
    }
  }
}

}  // namespace
}  // namespace heed::rule
