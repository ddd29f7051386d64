#include <set>

#include "api/testing_desk.h"
#include "api/testing_routes.h"

/// Every kind of caller at every route. The routes come from the running server's own document; what each of them must
/// let in is written down here a second time, by hand: a route without a row fails, and so does a row without a route.
namespace heed::api {
namespace {

using nlohmann::json;

const std::vector<std::string> kRoles = {"triage", "reviewer", "lead", "legal", "analyst", "admin"};

struct Caller {
  std::string name;  ///< as in a row
  TestingHouse::Who headers;
  bool stranger = false;
  std::string case_id;  ///< as this caller would name the case
};

class House {
 public:
  explicit House(TestingHouse::Choices choices = {}) : desk(std::move(choices)) {
    desk.tell("p1", "you are a fool and a liar", "a1", "victim7");
    desk.tell("p2", "you are a fool and a liar", "a2", "other8");
    const Answer report = desk.report("victim7", "p1"), other = desk.report("other8", "p2");
    desk.settle();
    const std::string alias = TestingDesk::case_of(report);
    const CaseId real = desk.real_case("victim7", report), theirs = desk.real_case("other8", other);
    for (const std::string& role : kRoles) {
      callers.push_back({role, desk.staff({role}), false, real.text()});
    }
    callers.push_back({"users", desk.user("victim7"), false, alias});
    callers.push_back({"users", desk.user("other8"), true, alias});
    callers.push_back({"users", desk.user("other8"), true, real.text()});
    callers.push_back({"guests", desk.guest("victim7", real), false, alias});
    callers.push_back({"guests", desk.guest("other8", theirs), true, alias});
    callers.push_back({"", TestingHouse::nobody(), false, real.text()});
    callers.push_back({"", TestingHouse::bearer("hk_" + std::string(43, 'A')), false, real.text()});
  }

  /// The path with things in it that exist, or could.
  std::string target(const RouteRow& row, const std::string& case_id) const {
    std::string path = row.path;
    auto put = [&](std::string_view name, std::string_view value) {
      if (auto at = path.find(name); at != std::string::npos) {
        path.replace(at, name.size(), value);
      }
    };
    auto with = [&](std::string_view folder, std::string_view prefix) {
      if (path.starts_with("/v1/" + std::string(folder) + "/{id}")) {
        put("{id}", std::string(prefix) + "_01ARZ3NDEKTSV4RRFFQ69G5FAV");
      }
    };
    if (path.starts_with("/v1/cases/{id}")) {
      put("{id}", case_id);
    }
    for (auto [folder, prefix] : {std::pair{"alarms", "ntc"},
                                  {"appeals", "app"},
                                  {"claims", "clm"},
                                  {"decisions", "dec"},
                                  {"proposals", "prp"},
                                  {"second-looks", "slk"},
                                  {"reports", "rpt"},
                                  {"actions", "act"},
                                  {"keys", "key"},
                                  {"deliveries", "ntc"}}) {
      with(folder, prefix);
    }
    put("{id}", "some-id");
    put("{hold}", "hld_01ARZ3NDEKTSV4RRFFQ69G5FAV");
    put("{kind}", "hide");
    put("{name}", "default");
    put("{session}", "ses_AAAAAAAAAAAAAAAA");
    return path;
  }
  http::ClientResponse ask(const RouteRow& row, const Caller& caller) const {
    const std::string body = row.path.ends_with("/messages")                 ? R"({"text":"hello"})"
                             : row.path.ends_with("/relief")                 ? R"({"kind":"hide"})"
                             : row.method == "GET" || row.method == "DELETE" ? ""
                                                                             : "{}";
    return desk.call(row.method, target(row, caller.case_id), caller.headers, body,
                     {{"Content-Type", "application/json"}});
  }

