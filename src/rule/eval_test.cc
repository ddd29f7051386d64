#include "rule/eval.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rule/testing_environment.h"

namespace heed::rule {
namespace {

using testing::HasSubstr;

CompileOptions dynamic() {
  CompileOptions options;
  options.mode = CompileOptions::Mode::Dynamic;
  return options;
}
std::string checked(const std::string& text, const std::map<std::string, std::string>& given = {}) {
  return testing_evaluate(text, given);
}
std::string unchecked(const std::string& text) { return testing_evaluate(text, {}, dynamic()); }

TEST(Evaluator, AbsorbsErrorsWhereTheOtherSideDecides) {
  for (const char* text :
       {"1/0 == 1 || true", "true || 1/0 == 1", "!(1/0 == 1 && false)", "!(false && 1/0 == 1)", "unknown || true",
        "true || 'x'", "[1, 0, 2].exists(x, 2/x == 1)", "![1, 0, 2].all(x, 2/x == 2)", "f(1) || true"}) {
    EXPECT_EQ(unchecked(text), "true") << text;
  }
  EXPECT_EQ(unchecked("1/0 == 1 || false"), "error: division by zero (line 1, column 2)");
  EXPECT_EQ(unchecked("false ||\n unknown"), "error: unknown name 'unknown' (line 2, column 2)");
  EXPECT_THAT(unchecked("[1, 0].exists_one(x, 2/x == 2)"), HasSubstr("division by zero"));
  EXPECT_THAT(unchecked("true ? 1/0 : 1"), HasSubstr("division by zero"));
  EXPECT_EQ(unchecked("true ? 1 : 1/0"), "1");
  EXPECT_THAT(unchecked("'x' ? 1 : 2"), HasSubstr("no such overload"));
  EXPECT_THAT(unchecked("'x' && 'y'"), HasSubstr("no such overload"));
}

TEST(Evaluator, ComparesNumbersAcrossTypesExactly) {
  for (const char* text : {"1 == 1.0",
                           "1u == 1",
                           "9007199254740993 > 9007199254740992.0",
                           "18446744073709551615u > -1",
                           "-1 < 0u",
                           "9223372036854775807 < 9223372036854775808.0",
                           "18446744073709551615u < 18446744073709551616.0",
                           "1 < 1.5",
                           "!(1 > 1.5)",
                           "{1: 'a'} == {1u: 'a'}",
                           "[1, 2u, 3.0] == [1.0, 2, 3u]",
                           "1.0 in {1: 2}",
                           "!(double('NaN') < 1.0)",
                           "!(double('NaN') > 1)",
                           "double('NaN') != double('NaN')",
                           "-0.0 == 0.0",
                           "1 != '1'",
                           "null == null",
                           "[1] != {1: 1}",
                           "-9223372036854775808 == -9223372036854775808.0"}) {
    EXPECT_EQ(unchecked(text), "true") << text;
  }
}

TEST(Evaluator, RefusesWhatOverflows) {
  for (const char* text :
       {"9223372036854775807 + 1", "-9223372036854775808 - 1", "-(-9223372036854775808)", "9223372036854775807 * 2",
        "0u - 1u", "18446744073709551615u + 1u", "-9223372036854775808 / -1", "-9223372036854775808 % -1"}) {
    EXPECT_THAT(unchecked(text), HasSubstr("integer overflow")) << text;
  }
  EXPECT_THAT(unchecked("5 % 0"), HasSubstr("modulus by zero"));
  EXPECT_EQ(unchecked("1.0 / 0.0"), "\"Infinity\"");
  EXPECT_THAT(unchecked("1 + 1.0"), HasSubstr("no such overload"));
}

TEST(Evaluator, ReadsRecordsAndKnowsWhatIsAbsent) {
  const std::map<std::string, std::string> given = {
      {"reports",
       R"([{"reason":"spam","count":3,"reporter":{"id":"u1","trusted":true}},{"reason":"hate","count":1,"reporter":{"id":"u2","trusted":false}}])"},
      {"labels", R"({"toxicity":0.9})"},
      {"post.text", "\"hello\""}};
  EXPECT_EQ(checked("reports.filter(r, r.reporter.trusted).map(r, r.reason)", given), "[\"spam\"]");
  EXPECT_EQ(checked("reports.map(r, r.count > 2, r.reporter.id + '!')", given), "[\"u1!\"]");
  EXPECT_EQ(checked("has(labels.toxicity) && !has(labels.insult) && has(post.text) && !has(post.tags)", given), "true");
  EXPECT_EQ(checked("labels.toxicity + labels['toxicity']", given), "1.8");
  EXPECT_EQ(checked("post.tags", given), "error: 'post.tags' is not known here (line 1, column 6)");
  EXPECT_EQ(checked("size(post.tags) > 1 || post.text.startsWith('he')", given), "true");
}

TEST(Evaluator, EndsWhateverIsAsked) {
  std::string ten = "[0,1,2,3,4,5,6,7,8,9]";
  std::string nested = "score < 1.0";
  for (char name = 'a'; name < 'l'; ++name) {
    nested = ten + ".all(" + name + ", " + nested + ")";
  }
  const std::map<std::string, std::string> given = {{"score", "0.5"}};
  EXPECT_THAT(testing_evaluate(nested, given), HasSubstr("too many steps"));
  EXPECT_THAT(testing_evaluate("false || " + nested + " || true", given), HasSubstr("too many steps"));
  CompileOptions options;
  options.limits.fold_steps = 0;  // nothing is computed beforehand
  std::string doubled = "'0123456789abcdef'";
  for (int i = 0; i < 40; ++i) {
    doubled = "[" + doubled + "].map(x, x + x)[0]";
  }
  EXPECT_THAT(testing_evaluate("size(" + doubled + ")", {}, options), HasSubstr("too much memory"));
  std::string lists = "[1,2,3,4]";
  for (int i = 0; i < 40; ++i) {
    lists = "[" + lists + "].map(x, x + x)[0]";
  }
  EXPECT_THAT(testing_evaluate("size(" + lists + ")", {}, options), HasSubstr("too "));
  // A list that holds itself twice, forty deep: little memory, but 2^40 to look at.
  std::string shared = "1";
  for (int i = 0; i < 40; ++i) {
    shared = "[" + shared + "].map(x, [x, x])[0]";
  }
  EXPECT_THAT(testing_evaluate(shared + " == " + shared, {}, options), HasSubstr("too many steps"));
  EXPECT_THAT(testing_evaluate(shared, {}, options), HasSubstr("as JSON"));
}

TEST(Evaluator, HoldsTheSameLimitsWhileFolding) {
  std::string shared = "1";
  for (int i = 0; i < 40; ++i) {
    shared = "[" + shared + "].map(x, [x, x])[0]";
  }
  EXPECT_THAT(testing_evaluate(shared + " == " + shared), HasSubstr("too many steps"));
  EXPECT_THAT(testing_evaluate("'x'.matches('((((a{9}){9}){9}){9})')"), HasSubstr("pattern"));
  EXPECT_THAT(unchecked("['((((a{9}){9}){9}){9})'].exists(p, 'x'.matches(p))"), HasSubstr("pattern"));
}

TEST(Evaluator, PaysForLongTexts) {
  const std::string huge = "\"" + std::string(300000, 'x') + "\"";
  const std::map<std::string, std::string> given = {{"post.text", huge}, {"anything", "{" + huge + ":1}"}};
  std::string ten = "[0,1,2,3,4,5,6,7,8,9]";
  for (const char* body :
       {"post.text < post.text + 'a'", "post.text in anything", "anything[post.text] == 1", "{post.text: 1} != {}",
        "size(post.text) > 1", "post.text == post.text", "!post.text.contains('y')", "!post.text.matches('y+')",
        "post.text.startsWith(post.text)", "bool(int(post.text) == 1)", "post.text.split('y').size() == 1"}) {
    const std::string text = ten + ".all(a, " + ten + ".all(b, " + ten + ".all(c, " + body + " || a < 0)))";
    EXPECT_THAT(testing_evaluate(text, given), HasSubstr("too ")) << body;
  }
}

TEST(Compile, KeepsItsTextsWhenFoldingHasUsedItsMemory) {
  std::string many = "0";
  for (int i = 0; i < 60; ++i) {
    many += " + size([1,2,3,4,5,6,7,8].map(x, '0123456789abcdef0123456789abcdef0123456789abcdef' + string(x)))";
  }
  CompileOptions options;
  options.limits.fold_memory_bytes = 8192;
  EXPECT_EQ(testing_evaluate("[" + many + ", {'k': {'l': 7}}.k.l][1]", {}, options), "7");
}

TEST(Evaluator, GivesTheSameAgainAndAgain) {
  const auto environment = testing_environment();
  const Compiled compiled = compile(
      {"", "post.tags.map(t, t + '!').filter(t, size(t) > 2).size() == 1 && post.text.matches(anything)"}, environment);
  ASSERT_NE(compiled.program, nullptr) << compiled.text();
  std::vector<Value> values(environment->variables().size());
  const Value tags[] = {Value::string("a"), Value::string("bb")};
  const List list{tags, 2};
  values[environment->variable("post.tags")->slot] = Value::list(&list);
  values[environment->variable("post.text")->slot] = Value::string("hello");
  values[environment->variable("anything")->slot] = Value::string("^h.*o$");
  const FixedActivation activation(values);
  Evaluator evaluator;
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(evaluator.run(*compiled.program, activation).is_true());
  }
}

class CountingActivation final : public Activation {
 public:
  Value load(Slot slot, Arena&) const override {
    loaded.push_back(slot);
    return Value();
  }
  mutable std::vector<Slot> loaded;
};

TEST(Evaluator, AsksOnlyForWhatItReaches) {
  const auto environment = testing_environment();
  const Compiled compiled = compile({"", "has(post.text) && score > 1.0 && reports.size() > 1"}, environment);
  ASSERT_NE(compiled.program, nullptr);
  CountingActivation activation;
  EXPECT_FALSE(Evaluator().run(*compiled.program, activation).is_true());
  EXPECT_EQ(activation.loaded, std::vector<Slot>{environment->variable("post.text")->slot});
}

TEST(Evaluator, HandsItsContextToFunctions) {
  auto environment = testing_environment();
  Function function{
      "seen",
      false,
      "How often.",
      {{{Type::of(Kind::String)}, Type::of(Kind::Int), [](Call& call, std::span<const Value> a) {
          return Value::integer(static_cast<std::map<std::string, int>*>(call.context)->at(std::string(a[0].text())));
        }}}};
  function.pure = false;
  ASSERT_TRUE(environment->add_function(function));
  EXPECT_FALSE(environment->add_function(function)) << "twice the same overload";
  const Compiled compiled = compile({"", "seen('x') + seen('y') == 5"}, environment);
  ASSERT_NE(compiled.program, nullptr) << compiled.text();
  EXPECT_FALSE(compiled.program->is_constant());
  EXPECT_EQ(compiled.program->needs().functions, std::vector<std::string>{"seen"});
  std::map<std::string, int> context = {{"x", 2}, {"y", 3}};
  EXPECT_TRUE(Evaluator().run(*compiled.program, FixedActivation({}), &context).is_true());
}

TEST(Evaluator, RemembersWhatPatternsFoundOnlyInTheTextItWasTold) {
  rule::Evaluator evaluator;
  const auto environment = [] {
    auto out = std::make_shared<Environment>();
    HEED_ASSERT(out->add_variable("text", Type::of(Kind::String)));
    return out;
  }();
  const auto compiled = [&](const char* expression) { return compile({"t", expression}, environment, {}).program; };
  const auto has_b = compiled("text.matches('b+')"), has_b_too = compiled("text.matches('b+') && true"),
             has_c = compiled("text.matches('c+')");
  std::string text = "abba";
  const auto says = [&](const auto& program) {
    return evaluator.run(*program, FixedActivation({Value::string(text)})).is_true();
  };
  evaluator.remember(text);
  EXPECT_TRUE(says(has_b));
  EXPECT_TRUE(says(has_b_too));
  EXPECT_FALSE(says(has_c));
  const Steps first = evaluator.steps_taken();
  EXPECT_FALSE(says(has_c));
  EXPECT_EQ(evaluator.steps_taken(), first);  // costs as much again
  text = "acca";                              // in the same place
  evaluator.remember(text);
  EXPECT_FALSE(says(has_b));
  EXPECT_TRUE(says(has_c));
  evaluator.remember({});
  text = "abca";
  EXPECT_TRUE(says(has_b));
  text = "xxca";  // nothing is remembered of what it was not told of
  EXPECT_FALSE(says(has_b));
}

}  // namespace
}  // namespace heed::rule
