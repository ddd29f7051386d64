#include "casework/outbox.h"

#include <algorithm>
#include <array>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <unordered_set>

#include "casework/alarms.h"
#include "casework/digest.h"
#include "casework/settle.h"
#include "casework/telling_order.h"

namespace heed::casework {
namespace {

constexpr std::array<Millis, 6> kWaits = {std::chrono::seconds(5),  std::chrono::seconds(30), std::chrono::minutes(2),
                                          std::chrono::minutes(10), std::chrono::minutes(30), std::chrono::hours(1)};
constexpr Millis kWaitMax = std::chrono::hours(2);
constexpr Millis kRetryAfterMax = std::chrono::hours(6);
constexpr Millis kLookBack = std::chrono::minutes(1);     // commands take their time before they commit
constexpr Millis kSweepEvery = std::chrono::minutes(10);  // and once in a while everything is looked at
constexpr Millis kIdle = std::chrono::minutes(1);

/// One receiver of one case: what goes there goes in order.
struct LineKey {
  CaseId case_id;
  std::uint8_t receiver = 0;
  auto operator<=>(const LineKey&) const = default;
};
constexpr std::uint8_t kAlarms = 3, kDigests = 5;
constexpr std::size_t kDigestMax = 1000;  ///< notices of one mail, recorded in one commit

/// What is gathered for a mailbox stands in one line, of whatever case it is.
Result<LineKey> line_of(ledger::View& view, const Environment& env, const NoticeRow& notice) {
  if (notice.gathered) {
    auto party = TRY(ledger::get<PartyRow>(view, notice.case_id, notice.party));
    auto mailbox = party ? TRY(mailbox_of(view, *env.keys, *env.hasher, *party)) : std::optional<PersonHash>{};
    if (mailbox) {
      LineKey key{{}, kDigests};
      std::copy(mailbox->begin(), mailbox->end(), key.case_id.value.bytes.begin());
      return key;
    }
  }
  return LineKey{notice.case_id,
                 notice.kind == NoticeKind::Alarm ? kAlarms : static_cast<std::uint8_t>(notice.channel)};
}

struct Entry {
  Time from{};
  NoticeId id;
  CaseId case_id;
  std::int64_t seq = 0;
  NoticeKind kind{};
  auto order() const { return std::pair(from, id); }
};

enum class Phase : std::uint8_t { Idle, InFlight, Recording };

struct Line {
  std::deque<Entry> entries;
  Phase phase = Phase::Idle;
  std::size_t going = 1;        // so many of the first go as one: a digest's
  std::set<NoticeId> left_out;  // of those, which nobody is there for any more
  int tries = 0;
  Time next_at{};
  NoticeState state{};  // to be recorded
  bool gone = false;    // nobody is there any more whom it could be sent to
  bool record_running = false;
};

bool tried_long_enough(int tries, Millis give_up) {
  Millis waited{0};
  for (int i = 1; i <= tries && waited < give_up; ++i) {
    waited += backoff(i);
  }
  return waited >= give_up;
}

}  // namespace

Millis backoff(int tries) {
  const auto i = static_cast<std::size_t>(std::max(tries, 1) - 1);
  return i < kWaits.size() ? kWaits[i] : kWaitMax;
}

struct Outbox::State : std::enable_shared_from_this<Outbox::State> {
  State(ledger::Store& s, const Environment& e, RenderEnv r, Carrier& c, const Clock& k, OutboxLimits l)
      : store(s), env(e), render_env(std::move(r)), carrier(c), clock(k), limits(l), house_alarms(e) {}

  // Constant after construction.
  ledger::Store& store;
  const Environment& env;
  RenderEnv render_env;
  Carrier& carrier;
  const Clock& clock;
  OutboxLimits limits;

