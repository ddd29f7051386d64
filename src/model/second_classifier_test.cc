#include "model/second_classifier.h"

#include <gmock/gmock.h>

#include <cstring>
#include <limits>

#include "model/augment.h"
#include "model/quality.h"
#include "model/sentence_train.h"

namespace heed::model {
namespace {

using testing::HasSubstr;

/// Posts with the same words, which only their order tells apart.
std::vector<Sample> ordered_samples(std::size_t count) {
  constexpr std::string_view kFill[] = {"the", "sun", "river", "walk", "bread", "today", "home", "music"};
  std::vector<Sample> samples;
  Random random(1);
  for (std::size_t i = 0; i < count; ++i) {
    Sample& sample = samples.emplace_back();
    sample.source = i % 3 == 0 ? "a" : "b";
    const bool bad = i % 2 == 0;
    sample.labels.fill(static_cast<std::int8_t>(bad ? 1 : 0));
    const std::string fill(kFill[random.below(8)]), more(kFill[random.below(8)]);
    sample.text = bad ? "cats " + fill + " eat " + more + " dogs" : "dogs " + fill + " eat " + more + " cats";
  }
  return samples;
}

struct Pair {
  std::shared_ptr<const ModelFile> first;
  std::shared_ptr<const SentenceFile> second;
};
const Pair& small() {
  static const Pair pair = [] {
    const Lessons lessons{ordered_samples(600), ordered_samples(100), {}};
    auto file = train(lessons.train, lessons.dev, {}, {.lines_log2 = 8, .passes = 2});
    Pair out;
    out.first = *ModelFile::read((*file)->write());
    out.second = *train_sentence(lessons, out.first, {});
    return out;
  }();
  return pair;
}

std::string refusal(std::string_view bytes) {
  auto file = SentenceFile::read(bytes);
  return file ? "" : file.error().message;
}

/// Changed bytes with a checksum that fits them.
std::string sealed(std::string bytes) {
  bytes.resize(bytes.size() - 32);
  const Digest digest = sha256(bytes);
  bytes.append(view(digest));
  return bytes;
}

TEST(SecondClassifier, HearsTheOrderOfWords) {
  const auto classifier = SecondClassifier::make(std::make_shared<LinearClassifier>(small().first), small().second);
  ASSERT_TRUE(classifier.has_value());
  Judge judge(**classifier);
  EXPECT_GT(judge.score_as_english("cats today eat home dogs")[Label::Toxicity], 0.7f);
  EXPECT_LT(judge.score_as_english("dogs today eat home cats")[Label::Toxicity], 0.3f);
}

TEST(SecondClassifier, IsTrainedToTheSameBytesAgain) {
  const Lessons lessons{ordered_samples(600), ordered_samples(100), {}};
  const auto again = train_sentence(lessons, small().first, {});
  EXPECT_TRUE((*again)->write() == small().second->write());
}

TEST(SecondClassifier, RefusesToStandBesideAnotherLinearModel) {
  const auto other = train(ordered_samples(50), ordered_samples(50), {}, {.lines_log2 = 8, .passes = 1});
  const auto first = ModelFile::read((*other)->write());
  const auto made = SecondClassifier::make(std::make_shared<LinearClassifier>(*first), small().second);
  ASSERT_FALSE(made.has_value());
  EXPECT_THAT(made.error().message, HasSubstr("another linear model"));
}

TEST(SecondClassifier, LearnsNothingFromNothing) { EXPECT_FALSE(train_sentence({}, small().first, {}).has_value()); }

TEST(SecondClassifier, ExplainsWhatAddsUpToItsLogit) {
  const auto classifier = SecondClassifier::builtin();
  Judge judge(*classifier);
  for (const char* text :
       {"you are a worthless idiot, shut up", "the soup was lovely", "\"go home\" is what they said"}) {
    for (const Label label : {Label::Toxicity, Label::IdentityAttack, Label::Threat}) {
      const Explanation explanation = judge.explain(text, label);
      float sum = explanation.rest;
      std::uint32_t last = 0;
      for (const Explanation::Part& part : explanation.parts) {
        sum += part.weight;
        EXPECT_LE(last, part.begin);
        last = part.begin;
      }
      EXPECT_NEAR(sum, explanation.logit, 1e-3) << text;
      EXPECT_NEAR(explanation.logit, judge.score(text).logit[index(label)], 1e-5) << text;
    }
  }
}

TEST(SecondClassifier, AbstainsWhereTheFirstDoes) {
  const auto classifier = SecondClassifier::builtin();
  Judge judge(*classifier);
  EXPECT_EQ(judge.score("").abstained, Abstention::Empty);
  const Scores& scores = judge.score("Das Wetter ist heute wirklich sehr sch\xC3\xB6n und wir gehen alle spazieren");
  EXPECT_EQ(scores.abstained, Abstention::Language);
  EXPECT_EQ(scores[Label::Toxicity], 0);
}

TEST(SecondClassifier, AnswersProbabilitiesForAnyInput) {
  const auto classifier = SecondClassifier::builtin();
  Judge judge(*classifier);
  std::string megabyte, emoji, broken;
  while (megabyte.size() < 1'000'000) {
    megabyte += "the quick brown fox said you women never ";
  }
  for (int i = 0; i < 10'000; ++i) {
    emoji += "\xF0\x9F\x98\x80";
    broken += static_cast<char>(0x80 + i % 128);
  }
  for (const std::string& text : {std::string(), std::string("'"), std::string("''' a '"), std::string("\0\0", 2),
                                  megabyte, std::string(1'000'000, 'a'), emoji, std::string(300'000, '"'), broken}) {
    for (const float probability : judge.score_as_english(text).probability) {
      EXPECT_TRUE(probability >= 0 && probability <= 1);
    }
  }
}

TEST(SentenceFile, ReadsWhatItWrote) {
  const std::string bytes = small().second->write();
  const auto file = SentenceFile::read(bytes);
  ASSERT_TRUE(file.has_value()) << file.error().message;
  EXPECT_EQ((*file)->write(), bytes);
  EXPECT_EQ((*file)->name, "heed-en-1-sentence");
  EXPECT_EQ((*file)->known(), small().second->known());
}

TEST(SentenceFile, TheShippedOneIsWhole) {
  const auto whole =
      SentenceFile::read(builtin_sentence_model());  // everything is looked at here, as it is not at a start
  ASSERT_TRUE(whole.has_value()) << whole.error().message;
  EXPECT_EQ((*whole)->write(), builtin_sentence_model());
}

TEST(SentenceFile, RefusesWhatIsNotOneOrIsBroken) {
  const std::string bytes = small().second->write();
  EXPECT_THAT(refusal(""), HasSubstr("does not begin"));
  EXPECT_THAT(refusal(small().first->write()), HasSubstr("does not begin"));
  for (const std::size_t length : {8u, 100u, 300u, 4000u}) {
    EXPECT_NE(refusal(std::string_view(bytes).substr(0, length)), "") << length;
  }
  EXPECT_THAT(refusal(bytes + "x"), HasSubstr("something was appended"));
  std::string changed = bytes;
  changed[5000] = static_cast<char>(changed[5000] ^ 1);
  EXPECT_THAT(refusal(changed), HasSubstr("checksum"));
  changed = bytes;
  changed[7] = '9';
  EXPECT_THAT(refusal(changed), HasSubstr("version"));
  changed = bytes;
  changed[15] = '\x7F';  // two thousand million words
  EXPECT_THAT(refusal(changed), HasSubstr("impossible sizes"));
  const float bad = std::numeric_limits<float>::quiet_NaN();
  for (const std::size_t at : {112u, 256u, 256u + 4096u}) {  // a slope, a mark, a filter
    changed = bytes;
    std::memcpy(changed.data() + at, &bad, sizeof bad);
    EXPECT_THAT(refusal(sealed(changed)), HasSubstr("out of range")) << at;
  }
  changed = bytes;
  std::memset(changed.data() + 256 + sizeof(SentenceWeights), 0xFF, 8);
  EXPECT_THAT(refusal(sealed(changed)), HasSubstr("not in order"));
}

TEST(ShippedSecondModel, IsAsGoodOnDevAsItsCardSays) {
  const auto dev = read_samples("../shared/data/dev.tsv.gz");
  if (!dev) {
    GTEST_SKIP() << "../shared/data/dev.tsv.gz is not there";
  }
  const Quality quality = measure(*SecondClassifier::builtin(), dev->all, {"ghc"});
  EXPECT_GE(quality.mean, 0.878);
  EXPECT_GE(quality.mean_with_weak, 0.898);
  EXPECT_GE(quality.mean_toxicity, 0.895);
}

}  // namespace
}  // namespace heed::model
