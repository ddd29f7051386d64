#pragma once
// GCC 12 with a sanitizer takes parts of std::regex for uninitialized.
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <regex>

#include "api/testing_desk.h"

/// Test support: what a person sees, so that two houses can be held against each other.
namespace heed::api {

/// What is drawn at random in every house, or is of the whole installation, says nothing about anybody.
inline std::string blanked(std::string text) {
  static const std::vector<std::pair<std::regex, std::string>> kBlanks = {
      {std::regex(R"(h[dgt]_[A-Za-z0-9_-]+)"), "secret"},
      {std::regex(R"([a-z]{3}_[0-9A-HJKMNP-TV-Z]{26})"), "id"},
      {std::regex(R"(H-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})"), "number"},
      {std::regex(R"(R-[0-9A-HJKMNP-TV-Z]{4})"), "reviewer"},
      {std::regex(R"([0-9a-f]{64})"), "hash"},
      {std::regex(R"([A-Za-z0-9_/+-]{86}(==)?)"), "signature"},
      {std::regex(R"([A-Za-z0-9_/+-]{43}=)"), "key"},
      {std::regex(R"([0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4})"), "code"},
  };
  for (const auto& [what, by] : kBlanks) {
    text = std::regex_replace(text, what, by);
  }
  return text;
}

/// A file's proof without the way to the root, whose length tells of the size of a commit: of the whole installation.
inline std::string of_a_file(nlohmann::json file) {
  for (nlohmann::json& event : file["payload"]["proof"]["events"]) {
    event.erase("path");
  }
  return file["payload"].dump();
}

}  // namespace heed::api
