#include "access/membership.h"
#include "access/second_factors.h"
#include "api/errands.h"
#include "api/resources.h"

/// Who belongs to the staff: invitations, roles, sessions of others.
namespace heed::api {
namespace {

using access::Membership;
using access::Role;

Membership membership(Desk& desk) {
  return {desk.parts().directory, desk.parts().authenticator, desk.parts().token_key, desk.parts().clock};
}

/// What was done to whom goes to the access log: of no case.
void note(Call& call, std::string_view what, std::string_view whom) {
  call.desk.parts().staff_reads.note(StaffId{call.who.id}, CaseId{}, std::string(what) + " " + std::string(whom),
                                     call.desk.now());
}

// --- invitations ------------------------------------------------------------------------------------------

Result<Membership::Wanted> read_invitation(const Call& call) {
  FieldReader in(TRY(body_json(call.request)), "");
  Membership::Wanted out;
  out.name = in.required_string("name", 1, 64);
  out.roles = read_roles(in).value_or(0);
  out.life = std::chrono::hours(in.optional_int("expires_in_hours", 1, 720, 72));
  out.by = StaffId{call.who.id};
  const auto below = static_cast<std::uint32_t>(Role::Triage) | static_cast<std::uint32_t>(Role::Reviewer);
  if (!call.who.is(Role::Admin) && (out.roles & ~below) != 0) {
    in.error("roles", "a lead invites for triage and review; the rest is for an administrator");
  }
  TRY(in.done());
  return out;
}

http::Response invited(const Desk& desk, const Membership::Invited& made) {
  JsonWriter out;
  out.begin_object().field("invitation_id", made.invitation.id.text()).field("name", made.invitation.name);
  // What follows the # stays in the reader's browser and in no server's log.
  out.field("link", desk.link("/console#/invitation/" + made.token));
  out.field("expires_at", format_time(made.invitation.expires_at)).end_object();
  return json_answer(201, out.take());
}

void post_invitation(Call call) {
  on_errand(std::move(call), read_invitation, [](Call& c, const Membership::Wanted& wanted) -> Result<http::Response> {
    const auto made = TRY(membership(c.desk).invite(wanted));
    note(c, "invited", wanted.name);
    return invited(c.desk, made);
  });
}

void post_new_start(Call call) {
  on_errand(
      std::move(call), [](const Call& c) { return c.desk.path_id<StaffId>(c); },
      [](Call& c, StaffId id) -> Result<http::Response> {
        auto made = membership(c.desk).invite_again(id, StaffId{c.who.id});
        if (!made) {
          return tl::unexpected(neutral(made.error()));
        }
        note(c, "new link for", made->invitation.name);
        return invited(c.desk, *made);
      });
}

Result<http::Response> read_invitations(Call& call, ledger::View&) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const access::Invitation& one : TRY(membership(call.desk).pending())) {
    out.begin_object().field("invitation_id", one.id.text()).field("name", one.name).key("roles");
    write_role_names(out, one.roles);
    out.field("new_start", static_cast<bool>(one.staff));
    if (one.by) {
      out.field("by", one.by.text());
    }
    out.field("at", format_time(one.created_at)).field("expires_at", format_time(one.expires_at)).end_object();
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}
void get_invitations(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_invitations);
}

void delete_invitation(Call call) {
  on_errand(
      std::move(call), [](const Call& c) { return c.desk.path_id<access::InvitationId>(c); },
      [](Call& c, access::InvitationId id) -> Result<http::Response> {
        if (auto gone = membership(c.desk).withdraw(id); !gone) {
          return tl::unexpected(neutral(gone.error()));
        }
        return nothing();
      });
}

struct Token {
  std::string token, password;
};
Result<Token> read_token(const Call& call, bool with_password) {
  FieldReader in(TRY(body_json(call.request)), "");
  Token out;
  out.token = in.required_string("token", 1, 100);
  if (with_password) {
    out.password = in.required_string("password", 1, 1024);
  }
  TRY(in.done());
  return out;
}

void post_opening(Call call) {
  on_errand(
      std::move(call), [](const Call& c) { return read_token(c, /*with_password=*/false); },
      [](Call& c, const Token& said) -> Result<http::Response> {
        const access::Invitation one = TRY(membership(c.desk).opened(said.token));
        JsonWriter out;
        out.begin_object().field("name", one.name).key("roles");
        write_role_names(out, one.roles);
        out.field("new_start", static_cast<bool>(one.staff)).field("expires_at", format_time(one.expires_at));
        out.end_object();
        return json_answer(200, out.take());
      });
}

