#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

/// Request targets and what is in them (RFC 3986, and form encoding for queries).
namespace heed::http {

struct Target {
  std::string path;                                        ///< decoded
  std::vector<std::string> segments;                       ///< decoded one by one: "%2F" makes no new segment
  std::vector<std::pair<std::string, std::string>> query;  ///< decoded, in order; "+" is a space
};

/// Splits and decodes a request target in origin form ("/a?b=c"), absolute form ("http://host/a") or "*".
/// InvalidInput: a broken escape, bytes outside printable ASCII, an escaped NUL or other control character,
/// text that is not UTF-8, a "." or ".." segment however it is written, more than 100 query parameters.
Result<Target> parse_target(std::string_view raw);

/// Undoes %XX; `plus_is_space` for queries and forms.
Result<std::string> percent_decode(std::string_view text, bool plus_is_space = false);
/// Escapes everything but RFC 3986's unreserved characters.
std::string percent_encode(std::string_view text);
/// The pairs of a query string or an application/x-www-form-urlencoded body.
Result<std::vector<std::pair<std::string, std::string>>> parse_query(std::string_view text);

}  // namespace heed::http
