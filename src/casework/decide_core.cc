#include "casework/decide_core.h"

#include <algorithm>
#include <map>
#include <set>

#include "casework/second_person.h"
#include "casework/urgency.h"

namespace heed::casework {
namespace {

using policy::ActionKind;
static_assert(static_cast<int>(OrderKind::Suspend) == static_cast<int>(ActionKind::Suspend));

OrderKind order_of(ActionKind kind) { return static_cast<OrderKind>(kind); }

/// Facts about how an item came to us, for figures.
struct Origin {
  Source source = Source::OwnInitiative;
  Automation detection{};
  Time received_at{};
  Channel channel{};
};

class ActMaker {
 public:
  ActMaker(Context& context, const Act& act, const std::vector<ItemVerdict>& verdicts)
      : context_(context), act_(act), verdicts_(verdicts), coverage_(context), telling_(context, act.case_id) {}

  Result<DecideResult> run() {
    CaseRow* row = TRY(context_.case_row(act_.case_id));
    event_.claim = act_.claim;
    event_.staff = act_.staff;
    event_.second = act_.second;
    event_.rule = act_.rule;
    for (std::size_t i = 0; i < verdicts_.size(); ++i) {
      TRY(add_item(verdicts_[i], act_.items[i]));
    }
    TRY(tell_reporters());
    TRY(tell_authors());
    if (!act_.note.empty()) {
      bodies_.push_back({"n", TRY(telling_.case_slot()), act_.note});
    }
    TRY(settle_case(*row));
    event_.inform_by = telling_.inform_by();
    event_.parties = std::move(telling_.parties());
    event_.notices = std::move(telling_.notices());
    DecideResult result;
    result.closed = event_.closes;
    const StaffId actor = act_.second ? act_.second : act_.staff;
    result.seq = TRY(context_.append(act_.case_id, event_, bodies_, actor.value));
    std::vector<SettledItem> settled;
    for (const DecidedItem& item : event_.items) {
      result.decisions.push_back(item.decision);
      settled.push_back({item.item, item.decision});
    }
    for (const OrderedAction& action : event_.actions) {
      result.actions.push_back(action.action);
    }
    if (!act_.anew) {
      TRY(settle_elsewhere(context_, coverage_, settled, /*reversed=*/false));
    }
    return result;
  }

 private:
  Result<void> add_item(const ItemVerdict& verdict, const ItemRow& item) {
    Coverage::Of covered = TRY(coverage_.of(item));
    Origin origin = TRY(origin_of(item, covered.reports));
    const policy::Clause* clause = TRY(clause_of(verdict, item, covered.reports));
    DecidedItem decided;
    decided.decision = context_.mint<DecisionId>();
    decided.item = item.id;
    decided.outcome = verdict.outcome;
    decided.clause = clause == nullptr ? "" : clause->id;
    decided.clause_version = clause == nullptr ? "" : clause->version;
    decided.ground = verdict.outcome == Outcome::Violation ? verdict.ground : Ground::Terms;
    decided.category = !verdict.category.empty() || clause == nullptr ? verdict.category : clause->dsa_category;
    decided.group = verdict.group;
    decided.language = verdict.language;
    decided.source = origin.source;
    decided.detection = origin.detection;
    decided.automation = act_.automation;
    decided.kind = item.kind;
    decided.channel = origin.channel;
    decided.received_at = origin.received_at;
    for (const VerdictAction& action : verdict.actions) {
      if (action.kind == ActionKind::None || verdict.outcome != Outcome::Violation) {
        continue;
      }
      decided.restrictions |= 1 << static_cast<int>(order_of(action.kind));
      OrderedAction order;
      order.action = context_.mint<ActionId>();
      order.kind = order_of(action.kind);
      order.item = item.id;
      order.decision = decided.decision;
      order.party = item.author;
      order.until = action.until;
      order.confirm_by = context_.now() + context_.policy().clocks.action_confirm;
      telling_.order(order);  // the platform first: what has to go goes
      event_.actions.push_back(order);
    }
    if (decided.restrictions != 0 && item.author != 0) {
      Author& author = authors_[item.author];
      author.about = author.about ? author.about : decided.decision.value;
      author.delay = author.delay || (clause != nullptr && clause->delay_author_statement);
    }
    if (!verdict.facts.empty()) {
      bodies_.push_back({"f" + std::to_string(item.ord), TRY(facts_slot(context_, telling_, item)), verdict.facts});
    }
    for (const ReportRow& report : covered.reports) {
      if (report.case_id == act_.case_id) {
        Told& told = reports_.try_emplace(report.id, Told{report, 0}).first->second;
        ++told.items;
      }
    }
    event_.items.push_back(std::move(decided));
    return {};
  }

