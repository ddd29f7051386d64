#include "rule/compile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "rule/patterns.h"
#include "rule/testing_environment.h"

namespace heed::rule {
namespace {

using testing::ElementsAre;

std::shared_ptr<const Program> program(const std::string& text) {
  Compiled compiled = compile({"", text}, testing_environment());
  EXPECT_NE(compiled.program, nullptr) << compiled.text();
  return compiled.program;
}

std::string type(const std::string& text) { return program(text)->type().text(); }

TEST(Compile, DeducesTypes) {
  EXPECT_EQ(type("score * 2.0"), "double");
  EXPECT_EQ(type("post.at - post.at"), "duration");
  EXPECT_EQ(type("post.at - duration('1h')"), "timestamp");
  EXPECT_EQ(type("reports.map(r, r.reporter.id)"), "list(string)");
  EXPECT_EQ(type("reports.filter(r, r.count > 1)"), "list(report)");
  EXPECT_EQ(type("reports[0]"), "report");
  EXPECT_EQ(type("labels.toxicity"), "double");
  EXPECT_EQ(type("{'a': [1], 'b': []}"), "map(string, list)");
  EXPECT_EQ(type("anything + 1"), "int");  // or an error
  EXPECT_EQ(type("anything + anything"), "dyn");
  EXPECT_EQ(type("math.greatest(anything, 2)"), "dyn");
  EXPECT_EQ(type("[1, 'x']"), "list");
  EXPECT_EQ(type("type(1)"), "type");
  EXPECT_EQ(type("true ? [1] : [2]"), "list(int)");
  EXPECT_EQ(type("math.greatest(1, 2, 3)"), "int");
}

TEST(Compile, FoldsWhatIsConstant) {
  for (const char* text : {"1 + 2 * 3", "'a' + 'b' == 'ab'", "[1, 2, 3].filter(x, x > 1).map(y, y * y)",
                           "size('abc') > 2 ? 'x' : 'y'", "timestamp('2026-07-01T00:00:00Z') + duration('1h')",
                           "{'a': 1}.a", "'abc'.matches('b')", "[[1]].all(x, x.all(y, y == 1))", "type(1) == int"}) {
    EXPECT_TRUE(program(text)->is_constant()) << text;
  }
  for (const char* text : {"1 / 0", "score > 1.0", "post.tags.all(t, true)", "[1].map(x, score)"}) {
    EXPECT_FALSE(program(text)->is_constant()) << text;
  }
}

TEST(Compile, ListsWhatARuleNeeds) {
  const auto environment = testing_environment();
  auto slot = [&](const char* name) { return environment->variable(name)->slot; };
  const Needs needs = program(
                          "post.text.contains('free ' + 'cards') && post.text.matches('a+b') && "
                          "!has(post.at) && 'x' == post.text && "
                          "post.text.startsWith('s') && score > 1.0 + 2.0 && post.tags.exists(t, "
                          "t.endsWith('z')) && true != (size([1]) == 1)")
                          ->needs();
  std::vector<Slot> slots = {slot("post.text"), slot("post.at"), slot("score"), slot("post.tags")};
  std::sort(slots.begin(), slots.end());
  EXPECT_EQ(needs.slots, slots);
  using How = TextNeed::How;
  EXPECT_THAT(needs.texts, ElementsAre(TextNeed{slot("post.text"), How::Contains, "free cards"},
                                       TextNeed{slot("post.text"), How::Matches, "a+b"},
                                       TextNeed{slot("post.text"), How::Equals, "x"},
                                       TextNeed{slot("post.text"), How::StartsWith, "s"}));
  EXPECT_THAT(needs.functions, ElementsAre("contains", "endsWith", "matches", "startsWith"));
}

TEST(Compile, FindsNamesInTheContainerFirst) {
  auto environment = std::make_shared<Environment>();
  ASSERT_TRUE(environment->add_variable("a.b.x", Type::of(Kind::Int)));
  ASSERT_TRUE(environment->add_variable("a.x", Type::of(Kind::String)));
  ASSERT_TRUE(environment->add_variable("x", Type::of(Kind::Bool)));
  EXPECT_FALSE(environment->add_variable("x", Type::of(Kind::Bool)));
  EXPECT_FALSE(environment->add_variable("x..y", Type::of(Kind::Bool)));
  EXPECT_FALSE(environment->add_variable("9", Type::of(Kind::Bool)));
  environment->set_container("a.b");
  auto type_of = [&](const char* text) {
    const Compiled compiled = compile({"", text}, environment);
    return compiled.program == nullptr ? compiled.text() : compiled.program->type().text();
  };
  EXPECT_EQ(type_of("x"), "int");
  EXPECT_EQ(type_of(".x"), "bool");
  EXPECT_EQ(type_of("a.x"), "string");
  EXPECT_EQ(type_of("[1.5].map(x, x)"), "list(double)");
  EXPECT_EQ(type_of("[1.5].map(x, .x)"), "list(bool)");
}

TEST(Compile, WantsTheTypeItIsTold) {
  CompileOptions options;
  options.wanted = Type::of(Kind::Bool);
  EXPECT_NE(compile({"", "score > 1.0"}, testing_environment(), options).program, nullptr);
  EXPECT_NE(compile({"", "anything"}, testing_environment(), options).program, nullptr);
  EXPECT_EQ(compile({"", "score"}, testing_environment(), options).program, nullptr);
}

TEST(Compile, SharesPatternsWithinAPoolAndRefusesABadOneEachTime) {
  auto pool = std::make_unique<PatternPool>();
  CompileOptions options;
  options.patterns = pool.get();
  const Pattern* shared = pool->get("^x+$", options.limits)->get();
  Compiled one = compile({"", "post.text.matches('^x+$')"}, testing_environment(), options);
  Compiled other = compile({"", "!post.text.matches('^x+$')"}, testing_environment(), options);
  ASSERT_TRUE(one.program && other.program);
  EXPECT_EQ(pool->get("^x+$", options.limits)->get(), shared);
  EXPECT_NE(pool->get("^y+$", options.limits)->get(), shared);
  for (int i = 0; i < 2; ++i) {
    Compiled bad = compile({"", "post.text.matches('(')"}, testing_environment(), options);
    EXPECT_EQ(bad.program, nullptr);
    EXPECT_EQ(bad.issues.size(), 1u);
  }
  pool.reset();  // the programs keep what they need
  std::vector<Value> values(10);
  values[one.program->needs().slots[0]] = Value::string("xx");
  EXPECT_TRUE(Evaluator().run(*one.program, FixedActivation(values)).is_true());
  values[other.program->needs().slots[0]] = Value::string("xx");
  EXPECT_FALSE(Evaluator().run(*other.program, FixedActivation(values)).is_true());
}

TEST(Compile, OutlivesItsEnvironmentsOwner) {
  std::shared_ptr<const Program> kept = program("post.text.lowerAscii() == 'x'");
  std::vector<Value> values(10);
  values[kept->needs().slots[0]] = Value::string("X");
  EXPECT_TRUE(Evaluator().run(*kept, FixedActivation(values)).is_true());
}

}  // namespace
}  // namespace heed::rule
