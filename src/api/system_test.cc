#include "api/testing_desk.h"

namespace heed::api {
namespace {

TEST(System, IsHealthyReadyAndDocumented) {
  TestingDesk house;
  EXPECT_EQ(house.ask("GET", "/healthz").status, 200);
  EXPECT_EQ(house.ask("GET", "/readyz").status, 200);
  auto metrics = house.ask("GET", "/metrics");
  EXPECT_EQ(metrics.status, 200);
  EXPECT_NE(metrics.raw.body.find("heed_reports_total"), std::string::npos);
  auto page = house.ask("GET", "/docs/problems");
  for (const char* slug : {"malformed", "invalid", "not-found", "conflict", "denied", "unauthorized", "too-large",
                           "too-many", "unavailable", "internal"}) {
    EXPECT_NE(page.raw.body.find("id=\"" + std::string(slug) + "\""), std::string::npos) << slug;
  }
  auto policy = house.ask("GET", "/v1/policy?locale=de");
  EXPECT_EQ(policy.status, 200);
  EXPECT_GT(policy.body["clauses"].size(), 5U);
}

TEST(System, KeepsFiguresFromTheWorld) {
  TestingDesk house;
  EXPECT_EQ(house.ask("GET", "/metrics", {}, "", {{"X-Forwarded-For", "203.0.113.9"}}).status, 401);
  EXPECT_EQ(house.ask("GET", "/metrics", house.platform(), "", {{"X-Forwarded-For", "203.0.113.9"}}).status, 200);
}

TEST(System, TheClockOfTestsOnlyGoesForward) {
  TestingDesk house;
  auto moved = house.ask("POST", "/test/clock", house.platform(), R"({"advance_ms":60000})");
  EXPECT_EQ(moved.status, 200);
  EXPECT_EQ(moved.body["now"], "2026-11-21T18:01:00.000Z");
  EXPECT_EQ(house.ask("POST", "/test/clock", house.platform(), R"({"now":"2026-11-21T19:00:00Z"})").status, 200);
  EXPECT_EQ(house.ask("POST", "/test/clock", house.platform(), R"({"now":"2026-11-21T18:00:00Z"})").status, 422);
  EXPECT_EQ(house.clock.now(), *parse_time("2026-11-21T19:00:00Z"));
  EXPECT_EQ(house.ask("POST", "/test/clock", house.key({"all"}), "{}").status, 403) << "\"all\" is not this";
}

TEST(Sessions, AreOpenedUsedAndEnded) {
  TestingDesk house;
  ASSERT_TRUE(house.authenticator->create_staff("kim", "correct horse", *access::parse_roles({"reviewer"}), true));
  EXPECT_EQ(house.ask("POST", "/v1/session", {}, R"({"name":"kim","password":"wrong horse"})").status, 401);
  EXPECT_EQ(house.ask("POST", "/v1/session", {}, R"({"name":"nobody","password":"wrong horse"})").status, 401);
  auto in = house.ask("POST", "/v1/session", {}, R"({"name":"kim","password":"correct horse"})");
  ASSERT_EQ(in.status, 201);
  EXPECT_EQ(in.body["staff"]["roles"], nlohmann::json::array({"reviewer"}));
  std::string cookie(in.raw.header("set-cookie"));
  EXPECT_NE(cookie.find("HttpOnly"), std::string::npos);
  EXPECT_NE(cookie.find("SameSite=Strict"), std::string::npos);
  cookie = cookie.substr(0, cookie.find(';'));
  const std::string csrf = in.body["csrf"];
  EXPECT_EQ(house.ask("GET", "/v1/session", {{"Cookie", cookie}}).status, 200);
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", {{"Cookie", cookie}}).status, 403)
      << "a change needs the token";
  EXPECT_EQ(house.ask("POST", "/v1/queues/default/claims", {{"Cookie", cookie}, {"X-Heed-CSRF", csrf}}).status, 204);
  EXPECT_EQ(house.ask("DELETE", "/v1/session", {{"Cookie", cookie}, {"X-Heed-CSRF", csrf}}).status, 204);
  EXPECT_EQ(house.ask("GET", "/v1/session", {{"Cookie", cookie}}).status, 401);
}

TEST(Sessions, CookiesAreSecureBehindHttps) {
  TestingDesk house({.public_url = "https://heed.example"});
  ASSERT_TRUE(house.authenticator->create_staff("kim", "correct horse", *access::parse_roles({"reviewer"}), true));
  auto in = house.ask("POST", "/v1/session", {}, R"({"name":"kim","password":"correct horse"})");
  EXPECT_NE(in.raw.header("set-cookie").find("; Secure"), std::string::npos);
}

}  // namespace
}  // namespace heed::api
