#include "model/classifier.h"

#include <gmock/gmock.h>

#include <cmath>
#include <numeric>
#include <thread>

#include "model/quality.h"

namespace heed::model {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Ge;
using testing::Le;

const LinearClassifier& shipped() {
  static const std::unique_ptr<LinearClassifier> classifier = LinearClassifier::builtin();
  return *classifier;
}

TEST(Classifier, TellsAbuseFromEverydayWords) {
  Judge judge(shipped());
  EXPECT_GT(judge.score("you are a worthless idiot, shut up")[Label::Toxicity], 0.8f);
  EXPECT_LT(judge.score("thank you, the soup was lovely and the light over the river, too")[Label::Toxicity], 0.2f);
  EXPECT_GT(judge.score("I will kill you tonight")[Label::Threat], shipped().threshold(Label::Threat));
}

TEST(Classifier, SeesThroughDisguise) {
  Judge judge(shipped());
  for (std::string_view disguised : {"you are an 1d1ot and a m0r0n",
                                     "you are an \xD1\x96"
                                     "diot and a m\xD0\xBEron",
                                     "you are an IDIOT and a MORON",
                                     "you are an id\xE2\x80\x8B"
                                     "iot and a mo\xE2\x80\x8Bron",
                                     "you are an i d i o t and a m o r o n", "you are an idiooooot and a moroooon"}) {
    EXPECT_TRUE(judge.flags(disguised)) << disguised;
  }
}

TEST(Classifier, AnswersProbabilitiesForAnyInput) {
  Judge judge(shipped());
  std::string megabyte;
  while (megabyte.size() < 1'000'000) {
    megabyte += "the quick brown fox said you women never ";
  }
  std::string letters(1'000'000, 'a'), emoji, quotes(300'000, '"'), broken;
  for (int i = 0; i < 10'000; ++i) {
    emoji += "\xF0\x9F\x98\x80";
    broken += static_cast<char>(0x80 + i % 128);
    broken += i % 7 == 0 ? " jew " : "";
  }
  for (const std::string& text :
       {std::string(), std::string(" "), std::string("\0\0", 2), megabyte, letters, emoji, quotes, broken}) {
    const Scores& scores = judge.score(text);
    EXPECT_THAT(scores.probability, Each(AllOf(Ge(0.0f), Le(1.0f))));
    for (float logit : scores.logit) {
      EXPECT_TRUE(std::isfinite(logit));
    }
  }
}

TEST(Classifier, AbstainsWhereItWasNotTrained) {
  Judge judge(shipped());
  EXPECT_EQ(judge.score("Das ist ein sehr schöner Tag und ich gehe jetzt mit dem Hund in den Wald").abstained,
            Abstention::Language);
  EXPECT_EQ(judge.score("").abstained, Abstention::Empty);
  EXPECT_EQ(judge.score("...").abstained, Abstention::Empty);
  EXPECT_NE(judge.score("это очень хороший день").abstained, Abstention::None);
  EXPECT_THAT(judge.score("это очень хороший день").probability, Each(0.0f));
  EXPECT_EQ(judge.score("what a day").abstained, Abstention::None);
}

TEST(Classifier, AnInsultIsNotHiddenByKindWordsAroundIt) {
  Judge judge(shipped());
  std::string kind;
  for (int i = 0; i < 60; ++i) {
    kind += "the soup was lovely and the walk along the river, too. ";
  }
  EXPECT_FALSE(judge.flags(kind));
  EXPECT_TRUE(judge.flags(kind + "you are a worthless fucking idiot and everybody hates you. " + kind));
}

TEST(Classifier, PartsOfAnExplanationAddUpToTheLogit) {
  Judge judge(shipped());
  std::string longer;
  for (int i = 0; i < 200; ++i) {
    longer += i == 150 ? "you stupid cow " : "word" + std::to_string(i % 37) + " and more ";
  }
  for (std::string_view text : {std::string_view("you are a stupid unheardofword, women!"),
                                std::string_view("he said \"you stupid unheardofcow\" to my fucking aunt and left"),
                                std::string_view("\xF0\x9F\x98\x80 k\xC3\xAFll them all"), std::string_view(longer)}) {
    for (std::size_t i = 0; i < kLabels; ++i) {
      const Explanation explanation = judge.explain(text, static_cast<Label>(i));
      const float sum = std::accumulate(explanation.parts.begin(), explanation.parts.end(), explanation.rest,
                                        [](float total, const Explanation::Part& part) { return total + part.weight; });
      EXPECT_NEAR(sum, explanation.logit, 1e-3) << text << label_name(explanation.label);
      EXPECT_EQ(explanation.logit, judge.score(text).logit[i]);
      for (const Explanation::Part& part : explanation.parts) {
        EXPECT_LT(part.begin, part.end);
        EXPECT_LE(part.end, text.size());
      }
    }
  }
}

TEST(Classifier, QuotedWordsAreNotTheWritersOwn) {
  Judge judge(shipped());
  const std::string claim = "all immigrants are filthy animals";
  const float said = judge.score(claim).logit[index(Label::IdentityAttack)];
  const float quoted =
      judge.score("please report posts like \"" + claim + "\", they are wrong").logit[index(Label::IdentityAttack)];
  EXPECT_LT(quoted, said - 1);
  // Quotation marks around all that is said are no quotation.
  EXPECT_GT(judge.score("\"" + claim + "\"").logit[index(Label::IdentityAttack)], quoted + 1);
  // Which words there are is another question than what is meant by them.
  EXPECT_GT(judge.score("he wrote \"what a fucking day\" under the photo")[Label::Profanity],
            shipped().threshold(Label::Profanity));
}

TEST(Classifier, AnExplanationPointsAtTheWordAsItWasWritten) {
  Judge judge(shipped());
  const std::string text = "what an \xEF\xBC\xA9\xEF\xBC\xA4\xEF\xBC\xA9\xEF\xBC\xAF\xEF\xBC\xB4 he is";
  const Explanation explanation = judge.explain(text, Label::Insult);
  const auto most = std::max_element(explanation.parts.begin(), explanation.parts.end(),
                                     [](const auto& a, const auto& b) { return a.weight < b.weight; });
  ASSERT_NE(most, explanation.parts.end());
  EXPECT_EQ(text.substr(most->begin, most->end - most->begin),
            "\xEF\xBC\xA9\xEF\xBC\xA4\xEF\xBC\xA9\xEF\xBC\xAF\xEF\xBC\xB4");
}

TEST(Classifier, ManyThreadsAnswerAlike) {
  const std::vector<std::string> texts = {"you are an idiot", "lovely day", "women belong in the kitchen",
                                          "kill them all", "k1ll them"};
  std::vector<std::array<float, kLabels>> alone;
  Judge judge(shipped());
  for (const std::string& text : texts) {
    alone.push_back(judge.score(text).logit);
  }
  std::vector<std::thread> threads;
  std::array<int, 4> different{};
  for (std::size_t t = 0; t < different.size(); ++t) {
    threads.emplace_back([&, t] {
      Judge own(shipped());
      for (std::size_t i = 0; i < 500; ++i) {
        different[t] += own.score(texts[(i + t) % texts.size()]).logit != alone[(i + t) % texts.size()] ? 1 : 0;
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  EXPECT_THAT(different, Each(0));
}

}  // namespace
}  // namespace heed::model
