#include "casework/delegations.h"
#include "api/testing_desk.h"
#include "http/testing.h"

#include <algorithm>
#include <map>

/// Story 5 of the field guide and its attacks: staff act for somebody, leave, and are out at once.
namespace heed::api {
namespace {

using http::testing::RawSocket;
using nlohmann::json;
using Who = TestingHouse::Who;

class Delegations : public testing::Test {
 protected:
  json grant(const Who& principal, json delegate, json scopes, json more = json::object()) {
    json body = std::move(more);
    body["delegate"] = std::move(delegate);
    body["scopes"] = std::move(scopes);
    auto made = house.ask("POST", "/v1/delegations", principal, body.dump());
    EXPECT_EQ(made.status, 201) << made.raw.body;
    return made.body;
  }
  /// The delegate's own name of what they were given.
  std::string received(const Who& delegate) {
    const json all = house.ask("GET", "/v1/delegations", delegate).body["items"];
    for (const json& row : all) {
      if (row["role"] == "delegate" && row["state"] == "in_force") {
        return row["delegation_id"];
      }
    }
    return {};
  }
  Who acting(std::string_view account, Millis life = std::chrono::hours(1)) {
    Who who = house.user(account, life);
    who.emplace_back("On-Behalf-Of", received(house.user(account)));
    return who;
  }
  Answer report(const Who& who, std::string_view post, json more = json::object()) {
    json body = std::move(more);
    body["items"] = json::array({{{"kind", "post"}, {"id", post}}});
    body["symptoms"] = {"harassment"};
    return house.ask("POST", "/v1/reports", who, body.dump());
  }
  TestingDesk house;
};

TEST_F(Delegations, AreSeenByBothSidesUnderNamesOfTheirOwn) {
  const json made =
      grant(house.user("mp"), {{"account_id", "staff"}, {"name", "Office"}}, {"report", "read"}, {{"as", "staff"}});
  EXPECT_EQ(made["role"], "principal");
  EXPECT_EQ(made["delegate"]["account_id"], "staff");
  EXPECT_EQ(made["scopes"], json({"report", "read"}));
  const json theirs = house.ask("GET", "/v1/delegations", house.user("staff")).body["items"];
  ASSERT_EQ(theirs.size(), 1U);
  EXPECT_EQ(theirs[0]["role"], "delegate");
  EXPECT_EQ(theirs[0]["principal"]["account_id"], "mp");
  EXPECT_NE(theirs[0]["delegation_id"], made["delegation_id"]);
  EXPECT_TRUE(house.ask("GET", "/v1/delegations", house.user("stranger")).body["items"].empty());
  EXPECT_EQ(
      house.ask("DELETE", "/v1/delegations/" + made["delegation_id"].get<std::string>(), house.user("stranger")).status,
      404);
  EXPECT_EQ(house.ask("DELETE", "/v1/delegations/dlg_01ARZ3NDEKTSV4RRFFQ69G5FAV", house.user("mp")).status, 404);
}

TEST_F(Delegations, StaffReportForTheirMemberAndAreOutWhenTheyLeave) {
  house.tell("p1", "you are a fool", "a9", "mp");
  const json made = grant(house.user("mp"), {{"account_id", "staff"}}, {"report", "read"}, {{"as", "staff"}});
  Answer filed = report(house.user("staff"), "p1", {{"on_behalf_of", "mp"}});
  ASSERT_EQ(filed.status, 201) << filed.raw.body;
  const std::string case_id = TestingDesk::case_of(filed);

  // The member sees it as her own, and by whose leave it came.
  auto own = house.ask("GET", "/v1/cases/" + case_id, house.user("mp"));
  ASSERT_EQ(own.status, 200) << own.raw.body;
  EXPECT_EQ(own.body["reports"].size(), 1U);
  auto timeline = house.ask("GET", "/v1/cases/" + case_id + "/timeline", house.user("mp"));
  EXPECT_EQ(timeline.body["items"][0]["fields"]["filed_by"], made["delegation_id"]) << timeline.raw.body;
  EXPECT_EQ(house.ask("GET", "/v1/reports", house.user("mp")).body["items"].size(), 1U);
  EXPECT_TRUE(house.ask("GET", "/v1/reports", house.user("staff")).body["items"].empty())
      << "it is not the delegate's own";

  const Who staff = acting("staff");
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + case_id, staff).status, 200);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + case_id + "/items", staff).status, 200);
  EXPECT_EQ(house.ask("GET", "/v1/cases", staff).body["items"].size(), 1U);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + case_id, house.user("staff")).status, 404) << "only in her name";
  EXPECT_EQ(house.ask("POST", "/v1/cases/" + case_id + "/messages", staff, R"({"text":"Hello"})").status, 403)
      << "not given";

  RawSocket socket(house.port());
  std::string headers = "Accept: text/event-stream\r\n";
  for (const auto& [name, value] : staff) {
    headers += name + ": " + value + "\r\n";
  }
  ASSERT_TRUE(socket.send(http::testing::get("/v1/cases/" + case_id, headers)));
  socket.read_until("report_received");

  ASSERT_EQ(house.ask("DELETE", "/v1/delegations/" + made["delegation_id"].get<std::string>(), house.user("mp")).status,
            204);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + case_id, staff).status, 403) << "the same token and header, a moment later";
  house.plane->poke();
  EXPECT_NE(socket.read_until("0\r\n\r\n").find("event: end"), std::string::npos) << "open pages close";
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + case_id, house.user("mp")).body["reports"].size(), 1U)
      << "what was reported stays";

  // Reporting goes on in their own name only: a bystander's report, which the member's list does not take for hers.
  house.tell("p2", "you are a liar", "a9", "mp");
  EXPECT_EQ(report(house.user("staff"), "p2", {{"on_behalf_of", "mp"}}).status, 201);
  EXPECT_EQ(house.ask("GET", "/v1/reports", house.user("mp")).body["items"].size(), 1U);
}

