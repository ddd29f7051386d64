#pragma once
#include <array>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/model_file.h"
#include "model/sample.h"

namespace heed::model {

struct TrainOptions {
  std::string name = "heed-en-1";
  unsigned lines_log2 = 15;  ///< 2 MiB
  int passes = 6;
  /// Told what is being done; may be empty.
  std::function<void(std::string_view)> progress = {};
  /// For tests: filled with what the learned numbers say of each sample before they become 8 bits; may be
  /// null.
  std::vector<std::array<float, kLabels>>* unquantised = nullptr;
};

/// Learns a model from `train` and sets calibration and thresholds on `dev`, which nothing is learned from.
/// One thread, one order, arithmetic without fused operations or libm: the same samples give the same bytes
/// on every machine. About a minute and 1 GiB for 120,000 posts.
///
/// Every post is seen as it is; some also disguised or about another group (augment.h), at half weight, as
/// weak labels are. Unknown labels are left out. A source counts by the root of its size, and has a bias of
/// its own that is dropped later, so that what is learned is what tells posts of one source apart, not the
/// sources; contrasts count half of that. Optimised by FTRL-Proximal (McMahan et al., 2013), first over all
/// features seen three times or more; then the table is filled with those that moved most and they alone are
/// learned anew, so that they carry what the others did. Stored is the mean of the weights after each pass
/// but the first third. Weights of subwords are summed into each word that is in the table; only unknown
/// words are spelled out later.
Result<std::shared_ptr<const ModelFile>> train(const std::vector<Sample>& train, const std::vector<Sample>& dev,
                                               const Digest& data_digest, const TrainOptions& options);

/// The recipe of the model that ships: reads `files` and `dev`, leaves out rows whose source is in `without`,
/// keeps every `every`-th row of what is left (1: all), adds the contrasts, and trains. The model notes the
/// digests of what it was learned from.
struct TrainFiles {
  std::vector<std::filesystem::path> files;
  std::filesystem::path dev;
  std::filesystem::path contrast = {};  ///< see contrast.h; may be empty
  std::vector<std::string> without = {"ghc"};
  std::size_t every = 1;
};
/// The rows themselves, with the digest of all that they came from.
struct Lessons {
  std::vector<Sample> train, dev;
  Digest digest{};
};
Result<Lessons> read_lessons(const TrainFiles& files);
Result<std::shared_ptr<const ModelFile>> train(const TrainFiles& files, const TrainOptions& options);

}  // namespace heed::model
