#include "casework/facts.h"

#include <algorithm>
#include <set>

#include "casework/sealed.h"
#include "policy/policy.h"

namespace heed::casework {
namespace {

constexpr Millis kIdSlack = std::chrono::minutes(1);  // ids may run a little ahead of the event's own time
constexpr std::string_view kUnspecified = "NOT_SPECIFIED_NOTICE";

Ulid first_id(Time time) {
  Ulid id;
  auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(to_ms(time), 0));
  for (int i = 5; i >= 0; --i) {
    id.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms & 0xFF);
    ms >>= 8;
  }
  return id;
}

bool within(const Period& period, Time at) { return at >= period.from && at < period.to; }

/// Rows whose ids and `at` lie in the period; ids are time-ordered, so this is a range of the primary key.
template <class Row, class F>
Result<void> each_in(ledger::View& view, const Period& period, F f) {
  const Ulid first = first_id(period.from - kIdSlack);
  auto after = ledger::cells(first);
  const Time end = period.to + kIdSlack;
  return ledger::scan<Row>(view, {.after = after}, [&](const Row& row) {
    if (row.id.value.time() > end) {
      return false;
    }
    if (within(period, row.at)) {
      f(row);
    }
    return true;
  });
}

std::optional<Millis> median(std::vector<Millis> times) {
  if (times.empty()) {
    return std::nullopt;
  }
  std::sort(times.begin(), times.end());
  const std::size_t middle = times.size() / 2;
  return times.size() % 2 == 1 ? times[middle] : (times[middle - 1] + times[middle]) / 2;
}

bool restricts(int restrictions) { return (restrictions & ~(1 << static_cast<int>(OrderKind::Warn))) != 0; }

/// File 4.
class NoticeCounter {
 public:
  NoticeCounter(ledger::View& view, const policy::Policy& policy) : view_(view), policy_(policy) {}

  Result<void> add(const ReportRow& report) {
    if (report.source != Source::UserNotice && report.source != Source::TrustedFlagger) {
      return {};
    }
    const bool trusted = report.source == Source::TrustedFlagger;
    std::vector<ItemId> items = TRY(items_of(report));
    std::vector<DecisionRow> decisions, later;  // of each item the first; what followed appeals
    for (const ItemId& id : items) {
      bool first = true;
      auto key = ledger::cells(id);
      TRY(ledger::scan<DecisionRow>(view_, {.index = DecisionRow::kByItem, .prefix = key}, [&](const DecisionRow& d) {
        (first ? decisions : later).push_back(d);
        first = false;
      }));
    }
    const std::string category = category_of(decisions);
    NoticeFacts& facts = out_[category];
    ++facts.notices;
    facts.items += static_cast<std::int64_t>(items.size());
    if (trusted) {
      ++facts.notices_trusted;
      facts.items_trusted += static_cast<std::int64_t>(items.size());
    }
    for (const DecisionRow& d : decisions) {
      const Millis took = std::max(d.at - report.at, Millis(0));
      times_[category].push_back(took);
      if (trusted) {
        times_trusted_[category].push_back(took);
      }
      add_action(d, trusted);
    }
    for (const DecisionRow& d : later) {
      add_action(d, trusted);
    }
    return {};
  }

  std::map<std::string, NoticeFacts> finish() {
    for (auto& [category, times] : times_) {
      out_[category].median_to_act = median(std::move(times));
    }
    for (auto& [category, times] : times_trusted_) {
      out_[category].median_to_act_trusted = median(std::move(times));
    }
    return std::move(out_);
  }

