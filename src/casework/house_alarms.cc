#include "casework/house_alarms.h"

#include <algorithm>
#include <utility>

namespace heed::casework {
namespace {

constexpr int kRounds = 3;
constexpr std::size_t kRemembered = 100;
constexpr Millis kOverAfter = std::chrono::minutes(10), kAgainAfter = std::chrono::hours(6);
constexpr Millis kCallAfterRounds = std::chrono::hours(1);  ///< three rounds were in vain and it is still so

}  // namespace

HouseAlarms::Alarm* HouseAlarms::find(NoticeId id) {
  auto at = std::find_if(alarms_.begin(), alarms_.end(), [&](const Alarm& a) { return a.id == id; });
  return at == alarms_.end() ? nullptr : &*at;
}

bool HouseAlarms::ring(std::string_view what, std::string_view sentence, Time now) {
  std::lock_guard lock(mutex_);
  auto last = std::find_if(alarms_.rbegin(), alarms_.rend(), [&](const Alarm& a) { return a.what == what; });
  if (last != alarms_.rend()) {
    const bool goes_on = now - last->said_at < kOverAfter;
    if (!last->acknowledged() || (goes_on && now - last->acknowledged_at < kAgainAfter)) {
      last->sentence = sentence;
      last->said_at = now;
      if (!last->acknowledged() && !last->next_at) {
        last->next_at = now;  // it was over, and nobody had looked
      }
      return false;
    }
  }
  if (alarms_.size() == kRemembered) {
    auto oldest = std::find_if(alarms_.begin(), alarms_.end(), [](const Alarm& a) { return a.acknowledged(); });
    alarms_.erase(oldest == alarms_.end() ? alarms_.begin() : oldest);
  }
  Alarm& alarm = alarms_.emplace_back();
  alarm.id = ids_.mint<NoticeId>(now);
  alarm.what = what;
  alarm.sentence = sentence;
  alarm.at = alarm.said_at = now;
  alarm.next_at = now + env_.alarm_escalates;
  calls_.push_back(alarm);
  return true;
}

std::vector<HouseAlarms::Alarm> HouseAlarms::due(Time now) {
  std::lock_guard lock(mutex_);
  for (Alarm& alarm : alarms_) {
    if (alarm.acknowledged() || !alarm.next_at || *alarm.next_at > now) {
      continue;
    }
    if (now - alarm.said_at > kOverAfter) {
      alarm.next_at.reset();
      continue;
    }
    alarm.level = (alarm.level + 1) % levels();
    ++alarm.rung;
    alarm.next_at = now + (alarm.rung < kRounds * levels() ? env_.alarm_escalates : kCallAfterRounds);
    calls_.push_back(alarm);
  }
  return std::exchange(calls_, {});
}

void HouseAlarms::given_up(NoticeId id, Time now) {
  std::lock_guard lock(mutex_);
  if (Alarm* alarm = find(id); alarm != nullptr && alarm->next_at) {
    alarm->next_at = std::min(*alarm->next_at, now);
  }
}

std::optional<HouseAlarms::Alarm> HouseAlarms::acknowledge(NoticeId id, StaffId staff, Time now) {
  std::lock_guard lock(mutex_);
  Alarm* alarm = find(id);
  if (alarm == nullptr) {
    return std::nullopt;
  }
  if (!alarm->acknowledged()) {
    alarm->acknowledged_at = now;
    alarm->staff = staff;
    alarm->next_at.reset();
  }
  return *alarm;
}

std::vector<HouseAlarms::Alarm> HouseAlarms::ringing() const {
  std::lock_guard lock(mutex_);
  std::vector<Alarm> out;
  std::copy_if(alarms_.begin(), alarms_.end(), std::back_inserter(out),
               [](const Alarm& a) { return !a.acknowledged(); });
  return out;
}

std::vector<HouseAlarms::Alarm> HouseAlarms::all() const {
  std::lock_guard lock(mutex_);
  return {alarms_.rbegin(), alarms_.rend()};
}

}  // namespace heed::casework
