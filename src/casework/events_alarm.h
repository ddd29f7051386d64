#pragma once
#include "casework/events_parts.h"

/// Alarms are rung by other events (their notices say so); here is what becomes of them. The id of an alarm is that
/// of its first notice.
namespace heed::casework {

struct AlarmAcknowledged {
  static constexpr std::string_view kKind = "alarm_acknowledged";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "alarm_acknowledged", {{shown::Audience::Reviewer, shown::kAll}}};
  NoticeId alarm;
  StaffId staff{};
  bool operator==(const AlarmAcknowledged&) const = default;
  template <class V>
  void visit(V& v) {
    v("alarm", alarm), v("staff", staff);
  }
};

/// Nobody acknowledged it in time (or it could not be delivered): the next in the rota is called.
struct AlarmEscalated {
  static constexpr std::string_view kKind = "alarm_escalated";
  static constexpr int kVersion = 1;
  inline static constexpr access::VisibilityRow kVisibility{
      kKind, "alarm_escalated", {{shown::Audience::Reviewer, shown::kAll}}};
  NoticeId alarm;
  int level = 0;   ///< place in the rota, from 0
  int rung = 0;    ///< how often it has rung, this time included
  Time next_at{};  ///< none: it has rung often enough
  std::vector<QueuedNotice> notices;
  bool operator==(const AlarmEscalated&) const = default;
  template <class V>
  void visit(V& v) {
    v("alarm", alarm), v("level", level), v("rung", rung), v("next_at", next_at), v("notices", notices);
  }
};

}  // namespace heed::casework
