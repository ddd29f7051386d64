#include <array>
#include <charconv>
#include <cmath>

#include "base/bytes.h"
#include "rule/functions.h"
#include "rule/instant.h"

namespace heed::rule {
namespace {

using Arguments = std::span<const Value>;

Value range() { return Value::error("the number is out of range"); }
Value not_number() { return Value::error("the string is not a number of this type"); }

template <class T>
bool parse_whole(std::string_view text, T& out) {
  const auto read = std::from_chars(text.data(), text.data() + text.size(), out);
  return read.ec == std::errc() && read.ptr == text.data() + text.size();
}

Value to_int(Call&, Arguments a) {
  switch (a[0].kind()) {
    case Kind::Uint:
      return a[0].as_uint() > static_cast<std::uint64_t>(INT64_MAX)
                 ? range()
                 : Value::integer(static_cast<std::int64_t>(a[0].as_uint()));
    case Kind::Double: {
      // Both ends are excluded: what lies there may have been rounded from outside.
      const double d = a[0].as_double();
      return d > -9223372036854775808.0 && d < 9223372036854775808.0 ? Value::integer(static_cast<std::int64_t>(d))
                                                                     : range();
    }
    case Kind::String: {
      std::int64_t n = 0;
      const std::string_view text = a[0].text();
      return parse_whole(text.substr(text.size() > 1 && text[0] == '+' && text[1] != '-' ? 1 : 0), n)
                 ? Value::integer(n)
                 : not_number();
    }
    case Kind::Timestamp:
      return Value::integer(a[0].seconds());
    default:
      return a[0];
  }
}

Value to_uint(Call&, Arguments a) {
  switch (a[0].kind()) {
    case Kind::Int:
      return a[0].as_int() < 0 ? range() : Value::unsigned_integer(static_cast<std::uint64_t>(a[0].as_int()));
    case Kind::Double: {
      const double d = a[0].as_double();
      return d >= 0 && d < 18446744073709551616.0 ? Value::unsigned_integer(static_cast<std::uint64_t>(d)) : range();
    }
    case Kind::String: {
      std::uint64_t n = 0;
      return parse_whole(a[0].text(), n) ? Value::unsigned_integer(n) : not_number();
    }
    default:
      return a[0];
  }
}

Value to_double(Call&, Arguments a) {
  switch (a[0].kind()) {
    case Kind::Int:
      return Value::number(static_cast<double>(a[0].as_int()));
    case Kind::Uint:
      return Value::number(static_cast<double>(a[0].as_uint()));
    case Kind::String: {
      std::string_view text = a[0].text();
      if (text.size() > 1 && text[0] == '+' && text[1] != '-') {
        text.remove_prefix(1);
      }
      double d = 0;
      const auto read = std::from_chars(text.data(), text.data() + text.size(), d);
      if (read.ptr != text.data() + text.size() || text.empty() || read.ec == std::errc::invalid_argument) {
        return not_number();
      }
      if (read.ec == std::errc::result_out_of_range) {
        d = std::strtod(std::string(text).c_str(), nullptr);
        return std::isinf(d) ? range() : Value::number(d);
      }
      return Value::number(d);
    }
    default:
      return a[0];
  }
}

Value to_string(Call& call, Arguments a) {
  std::array<char, 32> buffer;
  auto written = [&](std::to_chars_result r) {
    return make_string(call.arena, {buffer.data(), static_cast<std::size_t>(r.ptr - buffer.data())});
  };
  char* const end = buffer.data() + buffer.size();
  switch (a[0].kind()) {
    case Kind::Bool:
      return Value::string(a[0].as_bool() ? "true" : "false");
    case Kind::Int:
      return written(std::to_chars(buffer.data(), end, a[0].as_int()));
    case Kind::Uint:
      return written(std::to_chars(buffer.data(), end, a[0].as_uint()));
    case Kind::Double: {
      const double d = a[0].as_double();
      if (!std::isfinite(d)) {
        return Value::string(std::isnan(d) ? "NaN" : d > 0 ? "Infinity" : "-Infinity");
      }
      return written(std::to_chars(buffer.data(), end, d));
    }
    case Kind::Bytes:
      if (!call.spend(a[0].text().size())) {
        return out_of_steps();
      }
      return valid_utf8(a[0].text()) ? Value::string(a[0].text()) : Value::error("the bytes are not valid UTF-8");
    case Kind::Timestamp:
      return make_string(call.arena, timestamp_text(a[0]));
    case Kind::Duration:
      return make_string(call.arena, duration_text(a[0]));
    default:
      return a[0];
  }
}

Value to_bytes(Call&, Arguments a) { return a[0].is(Kind::String) ? Value::bytes(a[0].text()) : a[0]; }

Value to_bool(Call&, Arguments a) {
  if (a[0].is(Kind::Bool)) {
    return a[0];
  }
  const std::string_view text = a[0].text();
  for (std::string_view yes : {"1", "t", "T", "true", "TRUE", "True"}) {
    if (text == yes) {
      return Value::boolean(true);
    }
  }
  for (std::string_view no : {"0", "f", "F", "false", "FALSE", "False"}) {
    if (text == no) {
      return Value::boolean(false);
    }
  }
  return Value::error("the string is neither true nor false");
}

Value to_timestamp(Call&, Arguments a) {
  return a[0].is(Kind::String) ? parse_timestamp(a[0].text())
         : a[0].is(Kind::Int)  ? make_timestamp(a[0].as_int(), 0)
                               : a[0];
}
Value to_duration(Call&, Arguments a) { return a[0].is(Kind::String) ? parse_duration(a[0].text()) : a[0]; }

Function conversion(std::string name, std::string sentence, Kind gives, std::initializer_list<Kind> from,
                    Implementation run) {
  Function function{std::move(name), false, std::move(sentence), {}};
  Implementation paid = [run = std::move(run)](Call& call, Arguments a) {
    return a[0].is(Kind::String) && !call.spend(a[0].text().size()) ? out_of_steps() : run(call, a);
  };
  for (Kind kind : from) {
    function.overloads.push_back({{Type::of(kind)}, Type::of(gives), paid});
  }
  return function;
}

}  // namespace

std::vector<Function> conversion_functions() {
  using enum Kind;
  return {
      conversion("int", "A whole number: cut towards zero, read from digits, seconds since 1970.", Int,
                 {Int, Uint, Double, String, Timestamp}, to_int),
      conversion("uint", "A whole number that is not negative.", Uint, {Int, Uint, Double, String}, to_uint),
      conversion("double", "A number with a fraction.", Double, {Int, Uint, Double, String}, to_double),
      conversion("string", "The text of a value.", String,
                 {String, Bool, Int, Uint, Double, Bytes, Timestamp, Duration}, to_string),
      conversion("bytes", "The UTF-8 bytes of a string.", Bytes, {Bytes, String}, to_bytes),
      conversion("bool", "Read from 1, t, true, TRUE, True and 0, f, false, FALSE, False.", Bool, {Bool, String},
                 to_bool),
      conversion("timestamp", "A moment, from RFC 3339 text or seconds since 1970.", Timestamp,
                 {Timestamp, String, Int}, to_timestamp),
      conversion("duration", "A length of time, from text such as 1h30m, 2.5s or 10ms.", Duration, {Duration, String},
                 to_duration),
  };
}

}  // namespace heed::rule
