#pragma once
#include <gmock/gmock.h>

#include <set>

#include "casework/decisions.h"
#include "casework/notices.h"
#include "casework/testing_room.h"
#include "ledger/event.h"

/// Test support: what tests of decisions and of everything after them say often.
namespace heed::casework {

class TestLinks final : public Links {
 public:
  std::string case_page(const PersonHash&, CaseId) const override { return "https://heed.test/case"; }
  std::string appeal_page(const PersonHash&, CaseId, DecisionId) const override { return "https://heed.test/appeal"; }
};

class ActRoom : public TestingRoom {
 public:
  RenderEnv render_env() {
    RenderEnv r;
    r.keys = keys.get();
    r.aliases = &aliases;
    r.policy = env.policy;
    r.links = &links;
    r.platform = "Chirp";
    r.alarm_to = "oncall@chirp.test";
    return r;
  }
  Result<Parcel> render(const NoticeRow& notice, std::string_view locale = {}) {
    auto v = view();
    return heed::casework::render(*v, render_env(), notice, locale);
  }
  /// The newest notice of this kind in the case.
  NoticeRow notice_of(CaseId case_id, NoticeKind kind) {
    std::optional<NoticeRow> found;
    for (const NoticeRow& n : notices(case_id)) {
      if (n.kind == kind) {
        found = n;
      }
    }
    HEED_ASSERT(found);
    return *found;
  }
  Claim must_claim(int who, int items_max = 200) {
    auto claimed = claim(staff(who), items_max);
    HEED_ASSERT(claimed && *claimed);
    return **claimed;
  }
  ItemVerdict violation(ItemId item, std::string clause, std::vector<policy::ActionKind> actions) {
    ItemVerdict v;
    v.item = item;
    v.outcome = Outcome::Violation;
    v.clause = std::move(clause);
    v.facts = "what the post says";
    v.language = "en";
    for (policy::ActionKind kind : actions) {
      v.actions.push_back({kind, {}});
    }
    return v;
  }
  ItemVerdict no_violation(ItemId item) {
    ItemVerdict v;
    v.item = item;
    v.outcome = Outcome::NoViolation;
    return v;
  }
  DecideCommand command(const Claim& claim, int who, std::vector<ItemVerdict> items) {
    DecideCommand c;
    c.staff = staff(who);
    c.case_id = claim.case_id;
    c.claim = claim.id;
    c.items = std::move(items);
    return c;
  }
  Result<DecideResult> decide(const Claim& claim, int who, const ItemVerdict& verdict) {
    return run([&](Context& c) { return heed::casework::decide(c, command(claim, who, {verdict})); });
  }
  ItemId item(std::string_view external_id) {
    auto row = newest_item(*view(), hasher.item("post", external_id));
    HEED_ASSERT(row && *row);
    return (*row)->id;
  }
  ItemId item_of(const Claim&, std::string_view external_id) { return item(external_id); }
  DecisionRow decision(DecisionId id) { return **ledger::get<DecisionRow>(*view(), id); }
  PartyRow party(CaseId case_id, int number) { return **ledger::get<PartyRow>(*view(), case_id, number); }
  std::vector<NoticeRow> notices(CaseId case_id) {
    std::vector<NoticeRow> out;
    auto v = view();
    auto key = ledger::cells(case_id);
    HEED_ASSERT(ledger::scan<NoticeRow>(*v, {.index = NoticeRow::kByCase, .prefix = key},
                                        [&](const NoticeRow& n) { out.push_back(n); }));
    return out;
  }
  int notices_of(CaseId case_id, NoticeKind kind) {
    int n = 0;
    for (const NoticeRow& row : notices(case_id)) {
      n += row.kind == kind ? 1 : 0;
    }
    return n;
  }
  /// Slot and plain text of a body; an empty text when there is none.
  std::pair<std::uint64_t, std::string> body(CaseId case_id, std::int64_t seq, std::string_view name) {
    std::pair<std::uint64_t, std::string> out;
    auto v = view();
    HEED_ASSERT(v->case_events(case_id, static_cast<std::uint64_t>(seq - 1), [&](const ledger::StoredEvent& e) {
      auto bodies = ledger::split_bodies(e.bodies);
      HEED_ASSERT(bodies);
      for (const auto& b : *bodies) {
        if (b.name == name) {
          out = {b.slot, *ledger::open_body(*keys, case_id, e.seq, b)};
        }
      }
      return false;
    }));
    return out;
  }
  /// A pile without end taken by its target, with these posts frozen.
  Result<Receipt> open_pile(std::string target, std::vector<ReportedItem> posts, bool by_mail = false) {
    ReportCommand c = report_by(target, {});
    c.by_mail = by_mail;
    if (by_mail) {
      c.identity_json = R"({"mail":")" + target + R"("})";
    }
    PileSpec pile;
    pile.target = target;
    pile.since = clock.now() - std::chrono::hours(3);
    pile.watermark = 10;
    pile.posts = posts.size();
    c.pile = pile;
    Receipt receipt = TRY(report(c));
    PileChunk chunk;
    chunk.case_id = receipt.case_id;
    for (ReportedItem& post : posts) {
      chunk.posts.push_back({std::move(post), true});
    }
    chunk.done = 10;
    TRY(run([&](Context& context) { return join_pile(context, chunk); }));
    return receipt;
  }

  access::Aliases aliases{sha256("alias")};
  TestLinks links;
};

}  // namespace heed::casework
