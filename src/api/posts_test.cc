#include "api/testing_desk.h"
#include "http/testing.h"

namespace heed::api {
namespace {

using nlohmann::json;

constexpr const char* kThreat = "I will kill you tonight, I know where you live";

TEST(Posts, AreAnsweredLineByLineInOrder) {
  TestingDesk house;
  std::string lines;
  for (int i = 0; i < 1000; ++i) {
    lines += house.post_json("p" + std::to_string(i), "good morning number " + std::to_string(i), "a9", "a1") + "\n";
  }
  auto answer = house.tell_all(lines);
  ASSERT_EQ(answer.status, 200);
  ASSERT_EQ(answer.lines.size(), 1000U);
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(answer.lines[i]["post_id"], "p" + std::to_string(i));
    EXPECT_EQ(answer.lines[i]["verdict"], "allow");
  }
  EXPECT_EQ(house.posts.watermark(), 1000U);
}

TEST(Posts, NameTheFaultOfALineAndGoOn) {
  TestingDesk house;
  auto answer = house.tell_all(house.post_json("p1", "fine", "a9") + "\n{\"id\":\"p2\"}\n\nnot json\n" +
                               house.post_json("p3", "fine", "a9"));
  ASSERT_EQ(answer.lines.size(), 4U);
  EXPECT_EQ(answer.lines[0]["post_id"], "p1");
  EXPECT_EQ(answer.lines[1]["line"], 2);
  EXPECT_EQ(answer.lines[1]["problem"]["status"], 422);
  std::set<std::string> pointers;
  for (const json& error : answer.lines[1]["problem"]["errors"]) {
    pointers.insert(error["pointer"]);
  }
  EXPECT_TRUE(pointers.contains("/text")) << answer.lines[1].dump();
  EXPECT_TRUE(pointers.contains("/created_at"));
  EXPECT_EQ(answer.lines[2]["line"], 4);
  EXPECT_EQ(answer.lines[2]["problem"]["status"], 400);
  EXPECT_EQ(answer.lines[3]["post_id"], "p3");
}

TEST(Posts, OpenACaseBeforeAThreatToLifeIsAnswered) {
  TestingDesk house;
  auto answer =
      house.tell_all(house.post_json("p1", "hello", "a9") + "\n" + house.post_json("p2", kThreat, "a9", "a1") + "\n" +
                     house.post_json("p3", "hello again", "a9") + "\n");
  ASSERT_EQ(answer.lines.size(), 3U);
  EXPECT_EQ(answer.lines[1]["post_id"], "p2");
  EXPECT_NE(answer.lines[1]["verdict"], "allow") << answer.lines[1].dump();
  ASSERT_TRUE(answer.lines[1].contains("case_id")) << answer.lines[1].dump();
  EXPECT_EQ(answer.lines[2]["post_id"], "p3");
  auto id = CaseId::parse(answer.lines[1]["case_id"].get<std::string>());
  ASSERT_TRUE(id.has_value());
  auto view = house.view();
  auto row = ledger::get<casework::CaseRow>(*view, *id);
  ASSERT_TRUE(row && *row);
  EXPECT_EQ((*row)->lane, policy::Lane::Life);
}

TEST(Posts, AreTakenFromAClientThatWaitsForContinue) {
  TestingDesk house;
  const std::string line = house.post_json("p1", "hello", "a9") + "\n";
  http::testing::RawSocket socket(house.port());
  ASSERT_TRUE(socket.send("POST /v1/posts HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + house.platform_key +
                          "\r\nContent-Type: application/x-ndjson\r\nExpect: 100-continue\r\nContent-Length: " +
                          std::to_string(line.size()) + "\r\n\r\n"));
  EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  ASSERT_TRUE(socket.send(line));
  auto answer = socket.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.complete);
  EXPECT_NE(answer.body.find("\"p1\""), std::string::npos);
}

TEST(Posts, KeepTheOrderWhenManyLinesWait) {
  TestingDesk house;
  std::string lines;
  for (int i = 0; i < 3000; ++i) {
    lines += house.post_json("p" + std::to_string(i), i % 2 == 0 ? kThreat : "good morning",
                             "a" + std::to_string(i % 7), "t" + std::to_string(i)) +
             "\n";
  }
  auto answer = house.tell_all(lines);
  ASSERT_EQ(answer.lines.size(), 3000U);
  for (int i = 0; i < 3000; ++i) {
    ASSERT_EQ(answer.lines[i].value("post_id", ""), "p" + std::to_string(i)) << answer.lines[i].dump();
    ASSERT_EQ(answer.lines[i].contains("case_id"), i % 2 == 0);
  }
}

