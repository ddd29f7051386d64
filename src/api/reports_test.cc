#include "api/testing_desk.h"

namespace heed::api {
namespace {

using nlohmann::json;

json report_of(std::string_view text) { return json::parse(text); }

std::vector<std::string> pointers(const Answer& answer) {
  std::vector<std::string> out;
  for (const json& error : answer.body.value("errors", json::array())) {
    out.push_back(error["pointer"]);
  }
  return out;
}

TEST(Reports, AreAnsweredWithAReceipt) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto answer = house.report("a1", "p1");
  ASSERT_EQ(answer.status, 201) << answer.raw.body;
  EXPECT_EQ(answer.body["items_accepted"], 1);
  EXPECT_TRUE(answer.body["items_refused"].empty());
  EXPECT_TRUE(parse_case_number(answer.body["number"].get<std::string>()).has_value());
  EXPECT_FALSE(answer.body.contains("case_id"));
}

TEST(Reports, ShowThePlatformTheCase) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto answer = house.ask("POST", "/v1/reports", house.platform(), TestingHouse::report_json("a1", "p1"));
  ASSERT_EQ(answer.status, 201);
  EXPECT_EQ(CaseId::parse(answer.body["case_id"].get<std::string>()), house.real_case("a1", answer));
}

TEST(Reports, TakeWhatIsGoodAndNameWhatIsNot) {
  TestingDesk house;
  json body = report_of(TestingHouse::report_json("a1", "p0"));
  body["items"].clear();
  for (int i = 0; i < 200; ++i) {
    const std::string id = "p" + std::to_string(i);
    if (i % 70 != 0) {
      house.tell(id, "you are a fool", "a9", "a1");
    }
    body["items"].push_back({{"kind", "post"}, {"id", id}});
  }
  auto answer = house.ask("POST", "/v1/reports", house.user("a1"), body.dump());
  ASSERT_EQ(answer.status, 201) << answer.raw.body;
  EXPECT_EQ(answer.body["items_accepted"], 197);
  ASSERT_EQ(answer.body["items_refused"].size(), 3U);
  EXPECT_EQ(answer.body["items_refused"][1]["index"], 70);
  EXPECT_EQ(answer.body["items_refused"][1]["problem"]["status"], 422);
  body["items"].push_back({{"kind", "post"}, {"id", "p300"}});
  EXPECT_EQ(house.ask("POST", "/v1/reports", house.user("a1"), body.dump()).status, 422);
}

TEST(Reports, NameEveryFaultAtOnce) {
  TestingDesk house;
  auto answer = house.ask("POST", "/v1/reports", house.user("a1"), R"({
    "reporter":{"account_id":"somebody_else","x":1},
    "items":[{"kind":"essay","id":"p1","symptoms":["boredom"]},{"kind":"post"},7,{"kind":"post","id":"p\u0000"}],
    "pile":{"target":"a1","since":"2026-11-21T18:00:00Z","until":"2026-11-21T17:00:00Z"},
    "about":"us","symptoms":["harassment","rudeness"],"comment":"a\u0000b","fears_for_safety":"yes",
    "legal_claim":{"law":"x"},"relief":["delete_them"],"channel":"pigeon","locale":"en en","surprise":true})");
  EXPECT_EQ(answer.status, 422);
  const std::vector<std::string> expected{"/reporter/account_id",
                                          "/reporter/x",
                                          "/items/0/kind",
                                          "/items/0/symptoms/0",
                                          "/items/1/id",
                                          "/items/2",
                                          "/items/3/id",
                                          "/pile/until",
                                          "/about",
                                          "/symptoms/1",
                                          "/comment",
                                          "/fears_for_safety",
                                          "/legal_claim/explanation",
                                          "/legal_claim/good_faith",
                                          "/relief",
                                          "/channel",
                                          "/locale",
                                          "/surprise"};
  std::vector<std::string> found = pointers(answer);
  for (const std::string& pointer : expected) {
    EXPECT_TRUE(std::find(found.begin(), found.end(), pointer) != found.end()) << pointer << "\n"
                                                                               << answer.body.dump(1);
  }
  EXPECT_EQ(found.size(), expected.size()) << answer.body.dump(1);
  EXPECT_NE(answer.body.dump().find("boredom"), std::string::npos) << "an unknown symptom is named";
}

