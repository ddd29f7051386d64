#include <algorithm>
#include <map>

#include "api/own_order.h"
#include "api/resources.h"
#include "api/viewer.h"
#include "casework/appeals.h"
#include "casework/proposal_rows.h"
#include "casework/queue.h"
#include "casework/settle_machine.h"

/// GET /v1/cases/{id}/items: for staff with the unsealed evidence; for parties what is theirs.
namespace heed::api {
namespace {

using namespace casework;

/// After this item (none: from the start), at most `limit`: own items by number, then those at home elsewhere.
Result<std::vector<ItemRow>> all_items(ledger::View& view, CaseId case_id, const std::optional<ItemRow>& after,
                                       std::size_t limit) {
  std::vector<ItemRow> items;
  auto prefix = ledger::cells(case_id);
  if (!after || after->case_id == case_id) {
    auto from = ledger::cells(after ? after->ord : 0);
    TRY(ledger::scan<ItemRow>(view, {.index = ItemRow::kByCase, .prefix = prefix, .after = from, .limit = limit},
                              [&](const ItemRow& item) { items.push_back(item); }));
  }
  if (items.size() == limit) {
    return items;
  }
  std::vector<ItemId> refs;
  ItemId last = after && after->case_id != case_id ? after->id : ItemId{};
  auto from = ledger::cells(last);
  TRY(ledger::scan<CaseRefRow>(view, {.prefix = prefix, .after = from, .limit = limit - items.size()},
                               [&](const CaseRefRow& ref) { refs.push_back(ref.item); }));
  for (ItemId id : refs) {
    if (auto item = TRY(ledger::get<ItemRow>(view, id))) {
      items.push_back(*std::move(item));
    }
  }
  return items;
}

/// Whether it is the viewer's own post: they may read what was judged.
bool wrote(const Viewer& viewer, const ItemRow& item) {
  return viewer.is(kAuthor) && item.case_id == viewer.row().id && item.author != 0 &&
         item.author == viewer.party().party;
}

/// Of a reporter who did not take a pile: what her reports named, by their events.
Result<std::vector<ItemId>> named_items(ledger::View& view, const Viewer& viewer) {
  std::vector<ItemId> out;
  for (const ReportRow& report : viewer.reports()) {
    Result<void> inner;
    TRY(view.case_events(report.case_id, static_cast<std::uint64_t>(report.seq - 1),
                         [&](const ledger::StoredEvent& event) {
                           thread_local JsonParser parser(64);
                           auto header = parser.parse(event.header);
                           if (header) {
                             (*header)["covers"].each([&](Json id) {
                               auto item = ItemId::parse(id.string().value_or(""));
                               if (item && std::find(out.begin(), out.end(), *item) == out.end()) {
                                 out.push_back(*item);
                               }
                             });
                           }
                           return false;
                         }));
  }
  return out;
}

/// What has become of this person's own appeal, and until which day there is time for one.
Result<void> write_own_appeal(JsonWriter& out, const Desk& desk, ledger::View& view, const Viewer& viewer,
                              const ItemRow& item, const DecisionRow& decision) {
  auto key = ledger::cells(decision.id);
  std::optional<AppealRow> own;
  TRY(ledger::scan<AppealRow>(view, {.index = AppealRow::kByDecision, .prefix = key}, [&](const AppealRow& appeal) {
    if (appeal.case_id == viewer.row().id && appeal.party == viewer.party().party) {
      own = appeal;
    }
  }));
  if (own) {
    out.key("appeal")
        .begin_object()
        .field("appeal_id", desk.id_out(viewer.who(), own->id))
        .field("outcome", name_of(own->outcome));
    out.field("at", format_time(own->at));
    write_time(out, "decided_at", own->decided_at);
    out.end_object();
  }
  Time informed = decision.informed_reporter_at;
  if (wrote(viewer, item)) {
    informed = decision.informed_author_at;
  } else if (!viewer.reports().empty()) {
    informed = Time{};
    for (const ReportRow& report : viewer.reports()) {
      if (report.informed_at != Time{} && (informed == Time{} || report.informed_at < informed)) {
        informed = report.informed_at;
      }
    }
  }
  if (informed != Time{}) {
    const Time ends = appeal_ends(std::max(informed, decision.at), desk.policy()->clocks.appeal_window_months);
    // The last day as her notices name it; it is over when it is over everywhere.
    out.field("appeal_until", format_time(ends - std::chrono::hours(36)).substr(0, 10))
        .field("appeal_open", desk.now() < ends);
  } else {
    out.field("appeal_open", true);
  }
  return {};
}

Result<void> write_decision(JsonWriter& out, const Desk& desk, ledger::View& view, const Viewer& viewer,
                            const ItemRow& item) {
  if (!item.decision) {
    return {};
  }
  auto decision = TRY(ledger::get<DecisionRow>(view, item.decision));
  if (!decision || !viewer.told(*decision, item)) {
    return {};
  }
  out.key("decision").begin_object().field("decision_id", desk.id_out(viewer.who(), decision->id));
  out.field("outcome", name_of(decision->outcome))
      .field("at", format_time(decision->at))
      .field_unless_empty("clause", decision->clause);
  const auto policy = desk.policy();
  if (const policy::Clause* clause = policy->find(decision->clause)) {
    out.field("clause_title", clause->title.in(viewer.party().locale));
  }
  out.field("ground", name_of(decision->ground))
      .field("by_machine", decision->decision_automation == Automation::Fully);
  out.field("reversed", decision->reversed_seq != 0);
  if (Desk::is_party(viewer.who())) {
    TRY(write_own_appeal(out, desk, view, viewer, item, *decision));
  }
  if (viewer.staff()) {
    out.field("category", decision->category).field_unless_empty("group", decision->group);
    if (decision->staff) {
      out.field("staff", decision->staff.text());
    }
  }
  out.end_object();
  return {};
}

/// The newest text in a piece of evidence.
std::string newest_text(Json evidence) {
  std::string text(evidence["snapshot"].get_string("text"));
  evidence["versions"].each([&](Json version) {
    if (Json post = version["post"]; post.is_object()) {
      text = post.get_string("text");
    }
  });
  return text;
}

/// Where the newest evidence of items lies that were edited after they were frozen.
Result<std::map<ItemId, std::int64_t>> edits_of(ledger::View& view, const std::vector<ItemRow>& items) {
  std::map<CaseId, std::int64_t> from;
  for (const ItemRow& item : items) {
    if (item.edited) {
      auto [at, is_new] = from.emplace(item.case_id, item.seq);
      at->second = std::min(at->second, item.seq);
    }
  }
  std::map<ItemId, std::int64_t> out;
  thread_local JsonParser parser(64);
  for (const auto& [case_id, seq] : from) {
    TRY(view.case_events(case_id, static_cast<std::uint64_t>(seq), [&](const ledger::StoredEvent& event) {
      if (event.header.find(ItemChanged::kKind) != std::string::npos && !event.bodies.empty()) {
        auto header = parser.parse(event.header);
        auto item = header && header->get_string("kind") == ItemChanged::kKind
                        ? ItemId::parse(header->get_string("item"))
                        : Result<ItemId>(not_found());
        if (item) {
          out[*item] = static_cast<std::int64_t>(event.seq);
        }
      }
      return true;
    }));
  }
  return out;
}

/// The signals in the evidence that speak of the proposal's clause: what a machine would say when asked why.
void write_reasons(JsonWriter& out, Json evidence, const std::string& clause) {
  out.key("reasons").begin_array();
  evidence["signals"].each([&](Json signal) {
    if (signal.get_string("clause") != clause) {
      return;
    }
    out.begin_object()
        .field("category", signal.get_string("category"))
        .field_unless_empty("group", signal.get_string("group"));
    out.field("score", signal["score"].number().value_or(0)).field("source", signal.get_string("source"));
    out.field("version", signal.get_string("version")).key("span").begin_object();
    out.field("start", signal["span"].get_int("start"))
        .field("end", signal["span"].get_int("end"))
        .end_object()
        .end_object();
  });
  out.end_array();
}

/// What a machine would do, for the reviewer who decides; nothing beside what was drawn to be decided blind. The answer
/// looks the same for "nothing to propose" and "drawn".
Result<void> write_proposal(JsonWriter& out, const Desk& desk, ledger::View& view, const Viewer& viewer,
                            const ItemRow& item, Json evidence) {
  const auto proposal = TRY(proposal_of(view, item));
  if (!proposal) {
    return {};
  }
  out.key("proposal")
      .begin_object()
      .field("basis", name_of(proposal->basis))
      .field("outcome", name_of(proposal->outcome));
  out.field_unless_empty("clause", proposal->clause);
  const auto policy = desk.policy();
  if (const policy::Clause* clause = policy->find(proposal->clause)) {
    out.field("clause_title", clause->title.in(viewer.party().locale));
  }
  out.key("actions").begin_array();
  for (OrderKind kind : proposal->actions) {
    out.value(name_of(kind));
  }
  out.end_array().field_unless_empty("source", proposal->rule).key("spans").begin_array();
  for (const Span& span : proposal->spans) {
    out.begin_object().field("start", span.start).field("end", span.end).end_object();
  }
  out.end_array();
  if (proposal->basis == SettleBasis::Finding) {
    write_reasons(out, evidence, proposal->clause);
  } else {
    out.key("reasons").begin_array().end_array();
  }
  if (proposal->decision) {
    out.field("decision_id", proposal->decision.text());
  }
  if (proposal->like) {
    out.field("like_item", proposal->like.text()).field("likeness", proposal->likeness / 100.0);
  }
  out.end_object();
  return {};
}

Result<void> write_item(JsonWriter& out, const Desk& desk, ledger::View& view, const Viewer& viewer, Bodies& bodies,
                        const ItemRow& item, std::int64_t evidence_seq) {
  out.begin_object().field("item_id", desk.id_out(viewer.who(), item.id)).field("kind", name_of(item.kind));
  const bool told = viewer.staff() || viewer.platform() || item.state == ItemState::Decided;
  out.field("state", name_of(told ? item.state : ItemState::Open));
  write_time(out, "created_at", item.created_at);
  auto evidence = viewer.platform() ? Result<std::string>(not_found())
                                    : bodies.get(item.case_id, evidence_seq, "e" + std::to_string(item.ord));
  thread_local JsonParser parser(64);
  auto json = evidence ? parser.parse(*evidence) : Result<Json>(not_found());
  if (json) {
    out.field("id", json->get_string("id"));
    if (viewer.is(kTarget) || wrote(viewer, item)) {
      out.field("text", newest_text(*json));
    }
  }
  TRY(write_decision(out, desk, view, viewer, item));
  if (viewer.staff()) {
    out.field("lane", name_of(item.lane))
        .field("severity", -item.severity_rank)
        .field_unless_empty("category", item.category);
    out.field("provenance", name_of(item.provenance))
        .field("author", item.author)
        .field("edited", item.edited)
        .field("deleted", item.deleted);
    if (item.case_id != viewer.row().id) {
      out.field("home_case", item.case_id.text());
    }
    if (item.claim) {
      out.field("claim_id", item.claim->text());
    }
    if (auto held = TRY(ledger::get<ProposedItemRow>(view, item.id)); held && held->proposal) {
      out.field("proposal_id", held->proposal->text());
    }
    TRY(write_proposal(out, desk, view, viewer, item, json ? *json : Json()));
    out.key("evidence");
    if (json) {
      out.raw(*evidence);
    } else {
      out.null();  // erased
    }
  }
  out.end_object();
  return {};
}

Result<http::Response> read_items(Call& call, ledger::View& view) {
  CaseId id = TRY(call.desk.path_id<CaseId>(call));
  Viewer viewer = TRY(Viewer::of(call, view, id));
  const Page page = TRY(page_of(call.request));
  std::optional<ItemRow> after;
  if (!page.cursor.empty()) {
    auto item = call.desk.id_in<ItemId>(call.who, page.cursor);
    after = item ? TRY(ledger::get<ItemRow>(view, *item)) : std::optional<ItemRow>{};
    if (!after || !TRY(viewer.sees(view, *after))) {
      return invalid("?cursor", "is not one of ours");
    }
  }
  call.desk.note_read(call.who, id, "items");
  std::vector<ItemRow> items;
  if (auto claim_text = call.request.query_value("claim"); claim_text && viewer.staff()) {
    ClaimId claim = TRY(call.desk.id_in<ClaimId>(call.who, *claim_text));
    for (ItemRow& item : TRY(items_of_claim(view, claim))) {
      if (!after || item.ord > after->ord) {
        items.push_back(std::move(item));
      }
    }
    std::sort(items.begin(), items.end(), [](const ItemRow& a, const ItemRow& b) { return a.ord < b.ord; });
  } else if (!Desk::is_party(call.who) || viewer.is(kTarget) || viewer.whole_pile()) {
    items = TRY(all_items(view, id, after, page.limit + 1));
  } else {
    std::vector<ItemId> named = TRY(named_items(view, viewer));
    if (viewer.is(kAuthor)) {
      auto prefix = ledger::cells(id);
      std::vector<ItemRow> written;
      TRY(ledger::scan<ItemRow>(view, {.index = ItemRow::kByCase, .prefix = prefix}, [&](const ItemRow& item) {
        if (item.author == viewer.party().party) {
          written.push_back(item);
        }
      }));
      in_own_order(viewer.party(), written);
      for (const ItemRow& item : written) {
        if (TRY(viewer.sees(view, item)) && std::find(named.begin(), named.end(), item.id) == named.end()) {
          named.push_back(item.id);
        }
      }
    }
    bool begun = !after;
    for (ItemId item_id : named) {
      if (begun) {
        if (auto item = TRY(ledger::get<ItemRow>(view, item_id)); item && items.size() <= page.limit) {
          items.push_back(*std::move(item));
        }
      }
      begun = begun || item_id == after->id;
    }
  }
  const bool more = items.size() > page.limit;
  items.resize(std::min(items.size(), page.limit));
  Bodies bodies(view, call.desk.keys());
  const std::map<ItemId, std::int64_t> edits = TRY(edits_of(view, items));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const ItemRow& item : items) {
    auto edit = edits.find(item.id);
    TRY(write_item(out, call.desk, view, viewer, bodies, item, edit == edits.end() ? item.seq : edit->second));
  }
  out.end_array();
  if (more) {
    out.field("next_cursor", call.desk.id_out(call.who, items.back().id));
  }
  out.end_object();
  return json_answer(200, out.take());
}

void get_items(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_items);
}

}  // namespace

