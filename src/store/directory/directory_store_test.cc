#include "store/directory/directory_store.h"

#include <thread>

#include "store/directory/testing_stores.h"

namespace heed::store {
namespace {

using access::ApiKey;
using access::Authenticator;
using access::Session;
using access::Staff;
using access::TokenHash;

TokenHash hash(std::string_view name) { return sha256(name); }

class DirectoryTest : public BothStores {
 protected:
  DirectoryStore directory() { return DirectoryStore(*store); }
  IdSource ids{1};
};

TEST_P(DirectoryTest, KeysComeBackAsTheyWere) {
  DirectoryStore d = directory();
  ApiKey key{ids.mint<KeyId>(clock.now()), "the site", hash("a"), 0x3FF, true, clock.now(), std::nullopt};
  ASSERT_TRUE(d.put_key(key));
  ApiKey found = d.key_by_hash(hash("a")).value().value();
  EXPECT_EQ(found.id, key.id);
  EXPECT_EQ(found.name, "the site");
  EXPECT_EQ(found.hash, key.hash);
  EXPECT_EQ(found.scopes, 0x3FFU);
  EXPECT_TRUE(found.trusted_flagger);
  EXPECT_EQ(found.created_at, clock.now());
  EXPECT_FALSE(found.revoked_at);
  key.revoked_at = clock.now() + Millis(1);
  ASSERT_TRUE(d.put_key(key));
  EXPECT_EQ(d.key_by_hash(hash("a")).value()->revoked_at, key.revoked_at);
  EXPECT_EQ(d.keys().value().size(), 1U);
  EXPECT_FALSE(d.key_by_hash(hash("b")).value());
}

TEST_P(DirectoryTest, TwoKeysNeverShareAHash) {
  DirectoryStore d = directory();
  ASSERT_TRUE(d.put_key({ids.mint<KeyId>(clock.now()), "one", hash("a"), 1, false, clock.now(), std::nullopt}));
  auto again = d.put_key({ids.mint<KeyId>(clock.now()), "two", hash("a"), 1, false, clock.now(), std::nullopt});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, Code::Conflict);
}

TEST_P(DirectoryTest, StaffNamesAreUnique) {
  DirectoryStore d = directory();
  Staff ann{ids.mint<StaffId>(clock.now()), "ann", "Reviewer K7", "$argon2id$x", 6, false};
  ASSERT_TRUE(d.put_staff(ann));
  Staff other = ann;
  other.id = ids.mint<StaffId>(clock.now());
  auto taken = d.put_staff(other);
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, Code::Conflict);
  ann.disabled = true;
  ann.roles = 1;
  ASSERT_TRUE(d.put_staff(ann));
  Staff found = d.staff_by_name("ann").value().value();
  EXPECT_EQ(found.id, ann.id);
  EXPECT_EQ(found.alias, "Reviewer K7");
  EXPECT_EQ(found.password, "$argon2id$x");
  EXPECT_EQ(found.roles, 1U);
  EXPECT_TRUE(found.disabled);
  EXPECT_EQ(d.staff(ann.id).value()->name, "ann");
  EXPECT_FALSE(d.staff_by_name("Ann").value());
  EXPECT_FALSE(d.staff_by_name("").value());
  EXPECT_EQ(d.all_staff().value().size(), 1U);
}

