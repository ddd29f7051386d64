#include "api/decided.h"

#include <algorithm>
#include <map>

#include "api/resources.h"
#include "casework/figure_rows.h"
#include "casework/tables.h"

/// Behind the figures, for leads: the decisions of some days, one by one with their cases, and how much work lies with
/// whom. Decisions are read by their ids, which grow with time; one request looks at no more than kLookedAtMax.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kLookedAtMax = 20'000;
constexpr std::int64_t kDaysDefault = 14, kDaysMax = 366;

struct Days {
  std::int64_t first = 0, end = 0;  ///< whole days, half-open
  bool before(Time at) const { return day_number(at) < first; }
  bool after(Time at) const { return day_number(at) >= end; }
};

Result<Days> days_of(const Call& call) {
  const auto from = TRY(query_time(call.request, "from"));
  const auto to = TRY(query_time(call.request, "to"));
  Days days;
  days.end = to ? day_number(*to + std::chrono::hours(24) - Millis(1)) : day_number(call.desk.now()) + 1;
  days.first = from ? day_number(*from) : days.end - kDaysDefault;
  if (days.first >= days.end || days.end - days.first > kDaysMax) {
    return invalid("?from", "must lie before ?to, by at most a year");
  }
  return days;
}

/// No id of a moment is smaller.
DecisionId first_id(Time at) {
  auto ms = static_cast<std::uint64_t>(std::max<std::int64_t>(0, to_ms(at)));
  DecisionId id;
  for (int i = 5; i >= 0; --i, ms >>= 8) {
    id.value.bytes[static_cast<std::size_t>(i)] = static_cast<std::uint8_t>(ms);
  }
  return id;
}

/// The newest first, until `each` says false; what is newer than the days is stepped over by the id. Gives whether it
/// came to an end because enough was looked at, and the last id that it looked at.
template <class F>
Result<std::optional<DecisionId>> decisions_back(ledger::View& view, const Days& days, DecisionId from, F each) {
  std::size_t looked = 0;
  DecisionId last{};
  bool more = false;
  Result<void> asked;
  const Time end(std::chrono::duration_cast<Millis>(std::chrono::days(days.end)));
  const DecisionId start = from ? from : first_id(end);
  auto after = ledger::cells(start);
  TRY(ledger::scan<DecisionRow>(view, {.after = after, .descending = true}, [&](const DecisionRow& row) {
    if (days.before(row.at)) {
      return false;
    }
    if (looked++ == kLookedAtMax) {
      more = true;
      return false;
    }
    Result<bool> on = each(row);
    if (!on) {
      asked = tl::unexpected(on.error());
      return false;
    }
    if (!*on) {
      more = true;
      return false;
    }
    last = row.id;
    return true;
  }));
  TRY(std::move(asked));
  return more ? std::optional(last) : std::nullopt;
}

enum class By : std::uint8_t { Machine, People };
}  // namespace
}  // namespace heed::api

template <>
struct heed::casework::EnumNames<heed::api::By> {
  static constexpr std::array<std::string_view, 2> names{"machine", "people"};
};