Resource case_item_routes() {
  using namespace schema;
  const Text decision = object({{"decision_id", id("dec")},
                                {"outcome", words(names_of<Outcome>())},
                                {"at", time()},
                                {"clause?", string()},
                                {"clause_title?", string()},
                                {"ground", words(names_of<Ground>())},
                                {"by_machine", boolean()},
                                {"reversed", boolean()},
                                {"appeal?", object({{"appeal_id", id("app")},
                                                    {"outcome", words(names_of<AppealOutcome>())},
                                                    {"at", time()},
                                                    {"decided_at", R"({"type":["string","null"]})"}})},
                                {"appeal_until?", string()},
                                {"appeal_open?", boolean()},
                                {"category?", string()},
                                {"group?", string()},
                                {"staff?", id("stf")}});
  const Text span = object({{"start", integer()}, {"end", integer()}});
  const Text reason = object({{"category", string()},
                              {"group?", string()},
                              {"score", number(0, 1)},
                              {"source", string()},
                              {"version", string()},
                              {"span", span}});
  const Text proposal = object({{"basis", words(names_of<SettleBasis>())},
                                {"outcome", words(names_of<Outcome>())},
                                {"clause?", string()},
                                {"clause_title?", string()},
                                {"actions", array(words(names_of<OrderKind>()))},
                                {"source?", string()},
                                {"spans", array(span)},
                                {"reasons", array(reason)},
                                {"decision_id?", id("dec")},
                                {"like_item?", id("itm")},
                                {"likeness?", number(0, 1)}});
  const Text item = object({{"item_id", id("itm")},
                            {"kind", words(names_of<ItemKind>())},
                            {"state", words(names_of<ItemState>())},
                            {"created_at", R"({"type":["string","null"]})"},
                            {"id?", string()},
                            {"text?", string()},
                            {"decision?", decision},
                            {"lane?", words(names_of<policy::Lane>())},
                            {"severity?", integer(0, 100)},
                            {"category?", string()},
                            {"provenance?", words(names_of<Provenance>())},
                            {"author?", integer()},
                            {"edited?", boolean()},
                            {"deleted?", boolean()},
                            {"home_case?", id("cas")},
                            {"claim_id?", id("clm")},
                            {"proposal_id?", id("prp")},
                            {"proposal?", ref("Proposal")},
                            {"evidence?", R"({"type":["object","null"]})"}});
  return {{{http::Method::Get,
            "/v1/cases/{id}/items",
            key(access::Scope::CasesRead) | parties() | delegates(access::Delegated::Read) | readers_of_cases(),
            "cases",
            "The items of a case: for staff with frozen evidence, for parties their own.",
            get_items,
            nullptr,
            paged({{"claim", id("clm"), "For staff: only what this claim still has open."}}),
            {},
            gives_json(page(ref("Item")))}},
          {{"Item", item}, {"Proposal", proposal}}};
}

}  // namespace heed::api
