#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "http/client.h"

/// A platform's server, its users' apps and its reviewers, as seen from Heed: nothing but HTTP.
namespace heed::simulate {

/// One caller with its own connection and credentials.
class Caller {
 public:
  /// `headers` go with every request.
  static Result<Caller> connect(const std::string& url, http::HeaderList headers);
  /// A reviewer's session; InvalidInput when the log-in is refused.
  static Result<Caller> log_in(const std::string& url, std::string_view name, std::string_view password);

  /// The answer's JSON, which lives until the next call. Anything but 2xx is an error that quotes the problem.
  Result<Json> call(std::string_view method, std::string_view target, std::string_view body = {},
                    http::HeaderList headers = {});
  /// Status of the latest answer.
  int status() const { return status_; }
  /// The latest answer as it came.
  const std::string& body() const { return body_; }

 private:
  explicit Caller(http::Client client) : client_(std::make_unique<http::Client>(std::move(client))), parser_(64) {}
  std::unique_ptr<http::Client> client_;
  JsonParser parser_;
  std::string body_;
  int status_ = 0;
};

}  // namespace heed::simulate
