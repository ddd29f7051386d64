#include "api/testing_blanks.h"

/// A hold that comes with an order to be silent. The same year is lived through in two houses, one of them with such a
/// hold on the case: whatever she who reported, and he who wrote, can open, take away, be told or cause must be the
/// same, before, while and after they ask to be erased.
namespace heed::api {
namespace {

using nlohmann::json;
using Who = TestingHouse::Who;

enum class Hold { None, Silent, Told };

class Year {
 public:
  explicit Year(Hold hold) {
    house.tell("p1", "you are a fool and a liar", "author", "target");
    const Answer receipt = house.ask("POST", "/v1/reports", house.user("target"),
                                     R"({"items":[{"kind":"post","id":"p1"}],"about":"me","symptoms":["harassment"],)"
                                     R"("comment":"a very private sentence","locale":"en"})");
    EXPECT_EQ(receipt.status, 201) << receipt.raw.body;
    real = house.real_case("target", receipt);
    hers = "/v1/cases/" + TestingDesk::case_of(receipt);
    his = "/v1/cases/" + house.aliases.text(house.hasher.account("author"), real);
    legal = house.staff({"legal", "reviewer"});
    if (hold != Hold::None) {
      json body{{"until", "2030-01-01T00:00:00.000Z"}, {"reason", "Order 12/2026"}};
      body["silent"] = hold == Hold::Silent;
      const Answer placed = house.ask("POST", "/v1/cases/" + real.text() + "/holds", legal, body.dump());
      EXPECT_EQ(placed.status, 201) << placed.raw.body;
      hold_id = placed.body["hold_id"];
    }
    both("while it is looked at");
    erase("author", "undecided");
    decide();
    pass(std::chrono::hours(20));
    both("decided");
    erase("author", "judged");
    erase("target", "hers");
    both("after she was erased");
    house.tell("p1", "you are a fool and a liar", "author", "target");
    const Answer again = house.report("target", "p1");
    keep("report again", again);
    pass(std::chrono::hours(24 * 190));
    both("when what was judged has gone");
    erase("author", "gone");
    erase("target", "again");
    both("at the end");
  }

  TestingDesk house;
  std::map<std::string, std::string> seen;
  std::string raw, hold_id, hers, his;
  CaseId real;
  Who legal;

