#pragma once
#include <memory>
#include <string_view>

#include "model/classifier.h"
#include "model/sentence_file.h"

namespace heed::model {

/// The slower and better judge, for the few posts that are near a threshold or under report: the linear model's logits
/// plus those of a network that reads the words in their order. Probabilities and thresholds are of its own, fixed on
/// the same development data, so that "0.8" says of either judge that of 100 such posts people would call 80 so. It
/// abstains where the linear model does. Of a post of more than some 400 words the rest is read by the linear model
/// alone. What each is worth and what a post costs is measured in the model's card in models/.
class SecondClassifier final : public Classifier {
 public:
  SecondClassifier(std::shared_ptr<const LinearClassifier> first, std::shared_ptr<const SentenceFile> file)
      : first_(std::move(first)), file_(std::move(file)) {}
  /// The one that ships, beside the linear one that ships.
  static std::unique_ptr<SecondClassifier> builtin();
  /// InvalidInput where `file` was calibrated with another linear model than `first`.
  static Result<std::unique_ptr<SecondClassifier>> make(std::shared_ptr<const LinearClassifier> first,
                                                        std::shared_ptr<const SentenceFile> file);

  std::unique_ptr<Scratch> make_scratch() const override;
  void score(const Input& input, Scratch& scratch, Scores& out) const override;
  /// The linear model's parts, and what each word changes for the network: its logit less that without the word.
  /// Costs a pass of the network a word of the window that decided.
  Explanation explain(const Input& input, Label label, Scratch& scratch) const override;
  std::string_view name() const override { return file_->name; }
  float threshold(Label label) const override { return file_->labels[index(label)].threshold; }
  const SentenceFile& file() const { return *file_; }

 private:
  struct Memory;
  /// Reads words [begin, begin + count) into memory's pass, without word `left_out` (kSentenceWords: none).
  void read(Memory& memory, std::size_t begin, std::size_t count, std::size_t left_out) const;

  std::shared_ptr<const LinearClassifier> first_;
  std::shared_ptr<const SentenceFile> file_;
};

}  // namespace heed::model
