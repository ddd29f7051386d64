#include "api/api.h"

#include "api/live.h"
#include "api/openapi.h"
#include "api/resources.h"
#include "base/log.h"
#include "http/problem.h"

namespace heed::api {
namespace {

const char* caller_word(const access::Principal& who) {
  switch (who.caller) {
    case access::Caller::Public:
      return "public";
    case access::Caller::Platform:
      return "platform";
    case access::Caller::User:
      return "user";
    case access::Caller::Guest:
      return "guest";
    case access::Caller::Staff:
      return "staff";
  }
  return "public";
}

/// Bodies must say what they are (a form sent across sites cannot say JSON); none at all is taken for JSON.
bool right_type(const Route& route, const http::Request& request) {
  std::string_view type = request.header("content-type");
  if (route.takes.type.empty() || type.empty()) {
    return true;
  }
  std::string_view bare = type.substr(0, type.find(';'));
  while (bare.ends_with(' ')) {
    bare.remove_suffix(1);
  }
  return bare == route.takes.type || (!route.takes.also_type.empty() && bare == route.takes.also_type);
}

http::Response wrong_type(const Route& route, const http::Request& request) {
  std::string detail = "the body must be " + route.takes.type;
  if (!route.takes.also_type.empty()) {
    detail += " or " + route.takes.also_type;
  }
  return http::detail::problem_of_status(415, detail, request.request_id);
}

/// Lets the caller in or answers the refusal.
bool admitted(Desk& desk, const Route& route, const http::Request& request, http::Reply& reply, access::Principal& who,
              WallPtr& wall) {
  auto admitted = desk.admit(route, request);
  if (!admitted) {
    reply.note("refused");
    reply.send_error(admitted.error());
    return false;
  }
  who = *std::move(admitted);
  auto walled = desk.wall_of(who);
  if (!walled) {
    reply.send_error(walled.error());  // not to know is not to let in
    return false;
  }
  wall = *std::move(walled);
  reply.note(caller_word(who));
  if (!right_type(route, request)) {
    reply.send(wrong_type(route, request));
    return false;
  }
  return true;
}

}  // namespace

Api::Api(Parts parts, Options options) : desk_(std::make_unique<Desk>(std::move(parts), std::move(options))) {
  resources_ = all_resources(*desk_);
  desk_->openapi() = openapi_document(resources_);
}
Api::~Api() = default;

void Api::routes(http::Router& router) {
  for (const Resource& resource : resources_) {
    for (const Route& route : resource.routes) {
      const Route* entry = &route;
      const http::RouteOptions options{.body_bytes_max = route.body_bytes_max};
      if (route.stream != nullptr) {
        router.add_stream(
            route.method, route.pattern,
            [desk = desk_.get(), entry](http::Request request, http::Reply reply,
                                        http::BodyReader reader) -> std::unique_ptr<http::BodyConsumer> {
              access::Principal who;
              WallPtr wall;
              if (!admitted(*desk, *entry, request, reply, who, wall)) {
                return nullptr;
              }
              return entry->stream(Call{*desk, std::move(request), std::move(reply), std::move(who), entry, wall},
                                   std::move(reader));
            },
            options);
        continue;
      }
      router.add(
          route.method, route.pattern,
          [desk = desk_.get(), entry](http::Request request, http::Reply reply) {
            access::Principal who;
            WallPtr wall;
            if (admitted(*desk, *entry, request, reply, who, wall)) {
              entry->handle(Call{*desk, std::move(request), std::move(reply), std::move(who), entry, wall});
            }
          },
          options);
    }
  }
}

void Api::tick(Time now) { desk_->live().tick(now); }

void Api::log_finished(const http::Finished& f) {
  log::info("request", {{"id", log::safe(f.request_id)},
                        {"method", log::safe(http::method_name(f.method))},
                        {"route", log::safe(f.route)},
                        {"status", f.status},
                        {"micros", f.micros},
                        {"caller", log::safe(f.note)}});
}

}  // namespace heed::api
