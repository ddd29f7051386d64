#include "casework/second_person.h"

#include <gtest/gtest.h>

#include "casework/actions.h"
#include "casework/appeals.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using policy::ActionKind;
using testing::HasSubstr;

/// ann reports posts by bob; suspending for good takes two people.
class SecondPerson : public testing::Test {
 protected:
  void SetUp() override {
    room.env.platform_channel = Channel::Webhook;
    receipt = *room.report(room.report_by("ann", {room.post("p1", "[insult] you", "bob")}));
    claim = room.must_claim(1);
    item = claim.items[0];
  }
  ItemVerdict for_good() { return room.violation(item, "targeted_harassment", {ActionKind::Suspend}); }
  ProposalId propose(int who = 1) {
    auto decided = room.decide(claim, who, for_good());
    HEED_ASSERT(decided && decided->proposal);
    return *decided->proposal;
  }
  AnswerProposal answer(ProposalId id, int who, std::string note = {}) {
    return {room.staff(who), {room.staff(who)}, id, std::move(note)};
  }
  Result<ConfirmedProposal> confirm(ProposalId id, int who) {
    return room.run([&](Context& c) { return confirm_proposal(c, answer(id, who)); });
  }
  Result<ProposalRow> give_back(ProposalId id, int who, std::string note = "a quotation") {
    return room.run([&](Context& c) { return return_proposal(c, answer(id, who, note)); });
  }
  ProposalRow row(ProposalId id) { return **ledger::get<ProposalRow>(*room.view(), id); }
  void in_force(std::string clause, std::function<void(policy::Clause&)> change) {
    auto policy = std::make_shared<policy::Policy>(*room.env.policy.get());
    for (policy::Clause& one : policy->clauses) {
      if (one.id == clause) {
        change(one);
      }
    }
    room.env.policy = std::shared_ptr<const policy::Policy>(policy);
  }
  ActRoom room;
  Receipt receipt;
  Claim claim;
  ItemId item;
};

TEST_F(SecondPerson, NothingGoesOutAndTheClockRunsUntilAnotherHasConfirmed) {
  const CaseRow before = room.case_row(claim.case_id);
  const std::size_t notices = room.notices(claim.case_id).size();
  const ProposalId id = propose();
  EXPECT_EQ(row(id).state, ProposalState::Waiting);
  EXPECT_EQ(room.notices(claim.case_id).size(), notices) << "neither an order nor a letter";
  EXPECT_EQ(room.item_row(item).state, ItemState::Open);
  CaseRow waits = room.case_row(claim.case_id);
  EXPECT_TRUE(waits.open());
  EXPECT_EQ(waits.items_open, 1);
  EXPECT_EQ(waits.deadline, before.deadline);
  EXPECT_TRUE(waits.alarm_at) << "the clock runs";
  EXPECT_FALSE(waits.queue) << "it is nobody's to claim";
  EXPECT_FALSE(*ledger::get<LeaseRow>(*room.view(), claim.id));
  EXPECT_FALSE(*room.claim(room.staff(2)));
  auto made = confirm(id, 2);
  ASSERT_TRUE(made) << made.error().message;
  const DecisionRow decision = room.decision(made->decisions.at(0));
  EXPECT_EQ(decision.staff, room.staff(1));
  EXPECT_EQ(decision.second, room.staff(2));
  EXPECT_EQ(decision.restrictions, 1 << static_cast<int>(OrderKind::Suspend));
  EXPECT_EQ(made->actions.size(), 1U);
  EXPECT_TRUE(made->closed);
  EXPECT_EQ(room.notices_of(claim.case_id, NoticeKind::Outcome), 1);
  EXPECT_EQ(room.notices_of(claim.case_id, NoticeKind::StatementOfReasons), 1);
  EXPECT_EQ(room.body(claim.case_id, made->seq, "f1").second, "what the post says");
  EXPECT_EQ(room.check(), "");
}

TEST_F(SecondPerson, WhatWaitsForOneIsNoThreatToLifeOnceThatIsDecided) {
  auto both = room.report(
      room.report_by("gil", {room.post("q1", "[insult] you", "dan"), room.post("q2", "[life] you", "dan")}));
  ASSERT_TRUE(both) << both.error().message;
  const Claim grave = room.must_claim(3);
  ASSERT_EQ(grave.case_id, both->case_id);
  ASSERT_EQ(grave.items.size(), 2U);
  const bool first = room.item_row(grave.items[0]).lane == policy::Lane::Life;
  const ItemId life = grave.items[first ? 0 : 1], insult = grave.items[first ? 1 : 0];
  auto proposed = room.decide(grave, 3, room.violation(insult, "targeted_harassment", {ActionKind::Suspend}));
  ASSERT_TRUE(proposed && proposed->proposal);
  EXPECT_EQ(room.case_row(grave.case_id).lane, policy::Lane::Life);
  Claim rest = grave;
  rest.items = {life};
  ASSERT_TRUE(room.decide(rest, 3, room.violation(life, "threats_to_life", {ActionKind::Remove})));
  EXPECT_EQ(room.case_row(grave.case_id).items_open, 1);
  EXPECT_EQ(room.case_row(grave.case_id).lane, policy::Lane::Rest) << "only an insult waits, for a second person";
  EXPECT_EQ(room.case_row(grave.case_id).severity(), 40);
}

