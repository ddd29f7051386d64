#include "casework/figures.h"

#include <chrono>
#include <cmath>
#include <map>
#include <tuple>

#include "casework/figure_rows.h"
#include "casework/settle_machine.h"

namespace heed::casework {
namespace {

constexpr std::string_view kPeople = "people";
constexpr std::string_view kRulePrefix = "rule:";

/// Sums of one line.
struct Sums {
  FigureDayRow day;
  std::int64_t by_machine = 0, by_people = 0;
  std::int64_t drawn = 0, checked = 0, blind_overturned = 0;
  std::int64_t fired = 0, errors = 0, items = 0, judged = 0, confirmed = 0;
  std::map<int, std::int64_t> times;
};

std::optional<double> share(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? std::nullopt : std::optional(static_cast<double>(part) / static_cast<double>(whole));
}

std::optional<double> quantile(const std::map<int, std::int64_t>& times, double at) {
  std::int64_t all = 0;
  for (const auto& [bucket, items] : times) {
    all += items;
  }
  std::int64_t seen = 0;
  for (const auto& [bucket, items] : times) {
    seen += items;
    if (static_cast<double>(seen) >= at * static_cast<double>(all)) {
      return bucket_seconds(bucket);
    }
  }
  return std::nullopt;
}

class Counting {
 public:
  explicit Counting(const FigureQuery& query) : query_(query) {}

  bool wants(std::int64_t day) const { return day >= query_.first_day && day < query_.end_day; }
  Sums& at(std::int64_t day, std::string_view clause, std::string_view rule, Source source) {
    std::string key;
    switch (query_.by) {
      case FigureBy::Nothing:
        break;
      case FigureBy::Clause:
        key = clause;
        break;
      case FigureBy::Rule:
        key = rule.empty() ? kPeople : rule;
        break;
      case FigureBy::Source:
        key = name_of(source);
        break;
    }
    return lines_[{first_of(day), std::move(key)}];
  }

  FigureTable table() const {
    FigureTable out;
    for (const auto& [place, sums] : lines_) {
      FigureTable::Line line;
      line.first_day = std::max(place.first, query_.first_day);
      line.end_day = std::min(after(place.first), query_.end_day);
      line.key = place.second;
      line.values = values(sums, out.columns.empty() ? &out.columns : nullptr);
      out.lines.push_back(std::move(line));
    }
    if (out.lines.empty()) {
      (void)values({}, &out.columns);
    }
    return out;
  }

 private:
  using Day = std::chrono::sys_days;

  std::int64_t first_of(std::int64_t day) const {
    const Day at{std::chrono::days(day)};
    switch (query_.interval) {
      case FigureInterval::Day:
        return day;
      case FigureInterval::Week:
        return day - static_cast<std::int64_t>(std::chrono::weekday(at).iso_encoding()) + 1;
      case FigureInterval::Month: {
        const std::chrono::year_month_day date(at);
        return Day(date.year() / date.month() / 1).time_since_epoch().count();
      }
      case FigureInterval::Total:
        break;
    }
    return query_.first_day;
  }
  std::int64_t after(std::int64_t first) const {
    switch (query_.interval) {
      case FigureInterval::Day:
        return first + 1;
      case FigureInterval::Week:
        return first + 7;
      case FigureInterval::Month: {
        const std::chrono::year_month_day date(Day{std::chrono::days(first)});
        return Day((date.year() / date.month() + std::chrono::months(1)) / 1).time_since_epoch().count();
      }
      case FigureInterval::Total:
        break;
    }
    return query_.end_day;
  }

  std::vector<std::optional<double>> values(const Sums& s, std::vector<std::string>* columns) const {
    std::vector<std::optional<double>> out;
    auto put = [&](std::string_view column, std::optional<double> value) {
      if (columns != nullptr) {
        columns->emplace_back(column);
      }
      out.push_back(value);
    };
    auto number = [&](std::string_view column, std::int64_t value) { put(column, static_cast<double>(value)); };
    const FigureDayRow& d = s.day;
    switch (query_.unit) {
      case FigureUnit::Reports:
        if (query_.by == FigureBy::Nothing || query_.by == FigureBy::Source) {
          number("received", d.reports);
        }
        number("settled_by_machine", d.reports_by_machine), number("settled_by_people", d.reports_by_people);
        put("machine_share", share(d.reports_by_machine, d.reports_by_machine + d.reports_by_people));
        if (query_.by != FigureBy::Source) {
          number("drawn_blind", s.drawn), number("blind_checked", s.checked),
              number("blind_overturned", s.blind_overturned);
          put("blind_overturned_share", share(s.blind_overturned, s.checked));
        }
        break;
      case FigureUnit::Posts:
        if (query_.by == FigureBy::Rule) {
          number("fired", s.fired), number("errors", s.errors), number("items", s.items), number("judged", s.judged);
          number("confirmed", s.confirmed), put("precision_share", share(s.confirmed, s.judged));
        }
        number("decided", d.decided), number("by_machine", s.by_machine), number("by_people", s.by_people);
        number("violations", d.violations), number("appealed", d.appealed), number("upheld", d.upheld);
        number("overturned", d.overturned), put("overturned_share", share(d.overturned, d.upheld + d.overturned));
        number("corrected", d.corrected);
        if (query_.by == FigureBy::Nothing || query_.by == FigureBy::Clause) {
          put("median_seconds", quantile(s.times, 0.5)), put("p90_seconds", quantile(s.times, 0.9));
        }
        break;
      case FigureUnit::Cases:
        number("opened", d.cases), number("raised", d.raised), number("closed", d.closed);
        break;
    }
    return out;
  }

