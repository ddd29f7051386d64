#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "policy/localized.h"

namespace heed::policy {

/// What a person who reports is asked: steps, fields and words as data, from which web pages and apps draw the flow.
/// policies/<pack>/report_flow.yaml; a pack without that file has the built-in one. The ids of symptoms and fields are
/// those of a report (API); who reads this checks nothing else.
struct ReportFlow {
  struct Option {
    std::string id;
    std::string needs;                ///< from kNeeds; "": for everybody
    Localized title, text;            ///< `text` may be empty
    std::vector<std::string> topics;  ///< of help lines that belong to this answer (help_line.h)
  };
  struct Field {
    std::string id;
    std::string kind;   ///< from kFieldKinds
    std::string needs;  ///< from kNeeds
    bool required = false;
    std::string when_field;  ///< asked only when that field has one of `when_is`; "": always
    std::vector<std::string> when_is;
    Localized label, text, missing;  ///< `missing`: what is said when a required answer is not there
    std::vector<Option> options;
  };
  struct Step {
    std::string id;
    Localized title, text;
    std::vector<Field> fields;
  };
  std::string version;
  std::vector<Option> symptoms;
  std::vector<Step> steps;  ///< at most kStepsMax
  std::map<std::string, Localized, std::less<>> texts;
  std::map<std::string, Localized, std::less<>> legal_notice;  ///< of the form for Article 16 DSA
  /// "" for a name that is not there.
  static const std::string& text(const std::map<std::string, Localized, std::less<>>& texts, std::string_view name,
                                 std::string_view locale);
};

constexpr std::size_t kStepsMax = 6;
extern const std::vector<std::string_view> kFieldKinds;  ///< "choose_one", "choose_many", "long_text", …
extern const std::vector<std::string_view> kNeeds;  ///< "account", "no_account", "account_and_me", "account_and_pile"

}  // namespace heed::policy
