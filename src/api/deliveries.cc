#include "api/resources.h"
#include "casework/outbox.h"

/// What could not be delivered, what waits or is tried again, and sending once more what was given up.
namespace heed::api {
namespace {

using namespace casework;

/// What is to go, the next first; what waits for its time, for another try or for what goes before it.
Result<std::vector<NoticeRow>> waiting_notices(ledger::View& view, std::size_t limit, const NoticeRow* after) {
  std::vector<NoticeRow> rows;
  auto take = [&](const NoticeRow& row) { rows.push_back(row); };
  if (after != nullptr) {
    auto position = ledger::cells(after->pending_from, after->id);
    TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByPending, .after = position, .limit = limit}, take));
  } else {
    TRY(ledger::scan<NoticeRow>(view, {.index = NoticeRow::kByPending, .limit = limit}, take));
  }
  return rows;
}

Result<http::Response> read_deliveries(Call& call, ledger::View& view) {
  const Page page = TRY(page_of(call.request));
  const std::string_view state = call.request.query_value("state").value_or("given_up");
  const bool waiting = state == "waiting";
  if (!waiting && state != "given_up") {
    return invalid("?state", "must be given_up or waiting");
  }
  std::optional<NoticeRow> after;
  if (!page.cursor.empty()) {
    after = TRY(ledger::get<NoticeRow>(view, TRY(call.desk.id_in<NoticeId>(call.who, page.cursor))));
    if (!after || !(waiting ? after->pending_from : after->dead_from)) {
      return invalid("?cursor", "is not one of ours, or is in another state meanwhile");
    }
  }
  const NoticeRow* from = after ? &*after : nullptr;
  std::vector<NoticeRow> rows =
      TRY(waiting ? waiting_notices(view, page.limit + 1, from) : dead_notices(view, page.limit + 1, from));
  const bool more = rows.size() > page.limit;
  rows.resize(std::min(rows.size(), page.limit));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const NoticeRow& notice : rows) {
    out.begin_object().field("notice_id", notice.id.text()).field("kind", name_of(notice.kind));
    out.field("channel", name_of(notice.channel)).field("at", format_time(notice.at));
    write_time(out, "given_up_at", notice.dead_from.value_or(Time{}));
    auto attempt = TRY(ledger::get<AttemptRow>(view, notice.id));
    if (attempt) {
      out.field("tries", attempt->tries).field("last_status", attempt->status);
    }
    if (waiting) {
      write_time(out, "next_try_at", attempt ? attempt->next_at : *notice.pending_from);
    }
    out.end_object();
  }
  out.end_array();
  if (more) {
    out.field("next_cursor", rows.back().id.text());
  }
  out.end_object();
  return json_answer(200, out.take());
}
void get_deliveries(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_deliveries);
}

void post_replay(Call call) {
  auto id = call.desk.path_id<NoticeId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<bool>(
      std::move(call),
      [id = *id](Call&, Context& context) -> Result<bool> {
        TRY(replay_notice(context, id));
        return true;
      },
      [](Call&, bool) { return nothing(); }, Wakes::Yes);
}

}  // namespace

Resource delivery_routes() {
  using namespace schema;
  const Who who = staff(access::Role::Lead) | staff(access::Role::Admin);
  const Text moment = R"({"type":["string","null"]})";
  const Text delivery = object({{"notice_id", id("ntc")},
                                {"kind", words(names_of<NoticeKind>())},
                                {"channel", words(names_of<Channel>())},
                                {"at", time()},
                                {"given_up_at", moment},
                                {"next_try_at?", moment},
                                {"tries?", integer()},
                                {"last_status?", integer()}});
  return {
      {
          {http::Method::Get,
           "/v1/deliveries",
           who,
           "notices",
           "Webhooks and mails that were given up after three days of trying, or that wait: kind and way, never what "
           "they say or to whom.",
           get_deliveries,
           nullptr,
           paged({{"state", words({"given_up", "waiting"}), "given_up when not given."}}),
           {},
           gives_json(page(ref("Delivery")))},
          {http::Method::Post,
           "/v1/deliveries/{id}/replay",
           who,
           "notices",
           "Try it again, as if for the first time.",
           post_replay,
           nullptr,
           {},
           {},
           gives_nothing()},
      },
      {{"Delivery", delivery}}};
}

}  // namespace heed::api
