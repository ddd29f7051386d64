#include "api/testing_desk.h"
#include "api/testing_routes.h"

/// Unmasking, and who looked at what.
namespace heed::api {
namespace {

using nlohmann::json;

struct Looked {
  explicit Looked(std::string_view text = "you are a fool and a liar") {
    desk.tell("p1", text, "writer", "victim");
    const Answer receipt = desk.report("victim", "p1");
    EXPECT_EQ(receipt.status, 201);
    desk.settle();
    case_id = desk.real_case("victim", receipt).text();
    lead = desk.staff({"lead"});
    lead_id = desk.last_staff.text();
    reviewer = desk.staff({"reviewer"});
    reviewer_id = desk.last_staff.text();
  }
  int party(std::string_view role) {
    const json body = desk.ask("GET", "/v1/cases/" + case_id, lead).body;
    for (const json& one : body["parties"]) {
      for (const json& its : one["roles"]) {
        if (its == role) {
          return one["party"];
        }
      }
    }
    ADD_FAILURE() << "no " << role;
    return 0;
  }
  Answer unmask(const TestingHouse::Who& who, int party, std::string_view reason = "The police ask for a call.") {
    return desk.ask("POST", "/v1/cases/" + case_id + "/unmaskings", who,
                    json{{"party", party}, {"reason", reason}}.dump());
  }
  Answer search(const TestingHouse::Who& who, const json& body, http::HeaderList more = {}) {
    return desk.ask("POST", "/v1/access-log/searches", who, body.dump(), std::move(more));
  }
  TestingDesk desk;
  std::string case_id, lead_id, reviewer_id;
  TestingHouse::Who lead, reviewer;
};

TEST(Unmasking, TakesAReasonAndIsListedForLeadsWithIt) {
  Looked house;
  const int reporter = house.party("reporter");
  for (const char* reason : {"", "because", "         \0"}) {
    EXPECT_EQ(house.unmask(house.reviewer, reporter, reason).status, 422) << reason;
  }
  EXPECT_TRUE(house.search(house.lead, {{"what", "unmask"}}).body["items"].empty()) << "what was refused showed nobody";
  const Answer shown = house.unmask(house.reviewer, reporter);
  ASSERT_EQ(shown.status, 200) << shown.raw.body;
  EXPECT_EQ(shown.body["account_id"], "victim");
  const json found = house.search(house.lead, {{"what", "unmask"}}).body["items"];
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0]["staff_id"], house.reviewer_id);
  EXPECT_EQ(found[0]["case_id"], house.case_id);
  EXPECT_EQ(found[0]["object"], std::to_string(reporter));
  EXPECT_EQ(found[0]["reason"], "The police ask for a call.");
}

TEST(Unmasking, OfNobodyOfThePartiesAndForOthersIsRefused) {
  Looked house;
  EXPECT_EQ(house.unmask(house.reviewer, 77).status, 422);
  EXPECT_EQ(house.unmask(house.desk.staff({"triage"}), 1).status, 403);
  EXPECT_EQ(house.unmask(house.desk.staff({"analyst"}), 1).status, 403);
  EXPECT_EQ(house.unmask(house.desk.user("victim"), 1).status, 403);
  house.case_id = "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV";
  EXPECT_EQ(house.unmask(house.reviewer, 1).status, 404);
}

TEST(Unmasking, InASealedCaseIsForALead) {
  Looked house;
  ASSERT_EQ(house.desk
                .ask("POST", "/v1/cases/" + house.case_id + "/escalation", house.reviewer,
                     R"({"queue":"sealed","reason":"It may show a child."})")
                .status,
            200);
  const int reporter = house.party("reporter");
  EXPECT_EQ(house.unmask(house.reviewer, reporter).status, 403);
  EXPECT_EQ(house.unmask(house.desk.staff({"legal"}), reporter).status, 403);
  EXPECT_EQ(house.unmask(house.lead, reporter).status, 200);
}