 private:
  Result<std::vector<ItemId>> items_of(const ReportRow& report) {
    Result<void> inner;
    std::vector<ItemId> items;
    symptoms_.clear();
    TRY(view_.case_events(report.case_id, static_cast<std::uint64_t>(report.seq - 1),
                          [&](const ledger::StoredEvent& stored) {
                            auto event = read_event<ReportReceived>(stored.header);
                            if (event) {
                              items = std::move(event->covers);
                              symptoms_ = std::move(event->symptoms);
                            } else {
                              inner = tl::unexpected(event.error());
                            }
                            return false;
                          }));
    TRY(std::move(inner));
    if (report.whole_pile) {
      std::set<ItemId> all(items.begin(), items.end());
      auto key = ledger::cells(report.case_id);
      TRY(ledger::scan<ItemRow>(view_, {.index = ItemRow::kByCase, .prefix = key},
                                [&](const ItemRow& i) { all.insert(i.id); }));
      TRY(ledger::scan<CaseRefRow>(view_, {.prefix = key}, [&](const CaseRefRow& r) { all.insert(r.item); }));
      items.assign(all.begin(), all.end());
    }
    return items;
  }

  /// Each once, however many reported the item.
  void add_action(const DecisionRow& d, bool trusted) {
    if (d.outcome != Outcome::Violation || d.restrictions == 0) {
      return;
    }
    NoticeFacts& facts = out_[d.category];
    if (counted_.insert(d.id).second) {
      ++(d.ground == Ground::Law ? facts.on_law : facts.on_terms);
    }
    if (trusted && counted_trusted_.insert(d.id).second) {
      ++(d.ground == Ground::Law ? facts.on_law_trusted : facts.on_terms_trusted);
    }
  }

  std::string category_of(const std::vector<DecisionRow>& decisions) const {
    for (Outcome outcome : {Outcome::Violation, Outcome::NoViolation}) {
      for (const DecisionRow& d : decisions) {
        if (d.outcome == outcome && !d.category.empty()) {
          return d.category;
        }
      }
    }
    for (const std::string& symptom : symptoms_) {
      const policy::Clause* clause = policy_.for_symptom(symptom);
      if (clause != nullptr && !clause->dsa_category.empty()) {
        return clause->dsa_category;
      }
    }
    return std::string(kUnspecified);
  }

  ledger::View& view_;
  const policy::Policy& policy_;
  std::vector<std::string> symptoms_;
  std::map<std::string, NoticeFacts> out_;
  std::map<std::string, std::vector<Millis>> times_, times_trusted_;
  std::set<DecisionId> counted_, counted_trusted_;
};

/// Files 5 and 6. Each restriction is one measure, so that the columns add up; a warning restricts nothing and has no
/// column. Hiding a post disables access to it; an interstitial is "other".
void add_initiative(InitiativeFacts& facts, const DecisionRow& d) {
  auto count = [&](OrderKind kind, std::int64_t& column) {
    if ((d.restrictions & (1 << static_cast<int>(kind))) != 0) {
      ++column;
      ++facts.measures;
      facts.solely_automated_detection += d.detection == Automation::Fully ? 1 : 0;
    }
  };
  count(OrderKind::Remove, facts.removed);
  count(OrderKind::Hide, facts.disabled);
  count(OrderKind::Limit, facts.demoted);
  count(OrderKind::Label, facts.labelled);
  count(OrderKind::Interstitial, facts.visibility_other);
  count(OrderKind::Suspend, facts.account_suspended);
}

struct ComplaintCounter {
  ComplaintFacts facts;
  std::vector<Millis> times;
  void outcome(AppealOutcome o) {
    switch (o) {
      case AppealOutcome::Pending:
        break;
      case AppealOutcome::Upheld:
        ++facts.upheld;
        break;
      case AppealOutcome::PartlyReversed:
        ++facts.partly_reversed;
        break;
      case AppealOutcome::Reversed:
        ++facts.reversed;
        break;
      case AppealOutcome::Omitted:
        ++facts.omitted;
        break;
    }
  }
  void add(const AppealRow& appeal) {
    ++facts.total;
    outcome(appeal.outcome);
    if (appeal.outcome != AppealOutcome::Pending) {
      times.push_back(appeal.decided_at - appeal.at);
    }
  }
  ComplaintFacts finish() {
    facts.median_time = median(std::move(times));
    return facts;
  }
};

