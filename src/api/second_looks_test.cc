#include "api/testing_desk.h"

/// Second looks over HTTP: blind, without effect, measured.
namespace heed::api {
namespace {

using nlohmann::json;

TestingHouse::Choices all_drawn() {
  TestingHouse::Choices choices;
  choices.second_look_share = 1;
  return choices;
}

class SecondLooks : public testing::Test {
 protected:
  SecondLooks() : house(all_drawn()), first(house.staff({"reviewer"})) {}
  /// A post that the first reviewer finds against the rules.
  json decided(const std::string& post, const std::string& author = "a1") {
    house.tell(post, "you are a fool and a liar", author, "victim7");
    EXPECT_EQ(house.report("victim7", post).status, 201);
    house.settle();
    const json claim = house.ask("POST", "/v1/queues/default/claims", first).body;
    real = claim.at("case_id");
    const json body = {{"claim_id", claim["claim_id"]},
                       {"items", json::array({{{"item_id", claim["items"][0]},
                                               {"outcome", "violation"},
                                               {"clause", "targeted_harassment"},
                                               {"facts", "It insults her by name."},
                                               {"actions", json::array({{{"kind", "remove"}}})}}})}};
    const Answer made = house.ask("POST", "/v1/cases/" + real + "/decisions", first, body.dump());
    EXPECT_EQ(made.status, 201) << made.raw.body;
    return made.body;
  }
  Answer take(const TestingHouse::Who& who) { return house.ask("POST", "/v1/second-looks", who); }
  Answer answer(const json& look, const TestingHouse::Who& who, const json& body) {
    return house.ask("POST", "/v1/second-looks/" + look.at("look_id").get<std::string>() + "/answer", who, body.dump());
  }
  TestingDesk house;
  TestingHouse::Who first;
  std::string real;
};

TEST_F(SecondLooks, ShowThePostAndNothingOfWhatWasSaidOfIt) {
  const json made = decided("p1");
  EXPECT_EQ(take(first).status, 204) << "not one's own";
  const auto second = house.staff({"reviewer"});
  const Answer look = take(second);
  ASSERT_EQ(look.status, 201) << look.raw.body;
  EXPECT_NE(look.raw.body.find("you are a fool"), std::string::npos);
  for (const std::string& secret : {real, made["decisions"][0].get<std::string>(), std::string("insults her by name"),
                                    std::string("\"decision\""), std::string("golden"), std::string("double")}) {
    EXPECT_EQ(look.raw.body.find(secret), std::string::npos) << secret;
  }
  EXPECT_EQ(answer(look.body, first, {{"outcome", "violation"}, {"clause", "targeted_harassment"}}).status, 404);
  EXPECT_EQ(answer(look.body, second, {{"outcome", "perhaps"}}).status, 422);
  EXPECT_EQ(answer(look.body, second, {{"outcome", "violation"}}).status, 422);
  const std::size_t orders = house.ask("GET", "/v1/actions", house.platform()).lines.size();
  const std::string figures = house.ask("GET", "/v1/figures?unit=posts", house.staff({"lead"})).raw.body;
  const Answer said = answer(look.body, second, {{"outcome", "no_violation"}});
  EXPECT_EQ(said.status, 200) << said.raw.body;
  EXPECT_EQ(said.body, (json{{"kind", "double"}})) << "nobody is told what the colleague said";
  EXPECT_EQ(house.ask("GET", "/v1/actions", house.platform()).lines.size(), orders);
  EXPECT_EQ(house.ask("GET", "/v1/figures?unit=posts", house.staff({"lead"})).raw.body, figures);
}

TEST_F(SecondLooks, LeadsSeeWhereTwoDifferAndHowFarPeopleAgree) {
  decided("p1");
  const auto second = house.staff({"reviewer"}), lead = house.staff({"lead"});
  const Answer look = take(second);
  EXPECT_EQ(answer(look.body, second, {{"outcome", "no_violation"}}).status, 200);
  const json differ = house.ask("GET", "/v1/second-looks", lead).body["items"];
  ASSERT_EQ(differ.size(), 1U);
  EXPECT_EQ(differ[0]["case_id"], real);
  EXPECT_EQ(house.ask("GET", "/v1/second-looks", second).status, 403);
  const json agreement = house.ask("GET", "/v1/agreement", lead).body;
  ASSERT_EQ(agreement["items"].size(), 1U);
  EXPECT_EQ(agreement["items"][0]["first_only"], 1);
  EXPECT_EQ(agreement["items"][0]["alarm"], false) << "one post says nothing";
  EXPECT_EQ(agreement["people"].size(), 2U);
  EXPECT_FALSE(house.ask("GET", "/v1/agreement", house.staff({"analyst"})).body.contains("people"));
  const Answer csv = house.ask("GET", "/v1/agreement", lead, "", {{"Accept", "text/csv"}});
  EXPECT_TRUE(csv.raw.body.starts_with("clause,language,kind,n,")) << csv.raw.body;
  EXPECT_NE(csv.raw.body.find("targeted_harassment,"), std::string::npos);
  EXPECT_EQ(house.ask("GET", "/v1/agreement?from=2027-01-01T00:00:00.000Z&to=2026-01-01T00:00:00.000Z", lead).status,
            422);
  const std::string id = differ[0]["look_id"];
  EXPECT_EQ(house.ask("POST", "/v1/second-looks/" + id + "/settlement", lead).status, 204);
  EXPECT_EQ(house.ask("POST", "/v1/second-looks/" + id + "/settlement", lead).status, 404);
  EXPECT_TRUE(house.ask("GET", "/v1/second-looks", lead).body["items"].empty());
}

TEST_F(SecondLooks, WallsStandBeforeThemAndGoldenPostsAreForLeadsToMark) {
  const json made = decided("p1");
  const auto walled = house.staff({"reviewer"}), lead = house.staff({"lead"});
  ASSERT_EQ(house.ask("POST", "/v1/ties", walled, R"({"kind":"own","account_id":"a1"})").status, 201);
  EXPECT_EQ(take(walled).status, 204);
  const std::string golden = "/v1/decisions/" + made["decisions"][0].get<std::string>() + "/golden";
  EXPECT_EQ(house.ask("POST", golden, first, R"({"why":"It names her."})").status, 403);
  EXPECT_EQ(house.ask("POST", golden, lead, R"({"why":""})").status, 422);
  EXPECT_EQ(house.ask("POST", golden, lead, R"({"why":"It names her."})").status, 201);
  EXPECT_EQ(house.ask("GET", "/v1/agreement", lead).body["golden"], 1);
  EXPECT_EQ(house.ask("DELETE", golden, lead).status, 204);
  EXPECT_EQ(house.ask("DELETE", golden, lead).status, 404);
}

}  // namespace
}  // namespace heed::api