TEST_F(SecondPerson, IsAskedOnlyForWhatThePolicySays) {
  ItemVerdict until = for_good();
  until.actions[0].until = room.clock.now() + std::chrono::hours(24);
  auto decided = room.decide(claim, 1, until);
  ASSERT_TRUE(decided);
  EXPECT_FALSE(decided->proposal) << "it ends by itself";
  EXPECT_EQ(decided->decisions.size(), 1U);

  (void)room.report(room.report_by("ann", {room.post("p2", "[insult] you again", "bob")}));
  in_force("targeted_harassment", [](policy::Clause& c) { c.second_person = true; });
  claim = room.must_claim(1);
  item = claim.items[0];
  auto whatever = room.decide(claim, 1, room.violation(item, "targeted_harassment", {}));
  ASSERT_TRUE(whatever);
  EXPECT_TRUE(whatever->proposal) << "whatever is found against the clause";
  ASSERT_TRUE(give_back(*whatever->proposal, 2));
  claim = room.must_claim(1);
  auto nothing = room.decide(claim, 1, room.no_violation(item));
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(nothing->proposal) << "to find nothing takes one";
}

TEST_F(SecondPerson, IsAnotherPersonUnderWhateverLogIn) {
  const ProposalId id = propose();
  EXPECT_EQ(confirm(id, 1).error().code, Code::Denied);
  AnswerProposal twin = answer(id, 7);
  twin.selves = {room.staff(7), room.staff(1)};  // the same person, says the directory
  EXPECT_EQ(room.run([&](Context& c) { return confirm_proposal(c, twin); }).error().code, Code::Denied);
  twin.note = "not so";
  EXPECT_EQ(room.run([&](Context& c) { return return_proposal(c, twin); }).error().code, Code::Denied);
  EXPECT_EQ(row(id).state, ProposalState::Waiting);
  EXPECT_EQ(room.run([&](Context& c) { return take_proposal_back(c, answer(id, 2)); }).error().code, Code::NotFound)
      << "only who proposed it takes it back";
  EXPECT_TRUE(room.run([&](Context& c) { return take_proposal_back(c, twin); }));
  EXPECT_EQ(confirm(id, 2).error().code, Code::Conflict);
  EXPECT_TRUE(*room.claim(room.staff(2))) << "free again";
  EXPECT_EQ(room.check(), "");
}

TEST_F(SecondPerson, TwoWhoConfirmAtOnceDecideOnce) {
  const ProposalId id = propose();
  ASSERT_TRUE(confirm(id, 2));
  EXPECT_EQ(confirm(id, 3).error().code, Code::Conflict);
  EXPECT_EQ(give_back(id, 3).error().code, Code::Conflict);
  EXPECT_EQ(room.notices_of(claim.case_id, NoticeKind::StatementOfReasons), 1);
}

TEST_F(SecondPerson, AReturnTakesANoteAndIsSeenByWhoProposed) {
  const ProposalId id = propose();
  EXPECT_EQ(give_back(id, 2, " \n").error().code, Code::InvalidInput);
  auto returned = give_back(id, 2, "the second post is a quotation");
  ASSERT_TRUE(returned) << returned.error().message;
  EXPECT_EQ(returned->state, ProposalState::Returned);
  EXPECT_EQ(returned->second, room.staff(2));
  EXPECT_EQ(room.body(claim.case_id, returned->answer_seq, "n").second, "the second post is a quotation");
  EXPECT_EQ(room.case_row(claim.case_id).queue, "default");
  auto mine = proposals_of(*room.view(), {room.staff(1)});
  ASSERT_EQ(mine->size(), 1U) << "never dropped";
  EXPECT_EQ(room.run([&](Context& c) { return see_proposal(c, answer(id, 2)); }).error().code, Code::NotFound);
  EXPECT_TRUE(room.run([&](Context& c) { return see_proposal(c, answer(id, 1)); }));
  EXPECT_TRUE(proposals_of(*room.view(), {room.staff(1)})->empty());
  EXPECT_EQ(room.check(), "");
}

