#pragma once
#include <memory>
#include <string>
#include <vector>

#include "casework/context.h"
#include "casework/house_alarms.h"
#include "casework/notices.h"
#include "ledger/store.h"

/// Delivery of what the outbox table holds: at least once, with a constant id, in order.
namespace heed::casework {

struct OutboxLimits {
  std::size_t in_flight_max = 32;
  std::size_t loaded_max = 200'000;  ///< queued notices known in memory; more wait in the table
  Millis give_up = std::chrono::hours(72);
};

/// Waits between tries: 5 s, 30 s, 2 min, 10 min, 30 min, 1 h, then every 2 h; Dead after three days.
Millis backoff(int tries);

/// One per process; pump() is called by one thread (a timer), outcomes come on any. Order: within one case and one
/// receiver (the platform's webhook, mail, the on-call rota) a notice waits until the one before is delivered or dead;
/// a statement of reasons also waits for the outcomes of its own act, for 45 minutes at the most. A mailbox that is
/// down thus never holds back an order to the platform or an alarm.
///
/// What is gathered for a person (digest.h) goes as one mail, all that waits for the same moment, and is recorded in
/// one commit; it holds up nothing else.
///
/// An erased receiver's notice is dead at once. What a line holds in memory is read from the table again at a start.
/// An outcome is recorded as an event before the next of that line goes. If the record fails, the record is tried
/// again, not the delivery: a repeat happens only when the process dies between acceptance and record.
class Outbox {
 public:
  Outbox(ledger::Store& store, const Environment& env, RenderEnv render, Carrier& carrier, const Clock& clock,
         OutboxLimits limits = {});
  ~Outbox();  ///< outcomes that come later are dropped: those notices are sent again after the next start
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Sends what is due at `now`. Returns when to call again at the latest (also call after every commit that may
  /// have queued something). Unavailable when the store cannot be read; try again.
  Result<Time> pump(Time now);
  void send_test_alarm(Time now);  ///< at most one a day; goes out with the next pump
  /// What is wrong with the house itself, where there is no case whose event could ring; called with the next pump.
  HouseAlarms& house_alarms();
  /// Called when a line has moved on and pump() would find work; on any thread, so it only wakes whoever pumps.
  void on_ready(Function<void()> wake);

  struct Figures {
    std::size_t waiting = 0, in_flight = 0;
    std::uint64_t delivered = 0, retries = 0, dead = 0, records_failed = 0;
    Time oldest{};  ///< of what is waiting; 0 when nothing is
    Time test_alarm_delivered{};
    std::size_t calls_waiting = 0;  ///< of test alarms and calls about the house itself
  };
  Figures figures() const;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// Given up, newest last; `after` is the last one of the page before.
Result<std::vector<NoticeRow>> dead_notices(ledger::View& view, std::size_t limit, const NoticeRow* after = nullptr);
/// Puts a dead notice into the outbox again. NotFound; Conflict when it is not dead.
Result<void> replay_notice(Context& context, NoticeId notice);

}  // namespace heed::casework
