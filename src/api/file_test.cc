#include <gmock/gmock.h>

#include "api/testing_desk.h"
#include "base/bytes.h"
#include "casework/bundle.h"

/// The evidence file: what is in it for whom, and that nobody else's report can be told from it.
namespace heed::api {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

class Files : public testing::Test {
 protected:
  json take(std::string_view account, const std::string& case_id) {
    auto answer = house.ask("GET", "/v1/cases/" + case_id + "/file", house.user(account));
    EXPECT_EQ(answer.status, 200) << answer.raw.body;
    text = answer.raw.body;
    const SigningKey& key = house.api->desk().parts().signing;
    auto check = casework::verify_bundle(
        text, std::string_view(reinterpret_cast<const char*>(key.public_key.data()), key.public_key.size()));
    EXPECT_TRUE(check.sound) << check.fault;
    return answer.body["payload"];
  }
  std::string pile(std::string_view target) {
    auto receipt = house.ask("POST", "/v1/reports", house.user(target), house.pile_json(target));
    EXPECT_EQ(receipt.status, 201) << receipt.raw.body;
    house.settle();
    return TestingDesk::case_of(receipt);
  }
  void decide(const std::string& outcome) {
    auto ada = house.staff({"reviewer"});
    for (;;) {
      auto claim = house.ask("POST", "/v1/queues/default/claims", ada, "{}");
      if (claim.status != 201) {
        return;
      }
      json items = json::array();
      for (const json& id : claim.body["items"]) {
        json item = {{"item_id", id}, {"outcome", outcome}, {"clause", "targeted_harassment"}};
        if (outcome == "violation") {
          item.update(
              {{"ground", "terms"}, {"actions", json::array({{{"kind", "hide"}}})}, {"facts", "Aimed at her."}});
        }
        items.push_back(item);
      }
      json body = {{"claim_id", claim.body["claim_id"]}, {"items", items}};
      auto answer =
          house.ask("POST", "/v1/cases/" + claim.body["case_id"].get<std::string>() + "/decisions", ada, body.dump());
      ASSERT_EQ(answer.status, 201) << answer.raw.body;
    }
  }
  TestingDesk house;
  std::string text;
};

TEST_F(Files, HoldsAllThatTheTargetMaySee) {
  house.tell("before", "good morning", "a9", "target");
  house.tell("hers", "please stop", "target", "a9");
  house.tell("p1", "you are a fool", "a9", "target");
  house.tell("p2", "you are a liar", "a8", "target");
  house.tell("other", "nice weather", "a7", "target");
  const std::string id = pile("target");
  json file = take("target", id);
  EXPECT_EQ(file["recipient"]["account_id"], "target");
  EXPECT_TRUE(file["case"]["number"].get<std::string>().starts_with("H-"));
  std::map<std::string, json> items;
  for (const json& item : file["items"]) {
    items[item["id"]] = item;
  }
  ASSERT_TRUE(items.contains("p1")) << file.dump(1);
  EXPECT_EQ(items["p1"]["provenance"], "seen");
  EXPECT_EQ(items["p1"]["versions"][0]["post"]["text"], "you are a fool");
  EXPECT_EQ(items["p1"]["versions"][0]["post"]["author"]["id"], "a9");
  EXPECT_TRUE(items["p1"]["created_at"].get<std::string>().ends_with("Z"));
  std::set<std::string> run_up;
  for (const json& before : items["p1"].value("run_up", json::array())) {
    run_up.insert(before["post_id"].get<std::string>() + (before["by_you"] ? " by her" : ""));
  }
  EXPECT_TRUE(run_up.contains("hers by her")) << file.dump(1);
  EXPECT_FALSE(file["proof"]["events"].empty());
  EXPECT_EQ(file["proof"]["events"].size(), file["story"].size());
  EXPECT_EQ(file["story"][0]["hash"], file["proof"]["events"][0]["hash"]);
  decide("violation");
  house.settle();
  file = take("target", id);
  bool ordered = false;
  for (const json& item : file["items"]) {
    EXPECT_EQ(item["decision"]["outcome"], "violation");
    for (const json& action : item["decision"]["actions"]) {
      ordered = ordered || (action["kind"] == "hide" && action["state"] == "ordered");
    }
  }
  EXPECT_TRUE(ordered) << "ordered is not done";
}

TEST_F(Files, AreNobodyElses) {
  house.tell("p1", "you are a fool", "a9", "target");
  const std::string id = pile("target");
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + id + "/file", house.user("a9")).status, 404);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + id + "/file", house.user("a3")).status, 404);
  EXPECT_EQ(house.ask("POST", "/v1/cases/" + id + "/file", house.user("a3"), R"({"format":"html"})").status, 404);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + id + "/file").status, 401);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + id + "/file?format=pdf", house.user("target")).status, 422);
}

