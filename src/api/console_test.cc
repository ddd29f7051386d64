#include "api/testing_desk.h"

/// What the pages of the staff stand on: counts, own claims, the session of a page that is loaded again, previews.
namespace heed::api {
namespace {

using nlohmann::json;

struct Work {
  explicit Work(TestingDesk& h, int posts = 4) : house(h), reviewer(h.staff({"reviewer"})) {
    for (int i = 0; i < posts; ++i) {
      house.tell("p" + std::to_string(i), "you are a fool and a liar", "a" + std::to_string(i), "victim7");
    }
    EXPECT_EQ(house.ask("POST", "/v1/reports", house.user("victim7"), house.pile_json("victim7")).status, 201);
    house.settle();
  }
  json claim() {
    auto answer = house.ask("POST", "/v1/queues/default/claims", reviewer);
    EXPECT_EQ(answer.status, 201) << answer.raw.body;
    return answer.body;
  }
  static std::string verdicts(const json& claimed, std::string_view outcome,
                              std::string_view facts = "It insults her by name.") {
    json body{{"claim_id", claimed["claim_id"]}, {"items", json::array()}};
    for (const json& item : claimed["items"]) {
      json verdict{{"item_id", item}, {"outcome", outcome}, {"clause", "targeted_harassment"}, {"facts", facts}};
      if (outcome == "violation") {
        verdict["actions"] = json::array({{{"kind", "remove"}}});
      }
      body["items"].push_back(verdict);
    }
    return body.dump();
  }
  TestingDesk& house;
  TestingHouse::Who reviewer;
};

TEST(Queues, AreCountedByLaneForThoseWhoMaySeeThem) {
  TestingDesk house;
  Work work(house);
  auto names = [&](const TestingHouse::Who& who) {
    std::vector<std::string> out;
    const json body = house.ask("GET", "/v1/queues", who).body;
    for (const json& queue : body["items"]) {
      out.push_back(queue["queue"]);
    }
    return out;
  };
  EXPECT_EQ(names(work.reviewer), (std::vector<std::string>{"default", "over_budget"}));
  EXPECT_EQ(names(house.staff({"legal"})), (std::vector<std::string>{"legal"}));
  EXPECT_EQ(names(house.staff({"lead"})),
            (std::vector<std::string>{"default", "lead", "sealed", "legal", "over_budget"}));
  EXPECT_EQ(house.ask("GET", "/v1/queues", house.staff({"analyst"})).status, 403);

  auto waiting = [&] {
    int cases = 0;
    const json body = house.ask("GET", "/v1/queues", work.reviewer).body;
    for (const json& lane : body["items"][0]["lanes"]) {
      cases += lane["cases"].get<int>();
      EXPECT_EQ(lane["deadline"].is_null(), lane["cases"] == 0);
    }
    return cases;
  };
  EXPECT_EQ(waiting(), 1);
  work.claim();
  EXPECT_EQ(waiting(), 0) << "what somebody has does not wait";
}

TEST(Claims, AreListedToWhoHoldsThemAndNobodyElse) {
  TestingDesk house;
  Work work(house);
  EXPECT_TRUE(house.ask("GET", "/v1/claims", work.reviewer).body["items"].empty());
  const json claimed = work.claim();
  auto own = house.ask("GET", "/v1/claims", work.reviewer);
  ASSERT_EQ(own.body["items"].size(), 1U);
  EXPECT_EQ(own.body["items"][0], claimed);
  EXPECT_TRUE(house.ask("GET", "/v1/claims", house.staff({"reviewer"})).body["items"].empty());
  EXPECT_EQ(house.ask("DELETE", "/v1/claims/" + claimed["claim_id"].get<std::string>(), work.reviewer).status, 204);
  EXPECT_TRUE(house.ask("GET", "/v1/claims", work.reviewer).body["items"].empty());
}

TEST(Sessions, GiveAPageThatIsLoadedAgainItsCsrfValue) {
  TestingDesk house;
  Work work(house);
  TestingHouse::Who cookie_only;
  for (const auto& header : work.reviewer) {
    if (header.first == "Cookie") {
      cookie_only.push_back(header);
    }
  }
  ASSERT_EQ(cookie_only.size(), 1U);
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", cookie_only).status, 403)
      << "a cookie alone changes nothing";
  auto session = house.ask("GET", "/v1/session", cookie_only);
  ASSERT_EQ(session.status, 200);
  cookie_only.emplace_back("X-Heed-CSRF", session.body["csrf"].get<std::string>());
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", cookie_only).status, 201);
  EXPECT_EQ(session.raw.header("access-control-allow-origin"), "") << "no other site may read it";
}

TEST(Preview, SaysWordForWordWhatPeopleWillRead) {
  TestingDesk house;
  Work work(house);
  const json claimed = work.claim();
  const std::string path = "/v1/cases/" + claimed["case_id"].get<std::string>() + "/decisions";
  for (const char* outcome : {"no_violation", "violation"}) {
    const std::string body = Work::verdicts(claimed, outcome);
    auto shown = house.ask("POST", path + "/preview", work.reviewer, body);
    ASSERT_EQ(shown.status, 200) << shown.raw.body;
    EXPECT_EQ(shown.body["outcomes"], 1);
    EXPECT_EQ(shown.body["statements"], outcome == std::string_view("violation") ? 4 : 0);
    if (outcome == std::string_view("no_violation")) {
      continue;
    }
    EXPECT_EQ(shown.body["to_authors"].size(), 3U) << "the first few";
    EXPECT_NE(shown.body["to_authors"][0]["text"].get<std::string>().find("It insults her by name."),
              std::string::npos);
    // Nothing has happened by it.
    EXPECT_EQ(house.ask("GET", "/v1/notices", house.user("victim7")).raw.body.find("outcome"), std::string::npos);
    EXPECT_EQ(house.ask("GET", "/v1/claims", work.reviewer).body["items"][0]["items"].size(), 4U);

    EXPECT_EQ(house.ask("POST", path, work.reviewer, body).status, 201);
    house.clock.advance(std::chrono::minutes(1));
    const json told = house.ask("GET", "/v1/notices?locale=en", house.user("victim7")).body["items"];
    const std::string shown_text = shown.body["to_reporters"][0]["text"];
    bool same = false;
    for (const json& notice : told) {
      std::string text = notice.value("text", "");
      same = same || text.substr(0, 200) == shown_text.substr(0, 200);
    }
    EXPECT_TRUE(same) << shown_text << "\n---\n" << json(told).dump(1);
  }
}

TEST(Preview, RefusesWhatTheDecisionWouldRefuse) {
  TestingDesk house;
  Work work(house);
  const json claimed = work.claim();
  const std::string path = "/v1/cases/" + claimed["case_id"].get<std::string>() + "/decisions/preview";
  EXPECT_EQ(house.ask("POST", path, work.reviewer, Work::verdicts(claimed, "violation", "")).status, 422);
  EXPECT_EQ(house.ask("POST", path, house.staff({"reviewer"}), Work::verdicts(claimed, "violation")).status, 403)
      << "somebody else's claim";
  EXPECT_EQ(house.ask("POST", path, house.staff({"triage"}), Work::verdicts(claimed, "violation")).status, 403);
  json gone = claimed;
  gone["claim_id"] = "clm_01ARZ3NDEKTSV4RRFFQ69G5FAV";
  EXPECT_EQ(house.ask("POST", path, work.reviewer, Work::verdicts(gone, "violation")).status, 404);
}

/// What somebody chose to be spared goes to colleagues; the order of the rest stays.
TEST(Claims, LeaveOutWhatTheClaimantIsSpared) {
  TestingDesk house;
  auto lead = house.staff({"lead"}), reviewer = house.staff({"reviewer"});
  auto claim = [&](const json& body) { return house.ask("POST", "/v1/queues/default/claims", reviewer, body.dump()); };
  auto give_back = [&](const Answer& held) {
    EXPECT_EQ(house.ask("DELETE", "/v1/claims/" + held.body["claim_id"].get<std::string>(), reviewer).status, 204);
  };
  std::map<std::string, std::string> category,
      text{{"p1", "you people are vermin, all jews are vermin"}, {"p2", "I will kill you tonight at your house"}};
  std::map<std::string, std::string> case_of;
  std::map<std::string, int> severity;
  for (const auto& [id, words] : text) {
    house.tell(id, words, "bob" + id, "ann" + id);
    const Answer receipt = house.report("ann" + id, id);
    ASSERT_EQ(receipt.status, 201);
    house.settle();
    case_of[id] = house.real_case("ann" + id, receipt).text();
    const json item = house.ask("GET", "/v1/cases/" + case_of[id] + "/items", lead).body["items"][0];
    category[id] = item["category"];
    severity[id] = item["severity"];
  }
  ASSERT_NE(category["p1"], category["p2"]);
  Answer first = claim(json::object());
  EXPECT_EQ(first.body["case_id"], case_of["p2"]) << "the gravest first";
  give_back(first);
  Answer spared = claim({{"avoid", json::array({category["p2"]})}});
  ASSERT_EQ(spared.status, 201) << spared.raw.body;
  EXPECT_EQ(spared.body["case_id"], case_of["p1"]);
  give_back(spared);
  EXPECT_EQ(claim({{"avoid", json::array({category["p1"], category["p2"]})}}).status, 204);
  // Milder work never holds back a threat to life.
  Answer milder = claim({{"severity_max", 1}});
  ASSERT_EQ(milder.status, 201);
  EXPECT_EQ(milder.body["case_id"], case_of["p2"]);
  ASSERT_GT(severity["p1"], 1);
  EXPECT_EQ(claim({{"severity_max", 1}}).status, 204) << "and nothing else is mild enough";
  EXPECT_EQ(claim({{"severity_max", severity["p1"]}}).body["case_id"], case_of["p1"]);
  for (const auto& [body, pointer] : std::vector<std::pair<json, std::string>>{{{{"severity_max", 0}}, "/severity_max"},
                                                                               {{{"avoid", "hate"}}, "/avoid"}}) {
    const Answer answer = claim(body);
    EXPECT_EQ(answer.status, 422);
    EXPECT_EQ(answer.body["errors"][0]["pointer"], pointer);
  }
}

/// Of one pile, what is not spared.
TEST(Claims, TakeTheRestOfAPileThatHoldsSparedPosts) {
  TestingDesk house;
  auto lead = house.staff({"lead"}), reviewer = house.staff({"reviewer"});
  house.tell("p1", "you are a fool and a liar", "bob", "ann");
  house.tell("p2", "you people are vermin, all jews are vermin", "eve", "ann");
  ASSERT_EQ(house.ask("POST", "/v1/reports", house.user("ann"), house.pile_json("ann")).status, 201);
  house.settle();
  const std::string id = house.ask("GET", "/v1/cases", lead).body["items"][0]["case_id"];
  const json items = house.ask("GET", "/v1/cases/" + id + "/items", lead).body["items"];
  ASSERT_EQ(items.size(), 2U);
  ASSERT_NE(items[0]["category"], items[1]["category"]);
  const Answer held = house.ask("POST", "/v1/queues/default/claims", reviewer,
                                json{{"avoid", json::array({items[0]["category"]})}}.dump());
  ASSERT_EQ(held.status, 201) << held.raw.body;
  EXPECT_EQ(held.body["items"], json::array({items[1]["item_id"]}));
}

}  // namespace
}  // namespace heed::api