  TestingDesk desk;
  std::vector<Caller> callers;
};

TEST(Authorisation, KnowsEveryRouteAndNoOther) {
  TestingDesk desk;
  std::set<std::string> served, written;
  for (const auto& [path, methods] : desk.contract.document()["paths"].items()) {
    for (const auto& [method, operation] : methods.items()) {
      std::string upper = method;
      std::transform(upper.begin(), upper.end(), upper.begin(),
                     [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
      served.insert(upper + " " + path);
    }
  }
  for (const RouteRow& row : route_rows()) {
    EXPECT_TRUE(written.insert(row.method + " " + row.path).second) << row.method << " " << row.path << " has two rows";
  }
  for (const std::string& route : served) {
    EXPECT_TRUE(written.contains(route)) << route << " has no row here: say who may call it";
  }
  for (const std::string& route : written) {
    EXPECT_TRUE(served.contains(route)) << route << " is not served";
  }
}

TEST(Authorisation, LetsInWhomTheRowNamesAndNobodyElse) {
  House house;
  for (const RouteRow& row : route_rows()) {
    if (row.path == "/metrics" || row.path == "/test/clock" || row.path == "/v1/session") {
      continue;  // by address; moves the clock; see sessions
    }
    for (const Caller& caller : house.callers) {
      const http::ClientResponse answer = house.ask(row, caller);
      const std::string where = row.method + " " + row.path + " by " + (caller.name.empty() ? "nobody" : caller.name) +
                                (caller.stranger ? " (stranger)" : "");
      if (row.who.contains("everybody")) {
        EXPECT_TRUE(answer.status != 401 && answer.status != 403) << where << ": " << answer.status;
      } else if (caller.name.empty()) {
        EXPECT_EQ(answer.status, 401) << where;
      } else if (!row.who.contains(caller.name)) {
        EXPECT_EQ(answer.status, 403) << where << ": " << answer.body.substr(0, 200);
      } else {
        EXPECT_TRUE(answer.status != 401 && answer.status != 403)
            << where << ": " << answer.status << " " << answer.body.substr(0, 200);
      }
    }
  }
}

TEST(Authorisation, WithoutTheSecondFactorOfTheirRoleStaffMaySetItUpAndNothingElse) {
  TestingHouse::Choices choices;
  choices.door.second_factor_roles = static_cast<std::uint32_t>(access::Role::Lead);
  House house(std::move(choices));
  for (const RouteRow& row : route_rows()) {
    if (row.path == "/metrics" || row.path == "/test/clock" || row.path == "/v1/session" ||
        row.who.contains("everybody")) {
      continue;
    }
    for (const Caller& caller : house.callers) {
      if (caller.name == "lead") {
        const int status = house.ask(row, caller).status;
        EXPECT_EQ(status != 403 && status != 401, row.who.contains("unready"))
            << row.method << " " << row.path << " " << status;
      }
    }
  }
}

TEST(Authorisation, AStrangerCannotTellACaseFromNone) {
  House house;
  for (const RouteRow& row : route_rows()) {
    if (!row.of_case) {
      continue;
    }
    for (const Caller& caller : house.callers) {
      if (caller.name != "users" && caller.name != "guests") {
        continue;
      }
      if (!caller.stranger && row.method == "DELETE" &&
          row.path.ends_with("/relief/{kind}")) {  // so that there is some to end
        EXPECT_EQ(house.ask({"POST", "/v1/cases/{id}/relief", {}, true}, caller).status, 200);
      }
      const http::ClientResponse answer = house.ask(row, caller);
      const std::string where = row.method + " " + row.path + " by " + caller.name;
      if (!caller.stranger) {
        EXPECT_TRUE(answer.status < 300 || answer.status == 409)
            << where << ": " << answer.status << " " << answer.body.substr(0, 200);
        continue;
      }
      Caller nowhere = caller;
      nowhere.case_id = "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV";
      const http::ClientResponse none = house.ask(row, nowhere);
      EXPECT_EQ(answer.status, 404) << where;
      json one = json::parse(answer.body), other = json::parse(none.body);
      one.erase("request_id");
      other.erase("request_id");
      EXPECT_EQ(one, other) << where;
    }
  }
}

TEST(Authorisation, KeysOpenWhatTheirScopeSays) {
  House house;
  const std::vector<std::string> scopes = {"posts:write",  "accounts:write", "relations:write", "reports:write",
                                           "reports:read", "cases:read",     "actions:read",    "actions:write",
                                           "events:write", "notices:read"};
  std::map<std::string, Caller> keys;
  for (const std::string& scope : scopes) {
    keys[scope] = {"key:" + scope, house.desk.key({scope}), false, house.callers.front().case_id};
  }
  for (const RouteRow& row : route_rows()) {
    if (row.who.contains("everybody")) {
      continue;
    }
    for (const auto& [scope, caller] : keys) {
      const http::ClientResponse answer = house.ask(row, caller);
      const std::string where = row.method + " " + row.path + " with " + scope;
      if (row.who.contains(caller.name)) {
        EXPECT_TRUE(answer.status != 401 && answer.status != 403) << where << ": " << answer.status;
      } else {
        EXPECT_EQ(answer.status, 403) << where << ": " << answer.body.substr(0, 200);
      }
    }
  }
}

}  // namespace
}  // namespace heed::api
