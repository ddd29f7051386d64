#include "api/testing_desk.h"

/// Four eyes over HTTP: who may confirm, who may see, and what comes of it.
namespace heed::api {
namespace {

using nlohmann::json;

class Proposals : public testing::Test {
 protected:
  Proposals() : first(house.staff({"reviewer"})) {
    first_id = house.last_staff;
    house.tell("p1", "you are a fool and a liar", "a1", "victim7");
    const Answer report = house.report("victim7", "p1");
    house.settle();
    real = house.real_case("victim7", report);
    const json claim = house.ask("POST", "/v1/queues/default/claims", first).body;
    body = {{"claim_id", claim["claim_id"]},
            {"items", json::array({{{"item_id", claim["items"][0]},
                                    {"outcome", "violation"},
                                    {"clause", "targeted_harassment"},
                                    {"facts", "It insults her by name."},
                                    {"actions", json::array({{{"kind", "suspend"}}})}}})},
            {"note", "the third account"}};
  }
  std::string propose() {
    const Answer made =
        house.ask("POST", "/v1/cases/" + real.text() + "/decisions", first, body.dump(), {{"Idempotency-Key", "once"}});
    EXPECT_EQ(made.status, 201) << made.raw.body;
    EXPECT_TRUE(made.body["decisions"].empty());
    return made.body.at("proposal_id");
  }
  Answer post(const std::string& id, const std::string& what, const TestingHouse::Who& who, const json& with = {}) {
    return house.ask("POST", "/v1/proposals/" + id + "/" + what, who, with.is_null() ? "" : with.dump());
  }
  json list(const TestingHouse::Who& who) { return house.ask("GET", "/v1/proposals", who).body["items"]; }
  TestingHouse::Who tied(const std::string& role, std::string_view kind, std::string_view account) {
    auto who = house.staff({role});
    EXPECT_EQ(house.ask("POST", "/v1/ties", who, json{{"kind", kind}, {"account_id", account}}.dump()).status, 201);
    return who;
  }
  TestingDesk house;
  TestingHouse::Who first;
  StaffId first_id;
  CaseId real;
  json body;
};

TEST_F(Proposals, APreviewSaysThatItTakesTwoAndAConfirmationSendsIt) {
  const Answer preview = house.ask("POST", "/v1/cases/" + real.text() + "/decisions/preview", first, body.dump());
  EXPECT_EQ(preview.body["second_person"], true);
  EXPECT_EQ(preview.body["statements"], 1);
  const std::string id = propose();
  EXPECT_EQ(propose(), id) << "the same request again is the same proposal";
  const auto second = house.staff({"reviewer"});
  const json waiting = list(second);
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_EQ(waiting[0]["may_answer"], true);
  EXPECT_EQ(waiting[0]["by"], first_id.text());
  EXPECT_FALSE(waiting[0]["deadline"].is_null()) << "the clock runs";
  const json whole = house.ask("GET", "/v1/proposals/" + id, second).body;
  EXPECT_EQ(whole["verdicts"][0]["facts"], "It insults her by name.");
  EXPECT_EQ(whole["note"], "the third account");
  EXPECT_EQ(whole["verdicts"][0]["changed_since"], false);
  const json items = house.ask("GET", "/v1/cases/" + real.text() + "/items", second).body["items"];
  EXPECT_EQ(items[0]["proposal_id"], id);
  EXPECT_EQ(items[0]["state"], "open");
  const Answer shown = post(id, "preview", second);
  EXPECT_EQ(shown.status, 200) << shown.raw.body;
  EXPECT_EQ(shown.body["to_authors"].size(), 1U) << "what people will read";
  EXPECT_EQ(house.ask("GET", "/v1/actions", house.platform()).lines.size(), 0U) << "nothing went out";
  const Answer made = post(id, "confirmation", second, json::object());
  ASSERT_EQ(made.status, 200) << made.raw.body;
  EXPECT_EQ(made.body["decisions"].size(), 1U);
  EXPECT_EQ(made.body["case_closed"], true);
  EXPECT_EQ(house.ask("GET", "/v1/actions", house.platform()).lines.size(), 1U);
  EXPECT_TRUE(list(second).empty());
  const json news = list(first);
  ASSERT_EQ(news.size(), 1U) << "who proposed it hears of the answer";
  EXPECT_EQ(news[0]["state"], "confirmed");
  EXPECT_EQ(post(id, "acknowledgement", second).status, 404);
  EXPECT_EQ(post(id, "acknowledgement", first).status, 200);
  EXPECT_TRUE(list(first).empty());
}

TEST_F(Proposals, NobodyIsTheirOwnSecondPerson) {
  ASSERT_EQ(house.ask("POST", "/v1/ties", first, R"({"kind":"own","account_id":"me"})").status, 201);
  const std::string id = propose();
  const auto twin = tied("lead", "own", "me"), friend_of = tied("reviewer", "declared", "me");
  for (const TestingHouse::Who* who : {&std::as_const(first), &twin}) {
    EXPECT_EQ(post(id, "confirmation", *who, json::object()).status, 403);
    EXPECT_EQ(post(id, "return", *who, {{"note", "no"}}).status, 403);
    EXPECT_EQ(post(id, "preview", *who).status, 403);
    EXPECT_EQ(list(*who)[0]["may_answer"], false);
    EXPECT_EQ(list(*who)[0]["mine"], true);
  }
  EXPECT_EQ(list(friend_of)[0]["may_answer"], true) << "to know the same person makes nobody the same person";
  EXPECT_EQ(house.ask("DELETE", "/v1/proposals/" + id, friend_of).status, 404);
  EXPECT_EQ(house.ask("DELETE", "/v1/proposals/" + id, twin).status, 200);
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", friend_of).status, 201) << "free again";
}

TEST_F(Proposals, AreNotThereBehindAWallNorOutsideOnesQueues) {
  const std::string id = propose();
  const auto walled = tied("reviewer", "own", "a1");
  const std::string nothing = "prp_01ARZ3NDEKTSV4RRFFQ69G5FAV";
  auto same_as_none = [&](const TestingHouse::Who& who) {
    for (const auto& [method, path, with] : {std::tuple{"GET", "", ""},
                                             {"POST", "/preview", ""},
                                             {"POST", "/confirmation", "{}"},
                                             {"POST", "/return", R"({"note":"no"})"},
                                             {"POST", "/acknowledgement", ""},
                                             {"DELETE", "", ""}}) {
      Answer one = house.ask(method, "/v1/proposals/" + id + path, who, with);
      Answer none = house.ask(method, "/v1/proposals/" + nothing + path, who, with);
      EXPECT_EQ(one.status, 404) << method << path;
      one.body.erase("request_id"), none.body.erase("request_id");
      EXPECT_EQ(one.body, none.body) << method << path;
    }
    EXPECT_TRUE(list(who).empty());
  };
  same_as_none(walled);
  const auto lead = house.staff({"lead"}), other = house.staff({"reviewer"});
  ASSERT_LT(
      house.ask("POST", "/v1/cases/" + real.text() + "/escalation", lead, R"({"reason":"delicate","queue":"lead"})")
          .status,
      300);
  same_as_none(other);
  EXPECT_EQ(list(lead).size(), 1U);
  EXPECT_EQ(list(first).size(), 1U) << "who proposed it still sees what becomes of it";
  EXPECT_EQ(post(id, "confirmation", lead, json::object()).status, 200);
}

TEST_F(Proposals, AReturnNeedsANoteAndComesBackWithIt) {
  const std::string id = propose();
  const auto second = house.staff({"reviewer"});
  const Answer empty = post(id, "return", second, json::object());
  EXPECT_EQ(empty.status, 422);
  EXPECT_NE(empty.raw.body.find("note"), std::string::npos);
  EXPECT_EQ(post(id, "return", second, {{"note", "It answers a worse one."}}).status, 200);
  EXPECT_EQ(post(id, "confirmation", second, json::object()).status, 409);
  EXPECT_EQ(house.ask("GET", "/v1/proposals/" + id, first).body["answer"], "It answers a worse one.");
  EXPECT_EQ(list(first)[0]["state"], "returned");
  EXPECT_EQ(house.ask("GET", "/v1/proposals?case_id=" + real.text(), first).body["items"].size(), 1U);
  EXPECT_EQ(house.ask("GET", "/v1/proposals?case_id=" + real.text(), second).body["items"].size(), 0U);
  EXPECT_EQ(house.ask("GET", "/v1/proposals?case_id=nonsense", second).status, 422);
}

TEST_F(Proposals, TellNoPartyThatSomethingIsProposed) {
  propose();
  for (const std::string account : {"victim7", "a1"}) {
    EXPECT_EQ(house.ask("GET", "/v1/me/data", house.user(account)).raw.body.find("prp_"), std::string::npos);
    const json cases = house.ask("GET", "/v1/cases", house.user(account)).body["items"];
    for (const json& one : cases) {
      const std::string path = "/v1/cases/" + one["case_id"].get<std::string>();
      for (const char* part : {"", "/items", "/timeline"}) {
        const std::string all = house.ask("GET", path + part, house.user(account)).raw.body;
        EXPECT_EQ(all.find("propos"), std::string::npos) << all;
        EXPECT_EQ(all.find("suspend"), std::string::npos) << all;
      }
    }
  }
}

}  // namespace
}  // namespace heed::api
