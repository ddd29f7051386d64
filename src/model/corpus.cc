#include "model/corpus.h"

#include <algorithm>

namespace heed::model {

std::uint32_t Corpus::find(std::uint64_t hash) const {
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = (hash * 0x9e3779b97f4a7c15ull) >> 20 & mask; slots_[at] != kNone; at = (at + 1) & mask) {
    if (hashes_[slots_[at]] == hash) {
      return slots_[at];
    }
  }
  return kNone;
}

void Corpus::index() {
  std::size_t size = 1 << 16;
  while (size < hashes_.size() * 4) {
    size *= 2;
  }
  slots_.assign(size, kNone);
  for (std::uint32_t i = 0; i < hashes_.size(); ++i) {
    std::size_t at = (hashes_[i] * 0x9e3779b97f4a7c15ull) >> 20 & (size - 1);
    while (slots_[at] != kNone) {
      at = (at + 1) & (size - 1);
    }
    slots_[at] = i;
  }
}

std::uint32_t Corpus::number_of(std::uint64_t hash) {
  if (hashes_.size() * 2 >= slots_.size()) {
    index();
  }
  const std::size_t mask = slots_.size() - 1;
  std::size_t at = (hash * 0x9e3779b97f4a7c15ull) >> 20 & mask;
  while (slots_[at] != kNone) {
    if (hashes_[slots_[at]] == hash) {
      return slots_[at];
    }
    at = (at + 1) & mask;
  }
  slots_[at] = static_cast<std::uint32_t>(hashes_.size());
  hashes_.push_back(hash);
  seen_.push_back(0);
  return slots_[at];
}

void Corpus::add(std::uint32_t sample, std::string_view text, float weight) {
  text::fold(text, folded_, text::UpsideDown::Leave);
  text::tokenize(folded_.text, tokens_);
  text::unmask(folded_.text, tokens_, nullptr, unmask_, readings_);
  find_words(folded_, tokens_, readings_, found_);
  reader_.read(folded_.text, readings_, found_, 0, std::min(found_.size(), kWindowWords));
  Example example{.sample = sample, .weight = weight, .scale = reader_.scale(), .begin = numbers_.size()};
  const auto put = [&](std::uint64_t hash) { numbers_.push_back(number_of(hash)); };
  for (const Feature& feature : reader_.words()) {
    put(feature.hash);
    const std::string_view letters = found_[feature.first].letters;
    words_.try_emplace(feature.hash, letters);
    each_subword(letters, put);
  }
  for (const Feature& feature : reader_.context()) {
    put(feature.hash);
  }
  example.quoted = numbers_.size();
  for (const Feature& feature : reader_.quoted()) {
    put(feature.hash);
    const std::string_view letters = found_[feature.first].letters;
    words_.try_emplace(feature.hash, letters);
    each_subword(letters, put);
  }
  example.end = numbers_.size();
  // Seen counts examples; within one a subword may occur twice.
  std::vector<std::uint32_t> distinct(numbers_.begin() + static_cast<std::ptrdiff_t>(example.begin), numbers_.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (std::uint32_t number : distinct) {
    ++seen_[number];
  }
  examples_.push_back(example);
}

void Corpus::renumber(const std::vector<std::uint32_t>& next) {
  std::size_t write = 0;
  for (Example& example : examples_) {
    const std::size_t begin = write;
    std::size_t quoted = write;
    for (std::size_t i = example.begin; i < example.end; ++i) {
      quoted = i == example.quoted ? write : quoted;
      if (next[numbers_[i]] != kNone) {
        numbers_[write++] = next[numbers_[i]];
      }
    }
    example.quoted = example.quoted == example.end ? write : quoted;
    example.begin = begin;
    example.end = write;
  }
  numbers_.resize(write);
  std::size_t count = 0;
  for (std::uint32_t number : next) {
    count += number != kNone ? 1 : 0;
  }
  std::vector<std::uint64_t> hashes(count);
  std::vector<std::uint32_t> seen(count);
  for (std::size_t i = 0; i < next.size(); ++i) {
    if (next[i] != kNone) {
      hashes[next[i]] = hashes_[i];
      seen[next[i]] = seen_[i];
    }
  }
  hashes_ = std::move(hashes);
  seen_ = std::move(seen);
  index();
}

void Corpus::prune(std::uint32_t least) {
  std::vector<std::uint32_t> next(hashes_.size(), kNone);
  std::uint32_t count = 0;
  for (std::size_t i = 0; i < next.size(); ++i) {
    if (seen_[i] >= least) {
      next[i] = count++;
    }
  }
  renumber(next);
}

void Corpus::keep(std::span<const std::uint32_t> chosen) {
  std::vector<std::uint32_t> next(hashes_.size(), kNone);
  for (std::uint32_t i = 0; i < chosen.size(); ++i) {
    next[chosen[i]] = i;
  }
  renumber(next);
}

}  // namespace heed::model
