#pragma once
#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/crypto.h"
#include "base/result.h"
#include "model/sentence_net.h"

namespace heed::model {

/// The second model as it is stored: immutable, for any number of threads. A file is
///   magic "HEEDSEN1", u32 size of the head, u32 known words, name (32 bytes, NUL-padded), SHA-256 of the training
///   data (32), SHA-256 of the file of the linear model that it was calibrated with (32), 7 × 3 floats, zeros up to the
///   size of the head, SentenceWeights, sorted hashes of the known words (u64), rows of the known words and then of
///   the parts of words (float scale, 48 × i8 each), zeros up to a multiple of 64, SHA-256 of all before.
/// Little-endian.
class SentenceFile {
 public:
  static constexpr std::size_t kNameMax = 31, kKnownMax = 1u << 20;
  struct Row {
    float scale = 0;  ///< what one step is worth
    std::int8_t steps[kDepth] = {};
  };
  /// probability = logistic(slope × (logit of the linear model + logit of this one) + offset)
  struct Numbers {
    float slope = 1, offset = 0, threshold = 0.5f;
  };

  /// Corrupt: not such a model, cut off, changed, or of another version; the message says which. What is
  /// `linked` into this program, aligned to 64, is not copied, and what a test of the shipped file holds is not read
  /// for again at every start: its checksum, its order, the size of its numbers. Until it is asked it takes no memory.
  static Result<std::shared_ptr<const SentenceFile>> read(std::string_view bytes, bool linked = false);
  std::string write() const;

  std::string name;
  Digest data_digest{}, first_digest{};
  std::array<Numbers, kLabels> labels;

  const SentenceWeights& weights() const { return *weights_; }
  /// The vector of a word, or null: it is spelled.
  const Row* word(std::uint64_t hash) const;
  const Row& part(std::uint32_t number) const { return rows_[known_.size() + number]; }
  std::size_t known() const { return known_.size(); }

  /// For the trainer: `known` sorted, `rows` those of the words, then those of the parts.
  void fill(std::unique_ptr<SentenceWeights> weights, std::vector<std::uint64_t> known, std::vector<Row> rows);

 private:
  std::unique_ptr<SentenceWeights> owned_weights_;
  std::vector<std::uint64_t> owned_known_;
  std::vector<Row> owned_rows_;
  const SentenceWeights* weights_ = nullptr;
  std::span<const std::uint64_t> known_;
  std::span<const Row> rows_;
};

/// The second model that ships with Heed, linked into the binary.
std::string_view builtin_sentence_model();

}  // namespace heed::model
