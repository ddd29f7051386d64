#include "access/membership.h"
#include "access/second_factors.h"
#include "api/errands.h"
#include "api/resources.h"

/// A member of staff at the door, and what is their own: sessions, password, second factor.
namespace heed::api {
namespace {

constexpr std::string_view kCookie = "heed_session", kKnown = "heed_known";
constexpr int kKnownSeconds = 180 * 24 * 3600;

access::Membership membership(Desk& desk) {
  return {desk.parts().directory, desk.parts().authenticator, desk.parts().token_key, desk.parts().clock};
}

Result<access::Staff> caller(Call& call) {
  auto staff = TRY(call.desk.parts().directory.staff(StaffId{call.who.id}));
  if (!staff) {
    return fail(Code::Unauthorized, "credentials are missing or not valid");
  }
  return *std::move(staff);
}

// --- in and out -------------------------------------------------------------------------------------------

struct Credentials {
  std::string name, password, code;
};

Result<Credentials> read_credentials(const Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  Credentials out;
  out.name = in.required_string("name", 1, 64);
  out.password = in.required_string("password", 1, 1024);
  out.code = in.optional_string("code", 64);
  TRY(in.done());
  return out;
}

void post_session(Call call) {
  on_errand(std::move(call), read_credentials, [](Call& c, const Credentials& said) -> Result<http::Response> {
    return logged_in(c.desk,
                     TRY(c.desk.parts().authenticator.log_in(
                         said.name, said.password, {c.request.remote_address, said.code, c.request.cookie(kKnown)})));
  });
}

Result<http::Response> read_session(Call& call, ledger::View&) {
  const access::Staff staff = TRY(caller(call));
  access::Authenticator& door = call.desk.parts().authenticator;
  const bool has = TRY(door.second_factors().has(staff.id));
  const bool needed = (staff.roles & door.rules().second_factor_roles) != 0;
  JsonWriter out;
  out.begin_object().key("staff").begin_object();
  write_member(out, staff);
  out.end_object().field("csrf", door.csrf(call.request.cookie(kCookie)));
  out.field("second_factor", has ? "on" : needed ? "needed" : "off");
  out.field("recovery_codes", static_cast<std::int64_t>(TRY(door.second_factors().recovery_left(staff.id))));
  out.end_object();
  return json_answer(200, out.take());
}

void get_session(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_session);
}

void delete_session(Call call) {
  on_errand(std::move(call), [](Call& c) -> Result<http::Response> {
    TRY(c.desk.parts().authenticator.log_out(c.request.cookie(kCookie)));
    http::Response response = nothing();
    response.headers.emplace_back("Set-Cookie", set_cookie(c.desk, kCookie, "", "/", 0));
    return response;
  });
}

// --- sessions ---------------------------------------------------------------------------------------------

Result<http::Response> read_sessions(Call& call, ledger::View&) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const auto& one : TRY(membership(call.desk).sessions(StaffId{call.who.id}, call.request.cookie(kCookie)))) {
    out.begin_object().field("session_id", one.id).field("since", format_time(one.created_at));
    out.field("seen_at", format_time(one.seen_at)).field("current", one.current).end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}
void get_sessions(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_sessions);
}

void delete_one_session(Call call) {
  on_errand(std::move(call), [](Call& c) -> Result<http::Response> {
    if (auto ended = membership(c.desk).end_session(StaffId{c.who.id}, c.request.path_param("id")); !ended) {
      return tl::unexpected(neutral(ended.error()));
    }
    return nothing();
  });
}

// --- password and second factor ---------------------------------------------------------------------------

struct NewPassword {
  std::string password, fresh;
};
void post_password(Call call) {
  on_errand(
      std::move(call),
      [](const Call& c) -> Result<NewPassword> {
        FieldReader in(TRY(body_json(c.request)), "");
        NewPassword out;
        out.password = in.required_string("password", 1, 1024);
        out.fresh = in.required_string("new_password", 1, 1024);
        TRY(in.done());
        return out;
      },
      [](Call& c, const NewPassword& said) -> Result<http::Response> {
        return logged_in(c.desk, TRY(membership(c.desk).change_password(StaffId{c.who.id}, said.password, said.fresh)));
      });
}

Result<std::string> read_password(const Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  std::string password(in.required_string("password", 1, 1024));
  TRY(in.done());
  return password;
}

Result<access::Staff> proved(Call& call, std::string_view password) {
  access::Staff staff = TRY(caller(call));
  if (!TRY(call.desk.parts().authenticator.knows(staff, password))) {
    return invalid("/password", "is not the one that holds now");
  }
  return staff;
}

void post_second_factor(Call call) {
  on_errand(std::move(call), read_password, [](Call& c, const std::string& password) -> Result<http::Response> {
    const auto started = TRY(c.desk.parts().authenticator.second_factors().start(TRY(proved(c, password))));
    JsonWriter out;
    out.begin_object().field("secret", started.secret).field("uri", started.uri).end_object();
    return json_answer(201, out.take());
  });
}

void put_second_factor(Call call) {
  on_errand(
      std::move(call),
      [](const Call& c) -> Result<std::string> {
        FieldReader in(TRY(body_json(c.request)), "");
        std::string code(in.required_string("code", 1, 64));
        TRY(in.done());
        std::erase(code, ' ');
        return code;
      },
      [](Call& c, const std::string& code) -> Result<http::Response> {
        JsonWriter out;
        out.begin_object().key("recovery_codes").begin_array();
        for (const auto& one : TRY(c.desk.parts().authenticator.second_factors().confirm(StaffId{c.who.id}, code))) {
          out.value(one);
        }
        out.end_array().end_object();
        return json_answer(200, out.take());
      });
}

