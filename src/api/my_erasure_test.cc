#include "api/testing_desk.h"

/// A person asks to be erased: who may ask, what goes, what stays and what they are told of it.
namespace heed::api {
namespace {

using nlohmann::json;
using Who = TestingHouse::Who;

class MyErasure : public testing::Test {
 protected:
  void reported() {
    house.tell("p1", "you are a fool", "a9", "a1");
    json body = json::parse(TestingHouse::report_json("a1", "p1"));
    body["comment"] = "He did it before.";
    ASSERT_EQ(house.ask("POST", "/v1/reports", house.user("a1"), body.dump()).status, 201);
  }
  void decided(std::string_view outcome) {
    const Who reviewer = house.staff({"reviewer"});
    const json claim = house.ask("POST", "/v1/queues/default/claims", reviewer).body;
    json item{{"item_id", claim["items"][0]}, {"outcome", outcome}, {"clause", "targeted_harassment"}, {"facts", "x"}};
    if (outcome == "violation") {
      item["actions"] = json::array({{{"kind", "remove"}}});
    }
    real = claim["case_id"];
    ASSERT_EQ(house
                  .ask("POST", "/v1/cases/" + real + "/decisions", reviewer,
                       json{{"claim_id", claim["claim_id"]}, {"items", json::array({item})}}.dump())
                  .status,
              201);
    house.clock.advance(std::chrono::minutes(1));
  }
  Answer erase(const std::string& account) { return house.ask("DELETE", "/v1/me/data", house.user(account)); }
  static json kept(const Answer& answer, std::string_view what) {
    for (const json& one : answer.body["stays"]) {
      if (one["what"] == what) {
        return one;
      }
    }
    return {};
  }
  TestingDesk house;
  std::string real;
};

TEST_F(MyErasure, OfAReporterLeavesNothingOfWhatSheSaid) {
  reported();
  const auto answer = erase("a1");
  ASSERT_EQ(answer.status, 200) << answer.raw.body;
  EXPECT_EQ(answer.body["erased"]["cases"], 1);
  EXPECT_TRUE(kept(answer, "case").is_null());
  EXPECT_TRUE(kept(answer, "profile").is_object());
  EXPECT_TRUE(house.ask("GET", "/v1/cases", house.user("a1")).body["items"].empty());
  EXPECT_EQ(house.ask("GET", "/v1/me/data", house.user("a1")).raw.body.find("before"), std::string::npos);
  const Who reviewer = house.staff({"reviewer"});
  const json claim = house.ask("POST", "/v1/queues/default/claims", reviewer).body;
  ASSERT_TRUE(claim.is_object()) << "the post itself is still looked at";
  const std::string path = "/v1/cases/" + claim["case_id"].get<std::string>();
  EXPECT_EQ(house.ask("GET", path + "/timeline", reviewer).raw.body.find("before"), std::string::npos);
  EXPECT_EQ(erase("a1").body["erased"]["cases"], 0) << "asking again is harmless";
}

TEST_F(MyErasure, SaysNothingToAnAuthorWhoHasNotBeenTold) {
  const auto nothing = erase("a9");
  reported();
  const auto something = erase("a9");
  EXPECT_EQ(something.raw.body, nothing.raw.body) << "not a word, not a count, not a time";
  EXPECT_FALSE(nothing.body["rule"].get<std::string>().empty()) << "but the rule is said to everybody";
}

TEST_F(MyErasure, KeepsWhatWasAgainstTheRulesForItsTermAndSaysUntilWhen) {
  reported();
  decided("violation");
  const auto answer = erase("a9");
  const json stays = kept(answer, "case");
  ASSERT_TRUE(stays.is_object()) << answer.raw.body;
  EXPECT_EQ(stays["why"], "judged");
  EXPECT_TRUE(stays.contains("until"));
  EXPECT_TRUE(stays.contains("number"));
  EXPECT_EQ(answer.body["erased"]["cases"], 0);
  EXPECT_EQ(house.ask("GET", "/v1/cases", house.user("a9")).body["items"].size(), 1U) << "and he can still appeal";
}

TEST_F(MyErasure, OfAHoldSaysOnlyThatItMustBeKept) {
  reported();
  const Who lead = house.staff({"lead", "legal"});
  const json cases = house.ask("GET", "/v1/cases", lead).body["items"];
  const std::string path = "/v1/cases/" + cases[0]["case_id"].get<std::string>();
  ASSERT_EQ(
      house.ask("POST", path + "/holds", lead, R"({"reason":"order 17 of a court","until":"2027-11-21T18:00:00.000Z"})")
          .status,
      201);
  const auto answer = erase("a1");
  const json stays = kept(answer, "case");
  ASSERT_TRUE(stays.is_object()) << answer.raw.body;
  EXPECT_EQ(stays["why"], "must");
  EXPECT_FALSE(stays.contains("until"));
  EXPECT_EQ(answer.raw.body.find("order 17"), std::string::npos);
  EXPECT_EQ(answer.raw.body.find("court"), std::string::npos);
}

TEST_F(MyErasure, AsksForProofWhenTheTokenIsNotFresh) {
  reported();
  const Who old = house.user("a1", std::chrono::hours(20));
  house.clock.advance(std::chrono::minutes(15));
  for (const char* method : {"GET", "DELETE"}) {
    const auto refused = house.ask(method, "/v1/me/data", old);
    EXPECT_EQ(refused.status, 409) << refused.raw.body;
    EXPECT_EQ(refused.body["errors"][0]["pointer"], "Heed-Code");
    EXPECT_EQ(house.ask(method, "/v1/me/data", old, {}, {{"Heed-Code", "7K3M-92QF"}}).status, 409);
  }
  EXPECT_EQ(house.ask("GET", "/v1/cases", old).body["items"].size(), 1U) << "nothing was erased";
  EXPECT_EQ(house.ask("GET", "/v1/me/data", house.user("a1")).status, 200) << "logged in again";
}

TEST_F(MyErasure, SpeaksTheLanguageThatThePersonLastSpokeHere) {
  auto rule = [&](std::string_view query) {
    house.tell("q" + std::string(query), "you are a fool", "b1", "a1");
    const json body{{"items", {{{"kind", "post"}, {"id", "q" + std::string(query)}}}},
                    {"symptoms", {"harassment"}},
                    {"locale", "de"}};
    EXPECT_EQ(house.ask("POST", "/v1/reports", house.user("a1"), body.dump()).status, 201);
    return house.ask("DELETE", "/v1/me/data" + std::string(query), house.user("a1")).body["rule"].get<std::string>();
  };
  EXPECT_EQ(rule(""), house.policy->word("kept.rule", "de"));
  EXPECT_EQ(rule("?locale=en"), house.policy->word("kept.rule", "en"));
  EXPECT_NE(house.policy->word("kept.rule", "de"), house.policy->word("kept.rule", "en"));
}

TEST_F(MyErasure, IsNotForDelegatesStaffAndPlatforms) {
  for (const Who& who : {house.platform(), house.staff({"lead"}), house.staff({"admin"})}) {
    EXPECT_EQ(house.ask("DELETE", "/v1/me/data", who).status, 403);
  }
  EXPECT_EQ(house.ask("DELETE", "/v1/me/data").status, 401);
  const auto made = house.ask("POST", "/v1/delegations", house.user("a1"),
                              R"({"delegate":{"account_id":"a2"},"scopes":["report","read","talk","appeal","file"]})");
  ASSERT_EQ(made.status, 201);
  const json theirs = house.ask("GET", "/v1/delegations", house.user("a2")).body["items"];
  Who acting = house.user("a2");
  acting.emplace_back("On-Behalf-Of", theirs[0]["delegation_id"]);
  EXPECT_EQ(house.ask("DELETE", "/v1/me/data", acting).status, 403) << "in the name of the victim's account";
  // The principal's erasure ends the delegation at once.
  EXPECT_EQ(erase("a1").status, 200);
  EXPECT_EQ(house.ask("GET", "/v1/cases", acting).status, 403);
}

TEST_F(MyErasure, ALinkAloneShowsNobodysIdentity) {
  reported();
  const json cases = house.ask("GET", "/v1/cases", house.user("a1")).body["items"];
  const CaseId id = *house.aliases.parse<CaseId>(house.hasher.account("a1"), cases[0]["case_id"].get<std::string>());
  for (const char* method : {"GET", "DELETE"}) {
    EXPECT_EQ(house.ask(method, "/v1/me/data", house.guest("a1", id)).status, 409);
  }
  EXPECT_EQ(house.ask("POST", "/v1/me/code", house.guest("a1", id)).status, 409) << "this house sends no mail";
}

TEST(MyMail, ComesWhenItIsWanted) {
  TestingDesk house;
  const Who her = house.user("a1");
  const json before = house.ask("GET", "/v1/me/mail", her).body;
  EXPECT_EQ(before["digest_at"], "07:00");
  EXPECT_EQ(before["chosen"], false);
  EXPECT_EQ(before["at_once"]["receipt"], 3);
  EXPECT_EQ(house.ask("PUT", "/v1/me/mail", her, R"({"digest_at":"18:05"})").body["digest_at"], "18:05");
  EXPECT_EQ(house.ask("GET", "/v1/me/mail", her).body["digest_at"], "18:05");
  EXPECT_EQ(house.ask("GET", "/v1/me/mail", house.user("a2")).body["digest_at"], "07:00");
  for (const char* wrong :
       {R"({"digest_at":"24:00"})", R"({"digest_at":"7:00"})", R"({"digest_at":"12:60"})", R"({"digest_at":"ab:cd"})",
        R"({"digest_at":"12-30"})", R"({"digest_at":5})", "{}", R"({"digest_at":"07:00","hour":3})"}) {
    EXPECT_EQ(house.ask("PUT", "/v1/me/mail", her, wrong).status, 422) << wrong;
  }
  EXPECT_EQ(house.ask("PUT", "/v1/me/mail", her, R"({"digest_at":null})").body["chosen"], false);
  EXPECT_EQ(house.ask("GET", "/v1/me/mail", her).body["digest_at"], "07:00");
}

}  // namespace
}  // namespace heed::api
