#include "api/openapi.h"

#include <map>

#include "base/json.h"

namespace heed::api {
namespace {

constexpr std::string_view kAbout =
    "Heed takes reports about posts, brings them to people in the order of harm, tells everyone concerned what was "
    "decided, and "
    "lets them answer back. Times are RFC 3339 in UTC with milliseconds. Ids that a party sees are that party's own "
    "aliases. "
    "Errors are application/problem+json (RFC 9457) and name every faulty field by JSON pointer. Unknown fields are "
    "refused, "
    "except in posts and accounts, where they are ignored. What a caller may not know of and what does not exist are "
    "answered alike.";

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  return out;
}

/// "get_v1_cases_id_timeline"
std::string operation_id(const Route& route) {
  std::string out = lower(http::method_name(route.method));
  bool gap = true;
  for (char c : route.pattern) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (word) {
      out += gap ? "_" : "";
      out += c;
    }
    gap = !word;
  }
  return out;
}

void write_parameters(JsonWriter& out, const Route& route) {
  out.key("parameters").begin_array();
  for (std::size_t at = 0; (at = route.pattern.find('{', at)) != std::string::npos; ++at) {
    std::string name = route.pattern.substr(at + 1, route.pattern.find('}', at) - at - 1);
    out.begin_object().field("name", name).field("in", "path").field("required", true);
    out.key("schema").raw(schema::string(255)).end_object();
  }
  for (const Param& param : route.query) {
    out.begin_object().field("name", param.name).field("in", "query").field("required", param.required);
    out.field("description", param.about).key("schema").raw(param.schema).end_object();
  }
  if (route.who.delegated != 0) {
    out.begin_object().field("name", "On-Behalf-Of").field("in", "header").field("required", false);
    out.field("description", "With a user's token: the delegation by which the caller acts for somebody else.");
    out.key("schema").raw(schema::id("dlg")).end_object();
  }
  if (route.identity) {
    out.begin_object().field("name", "Heed-Code").field("in", "header").field("required", false);
    out.field("description", "A code from POST /v1/me/code, unless the token was issued in the last 15 minutes.");
    out.key("schema").raw(schema::string(20)).end_object();
  }
  if (route.idempotent_key) {
    out.begin_object().field("name", "Idempotency-Key").field("in", "header").field("required", false);
    out.field("description", "Same key and body: the same answer for 30 days. Same key, other body: 422.");
    out.key("schema").raw(schema::string(255, 1)).end_object();
  }
  out.end_array();
}

void write_content(JsonWriter& out, std::string_view type, const schema::Text& body, std::string_view example) {
  out.key(type).begin_object();
  out.key("schema").raw(body.empty() ? schema::any() : body);
  if (!example.empty()) {
    out.key("example").raw(example);
  }
  out.end_object();
}

void write_answers(JsonWriter& out, const Route& route) {
  out.key("responses").begin_object();
  out.key(std::to_string(route.gives.status)).begin_object();
  out.field("description", route.gives.type.empty() ? "Done." : "The answer.");
  if (!route.gives.type.empty()) {
    out.key("content").begin_object();
    write_content(out, route.gives.type, route.gives.schema, {});
    if (route.gives.live) {
      write_content(out, "text/event-stream", schema::string(), {});
    }
    if (route.gives.page) {
      write_content(out, "text/html", schema::string(), {});
    }
    if (route.gives.csv) {
      write_content(out, "text/csv", schema::string(), {});
    }
    if (!route.takes.also_type.empty() && route.gives.type != route.takes.also_type) {
      write_content(out, route.takes.also_type, route.gives.schema, {});
    }
    out.end_object();
  }
  out.end_object();
  if (route.gives.empty_status != 0) {
    out.key(std::to_string(route.gives.empty_status))
        .begin_object()
        .field("description", "There is nothing.")
        .end_object();
  }
  out.key("default").begin_object().field("description", "What was wrong.").key("content").begin_object();
  write_content(out, "application/problem+json", schema::ref("Problem"), {});
  if (!route.takes.type.empty() && route.gives.type == "text/html") {  // a form says on the page what is missing
    write_content(out, "text/html", schema::string(), {});
  }
  out.end_object().end_object();
  out.end_object();
}