TEST(Posts, CountTheSamePostOnce) {
  TestingDesk house;
  const std::string post = house.post_json("p1", "the same words", "a9", "a1");
  auto first = house.tell_all(post + "\n" + post + "\n");
  auto again = house.tell_all(post + "\n");
  ASSERT_EQ(first.lines.size(), 2U);
  EXPECT_EQ(first.lines[0], first.lines[1]);
  EXPECT_EQ(again.lines[0], first.lines[0]);
  EXPECT_EQ(house.posts.find("p1")->size(), 1U);
}

TEST(Posts, KeepBothVersionsOfAnEdit) {
  TestingDesk house;
  house.tell("p1", "first words", "a9", "a1");
  auto edit = house.ask("PUT", "/v1/posts/p1", house.platform(), house.post_json("p1", "other words", "a9", "a1"));
  EXPECT_EQ(edit.status, 200) << edit.raw.body;
  house.tell("p1", "third words", "a9", "a1");
  auto versions = house.posts.find("p1");
  ASSERT_EQ(versions->size(), 3U);
  EXPECT_EQ((*versions)[1].change, post::StoredPost::Change::Edit);
  EXPECT_EQ((*versions)[2].change, post::StoredPost::Change::Edit);
  EXPECT_EQ(house.ask("PUT", "/v1/posts/p2", house.platform(), house.post_json("p1", "x", "a9")).status, 422);
}

TEST(Posts, LeaveATombstoneWhenDeleted) {
  TestingDesk house;
  house.tell("p1", "first words", "a9", "a1");
  EXPECT_EQ(house.ask("DELETE", "/v1/posts/p1?at=2026-11-21T18:00:00.000Z", house.platform()).status, 204);
  EXPECT_EQ(house.ask("DELETE", "/v1/posts/p1", house.platform()).status, 204);
  EXPECT_EQ(house.ask("DELETE", "/v1/posts/unknown", house.platform()).status, 204);
  EXPECT_EQ(house.ask("DELETE", "/v1/posts/p1?at=yesterday", house.platform()).status, 422);
  auto versions = house.posts.find("p1");
  ASSERT_EQ(versions->size(), 2U);
  EXPECT_EQ(versions->back().change, post::StoredPost::Change::Delete);
  EXPECT_EQ(house.posts.find("unknown")->size(), 1U);
}

TEST(Posts, TellACaseOfEditsAndDeletions) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto receipt = house.report("a1", "p1");
  ASSERT_EQ(receipt.status, 201);
  const CaseId id = house.real_case("a1", receipt);
  house.tell("p1", "you are nice", "a9", "a1");
  EXPECT_EQ(house.ask("DELETE", "/v1/posts/p1", house.platform()).status, 204);
  auto timeline = house.ask("GET", "/v1/cases/" + id.text() + "/timeline", house.staff({"reviewer"}));
  int changes = 0;
  for (const json& event : timeline.body["items"]) {
    changes += event["kind"] == "item_changed" ? 1 : 0;
  }
  EXPECT_EQ(changes, 2) << timeline.body.dump(1);
}

TEST(Posts, TakeOnePostAsJson) {
  TestingDesk house;
  auto answer = house.ask("POST", "/v1/posts", house.platform(), house.post_json("p1", "hello", "a9"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body["post_id"], "p1");
  EXPECT_EQ(house.ask("POST", "/v1/posts", house.platform(), R"({"id":"p2"})").status, 422);
  EXPECT_EQ(house.ask("POST", "/v1/posts", house.platform(), "{").status, 400);
  EXPECT_EQ(house.ask("POST", "/v1/posts", house.platform(), "id=1", {{"Content-Type", "text/plain"}}).status, 415);
}

TEST(Posts, AreRefusedWithoutTheScope) {
  TestingDesk house;
  EXPECT_EQ(house.ask("POST", "/v1/posts", house.key({"reports:write"}), house.post_json("p1", "x", "a")).status, 403);
  EXPECT_EQ(house.ask("POST", "/v1/posts", house.user("a1"), house.post_json("p1", "x", "a")).status, 403);
  EXPECT_EQ(house.ask("POST", "/v1/posts", TestingHouse::bearer("hk_wrong"), house.post_json("p1", "x", "a")).status,
            401);
  EXPECT_EQ(house.ask("POST", "/v1/posts", TestingHouse::nobody(), house.post_json("p1", "x", "a")).status, 401);
  EXPECT_EQ(house.posts.watermark(), 0U);
}

TEST(Assess, SaysTheSameAndStoresNothing) {
  TestingDesk house;
  auto answer = house.ask("POST", "/v1/assess", house.platform(), json{{"text", kThreat}}.dump());
  EXPECT_EQ(answer.status, 200);
  EXPECT_NE(answer.body["verdict"], "allow");
  EXPECT_FALSE(answer.body["signals"].empty());
  EXPECT_EQ(house.posts.watermark(), 0U);
  EXPECT_EQ(house.ask("POST", "/v1/assess", house.platform(), R"({"text":1,"more":2})").body["errors"].size(), 2U);
}

}  // namespace
}  // namespace heed::api
