#include <gtest/gtest.h>
#include <time.h>

#include <set>
#include <thread>

#include "access/testing_directory.h"

namespace heed::access {
namespace {

constexpr std::string_view kPassword = "correct horse";

class AuthenticatorTest : public ::testing::Test {
 protected:
  Staff add(std::string name, std::uint32_t roles = static_cast<std::uint32_t>(Role::Reviewer)) {
    return who.create_staff(std::move(name), kPassword, roles, /*quick_hash=*/true).value();
  }
  Authenticator::LogIn log_in(std::string_view name) { return who.log_in(name, kPassword).value(); }

  TestingDirectory directory;
  ManualClock clock{from_ms(1795284000000)};
  Digest token_key = sha256("token key");
  Authenticator who{directory, token_key, clock, {}};
};

template <class T>
void expect_refused(const Result<T>& result) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::Unauthorized);
  EXPECT_EQ(result.error().message, "credentials are missing or not valid");
}

using ApiKeys = AuthenticatorTest;
using Sessions = AuthenticatorTest;
using LogIns = AuthenticatorTest;

TEST_F(ApiKeys, OpenWithTheirScopesAndAreStoredAsHashOnly) {
  auto [key, token] = who.create_key("site", parse_scopes({"posts:write"}).value(), true).value();
  EXPECT_TRUE(token.starts_with("hk_"));
  EXPECT_EQ(token.size(), 46U);
  Principal principal = who.platform(token).value();
  EXPECT_TRUE(principal.has(Scope::PostsWrite));
  EXPECT_FALSE(principal.has(Scope::ReportsRead));
  EXPECT_TRUE(principal.trusted_flagger);
  EXPECT_EQ(principal.id, key.id.value);
  std::string_view stored(reinterpret_cast<const char*>(key.hash.data()), key.hash.size());
  EXPECT_EQ(stored.find(token.substr(3)), std::string_view::npos);
  EXPECT_NE(hash_token(sha256("another installation"), token), key.hash);
}

TEST_F(ApiKeys, EveryWrongTokenReadsTheSame) {
  auto token = who.create_key("site", 1, false).value().second;
  std::string changed = token;
  changed[10] = changed[10] == 'A' ? 'B' : 'A';
  const std::vector<std::string> all = {"",
                                        "hk_",
                                        changed,
                                        token + "A",
                                        "Hk_" + token.substr(3),
                                        token.substr(3),
                                        std::string(46, '\0'),
                                        std::string(100000, 'x')};
  for (const std::string& wrong : all) {
    expect_refused(who.platform(wrong));
  }
}

TEST_F(ApiKeys, RevokedHereDiesAtOnce) {
  auto [key, token] = who.create_key("site", 1, false).value();
  ASSERT_TRUE(who.platform(token));
  Time at = clock.now();
  ASSERT_TRUE(who.revoke_key(key.id));
  expect_refused(who.platform(token));
  clock.advance(Millis(5000));
  ASSERT_TRUE(who.revoke_key(key.id));
  EXPECT_EQ(directory.keys().value()[0].revoked_at, at);
  EXPECT_EQ(who.revoke_key(KeyId{}).error().code, Code::NotFound);
}

TEST_F(ApiKeys, RevokedElsewhereDiesWithinASecond) {
  auto [key, token] = who.create_key("site", 1, false).value();
  ASSERT_TRUE(who.platform(token));
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(who.platform(token));
  }
  EXPECT_EQ(directory.key_reads(), 1);
  Authenticator elsewhere(directory, token_key, clock, {});
  ASSERT_TRUE(elsewhere.revoke_key(key.id));
  clock.advance(Millis(1000));
  expect_refused(who.platform(token));
}

TEST_F(ApiKeys, AreReadAgainWhenTheClockWasSetBack) {
  auto token = who.create_key("site", 1, false).value().second;
  ASSERT_TRUE(who.platform(token));
  clock.advance(-std::chrono::hours(1));
  ASSERT_TRUE(who.platform(token));
  EXPECT_EQ(directory.key_reads(), 2);
}

TEST_F(ApiKeys, NeedAScope) { EXPECT_EQ(who.create_key("site", 0, false).error().code, Code::InvalidInput); }

