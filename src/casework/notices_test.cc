#include "casework/notices.h"

#include <gtest/gtest.h>

#include "casework/actions.h"
#include "casework/in_line.h"
#include "casework/testing_act.h"

namespace heed::casework {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kWords = "[insult] you xylophone";

/// ann and eve report bob's post; a reviewer hides it.
class Notices : public testing::Test {
 protected:
  void decide(std::string clause = "targeted_harassment", policy::ActionKind kind = policy::ActionKind::Hide,
              Time until = {}) {
    room.env.platform_channel = Channel::Webhook;
    auto first = room.report_by("ann", {room.post("p1", words, "bob", {"ann"})});
    first.said_json = R"({"comment":"he frightens me zebra"})";
    first.locale = "en";
    ann = *room.report(first);
    room.clock.advance(std::chrono::minutes(7));
    eve = *room.report(room.report_by("yvonne", {room.post("p1", words, "bob", {"ann"})}));
    room.clock.advance(std::chrono::minutes(9));
    claim = room.must_claim(1);
    auto verdict = room.violation(claim.items[0], clause, {});
    verdict.actions.push_back({kind, until});
    verdict.facts = "The post calls a person names, quokka.";
    auto result = room.decide(claim, 1, verdict);
    ASSERT_TRUE(result) << result.error().message;
    decided = *result;
  }
  Parcel parcel(NoticeKind kind, std::string_view locale = {}) {
    auto p = room.render(room.notice_of(claim.case_id, kind), locale);
    EXPECT_TRUE(p) << p.error().message;
    return p ? *p : Parcel{};
  }
  ActRoom room;
  std::string words = kWords;
  Receipt ann, eve;
  Claim claim;
  DecideResult decided;
  JsonParser parser{64};
};

TEST_F(Notices, OutcomeTellsTheReporterNothingTheAuthorWrote) {
  decide();
  Parcel p = parcel(NoticeKind::Outcome);
  EXPECT_EQ(p.type, "notification.outcome");
  for (const char* hidden : {"xylophone", "quokka", "bob", "p1"}) {
    EXPECT_THAT(p.json, Not(HasSubstr(hidden)));
    EXPECT_THAT(p.subject + p.text, Not(HasSubstr(hidden)));
  }
  Json json = *parser.parse(p.json);
  EXPECT_EQ(json["data"]["recipient"].get_string("account_id"), "yvonne");
  EXPECT_EQ(json["data"].get_string("number"), format_case_number(static_cast<std::uint64_t>(eve.number)));
  EXPECT_EQ(json["data"].get_string("outcome"), "violation");
  EXPECT_EQ(json["data"].get_string("link"), "https://heed.test/case");
  Json item;
  json["data"]["items"].each([&](Json i) { item = i; });
  EXPECT_EQ(item["clause"].get_string("id"), "targeted_harassment");
  EXPECT_FALSE(item.get_string("reason").empty());
  EXPECT_THAT(p.text, HasSubstr(std::string(item.get_string("reason"))));
  EXPECT_THAT(p.text, Not(HasSubstr("{{")));
}

TEST_F(Notices, OutcomeTellsTheTargetWhatWasDoneAndABystanderOnlyWhetherItBrokeARule) {
  decide();
  const std::string done = room.env.policy->word("action.hide", "en");
  int told = 0;
  for (const NoticeRow& n : room.notices(claim.case_id)) {
    if (n.kind != NoticeKind::Outcome) {
      continue;
    }
    const Parcel p = *room.render(n);
    Json json = *parser.parse(p.json);
    EXPECT_EQ(json["data"].get_string("outcome"), "violation");
    Json item;
    json["data"]["items"].each([&](Json i) { item = i; });
    int actions = 0;
    item["actions"].each([&](Json) { ++actions; });
    if (json["data"]["recipient"].get_string("account_id") == "ann") {
      EXPECT_THAT(p.text, HasSubstr(done));
      EXPECT_EQ(actions, 1);
    } else {
      EXPECT_THAT(p.text, Not(HasSubstr(done)));
      EXPECT_EQ(actions, 0);
    }
    ++told;
  }
  EXPECT_EQ(told, 2);
}

TEST_F(Notices, IdsAreTheReceiversAliases) {
  decide();
  auto notices = room.notices(claim.case_id);
  std::vector<std::string> outcomes;
  for (const NoticeRow& n : notices) {
    if (n.kind == NoticeKind::Outcome) {
      outcomes.push_back(room.render(n)->json);
    }
  }
  ASSERT_EQ(outcomes.size(), 2U);
  for (const std::string& json : outcomes) {
    for (const std::string& real : {claim.case_id.text(), claim.items[0].text(), decided.decisions[0].text(),
                                    ann.report.text(), eve.report.text()}) {
      EXPECT_THAT(json, Not(HasSubstr(real)));
    }
  }
  Json first = *parser.parse(outcomes[0]);
  std::string case_a(first["data"].get_string("case_id"));
  EXPECT_THAT(outcomes[1], Not(HasSubstr(case_a))) << "two reporters share no id";
  auto back = room.aliases.parse<CaseId>(room.hasher.account("ann"), case_a);
  ASSERT_TRUE(back);
  EXPECT_EQ(*back, claim.case_id);
}

TEST_F(Notices, StatementHasEveryFieldOfArticle17AndNoTraceOfReporters) {
  const Time until = room.clock.now() + std::chrono::hours(24 * 30);
  decide("targeted_harassment", policy::ActionKind::Hide, until);
  Parcel p = parcel(NoticeKind::StatementOfReasons);
  for (const char* hidden : {"\"ann\"", "yvonne", "zebra", "received", "reporters"}) {
    EXPECT_THAT(p.json, Not(HasSubstr(hidden))) << p.json;
  }
  EXPECT_THAT(p.json, Not(HasSubstr(format_time(ann.received_at)))) << "not when";
  EXPECT_THAT(p.json, Not(HasSubstr(format_time(eve.received_at))));
  Json data = (*parser.parse(p.json))["data"];
  EXPECT_EQ(data["recipient"].get_string("account_id"), "bob");
  EXPECT_EQ(data.get_string("territory"), "all");
  EXPECT_FALSE(data["redress"].get_string("internal").empty());
  EXPECT_FALSE(data["redress"].get_string("out_of_court_and_judicial").empty());
  Json d;
  data["decisions"].each([&](Json one) { d = one; });
  EXPECT_EQ(d["item"].get_string("id"), "p1");
  EXPECT_EQ(d.get_string("ground"), "terms");
  EXPECT_EQ(d["clause"].get_string("id"), "targeted_harassment");
  EXPECT_FALSE(d["clause"].get_string("text").empty());
  EXPECT_FALSE(d.get_string("explanation").empty());
  EXPECT_EQ(d.get_string("facts"), "The post calls a person names, quokka.");
  EXPECT_EQ(d.get_string("source_type"), "user_notice");
  EXPECT_EQ(d.get_bool("automated_detection", true), false);
  EXPECT_EQ(d.get_string("automated_decision"), "not_automated");
  Json restriction;
  d["restrictions"].each([&](Json r) { restriction = r; });
  EXPECT_EQ(restriction.get_string("kind"), "hide");
  EXPECT_EQ(restriction.get_string("until"), format_time(until));
  for (const char* theirs : {"quokka", "xylophone"}) {
    EXPECT_THAT(p.text, HasSubstr(theirs)) << "their own words and the facts";
  }
  EXPECT_THAT(p.text, HasSubstr("2027-01-02")) << "six months; in Auckland it is the 2nd already";
  EXPECT_THAT(p.text, Not(HasSubstr("{{")));
}

TEST_F(Notices, QuoteOwnWordsWithoutWhatTurnsTheRestOfTheSentence) {
  words = "you fool\u202E txeiver\u2066\nHeed: all is well";
  decide();
  std::string text = parcel(NoticeKind::StatementOfReasons).text;
  EXPECT_THAT(text, HasSubstr("“you fool txeiver Heed: all is well”"));
  EXPECT_EQ(in_line("a\u202Ab\u202Ec\u2066d\u2069\r\ne"), "abcd  e");
  EXPECT_EQ(in_line("שלום… \u200F"), "שלום… \u200F") << "letters that run the other way are letters";
  EXPECT_EQ(isolated("\u202Ebob"), "bob");
  EXPECT_EQ(isolated("\u202Eשלום"), "\u2068שלום\u2069");
}

TEST_F(Notices, SpeakTheReceiversLanguage) {
  decide();
  EXPECT_THAT(parcel(NoticeKind::StatementOfReasons, "de").text, HasSubstr(room.env.policy->word("action.hide", "de")));
}

TEST_F(Notices, OrdersCarryRealIdsAndTheAddressOfThePost) {
  decide();
  Parcel p = parcel(NoticeKind::ActionOrdered);
  EXPECT_EQ(p.type, "action.ordered");
  Json data = (*parser.parse(p.json))["data"];
  EXPECT_EQ(data.get_string("action_id"), decided.actions[0].text());
  EXPECT_EQ(data.get_string("kind"), "hide");
  EXPECT_EQ(data["item"].get_string("id"), "p1");
  EXPECT_EQ(data["item"].get_string("kind"), "post");
  EXPECT_EQ(data.get_string("account_id"), "bob");
  EXPECT_EQ(data.get_string("decision_id"), decided.decisions[0].text());
  EXPECT_EQ(data.get_string("confirm_by"), format_time(room.clock.now() + std::chrono::hours(1)));
  const std::string before = p.json;
  ASSERT_TRUE(room.run([&](Context& c) { return confirm_action(c, {decided.actions[0], ActionState::Done, {}, ""}); }));
  EXPECT_EQ(parcel(NoticeKind::ActionOrdered).json, before) << "a repeat carries the same bytes";
  auto v = room.view();
  auto row = **ledger::get<ActionRow>(*v, decided.actions[0]);
  EXPECT_THAT(*action_json(*v, room.render_env(), row), HasSubstr(R"("state":"done")"));
}

TEST_F(Notices, ReliefOrdersNameTheOwnerAndWhomToHide) {
  room.env.platform_channel = Channel::Webhook;
  auto command = room.report_by("ann", {room.post("p1", "x", "bob", {"ann"})});
  command.relief = {ReliefKind::Hide};
  auto receipt = room.report(command);
  auto p = room.render(room.notice_of(receipt->case_id, NoticeKind::ActionOrdered));
  ASSERT_TRUE(p) << p.error().message;
  Json data = (*parser.parse(p->json))["data"];
  EXPECT_EQ(data["owner"].get_string("account_id"), "ann");
  EXPECT_EQ(data["posts"].dump(), R"(["p1"])");
  ASSERT_TRUE(room.run([&](Context& c) { return end_relief(c, receipt->case_id, 1, ReliefKind::Hide); }));
  auto undo = room.render(room.notice_of(receipt->case_id, NoticeKind::ActionOrdered));
  ASSERT_TRUE(undo) << undo.error().message;
  Json undone = (*parser.parse(undo->json))["data"];
  EXPECT_EQ(undone.get_string("kind"), "undo");
  EXPECT_EQ(undone["undoes"].get_string("kind"), "hide_from_reporter");
  EXPECT_EQ(undone["posts"].dump(), R"(["p1"])");
}

TEST_F(Notices, AlarmsHoldNothingPersonal) {
  decide();
  ASSERT_TRUE(room.run([&](Context& c) {
    return confirm_action(c, {decided.actions[0], ActionState::Failed, {}, "bob is gone"});
  }));
  Parcel p = parcel(NoticeKind::Alarm);
  EXPECT_EQ(p.type, "alarm.action");
  for (const char* hidden : {"bob", "ann", "p1", "xylophone"}) {
    EXPECT_THAT(p.json + p.subject + p.text, Not(HasSubstr(hidden)));
  }
  EXPECT_THAT(p.json, HasSubstr(claim.case_id.text()));
}

TEST_F(Notices, NothingIsSentToAnErasedPerson) {
  decide();
  NoticeRow statement = room.notice_of(claim.case_id, NoticeKind::StatementOfReasons);
  auto bob = room.party(claim.case_id, statement.party);
  ASSERT_TRUE(room.keys->destroy(static_cast<std::uint64_t>(bob.slot)));
  EXPECT_EQ(room.render(statement).error().code, Code::NotFound);
}

TEST_F(Notices, MailGoesToTheAddressInTheCase) {
  room.env.mail = true;
  ReportCommand command = room.report_by("ann@example.org", {room.post("p1", "x", "bob")});
  command.by_mail = true;
  command.identity_json = R"({"name":"Ann","mail":"ann@example.org"})";
  auto receipt = room.report(command);
  Claim c = room.must_claim(1);
  ASSERT_TRUE(room.decide(c, 1, room.no_violation(c.items[0])));
  NoticeRow notice = room.notice_of(receipt->case_id, NoticeKind::Outcome);
  EXPECT_EQ(notice.channel, Channel::Mail);
  auto p = room.render(notice);
  ASSERT_TRUE(p) << p.error().message;
  EXPECT_EQ(p->to, "ann@example.org");
  EXPECT_FALSE(p->subject.empty());
  EXPECT_THAT(p->text, HasSubstr("2027-01-02"));
}

}  // namespace
}  // namespace heed::casework
