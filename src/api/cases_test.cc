#include "api/testing_desk.h"

namespace heed::api {
namespace {

using nlohmann::json;

std::string without_request_id(const Answer& answer) {
  json body = answer.body;
  body.erase("request_id");
  std::string out = std::to_string(answer.status) + body.dump();
  for (const auto& [name, value] : answer.raw.headers) {
    out += "\n" + name + (name == "x-request-id" ? "" : ": " + value);
  }
  return out;
}

TEST(Cases, NotYoursReadsLikeNotThere) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto receipt = house.report("a1", "p1");
  const std::string mine = TestingDesk::case_of(receipt), report = receipt.body["report_id"];
  const std::string real = house.real_case("a1", receipt).text();
  auto stranger = house.user("a2");
  for (auto [method, before, after, body] : std::vector<std::tuple<std::string, std::string, std::string, std::string>>{
           {"GET", "/v1/cases/", "", ""},
           {"GET", "/v1/cases/", "/timeline", ""},
           {"GET", "/v1/cases/", "/items", ""},
           {"POST", "/v1/cases/", "/messages", R"({"text":"hello"})"},
           {"POST", "/v1/cases/", "/relief", R"({"kind":"hide"})"},
           {"DELETE", "/v1/cases/", "/relief/hide", ""}}) {
    std::set<std::string> answers;
    for (const std::string& id :
         {mine, real, std::string("cas_01ARZ3NDEKTSV4RRFFQ69G5FAV"), std::string("cas_x"), std::string("x")}) {
      answers.insert(without_request_id(house.ask(method, before + id + after, stranger, body)));
    }
    EXPECT_EQ(answers.size(), 1U) << method << after << testing::PrintToString(answers);
    EXPECT_TRUE(answers.begin()->starts_with("404"));
  }
  std::set<std::string> answers;
  for (const std::string& id : {report, std::string("rpt_01ARZ3NDEKTSV4RRFFQ69G5FAV"), std::string("rpt_x")}) {
    answers.insert(without_request_id(house.ask("GET", "/v1/reports/" + id, stranger)));
  }
  EXPECT_EQ(answers.size(), 1U);
}

TEST(Cases, AnAuthorKnowsNothingBeforeTheStatement) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto receipt = house.report("a1", "p1");
  const std::string seen_by_author = house.aliases.text(house.hasher.account("a9"), house.real_case("a1", receipt));
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + seen_by_author, house.user("a9")).status, 404);
  EXPECT_TRUE(house.ask("GET", "/v1/cases", house.user("a9")).body["items"].empty());
  EXPECT_TRUE(house.ask("GET", "/v1/notices", house.user("a9")).body["items"].empty());
}

TEST(Cases, AReporterSeesOnlyHerOwnItems) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "target");
  house.tell("p2", "you are a liar", "a8", "target");
  ASSERT_EQ(house.ask("POST", "/v1/reports", house.user("target"), house.pile_json("target")).status, 201);
  house.settle();
  auto receipt = house.report("bystander", "p2");
  const std::string id = TestingDesk::case_of(receipt);
  auto items = house.ask("GET", "/v1/cases/" + id + "/items", house.user("bystander"));
  ASSERT_EQ(items.body["items"].size(), 1U) << items.raw.body;
  EXPECT_EQ(items.body["items"][0]["id"], "p2");
  EXPECT_FALSE(items.body["items"][0].contains("text"));
  auto seen = house.ask("GET", "/v1/cases/" + id, house.user("bystander"));
  EXPECT_FALSE(seen.body.contains("items"));
  EXPECT_FALSE(seen.body.contains("pile"));
  auto timeline = house.ask("GET", "/v1/cases/" + id + "/timeline", house.user("bystander"));
  EXPECT_EQ(timeline.body["items"].size(), 1U) << timeline.raw.body;
  // The target sees the whole pile, and nobody else's report.
  auto own = house.ask("GET", "/v1/cases", house.user("target"));
  ASSERT_EQ(own.body["items"].size(), 1U);
  const std::string target_case = own.body["items"][0]["case_id"];
  EXPECT_NE(target_case, id);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + target_case + "/items", house.user("target")).body["items"].size(), 2U);
  auto story = house.ask("GET", "/v1/cases/" + target_case + "/timeline", house.user("target"));
  int reports = 0;
  for (const json& event : story.body["items"]) {
    reports += event["kind"] == "report_received" ? 1 : 0;
    EXPECT_FALSE(event.contains("seq")) << "how much happens in between is not told";
  }
  EXPECT_EQ(reports, 1) << story.raw.body;
}

