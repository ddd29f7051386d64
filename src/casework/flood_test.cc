#include <gtest/gtest.h>

#include "casework/appeals.h"
#include "casework/notes.h"
#include "casework/questions.h"
#include "casework/same_words.h"
#include "casework/talk_rate.h"
#include "casework/testing_act.h"

/// Ten thousand out of one template, and the one that is not. Nothing is refused for being many; nobody is hidden.
namespace heed::casework {
namespace {

constexpr char kTemplate[] =
    "Dear team, I hereby demand that you delete the post named above at once, as my legal rights are infringed by it.";
constexpr char kOwnWords[] = "He stood in front of my door this morning and shouted what he had written here before.";

class Flood : public testing::Test {
 protected:
  Flood() {
    room.env.platform_channel = Channel::Page;
    room.env.same_words = &words;
  }
  ReportCommand command(const std::string& who, const std::string& post, std::string text) {
    auto out = room.report_by(who, {room.post(post, "a text that says nothing", "author of " + post)});
    out.symptoms = {"harassment"};
    out.words = std::move(text);
    return out;
  }
  void flood(int count, bool by_mail = false) {
    for (int i = 0; i < count; ++i) {
      const std::string n = std::to_string(i);
      auto one = command("many" + n, "m" + n, kTemplate);
      if (by_mail) {
        one.reporter = "many" + n + "@example.org\nand" + n;
        one.by_mail = true;
        one.identity_json = R"({"mail":"many)" + n + R"(@example.org"})";
      }
      HEED_ASSERT(room.report(one));
    }
  }
  int place_of(CaseId id) {
    auto head = queue_head(*room.view(), "default", 200);
    for (std::size_t i = 0; head && i < head->size(); ++i) {
      if ((*head)[i].case_id == id) {
        return static_cast<int>(i);
      }
    }
    return -1;
  }
  SameWords words;
  ActRoom room;
};

TEST_F(Flood, OfTemplatedReportsStandsBehindTheOneInWordsOfItsOwn) {
  flood(10'000);
  auto real = room.report(command("her", "hers", kOwnWords));
  ASSERT_TRUE(real);
  const int place = place_of(real->case_id);
  EXPECT_GE(place, 0);
  EXPECT_LT(place, kTemplatePeople) << "only those from before it was a template can be earlier";
  EXPECT_EQ(room.check(), "");
}

TEST_F(Flood, OfNoticesByMailDoesSo) {
  flood(1000, /*by_mail=*/true);
  auto real = room.report(command("her", "hers", kOwnWords));
  ASSERT_TRUE(real);
  EXPECT_LT(place_of(real->case_id), kTemplatePeople);
}

TEST_F(Flood, OneMailboxThatPastesIsNoCrowd) {
  for (int i = 0; i < 100; ++i) {
    auto one = command("x", "p" + std::to_string(i), kTemplate);
    one.reporter = "kim@example.org\n" + std::to_string(i);
    one.by_mail = true;
    one.identity_json = R"({"mail":"kim@example.org"})";
    auto receipt = room.report(one);
    ASSERT_TRUE(receipt);
    EXPECT_GT(room.case_row(receipt->case_id).severity(), 0) << i;
  }
}

TEST_F(Flood, HidesNoThreatThatItselfReports) {
  flood(500);
  auto threat = command("many500", "threat", kTemplate);
  threat.items = {room.post("threat", "[life] he comes tonight", "author of it")};
  auto receipt = room.report(threat);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(place_of(receipt->case_id), 0) << "what the post says counts, whoever copies what about it";
}

TEST_F(Flood, IsAnsweredLikeAnybody) {
  flood(kTemplatePeople + 1);
  auto one = command("many1000", "m1000", kTemplate);
  auto receipt = room.report(one);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(receipt->accepted, 1);
  EXPECT_TRUE(room.case_row(receipt->case_id).queue.has_value()) << "it waits for a person like every other";
  EXPECT_EQ(room.case_row(receipt->case_id).deadline, room.clock.now() + room.env.policy.get()->clocks.decide_default);
}

TEST_F(Flood, DeclaresNoFearAwayFromWhoIsAfraid) {
  for (int i = 0; i < 2000; ++i) {
    auto one = command("many" + std::to_string(i), "m" + std::to_string(i), kTemplate);
    one.fears = true;
    ASSERT_TRUE(room.report(one));
  }
  auto afraid = command("her", "hers", kOwnWords);
  afraid.fears = true;
  auto real = room.report(afraid);
  ASSERT_TRUE(real);
  EXPECT_LT(place_of(real->case_id), kTemplatePeople);
}

TEST_F(Flood, ATrustedFlaggersWordsAreItsOwnEachTime) {
  for (int i = 0; i < 100; ++i) {
    auto one = command("ngo" + std::to_string(i), "p" + std::to_string(i), kTemplate);
    one.source = Source::TrustedFlagger;
    auto receipt = room.report(one);
    ASSERT_TRUE(receipt);
    EXPECT_GT(room.case_row(receipt->case_id).severity(), 0);
  }
}

TEST_F(Flood, OfAppealsWaitsBehindThoseInWordsOfTheirOwn) {
  std::vector<DecisionId> decisions;
  for (int i = 0; i < 30; ++i) {
    const std::string n = std::to_string(i);
    ASSERT_TRUE(room.report(room.report_by("her", {room.post("p" + n, "[insult] you", "author" + n)})));
    const Claim claim = room.must_claim(1);
    auto made =
        room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide}));
    ASSERT_TRUE(made);
    decisions.push_back(made->decisions[0]);
  }
  auto appeal = [&](int i, const char* text) {
    auto filed = room.run([&](Context& c) {
      return file_appeal(c, {.decision = decisions[static_cast<std::size_t>(i)],
                             .person = room.hasher.account("author" + std::to_string(i)),
                             .text = text});
    });
    HEED_ASSERT(filed);
    room.clock.advance(std::chrono::seconds(1));
    return filed->appeal;
  };
  for (int i = 0; i < 29; ++i) {
    appeal(i, kTemplate);
  }
  const AppealId real = appeal(29, "It was a line from our play, and she has the other part in it herself.");
  std::vector<AppealRow> waiting;
  ASSERT_TRUE(ledger::scan<AppealRow>(*room.view(), {.index = AppealRow::kByWaiting},
                                      [&](const AppealRow& row) { waiting.push_back(row); }));
  ASSERT_EQ(waiting.size(), 30U) << "none is lost";
  EXPECT_EQ(waiting[static_cast<std::size_t>(kTemplatePeople) - 1].id, real)
      << "filed last, and only those from before it was a template are before it";
  EXPECT_EQ(waiting.back().same_words, 29);
  ASSERT_TRUE(room.run([&](Context& c) {
    return decide_appeal(c, {room.staff(2), waiting.back().id, AppealOutcome::Upheld, "it stands", {}});
  }));
  EXPECT_FALSE((*ledger::get<AppealRow>(*room.view(), waiting.back().id))->waits) << "answered, it waits no more";
  EXPECT_EQ(room.check(), "");
}