TEST(Reports, GiveTheSameAnswerForTheSameKey) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  const std::string body = TestingHouse::report_json("a1", "p1");
  auto who = house.user("a1");
  auto first = house.ask("POST", "/v1/reports", who, body, {{"Idempotency-Key", "k-1"}});
  house.clock.advance(std::chrono::minutes(5));
  auto again = house.ask("POST", "/v1/reports", who, body, {{"Idempotency-Key", "k-1"}});
  ASSERT_EQ(first.status, 201);
  EXPECT_EQ(again.status, 201);
  EXPECT_EQ(first.body, again.body);
  EXPECT_EQ(house.ask("POST", "/v1/reports", who, body + " ", {{"Idempotency-Key", "k-1"}}).status, 422);
  EXPECT_EQ(house.ask("POST", "/v1/reports", who, body, {{"Idempotency-Key", "two words"}}).status, 400);
  EXPECT_EQ(house.ask("POST", "/v1/reports", who, body, {{"Idempotency-Key", std::string(256, 'k')}}).status, 400);
  // Another person's key of the same name is another key.
  auto other = house.ask("POST", "/v1/reports", house.user("a2"), TestingHouse::report_json("a2", "p1"),
                         {{"Idempotency-Key", "k-1"}});
  EXPECT_EQ(other.status, 201);
  EXPECT_NE(other.body["report_id"], first.body["report_id"]);
  house.clock.advance(std::chrono::hours(24 * 31));
  auto late = house.ask("POST", "/v1/reports", house.user("a1"), body, {{"Idempotency-Key", "k-1"}});
  EXPECT_NE(late.body["received_at"], first.body["received_at"]);
}

TEST(Reports, OfAPileAreForTheTargetAlone) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  house.tell("p2", "you are a fool", "a8", "a1");
  const std::string body = house.pile_json("a1");
  json foreign = report_of(body);
  foreign["reporter"]["account_id"] = "a2";
  auto refused = house.ask("POST", "/v1/reports", house.platform(), foreign.dump());
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(pointers(refused), std::vector<std::string>{"/pile/target"});
  foreign.erase("reporter");
  EXPECT_EQ(house.ask("POST", "/v1/reports", house.user("a2"), foreign.dump()).status, 403);
  foreign["reporter"] = {{"account_id", "a2"}};
  EXPECT_EQ(house.ask("POST", "/v1/reports", house.staff({"triage"}), foreign.dump()).status, 201);
  auto own = house.ask("POST", "/v1/reports", house.user("a1"), body);
  ASSERT_EQ(own.status, 201) << own.raw.body;
  EXPECT_EQ(own.body["items_accepted"], 2);
  EXPECT_EQ(own.body["relief"], json::parse(R"([{"kind":"autoblock_pile","state":"applied"}])"));
}

TEST(Reports, OfAPileAreForeseen) {
  TestingDesk house;
  for (int i = 0; i < 30; ++i) {
    house.tell("p" + std::to_string(i), "you are a fool", "a" + std::to_string(i % 5), "target");
  }
  const std::string since = "since=2026-11-21T17:00:00Z";
  auto own = house.ask("GET", "/v1/piles?target=target&" + since, house.user("target"));
  ASSERT_EQ(own.status, 200);
  EXPECT_EQ(own.body["posts"], 30);
  EXPECT_EQ(own.body["authors"], 5);
  EXPECT_EQ(own.body["sample"].size(), 10U);
  EXPECT_EQ(house.ask("GET", "/v1/piles?target=target&" + since, house.user("a0")).status, 404);
  EXPECT_EQ(house.ask("GET", "/v1/piles?" + since, house.user("target")).status, 422);
  EXPECT_EQ(house.ask("GET", "/v1/piles?target=target", house.user("target")).status, 422);
  EXPECT_EQ(
      house.ask("GET", "/v1/piles?target=target&" + since + "&until=2026-11-21T16:00:00Z", house.user("target")).status,
      422);
}

TEST(Reports, ByMailAreTaken) {
  TestingDesk house;
  json body = report_of(TestingHouse::report_json("a1", "p1"));
  body["reporter"] = {{"name", "Jo"}, {"email", "jo@example.org"}};
  body["items"][0]["snapshot"] = {{"text", "what was said"}, {"author", "a9"}};
  EXPECT_EQ(house.ask("POST", "/v1/reports", house.platform(), body.dump()).status, 201);
  for (const char* address : {"jo", "@x", "jo@", "jo @x", "<jo@x>", "a@b@c"}) {
    body["reporter"]["email"] = address;
    EXPECT_EQ(house.ask("POST", "/v1/reports", house.platform(), body.dump()).status, 422) << address;
  }
}

