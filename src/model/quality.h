#pragma once
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/classifier.h"
#include "model/sample.h"

namespace heed::model {

/// Scores texts one after another: folding, splitting, undoing evasions, guessing the language, as `assess`
/// does. For tools and tests; one thread.
class Judge {
 public:
  explicit Judge(const Classifier& classifier) : classifier_(classifier), scratch_(classifier.make_scratch()) {}
  /// As it is on a platform: abstains where the language is not English.
  const Scores& score(std::string_view text);
  /// As if the language were known to be English.
  const Scores& score_as_english(std::string_view text);
  Explanation explain(std::string_view text, Label label);
  /// Whether toxicity or identity_attack reaches its threshold.
  bool flags(std::string_view text);

 private:
  Input read(std::string_view text);
  const Classifier& classifier_;
  std::unique_ptr<Scratch> scratch_;
  text::Folded folded_;
  std::vector<text::Token> tokens_;
  text::Readings readings_;
  text::UnmaskScratch unmask_;
  Scores scores_;
};

/// What a model is worth on samples that people judged. Areas under the curve are taken inside each source,
/// because sources differ in what they call toxic and a pooled area would reward telling sources apart.
struct Quality {
  struct InSource {
    std::string source;
    Label label;
    bool weak;  ///< weak labels count, too
    std::size_t positives, negatives;
    double area;
  };
  struct OfLabel {
    Label label = Label::Toxicity;
    std::size_t positives = 0, negatives = 0;
    float threshold = 0;
    double calibration_error = 0;                        ///< expected, ten bins, posts weighted as when calibrated
    double caught = 0, precision = 0, false_alarms = 0;  ///< at the threshold, unweighted
  };
  struct OfGroup {
    std::string group;
    std::size_t attacks;
    double caught;  ///< attacks on the group that toxicity or identity_attack flags
    std::size_t others;
    double false_alarms;  ///< posts that name the group and are known not to be toxic, flagged
  };
  /// Of sources and labels with at least 20 positives and 20 negatives; sources in `unseen` are left out of
  /// the means.
  std::vector<InSource> in_source;
  std::vector<OfLabel> of_label;
  std::vector<OfGroup> of_group;
  double mean = 0;            ///< labels that people gave
  double mean_with_weak = 0;  ///< weak labels, too
  double mean_toxicity = 0;   ///< toxicity alone, by people
  std::size_t means_of = 0, means_of_with_weak = 0, means_of_toxicity = 0;
  std::size_t posts = 0, abstained = 0;
};
Quality measure(const Classifier& classifier, const std::vector<Sample>& samples,
                const std::vector<std::string>& unseen);

/// A count that one of the sets in tests/sets/ gave.
struct SetFigure {
  std::string set, measure;
  double value = 0;
  std::size_t of = 0;  ///< rows it was counted on
};
/// Rows of `part` of minimal_pairs.tsv, evasions.tsv and life_threats.tsv in `folder`, by the model alone,
/// without lists and rules. Sets that are not there are left out.
std::vector<SetFigure> measure_sets(const Classifier& classifier, const std::filesystem::path& folder,
                                    std::string_view part);

}  // namespace heed::model
