#pragma once
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/label.h"
#include "model/table.h"

namespace heed::model {

/// How sums of weights become a logit, and a logit the probability that people would give the label (Platt,
/// 1999).
struct LabelNumbers {
  float bias = 0;
  float word_scale = 0, context_scale = 0;  ///< what one step of an 8-bit weight is worth
  float slope = 1, offset = 0;              ///< probability = logistic(slope × logit + offset)
  float threshold = 0.5f;                   ///< fixed on development data; see the model's card
};

/// A model as it is stored: immutable, for any number of threads. A file is
///   magic "HEEDLIN1", u32 size of the head, u32 log2 of lines, name (32 bytes, NUL-padded), SHA-256 of the
///   training data (32 bytes), 7 × 6 floats, zeros up to the size of the head (a multiple of 64), lines,
///   SHA-256 of all before.
/// Little-endian.
class ModelFile {
 public:
  static constexpr std::size_t kNameMax = 31;
  static constexpr unsigned kLinesLog2Min = 4, kLinesLog2Max = 20;

  /// Corrupt: not a model, cut off, changed, or of another version; the message says which. What is
  /// `linked` into this program, aligned to 64, is not copied, and what a test of the shipped file holds is not read
  /// for again at every start: its checksum.
  static Result<std::shared_ptr<const ModelFile>> read(std::string_view bytes, bool linked = false);
  std::string write() const;

  std::string name;
  std::array<std::uint8_t, 32> data_digest{};
  std::array<std::uint8_t, 32> digest{};  ///< SHA-256 of the file that it was read from; zeros before that
  std::array<LabelNumbers, kLabels> labels;
  unsigned lines_log2 = 0;

  const Line* lines() const { return lines_; }
  std::size_t line_count() const { return std::size_t{1} << lines_log2; }
  /// For the trainer.
  std::vector<Line>& make_lines(unsigned log2);

 private:
  std::vector<Line> owned_;
  const Line* lines_ = nullptr;
};

/// The model that ships with Heed, linked into the binary.
std::string_view builtin_model();

}  // namespace heed::model
