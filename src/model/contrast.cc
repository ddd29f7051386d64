#include "model/contrast.h"

#include <algorithm>
#include <array>

#include "model/augment.h"

namespace heed::model {
namespace {

constexpr std::array<std::string_view, 20> kGroups = {
    "women",      "muslims",    "jews",         "immigrants",   "refugees",
    "gay people", "gays",       "trans people", "black people", "disabled people",
    "asians",     "mexicans",   "christians",   "hindus",       "lesbians",
    "arabs",      "foreigners", "africans",     "indians",      "old people"};
constexpr std::string_view kGroupsMark = "{groups}", kClaimMark = "{claim}";
constexpr std::uint64_t kSeed = 7;
constexpr std::size_t kClaimsPerFrame = 60;

std::string filled(std::string_view text, std::string_view mark, std::string_view with) {
  const std::size_t at = text.find(mark);
  return std::string(text.substr(0, at)) + std::string(with) + std::string(text.substr(at + mark.size()));
}

void set(Sample& sample, Label label, bool value) { sample.labels[index(label)] = value ? 1 : 0; }

}  // namespace

Result<std::vector<Sample>> parse_contrast(std::string_view tsv) {
  std::vector<Sample> out;
  struct Frame {
    Sample sample;
    std::string_view text;
  };
  std::vector<Frame> frames;
  std::vector<std::string_view> claims;
  bool header = true;
  for (std::size_t number = 1; !tsv.empty(); ++number) {
    const std::string_view line = tsv.substr(0, tsv.find('\n'));
    tsv.remove_prefix(std::min(tsv.size(), line.size() + 1));
    if (line.empty() || line.front() == '#') {
      continue;
    }
    const std::size_t first = line.find('\t'), second = line.find('\t', first + 1);
    const std::string_view label = line.substr(0, first);
    if (second == std::string_view::npos || (header ? label != "label" : label != "0" && label != "1")) {
      return fail(Code::InvalidInput,
                  "contrast:" + std::to_string(number) + ": a line must be label (0 or 1), kind, text");
    }
    if (header) {
      header = false;
      continue;
    }
    const std::string_view kind = line.substr(first + 1, second - first - 1), text = line.substr(second + 1);
    Sample sample;
    sample.source = "contrast";
    sample.labels.fill(-1);
    const bool attack = label == "1";
    set(sample, Label::Toxicity, attack);
    set(sample, Label::IdentityAttack, attack && kind != "insult");
    set(sample, Label::Threat, kind == "threat");
    if (!attack || kind == "insult") {
      set(sample, Label::Insult, attack);
      set(sample, Label::SevereToxicity, false);
    }
    if (text.find(kClaimMark) != std::string_view::npos) {
      frames.push_back({std::move(sample), text});
    } else if (text.find(kGroupsMark) != std::string_view::npos) {
      for (std::string_view group : kGroups) {
        sample.text = filled(text, kGroupsMark, group);
        out.push_back(sample);
      }
      if (attack && kind != "threat") {
        claims.push_back(text);
      }
    } else {
      sample.text = text;
      out.push_back(std::move(sample));
    }
  }
  Random random(kSeed);
  for (Frame& frame : frames) {
    for (std::size_t i = 0; i < kClaimsPerFrame && !claims.empty(); ++i) {
      const std::string claim =
          filled(claims[random.below(claims.size())], kGroupsMark, kGroups[random.below(kGroups.size())]);
      frame.sample.text = filled(frame.text, kClaimMark, claim);
      out.push_back(frame.sample);
    }
  }
  return out;
}

}  // namespace heed::model
