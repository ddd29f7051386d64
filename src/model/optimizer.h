#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>
#if defined(__SSE2__)
#include <xmmintrin.h>
#endif

#include "model/label.h"

namespace heed::model {

/// Eight floats, of which seven are labels. Lanes never mix, so any width of vector unit gives the same bits.
typedef float Lanes __attribute__((vector_size(32)));

/// FTRL-Proximal for seven labels at once: every weight has a learning rate of its own that falls with what
/// it has already moved, and shrinks towards 0.
class Optimizer {
 public:
  struct Rates {
    float alpha = 0.05f, beta = 1, l1 = 0, l2 = 40;
  };
  Optimizer(std::size_t features, Rates rates) : pull_(features, Lanes{}), squares_(features, Lanes{}), rates_(rates) {}

  Lanes weight(std::uint32_t feature) const { return weight_of(pull_[feature], squares_[feature]); }
  /// The sum of these features' weights; remembers them for learn().
  Lanes sum(std::span<const std::uint32_t> features) {
    current_.clear();
    Lanes total{};
    for (std::uint32_t feature : features) {
      current_.push_back(weight(feature));
      total += current_.back();
    }
    return total;
  }
  /// `gradient` of the loss by each weight of the features last summed; by those from number `plain` on:
  /// `rest`.
  void learn(std::span<const std::uint32_t> features, Lanes gradient, std::size_t plain, Lanes rest) {
    Lanes square = gradient * gradient;
    for (std::size_t i = 0; i < features.size(); ++i) {
      if (i == plain) {
        gradient = rest;
        square = rest * rest;
      }
      Lanes& squares = squares_[features[i]];
      const Lanes grown = squares + square;
      const Lanes sigma = (root(grown) - root(squares)) / rates_.alpha;
      pull_[features[i]] += gradient - sigma * current_[i];
      squares = grown;
    }
  }

 private:
  static Lanes root(Lanes x) {
    Lanes out;
#if defined(__SSE2__)
    _mm_storeu_ps(reinterpret_cast<float*>(&out), _mm_sqrt_ps(_mm_loadu_ps(reinterpret_cast<const float*>(&x))));
    _mm_storeu_ps(reinterpret_cast<float*>(&out) + 4,
                  _mm_sqrt_ps(_mm_loadu_ps(reinterpret_cast<const float*>(&x) + 4)));
#else
    for (int i = 0; i < 8; ++i) {
      out[i] = std::sqrt(x[i]);
    }
#endif
    return out;
  }
  Lanes weight_of(Lanes pull, Lanes squares) const {
    const Lanes rate = (rates_.beta + root(squares)) / rates_.alpha + rates_.l2;
    const Lanes zero{};
    const Lanes up = pull - rates_.l1, down = pull + rates_.l1;
    const Lanes shrunk = pull > rates_.l1 ? up : (pull < -rates_.l1 ? down : zero);
    return -shrunk / rate;
  }

  std::vector<Lanes> pull_, squares_, current_;
  Rates rates_;
};

}  // namespace heed::model
