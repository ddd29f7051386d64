#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "access/testing_directory.h"
#include "api/api.h"
#include "base/guarded.h"
#include "casework/outbox.h"
#include "http/client.h"
#include "http/server.h"
#include "store/memory/memory_store.h"
#include "store/recent/memory_posts.h"

/// Test support: the whole case plane and the API in memory, behind a real server on a free port, with a clock that
/// stands. Also for tests of whatever is built upon the API.
namespace heed::api {

/// The finding is the assessor's.
class TestingEvaluator final : public casework::Evaluator {
 public:
  explicit TestingEvaluator(std::shared_ptr<const assess::Assessor> assessor) : assessor_(std::move(assessor)) {}
  Finding evaluate(std::string_view text) const override;
  Finding from_signals(std::string_view signals_json) const override;

 private:
  std::shared_ptr<const assess::Assessor> assessor_;
};

/// Profiles and relations in maps.
class TestingAccounts final : public casework::Accounts, public AccountBook {
 public:
  Result<bool> is_friend(std::string_view owner, std::string_view other) override;
  Result<bool> already_blocked(std::string_view owner, std::string_view other) override;
  Result<std::string> profile_of(std::string_view account) override;
  Result<std::string> mail_of(std::string_view account) override;
  void put(post::Account account, Function<void(Result<void>)> done) override;
  void remove(std::string account_id, Function<void(Result<void>)> done) override;
  void relate(std::vector<post::Relation> relations, Function<void(Result<void>)> done) override;
  Result<std::vector<access::PersonHash>> close_to(const access::PersonHash& person) override;
  const access::Hasher* hasher = nullptr;

 private:
  struct Told {
    std::map<std::string, post::Account, std::less<>> accounts;
    std::set<std::tuple<std::string, std::string, int>> relations;
  };
  Guarded<Told> told_;
};

class TestingReads final : public StaffReads {
 public:
  void note(StaffId staff, CaseId case_id, std::string_view what, Time at) override;
  void log(Look look, Function<void(Result<void>)> done) override;
  Result<std::vector<Look>> looks(const Ask& ask) override;
  std::vector<std::string> all() const;  ///< "<case> <what>"

 private:
  Guarded<std::vector<Look>> looks_;
};

class TestingHouse {
 public:
  struct Choices {
    casework::Channel platform_channel = casework::Channel::Page;
    bool manual_clock = true;  ///< POST /test/clock is there
    int threads = 2;
    std::string public_url = {};
    double requests_per_second = 0;  ///< 0: no limit
    access::Authenticator::Rules door = {};
    double second_look_share = 0, golden_share = 0;  ///< of decisions
  };
  explicit TestingHouse(Choices choices);
  TestingHouse() : TestingHouse(Choices{}) {}
  ~TestingHouse();

  std::uint16_t port() const { return server->port(); }
  http::Client client() const { return http::Client("127.0.0.1", port()); }

  /// Headers that say who calls.
  using Who = http::HeaderList;
  Who platform() const { return bearer(platform_key); }
  Who key(const std::vector<std::string>& scopes);  ///< a new key with these scopes
  Who user(std::string_view account, Millis life = std::chrono::hours(1));
  Who guest(std::string_view account, CaseId case_id) const;
  Who staff(const std::vector<std::string>& roles);  ///< a new person, logged in; may change things
  Who log_in(const std::string& name, std::string_view password, std::string_view code = {});
  StaffId last_staff;  ///< whom staff() made last
  static Who bearer(std::string_view token) { return {{"Authorization", "Bearer " + std::string(token)}}; }
  static Who nobody() { return {}; }

  /// One request over a connection of its own; transport errors give status 0.
  http::ClientResponse call(std::string_view method, std::string_view target, const Who& who = {},
                            std::string_view body = {}, http::HeaderList more = {}) const;

  /// A post as the platform sends it; `target` is mentioned.
  std::string post_json(std::string_view id, std::string_view text, std::string_view author,
                        std::string_view target = {}) const;
  void tell(std::string_view id, std::string_view text, std::string_view author, std::string_view target = {});
  /// A report of one post by its id.
  static std::string report_json(std::string_view reporter, std::string_view post_id,
                                 std::string_view symptom = "harassment");
  std::string pile_json(std::string_view target) const;  ///< of everything aimed at the target in the last hour

  /// Waits until what runs by itself has nothing to do.
  void settle() { plane->settle(); }
  std::unique_ptr<ledger::View> view() { return *store->view(); }

  ManualClock clock;
  casework::Environment rota;
  casework::HouseAlarms house_alarms{rota};
  Metrics metrics;
  access::TestingDirectory directory;
  access::Hasher hasher;
  access::Aliases aliases;
  Digest token_key;
  std::unique_ptr<access::Authenticator> authenticator;
  std::unique_ptr<ledger::Store> store;
  std::unique_ptr<ledger::KeyRing> keys;
  store::recent::MemoryPosts posts;
  std::shared_ptr<const policy::Policy> policy;
  std::shared_ptr<const assess::Assessor> assessor;
  TestingEvaluator evaluator;
  TestingAccounts accounts;
  TestingReads reads;
  std::unique_ptr<casework::Plane> plane;
  std::unique_ptr<Api> api;
  http::Router router;
  std::unique_ptr<http::Server> server;
  std::string platform_key;

 private:
  http::JwtKey jwt_key_;
  std::shared_ptr<std::vector<http::JwtKey>> jwt_keys_;
  int people_ = 0;
};

}  // namespace heed::api
