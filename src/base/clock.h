#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace heed {

/// Server and platform times have millisecond resolution, UTC.
using Millis = std::chrono::milliseconds;
using Time = std::chrono::sys_time<Millis>;

inline std::int64_t to_ms(Time time) { return time.time_since_epoch().count(); }
inline Time from_ms(std::int64_t ms) { return Time(Millis(ms)); }

/// Source of `at`. Every component gets one by reference; nothing else reads the wall clock, so replay and
/// tests decide what time it is. Thread-safe.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

/// The machine's clock, never going backwards within the process (a clock set back holds still).
class SystemClock final : public Clock {
 public:
  Time now() const override;

 private:
  mutable std::atomic<std::int64_t> latest_{0};
};

/// Stands until it is set. For tests, scenarios, the simulator and `serve --clock=manual`.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Time start) : ms_(to_ms(start)) {}
  Time now() const override { return from_ms(ms_.load(std::memory_order_relaxed)); }
  void set(Time time) { ms_.store(to_ms(time), std::memory_order_relaxed); }
  void advance(Millis by) { ms_.fetch_add(by.count(), std::memory_order_relaxed); }

 private:
  std::atomic<std::int64_t> ms_;
};

/// "2026-11-21T18:00:00.000Z"; always 24 characters for years 0000-9999.
std::string format_time(Time time);
/// RFC 3339 with any offset and 0-9 fractional digits (cut to milliseconds); refuses what is not a real
/// date, leap seconds become the following second.
Result<Time> parse_time(std::string_view text);

}  // namespace heed
