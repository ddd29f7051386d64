#include "api/guest_link.h"

#include <gtest/gtest.h>

namespace heed::api {
namespace {

TEST(GuestLinks, OpenOneCaseAsOnePersonUntilTheyExpire) {
  GuestLinks links(sha256("token"));
  access::PersonHash person{1, 2, 3};
  CaseId id{*Ulid::parse("01ARZ3NDEKTSV4RRFFQ69G5FAV")};
  const Time now = from_ms(1'700'000'000'000);
  const std::string token = links.make(person, id, now + std::chrono::hours(1));
  auto who = links.open(token, now);
  ASSERT_TRUE(who.has_value());
  EXPECT_EQ(who->caller, access::Caller::Guest);
  EXPECT_EQ(who->person, person);
  EXPECT_EQ(who->guest_case, id);
  EXPECT_FALSE(links.open(token, now + std::chrono::hours(1)).has_value());
  EXPECT_NE(token, links.make(person, id, now + std::chrono::hours(1)))
      << "two links to one case tell nothing of each other";
}

TEST(GuestLinks, ThatWereTamperedWithOpenNothing) {
  GuestLinks links(sha256("token"));
  const Time now = from_ms(1'700'000'000'000);
  const std::string token = links.make({}, {}, now + std::chrono::hours(1));
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string other = token;
    other[i] = other[i] == 'A' ? 'B' : 'A';
    auto opened = links.open(other, now);
    ASSERT_FALSE(opened.has_value()) << i;
    EXPECT_EQ(opened.error().code, Code::Unauthorized);
  }
  EXPECT_FALSE(links.open(token.substr(0, 50), now).has_value());
  EXPECT_FALSE(links.open(token + "AAAA", now).has_value());
  EXPECT_FALSE(GuestLinks(sha256("other")).open(token, now).has_value());
}

}  // namespace
}  // namespace heed::api
