#include "casework/erasure.h"

#include <gtest/gtest.h>

#include "casework/appeals.h"
#include "casework/sealed.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

constexpr Millis kDay = std::chrono::hours(24);

/// ann reports a post by bob.
class AskedErasures : public testing::Test {
 protected:
  void SetUp() override {
    room.env.platform_channel = Channel::Page;
    receipt = *room.report(room.report_by("ann", {room.post("p1", "[insult] you", "bob")}));
  }
  AskedErasure ask(std::string_view account, int max = 100) {
    auto done = room.run([&](Context& c) { return ask_erasure(c, room.hasher.account(account), max); });
    EXPECT_TRUE(done) << done.error().message;
    return *done;
  }
  DecisionId decide(bool violation) {
    const Claim claim = room.must_claim(1);
    auto d = room.decide(claim, 1,
                         violation ? room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide})
                                   : room.no_violation(claim.items[0]));
    EXPECT_TRUE(d) << d.error().message;
    return d->decisions[0];
  }
  bool known(std::string_view account) {
    auto row = room.run([&](Context& c) { return c.party_of(receipt.case_id, room.hasher.account(account)); });
    return row && *row;
  }
  /// As the hourly look does.
  int rounds() {
    int erased = 0;
    auto due = erasures_due(*room.view(), room.clock.now(), 100);
    EXPECT_TRUE(due);
    for (const ErasureDueRow& row : *due) {
      auto gone = room.run([&](Context& c) { return erase_due(c, row.case_id, row.party); });
      EXPECT_TRUE(gone);
      erased += gone && *gone ? 1 : 0;
    }
    return erased;
  }
  int holds_over() {
    int ended = 0;
    auto due = holds_due(*room.view(), room.clock.now(), 100);
    EXPECT_TRUE(due);
    for (const HoldRow& row : *due) {
      auto over = room.run([&](Context& c) { return end_hold_due(c, Id<EventTag>{row.id}); });
      ended += over && *over ? 1 : 0;
    }
    return ended;
  }
  std::size_t doomed() { return doomed_slots(*room.view())->size(); }
  ActRoom room;
  Receipt receipt;
};

TEST_F(AskedErasures, WhatAReporterSaidGoesAtOnceAlsoWhileTheCaseIsOpen) {
  const AskedErasure done = ask("ann");
  EXPECT_EQ(done.erased.size(), 1U);
  EXPECT_TRUE(done.kept.empty());
  EXPECT_FALSE(known("ann"));
  EXPECT_EQ(doomed(), 1U);
  EXPECT_TRUE(room.case_row(receipt.case_id).open()) << "the post is still looked at";
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, NobodyMakesEvidenceVanishWhileItIsLookedAt) {
  const AskedErasure done = ask("bob");
  ASSERT_EQ(done.kept.size(), 1U);
  EXPECT_EQ(done.kept[0].why, Kept::Open);
  EXPECT_EQ(done.kept[0].until, Time{});
  EXPECT_TRUE(known("bob"));
  EXPECT_EQ(doomed(), 0U);
  EXPECT_EQ(rounds(), 0);
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, WhatWasNoViolationGoesByItselfOnceThatIsDecided) {
  ask("bob");
  decide(/*violation=*/false);
  EXPECT_EQ(rounds(), 1);
  EXPECT_FALSE(known("bob"));
  EXPECT_EQ(rounds(), 0) << "once";
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, WhatWasAViolationStaysForItsTermAndNoLonger) {
  const DecisionId decision = decide(/*violation=*/true);
  const AskedErasure done = ask("bob");
  ASSERT_EQ(done.kept.size(), 1U);
  EXPECT_EQ(done.kept[0].why, Kept::Judged);
  EXPECT_EQ(done.kept[0].until, room.decision(decision).at + room.env.policy.get()->retention.judged);
  room.clock.set(done.kept[0].until - Millis(1));
  EXPECT_EQ(rounds(), 0);
  room.clock.set(done.kept[0].until);
  EXPECT_EQ(rounds(), 1);
  EXPECT_FALSE(known("bob"));
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, AnAppealThatWaitsKeepsThePostItIsAbout) {
  const DecisionId decision = decide(/*violation=*/true);
  room.clock.advance(kDay * 182);
  auto filed = room.run([&](Context& c) {
    return file_appeal(c, {.decision = decision, .person = room.hasher.account("ann"), .text = "it was worse"});
  });
  ASSERT_TRUE(filed) << filed.error().message;
  room.clock.advance(kDay * 30);
  EXPECT_EQ(ask("bob").kept.at(0).why, Kept::Open);
  ASSERT_TRUE(room.run([&](Context& c) {
    return decide_appeal(c, {room.staff(2), filed->appeal, AppealOutcome::Upheld, "it stands", {}});
  }));
  EXPECT_EQ(rounds(), 1) << "its term was over before";
}

