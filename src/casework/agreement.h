#pragma once
#include <cstdint>
#include <optional>

/// How far two people agree beyond what chance alone would give, and who differs from everybody else. Pure functions.
namespace heed::casework {

/// Two looks at the same posts: is it against the clause?
struct Looks {
  std::int64_t both = 0, first_only = 0, second_only = 0, neither = 0;
  std::int64_t n() const { return both + first_only + second_only + neither; }
};

struct Kappa {
  double kappa = 0;
  double low = 0, high = 0;  ///< 95 % interval, within -1 and 1
  double agreed = 0;         ///< raw share of agreement
};

/// Cohen's kappa (J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement
/// 20, 1960): (po - pe) / (1 - pe). The interval is 1.96 standard errors wide to each side, with the large-sample
/// variance of J. Fleiss, J. Cohen, B. Everitt ("Large sample standard errors of kappa and weighted kappa",
/// Psychological Bulletin 72, 1969). Nothing without posts, or where both always said the same one thing: then chance
/// explains everything and kappa does not exist.
std::optional<Kappa> kappa_of(const Looks& looks);

/// Below this an alarm is shown, once there are enough posts for the interval to mean something.
inline constexpr double kKappaLow = 0.6;
inline constexpr std::int64_t kKappaItemsMin = 50;
bool agreement_is_low(const Looks& looks);

/// Does somebody differ more often than all others do together? One-sided exact test of Fisher on the two shares, at
/// one in a thousand because it is asked again with every look; from kLooksMin looks on, and with as many by others.
inline constexpr std::int64_t kLooksMin = 30;
inline constexpr double kStandsOut = 0.001;
struct Differs {
  std::int64_t looks = 0, differed = 0;
};
double chance_of_as_many(const Differs& one, const Differs& others);
bool stands_out(const Differs& one, const Differs& others);

}  // namespace heed::casework
