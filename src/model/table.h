#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#if defined(__SSE2__)
#include <emmintrin.h>
#endif

#include "model/label.h"

namespace heed::model {

/// Seven weights for each of up to seven features, and nothing else: one cache line. A feature's hash names
/// its line and a tag of 16 bits in it, so that a feature the model does not know finds nothing (but for one
/// in some 9,000) instead of a stranger's weights, as it would in a plain hashed table.
struct alignas(64) Line {
  static constexpr std::size_t kEntries = 7;
  std::uint16_t tags[kEntries];  ///< 0: free
  std::int8_t weights[kEntries][kLabels];
  std::uint8_t unused;
};
static_assert(sizeof(Line) == 64 && offsetof(Line, weights) == 14);

inline std::uint16_t tag_of(std::uint64_t hash) {
  const auto tag = static_cast<std::uint16_t>(hash);
  return tag != 0 ? tag : 1;
}
inline std::size_t line_of(std::uint64_t hash, unsigned lines_log2) { return hash >> (64 - lines_log2); }

/// Number of the entry with this tag, or kEntries.
inline std::size_t find_entry(const Line& line, std::uint16_t tag) {
#if defined(__SSE2__)
  const __m128i tags = _mm_load_si128(reinterpret_cast<const __m128i*>(&line));
  const __m128i equal = _mm_cmpeq_epi16(tags, _mm_set1_epi16(static_cast<short>(tag)));
  const unsigned found = static_cast<unsigned>(_mm_movemask_epi8(equal)) & 0x3FFFu;
  return found != 0 ? static_cast<std::size_t>(__builtin_ctz(found)) / 2 : Line::kEntries;
#else
  std::size_t i = 0;
  while (i < Line::kEntries && line.tags[i] != tag) {
    ++i;
  }
  return i;
#endif
}

/// Sums rows of weights, exactly.
class Sum {
 public:
  void add(const Line& line, std::size_t entry) {
#if defined(__SSE2__)
    // Reads one byte beyond the row, which still is of this line; that lane is never looked at.
    const __m128i row = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(line.weights[entry]));
    narrow_ = _mm_add_epi16(narrow_, _mm_srai_epi16(_mm_unpacklo_epi8(row, row), 8));
    if (++pending_ == kPendingMax) {
      flush();
    }
#else
    for (std::size_t label = 0; label < kLabels; ++label) {
      total_[label] += line.weights[entry][label];
    }
#endif
  }
  const std::array<std::int32_t, 8>& total() {
#if defined(__SSE2__)
    flush();
#endif
    return total_;
  }

 private:
#if defined(__SSE2__)
  static constexpr int kPendingMax = 255;  // 255 × 128 fits 16 bits
  void flush() {
    alignas(16) std::int16_t lanes[8];
    _mm_store_si128(reinterpret_cast<__m128i*>(lanes), narrow_);
    for (std::size_t i = 0; i < 8; ++i) {
      total_[i] += lanes[i];
    }
    narrow_ = _mm_setzero_si128();
    pending_ = 0;
  }
  __m128i narrow_ = _mm_setzero_si128();
  int pending_ = 0;
#endif
  std::array<std::int32_t, 8> total_{};
};

}  // namespace heed::model
