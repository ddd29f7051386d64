#pragma once
#include <map>
#include <string>
#include <string_view>

namespace heed::policy {

/// A text in several locales; `in("de-AT")` falls back to "de", then to "en".
struct Localized {
  std::map<std::string, std::string, std::less<>> by_locale;
  const std::string& in(std::string_view locale) const;
};

}  // namespace heed::policy
