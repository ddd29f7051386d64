#include "api/testing_desk.h"

/// The main job over HTTP: a pile is reported, worked off, acted on, told, answered back.
namespace heed::api {
namespace {

using nlohmann::json;

json verdict(const json& item, std::string_view outcome, std::string_view clause = "targeted_harassment") {
  json out{{"item_id", item}, {"outcome", outcome}, {"clause", clause}, {"facts", "It insults her by name."}};
  if (outcome == "violation") {
    out["actions"] = json::array({{{"kind", "remove"}}});
  }
  return out;
}

struct Pile {
  explicit Pile(TestingDesk& h, int posts = 6) : house(h), reviewer(h.staff({"reviewer"})) {
    for (int i = 0; i < posts; ++i) {
      house.tell("p" + std::to_string(i), "you are a fool and a liar", "a" + std::to_string(i % 3), "victim7");
    }
    receipt = house.ask("POST", "/v1/reports", house.user("victim7"), house.pile_json("victim7"));
    EXPECT_EQ(receipt.status, 201) << receipt.raw.body;
    house.settle();
    real = house.real_case("victim7", receipt).text();
    alias = TestingDesk::case_of(receipt);
  }
  json claim() {
    auto answer = house.ask("POST", "/v1/queues/default/claims", reviewer);
    EXPECT_EQ(answer.status, 201) << answer.raw.body;
    return answer.body;
  }
  Answer decide(const json& claimed, std::string_view outcome = "violation") {
    json body{{"claim_id", claimed["claim_id"]}, {"items", json::array()}, {"note", "The same three accounts again."}};
    for (const json& item : claimed["items"]) {
      body["items"].push_back(verdict(item, outcome));
    }
    return house.ask("POST", "/v1/cases/" + claimed["case_id"].get<std::string>() + "/decisions", reviewer,
                     body.dump());
  }
  TestingDesk& house;
  TestingHouse::Who reviewer;
  Answer receipt;
  std::string real, alias;
};

TEST(Story, FromReportToConfirmedAction) {
  TestingDesk house;
  Pile pile(house);
  auto head = house.ask("GET", "/v1/queues/default", pile.reviewer);
  ASSERT_EQ(head.body["items"].size(), 1U) << head.body.dump();
  EXPECT_EQ(head.body["items"][0]["case_id"], pile.real);

  json claimed = pile.claim();
  EXPECT_EQ(claimed["items"].size(), 6U);
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", house.staff({"reviewer"})).status, 204);
  auto items = house.ask("GET", "/v1/cases/" + pile.real + "/items?claim=" + claimed["claim_id"].get<std::string>(),
                         pile.reviewer);
  ASSERT_EQ(items.body["items"].size(), 6U);
  EXPECT_EQ(items.body["items"][0]["evidence"]["versions"][0]["post"]["text"], "you are a fool and a liar");
  EXPECT_EQ(house.ask("PUT", "/v1/claims/" + claimed["claim_id"].get<std::string>(), pile.reviewer).status, 200);

  auto decided = pile.decide(claimed);
  ASSERT_EQ(decided.status, 201) << decided.raw.body;
  EXPECT_EQ(decided.body["decisions"].size(), 6U);
  EXPECT_EQ(decided.body["actions"].size(), 6U);

  auto feed = house.ask("GET", "/v1/actions", house.platform());
  ASSERT_GE(feed.lines.size(), 6U) << feed.raw.body;
  auto rest = house.ask("GET", "/v1/actions?cursor=" + std::string(feed.raw.header("x-next-cursor")), house.platform());
  EXPECT_TRUE(rest.lines.empty());
  const std::string order = decided.body["actions"][0];
  EXPECT_NE(feed.raw.body.find(order), std::string::npos);
  const std::string result = "/v1/actions/" + order + "/result";
  EXPECT_EQ(house.ask("POST", result, house.platform(), R"({"state":"done","at":"2026-11-21T18:00:00.000Z"})").status,
            200);
  EXPECT_EQ(house.ask("POST", result, house.platform(), R"({"state":"done"})").status, 200);
  EXPECT_EQ(house.ask("POST", result, house.platform(), R"({"state":"refused"})").status, 409);

  // Everybody concerned is told, and sees what is theirs.
  house.clock.advance(std::chrono::minutes(1));
  auto told = house.ask("GET", "/v1/notices?locale=en", house.user("victim7"));
  ASSERT_FALSE(told.body["items"].empty());
  EXPECT_EQ(told.body["items"][0]["kind"], "outcome") << told.body.dump(1);
  EXPECT_FALSE(told.body["items"][0]["text"].get<std::string>().empty());
  auto author = house.ask("GET", "/v1/notices?locale=en", house.user("a0"));
  ASSERT_EQ(author.body["items"].size(), 1U) << author.body.dump(1);
  EXPECT_EQ(author.body["items"][0]["kind"], "statement_of_reasons");
  EXPECT_EQ(author.raw.body.find("victim7"), std::string::npos) << "who reported is nowhere in it";
}

TEST(Story, AnAuthorAppealsAndAnotherReviewerReverses) {
  TestingDesk house;
  Pile pile(house);
  json claimed = pile.claim();
  auto decided = pile.decide(claimed);
  ASSERT_EQ(decided.status, 201) << decided.raw.body;
  auto cases = house.ask("GET", "/v1/cases", house.user("a0"));
  ASSERT_EQ(cases.body["items"].size(), 1U) << cases.raw.body;
  EXPECT_EQ(cases.body["items"][0]["roles"], json::array({"author"}));
  const std::string case_id = cases.body["items"][0]["case_id"];
  auto items = house.ask("GET", "/v1/cases/" + case_id + "/items", house.user("a0"));
  ASSERT_EQ(items.body["items"].size(), 2U) << items.raw.body;
  const std::string decision = items.body["items"][0]["decision"]["decision_id"];
  const std::string path = "/v1/decisions/" + decision + "/appeals";
  EXPECT_EQ(house.ask("POST", path, house.user("a1"), R"({"text":"mine?"})").status, 404)
      << "an alias of somebody else's";
  auto appeal = house.ask("POST", path, house.user("a0"), R"({"text":"It was a quotation."})");
  ASSERT_EQ(appeal.status, 201) << appeal.raw.body;
  EXPECT_EQ(house.ask("POST", path, house.user("a0"), R"({"text":"Again."})").status, 409);

  auto waiting = house.ask("GET", "/v1/appeals", pile.reviewer);
  ASSERT_EQ(waiting.body["items"].size(), 1U);
  EXPECT_EQ(waiting.body["items"][0]["own_decision"], true);
  const std::string answer_path =
      "/v1/appeals/" + waiting.body["items"][0]["appeal_id"].get<std::string>() + "/decision";
  const std::string answer = R"({"outcome":"reversed","reason":"It was a quotation indeed."})";
  EXPECT_EQ(house.ask("POST", answer_path, pile.reviewer, answer).status, 403);
  auto other = house.staff({"reviewer"});
  auto answered = house.ask("POST", answer_path, other, answer);
  ASSERT_EQ(answered.status, 200) << answered.raw.body;
  EXPECT_EQ(answered.body["decision_reversed"], true);
  EXPECT_TRUE(house.ask("GET", "/v1/appeals", other).body["items"].empty());
  auto feed = house.ask("GET", "/v1/actions", house.platform());
  EXPECT_NE(feed.lines.back().dump().find("undo"), std::string::npos) << feed.lines.back().dump();
}

TEST(Story, WhoDecidedDoesNotAnswerTheAppealUnderASecondLogIn) {
  TestingDesk house;
  Pile pile(house);
  ASSERT_EQ(pile.decide(pile.claim()).status, 201);
  const json cases = house.ask("GET", "/v1/cases", house.user("a0")).body["items"];
  const std::string case_id = cases[0]["case_id"];
  const json items = house.ask("GET", "/v1/cases/" + case_id + "/items", house.user("a0")).body["items"];
  const std::string decision = items[0]["decision"]["decision_id"];
  ASSERT_EQ(house.ask("POST", "/v1/decisions/" + decision + "/appeals", house.user("a0"), R"({"text":"No."})").status,
            201);
  auto second = house.staff({"reviewer"});
  for (const auto& who : {pile.reviewer, second}) {  // the same person's account on the platform
    ASSERT_EQ(house.ask("POST", "/v1/ties", who, R"({"kind":"own","account_id":"rita_at_home"})").status, 201);
  }
  const json waiting = house.ask("GET", "/v1/appeals", second).body["items"];
  ASSERT_EQ(waiting.size(), 1U);
  const std::string path = "/v1/appeals/" + waiting[0]["appeal_id"].get<std::string>() + "/decision";
  const std::string answer = R"({"outcome":"upheld","reason":"I was right."})";
  EXPECT_EQ(house.ask("POST", path, second, answer).status, 403);
  auto other = house.staff({"reviewer"});
  ASSERT_EQ(house.ask("POST", "/v1/ties", other, R"({"kind":"own","account_id":"rolf_at_home"})").status, 201);
  EXPECT_EQ(house.ask("POST", path, other, answer).status, 200);
}

TEST(Story, AReversalUndoesTheOrder) {
  TestingDesk house;
  Pile pile(house);
  auto decided = pile.decide(pile.claim());
  ASSERT_EQ(decided.status, 201) << decided.raw.body;
  const std::string path = "/v1/decisions/" + decided.body["decisions"][2].get<std::string>() + "/reversal";
  EXPECT_EQ(house.ask("POST", path, pile.reviewer, "{}").status, 422);
  auto reversed = house.ask("POST", path, pile.reviewer, R"({"reason":"A supportive quotation."})");
  ASSERT_EQ(reversed.status, 201) << reversed.raw.body;
  EXPECT_EQ(reversed.body["undone"].size(), 1U);
  EXPECT_EQ(house.ask("POST", path, pile.reviewer, R"({"reason":"again"})").status, 409);
}

TEST(Story, ReliefIsOrderedAndUndoneExactly) {
  TestingDesk house;
  Pile pile(house);
  auto seen = house.ask("GET", "/v1/cases/" + pile.alias, house.user("victim7"));
  ASSERT_EQ(seen.body["relief"].size(), 1U) << seen.raw.body;
  EXPECT_EQ(seen.body["relief"][0]["kind"], "autoblock_pile");
  EXPECT_EQ(seen.body["relief"][0]["accounts"], 3);
  EXPECT_EQ(seen.body["pile"]["state"], "open");
  const std::string relief = "/v1/cases/" + pile.alias + "/relief";
  EXPECT_EQ(house.ask("POST", relief, house.user("victim7"), R"({"kind":"hide"})").status, 200);
  EXPECT_EQ(house.ask("POST", relief, house.user("victim7"), R"({"kind":"hide"})").status, 200);
  EXPECT_EQ(house.ask("POST", relief, house.user("victim7"), R"({"kind":"silence"})").status, 422);
  EXPECT_EQ(house.ask("POST", relief, house.user("a0"), R"({"kind":"hide"})").status, 404);
  seen = house.ask("GET", "/v1/cases/" + pile.alias, house.user("victim7"));
  EXPECT_EQ(seen.body["relief"].size(), 2U) << seen.raw.body;
  auto before = house.ask("GET", "/v1/actions", house.platform());
  EXPECT_EQ(house.ask("DELETE", relief + "/autoblock_pile", house.user("victim7")).status, 204);
  EXPECT_EQ(house.ask("DELETE", relief + "/autoblock_pile", house.user("victim7")).status, 404);
  EXPECT_EQ(house.ask("DELETE", relief + "/nothing", house.user("victim7")).status, 404);
  auto after = house.ask("GET", "/v1/actions", house.platform());
  EXPECT_GT(after.lines.size(), before.lines.size());
}

TEST(Story, AClaimCanBeGivenBackAndIsOnesOwn) {
  TestingDesk house;
  Pile pile(house);
  json claimed = pile.claim();
  const std::string path = "/v1/claims/" + claimed["claim_id"].get<std::string>();
  auto other = house.staff({"reviewer"});
  EXPECT_EQ(house.ask("PUT", path, other).status, 404);
  EXPECT_EQ(house.ask("DELETE", path, other).status, 404);
  EXPECT_EQ(house.ask("DELETE", path, pile.reviewer).status, 204);
  EXPECT_EQ(house.ask("PUT", path, pile.reviewer).status, 404);
  EXPECT_EQ(pile.decide(claimed).status, 409);
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", other, R"({"items_max":2})").body["items"].size(), 2U);
  EXPECT_EQ(house
                .ask("POST", "/v1/queues/default/claims", pile.reviewer,
                     json{{"case_id", pile.real}, {"items_max", 3}}.dump())
                .body["items"]
                .size(),
            3U);
}

TEST(Story, FaultsOfADecisionAreNamedAndNothingIsStored) {
  TestingDesk house;
  Pile pile(house);
  json claimed = pile.claim();
  json body{{"claim_id", claimed["claim_id"]}, {"items", json::array()}};
  body["items"].push_back(verdict(claimed["items"][0], "violation", "no_such_clause"));
  body["items"].push_back(verdict(claimed["items"][1], "perhaps"));
  body["items"].push_back({{"item_id", "itm_x"}, {"outcome", "violation"}, {"actions", {{{"kind", "shout"}}}}});
  const std::string path = "/v1/cases/" + pile.real + "/decisions";
  auto answer = house.ask("POST", path, pile.reviewer, body.dump());
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body["errors"].size(), 3U) << answer.body.dump(1);
  body["items"].erase(2);
  body["items"].erase(1);
  answer = house.ask("POST", path, pile.reviewer, body.dump());
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body["errors"][0]["pointer"], "/items/0/clause") << answer.body.dump(1);
  EXPECT_EQ(house.ask("POST", path, house.staff({"analyst"}), body.dump()).status, 403);
  EXPECT_EQ(pile.decide(claimed).status, 201);
}

