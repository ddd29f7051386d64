#include <random>
#include <set>

#include "api/testing_blanks.h"
#include "casework/notices.h"
#include "casework/tables.h"
#include "http/testing.h"

/// Tries to find who reported from everything that the reported side can ever see. The same evening is lived through in
/// many houses that differ only in who reported, how many, in what order and when, and in what the reporters did
/// besides: spoke with us, added evidence, let others act, hid posts, took reports back, had themselves erased. Then
/// the author reads every address that is open to a person, with a log-in and with the link of his statement, takes his
/// files, hears his mails, asks for his data and has it erased. But for ids that are drawn at random, every word,
/// number, time and order must be the same. New routes for people are swept without being named here.
namespace heed::api {
namespace {

using nlohmann::json;
using Who = TestingHouse::Who;

class Evening {
 public:
  explicit Evening(unsigned seed, bool two = false) : random(seed), two(two) {
    house.tell("p1", "you are a fool and a liar", "author", "target");
    if (two) {
      house.clock.advance(std::chrono::seconds(10));
      house.tell("p2", "and a coward, as everybody knows", "author", "target");
    }
    report();
    house.clock.set(*parse_time("2026-11-21T20:00:00.000Z"));
    const Who rita = house.staff({"reviewer"}), rolf = house.staff({"reviewer"});
    talk_to_reporters(rita);
    decide(rita);
    house.clock.set(*parse_time("2026-11-22T06:00:00.000Z"));
    house.settle();
    after_the_decision();
    live(rita, rolf);
    house.clock.set(*parse_time("2026-11-22T09:00:00.000Z"));
    house.settle();
    sweep("user", author());
    sweep("link", house.guest("author", real));
    stream();
    mails();
    erase();
  }

  TestingDesk house;
  std::map<std::string, std::string> seen;  ///< by what was asked
  std::string raw;                          ///< all of it, as it came
  std::vector<std::string> names;           ///< of the reported side's other side
  std::size_t routes = 0;
  static constexpr std::string_view kWords = "a very private sentence";

 private:
  std::size_t draw(std::size_t n) { return random() % n; }
  Who author() { return house.user("author", std::chrono::hours(20)); }
  Answer done(int status, std::string_view method, const std::string& path, const Who& who, const json& body = {}) {
    Answer answer = house.ask(method, path, who, body.is_null() ? "" : body.dump());
    EXPECT_EQ(answer.status, status) << method << " " << path << " " << answer.raw.body;
    return answer;
  }
  void keep(const std::string& what, const std::string& body, std::string shape) {
    raw += body;
    seen[what] = blanked(std::move(shape));
  }

  /// Two posts are reported apart or together, the one first or the other; they end up in one case.
  json which(std::size_t report) {
    const bool first = draw(2) == 0;
    auto one = [](const char* id) { return json{{"kind", "post"}, {"id", id}}; };
    if (!two) {
      return json::array({one("p1")});
    }
    if (report == 0 ? draw(2) == 0 : report > 1 && draw(2) == 0) {
      return json::array({one(first ? "p1" : "p2")});
    }
    return json::array({one(first ? "p1" : "p2"), one(first ? "p2" : "p1")});
  }

  void report() {
    const std::size_t count = (two ? 2 : 1) + draw(5);
    for (std::size_t i = 0; i < count; ++i) {
      // Now and then the target is among them.
      const std::string who = draw(4) == 0 && names.empty() ? "target" : "reporter" + std::to_string(random() % 100000);
      if (who != "target") {
        names.push_back(who);
      }
      house.clock.advance(std::chrono::seconds(draw(300)));
      json body = json::parse(TestingHouse::report_json(who, "p1"));
      body["items"] = which(i);
      body["comment"] = kWords;
      body["channel"] = draw(2) == 0 ? "ios" : "desktop_web";
      body["locale"] = draw(2) == 0 ? "de" : "en";
      Who by = house.user(who);
      if (draw(4) == 0) {  // filed by somebody who acts for them
        const std::string aide = "aide" + std::to_string(random() % 100000);
        names.push_back(aide);
        done(201, "POST", "/v1/delegations", by,
             {{"delegate", {{"account_id", aide}}}, {"as", "staff"}, {"scopes", {"report", "read", "talk"}}});
        body.erase("reporter");
        body["on_behalf_of"] = who;
        by = house.user(aide);
      }
      const Answer receipt = done(201, "POST", "/v1/reports", by, body);
      real = *house.aliases.parse<CaseId>(house.hasher.account(who), TestingDesk::case_of(receipt));
      reports.push_back({who, receipt.body["report_id"], "/v1/cases/" + TestingDesk::case_of(receipt)});
    }
  }

