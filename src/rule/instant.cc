#include "rule/instant.h"

#include <array>
#include <charconv>
#include <chrono>
#include <cmath>

namespace heed::rule {
namespace {

constexpr std::int64_t kFirst = -62135596800,
                       kLast = 253402300799;         // seconds of 0001-01-01 and 9999-12-31T23:59:59
constexpr std::int64_t kDurationMax = 315576000000;  // seconds of 10,000 years
constexpr std::int64_t kNano = 1000000000;
__extension__ using Wide = __int128;

/// Brings nanos into 0…999,999,999; false when the seconds overflow.
bool normalize(std::int64_t& seconds, std::int64_t& nanos) {
  std::int64_t carry = nanos / kNano;
  nanos %= kNano;
  if (nanos < 0) {
    nanos += kNano;
    --carry;
  }
  return !__builtin_add_overflow(seconds, carry, &seconds);
}

bool digits(std::string_view text, std::size_t at, std::size_t count, int& out) {
  out = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (at + i >= text.size() || text[at + i] < '0' || text[at + i] > '9') {
      return false;
    }
    out = out * 10 + (text[at + i] - '0');
  }
  return true;
}

void append_fraction(std::string& out, std::uint32_t nanos) {
  if (nanos == 0) {
    return;
  }
  std::string digits_text = std::to_string(nanos);
  digits_text.insert(0, 9 - digits_text.size(), '0');
  digits_text.erase(digits_text.find_last_not_of('0') + 1);
  out += "." + digits_text;
}

void append_padded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string text = std::to_string(value);
  out.append(width > text.size() ? width - text.size() : 0, '0');
  out += text;
}

}  // namespace

Value make_timestamp(std::int64_t seconds, std::int64_t nanos) {
  if (!normalize(seconds, nanos) || seconds < kFirst || seconds > kLast) {
    return Value::error("timestamp out of range");
  }
  return Value::timestamp(seconds, static_cast<std::uint32_t>(nanos));
}

Value make_duration(std::int64_t seconds, std::int64_t nanos) {
  if (!normalize(seconds, nanos) || seconds < -kDurationMax || seconds > kDurationMax ||
      (seconds == kDurationMax && nanos > 0)) {
    return Value::error("duration out of range");
  }
  return Value::duration(seconds, static_cast<std::uint32_t>(nanos));
}

Value add_duration(Value a, Value b) {
  const std::int64_t seconds = a.seconds() + b.seconds();  // both far from 2^63
  const std::int64_t nanos = std::int64_t{a.nanos()} + b.nanos();
  return a.is(Kind::Timestamp) ? make_timestamp(seconds, nanos) : make_duration(seconds, nanos);
}

Value subtract(Value a, Value b) {
  const std::int64_t seconds = a.seconds() - b.seconds();
  const std::int64_t nanos = std::int64_t{a.nanos()} - b.nanos();
  return a.is(Kind::Timestamp) && b.is(Kind::Duration) ? make_timestamp(seconds, nanos) : make_duration(seconds, nanos);
}

Value parse_timestamp(std::string_view text) {
  const Value bad = Value::error("not a timestamp; one is written 2026-07-01T12:00:00Z");
  int year, month, day, hours, minutes, seconds;
  if (!digits(text, 0, 4, year) || !digits(text, 5, 2, month) || !digits(text, 8, 2, day) ||
      !digits(text, 11, 2, hours) || !digits(text, 14, 2, minutes) || !digits(text, 17, 2, seconds) || text[4] != '-' ||
      text[7] != '-' || (text[10] != 'T' && text[10] != 't') || text[13] != ':' || text[16] != ':') {
    return bad;
  }
  std::size_t at = 19;
  std::int64_t nanos = 0;
  if (at < text.size() && text[at] == '.') {
    std::int64_t scale = kNano;
    const std::size_t first = ++at;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && at < first + 9; ++at) {
      scale /= 10;
      nanos += (text[at] - '0') * scale;
    }
    if (at == first) {
      return bad;
    }
  }
  std::int64_t offset = 0;
  if (at < text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    ++at;
  } else {
    int zone_hours, zone_minutes;
    if (at >= text.size() || (text[at] != '+' && text[at] != '-') || !digits(text, at + 1, 2, zone_hours) ||
        at + 3 >= text.size() || text[at + 3] != ':' || !digits(text, at + 4, 2, zone_minutes) || zone_hours > 23 ||
        zone_minutes > 59) {
      return bad;
    }
    offset = (zone_hours * 60 + zone_minutes) * 60;
    offset = text[at] == '-' ? -offset : offset;
    at += 6;
  }
  using namespace std::chrono;
  const year_month_day date(std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                            std::chrono::day(static_cast<unsigned>(day)));
  if (at != text.size() || !date.ok() || hours > 23 || minutes > 59 || seconds > 59) {
    return bad;
  }
  const std::int64_t days = sys_days(date).time_since_epoch().count();
  return make_timestamp(days * 86400 + hours * 3600 + minutes * 60 + seconds - offset, nanos);
}