TEST(Story, AnEscalatedCaseWaitsElsewhere) {
  TestingDesk house;
  Pile pile(house);
  auto lead = house.staff({"lead"});
  const std::string path = "/v1/cases/" + pile.real + "/escalation";
  EXPECT_EQ(house.ask("POST", path, pile.reviewer, R"({"queue":"lead","reason":"He names her street."})").status, 200);
  EXPECT_EQ(house.ask("POST", path, pile.reviewer, R"({"queue":"lead","reason":"again"})").status, 409);
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", pile.reviewer).status, 204);
  EXPECT_EQ(house.ask("POST", "/v1/queues/lead/claims", pile.reviewer).status, 404);
  EXPECT_EQ(house.ask("POST", "/v1/queues/lead/claims", lead).status, 201);
  auto timeline = house.ask("GET", "/v1/cases/" + pile.real + "/timeline", lead);
  EXPECT_NE(timeline.raw.body.find("He names her street."), std::string::npos);
}

TEST(Story, AHoldStopsAnErasureUntilItIsReleased) {
  TestingDesk house;
  Pile pile(house);
  auto legal = house.staff({"legal"});
  const std::string path = "/v1/cases/" + pile.real + "/holds";
  EXPECT_EQ(house.ask("POST", path, pile.reviewer, R"({"until":"2027-01-01T00:00:00Z","reason":"x"})").status, 403);
  EXPECT_EQ(house.ask("POST", path, legal, R"({"until":"2020-01-01T00:00:00Z","reason":"x"})").status, 422);
  auto hold = house.ask("POST", path, legal, R"({"until":"2027-01-01T00:00:00Z","reason":"Order 12/2026"})");
  ASSERT_EQ(hold.status, 201) << hold.raw.body;
  EXPECT_EQ(house.ask("DELETE", "/v1/accounts/a0", house.platform()).status, 204);
  auto erased = [&] {
    int n = 0;
    auto whole = house.ask("GET", "/v1/cases/" + pile.real, legal);
    for (const json& party : whole.body["parties"]) {
      n += party["erased"].get<bool>() ? 1 : 0;
    }
    return n;
  };
  EXPECT_EQ(erased(), 0);
  EXPECT_EQ(house.ask("DELETE", path + "/" + hold.body["hold_id"].get<std::string>(), legal).status, 204);
  EXPECT_EQ(house.ask("DELETE", "/v1/accounts/a0", house.platform()).status, 204);
  EXPECT_EQ(erased(), 1);
  auto items = house.ask("GET", "/v1/cases/" + pile.real + "/items", pile.reviewer);
  int without = 0;
  for (const json& item : items.body["items"]) {
    without += item["evidence"].is_null() ? 1 : 0;
  }
  EXPECT_EQ(without, 2);
}

TEST(Story, MeasuresOfThePlatformAreRecorded) {
  TestingDesk house;
  Pile pile(house);
  json body{{"measure", "account_suspended"}, {"case_id", pile.real}, {"account_id", "a0"}};
  EXPECT_EQ(house.ask("POST", "/v1/events", house.platform(), body.dump()).status, 201);
  body["account_id"] = "stranger";
  EXPECT_EQ(house.ask("POST", "/v1/events", house.platform(), body.dump()).status, 404);
  EXPECT_EQ(house.ask("POST", "/v1/events", house.platform(), R"({"measure":"applause"})").body["errors"].size(), 2U);
}

TEST(Story, EveryAnswerLeavesASoundLedger) {
  TestingDesk house;
  Pile pile(house);
  ASSERT_EQ(pile.decide(pile.claim()).status, 201);
  auto view = house.view();
  auto faults = ledger::verify_chains(*view);
  ASSERT_TRUE(faults.has_value());
  EXPECT_TRUE(faults->empty());
}

}  // namespace
}  // namespace heed::api
