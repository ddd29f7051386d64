// docs/policy-author/expressions.md keeps its word: its examples give what it says, its limits are the
// limits, and it names every function.
#include <gtest/gtest.h>

#include "base/file.h"
#include "rule/functions.h"
#include "rule/testing_environment.h"

namespace heed::rule {
namespace {

constexpr const char* kPage = "docs/policy-author/expressions.md";

const std::map<std::string, std::string> kGiven = {
    {"score", "0.9"},
    {"account.age_days", "3"},
    {"post.text", "\"free cards\""},
    {"post.mentions", "5"},
    {"reports", R"([{"reason":"spam","count":1,"reporter":{"id":"r","trusted":true}}])"}};

template <class F>
void each_line(const std::string& text, F&& f) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    f(text.substr(at, end - at));
    at = end + 1;
  }
}

TEST(Documentation, ExamplesGiveWhatItSays) {
  const std::string page = read_file(kPage).value_or("");
  std::size_t examples = 0;
  bool inside = false;
  each_line(page, [&](const std::string& line) {
    if (line.starts_with("```")) {
      inside = line == "```cel";
      return;
    }
    const std::string arrow = "→";
    const std::size_t mark = line.find(arrow);
    if (!inside) {
      return;
    }
    ASSERT_NE(mark, std::string::npos) << line;
    std::string expression = line.substr(0, mark), value = line.substr(mark + arrow.size());
    expression.erase(expression.find_last_not_of(' ') + 1);
    value.erase(0, value.find_first_not_of(' '));
    EXPECT_EQ(testing_evaluate(expression, kGiven), value) << expression;
    ++examples;
  });
  EXPECT_GT(examples, 60u);
}

TEST(Documentation, LinesAreAnsweredAsItSays) {
  std::string question;
  std::size_t answers = 0;
  each_line(read_file(kPage).value_or(""), [&](const std::string& line) {
    if (line.starts_with("    {\"expr\"")) {
      question = line.substr(4);
    } else if (line.starts_with("    {") && !question.empty()) {
      EXPECT_EQ(LineEvaluator().evaluate(question), line.substr(4));
      question.clear();
      ++answers;
    }
  });
  EXPECT_EQ(answers, 2u);
}

TEST(Documentation, NamesEveryFunctionAndTheLimits) {
  const std::string page = read_file(kPage).value_or("");
  for (auto* family : {string_functions, conversion_functions, time_functions, more_string_functions, math_functions}) {
    for (const Function& function : family()) {
      EXPECT_NE(page.find((function.member ? "." : "") + function.name + "("), std::string::npos) << function.name;
    }
  }
  const Limits limits;
  auto grouped = [](std::uint64_t n) {
    std::string text = std::to_string(n);
    for (std::size_t at = text.size(); at > 3;) {
      text.insert(at -= 3, ",");
    }
    return text;
  };
  for (const std::string& said :
       {grouped(limits.source_bytes) + " bytes", grouped(limits.nodes) + " parts",
        "nested " + grouped(limits.depth) + " deep", grouped(limits.steps) + " steps",
        grouped(limits.memory_bytes >> 20) + " MiB made", grouped(limits.pattern_bytes) + " bytes",
        grouped(static_cast<std::uint64_t>(limits.pattern_program)) + " instructions",
        grouped(limits.output_bytes >> 20) + " MiB"}) {
    EXPECT_NE(page.find(said), std::string::npos) << said;
  }
}

}  // namespace
}  // namespace heed::rule
