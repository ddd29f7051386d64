#include "casework/agreement.h"

#include <gtest/gtest.h>

#include <cmath>
#include <random>
#include <vector>

namespace heed::casework {
namespace {

TEST(Kappa, IsCohensOnTablesWorkedByHand) {
  // 50 grant applications read by two readers, "yes" or "no": po 0.7, pe 0.5, kappa 0.4.
  auto kappa = kappa_of({20, 5, 10, 15});
  ASSERT_TRUE(kappa);
  EXPECT_NEAR(kappa->agreed, 0.7, 1e-12);
  EXPECT_NEAR(kappa->kappa, 0.4, 1e-12);
  // Equal raw agreement, other margins: po 0.6 each, kappa 0.1304 and 0.2593.
  EXPECT_NEAR(kappa_of({45, 15, 25, 15})->kappa, 0.1304, 5e-5);
  EXPECT_NEAR(kappa_of({25, 35, 5, 35})->kappa, 0.2593, 5e-5);
  EXPECT_NEAR(kappa_of({30, 0, 0, 30})->kappa, 1, 1e-12);
  EXPECT_NEAR(kappa_of({0, 30, 30, 0})->kappa, -1, 1e-12);
}

TEST(Kappa, DoesNotExistWhereEverybodyAlwaysSaysTheSame) {
  EXPECT_FALSE(kappa_of({}));
  EXPECT_FALSE(kappa_of({100, 0, 0, 0}));
  EXPECT_FALSE(kappa_of({0, 0, 0, 100}));
  EXPECT_FALSE(agreement_is_low({0, 0, 0, 100}));
}

/// The same variance by another way: the delta method with numeric derivatives over the multinomial.
double standard_error(const Looks& looks) {
  const auto n = static_cast<double>(looks.n());
  std::vector<double> p = {static_cast<double>(looks.both) / n, static_cast<double>(looks.first_only) / n,
                           static_cast<double>(looks.second_only) / n, static_cast<double>(looks.neither) / n};
  auto kappa = [](const std::vector<double>& q) {
    const double sum = q[0] + q[1] + q[2] + q[3];
    const double po = (q[0] + q[3]) / sum;
    const double pe = ((q[0] + q[1]) * (q[0] + q[2]) + (q[2] + q[3]) * (q[1] + q[3])) / (sum * sum);
    return (po - pe) / (1 - pe);
  };
  double mean = 0, square = 0;
  for (std::size_t i = 0; i < 4; ++i) {
    std::vector<double> up = p, down = p;
    up[i] += 1e-6, down[i] -= 1e-6;
    const double slope = (kappa(up) - kappa(down)) / 2e-6;
    mean += p[i] * slope;
    square += p[i] * slope * slope;
  }
  return std::sqrt((square - mean * mean) / n);
}

TEST(Kappa, HasTheLargeSampleIntervalOfFleissCohenAndEveritt) {
  for (const Looks& looks :
       {Looks{20, 5, 10, 15}, {45, 15, 25, 15}, {25, 35, 5, 35}, {80, 7, 3, 210}, {3, 9, 1, 400}}) {
    auto kappa = kappa_of(looks);
    ASSERT_TRUE(kappa);
    const double error = standard_error(looks);
    EXPECT_NEAR(kappa->low, std::max(-1.0, kappa->kappa - 1.96 * error), 1e-6) << looks.both;
    EXPECT_NEAR(kappa->high, std::min(1.0, kappa->kappa + 1.96 * error), 1e-6) << looks.both;
  }
}

TEST(Kappa, AlarmsBelowSixTenthsOnlyWithEnoughPosts) {
  EXPECT_FALSE(agreement_is_low({19, 5, 10, 15})) << "49 posts";
  EXPECT_TRUE(agreement_is_low({20, 5, 10, 15})) << "50 posts, kappa 0.4";
  EXPECT_FALSE(agreement_is_low({80, 7, 3, 210})) << "kappa 0.92";
}

TEST(StandsOut, IsFishersExactTest) {
  // The lady who tastes tea: 3 of 4 and 4 of 4 cups right.
  EXPECT_NEAR(chance_of_as_many({4, 3}, {4, 1}), 17.0 / 70, 1e-9);
  EXPECT_NEAR(chance_of_as_many({4, 4}, {4, 0}), 1.0 / 70, 1e-9);
  EXPECT_NEAR(chance_of_as_many({10, 0}, {10, 5}), 1, 1e-9);
  EXPECT_FALSE(stands_out({29, 29}, {1000, 10})) << "too few to say";
  EXPECT_FALSE(stands_out({100, 50}, {20, 0})) << "too few to compare with";
}

/// Nine reviewers miss one post in ten, by chance. One waves half of what is against the rules through.
struct House {
  explicit House(unsigned seed, bool biased) : random(seed) {
    wrong.assign(10, 0.1);
    if (biased) {
      wrong[0] = 0.5;
    }
  }
  /// One blind double look at a post that is against the rules in half of the cases.
  void look() {
    std::uniform_int_distribution<std::size_t> anybody(0, 9);
    const std::size_t a = anybody(random);
    std::size_t b = anybody(random);
    while (b == a) {
      b = anybody(random);
    }
    const bool violation = chance(0.5);
    auto says = [&](std::size_t who) {
      const double error = who == 0 && !violation ? 0.1 : wrong[who];
      return chance(error) ? !violation : violation;
    };
    const bool same = says(a) == says(b);
    for (std::size_t who : {a, b}) {
      ++looks[who].looks;
      looks[who].differed += same ? 0 : 1;
    }
  }
  bool out(std::size_t who) const {
    Differs others;
    for (std::size_t i = 0; i < looks.size(); ++i) {
      if (i != who) {
        others.looks += looks[i].looks;
        others.differed += looks[i].differed;
      }
    }
    return stands_out(looks[who], others);
  }
  bool chance(double p) { return std::uniform_real_distribution<double>(0, 1)(random) < p; }
  std::mt19937 random;
  std::vector<double> wrong;
  std::vector<Differs> looks = std::vector<Differs>(10);
};

TEST(StandsOut, FindsABiasedReviewerWithinThreeHundredOfTheirPosts) {
  constexpr int kHouses = 200;
  int found = 0, latest = 0;
  for (unsigned seed = 0; seed < kHouses; ++seed) {
    House house(seed, /*biased=*/true);
    while (house.looks[0].looks < 300 && !house.out(0)) {
      house.look();
    }
    found += house.out(0) ? 1 : 0;
    latest = std::max(latest, static_cast<int>(house.looks[0].looks));
  }
  RecordProperty("found", found);
  RecordProperty("latest", latest);
  EXPECT_GE(found, 198) << "of " << kHouses;
}

TEST(StandsOut, AccusesHardlyAnybodyWhoErrsLikeTheOthers) {
  constexpr int kHouses = 100;
  int accused = 0;
  for (unsigned seed = 0; seed < kHouses; ++seed) {
    House house(seed + 10'000, /*biased=*/false);
    bool ever = false;  // asked after every look, as it is on the page
    while (house.looks[0].looks < 300 && !ever) {
      house.look();
      ever = house.out(0);
    }
    accused += ever ? 1 : 0;
  }
  RecordProperty("accused", accused);
  EXPECT_LE(accused, 3) << "of " << kHouses;
}

}  // namespace
}  // namespace heed::casework