TEST_F(Delegations, ADelegateTakesBackOnlyWhatTheyFiled) {
  house.tell("p1", "you are a fool", "a9", "mp");
  house.tell("p2", "you are a liar", "a8", "mp");
  grant(house.user("mp"), {{"account_id", "staff"}}, {"report", "read"});
  const Who staff = acting("staff");
  const json own = house.report("mp", "p1").body;
  const json filed = report(staff, "p2").body;
  std::vector<bool> theirs;  // as the delegate's page is told, and nobody else's
  const json cases = house.ask("GET", "/v1/cases", staff).body["items"];
  for (const json& one : cases) {
    for (const json& row : one["reports"]) {
      EXPECT_EQ(row.contains("yours"), row["report_id"] == filed["report_id"]) << row;
      theirs.push_back(row.contains("yours"));
    }
  }
  EXPECT_EQ(std::count(theirs.begin(), theirs.end(), true), 1);
  EXPECT_EQ(house.ask("GET", "/v1/cases", house.user("mp")).raw.body.find("yours"), std::string::npos);
  EXPECT_EQ(house.ask("POST", "/v1/reports/" + own["report_id"].get<std::string>() + "/withdrawal", staff).status, 403);
  EXPECT_EQ(house.ask("POST", "/v1/reports/" + filed["report_id"].get<std::string>() + "/withdrawal", staff).status,
            200);
  EXPECT_EQ(
      house.ask("POST", "/v1/reports/" + own["report_id"].get<std::string>() + "/withdrawal", house.user("mp")).status,
      200);
}

TEST_F(Delegations, WithoutTheTalkNothingThatWasSaidIsRead) {
  house.tell("p1", "you are a fool", "a9", "mp");
  const Answer receipt = house.report("mp", "p1");
  const std::string path = "/v1/cases/" + TestingDesk::case_of(receipt);
  ASSERT_EQ(house.ask("POST", path + "/messages", house.user("mp"), R"({"text":"He knows where I live."})").status,
            201);
  grant(house.user("mp"), {{"account_id", "reads"}}, {"read"});
  grant(house.user("mp"), {{"account_id", "talks"}}, {"read", "talk"});
  EXPECT_EQ(house.ask("GET", path + "/timeline", acting("reads")).raw.body.find("where I live"), std::string::npos);
  EXPECT_NE(house.ask("GET", path + "/timeline", acting("talks")).raw.body.find("where I live"), std::string::npos);
  EXPECT_EQ(house.ask("POST", path + "/messages", acting("talks"), R"({"text":"I speak for her."})").status, 201);
}

