#include "http/request_parser.h"

#include <boost/beast/http/basic_parser.hpp>
#include <cstring>
#include <optional>

#include "http/url.h"

namespace heed::http::detail {
namespace {

namespace beast = boost::beast;

constexpr std::size_t kLastChunkBytes = 5;

Method method_from(std::string_view name) {
  for (Method method : {Method::Get, Method::Head, Method::Post, Method::Put, Method::Delete, Method::Options}) {
    if (name == method_name(method)) {
      return method;
    }
  }
  return Method::Other;
}

bool equal_ignoring_case(std::string_view a, std::string_view lower) {
  if (a.size() != lower.size()) {
    return false;
  }
  for (std::size_t i = 0; i < a.size(); ++i) {
    char c = a[i] >= 'A' && a[i] <= 'Z' ? static_cast<char>(a[i] | 0x20) : a[i];
    if (c != lower[i]) {
      return false;
    }
  }
  return true;
}

/// Where the head ends, just after its empty line; 0 when it has not ended yet. `seen` bytes hold no end.
std::size_t head_end(std::string_view input, std::size_t seen) {
  std::size_t from = seen < 3 ? 0 : seen - 3;
  std::size_t at = input.find("\r\n\r\n", from);
  return at == std::string_view::npos ? 0 : at + 4;
}

/// Lines end in CR LF and nowhere else; no line but the first begins with a blank; no NUL.
const char* shape_fault(std::string_view head) {
  if (std::memchr(head.data(), '\0', head.size()) != nullptr) {
    return "the request head holds a NUL byte";
  }
  for (std::size_t at = head.find_first_of("\r\n"); at != std::string_view::npos; at = head.find_first_of("\r\n", at)) {
    if (head[at] != '\r' || at + 1 == head.size() || head[at + 1] != '\n') {
      return "a line of the request head does not end in CR LF";
    }
    at += 2;
    if (at < head.size() && (head[at] == ' ' || head[at] == '\t')) {
      return "a header is folded over two lines";
    }
  }
  return nullptr;
}

/// Beast's events, written straight into our request.
class Grammar final : public beast::http::basic_parser<true> {
 public:
  Grammar(const ParseLimits& limits, Request& request, Refusal& refusal)
      : limits_(limits), request_(request), refusal_(refusal) {
    body_limit(boost::none);  // the caller counts
    header_limit(static_cast<std::uint32_t>(limits.head_bytes_max));
  }

  std::string_view target;
  std::string_view data;
  bool head_over = false;  // later fields are trailers
  std::uint64_t length = 0;
  std::uint64_t chunk_left = 0;  // of the chunk whose header came last
  int length_headers = 0, coding_headers = 0, hosts = 0;
  bool expect = false, one_zero = false;

 private:
  using error_code = beast::error_code;
  using string_view = beast::string_view;

  void refuse(int status, const char* detail, error_code& ec) {
    refusal_ = {status, detail};
    ec = make_error_code(beast::http::error::bad_value);
  }
  void on_request_impl(beast::http::verb, string_view method, string_view raw_target, int version,
                       error_code&) override {
    request_.method = method_from({method.data(), method.size()});
    target = {raw_target.data(), raw_target.size()};
    one_zero = version == 10;
  }
  void on_field_impl(beast::http::field field, string_view name, string_view value, error_code& ec) override {
    using Field = beast::http::field;
    if (head_over) {
      return;
    }
    if (request_.headers.size() == limits_.headers_max) {
      return refuse(431, "the request has too many headers", ec);
    }
    std::string_view text(value.data(), value.size());
    switch (field) {
      case Field::content_length:
        if (++length_headers > 1 || text.empty() || text.size() > 18 ||
            text.find_first_not_of("0123456789") != std::string_view::npos) {
          return refuse(400, "Content-Length must be given once, as one number", ec);
        }
        for (char c : text) {
          length = length * 10 + static_cast<std::uint64_t>(c - '0');
        }
        break;
      case Field::transfer_encoding:
        if (++coding_headers > 1) {
          return refuse(400, "Transfer-Encoding must be given once", ec);
        }
        if (!equal_ignoring_case(text, "chunked")) {
          return refuse(501, "the only known transfer coding is chunked", ec);
        }
        break;
      case Field::host:
        ++hosts;
        break;
      case Field::expect:
        if (!equal_ignoring_case(text, "100-continue")) {
          return refuse(417, "the only known expectation is 100-continue", ec);
        }
        expect = true;
        break;
      default:
        break;
    }
    for (unsigned char c : text) {
      if ((c < 0x20 && c != '\t') || c == 0x7F) {
        return refuse(400, "a header value has a control character", ec);
      }
    }
    std::string lower(name.data(), name.size());
    for (char& c : lower) {
      c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    }
    request_.headers.emplace_back(std::move(lower), text);
  }
  void on_header_impl(error_code&) override { head_over = true; }
  void on_body_init_impl(boost::optional<std::uint64_t> const&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code&) override {
    data = {body.data(), body.size()};
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t size, string_view, error_code&) override { chunk_left = size; }
  std::size_t on_chunk_body_impl(std::uint64_t, string_view body, error_code&) override {
    data = {body.data(), body.size()};
    chunk_left -= body.size();
    return body.size();
  }
  void on_finish_impl(error_code&) override {}
  void on_response_impl(int, string_view, int, error_code&) override {}

  const ParseLimits& limits_;
  Request& request_;
  Refusal& refusal_;
};

}  // namespace

class RequestParser::Impl {
 public:
  explicit Impl(ParseLimits l) : limits(l) { reset(); }

