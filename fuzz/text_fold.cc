// Any bytes as text: folded, split, and every token mapped back to the bytes it came from.
#include <cstdint>
#include <cstdlib>

#include "base/bytes.h"
#include "text/fold.h"
#include "text/token.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  static text::Folded folded, again;
  static std::vector<text::Token> tokens;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  text::fold(bytes, folded);
  text::tokenize(folded.text, tokens);
  if (valid_utf8(bytes) && !valid_utf8(folded.text)) {
    std::abort();
  }
  std::uint32_t last = 0;
  for (const text::Token& token : tokens) {
    const std::uint32_t begin = folded.original_start(token.begin);
    const std::uint32_t end = folded.original_end(token.end);
    if (begin < last || begin >= end || end > bytes.size()) {
      std::abort();
    }
    last = end;
    text::fold(bytes.substr(begin, end - begin), again);
    if (again.text != std::string_view(folded.text).substr(token.begin, token.end - token.begin)) {
      std::abort();
    }
  }
  return 0;
}
