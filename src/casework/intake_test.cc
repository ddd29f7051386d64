#include <gtest/gtest.h>

#include "casework/clocks.h"
#include "casework/decisions.h"
#include "casework/erasure.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using testing::Test;

TEST(Intake, OpensACaseForAnItemAndReplaysToTheSameRows) {
  TestingRoom room;
  auto receipt = room.report(room.report_by("a1", {room.post("p1", "[insult] you", "b1", {"a1"})}));
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->accepted, 1);
  EXPECT_NE(receipt->number, 0);
  CaseRow row = room.case_row(receipt->case_id);
  EXPECT_EQ(row.items, 1);
  EXPECT_EQ(row.items_free, 1);
  EXPECT_EQ(row.queue, "default");
  EXPECT_EQ(row.severity(), 40);
  EXPECT_EQ(row.reporters_rank, -1);
  EXPECT_EQ(room.check(), "");
}

TEST(Intake, JoinsTheOpenCaseOfTheItem) {
  TestingRoom room;
  auto first = room.report(room.report_by("a1", {room.post("p1", "hello", "b1")}));
  auto second = room.report(room.report_by("a2", {room.post("p1", "hello", "b1")}));
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->case_id, second->case_id);
  EXPECT_NE(first->report, second->report);
  EXPECT_NE(first->number, second->number);
  CaseRow row = room.case_row(first->case_id);
  EXPECT_EQ(row.items, 1);
  EXPECT_EQ(row.reports, 2);
  EXPECT_EQ(row.reporters_rank, -2);
  EXPECT_EQ(room.check(), "");
}

TEST(Intake, TakesARepeatByTheSamePersonAsANoteWithTheSameNumber) {
  TestingRoom room;
  auto command = room.report_by("a1", {room.post("p1", "hello", "b1")});
  auto first = room.report(command);
  ASSERT_TRUE(first);
  for (int i = 0; i < 50; ++i) {
    auto again = room.report(command);
    ASSERT_TRUE(again);
    EXPECT_EQ(again->report, first->report);
    EXPECT_EQ(again->number, first->number);
  }
  CaseRow row = room.case_row(first->case_id);
  EXPECT_EQ(row.reports, 1);
  EXPECT_EQ(row.reporters_rank, -1);
  auto report = ledger::get<ReportRow>(*room.view(), first->report);
  EXPECT_EQ((*report)->notes, 50);
  EXPECT_EQ(room.check(), "");
}

TEST(Intake, GivesTheSameAnswerToARetryWithTheSameKey) {
  TestingRoom room;
  auto command = room.report_by("a1", {room.post("p1", "hello", "b1")});
  command.idempotency.fill(1);
  command.body.fill(2);
  command.refused = {{3, "unknown_item"}};
  command.relief = {ReliefKind::Hide, ReliefKind::Autoblock};
  auto first = room.report(command);
  ASSERT_TRUE(first);
  room.clock.advance(std::chrono::hours(3));
  auto retry = room.report(command);
  ASSERT_TRUE(retry);
  EXPECT_EQ(retry->report, first->report);
  EXPECT_EQ(retry->number, first->number);
  EXPECT_EQ(retry->received_at, first->received_at);
  EXPECT_EQ(retry->accepted, first->accepted);
  EXPECT_EQ(retry->refused, first->refused);
  EXPECT_EQ(retry->relief, first->relief);
  EXPECT_EQ(retry->relief_not_available, first->relief_not_available);
  EXPECT_EQ(room.case_row(first->case_id).reports, 1);
  command.body.fill(9);
  auto other = room.report(command);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Code::InvalidInput);
}

TEST(Intake, RefusesWhenNothingCouldBeTaken) {
  TestingRoom room;
  auto none = room.report(room.report_by("a1", {}));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().fields.at(0).pointer, "/items");
}

