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
    const auto [begin, end] = folded.original(token.begin, token.end);
    if (begin >= end || end > bytes.size()) {
      std::abort();
    }
    if (!folded.turned.empty()) {
      continue;  // stands in another order, and one word alone may not be enough to tell
    }
    if (begin < last) {
      std::abort();
    }
    last = end;
    text::fold(bytes.substr(begin, end - begin), again);
    if (again.turned.empty() &&
        again.text != std::string_view(folded.text).substr(token.begin, token.end - token.begin)) {
      std::abort();
    }
  }
  return 0;
}
