#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "casework/apply.h"
#include "ledger/store.h"

/// Figures: how much came in, who settled it, how often people thought otherwise, how long it took. Read from counters
/// that are written with the events (figure_rows.h), so a year of them costs some thousand rows however many reports
/// there were, and a replay gives the same.
namespace heed::casework {

enum class FigureUnit : std::uint8_t { Reports, Posts, Cases };
enum class FigureBy : std::uint8_t { Nothing, Clause, Rule, Source };
enum class FigureInterval : std::uint8_t { Day, Week, Month, Total };
template <>
struct EnumNames<FigureUnit> {
  static constexpr std::array<std::string_view, 3> names{"reports", "posts", "cases"};
};
template <>
struct EnumNames<FigureBy> {
  static constexpr std::array<std::string_view, 4> names{"nothing", "clause", "rule", "source"};
};
template <>
struct EnumNames<FigureInterval> {
  static constexpr std::array<std::string_view, 4> names{"day", "week", "month", "total"};
};

struct FigureQuery {
  FigureUnit unit{};
  FigureBy by{};
  FigureInterval interval = FigureInterval::Total;
  std::int64_t first_day = 0, end_day = 0;  ///< whole days, half-open
};

struct FigureTable {
  struct Line {
    std::int64_t first_day = 0, end_day = 0;
    std::string key;                            ///< "" without `by`
    std::vector<std::optional<double>> values;  ///< by column; none: cannot be said (nothing to take a share of)
  };
  std::vector<std::string> columns;  ///< "…_share" lie in [0, 1], "…_seconds" are times, the rest are counts
  std::vector<Line> lines;           ///< by time, then key
};

/// reports: received and settled by the day of the report; what was drawn for a blind check and how people decided it.
/// posts: decisions on items by the day of the decision, what appeals made of those very decisions, median and 90th
/// percentile of the time from report to decision (within 9 %: from a histogram). By rule also: posts it was true of,
/// reported items it was true of, how many of those people judged, how many of them were violations.
/// cases: opened, of these raised by the stream, closed, by their own days.
/// A key for `clause` is "" before there is a decision, for `rule` "people" where none decided.
Result<FigureTable> figures(ledger::View& view, const FigureQuery& query);

/// Number of the histogram's bucket, and the time in the middle of one.
int time_bucket(Millis took);
double bucket_seconds(int bucket);

// --- what counts them, called while events are applied ------------------------------------------------------
Result<void> count_report(Rows& rows, const EventInfo& info, const ReportReceived& e);
Result<void> count_raised(Rows& rows, const EventInfo& info, const SignalRaised& e);
Result<void> note_sources(Rows& rows, const EventInfo& info, const NewItem& item);
/// Before the reports change their state.
Result<void> count_decided(Rows& rows, const EventInfo& info, const Decided& e);
Result<void> count_settled(Rows& rows, const EventInfo& info, const ItemsSettled& e);
Result<void> count_reversed(Rows& rows, const Reversed& e);
Result<void> count_appealed(Rows& rows, const AppealFiled& e);
Result<void> count_appeal_decided(Rows& rows, const AppealDecided& e);

}  // namespace heed::casework
