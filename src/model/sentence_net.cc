#include "model/sentence_net.h"

#include <algorithm>
#include <cmath>
#include <cstring>

#include "model/sentence_filters.h"

namespace heed::model {
namespace {

typedef std::int8_t Bytes __attribute__((vector_size(8)));

#include "model/sentence_eight.inc"

float product(const float* a, const float* b, std::size_t n) {
  Eight total{};
  for (std::size_t i = 0; i < n; i += 8) {
    total += load(a + i) * load(b + i);
  }
  return sum(total);
}

}  // namespace

void SentencePass::start(std::size_t count) {
  words = count;
  std::memset(x, 0, (count + 2 * kSentencePad) * kDepth * sizeof(float));
}

void add_signs(const text::Readings& readings, std::vector<Word>& words) {
  constexpr std::uint64_t kSign = 31;
  const std::size_t own = words.size();
  for (const text::Sign& sign : readings.signs) {
    Word word;
    word.hash = combine(text::hash_word(sign.name), 0, kSign);
    word.begin = sign.begin;
    word.end = sign.end;
    if (std::none_of(words.begin() + static_cast<std::ptrdiff_t>(own), words.end(),
                     [&](const Word& other) { return other.hash == word.hash; })) {
      words.push_back(word);
    }
  }
}

void add_scaled(float* y, float by, const float* x, std::size_t n) {
  for (std::size_t i = 0; i < n; i += 8) {
    const Eight out = load(y + i) + load(x + i) * by;
    std::memcpy(y + i, &out, sizeof out);
  }
}

void add_row(float* y, float by, const std::int8_t* row) {
  for (std::size_t i = 0; i < kDepth; i += 8) {
    Bytes bytes;
    std::memcpy(&bytes, row + i, sizeof bytes);
    const Eight out = load(y + i) + __builtin_convertvector(bytes, Eight) * by;
    std::memcpy(y + i, &out, sizeof out);
  }
}

void convolve(const SentenceWeights& weights, SentencePass& pass) {
  find_most(weights, pass, best_lanes());
  for (std::size_t f = 0; f < kFilters; ++f) {
    pass.found[f] = std::max(0.0f, pass.found[f] + weights.filter_bias[f]);
  }
  std::fill(pass.mean, pass.mean + kDepth, 0.0f);
  const float part = 1.0f / std::sqrt(static_cast<float>(pass.words + 1));
  for (std::size_t i = 0; i < pass.words; ++i) {
    add_scaled(pass.mean, part, pass.word(i), kDepth);
  }
}

void conclude(const SentenceWeights& weights, SentencePass& pass) {
  for (std::size_t label = 0; label < kLabels; ++label) {
    pass.logits[label] = weights.bias[label] + product(weights.output[label], pass.found, kFilters) +
                         product(weights.output[label] + kFilters, pass.mean, kDepth);
  }
}

}  // namespace heed::model
