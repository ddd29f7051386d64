#include "access/principal.h"

#include <gtest/gtest.h>

#include <set>

namespace heed::access {
namespace {

TEST(Scopes, EveryNameParsesToItsOwnBit) {
  std::set<std::string> names;
  for (std::uint32_t bit = 1; bit <= static_cast<std::uint32_t>(Scope::TestClock); bit <<= 1) {
    std::string name(scope_name(static_cast<Scope>(bit)));
    EXPECT_TRUE(names.insert(name).second) << name;
    EXPECT_EQ(parse_scopes({name}).value(), bit) << name;
  }
}

TEST(Scopes, AllIsEverythingButTheTestClock) {
  std::uint32_t all = parse_scopes({"all"}).value();
  EXPECT_EQ(all, (static_cast<std::uint32_t>(Scope::TestClock) - 1) | static_cast<std::uint32_t>(Scope::Assess));
  EXPECT_EQ(parse_scopes({"all", "test_clock"}).value(), all | static_cast<std::uint32_t>(Scope::TestClock));
}

TEST(Scopes, UnknownNameIsRefusedWithTheKnownOnes) {
  auto result = parse_scopes({"posts:write", "posts:wirte"});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Code::InvalidInput);
  EXPECT_NE(result.error().message.find("posts:write"), std::string::npos);
}

TEST(Roles, EveryNameParsesToItsOwnBitAndAllIsNoRole) {
  for (std::uint32_t bit = 1; bit <= static_cast<std::uint32_t>(Role::Admin); bit <<= 1) {
    EXPECT_EQ(parse_roles({std::string(role_name(static_cast<Role>(bit)))}).value(), bit);
  }
  EXPECT_FALSE(parse_roles({"all"}));
  EXPECT_FALSE(parse_roles({""}));
}

TEST(Principal, ScopesBelongToPlatformsAndRolesToStaff) {
  Principal user;
  user.caller = Caller::User;
  user.scopes = user.roles = ~0U;
  EXPECT_FALSE(user.has(Scope::ReportsRead));
  EXPECT_FALSE(user.is(Role::Admin));
}

TEST(Principal, RateKeysOfDifferentCallersDiffer) {
  std::set<std::string> keys;
  for (Caller caller : {Caller::Public, Caller::Platform, Caller::User, Caller::Guest, Caller::Staff}) {
    Principal principal;
    principal.caller = caller;
    EXPECT_TRUE(keys.insert(principal.rate_key()).second);
  }
}

}  // namespace
}  // namespace heed::access
