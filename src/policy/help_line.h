#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "policy/localized.h"

namespace heed::policy {

/// A public place that helps people, with no tie to the platform. policies/<pack>/help_lines.yaml.
struct HelpLine {
  std::string id;                   ///< "de_telefonseelsorge"
  std::string country;              ///< ISO 3166-1 alpha-2, or "EU"
  std::string name;                 ///< as it calls itself
  std::vector<std::string> topics;  ///< from kHelpTopics
  std::vector<std::string> phones, languages;
  std::string url, hours;  ///< "" when there is none or it is not known
  Localized text;          ///< one sentence: what for
  std::string checked;     ///< "2026-11-01": when somebody last made sure that it is right
};

/// "emergency", "suicide", "violence_against_women", …
extern const std::vector<std::string_view> kHelpTopics;

/// Lines for a person in `country` (emergency first, then in file order), those of the EU for its members included.
/// Empty `topic`: all. An unknown country gives none: a wrong number is worse than none.
std::vector<const HelpLine*> help_lines_for(const std::vector<HelpLine>& lines, std::string_view country,
                                            std::string_view topic);

}  // namespace heed::policy
