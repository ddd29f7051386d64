#include <algorithm>

#include "api/live.h"
#include "api/own_case.h"
#include "api/resources.h"
#include "api/viewer.h"
#include "casework/relief.h"

namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kCasesLookedAtMax = 5000;  // for one page of a filtered list

std::string_view relief_word(ReliefKind kind) { return kind == ReliefKind::Autoblock ? "autoblock_pile" : "hide"; }

void write_roles(JsonWriter& out, int roles) {
  out.begin_array();
  for (auto [role, word] : {std::pair{kReporter, "reporter"}, {kTarget, "target"}, {kAuthor, "author"}}) {
    if ((roles & role) != 0) {
      out.value(word);
    }
  }
  out.end_array();
}

Result<void> write_relief(JsonWriter& out, ledger::View& view, CaseId case_id, int party) {
  out.key("relief").begin_array();
  for (const ReliefRow& relief : TRY(relief_of(view, case_id))) {
    if (party < 0 || relief.party == party) {
      out.begin_object().field("kind", relief_word(relief.kind));
      write_time(out, "until", relief.until);
      out.field("accounts", relief.accounts).end_object();
    }
  }
  out.end_array();
  return {};
}

void write_pile(JsonWriter& out, const CaseRow& row) {
  if (row.pile == PileState::None || row.pile == PileState::Watching) {
    return;
  }
  out.key("pile").begin_object().field("state", name_of(row.pile));
  write_time(out, "since", row.pile_since);
  write_time(out, "until", row.pile_until);
  out.end_object();
}

}  // namespace

/// As a party sees it: her own reports, and of the rest only what concerns the target when she is the target.
Result<void> write_own_case(JsonWriter& out, const Desk& desk, ledger::View& view, const Viewer& viewer) {
  const CaseRow& row = viewer.row();
  out.begin_object().field("case_id", desk.id_out(viewer.who(), row.id));
  if (viewer.party().number) {
    out.field("number", format_case_number(static_cast<std::uint64_t>(*viewer.party().number)));
  }
  out.key("roles");
  write_roles(out, viewer.party().roles);
  bool open = viewer.is(kTarget) && row.open();
  out.key("reports").begin_array();
  Time since{}, answer_by{};
  for (const ReportRow& report : viewer.reports()) {
    open = open || report.state == ReportState::Received;
    since = since == Time{} ? report.at : since;
    if (report.state == ReportState::Received && answer_by == Time{}) {
      answer_by =
          report.at + desk.policy()->clocks.decide_default;  // as her receipt says; how others reported moves nothing
    }
    out.begin_object()
        .field("report_id", desk.id_out(viewer.who(), report.id))
        .field("received_at", format_time(report.at));
    out.field("state", name_of(report.state)).field("items", report.items).field("whole_pile", report.whole_pile);
    if (viewer.who().acts_for_another() && report.filed_by == viewer.who().delegation) {
      out.field("yours", true);  // the delegate's to take back
    }
    out.end_object();
  }
  out.end_array();
  out.field("state", open ? "open" : "closed");
  write_time(out, "since", since != Time{} ? since : viewer.is(kTarget) ? row.opened_at : Time{});
  write_time(out, "answer_by", answer_by);
  if (row.question && row.question_to == viewer.party().party) {
    // Only to whom it was put: that others are asked is nobody else's to know.
    out.key("question").begin_object().field("question_id", desk.id_out(viewer.who(), row.question));
    out.field("until", format_time(row.question_until)).end_object();
  }
  if (viewer.is(kTarget)) {
    out.field("items", row.items).field("items_open", row.items_open);
    write_pile(out, row);
  }
  TRY(write_relief(out, view, row.id, viewer.party().party));
  out.end_object();
  return {};
}