TEST_F(Delegations, ByMailComeWithALinkThatEndsWithThem) {
  house.tell("p1", "you are a fool", "a9", "a1");
  const Answer receipt = house.report("a1", "p1");
  const json made =
      grant(house.user("a1"), {{"email", "advice@union.example"}, {"name", "Union"}}, {"read"}, {{"as", "union"}});
  const Who union_desk = house.opened(TestingDesk::link_of(made));
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + TestingDesk::case_of(receipt), union_desk).status, 200);
  const json seen = house.ask("GET", "/v1/delegations", union_desk).body["items"];
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_EQ(seen[0]["principal"]["account_id"], "a1");
  EXPECT_FALSE(seen[0].contains("link"));
  EXPECT_EQ(report(union_desk, "p1").status, 403);
  EXPECT_EQ(
      house.ask("POST", "/v1/delegations", union_desk, R"({"delegate":{"account_id":"x"},"scopes":["read"]})").status,
      403)
      << "nobody passes on what was given to them";
  // They may lay it down themselves.
  EXPECT_EQ(house.ask("DELETE", "/v1/delegations/" + seen[0]["delegation_id"].get<std::string>(), union_desk).status,
            204);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + TestingDesk::case_of(receipt), union_desk).status, 401);
  EXPECT_EQ(house.ask("GET", "/v1/delegations", house.user("a1")).body["items"][0]["state"], "resigned");
}

class DelegateLinks : public Delegations {
 protected:
  void SetUp() override { made = grant(house.user("a1"), {{"email", "advice@union.example"}}, {"read"}); }
  int open(std::string_view link) {
    return house.ask("POST", "/v1/delegate-links/openings", {}, json{{"link", link}}.dump()).status;
  }
  /// One more link, as she makes it.
  json another() {
    return house.ask("POST", "/v1/delegations/" + made["delegation_id"].get<std::string>() + "/links", house.user("a1"))
        .body;
  }
  int cases(const Who& who) { return house.ask("GET", "/v1/cases", who).status; }
  json made;
};

TEST_F(DelegateLinks, OpenOnceAndForOneBrowser) {
  const std::string link = TestingDesk::link_of(made);
  EXPECT_EQ(cases(TestingHouse::bearer(link)), 401) << "the link itself opens nothing";
  const Who browser = house.opened(link);
  ASSERT_EQ(browser.size(), 2U);
  EXPECT_EQ(cases(browser), 200);
  EXPECT_EQ(cases({browser[0]}), 401) << "the token in another browser";
  EXPECT_EQ(cases({browser[0], {"Cookie", "heed_browser=" + std::string(32, 'A')}}), 401);
  EXPECT_EQ(cases({browser[1]}), 401) << "the cookie alone";
  EXPECT_EQ(open(link), 401) << "it is spent";
  EXPECT_EQ(cases(browser), 200) << "which takes nothing from whoever was first";
  const json hers = house.ask("GET", "/v1/delegations", house.user("a1")).body["items"][0];
  EXPECT_FALSE(hers.contains("link"));
  EXPECT_TRUE(hers.contains("opened_at")) << "she sees that somebody came in";
}

TEST_F(DelegateLinks, GiveATokenOfADayAndNoLonger) {
  const Who browser = house.opened(TestingDesk::link_of(made));
  house.clock.advance(std::chrono::hours(8) - Millis(1));
  EXPECT_EQ(cases(browser), 200);
  house.clock.advance(Millis(1));
  EXPECT_EQ(cases(browser), 401);
}

TEST_F(DelegateLinks, ThatAreNewerEndWhatOlderOnesOpened) {
  const Who thief = house.opened(TestingDesk::link_of(made));  // somebody read the mail first
  house.clock.advance(casework::kDelegateLinkEvery);
  const json again = another();
  const std::string newer = TestingDesk::link_of(again);
  EXPECT_EQ(cases(thief), 200) << "a link that waits ends nothing";
  const Who rightful = house.opened(newer);
  EXPECT_EQ(cases(rightful), 200);
  EXPECT_EQ(cases(thief), 401);
  EXPECT_EQ(open(TestingDesk::link_of(made)), 401);
}

TEST_F(DelegateLinks, SkippedByANewerOneOpenNoMore) {
  house.clock.advance(casework::kDelegateLinkEvery);
  const json again = another();
  EXPECT_NE(again["link"], made["link"]);
  ASSERT_EQ(open(TestingDesk::link_of(again)), 200);
  EXPECT_EQ(open(TestingDesk::link_of(made)), 401) << "it was mailed before the one that was opened";
}

