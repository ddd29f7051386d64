#pragma once
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/feature.h"
#include "model/sample.h"

namespace heed::model {

/// Posts as lists of features, each distinct feature numbered. For training; one thread.
class Corpus {
 public:
  struct Example {
    std::uint32_t sample = 0;  ///< whose labels it has
    float weight = 1;
    float scale = 1;  ///< FeatureReader::scale
    std::size_t begin = 0, end = 0;
    std::size_t quoted = 0;  ///< from here on words in quotation marks, which count for literal labels only
  };
  void add(std::uint32_t sample, std::string_view text, float weight);
  /// Forgets features seen in fewer than `least` examples, and numbers the others anew.
  void prune(std::uint32_t least);
  /// Keeps only the features `chosen` by their numbers, which get 0, 1, … in that order.
  void keep(std::span<const std::uint32_t> chosen);

  const std::vector<Example>& examples() const { return examples_; }
  std::span<const std::uint32_t> features(const Example& example) const {
    return std::span(numbers_).subspan(example.begin, example.end - example.begin);
  }
  std::size_t plain(const Example& example) const { return example.quoted - example.begin; }
  std::size_t feature_count() const { return hashes_.size(); }
  std::uint64_t hash(std::uint32_t feature) const { return hashes_[feature]; }
  std::uint32_t seen(std::uint32_t feature) const { return seen_[feature]; }
  static constexpr std::uint32_t kNone = 0xFFFFFFFF;
  std::uint32_t find(std::uint64_t hash) const;

  /// Every word whose own feature is known, with its letters.
  const std::unordered_map<std::uint64_t, std::string>& words() const { return words_; }

 private:
  std::uint32_t number_of(std::uint64_t hash);
  void renumber(const std::vector<std::uint32_t>& next);
  void index();

  std::vector<Example> examples_;
  std::vector<std::uint32_t> numbers_, seen_, slots_;
  std::vector<std::uint64_t> hashes_;
  std::unordered_map<std::uint64_t, std::string> words_;

  text::Folded folded_;
  std::vector<text::Token> tokens_;
  text::Readings readings_;
  text::UnmaskScratch unmask_;
  std::vector<Word> found_;
  FeatureReader reader_;
};

}  // namespace heed::model
