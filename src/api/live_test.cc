#include <thread>

#include "api/testing_desk.h"
#include "http/testing.h"

namespace heed::api {
namespace {

using http::testing::RawSocket;

std::string get(std::string_view target, const TestingHouse::Who& who) {
  std::string headers = "Accept: text/event-stream\r\n";
  for (const auto& [name, value] : who) {
    headers += name + ": " + value + "\r\n";
  }
  return http::testing::get(target, headers);
}

TEST(Live, ACaseTellsWhatHappens) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto receipt = house.report("a1", "p1");
  const std::string id = house.real_case("a1", receipt).text();
  auto reviewer = house.staff({"reviewer"});
  RawSocket socket(house.port());
  ASSERT_TRUE(socket.send(get("/v1/cases/" + id, reviewer)));
  EXPECT_NE(socket.read_until("report_received").find("text/event-stream"), std::string::npos);
  ASSERT_EQ(
      house.ask("POST", "/v1/cases/" + id + "/messages", reviewer, R"({"text":"I have seen this before."})").status,
      201);
  EXPECT_NE(socket.read_until("seen this before").find("note_added"), std::string::npos);
}

TEST(Live, AQueueTellsWhatIsFirst) {
  TestingDesk house;
  auto reviewer = house.staff({"reviewer"});
  RawSocket socket(house.port());
  ASSERT_TRUE(socket.send(get("/v1/queues/default", reviewer)));
  socket.read_until("\"items\":[]");
  house.tell("p1", "you are a fool", "a9", "a1");
  auto receipt = house.report("a1", "p1");
  house.plane->poke();
  EXPECT_NE(socket.read_until(house.real_case("a1", receipt).text()).find("event: head"), std::string::npos);
}

TEST(Live, AStreamEndsWhenItsReaderMayNoLonger) {
  TestingDesk house;
  auto reviewer = house.staff({"reviewer"});
  RawSocket socket(house.port());
  ASSERT_TRUE(socket.send(get("/v1/queues/default", reviewer)));
  socket.read_until("\"items\":[]");
  EXPECT_EQ(house.ask("DELETE", "/v1/session", reviewer).status, 204);
  house.plane->poke();
  EXPECT_NE(socket.read_until("0\r\n\r\n").find("event: end"), std::string::npos);
}

TEST(Live, AUsersStreamEndsWithHisToken) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto receipt = house.report("a1", "p1");
  RawSocket socket(house.port());
  ASSERT_TRUE(
      socket.send(get("/v1/cases/" + TestingDesk::case_of(receipt), house.user("a1", std::chrono::minutes(5)))));
  socket.read_until("report_received");
  house.clock.advance(std::chrono::minutes(10));
  house.plane->poke();
  EXPECT_NE(socket.read_until("0\r\n\r\n").find("event: end"), std::string::npos);
}

TEST(Live, TheFeedOfOrdersIsLive) {
  TestingDesk house;
  RawSocket socket(house.port());
  ASSERT_TRUE(socket.send(get("/v1/actions", house.platform())));
  socket.read_until(": heed");
  house.tell("p1", "you are a fool", "a9", "a1");
  auto body = nlohmann::json::parse(TestingHouse::report_json("a1", "p1"));
  body["relief"] = {"hide"};
  ASSERT_EQ(house.ask("POST", "/v1/reports", house.user("a1"), body.dump()).status, 201);
  house.plane->poke();
  EXPECT_NE(socket.read_until("hide_from_reporter").find("event: action"), std::string::npos);
}

TEST(Live, AStrangersCaseIsNoStream) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto receipt = house.report("a1", "p1");
  auto answer = house.ask("GET", "/v1/cases/" + TestingDesk::case_of(receipt), house.user("a2"), "",
                          {{"Accept", "text/event-stream"}});
  EXPECT_EQ(answer.status, 404);
}

}  // namespace
}  // namespace heed::api
