#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "http/message.h"

namespace heed::http {

struct RouteOptions {
  std::size_t body_bytes_max = 1 << 20;  ///< 413 above it; for streaming routes the limit of nothing
};

/// Handlers run on all of the server's threads at once.
/// Method + path template ("/v1/posts/{id}", "/v1/comments:analyze") → handler. Built before the server starts,
/// immutable after. Unknown path: 404 problem; known path, other method: 405 with Allow; OPTIONS and HEAD are answered
/// by the server: HEAD runs the GET handler (as a GET) and drops its body. A literal segment wins over a parameter; a
/// last segment "{name*}" takes the rest of the path, slashes included, and loses to both. Parameters are
/// percent-decoded and never empty.
class Router {
 public:
  Router();
  ~Router();
  void add(Method method, std::string pattern, Handler handler, RouteOptions options = {});
  void add_stream(Method method, std::string pattern, StreamHandler handler, RouteOptions options = {});
  struct Impl;
  Impl& impl() const { return *impl_; }

 private:
  std::unique_ptr<Impl> impl_;
};

/// What the access log wants to know of a request that is over. The views live for the call.
struct Finished {
  Method method = Method::Get;
  std::string_view route;   ///< the pattern, or "" when nothing matched
  int status = 0;           ///< 499: the peer left before the answer
  std::int64_t micros = 0;  ///< from the first byte of the head to the end of the answer
  std::string_view request_id;
  std::string_view note;  ///< what the handler said with Reply::note: who called
};

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  ///< 0: any free one
  int threads = 2;         ///< one io_context each; a connection stays on its thread
  std::size_t connections_max = 10'000;
  std::size_t header_bytes_max = 16 * 1024;
  std::size_t write_buffer_max = 4 << 20;               ///< per connection
  std::size_t bodies_bytes_max = 512 << 20;             ///< all collected bodies of the server together; 503 above
  std::chrono::milliseconds head_timeout{15'000};       ///< whole request head, and idle keep-alive ×4
  std::chrono::milliseconds body_idle_timeout{30'000};  ///< between two reads of a body
  std::chrono::milliseconds body_timeout{120'000};      ///< a whole collected body
  std::chrono::milliseconds write_timeout{30'000};      ///< between two advances of an answer
  std::vector<std::string> trusted_proxies;             ///< addresses or CIDR blocks whose X-Forwarded-For is believed
  std::vector<std::string> cors_origins;                ///< allow-list for user tokens; empty: none; "*": any
  const Clock* clock = nullptr;                         ///< for Date and request ids; none: the machine's
  /// Called once per request on its connection's thread; must not block.
  std::function<void(const Finished&)> on_finished;
  static std::vector<SettingDef> settings();
  static ServerOptions from(const Settings& settings);
};

/// Slow clients, early answers, floods: timeouts answer 408 and close; an answer given before the body has ended
/// closes the connection unless what is left is small. Requests on one connection are answered one after the
/// other. A client that closes only its sending side still gets its answer.
/// Metrics: heed_http_requests_total{route,status="2xx"…}, heed_http_request_seconds{route}, heed_http_connections.
///
/// HTTP/1.1 on Asio and Beast's parser with our own head writer. TLS and HTTP/2 belong to the proxy in front.
class Server {
 public:
  /// `router` and `metrics` outlive the server. Replies and writers may outlive it: they then do nothing.
  Server(ServerOptions options, const Router& router, Metrics& metrics);
  ~Server();
  /// Binds and starts the threads. Unavailable when the port is taken, InvalidInput for a bad address.
  Result<void> start();
  std::uint16_t port() const;
  /// Stops accepting, lets requests in flight finish within `grace`, then closes.
  void stop(std::chrono::milliseconds grace = std::chrono::milliseconds(2000));
  /// Runs `f` on the server's thread `index % threads`.
  void post(std::size_t index, Function<void()> f);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::http