/// ann has one case and writes in it.
class FloodOfMessages : public Flood {
 protected:
  void SetUp() override { receipt = *room.report(room.report_by("ann", {room.post("p1", "[insult] you", "bob")})); }
  Result<std::int64_t> say(std::string_view text) {
    const Heard heard = room.evaluator.evaluate(text);
    return room.run([&](Context& c) { return add_message(c, receipt.case_id, 1, std::string(text), heard); });
  }
  int messages() {
    int n = 0;
    auto view = room.view();
    HEED_ASSERT(view->case_events(receipt.case_id, 0, [&](const ledger::StoredEvent& event) {
      n += event.header.find("\"note_added\"") != std::string::npos ? 1 : 0;
      return true;
    }));
    return n;
  }
  Receipt receipt;
};

TEST_F(FloodOfMessages, TheSameTenThousandTimesIsSaidOnce) {
  for (int i = 0; i < 10'000; ++i) {
    ASSERT_TRUE(say("please answer me"));
  }
  EXPECT_EQ(messages(), 1);
  ASSERT_TRUE(say("please, anybody"));
  EXPECT_EQ(messages(), 2);
  EXPECT_EQ(room.check(), "");
}

TEST_F(FloodOfMessages, ThousandsAreToldKindlyToGoOnTomorrow) {
  int taken = 0;
  Error refused{Code::Internal, ""};
  for (int i = 0; i < 10'000; ++i) {
    auto said = say("message " + std::to_string(i));
    taken += said ? 1 : 0;
    refused = said ? refused : said.error();
  }
  EXPECT_EQ(taken, kMessagesADay);
  EXPECT_EQ(refused.code, Code::TooMany);
  EXPECT_THAT(refused.message, testing::HasSubstr("we have them all"));
  EXPECT_THAT(refused.message, testing::HasSubstr("2026-07-02T18:00:00.000Z"));
  EXPECT_EQ(messages(), kMessagesADay);
  room.clock.advance(std::chrono::hours(24));
  EXPECT_TRUE(say("good morning"));
}

TEST_F(FloodOfMessages, AThreatToLifeIsHeardBeyondTheDaysNumber) {
  for (int i = 0; i < kMessagesADay; ++i) {
    ASSERT_TRUE(say("message " + std::to_string(i)));
  }
  ASSERT_FALSE(say("one more"));
  ASSERT_TRUE(say("[life] he is at the door"));
  EXPECT_EQ(room.case_row(receipt.case_id).lane, policy::Lane::Life);
  int taken = 0;
  for (int i = 0; i < 1000; ++i) {
    taken += say("[life] " + std::to_string(i)) ? 1 : 0;
  }
  EXPECT_EQ(taken, kThreatsADay - kMessagesADay - 1) << "and that is bounded, too";
}

TEST_F(FloodOfMessages, TheSameWordAgainIsAnAnswerWhenStaffHasSpoken) {
  ASSERT_TRUE(say("yes"));
  ASSERT_TRUE(room.run([&](Context& c) { return add_answer(c, receipt.case_id, room.staff(1), 1, "And today?"); }));
  ASSERT_TRUE(say("yes"));
  EXPECT_EQ(messages(), 3);
  ASSERT_TRUE(room.run([&](Context& c) {
    return ask_question(c, receipt.case_id, room.staff(1), 1, "Is it he?", c.now() + kAnswerTime);
  }));
  ASSERT_TRUE(say("yes"));
  EXPECT_EQ(messages(), 4);
  EXPECT_FALSE(room.case_row(receipt.case_id).question) << "and the clock goes on";
}

TEST_F(FloodOfMessages, EveryPartyHasADayOfItsOwn) {
  for (int i = 0; i <= kMessagesADay; ++i) {
    (void)say("message " + std::to_string(i));
  }
  auto other = room.report(room.report_by("eve", {room.post("p1", "[insult] you", "bob")}));
  ASSERT_TRUE(other);
  ASSERT_EQ(other->case_id, receipt.case_id);
  int party = 0;
  ASSERT_TRUE(ledger::scan<PartyRow>(*room.view(), {}, [&](const PartyRow& row) {
    party = row.person == room.hasher.account("eve") ? row.party : party;
  }));
  EXPECT_TRUE(room.run([&](Context& c) { return add_message(c, receipt.case_id, party, "I saw it, too", {}); }));
}

}  // namespace
}  // namespace heed::casework