  Result<const policy::Clause*> clause_of(const ItemVerdict& verdict, const ItemRow& item,
                                          const std::vector<ReportRow>& reports) {
    const policy::Policy& policy = context_.policy();
    if (!verdict.clause.empty()) {
      return policy.find(verdict.clause);
    }
    if (const policy::Clause* clause = item.category.empty() ? nullptr : policy.for_category(item.category)) {
      return clause;
    }
    for (const ReportRow& report : reports) {
      EventView event = TRY(view_of(report.case_id, report.seq));
      for (const std::string& symptom : event.symptoms) {
        if (const policy::Clause* clause = policy.for_symptom(symptom)) {
          return clause;
        }
      }
      break;  // the first report speaks; a brigade does not choose the clause
    }
    const policy::Clause* other = policy.find("other_terms");
    return other != nullptr || policy.clauses.empty() ? other : &policy.clauses.back();
  }

  Result<Origin> origin_of(const ItemRow& item, const std::vector<ReportRow>& reports) {
    Origin origin;
    EventView found = TRY(view_of(item.case_id, item.seq));
    const bool by_signal = found.kind == SignalRaised::kKind || (found.joined_later && !item.category.empty());
    origin.detection = by_signal ? Automation::Fully : Automation::None;
    bool first = true;
    for (const ReportRow& report : reports) {
      // A pile that stays open was reported before its later posts existed.
      Time at = report.whole_pile && item.created_at > report.at ? item.at : report.at;
      if (first) {
        origin.source = report.source;
        origin.channel = report.answer_by;
        origin.received_at = at;
        first = false;
      }
      origin.received_at = std::min(origin.received_at, at);
      if (report.source == Source::TrustedFlagger) {
        origin.source = Source::TrustedFlagger;
      }
    }
    if (first || by_signal) {
      origin.received_at = first ? item.at : std::min(origin.received_at, item.at);
    }
    return origin;
  }

  Result<EventView> view_of(CaseId case_id, std::int64_t seq) {
    auto key = std::pair(case_id, seq);
    if (auto it = views_.find(key); it != views_.end()) {
      return it->second;
    }
    return views_.emplace(key, TRY(event_view(context_.tx(), case_id, seq))).first->second;
  }

  Result<void> tell_reporters() {
    for (const auto& [id, told] : reports_) {
      if (!act_.anew) {
        TRY(telling_.tell(told.report, NoticeKind::Outcome));
        if (!told.report.whole_pile && told.report.items_open <= told.items) {
          event_.answered.push_back(id);
        }
      }
    }
    return {};
  }

  Result<void> tell_authors() {
    for (const auto& [party, author] : authors_) {
      Time not_before{};
      if (author.delay) {
        not_before = context_.now() + context_.policy().clocks.statement_delay;
        event_.delay_reason = event_.delay_reason.empty() ? "clause" : event_.delay_reason;
      }
      if (act_.delay_until && *act_.delay_until > not_before) {
        not_before = *act_.delay_until;
        event_.delay_reason = "reviewer";
      }
      if (TRY(telling_.tell(party, NoticeKind::StatementOfReasons, author_channel(context_.env()), author.about,
                            not_before))) {
        event_.statement_delayed_until = std::max(event_.statement_delayed_until, not_before);
      }
    }
    if (event_.statement_delayed_until == Time{}) {
      event_.delay_reason.clear();
    }
    return {};
  }

  /// Closes the case when nothing is left, else says how urgent the rest is.
  Result<void> settle_case(const CaseRow& row) {
    int open = row.items_open;
    bool life_decided = false;
    std::vector<ItemId> now_decided;
    for (const ItemRow& item : act_.items) {
      open -= item.state == ItemState::Open ? 1 : 0;
      life_decided = life_decided || item.lane == policy::Lane::Life;
      now_decided.push_back(item.id);
    }
    if (!row.open()) {
      return {};
    }
    if (open > 0) {
      return life_decided && row.lane == policy::Lane::Life ? rest_urgency(row, now_decided) : Result<void>{};
    }
    event_.closes = !pile_grows(row) && !TRY(open_elsewhere(context_, act_.case_id, now_decided));
    if (event_.closes) {
      for (const ReportRow& report : *TRY(coverage_.whole_piles(act_.case_id))) {
        if (report.state == ReportState::Received) {
          event_.answered.push_back(report.id);
        }
      }
    }
    return {};
  }

