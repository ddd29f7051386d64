#include "casework/words.h"

#include <gtest/gtest.h>

#include "casework/appeals.h"
#include "casework/erasure.h"
#include "casework/notes.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kThreat[] = "[life] words aimed at whoever reported me";

/// ann reports p1 by bob about herself; reviewer 1 decides.
class WordsOfParties : public testing::Test {
 protected:
  void SetUp() override { room.env.platform_channel = Channel::Page; }
  void reported() {
    auto command = room.report_by("ann", {room.post("p1", "[insult] you", "bob", {"ann"})});
    command.about = About::Me;
    receipt = *room.report(command);
  }
  void decided() {
    reported();
    const Claim claim = room.must_claim(1);
    auto d = room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Warn}));
    ASSERT_TRUE(d) << d.error().message;
    decision = d->decisions[0];
  }
  FiledAppeal appeal(std::string person, const std::string& text) {
    auto filed = room.run([&](Context& c) {
      return file_appeal(c, {.decision = decision,
                             .person = room.hasher.account(person),
                             .text = text,
                             .heard = room.evaluator.evaluate(text)});
    });
    EXPECT_TRUE(filed) << filed.error().message;
    return *filed;
  }
  int party(std::string_view account) {
    auto row = room.run([&](Context& c) { return c.party_of(receipt.case_id, room.hasher.account(account)); });
    return row && *row ? (*row)->party : 0;
  }
  void say(std::string_view account, const std::string& text) {
    const int speaker = party(account);
    auto said = room.run(
        [&](Context& c) { return add_message(c, receipt.case_id, speaker, text, room.evaluator.evaluate(text)); });
    ASSERT_TRUE(said) << said.error().message;
  }
  std::vector<CaseRow> cases() {
    std::vector<CaseRow> out;
    auto v = room.view();
    HEED_ASSERT(ledger::scan<CaseRow>(*v, {}, [&](const CaseRow& row) { out.push_back(row); }));
    return out;
  }
  CaseRow words_case() {
    for (const CaseRow& row : cases()) {
      if (row.id != receipt.case_id) {
        return row;
      }
    }
    ADD_FAILURE() << "the words opened no case";
    return {};
  }
  ActRoom room;
  Receipt receipt;
  DecisionId decision;
};

TEST_F(WordsOfParties, AThreatInAnAppealIsClaimableByItselfAtOnce) {
  decided();
  appeal("bob", kThreat);
  const CaseRow row = words_case();
  EXPECT_EQ(row.kind, CaseKind::Signal);
  EXPECT_EQ(row.lane, policy::Lane::Life);
  EXPECT_EQ(row.deadline, room.clock.now() + room.env.policy.get()->clocks.life_first_look);
  EXPECT_EQ(row.linked, receipt.case_id);
  const Claim first = room.must_claim(2);
  EXPECT_EQ(first.case_id, row.id);
  EXPECT_EQ(room.item_row(first.items.at(0)).provenance, Provenance::Party);
  auto second = room.claim(room.staff(3));
  EXPECT_TRUE(second && !*second) << "one reviewer has it, no other";
  EXPECT_EQ(room.check(), "");
}

TEST_F(WordsOfParties, NobodyElseIsAPartyOfThatCase) {
  decided();
  appeal("bob", kThreat);
  const CaseRow row = words_case();
  EXPECT_EQ(row.target, PersonHash{});
  EXPECT_FALSE(row.found_by);
  EXPECT_EQ(row.pile, PileState::None);
  auto v = room.view();
  auto prefix = ledger::cells(row.id);
  int people = 0;
  ASSERT_TRUE(ledger::scan<PartyRow>(*v, {.prefix = prefix}, [&](const PartyRow& p) {
    ++people;
    EXPECT_EQ(p.person, room.hasher.account("bob"));
    EXPECT_EQ(p.roles, kAuthor);
  }));
  EXPECT_EQ(people, 1);
  EXPECT_TRUE(room.notices(row.id).empty());
}

TEST_F(WordsOfParties, OrdinaryWordsOpenNothing) {
  decided();
  appeal("bob", "[insult] I was quoting him");
  say("ann", "thank you");
  EXPECT_EQ(cases().size(), 1U);
}

TEST_F(WordsOfParties, TheSameWordsAgainAreOneItemAndOthersJoinIt) {
  decided();
  appeal("bob", kThreat);
  say("bob", kThreat);
  EXPECT_EQ(words_case().items, 1);
  say("bob", "[life] and more");
  EXPECT_EQ(words_case().items, 2);
  EXPECT_EQ(cases().size(), 2U);
}

TEST_F(WordsOfParties, AFloodOfThreatsStaysOneCaseOfSoManyItems) {
  decided();
  for (int i = 0; i < kWordsItemsMax + 20; ++i) {
    say("bob", std::string(kThreat) + std::to_string(i));
  }
  EXPECT_EQ(cases().size(), 2U);
  EXPECT_EQ(words_case().items, kWordsItemsMax);
  EXPECT_EQ(room.check(), "");
}

TEST_F(WordsOfParties, ATargetsWordsBringHerCaseForwardWhileItCanBeClaimed) {
  reported();
  say("ann", "[life] he wrote that he comes tonight");
  EXPECT_EQ(cases().size(), 1U);
  EXPECT_EQ(room.case_row(receipt.case_id).lane, policy::Lane::Life);
}

