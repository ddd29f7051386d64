#include "rule/functions.h"
#include "rule/instant.h"

namespace heed::rule {
namespace {

using Arguments = std::span<const Value>;
using Get = std::int64_t (*)(const Civil&, std::uint32_t nanos);

constexpr std::size_t kNamedZone = 64 * 50;  // looking one up takes as long as fifty steps and more

/// The accessor of a timestamp, in UTC or in the zone that the second argument names.
Implementation on_calendar(Get get) {
  return [get](Call& call, Arguments a) {
    std::int64_t seconds = a[0].seconds();
    if (a.size() == 2) {
      if (!call.spend(a[1].text().find(':') == std::string_view::npos ? kNamedZone : a[1].text().size())) {
        return out_of_steps();
      }
      const auto offset = zone_offset(a[1].text(), seconds);
      if (!offset) {
        return Value::error("unknown time zone");
      }
      seconds += *offset;
    }
    return Value::integer(get(civil(seconds), a[0].nanos()));
  };
}

/// The whole of a duration in a unit, cut towards zero.
Implementation whole(std::int64_t unit_seconds) {
  return [unit_seconds](Call&, Arguments a) {
    const std::int64_t seconds = a[0].seconds() < 0 && a[0].nanos() > 0 ? a[0].seconds() + 1 : a[0].seconds();
    return Value::integer(seconds / unit_seconds);
  };
}

Value duration_milliseconds(Call&, Arguments a) {
  // Of the last second only, as the specification has it; negative in a negative duration.
  const bool negative = a[0].seconds() < 0 && a[0].nanos() > 0;
  const std::int64_t nanos = negative ? std::int64_t{a[0].nanos()} - 1'000'000'000 : std::int64_t{a[0].nanos()};
  return Value::integer(nanos / 1'000'000);
}

Function accessor(std::string name, std::string sentence, Get get, Implementation of_duration = {}) {
  const Type at = Type::of(Kind::Timestamp), text = Type::of(Kind::String), number = Type::of(Kind::Int);
  Function function{std::move(name),
                    true,
                    std::move(sentence),
                    {{{at}, number, on_calendar(get)}, {{at, text}, number, on_calendar(get)}}};
  if (of_duration) {
    function.overloads.push_back({{Type::of(Kind::Duration)}, number, std::move(of_duration)});
  }
  return function;
}

}  // namespace

std::vector<Function> time_functions() {
  return {
      accessor("getFullYear", "The year.", [](const Civil& c, std::uint32_t) { return c.year; }),
      accessor("getMonth", "The month, January is 0.",
               [](const Civil& c, std::uint32_t) { return std::int64_t{c.month} - 1; }),
      accessor("getDate", "The day of the month, from 1.",
               [](const Civil& c, std::uint32_t) { return std::int64_t{c.day}; }),
      accessor("getDayOfMonth", "The day of the month, from 0.",
               [](const Civil& c, std::uint32_t) { return std::int64_t{c.day} - 1; }),
      accessor("getDayOfWeek", "The day of the week, Sunday is 0.",
               [](const Civil& c, std::uint32_t) { return std::int64_t{c.weekday}; }),
      accessor("getDayOfYear", "The day of the year, from 0.",
               [](const Civil& c, std::uint32_t) { return std::int64_t{c.day_of_year}; }),
      accessor(
          "getHours", "The hour of the day; of a duration its whole hours.",
          [](const Civil& c, std::uint32_t) { return std::int64_t{c.hours}; }, whole(3600)),
      accessor(
          "getMinutes", "The minute of the hour; of a duration its whole minutes.",
          [](const Civil& c, std::uint32_t) { return std::int64_t{c.minutes}; }, whole(60)),
      accessor(
          "getSeconds", "The second of the minute; of a duration its whole seconds.",
          [](const Civil& c, std::uint32_t) { return std::int64_t{c.seconds}; }, whole(1)),
      accessor(
          "getMilliseconds", "The millisecond of the second.",
          [](const Civil&, std::uint32_t nanos) { return std::int64_t{nanos / 1'000'000}; }, duration_milliseconds),
  };
}

}  // namespace heed::rule
