#pragma once
#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include "adapters/gate.h"
#include "adapters/perspective/suggestion_file.h"
#include "adapters/scorer.h"
#include "base/clock.h"
#include "base/metrics.h"
#include "base/settings.h"
#include "base/side_thread.h"
#include "http/server.h"

namespace heed::app {

std::vector<SettingDef> scorer_settings();

/// Other people's protocols on one router, as the settings say. Outlives the server.
class Protocols {
 public:
  /// InvalidInput names the setting that is wrong; Internal when the file of suggestions cannot be opened.
  /// `gate`, `clock` and `metrics` outlive it.
  static Result<std::unique_ptr<Protocols>> open(const Settings& settings, const adapters::Gate& gate,
                                                 adapters::ScorerNow scorer, const Clock& clock, Metrics& metrics);
  /// Once, before the server starts.
  void add_routes(http::Router& router);

 private:
  Protocols(const Settings& settings, const adapters::Gate& gate, adapters::ScorerNow scorer, const Clock& clock,
            Metrics& metrics);

  const Clock& clock_;
  Metrics& metrics_;
  const adapters::ScorerNow scorer_;
  const std::string public_url_, assumed_language_;
  const std::vector<std::string> coral_secrets_;
  adapters::Turnstile turnstile_;
  std::unique_ptr<adapters::perspective::SuggestionFile> suggestions_;
  SideThread slow_lane_;
};

/// `heed serve --scorer`: other people's protocols alone. No database, no data folder; any number of
/// processes stand behind any proxy, and none knows of another. Keys come from the settings, rates are per
/// process.
///
/// The door opens at once, so that a proxy sees a process that lives; until policy and model are loaded and
/// every thread is warm, /readyz and the protocols answer 503.
class ScorerHouse {
 public:
  /// Listens when this returns, and loads on a thread of its own.
  static Result<std::unique_ptr<ScorerHouse>> open(const Settings& settings);
  ~ScorerHouse();
  /// Until it is ready, or what kept it from being.
  Result<void> wait();
  std::uint16_t port() const { return server_->port(); }

 private:
  ScorerHouse() = default;
  Result<void> load(const Settings& settings);
  void add_routes(bool open_metrics);

  SystemClock clock_;
  Metrics metrics_;
  std::unique_ptr<adapters::Gate> gate_;
  std::atomic<std::shared_ptr<const adapters::Scorer>> scorer_;  ///< null until ready
  std::unique_ptr<Protocols> protocols_;
  http::Router router_;
  int threads_ = 0;
  std::unique_ptr<http::Server> server_;
  Result<void> loaded_;
  std::thread loader_;
};

}  // namespace heed::app