TEST(Intake, OpensANewLinkedCaseAfterTheOldOneIsClosed) {
  TestingRoom room;
  auto first = room.report(room.report_by("a1", {room.post("p1", "hello", "b1")}));
  ASSERT_TRUE(first);
  auto item = room.case_row(first->case_id);
  ASSERT_TRUE(room.run([&](Context& c) -> Result<int> {
    Decided decided;
    auto row = newest_item(c.tx(), c.env().hasher->item("post", "p1"));
    decided.items.push_back({c.mint<DecisionId>(), (*row)->id, Outcome::NoViolation});
    decided.closes = true;
    TRY(c.append(first->case_id, decided));
    return 0;
  }));
  EXPECT_FALSE(room.case_row(first->case_id).open());
  auto second = room.report(room.report_by("a2", {room.post("p1", "hello", "b1")}));
  ASSERT_TRUE(second);
  EXPECT_NE(second->case_id, first->case_id);
  EXPECT_EQ(room.case_row(second->case_id).linked, first->case_id);
  EXPECT_EQ(room.check(), "");
}

TEST(Intake, PutsDeclaredFearInItsLaneWithinABudgetPerReporter) {
  TestingRoom room;
  int fear = 0;
  for (int i = 0; i < 10; ++i) {
    auto command = room.report_by("a1", {room.post("p" + std::to_string(i), "hello", "b1")});
    command.fears = true;
    auto receipt = room.report(command);
    ASSERT_TRUE(receipt);
    fear += room.case_row(receipt->case_id).lane == policy::Lane::Fear ? 1 : 0;
  }
  EXPECT_EQ(fear, room.env.fear_budget_per_day);
}

TEST(Queue, TheOneRealPlanIsAmongTheFirstTwentyOfTwoThousandDeclarationsOfFear) {
  TestingRoom room;
  CaseId real{};
  for (int i = 0; i < 2001; ++i) {
    std::string n = std::to_string(i);
    auto command = room.report_by("r" + n, {room.post("p" + n, i == 1300 ? "[life] tonight" : "nonsense", "b" + n)});
    command.fears = i != 1300;
    auto receipt = room.report(command);
    ASSERT_TRUE(receipt);
    if (i == 1300) {
      real = receipt->case_id;
    }
  }
  for (int i = 0; i < 20; ++i) {
    auto claim = room.claim(room.staff(i));
    ASSERT_TRUE(claim && *claim);
    if ((*claim)->case_id == real) {
      return;
    }
  }
  FAIL() << "the real plan was not among the first twenty";
}

/// Metamorphic: whatever may differ about who somebody is, lane, order and clock stay.
TEST(Queue, FameReachAndVerificationChangeNeitherLaneNorOrderNorClock) {
  auto order = [](bool swapped) {
    TestingRoom room;
    std::vector<std::pair<CaseId, std::string>> cases;
    for (int i = 0; i < 12; ++i) {
      std::string n = std::to_string(i);
      const bool famous = (i % 2 == 0) != swapped;
      auto item = room.post("p" + n, i % 3 == 0 ? "[insult]" : i % 5 == 0 ? "[life]" : "hm", "b" + n, {"t" + n});
      item.evidence.author_handle = famous ? "celebrity" : "nobody";
      item.evidence.json =
          famous ? R"({"author":{"followers":9000000,"verified":true}})" : R"({"author":{"followers":1}})";
      auto command = room.report_by("r" + n, {item});
      command.identity_json = famous ? R"({"account":"x","verified":true,"followers":5000000})" : R"({"account":"x"})";
      auto receipt = room.report(command);
      EXPECT_TRUE(receipt);
      cases.push_back({receipt->case_id, n});
      room.clock.advance(std::chrono::seconds(7));
    }
    std::string seen;
    auto head = queue_head(*room.view(), "default", 100);
    for (const QueueEntry& entry : *head) {
      for (auto& [id, n] : cases) {
        if (id == entry.case_id) {
          seen += n + ":" + std::string(name_of(entry.lane)) + ":" + format_time(entry.deadline) + " ";
        }
      }
    }
    return seen;
  };
  std::string one = order(false);
  EXPECT_FALSE(one.empty());
  EXPECT_EQ(one, order(true));
}

