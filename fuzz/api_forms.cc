// Any bytes as a request to any route that takes a JSON body, and as ids in paths, by every kind of caller, in a house
// in memory. The first byte chooses the caller; the rest of the first line names the route ("POST /v1/reports"), or is
// any bytes and stands for some route; the second line is what stands in the path and behind its "?"; what follows is
// the body. What the API decodes, it also does: reports, decisions, piles and claims go all the way.
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "api/resources.h"
#include "api/testing_house.h"

namespace {

using namespace heed;
using namespace heed::api;

/// One house for all runs; a fresh one now and then, so that it does not fill up.
class Room {
 public:
  Room() {
    house_.tell("p1", "you are a fool and a liar", "a9", "a1");
    for (access::Caller caller :
         {access::Caller::User, access::Caller::Platform, access::Caller::Staff, access::Caller::Guest}) {
      access::Principal who;
      who.caller = caller;
      who.scopes = ~0U;
      who.roles = ~0U;
      who.account_id = "a1";
      who.person = house_.hasher.account("a1");
      callers_.push_back(std::move(who));
    }
    for (const Resource& resource : house_.api->resources()) {
      for (const Route& route : resource.routes) {
        // The log-in hashes passwords and the clock's route waits: both take long on purpose.
        if (route.handle != nullptr && route.pattern != "/v1/session" && route.pattern != "/test/clock") {
          routes_.push_back(&route);
        }
      }
    }
  }

  void run(std::string_view data) {
    const auto caller = static_cast<std::uint8_t>(data[0]);
    const std::string_view name = take_line(data).substr(1);
    const Route& route = route_of(name);
    http::Request request;
    request.method = route.method;
    request.path = route.pattern;
    request.remote_address = "192.0.2.1";
    const std::string id(take_line(data));
    for (const char* param : {"id", "name", "hold", "kind"}) {
      request.path_params.emplace_back(param, id);
    }
    for (const Param& param : route.query) {
      request.query.emplace_back(param.name, id);
    }
    if ((caller & 0x40) != 0) {
      request.headers.emplace_back("idempotency-key", id);
    }
    request.body = data;
    access::Principal who = callers_[caller % callers_.size()];
    if (!route.who.admits(who)) {
      return;
    }
    route.handle(Call{house_.api->desk(), std::move(request), http::Reply(), std::move(who), &route});
    house_.settle();
  }

 private:
  static std::string_view take_line(std::string_view& data) {
    const std::size_t end = std::min(data.find('\n'), data.size());
    const std::string_view line = data.substr(0, end);
    data.remove_prefix(std::min(end + 1, data.size()));
    return line;
  }
  const Route& route_of(std::string_view name) const {
    for (const Route* route : routes_) {
      if (name == std::string(http::method_name(route->method)) + " " + route->pattern) {
        return *route;
      }
    }
    return *routes_[std::hash<std::string_view>()(name) % routes_.size()];
  }

  TestingHouse house_;
  std::vector<access::Principal> callers_;
  std::vector<const Route*> routes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static std::unique_ptr<Room> room;
  static int runs = 0;
  if (size < 1) {
    return 0;
  }
  if (room == nullptr || ++runs % 20'000 == 0) {
    room.reset();
    room = std::make_unique<Room>();
  }
  room->run({reinterpret_cast<const char*>(data), size});
  return 0;
}