  const FigureQuery& query_;
  std::map<std::pair<std::int64_t, std::string>, Sums> lines_;
};

void add(Sums& sums, const FigureDayRow& row) {
  FigureDayRow& to = sums.day;
  to.reports += row.reports, to.reports_by_machine += row.reports_by_machine,
      to.reports_by_people += row.reports_by_people;
  to.decided += row.decided, to.violations += row.violations, to.appealed += row.appealed, to.upheld += row.upheld;
  to.overturned += row.overturned, to.corrected += row.corrected, to.cases += row.cases, to.raised += row.raised,
      to.closed += row.closed;
  (row.rule.empty() ? sums.by_people : sums.by_machine) += row.decided;
}

bool counts(FigureUnit unit, const FigureDayRow& row) {
  switch (unit) {
    case FigureUnit::Reports:
      return row.reports + row.reports_by_machine + row.reports_by_people != 0;
    case FigureUnit::Posts:
      return row.decided + row.appealed + row.upheld + row.overturned + row.corrected != 0;
    case FigureUnit::Cases:
      return row.cases + row.closed != 0;
  }
  return false;
}

}  // namespace

double bucket_seconds(int bucket) { return bucket <= 0 ? 0 : std::exp2((bucket - 0.5) / 4) / 1000; }

Result<FigureTable> figures(ledger::View& view, const FigureQuery& query) {
  Counting counting(query);
  const std::string last = "\xFF";
  const auto after = ledger::cells(query.first_day - 1, last);
  TRY(ledger::scan<FigureDayRow>(view, {.after = after}, [&](const FigureDayRow& row) {
    if (counting.wants(row.day) && counts(query.unit, row)) {
      // What is received has no clause yet: it is counted under what it was answered with.
      add(counting.at(row.day, row.clause, row.rule, row.source), row);
    }
    return row.day < query.end_day;
  }));
  if (query.unit == FigureUnit::Posts && (query.by == FigureBy::Nothing || query.by == FigureBy::Clause)) {
    TRY(ledger::scan<FigureTimeRow>(view, {.after = after}, [&](const FigureTimeRow& row) {
      if (counting.wants(row.day)) {
        counting.at(row.day, row.clause, {}, {}).times[row.bucket] += row.items;
      }
      return row.day < query.end_day;
    }));
  }
  if (query.unit == FigureUnit::Reports && query.by != FigureBy::Source) {
    TRY(ledger::scan<SettleDayRow>(view, {.after = after}, [&](const SettleDayRow& row) {
      if (counting.wants(row.day) && row.sampled + row.checked != 0) {
        Sums& sums = counting.at(row.day, row.clause, "settle/" + std::string(name_of(row.basis)), {});
        sums.drawn += row.sampled, sums.checked += row.checked, sums.blind_overturned += row.overturned;
      }
      return row.day < query.end_day;
    }));
  }
  if (query.unit == FigureUnit::Posts && query.by == FigureBy::Rule) {
    TRY(ledger::scan<SourceDayRow>(view, {}, [&](const SourceDayRow& row) {
      if (counting.wants(row.day)) {
        Sums& sums = counting.at(row.day, {}, row.source, {});
        sums.items += row.items, sums.judged += row.judged, sums.confirmed += row.confirmed;
      }
    }));
    TRY(ledger::scan<RuleFiredRow>(view, {}, [&](const RuleFiredRow& row) {
      if (counting.wants(row.day)) {
        Sums& sums = counting.at(row.day, {}, std::string(kRulePrefix) + row.rule, {});
        sums.fired += row.fired, sums.errors += row.errors;
      }
    }));
  }
  return counting.table();
}

}  // namespace heed::casework
