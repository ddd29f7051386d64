#include "access/grants.h"

#include <gtest/gtest.h>

namespace heed::access {
namespace {

Ulid ulid(std::uint8_t n) {
  Ulid id;
  id.bytes[15] = n;
  return id;
}
Grant grant(std::uint8_t id, std::uint8_t principal, std::uint8_t delegate, Time until) {
  Grant out;
  out.id = DelegationId{ulid(id)};
  out.principal[0] = principal;
  out.delegate[0] = delegate;
  out.account = "a";
  out.scopes = static_cast<std::uint32_t>(Delegated::Read);
  out.until = until;
  return out;
}
const Time kNow = from_ms(1'000'000);

TEST(Grants, AreFoundUntilTheirTimeIsUp) {
  Grants grants;
  EXPECT_FALSE(grants.filled());
  grants.fill({grant(1, 1, 2, kNow + std::chrono::seconds(1))});
  EXPECT_TRUE(grants.filled());
  const Grant g = grant(1, 1, 2, {});
  EXPECT_TRUE(grants.find(g.id, kNow));
  EXPECT_TRUE(grants.between(g.delegate, g.principal, kNow));
  EXPECT_FALSE(grants.between(g.principal, g.delegate, kNow)) << "the other way round is another thing";
  EXPECT_FALSE(grants.find(g.id, kNow + std::chrono::seconds(1)));
  EXPECT_FALSE(grants.between(g.delegate, g.principal, kNow + std::chrono::seconds(1)));
}

TEST(Grants, ANewOneEndsTheOldBetweenTheSameTwo) {
  Grants grants;
  const Time later = kNow + std::chrono::hours(1);
  grants.put(grant(1, 1, 2, later));
  grants.put(grant(2, 1, 2, later));
  EXPECT_FALSE(grants.find(DelegationId{ulid(1)}, kNow));
  EXPECT_TRUE(grants.find(DelegationId{ulid(2)}, kNow));
  grants.end(DelegationId{ulid(1)});
  EXPECT_TRUE(grants.between(grant(0, 1, 2, {}).delegate, grant(0, 1, 2, {}).principal, kNow));
  grants.end(DelegationId{ulid(2)});
  EXPECT_FALSE(grants.between(grant(0, 1, 2, {}).delegate, grant(0, 1, 2, {}).principal, kNow));
}

TEST(Grants, GoWithEitherPerson) {
  Grants grants;
  const Time later = kNow + std::chrono::hours(1);
  grants.put(grant(1, 1, 2, later));
  grants.put(grant(2, 3, 1, later));
  grants.put(grant(3, 3, 4, later));
  grants.forget(grant(0, 1, 0, {}).principal);
  EXPECT_FALSE(grants.find(DelegationId{ulid(1)}, kNow));
  EXPECT_FALSE(grants.find(DelegationId{ulid(2)}, kNow));
  EXPECT_TRUE(grants.find(DelegationId{ulid(3)}, kNow));
}

TEST(Grants, WhoActsMayOnlyWhatWasGiven) {
  const Principal who = acting(grant(1, 1, 2, {}), "de");
  EXPECT_TRUE(who.acts_for_another());
  EXPECT_TRUE(who.may(Delegated::Read));
  EXPECT_FALSE(who.may(Delegated::File));
  EXPECT_NE(who.rate_key(), acting(grant(2, 1, 2, {}), "de").rate_key());
  Principal herself;
  herself.caller = Caller::User;
  EXPECT_TRUE(herself.may(Delegated::File));
}

}  // namespace
}  // namespace heed::access
