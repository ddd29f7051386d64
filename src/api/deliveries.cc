#include "api/resources.h"
#include "casework/outbox.h"

/// What could not be delivered, and sending it once more.
namespace heed::api {
namespace {

using namespace casework;

Result<http::Response> read_deliveries(Call& call, ledger::View& view) {
  const Page page = TRY(page_of(call.request));
  std::optional<NoticeRow> after;
  if (!page.cursor.empty()) {
    after = TRY(ledger::get<NoticeRow>(view, TRY(call.desk.id_in<NoticeId>(call.who, page.cursor))));
    if (!after || !after->dead_from) {
      return invalid("?cursor", "is not one of ours, or was sent again meanwhile");
    }
  }
  std::vector<NoticeRow> dead = TRY(dead_notices(view, page.limit + 1, after ? &*after : nullptr));
  const bool more = dead.size() > page.limit;
  dead.resize(std::min(dead.size(), page.limit));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const NoticeRow& notice : dead) {
    out.begin_object().field("notice_id", notice.id.text()).field("kind", name_of(notice.kind));
    out.field("channel", name_of(notice.channel)).field("at", format_time(notice.at));
    write_time(out, "given_up_at", *notice.dead_from);
    if (auto attempt = TRY(ledger::get<AttemptRow>(view, notice.id))) {
      out.field("tries", attempt->tries).field("last_status", attempt->status);
    }
    out.end_object();
  }
  out.end_array();
  if (more) {
    out.field("next_cursor", dead.back().id.text());
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
                                {"tries?", integer()},
                                {"last_status?", integer()}});
  return {{
              {http::Method::Get,
               "/v1/deliveries",
               who,
               "notices",
               "Webhooks and mails that were given up after three days of trying: kind and way, never what they say "
               "or to whom.",
               get_deliveries,
               nullptr,
               paged(),
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