TEST_F(AskedErasures, ASilentHoldKeepsTheKeyAndForgetsThePerson) {
  const Time until = room.clock.now() + kDay * 30;
  ASSERT_TRUE(room.run(
      [&](Context& c) { return place_hold(c, receipt.case_id, until, "an order", room.staff(1), /*silent=*/true); }));
  const PartyRow before = room.party(receipt.case_id, 1);
  const AskedErasure done = ask("ann");
  EXPECT_EQ(done.erased.size(), 1U) << "as without a hold";
  EXPECT_TRUE(done.kept.empty());
  EXPECT_FALSE(known("ann"));
  EXPECT_EQ(doomed(), 0U);
  EXPECT_EQ(ask("ann").erased.size(), 0U) << "again, as without a hold";
  const PartyRow after = room.party(receipt.case_id, 1);
  auto view = room.view();
  Sealed sealed(*view, *room.keys);
  EXPECT_FALSE(*sealed.identity(after)) << "gone for everything that asks for her";
  EXPECT_EQ((*sealed.identity_kept(after))->account, "ann") << "and kept for whom the order concerns";
  EXPECT_FALSE(room.body(receipt.case_id, before.seq, "r").second.empty()) << "with what she said";
  EXPECT_EQ(rounds(), 0);
  room.clock.set(until);
  EXPECT_EQ(holds_over(), 1);
  EXPECT_EQ(rounds(), 1);
  EXPECT_EQ(doomed(), 1U);
  EXPECT_EQ(rounds(), 0) << "once";
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, ASilentHoldChangesNothingOfWhatAnAuthorIsTold) {
  ASSERT_TRUE(room.run([&](Context& c) {
    return place_hold(c, receipt.case_id, c.now() + kDay * 3000, "an order", room.staff(1), /*silent=*/true);
  }));
  EXPECT_EQ(ask("bob").kept.at(0).why, Kept::Open);
  const DecisionId decision = decide(/*violation=*/true);
  const AskedErasure done = ask("bob");
  ASSERT_EQ(done.kept.size(), 1U);
  EXPECT_EQ(done.kept[0].why, Kept::Judged);
  EXPECT_EQ(done.kept[0].until, room.decision(decision).at + room.env.policy.get()->retention.judged);
  room.clock.set(done.kept[0].until);
  EXPECT_EQ(rounds(), 1) << "on its day, as without a hold";
  EXPECT_FALSE(known("bob"));
  EXPECT_EQ(doomed(), 0U);
  EXPECT_EQ(rounds(), 0) << "and then nothing until the hold ends";
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, ASilentHoldForgetsWhoseAccountIsGone) {
  auto hold = room.run([&](Context& c) {
    return place_hold(c, receipt.case_id, c.now() + kDay * 30, "an order", room.staff(1), /*silent=*/true);
  });
  ASSERT_TRUE(hold);
  auto gone = room.run([&](Context& c) { return erase_person(c, room.hasher.account("bob")); });
  ASSERT_TRUE(gone);
  EXPECT_EQ(gone->erased, 1);
  EXPECT_EQ(gone->held, 0);
  EXPECT_TRUE(gone->slots.empty());
  ASSERT_TRUE(room.run([&](Context& c) { return release_hold(c, receipt.case_id, *hold, room.staff(1)); }));
  EXPECT_EQ(rounds(), 1);
  EXPECT_EQ(doomed(), 1U);
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, AHoldThatMayBeToldOfGoesBeforeASilentOne) {
  auto place = [&](bool silent) {
    auto hold = room.run([&](Context& c) {
      return place_hold(c, receipt.case_id, c.now() + kDay * 30, "an order", room.staff(1), silent);
    });
    EXPECT_TRUE(hold);
    return *hold;
  };
  const auto silent = place(true), told = place(false);
  EXPECT_EQ(ask("ann").kept.at(0).why, Kept::Must);
  ASSERT_TRUE(room.run([&](Context& c) { return release_hold(c, receipt.case_id, told, room.staff(1)); }));
  EXPECT_EQ(rounds(), 1) << "as if it had been the only one";
  EXPECT_FALSE(known("ann"));
  EXPECT_EQ(doomed(), 0U);
  ASSERT_TRUE(room.run([&](Context& c) { return release_hold(c, receipt.case_id, silent, room.staff(1)); }));
  EXPECT_EQ(rounds(), 1);
  EXPECT_EQ(doomed(), 1U);
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, AHoldKeepsEverybodyAndSaysNoMoreThanThat) {
  auto hold = room.run([&](Context& c) { return place_hold(c, receipt.case_id, {}, "a court", room.staff(1)); });
  ASSERT_TRUE(hold);
  for (const char* who : {"ann", "bob"}) {
    const AskedErasure done = ask(who);
    ASSERT_EQ(done.kept.size(), 1U);
    EXPECT_EQ(done.kept[0].why, Kept::Must);
    EXPECT_EQ(done.kept[0].until, Time{});
    EXPECT_TRUE(known(who));
  }
  ASSERT_TRUE(room.run([&](Context& c) { return release_hold(c, receipt.case_id, *hold, room.staff(1)); }));
  EXPECT_EQ(rounds(), 1) << "hers; his post is not decided yet";
  EXPECT_FALSE(known("ann"));
  EXPECT_TRUE(known("bob"));
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, AnAccountThatIsGoneLeavesAHeldCaseWhenTheHoldIsReleased) {
  auto hold = room.run([&](Context& c) { return place_hold(c, receipt.case_id, {}, "a court", room.staff(1)); });
  ASSERT_TRUE(hold);
  for (const char* who : {"ann", "bob"}) {
    auto gone = room.run([&](Context& c) { return erase_person(c, room.hasher.account(who)); });
    ASSERT_TRUE(gone);
    EXPECT_EQ(gone->held, 1);
    EXPECT_EQ(gone->erased, 0);
    EXPECT_TRUE(known(who));
  }
  room.clock.advance(kDay * 400);
  EXPECT_EQ(rounds(), 0) << "a hold without an end";
  ASSERT_TRUE(room.run([&](Context& c) { return release_hold(c, receipt.case_id, *hold, room.staff(1)); }));
  EXPECT_EQ(rounds(), 2) << "his too, though his post is not decided: the account is gone";
  EXPECT_FALSE(known("ann"));
  EXPECT_FALSE(known("bob"));
  EXPECT_EQ(doomed(), 2U);
  EXPECT_EQ(rounds(), 0) << "once";
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, AnAccountThatIsGoneLeavesAHeldCaseWhenTheHoldRunsOut) {
  const Time until = room.clock.now() + kDay * 90;
  auto first = room.run([&](Context& c) { return place_hold(c, receipt.case_id, until, "police", room.staff(1)); });
  auto later =
      room.run([&](Context& c) { return place_hold(c, receipt.case_id, until + kDay, "a court", room.staff(1)); });
  ASSERT_TRUE(first && later);
  ASSERT_TRUE(room.run([&](Context& c) { return erase_person(c, room.hasher.account("bob")); }));
  room.clock.set(until - Millis(1));
  EXPECT_EQ(holds_over(), 0);
  room.clock.set(until);
  EXPECT_EQ(holds_over(), 1);
  EXPECT_EQ(rounds(), 0) << "the other still holds";
  room.clock.set(until + kDay);
  EXPECT_EQ(holds_over(), 1);
  EXPECT_EQ(rounds(), 1);
  EXPECT_FALSE(known("bob"));
  EXPECT_TRUE(known("ann")) << "her account stands";
  EXPECT_EQ(holds_over(), 0);
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, ATargetWhoIsNoPartyLeavesAHeldCaseLikeEverybody) {
  auto report = room.report_by("carl", {room.post("p9", "[insult] her", "bob", {"dora"})});
  report.about = About::SomeoneElse;
  auto made = room.report(report);
  ASSERT_TRUE(made);
  const PersonHash dora = room.hasher.account("dora");
  ASSERT_TRUE(room.case_row(made->case_id).target == dora);
  auto hold = room.run([&](Context& c) { return place_hold(c, made->case_id, {}, "a court", room.staff(1)); });
  ASSERT_TRUE(hold);
  ASSERT_TRUE(room.run([&](Context& c) { return erase_person(c, dora); }));
  EXPECT_TRUE(room.case_row(made->case_id).target == dora);
  ASSERT_TRUE(room.run([&](Context& c) { return release_hold(c, made->case_id, *hold, room.staff(1)); }));
  EXPECT_EQ(rounds(), 1);
  EXPECT_FALSE(room.case_row(made->case_id).target == dora);
  EXPECT_EQ(room.check(), "");
}