  /// Once its threats to life are decided, a pile of insults no longer overtakes other people's fear.
  Result<void> rest_urgency(const CaseRow& row, const std::vector<ItemId>& now_decided) {
    std::set<ItemId> decided(now_decided.begin(), now_decided.end());
    std::optional<ItemRow> gravest;
    auto consider = [&](const ItemRow& item) {
      if (!decided.contains(item.id) && item.state == ItemState::Open &&
          (!gravest || std::pair(item.lane, item.severity_rank) < std::pair(gravest->lane, gravest->severity_rank))) {
        gravest = item;
      }
    };
    auto key = ledger::cells(act_.case_id);
    TRY(ledger::scan<ItemRow>(context_.tx(), {.index = ItemRow::kByFree, .prefix = key, .limit = decided.size() + 1},
                              consider));
    std::vector<ClaimId> claims;
    TRY(ledger::scan<ClaimRow>(context_.tx(), {.index = ClaimRow::kByCase, .prefix = key}, [&](const ClaimRow& claim) {
      if (claim.state == ClaimState::Active) {
        claims.push_back(claim.id);
      }
    }));
    for (ClaimId claim : claims) {
      auto claim_key = ledger::cells(claim);
      TRY(ledger::scan<ItemRow>(context_.tx(), {.index = ItemRow::kByClaim, .prefix = claim_key}, consider));
    }
    for (const ProposalRow& proposal : TRY(proposals_in(context_.tx(), act_.case_id))) {
      auto held = ledger::cells(proposal.id);
      std::vector<ItemId> items;
      TRY(ledger::scan<ProposedItemRow>(context_.tx(), {.index = ProposedItemRow::kByProposal, .prefix = held},
                                        [&](const ProposedItemRow& one) { items.push_back(one.item); }));
      for (ItemId id : items) {
        if (auto item = TRY(ledger::get<ItemRow>(context_.tx(), id))) {
          consider(*item);
        }
      }
    }
    if (!gravest || gravest->lane == policy::Lane::Life) {
      return {};
    }
    bool fears = false;
    TRY(ledger::scan<ReportRow>(context_.tx(), {.index = ReportRow::kByCase, .prefix = key},
                                [&](const ReportRow& report) {
                                  fears = fears || (report.fears && report.state != ReportState::Withdrawn);
                                  return !fears;
                                }));
    const policy::Lane lane = std::min(gravest->lane, fears ? policy::Lane::Fear : policy::Lane::Rest);
    const policy::Clause* clause =
        gravest->category.empty() ? nullptr : context_.policy().for_category(gravest->category);
    event_.urgency = after_first_look(context_.policy(), row.opened_at, context_.now(), lane, -gravest->severity_rank,
                                      clause == nullptr ? std::string_view() : std::string_view(clause->id));
    return {};
  }

  struct Author {
    Ulid about{};
    bool delay = false;
  };
  struct Told {
    ReportRow report;
    int items = 0;
  };
  Context& context_;
  const Act& act_;
  const std::vector<ItemVerdict>& verdicts_;
  Coverage coverage_;
  Telling telling_;
  Decided event_;
  std::vector<ledger::Body> bodies_;
  std::map<int, Author> authors_;
  std::map<ReportId, Told> reports_;  // oldest first
  std::map<std::pair<CaseId, std::int64_t>, EventView> views_;
};

}  // namespace

Result<std::uint64_t> facts_slot(Context& context, Telling& telling, const ItemRow& item) {
  if (item.author != 0) {
    auto author = TRY(context.party(item.case_id, item.author));
    if (author && author->slot != 0) {
      return static_cast<std::uint64_t>(author->slot);
    }
  }
  return telling.case_slot();
}

Result<DecideResult> carry_out(Context& context, const Act& act, const std::vector<ItemVerdict>& verdicts) {
  return ActMaker(context, act, verdicts).run();
}

}  // namespace heed::casework
