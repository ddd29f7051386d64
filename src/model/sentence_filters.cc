#include "model/sentence_filters.h"

#include <cstring>
#include <limits>
#ifdef __x86_64__
#include <immintrin.h>
#endif

namespace heed::model {
namespace {

constexpr std::size_t kTogether = 4;  ///< filters that share what is loaded of the words

namespace plain {
#include "model/sentence_kernel.inc"
}  // namespace plain

#ifdef __x86_64__
#pragma GCC push_options
#pragma GCC target("avx2")
namespace wide {
#include "model/sentence_kernel.inc"
}  // namespace wide
#pragma GCC pop_options

#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl")
namespace widest {

/// Two places side by side: eight numbers of a word and the same eight of the next.
struct Pairs {
  static constexpr std::size_t kRows = kSentenceWords + 2 * kSentencePad;
  alignas(64) float rows[kRows * kDepth * 2];

  explicit Pairs(const SentencePass& pass) {
    const std::size_t count = pass.words + 2 * kSentencePad;
    const __m256 none = _mm256_setzero_ps();
    for (std::size_t row = 0; row < count; ++row) {
      for (std::size_t i = 0; i < kDepth; i += 8) {
        const float* from = pass.x + row * kDepth + i;
        float* to = rows + (row * kDepth + i) * 2;
        _mm256_store_ps(to, _mm256_load_ps(from));
        _mm256_store_ps(to + 8, row + 1 < count ? _mm256_load_ps(from + kDepth) : none);
      }
    }
  }
};

/// plain::sum of both halves of four registers: the first places of all four, then the second ones.
inline __m256 sums(const __m512 (&total)[kTogether]) {
  const __m512i low = _mm512_setr_epi32(0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27);
  const __m512i high = _mm512_add_epi32(low, _mm512_set1_epi32(4));
  const __m512i even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(1));
  const auto halved = [&](__m512 a, __m512 b) {
    return _mm512_add_ps(_mm512_permutex2var_ps(a, low, b), _mm512_permutex2var_ps(a, high, b));
  };
  const __m512 first = halved(total[0], total[1]), second = halved(total[2], total[3]);
  const __m512 pairs =
      _mm512_add_ps(_mm512_permutex2var_ps(first, even, second), _mm512_permutex2var_ps(first, odd, second));
  // Filter by filter, first place and second; then all first places, then all second ones.
  const __m512i left = _mm512_setr_epi32(0, 4, 8, 12, 2, 6, 10, 14, 0, 0, 0, 0, 0, 0, 0, 0);
  const __m512i right = _mm512_add_epi32(left, _mm512_set1_epi32(1));
  return _mm256_add_ps(_mm512_castps512_ps256(_mm512_permutexvar_ps(left, pairs)),
                       _mm512_castps512_ps256(_mm512_permutexvar_ps(right, pairs)));
}

void convolve_width(std::size_t width, const float* filters, const Pairs& x, std::size_t words, float* found,
                    std::uint32_t* at) {
  const std::size_t length = width * kDepth;
  const std::size_t first = kSentencePad - (width - 1), last = kSentencePad + words;
  for (std::size_t f = 0; f < kFiltersEach; f += kTogether) {
    const float* of = filters + f * length;
    __m128 most = _mm_set1_ps(-std::numeric_limits<float>::infinity());
    __m128i where = _mm_set1_epi32(static_cast<int>(first));
    const auto see = [&](__m128 values, std::size_t place) {
      const __mmask8 more = _mm_cmp_ps_mask(values, most, _CMP_GT_OQ);
      most = _mm_mask_mov_ps(most, more, values);
      where = _mm_mask_mov_epi32(where, more, _mm_set1_epi32(static_cast<int>(place)));
    };
    for (std::size_t place = first; place < last; place += 2) {
      const float* seen = x.rows + place * kDepth * 2;
      __m512 total[kTogether] = {};
      for (std::size_t i = 0; i < length; i += 8) {
        const __m512 both = _mm512_load_ps(seen + 2 * i);
#pragma GCC unroll 4
        for (std::size_t k = 0; k < kTogether; ++k) {
          const __m512 filter = _mm512_broadcast_f32x8(_mm256_loadu_ps(of + k * length + i));
          total[k] = _mm512_add_ps(total[k], _mm512_mul_ps(both, filter));
        }
      }
      const __m256 values = sums(total);
      see(_mm256_castps256_ps128(values), place);
      if (place + 1 < last) {
        see(_mm256_extractf128_ps(values, 1), place + 1);
      }
    }
    _mm_storeu_ps(found + f, most);
    _mm_storeu_si128(reinterpret_cast<__m128i*>(at + f), where);
  }
}

void convolve_all(const SentenceWeights& weights, SentencePass& pass) {
  const Pairs pairs(pass);
  for (std::size_t w = 0; w < kFilterWidths.size(); ++w) {
    convolve_width(kFilterWidths[w], weights.filters + filters_begin(w), pairs, pass.words,
                   pass.found + w * kFiltersEach, pass.at.data() + w * kFiltersEach);
  }
}

}  // namespace widest
#pragma GCC pop_options
#endif

}  // namespace

bool has(Lanes lanes) {
#ifdef __x86_64__
  switch (lanes) {
    case Lanes::Four:
      return true;
    case Lanes::Eight:
      return __builtin_cpu_supports("avx2") != 0;
    case Lanes::Sixteen:
      return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0 &&
             __builtin_cpu_supports("avx512vl") != 0;
  }
#endif
  return lanes == Lanes::Four;
}

Lanes best_lanes() {
  static const Lanes best = has(Lanes::Sixteen) ? Lanes::Sixteen : has(Lanes::Eight) ? Lanes::Eight : Lanes::Four;
  return best;
}

void find_most(const SentenceWeights& weights, SentencePass& pass, Lanes lanes) {
#ifdef __x86_64__
  if (lanes == Lanes::Sixteen) {
    return widest::convolve_all(weights, pass);
  }
  if (lanes == Lanes::Eight) {
    return wide::convolve_all(weights, pass);
  }
#endif
  plain::convolve_all(weights, pass);
}

}  // namespace heed::model