Time when(const MeasureRow& row) { return row.platform_at != Time{} ? row.platform_at : row.at; }

/// File 7.
Result<AppealFacts> appeal_facts(ledger::View& view, const Period& period) {
  AppealFacts out;
  ComplaintCounter all, restriction, no_action, no_action_trusted, outside;
  std::vector<AppealRow> appeals;
  TRY(each_in<AppealRow>(view, period, [&](const AppealRow& a) { appeals.push_back(a); }));
  for (const AppealRow& appeal : appeals) {
    auto decision = TRY(ledger::get<DecisionRow>(view, appeal.decision));
    all.add(appeal);
    if (!decision) {
      continue;
    }
    if (!appeal.by_reporter && decision->outcome == Outcome::Violation) {
      restriction.add(appeal);
    } else if (appeal.by_reporter && decision->outcome == Outcome::NoViolation) {
      no_action.add(appeal);
      if (appeal.trusted) {
        no_action_trusted.add(appeal);
      }
    }
  }
  std::vector<MeasureRow> measures;
  CaseId last_case;
  last_case.value.bytes.fill(0xFF);
  auto after = ledger::cells(period.from - Millis(1), last_case);
  TRY(ledger::scan<MeasureRow>(view, {.index = MeasureRow::kByTime, .after = after}, [&](const MeasureRow& m) {
    if (m.at >= period.to) {
      return false;
    }
    measures.push_back(m);
    return true;
  }));
  for (const MeasureRow& m : measures) {
    if (m.measure == "suspension_manifestly_illegal") {
      ++out.suspended_illegal;
    } else if (m.measure == "suspension_unfounded_notices") {
      ++out.suspended_notices;
    } else if (m.measure == "suspension_unfounded_complaints") {
      ++out.suspended_complaints;
    } else if (m.measure == "ods_referred") {
      ++outside.facts.total;
    } else if (m.measure == "ods_implemented") {
      ++out.outside_implemented;
    } else if (m.measure == "ods_outcome") {
      outside.outcome(value_of<AppealOutcome>(m.detail).value_or(AppealOutcome::Pending));
      std::optional<Time> referred;
      auto key = ledger::cells(m.decision);
      TRY(ledger::scan<MeasureRow>(view, {.index = MeasureRow::kByDecision, .prefix = key}, [&](const MeasureRow& r) {
        if (r.measure == "ods_referred" && r.seq < m.seq) {
          referred = when(r);
        }
      }));
      if (referred) {
        outside.times.push_back(std::max(when(m) - *referred, Millis(0)));
      }
    }
  }
  out.all = all.finish();
  out.against_restriction = restriction.finish();
  out.against_no_action = no_action.finish();
  out.against_no_action_trusted = no_action_trusted.finish();
  out.outside = outside.finish();
  return out;
}

}  // namespace

Result<TransparencyFacts> transparency_facts(ledger::View& view, const policy::Policy& policy, const Period& period) {
  TransparencyFacts out;
  std::vector<ReportRow> reports;
  TRY(each_in<ReportRow>(view, period, [&](const ReportRow& r) { reports.push_back(r); }));
  NoticeCounter notices(view, policy);
  for (const ReportRow& report : reports) {
    TRY(notices.add(report));
  }
  out.notices = notices.finish();
  TRY(each_in<DecisionRow>(view, period, [&](const DecisionRow& d) {
    if (d.source == Source::OwnInitiative && d.outcome == Outcome::Violation && restricts(d.restrictions)) {
      add_initiative((d.ground == Ground::Law ? out.initiative_law : out.initiative_terms)[d.category], d);
    }
  }));
  out.appeals = TRY(appeal_facts(view, period));
  return out;
}

}  // namespace heed::casework
