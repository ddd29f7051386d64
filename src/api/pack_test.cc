#include <set>

#include "api/testing_desk.h"
#include "assess/plan.h"
#include "policy/builtin.h"

/// What policy authors try before it goes anywhere, and what administrators do with keys and deliveries.
namespace heed::api {
namespace {

using nlohmann::json;

constexpr std::string_view kRule = R"(- id: talks_of_moss
  version: "2026-11-22"
  clause: targeted_harassment
  why: "moss"
  when: post.text.contains("moss")
  signals: [{category: harassment, score: 0.99}]
  mode: on
  examples:
    match: ["moss everywhere"]
    no_match: ["ferns"]
)";

struct Authors {
  TestingDesk house;
  TestingHouse::Who lead = house.staff({"lead"}), analyst = house.staff({"analyst"}),
                    reviewer = house.staff({"reviewer"});

  /// A post that a person has judged.
  void judged(const std::string& id, const std::string& text, bool violation) {
    house.tell(id, text, "author" + id, "target" + id);
    ASSERT_EQ(house.report("target" + id, id).status, 201);
    house.settle();
    const json claim = house.ask("POST", "/v1/queues/default/claims", reviewer).body;
    json item{{"item_id", claim["items"][0]},
              {"clause", "targeted_harassment"},
              {"outcome", violation ? "violation" : "no_violation"}};
    if (violation) {
      item["facts"] = "It insults her.";
      item["actions"] = json::array({{{"kind", "remove"}}});
    }
    const json verdict{{"claim_id", claim["claim_id"]}, {"items", json::array({item})}};
    ASSERT_EQ(
        house.ask("POST", "/v1/cases/" + claim["case_id"].get<std::string>() + "/decisions", reviewer, verdict.dump())
            .status,
        201);
  }
  Answer trial(const json& body, const TestingHouse::Who& who) {
    return house.ask("POST", "/v1/pack/trials", who, body.dump());
  }
  static json rules(std::string_view text) {
    return json::array({{{"name", "rules/moss.yaml"}, {"text", std::string(text)}}});
  }
};

TEST(Pack, ShowsItsFilesAsTheyAre) {
  Authors a;
  const Answer pack = a.house.ask("GET", "/v1/pack", a.analyst);
  ASSERT_EQ(pack.status, 200);
  std::map<std::string, int> kinds;
  for (const json& file : pack.body["files"]) {
    ++kinds[file["kind"]];
  }
  EXPECT_GT(kinds["lists"], 5);
  EXPECT_GT(kinds["rules"], 5);
  EXPECT_GT(kinds["scenarios"], 5);
  const Answer file = a.house.ask("GET", "/v1/pack/file?kind=rules&name=rules/spam.yaml", a.analyst);
  ASSERT_EQ(file.status, 200) << file.raw.body;
  EXPECT_EQ(file.body["text"], std::string(policy::default_policy_file("rules/spam.yaml")));
  EXPECT_EQ(a.house.ask("GET", "/v1/pack/file?kind=rules&name=../../secret", a.analyst).status, 404);
  EXPECT_EQ(a.house.ask("GET", "/v1/pack/file?kind=rules&name=spam", a.analyst).status, 404);
}

TEST(Pack, ATrialOfNothingFindsNothing) {
  Authors a;
  const Answer answer = a.trial({{"posts", 10}}, a.lead);
  ASSERT_EQ(answer.status, 200) << answer.raw.body;
  EXPECT_TRUE(answer.body["faults"].empty());
  EXPECT_TRUE(answer.body["examples"].empty()) << answer.body["examples"].dump();
  EXPECT_GT(answer.body["scenarios"].size(), 5U);
  for (const json& scenario : answer.body["scenarios"]) {
    EXPECT_TRUE(scenario["failures"].empty()) << scenario.dump();
  }
  EXPECT_TRUE(answer.body["changes"].empty());
}

TEST(Pack, ATrialTellsFaultsByFileAndLine) {
  Authors a;
  std::string wrong(kRule);
  wrong.replace(wrong.find("post.text"), 9, "post.txet");
  const Answer answer = a.trial({{"rules", Authors::rules(wrong)}}, a.lead);
  ASSERT_EQ(answer.status, 200) << answer.raw.body;
  ASSERT_FALSE(answer.body["faults"].empty());
  EXPECT_NE(answer.body["faults"][0].dump().find("rules/moss.yaml:5"), std::string::npos)
      << answer.body["faults"].dump();
}

TEST(Pack, ATrialHoldsARuleToItsExamplesAndToScenarios) {
  Authors a;
  std::string wrong(kRule);
  wrong.replace(wrong.find("[\"ferns\"]"), 9, "[\"moss!\"]");
  const Answer answer =
      a.trial({{"rules", Authors::rules(wrong)},
               {"scenario",
                "post actor=u1 text=\"moss everywhere\"\nexpect verdict=flag\npost actor=u1 text=\"a fern\"\n"
                "expect verdict=flag\n"}},
              a.lead);
  ASSERT_EQ(answer.status, 200) << answer.raw.body;
  ASSERT_EQ(answer.body["examples"].size(), 1U) << answer.body["examples"].dump();
  const json& own = answer.body["scenarios"].back();
  EXPECT_EQ(own["name"], "yours");
  EXPECT_EQ(own["expectations"], 2);
  ASSERT_EQ(own["failures"].size(), 1U) << own.dump();
  EXPECT_NE(own["failures"][0].get<std::string>().find("yours:4"), std::string::npos);
}

TEST(Pack, ATrialIsHeldAgainstWhatPeopleJudged) {
  Authors a;
  a.judged("p1", "your garden is nothing but moss", true);
  a.judged("p2", "I like the moss at your door", false);
  a.judged("p3", "lovely ferns", false);
  const Answer answer = a.trial({{"rules", Authors::rules(kRule)}}, a.lead);
  ASSERT_EQ(answer.status, 200) << answer.raw.body;
  EXPECT_EQ(answer.body["posts"], 3);
  const json rule{{"rule", "talks_of_moss"}, {"violations", 1}, {"no_violations", 1}};
  EXPECT_NE(std::find(answer.body["rules"].begin(), answer.body["rules"].end(), rule), answer.body["rules"].end())
      << answer.body["rules"].dump();
  ASSERT_EQ(answer.body["changes"].size(), 1U) << answer.body["changes"].dump();
  EXPECT_EQ(answer.body["changes"][0]["before"], "allow");
  EXPECT_EQ(answer.body["changes"][0]["examples"].size(), 2U);
  // Whoever may not read cases gets the counts and no words.
  const Answer counts = a.trial({{"rules", Authors::rules(kRule)}}, a.analyst);
  EXPECT_EQ(counts.body["changes"][0]["violations"], 1);
  EXPECT_EQ(counts.raw.body.find("garden"), std::string::npos);
}

TEST(Pack, ATrialChangesCountsAndKeepsNothing) {
  Authors a;
  a.judged("p1", "your garden is nothing but moss", true);
  const std::uint64_t events = a.house.store->figures().events;
  std::vector<std::uint64_t> fired;
  for (const auto& one : a.house.assessor->plan().figures()) {
    fired.push_back(one.fired + one.errors);
  }
  ASSERT_EQ(a.trial({{"rules", Authors::rules(kRule)}}, a.lead).status, 200);
  EXPECT_EQ(a.house.store->figures().events, events);
  std::vector<std::uint64_t> after;
  for (const auto& one : a.house.assessor->plan().figures()) {
    after.push_back(one.fired + one.errors);
  }
  EXPECT_EQ(after, fired);
  const Answer said = a.house.ask("POST", "/v1/assess", a.lead, R"({"text":"moss"})");
  EXPECT_EQ(said.body["verdict"], "allow");
}

TEST(Pack, ATrialNamesWhatItCannotRead) {
  Authors a;
  for (const auto& [body, pointer] : std::vector<std::pair<json, std::string>>{
           {{{"posts", 100000}}, "/posts"},
           {{{"rules", json::array({{{"name", "rules/../x.yaml"}, {"text", ""}}})}}, "/rules/0/name"},
           {{{"rules", json::array({{{"name", "lists/x.tsv"}, {"text", ""}}})}}, "/rules/0/name"},
           {{{"rules", json::array({{{"name", "rules/x.yaml"}}})}}, "/rules/0/text"},
           {{{"policy", "x"}}, "/policy"}}) {
    const Answer answer = a.trial(body, a.lead);
    EXPECT_EQ(answer.status, 422) << body << answer.raw.body;
    ASSERT_FALSE(answer.body["errors"].empty()) << body;
    EXPECT_EQ(answer.body["errors"][0]["pointer"], pointer);
  }
}

TEST(Keys, AreMadeShownAndRevokedByAdministrators) {
  TestingDesk house;
  auto admin = house.staff({"admin"});
  const Answer made = house.ask("POST", "/v1/keys", admin, R"({"name":"bridge","scopes":["cases:read"]})");
  ASSERT_EQ(made.status, 201) << made.raw.body;
  const std::string token = made.body["token"], id = made.body["key_id"];
  EXPECT_EQ(house.ask("GET", "/v1/cases", TestingHouse::bearer(token)).status, 200);
  EXPECT_EQ(house.ask("POST", "/v1/posts", TestingHouse::bearer(token), "", {{"Content-Type", "application/x-ndjson"}})
                .status,
            403);
  const Answer list = house.ask("GET", "/v1/keys", admin);
  EXPECT_EQ(list.raw.body.find(token), std::string::npos) << "seen once";
  bool listed = false;
  for (const json& key : list.body["items"]) {
    listed =
        listed || (key["key_id"] == id && key["scopes"] == json::array({"cases:read"}) && !key.contains("revoked_at"));
  }
  EXPECT_TRUE(listed);
  EXPECT_EQ(house.ask("DELETE", "/v1/keys/" + id, admin).status, 204);
  house.clock.advance(std::chrono::seconds(2));
  EXPECT_EQ(house.ask("GET", "/v1/cases", TestingHouse::bearer(token)).status, 401);
  EXPECT_EQ(house.ask("DELETE", "/v1/keys/key_01ARZ3NDEKTSV4RRFFQ69G5FAV", admin).status, 404);
}

TEST(Keys, AreNotMadeWithoutAScopeOrForTheTestClock) {
  TestingDesk house;
  auto admin = house.staff({"admin"});
  for (const auto& [body, pointer] :
       std::vector<std::pair<std::string, std::string>>{{R"({"name":"x","scopes":[]})", "/scopes"},
                                                        {R"({"name":"x"})", "/scopes"},
                                                        {R"({"name":"x","scopes":["test_clock"]})", "/scopes"},
                                                        {R"({"name":"x","scopes":["everything:now"]})", "/scopes"},
                                                        {R"({"name":"","scopes":["cases:read"]})", "/name"}}) {
    const Answer answer = house.ask("POST", "/v1/keys", admin, body);
    EXPECT_EQ(answer.status, 422) << body;
    ASSERT_FALSE(answer.body["errors"].empty());
    EXPECT_EQ(answer.body["errors"][0]["pointer"], pointer) << body;
  }
}

TEST(Deliveries, ListWhatWasGivenUpAndNothingElse) {
  TestingDesk house;
  auto admin = house.staff({"admin"});
  house.tell("p1", "you fool", "bob", "ann");
  ASSERT_EQ(house.report("ann", "p1").status, 201);
  house.settle();
  EXPECT_TRUE(house.ask("GET", "/v1/deliveries", admin).body["items"].empty());
  EXPECT_EQ(house.ask("POST", "/v1/deliveries/ntc_01ARZ3NDEKTSV4RRFFQ69G5FAV/replay", admin).status, 404);
  EXPECT_EQ(house.ask("GET", "/v1/deliveries?cursor=ntc_01ARZ3NDEKTSV4RRFFQ69G5FAV", admin).status, 422);
}

TEST(Deliveries, ListWhatWaitsWithItsTriesAndSendOnceMoreWhatWasGivenUp) {
  TestingDesk house({.platform_channel = casework::Channel::Webhook});  // nobody pumps the outbox: nothing arrives
  auto admin = house.staff({"admin"});
  house.tell("p1", "you worthless piece of trash", "bob", "veronica");
  ASSERT_EQ(house.report("veronica", "p1").status, 201);
  house.settle();
  const auto waiting = house.ask("GET", "/v1/deliveries?state=waiting", admin);
  ASSERT_EQ(waiting.status, 200) << waiting.raw.body;
  ASSERT_FALSE(waiting.body["items"].empty());
  const json one = waiting.body["items"][0];
  EXPECT_TRUE(one["given_up_at"].is_null());
  EXPECT_TRUE(one["next_try_at"].is_string());
  EXPECT_EQ(waiting.raw.body.find("veronica"), std::string::npos) << "not to whom";
  const std::string id = one["notice_id"], path = "/v1/deliveries/" + id + "/replay";
  EXPECT_EQ(house.ask("POST", path, admin).status, 409) << "it is on its way";
  auto view = house.view();
  const auto row = *ledger::get<casework::NoticeRow>(*view, *NoticeId::parse(id));
  ASSERT_TRUE(house.plane->command_and_wait<int>([&](casework::Context& c) -> Result<int> {
    TRY(c.append(row->case_id, casework::Notified{row->id, casework::NoticeState::Dead, 9, {}}));
    return 0;
  }));
  auto ids = [&](const std::string& state) {
    std::set<std::string> out;
    const json list = house.ask("GET", "/v1/deliveries?state=" + state, admin).body["items"];
    for (const json& entry : list) {
      out.insert(entry["notice_id"].get<std::string>());
    }
    return out;
  };
  EXPECT_TRUE(ids("given_up").contains(id));
  EXPECT_FALSE(ids("waiting").contains(id));
  EXPECT_EQ(house.ask("POST", path, admin).status, 204);
  EXPECT_FALSE(ids("given_up").contains(id));
  EXPECT_TRUE(ids("waiting").contains(id)) << "as if for the first time";
  EXPECT_EQ(house.ask("GET", "/v1/deliveries?state=sent", admin).status, 422);
}

TEST(Pack, IsHeldAgainstTheRecentPostsInCountsAlone) {
  Authors a;
  for (int i = 0; i < 7; ++i) {
    a.house.tell("m" + std::to_string(i), "moss everywhere, number " + std::to_string(i), "gardener");
  }
  a.house.tell("f", "ferns", "gardener");
  a.house.clock.advance(std::chrono::hours(2));
  a.house.tell("late", "moss again", "gardener");
  const Answer all = a.trial({{"rules", Authors::rules(kRule)}, {"posts", 0}, {"recent", 100}}, a.analyst);
  ASSERT_EQ(all.status, 200) << all.raw.body;
  const json& recent = all.body["recent"];
  EXPECT_EQ(recent["posts"], 9);
  EXPECT_EQ(recent["complete"], true);
  ASSERT_EQ(recent["rules"].size(), 1U);
  EXPECT_EQ(recent["rules"][0], (json{{"rule", "talks_of_moss"}, {"posts", 8}}));
  ASSERT_EQ(recent["changes"].size(), 1U);
  EXPECT_EQ(recent["changes"][0]["posts"], 8);
  EXPECT_EQ(all.raw.body.find("moss everywhere, number"), std::string::npos) << "nobody has reported them";
  const Answer newest = a.trial({{"rules", Authors::rules(kRule)}, {"posts", 0}, {"recent", 1}}, a.lead);
  EXPECT_EQ(newest.body["recent"]["posts"], 1);
  EXPECT_EQ(newest.body["recent"]["rules"][0]["posts"], 1) << "the newest hour first";
  a.house.tell("later", "ferns again", "gardener");
  const Answer two = a.trial({{"rules", Authors::rules(kRule)}, {"posts", 0}, {"recent", 1}}, a.lead);
  EXPECT_EQ(two.body["recent"]["posts"], 1);
  EXPECT_TRUE(two.body["recent"]["rules"].empty()) << "within an hour the newest too";
  EXPECT_FALSE(a.trial({{"rules", Authors::rules(kRule)}, {"posts", 0}}, a.lead).body.contains("recent"));
  EXPECT_EQ(a.trial({{"recent", 20'001}}, a.lead).status, 422);
  EXPECT_EQ(a.trial({{"recent", -1}}, a.lead).status, 422);
}

}  // namespace
}  // namespace heed::api
