#include "http/server.h"

namespace heed::http {

std::vector<SettingDef> ServerOptions::settings() {
  using Type = SettingDef::Type;
  return {
      {.name = "http.address", .type = Type::Text, .fallback = "127.0.0.1", .sentence = "Address to listen on."},
      {.name = "http.port",
       .type = Type::Int,
       .fallback = "8080",
       .sentence = "Port to listen on; 0 takes any free one.",
       .min = 0,
       .max = 65535},
      {.name = "http.threads",
       .type = Type::Int,
       .fallback = "2",
       .sentence = "Threads that serve connections.",
       .min = 1,
       .max = 256},
      {.name = "http.connections_max",
       .type = Type::Int,
       .fallback = "10000",
       .sentence = "Open connections; more are answered 503 and closed.",
       .min = 1,
       .max = 1000000},
      {.name = "http.header_bytes_max",
       .type = Type::Int,
       .fallback = "16384",
       .sentence = "Bytes of a request head; 431 above.",
       .min = 1024,
       .max = 1 << 20},
      {.name = "http.write_buffer_max",
       .type = Type::Int,
       .fallback = "4194304",
       .sentence = "Bytes of a streamed answer that may wait for a slow reader before its connection is closed.",
       .min = 4096,
       .max = 1 << 30},
      {.name = "http.bodies_bytes_max",
       .type = Type::Int,
       .fallback = "536870912",
       .sentence = "Bytes of all request bodies held at once; 503 above.",
       .min = 1 << 20,
       .max = INT64_MAX},
      {.name = "http.head_timeout_ms",
       .type = Type::Int,
       .fallback = "15000",
       .sentence = "Milliseconds for a whole request head; an idle connection is kept four times as long.",
       .min = 10,
       .max = 3600000},
      {.name = "http.body_idle_timeout_ms",
       .type = Type::Int,
       .fallback = "30000",
       .sentence = "Milliseconds between two pieces of a request body.",
       .min = 10,
       .max = 3600000},
      {.name = "http.body_timeout_ms",
       .type = Type::Int,
       .fallback = "120000",
       .sentence = "Milliseconds for a whole request body that is not streamed.",
       .min = 10,
       .max = 86400000},
      {.name = "http.write_timeout_ms",
       .type = Type::Int,
       .fallback = "30000",
       .sentence = "Milliseconds in which a client must take some of its answer.",
       .min = 10,
       .max = 3600000},
      {.name = "http.trusted_proxies",
       .type = Type::List,
       .fallback = "",
       .sentence = "Addresses or CIDR blocks whose X-Forwarded-For is believed."},
      {.name = "http.cors_origins",
       .type = Type::List,
       .fallback = "",
       .sentence = "Web origins whose pages may call the API with a user's token; * for any."},
  };
}

ServerOptions ServerOptions::from(const Settings& settings) {
  ServerOptions o;
  auto bytes = [&](std::string_view name) { return static_cast<std::size_t>(settings.integer(name)); };
  auto millis = [&](std::string_view name) { return std::chrono::milliseconds(settings.integer(name)); };
  o.address = settings.text("http.address");
  o.port = static_cast<std::uint16_t>(settings.integer("http.port"));
  o.threads = static_cast<int>(settings.integer("http.threads"));
  o.connections_max = bytes("http.connections_max");
  o.header_bytes_max = bytes("http.header_bytes_max");
  o.write_buffer_max = bytes("http.write_buffer_max");
  o.bodies_bytes_max = bytes("http.bodies_bytes_max");
  o.head_timeout = millis("http.head_timeout_ms");
  o.body_idle_timeout = millis("http.body_idle_timeout_ms");
  o.body_timeout = millis("http.body_timeout_ms");
  o.write_timeout = millis("http.write_timeout_ms");
  o.trusted_proxies = settings.list("http.trusted_proxies");
  o.cors_origins = settings.list("http.cors_origins");
  return o;
}

}  // namespace heed::http