void post_acceptance(Call call) {
  on_errand(
      std::move(call), [](const Call& c) { return read_token(c, /*with_password=*/true); },
      [](Call& c, const Token& said) -> Result<http::Response> {
        auto in = membership(c.desk).accept(said.token, said.password);
        if (!in) {
          Error error = in.error();
          if (error.code == Code::InvalidInput && error.fields.empty()) {
            error.fields = {{"/password", error.message}};
          }
          return tl::unexpected(std::move(error));
        }
        return logged_in(c.desk, *in);
      });
}

// --- members ----------------------------------------------------------------------------------------------

void write_whole_member(JsonWriter& out, const access::Staff& staff, bool second_factor, std::size_t sessions,
                        Time seen_at) {
  out.begin_object();
  write_member(out, staff);
  out.field("disabled", staff.disabled).field("second_factor", second_factor);
  out.field("sessions", static_cast<std::int64_t>(sessions));
  write_time(out, "seen_at", seen_at);
  out.end_object();
}

Result<void> write_whole_member(JsonWriter& out, Desk& desk, const access::Staff& staff) {
  const auto sessions = TRY(membership(desk).sessions(staff.id, ""));
  Time seen_at{};
  for (const auto& one : sessions) {
    seen_at = std::max(seen_at, one.seen_at);
  }
  const bool factor = TRY(desk.parts().authenticator.second_factors().has(staff.id));
  write_whole_member(out, staff, factor, sessions.size(), seen_at);
  return {};
}

Result<http::Response> read_members(Call& call, ledger::View&) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const access::Staff& staff : TRY(call.desk.parts().directory.all_staff())) {
    TRY(write_whole_member(out, call.desk, staff));
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}
void get_members(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_members);
}

struct Change {
  StaffId staff;
  std::optional<std::uint32_t> roles;
  std::optional<bool> disabled;
};
void put_member(Call call) {
  on_errand(
      std::move(call),
      [](const Call& c) -> Result<Change> {
        Change out;
        out.staff = TRY(c.desk.path_id<StaffId>(c));
        Json body = TRY(body_json(c.request));
        FieldReader in(body, "");
        if (!body["roles"].missing()) {
          out.roles = read_roles(in).value_or(0);
        }
        if (!body["disabled"].missing()) {
          out.disabled = in.optional_bool("disabled");
        }
        TRY(in.done());
        return out;
      },
      [](Call& c, const Change& wanted) -> Result<http::Response> {
        auto staff = membership(c.desk).change(wanted.staff, StaffId{c.who.id}, wanted.roles, wanted.disabled);
        if (!staff) {
          return tl::unexpected(neutral(staff.error()));
        }
        note(c, "changed", staff->name);
        JsonWriter out;
        TRY(write_whole_member(out, c.desk, *staff));
        return json_answer(200, out.take());
      });
}

