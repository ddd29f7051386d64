#include "base/clock.h"

#include <fmt/format.h>

#include <algorithm>

namespace heed {
namespace {

void put(char* at, unsigned value, int digits) {
  for (int i = digits - 1; i >= 0; --i) {
    at[i] = static_cast<char>('0' + value % 10);
    value /= 10;
  }
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Takes fixed-width numbers and separators from the front; after the first mismatch `ok` stays false.
struct Scanner {
  std::string_view text;
  bool ok = true;

  int number(std::size_t digits) {
    int value = 0;
    if (!ok || text.size() < digits) {
      ok = false;
      return 0;
    }
    for (std::size_t i = 0; i < digits; ++i) {
      ok = ok && is_digit(text[i]);
      value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return ok ? value : 0;
  }
  char one_of(std::string_view allowed) {
    if (!ok || text.empty() || allowed.find(text[0]) == std::string_view::npos) {
      ok = false;
      return '\0';
    }
    char c = text[0];
    text.remove_prefix(1);
    return c;
  }
};

int fraction_ms(Scanner& in) {
  if (in.text.empty() || in.text[0] != '.') {
    return 0;
  }
  in.text.remove_prefix(1);
  int ms = 0;
  int digits = 0;
  for (; digits < 9 && !in.text.empty() && is_digit(in.text[0]); ++digits) {
    ms = digits < 3 ? ms * 10 + (in.text[0] - '0') : ms;
    in.text.remove_prefix(1);
  }
  in.ok = in.ok && digits > 0;
  for (int i = digits; i < 3; ++i) {
    ms *= 10;
  }
  return ms;
}

}  // namespace

Time SystemClock::now() const {
  std::int64_t ms = to_ms(std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()));
  std::int64_t latest = latest_.load(std::memory_order_relaxed);
  while (ms > latest && !latest_.compare_exchange_weak(latest, ms, std::memory_order_relaxed)) {
  }
  return from_ms(std::max(ms, latest));
}

std::string format_time(Time time) {
  auto days = std::chrono::floor<std::chrono::days>(time);
  std::chrono::year_month_day date{days};
  auto ms = static_cast<unsigned>((time - days).count());
  int year = static_cast<int>(date.year());
  std::string out = "0000-00-00T00:00:00.000Z";
  put(&out[5], static_cast<unsigned>(date.month()), 2);
  put(&out[8], static_cast<unsigned>(date.day()), 2);
  put(&out[11], ms / 3'600'000, 2);
  put(&out[14], ms / 60'000 % 60, 2);
  put(&out[17], ms / 1000 % 60, 2);
  put(&out[20], ms % 1000, 3);
  if (year >= 0 && year <= 9999) {
    put(&out[0], static_cast<unsigned>(year), 4);
  } else {
    out.replace(0, 4, fmt::format("{:+}", year));
  }
  return out;
}

Result<Time> parse_time(std::string_view text) {
  using namespace std::chrono;
  Scanner in{text};
  int y = in.number(4);
  in.one_of("-");
  int mo = in.number(2);
  in.one_of("-");
  int d = in.number(2);
  in.one_of("Tt");
  int h = in.number(2);
  in.one_of(":");
  int mi = in.number(2);
  in.one_of(":");
  int s = in.number(2);
  int ms = fraction_ms(in);
  char zone = in.one_of("Zz+-");
  int offset_min = 0;
  if (zone == '+' || zone == '-') {
    int hours = in.number(2);
    in.one_of(":");
    int minutes_part = in.number(2);
    in.ok = in.ok && hours <= 23 && minutes_part <= 59;
    offset_min = (hours * 60 + minutes_part) * (zone == '-' ? -1 : 1);
  }
  if (!in.ok || !in.text.empty()) {
    return fail(Code::InvalidInput, "not a time as in RFC 3339, such as 2026-11-21T18:00:00Z");
  }
  year_month_day date{year(y), month(static_cast<unsigned>(mo)), day(static_cast<unsigned>(d))};
  if (!date.ok() || h > 23 || mi > 59 || s > 60) {
    return fail(Code::InvalidInput, "there is no such date or time of day");
  }
  Time time = sys_days(date) + hours(h) + minutes(mi) + seconds(s) + milliseconds(ms) - minutes(offset_min);
  if (s == 60 && (time - floor<days>(time)) >= seconds(1)) {
    return fail(Code::InvalidInput, "a leap second only follows 23:59:59 UTC");
  }
  return time;
}

}  // namespace heed