TEST(Piles, SixHundredPostsByEightySixAccountsAreOneCase) {
  TestingRoom room;
  auto command = room.report_by("her", {});
  command.about = About::Me;
  command.pile = PileSpec{"her", room.clock.now() - std::chrono::hours(1), {}, {"p7"}, 600, 600};
  command.relief = {ReliefKind::Autoblock};
  auto receipt = room.report(command);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->accepted, 600);
  EXPECT_EQ(receipt->relief.size(), 1u);
  for (int chunk = 0; chunk < 3; ++chunk) {
    PileChunk posts;
    posts.case_id = receipt->case_id;
    for (int i = chunk * 200; i < (chunk + 1) * 200; ++i) {
      std::string text = i == 311 ? "[life] her address" : i % 2 == 0 ? "[insult]" : "meh";
      posts.posts.push_back(
          {room.post("p" + std::to_string(i), text, "b" + std::to_string(i % 86), {"her"}), i % 86 != 5});
    }
    posts.done = static_cast<std::uint64_t>((chunk + 1) * 200);
    auto progress = room.run([&](Context& c) { return join_pile(c, posts); });
    ASSERT_TRUE(progress) << progress.error().message;
    EXPECT_EQ(progress->more, chunk < 2);
  }
  CaseRow row = room.case_row(receipt->case_id);
  EXPECT_EQ(row.items, 599);  // one excepted
  EXPECT_EQ(row.parties - 2, 86);
  EXPECT_EQ(row.pile, PileState::Open);
  EXPECT_EQ(row.lane, policy::Lane::Life);
  auto relief = relief_of(*room.view(), receipt->case_id);
  ASSERT_TRUE(relief);
  ASSERT_EQ(relief->size(), 1u);
  EXPECT_EQ(relief->at(0).accounts, 85);  // the friend is exempt
  EXPECT_EQ(room.check(), "");
}

TEST(Piles, ALaterStrangerJoinsOnlyWithASignal) {
  TestingRoom room;
  auto command = room.report_by("her", {});
  command.pile = PileSpec{"her", room.clock.now() - std::chrono::hours(1), {}, {}, 1, 1};
  auto receipt = room.report(command);
  ASSERT_TRUE(receipt);
  auto join = [&](std::string id, std::string text, std::string author, std::uint64_t done, bool joining) {
    PileChunk chunk;
    chunk.case_id = receipt->case_id;
    chunk.posts.push_back({room.post(std::move(id), std::move(text), std::move(author), {"her"}), true});
    chunk.done = done;
    chunk.upto = joining ? done : 0;
    chunk.joining = joining;
    auto progress = room.run([&](Context& c) { return join_pile(c, chunk); });
    EXPECT_TRUE(progress);
    return progress ? progress->joined : -1;
  };
  EXPECT_EQ(join("p1", "meh", "b1", 1, false), 1);
  EXPECT_EQ(join("p2", "solidarity", "friend", 2, true), 0);
  EXPECT_EQ(join("p3", "[insult]", "b2", 3, true), 1);
  EXPECT_EQ(join("p4", "meh again", "b1", 4, true), 1);
  EXPECT_EQ(join("p4", "meh again", "b1", 4, true), 0);  // once
  EXPECT_EQ(join("p5", "my own", "her", 5, true), 0);
  EXPECT_EQ(room.check(), "");
}

TEST(Piles, AnAddressPostedWhileTheClaimerSleepsIsFirstInTheQueue) {
  TestingRoom room;
  for (int i = 0; i < 30; ++i) {  // others wait too
    std::string n = std::to_string(i);
    ASSERT_TRUE(room.report(room.report_by("r" + n, {room.post("q" + n, "[insult]", "c" + n)})));
  }
  auto command = room.report_by("her", {});
  command.pile = PileSpec{"her", room.clock.now() - std::chrono::hours(1), {}, {}, 1, 1};
  auto receipt = room.report(command);
  PileChunk chunk;
  chunk.case_id = receipt->case_id;
  chunk.posts.push_back({room.post("p1", "[insult]", "b1", {"her"}), true});
  chunk.done = 1;
  ASSERT_TRUE(room.run([&](Context& c) { return join_pile(c, chunk); }));
  auto held = room.run([&](Context& c) { return claim_case(c, receipt->case_id, room.staff(1), 200); });
  ASSERT_TRUE(held);
  chunk.posts = {{room.post("p2", "[life] she lives at", "b2", {"her"}), true}};
  chunk.done = chunk.upto = 2;
  chunk.joining = true;
  ASSERT_TRUE(room.run([&](Context& c) { return join_pile(c, chunk); }));
  auto next = room.claim(room.staff(2));
  ASSERT_TRUE(next && *next);
  EXPECT_EQ((*next)->case_id, receipt->case_id);
  EXPECT_EQ((*next)->items.size(), 1u);
  EXPECT_EQ(room.item_row((*next)->items[0]).lane, policy::Lane::Life);
  EXPECT_EQ(room.check(), "");
}

