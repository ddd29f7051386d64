// Any bytes as a post: folded, split, and every other reading on whole tokens and characters, with and
// without a list; what a model is told must not depend on the list.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "text/fold.h"
#include "text/language.h"
#include "text/unmask.h"

namespace {

using namespace heed;

const text::Vocabulary& words() {
  static const text::Vocabulary listed = [] {
    text::Vocabulary out;
    for (const char* word :
         {"kill", "you", "yourself", "kys", "hate", "stupid", "идиот", "ass", "rapist", "i", "aa", "kk", "ill"}) {
      out.add(word, true);
    }
    out.finish();
    return out;
  }();
  return listed;
}

std::string meant(std::string_view folded, const std::vector<text::Token>& tokens, const text::Readings& readings) {
  std::string out;
  text::each_meant_word(folded, tokens, readings,
                        [&](std::string_view word, std::uint32_t first, std::uint32_t, text::Tricks tricks) {
                          out += std::to_string(first) + std::string(word) + std::to_string(tricks) + ' ';
                        });
  return out;
}

void check(bool holds) {
  if (!holds) {
    std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static text::Folded folded;
  static std::vector<text::Token> tokens;
  static text::UnmaskScratch scratch;
  static text::Readings readings;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  text::fold(bytes, folded);
  text::tokenize(folded.text, tokens);
  (void)text::guess_language(folded.text, tokens);
  text::unmask(folded.text, tokens, nullptr, scratch, readings);
  const std::string without = meant(folded.text, tokens, readings);
  text::unmask(folded.text, tokens, &words(), scratch, readings);
  if (readings.all.size() < text::kReadingsMax / 2) {  // far from the bound, which lists do reach sooner
    check(meant(folded.text, tokens, readings) == without);
  }
  std::uint32_t before = 0;
  for (const text::Reading& reading : readings.all) {
    check(before <= reading.first && reading.first <= reading.last && reading.last < tokens.size());
    before = reading.first;
    check(reading.begin <= tokens[reading.first].begin && tokens[reading.last].end <= reading.end);
    check(reading.end <= folded.text.size() && reading.tricks != 0);
    check(reading.hash == text::hash_word(readings.word(reading)));
    check(!valid_utf8(bytes) || valid_utf8(readings.word(reading)));
    const auto [start, end] = folded.original(reading.begin, reading.end);
    check(start < end);
    check(end <= bytes.size());
  }
  for (const text::Sign& sign : readings.signs) {
    check(sign.begin < sign.end && sign.end <= folded.text.size());
  }
  return 0;
}
