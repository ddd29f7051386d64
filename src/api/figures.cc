#include "casework/figures.h"

#include <cmath>
#include <cstdio>

#include "api/resources.h"
#include "casework/figure_rows.h"

/// GET /v1/figures: what came in, who settled it, how often people thought otherwise, how long it took.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::int64_t kDaysDefault = 30, kDaysMax = 3660, kLinesMax = 20'000;
/// The public sees no share of fewer than this, and no single days: a figure must not tell of one person's report.
constexpr double kPublicLeast = 10;

template <class E>
Result<E> query_choice(const http::Request& request, std::string_view name, E fallback) {
  const auto text = request.query_value(name);
  if (!text) {
    return fallback;
  }
  if (const auto value = value_of<E>(*text)) {
    return *value;
  }
  std::string known;
  for (const std::string_view one : EnumNames<E>::names) {
    known += (known.empty() ? "" : ", ") + std::string(one);
  }
  return invalid("?" + std::string(name), "must be one of " + known);
}

bool sees_all(const access::Principal& who) {
  using access::Role;
  return who.is(Role::Analyst) || who.is(Role::Lead) || who.is(Role::Admin);
}

Result<FigureQuery> query_of(const Call& call) {
  FigureQuery query;
  query.unit = TRY(query_choice(call.request, "unit", FigureUnit::Reports));
  query.by = TRY(query_choice(call.request, "by", FigureBy::Nothing));
  query.interval = TRY(query_choice(call.request, "interval", FigureInterval::Total));
  const auto from = TRY(query_time(call.request, "from"));
  const auto to = TRY(query_time(call.request, "to"));
  query.end_day = to ? day_number(*to + std::chrono::hours(24) - Millis(1)) : day_number(call.desk.now()) + 1;
  query.first_day = from ? day_number(*from) : query.end_day - kDaysDefault;
  if (query.first_day >= query.end_day || query.end_day - query.first_day > kDaysMax) {
    return invalid("?from", "must lie before ?to, by at most ten years");
  }
  if (!sees_all(call.who)) {
    if (query.by != FigureBy::Nothing && query.by != FigureBy::Clause) {
      return fail(Code::Denied, "figures by rule and by source are for analysts, leads and administrators");
    }
    if (query.interval == FigureInterval::Day || query.end_day - query.first_day < 7) {
      return fail(Code::Denied,
                  "figures of single days are for analysts, leads and administrators; a week is the least");
    }
  }
  return query;
}

std::string day_text(std::int64_t day) {
  return format_time(Time(std::chrono::duration_cast<Millis>(std::chrono::days(day))));
}

bool is_count(std::string_view column) { return !column.ends_with("_share") && !column.ends_with("_seconds"); }

/// Small numbers and what is made of them are left out.
void blur(FigureTable& table) {
  for (FigureTable::Line& line : table.lines) {
    double most = 0;
    for (std::size_t i = 0; i < line.values.size(); ++i) {
      if (is_count(table.columns[i])) {
        most = std::max(most, line.values[i].value_or(0));
        if (line.values[i].value_or(0) > 0 && *line.values[i] < kPublicLeast) {
          line.values[i].reset();
        }
      }
    }
    for (std::size_t i = 0; i < line.values.size(); ++i) {
      // A share is made of the counts before it in the line.
      const bool of_few = most < kPublicLeast || (i > 0 && !is_count(table.columns[i]) && !line.values[i - 1]);
      if (!is_count(table.columns[i]) && of_few) {
        line.values[i].reset();
      }
    }
  }
}