TEST(Queue, TwoHundredReviewersOfWhomATenthVanishJudgeNothingTwiceAndLoseNothing) {
  TestingRoom room;
  auto command = room.report_by("her", {});
  command.pile = PileSpec{"her", room.clock.now() - std::chrono::hours(1), {}, {}, 1000, 1000};
  auto receipt = room.report(command);
  PileChunk chunk;
  chunk.case_id = receipt->case_id;
  for (int i = 0; i < 1000; ++i) {
    chunk.posts.push_back(
        {room.post("p" + std::to_string(i), "[insult]", "b" + std::to_string(i % 50), {"her"}), true});
  }
  chunk.done = 1000;
  ASSERT_TRUE(room.run([&](Context& c) { return join_pile(c, chunk); }));
  std::map<std::string, int> judged;
  std::mt19937 random(3);
  for (int round = 0; round < 40; ++round) {
    for (int reviewer = 0; reviewer < 200; ++reviewer) {
      auto claim = room.claim(room.staff(reviewer), 5);
      ASSERT_TRUE(claim);
      if (!*claim) {
        break;
      }
      if (random() % 10 == 0) {
        continue;  // vanishes with its claim
      }
      ASSERT_TRUE(room.run([&](Context& c) -> Result<int> {
        Decided decided;
        decided.claim = (*claim)->id;
        decided.staff = room.staff(reviewer);
        for (ItemId item : (*claim)->items) {
          decided.items.push_back({c.mint<DecisionId>(), item, Outcome::NoViolation});
        }
        TRY(c.append(receipt->case_id, decided));
        return 0;
      }));
      for (ItemId item : (*claim)->items) {
        ++judged[item.text()];
      }
    }
    room.clock.advance(std::chrono::minutes(6));
    ASSERT_TRUE(room.run([&](Context& c) { return expire_leases(c, 1000); }));
  }
  EXPECT_EQ(judged.size(), 1000u);
  for (auto& [item, times] : judged) {
    EXPECT_EQ(times, 1) << item;
  }
  EXPECT_EQ(room.case_row(receipt->case_id).items_open, 0);
  EXPECT_EQ(room.case_row(receipt->case_id).items_free, 0);
  EXPECT_EQ(room.check(), "");
}

TEST(Queue, AHeartbeatKeepsAClaimAndAStrangerCannotUseIt) {
  TestingRoom room;
  ASSERT_TRUE(room.report(room.report_by("a1", {room.post("p1", "x", "b1")})));
  auto claim = room.claim(room.staff(1));
  ASSERT_TRUE(claim && *claim);
  for (int i = 0; i < 5; ++i) {
    room.clock.advance(std::chrono::minutes(4));
    ASSERT_TRUE(room.run([&](Context& c) { return heartbeat(c, (*claim)->id, room.staff(1)); }));
    ASSERT_TRUE(room.run([&](Context& c) { return expire_leases(c, 10); }));
  }
  auto stranger = room.run([&](Context& c) { return heartbeat(c, (*claim)->id, room.staff(2)); });
  ASSERT_FALSE(stranger);
  EXPECT_EQ(stranger.error().code, Code::NotFound);
  auto nothing = room.claim(room.staff(2));
  ASSERT_TRUE(nothing);
  EXPECT_FALSE(*nothing);
  room.clock.advance(std::chrono::minutes(6));
  ASSERT_TRUE(room.run([&](Context& c) { return expire_leases(c, 10); }));
  auto again = room.claim(room.staff(2));
  ASSERT_TRUE(again && *again);
  EXPECT_EQ(room.check(), "");
}

