#include "assess/assessor.h"

#include <gtest/gtest.h>

#include <atomic>
#include <random>
#include <thread>

#include "assess/plan.h"
#include "base/bytes.h"
#include "match/term_list.h"
#include "policy/builtin.h"
#include "policy/sample.h"

namespace heed::assess {
namespace {

const Assessor& standard() {
  static const auto assessor = Assessor::make_default(policy::default_policy());
  return *assessor;
}
Assessment assessed(std::string_view text) {
  auto scratch = standard().scratch();
  Assessment out;
  standard().assess_text(text, *scratch, out);
  return out;
}

TEST(Assessor, SaysSourceVersionClauseAndSpan) {
  const Assessment a = assessed("Ach, I'LL fucking kill you!");
  ASSERT_EQ(a.signals.size(), 1u);
  const Signal& signal = a.signals[0];
  EXPECT_EQ(signal.category, "threat");
  EXPECT_EQ(signal.source, "list:threats");
  EXPECT_EQ(signal.version,
            match::parse_term_list("threats", policy::default_policy_file("lists/threats.tsv"))->version);
  EXPECT_EQ(signal.clause, "threats_to_life");
  EXPECT_EQ(signal.start, 5u);
  EXPECT_EQ(signal.end, 26u);
}

TEST(Assessor, TellsOnlyTheWeightierOfFindsInsideOneAnother) {
  const Assessment a = assessed("please kill yourself");
  ASSERT_EQ(a.signals.size(), 1u);
  EXPECT_EQ(a.signals[0].score, 0.98);
}

TEST(Assessor, WarmsUpWithoutCountingForAnyRule) {
  const auto assessor = Assessor::make_default(policy::default_policy());
  assessor->warm();
  for (const Plan::Figures& rule : assessor->plan().figures()) {
    EXPECT_EQ(rule.fired, 0u) << rule.id;
    EXPECT_EQ(rule.errors, 0u) << rule.id;
  }
}

TEST(Assessor, TakesTheSecondLookWhereItIsToldTo) {
  const auto with = [](SecondLook look) { return Assessor::make_default(policy::default_policy(), look); };
  const auto probability = [](const Assessor& assessor, std::string_view text, bool reported) {
    const auto scratch = assessor.scratch();
    Assessment out;
    post::Post post;
    post.text = text;
    reported ? assessor.first_stage_reported(post, *scratch, out) : assessor.first_stage(post, *scratch, out);
    return out.scores[model::Label::Toxicity];
  };
  const std::string_view plain = "the soup was lovely and the light over the river, too",
                         abuse = "you are a worthless idiot, shut up";
  const auto never = with(SecondLook::Never), reports = with(SecondLook::Reports), near = with(SecondLook::Near);
  for (const std::string_view text : {plain, abuse}) {
    const float first = probability(*never, text, false), second = probability(*reports, text, true);
    EXPECT_NE(first, second) << text;
    EXPECT_EQ(probability(*never, text, true), first);
    EXPECT_EQ(probability(*reports, text, false), first);
    EXPECT_EQ(probability(*near, text, true), second);
    EXPECT_EQ(probability(*near, text, false), text == plain ? first : second);
  }
}

TEST(Assessor, JudgesReportsTwiceWhereNobodySaysOtherwise) {
  EXPECT_EQ(standard().second_look(), SecondLook::Reports);
  EXPECT_EQ((*Assessor::make(policy::default_policy(), {}))->second_look(), SecondLook::Reports);
  for (const SecondLook look : {SecondLook::Never, SecondLook::Reports, SecondLook::Near}) {
    EXPECT_EQ(second_look_of(second_look_name(look)), look);
  }
}

TEST(Assessor, DoesNotUnhearAThreatInTheSecondLook) {
  const auto never = Assessor::make_default(policy::default_policy(), SecondLook::Never);
  const auto scratch = never->scratch(), other = standard().scratch();
  Assessment first, second;
  for (const std::string_view text :
       {"I will drive my van into the parade", "If I see you at the match you are dead"}) {
    post::Post post;
    post.text = text;
    never->first_stage(post, *scratch, first);
    standard().first_stage_reported(post, *other, second);
    EXPECT_GE(second.scores[model::Label::Threat], first.scores[model::Label::Threat]) << text;
  }
}

TEST(Assessor, HonoursTheEndOfAnEntry) {
  auto assessor = Assessor::make(policy::default_policy(),
                                 {{"x", "id\tterm\tcategory\tscore\texpires\n1\tbadword\tspam\t0.9\t2027-01-01\n"}});
  ASSERT_TRUE(assessor) << assessor.error().message;
  auto scratch = (*assessor)->scratch();
  Assessment out;
  post::Post post;
  post.text = "badword";
  post.created_at = *parse_time("2026-12-31T23:59:59Z");
  (*assessor)->first_stage(post, *scratch, out);
  EXPECT_EQ(out.signals.size(), 1u);
  post.created_at = *parse_time("2027-01-01T00:00:00Z");
  (*assessor)->first_stage(post, *scratch, out);
  EXPECT_TRUE(out.signals.empty());
  (*assessor)->assess_text("badword", *scratch, out);
  EXPECT_TRUE(out.signals.empty());
}

TEST(Assessor, NamesEveryFaultOfEveryList) {
  auto assessor =
      Assessor::make(policy::default_policy(),
                     {{"a", "id\tterm\tcategory\tscore\n1\tx\tno_such_category\t1\n2\ty\tcontext.nonsense\t1\n"},
                      {"b", "id\tterm\tcategory\tscore\tclause\n1\tx\tspam\t7\t\n"},
                      {"c", "id\tterm\tcategory\tscore\tclause\n1\tx\tspam\t1\tno_such_clause\n"}});
  ASSERT_FALSE(assessor);
  EXPECT_EQ(assessor.error().code, Code::InvalidInput);
  std::vector<std::string> pointers;
  for (const FieldError& fault : assessor.error().fields) {
    pointers.push_back(fault.pointer);
  }
  std::sort(pointers.begin(), pointers.end());
  EXPECT_EQ(pointers, (std::vector<std::string>{"a:2", "a:3", "b:2", "c:2"}));
}

TEST(Assessor, BoundsTheSignalsOfOnePost) {
  std::string text;
  while (text.size() < (1u << 20)) {
    text += "I will kill you at 5 Elm Road \"he said\" tonight. ";
  }
  const Assessment a = assessed(text);
  EXPECT_EQ(a.signals.size(), 64u);
  EXPECT_TRUE(a.review);
}

TEST(Assessor, SpansLieOnCharactersOfAnyText) {
  std::mt19937 random(5);
  const std::vector<std::string> pieces = {
      "i will kill you", "I know where you live", "\u200b", "ß", " ", "ｙｏｕ", "kill", "you",
      "12 Elm Road",     "she lives at ",         "\"",     "é", "🔪", "\xff",   "'",    "he said "};
  auto scratch = standard().scratch();
  Assessment out;
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (unsigned k = 0; k < random() % 12; ++k) {
      text += pieces[random() % pieces.size()];
    }
    standard().assess_text(text, *scratch, out);
    for (const Signal& signal : out.signals) {
      ASSERT_LT(signal.start, signal.end);
      ASSERT_LE(signal.end, text.size());
      ASSERT_NE(static_cast<unsigned char>(text[signal.start]) & 0xC0, 0x80) << text;
      if (signal.end < text.size()) {
        ASSERT_NE(static_cast<unsigned char>(text[signal.end]) & 0xC0, 0x80) << text;
      }
    }
  }
}

TEST(Assessor, SaysTheSameOnOneThreadAndOnEight) {
  std::vector<std::string> texts;
  for (const char* file : {"campaigner_abuse.tsv", "benign.tsv", "support.tsv"}) {
    for (const policy::Sample& sample : policy::samples(file)) {
      for (std::uint64_t n = 0; n < 5; ++n) {
        texts.push_back(policy::vary(sample.text, n));
      }
    }
  }
  const auto run = [&](std::size_t threads) {
    std::vector<std::string> answers(texts.size());
    std::atomic<std::size_t> next = 0;
    std::vector<std::thread> pool;
    for (std::size_t t = 0; t < threads; ++t) {
      pool.emplace_back([&] {
        auto scratch = standard().scratch();
        Assessment out;
        for (std::size_t i = next++; i < texts.size(); i = next++) {
          standard().assess_text(texts[i], *scratch, out);
          JsonWriter json;
          write_signals(json, out.signals);
          answers[i] = std::string(verdict_name(out.verdict)) + json.str();
        }
      });
    }
    for (std::thread& thread : pool) {
      thread.join();
    }
    return answers;
  };
  EXPECT_EQ(run(1), run(8));
}

TEST(Samples, AreFoundWhereTheyShouldBeAndLeftAloneElsewhere) {
  for (const policy::Sample& sample : policy::samples("campaigner_abuse.tsv")) {
    for (std::uint64_t n = 0; n < 8; ++n) {
      const std::string text = policy::vary(sample.text, n);
      const Assessment a = assessed(text);
      if (sample.kind == "address") {
        EXPECT_TRUE(a.review && a.clause->id == "private_information") << text;
      }
      // Some insults and veiled threats are too mild for a list; nothing here may be hidden by a machine.
      EXPECT_NE(a.verdict, Verdict::Act) << text;
    }
  }
  for (const char* file : {"benign.tsv", "support.tsv"}) {
    for (const policy::Sample& sample : policy::samples(file)) {
      const Assessment a = assessed(sample.text);
      EXPECT_FALSE(a.review) << sample.text;
      EXPECT_NE(a.verdict, Verdict::Act) << sample.text;
    }
  }
}

}  // namespace
}  // namespace heed::assess
