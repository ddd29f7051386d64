#include <gtest/gtest.h>

#include <functional>

#include "casework/appeals.h"
#include "casework/reversal.h"
#include "casework/testing_settle.h"

namespace heed::casework {
namespace {

using policy::ActionKind;

const std::string kWords = "come on over here all of you and see what the silly goose of this town has written today";

TEST(Settle, ClosesWhatIsPlainlyNothingWhereTheClausePermitsIt) {
  SettleRoom room;
  Receipt receipt = room.must(room.said("anna", room.plain("p1", "lovely weather today"), "other"));
  EXPECT_EQ(receipt.closed, 1);
  EXPECT_FALSE(room.case_row(receipt.case_id).open());
  auto decision = room.decision(room.item_row(room.item("p1")).decision);
  EXPECT_EQ(decision.decision_automation, Automation::Fully);
  EXPECT_EQ(decision.clause, "other_terms");
  EXPECT_EQ(decision.outcome, Outcome::NoViolation);
  EXPECT_FALSE(decision.staff);
  EXPECT_EQ(room.figures(SettleBasis::Clean).closed, 1);
  EXPECT_EQ(room.check(), "");
}

TEST(Settle, TellsTheReporterInPlainWordsThatAMachineDecidedAndHowToComplain) {
  SettleRoom room;
  Receipt receipt = room.must(room.said("anna", room.plain("p1", "lovely weather today"), "other"));
  auto parcel = room.render(room.notice_of(receipt.case_id, NoticeKind::Outcome), "en");
  ASSERT_TRUE(parcel);
  EXPECT_NE(parcel->text.find("An automated system took this decision; no person was involved."), std::string::npos)
      << parcel->text;
  EXPECT_NE(parcel->text.find("https://heed.test/appeal"), std::string::npos) << parcel->text;
  auto decision = room.item_row(room.item("p1")).decision;
  auto filed = room.run([&](Context& c) {
    return file_appeal(c, {decision, room.hasher.account("anna"), "please look yourselves", false});
  });
  ASSERT_TRUE(filed) << filed.error().message;
}

TEST(Settle, LeavesToPeopleWhateverAddsSomethingAMachineCannotWeigh) {
  struct Case {
    std::string what;
    std::function<void(ReportCommand&)> change;
  };
  const std::vector<Case> cases = {
      {"a clause that forbids it", [](auto& c) { c.symptoms = {"harassment"}; }},
      {"one of two clauses forbids it",
       [](auto& c) {
         c.symptoms = {"other", "harassment"};
       }},
      {"a symptom of that item alone", [](auto& c) { c.items[0].symptoms = {"hate"}; }},
      {"a symptom nobody knows", [](auto& c) { c.symptoms = {"gossip"}; }},
      {"a threat by its symptom", [](auto& c) { c.symptoms = {"threat_of_violence"}; }},
      {"declared fear", [](auto& c) { c.fears = true; }},
      {"the target's own voice", [](auto& c) { c.about = About::Me; }},
      {"a comment", [](auto& c) { c.said_json = R"({"comment":"he means my sister"})"; }},
      {"a legal claim", [](auto& c) { c.legal_claim = true; }},
      {"a trusted flagger", [](auto& c) { c.source = Source::TrustedFlagger; }},
      {"only the reporter's evidence", [](auto& c) { c.items[0].evidence.provenance = Provenance::Reporter; }},
      {"a picture", [](auto& c) { c.items[0].evidence.media = true; }},
      {"a language no model knows", [](auto& c) { c.items[0].evidence.finding.judged = false; }},
      {"a score that is not low", [](auto& c) { c.items[0].evidence.finding.highest = 0.06; }},
      {"a deleted post", [](auto& c) { c.items[0].evidence.deleted = true; }},
      {"no text", [](auto& c) { c.items[0].evidence.text.clear(); }},
      {"an account", [](auto& c) { c.items[0].kind = ItemKind::Account; }},
  };
  for (const Case& each : cases) {
    SettleRoom room;
    ReportCommand command = room.said("anna", room.plain("p1", "lovely weather today"), "other");
    each.change(command);
    Receipt receipt = room.must(command);
    EXPECT_EQ(receipt.closed + receipt.acted + receipt.drawn, 0) << each.what;
    EXPECT_TRUE(room.case_row(receipt.case_id).open()) << each.what;
    EXPECT_EQ(room.check(), "") << each.what;
  }
}

TEST(Settle, NumbersNeverDecide) {
  SettleRoom room;
  Receipt receipt{};
  for (int i = 0; i < 40; ++i) {
    receipt = room.must(room.said("r" + std::to_string(i), room.plain("p1", "lovely weather today"), "harassment"));
  }
  EXPECT_TRUE(room.case_row(receipt.case_id).open());
  EXPECT_EQ(room.item_row(room.item("p1")).state, ItemState::Open);
}

TEST(Settle, AnswersWithWhatAPersonJudgedUntilThePostIsEdited) {
  SettleRoom room;
  Receipt first = room.judge(room.plain("p1", "you silly goose"), "harassment", /*violation=*/false);
  ReportCommand again = room.said("berta", room.plain("p1", "you silly goose"), "harassment");
  Receipt second = room.must(again);
  EXPECT_EQ(second.closed, 1);
  EXPECT_NE(second.case_id, first.case_id);
  CaseRow row = room.case_row(second.case_id);
  EXPECT_FALSE(row.open());
  EXPECT_EQ(row.items, 0) << "the item is judged once";
  auto parcel = room.render(room.notice_of(second.case_id, NoticeKind::Outcome), "en");
  ASSERT_TRUE(parcel) << parcel.error().message;
  EXPECT_NE(parcel->text.find("a person had already decided on exactly this"), std::string::npos) << parcel->text;
  EXPECT_NE(parcel->text.find("A person took this decision"), std::string::npos) << parcel->text;
  auto decision = room.item_row(room.item("p1")).decision;
  EXPECT_TRUE(room.run([&](Context& c) {
    return file_appeal(c, {decision, room.hasher.account("berta"), "I disagree", false});
  }));

  Receipt edited = room.must(room.said("carla", room.plain("p1", "you silly goose, all of you"), "harassment"));
  EXPECT_EQ(edited.closed, 0);
  EXPECT_TRUE(room.case_row(edited.case_id).open());
  EXPECT_EQ(room.check(), "");
}

TEST(Settle, AsksAPersonAgainWhatWasNotAsked) {
  SettleRoom room;
  room.judge(room.plain("p1", "you silly goose"), "harassment", /*violation=*/false);
  ReportCommand other = room.said("berta", room.plain("p1", "you silly goose"), "hate");
  Receipt receipt = room.must(other);
  EXPECT_EQ(receipt.closed, 0) << "found harmless under one clause, asked under another";
  ASSERT_TRUE(room.proposal("p1"));
  EXPECT_EQ(room.proposal("p1")->basis, SettleBasis::Judged);
  EXPECT_EQ(room.proposal("p1")->outcome, Outcome::NoViolation);
}

TEST(Settle, NeverClosesAThreatThatWasJudgedBefore) {
  SettleRoom room;
  room.must(room.said("first", room.post("p1", "[life] wait for me", "author"), "threat_of_violence"));
  ASSERT_TRUE(room.decide(room.must_claim(1), 1, room.no_violation(room.item("p1"))));
  Receipt again = room.must(room.said("berta", room.post("p1", "[life] wait for me", "author"), "threat_of_violence"));
  EXPECT_EQ(again.closed, 0);
  EXPECT_TRUE(room.case_row(again.case_id).open());
  auto proposal = room.proposal("p1");
  EXPECT_TRUE(!proposal || proposal->outcome == Outcome::Violation) << "nobody is told that a threat is none";
}

TEST(Settle, ADecisionThatWasReversedHoldsNoMore) {
  SettleRoom room;
  room.judge(room.plain("p1", "you silly goose"), "harassment", /*violation=*/true);
  Receipt held = room.must(room.said("berta", room.plain("p1", "you silly goose"), "harassment"));
  EXPECT_EQ(held.closed, 1) << "acted on, so there is nothing more to ask";
  auto decision = room.item_row(room.item("p1")).decision;
  ASSERT_TRUE(room.run([&](Context& c) {
    return reverse(c, {.staff = room.staff(2), .decision = decision, .reason = "it was a joke"});
  }));
  Receipt after = room.must(room.said("carla", room.plain("p1", "you silly goose"), "harassment"));
  EXPECT_EQ(after.closed, 0);
  EXPECT_EQ(room.check(), "");
}

TEST(Settle, CountsWhatAMachineClosedAndAPersonTookBack) {
  SettleRoom room;
  room.must(room.said("anna", room.plain("p1", "lovely weather today"), "other"));
  auto decision = room.item_row(room.item("p1")).decision;
  ReverseCommand command{.staff = room.staff(2), .decision = decision, .reason = "it names a school", .instead = {}};
  command.instead = room.violation(room.item("p1"), "other_terms", {ActionKind::Limit});
  auto reversed = room.run([&](Context& c) { return reverse(c, command); });
  ASSERT_TRUE(reversed) << reversed.error().message;
  EXPECT_EQ(room.figures(SettleBasis::Clean).reversed, 1);
  EXPECT_EQ(room.check(), "");
}

ReportedItem grave(SettleRoom& room, std::string id, Provenance provenance) {
  ReportedItem item = room.post(std::move(id), "[insult] xx you are scum xx", "author");
  auto& finding = item.evidence.finding;
  finding.clause = "hate", finding.category = "hate", finding.judged = true, finding.acts = true;
  finding.actions = {ActionKind::Hide};
  finding.rule = "list:slurs@1";
  finding.spans = {{12, 24}};
  item.evidence.provenance = provenance;
  return item;
}

TEST(Settle, ActsWhereTheClausePermitsItAndSaysWhatOn) {
  SettleRoom room;
  Receipt receipt = room.must(room.said("anna", grave(room, "p1", Provenance::Seen), "hate"));
  EXPECT_EQ(receipt.acted, 1);
  auto decision = room.decision(room.item_row(room.item("p1")).decision);
  EXPECT_EQ(decision.outcome, Outcome::Violation);
  EXPECT_EQ(decision.restrictions, 1 << static_cast<int>(OrderKind::Hide));
  EXPECT_EQ(room.body(receipt.case_id, decision.seq, "f1").second, "“you are scum”");
  EXPECT_EQ(room.check(), "");
}

TEST(Settle, NeverActsOnWhatOnlyAReporterSupplied) {
  SettleRoom room;
  Receipt receipt = room.must(room.said("anna", grave(room, "p1", Provenance::Reporter), "hate"));
  EXPECT_EQ(receipt.acted, 0);
  EXPECT_EQ(receipt.proposed, 1);
  EXPECT_EQ(room.item_row(room.item("p1")).state, ItemState::Open);
}

TEST(Settle, ProposesWithClauseActionsAndSpans) {
  SettleRoom room;
  ReportedItem item = grave(room, "p1", Provenance::Seen);
  item.evidence.finding.acts = false;
  room.must(room.said("anna", std::move(item), "hate"));
  auto proposal = room.proposal("p1");
  ASSERT_TRUE(proposal);
  EXPECT_EQ(proposal->basis, SettleBasis::Finding);
  EXPECT_EQ(proposal->outcome, Outcome::Violation);
  EXPECT_EQ(proposal->clause, "hate");
  EXPECT_EQ(proposal->actions, std::vector<OrderKind>{OrderKind::Hide});
  EXPECT_EQ(proposal->spans, (std::vector<Span>{{12, 24}}));
  EXPECT_EQ(proposal->rule, "list:slurs@1");
  ItemVerdict verdict = room.violation(room.item("p1"), "hate", {ActionKind::Hide});
  ASSERT_TRUE(room.decide(room.must_claim(1), 1, verdict));
  EXPECT_EQ(room.figures(SettleBasis::Finding).decided, 1);
  EXPECT_EQ(room.figures(SettleBasis::Finding).agreed, 1);
}

TEST(Settle, LikeTextsAreProposedWhatAPersonDecidedOnOneAndNothingIsDoneByItself) {
  SettleRoom room;
  room.must(room.said("anna", room.plain("p1", "@lena " + kWords), "harassment"));
  room.must(room.said("berta", room.plain("p2", "@MIA " + kWords + " again", "other_author"), "harassment"));
  room.must(room.said("carla", room.plain("p3", "@Ida COME " + kWords.substr(5), "third"), "harassment"));
  room.must(room.said("dora", room.plain("p4", "somebody else says something else about another town", "fourth"),
                      "harassment"));
  for (std::string_view id : {"p1", "p2", "p3"}) {
    EXPECT_FALSE(room.proposal(id)) << id << ": nobody has decided";
  }
  Claim claim = room.must_claim(1);
  ItemRow decided = room.item_row(claim.items.front());
  ASSERT_TRUE(room.decide(claim, 1, room.violation(decided.id, "targeted_harassment", {ActionKind::Hide})));
  int proposed = 0;
  for (std::string_view id : {"p1", "p2", "p3"}) {
    ItemRow row = room.item_row(room.item(id));
    if (row.id == decided.id) {
      continue;
    }
    EXPECT_EQ(row.state, ItemState::Open) << id;
    auto proposal = room.proposal(id);
    ASSERT_TRUE(proposal) << id;
    EXPECT_EQ(proposal->basis, SettleBasis::Alike);
    EXPECT_EQ(proposal->like, decided.id);
    EXPECT_GE(proposal->likeness, 70);
    ++proposed;
  }
  EXPECT_EQ(proposed, 2);
  EXPECT_FALSE(room.proposal("p4"));
  EXPECT_EQ(room.check(), "");
}

TEST(Settle, WhatIsDrawnLooksLikeAnyOtherAndShowsWhetherTheMachineWasWrong) {
  SettleRoom room;
  room.env.blind_share = 1;
  Receipt drawn = room.must(room.said("anna", room.plain("p1", "lovely weather today"), "other"));
  EXPECT_EQ(drawn.drawn, 1);
  EXPECT_EQ(drawn.closed, 0);
  ReportedItem unknown = room.plain("p2", "wunderbares wetter");
  unknown.evidence.finding.judged = false;
  Receipt other = room.must(room.said("berta", unknown, "other"));
  CaseRow a = room.case_row(drawn.case_id), b = room.case_row(other.case_id);
  EXPECT_EQ(std::tuple(a.state, a.queue, a.lane, a.severity_rank, a.deadline, a.items_free, a.seq),
            std::tuple(b.state, b.queue, b.lane, b.severity_rank, b.deadline, b.items_free, b.seq));
  EXPECT_FALSE(room.proposal("p1"));
  // What staff see of the event says nothing either.
  std::string shown;
  ASSERT_TRUE(room.view()->case_events(drawn.case_id, 0, [&](const ledger::StoredEvent& event) {
    JsonParser parser;
    JsonWriter out;
    auto header = parser.parse(event.header);
    access::project(*visibility_of(header->get_string("kind")), access::Audience::Reviewer, *header, out);
    shown += out.take();
    return true;
  }));
  EXPECT_NE(shown.find("\"urgency\""), std::string::npos);
  EXPECT_EQ(shown.find("machine"), std::string::npos) << shown;
  EXPECT_EQ(shown.find("blind"), std::string::npos) << shown;

  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.violation(room.item("p1"), "other_terms", {ActionKind::Limit})));
  SettleFigure figures = room.figures(SettleBasis::Clean);
  EXPECT_EQ(figures.sampled, 1);
  EXPECT_EQ(figures.checked, 1);
  EXPECT_EQ(figures.overturned, 1);
  EXPECT_EQ(figures.closed, 0);
  EXPECT_EQ(room.check(), "");
}