TEST(Relief, UndoNamesExactlyTheOrdersThatWereGiven) {
  TestingRoom room;
  auto command = room.report_by("a1", {room.post("p1", "x", "b1")});
  command.relief = {ReliefKind::Hide};
  auto receipt = room.report(command);
  ASSERT_TRUE(receipt);
  ASSERT_TRUE(
      room.run([&](Context& c) { return end_relief(c, receipt->case_id, 1, ReliefKind::Hide).map([] { return 0; }); }));
  std::vector<ActionRow> actions;
  auto none = ledger::scan<ActionRow>(*room.view(), {}, [&](const ActionRow& a) { actions.push_back(a); });
  ASSERT_TRUE(none);
  ASSERT_EQ(actions.size(), 2u);
  EXPECT_EQ(actions[0].kind, OrderKind::HideFromReporter);
  EXPECT_EQ(actions[1].kind, OrderKind::Undo);
  EXPECT_EQ(actions[1].undoes, actions[0].id);
  auto twice =
      room.run([&](Context& c) { return end_relief(c, receipt->case_id, 1, ReliefKind::Hide).map([] { return 0; }); });
  EXPECT_FALSE(twice);
  EXPECT_EQ(room.check(), "");
}

TEST(Erasure, DestroysTheKeysOfEveryCaseButTheOnesOnHold) {
  TestingRoom room;
  auto first = room.report(room.report_by("a1", {room.post("p1", "x", "b1")}));
  auto second = room.report(room.report_by("a1", {room.post("p2", "x", "b2")}));
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(room.run([&](Context& c) { return place_hold(c, second->case_id, {}, "", room.staff(1)); }));
  auto erased = room.run([&](Context& c) { return erase_person(c, c.env().hasher->account("a1")); });
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->erased, 1);
  EXPECT_EQ(erased->held, 1);
  ASSERT_EQ(erased->slots.size(), 1u);
  ASSERT_TRUE(room.keys->destroy(erased->slots[0]));
  bool gone = false, kept = false;
  auto view = room.view();
  auto walked = view->events(0, [&](const ledger::StoredEvent& event) {
    auto bodies = ledger::split_bodies(event.bodies);
    for (auto& body : *bodies) {
      auto opened = ledger::open_body(*room.keys, event.case_id, event.seq, body);
      if (body.name == "p1") {
        (event.case_id == first->case_id ? gone : kept) =
            event.case_id == first->case_id ? !opened : opened.has_value();
      }
    }
    return true;
  });
  ASSERT_TRUE(walked);
  EXPECT_TRUE(gone);
  EXPECT_TRUE(kept);
  EXPECT_EQ(room.check(), "");
}

TEST(Signals, OpenACaseWithoutAReportAndJoinAnOpenPile) {
  TestingRoom room;
  auto alone = room.run([&](Context& c) { return raise_signal(c, {room.post("p1", "[life]", "b1", {"t1"})}); });
  ASSERT_TRUE(alone) << alone.error().message;
  EXPECT_TRUE(alone->opened);
  EXPECT_EQ(room.case_row(alone->case_id).lane, policy::Lane::Life);
  auto again = room.run([&](Context& c) { return raise_signal(c, {room.post("p1", "[life]", "b1", {"t1"})}); });
  EXPECT_FALSE(again->opened);
  EXPECT_EQ(again->case_id, alone->case_id);
  auto report = room.report(room.report_by("t1", {room.post("p1", "[life]", "b1", {"t1"})}));
  EXPECT_EQ(report->case_id, alone->case_id);

  auto command = room.report_by("her", {});
  command.pile = PileSpec{"her", room.clock.now() - std::chrono::hours(1), {}, {}, 0, 0};
  auto pile = room.report(command);
  ASSERT_TRUE(pile);
  auto joined = room.run([&](Context& c) { return raise_signal(c, {room.post("p9", "[life]", "b9", {"her"})}); });
  ASSERT_TRUE(joined);
  EXPECT_FALSE(joined->opened);
  EXPECT_EQ(joined->case_id, pile->case_id);
  EXPECT_EQ(room.case_row(pile->case_id).items, 1);
  EXPECT_EQ(room.check(), "");
}

