#include <algorithm>
#include <bit>

#include "casework/apply_parts.h"
#include "casework/figure_rows.h"
#include "casework/figures.h"

/// Counters of figures, from events and rows alone.
namespace heed::casework {
namespace {

struct Key {
  std::int64_t day = 0;
  std::string clause, rule;
  Source source{};
};

template <class Change>
Result<void> count(Rows& rows, const Key& key, Change change) {
  auto known = TRY(rows.get<FigureDayRow>(key.day, key.clause, key.rule, key.source));
  FigureDayRow row = known ? *std::move(known) : FigureDayRow{key.day, key.clause, key.rule, key.source};
  change(row);
  return rows.put(row);
}

/// Where a decision is counted.
Result<Key> key_of(Rows& rows, const DecisionRow& decision) {
  Key key{day_number(decision.at), decision.clause, {}, decision.source};
  if (!decision.staff) {
    if (auto effect = TRY(rows.get<RuleEffectRow>(decision.id))) {
      key.rule = effect->rule;
    }
  }
  return key;
}

Result<void> count_answered(Rows& rows, const std::vector<ReportId>& answered, const std::string& clause,
                            const std::string& rule) {
  for (ReportId id : answered) {
    auto report = TRY(rows.get<ReportRow>(id));
    if (report && report->state == ReportState::Received) {
      TRY(count(rows, {day_number(report->at), clause, rule, report->source},
                [&](FigureDayRow& row) { ++(rule.empty() ? row.reports_by_people : row.reports_by_machine); }));
    }
  }
  return {};
}

template <class F>
Result<void> each_source(const ItemSourcesRow& row, F f) {
  std::string_view rest = row.sources;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(' '), rest.size());
    TRY(f(split_source(rest.substr(0, end))));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return {};
}

template <class Change>
Result<void> count_sources(Rows& rows, const ItemSourcesRow& item, Change change) {
  return each_source(item, [&](const std::pair<std::string, std::string>& source) -> Result<void> {
    auto known = TRY(rows.get<SourceDayRow>(source.first, item.day, source.second));
    SourceDayRow row = known ? *std::move(known) : SourceDayRow{source.first, item.day, source.second};
    change(row);
    return rows.put(row);
  });
}

/// A person says what the item is: counted once, changed when the person's word is.
Result<void> judge_sources(Rows& rows, ItemId id, bool violation) {
  auto item = TRY(rows.get<ItemSourcesRow>(id));
  if (!item || (item->judged && item->violation == violation)) {
    return {};
  }
  const bool first = !item->judged;
  TRY(count_sources(rows, *item, [&](SourceDayRow& row) {
    row.judged += first ? 1 : 0;
    row.confirmed += violation ? 1 : first ? 0 : -1;
  }));
  item->judged = true;
  item->violation = violation;
  return rows.put(*item);
}

}  // namespace

int time_bucket(Millis took) {
  const auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(took.count(), 0));
  if (ms < 1) {
    return 0;
  }
  const auto doubling = static_cast<int>(std::bit_width(ms)) - 1;
  const std::uint64_t thousandths = (ms * 1000) >> doubling;  // 1000 to 1999
  return 1 + doubling * 4 + (thousandths >= 1189) + (thousandths >= 1414) + (thousandths >= 1682);
}

Result<void> count_report(Rows& rows, const EventInfo& info, const ReportReceived& e) {
  return count(rows, {day_number(info.at), {}, {}, e.source}, [&](FigureDayRow& row) {
    ++row.reports;
    row.cases += e.opening.empty() ? 0 : 1;
  });
}

Result<void> count_raised(Rows& rows, const EventInfo& info, const SignalRaised& e) {
  if (e.opening.empty()) {
    return {};
  }
  for (const std::string& rule : e.rules) {
    auto budget = TRY(rows.get<BudgetRow>(rule, e.day));
    BudgetRow next = budget ? *std::move(budget) : BudgetRow{rule, e.day, 0};
    ++next.cases;
    TRY(rows.put(next));
  }
  return count(rows, {day_number(info.at), e.clause, {}, Source::OwnInitiative},
               [](FigureDayRow& row) { ++row.cases, ++row.raised; });
}