TEST_F(AskedErasures, ReleasingOneHoldTwiceEndsNoOther) {
  auto police = room.run([&](Context& c) { return place_hold(c, receipt.case_id, {}, "police", room.staff(1)); });
  auto court = room.run([&](Context& c) { return place_hold(c, receipt.case_id, {}, "a court", room.staff(1)); });
  ASSERT_TRUE(police && court);
  auto release = [&](Id<EventTag> hold) {
    return room.run([&](Context& c) { return release_hold(c, receipt.case_id, hold, room.staff(1)); });
  };
  ASSERT_TRUE(release(*police));
  EXPECT_EQ(release(*police).error().code, Code::Conflict);
  EXPECT_EQ(release(room.ids.mint<Id<EventTag>>(room.clock.now())).error().code, Code::Conflict);
  EXPECT_EQ(room.case_row(receipt.case_id).holds, 1);
  ASSERT_TRUE(release(*court));
  EXPECT_EQ(room.case_row(receipt.case_id).holds, 0);
}

TEST_F(AskedErasures, AskingAgainAddsNothingToTheLedger) {
  ask("bob");
  const std::int64_t seq = room.case_row(receipt.case_id).seq;
  ask("bob");
  EXPECT_EQ(room.case_row(receipt.case_id).seq, seq);
}

TEST_F(AskedErasures, WhatComesLaterIsNotErasedByAnEarlierWish) {
  ask("ann");
  ASSERT_TRUE(room.report(room.report_by("ann", {room.post("p2", "[insult] again", "carl")})));
  room.clock.advance(kDay * 400);
  EXPECT_EQ(rounds(), 0);
}

TEST_F(AskedErasures, ManyCasesGoInSteps) {
  for (int i = 2; i < 12; ++i) {
    ASSERT_TRUE(room.report(room.report_by("ann", {room.post("p" + std::to_string(i), "[insult] you", "bob")})));
  }
  AskedErasure step = ask("ann", 4);
  EXPECT_TRUE(step.more);
  EXPECT_EQ(step.erased.size(), 4U);
  step = ask("ann", 4);
  step = ask("ann", 4);
  EXPECT_FALSE(step.more);
  EXPECT_EQ(step.erased.size(), 3U);
  EXPECT_EQ(doomed(), 11U);
}

}  // namespace
}  // namespace heed::casework
