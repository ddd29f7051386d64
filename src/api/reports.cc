#include "api/even_pace.h"
#include "api/report_form.h"
#include "api/resources.h"

namespace heed::api {
namespace {

using namespace casework;

std::string_view relief_word(ReliefKind kind) { return kind == ReliefKind::Autoblock ? "autoblock_pile" : "hide"; }

std::string reason_text(std::string_view reason) {
  if (reason == "unknown_item") {
    return "this id is not known here and came without a snapshot";
  }
  return reason == "unreadable_item" ? "this item cannot be read" : std::string(reason);
}

Result<ReportRequest> decode(const Call& call) {
  Idempotency idempotency = TRY(idempotency_of(call));
  Json body = TRY(body_json(call.request));
  ReportRequest request = TRY(read_report(call, body));
  request.command.idempotency = idempotency.key;
  request.command.body = idempotency.body;
  return request;
}

/// A user who reports for somebody who has let them do so reports in that person's name.
Result<void> act_for(Call& call) {
  if (call.who.caller != access::Caller::User || call.who.acts_for_another()) {
    return {};
  }
  Json body = TRY(body_json(call.request));
  std::string_view account = body.get_string("on_behalf_of");
  if (account.empty()) {
    return {};
  }
  auto grant = TRY(call.desk.grants())->between(call.who.person, call.desk.hasher().account(account), call.desk.now());
  if (grant && (grant->scopes & static_cast<std::uint32_t>(access::Delegated::Report)) != 0) {
    call.who = access::acting(*grant, std::move(call.who.locale));
  }
  return {};
}

void post_report(Call call) {
  const auto arrived = EvenPace::Steady::now();
  if (auto acts = act_for(call); !acts) {
    call.reply.send_error(acts.error());
    return;
  }
  auto request = decode(call);
  if (!request) {
    call.reply.send_error(request.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  shared->desk.plane().report(*std::move(request), [shared, arrived](Result<Receipt> receipt) {
    if (receipt && Desk::is_party(shared->who)) {
      shared->desk.pace().after(arrived,
                                [shared, answer = json_answer(201, receipt_json(*shared, *receipt))]() mutable {
                                  shared->reply.send(std::move(answer));
                                });
    } else if (receipt) {
      shared->reply.send(json_answer(201, receipt_json(*shared, *receipt)));
    } else {
      shared->reply.send_error(receipt.error());
    }
  });
}

// --- reading them again -----------------------------------------------------------------------------------

/// A user's own reports, a guest's in that case, a platform's all.
bool is_own(const access::Principal& who, const ReportRow& row) {
  switch (who.caller) {
    case access::Caller::User:
      return row.person == who.person;
    case access::Caller::Guest:
      return row.person == who.person && row.case_id == who.guest_case;
    case access::Caller::Platform:
    case access::Caller::Staff:
      return true;
    case access::Caller::Public:
      break;
  }
  return false;
}

Result<void> write_report(JsonWriter& out, const Call& call, ledger::View& view, const ReportRow& row) {
  const Desk& desk = call.desk;
  auto party = TRY(ledger::get<PartyRow>(view, row.case_id, row.party));
  out.begin_object()
      .field("report_id", desk.id_out(call.who, row.id))
      .field("case_id", desk.id_out(call.who, row.case_id));
  if (party && party->number) {
    out.field("number", format_case_number(static_cast<std::uint64_t>(*party->number)));
  }
  out.field("received_at", format_time(row.at)).field("state", name_of(row.state)).field("items", row.items);
  out.field("whole_pile", row.whole_pile);
  write_time(out, "answered_at", row.informed_at);
  if (row.person) {
    out.field("status_url", desk.case_link(*row.person, row.case_id));
  }
  out.end_object();
  return {};
}

Result<http::Response> read_reports(Call& call, ledger::View& view) {
  const Page page = TRY(page_of(call.request));
  access::PersonHash person = call.who.person;
  if (!Desk::is_party(call.who)) {
    auto account = call.request.query_value("account_id");
    if (!account || account->empty()) {
      return invalid("?account_id", "is required: whose reports");
    }
    person = call.desk.hasher().account(*account);
  }
  std::array<ledger::Cell, 1> after{};
  ReportId last{};
  if (!page.cursor.empty()) {
    last = TRY(call.desk.id_in<ReportId>(call.who, page.cursor));
    after[0] = ledger::to_cell(last);
  }
  auto prefix = ledger::cells(person);
  std::vector<ReportRow> rows;
  TRY(ledger::scan<ReportRow>(view,
                              {.index = ReportRow::kByPerson,
                               .prefix = prefix,
                               .after = page.cursor.empty() ? ledger::Cells{} : ledger::Cells(after),
                               .descending = true,
                               .limit = page.limit + 1},
                              [&](const ReportRow& row) {
                                if (is_own(call.who, row)) {
                                  rows.push_back(row);
                                }
                              }));
  const bool more = rows.size() > page.limit;
  rows.resize(std::min(rows.size(), page.limit));
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const ReportRow& row : rows) {
    TRY(write_report(out, call, view, row));
  }
  out.end_array();
  if (more) {
    out.field("next_cursor", call.desk.id_out(call.who, rows.back().id));
  }
  out.end_object();
  return json_answer(200, out.take());
}

Result<http::Response> read_report_again(Call& call, ledger::View& view) {
  ReportId id = TRY(call.desk.path_id<ReportId>(call));
  auto row = TRY(ledger::get<ReportRow>(view, id));
  if (!row || !is_own(call.who, *row)) {
    return not_found();
  }
  JsonWriter out;
  TRY(write_report(out, call, view, *row));
  return json_answer(200, out.take());
}

void get_reports(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_reports);
}
void get_report(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_report_again);
}

void post_withdrawal(Call call) {
  auto id = call.desk.path_id<ReportId>(call);
  if (!id) {
    call.reply.send_error(id.error());
    return;
  }
  Desk& desk = call.desk;
  desk.create<ReportRow>(
      std::move(call),
      [id = *id](Call& c, Context& context) -> Result<ReportRow> {
        auto row = TRY(ledger::get<ReportRow>(context.tx(), id));
        if (!row || !is_own(c.who, *row)) {
          return not_found();
        }
        if (c.who.acts_for_another() && row->filed_by != c.who.delegation) {
          return fail(Code::Denied, "a delegate can take back only what was reported through this delegation");
        }
        TRY(withdraw_report(context, id));
        row->state = ReportState::Withdrawn;
        return *row;
      },
      [id = *id](Call&, Context&, const Made&) -> Result<ReportRow> {
        ReportRow row;
        row.id = id;
        row.state = ReportState::Withdrawn;
        return row;
      },
      [](Call& c, const ReportRow& row) {
        JsonWriter out;
        out.begin_object()
            .field("report_id", c.desk.id_out(c.who, row.id))
            .field("state", name_of(row.state))
            .end_object();
        return json_answer(200, out.take());
      });
}

}  // namespace