TEST(Settle, DrawsTheShareItIsTold) {
  SettleRoom room;
  room.env.blind_share = 0.04;
  int drawn_now = 0;
  for (int i = 0; i < 20'000; ++i) {
    drawn_now += drawn(room.env, room.hasher.item("post", std::to_string(i))) ? 1 : 0;
  }
  EXPECT_GT(drawn_now, 600);
  EXPECT_LT(drawn_now, 1000);
}

TEST(Settle, ForgetsTheWordsOfAnErasedAuthor) {
  SettleRoom room;
  room.must(room.said("anna", room.plain("p1", kWords), "harassment"));
  auto row = room.item_row(room.item("p1"));
  ASSERT_TRUE((*ledger::get<SettlementRow>(*room.view(), row.id))->same);
  ASSERT_TRUE(room.run([&](Context& c) { return c.append(row.case_id, PersonErased{row.author, false}); }));
  EXPECT_FALSE((*ledger::get<SettlementRow>(*room.view(), row.id))->same);
  room.must(room.said("berta", room.plain("p2", kWords, "somebody"), "harassment"));
  EXPECT_FALSE((*ledger::get<SettlementRow>(*room.view(), room.item("p2")))->alike);
  EXPECT_EQ(room.check(), "");
}

}  // namespace
}  // namespace heed::casework
