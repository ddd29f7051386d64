#include "model/train.h"

#include <gmock/gmock.h>

#include <set>

#include "base/bytes.h"
#include "base/crypto.h"
#include "model/augment.h"
#include "model/calibrate.h"
#include "model/contrast.h"
#include "model/number.h"
#include "model/quality.h"
#include "model/sentence_train.h"

namespace heed::model {
namespace {

using testing::HasSubstr;

const std::filesystem::path kData = "../shared/data";

/// What models/heed-en-1.md says.
TrainFiles recipe() {
  return {.files = {kData / "train.tsv.gz"}, .dev = kData / "dev.tsv.gz", .contrast = "models/contrast.tsv"};
}

/// Posts that only one word tells apart.
std::vector<Sample> easy_samples(std::size_t count) {
  std::vector<Sample> samples;
  Random random(1);
  constexpr std::string_view kFill[] = {"the",   "sun",  "river", "walk",  "bread",
                                        "today", "home", "music", "again", "light"};
  for (std::size_t i = 0; i < count; ++i) {
    Sample& sample = samples.emplace_back();
    sample.source = i % 3 == 0 ? "a" : "b";
    const bool bad = i % 2 == 0;
    sample.labels.fill(static_cast<std::int8_t>(bad ? 1 : 0));
    for (int word = 0; word < 6; ++word) {
      sample.text += std::string(kFill[random.below(10)]) + " ";
    }
    sample.text += bad ? "blockhead" : "darling";
  }
  return samples;
}

TrainOptions small() { return {.lines_log2 = 10, .passes = 3}; }

TEST(Train, LearnsTheWordThatMatters) {
  const auto file = train(easy_samples(600), easy_samples(100), {}, small());
  ASSERT_TRUE(file.has_value());
  const LinearClassifier classifier(*file);
  Judge judge(classifier);
  EXPECT_GT(judge.score("bread and music, blockhead")[Label::Toxicity], 0.8f);
  EXPECT_LT(judge.score("bread and music, darling")[Label::Toxicity], 0.2f);
}

TEST(Train, GivesTheSameBytesAgain) {
  const auto one = train(easy_samples(300), easy_samples(100), {}, small());
  const auto two = train(easy_samples(300), easy_samples(100), {}, small());
  EXPECT_EQ((*one)->write(), (*two)->write());
}

TEST(Train, EightBitsSayWhatTheLearnedNumbersSay) {
  const bool real = std::filesystem::exists(kData / "train.tsv.gz");
  std::vector<Sample> samples = easy_samples(300);
  if (real) {
    samples = read_samples(kData / "dev.tsv.gz")->all;
    samples.resize(2000);
  }
  std::vector<std::array<float, kLabels>> exact;
  TrainOptions options = small();
  options.unquantised = &exact;
  const auto file = train(samples, samples, {}, options);
  const LinearClassifier classifier(*file);
  Judge judge(classifier);
  double worst = 0, total = 0;
  for (std::size_t i = 0; i < samples.size(); ++i) {
    if (samples[i].text.size() > 2 * kWindowWords) {
      continue;  // might be judged in windows; only the first one is learned from
    }
    const Scores& scores = judge.score_as_english(samples[i].text);
    if (scores.abstained == Abstention::None) {
      for (std::size_t label = 0; label < kLabels; ++label) {
        const double off = std::abs(scores.logit[label] - exact[i][label]);
        worst = std::max(worst, off);
        total += off;
      }
    }
  }
  EXPECT_LT(worst, 0.3);
  EXPECT_LT(total / static_cast<double>(samples.size() * kLabels), 0.03);
}

TEST(Train, LeavesUnknownLabelsOutOfTheLoss) {
  std::vector<Sample> samples = easy_samples(300);
  for (Sample& sample : samples) {
    sample.labels[index(Label::Threat)] = -1;
  }
  const auto file = train(samples, samples, {}, small());
  const LinearClassifier classifier(*file);
  EXPECT_EQ(Judge(classifier).score("bread and music, blockhead").logit[index(Label::Threat)], 0);
}

TEST(Train, RefusesNothing) { EXPECT_FALSE(train(std::vector<Sample>(), easy_samples(5), {}, small()).has_value()); }

TEST(Samples, SayWhereTheyAreFaulty) {
  const std::string header =
      "source\tid\ttext\ttoxicity\tsevere_toxicity\tidentity_attack\tinsult\tprofanity\tthreat\tsexually_"
      "explicit\ttarget\tweak\n";
  const auto good = parse_samples(header + "s\t1\thello\t1\t\t0\t\t\t\t\tnone\ttoxicity,threat\n", "f");
  ASSERT_TRUE(good.has_value());
  EXPECT_EQ(good->all[0].labels[0], 1);
  EXPECT_EQ(good->all[0].labels[1], -1);
  EXPECT_TRUE(good->all[0].is_weak(0) && good->all[0].is_weak(5) && !good->all[0].is_weak(2));
  EXPECT_THAT(parse_samples(header + "s\t1\thello\n", "f").error().message,
              HasSubstr("f:2: a line must have 12 columns"));
  EXPECT_THAT(parse_samples(header + "s\t1\thello\t7\t\t0\t\t\t\t\tnone\t\n", "f").error().message, HasSubstr("label"));
  EXPECT_THAT(parse_samples("text\tlabel\n", "f").error().message, HasSubstr("f:1:"));
}

TEST(Contrast, FillsGroupsAndClaims) {
  const auto samples = parse_contrast(
      "label\tkind\ttext\n1\tderogation\t{groups} smell\n0\tcounter_quote\t\"{claim}\" is a "
      "lie\n0\tobject\tcheese smells\n");
  ASSERT_TRUE(samples.has_value());
  const auto count = [&](std::string_view part, int toxic) {
    return std::count_if(samples->begin(), samples->end(), [&](const Sample& sample) {
      return sample.text.find(part) != std::string::npos && sample.labels[index(Label::Toxicity)] == toxic;
    });
  };
  EXPECT_EQ(count("smell", 1), 20);
  EXPECT_EQ(count("smell\" is a lie", 0), 60);
  EXPECT_EQ(count("cheese", 0), 1);
  EXPECT_EQ(count("{", 0) + count("{", 1), 0);
  EXPECT_THAT(parse_contrast("label\tkind\ttext\n2\tx\ty\n").error().message, HasSubstr("contrast:2"));
}

TEST(Contrast, FillsSlotsTheSameWayEveryTime) {
  constexpr std::string_view kTable =
      "label\tkind\ttext\nslot\twho\tyou|him\nslot\twhen\ttoday|soon|never\n1\tmenace\ti will hit {who} "
      "{when}\n"
      "0\tneutral\t{a_group} is {adj}\n";
  const auto samples = parse_contrast(kTable);
  ASSERT_TRUE(samples.has_value());
  std::set<std::string> threats, others;
  for (const Sample& sample : *samples) {
    const bool threat = sample.labels[index(Label::Threat)] == 1;
    (threat ? threats : others).insert(sample.text);
    EXPECT_EQ(sample.text.find('{'), std::string::npos);
    EXPECT_EQ(sample.labels[index(Label::IdentityAttack)], 0);
    EXPECT_EQ(sample.labels[index(Label::Toxicity)], threat ? 1 : 0);
  }
  EXPECT_EQ(samples->size(), 24u + 20u);
  EXPECT_GE(threats.size(), 4u);  // 24 draws out of six
  EXPECT_EQ(others.size(), 20u);
  EXPECT_TRUE(samples->front().text == parse_contrast(kTable)->front().text);
}

TEST(Number, ExponentialIsCloseToTheTrueOne) {
  for (double x = -79; x < 79; x += 0.37) {
    EXPECT_NEAR(exponential(x) / std::exp(x), 1, 1e-8) << x;
  }
  EXPECT_EQ(logistic(0), 0.5);
}

TEST(Calibration, AgreesWithAreasCountedByHand) {
  const std::vector<Judged> judged = {{1, 1, true}, {2, 1, false}, {2, 1, true}, {3, 1, true}, {0, 1, false}};
  // Pairs in the right order: 1>0; 2>0, 2=2; 3>0, 3>2: 4.5 of 6.
  EXPECT_DOUBLE_EQ(area_under_curve(judged), 4.5 / 6);
}

TEST(Calibration, MakesSharesMatchProbabilities) {
  std::vector<Judged> judged;
  Random random(3);
  for (int i = 0; i < 20'000; ++i) {
    const double x = static_cast<double>(random.below(8001)) / 1000 - 4;
    judged.push_back(
        {static_cast<float>(x), 1, static_cast<double>(random.below(1'000'000)) < 1e6 * logistic(0.5 * x - 1)});
  }
  const Platt platt = fit_platt(judged);
  EXPECT_NEAR(platt.slope, 0.5, 0.03);
  EXPECT_NEAR(platt.offset, -1, 0.06);
}

TEST(Calibration, AThresholdSparesMostNegatives) {
  std::vector<Judged> judged;
  Random random(5);
  for (int i = 0; i < 4000; ++i) {
    const bool positive = i % 10 != 0;
    judged.push_back({static_cast<float>(random.below(2000)) / 1000 + (positive ? 0.5f : 0), 1, positive});
  }
  const float threshold = best_threshold(judged, {});
  const auto alarms = std::count_if(judged.begin(), judged.end(), [&](const Judged& one) {
    return !one.positive && logistic(one.logit) >= threshold;
  });
  EXPECT_LE(alarms, 60);
  EXPECT_GT(alarms, 40);
}

// The digest is of what one machine stored; every other must come to the same bits.
TEST(TrainOnSharedData, AFiftiethOfItGivesTheSameBytesEverywhere) {
  if (!std::filesystem::exists(kData / "train.tsv.gz")) {
    GTEST_SKIP() << (kData / "train.tsv.gz") << " is not there";
  }
  TrainFiles files = recipe();
  files.every = 50;
  const auto file = train(files, {.name = "fiftieth", .lines_log2 = 12});
  ASSERT_TRUE(file.has_value()) << file.error().message;
  EXPECT_EQ(to_hex(view(sha256((*file)->write()))), "d53e43aa348325cbe0aa3e477acafd719d508e11f8819375654cbd1ca089e222");
}

// Half a minute of arithmetic; the build registers it as a test of its own, with time enough for busy
// machines.
TEST(TrainOnSharedData, DISABLED_GivesTheShippedModelBitForBit) {
  if (!std::filesystem::exists(kData / "train.tsv.gz")) {
    GTEST_SKIP() << (kData / "train.tsv.gz") << " is not there";
  }
  const auto file = train(recipe(), TrainOptions());
  ASSERT_TRUE(file.has_value()) << file.error().message;
  EXPECT_TRUE((*file)->write() == builtin_model()) << "train again: heed train, see models/heed-en-1.md";
}

TEST(TrainOnSharedData, DISABLED_GivesTheShippedSecondModelBitForBit) {
  if (!std::filesystem::exists(kData / "train.tsv.gz")) {
    GTEST_SKIP() << (kData / "train.tsv.gz") << " is not there";
  }
  const auto lessons = read_lessons(recipe());
  ASSERT_TRUE(lessons.has_value()) << lessons.error().message;
  const auto file = train_sentence(*lessons, *ModelFile::read(builtin_model()), {});
  ASSERT_TRUE(file.has_value()) << file.error().message;
  EXPECT_TRUE((*file)->write() == builtin_sentence_model()) << "train again: heed train, see models/heed-en-1.md";
}

TEST(ShippedModel, IsAsGoodOnDevAsItsCardSays) {
  const auto dev = read_samples(kData / "dev.tsv.gz");
  if (!dev) {
    GTEST_SKIP() << (kData / "dev.tsv.gz") << " is not there";
  }
  const Quality quality = measure(*LinearClassifier::builtin(), dev->all, {"ghc"});
  EXPECT_GE(quality.mean, 0.87);
  EXPECT_GE(quality.mean_with_weak, 0.898);
  EXPECT_GE(quality.mean_toxicity, 0.895);
  EXPECT_EQ(quality.means_of, 27u);
}

}  // namespace
}  // namespace heed::model
