#include "api/testing_desk.h"

namespace heed::api {
namespace {

using nlohmann::json;

TEST(Accounts, AreToldAndFrozenWithTheEvidence) {
  TestingDesk house;
  EXPECT_EQ(
      house.ask("PUT", "/v1/accounts/a9", house.platform(), R"({"handle":"fool9","display_name":"F","unknown":1})")
          .status,
      204);
  house.tell("p1", "you are a fool", "a9", "a1");
  const std::string id = house.real_case("a1", house.report("a1", "p1")).text();
  auto items = house.ask("GET", "/v1/cases/" + id + "/items", house.staff({"reviewer"}));
  EXPECT_EQ(items.body["items"][0]["evidence"]["author_profile"]["handle"], "fool9") << items.raw.body;
  EXPECT_EQ(house.ask("PUT", "/v1/accounts/a9", house.platform(), R"({"state":"asleep"})").status, 422);
  EXPECT_EQ(house.ask("PUT", "/v1/accounts/a9", house.platform(), "[]").status, 400);
}

TEST(Accounts, FriendsAreSparedByAShield) {
  TestingDesk house;
  auto told = house.ask("PUT", "/v1/relations", house.platform(),
                        "{\"from\":\"target\",\"to\":\"a1\",\"kind\":\"follows\"}\n{\"from\":\"x\"}\n",
                        {{"Content-Type", "application/x-ndjson"}});
  EXPECT_EQ(told.body["accepted"], 1);
  EXPECT_EQ(told.body["refused"], 1);
  EXPECT_EQ(told.body["problems"][0]["line"], 2);
  house.tell("p1", "what a game", "a1", "target");
  house.tell("p2", "you are a fool", "a2", "target");
  auto receipt = house.ask("POST", "/v1/reports", house.user("target"), house.pile_json("target"));
  house.settle();
  auto seen = house.ask("GET", "/v1/cases/" + TestingDesk::case_of(receipt), house.user("target"));
  EXPECT_EQ(seen.body["relief"][0]["accounts"], 1) << seen.raw.body;
}

TEST(Accounts, AreErased) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  const std::string id = house.real_case("a1", house.report("a1", "p1")).text();
  EXPECT_EQ(house.ask("DELETE", "/v1/accounts/a1", house.platform()).status, 204);
  EXPECT_TRUE(house.ask("GET", "/v1/cases", house.user("a1")).body["items"].empty());
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + id, house.staff({"lead"})).status, 200);
  EXPECT_EQ(house.ask("DELETE", "/v1/accounts/never_seen", house.platform()).status, 204);
}

}  // namespace
}  // namespace heed::api
