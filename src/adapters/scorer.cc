#include "adapters/scorer.h"

namespace heed::adapters {

std::string_view label_name(Label label) {
  static constexpr std::string_view kNames[kLabels] = {"toxicity",  "severe_toxicity", "identity_attack",  "insult",
                                                       "profanity", "threat",          "sexually_explicit"};
  return kNames[static_cast<std::size_t>(label)];
}

std::string primary_language(std::string_view tag) {
  std::string out;
  for (char c : tag) {
    if (c == '-' || c == '_') {
      break;
    }
    const bool upper = c >= 'A' && c <= 'Z';
    if ((!upper && !(c >= 'a' && c <= 'z')) || out.size() == 8) {
      return {};
    }
    out += upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out.size() >= 2 ? out : std::string();
}

}  // namespace heed::adapters
