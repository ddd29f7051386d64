#include "adapters/perspective/perspective.h"

#include <memory>

#include "adapters/perspective/analyze.h"
#include "adapters/perspective/comment_form.h"
#include "adapters/perspective/discovery.h"
#include "adapters/perspective/suggest.h"

namespace heed::adapters::perspective {
namespace {

struct Room {
  explicit Room(Parts given)
      : parts(std::move(given)),
        analyzed(parts.metrics.counter("heed_adapter_texts_total", "Texts scored for other people's protocols",
                                       {{"adapter", "perspective"}})),
        kept(parts.metrics.counter("heed_suggestions_total", "Suggested scores", {{"state", "kept"}})),
        not_kept(parts.metrics.counter("heed_suggestions_total", "Suggested scores", {{"state", "not_kept"}})) {}
  Parts parts;
  Counter &analyzed, &kept, &not_kept;
};

std::string_view credential_of(const http::Request& request) {
  if (auto key = request.query_value("key"); key && !key->empty()) {
    return *key;
  }
  std::string_view header = request.header("x-goog-api-key");
  return header.empty() ? request.bearer() : header;
}

/// The scorer, for a caller who may have it.
Answer<std::shared_ptr<const Scorer>> enter(Room& room, const http::Request& request) {
  const std::string_view credential = credential_of(request);
  Turnstile::Entry entry = room.parts.turnstile.enter(credential);
  if (!entry.allowed) {
    return tl::unexpected(refusal_of(entry.allowed.error(), entry.retry_after, !credential.empty()));
  }
  auto scorer = room.parts.scorer();
  if (scorer == nullptr) {
    return tl::unexpected(refusal_of({Code::Unavailable, "The service is starting; try again shortly."}));
  }
  return scorer;
}

Answer<std::string> analyze_call(Room& room, const http::Request& request) {
  auto scorer = ASK(enter(room, request));
  std::string answer = ASK(analyze(request.body, *scorer, room.parts.assumed_language));
  room.analyzed.add();
  return answer;
}

Answer<std::string> suggest_call(Room& room, const http::Request& request) {
  auto scorer = ASK(enter(room, request));
  Suggestion suggestion = ASK(read_suggestion(request.body, *scorer, room.parts.clock.now()));
  if (room.parts.suggestions == nullptr || suggestion.line.empty()) {
    room.not_kept.add();
  } else if (auto kept = room.parts.suggestions->append(suggestion.line); kept) {
    room.kept.add();
  } else {
    return tl::unexpected(refusal_of({Code::Unavailable, "The suggestion could not be kept; try again later."}));
  }
  return std::move(suggestion.answer);
}

void send(http::Reply& reply, Answer<std::string> answer) {
  reply.note("perspective");
  reply.send(answer ? http::Response{.body = *std::move(answer)} : response(answer.error()));
}

void discover(const Room& room, const http::Request& request, http::Reply& reply) {
  auto version = request.query_value("version");
  const std::string root = root_url(room.parts.public_url, request.header("host"), request.header("x-forwarded-proto"));
  if ((version && *version != "v1alpha1") || root.empty()) {
    reply.send(response(
        {.code = 404, .status = "NOT_FOUND", .message = "There is a discovery document for version v1alpha1."}));
    return;
  }
  http::Response answer{.body = discovery_document(root)};
  answer.headers.emplace_back("Vary", "Host, X-Forwarded-Proto");
  reply.send(std::move(answer));
}

}  // namespace

void add_routes(http::Router& router, Parts parts) {
  auto room = std::make_shared<Room>(std::move(parts));
  const http::RouteOptions options{.body_bytes_max = kBodyBytesMax};
  router.add(
      http::Method::Post, "/v1alpha1/comments:analyze",
      [room](http::Request request, http::Reply reply) { send(reply, analyze_call(*room, request)); }, options);
  router.add(
      http::Method::Post, "/v1alpha1/comments:suggestscore",
      [room](http::Request request, http::Reply reply) { send(reply, suggest_call(*room, request)); }, options);
  router.add(http::Method::Get, "/$discovery/rest",
             [room](http::Request request, http::Reply reply) { discover(*room, request, reply); });
}

}  // namespace heed::adapters::perspective
