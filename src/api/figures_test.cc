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

}  // namespace
}  // namespace heed::api
