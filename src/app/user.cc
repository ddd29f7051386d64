#include "access/membership.h"
#include "app/commands.h"
#include "app/office.h"

namespace heed::app {
namespace {

std::string roles_of(std::uint32_t roles) {
  std::string out;
  for (std::uint32_t bit = 1; bit != 0 && bit <= roles; bit <<= 1) {
    if ((roles & bit) != 0) {
      out += (out.empty() ? "" : " ") + std::string(access::role_name(static_cast<access::Role>(bit)));
    }
  }
  return out;
}

Result<access::Staff> find(Office& office, const std::string& name) {
  auto staff = TRY(office.rooms().directory().staff_by_name(name));
  if (!staff) {
    return fail(Code::NotFound, "there is no user " + name);
  }
  return *staff;
}

Result<std::string> password_of(const Arguments& arguments) {
  if (!arguments.given("password")) {
    return fail(Code::InvalidInput, "give the password on standard input, with --password-stdin");
  }
  return arguments.text("password");
}

Result<Output> create(Office& office, const Arguments& arguments) {
  std::uint32_t roles = TRY(access::parse_roles(arguments.texts("--role")));
  std::string password = TRY(password_of(arguments));
  access::Staff staff = TRY(office.rooms().authenticator().create_staff(arguments.text("name"), password, roles));
  Output out;
  out.fact("id", "Id", staff.id.text())
      .fact("name", "Name", staff.name)
      .fact("alias", "Seen by others as", staff.alias);
  out.fact("roles", "Roles", roles_of(staff.roles));
  return out;
}

Result<Output> invite(Office& office, const Arguments& arguments) {
  Rooms& rooms = office.rooms();
  access::Membership members(rooms.directory(), rooms.authenticator(), rooms.secrets().token, rooms.clock());
  const Millis life = std::chrono::hours(arguments.integer("--hours"));
  const std::string name = arguments.text("name");
  auto known = TRY(rooms.directory().staff_by_name(name));
  if (arguments.flag("--again") != known.has_value()) {
    return fail(Code::InvalidInput, known ? "there is a user " + name + " already; --again makes a new link for them"
                                          : "there is no user " + name + "; without --again one is invited");
  }
  if (known && !arguments.texts("--role").empty()) {
    return fail(Code::InvalidInput, "--again keeps the roles that " + name + " has");
  }
  const auto made = known ? TRY(members.invite_again(known->id, {}, life))
                          : TRY(members.invite({name, TRY(access::parse_roles(arguments.texts("--role"))), life, {}}));
  const std::string url = office.settings().text("http.public_url");
  Output out;
  out.fact("name", "Name", name).fact("roles", "Roles", roles_of(made.invitation.roles));
  out.fact("link", "Link", url + "/console#/invitation/" + made.token);
  out.fact("expires_at", "Holds until", format_time(made.invitation.expires_at));
  out.note(url.empty() ? "Put the address of the console before the link (setting http.public_url). It is shown once."
                       : "The link is shown once and holds once. Send it over a way that only they read.");
  return out;
}

Result<Output> list(Office& office, const Arguments&) {
  Output out;
  out.columns(
      {{"id", "Id"}, {"name", "Name"}, {"alias", "Seen by others as"}, {"roles", "Roles"}, {"disabled", "Disabled"}});
  for (const access::Staff& staff : TRY(office.rooms().directory().all_staff())) {
    out.row({staff.id.text(), staff.name, staff.alias, roles_of(staff.roles), staff.disabled});
  }
  if (out.rows() == 0) {
    out.note("There are no users yet: heed user create NAME --role reviewer --password-stdin");
  }
  return out;
}

Result<Output> disable(Office& office, const Arguments& arguments) {
  access::Staff staff = TRY(find(office, arguments.text("name")));
  staff.disabled = !arguments.flag("--enable");
  TRY(office.rooms().directory().put_staff(staff));
  if (staff.disabled) {
    TRY(office.rooms().directory().end_sessions_of(staff.id));
  }
  Output out;
  out.fact("name", "Name", staff.name).fact("disabled", "Disabled", staff.disabled);
  return out;
}

Result<Output> set_password(Office& office, const Arguments& arguments) {
  access::Staff staff = TRY(find(office, arguments.text("name")));
  std::string password = TRY(password_of(arguments));
  TRY(office.rooms().authenticator().set_password(staff.id, password));
  Output out;
  out.fact("name", "New password for", staff.name);
  out.note("All sessions of this user have ended.");
  return out;
}

}  // namespace

std::vector<OfficeTask> user_tasks() {
  using Kind = Option::Kind;
  const Option name{.name = "name", .sentence = "Log-in name", .required = true};
  const Option password{
      .name = "--password-stdin", .sentence = "Read the password from standard input", .kind = Kind::Flag};
  return {
      {"user create",
       "Make a staff account",
       {name,
        {.name = "--role",
         .sentence = "triage, reviewer, lead, legal, analyst or admin; several times",
         .kind = Kind::Texts,
         .required = true},
        password},
       create,
       true},
      {"user invite",
       "Make a link by which somebody becomes a member, or sets a new password",
       {name,
        {.name = "--role",
         .sentence = "triage, reviewer, lead, legal, analyst or admin; several times",
         .kind = Kind::Texts},
        {.name = "--hours",
         .sentence = "How long the link holds",
         .kind = Kind::Int,
         .fallback = "72",
         .min = 1,
         .max = 720},
        {.name = "--again",
         .sentence = "For who lost the password or the telephone: ends their sessions when it is used",
         .kind = Kind::Flag}},
       invite,
       true},
      {"user list", "All staff accounts", {}, list},
      {"user disable",
       "End a user's sessions and let no new one begin",
       {name, {.name = "--enable", .sentence = "Let the user in again", .kind = Kind::Flag}},
       disable},
      {"user password", "Set a new password", {name, password}, set_password},
  };
}

Command user_command() { return office_command("user", "Staff accounts", user_tasks()); }

}  // namespace heed::app