TEST(Cases, NoRealIdReachesAParty) {
  TestingDesk house;
  for (int i = 0; i < 4; ++i) {
    house.tell("p" + std::to_string(i), "you are a fool", "a9", "target");
  }
  auto receipt = house.ask("POST", "/v1/reports", house.user("target"), house.pile_json("target"));
  house.settle();
  std::set<std::string> real;
  auto view = house.view();
  ASSERT_TRUE(ledger::scan<casework::CaseRow>(*view, {},
                                              [&](const casework::CaseRow& row) { real.insert(row.id.value.text()); }));
  ASSERT_TRUE(ledger::scan<casework::ItemRow>(*view, {},
                                              [&](const casework::ItemRow& row) { real.insert(row.id.value.text()); }));
  ASSERT_TRUE(ledger::scan<casework::ReportRow>(
      *view, {}, [&](const casework::ReportRow& row) { real.insert(row.id.value.text()); }));
  ASSERT_TRUE(ledger::scan<casework::ActionRow>(
      *view, {}, [&](const casework::ActionRow& row) { real.insert(row.id.value.text()); }));
  const std::string path = "/v1/cases/" + TestingDesk::case_of(receipt);
  std::string all = receipt.raw.body;
  for (const std::string& target :
       {std::string("/v1/cases"), path, path + "/timeline", path + "/timeline?limit=1", path + "/items",
        path + "/items?limit=1", std::string("/v1/reports"), std::string("/v1/notices")}) {
    auto answer = house.ask("GET", target, house.user("target"));
    EXPECT_EQ(answer.status, 200) << target;
    all += answer.raw.body;
  }
  for (const std::string& id : real) {
    EXPECT_EQ(all.find(id), std::string::npos) << id;
  }
}

TEST(Cases, PagesGoThroughEverythingOnce) {
  TestingDesk house;
  for (int i = 0; i < 25; ++i) {
    house.tell("p" + std::to_string(i), "you are a fool", "a" + std::to_string(i), "target");
  }
  auto receipt = house.ask("POST", "/v1/reports", house.user("target"), house.pile_json("target"));
  house.settle();
  for (auto [path, who] :
       {std::pair("/v1/cases/" + TestingDesk::case_of(receipt), house.user("target")),
        std::pair("/v1/cases/" + house.real_case("target", receipt).text(), house.staff({"triage"}))}) {
    for (const char* part : {"/items", "/timeline"}) {
      std::vector<std::string> ids, all;
      const Answer whole = house.ask("GET", path + part + "?limit=200", who);
      for (const json& item : whole.body["items"]) {
        all.push_back(item.dump());
      }
      std::string cursor;
      for (int pages = 0; pages < 30; ++pages) {
        auto page = house.ask("GET", path + part + "?limit=2" + cursor, who);
        ASSERT_LE(page.body["items"].size(), 2U);
        for (const json& item : page.body["items"]) {
          ids.push_back(item.dump());
        }
        if (!page.body.contains("next_cursor")) {
          break;
        }
        cursor = "&cursor=" + page.body["next_cursor"].get<std::string>();
      }
      EXPECT_EQ(ids, all) << part;
      EXPECT_GT(all.size(), 1U);
    }
  }
}

