#include "app/house.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "assess/plan.h"
#include "base/file.h"
#include "base/log.h"
#include "casework/rule_control.h"
#include "http/client.h"

namespace heed::app {
namespace {

/// The whole server in this process, on a folder of its own.
class HouseTest : public ::testing::Test {
 protected:
  void SetUp() override {
    log::set_level(log::Level::Error);
    open();
    const SystemClock clock;
    rooms_token();
  }
  Settings settings() {
    auto loaded = Settings::load(all_settings(), "",
                                 {"HEED_DATA_DIR=" + (folder.path() / "data").string(), "HEED_HTTP_PORT=0",
                                  "HEED_BACKUP_DIR=" + (folder.path() / "copy").string(), "HEED_BACKUP_INTERVAL_MS=100",
                                  "HEED_USERS_HS256_SECRET=" + std::string(32, 's')});
    EXPECT_TRUE(loaded) << loaded.error().message;
    return *std::move(loaded);
  }
  void open() {
    auto opened = House::open(settings());
    ASSERT_TRUE(opened) << opened.error().message;
    house = *std::move(opened);
  }
  void rooms_token() {
    auto made =
        const_cast<Rooms&>(house->rooms()).authenticator().create_key("test", *access::parse_scopes({"all"}), false);
    ASSERT_TRUE(made) << made.error().message;
    token = made->second;
  }
  http::Client client() { return {"127.0.0.1", house->port(), {.headers = {{"Authorization", "Bearer " + token}}}}; }
  static std::string post_line(const std::string& id) {
    return R"({"id":")" + id + R"(","text":"I will kill you tonight","author":{"id":"a)" + id +
           R"("},"mentions":["caroline"],"created_at":"2026-11-21T18:00:00.000Z"})";
  }
  static std::string report_of(const std::string& id, const std::string& reporter) {
    return R"({"reporter":{"account_id":")" + reporter + R"("},"items":[{"kind":"post","id":")" + id +
           R"("}],"about":"someone_else","symptoms":["harassment"]})";
  }

  TempFolder folder;
  std::unique_ptr<House> house;
  std::string token;
};

TEST_F(HouseTest, IsReadyAndDescribesItself) {
  auto ready = client().get("/readyz");
  ASSERT_TRUE(ready) << ready.error().message;
  EXPECT_EQ(ready->status, 200);
  EXPECT_EQ(client().get("/openapi.json")->status, 200);
}

TEST_F(HouseTest, TakesPostsAndReportsFromManyAndKeepsThemOverARestart) {
  std::atomic<int> taken{0}, refused{0};
  std::vector<std::thread> callers;
  for (int c = 0; c < 6; ++c) {
    callers.emplace_back([&, c] {
      http::Client caller = client();
      for (int n = 0; n < 10; ++n) {
        const std::string id = std::to_string(c) + "-" + std::to_string(n);
        auto kept = caller.post("/v1/posts", post_line(id) + "\n", {{"Content-Type", "application/x-ndjson"}});
        auto receipt = caller.post("/v1/reports", report_of(id, "r" + std::to_string(c)), {{"Idempotency-Key", id}});
        (kept && kept->status == 200 && receipt && receipt->status == 201 ? taken : refused) += 1;
      }
    });
  }
  for (std::thread& caller : callers) {
    caller.join();
  }
  EXPECT_EQ(taken, 60);
  EXPECT_EQ(refused, 0);
  auto before = client().post("/v1/reports", report_of("0-0", "r0"), {{"Idempotency-Key", "0-0"}});
  house.reset();
  open();
  auto after = client().post("/v1/reports", report_of("0-0", "r0"), {{"Idempotency-Key", "0-0"}});
  ASSERT_TRUE(before && after);
  EXPECT_EQ(before->status, 201);
  EXPECT_EQ(before->body, after->body);
}

TEST_F(HouseTest, GoesDownWhileCallersCall) {
  std::atomic<bool> over{false};
  std::vector<std::thread> callers;
  for (int c = 0; c < 4; ++c) {
    callers.emplace_back([&, c] {
      http::Client caller = client();
      for (int n = 0; !over; ++n) {
        const std::string id = std::to_string(c) + "-" + std::to_string(n);
        (void)caller.post("/v1/posts", post_line(id) + "\n", {{"Content-Type", "application/x-ndjson"}});
        auto receipt = caller.post("/v1/reports", report_of(id, "r"), {{"Idempotency-Key", id}});
        if (!receipt) {
          return;
        }
      }
    });
  }
  while (*const_cast<Rooms&>(house->rooms()).store().view()->get()->head().map([](auto head) { return head.pos; }) <
         20) {
    std::this_thread::yield();
  }
  house.reset();
  over = true;
  for (std::thread& caller : callers) {
    caller.join();
  }
  open();
  EXPECT_EQ(client().get("/readyz")->status, 200);
}

TEST_F(HouseTest, ARuleThatWasStoppedStaysStoppedOverReloadAndRestart) {
  const auto mode_of = [&](const std::string& id) {
    const assess::Plan& plan = house->assessor()->plan();
    for (std::uint32_t i = 0; i < plan.rules().size(); ++i) {
      if (plan.rules()[i].text.id == id) {
        return plan.mode(i);
      }
    }
    return assess::RuleMode::Off;
  };
  std::string id;
  for (const assess::Plan::Rule& rule : house->assessor()->plan().rules()) {
    id = rule.text.mode == assess::RuleMode::On ? rule.text.id : id;
  }
  ASSERT_EQ(mode_of(id), assess::RuleMode::On) << "of the built-in pack";
  ASSERT_TRUE(house->plane().command_and_wait<casework::RuleSwitchRow>([&](casework::Context& c) {
    return casework::switch_rule(c, {id, casework::RuleSwitch::Off, StaffId{}, "a test"});
  }));
  house->plane().settle();  // as the command line does it: the background looks
  EXPECT_EQ(mode_of(id), assess::RuleMode::Off);
  ASSERT_TRUE(house->reload());
  EXPECT_EQ(mode_of(id), assess::RuleMode::Off);
  house.reset();
  open();
  EXPECT_EQ(mode_of(id), assess::RuleMode::Off);
  ASSERT_TRUE(house->plane().command_and_wait<casework::RuleSwitchRow>([&](casework::Context& c) {
    return casework::switch_rule(c, {id, casework::RuleSwitch::Pack, StaffId{}, "over"});
  }));
  house->plane().settle();
  EXPECT_EQ(mode_of(id), assess::RuleMode::On);
}

TEST_F(HouseTest, ASecondOneOnTheSameFolderIsRefused) {
  auto second = House::open(settings());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Code::Conflict);
}

}  // namespace
}  // namespace heed::app
