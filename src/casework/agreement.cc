#include "casework/agreement.h"

#include <algorithm>
#include <cmath>

namespace heed::casework {

std::optional<Kappa> kappa_of(const Looks& looks) {
  const auto n = static_cast<double>(looks.n());
  if (looks.n() == 0) {
    return std::nullopt;
  }
  const double p[2][2] = {{static_cast<double>(looks.both) / n, static_cast<double>(looks.first_only) / n},
                          {static_cast<double>(looks.second_only) / n, static_cast<double>(looks.neither) / n}};
  double row[2], column[2];
  for (int i = 0; i < 2; ++i) {
    row[i] = p[i][0] + p[i][1];
    column[i] = p[0][i] + p[1][i];
  }
  const double po = p[0][0] + p[1][1], pe = row[0] * column[0] + row[1] * column[1];
  if (pe >= 1) {
    return std::nullopt;
  }
  double agreeing = 0, differing = 0;
  for (int i = 0; i < 2; ++i) {
    agreeing += p[i][i] * std::pow((1 - pe) - (column[i] + row[i]) * (1 - po), 2);
    differing += p[i][1 - i] * std::pow(column[i] + row[1 - i], 2);
  }
  const double rest = std::pow(po * pe - 2 * pe + po, 2);
  const double variance = (agreeing + (1 - po) * (1 - po) * differing - rest) / (n * std::pow(1 - pe, 4));
  Kappa out;
  out.kappa = (po - pe) / (1 - pe);
  out.agreed = po;
  const double half = 1.96 * std::sqrt(std::max(variance, 0.0));
  out.low = std::max(-1.0, out.kappa - half);
  out.high = std::min(1.0, out.kappa + half);
  return out;
}

bool agreement_is_low(const Looks& looks) {
  const auto kappa = kappa_of(looks);
  return kappa && looks.n() >= kKappaItemsMin && kappa->kappa < kKappaLow;
}

double chance_of_as_many(const Differs& one, const Differs& others) {
  const std::int64_t differed = one.differed + others.differed, all = one.looks + others.looks;
  auto choose = [](std::int64_t n, std::int64_t k) {
    return std::lgamma(static_cast<double>(n) + 1) - std::lgamma(static_cast<double>(k) + 1) -
           std::lgamma(static_cast<double>(n - k) + 1);
  };
  double chance = 0;
  for (std::int64_t k = one.differed; k <= std::min(one.looks, differed); ++k) {
    if (differed - k > others.looks) {
      continue;
    }
    chance += std::exp(choose(one.looks, k) + choose(others.looks, differed - k) - choose(all, differed));
  }
  return std::min(chance, 1.0);
}

bool stands_out(const Differs& one, const Differs& others) {
  const bool more = one.differed * others.looks > others.differed * one.looks;
  return more && one.looks >= kLooksMin && others.looks >= kLooksMin && chance_of_as_many(one, others) < kStandsOut;
}

}  // namespace heed::casework
