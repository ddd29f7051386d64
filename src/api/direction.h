#pragma once
#include <algorithm>
#include <array>
#include <string_view>

namespace heed::api {

/// "he-IL" → "he".
inline std::string_view language_of(std::string_view locale) { return locale.substr(0, locale.find_first_of("-_")); }

/// The direction in which that language is written, as HTML and CSS say it.
inline std::string_view direction_of(std::string_view locale) {
  constexpr std::array<std::string_view, 10> kRightToLeft = {"ar", "ckb", "dv", "fa", "he",
                                                             "ps", "sd",  "ug", "ur", "yi"};
  return std::find(kRightToLeft.begin(), kRightToLeft.end(), language_of(locale)) != kRightToLeft.end() ? "rtl" : "ltr";
}

}  // namespace heed::api
