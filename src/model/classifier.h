#pragma once
#include <array>
#include <memory>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/feature.h"
#include "model/label.h"
#include "model/model_file.h"
#include "text/language.h"

namespace heed::model {

/// Why there are no scores. A post without scores is neither harmless nor harmful: no machine act rests on
/// the model.
enum class Abstention : std::uint8_t {
  None,
  Language,  ///< it is in a language that the model was not trained on
  Script,    ///< most words are in letters that the model was not trained on
  Empty      ///< no words
};
std::string_view abstention_name(Abstention abstention);  ///< "language"; "" for None

struct Scores {
  Abstention abstained = Abstention::None;
  /// Of 100 posts like those of the development data with this value, as many would have been given the label
  /// by people. All 0 after an abstention.
  std::array<float, kLabels> probability{};
  std::array<float, kLabels> logit{};  ///< before calibration; what explain() adds up to

  float operator[](Label label) const { return probability[index(label)]; }
};

/// What moved one label's logit: parts + rest = logit.
struct Explanation {
  struct Part {
    std::uint32_t begin = 0, end = 0;  ///< bytes of the original post
    float weight = 0;                  ///< above 0: towards the label
  };
  Label label = Label::Toxicity;
  float logit = 0, probability = 0;
  float rest = 0;           ///< the bias, and what belongs to no word: length, number of emoji, …
  std::vector<Part> parts;  ///< words in the order of the post; words that changed nothing are left out
};

/// What a post is judged by: the outcome of fold(), tokenize() and unmask(), and its language as
/// guess_language() has it. Only readings that no list gave are used, so scores do not depend on lists.
struct Input {
  const text::Folded& folded;
  const std::vector<text::Token>& tokens;
  const text::Readings& readings;
  text::Language language = text::Language::Unknown;  ///< Unknown is judged: most such posts are short English ones
};

/// Memory that a classifier reuses from post to post; one a thread.
class Scratch {
 public:
  virtual ~Scratch() = default;
};

/// Judges posts. Immutable and deterministic: the same post has the same scores on every thread and machine.
/// There may be two: one for every post, and a slower one for posts that are near a threshold or under report
/// (`settle` below); callers hold both behind this face.
class Classifier {
 public:
  virtual ~Classifier() = default;
  virtual std::unique_ptr<Scratch> make_scratch() const = 0;
  /// Linear in the post, any size; no allocation once `scratch` has grown. `scratch` is of this classifier.
  virtual void score(const Input& input, Scratch& scratch, Scores& out) const = 0;
  /// For staff and for the author of a post that was acted on; allocates.
  virtual Explanation explain(const Input& input, Label label, Scratch& scratch) const = 0;
  /// Name and version, for signals: "heed-en-1".
  virtual std::string_view name() const = 0;
  virtual float threshold(Label label) const = 0;
};

/// A linear model over hashed features, quantised to 8 bits. Measured figures are in the model's card in
/// models/.
class LinearClassifier final : public Classifier {
 public:
  explicit LinearClassifier(std::shared_ptr<const ModelFile> file) : file_(std::move(file)) {}
  /// The model that ships.
  static std::unique_ptr<LinearClassifier> builtin();

  std::unique_ptr<Scratch> make_scratch() const override;
  void score(const Input& input, Scratch& scratch, Scores& out) const override;
  Explanation explain(const Input& input, Label label, Scratch& scratch) const override;
  std::string_view name() const override { return file_->name; }
  float threshold(Label label) const override { return file_->labels[index(label)].threshold; }
  const ModelFile& file() const { return *file_; }

 private:
  struct Memory;
  void judge(const Input& input, std::size_t begin, std::size_t count, Memory& memory,
             std::array<float, kLabels>& logits) const;

  std::shared_ptr<const ModelFile> file_;
};

}  // namespace heed::model