TEST_F(ApiKeys, ManyThreadsSeeARevocation) {
  auto [key, token] = who.create_key("site", 1, false).value();
  std::atomic<bool> revoked = false;
  std::atomic<int> late = 0, calls = 0;
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, token = token] {
        for (int i = 0; i < 2000; ++i) {
          bool before = revoked.load();
          bool opened = who.platform(token).has_value();
          late += before && opened;
          ++calls;
        }
      });
    }
    while (calls.load() < 500) {
      std::this_thread::yield();
    }
    ASSERT_TRUE(who.revoke_key(key.id));
    revoked = true;
  }
  EXPECT_EQ(late, 0);
}

TEST_F(Sessions, OpenWithTheCookieAndSurviveARestart) {
  Staff ann = add("ann", static_cast<std::uint32_t>(Role::Lead));
  auto in = log_in("ann");
  Principal principal = who.staff(in.cookie, "", false).value();
  EXPECT_TRUE(principal.is(Role::Lead));
  EXPECT_EQ(principal.id, ann.id.value);
  Authenticator restarted(directory, token_key, clock, {});
  EXPECT_TRUE(restarted.staff(in.cookie, in.csrf, true));
  Authenticator other_installation(directory, sha256("other"), clock, {});
  expect_refused(other_installation.staff(in.cookie, in.csrf, true));
}

TEST_F(Sessions, ChangingSomethingNeedsTheSessionsOwnCsrfToken) {
  add("ann");
  auto one = log_in("ann"), two = log_in("ann");
  EXPECT_NE(one.csrf, two.csrf);
  EXPECT_EQ(who.staff(one.cookie, "", true).error().code, Code::Denied);
  EXPECT_EQ(who.staff(one.cookie, two.csrf, true).error().code, Code::Denied);
  EXPECT_EQ(who.staff(one.cookie, one.cookie, true).error().code, Code::Denied);
  EXPECT_TRUE(who.staff(one.cookie, one.csrf, true));
  EXPECT_TRUE(who.staff(one.cookie, "whatever", false));
}

TEST_F(Sessions, IdleOutAndUseKeepsThemAlive) {
  add("ann");
  auto in = log_in("ann");
  clock.advance(std::chrono::hours(12) - Millis(1));
  ASSERT_TRUE(who.staff(in.cookie, "", false));
  clock.advance(std::chrono::hours(11));
  ASSERT_TRUE(who.staff(in.cookie, "", false));
  clock.advance(std::chrono::hours(12));
  expect_refused(who.staff(in.cookie, "", false));
}

TEST_F(Sessions, EndAfterTheLongestTimeHoweverBusy) {
  add("ann");
  auto in = log_in("ann");
  for (int hour = 1; hour < 24 * 7; ++hour) {
    clock.advance(std::chrono::hours(1));
    ASSERT_TRUE(who.staff(in.cookie, "", false)) << hour;
  }
  clock.advance(std::chrono::hours(1));
  expect_refused(who.staff(in.cookie, "", false));
}

TEST_F(Sessions, AreNotWrittenAtEveryRequest) {
  add("ann");
  auto in = log_in("ann");
  for (int second = 0; second < 1000; ++second) {
    clock.advance(Millis(1000));
    ASSERT_TRUE(who.staff(in.cookie, "", false));
  }
  EXPECT_EQ(directory.touches(), 3);
}

TEST_F(Sessions, EndWithLogOutNewPasswordAndDisabling) {
  Staff ann = add("ann");
  auto out = log_in("ann"), password = log_in("ann"), disabled = log_in("ann");
  ASSERT_TRUE(who.log_out(out.cookie));
  ASSERT_TRUE(who.log_out(out.cookie));
  expect_refused(who.staff(out.cookie, out.csrf, false));
  ASSERT_TRUE(who.staff(disabled.cookie, "", false));
  ann.disabled = true;
  ASSERT_TRUE(directory.put_staff(ann));
  expect_refused(who.staff(disabled.cookie, "", false));
  ann.disabled = false;
  ASSERT_TRUE(directory.put_staff(ann));
  ASSERT_TRUE(who.staff(password.cookie, "", false));
  ASSERT_TRUE(who.set_password(ann.id, "new password", true));
  expect_refused(who.staff(password.cookie, "", false));
  expect_refused(who.log_in("ann", kPassword));
  EXPECT_TRUE(who.log_in("ann", "new password"));
}