TEST_F(DelegateLinks, AreAskedForWithoutLearningAnything) {
  const std::string link = TestingDesk::link_of(made);
  auto ask = [&](std::string_view of) {
    const Answer answer = house.ask("POST", "/v1/delegate-links", {}, json{{"link", of}}.dump());
    EXPECT_EQ(answer.status, 202);
    house.settle();
    return answer.raw.body;
  };
  const std::string id = made["delegation_id"];
  const std::uint64_t before = house.store->figures().events;
  const std::string soon = ask(link), forged = ask("hd_" + std::string(75, 'A')), nothing = ask("x");
  EXPECT_EQ(house.store->figures().events, before) << "one was sent just now";
  house.clock.advance(casework::kDelegateLinkEvery);
  const std::string sent = ask(link);
  EXPECT_EQ(house.store->figures().events, before + 1);
  const std::string twice = ask(link);
  EXPECT_EQ(house.store->figures().events, before + 1) << "at most every ten minutes";
  house.ask("DELETE", "/v1/delegations/" + id, house.user("a1"));
  house.clock.advance(casework::kDelegateLinkEvery);
  const std::uint64_t ended = house.store->figures().events;
  const std::string over = ask(link);
  EXPECT_EQ(house.store->figures().events, ended);
  for (const std::string& answer : {soon, forged, nothing, twice, over}) {
    EXPECT_EQ(answer, sent);
  }
}

TEST_F(DelegateLinks, AreMadeForWhoGaveThemAlone) {
  house.clock.advance(casework::kDelegateLinkEvery);
  const std::string path = "/v1/delegations/" + made["delegation_id"].get<std::string>() + "/links";
  EXPECT_EQ(house.ask("POST", path, house.user("a2")).status, 404);
  EXPECT_EQ(house.ask("POST", path, house.opened(TestingDesk::link_of(made))).status, 403);
  ASSERT_EQ(house.ask("POST", path, house.user("a1")).status, 201);
  EXPECT_EQ(house.ask("POST", path, house.user("a1")).status, 429);
  const json account = grant(house.user("a1"), {{"account_id", "a3"}}, {"read"});
  house.clock.advance(casework::kDelegateLinkEvery);
  EXPECT_EQ(
      house.ask("POST", "/v1/delegations/" + account["delegation_id"].get<std::string>() + "/links", house.user("a1"))
          .status,
      404)
      << "who has an account needs none";
}

TEST_F(DelegateLinks, OfAnotherHouseOpenNothing) {
  const std::string link = TestingDesk::link_of(made);
  const Who browser = house.opened(link);
  TestingDesk other;
  EXPECT_EQ(other.ask("GET", "/v1/cases", browser).status, 401);
  EXPECT_EQ(other.ask("POST", "/v1/delegate-links/openings", {}, json{{"link", link}}.dump()).status, 401);
}

TEST_F(DelegateLinks, OfAnotherSiteOrWithoutAWordAreRefused) {
  EXPECT_EQ(house.ask("POST", "/v1/delegate-links/openings", {}, "{}").status, 422);
  EXPECT_EQ(house.ask("POST", "/v1/delegate-links/openings", {}, json{{"link", std::string(400, 'A')}}.dump()).status,
            422);
  const std::string link = TestingDesk::link_of(made);
  EXPECT_EQ(house
                .call("POST", "/v1/delegate-links/openings", {}, json{{"link", link}}.dump(),
                      {{"Content-Type", "text/plain"}})
                .status,
            415)
      << "a form that another site sends";
  EXPECT_EQ(open(link), 200) << "which spends nothing";
}

TEST_F(Delegations, AreNamedAsPeopleKnowThem) {
  house.ask("PUT", "/v1/accounts/a7", house.platform(), R"({"handle":"anna7","display_name":"Anna of the Seventh"})");
  grant(house.user("a1"), {{"account_id", "a7"}}, {"read"});
  grant(house.user("a1"), {{"account_id", "a8"}}, {"read"});
  grant(house.user("a1"), {{"email", "advice@union.example"}}, {"read"});
  grant(house.user("a1"), {{"email", "office@party.example"}, {"name", "My office"}}, {"read"});
  std::vector<std::string> names;
  const json all = house.ask("GET", "/v1/delegations", house.user("a1")).body["items"];
  for (const json& row : all) {
    names.push_back(row["delegate"]["known_as"]);
  }
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"Anna of the Seventh", "My office", "a8", "advice@union.example"}));
}