Result<http::Response> read_sessions(Call& call, ledger::View&) {
  const StaffId id = TRY(call.desk.path_id<StaffId>(call));
  if (!TRY(call.desk.parts().directory.staff(id))) {
    return not_found();
  }
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  for (const auto& one : TRY(membership(call.desk).sessions(id, call.request.cookie("heed_session")))) {
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

void end_sessions(Call call, bool all) {
  on_errand(
      std::move(call), [](const Call& c) { return c.desk.path_id<StaffId>(c); },
      [all](Call& c, StaffId id) -> Result<http::Response> {
        auto staff = TRY(c.desk.parts().directory.staff(id));
        if (!staff) {
          return not_found();
        }
        Result<void> ended = all ? c.desk.parts().directory.end_sessions_of(id)
                                 : membership(c.desk).end_session(id, c.request.path_param("session"));
        if (!ended) {
          return tl::unexpected(neutral(ended.error()));
        }
        note(c, "ended sessions of", staff->name);
        return nothing();
      });
}
void delete_sessions(Call call) { end_sessions(std::move(call), /*all=*/true); }
void delete_session(Call call) { end_sessions(std::move(call), /*all=*/false); }

}  // namespace

Result<std::uint32_t> read_roles(FieldReader& in) {
  std::vector<std::string> names;
  in.optional_array("roles", 6).each([&](Json name) { names.emplace_back(name.string().value_or("")); });
  auto roles = access::parse_roles(names);
  if (!roles || names.empty()) {
    in.error("roles", "must be some of: triage, reviewer, lead, legal, analyst, admin");
    return fail(Code::InvalidInput, "no such role");
  }
  return roles;
}

Resource member_routes() {
  using namespace schema;
  const Who admin = staff(Role::Admin), inviting = staff(Role::Lead) | admin;
  const Text role = words({"triage", "reviewer", "lead", "legal", "analyst", "admin"});
  const Text member = object({{"id", id("stf")},
                              {"name", string()},
                              {"alias", string()},
                              {"roles", array(role)},
                              {"disabled", boolean()},
                              {"second_factor", boolean()},
                              {"sessions", integer(0)},
                              {"seen_at", R"({"type":["string","null"]})"}});
  const Text link =
      object({{"invitation_id", id("inv")}, {"name", string()}, {"link", string()}, {"expires_at", time()}});
  const Text sessions = object({{"items", array(ref("Session"))}});
  const Text in = object({{"staff", member_schema()}, {"csrf", string()}});
  const Text opened =
      object({{"name", string()}, {"roles", array(role)}, {"new_start", boolean()}, {"expires_at", time()}});
  return {
      {
          {http::Method::Get,
           "/v1/members",
           inviting,
           "members",
           "All members of staff.",
           get_members,
           nullptr,
           {},
           {},
           gives_json(object({{"items", array(ref("Member"))}}))},
          {http::Method::Put,
           "/v1/members/{id}",
           admin,
           "members",
           "Change roles, disable or let in again. Holds from the next request on; a disabled member's sessions and "
           "open streams end. 409 for oneself.",
           put_member,
           nullptr,
           {},
           takes_json(object({{"roles?", array(role)}, {"disabled?", boolean()}}), R"({"roles":["reviewer"]})"),
           gives_json(ref("Member"))},
          {http::Method::Post,
           "/v1/members/{id}/invitation",
           admin,
           "members",
           "For who lost the password or the telephone: a link by which they set a new password. The second factor "
           "is taken out and every session ends when it is used.",
           post_new_start,
           nullptr,
           {},
           {},
           gives_json(link, 201)},
          {http::Method::Get,
           "/v1/members/{id}/sessions",
           admin,
           "members",
           "A member's sessions, newest first.",
           get_sessions,
           nullptr,
           {},
           {},
           gives_json(sessions)},
          {http::Method::Delete,
           "/v1/members/{id}/sessions",
           admin,
           "members",
           "End all of them, open streams included.",
           delete_sessions,
           nullptr,
           {},
           {},
           gives_nothing()},
          {http::Method::Delete,
           "/v1/members/{id}/sessions/{session}",
           admin,
           "members",
           "End one of them.",
           delete_session,
           nullptr,
           {},
           {},
           gives_nothing()},
          {http::Method::Get,
           "/v1/invitations",
           inviting,
           "members",
           "Invitations that wait, newest first; the links are not shown again.",
           get_invitations,
           nullptr,
           {},
           {},
           gives_json(object({{"items", array(object({{"invitation_id", id("inv")},
                                                      {"name", string()},
                                                      {"roles", array(role)},
                                                      {"new_start", boolean()},
                                                      {"by?", id("stf")},
                                                      {"at", time()},
                                                      {"expires_at", time()}}))}}))},
          {http::Method::Post,
           "/v1/invitations",
           inviting,
           "members",
           "Invite somebody: a link that holds once, shown once. A lead invites for triage and review, an "
           "administrator for everything.",
           post_invitation,
           nullptr,
           {},
           takes_json(object({{"name", string(64, 1)}, {"roles", array(role)}, {"expires_in_hours?", integer(1, 720)}}),
                      R"({"name":"kim","roles":["reviewer"],"expires_in_hours":72})"),
           gives_json(link, 201)},
          {http::Method::Delete,
           "/v1/invitations/{id}",
           inviting,
           "members",
           "Withdraw an invitation.",
           delete_invitation,
           nullptr,
           {},
           {},
           gives_nothing()},
          {http::Method::Post,
           "/v1/invitations/openings",
           everybody(),
           "members",
           "Whose an invitation is. One that is used, ended or made up reads alike.",
           post_opening,
           nullptr,
           {},
           takes_json(object({{"token", string(100, 1)}}),
                      R"({"token":"hi_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})"),
           gives_json(opened)},
          {http::Method::Post,
           "/v1/invitations/acceptances",
           everybody(),
           "members",
           "Choose a password and be logged in; the invitation is used up.",
           post_acceptance,
           nullptr,
           {},
           takes_json(
               object({{"token", string(100, 1)}, {"password", string(1024, 1)}}),
               R"({"token":"hi_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA","password":"correct horse battery"})"),
           gives_json(in, 201)},
      },
      {{"Member", member}}};
}

}  // namespace heed::api
