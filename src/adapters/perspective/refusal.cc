#include "adapters/perspective/refusal.h"

#include "base/json.h"

namespace heed::adapters::perspective {
namespace {

void write_all(JsonWriter& out, std::string_view name, const std::vector<std::string>& values) {
  out.key(name).begin_array();
  for (const std::string& value : values) {
    out.value(value);
  }
  out.end_array();
}

}  // namespace

Refusal refusal_of(const Error& error, Millis retry_after, bool credential_given) {
  switch (error.code) {
    case Code::Unauthorized:
      if (!credential_given) {
        return {.code = 403, .status = "PERMISSION_DENIED", .message = "The request is missing a valid API key."};
      }
      return {.code = 403,
              .status = "PERMISSION_DENIED",
              .message = "API key not valid. Please pass a valid API key.",
              .reason = "API_KEY_INVALID"};
    case Code::Denied:
      return {.code = 403,
              .status = "PERMISSION_DENIED",
              .message = "This API key may not assess texts: it needs the scope assess."};
    case Code::TooMany:
      return {.code = 429,
              .status = "RESOURCE_EXHAUSTED",
              .message = "Quota exceeded: " + error.message + ".",
              .reason = "RATE_LIMIT_EXCEEDED",
              .retry_after = retry_after_seconds(retry_after)};
    case Code::Unavailable:
      return {.code = 503,
              .status = "UNAVAILABLE",
              .message = error.message,
              .retry_after = retry_after_seconds(retry_after)};
    default:
      return {.code = 500, .status = "INTERNAL", .message = "Internal error encountered."};
  }
}

http::Response response(const Refusal& refusal) {
  JsonWriter out;
  out.begin_object().key("error").begin_object();
  out.field("code", refusal.code).field("message", refusal.message).field("status", refusal.status);
  if (!refusal.error_type.empty() || !refusal.reason.empty()) {
    out.key("details").begin_array();
    if (!refusal.error_type.empty()) {
      out.begin_object();
      out.field("@type", "type.googleapis.com/google.commentanalyzer.v1alpha1.Error")
          .field("errorType", refusal.error_type);
      if (!refusal.attribute.empty()) {
        out.key("languageNotSupportedByAttributeError").begin_object().field("attribute", refusal.attribute);
        write_all(out, "requestedLanguages", refusal.requested_languages);
        write_all(out, "detectedLanguages", refusal.detected_languages);
        out.end_object();
      }
      out.end_object();
    }
    if (!refusal.reason.empty()) {
      out.begin_object()
          .field("@type", "type.googleapis.com/google.rpc.ErrorInfo")
          .field("reason", refusal.reason)
          .end_object();
    }
    out.end_array();
  }
  out.end_object().end_object();
  http::Response answer{.status = refusal.code, .body = out.take()};
  if (!refusal.retry_after.empty()) {
    answer.headers.emplace_back("Retry-After", refusal.retry_after);
  }
  return answer;
}

}  // namespace heed::adapters::perspective
