// Bytes up to the first zero as patterns, one a line, the rest as a post: one scan says what one pattern at a
// time says, and the plain finds are the same with readings and without.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "match/scanner.h"

namespace {

using namespace heed;

void check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

void check_patterns(std::string_view lines, std::string_view post) {
  std::vector<match::Pattern> patterns;
  while (!lines.empty() && patterns.size() < 16) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    const bool literal = !line.empty() && line.front() == '=';
    match::Pattern pattern{std::string(literal ? line.substr(1) : line),
                           literal ? match::Pattern::Kind::Literal : match::Pattern::Kind::Regex};
    if (match::PatternSet::make({pattern})) {
      patterns.push_back(std::move(pattern));
    }
  }
  const auto set = match::PatternSet::make(std::move(patterns));
  check(set.has_value());
  std::vector<std::uint32_t> fired, expected;
  (*set)->scan(post, fired);
  for (std::uint32_t number = 0; number < (*set)->patterns().size(); ++number) {
    if ((*set)->matches(number, post)) {
      expected.push_back(number);
      match::Span span;
      check((*set)->find(number, post, 0, span) && span.begin <= span.end && span.end <= post.size());
    }
  }
  check(fired == expected);
}

void check_terms(std::string_view post) {
  static const auto scanner = [] {
    match::TermList list{"a", "1", {}};
    for (const char* term :
         {"i will kill you", "kill (you|yourself)", "kys", "a a a", "a (a|aa|b) a", "stupid", "@ die"}) {
      list.entries.push_back({std::to_string(list.entries.size()), term, "c", "", 1, "", "", "", {}, 0});
    }
    list.entries.push_back({"f", "really", std::string(match::Matcher::kFiller), "", 0, "", "", "", {}, 0});
    return *match::Scanner::make({{list}, {}, {}});
  }();
  static match::Prepared prepared;
  static match::Hits hits;
  static std::vector<match::Match> plain;
  scanner->prepare(post, prepared);
  scanner->scan(prepared, {}, hits);
  scanner->terms().scan(prepared.folded.text, prepared.tokens, {}, plain);
  std::size_t next = 0;
  for (const match::Match& found : hits.terms) {
    check(found.begin < found.end && found.end <= prepared.folded.text.size());
    check(found.first_token <= found.last_token && found.last_token < prepared.tokens.size());
    if (found.tricks == 0) {
      check(next < plain.size() && plain[next] == found);
      ++next;
    }
  }
  check(next == plain.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const std::size_t cut = std::min(bytes.find('\0'), bytes.size());
  const std::string_view post = bytes.substr(std::min(cut + 1, bytes.size()));
  if (cut < 400) {
    check_patterns(bytes.substr(0, cut), post);
  }
  check_terms(post);
  return 0;
}
