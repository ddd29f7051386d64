#include "api/guest_reports.h"

#include <algorithm>

#include "api/even_pace.h"
#include "api/resources.h"

namespace heed::api {
namespace {

using namespace casework;

constexpr auto kKeyLife = std::chrono::hours(24 * 400);  // an appeal may come half a year after a decision

/// Article 16(2)(c) DSA: whoever tells of the abuse of a child need not say who they are.
bool may_be_nameless(const ReportCommand& command) {
  return std::find(command.symptoms.begin(), command.symptoms.end(), "child_safety") != command.symptoms.end();
}

Result<ReportRequest> read_guest_report(const Call& call, Json body) {
  Idempotency idempotency = TRY(idempotency_of(call));
  ReportRequest request = TRY(read_report(call, body));
  ReportCommand& command = request.command;
  if (command.reporter.empty() && !may_be_nameless(command)) {
    return invalid("/reporter/email",
                   "is needed, so that we can answer; only who reports the abuse of a child may leave it out");
  }
  TRY(call.desk.count_guest(call.request, command.reporter));
  command.idempotency = idempotency.key;
  command.body = idempotency.body;
  // A person of its own; the same one when the same request comes again.
  const bool repeatable = idempotency.key != ledger::Hash16{};
  command.reporter +=
      '\n' + (repeatable ? std::string(reinterpret_cast<const char*>(idempotency.key.data()), idempotency.key.size())
                         : random_string(16));
  return request;
}

void post_guest_report(Call call) {
  auto body = body_json(call.request);
  if (!body) {
    call.reply.send_error(body.error());
    return;
  }
  take_guest_report(std::move(call), *body, [](Call& c, Result<GuestReceipt> taken) {
    if (taken) {
      c.reply.send(json_answer(201, receipt_json(c, taken->receipt, taken->case_key)));
    } else {
      c.reply.send_error(taken.error());
    }
  });
}

}  // namespace

void take_guest_report(Call call, Json body, Function<void(Call&, Result<GuestReceipt>)> done) {
  const auto arrived = EvenPace::Steady::now();
  call.who = access::Principal{};  // whoever is logged in elsewhere: here nobody is
  auto request = read_guest_report(call, body);
  if (!request) {
    done(call, tl::unexpected(request.error()));
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  shared->desk.plane().report(
      *std::move(request), [shared, arrived, done = std::move(done)](Result<Receipt> receipt) mutable {
        if (!receipt) {
          done(*shared, tl::unexpected(receipt.error()));
          return;
        }
        Desk& desk = shared->desk;
        shared->who.caller = access::Caller::Guest;
        shared->who.person = receipt->reporter;
        shared->who.guest_case = receipt->case_id;
        GuestReceipt made{*receipt, desk.id_out(shared->who, receipt->case_id),
                          desk.guests().make(receipt->reporter, receipt->case_id, desk.now() + kKeyLife)};
        desk.pace().after(arrived, [shared, done = std::move(done), made = std::move(made)]() mutable {
          done(*shared, std::move(made));
        });
      });
}

Resource guest_report_routes() {
  return {
      {{http::Method::Post,
        "/v1/guest-reports",
        everybody(),
        "reports",
        "Report without an account: `reporter` is {name, email}, nothing by pile. The answer holds the key to this one "
        "case.",
        post_guest_report,
        nullptr,
        {},
        takes_json(
            schema::ref("ReportRequest"),
            R"({"reporter":{"name":"Kim","email":"kim@example.org"},"items":[{"kind":"url","url":"https://example.org/p/1"}],)"
            R"("about":"someone_else","symptoms":["threat_of_violence"],"channel":"mobile_web","locale":"en"})"),
        gives_json(schema::ref("Receipt"), 201),
        /*idempotent_key=*/true,
        1 << 20}}};
}

}  // namespace heed::api