  mutable std::mutex mutex;
  // Guarded by mutex.
  bool closed = false;
  std::map<LineKey, Line> lines;
  std::set<std::pair<Time, LineKey>> ready;  // idle lines by when they may go
  std::unordered_set<NoticeId> known;
  std::unordered_set<NoticeId> finished;  // since the view in use was made: it may still show them as queued
  std::optional<std::pair<Time, NoticeId>> cursor;
  Time swept{};
  Figures figures;
  std::size_t in_flight = 0;
  Function<void()> wake;
  HouseAlarms house_alarms;
  /// The daily test, and calls about the house: by "test", or the alarm's id. Not kept: after a start it rings again.
  struct Call {
    Parcel parcel;
    NoticeId alarm;
    int tries = 0;
    Time next{};
    bool in_flight = false;
  };
  std::map<std::string, Call, std::less<>> calls;
  std::string test_day;

  // --- loading ----------------------------------------------------------------------------------------------
  /// Notices that have become due. Returns when the next one will be.
  Result<Time> load(ledger::View& view, Time now) {
    Time next_due = now + kIdle;
    std::optional<std::pair<Time, NoticeId>> from = cursor;
    if (now - swept >= kSweepEvery) {
      from.reset();
      swept = now;
    } else if (from) {
      from = std::pair(from->first - kLookBack, NoticeId{});
    }
    std::vector<NoticeRow> rows;
    auto take = [&](const NoticeRow& notice) {
      if (*notice.pending_from > now) {
        next_due = std::min(next_due, *notice.pending_from);
        return false;
      }
      if (known.size() + rows.size() >= limits.loaded_max) {
        return false;
      }
      cursor = std::max(cursor.value_or(std::pair(Time{}, NoticeId{})), std::pair(*notice.pending_from, notice.id));
      if (!known.contains(notice.id) && !finished.contains(notice.id)) {
        rows.push_back(notice);
      }
      return true;
    };
    if (from) {
      // A position after a time: the index goes on from it.
      auto after = ledger::cells(std::optional<Time>(from->first), from->second);
      TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByPending, .after = after}, take));
    } else {
      TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByPending}, take));
    }
    for (const NoticeRow& notice : rows) {
      TRY(add(view, notice));
    }
    return next_due;
  }

  Result<void> add(ledger::View& view, const NoticeRow& notice) {
    auto attempt = TRY(ledger::get<AttemptRow>(view, notice.id));
    const LineKey key = TRY(line_of(view, env, notice));
    Line& line = lines[key];
    Entry entry{*notice.pending_from, notice.id, notice.case_id, notice.seq, notice.kind};
    const std::size_t busy = line.phase == Phase::Idle ? 0 : std::min(line.going, line.entries.size());
    auto begin = line.entries.begin() + static_cast<std::ptrdiff_t>(busy);
    auto at = std::upper_bound(begin, line.entries.end(), entry,
                               [](const Entry& a, const Entry& b) { return a.order() < b.order(); });
    const bool first = at == line.entries.begin();
    line.entries.insert(at, entry);
    known.insert(notice.id);
    if (first) {
      unready(key, line);
      line.tries = attempt ? attempt->tries : 0;
      line.next_at = attempt ? std::max(attempt->next_at, entry.from) : entry.from;
      ready.insert({line.next_at, key});
    }
    return {};
  }
  void unready(const LineKey& key, const Line& line) { ready.erase({line.next_at, key}); }

  // --- sending ----------------------------------------------------------------------------------------------
  /// The reporter is told first, also when the two are told over different channels.
  bool waits_for_reporter(const LineKey& key, const Entry& entry, Time now) const {
    if (!is_statement(entry.kind) || now - entry.from >= kStatementWaits) {
      return false;
    }
    for (Channel channel : {Channel::Webhook, Channel::Mail}) {
      auto other = lines.find(LineKey{key.case_id, static_cast<std::uint8_t>(channel)});
      if (other == lines.end() || other->first == key) {
        continue;
      }
      for (const Entry& e : other->second.entries) {
        if (e.seq == entry.seq && is_outcome(e.kind)) {
          return true;
        }
      }
    }
    return false;
  }

  struct Going {
    LineKey key;
    std::vector<NoticeId> ids;  ///< one, or those of a digest
  };
  std::vector<Going> choose(Time now) {
    std::vector<Going> going;
    std::vector<std::pair<Time, LineKey>> held;
    while (in_flight < limits.in_flight_max && !ready.empty() && ready.begin()->first <= now) {
      const LineKey key = ready.begin()->second;
      ready.erase(ready.begin());
      Line& line = lines[key];
      if (waits_for_reporter(key, line.entries.front(), now)) {
        line.next_at = now + kWaits[0];
        held.push_back({line.next_at, key});
        continue;
      }
      line.phase = Phase::InFlight;
      line.going = 1;
      while (key.receiver == kDigests && line.going < std::min(kDigestMax, line.entries.size()) &&
             line.entries[line.going].from == line.entries.front().from) {
        ++line.going;
      }
      ++in_flight;
      Going& next = going.emplace_back(Going{key, {}});
      for (std::size_t i = 0; i < line.going; ++i) {
        next.ids.push_back(line.entries[i].id);
      }
    }
    ready.insert(held.begin(), held.end());
    return going;
  }

  void send(ledger::View& view, const Going& going) {
    auto parcel = going.key.receiver == kDigests ? digest(view, going) : one(view, going.ids.front());
    if (!parcel) {
      const bool never = parcel.error().code == Code::NotFound;
      outcome(going, {never ? ParcelOutcome::Kind::Dead : ParcelOutcome::Kind::Retry, 0, Millis(0)}, never);
      return;
    }
    carrier.carry(*std::move(parcel), [self = shared_from_this(), going](ParcelOutcome o) { self->outcome(going, o); });
  }

  Result<Parcel> one(ledger::View& view, NoticeId id) const {
    auto row = TRY(ledger::get<NoticeRow>(view, id));
    return row ? render(view, render_env, *row) : fail(Code::NotFound, "the notice cannot be read");
  }

  Result<Parcel> digest(ledger::View& view, const Going& going) {
    std::vector<NoticeRow> rows;
    for (NoticeId id : going.ids) {
      if (auto row = TRY(ledger::get<NoticeRow>(view, id))) {
        rows.push_back(*std::move(row));
      }
    }
    DigestParcel made = TRY(render_digest(view, render_env, rows));
    std::lock_guard lock(mutex);
    if (auto found = lines.find(going.key); found != lines.end()) {
      found->second.left_out = std::move(made.left_out);
    }
    return std::move(made.parcel);
  }

  void outcome(const Going& going, const ParcelOutcome& o, bool gone = false) {
    std::unique_lock lock(mutex);
    --in_flight;
    auto found = lines.find(going.key);
    if (closed || found == lines.end() || found->second.entries.empty() ||
        found->second.entries.front().id != going.ids.front() || found->second.phase != Phase::InFlight) {
      return;
    }
    Line& line = found->second;
    ++line.tries;
    if (o.kind == ParcelOutcome::Kind::Retry && !tried_long_enough(line.tries, limits.give_up)) {
      ++figures.retries;
      const Time now = clock.now();
      line.phase = Phase::Idle;
      line.next_at = now + std::max(backoff(line.tries), std::min(o.retry_after, kRetryAfterMax));
      ready.insert({line.next_at, going.key});
      AttemptRow attempt{going.ids.front(), line.tries, line.next_at, o.status};
      lock.unlock();
      // Only so that a restart goes on where this stopped; losing it is harmless.
      store.execute(
          ledger::Priority::Background, [attempt](ledger::Tx& tx) { return ledger::put(tx, attempt); },
          [](Result<ledger::Committed>) {});
      return;
    }
    line.phase = Phase::Recording;
    line.gone = gone;
    line.state = o.kind == ParcelOutcome::Kind::Delivered ? NoticeState::Delivered : NoticeState::Dead;
    begin_record(going.key, line, lock);
  }

  // --- recording --------------------------------------------------------------------------------------------
  /// A notice that was sent, with its own case.
  using Sent = std::pair<CaseId, Notified>;

  void begin_record(const LineKey& key, Line& line, std::unique_lock<std::mutex>& lock) {
    line.record_running = true;
    std::vector<Sent> sent;
    for (std::size_t i = 0; i < line.going; ++i) {
      const Entry& entry = line.entries[i];
      Notified event;
      event.notice = entry.id;
      event.state = line.left_out.contains(entry.id) ? NoticeState::Dead : line.state;
      event.tries = line.tries;
      sent.emplace_back(entry.case_id, std::move(event));
    }
    // Who was erased cannot be told, and that is as it should be; an alarm that dies calls the next by itself.
    const bool rings = line.state == NoticeState::Dead && !line.gone && line.entries.front().kind != NoticeKind::Alarm;
    lock.unlock();
    auto shared = std::make_shared<const std::vector<Sent>>(std::move(sent));
    store.execute(
        ledger::Priority::Normal,
        [self = shared_from_this(), shared, rings](ledger::Tx& tx) -> Result<void> {
          Context context(tx, self->env, self->clock.now());
          bool first = true;
          for (const auto& [case_id, notified] : *shared) {
            Notified event = notified;
            auto row = TRY(ledger::get<NoticeRow>(tx, event.notice));
            TRY(ledger::erase<AttemptRow>(tx, event.notice));
            if (!row || row->state != NoticeState::Queued) {
              continue;
            }
            if (rings && first && TRY(worth_a_call(context, case_id, AlarmKind::Delivery))) {
              Telling telling(context, case_id);
              telling.alarm(event.notice.value);
              event.notices = std::move(telling.notices());
            }
            first = false;
            TRY(context.append(case_id, event));
          }
          return context.finish();
        },
        [self = shared_from_this(), key, shared](Result<ledger::Committed> done) {
          self->recorded(key, *shared, done.has_value());
        });
    lock.lock();
  }

  void recorded(const LineKey& key, const std::vector<Sent>& sent, bool stored) {
    std::unique_lock lock(mutex);
    auto found = lines.find(key);
    if (closed || found == lines.end() || found->second.phase != Phase::Recording) {
      return;
    }
    Line& line = found->second;
    line.record_running = false;
    if (!stored) {
      ++figures.records_failed;  // the next pump records again; nothing is sent twice
      return;
    }
    for (const auto& [case_id, event] : sent) {
      ++(event.state == NoticeState::Delivered ? figures.delivered : figures.dead);
      known.erase(event.notice);
      finished.insert(event.notice);
      line.entries.pop_front();
    }
    line.phase = Phase::Idle;
    line.tries = 0;
    line.going = 1;
    line.left_out.clear();
    if (line.entries.empty()) {
      lines.erase(found);
    } else {
      line.next_at = line.entries.front().from;
      ready.insert({line.next_at, key});
    }
    if (wake && !ready.empty()) {
      wake();
    }
  }

  void record_again() {
    std::unique_lock lock(mutex);
    std::vector<LineKey> waiting;
    for (const auto& [key, line] : lines) {
      if (line.phase == Phase::Recording && !line.record_running) {
        waiting.push_back(key);
      }
    }
    for (const LineKey& key : waiting) {
      auto found = lines.find(key);
      if (found != lines.end() && found->second.phase == Phase::Recording && !found->second.record_running) {
        begin_record(key, found->second, lock);
      }
    }
  }

  // --- the daily test, and calls about the house -----------------------------------------------------------
  void pump_calls(Time now) {
    const std::vector<HouseAlarms::Alarm> due = house_alarms.due(now);
    std::unique_lock lock(mutex);
    for (const HouseAlarms::Alarm& alarm : due) {
      const Channel channel = rota_channel(env, alarm.level);
      if (channel != Channel::Page) {  // else it is only listed
        calls.insert_or_assign(alarm.id.text(), Call{house_alarm(render_env, channel, alarm), alarm.id, 0, now});
      }
    }
    std::vector<std::pair<std::string, Parcel>> going;
    for (auto& [what, call] : calls) {
      if (!call.in_flight && call.next <= now) {
        call.in_flight = true;
        going.emplace_back(what, call.parcel);
      }
    }
    lock.unlock();
    for (auto& [what, parcel] : going) {
      const std::string id = parcel.id;
      carrier.carry(std::move(parcel),
                    [self = shared_from_this(), what = what, id](ParcelOutcome o) { self->called(what, id, o); });
    }
  }

  void called(const std::string& what, const std::string& id, const ParcelOutcome& o) {
    std::lock_guard lock(mutex);
    auto call = calls.find(what);
    if (call == calls.end() || call->second.parcel.id != id) {
      return;  // a newer one has taken its place
    }
    call->second.in_flight = false;
    const bool delivered = o.kind == ParcelOutcome::Kind::Delivered;
    if (delivered && what == "test") {
      figures.test_alarm_delivered = clock.now();
    }
    if (delivered || o.kind == ParcelOutcome::Kind::Dead || tried_long_enough(++call->second.tries, limits.give_up)) {
      if (!delivered) {
        house_alarms.given_up(call->second.alarm, clock.now());
      }
      calls.erase(call);
    } else {
      call->second.next = clock.now() + std::max(backoff(call->second.tries), std::min(o.retry_after, kRetryAfterMax));
    }
  }
};

