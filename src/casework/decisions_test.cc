#include "casework/decisions.h"

#include <gtest/gtest.h>

#include "casework/actions.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

TEST(Decide, RecordsEveryFactOfAViolationAndOrdersTheAction) {
  ActRoom room;
  room.env.platform_channel = Channel::Webhook;
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "[insult] you", "bob", {"ann"})}));
  room.clock.advance(std::chrono::minutes(30));
  Claim claim = room.must_claim(1);
  auto decided =
      room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide}));
  ASSERT_TRUE(decided) << decided.error().message;
  DecisionRow d = room.decision(decided->decisions[0]);
  const policy::Clause& clause = *room.env.policy->find("targeted_harassment");
  EXPECT_EQ(d.outcome, Outcome::Violation);
  EXPECT_EQ(d.clause, clause.id);
  EXPECT_EQ(d.clause_version, clause.version);
  EXPECT_EQ(d.category, clause.dsa_category);
  EXPECT_EQ(d.source, Source::UserNotice);
  EXPECT_EQ(d.detection, Automation::None);
  EXPECT_EQ(d.decision_automation, Automation::None);
  EXPECT_EQ(d.received_at, receipt->received_at);
  EXPECT_EQ(d.at, room.clock.now());
  EXPECT_EQ(d.restrictions, 1 << static_cast<int>(OrderKind::Hide));
  EXPECT_EQ(d.staff, room.staff(1));
  EXPECT_TRUE(decided->closed);
  CaseRow row = room.case_row(claim.case_id);
  EXPECT_FALSE(row.open());
  EXPECT_EQ(row.items_open, 0);
  EXPECT_FALSE(row.queue);
  EXPECT_FALSE(row.alarm_at);
  ASSERT_EQ(decided->actions.size(), 1U);
  auto action = **ledger::get<ActionRow>(*room.view(), decided->actions[0]);
  EXPECT_EQ(action.state, ActionState::Ordered);
  EXPECT_EQ(action.kind, OrderKind::Hide);
  auto clock = **ledger::get<ClockRow>(*room.view(), claim.case_id, ClockKind::ActionConfirm, action.id.value);
  EXPECT_EQ(clock.due, room.clock.now() + std::chrono::hours(1));
  auto notices = room.notices(claim.case_id);
  ASSERT_EQ(notices.size(), 4U);
  EXPECT_EQ(notices[0].kind, NoticeKind::Receipt);
  notices.erase(notices.begin());
  EXPECT_EQ(notices[0].kind, NoticeKind::ActionOrdered);
  EXPECT_EQ(notices[1].kind, NoticeKind::Outcome) << "the reporter is told first";
  EXPECT_EQ(notices[2].kind, NoticeKind::StatementOfReasons);
  auto author = room.party(claim.case_id, notices[2].party);
  EXPECT_TRUE(author.number) << "who is told has a number";
  EXPECT_EQ((*ledger::get<ReportRow>(*room.view(), receipt->report))->state, ReportState::Answered);
  auto lease = ledger::get<LeaseRow>(*room.view(), claim.id);
  EXPECT_FALSE(*lease);
  EXPECT_EQ(room.check(), "");
}

TEST(Decide, SealsFactsUnderTheAuthorsKeyAndTheNoteUnderTheCases) {
  ActRoom room;
  (void)room.report(room.report_by("ann", {room.post("p1", "[insult] you", "bob")}));
  Claim claim = room.must_claim(1);
  DecideCommand command = room.command(claim, 1, {room.violation(claim.items[0], "targeted_harassment", {})});
  command.items[0].facts = "called her names";
  command.note = "third this week";
  auto decided = room.run([&](Context& c) { return heed::casework::decide(c, command); });
  ASSERT_TRUE(decided) << decided.error().message;
  ItemRow item = room.item_row(claim.items[0]);
  EXPECT_EQ(room.body(claim.case_id, decided->seq, "f1").second, "called her names");
  EXPECT_EQ(static_cast<std::int64_t>(room.body(claim.case_id, decided->seq, "f1").first),
            room.party(claim.case_id, item.author).slot);
  EXPECT_EQ(room.body(claim.case_id, decided->seq, "n").second, "third this week");
  EXPECT_EQ(static_cast<std::int64_t>(room.body(claim.case_id, decided->seq, "n").first),
            room.party(claim.case_id, 0).slot);
  EXPECT_EQ(room.check(), "");
}

