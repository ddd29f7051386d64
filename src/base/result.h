#pragma once
#include <string>
#include <tl/expected.hpp>
#include <type_traits>
#include <utility>
#include <vector>

namespace heed {

/// What a caller can act on. The mapping to HTTP is one table in http/problem.cc.
enum class Code {
  InvalidInput,  ///< malformed or meaningless; the caller must change the request
  NotFound,      ///< absent, or not the caller's to know of
  Conflict,      ///< the state does not allow it; reload and decide again
  Denied,        ///< the caller may know the thing exists but may not do this
  Unauthorized,  ///< no or bad credentials
  TooLarge,      ///< over a stated limit
  TooMany,       ///< over a stated rate
  Timeout,
  Unavailable,  ///< try again later; nothing was stored
  Corrupt,      ///< stored bytes do not verify
  Internal,     ///< our bug
};

/// One faulty field of a request: a JSON pointer and what is wrong with it.
struct FieldError {
  std::string pointer;
  std::string detail;
  bool operator==(const FieldError&) const = default;
};

/// A failure that crosses a module boundary. `message` is for a person: what failed, on which object, what
/// to do next; it never contains post text or personal data.
struct Error {
  Code code = Code::Internal;
  std::string message;
  std::vector<FieldError> fields = {};
};

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> fail(Code code, std::string message, std::vector<FieldError> fields = {}) {
  return tl::unexpected<Error>(Error{code, std::move(message), std::move(fields)});
}
/// InvalidInput about one field.
inline tl::unexpected<Error> invalid(std::string pointer, std::string detail) {
  std::string message = pointer.empty() ? detail : pointer + ": " + detail;
  return fail(Code::InvalidInput, std::move(message), {{std::move(pointer), std::move(detail)}});
}

template <class T>
T take(Result<T>&& result) {
  if constexpr (!std::is_void_v<T>) {
    return *std::move(result);
  }
}

/// Unwraps a Result or returns its error from the enclosing function. One a line, never in a coroutine.
#define HEED_TRY_2(name, expr)                        \
  __extension__({                                     \
    auto name = (expr);                               \
    if (!name) [[unlikely]] {                         \
      return tl::unexpected(std::move(name).error()); \
    }                                                 \
    ::heed::take(std::move(name));                    \
  })
#define HEED_TRY_1(counter, expr) HEED_TRY_2(try_result_##counter, expr)
#define HEED_TRY_0(counter, expr) HEED_TRY_1(counter, expr)
#define TRY(expr) HEED_TRY_0(__COUNTER__, expr)

/// Broken invariant: our bug. Prints and aborts, in every build.
[[noreturn]] void invariant_failed(const char* what, const char* file, int line);
#define HEED_ASSERT(cond)                                  \
  do {                                                     \
    if (!(cond)) [[unlikely]] {                            \
      ::heed::invariant_failed(#cond, __FILE__, __LINE__); \
    }                                                      \
  } while (false)

}  // namespace heed
