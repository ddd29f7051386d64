#pragma once
#include "rule/environment.h"

/// The functions of the language, a family a file in this folder. Each family is one list of declarations
/// with their implementations beside them; a function that needs something of Heed is declared by who has it
/// (assess).
namespace heed::rule {

/// Where `needle` first stands in `text` from byte `from` on, or npos; linear whatever both are, unlike
/// std::string_view::find.
std::size_t find_text(std::string_view text, std::string_view needle, std::size_t from = 0);

std::vector<Function> string_functions();      ///< size, contains, startsWith, endsWith, matches
std::vector<Function> conversion_functions();  ///< int, uint, double, string, bytes, bool, timestamp, duration
std::vector<Function> time_functions();        ///< getHours and its kin
/// Beyond the standard: lowerAscii, split, join and others, as the common extension libraries have them.
std::vector<Function> more_string_functions();
std::vector<Function> math_functions();  ///< math.greatest, math.least, math.abs …

}  // namespace heed::rule
