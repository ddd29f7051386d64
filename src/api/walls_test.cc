#include <set>
#include <thread>

#include "api/testing_desk.h"
#include "api/testing_routes.h"
#include "casework/clocks.h"
#include "http/testing.h"

/// Conflict walls at every route, for every role: a case of one's own, of somebody followed, blocked or known, of
/// whoever reported one, or to whom a tie was declared, does not exist.
namespace heed::api {
namespace {

using nlohmann::json;

/// A case with everything in it that has an id: items, a claim, a decision, an appeal, an alarm.
class Walled {
 public:
  Walled() {
    // The first one answers somebody who spoke of somebody, and names a third.
    post(R"({"id":"above","text":"let us hear them","author":{"id":"opener"},"mentions":["spoken_of"],)");
    post(R"({"id":"w0","text":"you are a fool and a liar","author":{"id":"writer"},"mentions":["victim","named"],)"
         R"("reply_to":{"post_id":"above","account_id":"opener"},)");
    for (int i = 1; i < 4; ++i) {
      desk.tell("w" + std::to_string(i), "you are a fool and a liar", "writer", "victim");
    }
    const Answer receipt = desk.ask("POST", "/v1/reports", desk.user("victim"), desk.pile_json("victim"));
    EXPECT_EQ(receipt.status, 201);
    desk.settle();
    case_id = desk.real_case("victim", receipt);
    decider = desk.staff({"reviewer", "lead"});
    claim = ask("POST", "/v1/queues/default/claims", R"({"items_max":1})")["claim_id"];
    const json item = ask("GET", "/v1/claims")["items"][0]["items"][0];
    const json decided = ask("POST", "/v1/cases/" + case_id.text() + "/decisions",
                             json{{"claim_id", claim},
                                  {"items", json::array({{{"item_id", item},
                                                          {"outcome", "violation"},
                                                          {"clause", "targeted_harassment"},
                                                          {"actions", json::array({{{"kind", "remove"}}})},
                                                          {"facts", "It insults her by name."}}})}}
                                 .dump());
    decision = decided["decisions"][0];
    const json held = ask("POST", "/v1/queues/default/claims", R"({"items_max":1})");
    proposal = ask("POST", "/v1/cases/" + case_id.text() + "/decisions",
                   json{{"claim_id", held["claim_id"]},
                        {"items", json::array({{{"item_id", held["items"][0]},
                                                {"outcome", "violation"},
                                                {"clause", "targeted_harassment"},
                                                {"actions", json::array({{{"kind", "suspend"}}})},
                                                {"facts", "It insults her by name."}}})}}
                       .dump())["proposal_id"];
    claim = ask("POST", "/v1/queues/default/claims", R"({"items_max":1})")["claim_id"];
    const std::string own = desk.aliases.text(desk.hasher.account("victim"), *DecisionId::parse(decision));
    EXPECT_EQ(desk.ask("POST", "/v1/decisions/" + own + "/appeals", desk.user("victim"), R"({"text":"More, please."})")
                  .status,
              201);
    appeal = ask("GET", "/v1/appeals")["items"][0]["appeal_id"];
    const json items = ask("GET", "/v1/cases/" + case_id.text() + "/items")["items"];
    for (const json& one : items) {
      secrets.insert(one["item_id"]);
    }
    secrets.insert({case_id.text(), claim, decision, appeal, proposal});
    // Another case, of nobody whom a wall names: so that lists are not empty for want of anything.
    desk.tell("q1", "you are a fool and a liar", "someone", "anybody");
    EXPECT_EQ(desk.report("anybody", "q1").status, 201);
    // The members of staff whose accounts are "mine": followed, blocked, reported.
    relate(R"({"kind":"follows","from":"follower","to":"writer","state":true})");
    relate(R"({"kind":"blocks","from":"victim","to":"blocked","state":true})");
    relate(R"({"kind":"follows","from":"fan","to":"named","state":true})");
    relate(R"({"kind":"contact","from":"known","to":"victim","state":true})");
    desk.tell("r1", "you are a fool and a liar", "reported");
    EXPECT_EQ(desk.report("victim", "r1").status, 201);
    desk.settle();
  }
  void post(const std::string& begin) {
    const Answer answer = desk.ask("POST", "/v1/posts", desk.platform(),
                                   begin + R"("created_at":")" + format_time(desk.clock.now()) + "\"}\n",
                                   {{"Content-Type", "application/x-ndjson"}});
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.raw.body.find("problem"), std::string::npos) << answer.raw.body;
  }
  void ring() {
    desk.clock.advance(std::chrono::hours(24 * 8));
    EXPECT_TRUE(
        desk.plane->command_and_wait<casework::Fired>([](casework::Context& c) { return casework::fire_due(c, 100); }));
    decider = desk.staff({"reviewer", "lead"});  // the session has idled out
  }
  json ask(std::string_view method, const std::string& path, std::string_view body = {}) {
    Answer answer = desk.ask(method, path, decider, body);
    EXPECT_LT(answer.status, 300) << method << " " << path << " " << answer.raw.body;
    return answer.body;
  }
  void relate(const std::string& line) {
    EXPECT_EQ(desk.ask("PUT", "/v1/relations", desk.platform(), line + "\n", {{"Content-Type", "application/x-ndjson"}})
                  .status,
              200);
  }
  /// Somebody with this role and this tie.
  TestingHouse::Who member(const std::string& role, std::string_view kind, std::string_view account) {
    auto who = desk.staff({role});
    EXPECT_EQ(desk.ask("POST", "/v1/ties", who, json{{"kind", kind}, {"account_id", account}}.dump()).status, 201);
    return who;
  }

