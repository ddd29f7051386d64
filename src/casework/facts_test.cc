#include "casework/facts.h"

#include <gtest/gtest.h>

#include "casework/actions.h"
#include "casework/appeals.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using policy::ActionKind;
using namespace std::chrono;

/// One story that touches every column: reports by users and by a trusted flagger, law and terms, machine and person,
/// appeals of every outcome, disputes outside, suspensions of repeated offenders.
class Facts : public testing::Test {
 protected:
  Facts() {
    auto policy = std::make_shared<policy::Policy>(*room.env.policy.get());
    for (policy::Clause& c : policy->clauses) {
      c.actions = {ActionKind::None, ActionKind::Label,  ActionKind::Interstitial, ActionKind::Limit,
                   ActionKind::Hide, ActionKind::Remove, ActionKind::Warn,         ActionKind::Suspend};
      c.second_person_for_good.clear();  // one person decides here
      if (c.id == "spam") {
        c.machine_may_act = true;
        c.machine_actions = {ActionKind::Limit};
        c.dsa_category = "SCAMS_AND_FRAUD";
      }
    }
    room.env.policy = policy::InForce(policy);
  }
  CaseId reported(std::string by, std::vector<std::string> posts, Source source = Source::UserNotice) {
    std::vector<ReportedItem> items;
    for (const std::string& p : posts) {
      items.push_back(room.post(p, "[insult]", "author-" + p));
    }
    auto command = room.report_by(by, items);
    command.source = source;
    command.symptoms = {"harassment"};
    return room.report(command)->case_id;
  }
  DecisionId decided(CaseId id, const ItemVerdict& verdict, int who = 1) {
    Claim claim = *room.run([&](Context& c) { return claim_case(c, id, room.staff(who), 200); });
    auto result = room.run([&](Context& c) { return decide(c, room.command(claim, who, {verdict})); });
    HEED_ASSERT(result);
    if (result->closed == false) {
      (void)room.run([&](Context& c) { return release(c, claim.id, room.staff(who)); });
    }
    return result->decisions[0];
  }
  ItemVerdict verdict(const std::string& post, std::string clause, std::vector<ActionKind> actions,
                      Ground ground = Ground::Terms) {
    auto v = room.violation(room.item(post), std::move(clause), std::move(actions));
    v.ground = ground;
    return v;
  }
  void appeal(DecisionId decision, std::string by, AppealOutcome outcome, Millis after,
              std::optional<ItemVerdict> instead = {}, bool trusted = false) {
    auto filed = room.run([&](Context& c) {
      return file_appeal(c, {decision, room.hasher.account(by), "look again", trusted});
    });
    HEED_ASSERT(filed);
    if (outcome == AppealOutcome::Pending) {
      return;
    }
    room.clock.advance(after);
    auto done = room.run([&](Context& c) {
      return decide_appeal(c, {room.staff(9), filed->appeal, outcome, "reason", instead});
    });
    HEED_ASSERT(done);
  }
  void measure(std::string name, DecisionId decision, std::string detail = "") {
    MeasureCommand m;
    m.measure = std::move(name);
    m.detail = std::move(detail);
    m.decision = decision;
    m.platform_at = room.clock.now();
    HEED_ASSERT(room.run([&](Context& c) { return record_measure(c, m); }));
  }
  TransparencyFacts facts(Time from, Time to) {
    auto f = transparency_facts(*room.view(), *room.env.policy.get(), {from, to});
    HEED_ASSERT(f);
    return *f;
  }
  ActRoom room;
};