TEST_P(DirectoryTest, SessionsEndOneByOneByPersonAndByAge) {
  DirectoryStore d = directory();
  auto ann = ids.mint<StaffId>(clock.now()), bob = ids.mint<StaffId>(clock.now());
  auto put = [&](std::string_view name, StaffId staff, int age_minutes) {
    Time at = clock.now() - std::chrono::minutes(age_minutes);
    ASSERT_TRUE(d.put_session({hash(name), staff, at, at}));
  };
  put("a1", ann, 0);
  put("a2", ann, 90);
  put("b1", bob, 0);
  put("b2", bob, 30);
  put("b3", bob, 61);
  ASSERT_TRUE(d.end_session(hash("b1")));
  ASSERT_TRUE(d.end_session(hash("b1")));
  ASSERT_TRUE(d.prune_sessions(clock.now() - std::chrono::hours(1)));
  ASSERT_TRUE(d.prune_sessions(clock.now() - std::chrono::hours(1)));
  EXPECT_TRUE(d.session(hash("a1")).value());
  EXPECT_FALSE(d.session(hash("a2")).value());
  EXPECT_FALSE(d.session(hash("b1")).value());
  EXPECT_TRUE(d.session(hash("b2")).value());
  EXPECT_FALSE(d.session(hash("b3")).value());
  ASSERT_TRUE(d.end_sessions_of(bob));
  EXPECT_FALSE(d.session(hash("b2")).value());
  EXPECT_TRUE(d.session(hash("a1")).value());
}

TEST_P(DirectoryTest, TouchingNeverBringsASessionBackNorMakesItOlder) {
  DirectoryStore d = directory();
  auto ann = ids.mint<StaffId>(clock.now());
  ASSERT_TRUE(d.put_session({hash("a"), ann, clock.now(), clock.now()}));
  d.touch_session(hash("a"), clock.now() + Millis(5));
  d.touch_session(hash("a"), clock.now() + Millis(3));
  d.touch_session(hash("gone"), clock.now());
  ASSERT_TRUE(ledger::execute_and_wait(
      *store, [](ledger::Tx&) { return Result<void>{}; }, ledger::Priority::Background));
  EXPECT_EQ(d.session(hash("a")).value()->seen_at, clock.now() + Millis(5));
  EXPECT_EQ(d.session(hash("a")).value()->created_at, clock.now());
  EXPECT_FALSE(d.session(hash("gone")).value());
}

TEST_P(DirectoryTest, SecondFactorsComeBackAndChangeInOneGo) {
  DirectoryStore d = directory();
  const auto ann = ids.mint<StaffId>(clock.now());
  EXPECT_FALSE(d.second_factor(ann).value());
  EXPECT_FALSE(d.change_second_factor(ann, [](access::SecondFactor&) { return true; }).value());
  ASSERT_TRUE(d.put_second_factor({ann, "sealed", false, 0, {hash("a"), hash("b")}, clock.now()}));
  ASSERT_TRUE(d.change_second_factor(ann, [](access::SecondFactor& f) {
                 f.confirmed = true;
                 f.last_step = 59'000'000;
                 f.recovery.erase(f.recovery.begin());
                 return true;
               }).value());
  EXPECT_FALSE(d.change_second_factor(ann, [](access::SecondFactor& f) {
                  f.last_step = 1;
                  return false;
                }).value());
  if (keeps_data()) {
    reopen();
  }
  const access::SecondFactor found = DirectoryStore(*store).second_factor(ann).value().value();
  EXPECT_TRUE(found.confirmed);
  EXPECT_EQ(found.sealed, "sealed");
  EXPECT_EQ(found.last_step, 59'000'000);
  EXPECT_EQ(found.recovery, std::vector{hash("b")});
  EXPECT_EQ(found.since, clock.now());
  ASSERT_TRUE(DirectoryStore(*store).end_second_factor(ann));
  EXPECT_FALSE(DirectoryStore(*store).second_factor(ann).value());
}

