#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace heed::http::detail {

struct ParseLimits {
  std::size_t head_bytes_max = 16 * 1024;
  std::size_t target_bytes_max = 8 * 1024;
  std::size_t headers_max = 100;
};

/// Why a request is refused. `detail` is fit for the client.
struct Refusal {
  int status = 400;
  std::string detail;
};

/// Bytes → request, one request after the other, without a socket: Beast's parser for grammar, and before it
/// our own look at the whole head for what intermediaries may read differently (obsolete folding, bare CR or
/// LF, NUL, both or repeated Content-Length and Transfer-Encoding, a missing Host). The caller keeps the bytes
/// in one contiguous buffer of at least `head_bytes_max`; when that is full and NeedMore comes in the body, the
/// request is to be refused (a chunk header or trailer without end). One per connection, one thread.
class RequestParser {
 public:
  enum class Step {
    NeedMore,  ///< nothing more can be done with these bytes
    Head,      ///< request(), segments() and the framing below are valid now
    Data,      ///< data() is the next piece of the body; it lies in the caller's buffer
    End,       ///< the message is complete; call reset() before the next
    Refused,   ///< refusal() says why; the connection cannot be used further
  };

  explicit RequestParser(ParseLimits limits);
  ~RequestParser();

  /// Takes one step and cuts what it consumed from the front of `input`.
  Step next(std::string_view& input);
  void reset();

  Request& request();
  const std::vector<std::string>& segments() const;
  std::string_view data() const;
  const Refusal& refusal() const;

  bool keep_alive() const;
  bool expects_continue() const;
  bool http_1_0() const;
  bool chunked() const;
  bool has_body() const;                 ///< chunked, or a Content-Length above zero
  std::uint64_t content_length() const;  ///< 0 when chunked

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::http::detail
