#include "simulate/platform.h"

namespace heed::simulate {

Result<Caller> Caller::connect(const std::string& url, http::HeaderList headers) {
  http::ClientOptions options;
  options.headers = std::move(headers);
  return Caller(TRY(http::Client::from_url(url, std::move(options))));
}

Result<Caller> Caller::log_in(const std::string& url, std::string_view name, std::string_view password) {
  http::Client door = TRY(http::Client::from_url(url));
  JsonWriter body;
  body.begin_object().field("name", name).field("password", password).end_object();
  http::ClientResponse answer = TRY(door.post("/v1/session", body.take()));
  if (answer.status / 100 != 2) {
    return fail(Code::Unauthorized, "the log-in of a reviewer was refused: " + std::to_string(answer.status));
  }
  JsonParser parser;
  std::string csrf(TRY(parser.parse(answer.body)).get_string("csrf"));
  std::string cookie;
  for (const auto& [key, value] : answer.headers) {
    if (key == "set-cookie" && value.starts_with("heed_session=")) {  // there is another, for the next log-in
      cookie = value.substr(0, value.find(';'));
    }
  }
  return connect(url, {{"Cookie", cookie}, {"X-Heed-CSRF", csrf}});
}

Result<Json> Caller::call(std::string_view method, std::string_view target, std::string_view body,
                          http::HeaderList headers) {
  http::ClientResponse answer = TRY(client_->request(method, target, body, headers));
  status_ = answer.status;
  body_ = std::move(answer.body);
  if (status_ / 100 != 2) {
    return fail(Code::Conflict, std::string(method) + " " + std::string(target.substr(0, target.find('?'))) +
                                    " answered " + std::to_string(status_) + ": " + body_.substr(0, 600));
  }
  if (body_.empty() || status_ == 204) {
    return Json();
  }
  if (body_.find('\n') != std::string::npos && body_.find('\n') + 1 < body_.size()) {
    return Json();  // NDJSON: the caller reads body()
  }
  return parser_.parse(body_);
}

}  // namespace heed::simulate