  /// The path with the case's own ids in it; with `none` ids of the same kinds that nothing has.
  std::string target(const RouteRow& row, bool none) const {
    std::string path = row.path;
    auto put = [&](std::string_view name, const std::string& value) {
      if (auto at = path.find(name); at != std::string::npos) {
        path.replace(at, name.size(), none ? value.substr(0, 4) + "01ARZ3NDEKTSV4RRFFQ69G5FAV" : value);
      }
    };
    for (auto [folder, id] : {std::pair<std::string, std::string>{"cases", case_id.text()},
                              {"claims", claim},
                              {"decisions", decision},
                              {"proposals", proposal},
                              {"appeals", appeal},
                              {"alarms", alarm}}) {
      if (path.starts_with("/v1/" + folder + "/{id}") && !id.empty()) {
        put("{id}", id);
      }
    }
    put("{id}", "evt_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    put("{hold}", "hld_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    put("{session}", "ses_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    put("{piece}", "pce_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    if (auto at = path.find("{name}"); at != std::string::npos) {
      path.replace(at, 6, "default");
    }
    return path == "/v1/piles" ? path + "?target=victim&since=2026-11-21T17:00:00.000Z" : path;
  }
  /// Bodies that are in order, so that it is the wall that answers and not the form.
  std::string body(const RouteRow& row) const {
    const json verdict = {{"outcome", "no_violation"}, {"clause", "targeted_harassment"}};
    json item = verdict;
    item["item_id"] = *std::next(secrets.begin());
    for (const std::string& secret : secrets) {
      if (secret.starts_with("itm_")) {
        item["item_id"] = secret;
      }
    }
    const std::map<std::string, json> bodies = {
        {"/messages", {{"text", "hello"}}},
        {"/escalation", {{"reason", "hello"}}},
        {"/holds", {{"reason", "hello"}, {"until", "2027-01-01T00:00:00.000Z"}}},
        {"/question", {{"to", 1}, {"text", "hello"}}},
        {"/decisions", {{"claim_id", claim}, {"items", json::array({item})}}},
        {"/preview", {{"claim_id", claim}, {"items", json::array({item})}}},
        {"/reversal", {{"reason", "hello"}}},
        {"/decision", {{"outcome", "upheld"}, {"reason", "hello"}}},
        {"/return", {{"reason", "hello"}}},
        {"/v1/searches", {{"words", "fool"}, {"state", "all"}}},
        {"/unmaskings", {{"party", 1}, {"reason", "The police ask for a call."}}},
        {"/contacts", {{"case_id", case_id.text()}, {"party", 1}, {"said", "hello"}, {"channel", "visit"}}}};
    if (row.method == "GET" || row.method == "DELETE") {
      return "";
    }
    for (const auto& [end, json] : bodies) {
      if (row.path.ends_with(end)) {
        return json.dump();
      }
    }
    return "{}";
  }
  http::ClientResponse call(const RouteRow& row, const TestingHouse::Who& who, bool none) {
    return desk.call(row.method, target(row, none), who, body(row), {{"Content-Type", "application/json"}});
  }

  TestingDesk desk;
  TestingHouse::Who decider;
  CaseId case_id;
  std::string claim, decision, proposal, appeal, alarm;
  std::set<std::string> secrets;
};

const std::vector<std::string> kRoles = {"triage", "reviewer", "lead", "legal", "analyst", "admin"};
struct Because {
  const char *name, *kind, *account;
};
constexpr Because kWalls[] = {
    {"own account is the author", "own", "writer"},         {"own account is the target", "own", "victim"},
    {"own account follows the author", "own", "follower"},  {"the target blocks the own account", "own", "blocked"},
    {"own account knows the target", "own", "known"},       {"the target reported the own account", "own", "reported"},
    {"a declared tie to the author", "declared", "writer"}, {"a declared tie to the target", "declared", "victim"},
    {"own account is named in a post", "own", "named"},     {"own account wrote what is answered", "own", "opener"},
    {"own account is named above", "own", "spoken_of"},     {"own account follows whom a post names", "own", "fan"}};

json plain(const http::ClientResponse& answer) {
  json body = json::parse(answer.body, nullptr, false);
  if (body.is_object()) {
    body.erase("request_id");
  }
  return body;
}

TEST(Walls, HoldAtEveryRouteForEveryRole) {
  Walled house;
  house.ring();
  const json alarms = house.ask("GET", "/v1/alarms?state=all")["items"];
  for (const json& one : alarms) {
    if (one["case_id"] == house.case_id.text()) {
      house.alarm = one["alarm_id"];
      house.secrets.insert(house.alarm);
    }
  }
  ASSERT_FALSE(house.alarm.empty());
  for (const std::string& role : kRoles) {
    for (const Because& because : kWalls) {
      const auto who = house.member(role, because.kind, because.account);
      for (const RouteRow& row : route_rows()) {
        // Those that would end the session, or move the clock for everybody after.
        if (!row.who.contains(role) || row.path.starts_with("/v1/session") || row.path == "/v1/ties") {
          continue;
        }
        const std::string where = row.method + " " + row.path + " by " + role + ", " + because.name;
        const http::ClientResponse answer = house.call(row, who, /*none=*/false);
        for (const std::string& secret : house.secrets) {
          EXPECT_EQ(answer.body.find(secret), std::string::npos) << where << ": " << answer.body.substr(0, 300);
        }
        const bool named = house.target(row, false) != house.target(row, true);
        if (named && row.path.find("/rules/") == std::string::npos) {
          const http::ClientResponse none = house.call(row, who, /*none=*/true);
          EXPECT_EQ(answer.status, none.status) << where << ": " << answer.body.substr(0, 300);
          EXPECT_EQ(plain(answer), plain(none)) << where;
        }
      }
    }
  }
  // Nothing of all this has been done.
  EXPECT_EQ(house.ask("GET", "/v1/cases/" + house.case_id.text())["holds"], 0);
  const json appeals = house.ask("GET", "/v1/appeals");
  EXPECT_EQ(appeals["items"].size(), 1U);
}

TEST(Walls, StandBeforeNobodyElse) {
  Walled house;
  for (const std::string role : {"triage", "reviewer", "lead", "legal"}) {
    const auto who = house.member(role, "own", "bystander");
    const std::string path = "/v1/cases/" + house.case_id.text();
    EXPECT_EQ(house.desk.ask("GET", path, who).status, 200) << role;
    EXPECT_EQ(house.desk.ask("GET", path + "/items", who).status, 200) << role;
    EXPECT_NE(house.desk.ask("GET", "/v1/cases", who).raw.body.find(house.case_id.text()), std::string::npos) << role;
  }
  // Who only follows the own account is a stranger, as a public person's followers are.
  house.relate(R"({"kind":"follows","from":"writer","to":"bystander","state":true})");
  EXPECT_EQ(
      house.desk.ask("GET", "/v1/cases/" + house.case_id.text(), house.member("reviewer", "own", "bystander")).status,
      200);
}

TEST(Walls, CountsAndClaimsGoRoundThem) {
  Walled house;
  auto cases = [&](const TestingHouse::Who& who) {
    int n = 0;
    const json body = house.desk.ask("GET", "/v1/queues", who).body;
    for (const json& queue : body["items"]) {
      for (const json& lane : queue["lanes"]) {
        n += lane["cases"].get<int>();
      }
    }
    return n;
  };
  const auto other = house.desk.staff({"reviewer"}), walled = house.member("reviewer", "declared", "victim");
  EXPECT_EQ(cases(other), 3);
  EXPECT_EQ(cases(walled), 1);
  EXPECT_EQ(house.desk.ask("GET", "/v1/queues/default", walled).body["items"].size(), 1U);
  const Answer claim = house.desk.ask("POST", "/v1/queues/default/claims", walled);
  ASSERT_EQ(claim.status, 201);
  EXPECT_NE(claim.body["case_id"], house.case_id.text());
  EXPECT_EQ(house.desk.ask("POST", "/v1/queues/default/claims", walled).status, 204) << "nothing else is for them";
  const std::string body = json{{"case_id", house.case_id.text()}}.dump();
  const std::string none = json{{"case_id", "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV"}}.dump();
  const Answer one = house.desk.ask("POST", "/v1/queues/default/claims", walled, body);
  EXPECT_EQ(one.status, 404);
  EXPECT_EQ(plain(one.raw), plain(house.desk.ask("POST", "/v1/queues/default/claims", walled, none).raw));
}

TEST(Walls, AThreatToLifeGoesToSomebodyElseToo) {
  TestingDesk desk;
  desk.tell("p1", "I know where you live and I will kill you tonight", "a1", "victim");
  desk.settle();
  const auto walled = desk.staff({"reviewer"}), other = desk.staff({"reviewer"});
  ASSERT_EQ(desk.ask("POST", "/v1/ties", walled, R"({"kind":"own","account_id":"a1"})").status, 201);
  EXPECT_EQ(desk.ask("POST", "/v1/queues/default/claims", walled).status, 204);
  EXPECT_EQ(desk.ask("POST", "/v1/queues/default/claims", other).status, 201);
}

TEST(Walls, DeclaringATieGivesBackWhatWasClaimed) {
  Walled house;
  const auto walled = house.desk.staff({"reviewer"}), other = house.desk.staff({"reviewer"});
  const json body{{"case_id", house.case_id.text()}};
  ASSERT_EQ(house.desk.ask("POST", "/v1/queues/default/claims", walled, body.dump()).status, 201);
  EXPECT_EQ(house.desk.ask("POST", "/v1/queues/default/claims", other, body.dump()).status, 409);
  ASSERT_EQ(house.desk.ask("POST", "/v1/ties", walled, R"({"account_id":"victim"})").status, 201);
  EXPECT_TRUE(house.desk.ask("GET", "/v1/claims", walled).body["items"].empty());
  EXPECT_EQ(house.desk.ask("POST", "/v1/queues/default/claims", other, body.dump()).status, 201);
}

TEST(Walls, AnOpenStreamOfTheCaseEnds) {
  Walled house;
  const auto who = house.desk.staff({"reviewer"});
  std::string headers = "Accept: text/event-stream\r\n";
  for (const auto& [name, value] : who) {
    headers += name + ": " + value + "\r\n";
  }
  http::testing::RawSocket stream(house.desk.port());
  ASSERT_TRUE(stream.send(http::testing::get("/v1/cases/" + house.case_id.text(), headers)));
  stream.read_until("report_received");
  ASSERT_EQ(house.desk.ask("POST", "/v1/ties", who, R"({"account_id":"victim"})").status, 201);
  house.desk.plane->poke();
  house.desk.settle();
  ASSERT_EQ(house.desk
                .ask("POST", "/v1/cases/" + house.case_id.text() + "/messages", house.decider,
                     R"({"text":"what the wall hides"})")
                .status,
            201);
  house.desk.plane->poke();
  EXPECT_EQ(stream.read_until("0\r\n\r\n").find("what the wall hides"), std::string::npos);
}

TEST(Walls, AColleagueBehindOneCannotBeHandedTheCase) {
  Walled house;
  house.member("reviewer", "declared", "victim");
  const std::string to = house.desk.last_staff.text();
  const Answer answer = house.desk.ask("POST", "/v1/cases/" + house.case_id.text() + "/handover", house.decider,
                                       json{{"to", to}, {"reason", "Yours was the first look."}}.dump());
  EXPECT_EQ(answer.status, 422);
  EXPECT_EQ(answer.body["errors"][0]["pointer"], "/to");
}

TEST(Walls, AHandoverThatWaitsIsGoneWithTheWall) {
  Walled house;
  const auto who = house.desk.staff({"reviewer"});
  const std::string to = house.desk.last_staff.text();
  ASSERT_EQ(house.desk
                .ask("POST", "/v1/cases/" + house.case_id.text() + "/handover", house.decider,
                     json{{"to", to}, {"reason", "Yours was the first look."}}.dump())
                .status,
            201);
  const json waiting = house.desk.ask("GET", "/v1/handovers", who).body["items"];
  ASSERT_EQ(waiting.size(), 1U);
  ASSERT_EQ(house.desk.ask("POST", "/v1/ties", who, R"({"account_id":"victim"})").status, 201);
  EXPECT_TRUE(house.desk.ask("GET", "/v1/handovers", who).body["items"].empty());
  const std::string path = "/v1/handovers/" + waiting[0]["handover_id"].get<std::string>() + "/acknowledgement";
  EXPECT_EQ(house.desk.ask("POST", path, who).status, 404);
}

TEST(Walls, LeadsSeeThatOneStandsAndNobodySeesWhy) {
  Walled house;
  house.member("reviewer", "declared", "victim");
  const std::string declared = house.desk.last_staff.text();
  house.member("reviewer", "own", "follower");
  const std::string follows = house.desk.last_staff.text();
  house.member("reviewer", "own", "bystander");
  const Answer answer = house.desk.ask("GET", "/v1/cases/" + house.case_id.text() + "/walls", house.decider);
  std::set<std::string> found;
  for (const json& one : answer.body["items"]) {
    EXPECT_EQ(one.size(), 2U) << "an id and an alias, no reason";
    found.insert(one["id"]);
  }
  EXPECT_EQ(found, (std::set<std::string>{declared, follows}));
}

TEST(Walls, AreNamedByOneselfAndRefusalsAreLogged) {
  Walled house;
  const auto who = house.member("reviewer", "declared", "victim"), other = house.desk.staff({"admin"});
  const json mine = house.desk.ask("GET", "/v1/ties", who).body["items"];
  ASSERT_EQ(mine.size(), 1U);
  EXPECT_EQ(mine[0]["account_id"], "victim");
  EXPECT_TRUE(house.desk.ask("GET", "/v1/ties", other).body["items"].empty());
  const std::string path = "/v1/ties/" + mine[0]["tie_id"].get<std::string>();
  EXPECT_EQ(house.desk.ask("DELETE", path, other).status, 404);
  EXPECT_EQ(house.desk.ask("GET", "/v1/cases/" + house.case_id.text(), who).status, 404);
  const auto noted = house.desk.reads.all();
  EXPECT_TRUE(std::find(noted.begin(), noted.end(), house.case_id.text() + " refused by a wall") != noted.end());
  EXPECT_EQ(house.desk.ask("DELETE", path, who).status, 204);
  EXPECT_EQ(house.desk.ask("GET", "/v1/cases/" + house.case_id.text(), who).status, 200);
  EXPECT_EQ(house.desk.ask("POST", "/v1/ties", who, R"({"account_id":""})").status, 422);
  EXPECT_EQ(house.desk.ask("POST", "/v1/ties", who, R"({"account_id":"a","kind":"friend"})").status, 422);
}

}  // namespace
}  // namespace heed::api
