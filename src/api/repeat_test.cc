#include "api/testing_desk.h"

/// Idempotency-Key on every request that creates: the same answer again, one thing made, another body refused.
namespace heed::api {
namespace {

using nlohmann::json;

class Repeat : public testing::Test {
 protected:
  Repeat() : reviewer(house.staff({"reviewer", "lead"})) {}
  /// The same request three times under one key, time passing; then another body. The first answer.
  json once(const std::string& path, const TestingHouse::Who& who, const json& body, const json& other,
            std::string_view what) {
    const std::string key = "key-" + std::to_string(++keys_);
    auto first = house.ask("POST", path, who, body.dump(), {{"Idempotency-Key", key}});
    EXPECT_EQ(first.status / 100, 2) << what << first.raw.body;
    const std::uint64_t events = house.store->figures().events;
    for (int i = 0; i < 2; ++i) {
      house.clock.advance(std::chrono::minutes(1));
      auto again = house.ask("POST", path, who, body.dump(), {{"Idempotency-Key", key}});
      EXPECT_EQ(again.status, first.status) << what << again.raw.body;
      EXPECT_EQ(again.body, first.body) << what;
    }
    EXPECT_EQ(house.store->figures().events, events) << what << ": nothing was made again";
    EXPECT_EQ(house.ask("POST", path, who, other.dump(), {{"Idempotency-Key", key}}).status, 422) << what;
    return first.body;
  }
  json verdict(const json& item, std::string_view outcome) {
    json out{{"item_id", item},
             {"outcome", outcome},
             {"clause", "targeted_harassment"},
             {"facts", "It insults her by name."}};
    if (outcome == "violation") {
      out["actions"] = json::array({{{"kind", "remove"}}});
    }
    return out;
  }
  /// A case with one item of this author, claimed.
  json claimed(const std::string& n) {
    house.tell("p" + n, "you are a fool and a liar", "a" + n, "t" + n);
    EXPECT_EQ(house.report("t" + n, "p" + n).status, 201);
    auto claim = house.ask("POST", "/v1/queues/default/claims", reviewer);
    EXPECT_EQ(claim.status, 201) << claim.raw.body;
    return claim.body;
  }
  json decided(const std::string& n, std::string_view outcome) {
    const json claim = claimed(n);
    const json body{{"claim_id", claim["claim_id"]}, {"items", json::array({verdict(claim["items"][0], outcome)})}};
    json out =
        house.ask("POST", "/v1/cases/" + claim["case_id"].get<std::string>() + "/decisions", reviewer, body.dump())
            .body;
    out["case_id"] = claim["case_id"];
    return out;
  }
  TestingDesk house;
  TestingHouse::Who reviewer;
  int keys_ = 0;
};

TEST_F(Repeat, OfADecisionAndItsReversal) {
  const json claim = claimed("1");
  json body{{"claim_id", claim["claim_id"]}, {"items", json::array({verdict(claim["items"][0], "violation")})}};
  json other = body;
  other["note"] = "another";
  const json made =
      once("/v1/cases/" + claim["case_id"].get<std::string>() + "/decisions", reviewer, body, other, "decision");
  EXPECT_EQ(made["decisions"].size(), 1U);
  EXPECT_EQ(made["actions"].size(), 1U);
  EXPECT_EQ(made["case_closed"], true);
  const std::string path = "/v1/decisions/" + made["decisions"][0].get<std::string>() + "/reversal";
  json instead = verdict("", "no_violation");
  instead.erase("item_id");
  const json undone =
      once(path, reviewer, {{"reason", "It was a quotation."}, {"instead", instead}}, {{"reason", "No."}}, "reversal");
  EXPECT_EQ(undone["undone"].size(), 1U);
  EXPECT_TRUE(undone.contains("instead"));
}

TEST_F(Repeat, OfAReversalWithoutAnotherDecision) {
  const json made = decided("1", "violation");
  const std::string path = "/v1/decisions/" + made["decisions"][0].get<std::string>() + "/reversal";
  EXPECT_FALSE(
      once(path, reviewer, {{"reason", "It was a quotation."}}, {{"reason", "No."}}, "reversal").contains("instead"));
}

TEST_F(Repeat, OfAnAppealAndItsAnswer) {
  const json made = decided("1", "no_violation");
  const std::string alias =
      house.aliases.text(house.hasher.account("t1"), *DecisionId::parse(made["decisions"][0].get<std::string>()));
  once("/v1/decisions/" + alias + "/appeals", house.user("t1", std::chrono::hours(20)),
       {{"text", "It was aimed at me."}}, {{"text", "No."}}, "appeal");
  auto list = house.ask("GET", "/v1/appeals", reviewer);
  ASSERT_EQ(list.body["items"].size(), 1U);
  const std::string path = "/v1/appeals/" + list.body["items"][0]["appeal_id"].get<std::string>() + "/decision";
  json instead = verdict("", "violation");
  instead.erase("item_id");
  const json answer = once(path, house.staff({"reviewer"}),
                           {{"outcome", "reversed"}, {"reason", "She is right."}, {"instead", instead}},
                           {{"outcome", "upheld"}, {"reason", "No."}}, "answer");
  EXPECT_EQ(answer["decision_reversed"], true);
}

TEST_F(Repeat, OfAClaim) {
  house.tell("p1", "you are a fool", "a1", "t1");
  house.tell("p2", "you are a fool", "a2", "t2");
  house.report("t1", "p1");
  house.report("t2", "p2");
  once("/v1/queues/default/claims", reviewer, {{"items_max", 1}}, {{"items_max", 2}}, "claim");
  EXPECT_EQ(house.ask("GET", "/v1/queues/default", reviewer).body["items"].size(), 1U)
      << "the other case is still free";
}

TEST_F(Repeat, OfAMessageAHoldAndAMeasure) {
  house.tell("p1", "you are a fool", "a1", "t1");
  auto receipt = house.report("t1", "p1");
  const std::string real = house.real_case("t1", receipt).text(), alias = TestingDesk::case_of(receipt);
  once("/v1/cases/" + alias + "/messages", house.user("t1"), {{"text", "He wrote again."}}, {{"text", "No."}},
       "message");
  once("/v1/cases/" + real + "/messages", reviewer, {{"text", "Looks bad."}}, {{"text", "No."}}, "note");
  once("/v1/cases/" + real + "/holds", reviewer, {{"until", "2099-01-01T00:00:00.000Z"}, {"reason", "Order 12"}},
       {{"until", "2099-01-02T00:00:00.000Z"}, {"reason", "Order 12"}}, "hold");
  once("/v1/events", house.platform(), {{"measure", "post_deleted"}, {"case_id", real}},
       {{"measure", "account_suspended"}, {"case_id", real}}, "measure");
}

TEST_F(Repeat, OfTheSameWordsInAnotherCaseIsAnotherRequest) {
  house.tell("p1", "you are a fool", "a1", "t1");
  house.tell("p2", "you are a fool", "a2", "t1");
  const std::string one = TestingDesk::case_of(house.report("t1", "p1")),
                    two = TestingDesk::case_of(house.report("t1", "p2"));
  ASSERT_NE(one, two);
  const http::HeaderList key{{"Idempotency-Key", "k"}};
  EXPECT_EQ(house.ask("POST", "/v1/cases/" + one + "/messages", house.user("t1"), R"({"text":"hello"})", key).status,
            201);
  EXPECT_EQ(house.ask("POST", "/v1/cases/" + two + "/messages", house.user("t1"), R"({"text":"hello"})", key).status,
            422)
      << "never the answer of another case";
  auto stranger = house.ask("POST", "/v1/cases/" + one + "/messages", house.user("t2"), R"({"text":"hello"})", key);
  EXPECT_EQ(stranger.status, 404) << "a key is its owner's";
}

TEST_F(Repeat, AfterAnErrorIsTriedAnew) {
  const http::HeaderList key{{"Idempotency-Key", "k"}};
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", reviewer, "{}", key).status, 204);
  house.tell("p1", "you are a fool", "a1", "t1");
  house.report("t1", "p1");
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", reviewer, "{}", key).status, 201);
}

TEST_F(Repeat, AKeyMustBeVisible) {
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", reviewer, "{}", {{"Idempotency-Key", "a b"}}).status, 400);
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", reviewer, "{}", {{"Idempotency-Key", std::string(256, 'x')}})
                .status,
            400);
}

TEST_F(Repeat, OfReliefEscalationAndWithdrawal) {
  house.tell("p1", "you are a fool", "a1", "t1");
  const Answer receipt = house.report("t1", "p1");
  const TestingHouse::Who her = house.user("t1", std::chrono::hours(20));
  const std::string own = "/v1/cases/" + TestingDesk::case_of(receipt);
  EXPECT_EQ(once(own + "/relief", her, {{"kind", "hide"}}, {{"kind", "autoblock_pile"}}, "relief")["state"], "applied");
  const std::string theirs = "/v1/cases/" + house.real_case("t1", receipt).text();
  once(theirs + "/escalation", reviewer, {{"queue", "lead"}, {"reason", "He names her street."}},
       {{"queue", "legal"}, {"reason", "Another."}}, "escalation");
  const std::string path = "/v1/reports/" + receipt.body["report_id"].get<std::string>() + "/withdrawal";
  EXPECT_EQ(once(path, her, json::object(), {{"x", 1}}, "withdrawal")["state"], "withdrawn");
}

}  // namespace
}  // namespace heed::api
