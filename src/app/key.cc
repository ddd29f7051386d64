#include "app/commands.h"
#include "app/office.h"

namespace heed::app {
namespace {

std::string scopes_of(std::uint32_t scopes) {
  std::string out;
  for (std::uint32_t bit = 1; bit != 0 && bit <= scopes; bit <<= 1) {
    if ((scopes & bit) != 0) {
      out += (out.empty() ? "" : " ") + std::string(access::scope_name(static_cast<access::Scope>(bit)));
    }
  }
  return out;
}

Result<Output> create(Office& office, const Arguments& arguments) {
  std::vector<std::string> scopes = arguments.texts("--scope");
  std::uint32_t bits = TRY(access::parse_scopes(scopes));
  auto [key, token] =
      TRY(office.rooms().authenticator().create_key(arguments.text("name"), bits, arguments.flag("--trusted-flagger")));
  Output out;
  out.fact("id", "Id", key.id.text()).fact("name", "Name", key.name).fact("scopes", "Scopes", scopes_of(key.scopes));
  out.fact("trusted_flagger", "Trusted flagger", key.trusted_flagger).fact("token", "Token", token);
  out.note("Keep the token now: only its hash is stored, so it cannot be shown again.");
  return out;
}

Result<Output> list(Office& office, const Arguments&) {
  Output out;
  out.columns({{"id", "Id"},
               {"name", "Name"},
               {"scopes", "Scopes"},
               {"trusted_flagger", "Trusted"},
               {"created_at", "Created"},
               {"last_used_at", "Last used"},
               {"revoked_at", "Revoked"}});
  for (const access::ApiKey& key : TRY(office.rooms().directory().keys())) {
    Output::Cell revoked, used;
    if (key.used_at) {
      used = cell(*key.used_at);
    }
    if (key.revoked_at) {
      revoked = cell(*key.revoked_at);
    }
    out.row({key.id.text(), key.name, scopes_of(key.scopes), key.trusted_flagger, cell(key.created_at), used, revoked});
  }
  if (out.rows() == 0) {
    out.note("There are no keys yet: heed key create NAME");
  }
  return out;
}

Result<Output> revoke(Office& office, const Arguments& arguments) {
  KeyId id = TRY(KeyId::parse(arguments.text("id")));
  TRY(office.rooms().authenticator().revoke_key(id));
  Output out;
  out.fact("id", "Revoked", id.text());
  out.note("A running server stops taking it within a second.");
  return out;
}

}  // namespace

std::vector<OfficeTask> key_tasks() {
  using Kind = Option::Kind;
  return {
      {"key create",
       "Make a platform key and print its token, once",
       {{.name = "name", .sentence = "What it is for", .required = true},
        {.name = "--scope",
         .sentence = "What it may do, several times or \"all\" (posts:write, reports:write, …)",
         .kind = Kind::Texts,
         .fallback = "all"},
        {.name = "--trusted-flagger",
         .sentence = "Reports made with it are a trusted flagger's (DSA Art. 22)",
         .kind = Kind::Flag}},
       create,
       true},
      {"key list", "All keys, without their tokens", {}, list},
      {"key revoke",
       "Take a key out of use, for good",
       {{.name = "id", .sentence = "key_…", .required = true}},
       revoke},
  };
}

Command key_command() { return office_command("key", "Keys with which the platform's servers call", key_tasks()); }

}  // namespace heed::app
