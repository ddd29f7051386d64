#include "casework/delegations.h"

#include <gtest/gtest.h>

#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using testing::HasSubstr;

class Pages final : public Links {
 public:
  std::string case_page(const PersonHash&, CaseId) const override { return "https://heed.test/case"; }
  std::string appeal_page(const PersonHash&, CaseId, DecisionId) const override { return "https://heed.test/appeal"; }
  std::string delegation_page(access::DelegationId, int link) const override {
    return "https://heed.test/delegation/" + std::to_string(link);
  }
};

class DelegateLinks : public testing::Test {
 protected:
  void SetUp() override {
    room.env.mail = true;
    DelegationCommand command;
    command.principal = "ann";
    command.delegate = "advice@union.example";
    command.by_mail = true;
    command.scopes = static_cast<std::uint32_t>(access::Delegated::Read);
    command.until = room.clock.now() + kDelegationLife;
    command.locale = "de";
    auto given = room.run([&](Context& c) { return grant(c, command); });
    HEED_ASSERT(given);
    row = *given;
  }
  Result<DelegationRow> another() {
    return room.run([&](Context& c) { return make_delegate_link(c, row.id, {}); });
  }
  Result<DelegationRow> open(int link) {
    return room.run([&](Context& c) { return open_delegate_link(c, row.id, link); });
  }
  /// What the newest mail to the delegate says.
  Parcel mailed() {
    RenderEnv env = room.render_env();
    env.links = &pages;
    auto view = room.view();
    auto parcel = render(*view, env, room.notice_of(row.record, NoticeKind::Delegation));
    HEED_ASSERT(parcel);
    return *parcel;
  }
  ActRoom room;
  Pages pages;
  DelegationRow row;
};

TEST_F(DelegateLinks, GoToTheDelegatesMailboxInTheirLanguage) {
  const Parcel first = mailed();
  EXPECT_EQ(first.channel, Channel::Mail);
  EXPECT_EQ(first.to, "advice@union.example");
  EXPECT_EQ(first.locale, "de");
  EXPECT_THAT(first.text, HasSubstr("https://heed.test/delegation/1"));
  room.clock.advance(kDelegateLinkEvery);
  ASSERT_TRUE(another());
  EXPECT_THAT(mailed().text, HasSubstr("https://heed.test/delegation/2"));
  EXPECT_EQ(room.check(), "");
}

TEST_F(DelegateLinks, OpenOnceTheNewestFirstAndNoneBeforeIt) {
  EXPECT_EQ(open(0).error().code, Code::NotFound);
  EXPECT_EQ(open(2).error().code, Code::NotFound) << "not made yet";
  room.clock.advance(kDelegateLinkEvery);
  ASSERT_TRUE(another());
  ASSERT_TRUE(open(2));
  EXPECT_EQ(open(2).error().code, Code::NotFound);
  EXPECT_EQ(open(1).error().code, Code::NotFound);
  EXPECT_EQ(room.check(), "");
}

TEST_F(DelegateLinks, AreMadeEveryTenMinutesWhileItIsInForce) {
  EXPECT_EQ(another().error().code, Code::TooMany) << "the first came with the delegation";
  room.clock.advance(kDelegateLinkEvery);
  ASSERT_TRUE(another());
  EXPECT_EQ(another().error().code, Code::TooMany);
  ASSERT_TRUE(room.run([&](Context& c) -> Result<bool> {
    TRY(end_delegation(c, row.id, DelegationEnd::Revoked, {}));
    return true;
  }));
  room.clock.advance(kDelegateLinkEvery);
  EXPECT_EQ(another().error().code, Code::NotFound);
  EXPECT_EQ(open(2).error().code, Code::NotFound);
}

}  // namespace
}  // namespace heed::casework