double rounded(double value) { return std::round(value * 10'000) / 10'000; }

std::string json_of(const FigureQuery& query, const FigureTable& table) {
  JsonWriter out;
  out.begin_object()
      .field("unit", name_of(query.unit))
      .field("by", name_of(query.by))
      .field("interval", name_of(query.interval));
  out.field("from", day_text(query.first_day)).field("to", day_text(query.end_day)).key("items").begin_array();
  for (const FigureTable::Line& line : table.lines) {
    out.begin_object().field("from", day_text(line.first_day)).field("to", day_text(line.end_day));
    if (query.by != FigureBy::Nothing) {
      out.field("key", line.key);
    }
    for (std::size_t i = 0; i < line.values.size(); ++i) {
      if (!line.values[i]) {
        out.key(table.columns[i]).null();
      } else if (is_count(table.columns[i])) {
        out.field(table.columns[i], static_cast<std::int64_t>(*line.values[i]));
      } else {
        out.field(table.columns[i], rounded(*line.values[i]));
      }
    }
    out.end_object();
  }
  out.end_array().end_object();
  return out.take();
}

/// RFC 4180. Keys are ids of clauses and rules: letters, digits and a few signs, nothing that a spreadsheet would run.
std::string csv_of(const FigureQuery& query, const FigureTable& table) {
  std::string out = query.by == FigureBy::Nothing ? "from,to" : "from,to," + std::string(name_of(query.by));
  for (const std::string& column : table.columns) {
    out += "," + column;
  }
  out += "\r\n";
  char number[40];
  for (const FigureTable::Line& line : table.lines) {
    out += day_text(line.first_day) + "," + day_text(line.end_day);
    if (query.by != FigureBy::Nothing) {
      out += ",\"" + line.key + "\"";
    }
    for (std::size_t i = 0; i < line.values.size(); ++i) {
      out += ',';
      if (line.values[i]) {
        const int length =
            std::snprintf(number, sizeof number, is_count(table.columns[i]) ? "%.0f" : "%.4f", *line.values[i]);
        out.append(number, static_cast<std::size_t>(length));
      }
    }
    out += "\r\n";
  }
  return out;
}

Result<http::Response> read_figures(Call& call, ledger::View& view) {
  const FigureQuery query = TRY(query_of(call));
  FigureTable table = TRY(figures(view, query));
  if (static_cast<std::int64_t>(table.lines.size()) > kLinesMax) {
    return invalid("?interval", "makes more than 20,000 lines; ask for a longer one, or for less time");
  }
  if (!sees_all(call.who)) {
    blur(table);
  }
  if (call.request.header("accept").find("text/csv") == std::string_view::npos) {
    return json_answer(200, json_of(query, table));
  }
  http::Response response;
  response.content_type = "text/csv; charset=utf-8";
  response.body = csv_of(query, table);
  return response;
}

void get_figures(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_figures);
}

}  // namespace

Resource figure_routes() {
  using namespace schema;
  const Text line = open_object({{"from", time()}, {"to", time()}, {"key?", string()}});
  const Text answer = object({{"unit", words(names_of<FigureUnit>())},
                              {"by", words(names_of<FigureBy>())},
                              {"interval", words(names_of<FigureInterval>())},
                              {"from", time()},
                              {"to", time()},
                              {"items", array(line)}});
  Gives gives = gives_json(answer);
  gives.csv = true;
  return {{{http::Method::Get,
            "/v1/figures",
            everybody(),
            "figures",
            "What came in, who settled it, how often people thought otherwise, how long it took. Whole days (UTC). "
            "Analysts, leads and "
            "administrators see all; everybody else weeks and longer, by clause or of all, and no number from 1 to 9.",
            get_figures,
            nullptr,
            {{"unit", words(names_of<FigureUnit>()),
              "What is counted: reports by the day they came, decisions on posts by the day they were taken, cases."},
             {"by", words(names_of<FigureBy>()), "A line for each of these."},
             {"interval", words(names_of<FigureInterval>()),
              "A line for each of these; weeks begin on Monday. total when not given."},
             {"from", time(), "From the day on which this lies; 30 days before `to` when not given."},
             {"to", time(), "Up to the end of the day before; now when not given."}},
            {},
            gives}}};
}

}  // namespace heed::api