TEST(Cases, StaffFindThemByStateAndNumber) {
  TestingDesk house;
  auto lead = house.staff({"lead"});
  std::vector<Answer> receipts;
  for (int i = 0; i < 7; ++i) {
    house.tell("p" + std::to_string(i), "you are a fool", "a9", "t" + std::to_string(i));
    receipts.push_back(house.report("r", "p" + std::to_string(i)));
  }
  auto found = house.ask("GET", "/v1/cases?number=" + receipts[3].body["number"].get<std::string>(), lead);
  ASSERT_EQ(found.body["items"].size(), 1U);
  EXPECT_EQ(found.body["items"][0]["case_id"], house.real_case("r", receipts[3]).text());
  EXPECT_EQ(house.ask("GET", "/v1/cases?state=open", lead).body["items"].size(), 7U);
  EXPECT_EQ(house.ask("GET", "/v1/cases?state=closed", lead).body["items"].size(), 0U);
  std::set<std::string> ids;
  std::string cursor;
  for (int pages = 0; pages < 10; ++pages) {
    auto page = house.ask("GET", "/v1/cases?limit=3" + cursor, lead);
    for (const json& one : page.body["items"]) {
      EXPECT_TRUE(ids.insert(one["case_id"]).second);
    }
    if (!page.body.contains("next_cursor")) {
      break;
    }
    cursor = "&cursor=" + page.body["next_cursor"].get<std::string>();
  }
  EXPECT_EQ(ids.size(), 7U);
  // A party's list is paged alike.
  auto own = house.ask("GET", "/v1/cases?limit=4", house.user("r"));
  ASSERT_EQ(own.body["items"].size(), 4U);
  auto rest =
      house.ask("GET", "/v1/cases?limit=4&cursor=" + own.body["next_cursor"].get<std::string>(), house.user("r"));
  EXPECT_EQ(rest.body["items"].size(), 3U);
}

TEST(Cases, StaffSeeWhatAMachineWouldDoAndPartiesDoNot) {
  TestingDesk house;
  const std::string text = "shut your mouth, you worthless piece of trash, nobody in this town wants you here";
  house.tell("p1", text, "a9", "t1");
  auto receipt = house.report("t1", "p1");
  const std::string real = house.real_case("t1", receipt).text();
  auto reviewer = house.staff({"reviewer"});
  auto items = house.ask("GET", "/v1/cases/" + real + "/items", reviewer);
  ASSERT_TRUE(items.body["items"][0].contains("proposal")) << items.raw.body;
  const json& proposal = items.body["items"][0]["proposal"];
  EXPECT_EQ(proposal["basis"], "finding");
  EXPECT_EQ(proposal["outcome"], "violation");
  EXPECT_FALSE(proposal["actions"].empty());
  EXPECT_NE(proposal["source"].get<std::string>().find('@'), std::string::npos) << "which version of which rule";
  ASSERT_FALSE(proposal["reasons"].empty()) << items.raw.body;
  EXPECT_EQ(proposal["spans"][0], proposal["reasons"][0]["span"]);
  EXPECT_LE(proposal["spans"][0]["end"].get<std::size_t>(), text.size());
  for (const auto& who : {house.user("t1"), house.user("a9")}) {
    EXPECT_EQ(house.ask("GET", "/v1/cases/" + TestingDesk::case_of(receipt) + "/items", who).raw.body.find("proposal"),
              std::string::npos);
  }
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + real + "/items", house.platform()).raw.body.find("proposal"),
            std::string::npos);

  // Once a person has decided it, the same words elsewhere show that decision, and how like they are.
  auto claim = house.ask("POST", "/v1/queues/default/claims", reviewer);
  json body{{"claim_id", claim.body["claim_id"]},
            {"items", json::array({{{"item_id", claim.body["items"][0]},
                                    {"outcome", "violation"},
                                    {"clause", "targeted_harassment"},
                                    {"facts", "It insults her."},
                                    {"actions", json::array({{{"kind", "hide"}}})}}})}};
  auto decided = house.ask("POST", "/v1/cases/" + real + "/decisions", reviewer, body.dump());
  ASSERT_EQ(decided.status, 201);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + real + "/items", reviewer).raw.body.find("proposal"), std::string::npos)
      << "it is decided";
  house.tell("p2", text, "a8", "t2");
  const std::string second = house.real_case("t2", house.report("t2", "p2")).text();
  auto alike = house.ask("GET", "/v1/cases/" + second + "/items", reviewer).body["items"][0]["proposal"];
  EXPECT_EQ(alike["basis"], "alike") << alike;
  EXPECT_EQ(alike["like_item"], claim.body["items"][0]);
  EXPECT_EQ(alike["likeness"], 1.0);
  EXPECT_EQ(alike["actions"], json::array({"hide"}));
}

