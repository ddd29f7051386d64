#include "api/testing_desk.h"
#include "base/bytes.h"
#include "casework/clocks.h"

/// Stories 3 and 12 from the parties' side: talk, the desk, evidence, questions, handing over.
namespace heed::api {
namespace {

using nlohmann::json;
using Who = TestingHouse::Who;

class Talk : public testing::Test {
 protected:
  Talk() : reviewer(house.staff({"reviewer"})), lead(house.staff({"lead"})) {}
  /// A case of a1 about one post of a9; real id and its path for her.
  void open(const std::string& post = "p1") {
    house.tell(post, "you are a fool", "a9", "a1");
    const Answer receipt = house.report("a1", post);
    real = house.real_case("a1", receipt).text();
    own = "/v1/cases/" + TestingDesk::case_of(receipt);
  }
  json timeline(const std::string& path, const Who& who) {
    return house.ask("GET", path + "/timeline", who).body["items"];
  }
  int party_of(std::string_view role) {
    const json parties = house.ask("GET", "/v1/cases/" + real, reviewer).body["parties"];
    for (const json& party : parties) {
      for (const json& word : party["roles"]) {
        if (word == role) {
          return party["party"];
        }
      }
    }
    return 0;
  }
  Who her() { return house.user("a1", std::chrono::hours(20)); }
  TestingDesk house;
  Who reviewer, lead;
  std::string real, own;
};

TEST_F(Talk, GoesBothWaysUnderANameThatLeadsNowhere) {
  open();
  const std::string theirs = "/v1/cases/" + real;
  ASSERT_EQ(house.ask("POST", own + "/messages", her(), R"({"text":"He stood before my door."})").status, 201);
  const json body{{"text", "We have read it and look at it today."}, {"to", party_of("target")}};
  ASSERT_EQ(house.ask("POST", theirs + "/messages", reviewer, body.dump()).status, 201);
  ASSERT_EQ(house.ask("POST", theirs + "/messages", reviewer, R"({"text":"Among us: be careful."})").status, 201);
  const json seen = timeline(own, her());
  const std::string all = seen.dump();
  EXPECT_NE(all.find("He stood before my door."), std::string::npos);
  EXPECT_NE(all.find("look at it today"), std::string::npos);
  EXPECT_EQ(all.find("be careful"), std::string::npos) << "notes among staff stay there";
  const std::string as = seen.back()["fields"]["as"];
  EXPECT_EQ(as.size(), 6U) << as;
  EXPECT_TRUE(as.starts_with("R-"));
  EXPECT_EQ(all.find("stf_"), std::string::npos);
  // She is told that there is a message, not what it says.
  const json notices = house.ask("GET", "/v1/notices", her()).body["items"];
  ASSERT_FALSE(notices.empty());
  EXPECT_EQ(notices[0]["kind"], "conversation");
  EXPECT_EQ(notices.dump().find("look at it today"), std::string::npos);
  // Another case, another name; the same case, the same name.
  ASSERT_EQ(house.ask("POST", theirs + "/messages", reviewer, body.dump()).status, 201);
  EXPECT_EQ(timeline(own, her()).back()["fields"]["as"], as);
  open("p2");
  const json more{{"text", "Hello."}, {"to", party_of("target")}};
  ASSERT_EQ(house.ask("POST", "/v1/cases/" + real + "/messages", reviewer, more.dump()).status, 201);
  EXPECT_NE(timeline(own, her()).back()["fields"]["as"], as);
}

TEST_F(Talk, TellsNoAuthorOfACaseHeHasNotHeardOf) {
  open();
  const json body{{"text", "Hello."}, {"to", party_of("author")}};
  EXPECT_EQ(house.ask("POST", "/v1/cases/" + real + "/messages", reviewer, body.dump()).status, 409);
  EXPECT_EQ(house.ask("POST", "/v1/cases/" + real + "/messages", reviewer, R"({"text":"Hello.","to":99})").status, 404);
  EXPECT_EQ(house.ask("POST", own + "/messages", her(), R"({"text":"Hello.","to":1})").status, 422);
  EXPECT_TRUE(house.ask("GET", "/v1/notices", house.user("a9")).body["items"].empty());
}

TEST_F(Talk, AThreatInAMessageBringsTheCaseForward) {
  open();
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + real, reviewer).body["lane"], "rest");
  ASSERT_EQ(house.ask("POST", own + "/messages", her(), R"({"text":"He wrote: I will kill you tonight."})").status,
            201);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + real, reviewer).body["lane"], "life");
}

