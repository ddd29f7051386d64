#pragma once
#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "base/clock.h"
#include "base/id.h"
#include "base/result.h"

/// Structured logs: one JSON object a line on stderr, {"at","level","event",…fields}. What a person wrote, handles,
/// account ids, addresses have no way in: a field takes numbers, ids of ours, times, string literals, and text
/// explicitly vouched for with `log::safe`. Thread-safe. A line is one write, so what was logged before a crash is
/// there.
namespace heed {

/// Text by or about a person. Holds it, hands it out by name, cannot be logged or formatted.
class PersonalText {
 public:
  PersonalText() = default;
  explicit PersonalText(std::string text) : text_(std::move(text)) {}
  const std::string& reveal() const { return text_; }
  bool empty() const { return text_.empty(); }

 private:
  std::string text_;
};

namespace log {

enum class Level { Debug, Info, Warn, Error };

/// Vouches that this text is ours: a path of the operator's, a rule id, an error message.
struct Safe {
  std::string_view text;
};
inline Safe safe(std::string_view text) { return Safe{text}; }

struct Field {
  using Value = std::variant<std::int64_t, std::uint64_t, double, bool, std::string>;
  std::string_view key;
  Value value;

  template <class T>
  requires(std::is_integral_v<T>&& std::is_signed_v<T> && !std::is_same_v<T, bool>) Field(std::string_view k, T v)
      : key(k), value(static_cast<std::int64_t>(v)) {}
  template <class T>
  requires(std::is_integral_v<T>&& std::is_unsigned_v<T> && !std::is_same_v<T, bool>) Field(std::string_view k, T v)
      : key(k), value(static_cast<std::uint64_t>(v)) {}
  Field(std::string_view k, std::same_as<bool> auto v) : key(k), value(v) {}  // no pointer turned into true
  Field(std::string_view k, double v) : key(k), value(v) {}
  template <std::size_t N>
  Field(std::string_view k, const char (&literal)[N]) : key(k), value(std::string(literal)) {}
  Field(std::string_view k, Safe v) : key(k), value(std::string(v.text)) {}
  Field(std::string_view k, Time v) : key(k), value(format_time(v)) {}
  Field(std::string_view k, const Error& v) : key(k), value(v.message) {}
  template <class Tag>
  Field(std::string_view k, const Id<Tag>& v) : key(k), value(v.text()) {}
};

void set_level(Level level);
/// `event` is a constant in snake_case: what happened, not prose.
void write(Level level, std::string_view event, std::initializer_list<Field> fields = {});
inline void debug(std::string_view event, std::initializer_list<Field> f = {}) { write(Level::Debug, event, f); }
inline void info(std::string_view event, std::initializer_list<Field> f = {}) { write(Level::Info, event, f); }
inline void warn(std::string_view event, std::initializer_list<Field> f = {}) { write(Level::Warn, event, f); }
inline void error(std::string_view event, std::initializer_list<Field> f = {}) { write(Level::Error, event, f); }
void flush();

}  // namespace log
}  // namespace heed
