#include <algorithm>

#include "api/resources.h"
#include "api/viewer.h"

/// GET /v1/standing: where an account stands on the policy's ladder, for the person whose account it is.
namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kCasesLookedAtMax = 500;

/// One act of deciding against posts of this person: one strike, however many posts it was about.
struct Judged {
  CaseId case_id;
  std::string clause;
  Time at{};
  bool overturned = true;  ///< until one of its decisions stands
};

/// What the person has been told of; what still waits to be told is no strike yet for anybody's eyes.
Result<std::vector<Judged>> judged_in(Call& call, ledger::View& view, const PartyRow& party) {
  auto viewer = Viewer::of(call, view, party.case_id);
  if (!viewer) {
    return viewer.error().code == Code::NotFound ? Result<std::vector<Judged>>(std::vector<Judged>())
                                                 : tl::unexpected(viewer.error());
  }
  std::vector<DecisionRow> decisions;
  auto prefix = ledger::cells(party.case_id);
  TRY(ledger::scan<DecisionRow>(view, {.index = DecisionRow::kByCase, .prefix = prefix}, [&](const DecisionRow& d) {
    if (d.outcome == Outcome::Violation && d.restrictions != 0) {
      decisions.push_back(d);
    }
  }));
  std::map<std::pair<std::int64_t, std::string>, Judged> acts;
  for (const DecisionRow& d : decisions) {
    auto item = TRY(ledger::get<ItemRow>(view, d.item));
    if (!item || item->author != party.party || !viewer->told_author(d)) {
      continue;
    }
    Judged& act = acts[{d.seq, d.clause}];
    act.case_id = d.case_id;
    act.clause = d.clause;
    act.at = d.at;
    act.overturned = act.overturned && d.reversed_seq != 0;
  }
  std::vector<Judged> out;
  for (auto& [key, act] : acts) {
    out.push_back(std::move(act));
  }
  return out;
}

Result<http::Response> read_standing(Call& call, ledger::View& view) {
  std::vector<PartyRow> parties;
  auto person = ledger::cells(call.who.person);
  TRY(ledger::scan<PartyRow>(
      view, {.index = PartyRow::kByPerson, .prefix = person, .descending = true, .limit = kCasesLookedAtMax},
      [&](const PartyRow& row) {
        if ((row.roles & kAuthor) != 0 &&
            (call.who.caller != access::Caller::Guest || row.case_id == call.who.guest_case)) {
          parties.push_back(row);
        }
      }));
  std::vector<Judged> acts;
  for (const PartyRow& party : parties) {
    std::vector<Judged> here = TRY(judged_in(call, view, party));
    acts.insert(acts.end(), here.begin(), here.end());
  }
  std::sort(acts.begin(), acts.end(), [](const Judged& a, const Judged& b) { return a.at > b.at; });
  const auto policy = call.desk.policy();
  const policy::Ladder& ladder = policy->ladder;
  const std::string locale(call.request.query_value("locale").value_or(call.who.locale).substr(0, 35));
  std::vector<policy::Strike> strikes;
  for (const Judged& act : acts) {
    strikes.push_back({act.clause, act.at, act.overturned});
  }
  const policy::Standing standing = ladder.standing(strikes, {}, call.desk.now());
  JsonWriter out;
  out.begin_object()
      .field("has_ladder", !ladder.version.empty())
      .field("text", ladder.text.in(locale))
      .field("strikes", standing.strikes);
  out.field("whole_account", call.who.caller != access::Caller::Guest);
  write_time(out, "next_spent", standing.next_spent.value_or(Time{}));
  if (standing.step != nullptr) {
    out.key("step")
        .begin_object()
        .field("id", standing.step->id)
        .field("text", standing.step->text.in(locale))
        .end_object();
  }
  out.key("items").begin_array();
  for (const Judged& act : acts) {
    auto rule = ladder.rules.find(act.clause);
    const int count = rule == ladder.rules.end() ? 0 : rule->second.strikes;
    out.begin_object().field("case_id", call.desk.id_out(call.who, act.case_id)).field("clause", act.clause);
    if (const policy::Clause* clause = policy->find(act.clause)) {
      out.field("clause_title", clause->title.in(locale));
    }
    out.field("at", format_time(act.at))
        .field("strikes", act.overturned ? 0 : count)
        .field("overturned", act.overturned);
    write_time(out, "spent_at", count == 0 || act.overturned ? Time{} : act.at + rule->second.spent_after);
    out.end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}

void get_standing(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_standing);
}

}  // namespace

Resource standing_routes() {
  using namespace schema;
  const Text moment = R"({"type":["string","null"]})";
  return {{{http::Method::Get,
            "/v1/standing",
            parties(),
            "cases",
            "The caller's own strikes, when each ends, and what follows from them. With a link to one case: of that "
            "case alone.",
            get_standing,
            nullptr,
            {{"locale", string(35), "In which language; the person's own when not given."}},
            {},
            gives_json(object({{"has_ladder", boolean()},
                               {"text", string()},
                               {"strikes", integer()},
                               {"whole_account", boolean()},
                               {"next_spent", moment},
                               {"step?", object({{"id", string()}, {"text", string()}})},
                               {"items", array(object({{"case_id", id("cas")},
                                                       {"clause", string()},
                                                       {"clause_title?", string()},
                                                       {"at", time()},
                                                       {"strikes", integer()},
                                                       {"overturned", boolean()},
                                                       {"spent_at", moment}}))}}))}}};
}

}  // namespace heed::api