TEST(Decide, NamesEveryFaultByPointerAndStoresNothing) {
  ActRoom room;
  (void)room.report(
      room.report_by("ann", {room.post("p1", "x", "bob"), room.post("p2", "y", "bob"), room.post("p3", "z", "bob"),
                             room.post("p4", "z", "bob"), room.post("p5", "z", "bob")}));
  Claim claim = room.must_claim(1);
  ASSERT_EQ(claim.items.size(), 5U);
  auto v = [&](int i) {
    return room.violation(claim.items[static_cast<std::size_t>(i)], "targeted_harassment", {policy::ActionKind::Hide});
  };
  DecideCommand command = room.command(claim, 1, {v(0), v(1), v(2), v(3), v(4)});
  command.items[0].clause = "";
  command.items[1].clause = "no_such";
  command.items[1].facts = "  ";
  command.items[2].actions.push_back({policy::ActionKind::Hide, {}});
  command.items[2].category = "NONSENSE";
  command.items[3].actions[0].until = room.clock.now();
  command.items[3].group = "Not A Token";
  command.items[4].facts = std::string(5001, 'x');
  command.items[4].outcome = Outcome::None;
  command.delay_statement_until = room.clock.now();
  const auto before = room.case_row(claim.case_id).seq;
  auto decided = room.run([&](Context& c) { return heed::casework::decide(c, command); });
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.error().code, Code::InvalidInput);
  std::vector<std::string> pointers;
  for (const FieldError& f : decided.error().fields) {
    pointers.push_back(f.pointer);
  }
  for (const char* p :
       {"/items/0/clause", "/items/1/clause", "/items/1/facts", "/items/2/actions/1", "/items/2/category",
        "/items/3/actions/0/until", "/items/3/group", "/items/4/facts", "/items/4/outcome", "/delay_statement_until"}) {
    EXPECT_THAT(pointers, testing::Contains(std::string(p)));
  }
  EXPECT_EQ(room.case_row(claim.case_id).seq, before);
}

TEST(Decide, CountsCharactersNotBytesOfFacts) {
  ActRoom room;
  (void)room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));
  Claim claim = room.must_claim(1);
  auto verdict = room.violation(claim.items[0], "targeted_harassment", {});
  verdict.facts.clear();
  for (int i = 0; i < 5000; ++i) {
    verdict.facts += "é";
  }
  EXPECT_TRUE(room.decide(claim, 1, verdict));
}

TEST(Decide, PermitsOnlyTheClausesActions) {
  ActRoom room;
  (void)room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));
  Claim claim = room.must_claim(1);
  auto policy = std::make_shared<policy::Policy>(*room.env.policy.get());
  for (policy::Clause& c : policy->clauses) {
    if (c.id == "targeted_harassment") {
      c.actions = {policy::ActionKind::Label};
    }
  }
  room.env.policy = policy::InForce(policy);
  auto decided =
      room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Remove}));
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.error().fields.at(0).pointer, "/items/0/actions/0/kind");
}

TEST(Decide, TakesNoActionOnAReportersWordAlone) {
  ActRoom room;
  auto item = room.post("p1", "[insult]", "bob");
  item.evidence.provenance = Provenance::Reporter;
  (void)room.report(room.report_by("ann", {item}));
  Claim claim = room.must_claim(1);
  auto decided =
      room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Warn}));
  ASSERT_FALSE(decided);
  EXPECT_EQ(decided.error().code, Code::InvalidInput);
  EXPECT_EQ(decided.error().fields.at(0).pointer, "/items/0/actions");
  EXPECT_TRUE(room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {})));
}

