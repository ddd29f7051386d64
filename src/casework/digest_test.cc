#include "casework/digest.h"

#include <gtest/gtest.h>

#include "casework/erasure.h"
#include "casework/outbox.h"
#include "casework/telling_order.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kMail[] = "kind@example.org";

class Post final : public Carrier {
 public:
  void carry(Parcel parcel, Function<void(ParcelOutcome)> done) override {
    ids.push_back(parcel.id);
    if (down) {
      done({ParcelOutcome::Kind::Retry, 450, Millis(0)});
      return;
    }
    sent.push_back(std::move(parcel));
    done({ParcelOutcome::Kind::Delivered, 250, Millis(0)});
  }
  bool down = false;
  std::vector<std::string> ids;  ///< of every try
  std::vector<Parcel> sent;
};

/// Somebody without an account reports many posts on one day; the room's clock starts at 18:00.
class Digests : public testing::Test {
 protected:
  Digests() {
    room.env.mail = true;
    room.env.platform_channel = Channel::Webhook;
    open();
  }
  void open() {
    outbox.reset();
    outbox = std::make_unique<Outbox>(*room.store, room.env, room.render_env(), post, room.clock);
  }
  CaseId report(int n, std::string text = "[insult] mild words", bool by_mail = true) {
    const std::string id = std::to_string(n);
    auto command = room.report_by(by_mail ? kMail : "ann", {room.post("p" + id, std::move(text), "bob" + id)});
    if (by_mail) {
      command.by_mail = true;
      command.identity_json = std::string(R"({"mail":")") + kMail + R"("})";
    }
    auto receipt = room.report(command);
    HEED_ASSERT(receipt);
    return receipt->case_id;
  }
  void pump() {
    for (int i = 0; i < 40; ++i) {
      HEED_ASSERT(outbox->pump(room.clock.now()));
      for (auto priority : {ledger::Priority::Normal, ledger::Priority::Background}) {
        HEED_ASSERT(ledger::execute_and_wait(
            *room.store, [](ledger::Tx&) -> Result<void> { return {}; }, priority));
      }
    }
  }
  void go_to(std::string_view time) {
    room.clock.set(*parse_time(time));
    pump();
  }
  std::vector<Parcel> mails() {
    std::vector<Parcel> out;
    std::copy_if(post.sent.begin(), post.sent.end(), std::back_inserter(out),
                 [](const Parcel& p) { return p.channel == Channel::Mail; });
    return out;
  }
  access::PersonHash person() { return room.hasher.mail(kMail); }
  ActRoom room;
  Post post;
  std::unique_ptr<Outbox> outbox;
};

TEST_F(Digests, TheDayEndsAtTheChosenMinute) {
  const Time evening = *parse_time("2026-07-01T18:00:00.000Z");
  EXPECT_EQ(next_digest(evening, {7 * 60}), *parse_time("2026-07-02T07:00:00.000Z"));
  EXPECT_EQ(next_digest(evening, {18 * 60}), *parse_time("2026-07-02T18:00:00.000Z")) << "after, not at";
  EXPECT_EQ(next_digest(evening, {18 * 60 + 1}), *parse_time("2026-07-01T18:01:00.000Z"));
  EXPECT_EQ(next_digest(evening, {0}), *parse_time("2026-07-02T00:00:00.000Z"));
}

TEST_F(Digests, TheHourStaysWhenClocksChange) {
  auto next = [](const char* now, int minute, const char* zone) {
    return format_time(next_digest(*parse_time(now), {minute, zone}));
  };
  const char* berlin = "Europe/Berlin";
  EXPECT_EQ(next("2026-03-27T20:00:00.000Z", 7 * 60, berlin), "2026-03-28T06:00:00.000Z");
  EXPECT_EQ(next("2026-03-28T20:00:00.000Z", 7 * 60, berlin), "2026-03-29T05:00:00.000Z") << "forward that night";
  EXPECT_EQ(next("2026-10-24T20:00:00.000Z", 7 * 60, berlin), "2026-10-25T06:00:00.000Z") << "back that night";
  EXPECT_EQ(next("2026-03-28T20:00:00.000Z", 150, berlin), "2026-03-29T01:30:00.000Z")
      << "02:30 is not on that day: it is 03:30 then";
  EXPECT_EQ(next("2026-03-29T01:30:00.000Z", 150, berlin), "2026-03-30T00:30:00.000Z");
  EXPECT_EQ(next("2026-10-24T20:00:00.000Z", 150, berlin), "2026-10-25T00:30:00.000Z") << "twice that day: the first";
  EXPECT_EQ(next("2026-10-25T00:30:00.000Z", 150, berlin), "2026-10-26T01:30:00.000Z") << "and not the second";
  EXPECT_EQ(next("2026-03-08T00:00:00.000Z", 18 * 60, "America/New_York"), "2026-03-08T22:00:00.000Z");
  EXPECT_EQ(next("2026-07-01T18:00:00.000Z", 23 * 60, "Pacific/Kiritimati"), "2026-07-02T09:00:00.000Z") << "UTC+14";
  EXPECT_EQ(next("2026-07-01T18:00:00.000Z", 60, "Pacific/Niue"), "2026-07-02T12:00:00.000Z") << "UTC-11";
  EXPECT_EQ(next("2026-07-01T18:00:00.000Z", 0, "+05:30"), "2026-07-01T18:30:00.000Z");
  EXPECT_EQ(next("2026-07-01T18:00:00.000Z", 7 * 60, "Nowhere/AtAll"), "2026-07-02T07:00:00.000Z");
}

TEST_F(Digests, NothingWaitsLongerThanTheLongestDayThereIs) {
  for (const char* zone : {"UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu"}) {
    for (int minute : {0, 90, 150, 1439}) {
      Time at = *parse_time("2026-01-01T00:00:00.000Z");
      for (int day = 0; day < 366; ++day) {
        const Time next = next_digest(at, {minute, zone});
        ASSERT_GT(next, at) << zone << " " << minute;
        ASSERT_LE(next - at, std::chrono::hours(25)) << zone << " " << minute;
        ASSERT_TRUE(day == 0 || next - at >= std::chrono::hours(22)) << zone << " " << minute << " " << format_time(at);
        at = next;
      }
    }
  }
}

TEST_F(Digests, ComesAtThePersonsOwnHourInSummerAndInWinter) {
  ASSERT_TRUE(room.run([&](Context& c) { return wish_digest(c, person(), DigestTime{7 * 60, "Europe/Berlin"}); }));
  EXPECT_EQ(*digest_wish(*room.view(), person()), (DigestTime{7 * 60, "Europe/Berlin"}));
  room.clock.set(*parse_time("2026-10-23T18:00:00.000Z"));
  for (int i = 0; i < 5; ++i) {
    report(i);
  }
  go_to("2026-10-24T04:59:59.000Z");
  EXPECT_EQ(mails().size(), 3U);
  go_to("2026-10-24T05:00:00.000Z");
  EXPECT_EQ(mails().size(), 4U) << "07:00 of summer";
  for (int i = 5; i < 10; ++i) {
    report(i);
  }
  go_to("2026-10-25T05:59:59.000Z");
  EXPECT_EQ(mails().size(), 7U);
  go_to("2026-10-25T06:00:00.000Z");
  EXPECT_EQ(mails().size(), 8U) << "07:00 of winter";
}

TEST_F(Digests, SixHundredReportsAreThreeMailsAndOneMore) {
  for (int i = 0; i < 600; ++i) {
    report(i);
  }
  pump();
  EXPECT_EQ(mails().size(), 3U);
  go_to("2026-07-02T06:59:59.000Z");
  EXPECT_EQ(mails().size(), 3U);
  go_to("2026-07-02T07:00:00.000Z");
  ASSERT_EQ(mails().size(), 4U);
  const Parcel digest = mails().back();
  EXPECT_EQ(digest.to, kMail);
  EXPECT_EQ(digest.type, "notification.digest");
  EXPECT_THAT(digest.subject, HasSubstr("597"));
  EXPECT_THAT(digest.text, HasSubstr("https://heed.test/case"));
  EXPECT_THAT(digest.text, HasSubstr("and 547 more"));
  EXPECT_THAT(digest.text, Not(HasSubstr("mild words")));
  EXPECT_THAT(digest.text, Not(HasSubstr("bob")));
  go_to("2026-07-03T07:00:00.000Z");
  EXPECT_EQ(mails().size(), 4U);
  EXPECT_EQ(outbox->figures().waiting, 0U);
  EXPECT_EQ(room.check(), "");
}

TEST_F(Digests, AnOrdinaryPersonWaitsForNothing) {
  for (int i = 0; i < 3; ++i) {
    report(i);
  }
  pump();
  EXPECT_EQ(mails().size(), 3U);
  room.clock.advance(std::chrono::hours(24));
  report(3);
  pump();
  EXPECT_EQ(mails().size(), 4U) << "a new day";
}

TEST_F(Digests, WhatWaitsCanBeReadOnThePage) {
  CaseId last;
  for (int i = 0; i < 5; ++i) {
    last = report(i);
  }
  pump();
  const NoticeRow waits = room.notice_of(last, NoticeKind::Receipt);
  EXPECT_TRUE(waits.gathered);
  EXPECT_EQ(waits.state, NoticeState::Queued);
  EXPECT_TRUE(*is_readable(*room.view(), waits, room.clock.now()));
}

TEST_F(Digests, SurvivesARestartAndADayOfAFullMailbox) {
  for (int i = 0; i < 10; ++i) {
    report(i);
  }
  pump();
  open();
  pump();
  EXPECT_EQ(mails().size(), 3U);
  post.down = true;
  go_to("2026-07-02T07:00:00.000Z");
  ASSERT_EQ(post.ids.size(), 4U);
  open();  // and again while it is tried
  go_to("2026-07-02T08:00:00.000Z");
  post.down = false;
  go_to("2026-07-02T12:00:00.000Z");
  ASSERT_EQ(mails().size(), 4U);
  for (std::size_t i = 3; i < post.ids.size(); ++i) {
    EXPECT_EQ(post.ids[i], post.ids[3]) << "one mail, however often it is tried";
  }
  open();
  go_to("2026-07-05T12:00:00.000Z");
  EXPECT_EQ(mails().size(), 4U) << "nothing is sent twice";
  EXPECT_EQ(room.check(), "");
}

TEST_F(Digests, ComesWhenThePersonWantsIt) {
  ASSERT_TRUE(room.run([&](Context& c) { return wish_digest(c, person(), DigestTime{20 * 60 + 30}); }));
  for (int i = 0; i < 5; ++i) {
    report(i);
  }
  go_to("2026-07-01T20:29:59.000Z");
  EXPECT_EQ(mails().size(), 3U);
  go_to("2026-07-01T20:30:00.000Z");
  EXPECT_EQ(mails().size(), 4U);
  ASSERT_TRUE(room.run([&](Context& c) { return wish_digest(c, person(), std::nullopt); }));
  EXPECT_FALSE(*digest_wish(*room.view(), person()));
  EXPECT_FALSE(room.run([&](Context& c) { return wish_digest(c, person(), DigestTime{kMinutesOfDay}); }));
  EXPECT_FALSE(room.run([&](Context& c) { return wish_digest(c, person(), DigestTime{0, "Nowhere/AtAll"}); }));
}

TEST_F(Digests, DangerNeverWaits) {
  for (int i = 0; i < 5; ++i) {
    report(i);
  }
  report(5, "[life] he comes tonight");
  pump();
  EXPECT_EQ(mails().size(), 4U);
}

TEST_F(Digests, HoldsUpNothingElseOfTheCase) {
  CaseId last;
  for (int i = 0; i < 5; ++i) {
    last = report(i);
  }
  pump();
  ASSERT_EQ(mails().size(), 3U);
  const Claim claim = *room.run([&](Context& c) { return claim_case(c, last, room.staff(1), 200); });
  ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
  pump();
  EXPECT_EQ(mails().size(), 4U) << "the first answer goes at once, though the receipt of that case still waits";
  go_to("2026-07-02T07:00:00.000Z");
  EXPECT_EQ(mails().size(), 5U);
}

TEST_F(Digests, SaysOnceForEachCaseWhatKindsOfNewsThereAre) {
  std::vector<CaseId> cases;
  for (int i = 0; i < 5; ++i) {
    cases.push_back(report(i));
  }
  for (CaseId id : cases) {
    const Claim claim = *room.run([&](Context& c) { return claim_case(c, id, room.staff(1), 200); });
    ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
  }
  pump();
  go_to("2026-07-02T07:00:00.000Z");
  const std::string text = mails().back().text;
  EXPECT_THAT(text, HasSubstr("we have your report; there is an answer to your report"));
  std::size_t links = 0;
  for (std::size_t at = text.find("https://"); at != std::string::npos; at = text.find("https://", at + 1)) {
    ++links;
  }
  EXPECT_EQ(links, 2U);
}

TEST_F(Digests, AMailboxIsOneThoughEachReportWithoutAnAccountIsAPersonOfItsOwn) {
  for (int i = 0; i < 6; ++i) {
    const std::string id = std::to_string(i);
    auto command = room.report_by(kMail + ("\n" + id), {room.post("p" + id, "[insult] you", "bob" + id)});
    command.by_mail = true;
    command.identity_json = std::string(R"({"mail":")") + kMail + R"("})";
    ASSERT_TRUE(room.report(command));
  }
  pump();
  EXPECT_EQ(mails().size(), 3U);
  go_to("2026-07-02T07:00:00.000Z");
  ASSERT_EQ(mails().size(), 4U);
  EXPECT_THAT(mails().back().subject, HasSubstr("3"));
  EXPECT_EQ(outbox->figures().waiting, 0U);
}

TEST_F(Digests, WebhooksAreNotGathered) {
  for (int i = 0; i < 10; ++i) {
    report(i, "[insult] mild words", /*by_mail=*/false);
  }
  pump();
  EXPECT_EQ(post.sent.size(), 10U);
  EXPECT_TRUE(mails().empty());
}

TEST_F(Digests, NobodyWhoWasErasedGetsOne) {
  for (int i = 0; i < 6; ++i) {
    report(i);
  }
  pump();
  ASSERT_TRUE(room.run([&](Context& c) { return erase_person(c, person()); }));
  EXPECT_FALSE(*ledger::get<MailCountRow>(*room.view(), person(), NoticeKind::Receipt));
  go_to("2026-07-02T07:00:00.000Z");
  EXPECT_EQ(mails().size(), 3U);
  EXPECT_EQ(outbox->figures().waiting, 0U);
  EXPECT_EQ(room.check(), "");
}

TEST_F(Digests, ThePolicySaysWhichKindsMayWait) {
  auto changed = std::make_shared<policy::Policy>(*policy::default_policy());
  changed->digest.at_once = {{"receipt", 0}};
  changed->digest.minute = 19 * 60;
  room.env.policy = std::shared_ptr<const policy::Policy>(changed);
  open();
  const CaseId id = report(1);
  pump();
  EXPECT_TRUE(mails().empty());
  const Claim claim = *room.run([&](Context& c) { return claim_case(c, id, room.staff(1), 200); });
  ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
  pump();
  EXPECT_EQ(mails().size(), 1U) << "an outcome is not named, so it goes at once";
  go_to("2026-07-01T19:00:00.000Z");
  EXPECT_EQ(mails().size(), 2U);
}

}  // namespace
}  // namespace heed::casework
