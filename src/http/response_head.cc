#include "http/response_head.h"

#include <strings.h>

#include <charconv>

#include "http/problem.h"

namespace heed::http::detail {
namespace {

void append_number(std::string& out, std::size_t n) {
  char text[24];
  auto end = std::to_chars(text, text + sizeof text, n).ptr;
  out.append(text, end);
}

void append_value(std::string& out, std::string_view value) {
  if (value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos) {
    out.append(value);
    return;
  }
  for (char c : value) {
    out.push_back(c == '\r' || c == '\n' || c == '\0' ? ' ' : c);
  }
}

bool valid_name(std::string_view name) {
  return !name.empty() && name.find_first_of(std::string_view("\r\n\0:\t ", 6)) == std::string_view::npos;
}

bool is(std::string_view a, std::string_view b) {
  return a.size() == b.size() && ::strncasecmp(a.data(), b.data(), a.size()) == 0;
}

bool under_v1(std::string_view path) { return path == "/v1" || path.starts_with("/v1/"); }

}  // namespace

bool bodiless(int status) { return status == 204 || status == 304 || status < 200; }

std::string format_http_date(std::time_t seconds) {
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  std::tm tm{};
  gmtime_r(&seconds, &tm);
  char text[64];
  int n = std::snprintf(text, sizeof text, "%s, %02d %s %04d %02d:%02d:%02d GMT", kDays[tm.tm_wday], tm.tm_mday,
                        kMonths[tm.tm_mon], tm.tm_year + 1900, tm.tm_hour, tm.tm_min, tm.tm_sec);
  return {text, static_cast<std::size_t>(n)};
}

void write_head(std::string& out, int status, std::string_view content_type, std::size_t body_bytes,
                const std::vector<std::pair<std::string, std::string>>& headers, const HeadContext& context) {
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(status));
  out.append(" ").append(reason_phrase(status));
  out.append("\r\nDate: ").append(context.date);
  if (!bodiless(status)) {
    if (!content_type.empty()) {
      out.append("\r\nContent-Type: ");
      append_value(out, content_type);
    }
    if (context.framing == HeadContext::Framing::Length) {
      out.append("\r\nContent-Length: ");
      append_number(out, body_bytes);
    } else if (context.framing == HeadContext::Framing::Chunked) {
      out.append("\r\nTransfer-Encoding: chunked");
    }
  }
  out.append("\r\nX-Request-Id: ").append(context.request_id);
  out.append("\r\nX-Content-Type-Options: nosniff");
  bool cache = false, referrer = false;
  for (const auto& [name, value] : headers) {
    // Framing is ours alone.
    if (!valid_name(name) || is(name, "Content-Length") || is(name, "Transfer-Encoding") || is(name, "Connection") ||
        is(name, "X-Content-Type-Options") || is(name, "X-Request-Id") || is(name, "Date") ||
        (is(name, "Access-Control-Allow-Origin") && !context.allowed_origin.empty())) {
      continue;
    }
    cache = cache || is(name, "Cache-Control");
    referrer = referrer || is(name, "Referrer-Policy");
    out.append("\r\n").append(name).append(": ");
    append_value(out, value);
  }
  if (!referrer) {
    out.append("\r\nReferrer-Policy: no-referrer");
  }
  if (!cache && under_v1(context.path)) {
    out.append("\r\nCache-Control: no-store");
  }
  if (context.vary_origin) {
    out.append("\r\nVary: Origin");
  }
  if (!context.allowed_origin.empty()) {
    out.append("\r\nAccess-Control-Allow-Origin: ");
    append_value(out, context.allowed_origin);
    out.append("\r\nAccess-Control-Expose-Headers: X-Request-Id, Retry-After, Location");
  }
  if (context.close) {
    out.append("\r\nConnection: close");
  } else if (context.http_1_0) {
    out.append("\r\nConnection: keep-alive");
  }
  out.append("\r\n\r\n");
}

}  // namespace heed::http::detail