TEST_P(DirectoryTest, InvitationsAndTiesComeBackAndEnd) {
  DirectoryStore d = directory();
  const auto ann = ids.mint<StaffId>(clock.now()), ben = ids.mint<StaffId>(clock.now());
  const access::Invitation one{hash("t"),   ids.mint<access::InvitationId>(clock.now()), "kim", 6, ann, ben,
                               clock.now(), clock.now() + std::chrono::hours(1)};
  ASSERT_TRUE(d.put_invitation(one));
  const access::Invitation found = d.invitations().value().at(0);
  EXPECT_EQ(found.hash, one.hash);
  EXPECT_EQ(found.name, "kim");
  EXPECT_EQ(found.roles, 6U);
  EXPECT_EQ(found.by, ann);
  EXPECT_EQ(found.staff, ben);
  EXPECT_EQ(found.expires_at, one.expires_at);
  ASSERT_TRUE(d.end_invitation(one.id));
  EXPECT_TRUE(d.invitations().value().empty());

  const access::Tie own{ann, {1, 2}, access::TieKind::Own, "sealed", clock.now()};
  access::Tie declared = own;
  declared.kind = access::TieKind::Declared;
  access::Tie other = own;
  other.staff = ben;
  for (const access::Tie& tie : {own, declared, other}) {
    ASSERT_TRUE(d.put_tie(tie));
  }
  ASSERT_EQ(d.ties_of(ann).value().size(), 2U);
  ASSERT_TRUE(d.end_tie(declared));
  ASSERT_EQ(d.ties_of(ann).value().size(), 1U);
  EXPECT_EQ(d.ties_of(ann).value()[0].kind, access::TieKind::Own);
  EXPECT_EQ(d.ties_of(ann).value()[0].person, own.person);
  EXPECT_EQ(d.ties_of(ben).value().size(), 1U);
}

TEST_P(DirectoryTest, CarriesAnAuthenticatorOverARestart) {
  Digest token_key = sha256("key");
  std::string token;
  Authenticator::LogIn in;
  {
    DirectoryStore d = directory();
    Authenticator who(d, token_key, clock, {});
    token = who.create_key("site", 1, false).value().second;
    ASSERT_TRUE(who.create_staff("ann", "correct horse", 2, true));
    in = who.log_in("ann", "correct horse").value();
  }
  if (keeps_data()) {
    reopen();
  }
  DirectoryStore d = directory();
  Authenticator who(d, token_key, clock, {});
  EXPECT_TRUE(who.platform(token));
  EXPECT_TRUE(who.staff(in.cookie, in.csrf, true));
  clock.advance(std::chrono::hours(12));
  EXPECT_FALSE(who.staff(in.cookie, in.csrf, true));
  EXPECT_TRUE(who.log_in("ann", "correct horse"));
}

HEED_OVER_BOTH_STORES(DirectoryTest);

TEST_P(DirectoryTest, NotesWhenAKeyWasUsedLast) {
  DirectoryStore d(*store);
  ApiKey key{ids.mint<KeyId>(clock.now()), "bridge", hash("k"), 1, false, clock.now(), std::nullopt};
  ASSERT_TRUE(d.put_key(key));
  EXPECT_EQ(d.keys()->front().used_at, std::nullopt);
  d.touch_key(key.id, clock.now() + Millis(5));
  d.touch_key(key.id, clock.now() + Millis(3));
  ASSERT_TRUE(d.put_key(key)) << "waits for what was noted before";
  EXPECT_EQ(d.keys()->front().used_at, clock.now() + Millis(5));
}

TEST_P(DirectoryTest, KeepsWhatAShiftAskedOfSomebody) {
  DirectoryStore d(*store);
  const auto kim = ids.mint<StaffId>(clock.now()), noor = ids.mint<StaffId>(clock.now());
  EXPECT_EQ(*d.shift(kim), std::nullopt);
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(d.change_shift(kim, [&](access::ShiftCount& count) {
      count.last_at = clock.now();
      count.seen += 3;
      count.by_category["insult"] += 2;
      count.by_category["none"] += 1;
    }));
  }
  if (keeps_data()) {
    reopen();
  }
  DirectoryStore again(*store);
  auto held = again.shift(kim);
  ASSERT_TRUE(held && *held);
  EXPECT_EQ((*held)->seen, 6);
  EXPECT_EQ((*held)->by_category, (std::map<std::string, std::int64_t>{{"insult", 4}, {"none", 2}}));
  EXPECT_EQ(*again.shift(noor), std::nullopt);
  ASSERT_TRUE(again.prune_shifts(clock.now()));
  EXPECT_TRUE(*again.shift(kim)) << "not older";
  ASSERT_TRUE(again.prune_shifts(clock.now() + Millis(1)));
  EXPECT_EQ(*again.shift(kim), std::nullopt);
}

}  // namespace
}  // namespace heed::store
