#include "casework/alarms.h"

#include "api/resources.h"

/// For whoever is on call: what rings, and "I have it".
namespace heed::api {
namespace {

using namespace casework;

constexpr std::string_view kHouse = "house";  ///< beside the kinds of a case's alarms

void write_alarm(JsonWriter& out, const AlarmRow& alarm) {
  out.begin_object()
      .field("alarm_id", alarm.id.text())
      .field("case_id", alarm.case_id.text())
      .field("kind", name_of(alarm.kind));
  out.field("state", name_of(alarm.state))
      .field("at", format_time(alarm.at))
      .field("calls", alarm.rung)
      .field("level", alarm.level);
  write_time(out, "next_call_at", alarm.next_at.value_or(Time{}));
  write_time(out, "acknowledged_at", alarm.acknowledged_at);
  if (alarm.staff) {
    out.field("acknowledged_by", alarm.staff.text());
  }
  out.end_object();
}

void write_alarm(JsonWriter& out, const HouseAlarms::Alarm& alarm) {
  out.begin_object()
      .field("alarm_id", alarm.id.text())
      .field("kind", kHouse)
      .field("what", alarm.what)
      .field("text", alarm.sentence)
      .field("state", name_of(alarm.acknowledged() ? AlarmState::Acknowledged : AlarmState::Ringing))
      .field("at", format_time(alarm.at))
      .field("calls", alarm.rung)
      .field("level", alarm.level);
  write_time(out, "next_call_at", alarm.next_at.value_or(Time{}));
  write_time(out, "acknowledged_at", alarm.acknowledged_at);
  if (alarm.staff) {
    out.field("acknowledged_by", alarm.staff.text());
  }
  out.end_object();
}

Result<http::Response> read_alarms(Call& call, ledger::View& view) {
  const Page page = TRY(page_of(call.request));
  const std::string_view state = call.request.query_value("state").value_or("ringing");
  if (state != "ringing" && state != "all") {
    return invalid("?state", "must be ringing or all");
  }
  std::optional<AlarmRow> last;
  if (!page.cursor.empty()) {
    auto id = NoticeId::parse(page.cursor);
    last = id ? TRY(ledger::get<AlarmRow>(view, *id)) : std::optional<AlarmRow>{};
    if (!last) {
      return invalid("?cursor", "is not one of ours");
    }
  }
  std::vector<AlarmRow> rows = state == "all" ? TRY(all_alarms(view, page.limit + 1, last ? last->id : NoticeId{}))
                                              : TRY(open_alarms(view, page.limit + 1, last ? &*last : nullptr));
  const bool more = rows.size() > page.limit;
  rows.resize(std::min(rows.size(), page.limit));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  if (const HouseAlarms* house = call.desk.parts().house_alarms; house != nullptr && page.cursor.empty()) {
    for (const HouseAlarms::Alarm& alarm : state == "all" ? house->all() : house->ringing()) {
      write_alarm(out, alarm);
    }
  }
  for (const AlarmRow& alarm : rows) {
    if (TRY(call.desk.hidden(call, view, alarm.case_id))) {
      continue;
    }
    write_alarm(out, alarm);
  }
  out.end_array();
  if (more) {
    out.field("next_cursor", rows.back().id.text());
  }
  out.end_object();
  return json_answer(200, out.take());
}

void get_alarms(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_alarms);
}

void post_acknowledgement(Call call) {
  auto id = call.desk.path_id<NoticeId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  if (HouseAlarms* house = desk.parts().house_alarms; house != nullptr) {
    if (auto alarm = house->acknowledge(*id, StaffId{call.who.id}, desk.now())) {
      JsonWriter out;
      write_alarm(out, *alarm);
      call.reply.send(json_answer(200, out.take()));
      return;
    }
  }
  desk.command<AlarmRow>(
      std::move(call),
      [id = *id](Call& c, Context& context) { return acknowledge_alarm(context, id, StaffId{c.who.id}); },
      [](Call&, const AlarmRow& alarm) {
        JsonWriter out;
        write_alarm(out, alarm);
        return json_answer(200, out.take());
      });
}

}  // namespace

Resource alarm_routes() {
  using namespace schema;
  const Who who = readers_of_cases() | staff(access::Role::Admin);
  const Text moment = R"({"type":["string","null"]})";
  auto kinds = names_of<AlarmKind>();
  kinds.push_back(kHouse);
  const Text alarm = object({{"alarm_id", id("ntc")},
                             {"case_id?", id("cas")},
                             {"kind", words(kinds)},
                             {"what?", words({"clocks", "disk", "backup"})},
                             {"text?", string()},
                             {"state", words(names_of<AlarmState>())},
                             {"at", time()},
                             {"calls", integer(1)},
                             {"level", integer(0)},
                             {"next_call_at", moment},
                             {"acknowledged_at", moment},
                             {"acknowledged_by?", id("stf")}});
  return {
      {
          {http::Method::Get,
           "/v1/alarms",
           who,
           "alarms",
           "What rings and nobody has acknowledged, oldest first; or all, newest first. What concerns the house itself "
           "stands before the first page, and is forgotten with a restart.",
           get_alarms,
           nullptr,
           paged({{"state", words({"ringing", "all"}), "ringing when not given."}}),
           {},
           gives_json(page(ref("Alarm")))},
          {http::Method::Post,
           "/v1/alarms/{id}/acknowledgement",
           who,
           "alarms",
           "\"I have it\": nobody else in the rota is called. Again: the same answer.",
           post_acknowledgement,
           nullptr,
           {},
           {},
           gives_json(ref("Alarm"))},
      },
      {{"Alarm", alarm}}};
}

}  // namespace heed::api