namespace heed::api {
namespace {

Result<http::Response> read_decisions(Call& call, ledger::View& view) {
  const Page page = TRY(page_of(call.request));
  const Days days = TRY(days_of(call));
  const auto clause = call.request.query_value("clause");
  const auto by_word = call.request.query_value("by"), reversed_word = call.request.query_value("reversed");
  const auto by = value_of<By>(by_word.value_or(""));
  if (by_word && !by) {
    return invalid("?by", "must be machine or people");
  }
  if (reversed_word && *reversed_word != "true" && *reversed_word != "false") {
    return invalid("?reversed", "must be true or false");
  }
  DecisionId from{};
  if (!page.cursor.empty()) {
    from = TRY(call.desk.id_in<DecisionId>(call.who, page.cursor));
  }
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  std::size_t written = 0;
  auto next = TRY(decisions_back(view, days, from, [&](const DecisionRow& row) -> Result<bool> {
    const bool reversed = row.reversed_seq != 0;
    if ((clause && row.clause != *clause) || (by && (*by == By::Machine) == static_cast<bool>(row.staff)) ||
        (reversed_word && (*reversed_word == "true") != reversed)) {
      return true;
    }
    if (TRY(call.desk.hidden(call, view, row.case_id))) {
      return true;
    }
    if (written == page.limit) {
      return false;
    }
    ++written;
    out.begin_object().field("decision_id", row.id.text()).field("case_id", row.case_id.text());
    out.field("item_id", row.item.text()).field("at", format_time(row.at)).field("outcome", name_of(row.outcome));
    out.field_unless_empty("clause", row.clause).field("by_machine", !row.staff).field("reversed", reversed);
    out.field("appealed", row.appealed).end_object();
    return true;
  }));
  out.end_array();
  if (next) {
    out.field("next_cursor", next->text());
  }
  out.end_object();
  return json_answer(200, out.take());
}
void get_decisions(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_decisions);
}

Result<http::Response> read_workload(Call& call, ledger::View& view) {
  const Days days = TRY(days_of(call));
  struct Load {
    int cases = 0, posts = 0;
    std::int64_t decided = 0;
  };
  std::map<StaffId, Load> loads;
  TRY(ledger::scan<ClaimRow>(view, {.index = ClaimRow::kByActive}, [&](const ClaimRow& claim) {
    if (claim.active_for) {
      Load& load = loads[*claim.active_for];
      ++load.cases;
      load.posts += claim.items_left;
    }
  }));
  Time back_to{};
  auto cut = TRY(decisions_back(view, days, {}, [&](const DecisionRow& row) -> Result<bool> {
    if (row.staff) {
      ++loads[row.staff].decided;
    }
    back_to = row.at;
    return true;
  }));
  const std::uint32_t work = reviewers().roles | staff(access::Role::Legal).roles;
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const access::Staff& one : TRY(call.desk.parts().directory.all_staff())) {
    const auto load = loads.find(one.id);
    if (load == loads.end() && (one.disabled || (one.roles & work) == 0)) {
      continue;
    }
    const Load has = load == loads.end() ? Load{} : load->second;
    out.begin_object().field("staff_id", one.id.text()).field("alias", one.alias);
    out.field("cases_held", has.cases).field("posts_held", has.posts).field("decided", has.decided).end_object();
  }
  out.end_array();
  write_time(out, "counted_back_to", cut ? back_to : Time{});
  out.end_object();
  return json_answer(200, out.take());
}
void get_workload(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_workload);
}

}  // namespace

Resource decided_routes() {
  using namespace schema;
  const Who who = staff(access::Role::Lead);
  const Text decision = object({{"decision_id", id("dec")},
                                {"case_id", id("cas")},
                                {"item_id", id("itm")},
                                {"at", time()},
                                {"outcome", words(names_of<Outcome>())},
                                {"clause?", string()},
                                {"by_machine", boolean()},
                                {"reversed", boolean()},
                                {"appealed", boolean()}});
  return {{{http::Method::Get,
            "/v1/decisions",
            who,
            "figures",
            "What stands behind the figures: the decisions of some days, newest first, each with its case. One request "
            "looks at 20,000 at most; `next_cursor` goes on from there, also where nothing was found.",
            get_decisions,
            nullptr,
            paged({{"from", time(), "From the day on which this lies; 14 days before `to` when not given."},
                   {"to", time(), "Up to the end of the day before; now when not given."},
                   {"clause", string(200), "Only by this clause."},
                   {"by", words(names_of<By>()), "Only by a machine, or only by people."},
                   {"reversed", boolean(), "Only what was taken back, or only what stands."}}),
            {},
            gives_json(page(decision))},
           {http::Method::Get,
            "/v1/workload",
            who,
            "figures",
            "How much lies with whom: what members hold now, and how many posts they decided in these days. For "
            "sharing work out: nothing here says how well somebody judges.",
            get_workload,
            nullptr,
            {{"from", time(), "From the day on which this lies; 14 days before `to` when not given."},
             {"to", time(), "Up to the end of the day before; now when not given."}},
            {},
            gives_json(object({{"items", array(object({{"staff_id", id("stf")},
                                                       {"alias", string()},
                                                       {"cases_held", integer()},
                                                       {"posts_held", integer()},
                                                       {"decided", integer()}}))},
                               {"counted_back_to", R"({"type":["string","null"]})"}}))}}};
}

}  // namespace heed::api
