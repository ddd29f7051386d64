#include "model/quality.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <set>

#include "base/file.h"
#include "model/calibrate.h"

namespace heed::model {
namespace {

constexpr std::size_t kCasesMin = 20;

/// Rows of a tab-separated file by the names of its columns.
std::vector<std::map<std::string, std::string, std::less<>>> read_rows(const std::filesystem::path& path) {
  std::vector<std::map<std::string, std::string, std::less<>>> rows;
  const auto bytes = read_file(path);
  if (!bytes) {
    return rows;
  }
  std::vector<std::string> names;
  for (std::string_view rest = *bytes; !rest.empty();) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    std::vector<std::string> cells;
    for (;;) {
      const std::size_t end = line.find('\t');
      cells.emplace_back(line.substr(0, end));
      if (end == std::string_view::npos) {
        break;
      }
      line.remove_prefix(end + 1);
    }
    if (names.empty()) {
      names = std::move(cells);
    } else if (cells.size() == names.size()) {
      auto& row = rows.emplace_back();
      for (std::size_t i = 0; i < names.size(); ++i) {
        row[names[i]] = std::move(cells[i]);
      }
    }
  }
  return rows;
}

/// Words that name a group of the samples' column "target", for the false alarms on posts that are about it.
bool names_group(std::string_view folded, std::string_view group) {
  static const std::map<std::string_view, std::vector<std::string_view>> kNames = {
      {"jews", {"jew", "jews", "jewish"}},
      {"women", {"woman", "women", "girls", "female", "females"}},
      {"muslims", {"muslim", "muslims", "islam"}},
      {"black", {"black", "blacks", "african"}},
      {"lgbt", {"gay", "gays", "lesbian", "lesbians", "trans", "transgender", "queer", "homosexual"}},
      {"disabled", {"disabled", "blind", "deaf", "autistic", "wheelchair"}},
      {"immigrants", {"immigrant", "immigrants", "refugee", "refugees", "migrant", "migrants"}}};
  const auto found = kNames.find(group);
  if (found == kNames.end()) {
    return false;
  }
  std::vector<text::Token> tokens;
  text::tokenize(folded, tokens);
  return std::any_of(tokens.begin(), tokens.end(), [&](const text::Token& token) {
    const std::string_view word = folded.substr(token.begin, token.end - token.begin);
    return std::find(found->second.begin(), found->second.end(), word) != found->second.end();
  });
}

/// Yes and no, counted.
struct Share {
  std::size_t yes = 0, all = 0;
  void add(bool is) {
    yes += is ? 1 : 0;
    ++all;
  }
  double value() const { return all > 0 ? static_cast<double>(yes) / static_cast<double>(all) : 0; }
};

/// The mean of both classes' F1: those that should be flagged and were, those that should not and were not.
double macro_f1(const Share& caught, const Share& spared) {
  const auto hit = static_cast<double>(caught.yes), left = static_cast<double>(spared.yes);
  const double wrong = static_cast<double>(caught.all + spared.all) - hit - left;
  return (2 * hit / (2 * hit + wrong) + 2 * left / (2 * left + wrong)) / 2;
}

void measure_pairs(Judge& judge, const Classifier& classifier, const std::filesystem::path& path, std::string_view part,
                   std::vector<SetFigure>& out) {
  Share caught, spared, caught_by_identity, spared_by_identity;
  std::map<std::string, Share> by_kind, by_group;
  for (const auto& row : read_rows(path)) {
    if (row.find("part")->second != part) {
      continue;
    }
    const bool flagged = judge.flags(row.find("text")->second), hate = row.find("label")->second == "1";
    (hate ? caught : spared).add(flagged == hate);
    const bool by_identity =
        judge.score(row.find("text")->second)[Label::IdentityAttack] >= classifier.threshold(Label::IdentityAttack);
    (hate ? caught_by_identity : spared_by_identity).add(by_identity == hate);
    by_kind[row.find("functionality")->second].add(flagged == hate);
    by_group[row.find("group")->second].add(flagged == hate);
  }
  if (caught.all == 0 || spared.all == 0) {
    return;
  }
  out.push_back({"minimal_pairs", "macro-F1", macro_f1(caught, spared), caught.all + spared.all});
  out.push_back({"minimal_pairs", "hate caught", caught.value(), caught.all});
  out.push_back({"minimal_pairs", "harmless left alone", spared.value(), spared.all});
  out.push_back({"minimal_pairs", "macro-F1, identity_attack alone", macro_f1(caught_by_identity, spared_by_identity),
                 caught.all + spared.all});
  out.push_back({"minimal_pairs", "hate caught, identity_attack alone", caught_by_identity.value(), caught.all});
  out.push_back(
      {"minimal_pairs", "harmless left alone, identity_attack alone", spared_by_identity.value(), spared.all});
  for (const auto& [kind, share] : by_kind) {
    out.push_back({"minimal_pairs", "right: " + kind, share.value(), share.all});
  }
  for (const auto& [group, share] : by_group) {
    out.push_back({"minimal_pairs", "right, group " + group, share.value(), share.all});
  }
}

void measure_evasions(Judge& judge, const std::filesystem::path& path, std::string_view part,
                      std::vector<SetFigure>& out) {
  Share plain_caught, evaded_caught, benign_flagged;
  std::map<std::string, Share> by_kind;
  bool plain = false;
  for (const auto& row : read_rows(path)) {
    if (row.find("part")->second != part) {
      continue;
    }
    const std::string& variant = row.find("variant")->second;
    const bool flagged = judge.flags(row.find("text")->second);
    if (variant == "plain") {
      plain = flagged;
      plain_caught.add(flagged);
    } else if (variant == "evaded" && plain) {
      evaded_caught.add(flagged);
      by_kind[row.find("kind")->second].add(flagged);
    } else if (variant == "benign") {
      benign_flagged.add(flagged);
    }
  }
  if (plain_caught.all == 0) {
    return;
  }
  out.push_back({"evasions", "plain caught", plain_caught.value(), plain_caught.all});
  out.push_back({"evasions", "of these caught disguised", evaded_caught.value(), evaded_caught.all});
  out.push_back({"evasions", "benign flagged", benign_flagged.value(), benign_flagged.all});
  for (const auto& [kind, share] : by_kind) {
    out.push_back({"evasions", "caught: " + kind, share.value(), share.all});
  }
}

void measure_threats(Judge& judge, const Classifier& classifier, const std::filesystem::path& path,
                     std::string_view part, std::vector<SetFigure>& out) {
  Share recall, alarms;
  for (const auto& row : read_rows(path)) {
    if (row.find("part")->second == part) {
      const bool flagged = judge.score(row.find("text")->second)[Label::Threat] >= classifier.threshold(Label::Threat);
      (row.find("label")->second == "1" ? recall : alarms).add(flagged);
    }
  }
  if (recall.all > 0) {
    out.push_back({"life_threats", "recall by the model alone", recall.value(), recall.all});
    out.push_back({"life_threats", "false alarms by the model alone", alarms.value(), alarms.all});
  }
}

}  // namespace

