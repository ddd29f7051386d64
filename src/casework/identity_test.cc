#include "casework/identity.h"

#include <gtest/gtest.h>

#include "casework/erasure.h"
#include "casework/language.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kMail[] = "kind@example.org";

class IdentityCodes : public testing::Test {
 protected:
  void SetUp() override {
    room.env.mail = true;
    auto command = room.report_by(kMail, {room.post("p1", "[insult] you", "bob")});
    command.by_mail = true;
    command.identity_json = std::string(R"({"mail":")") + kMail + R"("})";
    receipt = *room.report(command);
  }
  Result<Time> send() {
    return room.run([&](Context& c) { return send_identity_code(c, receipt.case_id, 1); });
  }
  /// What arrived in the mailbox.
  std::string mailed() {
    const auto parcel = room.render(room.notice_of(receipt.case_id, NoticeKind::IdentityCode));
    HEED_ASSERT(parcel);
    EXPECT_EQ(parcel->to, kMail);
    const std::string& text = parcel->text;
    for (std::size_t at = text.find('-'); at != std::string::npos; at = text.find('-', at + 1)) {
      if (at >= 5 && text[at - 5] == '\n' && text.size() > at + 5 && text[at + 5] == '\n') {
        return text.substr(at - 4, 9);
      }
    }
    ADD_FAILURE() << text;
    return {};
  }
  bool use(std::string code) {
    auto used = room.run([&](Context& c) { return use_identity_code(c, person(), code); });
    EXPECT_TRUE(used);
    return used && *used;
  }
  access::PersonHash person() { return room.hasher.mail(kMail); }
  ActRoom room;
  Receipt receipt;
};

TEST_F(IdentityCodes, WorkOnce) {
  ASSERT_TRUE(send());
  const std::string code = mailed();
  EXPECT_TRUE(use(code));
  EXPECT_FALSE(use(code));
  EXPECT_EQ(room.check(), "");
}

TEST(IdentityMails, SpeakTheLanguageThatThePersonLastSpokeHere) {
  ActRoom room;
  room.env.mail = true;
  auto first = room.report_by("ann", {room.post("p1", "[insult] you", "bob")});
  first.locale = "de";
  ASSERT_TRUE(room.report(first));
  // Of the newer case ann is the author, and nobody said which language is hers.
  auto newer = room.report(room.report_by("carl", {room.post("p2", "[insult] him", "ann")}));
  ASSERT_TRUE(newer);
  auto party = room.run([&](Context& c) { return c.party_of(newer->case_id, room.hasher.account("ann")); });
  ASSERT_TRUE(party && *party);
  EXPECT_EQ((*party)->locale, "");
  EXPECT_EQ(*language_of(*room.view(), room.hasher.account("ann")), "de");
  EXPECT_EQ(*language_of(*room.view(), room.hasher.account("bob")), "");
  ASSERT_TRUE(room.run([&](Context& c) { return send_identity_code(c, newer->case_id, (*party)->party); }));
  NoticeRow notice = room.notice_of(newer->case_id, NoticeKind::IdentityCode);
  struct Mailboxes final : Accounts {
    Result<bool> is_friend(std::string_view, std::string_view) override { return false; }
    Result<bool> already_blocked(std::string_view, std::string_view) override { return false; }
    Result<std::string> profile_of(std::string_view) override { return std::string(); }
    Result<std::string> mail_of(std::string_view) override { return std::string("ann@example.org"); }
  } mailboxes;
  RenderEnv env = room.render_env();
  env.accounts = &mailboxes;
  auto view = room.view();
  auto parcel = render(*view, env, notice);
  ASSERT_TRUE(parcel) << parcel.error().message;
  EXPECT_EQ(parcel->locale, "de");
}

TEST_F(IdentityCodes, AreTooOldAfterAQuarterOfAnHour) {
  ASSERT_TRUE(send());
  const std::string code = mailed();
  room.clock.advance(kIdentityCodeLife);
  EXPECT_FALSE(use(code));
}

TEST_F(IdentityCodes, AreVoidAfterFiveWrongOnes) {
  ASSERT_TRUE(send());
  const std::string code = mailed();
  for (int i = 0; i < kIdentityCodeTries; ++i) {
    EXPECT_FALSE(use(i % 2 == 0 ? "0000-0000" : "'; --"));
  }
  EXPECT_FALSE(use(code));
}

TEST_F(IdentityCodes, ANewOneVoidsTheOneBeforeAndComesAMinuteLaterAtTheEarliest) {
  ASSERT_TRUE(send());
  const std::string first = mailed();
  auto soon = send();
  ASSERT_FALSE(soon);
  EXPECT_EQ(soon.error().code, Code::TooMany);
  room.clock.advance(kIdentityCodeEvery);
  ASSERT_TRUE(send());
  EXPECT_FALSE(use(first));
  EXPECT_TRUE(use(mailed()));
}

TEST_F(IdentityCodes, AreOnNoPage) {
  ASSERT_TRUE(send());
  NoticeRow notice = room.notice_of(receipt.case_id, NoticeKind::IdentityCode);
  notice.channel = Channel::Page;
  EXPECT_FALSE(room.render(notice)) << "there it would prove nothing";
  notice.channel = Channel::Webhook;
  EXPECT_FALSE(room.render(notice));
  notice.channel = Channel::Mail;
  EXPECT_THAT(room.render(notice)->subject, Not(HasSubstr(mailed()))) << "nor on a locked screen";
}

TEST_F(IdentityCodes, NeedAHouseThatSendsMail) {
  room.env.mail = false;
  auto sent = send();
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().code, Code::Conflict);
}

TEST_F(IdentityCodes, GoWithThePerson) {
  ASSERT_TRUE(send());
  ASSERT_TRUE(room.run([&](Context& c) { return erase_person(c, person()); }));
  EXPECT_FALSE(*ledger::get<IdentityCodeRow>(*room.view(), person()));
  EXPECT_FALSE(room.render(room.notice_of(receipt.case_id, NoticeKind::IdentityCode)));
}

}  // namespace
}  // namespace heed::casework