void write_security(JsonWriter& out, const Who& who) {
  out.key("security").begin_array();
  auto need = [&](std::string_view name) { out.begin_object().key(name).begin_array().end_array().end_object(); };
  if (!who.everybody) {
    if (who.scopes != 0) {
      need("platformKey");
    }
    if (who.users) {
      need("userToken");
    }
    if (who.guests) {
      need("guestLink");
    }
    if (who.delegated != 0) {
      need("delegateLink");
    }
    if (who.roles != 0) {
      need("staffSession");
    }
  }
  out.end_array();
}

void write_operation(JsonWriter& out, const Route& route) {
  out.key(lower(http::method_name(route.method))).begin_object();
  out.field("operationId", operation_id(route)).field("summary", route.summary);
  out.field("description", "For " + route.who.sentence() + ".");
  out.key("tags").begin_array().value(route.tag).end_array();
  write_security(out, route.who);
  write_parameters(out, route);
  if (!route.takes.type.empty()) {
    out.key("requestBody").begin_object().field("required", true).key("content").begin_object();
    write_content(out, route.takes.type, route.takes.schema, route.takes.example);
    if (!route.takes.also_type.empty()) {
      write_content(out, route.takes.also_type, route.takes.schema, route.takes.example);
    }
    out.end_object().end_object();
  }
  write_answers(out, route);
  out.end_object();
}

void write_components(JsonWriter& out, const std::vector<Resource>& resources) {
  using namespace schema;
  out.key("components").begin_object().key("schemas").begin_object();
  out.key("Time").raw(R"({"type":"string","format":"date-time","examples":["2026-11-21T18:00:00.000Z"]})");
  out.key("Problem").raw(object({{"type", string()},
                                 {"title", string()},
                                 {"status", integer(400, 599)},
                                 {"detail?", string()},
                                 {"errors?", array(object({{"pointer", string()}, {"detail", string()}}), 100)},
                                 {"request_id?", string()}}));
  for (const Resource& resource : resources) {
    for (const Component& component : resource.components) {
      out.key(component.name).raw(component.schema);
    }
  }
  out.end_object();
  out.key("securitySchemes").raw(R"({
"platformKey":{"type":"http","scheme":"bearer","description":"A platform's key, hk_…, with scopes per verb."},
"userToken":{"type":"http","scheme":"bearer","bearerFormat":"JWT","description":"Signed by the platform: aud heed, sub the account id, exp at most 24 h."},
"guestLink":{"type":"http","scheme":"bearer","description":"The secret of a link to one case, hg_…."},
"delegateLink":{"type":"http","scheme":"bearer","description":"The secret of the link of a delegate without an account, hd_…."},
"staffSession":{"type":"apiKey","in":"cookie","name":"heed_session","description":"After log-in; changes also need X-Heed-CSRF."}})");
  out.end_object();
}

}  // namespace

std::string openapi_document(const std::vector<Resource>& resources) {
  std::map<std::string, std::vector<const Route*>> paths;
  for (const Resource& resource : resources) {
    for (const Route& route : resource.routes) {
      paths[route.pattern].push_back(&route);
    }
  }
  JsonWriter out;
  out.begin_object().field("openapi", "3.1.0");
  out.key("info").begin_object().field("title", "Heed").field("version", "1").field("description", kAbout);
  out.key("license")
      .begin_object()
      .field("name", "Apache-2.0")
      .field("identifier", "Apache-2.0")
      .end_object()
      .end_object();
  out.key("paths").begin_object();
  for (const auto& [pattern, routes] : paths) {
    out.key(pattern).begin_object();
    for (const Route* route : routes) {
      write_operation(out, *route);
    }
    out.end_object();
  }
  out.end_object();
  write_components(out, resources);
  out.end_object();
  return out.take();
}

}  // namespace heed::api
