#include "api/testing_desk.h"
#include "casework/case_links.h"
#include "casework/post_search.h"

/// Finding cases again, and what belongs to one: by words, people and what they have in common. Never what is sealed.
namespace heed::api {
namespace {

using nlohmann::json;

struct Searching {
  TestingDesk house;
  TestingHouse::Who reviewer = house.staff({"reviewer"});

  Answer search(const json& body) { return house.ask("POST", "/v1/searches", reviewer, body.dump()); }
  json hits(const json& body) {
    Answer answer = search(body);
    EXPECT_EQ(answer.status, 200) << answer.raw.body;
    return answer.body["items"];
  }
  CaseId report(const std::string& post, const std::string& text, const std::string& author, const std::string& target,
                const std::string& symptom = "harassment") {
    house.tell(post, text, author, target);
    Answer receipt = house.report(target, post, symptom);
    EXPECT_EQ(receipt.status, 201) << receipt.raw.body;
    house.settle();
    return house.real_case(target, receipt);
  }
  void escalate(CaseId id, const std::string& queue) {
    auto lead = house.staff({"lead"});
    const json body{{"queue", queue}, {"reason", "It belongs there."}};
    EXPECT_LT(house.ask("POST", "/v1/cases/" + id.text() + "/escalation", lead, body.dump()).status, 300);
  }
};

TEST(Search, FindsPostsByWordsInAnyOrderWhateverTheirDress) {
  Searching s;
  const CaseId id = s.report("p1", "Dein Garten ist ein Sumpf, you familiar old fool", "bob", "ann");
  for (const char* words : {"garten sumpf", "SUMPF Dein", "f\xC3\xB3\xC3\xB3l",
                            "\xF0\x9D\x93\xBC\xF0\x9D\x93\xBE\xF0\x9D\x93\xB6pf", "gart"}) {
    const json found = s.hits({{"words", words}});
    ASSERT_EQ(found.size(), 1U) << words;
    EXPECT_EQ(found[0]["case_id"], id.text());
  }
  const json found = s.hits({{"words", "sumpf"}});
  const std::string text = found[0]["text"];
  const std::size_t start = found[0]["span"]["start"], end = found[0]["span"]["end"];
  EXPECT_EQ(text.substr(start, end - start), "Sumpf");
  EXPECT_TRUE(s.hits({{"words", "liar"}}).empty());
  EXPECT_TRUE(s.hits({{"words", "garten hecke"}}).empty()) << "every word must be there";
  EXPECT_TRUE(s.hits({{"words", "iliar"}}).empty()) << "a word of letters begins where a word begins";
}

TEST(Search, CutsALongPostAroundWhatWasFound) {
  Searching s;
  std::string text;
  for (int i = 0; i < 300; ++i) {
    text += "\xC3\xA4rger ";
  }
  s.report("p1", text + "needle " + text, "bob", "ann");
  const json found = s.hits({{"words", "needle"}});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_LT(found[0]["text"].get<std::string>().size(), 700U);
  EXPECT_TRUE(found[0]["cut_before"].get<bool>());
  EXPECT_TRUE(found[0]["cut_after"].get<bool>());
  EXPECT_NE(found[0]["text"].get<std::string>().find("needle"), std::string::npos);
}

TEST(Search, NeverFindsWhatASealedClauseProtects) {
  Searching s;
  const CaseId open = s.report("p1", "what an orchard of fools", "bob", "ann");
  s.report("p2", "orchard: I will kill you tonight at your house", "eve", "kim", "threat_of_violence");
  json found = s.hits({{"words", "orchard"}, {"state", "all"}});
  ASSERT_EQ(found.size(), 1U) << found.dump();
  EXPECT_EQ(found[0]["case_id"], open.text());
  EXPECT_TRUE(s.hits({{"words", "kill"}, {"state", "all"}}).empty());
  s.escalate(open, "sealed");
  EXPECT_TRUE(s.hits({{"words", "orchard"}, {"state", "all"}}).empty()) << "nor anything of the sealed queue";
  EXPECT_TRUE(s.hits({{"kind", "people"}, {"words", "bob"}, {"state", "all"}}).empty());
}

TEST(Search, FindsNothingOfSomebodyWhoWasErased) {
  Searching s;
  s.report("p1", "a very particular insult, you fool", "bob", "ann");
  ASSERT_EQ(s.hits({{"words", "particular"}}).size(), 1U);
  ASSERT_LT(s.house.ask("DELETE", "/v1/accounts/bob", s.house.platform()).status, 300);
  s.house.settle();
  EXPECT_TRUE(s.hits({{"words", "particular"}}).empty());
  EXPECT_TRUE(s.hits({{"kind", "people"}, {"words", "bob"}}).empty());
}

TEST(Search, FindsAuthorsAndTargetsAndNeverWhoReported) {
  Searching s;
  json post = json::parse(s.house.post_json("p1", "you fool", "bob7", "ann"));
  post["author"]["handle"] = "B\xC3\xB6se_Bob";
  ASSERT_EQ(s.house.tell_all(post.dump() + "\n").status, 200);
  const Answer receipt = s.house.report("witness", "p1");
  ASSERT_EQ(receipt.status, 201);
  const std::string id = s.house.real_case("witness", receipt).text();
  const json by_account = s.hits({{"kind", "people"}, {"words", "bob7"}});
  ASSERT_EQ(by_account.size(), 1U);
  EXPECT_EQ(by_account[0]["case_id"], id);
  EXPECT_EQ(by_account[0]["roles"], json::array({"author"}));
  const json by_handle = s.hits({{"kind", "people"}, {"words", "@bose_bob"}});
  ASSERT_EQ(by_handle.size(), 1U) << "folded, as words are";
  EXPECT_EQ(by_handle[0]["account_id"], "bob7");
  EXPECT_TRUE(s.hits({{"kind", "people"}, {"words", "witness"}, {"state", "all"}}).empty());
}

TEST(Search, LooksAtOpenCasesUnlessAskedForAll) {
  Searching s;
  const CaseId id = s.report("p1", "you quaint fool", "bob", "ann");
  const json claim = s.house.ask("POST", "/v1/queues/default/claims", s.reviewer).body;
  const json verdict{
      {"claim_id", claim["claim_id"]},
      {"items",
       json::array(
           {{{"item_id", claim["items"][0]}, {"outcome", "no_violation"}, {"clause", "targeted_harassment"}}})}};
  ASSERT_EQ(s.house.ask("POST", "/v1/cases/" + id.text() + "/decisions", s.reviewer, verdict.dump()).status, 201);
  EXPECT_TRUE(s.hits({{"words", "quaint"}}).empty());
  EXPECT_EQ(s.hits({{"words", "quaint"}, {"state", "all"}}).size(), 1U);
}

TEST(Search, SaysHowFarItCameAndGoesOnFromThere) {
  Searching s;
  std::set<std::string> cases;
  for (int i = 0; i < 7; ++i) {
    const std::string n = std::to_string(i);
    cases.insert(s.report("p" + n, "you fool number " + n, "bob" + n, "ann" + n).text());
  }
  const auto words = *casework::SearchWords::of("fool");
  const casework::MayKnow all = [](const casework::CaseRow&) -> Result<bool> { return true; };
  std::set<std::string> found;
  casework::SearchAsk ask;
  ask.budget = {.cases = 3, .posts = 2, .hits = 1};
  int steps = 0;
  for (;; ++steps) {
    ASSERT_LT(steps, 50);
    auto view = s.house.view();
    auto step = casework::search_posts(*view, *s.house.keys, *s.house.policy, words, ask, all);
    ASSERT_TRUE(step);
    EXPECT_LE(step->posts_read, 2U);
    EXPECT_LE(step->hits.size(), 1U);
    for (const auto& hit : step->hits) {
      EXPECT_TRUE(found.insert(hit.item.case_id.text()).second) << "found twice";
    }
    if (!step->next.case_id) {
      break;
    }
    ask.after = step->next;
  }
  EXPECT_EQ(found, cases);
  EXPECT_GE(steps, 6);
}

TEST(Search, AsksBeforeAnythingOfACaseIsOpened) {
  Searching s;
  const CaseId one = s.report("p1", "you fool", "bob", "ann"), other = s.report("p2", "you fool", "bob", "kim");
  auto view = s.house.view();
  const casework::MayKnow wall = [&](const casework::CaseRow& row) -> Result<bool> { return row.id != one; };
  auto posts =
      casework::search_posts(*view, *s.house.keys, *s.house.policy, *casework::SearchWords::of("fool"), {}, wall);
  ASSERT_TRUE(posts);
  ASSERT_EQ(posts->hits.size(), 1U);
  EXPECT_EQ(posts->hits[0].item.case_id, other);
  EXPECT_EQ(posts->posts_read, 1U);
  auto people = casework::search_people(*view, *s.house.keys, s.house.hasher, "bob", {}, wall);
  ASSERT_TRUE(people);
  ASSERT_EQ(people->hits.size(), 1U);
  EXPECT_EQ(people->hits[0].case_id, other);
  auto row = ledger::get<casework::CaseRow>(*view, other);
  ASSERT_TRUE(row && *row);
  auto links = casework::case_links(*view, s.house.hasher, **row, 10, wall);
  ASSERT_TRUE(links);
  EXPECT_TRUE(links->links.empty());
  auto authors = casework::author_histories(*view, *s.house.keys, **row, 0, 10, wall);
  ASSERT_TRUE(authors);
  ASSERT_EQ(authors->authors.size(), 1U);
  EXPECT_EQ(authors->authors[0].cases, 0);
}

TEST(Search, NamesFieldAndReasonOfWhatItCannotRead) {
  Searching s;
  for (const auto& [body, pointer] : std::vector<std::pair<json, std::string>>{
           {{{"words", "? !"}}, "/words"},
           {{{"words", ""}}, "/words"},
           {{{"words", "a b c"}}, "/words"},
           {{{"words", "aa bb cc dd ee ff gg hh ii"}}, "/words"},
           {{{"words", "fool"}, {"kind", "everything"}}, "/kind"},
           {{{"words", "fool"}, {"cursor", "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV"}}, "/cursor"},
           {{{"words", "fool"}, {"cursor", "cas_01ARZ3NDEKTSV4RRFFQ69G5FAV.1x"}}, "/cursor"},
           {{{"words", "fool"}, {"cursor", "x.1"}}, "/cursor"},
           {{{"words", "fool"}, {"since", "today"}}, "/since"}}) {
    const Answer answer = s.search(body);
    EXPECT_EQ(answer.status, 422) << body << answer.raw.body;
    ASSERT_FALSE(answer.body["errors"].empty()) << body;
    EXPECT_EQ(answer.body["errors"][0]["pointer"], pointer);
  }
}

TEST(Search, IsNotedForEveryCaseThatItShowed) {
  Searching s;
  const CaseId id = s.report("p1", "you fool", "bob", "ann");
  s.hits({{"words", "nothing like it"}});
  for (const std::string& note : s.house.reads.all()) {
    EXPECT_EQ(note.find("search"), std::string::npos);
  }
  s.hits({{"words", "fool"}});
  const auto notes = s.house.reads.all();
  EXPECT_EQ(std::count(notes.begin(), notes.end(), id.text() + " search"), 1);
}

TEST(CasePeople, TellsWhatBecameOfAnAuthorsOtherPosts) {
  Searching s;
  const CaseId first = s.report("p1", "you fool", "bob", "ann");
  const json claim = s.house.ask("POST", "/v1/queues/default/claims", s.reviewer).body;
  const json verdict{{"claim_id", claim["claim_id"]},
                     {"items", json::array({{{"item_id", claim["items"][0]},
                                             {"outcome", "violation"},
                                             {"clause", "targeted_harassment"},
                                             {"facts", "It insults her."},
                                             {"actions", json::array({{{"kind", "remove"}}})}}})}};
  ASSERT_EQ(s.house.ask("POST", "/v1/cases/" + first.text() + "/decisions", s.reviewer, verdict.dump()).status, 201);
  const CaseId second = s.report("p2", "you liar", "bob", "kim");
  const Answer authors = s.house.ask("GET", "/v1/cases/" + second.text() + "/authors", s.reviewer);
  ASSERT_EQ(authors.status, 200) << authors.raw.body;
  ASSERT_EQ(authors.body["items"].size(), 1U);
  const json& bob = authors.body["items"][0];
  EXPECT_EQ(bob["account_id"], "bob");
  EXPECT_EQ(bob["items"], 1);
  EXPECT_EQ(bob["elsewhere"]["cases"], 1);
  EXPECT_EQ(bob["elsewhere"]["violations"], 1);
  EXPECT_EQ(bob["elsewhere"]["newest"], json::array({first.text()}));
  EXPECT_FALSE(authors.body["cut"].get<bool>());
}

TEST(CasePeople, LinksCasesByAuthorsWordsAndTarget) {
  Searching s;
  const CaseId here = s.report("p1", "you fool and liar", "bob", "ann");
  const CaseId same_author = s.report("p2", "something else, you liar", "bob", "kim");
  const CaseId same_words = s.report("p3", "you fool and liar", "eve", "lea");
  const CaseId neither = s.report("p4", "what a fool", "joe", "mia");
  const Answer links = s.house.ask("GET", "/v1/cases/" + here.text() + "/links", s.reviewer);
  ASSERT_EQ(links.status, 200) << links.raw.body;
  std::map<std::string, json> by_case;
  for (const json& link : links.body["items"]) {
    by_case[link["case_id"]] = link;
  }
  EXPECT_EQ(by_case.size(), 2U) << links.raw.body;
  EXPECT_EQ(by_case[same_author.text()]["authors"], 1);
  EXPECT_EQ(by_case[same_words.text()]["same_text"], 1);
  EXPECT_FALSE(by_case.contains(neither.text()));
}

TEST(CasePeople, ShowsWhoWorksOnACaseByPseudonym) {
  Searching s;
  const CaseId id = s.report("p1", "you fool", "bob", "ann");
  const std::string path = "/v1/cases/" + id.text() + "/claims";
  EXPECT_TRUE(s.house.ask("GET", path, s.reviewer).body["items"].empty());
  auto colleague = s.house.staff({"reviewer"});
  ASSERT_EQ(s.house.ask("POST", "/v1/queues/default/claims", colleague).status, 201);
  const json seen = s.house.ask("GET", path, s.reviewer).body["items"];
  ASSERT_EQ(seen.size(), 1U);
  EXPECT_FALSE(seen[0]["yours"].get<bool>());
  EXPECT_FALSE(seen[0]["alias"].get<std::string>().empty());
  EXPECT_TRUE(s.house.ask("GET", path, colleague).body["items"][0]["yours"].get<bool>());
}

TEST(Colleagues, AreThoseWhoWorkOnCasesBesidesOneself) {
  TestingDesk house;
  auto lead = house.staff({"lead"}), reviewer = house.staff({"reviewer"}), analyst = house.staff({"analyst"});
  const json seen = house.ask("GET", "/v1/colleagues", lead).body["items"];
  ASSERT_EQ(seen.size(), 1U) << seen.dump();
  EXPECT_EQ(seen[0]["roles"], json::array({"reviewer"}));
  EXPECT_FALSE(seen[0].contains("name")) << "by pseudonym";
  EXPECT_EQ(house.ask("GET", "/v1/colleagues", analyst).status, 403);
}

}  // namespace
}  // namespace heed::api