TEST(Signals, KeepTheirCaseOpenForADayAfterTheLastOneIsDecided) {
  TestingRoom room;
  auto first = room.run([&](Context& c) { return raise_signal(c, {room.post("p1", "[life]", "b1", {"her"})}); });
  ASSERT_TRUE(first);
  auto decide_all = [&] {
    auto claim = room.claim(room.staff(1));
    ASSERT_TRUE(claim && *claim);
    DecideCommand command;
    command.staff = room.staff(1);
    command.case_id = (*claim)->case_id;
    command.claim = (*claim)->id;
    for (ItemId item : (*claim)->items) {
      command.items.push_back({.item = item, .outcome = Outcome::NoViolation});
    }
    auto decided = room.run([&](Context& c) { return decide(c, command); });
    ASSERT_TRUE(decided) << decided.error().message;
    EXPECT_FALSE(decided->closed);
  };
  decide_all();
  room.clock.advance(std::chrono::hours(20));
  ASSERT_TRUE(room.run([&](Context& c) { return fire_due(c, 100); }));
  auto second = room.run([&](Context& c) { return raise_signal(c, {room.post("p2", "[life]", "b2", {"her"})}); });
  ASSERT_TRUE(second);
  EXPECT_EQ(second->case_id, first->case_id);
  decide_all();
  room.clock.advance(std::chrono::hours(25));
  ASSERT_TRUE(room.run([&](Context& c) { return fire_due(c, 100); }));
  EXPECT_FALSE(room.case_row(first->case_id).open());
  auto third = room.run([&](Context& c) { return raise_signal(c, {room.post("p3", "[life]", "b3", {"her"})}); });
  ASSERT_TRUE(third);
  EXPECT_NE(third->case_id, first->case_id);
  EXPECT_EQ(room.check(), "");
}

TEST(Signals, AgainstOnePersonAreOneCaseAndHerReportIsTakenIntoIt) {
  TestingRoom room;
  auto first = room.run([&](Context& c) { return raise_signal(c, {room.post("p1", "[life]", "b1", {"her"})}); });
  auto second = room.run([&](Context& c) { return raise_signal(c, {room.post("p2", "[life]", "b2", {"her"})}); });
  ASSERT_TRUE(first && second);
  EXPECT_EQ(first->case_id, second->case_id);
  EXPECT_FALSE(second->opened);
  auto command = room.report_by("her", {});
  command.pile = PileSpec{"her", room.clock.now() - std::chrono::hours(1), {}, {}, 3, 3};
  auto receipt = room.report(command);
  ASSERT_TRUE(receipt) << receipt.error().message;
  EXPECT_EQ(receipt->case_id, first->case_id);
  PileChunk chunk;
  chunk.case_id = receipt->case_id;
  chunk.posts = {{room.post("p1", "[life]", "b1", {"her"}), true}, {room.post("p3", "meh", "b3", {"her"}), true}};
  chunk.done = 3;
  ASSERT_TRUE(room.run([&](Context& c) { return join_pile(c, chunk); }));
  EXPECT_EQ(room.case_row(receipt->case_id).items, 3);
  EXPECT_EQ(room.case_row(receipt->case_id).pile, PileState::Open);
  EXPECT_EQ(room.check(), "");
}

TEST(Receipt, GoesByMailOrWebhookInTheSameTransactionBeforeTheOutcome) {
  ActRoom room;
  room.env.platform_channel = Channel::Webhook;
  room.env.mail = true;
  auto by_mail = room.report_by("ann@example.org", {room.post("p1", "[insult]", "bob")});
  by_mail.by_mail = true;
  by_mail.identity_json = R"({"name":"Ann","mail":"ann@example.org"})";
  auto first = room.report(by_mail);
  auto second = room.report(room.report_by("eve", {room.post("p1", "[insult]", "bob")}));
  ASSERT_TRUE(first && second);
  Claim claim = room.must_claim(1);
  ASSERT_TRUE(room.decide(claim, 1, room.no_violation(claim.items[0])));
  std::vector<std::string> told;
  for (const NoticeRow& n : room.notices(first->case_id)) {
    told.push_back(std::string(name_of(n.kind)) + " " + std::string(name_of(n.channel)));
  }
  EXPECT_EQ(told, (std::vector<std::string>{"receipt mail", "receipt webhook", "outcome mail", "outcome webhook"}));
  auto parcel = room.render(room.notices(first->case_id)[0]);
  ASSERT_TRUE(parcel);
  EXPECT_EQ(parcel->to, "ann@example.org");
  EXPECT_NE(parcel->text.find(format_case_number(static_cast<std::uint64_t>(first->number))), std::string::npos)
      << parcel->text;
  EXPECT_EQ(room.check(), "");
}