TEST(Cases, ReadsByStaffAreNoted) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  const std::string id = house.real_case("a1", house.report("a1", "p1")).text();
  auto reviewer = house.staff({"reviewer"});
  house.ask("GET", "/v1/cases/" + id, reviewer);
  house.ask("GET", "/v1/cases/" + id + "/items", reviewer);
  EXPECT_EQ(house.reads.all(), (std::vector<std::string>{id + " case", id + " items"}));
}

TEST(Cases, AGuestSeesTheOneCaseOfTheLink) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "t1");
  house.tell("p2", "you are a fool", "a9", "t2");
  auto one = house.report("r", "p1"), two = house.report("r", "p2");
  auto guest = house.guest("r", house.real_case("r", one));
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + TestingDesk::case_of(one), guest).status, 200);
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + TestingDesk::case_of(two), guest).status, 404);
  EXPECT_EQ(house.ask("GET", "/v1/cases", guest).body["items"].size(), 1U);
  EXPECT_EQ(house.ask("GET", "/v1/reports", guest).body["items"].size(), 1U);
  EXPECT_EQ(house.ask("GET", "/v1/reports/" + two.body["report_id"].get<std::string>(), guest).status, 404);
  EXPECT_EQ(house.ask("POST", "/v1/reports", guest, TestingHouse::report_json("r", "p2")).status, 403);
  house.clock.advance(std::chrono::hours(25));
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + TestingDesk::case_of(one), guest).status, 401);
}

TEST(Cases, AnEditAfterTheReportShowsBothVersions) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  const std::string path = "/v1/cases/" + house.real_case("a1", house.report("a1", "p1")).text() + "/items";
  house.tell("p1", "I never said that", "a9", "a1");
  house.settle();
  auto items = house.ask("GET", path, house.staff({"reviewer"}));
  const json& versions = items.body["items"][0]["evidence"]["versions"];
  ASSERT_EQ(versions.size(), 2U) << items.raw.body;
  EXPECT_EQ(versions[0]["post"]["text"], "you are a fool");
  EXPECT_EQ(versions[1]["post"]["text"], "I never said that");
}

TEST(Cases, AreNotForAnalystsAndAdministrators) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  const std::string path = "/v1/cases/" + house.real_case("a1", house.report("a1", "p1")).text();
  auto others = house.staff({"analyst", "admin"});
  for (const char* part : {"", "/items", "/timeline"}) {
    EXPECT_EQ(house.ask("GET", path + part, others).status, 403) << part;
  }
}

int sent_messages(const Answer& timeline) {
  int n = 0;
  for (const json& event : timeline.body["items"]) {
    n += event["kind"] == "message_sent" || event["kind"] == "note_added" ? 1 : 0;
  }
  return n;
}

TEST(Cases, APartysOwnWordsAreInHerTimelineAndInNobodyElses) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "t1");
  auto receipt = house.report("t1", "p1");
  auto other = house.report("r2", "p1");
  const std::string path = "/v1/cases/" + TestingDesk::case_of(receipt);
  const CaseId real = house.real_case("t1", receipt);
  auto reviewer = house.staff({"reviewer"});
  ASSERT_EQ(house.ask("POST", path + "/messages", house.user("t1"), R"({"text":"He has written again."})").status, 201);
  ASSERT_EQ(house.ask("POST", "/v1/cases/" + real.text() + "/messages", reviewer, R"({"text":"Third time this week."})")
                .status,
            201);
  auto hers = house.ask("GET", path + "/timeline", house.user("t1"));
  EXPECT_EQ(sent_messages(hers), 1) << hers.raw.body;
  EXPECT_NE(hers.raw.body.find("He has written again."), std::string::npos);
  EXPECT_EQ(hers.raw.body.find("Third time"), std::string::npos) << "notes of staff are theirs";
  auto bystanders = house.ask("GET", "/v1/cases/" + TestingDesk::case_of(other) + "/timeline", house.user("r2"));
  EXPECT_EQ(sent_messages(bystanders), 0) << bystanders.raw.body;
  EXPECT_EQ(sent_messages(house.ask("GET", "/v1/cases/" + real.text() + "/timeline", reviewer)), 2);
}

