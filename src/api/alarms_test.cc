#include "api/testing_desk.h"
#include "casework/clocks.h"

namespace heed::api {
namespace {

using nlohmann::json;

struct Ringing {
  explicit Ringing(TestingDesk& h, int cases = 1) : house(h) {
    for (int i = 0; i < cases; ++i) {
      const std::string n = std::to_string(i);
      house.tell("p" + n, "I know where you live and I will kill you tonight", "a" + n, "t" + n);
      EXPECT_EQ(house.report("t" + n, "p" + n, "threat_of_violence").status, 201);
    }
    house.clock.advance(std::chrono::hours(24 * 8));
    EXPECT_TRUE(house.plane->command_and_wait<casework::Fired>(
        [](casework::Context& c) { return casework::fire_due(c, 100); }));
  }
  TestingDesk& house;
};

TEST(Alarms, AreListedAndAcknowledgedByWhoIsOnCall) {
  TestingDesk house;
  Ringing ringing(house);
  auto reviewer = house.staff({"reviewer"}), admin = house.staff({"admin"});
  auto list = house.ask("GET", "/v1/alarms", reviewer);
  ASSERT_EQ(list.body["items"].size(), 1U) << list.raw.body;
  const json alarm = list.body["items"][0];
  EXPECT_EQ(alarm["kind"], "clock");
  EXPECT_EQ(alarm["state"], "ringing");
  const std::string path = "/v1/alarms/" + alarm["alarm_id"].get<std::string>() + "/acknowledgement";
  auto acknowledged = house.ask("POST", path, admin);
  EXPECT_EQ(acknowledged.status, 200) << acknowledged.raw.body;
  EXPECT_EQ(acknowledged.body["state"], "acknowledged");
  EXPECT_EQ(house.ask("POST", path, reviewer).body, acknowledged.body) << "who came first stays";
  EXPECT_TRUE(house.ask("GET", "/v1/alarms", reviewer).body["items"].empty());
  EXPECT_EQ(house.ask("GET", "/v1/alarms?state=all", reviewer).body["items"].size(), 1U);
  EXPECT_EQ(house.ask("POST", "/v1/alarms/ntc_01ARZ3NDEKTSV4RRFFQ69G5FAV/acknowledgement", reviewer).status, 404);
  EXPECT_EQ(house.ask("GET", "/v1/alarms", house.staff({"analyst"})).status, 403);
  EXPECT_EQ(house.ask("GET", "/v1/alarms", house.user("t0")).status, 403);
  EXPECT_EQ(house.ask("GET", "/v1/alarms?state=loud", reviewer).status, 422);
}

TEST(Alarms, WhatConcernsTheHouseStandsFirstAndIsAcknowledgedAlike) {
  TestingDesk house;
  Ringing ringing(house);
  house.house_alarms.ring("disk", "It is full.", house.clock.now());
  auto reviewer = house.staff({"reviewer"}), admin = house.staff({"admin"});
  auto list = house.ask("GET", "/v1/alarms", reviewer);
  ASSERT_EQ(list.body["items"].size(), 2U) << list.raw.body;
  const json alarm = list.body["items"][0];
  EXPECT_EQ(alarm["kind"], "house");
  EXPECT_EQ(alarm["what"], "disk");
  EXPECT_FALSE(alarm.contains("case_id"));
  const std::string path = "/v1/alarms/" + alarm["alarm_id"].get<std::string>() + "/acknowledgement";
  EXPECT_EQ(house.ask("POST", path, house.staff({"analyst"})).status, 403);
  auto acknowledged = house.ask("POST", path, admin);
  EXPECT_EQ(acknowledged.body["state"], "acknowledged") << acknowledged.raw.body;
  EXPECT_EQ(house.ask("POST", path, reviewer).body, acknowledged.body);
  EXPECT_EQ(house.ask("GET", "/v1/alarms", reviewer).body["items"].size(), 1U);
  EXPECT_EQ(house.ask("GET", "/v1/alarms?state=all", reviewer).body["items"].size(), 2U);
}

TEST(Alarms, PagesGoThroughEverythingOnce) {
  TestingDesk house;
  Ringing ringing(house, 5);
  auto reviewer = house.staff({"reviewer"});
  for (const char* state : {"ringing", "all"}) {
    std::set<std::string> seen;
    std::string cursor;
    for (int pages = 0; pages < 10; ++pages) {
      auto page = house.ask("GET", std::string("/v1/alarms?limit=2&state=") + state + cursor, reviewer);
      for (const json& alarm : page.body["items"]) {
        EXPECT_TRUE(seen.insert(alarm["alarm_id"]).second);
      }
      if (!page.body.contains("next_cursor")) {
        break;
      }
      cursor = "&cursor=" + page.body["next_cursor"].get<std::string>();
    }
    EXPECT_EQ(seen.size(), 5U) << state;
  }
}

}  // namespace
}  // namespace heed::api
