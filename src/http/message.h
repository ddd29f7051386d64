#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/function.h"
#include "base/result.h"

namespace heed::http {

enum class Method { Get, Head, Post, Put, Delete, Options, Other };
std::string_view method_name(Method method);

/// One request as handlers see it. Owns its bytes; may be moved to another thread.
struct Request {
  Method method = Method::Get;
  std::string path;                                              ///< percent-decoded, no query
  std::vector<std::pair<std::string, std::string>> query;        ///< decoded, in order
  std::vector<std::pair<std::string, std::string>> headers;      ///< names in lower case
  std::vector<std::pair<std::string, std::string>> path_params;  ///< filled by the router
  std::string body;                                              ///< empty for streaming routes
  std::string remote_address;                                    ///< peer, or X-Forwarded-For from a trusted proxy
  std::string request_id;                                        ///< "req_…", also in the answer's X-Request-Id

  std::string_view header(std::string_view lower_name) const;  ///< "" when absent
  std::optional<std::string_view> query_value(std::string_view name) const;
  std::string_view path_param(std::string_view name) const;
  std::string_view bearer() const;                       ///< token after "Authorization: Bearer ", or ""
  std::string_view cookie(std::string_view name) const;  ///< or ""
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// application/problem+json (RFC 9457) from an Error; the one table Code → status. `type` is
/// /docs/problems#<slug>. 503 and 429 get Retry-After. InvalidInput is 400, or 422 when it names a field by
/// pointer: the JSON was read, its meaning is refused.
Response problem(const Error& error, std::string_view request_id);
/// As `problem`, as a bare JSON object for one line of a stream: {"line":17,"problem":{…}}.
std::string problem_json(const Error& error, std::string_view request_id);
int status_of(Code code);

namespace detail {
class Exchange;  // the connection's side of one request
}

/// Bytes of an open answer: event streams, NDJSON. Any thread. `write` after the peer is gone does nothing.
class BodyWriter {
 public:
  BodyWriter() = default;
  explicit BodyWriter(std::shared_ptr<detail::Exchange> exchange) : exchange_(std::move(exchange)) {}
  /// False when the peer is gone or more than `write_buffer_max` bytes wait for it (a slow reader): then the
  /// connection is being closed and the writer should stop.
  bool write(std::string bytes);
  void finish();
  bool closed() const;
  /// Bytes accepted by write() and not yet sent.
  std::size_t pending() const;

 private:
  std::shared_ptr<detail::Exchange> exchange_;
};

/// The one answer a handler owes. Move-only, any thread, exactly once; destroyed unanswered it sends a 500.
class Reply {
 public:
  Reply() = default;
  explicit Reply(std::shared_ptr<detail::Exchange> exchange) : exchange_(std::move(exchange)) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&& other) noexcept;  ///< what was held unanswered gets its 500
  ~Reply();
  void send(Response response);
  void send_error(const Error& error);
  /// A word for the access log (Finished::note); a literal.
  void note(const char* word);
  /// Starts a chunked answer. When the last copy of the writer dies unfinished the connection is cut, so that
  /// the peer can tell a torn answer from a whole one.
  BodyWriter stream(int status, std::string content_type,
                    std::vector<std::pair<std::string, std::string>> headers = {});

 private:
  std::shared_ptr<detail::Exchange> exchange_;
};

/// Consumer of a request body that is not collected first (NDJSON of any length). Called on the connection's
/// thread, in order. Returning false from `on_data` stops reading until `BodyReader::resume` is called
/// (backpressure: answers wait for commits). The server also holds back by itself while a quarter of
/// `write_buffer_max` of this request's answer waits to be sent. A null consumer refuses the body: the answer is
/// sent and the connection closed. `on_data` gets at most 64 KiB at a time. Once the answer is finished no more
/// data comes (`on_abort` does).
class BodyConsumer {
 public:
  virtual ~BodyConsumer() = default;
  virtual bool on_data(std::string_view bytes) = 0;
  virtual void on_end() = 0;
  virtual void on_abort() = 0;  ///< the peer went away before the end
};

/// Lets a paused request body flow again. Any thread.
class BodyReader {
 public:
  BodyReader() = default;
  explicit BodyReader(std::shared_ptr<detail::Exchange> exchange) : exchange_(std::move(exchange)) {}
  void resume();

 private:
  std::shared_ptr<detail::Exchange> exchange_;
};

using Handler = Function<void(Request, Reply)>;
/// Gets the request head; the consumer answers through `reply`.
using StreamHandler = Function<std::unique_ptr<BodyConsumer>(Request, Reply, BodyReader)>;

}  // namespace heed::http
