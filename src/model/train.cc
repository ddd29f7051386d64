#include "model/train.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/file.h"
#include "model/augment.h"
#include "model/classifier.h"
#include "model/contrast.h"
#include "model/corpus.h"
#include "model/lessons.h"
#include "model/number.h"
#include "model/optimizer.h"

namespace heed::model {
namespace {

constexpr std::uint32_t kSeenLeast = 3;
constexpr Lanes kLiteral = {0, 0, 0, 0, 1, 0, 1, 0};  ///< is_literal() by label

class Learner {
 public:
  Learner(const std::vector<Sample>& samples, const Corpus& corpus)
      : samples_(samples), corpus_(corpus), weights_(source_weights(samples)), optimizer_(corpus.feature_count(), {}) {
    for (const auto& [source, weight] : weights_) {
      sources_.emplace(source, static_cast<std::uint32_t>(sources_.size()));
    }
    bias_.assign(sources_.size(), Lanes{});
    bias_squares_.assign(sources_.size(), Lanes{});
    order_.resize(corpus.examples().size());
    for (std::uint32_t i = 0; i < order_.size(); ++i) {
      order_[i] = i;
    }
  }
  /// One pass over all examples in a new order.
  void pass() {
    for (std::size_t i = order_.size(); i > 1; --i) {
      std::swap(order_[i - 1], order_[random_.below(i)]);
    }
    for (std::uint32_t number : order_) {
      learn(corpus_.examples()[number]);
    }
  }
  /// Takes the weights as they are now into the mean that weight() gives.
  void remember() {
    mean_.resize(corpus_.feature_count());
    for (std::uint32_t i = 0; i < mean_.size(); ++i) {
      mean_[i] += optimizer_.weight(i);
    }
    ++remembered_;
  }
  /// The mean of what was remembered, or what the weight is now.
  Lanes weight(std::uint32_t feature) const {
    return remembered_ == 0 ? optimizer_.weight(feature) : mean_[feature] / static_cast<float>(remembered_);
  }
  Lanes logits(const Corpus::Example& example) const {
    const auto features = corpus_.features(example);
    Lanes total{};
    for (std::uint32_t feature : features) {
      total += weight(feature);
    }
    return (total - not_meant(features.subspan(corpus_.plain(example)), *this)) * example.scale;
  }

 private:
  void learn(const Corpus::Example& example) {
    const Sample& sample = samples_[example.sample];
    const auto features = corpus_.features(example);
    const std::uint32_t source = sources_.find(sample.source)->second;
    const Lanes logits =
        (optimizer_.sum(features) - not_meant(features.subspan(corpus_.plain(example)), optimizer_)) * example.scale +
        bias_[source];
    const float weight = weights_.find(sample.source)->second * example.weight;
    Lanes gradient{};
    for (std::size_t i = 0; i < kLabels; ++i) {
      if (sample.labels[i] >= 0) {
        const float trust = weight * (sample.is_weak(i) ? kWeakWeight : 1);
        gradient[i] = trust * (static_cast<float>(logistic(logits[i])) - static_cast<float>(sample.labels[i]));
      }
    }
    bias_squares_[source] += gradient * gradient;
    for (std::size_t i = 0; i < kLabels; ++i) {
      bias_[source][i] -= kBiasRate * gradient[i] / (1 + std::sqrt(bias_squares_[source][i]));
    }
    gradient *= example.scale;
    optimizer_.learn(features, gradient, corpus_.plain(example), gradient * kLiteral);
  }

  /// What quoted words would add to labels that are not literal.
  template <class Weights>
  static Lanes not_meant(std::span<const std::uint32_t> quoted, const Weights& weights) {
    Lanes total{};
    for (std::uint32_t feature : quoted) {
      total += weights.weight(feature);
    }
    return total * (1 - kLiteral);
  }