  void reset() {
    request = Request{};
    segments.clear();
    refusal = Refusal{};
    seen = 0;
    in_body = false;
    grammar.emplace(limits, request, refusal);
  }

  Step refuse(int status, std::string detail) {
    refusal = {status, std::move(detail)};
    return Step::Refused;
  }

  Step head(std::string_view& input) {
    if (seen == 0) {
      while (input.starts_with("\r\n")) {  // RFC 9112 §2.2: empty lines before a request are to be ignored
        input.remove_prefix(2);
      }
      if (input.empty() || input == "\r") {
        return Step::NeedMore;
      }
    }
    std::string_view window = input.substr(0, limits.head_bytes_max);
    std::size_t end = head_end(window, seen);
    if (end == 0) {
      if (window.size() == limits.head_bytes_max) {
        bool one_line = window.find("\r\n") == std::string_view::npos;
        return one_line ? refuse(414, "the request line is too long") : refuse(431, "the request head is too long");
      }
      if (std::memchr(window.data() + seen, '\0', window.size() - seen) != nullptr) {
        return refuse(400, "the request head holds a NUL byte");
      }
      seen = window.size();
      return Step::NeedMore;
    }
    std::string_view raw = window.substr(0, end);
    if (const char* fault = shape_fault(raw)) {
      return refuse(400, fault);
    }
    beast::error_code ec;
    std::size_t used = grammar->put({raw.data(), raw.size()}, ec);
    if (ec) {
      return grammar_refused(ec);
    }
    if (!grammar->is_header_done() || used != end) {
      return refuse(400, "the request head is malformed");
    }
    input.remove_prefix(end);
    in_body = true;
    return check_head();
  }

  Step check_head() {
    Grammar& g = *grammar;
    if (g.length_headers > 0 && g.coding_headers > 0) {
      return refuse(400, "Content-Length and Transfer-Encoding exclude each other");
    }
    if (g.one_zero && g.coding_headers > 0) {
      return refuse(400, "HTTP/1.0 knows no Transfer-Encoding");
    }
    if (g.hosts > 1 || (g.hosts == 0 && !g.one_zero)) {
      return refuse(400, "a request names its Host once");
    }
    if (g.target.size() > limits.target_bytes_max) {
      return refuse(414, "the address is too long");
    }
    if (g.target == "*" && request.method != Method::Options) {
      return refuse(400, "the address * is for OPTIONS only");
    }
    Result<Target> target = parse_target(g.target);
    if (!target) {
      return refuse(400, std::move(target.error().message));
    }
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    segments = std::move(target->segments);
    return Step::Head;
  }

  Step body(std::string_view& input) {
    while (!grammar->is_done()) {
      // Between two chunks at least "0\r\n\r\n" must come; Beast 1.81 asserts when it sees its first part only.
      bool between = grammar->coding_headers > 0 && grammar->chunk_left == 0;
      if (input.size() < (between ? kLastChunkBytes : 1)) {
        return Step::NeedMore;
      }
      beast::error_code ec;
      grammar->data = {};
      std::size_t used = grammar->put({input.data(), input.size()}, ec);
      input.remove_prefix(used);
      if (ec == beast::http::error::need_more) {
        return Step::NeedMore;
      }
      if (ec) {
        return grammar_refused(ec);
      }
      if (!grammar->data.empty()) {
        return Step::Data;
      }
    }
    return Step::End;
  }

  Step grammar_refused(const beast::error_code& ec) {
    if (!refusal.detail.empty()) {
      return Step::Refused;
    }
    using beast::http::error;
    if (ec == error::bad_version) {
      return refuse(505, "only HTTP/1.0 and HTTP/1.1 are spoken here");
    }
    if (ec == error::header_limit) {
      return refuse(431, "the request head is too long");
    }
    if (ec == error::bad_transfer_encoding || ec == error::bad_content_length || ec == error::multiple_content_length) {
      return refuse(400, "the request's length is given in contradictory ways");
    }
    return refuse(400, "the request is malformed: " + ec.message());
  }

  const ParseLimits limits;
  Request request;
  std::vector<std::string> segments;
  Refusal refusal;
  std::optional<Grammar> grammar;
  std::size_t seen = 0;  // bytes of the input already searched for the end of the head
  bool in_body = false;
};

RequestParser::RequestParser(ParseLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;

RequestParser::Step RequestParser::next(std::string_view& input) {
  return impl_->in_body ? impl_->body(input) : impl_->head(input);
}
void RequestParser::reset() { impl_->reset(); }
Request& RequestParser::request() { return impl_->request; }
const std::vector<std::string>& RequestParser::segments() const { return impl_->segments; }
std::string_view RequestParser::data() const { return impl_->grammar->data; }
const Refusal& RequestParser::refusal() const { return impl_->refusal; }
bool RequestParser::keep_alive() const { return impl_->grammar->is_header_done() && impl_->grammar->keep_alive(); }
bool RequestParser::expects_continue() const { return impl_->grammar->expect && !impl_->grammar->one_zero; }
bool RequestParser::http_1_0() const { return impl_->grammar->one_zero; }
bool RequestParser::chunked() const { return impl_->grammar->coding_headers > 0; }
bool RequestParser::has_body() const { return chunked() || impl_->grammar->length > 0; }
std::uint64_t RequestParser::content_length() const { return impl_->grammar->length; }

}  // namespace heed::http::detail
