#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "http/response_parser.h"

namespace heed::http {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct ClientOptions {
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds timeout{30'000};  ///< for one request; for streams between two advances
  std::size_t body_bytes_max = std::size_t{1} << 30;
  HeaderList headers = {};  ///< sent with every request (Authorization …)
};

struct ClientResponse : ResponseHead {
  std::string body;
};

/// A small blocking HTTP/1.1 client over a plain socket, for the command line, the simulator, tests and the load
/// generator. One connection, kept alive and opened again when the server has closed it. Not thread-safe: one per
/// thread. No TLS, redirects, compression, proxies: webhooks use libcurl.
///
/// Errors: Unavailable (no connection, or cut off), Timeout, InvalidInput (the answer is not HTTP; a header of ours
/// has line breaks), TooLarge. A status of 4xx or 5xx is an answer, not an error. A request that went out on a
/// reused connection and met its end before any byte of answer is sent once more when that cannot do harm (GET,
/// HEAD, PUT, DELETE, or an Idempotency-Key is there).
class Client {
 public:
  Client(std::string host, std::uint16_t port, ClientOptions options = {});
  ~Client();
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  /// From "http://host[:port][/ignored]"; InvalidInput for anything else, https included.
  static Result<Client> from_url(std::string_view url, ClientOptions options = {});

  Result<ClientResponse> request(std::string_view method, std::string_view target, std::string_view body = {},
                                 const HeaderList& headers = {});
  Result<ClientResponse> get(std::string_view target, const HeaderList& headers = {}) {
    return request("GET", target, {}, headers);
  }
  /// Content-Type: application/json unless `headers` has one.
  Result<ClientResponse> post(std::string_view target, std::string_view body, const HeaderList& headers = {}) {
    return request("POST", target, body, headers);
  }

  /// Reads an answer as it comes (event streams, feeds): `on_bytes` returns false to stop, which closes the
  /// connection. The result has the head; its body is empty unless the status is not 2xx.
  Result<ClientResponse> stream(std::string_view method, std::string_view target, std::string_view body,
                                const HeaderList& headers, const std::function<bool(std::string_view)>& on_bytes);

  /// A chunked body written piece by piece while the answer is already coming (NDJSON both ways).
  /// open_upload, then write_upload any number of times, then finish_upload. Writing also reads, so that neither
  /// side can block the other; answer bytes go to `on_bytes` from within these calls.
  Result<void> open_upload(std::string_view method, std::string_view target, const HeaderList& headers,
                           std::function<void(std::string_view)> on_bytes);
  Result<void> write_upload(std::string_view bytes);
  Result<ClientResponse> finish_upload();

  void close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::http
