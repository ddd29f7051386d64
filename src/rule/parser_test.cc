#include "rule/parser.h"

#include <gtest/gtest.h>

#include <random>

#include "rule/testing_environment.h"

namespace heed::rule {
namespace {

std::string printed(const std::string& text) {
  const Parsed parsed = parse({"", text}, {});
  return parsed.issues.empty() ? print(parsed.ast) : "refused: " + parsed.issues[0].message;
}

TEST(Parser, KeepsPrecedenceAndPlacesFewParentheses) {
  for (const char* text : {"a || b && c == d + e * -f",
                           "(a || b) && c",
                           "a - (b - c)",
                           "a - b - c",
                           "(a ? b : c) ? d : e ? f : g",
                           "!(a && b)",
                           "-(1)",
                           "- -1",
                           "a.b[c].d(e, f)",
                           "[1, 2u, 3.0, 0.5e-7, \"x\", b\"\\x00\\xff\", null, true]",
                           "{\"a\": 1, 2: [3]}",
                           "has(a.b.c)",
                           "a.all(x, x > 1)",
                           "a.map(x, x > 1, x + 1)",
                           ".a.b(.c)",
                           "a in b in c",
                           "a.`content-type`",
                           "(a && b) && c",
                           "a && (b && c)",
                           "(-1).abs()",
                           "-a.b",
                           "(a + b).c",
                           "(a ? b : c).d",
                           "\"\\n\\\"\\\\\""}) {
    const Parsed once = parse({"", text}, {});
    ASSERT_TRUE(once.issues.empty()) << text << ": " << once.issues[0].message;
    const std::string again = print(once.ast);
    const Parsed twice = parse({"", again}, {});
    EXPECT_TRUE(twice.issues.empty() && same_tree(once.ast, twice.ast)) << text << " → " << again;
  }
  EXPECT_EQ(printed("((a)||((b)&&(c)))"), "a || b && c");
  EXPECT_EQ(printed("a-(b-c)"), "a - (b - c)");
  EXPECT_EQ(printed("[1,2,]"), "[1, 2]");
  EXPECT_EQ(printed("r'\\d' + '''a\r\nb'''"), "\"\\\\d\" + \"a\\nb\"");
}

TEST(Parser, RefusesWhatIsNotTheLanguage) {
  for (const char* text : {"",
                           " ",
                           "// only a remark",
                           "a b",
                           "a +",
                           "f(1,)",
                           "(",
                           "a.",
                           "a.1",
                           "'\\q'",
                           "'\\u12'",
                           "b'\\u0041'",
                           "'\\U00110000'",
                           "0x",
                           "a ? b",
                           "{1}",
                           "a = b",
                           "\xff",
                           "while",
                           "a.b.while.for + in",
                           "`a`",
                           "'a\nb'",
                           "\"\"\"a",
                           "9223372036854775808",
                           "18446744073709551616u",
                           "1uu"}) {
    EXPECT_FALSE(parse({"", text}, {}).issues.empty()) << text;
  }
  for (const char* text : {"1 // a remark", "a.while", ".5", "1e3", "0XfFu", "-9223372036854775808", "R'\\'",
                           "bR\"\"\"\\\"\"\"", "{}.a", "a.\n b\t( )"}) {
    EXPECT_TRUE(parse({"", text}, {}).issues.empty()) << text;
  }
}

TEST(Parser, StaysWithinItsLimits) {
  Limits limits;
  auto refused = [&](const std::string& text) {
    limits.source_bytes = text.size();
    const Parsed parsed = parse({"", text}, limits);
    return !parsed.issues.empty() && parsed.issues.size() <= limits.issues &&
           parsed.ast.nodes.size() <= limits.nodes + 2;
  };
  constexpr std::size_t kMany = 20000;
  auto repeat = [](const std::string& s) {
    std::string out;
    for (std::size_t i = 0; i < kMany; ++i) {
      out += s;
    }
    return out;
  };
  for (const char* opening : {"(", "[", "{", "{1:", "-", "!", "f(", "a.b(", "a[", "1?1:(", "[[", "'a'+("}) {
    EXPECT_TRUE(refused(repeat(opening))) << opening;
    EXPECT_TRUE(refused(repeat(opening) + "1")) << opening;
  }
  for (const char* more :
       {".a", "[0]", ".f()", " + 1", " && (a || b)", " ? 1 : 1", ".map(x, x)", ", 1", "}", ")", " == 1", "@", "'"}) {
    EXPECT_TRUE(refused("a" + repeat(more))) << more;
  }
}

/// A random expression: mostly sensible, sometimes of the wrong types.
class Gardener {
 public:
  explicit Gardener(std::uint32_t seed) : random_(seed) {}
  std::string expression(int depth) {
    if (depth == 0) {
      return random_() % 3 != 0 ? pick({"1", "2", "-7", "true", "false"})
                                : pick({"3u", "2.5", "-0.0", "'a'", "b'\\xff'", "null", "score", "post.text",
                                        "post.tags", "anything", "x", "y", "labels", "int", "9223372036854775807"});
    }
    auto e = [&] { return expression(depth - 1 - static_cast<int>(random_() % 2) % depth); };
    switch (random_() % 14) {
      case 0:
        return "(" + e() + pick({" + ", " - ", " * ", " / ", " % "}) + e() + ")";
      case 1:
        return "(" + e() + pick({" == ", " != ", " < ", " <= ", " > ", " >= ", " in "}) + e() + ")";
      case 2:
        return "(" + e() + pick({" && ", " || "}) + e() + ")";
      case 3:
        return "(" + e() + " ? " + e() + " : " + e() + ")";
      case 4:
        return pick({"!", "-"}) + "(" + e() + ")";
      case 5:
        return "[" + e() + ", " + e() + "]";
      case 6:
        return "{" + e() + ": " + e() + ", 'k': " + e() + "}";
      case 7:
        return "[" + e() + ", " + e() + "]" +
               pick({".map(x, ", ".filter(x, ", ".all(y, ", ".exists(y, ", ".exists_one(x, "}) + e() + ")";
      case 8:
        return "(" + e() + ")[" + e() + "]";
      case 9:
        return "(" + e() + ")." + pick({"k", "a", "`b-c`"});
      case 10:
        return pick({"size", "int", "string", "double", "type", "dyn", "bool", "timestamp", "duration", "math.greatest",
                     "math.abs"}) +
               "(" + e() + ")";
      case 11:
        return "(" + e() + ")" + pick({".contains(", ".startsWith(", ".matches(", ".split(", ".charAt(", ".join("}) +
               e() + ")";
      case 12:
        return "has((" + e() + ").k)";
      default:
        return e();
    }
  }

