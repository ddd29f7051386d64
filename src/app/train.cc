#include <cstdio>

#include "app/commands.h"
#include "app/output.h"
#include "base/bytes.h"
#include "base/crypto.h"
#include "base/file.h"
#include "model/quality.h"
#include "model/second_classifier.h"
#include "model/sentence_train.h"
#include "model/train.h"

namespace heed::app {
namespace {

std::string number(double value, int digits = 3) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

Result<std::unique_ptr<model::Classifier>> open_model(const Arguments& arguments) {
  std::shared_ptr<const model::LinearClassifier> first = model::LinearClassifier::builtin();
  if (arguments.given("--model")) {
    const std::string bytes = TRY(read_file(arguments.text("--model")));
    first = std::make_shared<model::LinearClassifier>(TRY(model::ModelFile::read(bytes)));
  }
  if (arguments.flag("--first")) {
    return std::make_unique<model::LinearClassifier>(*first);
  }
  if (arguments.given("--second")) {
    const std::string bytes = TRY(read_file(arguments.text("--second")));
    return TRY(model::SecondClassifier::make(first, TRY(model::SentenceFile::read(bytes))));
  }
  if (arguments.given("--model")) {
    return std::make_unique<model::LinearClassifier>(*first);
  }
  return model::SecondClassifier::builtin();
}

Result<Output> learn(const Arguments& arguments) {
  model::TrainFiles files;
  for (const std::string& file : arguments.texts("file")) {
    files.files.emplace_back(file);
  }
  files.dev = arguments.text("--dev");
  if (arguments.given("--contrast")) {
    files.contrast = arguments.text("--contrast");
  }
  files.without = arguments.texts("--without");
  model::TrainOptions options;
  options.name = arguments.text("--name");
  options.progress = [](std::string_view what) {
    std::fprintf(stderr, "%.*s\n", static_cast<int>(what.size()), what.data());
  };
  const model::Lessons lessons = TRY(model::read_lessons(files));
  const auto file = TRY(model::train(lessons.train, lessons.dev, lessons.digest, options));
  const std::string bytes = file->write();
  TRY(write_file_atomically(arguments.text("--out"), bytes));
  Output out;
  out.fact("model", "Model", arguments.text("--out"));
  out.fact("bytes", "Bytes", cell(static_cast<std::uint64_t>(bytes.size())));
  out.fact("sha256", "SHA-256", to_hex(view(sha256(bytes))));
  out.fact("data", "Learned from", to_hex({reinterpret_cast<const char*>(file->data_digest.data()), 32}));
  if (arguments.given("--second")) {
    model::SentenceTrainOptions sentence;
    sentence.name = arguments.text("--name") + "-sentence";
    sentence.progress = options.progress;
    const auto second = TRY(model::train_sentence(lessons, TRY(model::ModelFile::read(bytes)), sentence));
    const std::string second_bytes = second->write();
    TRY(write_file_atomically(arguments.text("--second"), second_bytes));
    out.fact("second", "Second model", arguments.text("--second"));
    out.fact("second_bytes", "Bytes", cell(static_cast<std::uint64_t>(second_bytes.size())));
    out.fact("second_sha256", "SHA-256", to_hex(view(sha256(second_bytes))));
  }
  return out;
}

Result<Output> measure(const Arguments& arguments) {
  const auto classifier = TRY(open_model(arguments));
  Output out;
  out.fact("model", "Model", std::string(classifier->name()));
  std::vector<std::vector<Output::Cell>> rows;
  if (arguments.given("--data")) {
    const model::Samples samples = TRY(model::read_samples(arguments.text("--data")));
    const model::Quality quality = model::measure(*classifier, samples.all, arguments.texts("--unseen"));
    out.fact("posts", "Posts", cell(static_cast<std::uint64_t>(quality.posts)));
    out.fact("abstained", "of these not judged, for their language",
             cell(static_cast<std::uint64_t>(quality.abstained)));
    out.fact("mean_auc", "Mean AUC inside sources, people's labels (" + std::to_string(quality.means_of) + ")",
             number(quality.mean, 4));
    out.fact("mean_auc_with_weak",
             "Mean AUC inside sources, weak labels, too (" + std::to_string(quality.means_of_with_weak) + ")",
             number(quality.mean_with_weak, 4));
    out.fact("mean_auc_toxicity",
             "Mean AUC inside sources, toxicity (" + std::to_string(quality.means_of_toxicity) + ")",
             number(quality.mean_toxicity, 4));
    for (const model::Quality::OfLabel& of : quality.of_label) {
      const std::string label(model::label_name(of.label));
      const auto positives = cell(static_cast<std::uint64_t>(of.positives)),
                 negatives = cell(static_cast<std::uint64_t>(of.negatives));
      rows.push_back({"label", label, "threshold", number(of.threshold), {}, {}});
      rows.push_back({"label", label, "calibration error", number(of.calibration_error), positives, negatives});
      rows.push_back({"label", label, "caught at threshold", number(of.caught), positives, {}});
      rows.push_back({"label", label, "precision at threshold", number(of.precision), positives, negatives});
      rows.push_back({"label", label, "false alarms at threshold", number(of.false_alarms), {}, negatives});
    }
    for (const model::Quality::InSource& in : quality.in_source) {
      rows.push_back({"source", in.source,
                      std::string(model::label_name(in.label)) + (in.weak ? " AUC, weak labels, too" : " AUC"),
                      number(in.area), cell(static_cast<std::uint64_t>(in.positives)),
                      cell(static_cast<std::uint64_t>(in.negatives))});
    }
    for (const model::Quality::OfGroup& of : quality.of_group) {
      rows.push_back(
          {"group", of.group, "attacks caught", number(of.caught), cell(static_cast<std::uint64_t>(of.attacks)), {}});
      if (of.others > 0) {
        rows.push_back({"group",
                        of.group,
                        "false alarms where named",
                        number(of.false_alarms),
                        {},
                        cell(static_cast<std::uint64_t>(of.others))});
      }
    }
  }
  for (const model::SetFigure& figure :
       model::measure_sets(*classifier, arguments.text("--sets"), arguments.text("--part"))) {
    rows.push_back(
        {"set", figure.set, figure.measure, number(figure.value), cell(static_cast<std::uint64_t>(figure.of)), {}});
  }
  if (rows.empty()) {
    return fail(Code::InvalidInput, "there is nothing to measure on: give --data FILE, or run where tests/sets/ is");
  }
  out.columns({{"kind", "Kind"},
               {"name", "Name"},
               {"measure", "Measure"},
               {"value", "Value"},
               {"positives", "Positives"},
               {"negatives", "Negatives"}});
  for (auto& row : rows) {
    out.row(std::move(row));
  }
  return out;
}

}  // namespace

Command train_command() {
  using Kind = Option::Kind;
  return {
      .name = "train",
      .sentence = "Learn a model from judged posts; the same files give the same bytes",
      .options = {{.name = "file",
                   .sentence = "Tab-separated posts with labels, plain or gzipped",
                   .kind = Kind::Texts,
                   .required = true},
                  {.name = "--dev", .sentence = "Posts that calibration and thresholds are set on", .required = true},
                  {.name = "--contrast",
                   .sentence = "Wordings for all groups to learn from as well: models/contrast.tsv"},
                  {.name = "--out", .sentence = "The file to write", .required = true},
                  {.name = "--second",
                   .sentence = "The file for the second, slower model, learned and calibrated after it"},
                  {.name = "--without", .sentence = "Sources to leave out", .kind = Kind::Texts, .fallback = "ghc"},
                  {.name = "--name", .sentence = "The model's name and version", .fallback = "heed-en-1"},
                  json_option()},
      .run = [](const Arguments& arguments) { return print(learn(arguments), arguments); }};
}

Command bench_model_command() {
  using Kind = Option::Kind;
  return {.name = "model",
          .sentence = "Measure a model on judged posts, and on the sets in tests/sets/ where they are",
          .options = {{.name = "--data", .sentence = "Tab-separated posts with labels, plain or gzipped"},
                      {.name = "--model", .sentence = "A linear model's file; without it the one that ships"},
                      {.name = "--second",
                       .sentence = "A second model's file; without it the one that ships, or none beside --model"},
                      {.name = "--first", .sentence = "The linear model alone", .kind = Kind::Flag},
                      {.name = "--unseen",
                       .sentence = "Sources shown apart and left out of the means",
                       .kind = Kind::Texts,
                       .fallback = "ghc"},
                      {.name = "--sets", .sentence = "The folder of sets", .fallback = "tests/sets"},
                      {.name = "--part",
                       .sentence = "Which part of the sets",
                       .fallback = "held",
                       .choices = {"held", "tune"}},
                      json_option()},
          .run = [](const Arguments& arguments) { return print(measure(arguments), arguments); }};
}

}  // namespace heed::app
