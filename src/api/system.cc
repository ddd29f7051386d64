#include "api/resources.h"

namespace heed::api {
namespace {

void send(Call& call, int status, std::string type, std::string body) {
  http::Response response;
  response.status = status;
  response.content_type = std::move(type);
  response.body = std::move(body);
  response.headers.emplace_back("Cache-Control", "no-store");
  call.reply.send(std::move(response));
}

void get_health(Call call) { send(call, 200, "application/json", R"({"status":"ok"})"); }

void get_ready(Call call) {
  const auto& ready = call.desk.parts().ready;
  auto state = ready ? ready() : Result<void>();
  if (state) {
    send(call, 200, "application/json", R"({"status":"ready"})");
  } else {
    call.reply.send_error({Code::Unavailable, state.error().message});
  }
}

/// Figures tell that somebody else has reported, so the world does not get them.
void get_metrics(Call call) {
  const bool local = (call.request.remote_address == "127.0.0.1" || call.request.remote_address == "::1") &&
                     call.request.header("x-forwarded-for").empty() && call.request.header("forwarded").empty();
  const bool known = call.who.caller == access::Caller::Platform || call.who.caller == access::Caller::Staff;
  if (!local && !known && !call.desk.options().open_metrics) {
    call.reply.send_error({Code::Unauthorized, "credentials are missing or not valid"});
    return;
  }
  send(call, 200, "text/plain; version=0.0.4", call.desk.parts().metrics.text());
}

void get_openapi(Call call) { send(call, 200, "application/json", call.desk.openapi()); }

struct ProblemPage {
  std::string_view slug, title, text;
};
constexpr ProblemPage kProblems[] = {
    {"malformed", "The request cannot be read",
     "The body is not JSON, or a header is malformed. Status 400. Correct it; sending it again will not help."},
    {"invalid", "The request has no valid meaning",
     "It was read, but fields are wrong; <code>errors</code> names each by JSON pointer. Status 422."},
    {"unauthorized", "Credentials are missing or not valid",
     "Status 401. Whatever was wrong with them, the answer is the same."},
    {"denied", "Not allowed",
     "Status 403. The caller is known but this is not for them; <code>detail</code> says for whom it is."},
    {"not-found", "Not found", "Status 404. It does not exist, or it is not yours to know of: the answers are alike."},
    {"conflict", "The state does not allow this",
     "Status 409. Somebody was faster, or it is over. Read it again and decide anew."},
    {"too-large", "Too large", "Status 413. The limit is in <code>detail</code>."},
    {"too-many", "Too many requests", "Status 429. Wait as long as <code>Retry-After</code> says."},
    {"unavailable", "Not available now; nothing was stored",
     "Status 503. Try again after <code>Retry-After</code>; with an Idempotency-Key nothing happens twice."},
    {"timeout", "Took too long", "Status 504."},
    {"internal", "Internal error", "Status 500. Our fault; <code>request_id</code> finds it in the log."},
    {"unknown_item", "An item was not taken",
     "In a report's <code>items_refused</code>: the id is not known here and no snapshot came with it."},
    {"unreadable_item", "An item was not taken",
     "In a report's <code>items_refused</code>: its snapshot cannot be read."},
    {"http-405", "Method not allowed", "The address exists; <code>Allow</code> names its methods."},
    {"http-415", "Unsupported media type", "The body must be of the type named in <code>detail</code>."},
};

void get_problems(Call call) {
  std::string page =
      "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Problems</title><h1>Problems</h1>\n";
  for (const ProblemPage& problem : kProblems) {
    page.append("<h2 id=\"")
        .append(problem.slug)
        .append("\">")
        .append(problem.title)
        .append("</h2><p>")
        .append(problem.text)
        .append("</p>\n");
  }
  http::Response response;
  response.content_type = "text/html; charset=utf-8";
  response.body = std::move(page);
  response.headers.emplace_back("Content-Security-Policy", "default-src 'none'");
  call.reply.send(std::move(response));
}

// --- the clock of tests -----------------------------------------------------------------------------------

Result<Time> read_clock(const Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  auto now = in.optional_time("now");
  const std::int64_t by = in.optional_int("advance_ms", 0, INT64_C(366) * 24 * 3600 * 1000, 0);
  const Time current = call.desk.now();
  if (now && *now < current) {
    in.error("now", "lies before the present time of this clock");
  }
  TRY(in.done());
  return now.value_or(current) + Millis(by);
}

/// Sets the clock, and answers when everything that this time brings has been done.
void post_clock(Call call) {
  auto time = read_clock(call);
  if (!time) {
    call.reply.send_error(time.error());
    return;
  }
  call.desk.parts().manual_clock->set(*time);
  auto shared = std::make_shared<Call>(std::move(call));
  bool queued = shared->desk.errand([shared, time = *time] {
    shared->desk.plane().settle();
    JsonWriter out;
    out.begin_object().field("now", format_time(time)).end_object();
    shared->reply.send(json_answer(200, out.take()));
  });
  if (!queued) {
    shared->reply.send_error({Code::Unavailable, "too much waits; try again shortly"});
  }
}

}  // namespace

Resource system_routes(const Desk& desk) {
  using namespace schema;
  const Text status = object({{"status", string()}});
  Resource system{{
      {http::Method::Get,
       "/healthz",
       everybody(),
       "system",
       "The process answers.",
       get_health,
       nullptr,
       {},
       {},
       gives_json(status),
       /*idempotent_key=*/false,
       1024,
       /*unlimited=*/true},
      {http::Method::Get,
       "/readyz",
       everybody(),
       "system",
       "Reports can be taken; 503 while they cannot.",
       get_ready,
       nullptr,
       {},
       {},
       gives_json(status),
       /*idempotent_key=*/false,
       1024,
       /*unlimited=*/true},
      {http::Method::Get,
       "/metrics",
       everybody(),
       "system",
       "Prometheus text: from the machine itself, or with a platform key or a staff session.",
       get_metrics,
       nullptr,
       {},
       {},
       {200, "text/plain", string()},
       /*idempotent_key=*/false,
       1024,
       /*unlimited=*/true},
      {http::Method::Get,
       "/openapi.json",
       everybody(),
       "system",
       "This document.",
       get_openapi,
       nullptr,
       {},
       {},
       gives_json(open_object({}))},
      {http::Method::Get,
       "/docs/problems",
       everybody(),
       "system",
       "What the types of problems mean.",
       get_problems,
       nullptr,
       {},
       {},
       {200, "text/html", string()}},
  }};
  if (const_cast<Desk&>(desk).parts().manual_clock != nullptr) {
    system.routes.push_back(
        {http::Method::Post,
         "/test/clock",
         key(access::Scope::TestClock),
         "system",
         "Test mode only: set or advance the clock; answered when all that this brings has been done.",
         post_clock,
         nullptr,
         {},
         takes_json(object({{"now?", time()}, {"advance_ms?", integer()}}), R"({"advance_ms":60000})"),
         gives_json(object({{"now", time()}}))});
  }
  return system;
}

}  // namespace heed::api
