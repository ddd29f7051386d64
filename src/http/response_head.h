#pragma once
#include <ctime>
#include <string>
#include <string_view>

#include "http/message.h"

namespace heed::http::detail {

/// What the head of an answer depends on besides the answer itself.
struct HeadContext {
  std::string_view date;  ///< IMF-fixdate
  std::string_view request_id;
  std::string_view path;            ///< of the request; /v1 is not to be cached
  std::string_view allowed_origin;  ///< CORS; "" for none
  bool vary_origin = false;
  bool close = false;  ///< the connection ends after this answer
  bool http_1_0 = false;
  bool head_request = false;
  enum class Framing { Length, Chunked, UntilClose } framing = Framing::Length;
};

/// Appends status line and headers, the empty line included. Our own because Beast's serializer costs more than
/// the rest of a small request. Header values of handlers lose CR, LF and NUL: no response splitting.
void write_head(std::string& out, int status, std::string_view content_type, std::size_t body_bytes,
                const std::vector<std::pair<std::string, std::string>>& headers, const HeadContext& context);
/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110 §5.6.7).
std::string format_http_date(std::time_t seconds);
/// Statuses that never carry a body.
bool bodiless(int status);

}  // namespace heed::http::detail
