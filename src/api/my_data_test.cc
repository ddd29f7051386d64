#include <algorithm>
#include <cctype>
#include <random>

#include "api/testing_desk.h"

/// Story 12: "everything, and who reported me". The first is given in full, the second is nowhere in it.
namespace heed::api {
namespace {

using nlohmann::json;

/// One night in a house of its own: so many reporters, in this order, at these times; then the post is removed and the
/// author asks for his data.
struct Night {
  explicit Night(unsigned seed) {
    std::mt19937 random(seed);
    house.tell("p1", "you are a fool and a liar", "author", "target");
    const unsigned count = 1 + random() % 5;
    std::string last;
    for (unsigned i = 0; i < count; ++i) {
      const std::string who = "reporter" + std::to_string(random() % 100000);
      names.push_back(who);
      house.clock.advance(std::chrono::seconds(random() % 300));
      json body = json::parse(TestingHouse::report_json(who, "p1"));
      body["comment"] = words;
      body["fears_for_safety"] = random() % 2 == 0;
      body["channel"] = random() % 2 == 0 ? "ios" : "desktop_web";
      EXPECT_EQ(house.ask("POST", "/v1/reports", house.user(who), body.dump()).status, 201);
    }
    house.clock.set(*parse_time("2026-11-21T20:00:00.000Z"));
    auto reviewer = house.staff({"reviewer"});
    const json claim = house.ask("POST", "/v1/queues/default/claims", reviewer).body;
    const json verdict{{"claim_id", claim["claim_id"]},
                       {"items", json::array({{{"item_id", claim["items"][0]},
                                               {"outcome", "violation"},
                                               {"clause", "targeted_harassment"},
                                               {"facts", "It insults her by name."},
                                               {"actions", json::array({{{"kind", "remove"}}})}}})}};
    auto decided =
        house.ask("POST", "/v1/cases/" + claim["case_id"].get<std::string>() + "/decisions", reviewer, verdict.dump());
    EXPECT_EQ(decided.status, 201) << decided.raw.body;
    house.clock.set(*parse_time("2026-11-22T06:00:00.000Z"));
    answer = house.ask("GET", "/v1/me/data", house.user("author"));
    EXPECT_EQ(answer.status, 200) << answer.raw.body;
  }
  /// Ids are drawn at random in every house: what may differ is only which they are.
  std::string shape() const {
    std::string text = answer.raw.body;
    for (const char* prefix : {"cas_", "itm_", "dec_", "rpt_", "ntc_", "evt_", "act_"}) {
      cut_after(text, prefix, 26);
    }
    cut_after(text, "H-", 9);  // H-7K3M-92QF
    return text;
  }
  /// Takes out what follows each `prefix` when it is so many capitals, digits and dashes.
  static void cut_after(std::string& text, std::string_view prefix, std::size_t length) {
    auto of_an_id = [](char c) {
      return std::isupper(static_cast<unsigned char>(c)) != 0 || std::isdigit(static_cast<unsigned char>(c)) != 0 ||
             c == '-';
    };
    for (std::size_t at = text.find(prefix); at != std::string::npos; at = text.find(prefix, at)) {
      at += prefix.size();
      if (text.size() - at >= length &&
          std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at),
                      text.begin() + static_cast<std::ptrdiff_t>(at + length), of_an_id)) {
        text.erase(at, length);
      }
    }
  }
  TestingDesk house;
  std::vector<std::string> names;
  const std::string words = "a very private sentence";
  Answer answer;
};

TEST(MyData, OfAnAuthorIsTheSameWhoeverReportedHowManyAndWhen) {
  const Night first(1);
  EXPECT_NE(first.answer.raw.body.find("you are a fool and a liar"), std::string::npos) << "his own words are his";
  EXPECT_NE(first.answer.raw.body.find("statement_of_reasons"), std::string::npos)
      << "he has been told: there is something to find it from";
  for (unsigned seed = 2; seed < 10; ++seed) {
    const Night night(seed);
    EXPECT_EQ(night.shape(), first.shape()) << seed;
    for (const std::string& name : night.names) {
      EXPECT_EQ(night.answer.raw.body.find(name), std::string::npos);
    }
    EXPECT_EQ(night.answer.raw.body.find(night.words), std::string::npos);
    EXPECT_EQ(night.answer.raw.body.find("stf_"), std::string::npos) << "nor who decided";
  }
}

TEST(MyData, OfAnAuthorSaysNothingBeforeHeIsTold) {
  TestingDesk house;
  const std::string before = house.ask("GET", "/v1/me/data", house.user("author")).raw.body;
  house.tell("p1", "you are a fool", "author", "target");
  ASSERT_EQ(house.report("r1", "p1").status, 201);
  EXPECT_EQ(house.ask("GET", "/v1/me/data", house.user("author")).raw.body, before);
}

TEST(MyData, OfAReporterHoldsWhatSheSaidAndNothingOfOthers) {
  TestingDesk house;
  house.tell("p1", "you are a fool", "author", "a1");
  json body = json::parse(TestingHouse::report_json("a1", "p1"));
  body["comment"] = "He did it before.";
  ASSERT_EQ(house.ask("POST", "/v1/reports", house.user("a1"), body.dump()).status, 201);
  body = json::parse(TestingHouse::report_json("somebody_else", "p1"));
  body["comment"] = "I saw this, too.";
  ASSERT_EQ(house.ask("POST", "/v1/reports", house.user("somebody_else"), body.dump()).status, 201);
  const auto answer = house.ask("GET", "/v1/me/data", house.user("a1"));
  ASSERT_EQ(answer.status, 200) << answer.raw.body;
  EXPECT_NE(answer.raw.body.find("He did it before."), std::string::npos);
  EXPECT_EQ(answer.raw.body.find("I saw this"), std::string::npos);
  EXPECT_EQ(answer.raw.body.find("somebody_else"), std::string::npos);
  EXPECT_EQ(answer.body["cases"].size(), 1U);
}

TEST(MyData, IsForNobodyElse) {
  TestingDesk house;
  EXPECT_EQ(house.ask("GET", "/v1/me/data").status, 401);
  EXPECT_EQ(house.ask("GET", "/v1/me/data", house.platform()).status, 403);
  EXPECT_EQ(house.ask("GET", "/v1/me/data", house.staff({"lead"})).status, 403);
  const auto made =
      house.ask("POST", "/v1/delegations", house.user("a1"),
                R"({"delegate":{"email":"u@union.example"},"scopes":["report","read","talk","appeal","file"]})");
  EXPECT_EQ(house.ask("GET", "/v1/me/data", house.opened(TestingDesk::link_of(made.body))).status, 403);
}

}  // namespace
}  // namespace heed::api