TEST_F(Talk, ADeskCodeOpensOneCaseOnce) {
  open();
  const json code = house.ask("POST", own + "/desk-code", her()).body;
  std::string spoken = code["code"];
  std::transform(spoken.begin(), spoken.end(), spoken.begin(),
                 [](char c) { return static_cast<char>(std::tolower(c)); });
  const json body{{"code", spoken}, {"channel", "telephone"}};
  const auto opened = house.ask("POST", "/v1/desk/openings", lead, body.dump());
  ASSERT_EQ(opened.status, 201) << opened.raw.body;
  EXPECT_EQ(opened.body["case_id"], real);
  EXPECT_EQ(opened.body["they_see"], house.ask("GET", own, her()).body) << "what she sees is what may be said";
  EXPECT_FALSE(opened.body["answers"].empty());
  EXPECT_TRUE(opened.body["answers"][0].contains("version"));
  EXPECT_EQ(timeline(own, her()).back()["kind"], "desk_opened") << "she sees that it was used";
  const auto again = house.ask("POST", "/v1/desk/openings", lead, body.dump());
  const auto wrong = house.ask("POST", "/v1/desk/openings", lead, R"({"code":"7K3M-92QF"})");
  const auto odd = house.ask("POST", "/v1/desk/openings", lead, R"({"code":"please"})");
  EXPECT_EQ(again.status, 404);
  EXPECT_EQ(wrong.status, 404);
  EXPECT_EQ(odd.status, 404);
  EXPECT_EQ(again.body["detail"], wrong.body["detail"]);
  EXPECT_EQ(odd.body["detail"], wrong.body["detail"]);
}

TEST_F(Talk, ADeskCodeIsVoidAfterAQuarterOfAnHourAndWhenAnotherIsMade) {
  open();
  auto make = [&] { return house.ask("POST", own + "/desk-code", her()).body["code"].get<std::string>(); };
  auto give = [&](const std::string& code) {
    return house.ask("POST", "/v1/desk/openings", lead, json{{"code", code}}.dump()).status;
  };
  const std::string first = make(), second = make();
  EXPECT_EQ(give(first), 404);
  EXPECT_EQ(give(second), 201);
  const std::string third = make();
  house.clock.advance(std::chrono::minutes(15));
  EXPECT_EQ(give(third), 404);
  EXPECT_EQ(house.ask("POST", own + "/desk-code", house.user("stranger")).status, 404);
}

TEST_F(Talk, WhoTriesCodesIsStopped) {
  int stopped = 0;
  for (int i = 0; i < 20; ++i) {
    stopped += house.ask("POST", "/v1/desk/openings", lead, R"({"code":"7K3M-92QF"})").status == 429 ? 1 : 0;
  }
  EXPECT_GE(stopped, 14);
}

TEST_F(Talk, EverybodyElseHearsTheSameAndItIsLogged) {
  open();
  const json number = house.ask("GET", own, her()).body["number"];
  const json answers = house.ask("GET", "/v1/desk/answers?locale=de", lead).body;
  ASSERT_TRUE(answers["neutral"].is_object());
  EXPECT_FALSE(answers["neutral"]["text"].get<std::string>().empty());
  // With a leaked number in hand: it opens nothing.
  EXPECT_EQ(house.ask("POST", "/v1/desk/openings", lead, json{{"code", number}}.dump()).status, 404);
  const auto logged = house.ask("POST", "/v1/contacts", lead,
                                R"({"channel":"visit","neutral":true,"said":"An aide asked with a number."})");
  ASSERT_EQ(logged.status, 201) << logged.raw.body;
  const json row = house.ask("GET", "/v1/contacts", lead).body["items"][0];
  EXPECT_EQ(row["clause"], answers["neutral"]["clause"]);
  EXPECT_EQ(row["clause_version"], answers["neutral"]["version"]);
  EXPECT_EQ(row["said"], "An aide asked with a number.");
  EXPECT_FALSE(row.contains("case_id"));
  EXPECT_EQ(house.ask("GET", "/v1/cases", lead).body["items"].size(), 1U) << "such a talk is no case";
}

TEST_F(Talk, WhatWasSaidToAPartyIsHersToRead) {
  open();
  json body{{"case_id", real},
            {"party", party_of("target")},
            {"channel", "letter"},
            {"clause", "your_own_case"},
            {"said", "Explained what is in the file."}};
  ASSERT_EQ(house.ask("POST", "/v1/contacts", lead, body.dump()).status, 201);
  const json last = timeline(own, her()).back();
  EXPECT_EQ(last["kind"], "contact_logged");
  EXPECT_EQ(last["fields"]["clause"], "your_own_case");
  EXPECT_EQ(last["said"]["n"], "Explained what is in the file.");
  body["clause"] = "no_such_clause";
  EXPECT_EQ(house.ask("POST", "/v1/contacts", lead, body.dump()).status, 422);
  body["clause"] = "your_own_case";
  body["neutral"] = true;
  EXPECT_EQ(house.ask("POST", "/v1/contacts", lead, body.dump()).status, 422);
}

