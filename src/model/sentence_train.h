#pragma once
#include <memory>

#include "model/sentence_file.h"
#include "model/train.h"

namespace heed::model {

struct SentenceTrainOptions {
  std::string name = "heed-en-1-sentence";
  int passes = 3;
  std::function<void(std::string_view)> progress = {};
};

/// Teaches the network of sentence_net.h what `train` teaches the linear model (the same samples, copies, weights and
/// a bias for each source that is dropped later) and calibrates the sum of both on `dev`, which nothing is learned
/// from. By AdaGrad (Duchi et al., 2011) at a falling rate. So that it learns wordings and not single words, one word
/// in twenty is left out while learning, three names of groups in ten lose their name and keep that they are one, and
/// three of ten filters are silent (dropout, Srivastava et al., 2014). Vectors are stored in 8 bits.
///
/// One thread, one order: the same samples give the same bytes on every machine. Two minutes, 1 GiB.
Result<std::shared_ptr<const SentenceFile>> train_sentence(const Lessons& lessons,
                                                           const std::shared_ptr<const ModelFile>& first,
                                                           const SentenceTrainOptions& options);

}  // namespace heed::model