TEST(Reports, AreReadAgainByTheirOwnerOnly) {
  TestingDesk house;
  for (int i = 0; i < 5; ++i) {
    house.tell("p" + std::to_string(i), "you are a fool", "a9", "t" + std::to_string(i));
    ASSERT_EQ(house.report("a1", "p" + std::to_string(i)).status, 201);
    house.clock.advance(std::chrono::seconds(1));
  }
  auto page = house.ask("GET", "/v1/reports?limit=3", house.user("a1"));
  ASSERT_EQ(page.body["items"].size(), 3U);
  auto rest =
      house.ask("GET", "/v1/reports?limit=3&cursor=" + page.body["next_cursor"].get<std::string>(), house.user("a1"));
  ASSERT_EQ(rest.body["items"].size(), 2U);
  EXPECT_FALSE(rest.body.contains("next_cursor"));
  EXPECT_GT(page.body["items"][0]["received_at"], rest.body["items"][0]["received_at"]);
  const std::string id = page.body["items"][0]["report_id"];
  EXPECT_EQ(house.ask("GET", "/v1/reports/" + id, house.user("a1")).body, page.body["items"][0]);
  EXPECT_EQ(house.ask("GET", "/v1/reports/" + id, house.user("a2")).status, 404);
  EXPECT_EQ(house.ask("GET", "/v1/reports", house.user("a2")).body["items"].size(), 0U);
  EXPECT_EQ(house.ask("GET", "/v1/reports?account_id=a1", house.platform()).body["items"].size(), 5U);
  EXPECT_EQ(house.ask("GET", "/v1/reports", house.platform()).status, 422);
}

TEST(Reports, AreTakenBackByTheirOwnerOnly) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto receipt = house.report("a2", "p1");
  const std::string path = "/v1/reports/" + receipt.body["report_id"].get<std::string>();
  EXPECT_EQ(house.ask("POST", path + "/withdrawal", house.user("a3")).status, 404);
  auto taken = house.ask("POST", path + "/withdrawal", house.user("a2"));
  EXPECT_EQ(taken.status, 200);
  EXPECT_EQ(taken.body["state"], "withdrawn");
  EXPECT_EQ(house.ask("GET", path, house.user("a2")).body["state"], "withdrawn");
}

/// Replaces what is minted at random, so that what is left can be compared.
std::string shape(json value) {
  for (const char* name : {"report_id", "number", "status_url", "case_id"}) {
    if (value.contains(name)) {
      const std::string text = value[name];
      value[name] = text.substr(0, text.find_first_of("_-")) + "/" + std::to_string(text.size());
    }
  }
  return value.dump();
}

TEST(Reports, TheFirstAndTheTenthReceiptAreAlike) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "target");
  std::set<std::string> shapes, headers, report_ids, cases;
  for (int i = 0; i < 10; ++i) {
    const std::string account = "r" + std::to_string(i);
    auto receipt = house.report(account, "p1");
    ASSERT_EQ(receipt.status, 201);
    shapes.insert(shape(receipt.body));
    // nlohmann sorts members; the raw text keeps their order.
    std::string raw = receipt.raw.body, order;
    for (std::size_t at = raw.find("\":"); at != std::string::npos; at = raw.find("\":", at + 1)) {
      order += raw.substr(raw.rfind('"', at - 1), at - raw.rfind('"', at - 1));
    }
    std::string names = order;
    for (const auto& [name, value] : receipt.raw.headers) {
      names += "|" + name + (name == "x-request-id" ? "" : "=" + value);
    }
    headers.insert(names);
    report_ids.insert(receipt.body["report_id"]);
    cases.insert(TestingDesk::case_of(receipt));
    // What each sees afterwards is alike too.
    auto own = house.ask("GET", "/v1/cases/" + TestingDesk::case_of(receipt), house.user(account));
    json seen = own.body;
    seen["reports"][0].erase("report_id");
    shapes.insert("case " + shape(seen));
    auto timeline = house.ask("GET", "/v1/cases/" + TestingDesk::case_of(receipt) + "/timeline", house.user(account));
    for (json& event : timeline.body["items"]) {
      event["fields"].erase("report");
      event["fields"].erase("covers");
    }
    shapes.insert("timeline " + timeline.body.dump());
  }
  EXPECT_EQ(shapes.size(), 3U) << testing::PrintToString(shapes);
  EXPECT_EQ(headers.size(), 1U) << testing::PrintToString(headers);
  EXPECT_EQ(report_ids.size(), 10U);
  EXPECT_EQ(cases.size(), 10U);
  auto view = house.view();
  int rows = 0;
  ASSERT_TRUE(ledger::scan<casework::CaseRow>(*view, {}, [&](const casework::CaseRow&) { ++rows; }));
  EXPECT_EQ(rows, 1) << "and yet it is one case";
}

}  // namespace
}  // namespace heed::api
