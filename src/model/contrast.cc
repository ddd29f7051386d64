#include "model/contrast.h"

#include <algorithm>
#include <array>
#include <map>

#include "model/augment.h"

namespace heed::model {
namespace {

/// One group as wordings need it: {groups}, {a_group}, {adj}.
struct Group {
  std::string_view many, one, adjective;
};
constexpr std::array<Group, 40> kGroups = {{{"women", "a woman", "female"},
                                            {"muslims", "a muslim", "muslim"},
                                            {"jews", "a jew", "jewish"},
                                            {"immigrants", "an immigrant", "immigrant"},
                                            {"refugees", "a refugee", "refugee"},
                                            {"gay people", "a gay man", "gay"},
                                            {"gays", "a gay", "gay"},
                                            {"trans people", "a trans woman", "trans"},
                                            {"black people", "a black man", "black"},
                                            {"disabled people", "a disabled person", "disabled"},
                                            {"asians", "an asian", "asian"},
                                            {"mexicans", "a mexican", "mexican"},
                                            {"christians", "a christian", "christian"},
                                            {"hindus", "a hindu", "hindu"},
                                            {"lesbians", "a lesbian", "lesbian"},
                                            {"arabs", "an arab", "arab"},
                                            {"foreigners", "a foreigner", "foreign"},
                                            {"africans", "an african", "african"},
                                            {"indians", "an indian", "indian"},
                                            {"old people", "an old woman", "old"},
                                            {"gypsies", "a gypsy", "gypsy"},
                                            {"roma", "a roma woman", "roma"},
                                            {"native americans", "a native american", "native american"},
                                            {"chinese people", "a chinese woman", "chinese"},
                                            {"turks", "a turk", "turkish"},
                                            {"poles", "a pole", "polish"},
                                            {"albanians", "an albanian", "albanian"},
                                            {"pakistanis", "a pakistani", "pakistani"},
                                            {"latinos", "a latino", "latino"},
                                            {"asylum seekers", "an asylum seeker", "migrant"},
                                            {"bisexuals", "a bisexual", "bisexual"},
                                            {"queer people", "a queer person", "queer"},
                                            {"autistic people", "an autistic boy", "autistic"},
                                            {"deaf people", "a deaf man", "deaf"},
                                            {"catholics", "a catholic", "catholic"},
                                            {"sikhs", "a sikh", "sikh"},
                                            {"nigerians", "a nigerian", "nigerian"},
                                            {"syrians", "a syrian", "syrian"},
                                            {"girls", "a girl", "female"},
                                            {"feminists", "a feminist", "feminist"}}};
constexpr std::string_view kClaimMark = "{claim}";
constexpr std::uint64_t kSeed = 7;
constexpr std::size_t kClaimsPerFrame = 60, kGroupsPerWording = 20, kFillings = 24;

using Slots = std::map<std::string_view, std::vector<std::string_view>>;

bool names_group(std::string_view text) {
  return text.find("{groups}") != std::string_view::npos || text.find("{a_group}") != std::string_view::npos ||
         text.find("{adj}") != std::string_view::npos;
}

/// `text` with every {slot} filled; a slot that is not known stays.
std::string filled(std::string_view text, const Group& group, std::string_view claim, const Slots& slots,
                   Random& random) {
  std::string out;
  while (!text.empty()) {
    const std::size_t open = text.find('{'), close = text.find('}', open);
    if (close == std::string_view::npos) {
      break;
    }
    const std::string_view name = text.substr(open + 1, close - open - 1);
    out += text.substr(0, open);
    if (name == "groups") {
      out += group.many;
    } else if (name == "a_group") {
      out += group.one;
    } else if (name == "adj") {
      out += group.adjective;
    } else if (name == "claim") {
      out += claim;
    } else if (const auto slot = slots.find(name); slot != slots.end()) {
      out += slot->second[random.below(slot->second.size())];
    }
    text.remove_prefix(close + 1);
  }
  return out += text;
}

std::vector<std::string_view> split(std::string_view values) {
  std::vector<std::string_view> out;
  for (;;) {
    const std::size_t end = values.find('|');
    out.push_back(values.substr(0, end));
    if (end == std::string_view::npos) {
      return out;
    }
    values.remove_prefix(end + 1);
  }
}

void set(Sample& sample, Label label, bool value) { sample.labels[index(label)] = value ? 1 : 0; }

Sample labelled(bool attack, std::string_view kind) {
  Sample sample;
  const bool of_group = kind != "insult" && kind != "menace";
  sample.source = "contrast";
  sample.labels.fill(-1);
  set(sample, Label::Toxicity, attack);
  set(sample, Label::IdentityAttack, attack && of_group);
  set(sample, Label::Threat, attack && (kind == "threat" || kind == "menace"));
  if (!attack || kind == "insult") {
    set(sample, Label::Insult, attack);
    set(sample, Label::SevereToxicity, false);
  }
  return sample;
}

}  // namespace

Result<std::vector<Sample>> parse_contrast(std::string_view tsv) {
  std::vector<Sample> out;
  struct Frame {
    Sample sample;
    std::string_view text;
  };
  std::vector<Frame> frames;
  std::vector<std::string_view> claims;
  Slots slots;
  Random random(kSeed);
  bool header = true;
  for (std::size_t number = 1; !tsv.empty(); ++number) {
    const std::string_view line = tsv.substr(0, tsv.find('\n'));
    tsv.remove_prefix(std::min(tsv.size(), line.size() + 1));
    if (line.empty() || line.front() == '#') {
      continue;
    }
    const std::size_t first = line.find('\t'), second = line.find('\t', first + 1);
    const std::string_view label = line.substr(0, first);
    if (second == std::string_view::npos ||
        (header ? label != "label" : label != "0" && label != "1" && label != "slot")) {
      return fail(Code::InvalidInput, "contrast:" + std::to_string(number) +
                                          ": a line must be label (0 or 1), kind, text, or slot, name, values");
    }
    if (header) {
      header = false;
      continue;
    }
    const std::string_view kind = line.substr(first + 1, second - first - 1), text = line.substr(second + 1);
    if (label == "slot") {
      slots[kind] = split(text);
      continue;
    }
    Sample sample = labelled(label == "1", kind);
    const auto put = [&](std::string filling) {
      sample.text = std::move(filling);
      out.push_back(sample);
    };
    if (text.find(kClaimMark) != std::string_view::npos) {
      frames.push_back({std::move(sample), text});
    } else if (names_group(text)) {
      const std::size_t from = random.below(kGroups.size());
      for (std::size_t i = 0; i < kGroupsPerWording; ++i) {
        // 3 has no divisor in common with 40: no group twice.
        put(filled(text, kGroups[(from + 3 * i) % kGroups.size()], {}, slots, random));
      }
      if (label == "1" && kind != "threat") {
        claims.push_back(text);
      }
    } else if (text.find('{') != std::string_view::npos) {
      for (std::size_t i = 0; i < kFillings; ++i) {
        put(filled(text, {}, {}, slots, random));
      }
    } else {
      put(std::string(text));
    }
  }
  for (Frame& frame : frames) {
    for (std::size_t i = 0; i < kClaimsPerFrame && !claims.empty(); ++i) {
      const std::string claim =
          filled(claims[random.below(claims.size())], kGroups[random.below(kGroups.size())], {}, slots, random);
      frame.sample.text = filled(frame.text, {}, claim, slots, random);
      out.push_back(frame.sample);
    }
  }
  return out;
}

}  // namespace heed::model