TEST(Decide, BelongsToTheHolderOfTheClaim) {
  ActRoom room;
  (void)room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));
  Claim claim = room.must_claim(1);
  auto verdict = room.no_violation(claim.items[0]);
  EXPECT_EQ(room.decide(claim, 2, verdict).error().code, Code::Denied);
  Claim unknown = claim;
  unknown.id = room.ids.mint<ClaimId>(room.clock.now());
  EXPECT_EQ(room.decide(unknown, 1, verdict).error().code, Code::NotFound);
  ASSERT_TRUE(room.run([&](Context& c) { return release(c, claim.id, room.staff(1)); }));
  EXPECT_EQ(room.decide(claim, 1, verdict).error().code, Code::Conflict);
}

TEST(Decide, AnswersConflictForItemsOutsideTheClaimAndForDecidedOnes) {
  ActRoom room;
  (void)room.report(room.report_by("ann", {room.post("p1", "x", "bob"), room.post("p2", "y", "bob")}));
  Claim first = room.must_claim(1, 1);
  Claim second = room.must_claim(2, 1);
  auto mixed = room.run([&](Context& c) {
    return heed::casework::decide(
        c, room.command(first, 1, {room.no_violation(first.items[0]), room.no_violation(second.items[0])}));
  });
  ASSERT_FALSE(mixed);
  EXPECT_EQ(mixed.error().code, Code::Conflict);
  EXPECT_EQ(mixed.error().fields.at(0).pointer, "/items/1/item_id");
  EXPECT_EQ(room.item_row(first.items[0]).state, ItemState::Open) << "nothing is half-stored";
  ASSERT_TRUE(room.decide(first, 1, room.no_violation(first.items[0])));
  EXPECT_EQ(room.decide(first, 1, room.no_violation(first.items[0])).error().code, Code::Conflict);
}

TEST(Decide, TellsTheReporterAlsoWhenNothingIsWrongAndTheAuthorNothing) {
  ActRoom room;
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));
  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
  auto notices = room.notices(claim.case_id);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].kind, NoticeKind::Outcome);
  EXPECT_EQ(notices[0].about, receipt->report.value);
  EXPECT_EQ(notices[0].state, NoticeState::Delivered) << "a page can be read at once";
  auto decision = room.decision(room.item_row(claim.items[0]).decision);
  EXPECT_FALSE(decision.clause.empty()) << "the clause that was checked";
  EXPECT_EQ(decision.informed_reporter_at, room.clock.now());
  EXPECT_EQ(decision.informed_author_at, Time{});
  EXPECT_EQ((*ledger::get<ReportRow>(*room.view(), receipt->report))->informed_at, room.clock.now());
}

TEST(Decide, GivesOneStatementPerAuthorAndActAndOneOutcomePerReport) {
  ActRoom room;
  (void)room.report(
      room.report_by("ann", {room.post("p1", "x", "bob"), room.post("p2", "y", "bob"), room.post("p3", "z", "cid")}));
  (void)room.report(room.report_by("eve", {room.post("p1", "x", "bob")}));
  Claim claim = room.must_claim(1);
  ASSERT_EQ(claim.items.size(), 3U);
  std::vector<ItemVerdict> verdicts;
  for (ItemId item : claim.items) {
    verdicts.push_back(room.violation(item, "targeted_harassment", {policy::ActionKind::Hide}));
  }
  auto decided = room.run([&](Context& c) { return heed::casework::decide(c, room.command(claim, 1, verdicts)); });
  ASSERT_TRUE(decided) << decided.error().message;
  int outcomes = 0, statements = 0;
  std::set<int> authors;
  for (const NoticeRow& n : room.notices(claim.case_id)) {
    outcomes += n.kind == NoticeKind::Outcome;
    statements += n.kind == NoticeKind::StatementOfReasons;
    if (n.kind == NoticeKind::StatementOfReasons) {
      authors.insert(n.party);
    }
  }
  EXPECT_EQ(outcomes, 2);
  EXPECT_EQ(statements, 2);
  EXPECT_EQ(authors.size(), 2U);
  EXPECT_EQ(room.check(), "");
}

