#include "casework/settle_copy.h"

#include <gtest/gtest.h>

#include <functional>

#include "casework/appeals.h"
#include "casework/reversal.h"
#include "casework/testing_settle.h"

namespace heed::casework {
namespace {

using policy::ActionKind;

const std::string kWords = "nobody in this town wants to see your silly goose face again";

class CopyRoom : public SettleRoom {
 public:
  ReportedItem at(std::string id, std::string target, std::string text, std::string author) {
    ReportedItem item = plain(std::move(id), std::move(text), std::move(author));
    if (!target.empty()) {
      item.evidence.targets = {std::move(target)};
    }
    return item;
  }
  /// The first one reported, at "lena", decided by a person.
  void judged(bool violation) { judge(at("p1", "lena", "@lena " + kWords, "first_author"), "harassment", violation); }
  ReportCommand copy(std::string id = "p2") {
    return said("berta", at(std::move(id), "lena", "@lena " + kWords, "other_author"), "harassment");
  }
};

TEST(Copies, OfWhatAPersonFoundAgainstAClauseAreHiddenByMachineAndCanBeAppealed) {
  CopyRoom room;
  room.judged(true);
  Receipt receipt = room.must(room.copy());
  EXPECT_EQ(receipt.acted, 1);
  EXPECT_FALSE(room.case_row(receipt.case_id).open());
  DecisionRow decision = room.decision(room.item_row(room.item("p2")).decision);
  EXPECT_EQ(decision.outcome, Outcome::Violation);
  EXPECT_EQ(decision.clause, "targeted_harassment");
  EXPECT_EQ(decision.restrictions, 1 << static_cast<int>(OrderKind::Hide));
  EXPECT_EQ(decision.decision_automation, Automation::Fully);
  EXPECT_FALSE(decision.staff);
  auto statement = room.render(room.notice_of(receipt.case_id, NoticeKind::StatementOfReasons), "en");
  ASSERT_TRUE(statement) << statement.error().message;
  EXPECT_NE(statement->text.find("https://heed.test/appeal"), std::string::npos) << statement->text;
  EXPECT_EQ(room.figures(SettleBasis::Copy).acted, 1);
  EXPECT_EQ(room.check(), "");
}

TEST(Copies, OfWhatAPersonFoundHarmlessAreClosed) {
  CopyRoom room;
  room.judged(false);
  Receipt receipt = room.must(room.copy());
  EXPECT_EQ(receipt.closed, 1);
  EXPECT_EQ(room.decision(room.item_row(room.item("p2")).decision).outcome, Outcome::NoViolation);
  EXPECT_EQ(room.figures(SettleBasis::Copy).closed, 1);
  EXPECT_EQ(room.check(), "");
}

TEST(Copies, AreTheSameButForHandlesWhiteSpaceCaseAndTheClosingMarks) {
  for (const auto& [text, same] : std::vector<std::pair<std::string, bool>>{
           {"@LENA  Nobody in this town wants to see\nyour silly goose face again!!", true},
           {kWords + " @lena.", true},
           {kWords + "?", false},
           {"\"" + kWords + "\"", false},
           {kWords + " \xF0\x9F\x98\x82", false},
           {kWords + " https://example.org/a", false},
           {kWords + ", she told me", false},
           {"n0body in this town wants to see your silly goose face again", false},
       }) {
    CopyRoom room;
    room.judged(true);
    ReportCommand command = room.said("berta", room.at("p2", "lena", text, "other_author"), "harassment");
    EXPECT_EQ(room.must(command).acted, same ? 1 : 0) << text;
  }
}

TEST(Copies, AreLeftToPeopleWhereAnythingSpeaksAgainstIt) {
  struct Case {
    std::string what;
    std::function<void(ReportCommand&)> change;
    bool violation = true;  ///< also where the first one was found harmless when false
  };
  const std::vector<Case> cases = {
      {"aimed at somebody else", [](auto& c) { c.items[0].evidence.targets = {"mia"}; }},
      {"aimed at nobody", [](auto& c) { c.items[0].evidence.targets.clear(); }},
      {"aimed at one more",
       [](auto& c) {
         c.items[0].evidence.targets = {"lena", "mia"};
       }},
      {"declared fear", [](auto& c) { c.fears = true; }},
      {"a comment", [](auto& c) { c.said_json = R"({"comment":"we are friends"})"; }},
      {"a legal claim", [](auto& c) { c.legal_claim = true; }},
      {"a trusted flagger", [](auto& c) { c.source = Source::TrustedFlagger; }},
      {"a threat by its symptom", [](auto& c) { c.symptoms = {"threat_of_violence"}; }},
      {"a symptom nobody knows", [](auto& c) { c.symptoms = {"gossip"}; }},
      {"a threat in what was found", [](auto& c) { c.items[0].evidence.finding.lane = policy::Lane::Life; }},
      {"a graver clause in what was found",
       [](auto& c) {
         c.items[0].evidence.finding.any = true;
         c.items[0].evidence.finding.clause = "hate";
       }},
      {"only the reporter's evidence", [](auto& c) { c.items[0].evidence.provenance = Provenance::Reporter; }},
      {"a picture", [](auto& c) { c.items[0].evidence.media = true; }},
      {"a deleted post", [](auto& c) { c.items[0].evidence.deleted = true; }},
      {"a message, not a post", [](auto& c) { c.items[0].kind = ItemKind::Message; }},
      {"the target's own voice", [](auto& c) { c.about = About::Me; }, false},
      {"another clause", [](auto& c) { c.symptoms = {"hate"}; }, false},
      {"two clauses",
       [](auto& c) {
         c.symptoms = {"harassment", "other"};
       },
       false},
      {"something found under another clause",
       [](auto& c) {
         c.items[0].evidence.finding.any = true;
         c.items[0].evidence.finding.clause = "spam";
       },
       false},
  };
  for (const Case& each : cases) {
    CopyRoom room;
    room.judged(each.violation);
    ReportCommand command = room.copy();
    each.change(command);
    Receipt receipt = room.must(command);
    EXPECT_EQ(receipt.closed + receipt.acted + receipt.drawn, 0) << each.what;
    EXPECT_TRUE(room.case_row(receipt.case_id).open()) << each.what;
    EXPECT_EQ(room.check(), "") << each.what;
  }
}

TEST(Copies, SayHowTheyWereDecided) {
  CopyRoom room;
  room.judged(true);
  Receipt receipt = room.must(room.copy());
  for (const NoticeKind kind : {NoticeKind::Outcome, NoticeKind::StatementOfReasons}) {
    auto parcel = room.render(room.notice_of(receipt.case_id, kind), "en");
    ASSERT_TRUE(parcel) << parcel.error().message;
    EXPECT_NE(parcel->text.find("a person had decided about the same words elsewhere"), std::string::npos)
        << parcel->text;
  }
}

TEST(Copies, ThatAreReportedAgainAreAnsweredAlike) {
  CopyRoom room;
  room.judged(true);
  ASSERT_EQ(room.must(room.copy()).acted, 1);
  ReportCommand again = room.copy();
  again.reporter = "dora";
  const Receipt answered = room.must(again);
  EXPECT_EQ(answered.closed, 1);
  EXPECT_EQ(room.case_row(answered.case_id).items, 0) << "judged once";
  again.reporter = "emil";
  again.symptoms = {"other"};
  again.about = About::Me;
  EXPECT_EQ(room.must(again).closed, 1) << "acted on, so there is nothing more to ask";
  again.reporter = "fred";
  again.said_json = R"({"comment":"we are friends"})";
  const Receipt explained = room.must(again);
  EXPECT_EQ(explained.closed + explained.acted, 0) << "and not closed as harmless either";
  EXPECT_EQ(room.check(), "");
}

TEST(Copies, OfAnAttackAreHiddenForItsTargetToo) {
  CopyRoom room;
  room.judged(true);
  ReportCommand command = room.copy();
  command.about = About::Me;
  EXPECT_EQ(room.must(command).acted, 1);
}

TEST(Copies, OfFewWordsAreNone) {
  for (const auto& [text, acted] : {std::pair("yes you should know", 0), std::pair("yes you silly goose should", 1)}) {
    CopyRoom room;
    room.judge(room.at("p1", "lena", text, "a"), "harassment", true);
    EXPECT_EQ(room.must(room.said("berta", room.at("p2", "lena", text, "b"), "harassment")).acted, acted) << text;
  }
}

TEST(Copies, HoldNoMoreOnceTheFirstIsComplainedOfOrTakenBack) {
  CopyRoom room;
  room.judged(true);
  const DecisionId decision = room.item_row(room.item("p1")).decision;
  ASSERT_TRUE(room.run([&](Context& c) {
    return file_appeal(c, {decision, room.hasher.account("first_author"), "a private joke", false});
  }));
  EXPECT_EQ(room.must(room.copy("p2")).acted, 0) << "a complaint waits";
  CopyRoom other;
  other.judged(true);
  const DecisionId reversed = other.item_row(other.item("p1")).decision;
  ASSERT_TRUE(other.run([&](Context& c) {
    return reverse(c, {.staff = other.staff(2), .decision = reversed, .reason = "a private joke"});
  }));
  EXPECT_EQ(other.must(other.copy("p2")).acted, 0) << "taken back";
}

TEST(Copies, HoldNoMoreOnceACopyWasTakenBack) {
  CopyRoom room;
  room.judged(true);
  ASSERT_EQ(room.must(room.copy("p2")).acted, 1);
  ASSERT_EQ(room.must(room.copy("p3")).acted, 1);
  const DecisionId copied = room.item_row(room.item("p2")).decision;
  ASSERT_TRUE(room.run([&](Context& c) {
    return reverse(c, {.staff = room.staff(2), .decision = copied, .reason = "here it was a joke"});
  }));
  EXPECT_EQ(room.figures(SettleBasis::Copy).reversed, 1);
  EXPECT_EQ(room.must(room.copy("p4")).acted, 0);
  EXPECT_EQ(room.check(), "");
}

TEST(Copies, StayLeftToPeopleWherePeopleDoNotAgree) {
  CopyRoom room;
  room.judged(true);
  room.env.blind_share = 1;
  Receipt drawn = room.must(room.copy("p2"));
  EXPECT_EQ(drawn.drawn, 1);
  EXPECT_EQ(drawn.acted, 0);
  EXPECT_FALSE(room.proposal("p2")) << "whoever decides it must not know";
  ItemVerdict harmless = room.no_violation(room.item("p2"));
  harmless.clause = "targeted_harassment";
  ASSERT_TRUE(room.decide(room.must_claim(2), 2, harmless));
  SettleFigure figures = room.figures(SettleBasis::Copy);
  EXPECT_EQ(std::tuple(figures.sampled, figures.checked, figures.overturned, figures.acted), std::tuple(1, 1, 1, 0));
  room.env.blind_share = 0;
  EXPECT_EQ(room.must(room.copy("p3")).acted, 0);
  EXPECT_EQ(room.check(), "");
}

TEST(Copies, AreFoundBehindManyThatAMachineSettled) {
  CopyRoom room;
  room.judged(true);
  for (std::size_t i = 0; i < kCopiesLookedAt + 5; ++i) {
    ASSERT_EQ(room.must(room.copy("c" + std::to_string(i))).acted, 1) << i;
  }
}

TEST(Copies, OfAnErasedAuthorsWordsAreNone) {
  CopyRoom room;
  room.judged(true);
  const ItemRow row = room.item_row(room.item("p1"));
  ASSERT_TRUE(room.run([&](Context& c) { return c.append(row.case_id, PersonErased{row.author, false}); }));
  EXPECT_EQ(room.must(room.copy("p2")).acted, 0);
  EXPECT_EQ(room.check(), "");
}

}  // namespace
}  // namespace heed::casework