void post_removal(Call call) {
  on_errand(std::move(call), read_password, [](Call& c, const std::string& password) -> Result<http::Response> {
    const access::Staff staff = TRY(proved(c, password));
    access::Authenticator& door = c.desk.parts().authenticator;
    if ((staff.roles & door.rules().second_factor_roles) != 0) {
      return fail(Code::Conflict,
                  "your role demands a second factor; ask an administrator for a new invitation to "
                  "move to another telephone");
    }
    TRY(door.second_factors().end(staff.id));
    return nothing();
  });
}

}  // namespace

void write_role_names(JsonWriter& out, std::uint32_t roles) {
  out.begin_array();
  for (std::uint32_t bit = 1; bit <= roles; bit <<= 1) {
    if ((roles & bit) != 0) {
      out.value(access::role_name(static_cast<access::Role>(bit)));
    }
  }
  out.end_array();
}

void write_member(JsonWriter& out, const access::Staff& staff) {
  out.field("id", staff.id.text()).field("name", staff.name).field("alias", staff.alias).key("roles");
  write_role_names(out, staff.roles);
}

http::Response logged_in(const Desk& desk, const access::Authenticator::LogIn& in) {
  JsonWriter out;
  out.begin_object().key("staff").begin_object();
  write_member(out, in.staff);
  out.end_object().field("csrf", in.csrf).end_object();
  http::Response response = json_answer(201, out.take());
  response.headers.emplace_back("Set-Cookie", set_cookie(desk, kCookie, in.cookie, "/", -1));
  // Says only that this browser was here before: it opens nothing, and goes only where one logs in.
  response.headers.emplace_back("Set-Cookie", set_cookie(desk, kKnown, in.known, "/v1/session", kKnownSeconds));
  return response;
}

schema::Text member_schema() {
  using namespace schema;
  return object({{"id", id("stf")}, {"name", string()}, {"alias", string()}, {"roles", array(string())}});
}

Resource session_routes() {
  using namespace schema;
  const Text in = object({{"staff", member_schema()}, {"csrf", string()}});
  const Text secret = object({{"password", string(1024, 1)}});
  return {
      {
          {http::Method::Post,
           "/v1/session",
           everybody(),
           "session",
           "Staff log in, with the code of an authenticator app or from paper where one is set up. Sets the cookie "
           "heed_session; changes made with it need the csrf value as X-Heed-CSRF. The cookie heed_known keeps "
           "strangers "
           "who guess at the name from slowing this browser down.",
           post_session,
           nullptr,
           {},
           takes_json(object({{"name", string(64, 1)}, {"password", string(1024, 1)}, {"code?", string(64)}}),
                      R"({"name":"kim","password":"correct horse"})"),
           gives_json(in, 201)},
          {http::Method::Get,
           "/v1/session",
           staff_at_the_door(),
           "session",
           "Who is logged in, with the csrf value for a page that was loaded again. `second_factor` needed: nothing "
           "else "
           "opens until one is set up.",
           get_session,
           nullptr,
           {},
           {},
           gives_json(object({{"staff", member_schema()},
                              {"csrf", string()},
                              {"second_factor", words({"on", "off", "needed"})},
                              {"recovery_codes", integer(0)}}))},
          {http::Method::Delete,
           "/v1/session",
           staff_at_the_door(),
           "session",
           "Log out.",
           delete_session,
           nullptr,
           {},
           {},
           gives_nothing()},
          {http::Method::Get,
           "/v1/sessions",
           staff_at_the_door(),
           "session",
           "The caller's own sessions, newest first.",
           get_sessions,
           nullptr,
           {},
           {},
           gives_json(object({{"items", array(ref("Session"))}}))},
          {http::Method::Delete,
           "/v1/sessions/{id}",
           staff_at_the_door(),
           "session",
           "End one of the caller's own sessions, open streams included.",
           delete_one_session,
           nullptr,
           {},
           {},
           gives_nothing()},
          {http::Method::Post,
           "/v1/session/password",
           staff_at_the_door(),
           "session",
           "Choose another password. Every session ends; the answer logs in anew.",
           post_password,
           nullptr,
           {},
           takes_json(object({{"password", string(1024, 1)}, {"new_password", string(1024, 1)}}),
                      R"({"password":"correct horse","new_password":"battery staple"})"),
           gives_json(in, 201)},
          {http::Method::Post,
           "/v1/session/second-factor",
           staff_at_the_door(),
           "session",
           "Begin to set up an authenticator app (RFC 6238): its secret and the otpauth URI, shown once. Not in force "
           "until a code of it was sent.",
           post_second_factor,
           nullptr,
           {},
           takes_json(secret, R"({"password":"correct horse"})"),
           gives_json(object({{"secret", string()}, {"uri", string()}}), 201)},
          {http::Method::Put,
           "/v1/session/second-factor",
           staff_at_the_door(),
           "session",
           "Put it in force with a code that the app shows. Answers with ten codes for paper, shown once.",
           put_second_factor,
           nullptr,
           {},
           takes_json(object({{"code", string(64, 1)}}), R"({"code":"123456"})"),
           gives_json(object({{"recovery_codes", array(string())}}))},
          {http::Method::Post,
           "/v1/session/second-factor/removal",
           staff_at_the_door(),
           "session",
           "Take it out. 409 where a role demands it.",
           post_removal,
           nullptr,
           {},
           takes_json(secret, R"({"password":"correct horse"})"),
           gives_nothing()},
      },
      {{"Session",
        object({{"session_id", string()}, {"since", time()}, {"seen_at", time()}, {"current", boolean()}})}}};
}

}  // namespace heed::api