  void talk_to_reporters(const Who& rita) {
    for (const Report& one : reports) {
      const Who she = house.user(one.who);
      if (draw(2) == 0) {
        done(201, "POST", one.path + "/messages", she, {{"text", kWords}});
      }
      if (draw(3) == 0) {
        done(201, "POST", one.path + "/evidence", she, {{"form", "text"}, {"text", kWords}});
      }
      if (draw(3) == 0) {
        done(200, "POST", one.path + "/relief", she, {{"kind", "hide"}});
      }
      if (draw(3) == 0) {
        done(200, "PUT", "/v1/me/mail", she, {{"digest_at", "18:30"}});
      }
      if (draw(3) == 0) {
        house.ask("POST", one.path + "/desk-code", she);
      }
    }
    if (draw(2) == 0) {
      done(201, "POST", "/v1/cases/" + real.text() + "/messages", rita, {{"text", "Among us."}});
    }
    // At least one of each post stays: whether there was one at all an author is told (Article 17).
    for (std::size_t i = two ? 2 : 1; i < reports.size(); ++i) {
      if (draw(4) == 0) {
        done(200, "POST", "/v1/reports/" + reports[i].id + "/withdrawal", house.user(reports[i].who));
      } else if (draw(4) == 0) {
        done(200, "DELETE", "/v1/me/data", house.user(reports[i].who));
      }
    }
  }

  void decide(const Who& rita) {
    const json claim = done(201, "POST", "/v1/queues/default/claims", rita).body;
    json verdicts = json::array();
    for (const json& item : claim["items"]) {
      verdicts.push_back({{"item_id", item},
                          {"outcome", "violation"},
                          {"clause", "targeted_harassment"},
                          {"ground", "terms"},
                          {"facts", "It insults her by name."},
                          {"actions", {{{"kind", "remove"}}}}});
    }
    EXPECT_EQ(verdicts.size(), two ? 2U : 1U);
    done(201, "POST", "/v1/cases/" + claim["case_id"].get<std::string>() + "/decisions", rita,
         {{"claim_id", claim["claim_id"]}, {"items", verdicts}});
  }

  /// Somebody reports it once more, or reads what came of it and takes her file.
  void after_the_decision() {
    for (const Report& one : reports) {
      if (draw(2) == 0) {
        house.ask("GET", one.path + "/file", house.user(one.who));
      }
    }
    if (draw(2) == 0) {
      names.push_back("late" + std::to_string(random() % 100000));
      EXPECT_EQ(house.report(names.back(), "p1").status, 201);
    }
    if (draw(2) == 0) {
      done(201, "POST", "/v1/cases/" + real.text() + "/holds", house.staff({"legal"}),
           {{"until", "2027-01-01T00:00:00.000Z"}, {"reason", "Order 12/2026"}});
      done(200, "GET", "/v1/cases/" + real.text(), house.staff({"legal"}));
    }
  }

  /// What the author himself does, the same every time.
  void live(const Who& rita, const Who& rolf) {
    const json cases = done(200, "GET", "/v1/cases", author()).body["items"];
    ASSERT_EQ(cases.size(), 1U);
    path = "/v1/cases/" + cases[0]["case_id"].get<std::string>();
    done(201, "POST", path + "/messages", author(), {{"text", "Who told you this?"}});
    done(201, "POST", path + "/evidence", author(), {{"form", "text"}, {"text", "It was a quotation."}});
    done(201, "POST", "/v1/delegations", author(),
         {{"delegate", {{"email", "law@firm.example"}}}, {"as", "lawyer"}, {"scopes", {"read", "appeal"}}});
    done(200, "PUT", "/v1/me/mail", author(), {{"digest_at", "09:30"}});
    const json items = done(200, "GET", path + "/items", author()).body["items"];
    ASSERT_EQ(items.size(), two ? 2U : 1U);
    const std::size_t about = items[0]["id"] == "p1" ? 0 : 1;
    done(201, "POST", "/v1/decisions/" + items[about]["decision"]["decision_id"].get<std::string>() + "/appeals",
         author(), {{"text", "It was a quotation."}});
    int him = 0;
    const json parties = done(200, "GET", "/v1/cases/" + real.text(), rita).body["parties"];
    for (const json& party : parties) {
      him = party["roles"] == json::array({"author"}) ? party["party"].get<int>() : him;
    }
    done(201, "POST", "/v1/cases/" + real.text() + "/messages", rita, {{"text", "We read it."}, {"to", him}});
    done(201, "POST", path + "/messages", author(), {{"text", "From a play."}});
    const json waiting = done(200, "GET", "/v1/appeals", rolf).body["items"];
    ASSERT_FALSE(waiting.empty());
    done(200, "POST", "/v1/appeals/" + waiting[0]["appeal_id"].get<std::string>() + "/decision", rolf,
         {{"outcome", "upheld"}, {"reason", "It stands."}});
  }

