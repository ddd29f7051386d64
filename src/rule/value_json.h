#pragma once
#include <string>

#include "base/json.h"
#include "rule/environment.h"

namespace heed::rule {

/// A JSON value as a value of the language: a number with point or exponent is a double, another an int (a
/// uint beyond the largest int), an object a map. Texts lie in the JSON's document, the rest in `arena`; an
/// error value when that is full or an object has a key twice.
Value from_json(Json json, Arena& arena);

/// The value as JSON: a double always with point or exponent, NaN and infinities as strings, a uint as a
/// number, bytes in base64, timestamps in RFC 3339, durations as "3.5s", types by name, a map as an object
/// with its keys as strings. TooLarge: over `bytes_max`. InvalidInput: two keys of a map have the same text.
Result<void> append_json(Value value, std::size_t bytes_max, std::string& out);

/// One line of `heed rules eval`: {"expr":"…","bindings":{"name":value}} and, where names are to be looked
/// for in a namespace, "container":"a.b". Gives {"value":…} or {"error":"…"}, without a newline. Every
/// binding is dyn. A binding's name may have dots. Not thread-safe; one a thread.
class LineEvaluator {
 public:
  explicit LineEvaluator(const Limits& limits = {});
  ~LineEvaluator();
  std::string evaluate(std::string_view line);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::rule
