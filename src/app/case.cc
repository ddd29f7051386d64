#include "api/case_file.h"
#include "app/commands.h"
#include "app/office.h"
#include "casework/alarms.h"
#include "casework/bundle.h"
#include "casework/context.h"
#include "casework/erasure.h"

namespace heed::app {
namespace {

using casework::CaseRow;
using casework::CaseState;

std::string line_of(const CaseRow& row) { return std::string(casework::name_of(row.state)); }

/// By id, or by a party's number.
Result<CaseId> find_case(Office& office, ledger::View& view, const std::string& text) {
  if (text.starts_with("cas_")) {
    return CaseId::parse(text);
  }
  std::uint64_t number = TRY(parse_case_number(text));
  auto found = TRY(casework::party_with_number(view, office.rooms().hasher(), number));
  if (!found) {
    return fail(Code::NotFound, "no party has the number " + text);
  }
  return found->case_id;
}

Result<Output> list(Office& office, const Arguments& arguments) {
  auto view = TRY(office.rooms().store().view());
  Output out;
  out.columns({{"id", "Case"},
               {"kind", "Kind"},
               {"state", "State"},
               {"lane", "Lane"},
               {"severity", "Severity"},
               {"items", "Items"},
               {"opened_at", "Opened"}});
  const bool all = arguments.flag("--all");
  auto limit = static_cast<std::size_t>(arguments.integer("--limit"));
  TRY(ledger::scan<CaseRow>(*view, {.descending = true}, [&](const CaseRow& row) {
    if (all || row.state == CaseState::Open) {
      out.row({row.id.text(), std::string(casework::name_of(row.kind)), line_of(row),
               std::string(policy::lane_name(row.lane)), std::int64_t{row.severity()}, std::int64_t{row.items},
               cell(row.opened_at)});
    }
    return out.rows() < limit;
  }));
  if (out.rows() == 0) {
    out.note(all ? "There are no cases yet." : "No case is open.");
  }
  return out;
}

Result<Output> show(Office& office, const Arguments& arguments) {
  auto view = TRY(office.rooms().store().view());
  CaseId id = TRY(find_case(office, *view, arguments.text("case")));
  auto row = TRY(ledger::get<CaseRow>(*view, id));
  if (!row) {
    return fail(Code::NotFound, "there is no case " + id.text());
  }
  Output out;
  out.fact("id", "Case", id.text()).fact("kind", "Kind", std::string(casework::name_of(row->kind)));
  out.fact("state", "State", line_of(*row)).fact("lane", "Lane", std::string(policy::lane_name(row->lane)));
  out.fact("severity", "Severity", std::int64_t{row->severity()}).fact("items", "Items", std::int64_t{row->items});
  out.columns({{"seq", "Seq"}, {"pos", "Pos"}, {"at", "At"}, {"kind", "Event"}, {"bodies", "Sealed bytes"}}, "events");
  JsonParser parser(64);
  Result<void> read = view->case_events(id, 0, [&](const ledger::StoredEvent& event) {
    auto header = parser.parse(event.header);
    out.row({cell(event.seq), cell(event.pos), header ? cell(from_ms(header->get_int("at"))) : cell(Time{}),
             std::string(header ? header->get_string("kind") : "unreadable"),
             cell(std::uint64_t{event.bodies.size()})});
    return true;
  });
  TRY(std::move(read));
  return out;
}

Result<Output> hold(Office& office, const Arguments& arguments) {
  CaseId id;
  {
    auto view = TRY(office.rooms().store().view());
    id = TRY(find_case(office, *view, arguments.text("case")));
  }
  Output out;
  if (arguments.given("--release")) {
    auto hold = TRY(Id<EventTag>::parse(arguments.text("--release")));
    TRY(office.command(
        [&](casework::Context& context) { return casework::release_hold(context, id, hold, StaffId{}); }));
    out.fact("case", "Case", id.text()).fact("released", "Released", hold.text());
    return out;
  }
  Time until = office.now() + std::chrono::hours(24 * arguments.integer("--days"));
  Id<EventTag> placed;
  TRY(office.command([&](casework::Context& context) -> Result<void> {
    placed = TRY(
        casework::place_hold(context, id, until, arguments.text("--reason"), StaffId{}, arguments.flag("--silent")));
    return {};
  }));
  out.fact("case", "Case", id.text()).fact("hold", "Hold", placed.text()).fact("until", "Until", cell(until));
  return out;
}

Result<Output> alarms(Office& office, const Arguments& arguments) {
  auto view = TRY(office.rooms().store().view());
  const auto limit = static_cast<std::size_t>(arguments.integer("--limit"));
  Output out;
  out.columns(
      {{"id", "Alarm"}, {"case", "Case"}, {"kind", "Kind"}, {"state", "State"}, {"at", "Since"}, {"calls", "Calls"}});
  auto rows =
      arguments.flag("--all") ? TRY(casework::all_alarms(*view, limit)) : TRY(casework::open_alarms(*view, limit));
  for (const casework::AlarmRow& alarm : rows) {
    out.row({alarm.id.text(), alarm.case_id.text(), std::string(casework::name_of(alarm.kind)),
             std::string(casework::name_of(alarm.state)), cell(alarm.at), std::int64_t{alarm.rung}});
  }
  if (rows.empty()) {
    out.note("Nothing rings.");
  }
  return out;
}

Result<Output> acknowledge(Office& office, const Arguments& arguments) {
  const NoticeId id = TRY(NoticeId::parse(arguments.text("alarm")));
  casework::AlarmRow row;
  TRY(office.command([&](casework::Context& context) -> Result<void> {
    row = TRY(casework::acknowledge_alarm(context, id, StaffId{}));
    return {};
  }));
  Output out;
  out.fact("id", "Alarm", row.id.text()).fact("case", "Case", row.case_id.text());
  out.fact("acknowledged_at", "Acknowledged", cell(row.acknowledged_at));
  return out;
}

/// What one person may see of a case, signed: the file that she gets by the button on her page.
Result<Output> export_file(Office& office, const Arguments& arguments) {
  Rooms& rooms = office.rooms();
  auto view = TRY(rooms.store().view());
  const CaseId id = TRY(find_case(office, *view, arguments.text("case")));
  const std::string folder = office.settings().text("policy.dir");
  casework::RenderEnv render;
  render.keys = &rooms.ring();
  render.aliases = &rooms.aliases();
  render.policy = policy::InForce(folder.empty() ? policy::default_policy() : TRY(policy::load_policy(folder)));
  render.platform = office.settings().text("platform.name");
  access::Principal who;
  who.caller = access::Caller::User;
  who.account_id = arguments.text("--for");
  who.person = rooms.hasher().account(who.account_id);
  const api::FileRoom room{.keys = rooms.ring(),
                           .aliases = rooms.aliases(),
                           .hasher = rooms.hasher(),
                           .posts = *TRY(office.posts()),
                           .render = render,
                           .signing = rooms.secrets().signing,
                           .now = office.now()};
  auto file = api::case_file(*view, room, who, id, arguments.text("--locale"));
  if (!file && file.error().code == Code::NotFound) {  // not an account: whoever reported by mail
    who.person = rooms.hasher().mail(who.account_id);
    who.account_id.clear();
    file = api::case_file(*view, room, who, id, arguments.text("--locale"));
  }
  if (!file) {
    return file.error().code == Code::NotFound ? fail(Code::NotFound, "this person sees nothing of the case")
                                               : tl::unexpected(file.error());
  }
  Output out;
  out.document("file", arguments.text("--format") == "html"
                           ? TRY(casework::bundle_page(*file, arguments.text("--locale"), rooms.secrets().signing))
                           : *file);
  return out;
}

}  // namespace

std::vector<OfficeTask> case_tasks() {
  using Kind = Option::Kind;
  const Option which{.name = "case", .sentence = "cas_… or a number like H-7K3M-92QF", .required = true};
  return {
      {"case list",
       "Open cases, newest first",
       {{.name = "--all", .sentence = "Closed ones too", .kind = Kind::Flag},
        {.name = "--limit", .sentence = "How many", .kind = Kind::Int, .fallback = "50", .min = 1, .max = 1'000'000}},
       list},
      {"case show", "One case and its events, without their contents", {which}, show},
      {"case hold",
       "Stop the erasure of what a case holds, or end such a hold",
       {which,
        {.name = "--days", .sentence = "For how long", .kind = Kind::Int, .fallback = "90", .min = 1, .max = 3650},
        {.name = "--reason", .sentence = "The order or duty it rests on", .fallback = "unstated"},
        {.name = "--silent", .sentence = "An order forbids to tell anybody outside that it exists", .kind = Kind::Flag},
        {.name = "--release", .sentence = "evt_… of a hold: end it"}},
       hold},
      {"case export",
       "What one person may see of a case, signed, as she gets it on her page: redirect it into a file",
       {which,
        {.name = "--for", .sentence = "Whose: account id or mail address", .required = true},
        {.name = "--format",
         .sentence = "json, or html to be printed",
         .fallback = "json",
         .choices = {"json", "html"}},
        {.name = "--locale", .sentence = "In which language; the person's own when not given"}},
       export_file},
      {"case alarms",
       "Alarms that nobody has acknowledged, oldest first",
       {{.name = "--all", .sentence = "Acknowledged ones too, newest first", .kind = Kind::Flag},
        {.name = "--limit", .sentence = "How many", .kind = Kind::Int, .fallback = "50", .min = 1, .max = 1'000'000}},
       alarms},
      {"case acknowledge",
       "Say that somebody is at an alarm: nobody else is called",
       {{.name = "alarm", .sentence = "ntc_…, as the alarm and the list say", .required = true}},
       acknowledge},
  };
}

Command case_command() {
  return office_command("case", "Look at cases, hold them, and see to their alarms", case_tasks());
}

}  // namespace heed::app
