#include "model/sentence_filters.h"

#include <gtest/gtest.h>

#include <cstring>
#include <memory>

#include "model/augment.h"

namespace heed::model {
namespace {

/// Numbers of mixed size and sign, so that another order of adding would show in the last bits.
float number(Random& random) {
  return (static_cast<float>(random.below(2'000'001)) - 1e6f) / static_cast<float>(1u << random.below(24));
}

TEST(SentenceFilters, GiveTheSameBitsOnEveryMachine) {
  Random random(7);
  auto weights = std::make_unique<SentenceWeights>();
  for (float* at = weights->filters; at != weights->filters + std::size(weights->filters); ++at) {
    *at = number(random);
  }
  auto expected = std::make_unique<SentencePass>(), got = std::make_unique<SentencePass>();
  std::size_t compared = 0;
  for (std::size_t words = 0; words <= kSentenceWords; ++words) {
    expected->start(words);
    for (std::size_t i = 0; i < words * kDepth; ++i) {
      expected->word(0)[i] = number(random);
    }
    std::memcpy(got->x, expected->x, sizeof got->x);
    got->words = words;
    find_most(*weights, *expected, Lanes::Four);
    for (Lanes lanes : kLanes) {
      if (!has(lanes)) {
        continue;
      }
      got->at.fill(0);
      std::memset(got->found, 0, sizeof got->found);
      find_most(*weights, *got, lanes);
      ++compared;
      EXPECT_EQ(std::memcmp(got->found, expected->found, sizeof got->found), 0) << words << " words";
      EXPECT_EQ(got->at, expected->at) << words << " words";
    }
  }
  EXPECT_GE(compared, kSentenceWords + 1);
}

TEST(SentenceFilters, NameTheFirstOfEquals) {
  auto weights = std::make_unique<SentenceWeights>();
  std::memset(weights->filters, 0, sizeof weights->filters);
  auto pass = std::make_unique<SentencePass>();
  pass->start(9);
  for (Lanes lanes : kLanes) {
    if (!has(lanes)) {
      continue;
    }
    pass->at.fill(99);
    find_most(*weights, *pass, lanes);
    for (std::size_t f = 0; f < kFilters; ++f) {
      EXPECT_EQ(pass->found[f], 0);
      EXPECT_EQ(pass->at[f], kSentencePad - (kFilterWidths[f / kFiltersEach] - 1));
    }
  }
}

TEST(SentenceFilters, TheBestLanesAreThere) { EXPECT_TRUE(has(best_lanes())); }

}  // namespace
}  // namespace heed::model
