#include "http/message.h"

#include "http/exchange.h"

namespace heed::http {

std::string_view method_name(Method method) {
  switch (method) {
    case Method::Get:
      return "GET";
    case Method::Head:
      return "HEAD";
    case Method::Post:
      return "POST";
    case Method::Put:
      return "PUT";
    case Method::Delete:
      return "DELETE";
    case Method::Options:
      return "OPTIONS";
    case Method::Other:
      break;
  }
  return "OTHER";
}

namespace {
std::string_view find(const std::vector<std::pair<std::string, std::string>>& pairs, std::string_view name) {
  for (const auto& [key, value] : pairs) {
    if (key == name) {
      return value;
    }
  }
  return {};
}
}  // namespace

std::string_view Request::header(std::string_view lower_name) const { return find(headers, lower_name); }

std::optional<std::string_view> Request::query_value(std::string_view name) const {
  for (const auto& [key, value] : query) {
    if (key == name) {
      return value;
    }
  }
  return std::nullopt;
}

std::string_view Request::path_param(std::string_view name) const { return find(path_params, name); }

std::string_view Request::bearer() const {
  constexpr std::string_view kScheme = "bearer ";
  std::string_view value = header("authorization");
  if (value.size() <= kScheme.size()) {
    return {};
  }
  for (std::size_t i = 0; i < kScheme.size(); ++i) {  // scheme names ignore case (RFC 9110 §11.1)
    char c = value[i] >= 'A' && value[i] <= 'Z' ? static_cast<char>(value[i] | 0x20) : value[i];
    if (c != kScheme[i]) {
      return {};
    }
  }
  value.remove_prefix(kScheme.size());
  while (value.starts_with(' ')) {
    value.remove_prefix(1);
  }
  return value;
}

std::string_view Request::cookie(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key != "cookie") {
      continue;
    }
    std::string_view rest = value;
    while (!rest.empty()) {
      std::size_t end = rest.find(';');
      std::string_view pair = rest.substr(0, end);
      rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
      while (pair.starts_with(' ')) {
        pair.remove_prefix(1);
      }
      if (pair.size() > name.size() && pair.starts_with(name) && pair[name.size()] == '=') {
        return pair.substr(name.size() + 1);
      }
    }
  }
  return {};
}

bool BodyWriter::write(std::string bytes) { return exchange_ && exchange_->write(std::move(bytes)); }
void BodyWriter::finish() {
  if (exchange_) {
    exchange_->finish();
  }
}
bool BodyWriter::closed() const { return !exchange_ || exchange_->gone(); }
std::size_t BodyWriter::pending() const { return exchange_ ? exchange_->pending() : 0; }

Reply::~Reply() {
  if (exchange_) {
    exchange_->abandon();
  }
}

Reply& Reply::operator=(Reply&& other) noexcept {
  if (this != &other) {
    if (exchange_) {
      exchange_->abandon();
    }
    exchange_ = std::move(other.exchange_);
  }
  return *this;
}

void Reply::send(Response response) {
  if (auto exchange = std::move(exchange_)) {
    exchange->send(std::move(response));
  }
}

void Reply::send_error(const Error& error) {
  if (auto exchange = std::move(exchange_)) {
    exchange->send(problem(error, exchange->request_id()));
  }
}

void Reply::note(const char* word) {
  if (exchange_) {
    exchange_->note(word);
  }
}

BodyWriter Reply::stream(int status, std::string content_type,
                         std::vector<std::pair<std::string, std::string>> headers) {
  auto exchange = std::move(exchange_);
  if (!exchange) {
    return {};
  }
  exchange->begin_stream(status, std::move(content_type), std::move(headers));
  // The writers share one token; with its last copy an unfinished answer ends torn.
  detail::Exchange* raw = exchange.get();
  return BodyWriter(
      std::shared_ptr<detail::Exchange>(raw, [keep = std::move(exchange)](detail::Exchange* e) { e->drop_stream(); }));
}

void BodyReader::resume() {
  if (exchange_) {
    exchange_->resume();
  }
}

}  // namespace heed::http