  static constexpr float kBiasRate = 0.1f;
  const std::vector<Sample>& samples_;
  const Corpus& corpus_;
  std::map<std::string, float> weights_;
  std::map<std::string, std::uint32_t> sources_;
  Optimizer optimizer_;
  std::vector<Lanes> bias_, bias_squares_, mean_;
  int remembered_ = 0;
  std::vector<std::uint32_t> order_;
  Random random_{kLessonSeed};
};

/// The features that moved posts most, and where they go: each line takes its seven strongest.
std::vector<std::uint32_t> choose(const Corpus& corpus, const Learner& learner, unsigned lines_log2) {
  std::vector<std::pair<float, std::uint32_t>> ranked;
  for (std::uint32_t i = 0; i < corpus.feature_count(); ++i) {
    const Lanes weight = learner.weight(i);
    const Lanes squares = weight * weight;
    float moved = 0;
    for (std::size_t label = 0; label < kLabels; ++label) {
      moved += squares[label];
    }
    ranked.emplace_back(std::sqrt(moved) * std::sqrt(static_cast<float>(std::min(corpus.seen(i), 1000u))), i);
  }
  std::sort(ranked.begin(), ranked.end(),
            [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  std::vector<std::vector<std::uint16_t>> tags(std::size_t{1} << lines_log2);
  std::vector<std::uint32_t> chosen;
  for (const auto& [moved, feature] : ranked) {
    const std::uint64_t hash = corpus.hash(feature);
    auto& line = tags[line_of(hash, lines_log2)];
    // Of two features that look the same in a line the stronger stays.
    if (line.size() < Line::kEntries && std::find(line.begin(), line.end(), tag_of(hash)) == line.end()) {
      line.push_back(tag_of(hash));
      chosen.push_back(feature);
    }
  }
  return chosen;
}

std::int8_t quantise(float weight, float scale) {
  const float steps = weight / scale;
  return static_cast<std::int8_t>(std::clamp(static_cast<int>(steps < 0 ? steps - 0.5f : steps + 0.5f), -127, 127));
}

void fill(ModelFile& file, const Corpus& corpus, const Learner& learner) {
  struct Row {
    std::uint64_t hash;
    bool word;
    Lanes weight;
  };
  std::vector<Row> rows;
  Lanes word_most{}, context_most{};
  for (std::uint32_t i = 0; i < corpus.feature_count(); ++i) {
    Row row{corpus.hash(i), false, learner.weight(i)};
    if (const auto word = corpus.words().find(row.hash); word != corpus.words().end()) {
      row.word = true;
      each_subword(word->second, [&](std::uint64_t hash) {
        if (const std::uint32_t part = corpus.find(hash); part != Corpus::kNone) {
          row.weight += learner.weight(part);
        }
      });
    }
    Lanes& most = row.word ? word_most : context_most;
    for (std::size_t label = 0; label < kLabels; ++label) {
      most[label] = std::max(most[label], std::abs(row.weight[label]));
    }
    rows.push_back(row);
  }
  for (std::size_t label = 0; label < kLabels; ++label) {
    file.labels[label].word_scale = std::max(word_most[label], 1e-6f) / 127;
    file.labels[label].context_scale = std::max(context_most[label], 1e-6f) / 127;
  }
  std::vector<Line>& lines = file.make_lines(file.lines_log2);
  for (const Row& row : rows) {
    Line& line = lines[line_of(row.hash, file.lines_log2)];
    const std::size_t entry = find_entry(line, 0);
    HEED_ASSERT(entry < Line::kEntries);
    line.tags[entry] = tag_of(row.hash);
    for (std::size_t label = 0; label < kLabels; ++label) {
      const LabelNumbers& numbers = file.labels[label];
      line.weights[entry][label] = quantise(row.weight[label], row.word ? numbers.word_scale : numbers.context_scale);
    }
  }
}

void calibrate(ModelFile& file, const std::shared_ptr<const ModelFile>& shared, const std::vector<Sample>& dev) {
  const std::array<Fitted, kLabels> fitted = fit(LinearClassifier(shared), dev);
  for (std::size_t i = 0; i < kLabels; ++i) {
    file.labels[i].slope = fitted[i].platt.slope;
    file.labels[i].offset = fitted[i].platt.offset;
    file.labels[i].threshold = fitted[i].threshold;
  }
}

}  // namespace

Result<std::shared_ptr<const ModelFile>> train(const std::vector<Sample>& samples, const std::vector<Sample>& dev,
                                               const Digest& data_digest, const TrainOptions& options) {
  if (samples.empty() || dev.empty()) {
    return fail(Code::InvalidInput, "there is nothing to learn from, or nothing to calibrate on");
  }
  const auto tell = [&](std::string_view what) {
    if (options.progress) {
      options.progress(what);
    }
  };
  Corpus corpus;
  for (std::uint32_t i = 0; i < samples.size(); ++i) {
    corpus.add(i, samples[i].text, 1);
  }
  each_copy(samples, [&](std::uint32_t i, std::string_view text, float weight) { corpus.add(i, text, weight); });
  corpus.prune(kSeenLeast);
  tell(std::to_string(corpus.examples().size()) + " examples, " + std::to_string(corpus.feature_count()) + " features");
  {
    Learner all(samples, corpus);
    for (int pass = 0; pass < 2; ++pass) {
      all.pass();
      tell("all features, pass " + std::to_string(pass + 1));
    }
    corpus.keep(choose(corpus, all, options.lines_log2));
  }
  Learner learner(samples, corpus);
  for (int pass = 0; pass < options.passes; ++pass) {
    learner.pass();
    if (pass >= options.passes / 3) {
      learner.remember();
    }
    tell(std::to_string(corpus.feature_count()) + " features, pass " + std::to_string(pass + 1));
  }
  if (options.unquantised != nullptr) {
    for (std::size_t i = 0; i < samples.size(); ++i) {  // the first examples are the samples as they are
      const Lanes logits = learner.logits(corpus.examples()[i]);
      auto& out = options.unquantised->emplace_back();
      for (std::size_t label = 0; label < kLabels; ++label) {
        out[label] = logits[label];
      }
    }
  }
  const auto file = std::make_shared<ModelFile>();
  file->name = options.name;
  file->data_digest = data_digest;
  file->lines_log2 = options.lines_log2;
  fill(*file, corpus, learner);
  calibrate(*file, file, dev);
  tell("calibrated");
  return std::shared_ptr<const ModelFile>(file);
}

Result<Lessons> read_lessons(const TrainFiles& files) {
  std::string digests;
  const auto read = [&](const std::filesystem::path& path, std::vector<Sample>& out) -> Result<void> {
    Samples samples = TRY(read_samples(path));
    digests += view(samples.digest);
    std::size_t number = 0;
    for (Sample& sample : samples.all) {
      const bool out_of_it =
          std::find(files.without.begin(), files.without.end(), sample.source) != files.without.end();
      if (!out_of_it && number++ % files.every == 0) {
        out.push_back(std::move(sample));
      }
    }
    return {};
  };
  Lessons out;
  for (const std::filesystem::path& path : files.files) {
    TRY(read(path, out.train));
  }
  if (!files.contrast.empty()) {
    const std::string tsv = TRY(read_file(files.contrast));
    digests += view(sha256(tsv));
    for (Sample& sample : TRY(parse_contrast(tsv))) {
      out.train.push_back(std::move(sample));
    }
  }
  TRY(read(files.dev, out.dev));
  out.digest = sha256(digests);
  return out;
}

Result<std::shared_ptr<const ModelFile>> train(const TrainFiles& files, const TrainOptions& options) {
  const Lessons lessons = TRY(read_lessons(files));
  return train(lessons.train, lessons.dev, lessons.digest, options);
}

}  // namespace heed::model