TEST_F(Files, ABystanderTakesHerOwnReportAndNoWordOfAPost) {
  house.tell("p1", "you are a fool", "a9", "target");
  house.tell("p2", "you are a liar", "a8", "target");
  pile("target");
  const std::string id = TestingDesk::case_of(house.report("bystander", "p2"));
  json file = take("bystander", id);
  ASSERT_EQ(file["items"].size(), 1U);
  EXPECT_EQ(file["items"][0]["id"], "p2");
  EXPECT_THAT(text, Not(HasSubstr("liar")));
  EXPECT_THAT(text, Not(HasSubstr("fool")));
  EXPECT_FALSE(file.contains("earlier_contact"));
  EXPECT_FALSE(file["items"][0].contains("frozen_at"));
}

/// The reported side and the target take their files of two worlds that differ in who reported, how many, how often and
/// with what words; but for ids and hashes the files are the same.
std::string shape(json file) {
  auto blank = [](json& value, auto&& self) -> void {
    if (value.is_string()) {
      const std::string s = value;
      if ((s.size() == 30 && s[3] == '_') || s.size() == 64 || s.starts_with("H-")) {
        value = "*";
      }
    } else if (value.is_structured()) {
      for (json& child : value) {
        self(child, self);
      }
    }
  };
  for (json& event : file["proof"]["events"]) {
    event.erase("path");  // its length tells of the size of a commit: of the whole installation
  }
  blank(file, blank);
  return file.dump();
}

TEST_F(Files, TheAuthorsFileIsTheSameWhoeverReported) {
  std::set<std::string> shapes;
  for (const std::vector<std::string>& reporters :
       {std::vector<std::string>{"target"}, {"bystander"}, {"bystander", "second", "target"}}) {
    TestingDesk world;
    world.tell("p1", "you are a fool", "a9", "target");
    for (const std::string& reporter : reporters) {
      ASSERT_EQ(world.report(reporter, "p1", reporter == "second" ? "hate" : "harassment").status, 201);
    }
    world.settle();
    auto ada = world.staff({"reviewer"});
    auto claim = world.ask("POST", "/v1/queues/default/claims", ada, "{}");
    ASSERT_EQ(claim.status, 201);
    json item = {{"item_id", claim.body["items"][0]},
                 {"outcome", "violation"},
                 {"clause", "targeted_harassment"},
                 {"ground", "terms"},
                 {"actions", json::array({{{"kind", "hide"}}})},
                 {"facts", "Aimed at her."}};
    json body = {{"claim_id", claim.body["claim_id"]}, {"items", json::array({item})}};
    ASSERT_EQ(
        world.ask("POST", "/v1/cases/" + claim.body["case_id"].get<std::string>() + "/decisions", ada, body.dump())
            .status,
        201);
    world.clock.advance(std::chrono::hours(2));
    world.settle();
    auto own = world.ask("GET", "/v1/cases", world.user("a9"));
    ASSERT_EQ(own.body["items"].size(), 1U) << own.raw.body;
    auto answer =
        world.ask("GET", "/v1/cases/" + own.body["items"][0]["case_id"].get<std::string>() + "/file", world.user("a9"));
    ASSERT_EQ(answer.status, 200) << answer.raw.body;
    EXPECT_TRUE(casework::verify_bundle(answer.raw.body).sound);
    const json file = answer.body["payload"];
    EXPECT_EQ(file["items"][0]["versions"][0]["post"]["text"], "you are a fool") << "the post as it was judged";
    for (const std::string& reporter : {std::string("bystander"), std::string("second")}) {
      EXPECT_THAT(answer.raw.body, Not(HasSubstr(reporter)));
    }
    shapes.insert(shape(file));
  }
  EXPECT_EQ(shapes.size(), 1U) << testing::PrintToString(shapes);
}

