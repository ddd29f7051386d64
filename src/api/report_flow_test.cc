#include "api/direction.h"
#include "api/testing_desk.h"

#include "api/report_form.h"
#include "policy/report_flow.h"

/// The flow as data, handing over to a web view, reports without an account, the form for Article 16.
namespace heed::api {
namespace {

using nlohmann::json;

TEST(ReportFlow, IsGivenInTheLanguageAskedForOrInEnglish) {
  TestingDesk house;
  for (auto [asked, locale] : std::vector<std::pair<std::string, std::string>>{
           {"de", "de"}, {"de-AT", "de"}, {"en-GB", "en"}, {"tlh", "en"}, {"", "en"}}) {
    auto answer = house.ask("GET", "/v1/report-flow?locale=" + asked);
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body["locale"], locale) << asked;
    EXPECT_EQ(answer.body["direction"], "ltr");
    EXPECT_LE(answer.body["steps"].size(), policy::kStepsMax);
  }
  EXPECT_EQ(house.ask("GET", "/v1/report-flow?locale=de").body["texts"]["next"], "Weiter");
}

TEST(ReportFlow, NamesHelpLinesOnlyOfACountryThatIsKnown) {
  TestingDesk house;
  auto lines = [&](const std::string& query) { return house.ask("GET", "/v1/report-flow?" + query).body; };
  EXPECT_EQ(lines("locale=de-AT")["country"], "AT");
  EXPECT_FALSE(lines("locale=de-AT")["help_lines"].empty());
  EXPECT_EQ(lines("locale=de")["country"], "");
  EXPECT_TRUE(lines("locale=de")["help_lines"].empty());
  EXPECT_EQ(lines("locale=de-AT&country=GB")["country"], "GB");
  EXPECT_TRUE(lines("country=XX")["help_lines"].empty());
  EXPECT_TRUE(lines("country=%3Cscript")["help_lines"].empty());
}

TEST(ReportFlow, OffersExactlyWhatAReportTakes) {
  TestingDesk house;
  std::set<std::string> offered;
  json flow = house.ask("GET", "/v1/report-flow").body;
  for (const json& step : flow["steps"]) {
    for (const json& field : step["fields"]) {
      if (field["id"] == "symptoms") {
        for (const json& option : field["options"]) {
          offered.insert(option["id"]);
        }
      }
    }
  }
  EXPECT_EQ(offered, (std::set<std::string>{symptom_words().begin(), symptom_words().end()}));
}

// --- handing over -----------------------------------------------------------------------------------------

TEST(ReportLinks, HandAUserOverOnce) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "a9", "a1");
  auto link = house.ask("POST", "/v1/report-links", house.platform(),
                        R"({"account_id":"a1","locale":"de","items":[{"kind":"post","id":"p1"}]})");
  ASSERT_EQ(link.status, 201) << link.raw.body;
  const std::string url = link.body["url"];
  const std::string code = url.substr(url.find("#code=") + 6);
  auto opened = house.ask("POST", "/v1/report-links/openings", {}, json{{"code", code}}.dump());
  ASSERT_EQ(opened.status, 200) << opened.raw.body;
  EXPECT_EQ(opened.body["page"]["account_id"], "a1");
  EXPECT_EQ(opened.body["page"]["items"][0]["id"], "p1");
  auto report = house.ask("POST", "/v1/reports", TestingHouse::bearer(opened.body["token"].get<std::string>()),
                          R"({"items":[{"kind":"post","id":"p1"}],"about":"me","symptoms":["harassment"]})");
  EXPECT_EQ(report.status, 201) << report.raw.body;
  EXPECT_EQ(house.ask("GET", "/v1/reports", house.user("a1")).body["items"].size(), 1U) << "it is the same person";
  EXPECT_EQ(house.ask("POST", "/v1/report-links/openings", {}, json{{"code", code}}.dump()).status, 401);
  EXPECT_EQ(house.ask("POST", "/v1/report-links/openings", {}, R"({"code":"hc_x"})").status, 401);
}

TEST(ReportLinks, AreMadeByThePlatformAlone) {
  TestingDesk house;
  const std::string body = R"({"account_id":"a1"})";
  EXPECT_EQ(house.ask("POST", "/v1/report-links", house.user("a2"), body).status, 403);
  EXPECT_EQ(house.ask("POST", "/v1/report-links", house.key({"posts:write"}), body).status, 403);
  EXPECT_EQ(house.ask("POST", "/v1/report-links", {}, body).status, 401);
}

// --- without an account -----------------------------------------------------------------------------------

const char* const kGuest =
    R"({"reporter":{"name":"Kim","email":"kim@example.org"},"items":[{"kind":"url","url":"https://example.org/1"}],)"
    R"("about":"someone_else","symptoms":["threat_of_violence"]})";

TEST(GuestReports, ShareNothingThoughTheyGiveOneAddress) {
  TestingDesk house;
  auto a = house.ask("POST", "/v1/guest-reports", {}, kGuest), b = house.ask("POST", "/v1/guest-reports", {}, kGuest);
  ASSERT_EQ(a.status, 201) << a.raw.body;
  ASSERT_EQ(b.status, 201);
  for (const char* name : {"report_id", "number", "status_url", "case_key"}) {
    EXPECT_NE(a.body[name], b.body[name]) << name;
  }
  EXPECT_FALSE(a.body.contains("case_id"));
  auto key = TestingHouse::bearer(a.body["case_key"].get<std::string>());
  EXPECT_EQ(house.ask("GET", a.body["status_url"].get<std::string>(), key).status, 200);
  EXPECT_EQ(house.ask("GET", b.body["status_url"].get<std::string>(), key).status, 404);
}

