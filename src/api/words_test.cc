#include "api/testing_desk.h"
#include "base/bytes.h"

/// A threat in an appeal, a message or in evidence: it reaches no victim and one reviewer at once.
namespace heed::api {
namespace {

using nlohmann::json;
using Who = TestingHouse::Who;

constexpr char kThreat[] = "I will kill you tonight, you and your family.";

class Words : public testing::Test {
 protected:
  Words() : first(house.staff({"reviewer"})), second(house.staff({"reviewer"})), third(house.staff({"reviewer"})) {}
  /// a1 reports a post of a9 about herself; the first reviewer removes it.
  void decided() {
    house.tell("p1", "you are a fool", "a9", "a1");
    json body = json::parse(TestingHouse::report_json("a1", "p1"));
    body["about"] = "me";
    const auto receipt = house.ask("POST", "/v1/reports", her(), body.dump());
    ASSERT_EQ(receipt.status, 201) << receipt.raw.body;
    hers = "/v1/cases/" + TestingDesk::case_of(receipt);
    const json claim = house.ask("POST", "/v1/queues/default/claims", first).body;
    const json verdict{{"claim_id", claim["claim_id"]},
                       {"items", json::array({{{"item_id", claim["items"][0]},
                                               {"outcome", "violation"},
                                               {"clause", "targeted_harassment"},
                                               {"facts", "It insults her."},
                                               {"actions", json::array({{{"kind", "remove"}}})}}})}};
    real = claim["case_id"];
    ASSERT_EQ(house.ask("POST", "/v1/cases/" + real + "/decisions", first, verdict.dump()).status, 201);
    house.clock.advance(std::chrono::minutes(1));
  }
  Answer appeal(const Who& who, const json& body) {
    const json cases = house.ask("GET", "/v1/cases", who).body["items"];
    const json items =
        house.ask("GET", "/v1/cases/" + cases[0]["case_id"].get<std::string>() + "/items", who).body["items"];
    const std::string decision = items[0]["decision"]["decision_id"];
    return house.ask("POST", "/v1/decisions/" + decision + "/appeals", who, body.dump());
  }
  Who her() { return house.user("a1", std::chrono::hours(20)); }
  Who him() { return house.user("a9", std::chrono::hours(20)); }
  json claim(const Who& who) {
    const auto answer = house.ask("POST", "/v1/queues/default/claims", who);
    return answer.status == 201 ? answer.body : json();
  }
  /// Everything that she can open, read, take away or be told.
  std::string all_she_sees() {
    std::string all;
    for (const std::string& path :
         {std::string("/v1/cases"), hers, hers + "/timeline", hers + "/items", hers + "/evidence", hers + "/file",
          std::string("/v1/notices"), std::string("/v1/reports"), std::string("/v1/me/data"),
          std::string("/v1/standing")}) {
      const auto answer = house.ask("GET", path, her());
      EXPECT_EQ(answer.status, 200) << path << answer.raw.body;
      all += answer.raw.body;
    }
    return all;
  }
  TestingDesk house;
  Who first, second, third;
  std::string real, hers;
};

TEST_F(Words, AThreatInAnAppealReachesOneReviewerAtOnceAndNoVictim) {
  decided();
  const std::string before = all_she_sees();
  ASSERT_EQ(appeal(him(), {{"text", kThreat}}).status, 201);
  const json head = house.ask("GET", "/v1/queues/default", second).body["items"];
  ASSERT_EQ(head.size(), 1U) << head.dump();
  EXPECT_EQ(head[0]["lane"], "life");
  const json got = claim(second);
  ASSERT_TRUE(got.is_object());
  EXPECT_NE(got["case_id"], real);
  EXPECT_TRUE(claim(third).is_null()) << "one reviewer, not two";
  const auto items = house.ask("GET", "/v1/cases/" + got["case_id"].get<std::string>() + "/items", second);
  EXPECT_EQ(items.body["items"][0]["evidence"]["snapshot"]["text"], kThreat);
  EXPECT_EQ(items.body["items"][0]["evidence"]["written_as"], "appeal");
  EXPECT_EQ(items.body["items"][0]["provenance"], "party");
  const std::string after = all_she_sees();
  EXPECT_EQ(after.find("kill you"), std::string::npos);
  EXPECT_EQ(house.ask("GET", "/v1/cases", her()).body["items"].size(), 1U) << "nor does she see that there is a case";
  EXPECT_EQ(after.size(), before.size()) << "nothing of hers has changed by a byte";
}

TEST_F(Words, AThreatHiddenInTheNewEvidenceOfAnAppealCountsTheSame) {
  decided();
  ASSERT_EQ(appeal(him(), {{"text", "Please look again."}, {"evidence", kThreat}}).status, 201);
  EXPECT_EQ(house.ask("GET", "/v1/queues/default", second).body["items"][0]["lane"], "life");
}

TEST_F(Words, AnAppealInAngerIsNoThreat) {
  decided();
  ASSERT_EQ(appeal(him(), {{"text", "This is outrageous, I was only joking and you have no idea."}}).status, 201);
  EXPECT_TRUE(claim(second).is_null());
}

TEST_F(Words, TheOneWhoSuspendsForItTellsOnlyHisSide) {
  decided();
  ASSERT_EQ(appeal(him(), {{"text", kThreat}}).status, 201);
  const json got = claim(second);
  json verdict{{"claim_id", got["claim_id"]},
               {"items", json::array({{{"item_id", got["items"][0]},
                                       {"outcome", "violation"},
                                       {"clause", "threats_to_life"},
                                       {"facts", "He threatens whoever reported him."},
                                       {"actions", json::array({{{"kind", "remove"}}})}}})}};
  const std::string path = "/v1/cases/" + got["case_id"].get<std::string>() + "/decisions";
  const auto refused = house.ask("POST", path, second, verdict.dump());
  EXPECT_EQ(refused.status, 422);
  EXPECT_NE(refused.raw.body.find("never published"), std::string::npos) << refused.raw.body;
  verdict["items"][0]["actions"][0] = {{"kind", "suspend"},
                                       {"until", format_time(house.clock.now() + std::chrono::hours(24 * 30))}};
  ASSERT_EQ(house.ask("POST", path, second, verdict.dump()).status, 201);
  house.clock.advance(std::chrono::hours(25));  // this clause delays statements
  EXPECT_EQ(all_she_sees().find("kill you"), std::string::npos);
  EXPECT_NE(house.ask("GET", "/v1/notices", house.user("a9")).raw.body.find("kill you"), std::string::npos)
      << "his own words, in his reasons";
}

TEST_F(Words, AThreatInAMessageAfterTheCaseIsClosedIsSeen) {
  decided();
  const json cases = house.ask("GET", "/v1/cases", him()).body["items"];
  const std::string his = "/v1/cases/" + cases[0]["case_id"].get<std::string>();
  ASSERT_EQ(house.ask("POST", his + "/messages", him(), json{{"text", kThreat}}.dump()).status, 201);
  ASSERT_TRUE(claim(second).is_object());
  EXPECT_EQ(all_she_sees().find("kill you"), std::string::npos);
}

TEST_F(Words, WhatShePutsInAsEvidenceBringsHerCaseForward) {
  house.tell("p1", "you are a fool", "a9", "a1");
  const auto receipt = house.report("a1", "p1");
  hers = "/v1/cases/" + TestingDesk::case_of(receipt);
  const json file{{"form", "file"}, {"data", to_base64(std::string("He wrote to my phone: ") + kThreat)}};
  ASSERT_EQ(house.ask("POST", hers + "/evidence", her(), file.dump()).status, 201);
  const json head = house.ask("GET", "/v1/queues/default", first).body["items"];
  ASSERT_EQ(head.size(), 1U) << "her case and no other";
  EXPECT_EQ(head[0]["lane"], "life");
}

TEST_F(Words, AThreatInTheFirstMessageOfATargetWhomOthersReportedCounts) {
  house.tell("p1", "you are a fool", "a9", "a1");
  house.report("b1", "p1");
  const json cases = house.ask("GET", "/v1/cases", her()).body["items"];
  hers = "/v1/cases/" + cases[0]["case_id"].get<std::string>();
  ASSERT_EQ(house.ask("POST", hers + "/messages", her(), R"({"text":"He wrote: I will kill you tonight."})").status,
            201);
  EXPECT_EQ(house.ask("GET", "/v1/queues/default", first).body["items"][0]["lane"], "life");
}

TEST_F(Words, TheSameThreatSentFortyTimesIsOneItem) {
  decided();
  const json cases = house.ask("GET", "/v1/cases", him()).body["items"];
  const std::string his = "/v1/cases/" + cases[0]["case_id"].get<std::string>();
  for (int i = 0; i < 40; ++i) {
    ASSERT_EQ(house.ask("POST", his + "/messages", him(), json{{"text", kThreat}}.dump()).status, 201);
  }
  ASSERT_TRUE(claim(second).is_object());
  EXPECT_TRUE(claim(third).is_null());
}

}  // namespace
}  // namespace heed::api