TEST(Decide, DelaysTheStatementWhereTheClauseOrTheReviewerSaysSo) {
  ActRoom room;
  room.env.platform_channel = Channel::Webhook;
  (void)room.report(room.report_by("ann", {room.post("p1", "[life]", "bob"), room.post("p2", "[insult]", "cid")}));
  Claim claim = room.must_claim(1);
  DecideCommand command =
      room.command(claim, 1,
                   {room.violation(room.item_of(claim, "p1"), "threats_to_life", {policy::ActionKind::Remove}),
                    room.violation(room.item_of(claim, "p2"), "targeted_harassment", {policy::ActionKind::Hide})});
  auto decided = room.run([&](Context& c) { return heed::casework::decide(c, command); });
  ASSERT_TRUE(decided) << decided.error().message;
  const Time later = room.clock.now() + room.env.policy->clocks.statement_delay;
  std::vector<Time> from;
  for (const NoticeRow& n : room.notices(claim.case_id)) {
    if (n.kind == NoticeKind::StatementOfReasons) {
      from.push_back(*n.pending_from);
    }
  }
  EXPECT_THAT(from, testing::UnorderedElementsAre(later, room.clock.now()));
  auto clock =
      **ledger::get<ClockRow>(*room.view(), claim.case_id, ClockKind::StatementDelay, decided->decisions[0].value);
  EXPECT_EQ(clock.due, later);

  (void)room.report(room.report_by("ann", {room.post("p3", "[insult]", "dan")}));
  Claim next = room.must_claim(1);
  DecideCommand far =
      room.command(next, 1, {room.violation(next.items[0], "targeted_harassment", {policy::ActionKind::Hide})});
  far.delay_statement_until = room.clock.now() + std::chrono::hours(24 * 5);
  EXPECT_EQ(room.run([&](Context& c) { return heed::casework::decide(c, far); }).error().fields.at(0).pointer,
            "/delay_statement_until");
  far.may_lead = true;
  ASSERT_TRUE(room.run([&](Context& c) { return heed::casework::decide(c, far); }));
  EXPECT_EQ(room.check(), "");
}

TEST(Decide, TellsReportersInOtherCasesAndClosesThem) {
  ActRoom room;
  (void)room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));         // its home
  auto other = room.report(room.report_by("eve", {room.post("p2", "y", "cid")}));  // another case
  auto both = room.report(room.report_by("gus", {room.post("p2", "y", "cid"), room.post("p1", "x", "bob")}));
  ASSERT_EQ(both->case_id, other->case_id);
  ItemId p1 = room.item("p1"), p2 = room.item("p2");
  ASSERT_NE(room.item_row(p1).case_id, other->case_id);
  Claim claim = *room.run([&](Context& c) { return claim_case(c, other->case_id, room.staff(1), 200); });
  ASSERT_TRUE(room.decide(claim, 1, room.no_violation(p2)));
  EXPECT_TRUE(room.case_row(other->case_id).open()) << "p1, which it refers to, is open";
  EXPECT_EQ((*ledger::get<ReportRow>(*room.view(), both->report))->state, ReportState::Received);
  const CaseId home_id = room.item_row(p1).case_id;
  Claim home = *room.run([&](Context& c) { return claim_case(c, home_id, room.staff(1), 200); });
  ASSERT_TRUE(room.decide(home, 1, room.violation(p1, "targeted_harassment", {policy::ActionKind::Hide})));
  EXPECT_FALSE(room.case_row(other->case_id).open());
  EXPECT_EQ((*ledger::get<ReportRow>(*room.view(), both->report))->state, ReportState::Answered);
  auto notices = room.notices(other->case_id);
  ASSERT_EQ(notices.size(), 3U) << "two outcomes of p2, and gus's of p1";
  EXPECT_EQ(notices[2].kind, NoticeKind::Outcome);
  EXPECT_EQ(notices[2].about, both->report.value);
  EXPECT_EQ(room.check(), "");
}

