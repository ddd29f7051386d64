#include "api/resources.h"

/// Keys with which the platform's servers call: which there are, making one, taking one out of use.
namespace heed::api {
namespace {

using access::ApiKey;
using access::Scope;

void write_key(JsonWriter& out, const ApiKey& key) {
  out.field("key_id", key.id.text()).field("name", key.name).key("scopes").begin_array();
  for (std::uint32_t bit = 1; bit != 0 && bit <= key.scopes; bit <<= 1) {
    if ((key.scopes & bit) != 0) {
      out.value(access::scope_name(static_cast<Scope>(bit)));
    }
  }
  out.end_array().field("trusted_flagger", key.trusted_flagger).field("created_at", format_time(key.created_at));
  if (key.revoked_at) {
    out.field("revoked_at", format_time(*key.revoked_at));
  }
  if (key.used_at) {
    out.field("last_used_at", format_time(*key.used_at));
  }
}

Result<http::Response> read_keys(Call& call, ledger::View&) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const ApiKey& key : TRY(call.desk.parts().directory.keys())) {
    out.begin_object();
    write_key(out, key);
    out.end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}
void get_keys(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_keys);
}

/// The directory waits for the disk: not on an I/O thread.
template <class F>
void on_errand(Call call, F f) {
  auto shared = std::make_shared<Call>(std::move(call));
  const bool queued = shared->desk.errand([shared, f = std::move(f)] {
    Result<http::Response> answer = f(*shared);
    if (answer) {
      shared->reply.send(*std::move(answer));
    } else {
      shared->reply.send_error(neutral(std::move(answer).error()));
    }
  });
  if (!queued) {
    shared->reply.send_error({Code::Unavailable, "too much waits; try again shortly"});
  }
}

Result<http::Response> make_key(Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  const std::string name(checked_text(in, "name", in.required_string("name", 1, 100)));
  const bool trusted = in.optional_bool("trusted_flagger", false);
  std::vector<std::string> names;
  for (std::string_view scope : in.optional_strings("scopes", 20, 40)) {
    names.emplace_back(scope);
  }
  auto scopes = access::parse_scopes(names);
  if (names.empty()) {
    in.error("scopes", "name at least one");
  } else if (!scopes) {
    in.error("scopes", scopes.error().message);
  } else if ((*scopes & static_cast<std::uint32_t>(Scope::TestClock)) != 0) {
    in.error("scopes", "test_clock is given on the command line only");
  }
  TRY(in.done());
  const auto [key, token] = TRY(call.desk.parts().authenticator.create_key(name, *scopes, trusted));
  JsonWriter out;
  out.begin_object();
  write_key(out, key);
  out.field("token", token).end_object();
  return json_answer(201, out.take());
}
void post_key(Call call) { on_errand(std::move(call), make_key); }

Result<http::Response> revoke(Call& call) {
  const KeyId id = TRY(call.desk.path_id<KeyId>(call));
  TRY(call.desk.parts().authenticator.revoke_key(id));
  return nothing();
}
void delete_key(Call call) { on_errand(std::move(call), revoke); }

}  // namespace

Resource key_routes() {
  using namespace schema;
  const Who who = staff(access::Role::Admin);
  const Fields fields = {{"key_id", id("key")},          {"name", string()},     {"scopes", array(string())},
                         {"trusted_flagger", boolean()}, {"created_at", time()}, {"revoked_at?", time()},
                         {"last_used_at?", time()}};
  Fields with_token = fields;
  with_token.emplace_back("token", string());
  return {
      {
          {http::Method::Get,
           "/v1/keys",
           who,
           "keys",
           "All platform keys, also revoked ones, with when each was last used (within a minute or two); never their "
           "tokens.",
           get_keys,
           nullptr,
           {},
           {},
           gives_json(object({{"items", array(ref("Key"))}}))},
          {http::Method::Post,
           "/v1/keys",
           who,
           "keys",
           "Make a key. The token is in this answer and nowhere else: only its hash is kept.",
           post_key,
           nullptr,
           {},
           takes_json(
               object({{"name", string(100, 1)}, {"scopes", array(string(40), 20)}, {"trusted_flagger?", boolean()}}),
               R"({"name":"moderation bridge","scopes":["posts:write","reports:write"]})"),
           gives_json(ref("NewKey"), 201)},
          {http::Method::Delete,
           "/v1/keys/{id}",
           who,
           "keys",
           "Take a key out of use, for good; within a second it opens nothing. What was made with it stays.",
           delete_key,
           nullptr,
           {},
           {},
           gives_nothing()},
      },
      {{"Key", object(fields)}, {"NewKey", object(with_token)}}};
}

}  // namespace heed::api
