#include "api/resources.h"

/// What the installation runs with, read-only: settings change in the file or the environment and by a restart.
namespace heed::api {
namespace {

void get_settings(Call call) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const ShownSetting& one : call.desk.options().settings) {
    out.begin_object().field("name", one.name).field("value", one.value).field("source", one.source);
    out.field("meaning", one.meaning).end_object();
  }
  out.end_array().end_object();
  call.reply.send(json_answer(200, out.take()));
}

}  // namespace

Resource setting_routes() {
  using namespace schema;
  return {{{http::Method::Get,
            "/v1/settings",
            staff(access::Role::Admin),
            "keys",
            "What holds, and where it comes from, as `heed config` prints it. Of secrets only whether they are set.",
            get_settings,
            nullptr,
            {},
            {},
            gives_json(object({{"items", array(object({{"name", string()},
                                                       {"value", string()},
                                                       {"source", words({"default", "file", "environment"})},
                                                       {"meaning", string()}}))}}))}}};
}

}  // namespace heed::api