Result<void> note_sources(Rows& rows, const EventInfo& info, const NewItem& item) {
  if (item.sources.empty()) {
    return {};
  }
  ItemSourcesRow row;
  row.item = item.item;
  row.day = day_number(info.at);
  for (const std::string& source : item.sources) {
    row.sources += (row.sources.empty() ? "" : " ") + source;
  }
  TRY(rows.put(row));
  return count_sources(rows, row, [](SourceDayRow& day) { ++day.items; });
}

Result<void> count_decided(Rows& rows, const EventInfo& info, const Decided& e) {
  const auto [rule, version] =
      e.staff ? std::pair<std::string, std::string>{} : split_source(e.rule.empty() ? "machine" : e.rule);
  for (const DecidedItem& d : e.items) {
    if (!e.staff) {
      TRY(rows.put(RuleEffectRow{d.decision, rule, version, d.item, info.at}));
    }
    TRY(count(rows, {day_number(info.at), d.clause, rule, d.source}, [&](FigureDayRow& row) {
      ++row.decided;
      row.violations += d.outcome == Outcome::Violation ? 1 : 0;
    }));
    if (d.source != Source::OwnInitiative && d.received_at != Time{}) {
      const int bucket = time_bucket(info.at - d.received_at);
      auto known = TRY(rows.get<FigureTimeRow>(day_number(info.at), d.clause, !e.staff, bucket));
      FigureTimeRow row = known ? *std::move(known) : FigureTimeRow{day_number(info.at), d.clause, !e.staff, bucket, 0};
      ++row.items;
      TRY(rows.put(row));
    }
    if (e.staff) {
      TRY(judge_sources(rows, d.item, d.outcome == Outcome::Violation));
    }
  }
  const std::string clause = e.items.empty() ? std::string() : e.items.front().clause;
  TRY(count_answered(rows, e.answered, clause, rule));
  return e.closes ? count(rows, {day_number(info.at), clause, rule, {}}, [](FigureDayRow& row) { ++row.closed; })
                  : Result<void>();
}

Result<void> count_settled(Rows& rows, const EventInfo& info, const ItemsSettled& e) {
  std::string clause, rule;
  if (!e.items.empty()) {
    if (auto decision = TRY(rows.get<DecisionRow>(e.items.front().decision))) {
      clause = decision->clause;
      rule = TRY(key_of(rows, *decision)).rule;
    }
  }
  if (e.repeat) {
    rule = "settle/" + std::string(name_of(SettleBasis::Judged));
  }
  TRY(count_answered(rows, e.answered, clause, rule));
  return e.closes ? count(rows, {day_number(info.at), clause, rule, {}}, [](FigureDayRow& row) { ++row.closed; })
                  : Result<void>();
}

Result<void> count_reversed(Rows& rows, const Reversed& e) {
  TRY(judge_sources(rows, e.item, e.outcome == Outcome::Violation));
  auto decision = TRY(rows.get<DecisionRow>(e.decision));
  if (!decision || e.appeal) {
    return {};  // what came of an appeal is counted with it
  }
  return count(rows, TRY(key_of(rows, *decision)), [](FigureDayRow& row) { ++row.corrected; });
}

Result<void> count_appealed(Rows& rows, const AppealFiled& e) {
  auto decision = TRY(rows.get<DecisionRow>(e.decision));
  return decision ? count(rows, TRY(key_of(rows, *decision)), [](FigureDayRow& row) { ++row.appealed; })
                  : Result<void>();
}

Result<void> count_appeal_decided(Rows& rows, const AppealDecided& e) {
  auto appeal = TRY(rows.get<AppealRow>(e.appeal));
  auto decision = appeal ? TRY(rows.get<DecisionRow>(appeal->decision)) : std::optional<DecisionRow>{};
  if (!decision) {
    return {};
  }
  return count(rows, TRY(key_of(rows, *decision)), [&](FigureDayRow& row) {
    row.upheld += e.outcome == AppealOutcome::Upheld ? 1 : 0;
    row.overturned += e.outcome == AppealOutcome::Reversed || e.outcome == AppealOutcome::PartlyReversed ? 1 : 0;
  });
}

Result<void> apply_event(Rows& rows, const EventInfo& info, const RuleSwitched& e) {
  return rows.put(RuleSwitchRow{e.rule, info.case_id, e.mode, e.staff, info.at});
}

}  // namespace heed::casework