TEST_F(Delegations, WhatTheySaidIsNamedAsTheirs) {
  house.tell("p1", "you are a fool", "a9", "mp");
  const Answer receipt = house.report("mp", "p1");
  const std::string path = "/v1/cases/" + TestingDesk::case_of(receipt);
  const json made = grant(house.user("mp"), {{"account_id", "office"}}, {"read", "talk"});
  ASSERT_EQ(house.ask("POST", path + "/messages", house.user("mp"), R"({"text":"My own words."})").status, 201);
  ASSERT_EQ(house.ask("POST", path + "/messages", acting("office"), R"({"text":"Words for her."})").status, 201);
  const std::string real = "/v1/cases/" + house.real_case("mp", receipt).text();
  const Who reviewer = house.staff({"reviewer"});
  json body{{"text", "We read it."}};
  const json parties = house.ask("GET", real, reviewer).body["parties"];
  for (const json& party : parties) {
    if (party["roles"] != json::array({"author"}) && !party["roles"].empty()) {
      body["to"] = party["party"];
    }
  }
  ASSERT_EQ(house.ask("POST", real + "/messages", reviewer, body.dump()).status, 201);
  auto by = [&](const Who& who) {
    std::map<std::string, json> said;
    const json all = house.ask("GET", path + "/timeline", who).body["items"];
    for (const json& event : all) {
      if (event["kind"] == "message_sent") {
        said[event["said"].begin().value().get<std::string>()] = event.value("by", json());
      }
    }
    return said;
  };
  auto hers = by(house.user("mp"));
  EXPECT_TRUE(hers.at("My own words.").is_null());
  EXPECT_EQ(hers.at("Words for her.")["delegation_id"], made["delegation_id"]);
  EXPECT_TRUE(hers.at("We read it.").is_null()) << "nothing of who of the staff it was";
  auto theirs = by(acting("office"));
  EXPECT_TRUE(theirs.at("Words for her.")["yours"]);
  EXPECT_TRUE(theirs.at("My own words.").is_null());
}

TEST_F(Delegations, EndByThemselvesWhenTheirTimeIsUp) {
  house.tell("p1", "you are a fool", "a9", "a1");
  const Answer receipt = house.report("a1", "p1");
  grant(house.user("a1"), {{"account_id", "lawyer"}}, {"read"},
        {{"until", "2026-11-21T19:00:00.000Z"}, {"as", "lawyer"}});
  const Who lawyer = acting("lawyer", std::chrono::hours(5));
  const std::string path = "/v1/cases/" + TestingDesk::case_of(receipt);
  EXPECT_EQ(house.ask("GET", path, lawyer).status, 200);
  house.clock.advance(std::chrono::minutes(59));
  EXPECT_EQ(house.ask("GET", path, lawyer).status, 200);
  house.clock.advance(std::chrono::seconds(61));
  EXPECT_EQ(house.ask("GET", path, lawyer).status, 403);
  EXPECT_EQ(house.ask("GET", "/v1/delegations", house.user("a1", std::chrono::hours(3))).body["items"][0]["state"],
            "run_out");
}

TEST_F(Delegations, GivenAnewTakeThePlaceOfTheOld) {
  grant(house.user("a1"), {{"account_id", "ngo"}}, {"report", "read", "talk"});
  const std::string old = received(house.user("ngo"));
  grant(house.user("a1"), {{"account_id", "ngo"}}, {"read"});
  Who stale = house.user("ngo");
  stale.emplace_back("On-Behalf-Of", old);
  EXPECT_EQ(house.ask("GET", "/v1/cases", stale).status, 403) << "the wider one is over";
  EXPECT_EQ(house.ask("GET", "/v1/cases", acting("ngo")).status, 200);
}

TEST_F(Delegations, OfOthersOpenNothing) {
  grant(house.user("a1"), {{"account_id", "ngo"}}, {"read"});
  const std::string theirs = received(house.user("ngo"));
  Who thief = house.user("thief");
  thief.emplace_back("On-Behalf-Of", theirs);
  const auto stolen = house.ask("GET", "/v1/cases", thief);
  Who guess = house.user("thief");
  guess.emplace_back("On-Behalf-Of", "dlg_01ARZ3NDEKTSV4RRFFQ69G5FAV");
  const auto guessed = house.ask("GET", "/v1/cases", guess);
  EXPECT_EQ(stolen.status, 403);
  EXPECT_EQ(guessed.status, 403);
  EXPECT_EQ(stolen.body["detail"], guessed.body["detail"]);
  Who odd = house.user("thief");
  odd.emplace_back("On-Behalf-Of", "a1");
  EXPECT_EQ(house.ask("GET", "/v1/cases", odd).status, 403);
  for (std::string prefix : {"hd_", "ht_"}) {
    for (std::string token :
         {prefix, prefix + "AAAA", prefix + std::string(64, 'A'), prefix + std::string(5000, 'A')}) {
      EXPECT_EQ(house.ask("GET", "/v1/cases", TestingHouse::bearer(token)).status, 401) << token.substr(0, 20);
    }
  }
}

