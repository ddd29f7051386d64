#include <set>
#include <sstream>

#include "api/testing_desk.h"

/// Every kind of caller at every route. The routes come from the running server's own document; what each of them must
/// let in is written down here a second time, by hand: a route without a row fails, and so does a row without a route.
namespace heed::api {
namespace {

using nlohmann::json;

/// "METHOD path | who": key:<scope>, users, guests, roles, everybody. "!" before it: of a case, so that for a stranger
/// it is not there.
constexpr std::string_view kRows = R"(
GET /docs/problems | everybody
GET /healthz | everybody
GET /legal-notice | everybody
POST /legal-notice | everybody
GET /metrics | everybody
GET /openapi.json | everybody
GET /readyz | everybody
PUT /v1/accounts/{id} | key:accounts:write
DELETE /v1/accounts/{id} | key:accounts:write
GET /v1/actions | key:actions:read
POST /v1/actions/{id}/result | key:actions:write
GET /v1/alarms | triage reviewer lead legal admin
POST /v1/alarms/{id}/acknowledgement | triage reviewer lead legal admin
GET /v1/appeals | reviewer lead
POST /v1/appeals/{id}/decision | reviewer lead
POST /v1/assess | key:posts:write triage reviewer lead legal analyst admin
GET /v1/cases | key:cases:read users guests triage reviewer lead legal
! GET /v1/cases/{id} | key:cases:read users guests triage reviewer lead legal
! GET /v1/cases/{id}/items | key:cases:read users guests triage reviewer lead legal
! GET /v1/cases/{id}/timeline | key:cases:read users guests triage reviewer lead legal
GET /v1/cases/{id}/authors | triage reviewer lead legal
GET /v1/cases/{id}/links | triage reviewer lead legal
GET /v1/cases/{id}/claims | triage reviewer lead legal
GET /v1/macros | triage reviewer lead legal
GET /v1/colleagues | triage reviewer lead legal
POST /v1/searches | triage reviewer lead legal
POST /v1/cases/{id}/decisions | reviewer lead
POST /v1/cases/{id}/decisions/preview | reviewer lead
POST /v1/cases/{id}/escalation | triage reviewer lead legal
POST /v1/cases/{id}/holds | lead legal
DELETE /v1/cases/{id}/holds/{hold} | lead legal
! POST /v1/cases/{id}/messages | users guests triage reviewer lead legal
! POST /v1/cases/{id}/relief | users guests
! DELETE /v1/cases/{id}/relief/{kind} | users guests
! POST /v1/cases/{id}/desk-code | users guests
POST /v1/cases/{id}/evidence | users guests
! GET /v1/cases/{id}/evidence | users guests triage reviewer lead legal
GET /v1/cases/{id}/evidence/{piece} | users guests triage reviewer lead legal
POST /v1/cases/{id}/handover | triage reviewer lead legal
POST /v1/cases/{id}/question | triage reviewer lead legal
DELETE /v1/cases/{id}/question | triage reviewer lead legal
GET /v1/contacts | lead legal
POST /v1/contacts | triage reviewer lead legal
GET /v1/delegations | key:reports:read users
POST /v1/delegations | key:reports:write users
DELETE /v1/delegations/{id} | key:reports:write users
GET /v1/desk/answers | triage reviewer lead legal
POST /v1/desk/openings | triage reviewer lead legal
GET /v1/handovers | triage reviewer lead legal
POST /v1/handovers/{id}/acknowledgement | triage reviewer lead legal
POST /v1/handovers/{id}/return | triage reviewer lead legal
GET /v1/me/data | users guests
DELETE /v1/me/data | users guests
GET /v1/me/mail | users guests
PUT /v1/me/mail | users guests
POST /v1/me/code | users guests
GET /v1/claims | triage reviewer lead legal
PUT /v1/claims/{id} | triage reviewer lead legal
DELETE /v1/claims/{id} | triage reviewer lead legal
POST /v1/decisions/{id}/appeals | key:reports:write users guests
POST /v1/decisions/{id}/reversal | reviewer lead
POST /v1/events | key:events:write
POST /v1/guest-reports | everybody
GET /v1/notices | key:notices:read users guests
GET /v1/piles | key:reports:write users triage reviewer lead legal
GET /v1/policy | everybody
POST /v1/posts | key:posts:write
PUT /v1/posts/{id} | key:posts:write
DELETE /v1/posts/{id} | key:posts:write
GET /v1/queues | triage reviewer lead legal
GET /v1/queues/{name} | triage reviewer lead legal
POST /v1/queues/{name}/claims | triage reviewer lead legal
PUT /v1/relations | key:relations:write
GET /v1/report-flow | everybody
POST /v1/report-links | key:reports:write
POST /v1/report-links/openings | everybody
GET /v1/reports | key:reports:read users guests
POST /v1/reports | key:reports:write users triage reviewer lead legal
GET /v1/reports/{id} | key:reports:read users guests
POST /v1/reports/{id}/withdrawal | key:reports:write users guests
DELETE /v1/session | triage reviewer lead legal analyst admin
GET /v1/session | triage reviewer lead legal analyst admin
POST /v1/session | everybody
POST /v1/rules/{id}/mode | lead admin
POST /v1/rules/{id}/effects/reversal | lead admin
GET /v1/rules/{id}/effects | lead analyst admin
GET /v1/pack | lead analyst admin
GET /v1/pack/file | lead analyst admin
POST /v1/pack/trials | lead analyst admin
GET /v1/keys | admin
POST /v1/keys | admin
DELETE /v1/keys/{id} | admin
GET /v1/deliveries | lead admin
POST /v1/deliveries/{id}/replay | lead admin
GET /v1/rules | lead analyst admin
GET /v1/figures | everybody
GET /v1/standing | users guests
GET /v1/signing-key | everybody
! POST /v1/cases/{id}/file | users guests
! GET /v1/cases/{id}/file | users guests
POST /test/clock | everybody
)";

struct Row {
  std::string method, path;
  std::set<std::string> who;
  bool of_case = false;
};

std::vector<Row> rows() {
  std::vector<Row> out;
  std::istringstream lines{std::string(kRows)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    Row row;
    std::string word;
    if (!(words >> word)) {
      continue;
    }
    row.of_case = word == "!";
    if (row.of_case) {
      words >> word;
    }
    row.method = word;
    words >> row.path >> word;
    while (words >> word) {
      row.who.insert(word);
    }
    out.push_back(std::move(row));
  }
  return out;
}

const std::vector<std::string> kRoles = {"triage", "reviewer", "lead", "legal", "analyst", "admin"};

struct Caller {
  std::string name;  ///< as in a row
  TestingHouse::Who headers;
  bool stranger = false;
  std::string case_id;  ///< as this caller would name the case
};

class House {
 public:
  House() {
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
  std::string target(const Row& row, const std::string& case_id) const {
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
    return path;
  }
  http::ClientResponse ask(const Row& row, const Caller& caller) const {
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
  for (const Row& row : rows()) {
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
  for (const Row& row : rows()) {
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

TEST(Authorisation, AStrangerCannotTellACaseFromNone) {
  House house;
  for (const Row& row : rows()) {
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
  for (const Row& row : rows()) {
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
