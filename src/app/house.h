#pragma once
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

#include "api/api.h"
#include "api/pack_versions.h"
#include "api/windows_refill.h"
#include "app/adapters.h"
#include "app/office.h"
#include "app/rooms.h"
#include "app/scorer.h"
#include "casework/clockwork.h"
#include "casework/outbox.h"
#include "casework/plane.h"
#include "http/server.h"
#include "store/recent/hour_posts.h"
#include "store/sqlite/backup.h"

namespace heed::app {

struct LoadedPolicy {
  std::shared_ptr<const policy::Policy> policy;
  std::shared_ptr<const assess::Assessor> assessor;
};
/// A policy folder with its lists and rules; "": the built-in one.
Result<LoadedPolicy> load_policy_pack(const std::string& folder,
                                      assess::SecondLook second = assess::SecondLook::Reports);
/// The pack of policy.dir, and the second look as assess.second_look has it.
Result<LoadedPolicy> load_policy_pack(const Settings& settings);
/// The same as files.
Result<api::PackFiles> pack_files(const std::string& folder);
/// Keeps the pack as it is now as a version if it differs from the newest, with who owns the file of the folder that
/// was changed last, by the machine's names ("uid 12" for whom it does not know). False: it is the same.
Result<bool> keep_pack_version(const std::string& folder, api::PackVersions& versions, Time now);

/// Does what must happen every second or so and may wait for a disk, on a thread of its own: notes the chain head
/// beside the keys, and copies what is new to the second place. Real time, whatever the clock says.
class Keeper {
 public:
  struct Options {
    Millis head_every = std::chrono::seconds(1);
    Millis copy_every = std::chrono::seconds(1);
  };
  /// `copy` may be empty: nothing to copy to.
  Keeper(Rooms& rooms, Function<Result<void>()> copy, Metrics& metrics, Options options);
  /// Once more, so that after an orderly end nothing is behind.
  ~Keeper();

 private:
  void loop();
  void note();
  void copy();

  Rooms& rooms_;
  Function<Result<void>()> copy_;
  const Options options_;
  Counter& failures_;
  Gauge& copied_at_;
  bool head_failed_ = false, copy_failed_ = false;  // so that a full disk is one line in the log
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

/// The server: every module of the house, made from settings in order of need, started, and stopped in reverse. The
/// only place that knows them all.
///
/// folder lock → keys → ledger → recent posts → policy → assessor → plane → outbox → API → HTTP
class House {
 public:
  /// Everything is up when this returns; on an error nothing is left running. `more` adds routes of the caller's own,
  /// which must outlive the house.
  static Result<std::unique_ptr<House>> open(const Settings& settings,
                                             const std::function<void(http::Router&)>& more = {});
  /// Requests in flight finish (at most a second), what was accepted is on disk.
  ~House();

  std::uint16_t port() const { return server_->port(); }
  const Rooms& rooms() const { return *rooms_; }
  casework::Plane& plane() { return *plane_; }
  /// Who judges posts now.
  std::shared_ptr<const assess::Assessor> assessor() const { return evaluator_->current(); }
  /// What fills the windows again after the start; null where assess.refill_hours is 0.
  api::WindowsRefill* refill() { return refill_.get(); }
  /// Reads the policy and the keys of user tokens again, both or neither: when one is bad, what was in force stays, and
  /// the error says why. Everything else of the settings needs a restart. One thread.
  Result<void> reload();

 private:
  House() = default;
  Result<void> open_clock(const Settings& settings);
  Result<void> open_posts(const Settings& settings);
  Result<void> open_plane(const Settings& settings);
  Result<void> open_outbox(const Settings& settings);
  Result<void> open_api(const Settings& settings, const std::function<void(http::Router&)>& more);
  Result<void> open_protocols(const Settings& settings);
  Result<void> open_keeper(const Settings& settings);
  void every_second(Time now);
  Result<void> open_rota(const Settings& settings, casework::Environment& env);
  void fire_clocks(Time now);
  void look_after(Time now);
  void note_alarms(Time now);
  void end_relief(Time now);
  Result<void> end_due_relief(Time now);
  void drain();
  void note_figures();
  void note_rules();
  /// Rules that staff stopped are stopped in `assessor`, wherever the switch was thrown.
  Result<void> limit_rules(const assess::Assessor& assessor);
  void flush_rule_counts(Time now);

  using UserKeys = std::shared_ptr<const std::vector<http::JwtKey>>;

  Settings settings_;
  std::atomic<UserKeys> user_keys_;
  // In the order in which they are made; undone in reverse.
  Metrics metrics_;
  SystemClock system_clock_;
  std::unique_ptr<ManualClock> manual_clock_;
  const Clock* clock_ = nullptr;
  std::unique_ptr<Rooms> rooms_;
  std::unique_ptr<store::recent::HourPosts> posts_;
  policy::InForce policy_;
  std::unique_ptr<api::PackVersions> pack_versions_;
  std::atomic<bool> pack_is_new_{true};  ///< since it was noted last
  std::unique_ptr<AssessingEvaluator> evaluator_;
  std::unique_ptr<HashedAccounts> accounts_;
  std::unique_ptr<LoggedReads> staff_reads_;
  std::unique_ptr<GuestPages> pages_;
  casework::RenderEnv render_;
  std::unique_ptr<casework::Plane> plane_;
  std::unique_ptr<delivery::Sender> sender_;
  std::unique_ptr<SendingCarrier> carrier_;
  std::unique_ptr<casework::Outbox> outbox_;
  std::unique_ptr<casework::Clockwork> clockwork_;
  std::unique_ptr<api::Api> api_;
  std::unique_ptr<api::WindowsRefill> refill_;
  std::unique_ptr<adapters::Gate> protocol_keys_;
  std::unique_ptr<Protocols> protocols_;
  std::unique_ptr<store::Backup> backup_;
  std::unique_ptr<Keeper> keeper_;
  std::unique_ptr<Doorkeeper> doorkeeper_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
  std::atomic<bool> ready_{false};
  // The background thread's own.
  Time expired_at_{}, relief_due_{}, backup_fails_since_{};
  std::shared_ptr<const assess::Assessor> counted_rules_;
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> rule_counts_;  ///< fired and errors already told
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> unflushed_rule_counts_;
  Time rules_flushed_at_{};
};

}  // namespace heed::app
