#pragma once
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "model/feature.h"
#include "model/label.h"

/// A small convolutional network over the words of a post in their order (after Kim, "Convolutional Neural Networks
/// for Sentence Classification", 2014), with words spelled out of their parts (after Bojanowski et al., "Enriching Word
/// Vectors with Subword Information", 2017). It sees what a sum over words cannot: which word follows which.
/// Some hundred times slower than the linear model, so it is asked about few posts: see second_classifier.h.
///
/// All arithmetic is lane by lane in a fixed order, without fused operations or libm: the same bits everywhere.
namespace heed::model {

/// Numbers of a vector, filters of each width, how many words a filter sees.
inline constexpr std::size_t kDepth = 48, kFiltersEach = 64;
inline constexpr std::array<std::size_t, 3> kFilterWidths = {2, 3, 5};
inline constexpr std::size_t kFilters = kFiltersEach * kFilterWidths.size();
inline constexpr std::size_t kSentencePad = 4;  ///< no words, before and after: as many as the widest filter needs
/// At most this many words are read together; a longer post is read window by window, and the worst counts.
inline constexpr std::size_t kSentenceWords = 64, kSentenceOverlap = 16;
/// Windows beyond these are not read: they would let one long post hold a thread for a second.
inline constexpr std::size_t kSentenceWindowsMax = 8;
inline constexpr unsigned kPartsLog2 = 15;  ///< parts of words share this many vectors, by hash
inline constexpr std::size_t kMarks = 8;    ///< Word::Mark

/// All numbers but the vectors of words and parts; stored as it is.
struct SentenceWeights {
  alignas(64) float marks[kMarks][kDepth];
  float filters[kFiltersEach * (2 + 3 + 5) * kDepth];  ///< by width, then filter, then word, then number
  float filter_bias[kFilters];
  float output[kLabels][kFilters + kDepth];  ///< from what the filters found most of, and from the mean of all words
  float bias[kLabels + 9];                   ///< and zeros up to a multiple of 64 bytes
};
static_assert(sizeof(SentenceWeights) % 64 == 0);
/// All of it as one run of numbers.
inline constexpr std::size_t kSentenceNumbers = sizeof(SentenceWeights) / sizeof(float);
inline float* numbers(SentenceWeights& weights) { return reinterpret_cast<float*>(&weights); }
inline const float* numbers(const SentenceWeights& weights) { return reinterpret_cast<const float*>(&weights); }
/// Where the filters of width number `w` begin in SentenceWeights::filters.
inline constexpr std::size_t filters_begin(std::size_t w) {
  std::size_t at = 0;
  for (std::size_t i = 0; i < w; ++i) {
    at += kFiltersEach * kFilterWidths[i] * kDepth;
  }
  return at;
}
static_assert(filters_begin(kFilterWidths.size()) == sizeof(SentenceWeights::filters) / sizeof(float));

/// One window of a post on its way through the network; reused.
struct SentencePass {
  std::size_t words = 0;                                              ///< at most kSentenceWords
  alignas(64) float x[(kSentenceWords + 2 * kSentencePad) * kDepth];  ///< vectors of words; padding is 0
  alignas(64) float found[kFilters];       ///< what each filter found most of; 0 where that is below 0
  std::array<std::uint32_t, kFilters> at;  ///< the place, in words from the begin of `x`
  alignas(64) float mean[kDepth];
  std::array<float, kLabels> logits;

  float* word(std::size_t i) { return x + (kSentencePad + i) * kDepth; }
  const float* word(std::size_t i) const { return x + (kSentencePad + i) * kDepth; }
  /// Makes room for `count` words, all 0.
  void start(std::size_t count);
};

/// y[0, n) += by × x[0, n); n is a multiple of 8.
void add_scaled(float* y, float by, const float* x, std::size_t n);
/// y[0, kDepth) += by × row.
void add_row(float* y, float by, const std::int8_t* row);

/// Fills `found`, `at` and `mean` out of `x`.
void convolve(const SentenceWeights& weights, SentencePass& pass);
/// Fills `logits` out of `found` and `mean`.
void conclude(const SentenceWeights& weights, SentencePass& pass);

/// What the post says by a sign (echo marks, a number code; text/signs.h) as words behind its own, each once.
void add_signs(const text::Readings& readings, std::vector<Word>& words);

/// Calls f(number below 2^kPartsLog2) for each part of a word: its runs of three to five letters, its ends counted as
/// letters; for what has no letters (emoji, handles) once for the whole.
template <class F>
void each_part(const Word& word, F f) {
  constexpr std::size_t kShortest = 3, kLongest = 5;
  constexpr unsigned kShift = 64 - kPartsLog2;
  bool any = false;
  if (!word.letters.empty()) {
    char letters[kSubwordLettersMax + 2];
    std::size_t size = 0;
    letters[size++] = '^';
    for (char c : word.letters) {
      if (size > kSubwordLettersMax) {
        break;
      }
      if (c != '\'') {
        letters[size++] = c;
      }
    }
    letters[size++] = '$';
    for (std::size_t begin = 0; begin < size; ++begin) {
      std::uint64_t hash = 0xcbf29ce484222325ull;
      for (std::size_t end = begin; end < size && end < begin + kLongest; ++end) {
        hash = (hash ^ static_cast<unsigned char>(letters[end])) * 0x100000001b3ull;
        if (end - begin + 1 >= kShortest) {
          f(static_cast<std::uint32_t>(combine(hash, end - begin, 21) >> kShift));
          any = true;
        }
      }
    }
  }
  if (!any) {
    f(static_cast<std::uint32_t>(combine(word.hash, 0, 77) >> kShift));
  }
}

}  // namespace heed::model
