#include "api/testing_desk.h"

namespace heed::api {
namespace {

using nlohmann::json;

constexpr std::string_view kInsult =
    "shut your mouth, you worthless piece of trash, nobody in this town wants you here";

/// Reports it and decides it, as a violation.
void decide_one(TestingDesk& house, const TestingHouse::Who& reviewer, const std::string& id) {
  house.tell(id, kInsult, "a9", "t-" + id);
  house.report("t-" + id, id);
  auto claim = house.ask("POST", "/v1/queues/default/claims", reviewer);
  ASSERT_EQ(claim.status, 201);
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
}

TEST(Figures, AreJsonOrCsvAndTheSameNumbers) {
  TestingDesk house;
  auto reviewer = house.staff({"reviewer"}), analyst = house.staff({"analyst"});
  decide_one(house, reviewer, "p1");
  auto all = house.ask("GET", "/v1/figures?unit=reports", analyst);
  ASSERT_EQ(all.status, 200) << all.raw.body;
  ASSERT_EQ(all.body["items"].size(), 1U);
  EXPECT_EQ(all.body["items"][0]["received"], 1);
  EXPECT_EQ(all.body["items"][0]["settled_by_people"], 1);
  EXPECT_EQ(all.body["items"][0]["machine_share"], 0.0);
  auto posts = house.ask("GET", "/v1/figures?unit=posts&by=clause&interval=day", analyst);
  ASSERT_EQ(posts.body["items"].size(), 1U) << posts.raw.body;
  EXPECT_EQ(posts.body["items"][0]["key"], "targeted_harassment");
  EXPECT_TRUE(posts.body["items"][0]["overturned_share"].is_null()) << "no appeal, no share";
  auto csv = house.ask("GET", "/v1/figures?unit=posts&by=clause&interval=day", analyst, {}, {{"Accept", "text/csv"}});
  EXPECT_EQ(csv.raw.header("content-type"), "text/csv; charset=utf-8");
  EXPECT_TRUE(csv.raw.body.starts_with("from,to,clause,decided,by_machine,by_people,violations")) << csv.raw.body;
  EXPECT_NE(csv.raw.body.find(",\"targeted_harassment\",1,0,1,1,"), std::string::npos) << csv.raw.body;
  auto rules = house.ask("GET", "/v1/figures?unit=posts&by=rule", analyst);
  EXPECT_NE(rules.raw.body.find("\"confirmed\":1"), std::string::npos) << rules.raw.body;
  for (const char* bad :
       {"unit=people", "by=author", "interval=hour", "from=2020-01-01T00:00:00Z&to=2019-01-01T00:00:00Z"}) {
    EXPECT_EQ(house.ask("GET", std::string("/v1/figures?") + bad, analyst).status, 422) << bad;
  }
}

TEST(Figures, ThePublicSeesNoSmallNumbersNoDaysAndNoRules) {
  TestingDesk house;
  auto reviewer = house.staff({"reviewer"});
  for (int i = 0; i < 11; ++i) {
    decide_one(house, reviewer, "p" + std::to_string(i));
  }
  for (const auto& who : {TestingHouse::nobody(), house.user("t1"), reviewer, house.platform()}) {
    EXPECT_EQ(house.ask("GET", "/v1/figures?by=rule", who).status, 403);
    EXPECT_EQ(house.ask("GET", "/v1/figures?interval=day", who).status, 403);
    auto week = house.ask("GET", "/v1/figures?unit=posts&interval=week", who);
    ASSERT_EQ(week.status, 200) << week.raw.body;
    EXPECT_EQ(week.body["items"][0]["violations"], 11);
  }
  decide_one(house, reviewer, "q");
  house.clock.advance(std::chrono::hours(24 * 31));
  reviewer = house.staff({"reviewer"});  // the other's session is over
  for (int i = 0; i < 3; ++i) {
    decide_one(house, reviewer, "r" + std::to_string(i));
  }
  auto month = house.ask("GET", "/v1/figures?unit=posts");
  ASSERT_EQ(month.body["items"].size(), 1U);
  EXPECT_TRUE(month.body["items"][0]["violations"].is_null()) << "three people would be told of";
  EXPECT_TRUE(month.body["items"][0]["median_seconds"].is_null());
  EXPECT_EQ(month.body["items"][0]["appealed"], 0);
}

TEST(Figures, BehindThemStandDecisionsWithTheirCasesForLeadsAlone) {
  TestingDesk house;
  auto reviewer = house.staff({"reviewer"}), lead = house.staff({"lead"}), analyst = house.staff({"analyst"});
  decide_one(house, reviewer, "p1");
  decide_one(house, reviewer, "p2");
  auto all = house.ask("GET", "/v1/decisions", lead);
  ASSERT_EQ(all.status, 200) << all.raw.body;
  ASSERT_EQ(all.body["items"].size(), 2U);
  EXPECT_GT(all.body["items"][0]["decision_id"], all.body["items"][1]["decision_id"]) << "newest first";
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + all.body["items"][0]["case_id"].get<std::string>(), lead).status, 200);
  EXPECT_FALSE(all.body["items"][0]["by_machine"].get<bool>());
  EXPECT_EQ(all.raw.body.find("stf_"), std::string::npos) << "what was decided, not by whom";
  EXPECT_FALSE(all.body.contains("next_cursor"));