Outbox::Outbox(ledger::Store& store, const Environment& env, RenderEnv render, Carrier& carrier, const Clock& clock,
               OutboxLimits limits)
    : state_(std::make_shared<State>(store, env, std::move(render), carrier, clock, limits)) {}

Outbox::~Outbox() {
  std::lock_guard lock(state_->mutex);
  state_->closed = true;
}

Result<Time> Outbox::pump(Time now) {
  State& s = *state_;
  s.record_again();
  s.pump_calls(now);
  {
    std::lock_guard lock(s.mutex);
    s.finished.clear();  // the view below is at least as new as what they committed
  }
  auto view = TRY(s.store.view());  // without the lock: it may wait for a group whose completions want the lock
  std::vector<State::Going> going;
  Time next_due;
  {
    std::lock_guard lock(s.mutex);
    next_due = TRY(s.load(*view, now));
    going = s.choose(now);
  }
  for (const State::Going& g : going) {
    s.send(*view, g);
  }
  std::lock_guard lock(s.mutex);
  if (!s.ready.empty()) {
    next_due = std::min(next_due, s.ready.begin()->first);
  }
  return std::max(next_due, now);
}

void Outbox::send_test_alarm(Time now) {
  std::lock_guard lock(state_->mutex);
  const Channel channel = state_->env.alarm_channel;
  std::string day = format_time(now).substr(0, 10);
  if (channel == Channel::Page || day == state_->test_day) {
    return;
  }
  state_->test_day = std::move(day);
  state_->calls.insert_or_assign("test", State::Call{test_alarm(state_->render_env, channel, now), {}, 0, now});
}