Value parse_duration(std::string_view text) {
  const Value bad = Value::error("not a duration; one is written 1h30m or 2.5s");
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    text.remove_prefix(1);
  }
  if (text == "0") {
    return make_duration(0, 0);
  }
  // Whole nanoseconds in 128 bits: exact, and too wide to overflow with the digits that are let through.
  Wide total = 0;
  bool any = false;
  while (!text.empty()) {
    Wide whole = 0, fraction = 0, scale = 1;
    std::size_t n = 0, i = 0;
    for (; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++n) {
      whole = whole * 10 + (text[i] - '0');
      if (whole > (Wide{1} << 63)) {
        return Value::error("duration out of range");
      }
    }
    if (i < text.size() && text[i] == '.') {
      for (++i; i < text.size() && text[i] >= '0' && text[i] <= '9'; ++i, ++n) {
        if (scale < 1'000'000'000'000'000) {
          fraction = fraction * 10 + (text[i] - '0');
          scale *= 10;
        }
      }
    }
    if (n == 0) {
      return bad;
    }
    text.remove_prefix(i);
    struct Unit {
      std::string_view name;
      std::int64_t nanos;
    };
    constexpr std::array<Unit, 8> kUnits = {{{"ns", 1},
                                             {"us", 1000},
                                             {"µs", 1000},
                                             {"μs", 1000},
                                             {"ms", 1000000},
                                             {"s", kNano},
                                             {"m", 60 * kNano},
                                             {"h", 3600 * kNano}}};
    const Unit* unit = nullptr;
    for (const Unit& u : kUnits) {
      if (text.starts_with(u.name) &&
          (text.size() == u.name.size() || (text[u.name.size()] >= '0' && text[u.name.size()] <= '9') ||
           text[u.name.size()] == '.')) {
        unit = &u;
        break;
      }
    }
    if (unit == nullptr) {
      return bad;
    }
    text.remove_prefix(unit->name.size());
    total += whole * unit->nanos + fraction * unit->nanos / scale;
    any = true;
    if (total > static_cast<Wide>(kDurationMax) * 2 * kNano) {
      return Value::error("duration out of range");
    }
  }
  if (!any) {
    return bad;
  }
  total = negative ? -total : total;
  return make_duration(static_cast<std::int64_t>(total / kNano), static_cast<std::int64_t>(total % kNano));
}

std::string timestamp_text(Value timestamp) {
  const Civil c = civil(timestamp.seconds());
  std::string out;
  append_padded(out, c.year, 4);
  for (auto [mark, value] :
       {std::pair('-', c.month), {'-', c.day}, {'T', c.hours}, {':', c.minutes}, {':', c.seconds}}) {
    out += mark;
    append_padded(out, value, 2);
  }
  append_fraction(out, timestamp.nanos());
  return out + "Z";
}

std::string duration_text(Value duration) {
  std::int64_t seconds = duration.seconds();
  std::uint32_t nanos = duration.nanos();
  std::string out;
  if (seconds < 0) {
    out = "-";
    seconds = -seconds;
    if (nanos > 0) {
      --seconds;
      nanos = static_cast<std::uint32_t>(kNano) - nanos;
    }
  }
  out += std::to_string(seconds);
  append_fraction(out, nanos);
  return out + "s";
}

Civil civil(std::int64_t seconds) {
  using namespace std::chrono;
  const sys_seconds at{std::chrono::seconds(seconds)};
  const auto day = floor<days>(at);
  const year_month_day date(day);
  const auto of_day = (at - day).count();
  Civil c;
  c.year = static_cast<int>(date.year());
  c.month = static_cast<int>(static_cast<unsigned>(date.month()));
  c.day = static_cast<int>(static_cast<unsigned>(date.day()));
  c.weekday = static_cast<int>(weekday(day).c_encoding());
  c.day_of_year = static_cast<int>((day - sys_days(date.year() / January / 1)).count());
  c.hours = static_cast<int>(of_day / 3600);
  c.minutes = static_cast<int>(of_day / 60 % 60);
  c.seconds = static_cast<int>(of_day % 60);
  return c;
}

}  // namespace heed::rule
