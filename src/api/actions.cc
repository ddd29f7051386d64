#include "casework/actions.h"

#include "api/live.h"
#include "api/resources.h"

namespace heed::api {
namespace {

using namespace casework;

constexpr std::size_t kOrdersMax = 1000;

/// Orders after `last`, oldest first: ids grow in commit order, so the newest seen is the cursor.
Result<std::vector<ActionRow>> orders_after(ledger::View& view, ActionId last, std::size_t limit) {
  std::vector<ActionRow> rows;
  auto after = ledger::cells(last);
  TRY(ledger::scan<ActionRow>(view, {.after = after, .limit = limit},
                              [&](const ActionRow& row) { rows.push_back(row); }));
  return rows;
}

Result<ActionId> cursor_of(const Call& call) {
  std::string_view cursor = call.request.query_value("cursor").value_or("");
  if (std::string_view last = call.request.header("last-event-id"); !last.empty()) {
    cursor = last;
  }
  if (cursor.empty()) {
    return ActionId{};
  }
  auto id = ActionId::parse(cursor);
  if (!id) {
    return invalid("?cursor", "is not one of ours");
  }
  return *id;
}

Result<http::Response> read_orders(Call& call, ledger::View& view) {
  const Page page = TRY(page_of(call.request, kOrdersMax, 200));
  ActionId last = TRY(cursor_of(call));
  http::Response response;
  response.content_type = "application/x-ndjson";
  response.headers.emplace_back("Cache-Control", "no-store");
  for (const ActionRow& row : TRY(orders_after(view, last, page.limit))) {
    response.body += TRY(action_json(view, call.desk.parts().render, row));
    response.body += '\n';
    last = row.id;
  }
  response.headers.emplace_back("X-Next-Cursor", last ? last.text() : "");
  return response;
}

void get_actions(Call call) {
  Desk& desk = call.desk;
  if (!wants_events(call.request)) {
    desk.read(std::move(call), read_orders);
    return;
  }
  auto from = cursor_of(call);
  if (!from) {
    call.reply.send_error(from.error());
    return;
  }
  desk.live().open(
      std::move(call), [&desk, last = *from](ledger::View& view, http::BodyWriter& writer) mutable -> Result<void> {
        for (const ActionRow& row : TRY(orders_after(view, last, kOrdersMax))) {
          writer.write(event_text("action", row.id.text(), TRY(action_json(view, desk.parts().render, row))));
          last = row.id;
        }
        return {};
      });
}

Result<ConfirmCommand> read_result(const Call& call) {
  ConfirmCommand command;
  command.action = TRY(call.desk.path_id<ActionId>(call));
  FieldReader in(TRY(body_json(call.request)), "");
  std::string_view state = in.required_string("state", 1, 20);
  if (state == "done") {
    command.state = ActionState::Done;
  } else if (state == "failed") {
    command.state = ActionState::Failed;
  } else if (state == "refused") {
    command.state = ActionState::Refused;
  } else if (!state.empty()) {
    in.error("state", "must be one of: done, failed, refused");
  }
  command.platform_at = in.optional_time("at").value_or(Time{});
  command.detail = checked_text(in, "detail", in.optional_string("detail", 4000));
  TRY(in.done());
  return command;
}

void post_result(Call call) {
  auto command = read_result(call);
  if (!command) {
    call.reply.send_error(command.error());
    return;
  }
  Desk& desk = call.desk;
  desk.command<ConfirmResult>(
      std::move(call), [command = *command](Call&, Context& context) { return confirm_action(context, command); },
      [action = command->action](Call&, const ConfirmResult& result) {
        JsonWriter out;
        out.begin_object().field("action_id", action.text()).field("state", name_of(result.state)).end_object();
        return json_answer(200, out.take());
      },
      Wakes::Yes);
}

}  // namespace

Resource action_routes() {
  using namespace schema;
  const Text order = open_object({});
  return {
      {
          {http::Method::Get,
           "/v1/actions",
           key(access::Scope::ActionsRead),
           "actions",
           "What the platform is ordered to do, oldest first, an order a line; X-Next-Cursor says where to go on. As "
           "an event stream: as it comes.",
           get_actions,
           nullptr,
           {{"limit", integer(1, kOrdersMax), "At most so many; 200 when not given."},
            {"cursor", string(200), "After this order."}},
           {},
           {.status = 200, .type = "application/x-ndjson", .schema = ref("Order"), .live = true}},
          {http::Method::Post,
           "/v1/actions/{id}/result",
           key(access::Scope::ActionsWrite),
           "actions",
           "What became of an order. Until then pages say \"ordered\".",
           post_result,
           nullptr,
           {},
           takes_json(
               object({{"state", words({"done", "failed", "refused"})}, {"at?", time()}, {"detail?", string(4000)}}),
               R"({"state":"done","at":"2026-11-21T18:00:00.000Z"})"),
           gives_json(object({{"action_id", id("act")}, {"state", words(names_of<ActionState>())}}))},
      },
      {{"Order", order}}};
}

}  // namespace heed::api