TEST(Receipt, IsNoNoticeWhereTheAnswerIsAllThereIs) {
  ActRoom room;
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));
  EXPECT_TRUE(room.notices(receipt->case_id).empty());
}

TEST(Receipt, ARepeatIsNotMailedAgain) {
  ActRoom room;
  room.env.mail = true;
  auto report = room.report_by("ann@example.org", {room.post("p1", "x", "bob")});
  report.by_mail = true;
  auto first = room.report(report);
  ASSERT_TRUE(room.report(report));
  EXPECT_EQ(room.notices(first->case_id).size(), 1U);
}

TEST(Idempotency, ARetryOfARepeatedReportSaysTheSame) {
  TestingRoom room;
  auto report = room.report_by("ann", {room.post("p1", "x", "bob")});
  ASSERT_TRUE(room.report(report));
  report.idempotency[0] = 1;
  report.body[0] = 2;
  report.refused = {{3, "unknown_item"}};
  report.relief = {ReliefKind::Hide};
  auto repeated = room.report(report);
  ASSERT_TRUE(repeated);
  room.clock.advance(std::chrono::hours(1));
  auto again = room.report(report);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->report, repeated->report);
  EXPECT_EQ(again->number, repeated->number);
  EXPECT_EQ(again->reporter, repeated->reporter);
  EXPECT_EQ(again->received_at, repeated->received_at);
  EXPECT_EQ(again->accepted, repeated->accepted);
  EXPECT_EQ(again->refused, repeated->refused);
  EXPECT_EQ(again->relief, repeated->relief);
  EXPECT_EQ(room.check(), "");
}

TEST(Target, OfACaseThatOthersOpenedIsFoundUntilSheIsAPartyOrErased) {
  TestingRoom room;
  auto report = room.report_by("ann", {room.post("p1", "x", "bob", {"her"})});
  report.about = About::SomeoneElse;
  auto receipt = room.report(report);
  ASSERT_TRUE(receipt);
  EXPECT_EQ(room.case_row(receipt->case_id).found_by, room.hasher.account("her"));
  auto own = room.report_by("her", {room.post("p1", "x", "bob", {"her"})});
  own.about = About::Me;
  ASSERT_EQ(room.report(own)->case_id, receipt->case_id);
  EXPECT_FALSE(room.case_row(receipt->case_id).found_by) << "her party finds it";
  auto other = room.report_by("ann", {room.post("p2", "x", "bob", {"eve"})});
  other.about = About::SomeoneElse;
  auto second = room.report(other);
  auto erased = room.run([&](Context& c) { return erase_person(c, room.hasher.account("eve")); });
  ASSERT_TRUE(erased);
  EXPECT_EQ(erased->erased, 1);
  EXPECT_FALSE(room.case_row(second->case_id).found_by);
  EXPECT_EQ(room.case_row(second->case_id).target, PersonHash{});
  EXPECT_EQ(room.check(), "");
}

TEST(Hold, KeepsItsReasonSealedAlsoWhereTheCaseHadNoKeyYet) {
  ActRoom room;
  auto receipt = room.report(room.report_by("ann", {room.post("p1", "x", "bob")}));
  ASSERT_TRUE(room.run([&](Context& c) {
    return place_hold(c, receipt->case_id, room.clock.now() + std::chrono::hours(1), "Order 12/2026", room.staff(1));
  }));
  EXPECT_EQ(room.body(receipt->case_id, 2, "n").second, "Order 12/2026");
  ASSERT_TRUE(room.run([&](Context& c) {
    return place_hold(c, receipt->case_id, room.clock.now() + std::chrono::hours(2), "Order 13/2026", room.staff(1));
  }));
  EXPECT_EQ(room.body(receipt->case_id, 3, "n").second, "Order 13/2026");
  EXPECT_EQ(room.body(receipt->case_id, 2, "n").first, room.body(receipt->case_id, 3, "n").first) << "under one key";
  EXPECT_EQ(room.check(), "");
}

}  // namespace
}  // namespace heed::casework