TEST_F(Files, NoRealIdIsInThem) {
  for (int i = 0; i < 4; ++i) {
    house.tell("p" + std::to_string(i), "you are a fool", "a9", "target");
  }
  const std::string id = pile("target");
  decide("violation");
  house.settle();
  take("target", id);
  auto view = house.view();
  std::set<std::string> real;
  ASSERT_TRUE(ledger::scan<casework::CaseRow>(*view, {},
                                              [&](const casework::CaseRow& row) { real.insert(row.id.value.text()); }));
  ASSERT_TRUE(ledger::scan<casework::ItemRow>(*view, {},
                                              [&](const casework::ItemRow& row) { real.insert(row.id.value.text()); }));
  ASSERT_TRUE(ledger::scan<casework::ReportRow>(
      *view, {}, [&](const casework::ReportRow& row) { real.insert(row.id.value.text()); }));
  ASSERT_TRUE(ledger::scan<casework::DecisionRow>(
      *view, {}, [&](const casework::DecisionRow& row) { real.insert(row.id.value.text()); }));
  ASSERT_TRUE(ledger::scan<casework::ActionRow>(
      *view, {}, [&](const casework::ActionRow& row) { real.insert(row.id.value.text()); }));
  for (const std::string& one : real) {
    EXPECT_THAT(text, Not(HasSubstr(one)));
  }
  EXPECT_THAT(text, Not(HasSubstr("hg_"))) << "a key to the case in a file that goes to others";
}

TEST_F(Files, AsAPageIsTextToPrintAndNothingElse) {
  house.tell("p1", "<img src=x onerror=alert(1)> you are a fool", "a9", "target");
  const std::string id = pile("target");
  auto page =
      house.ask("POST", "/v1/cases/" + id + "/file", house.user("target"), R"({"format":"html","locale":"de"})");
  ASSERT_EQ(page.status, 200);
  EXPECT_THAT(page.raw.header("content-type"), HasSubstr("text/html"));
  EXPECT_THAT(page.raw.header("content-disposition"), HasSubstr("attachment"));
  EXPECT_THAT(page.raw.header("content-security-policy"), HasSubstr("sandbox"));
  EXPECT_THAT(page.raw.body, HasSubstr("Beweisakte"));
  EXPECT_THAT(page.raw.body, Not(HasSubstr("<img")));
  EXPECT_THAT(page.raw.body, HasSubstr("&lt;img src=x onerror=alert(1)&gt;"));
  EXPECT_TRUE(casework::verify_bundle(page.raw.body).sound) << casework::verify_bundle(page.raw.body).fault;
  auto key = house.ask("GET", "/v1/signing-key");
  EXPECT_EQ(to_hex(casework::verify_bundle(page.raw.body).public_key), key.body["hex"]);
}

