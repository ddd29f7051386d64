#pragma once
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "casework/context.h"

namespace heed::casework {

/// Alarms about the house itself: a disk that is full, a backup that fails, deadlines that cannot be carried out. They
/// live in memory, since what rings may be that the ledger cannot be written; after a start, what is still wrong rings
/// anew. Otherwise as alarms of cases (alarms.h): somebody acknowledges, or the next in the rota is called. Any thread.
class HouseAlarms {
 public:
  struct Alarm {
    NoticeId id;
    std::string what;      ///< "clocks", "disk", "backup"
    std::string sentence;  ///< what is wrong and what to do
    Time at{}, said_at{};  ///< first and last time that it was found so
    int level = 0, rung = 1;
    std::optional<Time> next_at;  ///< when the next in the rota is called; null: never
    Time acknowledged_at{};
    StaffId staff;
    bool acknowledged() const { return acknowledged_at != Time{}; }
  };

  explicit HouseAlarms(const Environment& env) : env_(env) {}

  /// This is so, and is said again as long as it is so. Opens an alarm unless one of that kind rings; one that was
  /// acknowledged keeps silent while what is wrong goes on, for six hours. Whether it opened one.
  bool ring(std::string_view what, std::string_view sentence, Time now);
  /// Calls to be made now, each once; `level` says to whom. After three rounds it is one call an hour. What has been
  /// over for ten minutes calls nobody; it is listed until somebody acknowledges it.
  std::vector<Alarm> due(Time now);
  /// The call was given up: the next in the rota is called with the next due().
  void given_up(NoticeId id, Time now);
  /// Empty when there is no such alarm. Again: the first time and name stay.
  std::optional<Alarm> acknowledge(NoticeId id, StaffId staff, Time now);
  /// What rings, oldest first; or all that are remembered (the last hundred), newest first.
  std::vector<Alarm> ringing() const;
  std::vector<Alarm> all() const;

 private:
  int levels() const { return 1 + static_cast<int>(env_.rota_next.size()); }
  Alarm* find(NoticeId id);

  const Environment& env_;
  mutable std::mutex mutex_;
  IdSource ids_;
  std::vector<Alarm> alarms_;  ///< oldest first
  std::vector<Alarm> calls_;   ///< not yet given out by due()
};

}  // namespace heed::casework