TEST(AccessLog, IsFoundByCaseByMemberAndByPerson) {
  Looked house;
  house.desk.tell("q1", "you are a fool and a liar", "someone", "other");
  ASSERT_EQ(house.desk.report("other", "q1").status, 201);
  house.desk.settle();
  ASSERT_EQ(house.desk.ask("GET", "/v1/cases/" + house.case_id, house.reviewer).status, 200);
  ASSERT_EQ(house.desk.ask("GET", "/v1/cases/" + house.case_id + "/items", house.lead).status, 200);
  auto looks = [&](const json& asked) {
    std::multiset<std::string> out;
    const json body = house.search(house.lead, asked).body;
    for (const json& one : body["items"]) {
      if (one["what"] != "searched the access log") {
        out.insert(one["staff_id"].get<std::string>() + " " + one["what"].get<std::string>());
      }
    }
    return out;
  };
  const std::multiset<std::string> both = {house.reviewer_id + " case", house.lead_id + " items"};
  EXPECT_EQ(looks({{"case_id", house.case_id}}), both);
  EXPECT_EQ(looks({{"account_id", "victim"}}), both);
  EXPECT_EQ(looks({{"account_id", "writer"}}), both);
  EXPECT_TRUE(looks({{"account_id", "other"}}).empty());
  EXPECT_TRUE(looks({{"account_id", "nobody"}}).empty());
  EXPECT_EQ(looks({{"staff_id", house.reviewer_id}}), std::multiset<std::string>{house.reviewer_id + " case"});
  EXPECT_EQ(house.search(house.lead, {{"case_id", "x"}}).status, 422);
  EXPECT_EQ(house.search(house.reviewer, json::object()).status, 403);
  // Who asks stands in it too.
  const json last = house.search(house.lead, {{"limit", 1}}).body["items"][0];
  EXPECT_EQ(last["what"], "searched the access log");
}

TEST(AccessLog, LeavesAsCsvThatSaysOnEveryLineWhoTookIt) {
  Looked house;
  ASSERT_EQ(house.unmask(house.reviewer, house.party("reporter"), "=HYPERLINK(\"http://x\")").status, 200);
  const Answer csv = house.search(house.lead, json::object(), {{"Accept", "text/csv"}});
  ASSERT_EQ(csv.status, 200);
  EXPECT_TRUE(csv.raw.header("content-type").starts_with("text/csv"));
  std::istringstream lines(csv.raw.body);
  std::string line;
  std::getline(lines, line);
  EXPECT_EQ(line, "at,staff_id,case_id,what,object,reason,exported_by,exported_at\r");
  int n = 0;
  while (std::getline(lines, line)) {
    ++n;
    EXPECT_NE(line.find(house.lead_id + "," + format_time(house.desk.clock.now()) + "\r"), std::string::npos) << line;
    EXPECT_EQ(line.find(",\"="), std::string::npos) << "no spreadsheet may run it: " << line;
  }
  EXPECT_GE(n, 2);
  const json last = house.search(house.lead, {{"limit", 1}}).body["items"][0];
  EXPECT_EQ(last["what"], "exported the access log");
}

TEST(AccessLog, HidesWhatIsBehindAWall) {
  Looked house;
  ASSERT_EQ(house.desk.ask("GET", "/v1/cases/" + house.case_id, house.reviewer).status, 200);
  ASSERT_EQ(house.desk.ask("POST", "/v1/ties", house.lead, R"({"account_id":"victim"})").status, 201);
  for (const json& asked : {json::object(), json{{"account_id", "victim"}}, json{{"staff_id", house.reviewer_id}}}) {
    EXPECT_EQ(house.search(house.lead, asked).raw.body.find(house.case_id), std::string::npos) << asked;
  }
}

TEST(AccessLog, HasEveryLookAtACase) {
  for (const RouteRow& row : route_rows()) {
    // Who works on it, which an open page asks every few seconds, says nothing of what is in it.
    if (row.path == "/v1/cases/{id}/claims" || row.method != "GET" || !row.path.starts_with("/v1/cases/{id}") ||
        !row.who.contains("lead") || row.path.find("{piece}") != std::string::npos) {
      continue;
    }
    Looked house;
    std::string path = row.path;
    path.replace(path.find("{id}"), 4, house.case_id);
    const std::size_t before = house.desk.reads.all().size();
    ASSERT_EQ(house.desk.ask("GET", path, house.lead).status, 200) << path;
    const auto after = house.desk.reads.all();
    ASSERT_GT(after.size(), before) << row.path << " was read and nothing says so";
    EXPECT_TRUE(after.back().starts_with(house.case_id)) << row.path;
  }
}

}  // namespace
}  // namespace heed::api