TEST_F(Talk, EvidenceIsSeenByHerAndReviewersOnly) {
  open();
  const auto link = house.ask("POST", own + "/evidence", her(),
                              R"({"form":"link","url":"https://example.org/other","about":"The same man."})");
  ASSERT_EQ(link.status, 201) << link.raw.body;
  EXPECT_EQ(link.body["provenance"], "reporter");
  const json file{{"form", "file"}, {"data", to_base64("He wrote to me in 2019.\n")}, {"name", "letter.exe"}};
  const auto added = house.ask("POST", own + "/evidence", her(), file.dump());
  ASSERT_EQ(added.status, 201) << added.raw.body;
  EXPECT_EQ(added.body["type"], "text/plain") << "known by content, not by name";
  const json hers = house.ask("GET", own + "/evidence", her()).body["items"];
  ASSERT_EQ(hers.size(), 2U);
  EXPECT_EQ(hers[0]["said"]["url"], "https://example.org/other");
  const auto back = house.call("GET", own + "/evidence/" + added.body["piece_id"].get<std::string>(), her());
  EXPECT_EQ(back.body, "He wrote to me in 2019.\n");
  EXPECT_TRUE(back.header("content-disposition").starts_with("attachment"));
  EXPECT_EQ(back.header("x-content-type-options"), "nosniff");
  const json theirs = house.ask("GET", "/v1/cases/" + real + "/evidence", reviewer).body["items"];
  EXPECT_EQ(theirs.size(), 2U);
  EXPECT_EQ(
      house.call("GET", "/v1/cases/" + real + "/evidence/" + theirs[1]["piece_id"].get<std::string>(), reviewer).body,
      back.body);
  EXPECT_EQ(house.ask("GET", own + "/evidence", house.user("a9")).status, 404);
  EXPECT_EQ(timeline(own, her()).back()["kind"], "evidence_added");
  // Another reporter of the same post shares the case and not the evidence.
  const Answer other = house.report("b1", "p1");
  const std::string path = "/v1/cases/" + TestingDesk::case_of(other);
  EXPECT_TRUE(house.ask("GET", path + "/evidence", house.user("b1")).body["items"].empty());
  EXPECT_EQ(house.ask("GET", path + "/evidence/" + added.body["piece_id"].get<std::string>(), house.user("b1")).status,
            404);
  EXPECT_EQ(timeline(path, house.user("b1")).dump().find("evidence_added"), std::string::npos);
}

TEST_F(Talk, EvidenceThatCouldHarmIsRefusedWithAReason) {
  open();
  auto refused = [&](const json& body, std::string_view pointer) {
    const auto answer = house.ask("POST", own + "/evidence", her(), body.dump());
    EXPECT_EQ(answer.status, 422) << body.dump() << answer.raw.body;
    EXPECT_NE(answer.raw.body.find(pointer), std::string::npos) << answer.raw.body;
  };
  refused({{"form", "file"}, {"data", to_base64("%PDF-1.7 ...")}, {"name", "letter.png"}}, "/data");
  refused({{"form", "file"}, {"data", to_base64("<svg onload=alert(1)>")}}, "/data");
  refused({{"form", "file"}, {"data", "not base64!"}}, "/data");
  refused({{"form", "file"}}, "/data");
  refused({{"form", "link"}, {"url", "javascript:alert(1)"}}, "/url");
  refused({{"form", "link"}, {"url", "https://"}}, "/url");
  refused({{"form", "text"}, {"url", "https://example.org"}}, "/text");
  EXPECT_EQ(house.ask("POST", own + "/evidence", house.user("a9"), R"({"form":"text","text":"x"})").status, 404);
  EXPECT_TRUE(house.ask("GET", own + "/evidence", her()).body["items"].empty());
}

TEST_F(Talk, AQuestionStopsTheClockUntilItIsAnswered) {
  open();
  const std::string path = "/v1/cases/" + real;
  const json before = house.ask("GET", path, reviewer).body;
  ASSERT_TRUE(before["deadline"].is_string());
  const json body{{"to", party_of("target")}, {"text", "Is he the one of last year?"}};
  ASSERT_EQ(house.ask("POST", path + "/question", reviewer, body.dump()).status, 201);
  const json stands = house.ask("GET", path, reviewer).body;
  EXPECT_TRUE(stands["deadline"].is_null()) << "visibly";
  EXPECT_TRUE(stands.contains("clock_stands"));
  EXPECT_TRUE(house.ask("GET", own, her()).body.contains("question"));
  EXPECT_NE(timeline(own, her()).dump().find("the one of last year"), std::string::npos);
  EXPECT_EQ(house.ask("POST", path + "/question", reviewer, body.dump()).status, 409) << "one at a time";
  house.clock.advance(std::chrono::hours(5));
  house.settle();
  ASSERT_EQ(house.ask("POST", own + "/messages", her(), R"({"text":"Yes."})").status, 201);
  const json after = house.ask("GET", path, reviewer).body;
  EXPECT_FALSE(after.contains("clock_stands"));
  EXPECT_EQ(*parse_time(after["deadline"].get<std::string>()),
            *parse_time(before["deadline"].get<std::string>()) + std::chrono::hours(5));
  EXPECT_FALSE(house.ask("GET", own, her()).body.contains("question"));
}

TEST_F(Talk, AQuestionThatNobodyAnswersEndsByItself) {
  open();
  const std::string path = "/v1/cases/" + real;
  const json before = house.ask("GET", path, reviewer).body;
  const json body{{"to", party_of("target")}, {"text", "Is he the one?"}, {"until", "2026-11-21T20:00:00.000Z"}};
  ASSERT_EQ(house.ask("POST", path + "/question", reviewer, body.dump()).status, 201);
  house.clock.advance(std::chrono::hours(2));
  ASSERT_TRUE(house.plane->command_and_wait<casework::Fired>(
      [](casework::Context& context) { return casework::fire_due(context, 10); }));
  const json after = house.ask("GET", path, reviewer).body;
  EXPECT_FALSE(after.contains("clock_stands")) << after.dump();
  EXPECT_EQ(*parse_time(after["deadline"].get<std::string>()),
            *parse_time(before["deadline"].get<std::string>()) + std::chrono::hours(2));
  // Another reporter never hears that she was asked.
  const Answer other = house.report("b1", "p1");
  EXPECT_EQ(timeline("/v1/cases/" + TestingDesk::case_of(other), house.user("b1", std::chrono::hours(5)))
                .dump()
                .find("question"),
            std::string::npos);
}

TEST_F(Talk, AHandoverIsTakenOrComesBack) {
  open();
  const json mine = house.ask("GET", "/v1/session", lead).body;
  const std::string to = mine["staff"]["id"];
  const auto claim = house.ask("POST", "/v1/queues/default/claims", reviewer);
  ASSERT_EQ(claim.status, 201);
  const std::string path = "/v1/cases/" + real + "/handover";
  const json body{{"to", to}, {"reason", "I have met her."}};
  const auto offered = house.ask("POST", path, reviewer, body.dump());
  ASSERT_EQ(offered.status, 201) << offered.raw.body;
  EXPECT_EQ(house.ask("POST", path, reviewer, body.dump()).status, 409);
  const json waits = house.ask("GET", "/v1/handovers", lead).body["items"];
  ASSERT_EQ(waits.size(), 1U);
  const std::string answer = "/v1/handovers/" + waits[0]["handover_id"].get<std::string>();
  EXPECT_EQ(house.ask("POST", answer + "/acknowledgement", house.staff({"reviewer"}), "{}").status, 404)
      << "only whom it was offered to";
  EXPECT_EQ(house.ask("POST", answer + "/return", lead, R"({"reason":"So have I."})").body["state"], "returned");
  EXPECT_TRUE(house.ask("GET", "/v1/handovers", lead).body["items"].empty());
  ASSERT_EQ(house.ask("POST", path, reviewer, body.dump()).status, 201);
  const json second = house.ask("GET", "/v1/handovers", lead).body["items"][0];
  EXPECT_EQ(
      house.ask("POST", "/v1/handovers/" + second["handover_id"].get<std::string>() + "/acknowledgement", lead, "{}")
          .body["state"],
      "taken");
  EXPECT_EQ(house.ask("PUT", "/v1/claims/" + claim.body["claim_id"].get<std::string>(), reviewer).status, 404)
      << "it is the other's now";
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + real, reviewer).body["items_free"], 0);
}

TEST_F(Talk, ReliefForATargetWhomOnlyOthersReported) {
  house.tell("p1", "you are a fool", "a9", "a1");
  const Answer other = house.report("b1", "p1");
  real = house.real_case("b1", other).text();
  const json cases = house.ask("GET", "/v1/cases", her()).body["items"];
  ASSERT_EQ(cases.size(), 1U);
  own = "/v1/cases/" + cases[0]["case_id"].get<std::string>();
  ASSERT_EQ(house.ask("POST", own + "/relief", her(), R"({"kind":"hide"})").status, 200);
  const json after = house.ask("GET", own, her()).body;
  EXPECT_EQ(after["relief"].size(), 1U);
  EXPECT_TRUE(after.contains("number")) << "she is a party now";
  EXPECT_EQ(house.ask("DELETE", own + "/relief/hide", her()).status, 204);
}

}  // namespace
}  // namespace heed::api
