#include "app/adapters.h"

#include <gtest/gtest.h>

#include <future>

#include "store/directory/tables.h"
#include "store/memory/memory_store.h"

namespace heed::app {
namespace {

TEST(AssessingEvaluator, GivesTheGravestFindingAndAgreesWithStoredSignals) {
  auto policy = policy::default_policy();
  AssessingEvaluator evaluator(assess::Assessor::make_default(policy));
  auto none = evaluator.evaluate("good morning");
  EXPECT_FALSE(none.any);
  auto grave = evaluator.evaluate("I will kill you tonight, you stupid cow");
  ASSERT_TRUE(grave.any);
  EXPECT_EQ(grave.lane, policy::Lane::Life);
  EXPECT_EQ(grave.clause, "threats_to_life");
  EXPECT_FALSE(grave.category.empty());
  auto again = evaluator.from_signals(grave.signals_json);
  EXPECT_EQ(again.clause, grave.clause);
  EXPECT_EQ(again.category, grave.category);
  EXPECT_EQ(again.severity, grave.severity);
  EXPECT_EQ(again.lane, grave.lane);
}

TEST(AssessingEvaluator, TakesNoHarmFromSignalsThatAreNone) {
  AssessingEvaluator evaluator(assess::Assessor::make_default(policy::default_policy()));
  for (const char* text : {"", "[", "{}", "[1]", R"([{"category":7}])"}) {
    EXPECT_TRUE(evaluator.from_signals(text).clause.empty()) << text;
  }
}

class Accounts : public ::testing::Test {
 protected:
  template <class F>
  void wait(F&& f) {
    std::promise<Result<void>> promise;
    f([&](Result<void> result) { promise.set_value(std::move(result)); });
    Result<void> result = promise.get_future().get();
    ASSERT_TRUE(result) << result.error().message;
  }
  ManualClock clock{from_ms(1795284000000)};
  std::unique_ptr<ledger::Store> store = store::open_memory_store(store::directory_tables());
  std::unique_ptr<ledger::KeyRing> keys = ledger::memory_key_ring();
  store::Accounts stored{*store, *keys, clock};
  access::Hasher hasher{sha256("p"), sha256("i")};
  HashedAccounts accounts{stored, hasher};
};

TEST_F(Accounts, WhoFollowsOrIsInContactIsAFriend) {
  using Kind = post::Relation::Kind;
  wait([&](auto done) {
    accounts.relate({{Kind::Follows, "a", "b", true}, {Kind::Contact, "a", "c", true}, {Kind::Blocks, "a", "d", true}},
                    done);
  });
  EXPECT_TRUE(*accounts.is_friend("a", "b"));
  EXPECT_TRUE(*accounts.is_friend("a", "c"));
  EXPECT_FALSE(*accounts.is_friend("a", "d"));
  EXPECT_FALSE(*accounts.is_friend("b", "a"));
  EXPECT_TRUE(*accounts.already_blocked("a", "d"));
  EXPECT_FALSE(*accounts.already_blocked("a", "b"));
  wait([&](auto done) { accounts.relate({}, done); });
}

TEST_F(Accounts, ManyRelationsGoInPieces) {
  std::vector<post::Relation> many;
  for (int i = 0; i < 2500; ++i) {
    many.push_back({post::Relation::Kind::Follows, "a", "x" + std::to_string(i), true});
  }
  wait([&](auto done) { accounts.relate(many, done); });
  EXPECT_TRUE(*accounts.is_friend("a", "x0"));
  EXPECT_TRUE(*accounts.is_friend("a", "x2499"));
}

TEST_F(Accounts, MailAndProfileComeFromWhatThePlatformTold) {
  EXPECT_EQ(*accounts.mail_of("a"), "");
  EXPECT_EQ(*accounts.profile_of("a"), "");
  post::Account account;
  account.id = "a";
  account.handle = "ann";
  account.email = "ann@example.org";
  wait([&](auto done) { accounts.put(account, done); });
  EXPECT_EQ(*accounts.mail_of("a"), "ann@example.org");
  EXPECT_NE(accounts.profile_of("a")->find("\"ann\""), std::string::npos);
  wait([&](auto done) { accounts.remove("a", done); });
  EXPECT_EQ(*accounts.mail_of("a"), "");
}

TEST(GuestPages, KeepTheSecretBehindTheHash) {
  ManualClock clock{from_ms(1795284000000)};
  access::Aliases aliases(sha256("alias"));
  GuestPages pages("https://help.example/case", aliases, sha256("token"), clock);
  IdSource ids(1);
  auto case_id = ids.mint<CaseId>(clock.now());
  access::PersonHash person{1};
  std::string link = pages.case_page(person, case_id);
  EXPECT_TRUE(link.starts_with("https://help.example/case#case=cas_")) << link;
  EXPECT_EQ(link.find(case_id.text()), std::string::npos) << "the real id is not for parties";
  std::string token = link.substr(link.find("&key=") + 5);
  auto guest = api::GuestLinks(sha256("token")).open(token, clock.now());
  ASSERT_TRUE(guest);
  EXPECT_EQ(guest->guest_case, case_id);
  EXPECT_EQ(guest->person, person);
  EXPECT_NE(pages.appeal_page(person, case_id, ids.mint<DecisionId>(clock.now())).find("&appeal=dec_"),
            std::string::npos);
}

}  // namespace
}  // namespace heed::app
