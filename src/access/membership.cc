#include "access/membership.h"

#include <algorithm>

#include "access/second_factors.h"
#include "base/bytes.h"

namespace heed::access {
namespace {

constexpr std::string_view kPrefix = "hi_";

std::string session_id(const TokenHash& hash) {
  const Digest digest =
      sha256("heed session id", std::string_view(reinterpret_cast<const char*>(hash.data()), hash.size()));
  return "ses_" + to_base64url(heed::view(digest).substr(0, 12));
}

tl::unexpected<Error> no_such_link() {
  return fail(Code::NotFound, "this invitation has been used, has ended or never was; ask for a new one");
}

}  // namespace

Result<Membership::Invited> Membership::issue(Invitation invitation, Millis life) {
  if (life < kLifeMin || life > kLifeMax) {
    return fail(Code::InvalidInput, "an invitation holds from an hour to 30 days",
                {{"/expires_in_hours", "must be 1 to 720"}});
  }
  const Time now = clock_.now();
  for (const Invitation& old : TRY(directory_.invitations())) {
    if (old.expires_at <= now || old.name == invitation.name) {
      TRY(directory_.end_invitation(old.id));
    }
  }
  std::string token = std::string(kPrefix) + to_base64url(random_string(32));
  invitation.hash = hash_token(token_key_, token);
  invitation.id = IdSource().mint<InvitationId>(now);
  invitation.created_at = now;
  invitation.expires_at = now + life;
  TRY(directory_.put_invitation(invitation));
  return Invited{std::move(invitation), std::move(token)};
}

Result<Membership::Invited> Membership::invite(const Wanted& wanted) {
  if (auto name = check_staff_name(wanted.name); !name) {
    return fail(Code::InvalidInput, name.error().message, {{"/name", name.error().message}});
  }
  if (wanted.roles == 0) {
    return fail(Code::InvalidInput, "an invitation needs at least one role", {{"/roles", "at least one is needed"}});
  }
  const Time now = clock_.now();
  bool taken = TRY(directory_.staff_by_name(wanted.name)).has_value();
  for (const Invitation& other : TRY(directory_.invitations())) {
    taken = taken || (other.name == wanted.name && other.expires_at > now);
  }
  if (taken) {
    return fail(Code::Conflict, "the log-in name is taken; choose another", {{"/name", "is taken"}});
  }
  Invitation invitation;
  invitation.name = wanted.name;
  invitation.roles = wanted.roles;
  invitation.by = wanted.by;
  return issue(std::move(invitation), wanted.life);
}

Result<Membership::Invited> Membership::invite_again(StaffId id, StaffId by, Millis life) {
  auto staff = TRY(directory_.staff(id));
  if (!staff) {
    return fail(Code::NotFound, "there is no such member");
  }
  Invitation invitation;
  invitation.name = staff->name;
  invitation.roles = staff->roles;
  invitation.by = by;
  invitation.staff = staff->id;
  return issue(std::move(invitation), life);
}

Result<Invitation> Membership::opened(std::string_view token) {
  if (!token.starts_with(kPrefix) || token.size() > 100) {
    return no_such_link();
  }
  const TokenHash hash = hash_token(token_key_, token);
  const Time now = clock_.now();
  for (Invitation& one : TRY(directory_.invitations())) {
    if (one.hash == hash && one.expires_at > now) {
      return std::move(one);
    }
  }
  return no_such_link();
}

Result<Authenticator::LogIn> Membership::accept(std::string_view token, std::string_view password, bool quick_hash) {
  Invitation invitation = TRY(opened(token));
  if (password == invitation.name) {
    return fail(Code::InvalidInput, "the password must not be the name", {{"/password", "must not be the name"}});
  }
  Staff staff;
  if (invitation.staff) {
    TRY(authenticator_.set_password(invitation.staff, password, quick_hash));
    TRY(directory_.end_second_factor(invitation.staff));
    auto now = TRY(directory_.staff(invitation.staff));
    if (!now || now->disabled) {
      return no_such_link();
    }
    staff = *std::move(now);
  } else {
    staff = TRY(authenticator_.create_staff(invitation.name, password, invitation.roles, quick_hash));
  }
  TRY(directory_.end_invitation(invitation.id));
  return authenticator_.open_session(std::move(staff));
}

Result<std::vector<Invitation>> Membership::pending() {
  std::vector<Invitation> all = TRY(directory_.invitations());
  const Time now = clock_.now();
  std::erase_if(all, [&](const Invitation& one) { return one.expires_at <= now; });
  std::sort(all.begin(), all.end(), [](const Invitation& a, const Invitation& b) { return a.id > b.id; });
  return all;
}

Result<void> Membership::withdraw(InvitationId id) {
  for (const Invitation& one : TRY(pending())) {
    if (one.id == id) {
      return directory_.end_invitation(id);
    }
  }
  return fail(Code::NotFound, "there is no such invitation");
}

Result<std::vector<Membership::Seen>> Membership::sessions(StaffId staff, std::string_view cookie) {
  const Time now = clock_.now();
  const Authenticator::Rules& rules = authenticator_.rules();
  const TokenHash own = cookie.empty() ? TokenHash{} : authenticator_.session_hash(cookie);
  std::vector<Seen> out;
  for (const Session& one : TRY(directory_.sessions_of(staff))) {
    if (now - one.seen_at < rules.session_idle && now - one.created_at < rules.session_max) {
      out.push_back({session_id(one.hash), one.created_at, one.seen_at, !cookie.empty() && one.hash == own});
    }
  }
  std::sort(out.begin(), out.end(),
            [](const Seen& a, const Seen& b) { return std::pair(b.created_at, b.id) < std::pair(a.created_at, a.id); });
  return out;
}

Result<void> Membership::end_session(StaffId staff, std::string_view id) {
  for (const Session& one : TRY(directory_.sessions_of(staff))) {
    if (session_id(one.hash) == id) {
      return directory_.end_session(one.hash);
    }
  }
  return fail(Code::NotFound, "there is no such session");
}

Result<Authenticator::LogIn> Membership::change_password(StaffId id, std::string_view old, std::string_view fresh,
                                                         bool quick_hash) {
  auto staff = TRY(directory_.staff(id));
  if (!staff || staff->disabled) {
    return fail(Code::NotFound, "there is no such member");
  }
  if (!TRY(authenticator_.knows(*staff, old))) {
    return fail(Code::InvalidInput, "this is not the password that holds now",
                {{"/password", "is not the one that holds now"}});
  }
  if (fresh == staff->name || fresh == old) {
    return fail(Code::InvalidInput, "choose another password",
                {{"/new_password", "must be neither the name nor the old password"}});
  }
  if (auto set = authenticator_.set_password(id, fresh, quick_hash); !set) {
    Error error = set.error();
    if (error.code == Code::InvalidInput) {
      error.fields = {{"/new_password", error.message}};
    }
    return tl::unexpected(std::move(error));
  }
  return authenticator_.open_session(*TRY(directory_.staff(id)));
}

Result<Staff> Membership::change(StaffId id, StaffId by, std::optional<std::uint32_t> roles,
                                 std::optional<bool> disabled) {
  if (id == by) {
    return fail(Code::Conflict, "another administrator must change your own roles");
  }
  auto staff = TRY(directory_.staff(id));
  if (!staff) {
    return fail(Code::NotFound, "there is no such member");
  }
  if (roles && *roles == 0) {
    return fail(Code::InvalidInput, "a member needs at least one role", {{"/roles", "at least one is needed"}});
  }
  staff->roles = roles.value_or(staff->roles);
  staff->disabled = disabled.value_or(staff->disabled);
  TRY(directory_.put_staff(*staff));
  if (staff->disabled) {
    TRY(directory_.end_sessions_of(id));
  }
  return *std::move(staff);
}

}  // namespace heed::access