TEST_F(SecondPerson, APileIsProposedAsOneThoughOnlyOnePostNeedsIt) {
  auto pile = room.open_pile("ann", {room.post("q1", "[insult] a", "eve"), room.post("q2", "[insult] b", "eve"),
                                     room.post("q3", "[insult] c", "eve")});
  const Claim all = *room.run([&](Context& c) { return claim_case(c, pile->case_id, room.staff(1), 200); });
  ASSERT_EQ(all.items.size(), 3U);
  std::vector<ItemVerdict> verdicts = {room.violation(all.items[0], "targeted_harassment", {ActionKind::Suspend}),
                                       room.violation(all.items[1], "targeted_harassment", {ActionKind::Remove}),
                                       room.no_violation(all.items[2])};
  auto proposed = room.run([&](Context& c) { return decide(c, room.command(all, 1, verdicts)); });
  ASSERT_TRUE(proposed && proposed->proposal);
  EXPECT_TRUE(proposed->decisions.empty());
  auto made = confirm(*proposed->proposal, 2);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->decisions.size(), 3U);
  EXPECT_EQ(room.item_row(all.items[2]).outcome, Outcome::NoViolation);
  EXPECT_EQ(room.check(), "");
}

TEST_F(SecondPerson, AMachineMayNotDecideWhatWaitsNorWhatTakesTwo) {
  propose();
  RuleCommand close{claim.case_id, "settle/clean@1", {room.no_violation(item)}};
  close.items[0].clause = "targeted_harassment";
  in_force("targeted_harassment", [](policy::Clause& c) { c.machine_may_close = true; });
  auto closed = room.run([&](Context& c) { return decide_by_rule(c, close); });
  ASSERT_FALSE(closed);
  EXPECT_EQ(closed.error().code, Code::Conflict);
  EXPECT_THAT(closed.error().fields.at(0).detail, HasSubstr("second person"));

  (void)room.report(room.report_by("ann", {room.post("p2", "[insult] two", "bob")}));
  in_force("targeted_harassment", [](policy::Clause& c) {
    c.machine_may_act = true;
    c.machine_actions = {ActionKind::Remove};
    c.second_person_actions = {ActionKind::Remove};  // what loading a pack refuses
  });
  RuleCommand act{room.item_row(room.item("p2")).case_id,
                  "settle/finding@1",
                  {room.violation(room.item("p2"), "targeted_harassment", {ActionKind::Remove})}};
  auto acted = room.run([&](Context& c) { return decide_by_rule(c, act); });
  ASSERT_FALSE(acted);
  EXPECT_THAT(acted.error().message, HasSubstr("two people"));
}

TEST_F(SecondPerson, APostThatWasChangedSinceIsLookedAtAgain) {
  const ProposalId id = propose();
  ReportedItem edited = room.post("p1", "have a nice day", "bob");
  ASSERT_TRUE(room.run([&](Context& c) { return item_changed(c, edited, /*deleted=*/false); }));
  auto blind = confirm(id, 2);
  ASSERT_FALSE(blind);
  EXPECT_EQ(blind.error().code, Code::Conflict);
  EXPECT_THAT(blind.error().fields.at(0).detail, HasSubstr("changed since"));
  EXPECT_EQ(row(id).state, ProposalState::Waiting) << "nothing of it was stored";
  AnswerProposal seen = answer(id, 2);
  seen.despite_edits = true;
  EXPECT_TRUE(room.run([&](Context& c) { return confirm_proposal(c, seen); }));
}

TEST_F(SecondPerson, RulesThatNoLongerPermitItStopIt) {
  const ProposalId id = propose();
  in_force("targeted_harassment", [](policy::Clause& c) { c.actions = {ActionKind::None, ActionKind::Remove}; });
  auto made = confirm(id, 2);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::Conflict);
  EXPECT_EQ(made.error().fields.at(0).pointer, "/items/0/actions/0/kind");
  EXPECT_TRUE(give_back(id, 2));
}

TEST_F(SecondPerson, AReversalCannotGoRoundIt) {
  auto mild = room.decide(claim, 1, room.no_violation(item));
  ASSERT_TRUE(mild);
  ReverseCommand harder{room.staff(3), mild->decisions[0], "it was aimed at her", for_good()};
  auto waits = room.run([&](Context& c) { return reverse(c, harder); });
  ASSERT_TRUE(waits) << waits.error().message;
  ASSERT_TRUE(waits->proposal);
  EXPECT_EQ(room.decision(mild->decisions[0]).reversed_seq, 0) << "nothing is reversed yet";
  EXPECT_EQ(room.run([&](Context& c) { return reverse(c, harder); }).error().code, Code::Conflict) << "one at a time";
  EXPECT_EQ(confirm(*waits->proposal, 3).error().code, Code::Denied);
  auto made = confirm(*waits->proposal, 2);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_NE(room.decision(mild->decisions[0]).reversed_seq, 0);
  const DecisionRow anew = room.decision(made->decisions.at(0));
  EXPECT_EQ(anew.staff, room.staff(3));
  EXPECT_EQ(anew.second, room.staff(2));
  EXPECT_EQ(room.check(), "");
}