TEST_F(Delegations, WhatIsAskedOddlyIsRefusedByPointer) {
  auto refused = [&](const std::string& body, std::string_view pointer) {
    auto answer = house.ask("POST", "/v1/delegations", house.user("a1"), body);
    EXPECT_EQ(answer.status, 422) << body;
    EXPECT_NE(answer.raw.body.find(pointer), std::string::npos) << answer.raw.body;
  };
  refused(R"({"scopes":["read"]})", "/delegate");
  refused(R"({"delegate":{"account_id":"a2","email":"a@b.example"},"scopes":["read"]})", "/delegate");
  refused(R"({"delegate":{"email":"no mail"},"scopes":["read"]})", "/delegate/email");
  refused(R"({"delegate":{"account_id":"a2"},"scopes":[]})", "/scopes");
  refused(R"({"delegate":{"account_id":"a2"},"scopes":["decide"]})", "/scopes");
  refused(R"({"delegate":{"account_id":"a2"},"scopes":["read"],"until":"2020-01-01T00:00:00.000Z"})", "/until");
  refused(R"({"delegate":{"account_id":"a2"},"scopes":["read"],"until":"2036-01-01T00:00:00.000Z"})", "/until");
  refused(R"({"delegate":{"account_id":"a1"},"scopes":["read"]})", "/delegate");
  refused(R"({"delegate":{"account_id":"a2"},"scopes":["read"],"principal":"a3"})", "/principal");
  EXPECT_TRUE(house.ask("GET", "/v1/delegations", house.user("a1")).body["items"].empty());
}

TEST_F(Delegations, OfThePlatformAreGivenForAnAccount) {
  const json made =
      grant(house.platform(), {{"account_id", "parent"}}, {"read"}, {{"principal", "child"}, {"as", "parent"}});
  EXPECT_EQ(house.ask("GET", "/v1/delegations", house.user("child")).body["items"].size(), 1U);
  house.tell("p1", "you are a fool", "a9", "child");
  // The platform's own form: the delegate reports through the platform's server.
  grant(house.user("child"), {{"account_id", "parent"}}, {"read", "report"});
  auto filed = house.ask(
      "POST", "/v1/reports", house.platform(),
      R"({"reporter":{"account_id":"parent"},"on_behalf_of":"child","items":[{"kind":"post","id":"p1"}],"symptoms":["harassment"]})");
  ASSERT_EQ(filed.status, 201) << filed.raw.body;
  EXPECT_EQ(house.ask("GET", "/v1/reports", house.user("child")).body["items"].size(), 1U);
}

TEST_F(Delegations, AreNoCasesAndGoWithThePerson) {
  grant(house.user("a1"), {{"account_id", "ngo"}}, {"read"});
  EXPECT_TRUE(house.ask("GET", "/v1/cases", house.user("a1")).body["items"].empty());
  EXPECT_TRUE(house.ask("GET", "/v1/cases", house.staff({"lead"})).body["items"].empty());
  const Who ngo = acting("ngo");
  EXPECT_EQ(house.ask("GET", "/v1/cases", ngo).status, 200);
  ASSERT_EQ(house.ask("DELETE", "/v1/accounts/a1", house.platform()).status, 204);
  EXPECT_EQ(house.ask("GET", "/v1/cases", ngo).status, 403);
  EXPECT_TRUE(house.ask("GET", "/v1/delegations", house.user("a1")).body["items"].empty());
  EXPECT_TRUE(house.ask("GET", "/v1/delegations", house.user("ngo")).body["items"].empty());
}

TEST_F(Delegations, AreGivenOnceForAKey) {
  const std::string body = R"({"delegate":{"email":"advice@union.example"},"scopes":["read"]})";
  const auto first = house.ask("POST", "/v1/delegations", house.user("a1"), body, {{"Idempotency-Key", "k"}});
  const std::uint64_t events = house.store->figures().events;
  const auto again = house.ask("POST", "/v1/delegations", house.user("a1"), body, {{"Idempotency-Key", "k"}});
  EXPECT_EQ(again.body, first.body);
  EXPECT_EQ(house.store->figures().events, events);
}

}  // namespace
}  // namespace heed::api
