// Any bytes as posts, accounts and relations, line by line as the HTTP stream would.
#include <cstdint>
#include <cstdlib>

#include "post/account.h"
#include "post/post.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  static JsonParser parser;
  static post::Post post;
  static std::vector<std::string_view> targets;
  const Time now = from_ms(1795284000000);
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  post::LineSplitter lines(4096);
  auto line = [&](std::uint64_t, std::string_view text, bool too_long) {
    if (too_long) {
      return;
    }
    if (post::parse_post(parser, text, now, post)) {
      post.targets(targets);
      // What was accepted must hold the promises that later stages build on.
      if (post.id.empty() || post.author.id.empty() || post.created_at > now + post::kAheadMax) {
        std::abort();
      }
    }
    if (auto account = post::parse_account(parser, "a1", text)) {
      auto again = post::account_from_json(parser, post::account_json(*account));
      if (!again || post::account_json(*again) != post::account_json(*account)) {
        std::abort();
      }
    }
    (void)post::parse_relation(parser, text);
  };
  lines.feed(bytes.substr(0, size / 2), line);
  lines.feed(bytes.substr(size / 2), line);
  lines.finish(line);
  return 0;
}