namespace {

Result<void> write_whole_case(JsonWriter& out, ledger::View& view, const Viewer& viewer, bool earlier_hidden) {
  const CaseRow& row = viewer.row();
  out.begin_object()
      .field("case_id", row.id.text())
      .field("kind", name_of(row.kind))
      .field("state", name_of(row.state));
  out.field("queue", row.route)
      .field("claimable", row.queue.has_value())
      .field("lane", name_of(row.lane))
      .field("severity", row.severity());
  write_time(out, "deadline", row.deadline);
  write_time(out, "opened_at", row.opened_at);
  write_time(out, "closed_at", row.closed_at);
  out.field("items", row.items).field("items_open", row.items_open).field("items_free", row.items_free);
  out.field("reports", row.reports).field("holds", row.holds).field("looked_at", row.looked);
  if (row.question) {
    out.key("clock_stands").begin_object().field("question_id", row.question.text()).field("party", row.question_to);
    out.field("until", format_time(row.question_until)).end_object();
  }
  if (row.linked && !earlier_hidden) {
    out.field("earlier_case", row.linked.text());
  }
  write_pile(out, row);
  if (viewer.staff()) {
    TRY(write_relief(out, view, row.id, -1));
    // Persons are numbers here: who it is says only the evidence, and of reporters nothing does.
    out.key("parties").begin_array();
    auto prefix = ledger::cells(row.id);
    TRY(ledger::scan<PartyRow>(view, {.prefix = prefix, .limit = 1000}, [&](const PartyRow& party) {
      if (party.party == 0) {
        return;
      }
      out.begin_object().field("party", party.party).key("roles");
      write_roles(out, party.roles);
      out.field("erased", !party.person.has_value()).field_unless_empty("locale", party.locale).end_object();
    }));
    out.end_array();
  }
  out.end_object();
  return {};
}

Result<void> write_case(JsonWriter& out, const Call& call, ledger::View& view, const Viewer& viewer) {
  if (Desk::is_party(viewer.who())) {
    return write_own_case(out, call.desk, view, viewer);
  }
  const bool hidden = viewer.row().linked && TRY(call.desk.hidden(call, view, viewer.row().linked));
  return write_whole_case(out, view, viewer, hidden);
}

// --- lists ------------------------------------------------------------------------------------------------

Result<http::Response> list_answer(JsonWriter& out, const std::string& next) {
  out.end_array().field_unless_empty("next_cursor", next).end_object();
  return json_answer(200, out.take());
}

/// A party's cases, newest first.
Result<http::Response> own_cases(Call& call, ledger::View& view, const Page& page) {
  std::array<ledger::Cell, 1> after{};
  CaseId last{};
  if (!page.cursor.empty()) {
    last = TRY(call.desk.id_in<CaseId>(call.who, page.cursor));
    after[0] = ledger::to_cell(last);
  }
  std::vector<CaseId> ids;
  auto person = ledger::cells(call.who.person);
  TRY(ledger::scan<PartyRow>(view,
                             {.index = PartyRow::kByPerson,
                              .prefix = person,
                              .after = page.cursor.empty() ? ledger::Cells{} : ledger::Cells(after),
                              .descending = true,
                              .limit = kCasesLookedAtMax},
                             [&](const PartyRow& row) {
                               if (ids.empty() || ids.back() != row.case_id) {
                                 ids.push_back(row.case_id);
                               }
                             }));
  // What others opened about her, where she is no party.
  if (call.who.caller == access::Caller::User) {
    TRY(ledger::scan<CaseRow>(view,
                              {.index = CaseRow::kByTarget,
                               .prefix = person,
                               .after = page.cursor.empty() ? ledger::Cells{} : ledger::Cells(after),
                               .descending = true,
                               .limit = kCasesLookedAtMax},
                              [&](const CaseRow& row) { ids.push_back(row.id); }));
    std::sort(ids.begin(), ids.end(), std::greater<>());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  }
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  std::size_t written = 0;
  std::string next;
  for (CaseId id : ids) {
    if (id == last && !page.cursor.empty()) {
      continue;
    }
    auto viewer = Viewer::of(call, view, id);
    if (!viewer) {
      if (viewer.error().code != Code::NotFound) {
        return tl::unexpected(viewer.error());
      }
      continue;
    }
    if (written == page.limit) {
      next = call.desk.id_out(call.who, last);
      break;
    }
    TRY(write_case(out, call, view, *viewer));
    ++written;
    last = id;
  }
  return list_answer(out, next);
}

Result<http::Response> all_cases(Call& call, ledger::View& view, const Page& page) {
  auto state_word = call.request.query_value("state");
  auto state = value_of<CaseState>(state_word.value_or(""));
  if (state_word && !state) {
    return invalid("?state", "must be open or closed");
  }
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  if (auto number_text = call.request.query_value("number")) {
    auto number = parse_case_number(*number_text);
    if (!number) {
      return invalid("?number", "is not a case number");
    }
    if (auto found = TRY(party_with_number(view, call.desk.hasher(), *number))) {
      if (!TRY(call.desk.hidden(call, view, found->case_id))) {
        Viewer viewer = TRY(Viewer::of(call, view, found->case_id));
        TRY(write_case(out, call, view, viewer));
      }
    }
    return list_answer(out, "");
  }
  std::array<ledger::Cell, 1> after{};
  CaseId last{};
  if (!page.cursor.empty()) {
    last = TRY(call.desk.id_in<CaseId>(call.who, page.cursor));
    after[0] = ledger::to_cell(last);
  }
  std::vector<CaseId> ids;
  std::size_t looked = 0;
  Result<void> asked;
  TRY(ledger::scan<CaseRow>(view,
                            {.after = page.cursor.empty() ? ledger::Cells{} : ledger::Cells(after),
                             .descending = true,
                             .limit = kCasesLookedAtMax},
                            [&](const CaseRow& row) {
                              ++looked;
                              Result<bool> walled =
                                  call.wall == nullptr ? Result<bool>(false) : stands_before(view, *call.wall, row);
                              if (!walled) {
                                asked = tl::unexpected(walled.error());
                                return false;
                              }
                              if (*walled || (state && row.state != *state) || row.kind == CaseKind::Record) {
                                last = row.id;
                                return true;
                              }
                              if (ids.size() == page.limit) {
                                --looked;
                                return false;
                              }
                              ids.push_back(row.id);
                              last = row.id;
                              return true;
                            }));
  TRY(std::move(asked));
  for (CaseId id : ids) {
    Viewer viewer = TRY(Viewer::of(call, view, id));
    TRY(write_case(out, call, view, viewer));
  }
  const bool more = ids.size() == page.limit || looked == kCasesLookedAtMax;
  return list_answer(out, more ? call.desk.id_out(call.who, last) : "");
}

Result<http::Response> read_cases(Call& call, ledger::View& view) {
  const Page page = TRY(page_of(call.request));
  return Desk::is_party(call.who) ? own_cases(call, view, page) : all_cases(call, view, page);
}

Result<http::Response> read_case(Call& call, ledger::View& view) {
  CaseId id = TRY(call.desk.path_id<CaseId>(call));
  Viewer viewer = TRY(Viewer::of(call, view, id));
  call.desk.note_read(call.who, id, "case");
  JsonWriter out;
  TRY(write_case(out, call, view, viewer));
  return json_answer(200, out.take());
}

// --- timeline ---------------------------------------------------------------------------------------------

/// Visible events after `seq`, at most `limit`; `seq` moves to the last one looked at.
Result<std::size_t> write_timeline(const Desk& desk, const Viewer& viewer, ledger::View& view, std::int64_t& seq,
                                   std::size_t limit, const std::function<void(std::string, std::int64_t)>& each) {
  Bodies bodies(view, desk.keys());
  std::size_t written = 0;
  std::vector<ledger::StoredEvent> chunk;
  for (;;) {
    chunk.clear();
    TRY(view.case_events(viewer.row().id, static_cast<std::uint64_t>(seq), [&](const ledger::StoredEvent& event) {
      chunk.push_back(event);
      return chunk.size() < 64;
    }));
    for (const ledger::StoredEvent& event : chunk) {
      JsonWriter out;
      if (TRY(write_event(out, desk, viewer, view, bodies, event))) {
        if (written == limit) {
          return written + 1;
        }
        each(out.take(), static_cast<std::int64_t>(event.seq));
        ++written;
      }
      seq = static_cast<std::int64_t>(event.seq);
    }
    if (chunk.size() < 64) {
      return written;
    }
  }
}

Result<http::Response> read_timeline(Call& call, ledger::View& view) {
  CaseId id = TRY(call.desk.path_id<CaseId>(call));
  Viewer viewer = TRY(Viewer::of(call, view, id));
  const Page page = TRY(page_of(call.request));
  std::int64_t seq = TRY(seq_of_cursor(call.desk, call.who, page.cursor));
  call.desk.note_read(call.who, id, "timeline");
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  std::size_t found = TRY(
      write_timeline(call.desk, viewer, view, seq, page.limit, [&](std::string json, std::int64_t) { out.raw(json); }));
  return list_answer(out, found > page.limit ? seq_cursor(call.desk, call.who, seq) : "");
}

/// A live case: its timeline from `cursor` or Last-Event-ID on, then whatever happens.
void live_case(Call call) {
  auto id = call.desk.path_id<CaseId>(call);
  std::string_view cursor = call.request.query_value("cursor").value_or("");
  if (std::string_view last = call.request.header("last-event-id"); !last.empty()) {
    cursor = last;
  }
  auto seq = seq_of_cursor(call.desk, call.who, cursor);
  if (!id || !seq) {
    call.reply.send_error(id ? seq.error() : id.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  // Once in a snapshot whether this is the caller's at all, then as a stream.
  bool queued = shared->desk.plane().read([shared, id = *id, from = *seq](ledger::View& view) mutable {
    auto viewer = Viewer::of(*shared, view, id);
    if (!viewer) {
      shared->reply.send_error(neutral(viewer.error()));
      return;
    }
    Desk& desk = shared->desk;
    desk.note_read(shared->who, id, "live");
    auto probe = std::make_shared<Call>(Call{desk, {}, {}, shared->who, nullptr, nullptr});
    desk.live().open(std::move(*shared),
                     [probe, id, from](ledger::View& now, http::BodyWriter& writer) mutable -> Result<void> {
                       probe->wall = TRY(probe->desk.wall_of(probe->who));  // it may have been built meanwhile
                       Viewer who = TRY(Viewer::of(*probe, now, id));
                       TRY(write_timeline(probe->desk, who, now, from, 1000, [&](std::string json, std::int64_t at) {
                         writer.write(event_text("timeline", seq_cursor(probe->desk, probe->who, at), json));
                       }));
                       return {};
                     });
  });
  if (!queued) {
    shared->reply.send_error({Code::Unavailable, "too much waits to be read; try again shortly"});
  }
}

void get_cases(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_cases);
}
void get_case(Call call) {
  if (wants_events(call.request)) {
    live_case(std::move(call));
    return;
  }
  Desk& desk = call.desk;
  desk.read(std::move(call), read_case);
}
void get_timeline(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_timeline);
}

}  // namespace

