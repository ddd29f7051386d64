// Any bytes as a server's answer to our client, whole and byte by byte.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/response_parser.h"

namespace {

std::string transcript(std::string_view text, std::size_t piece) {
  heed::http::ResponseParser parser;
  parser.reset(/*head_request=*/false);
  std::string body;
  while (!text.empty() && !parser.done()) {
    std::string_view part = text.substr(0, piece);
    text.remove_prefix(part.size());
    if (!parser.feed(part, body)) {
      return "refused";
    }
  }
  bool whole = parser.feed_end().has_value();
  return std::to_string(parser.head().status) + (whole ? " whole " : " torn ") + body;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  if (transcript(text, size + 1) != transcript(text, 1)) {
    std::abort();
  }
  return 0;
}
