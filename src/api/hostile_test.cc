#include "api/testing_desk.h"

namespace heed::api {
namespace {

using nlohmann::json;

std::vector<std::string> hostile_bodies() {
  std::string deep, wide = "{";
  for (int i = 0; i < 5000; ++i) {
    deep += "{\"a\":[";
    wide += "\"k" + std::to_string(i) + "\":" + std::to_string(i) + ",";
  }
  wide += "\"z\":0}";
  return {
      "",
      "null",
      "[]",
      "7",
      "\"text\"",
      "{",
      "{}",
      "{}{}",
      "{\"a\":1}",
      std::string("{\"text\":\"a\0b\"}", 14),
      "{\"text\":\"\xff\xfe\"}",
      "{\"text\":\"\\ud800\"}",
      "{\"text\":\"\\u0000\",\"name\":\"\\u0000\",\"reason\":\"\\u0000\",\"id\":\"\\u0000\"}",
      "\xef\xbb\xbf{}",
      deep,
      wide,
      "{\"text\":{},\"name\":[],\"password\":1,\"items\":{},\"pile\":[],\"reporter\":7,\"claim_id\":[],\"kind\":1,"
      "\"state\":{},\"outcome\":[]}",
      "{\"text\":\"" + std::string(60'000, 'x') + "\"}",
      "{\"items\":[" + std::string(20'000, '[') + "]}",
      "{\"now\":\"-9999\",\"advance_ms\":-5,\"until\":\"never\",\"limit\":1e400}",
  };
}

/// Fills "{id}" and the like: an id of each kind that exists nowhere, and what is no id at all.
std::vector<std::string> targets_of(const std::string& pattern) {
  std::vector<std::string> out;
  for (const char* id :
       {"cas_01ARZ3NDEKTSV4RRFFQ69G5FAV", "dec_01ARZ3NDEKTSV4RRFFQ69G5FAV", "x", "%00", "%F0%9F%92%A9"}) {
    std::string target = pattern;
    for (std::size_t at = 0; (at = target.find('{')) != std::string::npos;) {
      target.replace(at, target.find('}') - at + 1, id);
    }
    out.push_back(target);
  }
  return out;
}

TEST(Hostile, EveryRouteAnswersEveryBodyWithADocumentedAnswer) {
  TestingDesk house;
  const std::vector<TestingHouse::Who> callers{house.platform(), house.user("a1"),
                                               house.staff({"reviewer", "lead", "legal", "triage"})};
  const std::vector<std::string> bodies = hostile_bodies();
  int asked = 0;
  for (const auto& [pattern, methods] : house.contract.document()["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      if (pattern == "/v1/session" && method == "delete") {
        continue;  // it would end the session of the others
      }
      std::string verb = method;
      std::transform(verb.begin(), verb.end(), verb.begin(), [](char c) { return static_cast<char>(c & ~0x20); });
      for (const std::string& target : targets_of(pattern)) {
        for (const auto& who : callers) {
          for (const std::string& body : operation.contains("requestBody") ? bodies : std::vector<std::string>{""}) {
            auto answer = house.call(verb, target, who, body);
            ++asked;
            ASSERT_NE(answer.status, 0) << verb << " " << target << " " << body.substr(0, 100);
            ASSERT_LT(answer.status, 500) << verb << " " << target << " " << body.substr(0, 100) << answer.body;
            // Bytes that are no path never reach a route.
            if (house.contract.operation(verb, target) != nullptr && target.find('%') == std::string::npos) {
              ASSERT_EQ(house.contract.check(verb, target, answer), "")
                  << verb << " " << target << " " << body.substr(0, 100) << answer.body.substr(0, 300);
            }
          }
          if (target == pattern) {
            break;
          }
        }
        if (target == pattern) {
          break;  // nothing to fill in
        }
      }
    }
  }
  EXPECT_GT(asked, 1000);
  EXPECT_EQ(house.ask("GET", "/healthz").status, 200);
}

TEST(Hostile, BadQueriesAreNamed) {
  TestingDesk house;
  for (const char* query :
       {"limit=0", "limit=201", "limit=x", "limit=-1", "limit=99999999999999999999", "cursor=x", "cursor=cas_x"}) {
    auto answer = house.ask("GET", std::string("/v1/reports?") + query, house.user("a1"));
    EXPECT_TRUE(answer.status == 422 || answer.status == 404) << query << answer.raw.body;
  }
  EXPECT_EQ(house.ask("GET", "/v1/cases?state=ajar", house.staff({"lead"})).status, 422);
  EXPECT_EQ(house.ask("GET", "/v1/cases?number=H-0000", house.staff({"lead"})).status, 422);
  EXPECT_EQ(house.ask("GET", "/v1/actions?cursor=nonsense", house.platform()).status, 422);
}

TEST(Hostile, TooLargeABodyIsRefused) {
  TestingDesk house;
  std::string body = "{\"text\":\"" + std::string(10 << 20, 'x') + "\"}";
  for (const char* target : {"/v1/posts", "/v1/assess", "/v1/reports", "/v1/session"}) {
    auto answer = house.call("POST", target, house.platform(), body);
    EXPECT_TRUE(answer.status == 413 || answer.status == 0) << target << answer.status;  // 0: cut off while sending
  }
  std::string line = house.post_json("p1", std::string(5 << 20, 'x'), "a9");
  auto answer = house.tell_all(line + "\n" + house.post_json("p2", "fine", "a9") + "\n");
  ASSERT_EQ(answer.lines.size(), 2U);
  EXPECT_EQ(answer.lines[0]["problem"]["status"], 413);
  EXPECT_EQ(answer.lines[1]["post_id"], "p2");
}

TEST(Hostile, WhoAsksTooOftenIsSlowedAndReportsAreNot) {
  TestingDesk house({.requests_per_second = 5});
  house.tell("p1", "you are a fool", "a9", "a1");
  auto who = house.user("a1");
  int refused = 0;
  for (int i = 0; i < 30; ++i) {
    auto answer = house.ask("GET", "/v1/reports", who);
    refused += answer.status == 429 ? 1 : 0;
    EXPECT_EQ(answer.status == 429, !answer.raw.header("retry-after").empty());
  }
  EXPECT_GT(refused, 0);
  EXPECT_EQ(house.ask("GET", "/v1/reports", house.user("a2")).status, 200);
  EXPECT_EQ(house.report("a1", "p1").status, 201);
}

TEST(Hostile, TokensThatAreNotGoodAllReadTheSame) {
  TestingDesk house;
  std::string good = house.user("a1").front().second.substr(7);
  std::string flipped = good;
  flipped[flipped.size() - 3] = flipped[flipped.size() - 3] == 'A' ? 'B' : 'A';
  auto late = house.user("a1", std::chrono::seconds(30)).front().second.substr(7);
  house.clock.advance(std::chrono::minutes(5));
  std::set<std::string> answers;
  for (const std::string& token :
       {std::string("x"), std::string("hk_"), std::string("hk_wrong"), std::string("hg_wrong"), std::string("a.b.c"),
        flipped, late, std::string(8000, 'x')}) {
    auto answer = house.ask("GET", "/v1/reports", TestingHouse::bearer(token));
    EXPECT_EQ(answer.status, 401) << token.substr(0, 40);
    answer.body.erase("request_id");
    answers.insert(answer.body.dump());
  }
  answers.insert([&] {
    auto answer = house.ask("GET", "/v1/reports", {{"Cookie", "heed_session=wrong"}});
    answer.body.erase("request_id");
    return answer.body.dump();
  }());
  EXPECT_EQ(answers.size(), 1U) << testing::PrintToString(answers);
}

}  // namespace
}  // namespace heed::api