Input Judge::read(std::string_view text) {
  text::fold(text, folded_);
  text::tokenize(folded_.text, tokens_);
  text::unmask(folded_.text, tokens_, nullptr, unmask_, readings_);
  return {folded_, tokens_, readings_, text::guess_language(folded_.text, tokens_).language};
}

const Scores& Judge::score(std::string_view text) {
  classifier_.score(read(text), *scratch_, scores_);
  return scores_;
}

const Scores& Judge::score_as_english(std::string_view text) {
  const Input input = read(text);
  classifier_.score({input.folded, input.tokens, input.readings, text::Language::En}, *scratch_, scores_);
  return scores_;
}

Explanation Judge::explain(std::string_view text, Label label) {
  return classifier_.explain(read(text), label, *scratch_);
}

bool Judge::flags(std::string_view text) {
  const Scores& scores = score(text);
  return scores.abstained == Abstention::None &&
         (scores[Label::Toxicity] >= classifier_.threshold(Label::Toxicity) ||
          scores[Label::IdentityAttack] >= classifier_.threshold(Label::IdentityAttack));
}

Quality measure(const Classifier& classifier, const std::vector<Sample>& samples,
                const std::vector<std::string>& unseen) {
  Quality out;
  Judge judge(classifier);
  // By source, label and whether weak labels count; probability stands in for the logit: the order is the
  // same.
  std::map<std::string, std::array<std::array<std::vector<Judged>, 2>, kLabels>> sources;
  std::array<std::vector<Judged>, kLabels> all;
  std::map<std::string, std::pair<Share, Share>> groups;
  std::map<std::string, float> counts;
  for (const Sample& sample : samples) {
    ++counts[sample.source];
  }
  float most = 0;
  for (const auto& [source, count] : counts) {
    most = std::max(most, count);
  }
  text::Folded folded;
  for (const Sample& sample : samples) {
    ++out.posts;
    const bool flagged = judge.flags(sample.text);
    out.abstained += judge.score(sample.text).abstained != Abstention::None ? 1 : 0;
    const Scores scores = judge.score_as_english(sample.text);
    const bool is_unseen = std::find(unseen.begin(), unseen.end(), sample.source) != unseen.end();
    const float weight = std::min(6.0f, std::sqrt(most / counts[sample.source]));
    for (std::size_t i = 0; i < kLabels; ++i) {
      if (sample.labels[i] < 0) {
        continue;
      }
      const Judged judged{scores.logit[i], weight * (sample.is_weak(i) ? 0.5f : 1.0f), sample.labels[i] == 1};
      sources[sample.source][i][1].push_back(judged);
      if (!sample.is_weak(i)) {
        sources[sample.source][i][0].push_back(judged);
      }
      if (!is_unseen) {
        all[i].push_back({scores.probability[i], judged.weight, judged.positive});
      }
    }
    if (is_unseen) {
      continue;
    }
    if (sample.labels[index(Label::IdentityAttack)] == 1 && !sample.target.empty() && sample.target != "none") {
      groups[sample.target].first.add(flagged);
    } else if (sample.labels[index(Label::Toxicity)] == 0) {
      text::fold(sample.text, folded);
      for (std::string_view group : {"jews", "women", "muslims", "black", "lgbt", "disabled", "immigrants"}) {
        if (names_group(folded.text, group)) {
          groups[std::string(group)].second.add(flagged);
        }
      }
    }
  }
  for (const auto& [source, labels] : sources) {
    const bool counts_in_mean = std::find(unseen.begin(), unseen.end(), source) == unseen.end();
    for (std::size_t i = 0; i < kLabels; ++i) {
      for (std::size_t weak = 0; weak < 2; ++weak) {
        const std::vector<Judged>& judged = labels[i][weak];
        const auto positives = static_cast<std::size_t>(
            std::count_if(judged.begin(), judged.end(), [](const Judged& one) { return one.positive; }));
        if (positives < kCasesMin || judged.size() - positives < kCasesMin) {
          continue;
        }
        const double area = area_under_curve(judged);
        out.in_source.push_back({source, static_cast<Label>(i), weak == 1, positives, judged.size() - positives, area});
        if (counts_in_mean) {
          (weak == 1 ? out.mean_with_weak : out.mean) += area;
          ++(weak == 1 ? out.means_of_with_weak : out.means_of);
          if (weak == 0 && i == index(Label::Toxicity)) {
            out.mean_toxicity += area;
            ++out.means_of_toxicity;
          }
        }
      }
    }
  }
  const auto divide = [](double& sum, std::size_t by) { sum = by > 0 ? sum / static_cast<double>(by) : 0; };
  divide(out.mean, out.means_of);
  divide(out.mean_with_weak, out.means_of_with_weak);
  divide(out.mean_toxicity, out.means_of_toxicity);

  for (std::size_t i = 0; i < kLabels; ++i) {
    Quality::OfLabel of;
    of.label = static_cast<Label>(i);
    of.threshold = classifier.threshold(of.label);
    Share caught, alarms;
    double bins[10][2] = {}, total = 0;
    for (const Judged& one : all[i]) {
      (one.positive ? caught : alarms).add(one.logit >= of.threshold);
      const std::size_t bin = std::min<std::size_t>(9, static_cast<std::size_t>(one.logit * 10));
      bins[bin][0] += one.weight * one.logit;
      bins[bin][1] += one.positive ? one.weight : 0;
      total += one.weight;
    }
    for (const auto& bin : bins) {
      of.calibration_error += total > 0 ? std::abs(bin[0] - bin[1]) / total : 0;
    }
    of.positives = caught.all;
    of.negatives = alarms.all;
    of.caught = caught.value();
    of.false_alarms = alarms.value();
    const std::size_t called = caught.yes + alarms.yes;
    of.precision = called > 0 ? static_cast<double>(caught.yes) / static_cast<double>(called) : 0;
    out.of_label.push_back(of);
  }
  for (const auto& [group, shares] : groups) {
    out.of_group.push_back({group, shares.first.all, shares.first.value(), shares.second.all, shares.second.value()});
  }
  return out;
}

std::vector<SetFigure> measure_sets(const Classifier& classifier, const std::filesystem::path& folder,
                                    std::string_view part) {
  std::vector<SetFigure> out;
  Judge judge(classifier);
  measure_pairs(judge, classifier, folder / "minimal_pairs.tsv", part, out);
  measure_evasions(judge, folder / "evasions.tsv", part, out);
  measure_threats(judge, classifier, folder / "life_threats.tsv", part, out);
  return out;
}

}  // namespace heed::model
