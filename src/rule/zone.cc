#include <unicode/timezone.h>

#include <memory>
#include <string>

#include "rule/instant.h"

namespace heed::rule {
namespace {

/// "+05:30", "-08:00" and, as the language allows, "02:00".
std::optional<int> fixed_offset(std::string_view zone) {
  int sign = 1;
  if (!zone.empty() && (zone[0] == '+' || zone[0] == '-')) {
    sign = zone[0] == '-' ? -1 : 1;
    zone.remove_prefix(1);
  }
  auto digit = [&](std::size_t i) { return zone[i] >= '0' && zone[i] <= '9' ? zone[i] - '0' : 100000; };
  if (zone.size() != 5 || zone[2] != ':') {
    return std::nullopt;
  }
  const int hours = digit(0) * 10 + digit(1), minutes = digit(3) * 10 + digit(4);
  if (hours > 23 || minutes > 59) {
    return std::nullopt;
  }
  return sign * (hours * 3600 + minutes * 60);
}

/// The zone asked for last, by each thread: looking one up costs about ten microseconds, asking it a fifth of
/// one.
struct Latest {
  std::string name;
  std::unique_ptr<icu::TimeZone> zone;
};

}  // namespace

std::optional<int> zone_offset(std::string_view zone, std::int64_t seconds) {
  if (zone == "UTC" || zone == "Z" || zone.empty()) {
    return zone.empty() ? std::nullopt : std::optional(0);
  }
  if (const auto fixed = fixed_offset(zone)) {
    return fixed;
  }
  static thread_local Latest latest;
  if (latest.zone == nullptr || latest.name != zone) {
    if (zone.size() > 64 || zone.substr(0, 3) == "GMT") {  // ICU makes zones of its own of GMT+x
      return zone == "GMT" ? std::optional(0) : std::nullopt;
    }
    const auto id = icu::UnicodeString::fromUTF8(icu::StringPiece(zone.data(), static_cast<int>(zone.size())));
    std::unique_ptr<icu::TimeZone> found(icu::TimeZone::createTimeZone(id));
    if (found == nullptr || *found == icu::TimeZone::getUnknown()) {
      return std::nullopt;
    }
    latest = {std::string(zone), std::move(found)};
  }
  int32_t raw = 0, saving = 0;
  UErrorCode status = U_ZERO_ERROR;
  latest.zone->getOffset(static_cast<UDate>(seconds) * 1000.0, /*local=*/false, raw, saving, status);
  if (U_FAILURE(status)) {
    return std::nullopt;
  }
  return (raw + saving) / 1000;
}

}  // namespace heed::rule