TEST_F(WordsOfParties, ATargetsWordsAreSeenAtOnceThoughSomebodyHasHerCase) {
  reported();
  room.must_claim(1);
  say("ann", "[life] he wrote that he comes tonight");
  EXPECT_EQ(words_case().lane, policy::Lane::Life);
  const Claim claim = room.must_claim(2);
  EXPECT_EQ(claim.case_id, words_case().id);
}

TEST_F(WordsOfParties, ThereIsNoPostToActOnOnlyTheAccount) {
  decided();
  appeal("bob", kThreat);
  const Claim claim = room.must_claim(2);
  auto hidden = room.decide(claim, 2, room.violation(claim.items[0], "threats_to_life", {policy::ActionKind::Hide}));
  ASSERT_FALSE(hidden);
  EXPECT_THAT(hidden.error().message, HasSubstr("never published"));
  ItemVerdict pause = room.violation(claim.items[0], "threats_to_life", {policy::ActionKind::Suspend});
  pause.actions[0].until = room.clock.now() + std::chrono::hours(24 * 30);
  auto suspended = room.decide(claim, 2, pause);
  ASSERT_TRUE(suspended) << suspended.error().message;
  EXPECT_EQ(room.notices_of(claim.case_id, NoticeKind::StatementOfReasons), 1);
  EXPECT_EQ(room.notices_of(receipt.case_id, NoticeKind::StatementOfReasons), 1) << "the one of before";
  // What bob reads quotes his own words; ann reads nothing of it anywhere.
  NoticeRow statement = room.notice_of(claim.case_id, NoticeKind::StatementOfReasons);
  EXPECT_THAT(room.render(statement)->text, HasSubstr("words aimed at"));
  for (const NoticeRow& notice : room.notices(receipt.case_id)) {
    EXPECT_THAT(room.render(notice)->json, Not(HasSubstr("words aimed at")));
  }
  EXPECT_FALSE(room.case_row(claim.case_id).open());
  appeal("ann", "[life] other words");
  EXPECT_EQ(room.check(), "");
}

TEST_F(WordsOfParties, WhoeverHasNoAccountCannotLoseOne) {
  auto command = room.report_by("kind@example.org", {room.post("p1", "[insult] you", "bob")});
  command.by_mail = true;
  command.identity_json = R"({"mail":"kind@example.org"})";
  receipt = *room.report(command);
  room.must_claim(1);
  auto said = room.run(
      [&](Context& c) { return add_message(c, receipt.case_id, 1, kThreat, room.evaluator.evaluate(kThreat)); });
  ASSERT_TRUE(said);
  const Claim claim = room.must_claim(2);
  auto warned = room.decide(claim, 2, room.violation(claim.items[0], "threats_to_life", {policy::ActionKind::Warn}));
  ASSERT_FALSE(warned);
  EXPECT_THAT(warned.error().message, HasSubstr("no account"));
  EXPECT_TRUE(room.decide(claim, 2, room.violation(claim.items[0], "threats_to_life", {})));
  EXPECT_EQ(room.notices_of(claim.case_id, NoticeKind::StatementOfReasons), 0);
}

TEST_F(WordsOfParties, OfWhoOnlyReportedTheCaseDoesNotSayWhichOneTheyReported) {
  auto command = room.report_by("carl", {room.post("p1", "[insult] you", "bob", {"ann"})});
  command.about = About::SomeoneElse;  // else it is the target who wrote
  receipt = *room.report(command);
  room.must_claim(1);
  say("carl", kThreat);
  EXPECT_EQ(words_case().linked, CaseId{});
}

TEST_F(WordsOfParties, TheEvidenceDoesNotSayWhoWroteIt) {
  decided();
  appeal("ann", kThreat);
  const ItemRow item = room.item_row(room.must_claim(2).items[0]);
  const std::string evidence = room.body(item.case_id, item.seq, "e" + std::to_string(item.ord)).second;
  EXPECT_THAT(evidence, HasSubstr("words aimed at"));
  EXPECT_THAT(evidence, Not(HasSubstr("\"ann\""))) << "a reporter stays a pseudonym to reviewers";
}

TEST_F(WordsOfParties, ErasingThePersonLeavesNoHashByWhichTheCaseIsFound) {
  decided();
  appeal("bob", kThreat);
  ASSERT_TRUE(words_case().open_key);
  ASSERT_TRUE(room.run([&](Context& c) { return erase_person(c, room.hasher.account("bob")); }));
  EXPECT_FALSE(words_case().open_key);
  EXPECT_EQ(room.check(), "");
}

TEST_F(WordsOfParties, BeyondTheClausesBudgetSomebodyIsCalledAndNothingIsDropped) {
  decided();
  const int budget = room.env.policy.get()->find("threats_to_life")->daily_case_budget;
  ASSERT_TRUE(room.run([&](Context& c) -> Result<void> {
    const auto day = std::chrono::floor<std::chrono::days>(c.now()).time_since_epoch().count();
    return ledger::put(c.tx(), BudgetRow{"threats_to_life", day, budget});
  }));
  appeal("bob", kThreat);
  EXPECT_EQ(room.notices_of(words_case().id, NoticeKind::Alarm), 1);
  EXPECT_EQ(words_case().queue, "default");
}

}  // namespace
}  // namespace heed::casework
