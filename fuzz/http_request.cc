// Any bytes as a connection's input: whole and in pieces must give the same requests, and what is accepted keeps
// the promises that handlers build on.
#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "http/request_parser.h"

namespace {

using heed::http::detail::ParseLimits;
using heed::http::detail::RequestParser;
using Step = RequestParser::Step;

void check(bool good) {
  if (!good) {
    std::abort();
  }
}

/// A transcript of what the parser made of `text`; bodies are joined, so that pieces do not show.
std::string transcript(std::string_view text, std::size_t piece) {
  RequestParser parser(ParseLimits{.head_bytes_max = 1024, .target_bytes_max = 256, .headers_max = 16});
  std::string out, buffer;
  while (true) {
    std::string_view input = buffer;
    Step step = parser.next(input);
    std::size_t used = buffer.size() - input.size();
    if (step == Step::Data) {
      check(!parser.data().empty());
      out += parser.data();
    }
    if (step == Step::Head) {
      const heed::http::Request& request = parser.request();
      check(request.path == "*" || request.path.starts_with('/'));
      check(("/" + request.path + "/").find("/../") == std::string::npos);
      check(request.path.find('\0') == std::string::npos && heed::valid_utf8(request.path));
      check(!(parser.chunked() && parser.content_length() > 0));
      check(request.headers.size() <= 16);
      for (const auto& [name, value] : request.headers) {
        check(name.find_first_of("\r\n: ABCDEFGHIJKLMNOPQRSTUVWXYZ") == std::string::npos);
        check(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos);
      }
      out += "[head " + request.path + (parser.keep_alive() ? " keep]" : "]");
    }
    if (step == Step::End) {
      out += "[end]";
      parser.reset();
    }
    if (step == Step::Refused) {
      check(parser.refusal().status >= 400 && parser.refusal().status < 600);
      return out + "[refused]";
    }
    buffer.erase(0, used);
    if (step == Step::NeedMore) {
      if (text.empty() || buffer.size() > 8192) {
        return out;
      }
      buffer += text.substr(0, piece);
      text.remove_prefix(std::min(piece, text.size()));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) {
    return 0;
  }
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string whole = transcript(text, size + 1);
  std::string bytes = transcript(text, 1);
  // A refusal may come before or after the last piece of a body is handed on.
  bool refused = whole.ends_with("[refused]") || bytes.ends_with("[refused]");
  check(whole == bytes || (refused && whole.ends_with("[refused]") == bytes.ends_with("[refused]")));
  return 0;
}
