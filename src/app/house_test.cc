#include "app/house.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "app/commands.h"
#include "assess/plan.h"
#include "base/file.h"
#include "base/log.h"
#include "casework/decisions.h"
#include "casework/queue.h"
#include "casework/rule_control.h"
#include "http/client.h"
#include "policy/builtin.h"

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

TEST_F(HouseTest, KnowsAfterARestartWhoCameForSomebodyBefore) {
  const auto rules_of = [&](const std::string& author) {
    const std::string line = R"({"id":"p)" + author +
                             R"(","text":"you are a worthless idiot, shut up","author":{"id":")" + author +
                             R"("},"mentions":["anna"],"created_at":")" + format_time(SystemClock().now()) + "\"}";
    auto answer = client().post("/v1/posts", line, {{"Content-Type", "application/json"}});
    EXPECT_TRUE(answer && answer->status == 200) << (answer ? answer->body : answer.error().message);
    return answer ? answer->body : std::string();
  };
  for (int i = 0; i < 8; ++i) {
    EXPECT_EQ(rules_of("a" + std::to_string(i)).find("rule:pile_on"), std::string::npos) << i;
  }
  house.reset();
  open();
  ASSERT_NE(house->refill(), nullptr);
  const api::WindowsRefill::Result refilled = house->refill()->wait();
  EXPECT_EQ(refilled.posts, 8u);
  EXPECT_EQ(refilled.hostile, 8u);
  EXPECT_TRUE(refilled.complete);
  EXPECT_EQ(rules_of("a8").find("rule:pile_on"), std::string::npos) << "the ninth";
  EXPECT_NE(rules_of("a9").find("rule:pile_on"), std::string::npos) << "the tenth: eight came before the restart";
}

/// The built-in pack, with one more word in a list.
std::filesystem::path stricter_pack(const TempFolder& temp, std::string_view word) {
  const std::filesystem::path pack = temp.path() / "pack";
  for (const policy::BuiltinFile& file : policy::default_policy_files("")) {
    std::filesystem::create_directories((pack / file.name).parent_path());
    EXPECT_TRUE(write_file_atomically(pack / file.name, file.bytes));
  }
  EXPECT_TRUE(write_file_atomically(pack / "lists" / "extra.tsv",
                                    "id\tterm\tcategory\tscore\n1\t" + std::string(word) + "\tinsult\t0.8\n"));
  return pack;
}

TEST_F(HouseTest, TriesAChangedPackOnTheRecentPostsWhetherTheServerRunsOrNot) {
  const std::filesystem::path pack = stricter_pack(folder, "wibblefrotz");
  std::string lines;
  for (int i = 0; i < 40; ++i) {
    lines += R"({"id":"p)" + std::to_string(i) + R"(","text":")" +
             (i % 4 == 0 ? "you wibblefrotz" : "the soup was lovely") +
             R"(","author":{"id":"a"},"created_at":"2026-11-21T18:00:00.000Z"})" + "\n";
  }
  ASSERT_EQ(client().post("/v1/posts", lines, {{"Content-Type", "application/x-ndjson"}})->status, 200);
  ASSERT_EQ(client().post("/v1/reports", report_of("p0", "r"), {{"Idempotency-Key", "1"}})->status, 201);
  ASSERT_TRUE(ledger::execute_and_wait(const_cast<Rooms&>(house->rooms()).store(), [&](ledger::Tx& tx) -> Result<void> {
    casework::Context context(tx, house->plane().environment(), SystemClock().now());
    StaffId eva;
    eva.value.bytes[0] = 1;
    const auto claim = TRY(casework::claim_next(context, {"default", eva, 10}));
    TRY(context.finish());
    casework::ItemVerdict verdict;
    verdict.item = claim->items.front();
    verdict.outcome = casework::Outcome::Violation;
    verdict.clause = "targeted_harassment";
    verdict.facts = "the word";
    TRY(casework::decide(context, {.staff = eva, .case_id = claim->case_id, .claim = claim->id, .items = {verdict}}));
    return context.finish();
  }));
  const auto backtest = [&](std::vector<std::pair<std::string, std::string>> more) {
    const Command command = backtest_command();
    Arguments arguments;
    std::map<std::string, std::string> given = {{"file", "recent"},
                                                {"--pack", pack.string()},
                                                {"--data", (folder.path() / "data").string()},
                                                {"--json", "true"}};
    given.insert(more.begin(), more.end());
    for (const Option& option : command.options) {
      const auto at = given.find(option.name);
      const std::string value = at != given.end() ? at->second : option.fallback;
      arguments.set(option.name, value.empty() ? std::vector<std::string>() : std::vector{value}, at != given.end());
    }
    testing::internal::CaptureStdout();
    EXPECT_EQ(command.run(arguments), kOk);
    return testing::internal::GetCapturedStdout();
  };
  const std::string running = backtest({});
  JsonParser parser;
  const auto json = parser.parse(running);
  ASSERT_TRUE(json) << running;
  EXPECT_EQ(json->get_int("posts"), 40);
  EXPECT_EQ(json->get_int("labelled"), 1);
  EXPECT_TRUE(json->get_bool("complete"));
  std::int64_t flagged = 0, violations = 0;
  (*json)["items"].each([&](Json row) {
    if (row.get_string("what") == "allow -> flag") {
      flagged = row.get_int("posts");
      violations = row.get_int("violations");
      EXPECT_EQ(row.get_string("example"), "you wibblefrotz");
    }
  });
  EXPECT_EQ(flagged, 10);
  EXPECT_EQ(violations, 1);

  // In parts, each going on where the one before stopped.
  std::int64_t posts = 0;
  std::string after = "0";
  for (int part = 0; part < 6 && !after.empty(); ++part) {
    const std::string out = backtest({{"--posts", "15"}, {"--after", after}});
    JsonParser own;
    const auto answer = own.parse(out);
    ASSERT_TRUE(answer) << out;
    posts += answer->get_int("posts");
    after = answer->get_bool("complete") ? "" : std::to_string(answer->get_int("next"));
  }
  EXPECT_EQ(posts, 40);
  EXPECT_EQ(after, "");

  house.reset();
  EXPECT_EQ(backtest({}), running) << "the same from the files";
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