 private:
  void keep(const std::string& what, const Answer& answer) {
    raw += answer.raw.body;
    seen[what] = std::to_string(answer.status) + " " + blanked(answer.raw.body);
  }
  void pass(Millis time) {
    house.clock.advance(time);
    house.settle();
    EXPECT_TRUE(house.plane->erase_what_is_due(house.clock.now()));
    legal = house.staff({"legal", "reviewer"});
  }
  void erase(const std::string& who, const std::string& when) {
    keep("erasure of " + who + ", " + when, house.ask("DELETE", "/v1/me/data", house.user(who)));
  }
  void decide() {
    const json claim = house.ask("POST", "/v1/queues/default/claims", legal).body;
    const json item{{"item_id", claim["items"][0]},       {"outcome", "violation"},
                    {"clause", "targeted_harassment"},    {"ground", "terms"},
                    {"facts", "It insults her by name."}, {"actions", {{{"kind", "remove"}}}}};
    const json body{{"claim_id", claim["claim_id"]}, {"items", json::array({item})}};
    const Answer made =
        house.ask("POST", "/v1/cases/" + claim["case_id"].get<std::string>() + "/decisions", legal, body.dump());
    EXPECT_EQ(made.status, 201) << made.raw.body;
  }
  void both(const std::string& when) {
    sweep(when, "target", hers);
    sweep(when, "author", his);
  }
  /// Every address that the description of the API gives to users.
  void sweep(const std::string& when, const std::string& who, const std::string& path) {
    const json document = json::parse(house.call("GET", "/openapi.json").body);
    for (const auto& [pattern, methods] : document["paths"].items()) {
      if (!methods.contains("get") || methods["get"]["security"].dump().find("userToken") == std::string::npos ||
          pattern.find("{piece}") != std::string::npos) {
        continue;
      }
      const std::string target = pattern.starts_with("/v1/cases/{id}")
                                     ? path + pattern.substr(std::string_view("/v1/cases/{id}").size())
                                 : pattern.find("{id}") != std::string::npos
                                     ? pattern.substr(0, pattern.find('{')) + "rpt_01ARZ3NDEKTSV4RRFFQ69G5FAV"
                                 : pattern == "/v1/piles" ? pattern + "?target=" + who
                                                          : pattern;
      const Answer answer = house.ask("GET", target, house.user(who));
      keep(when + ", " + who + ", " + pattern, answer);
      if (pattern.ends_with("/file") && answer.status == 200) {
        seen[when + ", " + who + ", " + pattern] = blanked(of_a_file(answer.body));
      }
    }
  }
};

TEST(Gag, NothingDiffersForAnybodyConcerned) {
  const Year open(Hold::None), gagged(Hold::Silent);
  EXPECT_GT(open.seen.size(), 2U * 5 * 12);
  EXPECT_EQ(gagged.seen.size(), open.seen.size());
  for (const auto& [what, shape] : open.seen) {
    ASSERT_TRUE(gagged.seen.contains(what)) << what;
    EXPECT_EQ(gagged.seen.at(what), shape) << what;
  }
  EXPECT_NE(open.seen.at("decided, author, /v1/cases"), open.seen.at("at the end, author, /v1/cases"))
      << "what he asked to be erased was, when its term was over";
  EXPECT_EQ(gagged.raw.find("must keep this"), std::string::npos);
  EXPECT_EQ(gagged.raw.find("Order 12"), std::string::npos);
  EXPECT_EQ(gagged.raw.find("hold_"), std::string::npos);
  EXPECT_NE(open.raw.find("neither confirm nor deny"), std::string::npos) << "and that is said to everybody";
}

/// What the test above would find: a hold that may be told of is told of.
TEST(Gag, AHoldThatMayBeToldOfDoesDiffer) {
  const Year open(Hold::None), told(Hold::Told);
  EXPECT_NE(told.seen.at("erasure of target, hers"), open.seen.at("erasure of target, hers"));
  EXPECT_NE(told.seen.at("at the end, target, /v1/cases"), open.seen.at("at the end, target, /v1/cases"));
}

TEST(Gag, WhomTheOrderConcernsFindsWhatItKeepsAndNobodyAfterIt) {
  Year gagged(Hold::Silent);
  TestingDesk& house = gagged.house;
  const std::string path = "/v1/cases/" + gagged.real.text();
  const std::string ask = R"({"party":1,"reason":"Order 12/2026"})";
  const Answer shown = house.ask("POST", path + "/unmaskings", gagged.legal, ask);
  ASSERT_EQ(shown.status, 200) << shown.raw.body;
  EXPECT_EQ(shown.body["account_id"], "target");
  const Who reviewer = house.staff({"reviewer"});
  EXPECT_EQ(house.ask("POST", path + "/unmaskings", reviewer, ask).status, 409)
      << "for a reviewer she is erased, hold or not";
  EXPECT_EQ(house.ask("DELETE", path + "/holds/" + gagged.hold_id, gagged.legal).status, 204);
  house.clock.advance(std::chrono::hours(2));
  house.settle();
  EXPECT_TRUE(house.plane->erase_what_is_due(house.clock.now()));
  const Who later = house.staff({"legal", "reviewer"});
  EXPECT_EQ(house.ask("POST", path + "/unmaskings", later, ask).status, 409) << "the key went with the order";
  EXPECT_EQ(house.ask("GET", path + "/timeline", later).raw.body.find("a very private sentence"), std::string::npos);
}

}  // namespace
}  // namespace heed::api