TEST_F(Facts, GiveEveryColumnOfFilesFourToSeven) {
  const Time from = room.clock.now();
  const std::string harassment = room.env.policy->find("targeted_harassment")->dsa_category;
  ASSERT_FALSE(room.env.policy->find("targeted_harassment")->law.empty());

  // File 4: three notices of users (2 + 1 + 1 items) and two of a trusted flagger (1 + 1).
  CaseId two = reported("ann", {"p1", "p2"});
  CaseId law = reported("bea", {"p3"});
  CaseId fine = reported("cat", {"p4"});
  CaseId flagged = reported("ngo", {"p5"}, Source::TrustedFlagger);
  CaseId flagged_fine = reported("ngo", {"p6"}, Source::TrustedFlagger);
  room.clock.advance(hours(1));
  DecisionId hidden = decided(two, verdict("p1", "targeted_harassment", {ActionKind::Hide, ActionKind::Warn}));
  room.clock.advance(hours(1));
  DecisionId nothing_done = decided(two, verdict("p2", "targeted_harassment", {}));
  DecisionId removed = decided(law, verdict("p3", "targeted_harassment", {ActionKind::Remove}, Ground::Law));
  room.clock.advance(hours(1));
  DecisionId refused = decided(fine, room.no_violation(room.item("p4")));
  DecisionId by_flagger = decided(flagged, verdict("p5", "targeted_harassment", {ActionKind::Limit}, Ground::Law));
  room.clock.advance(hours(2));
  DecisionId flagger_refused = decided(flagged_fine, room.no_violation(room.item("p6")));
  reported("dot", {"p7"});  // undecided: by its symptom

  // Files 5 and 6: own initiative.
  auto seen = room.run([&](Context& c) { return raise_signal(c, {room.post("s1", "[life]", "villain"), false, {}}); });
  ASSERT_TRUE(seen);
  decided(seen->case_id, verdict("s1", "threats_to_life", {ActionKind::Remove, ActionKind::Suspend}, Ground::Law));
  auto bot = room.run([&](Context& c) { return raise_signal(c, {room.post("s2", "[insult]", "bot"), true, {}}); });
  ASSERT_TRUE(bot);
  auto acted = room.run([&](Context& c) {
    return decide_by_rule(c, {bot->case_id, "default/link_flood", {[&] {
                                auto v = room.violation((*newest_item(c.tx(), room.hasher.item("post", "s2")))->id,
                                                        "spam", {ActionKind::Limit});
                                return v;
                              }()}});
  });
  ASSERT_TRUE(acted) << acted.error().message;
  auto mixed = room.run([&](Context& c) { return raise_signal(c, {room.post("s3", "[life]", "other"), false, {}}); });
  decided(mixed->case_id, verdict("s3", "targeted_harassment",
                                  {ActionKind::Label, ActionKind::Interstitial, ActionKind::Hide, ActionKind::Warn}));

  // File 7.
  appeal(hidden, "author-p1", AppealOutcome::Reversed, hours(10));
  appeal(removed, "author-p3", AppealOutcome::Upheld, hours(20));
  appeal(by_flagger, "author-p5", AppealOutcome::PartlyReversed, hours(30),
         verdict("p5", "targeted_harassment", {ActionKind::Label}));
  appeal(refused, "cat", AppealOutcome::Omitted, hours(1));
  appeal(flagger_refused, "ngo", AppealOutcome::Upheld, hours(5), {}, /*trusted=*/true);
  appeal(nothing_done, "ann", AppealOutcome::Pending, hours(0));
  measure("ods_referred", removed);
  room.clock.advance(hours(24 * 40));
  measure("ods_outcome", removed, "reversed");
  measure("ods_implemented", removed);
  measure("ods_referred", refused);
  measure("suspension_manifestly_illegal", removed);
  measure("suspension_unfounded_notices", refused);
  measure("suspension_unfounded_notices", refused);
  measure("suspension_unfounded_complaints", refused);

  TransparencyFacts f = facts(from, room.clock.now() + Millis(1));
  NoticeFacts notices = f.notices[harassment];
  EXPECT_EQ(notices.notices, 6);
  EXPECT_EQ(notices.notices_trusted, 2);
  EXPECT_EQ(notices.items, 7);
  EXPECT_EQ(notices.items_trusted, 2);
  EXPECT_EQ(notices.on_law, 2) << "p3, p5";
  EXPECT_EQ(notices.on_terms, 2) << "p1, and p5 after its appeal";
  EXPECT_EQ(notices.on_law_trusted, 1);
  EXPECT_EQ(notices.on_terms_trusted, 1);
  ASSERT_TRUE(notices.median_to_act && notices.median_to_act_trusted);
  EXPECT_EQ(*notices.median_to_act, minutes(150))
      << "of 1, 2, 2, 3, 3 and 5 hours; what an appeal changed is no first answer";
  EXPECT_EQ(*notices.median_to_act_trusted, hours(4));

  InitiativeFacts life = f.initiative_law[room.env.policy->find("threats_to_life")->dsa_category];
  EXPECT_EQ(life.measures, 2);
  EXPECT_EQ(life.solely_automated_detection, 2);
  EXPECT_EQ(life.removed, 1);
  EXPECT_EQ(life.account_suspended, 1);
  InitiativeFacts spam = f.initiative_terms["SCAMS_AND_FRAUD"];
  EXPECT_EQ(spam.measures, 1);
  EXPECT_EQ(spam.demoted, 1);
  InitiativeFacts terms = f.initiative_terms[harassment];
  EXPECT_EQ(terms.measures, 3) << "a warning restricts nothing";
  EXPECT_EQ(terms.labelled, 1);
  EXPECT_EQ(terms.visibility_other, 1);
  EXPECT_EQ(terms.disabled, 1);
  EXPECT_EQ(terms.age_restricted + terms.interaction_restricted + terms.monetary_suspended + terms.monetary_terminated +
                terms.monetary_other + terms.service_suspended + terms.service_terminated + terms.account_terminated,
            0)
      << "nothing here orders those";

  const AppealFacts& a = f.appeals;
  EXPECT_EQ(a.all.total, 6);
  EXPECT_EQ(a.all.reversed, 1);
  EXPECT_EQ(a.all.upheld, 2);
  EXPECT_EQ(a.all.partly_reversed, 1);
  EXPECT_EQ(a.all.omitted, 1);
  EXPECT_EQ(*a.all.median_time, hours(10)) << "of 1, 5, 10, 20, 30";
  EXPECT_EQ(a.against_restriction.total, 3);
  EXPECT_EQ(*a.against_restriction.median_time, hours(20));
  EXPECT_EQ(a.against_no_action.total, 2);
  EXPECT_EQ(a.against_no_action.omitted, 1);
  EXPECT_EQ(a.against_no_action_trusted.total, 1);
  EXPECT_EQ(a.against_no_action_trusted.upheld, 1);
  EXPECT_EQ(a.outside.total, 2);
  EXPECT_EQ(a.outside.reversed, 1);
  EXPECT_EQ(*a.outside.median_time, hours(24 * 40));
  EXPECT_EQ(a.outside_implemented, 1);
  EXPECT_EQ(a.suspended_illegal, 1);
  EXPECT_EQ(a.suspended_notices, 2);
  EXPECT_EQ(a.suspended_complaints, 1);
  EXPECT_EQ(room.check(), "");
}