  auto first = house.ask("GET", "/v1/decisions?limit=1", lead);
  ASSERT_EQ(first.body["items"].size(), 1U);
  ASSERT_TRUE(first.body.contains("next_cursor"));
  auto second = house.ask("GET", "/v1/decisions?limit=1&cursor=" + first.body["next_cursor"].get<std::string>(), lead);
  ASSERT_EQ(second.body["items"].size(), 1U) << second.raw.body;
  EXPECT_EQ(second.body["items"][0], all.body["items"][1]);

  auto size = [&](const std::string& query) {
    auto answer = house.ask("GET", "/v1/decisions?" + query, lead);
    EXPECT_EQ(answer.status, 200) << query << answer.raw.body;
    return answer.body["items"].size();
  };
  EXPECT_EQ(size("clause=targeted_harassment"), 2U);
  EXPECT_EQ(size("clause=spam"), 0U);
  EXPECT_EQ(size("by=people"), 2U);
  EXPECT_EQ(size("by=machine"), 0U);
  EXPECT_EQ(size("reversed=true"), 0U);
  EXPECT_EQ(size("reversed=false"), 2U);
  EXPECT_EQ(size("from=2001-01-01T00:00:00Z&to=2001-02-01T00:00:00Z"), 0U);
  EXPECT_EQ(size("from=2099-01-01T00:00:00Z&to=2099-02-01T00:00:00Z"), 0U) << "days that have not come";
  for (const char* bad : {"by=author", "reversed=maybe", "from=2020-01-02T00:00:00Z&to=2020-01-01T00:00:00Z",
                          "from=2001-01-01T00:00:00Z&to=2020-01-01T00:00:00Z", "cursor=x", "limit=0"}) {
    const int status = house.ask("GET", std::string("/v1/decisions?") + bad, lead).status;
    EXPECT_TRUE(status == 422 || status == 404) << bad << " " << status;
  }
  EXPECT_EQ(house.ask("GET", "/v1/decisions", analyst).status, 403);
  EXPECT_EQ(house.ask("GET", "/v1/decisions", reviewer).status, 403);

  ASSERT_EQ(house.ask("POST", "/v1/ties", lead, json{{"kind", "declared"}, {"account_id", "a9"}}.dump()).status, 201);
  EXPECT_EQ(size(""), 0U) << "behind a wall there is nothing";
}

TEST(Figures, SayHowMuchLiesWithWhom) {
  TestingDesk house;
  auto reviewer = house.staff({"reviewer"}), other = house.staff({"reviewer"}), lead = house.staff({"lead"});
  house.staff({"analyst"});
  decide_one(house, reviewer, "p1");
  house.tell("p2", kInsult, "a9", "t-p2");
  house.report("t-p2", "p2");
  ASSERT_EQ(house.ask("POST", "/v1/queues/default/claims", other).status, 201);
  auto load = house.ask("GET", "/v1/workload", lead);
  ASSERT_EQ(load.status, 200) << load.raw.body;
  EXPECT_TRUE(load.body["counted_back_to"].is_null());
  ASSERT_EQ(load.body["items"].size(), 3U) << "whoever may hold cases; an analyst may not";
  json busy, done;
  for (const json& one : load.body["items"]) {
    if (one["cases_held"] == 1) {
      busy = one;
    } else if (one["decided"] == 1) {
      done = one;
    }
  }
  EXPECT_EQ(busy["posts_held"], 1);
  EXPECT_EQ(busy["decided"], 0);
  EXPECT_EQ(done["cases_held"], 0) << "what is decided is not held";
  EXPECT_NE(busy["alias"], done["alias"]);
  auto before = house.ask("GET", "/v1/workload?from=2001-01-01T00:00:00Z&to=2001-02-01T00:00:00Z", lead);
  for (const json& one : before.body["items"]) {
    EXPECT_EQ(one["decided"], 0);
  }
  EXPECT_EQ(house.ask("GET", "/v1/workload", reviewer).status, 403);
}

}  // namespace
}  // namespace heed::api
