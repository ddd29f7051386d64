#include "text/signs.h"

#include <algorithm>

namespace heed::text {
namespace {

constexpr std::size_t kEchoBytesMax = 80, kSignsMax = 256;

/// One or two numbers beside one another, with a sign or blank between.
struct Code {
  std::string_view first, second, name;
};
constexpr Code kCodes[] = {{"1488", "", "code_1488"},  {"14", "88", "code_1488"}, {"88", "", "code_88"},
                           {"13", "50", "code_1350"},  {"13", "52", "code_1350"}, {"13", "90", "code_1390"},
                           {"1350", "", "code_1350"},  {"1352", "", "code_1350"}, {"1390", "", "code_1390"},
                           {"109", "110", "code_109"}, {"6mwe", "", "code_6mwe"}, {"271k", "", "code_271k"}};

bool joins(std::string_view between) {
  return between.size() == 1 && std::string_view(" /-:.|").find(between.front()) != std::string_view::npos;
}

}  // namespace

void find_signs(std::string_view folded, const std::vector<Token>& tokens, std::vector<Sign>& out) {
  const auto put = [&](Sign::Kind kind, std::size_t begin, std::size_t end, std::string_view name) {
    if (out.size() < kSignsMax) {
      out.push_back({kind, static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end), name});
    }
  };
  for (std::size_t open = folded.find("((("); open != std::string_view::npos; open = folded.find("(((", open)) {
    const std::size_t inside = std::min(folded.find_first_not_of('(', open), folded.size());
    const std::size_t close = folded.substr(inside, kEchoBytesMax).find(")))");
    if (close == std::string_view::npos || close == 0) {
      open = inside;
      continue;
    }
    const std::size_t end = std::min(folded.find_first_not_of(')', inside + close), folded.size());
    put(Sign::Kind::Echo, open, end, "echo");
    open = end;
  }
  const auto word = [&](std::size_t i) { return folded.substr(tokens[i].begin, tokens[i].end - tokens[i].begin); };
  for (std::size_t i = 0; i < tokens.size(); ++i) {
    if (tokens[i].kind != Token::Kind::Number) {
      continue;
    }
    for (const Code& code : kCodes) {
      if (word(i) != code.first) {
        continue;
      }
      if (code.second.empty()) {
        put(Sign::Kind::Code, tokens[i].begin, tokens[i].end, code.name);
        break;
      }
      if (i + 1 < tokens.size() && word(i + 1) == code.second &&
          joins(folded.substr(tokens[i].end, tokens[i + 1].begin - tokens[i].end))) {
        put(Sign::Kind::Code, tokens[i].begin, tokens[i + 1].end, code.name);
        ++i;
        break;
      }
    }
  }
}

}  // namespace heed::text