 private:
  std::string pick(std::initializer_list<const char*> of) { return of.begin()[random_() % of.size()]; }
  std::mt19937 random_;
};

TEST(Parser, ReadsBackWhatItPrints) {
  Gardener gardener(20260701);
  for (int i = 0; i < 3000; ++i) {
    const std::string text = gardener.expression(1 + i % 6);
    const Parsed once = parse({"", text}, {});
    ASSERT_TRUE(once.issues.empty()) << text << ": " << once.issues[0].message;
    const std::string again = print(once.ast);
    const Parsed twice = parse({"", again}, {});
    ASSERT_TRUE(twice.issues.empty()) << again << ": " << twice.issues[0].message;
    ASSERT_TRUE(same_tree(once.ast, twice.ast)) << text << " → " << again;
  }
}

/// What is checked and runs gives the same as unchecked; folded the same as not folded; nothing of it
/// crashes.
TEST(Parser, RandomExpressionsMeanTheSameInEveryMode) {
  Gardener gardener(7);
  const std::map<std::string, std::string> given = {{"score", "0.5"},
                                                    {"post.text", "\"hello\""},
                                                    {"post.tags", "[\"a\",\"b\"]"},
                                                    {"anything", "{\"k\":[1,2.0,null]}"},
                                                    {"labels", "{\"k\":0.5}"}};
  CompileOptions dynamic, unfolded;
  dynamic.mode = CompileOptions::Mode::Dynamic;
  unfolded.mode = CompileOptions::Mode::Dynamic;
  unfolded.limits.fold_steps = 0;
  std::size_t values = 0, ran = 0;
  for (int i = 0; i < 5000; ++i) {
    const std::string text = gardener.expression(1 + i % 3);
    const std::string plain = testing_evaluate(text, given, dynamic);
    ASSERT_EQ(plain, testing_evaluate(text, given, unfolded)) << text;
    values += plain.starts_with("error") ? 0 : 1;
    if (compile({"", text}, testing_environment()).program != nullptr) {
      ASSERT_EQ(plain, testing_evaluate(text, given)) << text;
      ++ran;
    }
  }
  EXPECT_GT(values, 1000u);
  EXPECT_GT(ran, 900u);
}

}  // namespace
}  // namespace heed::rule
