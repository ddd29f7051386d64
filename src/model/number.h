#pragma once
#include <bit>
#include <cstdint>

namespace heed::model {

/// exp and the logistic function out of additions and multiplications alone, so that every machine and every
/// libm stores and answers the same bits (sources that use it are compiled without contraction to fused
/// operations). Relative error below 1e-7 for |x| < 80; beyond that x counts as ±80.
inline double exponential(double x) {
  constexpr double kLog2 = 0.6931471805599453, kLimit = 80;
  x = x > kLimit ? kLimit : x < -kLimit ? -kLimit : x;
  const double turns = x / kLog2;
  const auto power = static_cast<std::int64_t>(turns < 0 ? turns - 0.5 : turns + 0.5);
  const double rest = x - static_cast<double>(power) * kLog2;  // at most ln 2 / 2 from 0
  double sum = 1;
  for (int n = 9; n > 0; --n) {
    sum = 1 + rest / n * sum;
  }
  return sum * std::bit_cast<double>(static_cast<std::uint64_t>(power + 1023) << 52);
}
inline double logistic(double x) { return 1 / (1 + exponential(-x)); }

}  // namespace heed::model
