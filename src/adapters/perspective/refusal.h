#pragma once
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

#include "adapters/gate.h"
#include "http/message.h"

namespace heed::adapters::perspective {

/// An answer other than 200, in the shape that Perspective's clients test: {"error":{code, message, status,
/// details[]}}.
struct Refusal {
  int code = 400;
  std::string status = "INVALID_ARGUMENT";
  std::string message;
  std::string error_type = {};  ///< "COMMENT_EMPTY"; "" for what is not about the comment
  std::string reason = {};      ///< google.rpc.ErrorInfo's; "" for none
  std::string attribute = {};   ///< with LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE: the companion object
  std::vector<std::string> requested_languages = {}, detected_languages = {};
  std::string retry_after = {};
};

template <class T>
using Answer = tl::expected<T, Refusal>;

template <class T>
T taken(Answer<T>&& answer) {
  if constexpr (!std::is_void_v<T>) {
    return *std::move(answer);
  }
}
/// Unwraps an Answer or returns its refusal from the enclosing function, as TRY does for a Result.
#define ASK(expr)                                            \
  __extension__({                                            \
    auto asked_ = (expr);                                    \
    if (!asked_) [[unlikely]] {                              \
      return tl::unexpected(std::move(asked_).error());      \
    }                                                        \
    ::heed::adapters::perspective::taken(std::move(asked_)); \
  })

inline tl::unexpected<Refusal> refuse(std::string_view error_type, std::string message) {
  return tl::unexpected(Refusal{.message = std::move(message), .error_type = std::string(error_type)});
}
/// INVALID_REQUEST, for everything that has no type of its own.
inline tl::unexpected<Refusal> refuse(std::string message) { return refuse("INVALID_REQUEST", std::move(message)); }

/// What the turnstile, or the scorer that is not there yet, means here.
Refusal refusal_of(const Error& error, Millis retry_after = Millis(0), bool credential_given = true);

http::Response response(const Refusal& refusal);

}  // namespace heed::adapters::perspective