/// Numbers are minted per person, so nothing here tells a first report from a tenth.
std::string receipt_json(const Call& call, const Receipt& receipt, std::string_view case_key) {
  const Desk& desk = call.desk;
  JsonWriter out;
  out.begin_object().field("report_id", desk.id_out(call.who, receipt.report));
  out.field("number", format_case_number(static_cast<std::uint64_t>(receipt.number)));
  out.field("received_at", format_time(receipt.received_at)).field("items_accepted", receipt.accepted);
  out.key("items_refused").begin_array();
  for (const RefusedItem& refused : receipt.refused) {
    out.begin_object().field("index", refused.index).key("problem").begin_object();
    out.field("type", "/docs/problems#" + refused.reason)
        .field("title", "This item was not taken")
        .field("status", 422);
    out.field("detail", reason_text(refused.reason)).end_object().end_object();
  }
  out.end_array().key("relief").begin_array();
  auto relief = [&](const std::vector<ReliefKind>& kinds, std::string_view state) {
    for (ReliefKind kind : kinds) {
      out.begin_object().field("kind", relief_word(kind)).field("state", state).end_object();
    }
  };
  relief(receipt.relief, "applied");
  relief(receipt.relief_not_available, "not_available");
  out.end_array().field("status_url", desk.case_link(receipt.reporter, receipt.case_id));
  if (!Desk::is_party(call.who)) {
    out.field("case_id", receipt.case_id.text());
  }
  out.field_unless_empty("case_key", case_key).end_object();
  return out.take();
}

schema::Text receipt_schema() {
  using namespace schema;
  const Text problem =
      object({{"type", string()}, {"title", string()}, {"status", integer(400, 599)}, {"detail?", string()}});
  return object({{"report_id", id("rpt")},
                 {"number", string()},
                 {"received_at", time()},
                 {"items_accepted", integer()},
                 {"items_refused", array(object({{"index", integer()}, {"problem", problem}}))},
                 {"relief", array(object({{"kind", words({"hide", "autoblock_pile"})},
                                          {"state", words({"applied", "not_available"})}}))},
                 {"status_url", string()},
                 {"case_id?", id("cas")},
                 {"case_key?", string()}});
}

Resource report_routes() {
  using namespace schema;
  const Who reports =
      key(access::Scope::ReportsWrite) | user() | delegates(access::Delegated::Report) | readers_of_cases();
  const Who readers = key(access::Scope::ReportsRead) | parties() | delegates(access::Delegated::Read);
  const Text report = object({{"report_id", id("rpt")},
                              {"case_id", id("cas")},
                              {"number?", string()},
                              {"received_at", time()},
                              {"state", words(names_of<ReportState>())},
                              {"items", integer()},
                              {"whole_pile", boolean()},
                              {"answered_at", R"({"type":["string","null"]})"},
                              {"status_url?", string()}});
  return {{
              {http::Method::Post,
               "/v1/reports",
               reports,
               "reports",
               "Report posts, accounts, links, or a whole pile. Answered when it is on stable storage.",
               post_report,
               nullptr,
               {},
               takes_json(ref("ReportRequest"), kReportExample),
               gives_json(ref("Receipt"), 201),
               /*idempotent_key=*/true,
               8 << 20,
               /*unlimited=*/true},
              {http::Method::Get,
               "/v1/reports",
               readers,
               "reports",
               "The caller's own reports, newest first.",
               get_reports,
               nullptr,
               paged({{"account_id", string(255), "For platform keys: whose reports."}}),
               {},
               gives_json(page(ref("Report")))},
              {http::Method::Get,
               "/v1/reports/{id}",
               readers,
               "reports",
               "One report.",
               get_report,
               nullptr,
               {},
               {},
               gives_json(ref("Report"))},
              {http::Method::Post,
               "/v1/reports/{id}/withdrawal",
               key(access::Scope::ReportsWrite) | parties() | delegates(access::Delegated::Report),
               "reports",
               "Take a report back. What it named stays under review.",
               post_withdrawal,
               nullptr,
               {},
               {},
               gives_json(object({{"report_id", id("rpt")}, {"state", constant("withdrawn")}})),
               /*idempotent_key=*/true},
          },
          {{"ReportRequest", report_schema()}, {"Receipt", receipt_schema()}, {"Report", report}}};
}

}  // namespace heed::api