  /// Every address that the description of the API gives to users, of everything that is his.
  void sweep(const std::string& as, const Who& who) {
    const json document = json::parse(house.call("GET", "/openapi.json").body);
    for (const auto& [pattern, methods] : document["paths"].items()) {
      if (!methods.contains("get") || methods["get"]["security"].dump().find("userToken") == std::string::npos) {
        continue;
      }
      ++routes;
      std::vector<std::string> targets;
      if (pattern.find("{piece}") != std::string::npos) {
        const json pieces = house.ask("GET", path + "/evidence", who).body["items"];
        for (const json& piece : pieces) {
          targets.push_back(path + "/evidence/" + piece["piece_id"].get<std::string>());
        }
        EXPECT_EQ(targets.size(), 1U);
      } else if (pattern.find("{id}") != std::string::npos) {
        targets.push_back(pattern.starts_with("/v1/cases/")
                              ? path + pattern.substr(std::string_view("/v1/cases/{id}").size())
                              : pattern.substr(0, pattern.find('{')) + "rpt_01ARZ3NDEKTSV4RRFFQ69G5FAV");
      } else {
        targets.push_back(pattern == "/v1/piles" ? pattern + "?target=author" : pattern);
      }
      for (const std::string& target : targets) {
        const Answer answer = house.ask("GET", target, who);
        const bool file = pattern.ends_with("/file") && answer.status == 200;
        keep(as + " " + pattern, answer.raw.body,
             std::to_string(answer.status) + " " + (file ? of_a_file(answer.body) : answer.raw.body));
        if (file) {
          const Answer page = house.ask("GET", target + "?format=html", who);
          EXPECT_EQ(page.status, 200);
          raw += page.raw.body;
        }
      }
    }
  }

  void stream() {
    http::testing::RawSocket socket(house.port());
    std::string headers = "Accept: text/event-stream\r\n";
    for (const auto& [name, value] : author()) {
      headers += name + ": " + value + "\r\n";
    }
    ASSERT_TRUE(socket.send(http::testing::get(path, headers)));
    const std::string text = socket.read_until("appeal_decided");
    std::string events;
    for (std::size_t at = text.find("data: "); at != std::string::npos; at = text.find("data: ", at + 1)) {
      events += text.substr(at, text.find('\n', at) - at) + "\n";
    }
    keep("stream", text, events);
  }

  void mails() {
    casework::RenderEnv env;
    env.keys = house.keys.get();
    env.aliases = &house.aliases;
    env.policy = house.plane->environment().policy;
    env.accounts = &house.accounts;
    env.platform = "Chirp";
    house.ask("PUT", "/v1/accounts/author", house.platform(), R"({"email":"author@example.org"})");
    auto view = house.view();
    std::vector<casework::NoticeRow> his;
    std::string all;
    int him = 0;
    ASSERT_TRUE(ledger::scan<casework::PartyRow>(*view, {}, [&](const casework::PartyRow& row) {
      him = row.case_id == real && row.person == house.hasher.account("author") ? row.party : him;
    }));
    ASSERT_TRUE(ledger::scan<casework::NoticeRow>(*view, {}, [&](const casework::NoticeRow& row) {
      if (row.case_id == real && row.party == him) {
        his.push_back(row);
      }
    }));
    ASSERT_FALSE(his.empty());
    for (casework::NoticeRow& row : his) {
      row.channel = casework::Channel::Mail;
      if (auto parcel = casework::render(*view, env, row)) {
        all += std::string(casework::name_of(row.kind)) + " " + format_time(row.at) + "\n" + parcel->subject + "\n" +
               parcel->text + "\n" + parcel->json + "\n";
      }
    }
    keep("mails", all, all);
    auto digest = casework::render_digest(*view, env, his);
    ASSERT_TRUE(digest) << digest.error().message;
    keep("digest", digest->parcel.text, digest->parcel.subject + "\n" + digest->parcel.text);
  }