TEST(Cases, ThatOthersOpenedAboutHerAreFound) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "her");
  json report = json::parse(TestingHouse::report_json("friend", "p1"));
  report["about"] = "someone_else";
  report["on_behalf_of"] = "her";
  auto receipt = house.ask("POST", "/v1/reports", house.user("friend"), report.dump());
  ASSERT_EQ(receipt.status, 201) << receipt.raw.body;
  auto hers = house.ask("GET", "/v1/cases", house.user("her"));
  ASSERT_EQ(hers.body["items"].size(), 1U) << hers.raw.body;
  const json& found = hers.body["items"][0];
  EXPECT_EQ(found["roles"], json::array({"target"}));
  EXPECT_TRUE(found["reports"].empty()) << "who reported is not told";
  const std::string path = "/v1/cases/" + found["case_id"].get<std::string>();
  EXPECT_EQ(house.ask("GET", path, house.user("her")).status, 200);
  EXPECT_EQ(house.ask("GET", path + "/items", house.user("her")).body["items"].size(), 1U);
  auto timeline = house.ask("GET", path + "/timeline", house.user("her"));
  EXPECT_EQ(timeline.raw.body.find("report_received"), std::string::npos) << timeline.raw.body;
  EXPECT_EQ(house.ask("GET", path, house.user("somebody")).status, 404);
  EXPECT_TRUE(house.ask("GET", "/v1/cases", house.user("a9")).body["items"].empty()) << "nor does the author know";
  // She speaks, and is a party from then on: with a number, and her words under a key of her own.
  EXPECT_EQ(house.ask("POST", path + "/messages", house.user("her"), R"({"text":"Thank you."})").status, 201);
  hers = house.ask("GET", "/v1/cases", house.user("her"));
  ASSERT_EQ(hers.body["items"].size(), 1U);
  EXPECT_TRUE(hers.body["items"][0].contains("number"));
  EXPECT_EQ(sent_messages(house.ask("GET", path + "/timeline", house.user("her"))), 1);
  EXPECT_EQ(house.ask("POST", path + "/messages", house.user("her"), R"({"text":"And again."})").status, 201);
}

TEST(Cases, AnAuthorWaitsUntilTheReporterWasTold) {
  TestingDesk house({.platform_channel = casework::Channel::Webhook});  // nobody pumps the outbox: nothing arrives
  house.tell("p1", "you are a fool", "a9", "t1");
  auto receipt = house.report("t1", "p1");
  auto reviewer = house.staff({"reviewer"});
  auto claim = house.ask("POST", "/v1/queues/default/claims", reviewer);
  json body{{"claim_id", claim.body["claim_id"]},
            {"items", json::array({{{"item_id", claim.body["items"][0]},
                                    {"outcome", "violation"},
                                    {"clause", "targeted_harassment"},
                                    {"facts", "It insults her."},
                                    {"actions", json::array({{{"kind", "hide"}}})}}})}};
  ASSERT_EQ(
      house.ask("POST", "/v1/cases/" + claim.body["case_id"].get<std::string>() + "/decisions", reviewer, body.dump())
          .status,
      201);
  auto author = house.user("a9", std::chrono::hours(2));
  auto statements = [&] {
    int n = 0;
    const Answer notices = house.ask("GET", "/v1/notices", author);
    for (const json& notice : notices.body["items"]) {
      n += notice["kind"] == "statement_of_reasons" ? 1 : 0;
    }
    return n;
  };
  EXPECT_TRUE(house.ask("GET", "/v1/cases", author).body["items"].empty());
  EXPECT_EQ(statements(), 0);
  auto view = house.view();
  std::vector<casework::NoticeRow> outcomes;
  ASSERT_TRUE(ledger::scan<casework::NoticeRow>(*view, {}, [&](const casework::NoticeRow& n) {
    if (n.kind == casework::NoticeKind::Outcome) {
      outcomes.push_back(n);
    }
  }));
  ASSERT_EQ(outcomes.size(), 1U);
  ASSERT_TRUE(house.plane->command_and_wait<int>([&](casework::Context& c) -> Result<int> {
    TRY(c.append(outcomes[0].case_id, casework::Notified{outcomes[0].id, casework::NoticeState::Delivered, 1, {}}));
    return 0;
  }));
  EXPECT_EQ(house.ask("GET", "/v1/cases", author).body["items"].size(), 1U) << "told: now it is the author's turn";
  EXPECT_EQ(statements(), 1);
}

}  // namespace
}  // namespace heed::api
