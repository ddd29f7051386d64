#include "adapters/perspective/attribute.h"

namespace heed::adapters::perspective {

std::optional<Label> label_of(std::string_view attribute) {
  struct Row {
    std::string_view name;
    Label label;
    bool has_experimental_twin;
  };
  static constexpr Row kRows[] = {
      {"TOXICITY", Label::Toxicity, true},
      {"SEVERE_TOXICITY", Label::SevereToxicity, true},
      {"IDENTITY_ATTACK", Label::IdentityAttack, true},
      {"INSULT", Label::Insult, true},
      {"PROFANITY", Label::Profanity, true},
      {"THREAT", Label::Threat, true},
      {"SEXUALLY_EXPLICIT", Label::SexuallyExplicit, false},
      {"TOXICITY_FAST", Label::Toxicity, false},
  };
  static constexpr std::string_view kTwin = "_EXPERIMENTAL";
  std::string_view name = attribute.substr(0, attribute.find('@'));
  const bool twin = name.ends_with(kTwin);
  if (twin) {
    name.remove_suffix(kTwin.size());
  }
  for (const Row& row : kRows) {
    if (row.name == name && (!twin || row.has_experimental_twin)) {
      return row.label;
    }
  }
  return std::nullopt;
}

}  // namespace heed::adapters::perspective
