#include "api/testing_desk.h"
#include "assess/plan.h"
#include "casework/decisions.h"

namespace heed::api {
namespace {

using nlohmann::json;

json rule_in(const Answer& rules, std::string_view id) {
  for (const json& rule : rules.body["items"]) {
    if (rule["rule"] == id) {
      return rule;
    }
  }
  return {};
}

TEST(Rules, AreStoppedAtOnceWithWhoAndWhy) {
  TestingDesk house;
  auto admin = house.staff({"admin"}), analyst = house.staff({"analyst"});
  auto rules = house.ask("GET", "/v1/rules", analyst);
  ASSERT_EQ(rules.status, 200) << rules.raw.body;
  ASSERT_FALSE(rules.body["items"].empty());
  std::string id;
  for (const json& rule : rules.body["items"]) {
    id = rule["mode"] == "on" ? rule["rule"].get<std::string>() : id;
  }
  ASSERT_FALSE(id.empty());
  EXPECT_EQ(house.ask("POST", "/v1/rules/" + id + "/mode", analyst, R"({"mode":"off","reason":"x"})").status, 403);
  EXPECT_EQ(house.ask("POST", "/v1/rules/no_such_rule/mode", admin, R"({"mode":"off","reason":"x"})").status, 404);
  EXPECT_EQ(house.ask("POST", "/v1/rules/" + id + "/mode", admin, R"({"mode":"louder","reason":"x"})").status, 422);
  EXPECT_EQ(house.ask("POST", "/v1/rules/" + id + "/mode", admin, R"({"mode":"off"})").status, 422) << "why?";
  auto off =
      house.ask("POST", "/v1/rules/" + id + "/mode", admin, R"({"mode":"off","reason":"It flags a football club."})");
  ASSERT_EQ(off.status, 200) << off.raw.body;
  EXPECT_EQ(off.body["mode"], "off");
  const json stopped = rule_in(house.ask("GET", "/v1/rules", analyst), id);
  EXPECT_EQ(stopped["mode"], "off");
  EXPECT_EQ(stopped["pack_mode"], "on");
  EXPECT_EQ(stopped["switched"]["reason"], "It flags a football club.");
  EXPECT_TRUE(stopped["switched"].contains("staff"));
  auto on = house.ask("POST", "/v1/rules/" + id + "/mode", admin, R"({"mode":"on","reason":"It no longer does."})");
  EXPECT_EQ(on.body["mode"], "on");
}

TEST(Rules, WhatTheyDidIsListedAndTakenBack) {
  TestingDesk house;
  auto lead = house.staff({"lead"});
  house.tell("p1", "hello", "a9", "t1");
  house.report("t1", "p1");
  auto view = house.view();
  std::optional<casework::ItemRow> item;
  ASSERT_TRUE(ledger::scan<casework::ItemRow>(*view, {}, [&](const casework::ItemRow& row) { item = row; }));
  ASSERT_TRUE(item);
  casework::ItemVerdict verdict;
  verdict.item = item->id, verdict.outcome = casework::Outcome::Violation, verdict.clause = "hate", verdict.facts = "x";
  verdict.actions.push_back({policy::ActionKind::Hide, {}});
  auto decided = house.plane->command_and_wait<casework::DecideResult>([&](casework::Context& c) {
    return casework::decide_by_rule(c, {item->case_id, "rule:made_up@1", {verdict}});
  });
  ASSERT_TRUE(decided) << decided.error().message;
  auto effects = house.ask("GET", "/v1/rules/made_up/effects", lead);
  ASSERT_EQ(effects.body["items"].size(), 1U) << effects.raw.body;
  EXPECT_EQ(effects.body["items"][0]["actions"], json::array({"hide"}));
  EXPECT_EQ(effects.body["items"][0]["reversed"], false);
  EXPECT_EQ(
      house.ask("POST", "/v1/rules/made_up/effects/reversal", house.staff({"analyst"}), R"({"reason":"wrong"})").status,
      403);
  auto back = house.ask("POST", "/v1/rules/made_up/effects/reversal", lead, R"({"reason":"The rule was wrong."})");
  ASSERT_EQ(back.status, 200) << back.raw.body;
  EXPECT_EQ(back.body["reversed"], 1);
  EXPECT_EQ(house.ask("GET", "/v1/rules/made_up/effects", lead).body["items"][0]["reversed"], true);
  EXPECT_EQ(house.ask("POST", "/v1/rules/made_up/effects/reversal", lead, R"({"reason":"Again."})").body["reversed"],
            0);
}

}  // namespace
}  // namespace heed::api