TEST_F(Facts, CountEachThingInThePeriodInWhichItHappened) {
  const Time from = room.clock.now();
  CaseId first = reported("ann", {"p1"});
  room.clock.advance(hours(24));
  const Time noon = room.clock.now();
  reported("bea", {"p2"});
  decided(first, verdict("p1", "targeted_harassment", {ActionKind::Hide}));
  const std::string category = room.env.policy->find("targeted_harassment")->dsa_category;
  EXPECT_EQ(facts(from, noon).notices[category].notices, 1);
  EXPECT_EQ(facts(noon, noon + hours(1)).notices[category].notices, 1);
  EXPECT_EQ(facts(from, noon + hours(1)).notices[category].notices, 2);
  EXPECT_EQ(*facts(from, noon).notices[category].median_to_act, hours(24));
  EXPECT_TRUE(facts(from - hours(5), from).notices.empty());
}

TEST_F(Facts, AWholePileIsOneNoticeOfManyItems) {
  const Time from = room.clock.now();
  auto pile =
      room.open_pile("ann", {room.post("p1", "[insult]", "x", {"ann"}), room.post("p2", "[insult]", "y", {"ann"})});
  ASSERT_TRUE(pile);
  auto f = facts(from, from + hours(1));
  NoticeFacts all;
  for (const auto& [category, notices] : f.notices) {
    all.notices += notices.notices;
    all.items += notices.items;
  }
  EXPECT_EQ(all.notices, 1);
  EXPECT_EQ(all.items, 2);
}

}  // namespace
}  // namespace heed::casework
