#include "app/evaluation.h"

#include <gtest/gtest.h>

#include <random>

#include "policy/policy.h"

namespace heed::app {
namespace {

struct Outcome {
  std::string out;
  EvaluationTally tally;
};

Outcome assess_lines(const std::vector<std::string>& lines, unsigned threads, bool scores = false) {
  static const auto assessor = assess::Assessor::make_default(policy::default_policy());
  Outcome run;
  Evaluation evaluation(*assessor, {.threads = threads, .scores = scores},
                        [&](std::string_view text) { run.out += text; });
  std::uint64_t number = 0;
  for (const std::string& line : lines) {
    evaluation.line(++number, line, line.empty());
  }
  evaluation.finish();
  run.tally = evaluation.tally();
  return run;
}

std::vector<std::string> posts(std::size_t count) {
  static const char* kTexts[] = {"good morning", "I will kill you", "nice hat", "I know where you live",
                                 "see you there"};
  std::mt19937_64 random(7);
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < count; ++i) {
    switch (random() % 20) {
      case 0:
        lines.emplace_back("{\"id\":");
        break;
      case 1:
        lines.emplace_back();
        break;  // stands for a line that is too long
      default: {
        std::string text = kTexts[random() % 5];
        if (random() % 50 == 0) {
          text.append(100'000, 'x');  // fills a batch alone
        }
        lines.push_back(R"({"id":"p)" + std::to_string(i) +
                        R"(","created_at":"2026-07-01T12:00:00Z","author":{"id":"a"},"text":")" + text + "\"}");
      }
    }
  }
  return lines;
}

TEST(Evaluation, AnswersEveryLineInOrder) {
  Outcome run = assess_lines(posts(1000), 3);
  EXPECT_EQ(run.tally.lines, 1000u);
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 1000);
  std::size_t at = 0;
  for (std::size_t i = 0; i < 1000; ++i) {
    std::string line = run.out.substr(at, run.out.find('\n', at) - at);
    at += line.size() + 1;
    EXPECT_TRUE(line.find("\"p" + std::to_string(i) + "\"") != line.npos ||
                line.find("\"line\":" + std::to_string(i + 1) + ",") != line.npos)
        << line;
  }
  EXPECT_GT(run.tally.reviews, 100u);
  EXPECT_GT(run.tally.refused, 20u);
}

TEST(Evaluation, GivesTheSameBytesOnAnyNumberOfThreads) {
  auto lines = posts(3000);
  Outcome one = assess_lines(lines, 1, true);
  for (unsigned threads : {2u, 8u}) {
    Outcome many = assess_lines(lines, threads, true);
    EXPECT_EQ(one.out, many.out) << threads;
    EXPECT_EQ(one.tally.reviews, many.tally.reviews);
    EXPECT_EQ(one.tally.categories, many.tally.categories);
  }
}

TEST(Evaluation, GivesAllSevenScoresOrSaysWhyNot) {
  const auto line = [](std::string_view text) {
    return R"({"id":"p","created_at":"2026-07-01T12:00:00Z","author":{"id":"a"},"text":")" + std::string(text) + "\"}";
  };
  const std::string out = assess_lines({line("You are a stupid idiot and everybody hates you"),
                                        line("Das ist nicht der Weg nach Hause, und ich weiß es auch nicht"), line("")},
                                       1, true)
                              .out;
  JsonParser parser;
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < out.size(); at = out.find('\n', at) + 1) {
    lines.push_back(out.substr(at, out.find('\n', at) - at));
  }
  ASSERT_EQ(lines.size(), 3u);
  const Json first = (*parser.parse(lines[0]))["scores"];
  for (const char* label :
       {"toxicity", "severe_toxicity", "identity_attack", "insult", "profanity", "threat", "sexually_explicit"}) {
    ASSERT_TRUE(first[label].number()) << label;
    EXPECT_GE(*first[label].number(), 0.0);
    EXPECT_LE(*first[label].number(), 1.0);
  }
  EXPECT_EQ(first.size(), 7u);
  EXPECT_GT(*first["toxicity"].number(), 0.5);
  EXPECT_TRUE((*parser.parse(lines[1]))["scores"].is_null());
  EXPECT_EQ(parser.parse(lines[1])->get_string("abstained"), "language");
  EXPECT_EQ(parser.parse(lines[2])->get_string("abstained"), "empty");
  EXPECT_EQ(assess_lines({line("good morning")}, 1).out.find("scores"), std::string::npos);
}

TEST(Evaluation, OfNothingIsNothing) {
  EXPECT_EQ(assess_lines({}, 1).out, "");
  EXPECT_EQ(assess_lines({}, 4).out, "");
}

}  // namespace
}  // namespace heed::app
