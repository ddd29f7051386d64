#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "rule/value.h"

/// Timestamps (0001-01-01 to 9999-12-31) and durations (10,000 years either way) to the nanosecond, as the
/// language and protocol buffers have them; base/clock.h has milliseconds, which do not hold them.
namespace heed::rule {

/// Errors of range are values: "timestamp out of range".
Value make_timestamp(std::int64_t seconds, std::int64_t nanos);
Value make_duration(std::int64_t seconds, std::int64_t nanos);

Value add_duration(Value timestamp_or_duration, Value duration);
Value subtract(Value a, Value b);  ///< timestamp − timestamp, timestamp − duration, duration − duration

/// RFC 3339, up to nine digits of a second, any offset.
Value parse_timestamp(std::string_view text);
/// "1h30m", "-1.5s", "10ms", "5us", "7ns".
Value parse_duration(std::string_view text);
/// "2009-02-13T23:31:30.5Z": as many digits of a second as are needed.
std::string timestamp_text(Value timestamp);
/// "3.5s".
std::string duration_text(Value duration);

/// A timestamp on a calendar and clock.
struct Civil {
  std::int64_t year = 1970;
  int month = 1, day = 1, weekday = 4,
      day_of_year = 0;  ///< month and day from 1, Sunday 0, day of year from 0
  int hours = 0, minutes = 0, seconds = 0;
};
Civil civil(std::int64_t seconds);

/// Seconds to add to UTC at that time: "Europe/Berlin", "+05:30", "-08:00", "02:00", "UTC". Nothing for what
/// is no zone.
std::optional<int> zone_offset(std::string_view zone, std::int64_t seconds);

}  // namespace heed::rule