TEST_F(SecondPerson, WhatWasReversedMeanwhileCannotBeConfirmed) {
  auto mild = room.decide(claim, 1, room.no_violation(item));
  auto filed = room.run([&](Context& c) {
    return file_appeal(c, {mild->decisions[0], room.hasher.account("ann"), "please", false});
  });
  ASSERT_TRUE(filed) << filed.error().message;
  auto waits = room.run([&](Context& c) {
    return decide_appeal(c, {room.staff(2), filed->appeal, AppealOutcome::Reversed, "aimed at her", for_good()});
  });
  ASSERT_TRUE(waits && waits->reversal && waits->reversal->proposal);
  ReverseCommand milder{room.staff(4), mild->decisions[0], "a label will do",
                        room.violation(item, "targeted_harassment", {ActionKind::Label})};
  ASSERT_TRUE(room.run([&](Context& c) { return reverse(c, milder); }));
  auto made = confirm(*waits->reversal->proposal, 3);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Code::Conflict);
  EXPECT_THAT(made.error().fields.at(0).detail, HasSubstr("reversed meanwhile"));
  EXPECT_TRUE(give_back(*waits->reversal->proposal, 3));
  EXPECT_EQ(room.check(), "");
}

TEST_F(SecondPerson, AnAppealCannotGoRoundItAndItsJudgesAreTwoOthers) {
  auto mild = room.decide(claim, 1, room.no_violation(item));
  const DecisionId decision = mild->decisions[0];
  auto filed = room.run([&](Context& c) {
    return file_appeal(c, {decision, room.hasher.account("ann"), "please", false});
  });
  ASSERT_TRUE(filed) << filed.error().message;
  auto judge = [&](int who, std::vector<StaffId> selves = {}) {
    return room.run([&](Context& c) {
      return decide_appeal(
          c, {room.staff(who), filed->appeal, AppealOutcome::Reversed, "it was aimed at her", for_good(), selves});
    });
  };
  EXPECT_EQ(judge(8, {room.staff(1)}).error().code, Code::Denied) << "who decided, under a second log-in";
  auto waits = judge(2);
  ASSERT_TRUE(waits) << waits.error().message;
  ASSERT_TRUE(waits->reversal && waits->reversal->proposal);
  const ProposalId id = *waits->reversal->proposal;
  auto appeal = [&] { return **ledger::get<AppealRow>(*room.view(), filed->appeal); };
  EXPECT_EQ(appeal().outcome, AppealOutcome::Pending) << "its clock runs";
  EXPECT_EQ(confirm(id, 1).error().code, Code::Denied) << "who decided at first confirms nothing of it";
  auto made = confirm(id, 3);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(appeal().outcome, AppealOutcome::Reversed);
  EXPECT_EQ(room.decision(made->decisions.at(0)).second, room.staff(3));
  auto again = room.run([&](Context& c) {
    return file_appeal(c, {made->decisions.at(0), room.hasher.account("bob"), "no", false});
  });
  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ(room.run([&](Context& c) {
                  return decide_appeal(c, {room.staff(3), again->appeal, AppealOutcome::Upheld, "as it was", {}});
                })
                .error()
                .code,
            Code::Denied)
      << "who confirmed it does not judge it";
  EXPECT_EQ(room.check(), "");
}

TEST_F(SecondPerson, WhatWaitsIsCountedWithItsAge) {
  propose();
  room.clock.advance(std::chrono::minutes(90));
  auto figures = waiting_figures(*room.view(), room.clock.now());
  EXPECT_EQ(figures->waiting, 1);
  EXPECT_EQ(figures->oldest, Millis(std::chrono::minutes(90)));
}

TEST_F(SecondPerson, APreviewShowsWhatWouldGoOutAsIfConfirmed) {
  DecideCommand command = room.command(claim, 1, {for_good()});
  command.as_confirmed = true;
  auto shown = room.run([&](Context& c) -> Result<int> {
    auto decided = decide(c, command);
    EXPECT_TRUE(decided && !decided->proposal && decided->decisions.size() == 1);
    return fail(Code::Conflict, "only a preview");
  });
  EXPECT_FALSE(shown);
  EXPECT_EQ(room.item_row(item).state, ItemState::Open);
}

}  // namespace
}  // namespace heed::casework
