#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "text/token.h"

namespace heed::text {

/// A guess from scripts and from the little words that a language cannot do without (some forty each). Names
/// are BCP 47.
enum class Language : std::uint8_t {
  Unknown,
  En,
  De,
  Fr,
  Es,
  It,
  Pt,
  Nl,
  Pl,
  Tr,
  Sv,
  Ru,
  Uk,
  Ar,
  Fa,
  He,
  El,
  Hi,
  Ja,
  Ko,
  Zh
};
std::string_view language_name(Language language);  ///< "en"; "und" for Unknown

struct LanguageGuess {
  Language language = Language::Unknown;
  /// Of the words that speak for any language, the share that speaks for this one; 0 for Unknown.
  float confidence = 0;
};

/// Unknown is an honest answer: too few known words, two languages as likely as each other, or none of these.
/// Linear.
LanguageGuess guess_language(std::string_view folded, const std::vector<Token>& tokens);

}  // namespace heed::text
