#include "access/totp.h"
#include "api/testing_desk.h"

/// Invitations, sessions, passwords and second factors over the wire.
namespace heed::api {
namespace {

using nlohmann::json;

std::string token_of(const Answer& invited) {
  const std::string link = invited.body.at("link");
  EXPECT_TRUE(link.find("/console#/invitation/hi_") != std::string::npos) << link;
  return link.substr(link.rfind('/') + 1);
}
TestingHouse::Who who_of(const Answer& in) {
  const std::string cookie(in.raw.header("set-cookie"));
  return {{"Cookie", cookie.substr(0, cookie.find(';'))}, {"X-Heed-CSRF", in.body.at("csrf")}};
}
constexpr std::string_view kPassword = "a quiet horse in rain";

TEST(Members, AreInvitedAndComeInByTheirOwnPassword) {
  TestingDesk desk;
  const auto admin = desk.staff({"admin"});
  const Answer invited = desk.ask("POST", "/v1/invitations", admin,
                                  R"({"name":"kim","roles":["reviewer","triage"],"expires_in_hours":1})");
  ASSERT_EQ(invited.status, 201) << invited.raw.body;
  const std::string token = token_of(invited);
  const Answer waiting = desk.ask("GET", "/v1/invitations", admin);
  ASSERT_EQ(waiting.body["items"].size(), 1U);
  EXPECT_EQ(waiting.raw.body.find(token), std::string::npos) << "the link is shown once";
  const Answer opened = desk.ask("POST", "/v1/invitations/openings", {}, json{{"token", token}}.dump());
  EXPECT_EQ(opened.body["name"], "kim");
  const Answer in =
      desk.ask("POST", "/v1/invitations/acceptances", {}, json{{"token", token}, {"password", kPassword}}.dump());
  ASSERT_EQ(in.status, 201) << in.raw.body;
  EXPECT_EQ(desk.ask("GET", "/v1/queues", who_of(in)).status, 200);
  EXPECT_EQ(desk.ask("POST", "/v1/invitations/acceptances", {}, json{{"token", token}, {"password", kPassword}}.dump())
                .status,
            404);
  EXPECT_TRUE(desk.ask("GET", "/v1/invitations", admin).body["items"].empty());
  EXPECT_EQ(desk.ask("POST", "/v1/session", {}, json{{"name", "kim"}, {"password", kPassword}}.dump()).status, 201);
}

TEST(Members, ALeadInvitesForTriageAndReviewOnly) {
  TestingDesk desk;
  const auto lead = desk.staff({"lead"});
  EXPECT_EQ(desk.ask("POST", "/v1/invitations", lead, R"({"name":"ann","roles":["reviewer"]})").status, 201);
  const Answer refused = desk.ask("POST", "/v1/invitations", lead, R"({"name":"ben","roles":["reviewer","admin"]})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body["errors"][0]["pointer"], "/roles");
  EXPECT_EQ(desk.ask("POST", "/v1/invitations", lead, R"({"name":"ann","roles":["reviewer"]})").status, 409);
  for (const char* bad :
       {R"({"name":"b n","roles":["reviewer"]})", R"({"name":"ben","roles":[]})", R"({"name":"ben","roles":["king"]})",
        R"({"name":"ben","roles":"reviewer"})", R"({"name":"ben","roles":["reviewer"],"expires_in_hours":0})",
        R"({"name":"ben","roles":["reviewer"],"more":1})"}) {
    EXPECT_EQ(desk.ask("POST", "/v1/invitations", lead, bad).status, 422) << bad;
  }
}

TEST(Members, AWithdrawnInvitationReadsLikeNone) {
  TestingDesk desk;
  const auto admin = desk.staff({"admin"});
  const Answer invited = desk.ask("POST", "/v1/invitations", admin, R"({"name":"kim","roles":["reviewer"]})");
  const std::string path = "/v1/invitations/" + invited.body["invitation_id"].get<std::string>();
  EXPECT_EQ(desk.ask("DELETE", path, admin).status, 204);
  EXPECT_EQ(desk.ask("DELETE", path, admin).status, 404);
  json gone = desk.ask("POST", "/v1/invitations/openings", {}, json{{"token", token_of(invited)}}.dump()).body;
  json none = desk.ask("POST", "/v1/invitations/openings", {}, R"({"token":"hi_x"})").body;
  gone.erase("request_id");
  none.erase("request_id");
  EXPECT_EQ(gone, none);
}

TEST(Members, LoseTheirRolesAndSessionsAtOnce) {
  TestingDesk desk;
  const auto admin = desk.staff({"admin"});
  const std::string admin_id = desk.last_staff.text();
  const auto kim = desk.staff({"reviewer"});
  const std::string path = "/v1/members/" + desk.last_staff.text();
  EXPECT_EQ(desk.ask("PUT", path, admin, R"({"roles":["analyst"]})").status, 200);
  EXPECT_EQ(desk.ask("GET", "/v1/queues", kim).status, 403);
  EXPECT_EQ(desk.ask("PUT", path, admin, R"({"roles":[]})").status, 422);
  EXPECT_EQ(desk.ask("PUT", path, admin, R"({"roles":["king"]})").status, 422);
  EXPECT_EQ(desk.ask("PUT", "/v1/members/" + admin_id, admin, R"({"roles":["analyst"]})").status, 409) << "oneself";
  EXPECT_EQ(desk.ask("PUT", "/v1/members/stf_01ARZ3NDEKTSV4RRFFQ69G5FAV", admin, R"({"disabled":true})").status, 404);
  const Answer sessions = desk.ask("GET", path + "/sessions", admin);
  ASSERT_EQ(sessions.body["items"].size(), 1U);
  EXPECT_FALSE(sessions.body["items"][0]["current"]);
  EXPECT_EQ(desk.ask("DELETE", path + "/sessions/" + sessions.body["items"][0]["session_id"].get<std::string>(), admin)
                .status,
            204);
  EXPECT_EQ(desk.ask("GET", "/v1/session", kim).status, 401);
  const Answer shut = desk.ask("PUT", path, admin, R"({"disabled":true})");
  EXPECT_TRUE(shut.body["disabled"]);
  EXPECT_EQ(shut.body["sessions"], 0);
  const auto noted = desk.reads.all();
  EXPECT_TRUE(std::any_of(noted.begin(), noted.end(), [](const auto& n) { return n.find("changed staff") != n.npos; }));
}

TEST(Members, EndTheirOwnSessionsAndNobodyElses) {
  TestingDesk desk;
  const auto kim = desk.staff({"reviewer"});
  const auto again = desk.log_in("staff1", "correct horse"), other = desk.staff({"reviewer"});
  const json mine = desk.ask("GET", "/v1/sessions", again).body["items"];
  ASSERT_EQ(mine.size(), 2U);
  std::string first;
  for (const json& one : mine) {
    first = one["current"] ? first : one["session_id"].get<std::string>();
  }
  EXPECT_EQ(desk.ask("DELETE", "/v1/sessions/" + first, other).status, 404);
  EXPECT_EQ(desk.ask("GET", "/v1/session", kim).status, 200);
  EXPECT_EQ(desk.ask("DELETE", "/v1/sessions/" + first, again).status, 204);
  EXPECT_EQ(desk.ask("GET", "/v1/session", kim).status, 401);
  EXPECT_EQ(desk.ask("GET", "/v1/session", again).status, 200);
  EXPECT_EQ(desk.ask("DELETE", "/v1/sessions/" + first, {again[0]}).status, 403) << "without the CSRF value";
}

TEST(Members, ChooseAnotherPassword) {
  TestingDesk desk;
  const auto kim = desk.staff({"reviewer"});
  auto change = [&](std::string_view old, std::string_view fresh) {
    return desk.ask("POST", "/v1/session/password", kim, json{{"password", old}, {"new_password", fresh}}.dump());
  };
  EXPECT_EQ(change("wrong horse", kPassword).body["errors"][0]["pointer"], "/password");
  EXPECT_EQ(change("correct horse", "short").body["errors"][0]["pointer"], "/new_password");
  const Answer changed = change("correct horse", kPassword);
  ASSERT_EQ(changed.status, 201) << changed.raw.body;
  EXPECT_EQ(desk.ask("GET", "/v1/session", kim).status, 401);
  EXPECT_EQ(desk.ask("GET", "/v1/session", who_of(changed)).status, 200);
}

TEST(Members, SetUpAnAppAndComeInWithItsCode) {
  TestingHouse::Choices choices;
  choices.door.second_factor_roles = static_cast<std::uint32_t>(access::Role::Lead);
  TestingDesk desk(std::move(choices));
  const auto lea = desk.staff({"lead"});
  EXPECT_EQ(desk.ask("GET", "/v1/session", lea).body["second_factor"], "needed");
  EXPECT_EQ(desk.ask("GET", "/v1/queues", lea).status, 403);
  EXPECT_EQ(desk.ask("POST", "/v1/session/second-factor", lea, R"({"password":"wrong"})").status, 422);
  const Answer started = desk.ask("POST", "/v1/session/second-factor", lea, R"({"password":"correct horse"})");
  ASSERT_EQ(started.status, 201) << started.raw.body;
  EXPECT_TRUE(started.body["uri"].get<std::string>().starts_with("otpauth://totp/Heed:staff1?secret="));
  EXPECT_EQ(desk.ask("PUT", "/v1/session/second-factor", lea, R"({"code":"000000"})").status, 422);
  std::string secret;
  std::uint32_t bits = 0;
  int held = 0;
  for (char c : started.body["secret"].get<std::string>()) {
    bits = (bits << 5) | static_cast<std::uint32_t>(c >= 'A' ? c - 'A' : c - '2' + 26);
    if ((held += 5) >= 8) {
      secret += static_cast<char>((bits >> (held -= 8)) & 0xFF);
    }
  }
  auto code = [&] { return access::totp_code(secret, access::totp_step(desk.clock.now())); };
  const Answer done = desk.ask("PUT", "/v1/session/second-factor", lea, json{{"code", code()}}.dump());
  ASSERT_EQ(done.status, 200) << done.raw.body;
  EXPECT_EQ(done.body["recovery_codes"].size(), 10U);
  EXPECT_EQ(desk.ask("GET", "/v1/queues", lea).status, 200);
  EXPECT_EQ(desk.ask("POST", "/v1/session/second-factor/removal", lea, R"({"password":"correct horse"})").status, 409)
      << "the role demands it";
  desk.clock.advance(std::chrono::seconds(30));
  auto in = [&](const std::string& said) {
    json body{{"name", "staff1"}, {"password", "correct horse"}};
    if (!said.empty()) {
      body["code"] = said;
    }
    return desk.ask("POST", "/v1/session", {}, body.dump());
  };
  json none = in("").body, wrong = in("000000").body;
  none.erase("request_id");
  wrong.erase("request_id");
  EXPECT_EQ(none, wrong) << "the right password alone tells nothing";
  EXPECT_EQ(in(code()).status, 201);
  EXPECT_EQ(in(code()).status, 401) << "used up";
  EXPECT_EQ(in(done.body["recovery_codes"][0]).status, 201);
}

TEST(Members, AreNotLockedOutOfTheirBrowserByStrangers) {
  TestingDesk desk;
  desk.staff({"reviewer"});
  const std::string right = R"({"name":"staff1","password":"correct horse"})";
  const Answer first = desk.ask("POST", "/v1/session", {}, right);
  std::string known;
  for (const auto& [name, value] : first.raw.headers) {
    if (value.starts_with("heed_known=")) {
      known = value.substr(0, value.find(';'));
      EXPECT_NE(value.find("Path=/v1/session;"), std::string::npos);
      EXPECT_NE(value.find("HttpOnly"), std::string::npos);
    }
  }
  ASSERT_FALSE(known.empty());
  int slowed = 0;
  for (int i = 0; i < 12; ++i) {
    slowed += desk.ask("POST", "/v1/session", {}, R"({"name":"staff1","password":"wrong"})").status == 429;
  }
  EXPECT_EQ(slowed, 2);
  EXPECT_EQ(desk.ask("POST", "/v1/session", {}, right).status, 429) << "from the same address, unknown";
  EXPECT_EQ(desk.ask("POST", "/v1/session", {{"Cookie", known}}, right).status, 201);
}

}  // namespace
}  // namespace heed::api