HouseAlarms& Outbox::house_alarms() { return state_->house_alarms; }

void Outbox::on_ready(Function<void()> wake) {
  std::lock_guard lock(state_->mutex);
  state_->wake = std::move(wake);
}

Outbox::Figures Outbox::figures() const {
  std::lock_guard lock(state_->mutex);
  Figures out = state_->figures;
  out.waiting = state_->known.size();
  out.in_flight = state_->in_flight;
  out.calls_waiting = state_->calls.size();
  for (const auto& [key, line] : state_->lines) {
    if (!line.entries.empty() && (out.oldest == Time{} || line.entries.front().from < out.oldest)) {
      out.oldest = line.entries.front().from;
    }
  }
  return out;
}

Result<std::vector<NoticeRow>> dead_notices(ledger::View& view, std::size_t limit, const NoticeRow* after) {
  std::vector<NoticeRow> rows;
  auto take = [&](const NoticeRow& row) { rows.push_back(row); };
  if (after != nullptr) {
    auto position = ledger::cells(after->dead_from, after->id);
    TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByDead, .after = position, .limit = limit}, take));
  } else {
    TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByDead, .limit = limit}, take));
  }
  return rows;
}

Result<void> replay_notice(Context& context, NoticeId id) {
  auto notice = TRY(ledger::get<NoticeRow>(context.tx(), id));
  if (!notice) {
    return fail(Code::NotFound, "there is no such notice");
  }
  if (notice->state != NoticeState::Dead) {
    return fail(Code::Conflict, "only what was given up is sent again by hand");
  }
  TRY(context.append(notice->case_id, Notified{id, NoticeState::Queued, 0, {}}));
  return {};
}

}  // namespace heed::casework
