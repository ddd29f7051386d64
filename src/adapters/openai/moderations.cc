#include "adapters/openai/moderations.h"

#include <memory>

#include "adapters/lenient_json.h"
#include "adapters/openai/moderation_form.h"
#include "base/bytes.h"
#include "base/crypto.h"

namespace heed::adapters::openai {
namespace {

struct Room {
  explicit Room(Parts given)
      : parts(std::move(given)),
        judged(parts.metrics.counter("heed_adapter_texts_total", "Texts scored for other people's protocols",
                                     {{"adapter", "openai"}})) {}
  Parts parts;
  Counter& judged;
};

Refusal refusal_of(const Error& error, Millis retry_after) {
  switch (error.code) {
    case Code::Unauthorized:
      return {.http = 401, .message = "Incorrect API key provided.", .code = "invalid_api_key"};
    case Code::Denied:
      return {.http = 403,
              .message = "This API key may not assess texts: it needs the scope assess.",
              .type = "insufficient_permissions",
              .code = "missing_scope"};
    case Code::TooMany:
      return {.http = 429,
              .message = "Rate limit reached: " + error.message + ".",
              .type = "requests",
              .code = "rate_limit_exceeded",
              .retry_after = retry_after_seconds(retry_after)};
    case Code::Unavailable:
      return {.http = 503,
              .message = error.message,
              .type = "server_error",
              .retry_after = retry_after_seconds(retry_after)};
    default:
      return {.http = 500, .message = "The server had an error while processing your request.", .type = "server_error"};
  }
}

void answer(Room& room, const ModerationForm& form, const Scorer& scorer, http::Reply& reply) {
  const std::string id = "modr-" + to_hex(random_string(12));
  room.judged.add(form.inputs.size());
  reply.send({.body = write_moderation(form, scorer, id, room.parts.assumed_language)});
}

void moderate(const std::shared_ptr<Room>& room, const http::Request& request, http::Reply reply) {
  reply.note("openai");
  const std::string_view key = request.bearer();
  if (auto known = room->parts.turnstile.known(key); !known) {  // before anything of the body is read
    reply.send(response(refusal_of(known.error(), Millis(0))));
    return;
  }
  thread_local JsonParser kept(32);
  const ParserFor parser(kept, request.body);
  auto form = read_moderation(*parser, request.body);
  Turnstile::Entry entry = room->parts.turnstile.enter(key, form ? form->inputs.size() : 1);
  if (!entry.allowed) {
    reply.send(response(refusal_of(entry.allowed.error(), entry.retry_after)));
    return;
  }
  if (!form) {
    reply.send(response(form.error()));
    return;
  }
  auto scorer = room->parts.scorer();
  if (scorer == nullptr) {
    reply.send(response(refusal_of({Code::Unavailable, "The service is starting; try again shortly."}, Millis(0))));
    return;
  }
  if (form->inputs.size() <= kInlineInputsMax && form->bytes <= kInlineBytesMax) {
    answer(*room, *form, *scorer, reply);
    return;
  }
  struct Work {
    ModerationForm form;
    http::Reply reply;
  };
  auto work = std::make_shared<Work>(Work{*std::move(form), std::move(reply)});
  const bool queued =
      room->parts.slow_lane.run([room, scorer, work] { answer(*room, work->form, *scorer, work->reply); });
  if (!queued) {
    work->reply.send(
        response(refusal_of({Code::Unavailable, "Too many large requests wait; try again shortly."}, Millis(0))));
  }
}

}  // namespace

void add_routes(http::Router& router, Parts parts) {
  auto room = std::make_shared<Room>(std::move(parts));
  router.add(http::Method::Post, "/v1/moderations",
             [room](http::Request request, http::Reply reply) { moderate(room, request, std::move(reply)); },
             {.body_bytes_max = kBodyBytesMax});
}

}  // namespace heed::adapters::openai