  /// What stays of him when he asks to be forgotten, a hold on the case being none of his business.
  void erase() {
    const Answer answer = house.ask("DELETE", "/v1/me/data", house.user("author"));
    EXPECT_EQ(answer.status, 200);
    raw += answer.raw.body;
    json what = answer.body;
    for (json& one : what["stays"]) {
      if (one["what"] == "case") {  // held or judged: of the case, not of who reported
        one.erase("why"), one.erase("text"), one.erase("until");
      }
    }
    keep("erasure", {}, what.dump());
  }

  struct Report {
    std::string who, id, path;
  };
  std::mt19937 random;
  const bool two;
  std::vector<Report> reports;
  CaseId real;
  std::string path;  ///< of the case, as the author knows it
};

TEST(ReportedSide, SeesTheSameWhoeverReportedHowManyInWhatOrderAndWhen) {
  const Evening first(1);
  EXPECT_GE(first.routes, 2U * 14);
  for (const char* something : {"user /v1/cases/{id}", "user /v1/cases/{id}/file", "link /v1/cases/{id}/timeline",
                                "user /v1/me/data", "stream", "mails", "digest", "erasure"}) {
    ASSERT_TRUE(first.seen.contains(something)) << something;
    EXPECT_GT(first.seen.at(something).size(), 20U) << something << ": there is something to find it from";
  }
  EXPECT_NE(first.raw.find("you are a fool and a liar"), std::string::npos) << "his own words are his";
  EXPECT_NE(first.raw.find("It stands."), std::string::npos) << "the answer to his appeal";
  EXPECT_NE(first.raw.find("We read it."), std::string::npos) << "and what we wrote to him";
  for (unsigned seed = 2; seed < 12; ++seed) {
    const Evening evening(seed);
    for (const auto& [what, shape] : first.seen) {
      ASSERT_TRUE(evening.seen.contains(what)) << what;
      EXPECT_EQ(evening.seen.at(what), shape) << what << ", seed " << seed;
    }
    EXPECT_EQ(evening.seen.size(), first.seen.size());
    for (const std::string& name : evening.names) {
      EXPECT_EQ(evening.raw.find(name), std::string::npos) << name;
    }
    EXPECT_EQ(evening.raw.find(Evening::kWords), std::string::npos);
    EXPECT_EQ(evening.raw.find("stf_"), std::string::npos) << "nor who decided";
  }
}

TEST(ReportedSide, SeesTheSameOfTwoPostsReportedApartOrTogether) {
  const Evening first(101, /*two=*/true);
  EXPECT_NE(first.raw.find("as everybody knows"), std::string::npos);
  for (unsigned seed = 102; seed < 112; ++seed) {
    const Evening evening(seed, /*two=*/true);
    for (const auto& [what, shape] : first.seen) {
      ASSERT_TRUE(evening.seen.contains(what)) << what;
      EXPECT_EQ(evening.seen.at(what), shape) << what << ", seed " << seed;
    }
    for (const std::string& name : evening.names) {
      EXPECT_EQ(evening.raw.find(name), std::string::npos) << name;
    }
  }
}

/// Ids are aliases: neither sorting them nor their distance tells which was first.
TEST(ReportedSide, FindsNoOrderInIds) {
  TestingDesk house;
  int ascending = 0, pairs = 0;
  std::string before;
  for (int i = 0; i < 40; ++i) {
    const std::string post = "p" + std::to_string(i);
    house.tell(post, "you are a fool", "author", "target" + std::to_string(i));
    ASSERT_EQ(house.report("target" + std::to_string(i), post).status, 201);
    house.clock.advance(std::chrono::minutes(1));
  }
  auto view = house.view();
  std::vector<CaseId> cases;
  ASSERT_TRUE(
      ledger::scan<casework::CaseRow>(*view, {}, [&](const casework::CaseRow& row) { cases.push_back(row.id); }));
  ASSERT_EQ(cases.size(), 40U);
  for (CaseId id : cases) {  // in the order in which they were opened
    const std::string alias = house.aliases.text(house.hasher.account("author"), id);
    if (!before.empty()) {
      ascending += alias > before ? 1 : 0;
      ++pairs;
    }
    before = alias;
  }
  // In a random order of 40, 19.5 are expected with a deviation of 1.85: five of these to either side.
  EXPECT_GT(ascending, 10) << "of " << pairs;
  EXPECT_LT(ascending, 29) << "of " << pairs;
}

}  // namespace
}  // namespace heed::api
