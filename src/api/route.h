#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "access/principal.h"
#include "api/schema.h"
#include "casework/walls.h"
#include "http/server.h"

/// A route states everything that is to be known of it: method, pattern, who may call, what it takes and gives. From
/// the same entry come the router's registration, authentication, authorisation and the OpenAPI document. Each
/// resource's file ends with its table.
namespace heed::api {

class Desk;
struct Route;

/// Whom the calling member of staff may not judge; null for everybody else, and for who has named nobody.
using WallPtr = std::shared_ptr<const casework::Wall>;

/// One request that has been let in.
struct Call {
  Desk& desk;
  http::Request request;
  http::Reply reply;
  access::Principal who;
  const Route* route = nullptr;
  WallPtr wall = nullptr;
};

/// Who may call. Combined with `|`: a key with any of the scopes, a user, a guest, staff with any of the roles.
struct Who {
  bool everybody = false;
  std::uint32_t scopes = 0;
  bool users = false, guests = false;
  std::uint32_t roles = 0;
  bool unready = false;  ///< also staff whose role demands a second factor that they have not set up yet
  std::uint32_t delegated =
      0;  ///< bits of access::Delegated: who acts for another needs one of them, whatever else is open

  constexpr Who operator|(const Who& o) const {
    return {everybody || o.everybody, scopes | o.scopes,    users || o.users,       guests || o.guests,
            roles | o.roles,          unready || o.unready, delegated | o.delegated};
  }
  bool admits(const access::Principal& who) const;
  std::string sentence() const;  ///< "platform keys with posts:write; users"
};
constexpr Who everybody() { return {.everybody = true}; }
constexpr Who key(access::Scope scope) { return {.scopes = static_cast<std::uint32_t>(scope)}; }
constexpr Who user() { return {.users = true}; }
constexpr Who guest() { return {.guests = true}; }
constexpr Who delegates(access::Delegated scope) { return {.delegated = static_cast<std::uint32_t>(scope)}; }
constexpr Who staff(access::Role role) { return {.roles = static_cast<std::uint32_t>(role)}; }
constexpr Who any_staff() { return {.roles = 63}; }
constexpr Who staff_at_the_door() { return {.roles = 63, .unready = true}; }
/// Those who work on cases; and those who may read them. Analysts and administrators may not.
constexpr Who reviewers() {
  return staff(access::Role::Triage) | staff(access::Role::Reviewer) | staff(access::Role::Lead);
}
constexpr Who readers_of_cases() { return reviewers() | staff(access::Role::Legal); }
/// Whoever is a party: users, and guests with the link to their case.
constexpr Who parties() { return user() | guest(); }

struct Param {
  std::string name;
  schema::Text schema;
  std::string about;
  bool required = false;
};

struct Takes {
  std::string type;            ///< media type; "": no body
  schema::Text schema;         ///< of the body, for NDJSON of one line
  std::string example;         ///< JSON; for NDJSON one line
  std::string also_type = {};  ///< the same body as one document: "application/json" beside NDJSON
};
struct Gives {
  int status = 200;
  std::string type = "application/json";
  schema::Text schema = {};  ///< of the body, for NDJSON and event streams of one line; "": none
  int empty_status = 0;      ///< another success without a body: 204 of an empty queue
  bool live = false;         ///< also as text/event-stream
  bool page = false;         ///< also as text/html
  bool csv = false;          ///< also as text/csv
};

using Handle = void (*)(Call);
using StreamHandle = std::unique_ptr<http::BodyConsumer> (*)(Call, http::BodyReader);

struct Route {
  http::Method method;
  std::string pattern;
  Who who;
  std::string tag, summary;
  Handle handle = nullptr;  ///< one of the two
  StreamHandle stream = nullptr;
  std::vector<Param> query = {};
  Takes takes = {};
  Gives gives = {};
  bool idempotent_key = false;  ///< honours Idempotency-Key: handled by Desk::create, or as reports do
  std::size_t body_bytes_max = 64 * 1024;
  bool unlimited = false;  ///< not counted against requests_per_second
  bool identity = false;   ///< takes the header Heed-Code (identity.h)
  double cost = 1;         ///< of so many requests: what reads or writes all that somebody has here
};

struct Component {
  std::string name;
  schema::Text schema;
};
struct Resource {
  std::vector<Route> routes;
  std::vector<Component> components = {};
};

inline Takes takes_json(schema::Text schema, std::string example) {
  return {"application/json", std::move(schema), std::move(example)};
}
inline Gives gives_json(schema::Text schema, int status = 200) {
  return {status, "application/json", std::move(schema)};
}
inline Gives gives_nothing() { return {.status = 204, .type = ""}; }

/// ?limit= and ?cursor=, and whatever else.
std::vector<Param> paged(std::vector<Param> more = {});

}  // namespace heed::api
