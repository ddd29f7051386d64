#pragma once
#include <atomic>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/guarded.h"
#include "base/result.h"
#include "http/jwt.h"
#include "http/server.h"
#include "simulate/platform.h"

/// The demonstration's small platform and the night that it lives through: mild, invented posts against one woman, at a
/// multiple of their speed; she reports, a reviewer decides, orders are carried out. What a visitor takes over is no
/// longer done by itself. Speaks with Heed over HTTP alone, like any platform; its own routes are for its one page.
namespace heed::app {

class DemoNight {
 public:
  struct Options {
    double speed = 100;                              ///< story time per real time
    Millis report_after = std::chrono::minutes(25);  ///< story time; unless a visitor has her phone
    Millis length = std::chrono::hours(12);
    Time start{};
    std::string user_secret;  ///< users.hs256_secret
  };
  explicit DemoNight(Options options);
  ~DemoNight();
  DemoNight(const DemoNight&) = delete;
  DemoNight& operator=(const DemoNight&) = delete;

  /// /demo/state, /demo/token, /demo/act. Once, before the server starts.
  void add_routes(http::Router& router);
  /// Connects as platform and as reviewer, and begins on a thread of its own.
  Result<void> begin(const std::string& url, const std::string& key, const std::string& reviewer,
                     const std::string& password);
  void end();  ///< before the server goes

 private:
  struct Post {
    std::string id, author, text;
    Time at{};
    bool to_her = false, bad = false;
    bool sent = false, removed = false, hidden_from_her = false;
  };
  struct InHand {
    std::string claim_id, case_id, item_id, post_id, text, lane;
    Time since{};
  };
  /// What the page shows and what a visitor has asked for.
  struct State {
    Time now{};
    bool paused = false, take_her = false, take_reviewer = false, reported = false, author_told = false, over = false;
    std::vector<Post> posts;
    std::optional<InHand> in_hand;
    std::string author;               ///< whose window it is
    std::string verdict;              ///< a visitor's, for the post in hand
    std::vector<std::string> wanted;  ///< texts a visitor has the author write
    int decided = 0, orders = 0, confirmed = 0;
    std::vector<std::pair<Time, std::string>> log;
  };

  void write_script();
  void loop();
  Result<void> step();
  Result<void> publish(Time upto);
  Result<void> report();
  Result<void> review();
  Result<void> carry_out();
  Result<void> look_for_author();
  std::string token(const std::string& account, Time now) const;
  std::string state_json() const;
  void act(http::Request request, http::Reply reply);
  void note(const std::string& what);

  const Options options_;
  Guarded<State> state_;
  std::optional<simulate::Caller> platform_, reviewer_;
  std::string url_, cursor_;
  std::thread thread_;
  std::atomic<bool> stopping_{false};
};

}  // namespace heed::app
