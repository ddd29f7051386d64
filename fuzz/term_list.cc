// Any bytes as a term list, up to a NUL; the rest as a post that is matched against it.
#include <cstdint>
#include <cstdlib>

#include "match/matcher.h"
#include "text/fold.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = std::min(bytes.find('\0'), bytes.size());
  auto list = match::parse_term_list("x", bytes.substr(0, cut));
  if (!list) {
    return 0;
  }
  auto again = match::parse_term_list("x", match::write_term_list(*list));
  if (!again || again->entries.size() != list->entries.size()) {
    std::abort();
  }
  auto matcher = match::Matcher::make({*std::move(list)});
  if (!matcher) {
    return 0;
  }
  text::Folded folded;
  std::vector<text::Token> tokens;
  std::vector<match::Match> matches;
  text::fold(bytes.substr(cut), folded);
  text::tokenize(folded.text, tokens);
  (*matcher)->scan(folded.text, tokens, Time{}, matches);
  for (const match::Match& match : matches) {
    if (match.first_token > match.last_token || match.last_token >= tokens.size() ||
        match.entry >= (*matcher)->lists()[match.list].entries.size()) {
      std::abort();
    }
  }
  return 0;
}