Resource case_routes() {
  using namespace schema;
  const Who who = key(access::Scope::CasesRead) | parties() | delegates(access::Delegated::Read) | readers_of_cases();
  const Text moment = R"({"type":["string","null"]})";
  const Text relief =
      array(object({{"kind", words({"hide", "autoblock_pile"})}, {"until", moment}, {"accounts", integer()}}));
  const Text pile = object({{"state", words(names_of<PileState>())}, {"since", moment}, {"until", moment}});
  const Text own = object({{"case_id", id("cas")},
                           {"number?", string()},
                           {"roles", array(words({"reporter", "target", "author"}))},
                           {"reports", array(object({{"report_id", id("rpt")},
                                                     {"received_at", time()},
                                                     {"state", words(names_of<ReportState>())},
                                                     {"items", integer()},
                                                     {"whole_pile", boolean()},
                                                     {"yours?", boolean()}}))},
                           {"state", words({"open", "closed"})},
                           {"since", moment},
                           {"answer_by", moment},
                           {"question?", object({{"question_id", id("evt")}, {"until", time()}})},
                           {"items?", integer()},
                           {"items_open?", integer()},
                           {"pile?", pile},
                           {"relief", relief}});
  const Text whole = object(
      {{"case_id", id("cas")},
       {"kind", words(names_of<CaseKind>())},
       {"state", words(names_of<CaseState>())},
       {"queue", string()},
       {"claimable", boolean()},
       {"lane", words(names_of<policy::Lane>())},
       {"severity", integer(0, 100)},
       {"deadline", moment},
       {"opened_at", moment},
       {"closed_at", moment},
       {"items", integer()},
       {"items_open", integer()},
       {"items_free", integer()},
       {"reports", integer()},
       {"holds", integer()},
       {"looked_at", boolean()},
       {"clock_stands?", object({{"question_id", id("evt")}, {"party", integer()}, {"until", time()}})},
       {"earlier_case?", id("cas")},
       {"pile?", pile},
       {"relief?", relief},
       {"parties?",
        array(object(
            {{"party", integer()}, {"roles", array(string())}, {"erased", boolean()}, {"locale?", string()}}))}});
  const Text event = object({{"seq?", integer(1)},
                             {"actor?", string()},
                             {"at", time()},
                             {"kind", string()},
                             {"fields", open_object({})},
                             {"by?", object({{"delegation_id", id("dlg")}, {"yours?", boolean()}})},
                             {"said?", open_object({})}});
  return {{
              {http::Method::Get,
               "/v1/cases",
               who,
               "cases",
               "The caller's cases; for staff all, by state or number.",
               get_cases,
               nullptr,
               paged({{"state", words({"open", "closed"}), "For staff."},
                      {"number", string(20), "For staff: as it was read out."}}),
               {},
               gives_json(page(ref("Case")))},
              {http::Method::Get,
               "/v1/cases/{id}",
               who,
               "cases",
               "One case as far as the caller may see it; as an event stream its timeline, live.",
               get_case,
               nullptr,
               {{"cursor", string(200), "For the stream: after this event."}},
               {},
               {.status = 200, .schema = ref("Case"), .live = true}},
              {http::Method::Get,
               "/v1/cases/{id}/timeline",
               who,
               "cases",
               "What happened, oldest first, as far as the caller may see it.",
               get_timeline,
               nullptr,
               paged(),
               {},
               gives_json(page(ref("TimelineEvent")))},
          },
          {{"Case", either({ref("OwnCase"), ref("WholeCase")})},
           {"OwnCase", own},
           {"WholeCase", whole},
           {"TimelineEvent", event}}};
}

}  // namespace heed::api