TEST(Decide, KeepsAnOpenPileOpenAndAnswersItsReporterWhenItCloses) {
  ActRoom room;
  auto pile =
      room.open_pile("ann", {room.post("p1", "[insult]", "bob", {"ann"}), room.post("p2", "[life]", "cid", {"ann"})});
  ASSERT_TRUE(pile) << pile.error().message;
  EXPECT_EQ(room.case_row(pile->case_id).lane, policy::Lane::Life);
  Claim life = *room.run([&](Context& c) { return claim_case(c, pile->case_id, room.staff(1), 1); });
  ASSERT_EQ(life.items[0], room.item("p2"));
  ASSERT_TRUE(room.decide(life, 1, room.violation(life.items[0], "threats_to_life", {policy::ActionKind::Remove})));
  EXPECT_EQ(room.case_row(pile->case_id).lane, policy::Lane::Rest) << "what is left is an insult";
  EXPECT_EQ(room.case_row(pile->case_id).severity(), 40);
  Claim rest = *room.run([&](Context& c) { return claim_case(c, pile->case_id, room.staff(1), 200); });
  auto decided = room.decide(rest, 1, room.violation(rest.items[0], "targeted_harassment", {policy::ActionKind::Hide}));
  ASSERT_TRUE(decided);
  EXPECT_FALSE(decided->closed) << "its window is open";
  EXPECT_EQ((*ledger::get<ReportRow>(*room.view(), pile->report))->state, ReportState::Received);
  EXPECT_FALSE(room.case_row(pile->case_id).alarm_at);
  EXPECT_EQ(room.notices_of(pile->case_id, NoticeKind::Outcome), 2) << "one per act";
  EXPECT_EQ(room.check(), "");
}

TEST(Decide, GathersMailsAboutAWholePileForADay) {
  ActRoom room;
  room.env.mail = true;
  std::vector<ReportedItem> posts;
  for (int i = 0; i < 6; ++i) {
    posts.push_back(room.post("p" + std::to_string(i), "[insult]", "b" + std::to_string(i), {"ann"}));
  }
  auto pile = room.open_pile("ann@example.org", posts, /*by_mail=*/true);
  ASSERT_TRUE(pile) << pile.error().message;
  for (int i = 0; i < 6; ++i) {
    Claim claim = room.must_claim(1, 1);
    ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
    room.clock.advance(std::chrono::hours(1));
  }
  ASSERT_EQ(room.notices_of(pile->case_id, NoticeKind::Outcome), 2) << "the first at once, the other five tomorrow";
  NoticeRow digest = room.notice_of(pile->case_id, NoticeKind::Outcome);
  auto first = room.notices(pile->case_id)[1];
  ASSERT_EQ(first.kind, NoticeKind::Outcome);
  EXPECT_EQ(*digest.pending_from, *first.pending_from + std::chrono::hours(24));
  room.clock.set(*digest.pending_from);
  auto parcel = room.render(digest);
  ASSERT_TRUE(parcel) << parcel.error().message;
  JsonParser parser;
  EXPECT_EQ((*parser.parse(parcel->json))["data"]["items"].size(), 5U);
  ASSERT_TRUE(room.run([&](Context& c) {
    return c.append(pile->case_id, Notified{digest.id, NoticeState::Delivered, 1});
  }));
  ASSERT_TRUE(room.run([&](Context& c) {
    return c.append(pile->case_id, Notified{first.id, NoticeState::Delivered, 1});
  }));
  for (int i = 0; i < 6; ++i) {
    DecisionRow d = room.decision(room.item_row(room.item("p" + std::to_string(i))).decision);
    EXPECT_EQ(d.informed_reporter_at, room.clock.now());
  }
  EXPECT_EQ(room.check(), "");
}