TEST_F(Files, HoldWhatSheAddedWithItsHash) {
  house.tell("p1", "you are a fool", "a9", "target");
  const std::string id = pile("target");
  const std::string words = "He wrote to me in 2019.\n";
  const json letter = {{"form", "file"}, {"data", to_base64(words)}, {"about", "the first letter"}};
  ASSERT_EQ(house.ask("POST", "/v1/cases/" + id + "/evidence", house.user("target"), letter.dump()).status, 201);
  ASSERT_EQ(house
                .ask("POST", "/v1/cases/" + id + "/evidence", house.user("target"),
                     R"({"form":"link","url":"https://example.org/other"})")
                .status,
            201);
  const json file = take("target", id);
  ASSERT_EQ(file["added"].size(), 2U) << file["added"].dump(1);
  const json& added = file["added"][0];
  EXPECT_EQ(added["type"], "text/plain");
  EXPECT_EQ(added["said"]["about"], "the first letter");
  EXPECT_EQ(added["sha256"], to_hex(heed::view(sha256(words))));
  EXPECT_EQ(*from_base64(added["data"].get<std::string>()), words);
  EXPECT_EQ(file["added"][1]["said"]["url"], "https://example.org/other");
  bool in_story = false;
  for (const json& event : file["story"]) {
    in_story = in_story || event["hash"] == added["event"];
  }
  EXPECT_TRUE(in_story) << "and with the proof of the event that took it";
  EXPECT_EQ(casework::verify_bundle(text).added, 1U);
  const auto page = house.ask("GET", "/v1/cases/" + id + "/file?format=html", house.user("target"));
  EXPECT_THAT(page.raw.body, HasSubstr(added["sha256"].get<std::string>()));
  EXPECT_TRUE(casework::verify_bundle(page.raw.body).sound);
}

TEST_F(Files, SayWhoActedForHerAndWhatTheyDid) {
  house.tell("p1", "you are a fool", "a9", "target");
  const std::string id = pile("target");
  const auto made = house.ask(
      "POST", "/v1/delegations", house.user("target"),
      R"({"delegate":{"account_id":"office","name":"Office"},"as":"staff","scopes":["report","read","talk","file"]})");
  ASSERT_EQ(made.status, 201);
  ASSERT_EQ(house
                .ask("POST", "/v1/delegations", house.user("target"),
                     R"({"delegate":{"account_id":"lawyer"},"as":"lawyer","scopes":["read","file"]})")
                .status,
            201);
  auto acting = [&](std::string_view account) {
    const json theirs = house.ask("GET", "/v1/delegations", house.user(account)).body["items"];
    auto who = house.user(account);
    who.emplace_back("On-Behalf-Of", theirs[0]["delegation_id"]);
    return who;
  };
  house.clock.advance(std::chrono::minutes(5));
  ASSERT_EQ(house.ask("POST", "/v1/cases/" + id + "/messages", acting("office"), R"({"text":"She is safe."})").status,
            201);
  ASSERT_EQ(house
                .ask("POST", "/v1/cases/" + id + "/evidence", acting("office"),
                     R"({"form":"text","text":"Seen at the door."})")
                .status,
            201);
  const json file = take("target", id);
  ASSERT_EQ(file["delegates"].size(), 2U) << file["delegates"].dump(1);
  const json& office = file["delegates"][0]["as"] == "staff" ? file["delegates"][0] : file["delegates"][1];
  EXPECT_EQ(office["name"], "Office");
  ASSERT_EQ(office["did"].size(), 2U) << office.dump(1);
  EXPECT_EQ(office["did"][0]["what"], "message_sent");
  EXPECT_EQ(office["did"][1]["what"], "evidence_added");
  for (const json& event : file["story"]) {
    const bool theirs = event["kind"] == "message_sent" || event["kind"] == "evidence_added";
    EXPECT_EQ(event.contains("by"), theirs) << event.dump();
    if (theirs) {
      EXPECT_EQ(event["by"]["delegation_id"], office["delegation_id"]);
    }
  }
  const auto page = house.ask("GET", "/v1/cases/" + id + "/file?format=html&locale=en", house.user("target"));
  EXPECT_THAT(page.raw.body, HasSubstr("(by your delegate Office)"));
  // A delegate with the file finds only themself in it, and not what was said unless the talk is theirs.
  const auto lawyers = house.ask("GET", "/v1/cases/" + id + "/file", acting("lawyer"));
  ASSERT_EQ(lawyers.status, 200);
  ASSERT_EQ(lawyers.body["payload"]["delegates"].size(), 1U);
  EXPECT_EQ(lawyers.body["payload"]["delegates"][0]["as"], "lawyer");
  EXPECT_THAT(lawyers.raw.body, Not(HasSubstr("She is safe")));
  EXPECT_THAT(lawyers.raw.body, Not(HasSubstr("Seen at the door")));
  EXPECT_THAT(lawyers.raw.body, Not(HasSubstr("Office")));
}

TEST_F(Files, HoldTheTalksAtTheDeskUnderTheNameStaffHasInTheCase) {
  house.tell("p1", "you are a fool", "a9", "target");
  const std::string id = pile("target");
  const auto lead = house.staff({"lead"});
  const json code = house.ask("POST", "/v1/cases/" + id + "/desk-code", house.user("target")).body;
  const auto opened =
      house.ask("POST", "/v1/desk/openings", lead, json{{"code", code["code"]}, {"channel", "visit"}}.dump());
  ASSERT_EQ(opened.status, 201) << opened.raw.body;
  const json talk = {{"case_id", opened.body["case_id"]},
                     {"party", opened.body["party"]},
                     {"channel", "visit"},
                     {"clause", "your_own_case"},
                     {"said", "Explained what is in the file."}};
  ASSERT_EQ(house.ask("POST", "/v1/contacts", lead, talk.dump()).status, 201);
  const json file = take("target", id);
  ASSERT_EQ(file["talks"].size(), 2U) << file["talks"].dump(1);
  EXPECT_EQ(file["talks"][0]["by_code"], true);
  EXPECT_EQ(file["talks"][1]["clause"], "your_own_case");
  EXPECT_EQ(file["talks"][1]["said"], "Explained what is in the file.");
  EXPECT_TRUE(file["talks"][1]["as"].get<std::string>().starts_with("R-"));
  EXPECT_THAT(text, Not(HasSubstr("stf_")));
  // Another reporter of the same case has none of it.
  const std::string theirs = TestingDesk::case_of(house.report("bystander", "p1"));
  EXPECT_TRUE(take("bystander", theirs)["talks"].empty());
  EXPECT_TRUE(take("bystander", theirs)["delegates"].empty());
}

}  // namespace
}  // namespace heed::api