TEST_F(Sessions, OldOnesAreForgottenAtTheNextLogIn) {
  add("ann");
  for (int i = 0; i < 5; ++i) {
    log_in("ann");
  }
  clock.advance(std::chrono::hours(13));
  log_in("ann");
  EXPECT_EQ(directory.sessions(), 1U);
}

TEST_F(Sessions, GarbageCookiesAreRefusedAlike) {
  add("ann");
  auto in = log_in("ann");
  std::string changed = in.cookie;
  changed[0] = changed[0] == 'A' ? 'B' : 'A';
  const std::vector<std::string> all = {"", changed, in.cookie + "A", std::string(43, '\0'), std::string(1 << 20, 'a')};
  for (const std::string& wrong : all) {
    expect_refused(who.staff(wrong, in.csrf, true));
  }
}

TEST_F(LogIns, WrongNameWrongPasswordAndDisabledReadTheSame) {
  add("ann");
  Staff bob = add("bob");
  bob.disabled = true;
  ASSERT_TRUE(directory.put_staff(bob));
  expect_refused(who.log_in("nobody", kPassword));
  expect_refused(who.log_in("ann", "wrong horse"));
  expect_refused(who.log_in("ann", ""));
  expect_refused(who.log_in("ann", std::string(5000, 'x')));
  expect_refused(who.log_in("bob", kPassword));
  expect_refused(who.log_in(std::string("ann\0", 4), kPassword));
}

double cpu_seconds(auto&& f) {
  auto now = [] {
    timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
  };
  double start = now();
  f();
  return now() - start;
}

TEST_F(LogIns, AnUnknownNameCostsWhatAKnownOneCosts) {
  ASSERT_TRUE(who.create_staff("ann", kPassword, 1, /*quick_hash=*/false));
  double known = 0, unknown = 0;
  for (int i = 0; i < 3; ++i) {
    known += cpu_seconds([&] { expect_refused(who.log_in("ann", "wrong horse")); });
    unknown += cpu_seconds([&] { expect_refused(who.log_in("nobody", "wrong horse")); });
  }
  EXPECT_GT(unknown, known * 0.5);
  EXPECT_LT(unknown, known * 2);
}

TEST_F(LogIns, AreThrottledByNameKnownOrNot) {
  add("ann");
  for (std::string_view name : {"ann", "nobody"}) {
    for (int i = 0; i < 10; ++i) {
      expect_refused(who.log_in(name, std::string(2000, 'x')));  // too long: refused without the slow hash
    }
    EXPECT_EQ(who.log_in(name, kPassword).error().code, Code::TooMany) << name;
  }
  clock.advance(Millis(7000));
  EXPECT_TRUE(who.log_in("ann", kPassword));
}

TEST_F(LogIns, RightPasswordsAreNotCounted) {
  add("ann");
  for (int i = 0; i < 30; ++i) {
    ASSERT_TRUE(who.log_in("ann", kPassword)) << i;
  }
}

TEST_F(LogIns, StaffNamesAreUniqueAndPseudonymsToo) {
  std::set<std::string> aliases;
  for (int i = 0; i < 300; ++i) {
    Staff staff = add("r" + std::to_string(i));
    EXPECT_TRUE(aliases.insert(staff.alias).second) << staff.alias;
    EXPECT_TRUE(staff.alias.starts_with("Reviewer "));
  }
  EXPECT_EQ(who.create_staff("r1", kPassword, 1, true).error().code, Code::Conflict);
}

TEST_F(LogIns, NamesAndPasswordsHaveBounds) {
  const std::vector<std::string> bad = {"", "a b", "ann\n", "<b>", "\xff", std::string(65, 'a')};
  for (const std::string& name : bad) {
    EXPECT_EQ(who.create_staff(name, kPassword, 1, true).error().code, Code::InvalidInput) << name;
  }
  EXPECT_EQ(who.create_staff("ann", "short", 1, true).error().code, Code::InvalidInput);
  EXPECT_EQ(who.create_staff("ann", std::string(2000, 'x'), 1, true).error().code, Code::InvalidInput);
  EXPECT_EQ(who.set_password(StaffId{}, kPassword).error().code, Code::NotFound);
}

}  // namespace
}  // namespace heed::access