TEST(GuestReports, AreOneUnderOneKey) {
  TestingDesk house;
  auto once = [&] { return house.ask("POST", "/v1/guest-reports", {}, kGuest, {{"Idempotency-Key", "k-1"}}); };
  auto a = once(), b = once();
  ASSERT_EQ(a.status, 201);
  EXPECT_EQ(a.body["number"], b.body["number"]);
  EXPECT_EQ(a.body["report_id"], b.body["report_id"]);
}

TEST(GuestReports, ActForNobodyWhoHasAnAccount) {
  TestingDesk house;
  for (const char* body :
       {R"({"reporter":{"account_id":"a1"},"items":[{"kind":"url","url":"https://example.org/1"}]})",
        R"({"items":[{"kind":"url","url":"https://example.org/1"}]})",
        R"({"reporter":{"email":"not an address"},"items":[{"kind":"url","url":"https://example.org/1"}]})"}) {
    EXPECT_EQ(house.ask("POST", "/v1/guest-reports", {}, body).status, 422) << body;
  }
  auto pile = house.ask(
      "POST", "/v1/guest-reports", {},
      R"({"reporter":{"email":"kim@example.org"},"pile":{"target":"a1","since":"2026-11-21T17:00:00.000Z"}})");
  EXPECT_EQ(pile.status, 403);
  // A user's token changes nothing: here nobody is logged in.
  auto as_user = house.ask("POST", "/v1/guest-reports", house.user("a1"), kGuest);
  EXPECT_EQ(as_user.status, 201);
  EXPECT_TRUE(house.ask("GET", "/v1/reports", house.user("a1")).body["items"].empty());
}

TEST(GuestReports, AreSlowedDown) {
  TestingDesk house({.requests_per_second = 1000});
  int refused = 0;
  for (int i = 0; i < 40; ++i) {
    refused += house.ask("POST", "/v1/guest-reports", {}, kGuest).status == 429 ? 1 : 0;
  }
  EXPECT_GE(refused, 9);
}

// --- Article 16 -------------------------------------------------------------------------------------------

http::ClientResponse post_notice(TestingDesk& house, std::string_view form) {
  return house.call("POST", "/legal-notice", {{"Content-Type", "application/x-www-form-urlencoded"}}, form);
}

TEST(LegalNotice, IsTakenWithAllThatTheLawAsksFor) {
  TestingDesk house;
  const char* form =
      "where=https%3A%2F%2Fexample.org%2F1&explanation=It+calls+for+violence&name=Kim&mail=kim%40example.org&good_"
      "faith=yes&locale=de&key=abc";
  auto answer = post_notice(house, form);
  EXPECT_EQ(answer.status, 201) << answer.body;
  EXPECT_NE(answer.body.find("Ihr Hinweis ist bei uns"), std::string::npos);
  auto again = post_notice(house, form);
  auto number = [](const std::string& page) { return page.substr(page.find("<strong>H-"), 20); };
  EXPECT_EQ(number(answer.body), number(again.body)) << "sent twice, taken once";
}

TEST(LegalNotice, SaysWhatIsMissingAndShowsWhatWasWrittenAsText) {
  TestingDesk house;
  auto answer = post_notice(house,
                            "where=%3Cscript%3Ealert(1)%3C%2Fscript%3E&mail=&explanation=%22%3E%3Cimg+src%3Dx%3E&"
                            "locale=%22%3E%3Cb%3E&key=%22%3E%3Ci%3E");
  EXPECT_EQ(answer.status, 422);
  EXPECT_NE(answer.body.find("at least one link"), std::string::npos);
  EXPECT_NE(answer.body.find("mail address that we can answer to"), std::string::npos);
  for (const char* raw : {"<script", "<img", "<b>", "<i>"}) {
    EXPECT_EQ(answer.body.find(raw), std::string::npos) << raw;
  }
  EXPECT_NE(answer.header("content-security-policy").find("default-src 'none'"), std::string_view::npos);
}

TEST(LegalNotice, RunsInTheDirectionOfItsLanguage) {
  EXPECT_EQ(direction_of("he-IL"), "rtl");
  EXPECT_EQ(direction_of("ar"), "rtl");
  EXPECT_EQ(direction_of("de_AT"), "ltr");
  EXPECT_EQ(direction_of(""), "ltr");
  TestingDesk house;
  EXPECT_NE(house.call("GET", "/legal-notice?locale=de").body.find("<html lang=\"de\" dir=\"ltr\">"),
            std::string::npos);
}

TEST(LegalNotice, NeedsNoNameWhereAChildIsAbused) {
  TestingDesk house;
  EXPECT_EQ(
      post_notice(house,
                  "where=https%3A%2F%2Fexample.org%2F1&explanation=A+child+is+hurt&what=child_safety&good_faith=yes")
          .status,
      201);
  EXPECT_EQ(
      post_notice(house, "where=https%3A%2F%2Fexample.org%2F1&explanation=Hatred&what=hate&good_faith=yes").status,
      422);
}

}  // namespace
}  // namespace heed::api