TEST(Decide, SaysWhereItCameFrom) {
  ActRoom room;
  auto trusted = room.report_by("ngo", {room.post("p1", "x", "bob")});
  trusted.source = Source::TrustedFlagger;
  (void)room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));
  (void)room.report(trusted);
  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
  EXPECT_EQ(room.decision(room.item_row(claim.items[0]).decision).source, Source::TrustedFlagger);
  auto signal = room.run([&](Context& c) { return raise_signal(c, {room.post("p9", "[life]", "bob"), false, {}}); });
  ASSERT_TRUE(signal);
  const Time seen = room.clock.now();
  room.clock.advance(std::chrono::minutes(3));
  Claim own = room.must_claim(1);
  ASSERT_TRUE(room.decide(own, 1, room.violation(own.items[0], "threats_to_life", {policy::ActionKind::Remove})));
  DecisionRow d = room.decision(room.item_row(own.items[0]).decision);
  EXPECT_EQ(d.source, Source::OwnInitiative);
  EXPECT_EQ(d.detection, Automation::Fully);
  EXPECT_EQ(d.received_at, seen);
  EXPECT_EQ(room.check(), "");
}

TEST(DecideByRule, ActsOnlyWhereTheClauseLetsAMachine) {
  ActRoom room;
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "buy", "bot")}));
  RuleCommand command{receipt->case_id,
                      "default/link_flood",
                      {room.violation(room.item("p1"), "threats_to_life", {policy::ActionKind::Remove})}};
  EXPECT_EQ(room.run([&](Context& c) { return decide_by_rule(c, command); }).error().code, Code::InvalidInput);
  auto policy = std::make_shared<policy::Policy>(*room.env.policy.get());
  for (policy::Clause& c : policy->clauses) {
    if (c.id == "spam") {
      c.machine_may_act = true;
      c.actions = c.machine_actions = {policy::ActionKind::Limit};
    }
  }
  room.env.policy = policy::InForce(policy);
  command.items[0].clause = "spam";
  command.items[0].actions = {{policy::ActionKind::Limit, {}}};
  Claim claim = room.must_claim(1);
  EXPECT_EQ(room.run([&](Context& c) { return decide_by_rule(c, command); }).error().code, Code::Conflict)
      << "a person has it";
  ASSERT_TRUE(room.run([&](Context& c) { return release(c, claim.id, room.staff(1)); }));
  auto decided = room.run([&](Context& c) { return decide_by_rule(c, command); });
  ASSERT_TRUE(decided) << decided.error().message;
  DecisionRow d = room.decision(decided->decisions[0]);
  EXPECT_EQ(d.decision_automation, Automation::Fully);
  EXPECT_FALSE(d.staff);
  EXPECT_EQ(room.check(), "");
}

TEST(ConfirmAction, IsIdempotentAndKeepsWhatWasDone) {
  ActRoom room;
  (void)room.report(room.report_by("ann", {room.post("p1", "[insult]", "bob")}));
  Claim claim = room.must_claim(1);
  auto decided =
      room.decide(claim, 1, room.violation(claim.items[0], "targeted_harassment", {policy::ActionKind::Hide}));
  ActionId action = decided->actions.at(0);
  auto confirm = [&](ActionState state, std::string detail = "") {
    return room.run([&](Context& c) { return confirm_action(c, {action, state, room.clock.now(), detail}); });
  };
  ASSERT_TRUE(confirm(ActionState::Failed, "timeout on shard 7"));
  EXPECT_EQ(room.notices_of(claim.case_id, NoticeKind::Alarm), 1) << "an order that failed rings";
  ASSERT_TRUE(confirm(ActionState::Done));
  auto again = confirm(ActionState::Done);
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->repeated);
  EXPECT_EQ(confirm(ActionState::Failed).error().code, Code::Conflict);
  EXPECT_EQ(confirm(ActionState::Ordered).error().code, Code::InvalidInput);
  action = room.ids.mint<ActionId>(room.clock.now());
  EXPECT_EQ(confirm(ActionState::Done).error().code, Code::NotFound);
  auto clock =
      **ledger::get<ClockRow>(*room.view(), claim.case_id, ClockKind::ActionConfirm, decided->actions[0].value);
  EXPECT_FALSE(clock.next_at);
  EXPECT_EQ(room.check(), "");
}

}  // namespace
}  // namespace heed::casework
