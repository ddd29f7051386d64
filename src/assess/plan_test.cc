#include "assess/plan.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <new>
#include <random>

#include "assess/assessor.h"
#include "base/file.h"
#include "policy/builtin.h"
#include "policy/sample.h"

namespace {
[[maybe_unused]] thread_local std::uint64_t allocations = 0;
}
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define HEED_COUNTS_ALLOCATIONS 1
// NOLINTBEGIN(misc-new-delete-overloads)
__attribute__((noinline)) void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size)) {
    return memory;
  }
  std::abort();
}
__attribute__((noinline)) void operator delete(void* memory) noexcept { std::free(memory); }
__attribute__((noinline)) void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
// NOLINTEND(misc-new-delete-overloads)
#endif

namespace heed::assess {
namespace {

const Files& lists() {
  static const Files files = [] {
    Files files;
    for (const policy::BuiltinFile& file : policy::default_policy_files("lists/")) {
      files.emplace_back(std::string(file.name.substr(6, file.name.size() - 10)), std::string(file.bytes));
    }
    return files;
  }();
  return files;
}
Result<std::shared_ptr<const Assessor>> make(const std::string& rules) {
  return Assessor::make(policy::default_policy(), lists(), {{"rules/test.yaml", rules}});
}
std::string rule(const std::string& id, const std::string& when, const std::string& mode = "on",
                 const std::string& more = "") {
  return fmt::format(
      "- id: {}\n  version: \"1\"\n  clause: hate\n  when: |\n    {}\n  signals: [{{category: hate, score: 0.99}}]\n  "
      "mode: {}\n{}"
      "  examples: {{match: [x], no_match: [y]}}\n",
      id, when, mode, more);
}
Assessment assessed(const Assessor& assessor, std::string_view text) {
  const auto scratch = assessor.scratch();
  Assessment out;
  assessor.assess_text(text, *scratch, out);
  return out;
}

TEST(Rules, GiveASignalWithSourceVersionClauseAndSpan) {
  const auto assessor = make(rule("found", "phrase(\"purple (cow|goat)\")"));
  ASSERT_TRUE(assessor) << assessor.error().message;
  const Assessment a = assessed(**assessor, "Look: a Purple GOAT again");
  ASSERT_EQ(a.signals.size(), 1u);
  EXPECT_EQ(a.signals[0].source, "rule:found");
  EXPECT_EQ(a.signals[0].version, "1");
  EXPECT_EQ(a.signals[0].clause, "hate");
  EXPECT_EQ(a.signals[0].start, 8u);
  EXPECT_EQ(a.signals[0].end, 19u);
  EXPECT_TRUE(assessed(**assessor, "Look: a purple house").signals.empty());
}

TEST(Rules, GoNoFurtherThanTheyAreLetFromTheNextPostOn) {
  const auto made = make(rule("a", "phrase(\"purple cow\")") + rule("b", "phrase(\"purple goat\")", "shadow"));
  ASSERT_TRUE(made);
  const Plan& plan = (*made)->plan();
  EXPECT_EQ(assessed(**made, "purple cow").verdict, Verdict::Flag);
  plan.limit({{"a", RuleMode::Off}, {"b", RuleMode::On}, {"nobody", RuleMode::Off}});
  EXPECT_EQ(assessed(**made, "purple cow").verdict, Verdict::Allow);
  EXPECT_EQ(plan.figures()[0].fired, 1u) << "a rule that is off is not evaluated";
  EXPECT_EQ(plan.mode(1), RuleMode::Shadow) << "no further than its pack lets it";
  plan.limit({{"a", RuleMode::Shadow}});
  EXPECT_EQ(assessed(**made, "purple cow").verdict, Verdict::Allow);
  EXPECT_EQ(plan.figures()[0].fired, 2u);
  plan.limit({});
  EXPECT_EQ(assessed(**made, "purple cow").verdict, Verdict::Flag);
}

TEST(Rules, SpendTheirBudgetOnlyWhereNothingElseAsksForTheCase) {
  const auto with_budget = [](std::string id, std::string clause, std::string category, int budget) {
    return fmt::format(
        "- id: {}\n  version: \"1\"\n  clause: {}\n  when: phrase(\"purple {}\")\n  signals: [{{category: {}, score: "
        "0.9}}]\n  mode: on\n"
        "  daily_case_budget: {}\n  examples: {{match: [x], no_match: [y]}}\n",
        id, clause, id, category, budget);
  };
  // A clause that always wants a person to look, but is about no life.
  auto policy = std::make_shared<policy::Policy>(*policy::default_policy());
  for (policy::Clause& clause : policy->clauses) {
    if (clause.id == "hate") {
      clause.review_always = true, clause.review_at = 0.7;
    }
  }
  const auto made = Assessor::make(
      policy, lists(),
      {{"rules/test.yaml", with_budget("cow", "hate", "hate", 5) + with_budget("goat", "hate", "hate", 0) +
                               with_budget("sow", "threats_to_life", "threat", 5)}});
  ASSERT_TRUE(made) << made.error().message;
  std::vector<Plan::CaseBudget> budgets;
  const auto of = [&](std::string_view text) {
    const Assessment a = assessed(**made, text);
    (*made)->plan().case_budgets(*policy, a, budgets);
    return budgets.size();
  };
  ASSERT_EQ(of("purple cow"), 1u);
  EXPECT_EQ(budgets[0].rule->text.id, "cow");
  EXPECT_EQ(budgets[0].cases, 5);
  EXPECT_EQ(of("purple goat"), 0u) << "it has no budget, so none is spent";
  EXPECT_EQ(of("purple goat and purple cow"), 1u) << "what a find of the same score says already is not told again";
  EXPECT_EQ(of("purple sow"), 1u);
  EXPECT_EQ(of("a plain house"), 0u);
}

TEST(Rules, WithoutActionsNeverMakeAMachineAct) {
  const auto without = make(rule("a", "phrase(\"purple cow\")"));
  const auto with = make(rule("a", "phrase(\"purple cow\")", "on", "  actions: [hide]\n"));
  ASSERT_TRUE(without && with);
  EXPECT_EQ(assessed(**without, "purple cow").verdict, Verdict::Flag);
  const Assessment a = assessed(**with, "purple cow");
  EXPECT_EQ(a.verdict, Verdict::Act);
  EXPECT_EQ(a.actions, std::vector<policy::ActionKind>{policy::ActionKind::Hide});
}

TEST(Rules, InShadowAreCountedWithoutEffectAndThoseThatAreOffAreNeither) {
  const auto assessor =
      make(rule("shadowy", "phrase(\"purple cow\")", "shadow") + rule("dark", "phrase(\"purple cow\")", "off"));
  ASSERT_TRUE(assessor);
  EXPECT_EQ(assessed(**assessor, "purple cow").verdict, Verdict::Allow);
  const auto figures = (*assessor)->plan().figures();
  EXPECT_EQ(figures[0].fired, 1u);
  EXPECT_EQ(figures[1].fired, 0u);
}

TEST(Rules, ThatFailAreCountedAndShownAndStopNothing) {
  const auto assessor =
      make(rule("faulty", "post.words / (post.words - 2) > 0") + rule("sound", "phrase(\"purple cow\")"));
  ASSERT_TRUE(assessor) << assessor.error().message;
  EXPECT_EQ(assessed(**assessor, "purple cow").signals.size(), 1u);
  const auto figures = (*assessor)->plan().figures();
  EXPECT_EQ(figures[0].errors, 1u);
  EXPECT_NE(figures[0].first_error.find("division by zero"), std::string::npos) << figures[0].first_error;
  EXPECT_EQ(figures[1].fired, 1u);
}

TEST(Rules, AreBoundInSteps) {
  const auto assessor =
      make(rule("greedy", "post.text.split('a').exists(x, post.text.split('a').exists(y, x + y == 'no'))"));
  ASSERT_TRUE(assessor) << assessor.error().message;
  EXPECT_EQ(assessed(**assessor, std::string(5000, 'a')).verdict, Verdict::Allow);
  EXPECT_EQ((*assessor)->plan().figures()[0].errors, 1u);
}

TEST(Rules, SeeWhatThePlatformToldOfThePost) {
  const auto assessor =
      make(rule("a",
                "post.is_reply && post.mentions == 2 && post.links == 1 && post.link_hosts[0] == 'shop.example' && "
                "author.age_days == 3 && author.known && attributes.room == 'loud' && attributes.heat == 7 && "
                "post.words == 2 && post.kind == 'message' && post.language == 'und' && post.evasions == 0 && "
                "near(\"purple\", \"cow\", 0) && !near(\"purple\", \"goat\", 9) && !cue(\"play\")"));
  ASSERT_TRUE(assessor) << assessor.error().message;
  JsonParser parser;
  post::Post post;
  ASSERT_TRUE(post::parse_post(
      parser,
      R"({"id":"p","kind":"message","text":"purple cow","created_at":"2026-07-04T12:00:00Z","author":{"id":"a",)"
      R"("created_at":"2026-07-01T11:00:00Z"},"reply_to":{"post_id":"q"},"mentions":["b","c"],)"
      R"("links":["https://Shop.example/x"],"attributes":{"room":"loud","heat":7}})",
      *parse_time("2026-07-04T12:00:00Z"), post));
  const auto scratch = (*assessor)->scratch();
  Assessment out;
  (*assessor)->first_stage(post, *scratch, out);
  EXPECT_EQ(out.signals.size(), 1u) << (*assessor)->plan().figures()[0].first_error;
}

/// Random conditions over all that the index knows and some that it does not.
std::string condition(std::mt19937_64& random, int depth) {
  static const std::vector<std::string> kAtoms = {"list(\"threats\")",
                                                  "list(\"hate\")",
                                                  "phrase(\"kill you\")",
                                                  "phrase(\"the\")",
                                                  "pattern(\"wh.t\")",
                                                  "pattern(\"[0-9]+ (am|pm)\")",
                                                  "signal(\"threat\") >= 0.5",
                                                  "signal(\"threat\") > 0.0",
                                                  "signal(\"hate\") >= 0.7",
                                                  "0.6 <= signal(\"self_harm\")",
                                                  "signal(\"private_information\") > 0.1",
                                                  "scores.threat >= 0.3",
                                                  "scores.toxicity > 0.5",
                                                  "0.2 < scores.insult",
                                                  "scores.identity_attack >= 0.0",
                                                  "scores.known",
                                                  "post.is_reply",
                                                  "!post.is_reply",
                                                  "post.mentions > 0",
                                                  "post.links >= 1",
                                                  "post.links >= 0",
                                                  "post.addresses > 0",
                                                  "post.evasions > 0",
                                                  "post.words > 9",
                                                  "post.text.contains(\"kill\")",
                                                  "post.folded.contains(\"you\")",
                                                  "post.folded.matches(\"o+\")",
                                                  "near(\"kill\", \"you\", 3)",
                                                  "cue(\"negation\")",
                                                  "post.words / (post.words - 6) > 0",
                                                  "post.capitals > 0.1",
                                                  "signal_group(\"hate\") == \"women\"",
                                                  "true",
                                                  "false",
                                                  "post.media < 1"};
  const auto roll = random() % 10;
  if (depth == 0 || roll < 4) {
    return kAtoms[random() % kAtoms.size()];
  }
  const std::string a = condition(random, depth - 1), b = condition(random, depth - 1);
  return roll < 7 ? "(" + a + " && " + b + ")" : roll < 9 ? "(" + a + " || " + b + ")" : "!(" + a + ")";
}

TEST(Plan, FindsByItsIndexWhatTryingEveryRuleFinds) {
  std::mt19937_64 random(11);
  std::string rules;
  for (int i = 0; i < 400; ++i) {
    rules += rule(fmt::format("r{}", i), condition(random, 3), i % 3 == 0 ? "shadow" : "on");
  }
  const auto assessor = make(rules);
  ASSERT_TRUE(assessor) << assessor.error().message;
  std::vector<std::string> texts = {"", "I will kill you at 7 pm, 12 Elm Road", "k1ll you @anna https://a.example",
                                    "what the"};
  for (const char* file : {"campaigner_abuse.tsv", "benign.tsv", "support.tsv"}) {
    for (const policy::Sample& sample : policy::samples(file)) {
      for (std::uint64_t n = 0; n < 10; ++n) {
        texts.push_back(policy::vary(sample.text, n));
      }
    }
  }
  const auto scratch = (*assessor)->scratch();
  Assessment out;
  std::size_t fired = 0;
  std::vector<std::uint32_t> by_index;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    post::Post post;
    post.text = texts[i];
    post.reply_to.post_id = i % 3 == 0 ? "q" : "";
    (*assessor)->first_stage(post, *scratch, out);
    by_index = Assessor::fired(*scratch);
    fired += by_index.size();
    ASSERT_EQ(by_index, (*assessor)->fired_without_index(*scratch)) << texts[i];
  }
  EXPECT_GE(texts.size(), 1000u);
  EXPECT_GT(fired, texts.size());
}

TEST(Plan, AsksOnlyForWhatARuleNeedsAtItsTop) {
  const auto filed = [](const std::string& when) {
    const auto assessor = make(rule("a", when));
    return assessor ? (*assessor)->plan().filed_under(0) : assessor.error().message;
  };
  EXPECT_EQ(filed("post.is_reply && phrase(\"kill you\")"), "the phrase \"kill you\"");
  EXPECT_EQ(filed("scores.threat >= 0.5 || list(\"threats\")"), "threat of at least 0.5 or a find of list threats");
  EXPECT_EQ(filed("!phrase(\"kill you\")"), "every post");
  EXPECT_EQ(filed("scores.threat >= 0.5 || post.words > 3"), "every post");
  EXPECT_EQ(filed("scores.threat >= 0.0"), "every post");
}

#ifdef HEED_COUNTS_ALLOCATIONS
TEST(Assessor, AllocatesNothingInSteadyState) {
  const auto assessor = Assessor::make_default(policy::default_policy());
  std::vector<std::string> texts;
  for (const char* file : {"campaigner_abuse.tsv", "benign.tsv"}) {
    for (const policy::Sample& sample : policy::samples(file)) {
      texts.push_back(policy::vary(sample.text, 1));
    }
  }
  const auto scratch = assessor->scratch();
  Assessment out;
  for (int round = 0; round < 3; ++round) {
    const std::uint64_t before = allocations;
    for (const std::string& text : texts) {
      assessor->assess_text(text, *scratch, out);
    }
    if (round == 2) {
      EXPECT_EQ(allocations - before, 0u);
    }
  }
}
#endif

/// Blocks of "# remark", a file of rules, "---", what is said of it, separated by "====". After a change of a message
/// run this with HEED_UPDATE=1 and read the difference.
TEST(Rules, ThatAreFaultyAreRefusedWithLineAndColumn) {
  const std::string name = "src/assess/testdata/faulty_rules.txt";
  const std::string before = *read_file(name);
  std::string now;
  int blocks = 0;
  for (std::size_t at = 0; at < before.size(); ++blocks) {
    const std::size_t end = std::min(before.find("====\n", at), before.size());
    const std::string block = before.substr(at, end - at);
    at = end + 5;
    const std::size_t remark = block.find('\n') + 1, rule_end = block.find("---\n");
    const std::string yaml = block.substr(remark, rule_end - remark);
    const auto assessor = Assessor::make(policy::default_policy(), lists(), {{"rules/a.yaml", yaml}});
    std::string said = assessor ? "" : assessor.error().message;
    if (assessor) {
      for (const FieldError& fault : (*assessor)->check_examples()) {
        said += (said.empty() ? "" : "\n") + fault.pointer + ": " +
                fault.detail.substr(0, fault.detail.find("; the model says"));
      }
    }
    EXPECT_FALSE(said.empty()) << yaml;
    now += block.substr(0, remark) + yaml + "---\n" + said + "\n" + (at < before.size() ? "====\n" : "");
  }
  if (std::getenv("HEED_UPDATE") != nullptr) {
    ASSERT_TRUE(write_file_atomically(name, now));
  }
  EXPECT_EQ(before, now);
  EXPECT_GE(blocks, 15);
}

TEST(DefaultPack, HasRulesWhoseExamplesHold) {
  const auto assessor = Assessor::make_default(policy::default_policy());
  EXPECT_GE(assessor->plan().rules().size(), 20u);
  for (const FieldError& fault : assessor->check_examples()) {
    ADD_FAILURE() << fault.pointer << ": " << fault.detail;
  }
  for (const Plan::Rule& rule : assessor->plan().rules()) {
    EXPECT_FALSE(rule.text.why.empty()) << rule.text.id;
    EXPECT_FALSE(rule.need.always) << rule.text.id << " would cost every post";
  }
}

}  // namespace
}  // namespace heed::assess
