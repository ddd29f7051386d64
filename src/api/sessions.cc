#include "api/resources.h"

namespace heed::api {
namespace {

constexpr std::string_view kCookie = "heed_session";

std::string cookie(const Desk& desk, std::string_view value, bool ends) {
  std::string out(kCookie);
  out.append("=").append(value).append("; Path=/; HttpOnly; SameSite=Strict");
  if (desk.options().public_url.starts_with("https://")) {
    out += "; Secure";
  }
  return ends ? out + "; Max-Age=0" : out;
}

void write_staff(JsonWriter& out, const access::Staff& staff) {
  out.key("staff").begin_object().field("id", staff.id.text()).field("alias", staff.alias).key("roles").begin_array();
  for (std::uint32_t bit = 1; bit <= staff.roles; bit <<= 1) {
    if ((staff.roles & bit) != 0) {
      out.value(access::role_name(static_cast<access::Role>(bit)));
    }
  }
  out.end_array().end_object();
}

struct Credentials {
  std::string name, password;
};

Result<Credentials> read_credentials(const Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  Credentials out;
  out.name = in.required_string("name", 1, 64);
  out.password = in.required_string("password", 1, 1024);
  TRY(in.done());
  return out;
}

void post_session(Call call) {
  auto credentials = read_credentials(call);
  if (!credentials) {
    call.reply.send_error(credentials.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  bool queued = shared->desk.errand([shared, credentials = *std::move(credentials)] {
    auto in = shared->desk.parts().authenticator.log_in(credentials.name, credentials.password);
    if (!in) {
      shared->reply.send_error(in.error());
      return;
    }
    JsonWriter out;
    out.begin_object();
    write_staff(out, in->staff);
    out.field("csrf", in->csrf).end_object();
    http::Response response = json_answer(201, out.take());
    response.headers.emplace_back("Set-Cookie", cookie(shared->desk, in->cookie, /*ends=*/false));
    shared->reply.send(std::move(response));
  });
  if (!queued) {
    shared->reply.send_error({Code::TooMany, "too many are logging in; try again shortly"});
  }
}

Result<http::Response> read_session(Call& call, ledger::View&) {
  auto staff = TRY(call.desk.parts().directory.staff(StaffId{call.who.id}));
  if (!staff) {
    return fail(Code::Unauthorized, "credentials are missing or not valid");
  }
  JsonWriter out;
  out.begin_object();
  write_staff(out, *staff);
  out.field("csrf", call.desk.parts().authenticator.csrf(call.request.cookie(kCookie))).end_object();
  return json_answer(200, out.take());
}

void get_session(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_session);
}

void delete_session(Call call) {
  auto shared = std::make_shared<Call>(std::move(call));
  bool queued = shared->desk.errand([shared] {
    if (auto out = shared->desk.parts().authenticator.log_out(shared->request.cookie(kCookie)); !out) {
      shared->reply.send_error(out.error());
      return;
    }
    http::Response response = nothing();
    response.headers.emplace_back("Set-Cookie", cookie(shared->desk, "", /*ends=*/true));
    shared->reply.send(std::move(response));
  });
  if (!queued) {
    shared->reply.send_error({Code::Unavailable, "too much waits; try again shortly"});
  }
}

}  // namespace

Resource session_routes() {
  using namespace schema;
  const Text staff = object({{"id", id("stf")}, {"alias", string()}, {"roles", array(string())}});
  return {{
      {http::Method::Post,
       "/v1/session",
       everybody(),
       "session",
       "Staff log in. Sets the cookie heed_session; changes made with it need the csrf value as X-Heed-CSRF.",
       post_session,
       nullptr,
       {},
       takes_json(object({{"name", string(64, 1)}, {"password", string(1024, 1)}}),
                  R"({"name":"kim","password":"correct horse"})"),
       gives_json(object({{"staff", staff}, {"csrf", string()}}), 201)},
      {http::Method::Get,
       "/v1/session",
       any_staff(),
       "session",
       "Who is logged in, with the csrf value for a page that was loaded again.",
       get_session,
       nullptr,
       {},
       {},
       gives_json(object({{"staff", staff}, {"csrf", string()}}))},
      {http::Method::Delete,
       "/v1/session",
       any_staff(),
       "session",
       "Log out.",
       delete_session,
       nullptr,
       {},
       {},
       gives_nothing()},
  }};
}

}  // namespace heed::api
