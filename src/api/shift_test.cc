#include "api/testing_desk.h"

/// What a shift asked of somebody follows them from browser to browser, and nobody else can ask for it.
namespace heed::api {
namespace {

using nlohmann::json;

struct Working {
  TestingDesk house;
  TestingHouse::Who kim = house.staff({"reviewer"});
  json add(const json& more, const TestingHouse::Who& who) {
    const Answer answer = house.ask("POST", "/v1/shift", who, more.dump());
    EXPECT_EQ(answer.status, 200) << answer.raw.body;
    return answer.body;
  }
  json read(const TestingHouse::Who& who) { return house.ask("GET", "/v1/shift", who).body; }
};

TEST(Shift, IsCountedAcrossSessionsForOnePersonAlone) {
  Working w;
  ASSERT_TRUE(w.house.authenticator->create_staff("noor", "correct horse", *access::parse_roles({"reviewer"}), true));
  const auto laptop = w.house.log_in("noor", "correct horse"), phone = w.house.log_in("noor", "correct horse");
  EXPECT_EQ(w.read(laptop)["seen"], 0);
  w.house.clock.advance(std::chrono::minutes(10));
  w.add({{"active_ms", 60'000}, {"seen", 3}, {"decided", 1}, {"grave", 2}, {"by_category", {{"insult", 3}}}}, laptop);
  w.house.clock.advance(std::chrono::minutes(1));
  w.add({{"active_ms", 30'000}, {"seen", 2}, {"by_category", {{"insult", 1}, {"threat", 1}}}}, phone);
  for (const auto& who : {laptop, phone}) {
    const json now = w.read(who);
    EXPECT_EQ(now["seen"], 5);
    EXPECT_EQ(now["decided"], 1);
    EXPECT_EQ(now["grave"], 2);
    EXPECT_EQ(now["active_ms"], 90'000);
    EXPECT_EQ(now["by_category"], (json{{"insult", 4}, {"threat", 1}}));
  }
  EXPECT_EQ(w.read(w.kim)["seen"], 0) << "a colleague's is a colleague's";
}

TEST(Shift, TwoBrowsersAtOnceAreOnePersonAtWork) {
  Working w;
  w.add({{"active_ms", 15'000}}, w.kim);
  w.house.clock.advance(std::chrono::seconds(30));
  w.add({{"active_ms", 30'000}}, w.kim);
  EXPECT_EQ(w.add({{"active_ms", 30'000}}, w.kim)["active_ms"], 45'000) << "no longer than the shift is old";
}

TEST(Shift, ABreakAMilderCaseAndANewShiftCountAnew) {
  Working w;
  w.add({{"active_ms", 50'000}, {"seen", 40}, {"grave", 40}}, w.kim);
  json now = w.add({{"rested", true}}, w.kim);
  EXPECT_EQ(now["since_break_ms"], 0);
  EXPECT_EQ(now["active_ms"], 50'000);
  now = w.add({{"milder", true}, {"grave", 1}}, w.kim);
  EXPECT_EQ(now["grave"], 1);
  EXPECT_EQ(now["seen"], 40);
  EXPECT_EQ(w.add({{"anew", true}, {"seen", 7}}, w.kim)["seen"], 0);
}

TEST(Shift, IsOverFourHoursAfterItsLastCount) {
  Working w;
  w.add({{"seen", 40}}, w.kim);
  w.house.clock.advance(std::chrono::hours(4) - std::chrono::minutes(1));
  EXPECT_EQ(w.read(w.kim)["seen"], 40);
  w.add({{"seen", 1}}, w.kim);
  w.house.clock.advance(std::chrono::hours(4));
  EXPECT_EQ(w.read(w.kim)["seen"], 0);
  EXPECT_EQ(w.add({{"seen", 2}}, w.kim)["seen"], 2);
}

TEST(Shift, RefusesWhatIsNoCountAndKeepsNothingOfIt) {
  Working w;
  w.add({{"seen", 1}}, w.kim);
  json many = json::object();
  for (int i = 0; i < 61; ++i) {
    many["c" + std::to_string(i)] = 1;
  }
  for (const json& bad : {json{{"seen", -1}}, json{{"seen", 1'000'000}}, json{{"active_ms", "a lot"}},
                          json{{"by_category", {{"<b>", 1}}}}, json{{"by_category", {{"insult", -4}}}},
                          json{{"by_category", many}}, json{{"seen", 5}, {"of", "kim"}}}) {
    EXPECT_EQ(w.house.ask("POST", "/v1/shift", w.kim, bad.dump()).status, 422) << bad.dump();
  }
  EXPECT_EQ(w.read(w.kim)["seen"], 1);
  const auto analyst = w.house.staff({"analyst"});
  EXPECT_EQ(w.house.ask("GET", "/v1/shift", analyst).status, 403);
}

TEST(Keys, SayWhenTheyWereUsedLast) {
  TestingDesk house;
  const auto admin = house.staff({"admin"}), key = house.key({"cases:read"});
  auto used = [&] {
    json last;
    const json all = house.ask("GET", "/v1/keys", admin).body;
    for (const json& one : all["items"]) {
      if (one["scopes"] == json::array({"cases:read"})) {
        last = one.value("last_used_at", "");
      }
    }
    return last;
  };
  EXPECT_EQ(used(), "");
  EXPECT_EQ(house.ask("GET", "/v1/cases", key).status, 200);
  EXPECT_EQ(used(), format_time(house.clock.now()));
  const int writes = house.directory.key_touches();
  for (int i = 0; i < 20; ++i) {
    house.ask("GET", "/v1/cases", key);
  }
  EXPECT_EQ(house.directory.key_touches(), writes) << "not at every request";
  house.clock.advance(std::chrono::minutes(2));
  house.ask("GET", "/v1/cases", key);
  EXPECT_EQ(used(), format_time(house.clock.now()));
  EXPECT_NE(house.ask("GET", "/v1/cases", TestingHouse::bearer("hk_" + std::string(43, 'A'))).status, 200);
}

}  // namespace
}  // namespace heed::api
