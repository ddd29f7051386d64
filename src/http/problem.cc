#include "http/problem.h"

#include "base/json.h"

namespace heed::http {
namespace {

struct Kind {
  Code code;
  int status;
  std::string_view slug;  // the anchor in docs/problems
  std::string_view title;
};

constexpr Kind kKinds[] = {
    {Code::InvalidInput, 400, "malformed", "The request cannot be read"},
    {Code::NotFound, 404, "not-found", "Not found"},
    {Code::Conflict, 409, "conflict", "The state does not allow this"},
    {Code::Denied, 403, "denied", "Not allowed"},
    {Code::Unauthorized, 401, "unauthorized", "Credentials are missing or not valid"},
    {Code::TooLarge, 413, "too-large", "Too large"},
    {Code::TooMany, 429, "too-many", "Too many requests"},
    {Code::Timeout, 504, "timeout", "Took too long"},
    {Code::Unavailable, 503, "unavailable", "Not available now; nothing was stored"},
    {Code::Corrupt, 500, "internal", "Internal error"},
    {Code::Internal, 500, "internal", "Internal error"},
};
constexpr Kind kMeaning = {Code::InvalidInput, 422, "invalid", "The request has no valid meaning"};

const Kind& kind_of(Code code) {
  for (const Kind& kind : kKinds) {
    if (kind.code == code) {
      return kind;
    }
  }
  return kKinds[std::size(kKinds) - 1];
}

const Kind& kind_of(const Error& error) {
  if (error.code == Code::InvalidInput) {
    for (const FieldError& field : error.fields) {
      if (!field.pointer.empty()) {
        return kMeaning;
      }
    }
  }
  return kind_of(error.code);
}

void write_problem(JsonWriter& out, int status, std::string_view slug, std::string_view title, std::string_view detail,
                   const std::vector<FieldError>& fields, std::string_view request_id) {
  out.begin_object();
  out.field("type", "/docs/problems#" + std::string(slug));
  out.field("title", title);
  out.field("status", status);
  out.field_unless_empty("detail", detail);
  if (!fields.empty()) {
    out.key("errors").begin_array();
    for (const FieldError& field : fields) {
      out.begin_object().field("pointer", field.pointer).field("detail", field.detail).end_object();
    }
    out.end_array();
  }
  out.field_unless_empty("request_id", request_id);
  out.end_object();
}

/// What went wrong inside is for the log, not for the client.
bool hides_detail(Code code) { return code == Code::Internal || code == Code::Corrupt; }

Response problem_response(int status, std::string body) {
  Response response;
  response.status = status;
  response.content_type = "application/problem+json";
  response.body = std::move(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  if (status == 429 || status == 503) {
    response.headers.emplace_back("Retry-After", status == 429 ? "10" : "2");
  }
  if (status == 401) {
    response.headers.emplace_back("WWW-Authenticate", "Bearer");
  }
  return response;
}

}  // namespace

int status_of(Code code) { return kind_of(code).status; }

std::string problem_json(const Error& error, std::string_view request_id) {
  const Kind& kind = kind_of(error);
  JsonWriter out;
  static const std::vector<FieldError> kNone;
  bool hidden = hides_detail(error.code);
  write_problem(out, kind.status, kind.slug, kind.title, hidden ? std::string_view{} : error.message,
                hidden ? kNone : error.fields, request_id);
  return out.take();
}

Response problem(const Error& error, std::string_view request_id) {
  return problem_response(kind_of(error).status, problem_json(error, request_id));
}

namespace detail {

std::string_view reason_phrase(int status) {
  switch (status) {
    case 100:
      return "Continue";
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 206:
      return "Partial Content";
    case 207:
      return "Multi-Status";
    case 301:
      return "Moved Permanently";
    case 302:
      return "Found";
    case 303:
      return "See Other";
    case 304:
      return "Not Modified";
    case 307:
      return "Temporary Redirect";
    case 308:
      return "Permanent Redirect";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 406:
      return "Not Acceptable";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 410:
      return "Gone";
    case 412:
      return "Precondition Failed";
    case 413:
      return "Content Too Large";
    case 414:
      return "URI Too Long";
    case 415:
      return "Unsupported Media Type";
    case 417:
      return "Expectation Failed";
    case 422:
      return "Unprocessable Content";
    case 428:
      return "Precondition Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    case 504:
      return "Gateway Timeout";
    case 505:
      return "HTTP Version Not Supported";
    default:
      return "";
  }
}

Response problem_of_status(int status, std::string_view detail, std::string_view request_id) {
  std::string_view title = reason_phrase(status);
  std::string slug = "http-" + std::to_string(status);
  for (const Kind& kind : kKinds) {
    if (kind.status == status) {
      title = kind.title;
      slug = kind.slug;
      break;
    }
  }
  JsonWriter out;
  write_problem(out, status, slug, title, detail, {}, request_id);
  return problem_response(status, out.take());
}

}  // namespace detail
}  // namespace heed::http
