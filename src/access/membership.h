#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "access/directory.h"

/// How somebody becomes a member of staff, and what becomes of their sessions. Waits for the disk, `accept` and
/// `change_password` for Argon2id besides: never on an I/O thread.
namespace heed::access {

class Membership {
 public:
  static constexpr Millis kLifeMin = std::chrono::hours(1), kLifeMax = std::chrono::hours(24 * 30);
  static constexpr Millis kLife = std::chrono::hours(24 * 3);

  Membership(Directory& directory, Authenticator& authenticator, const Digest& token_key, const Clock& clock)
      : directory_(directory), authenticator_(authenticator), token_key_(token_key), clock_(clock) {}

  struct Invited {
    Invitation invitation;
    std::string token;  ///< "hi_" + 43 characters; the only time that it is seen
  };
  struct Wanted {
    std::string name;
    std::uint32_t roles = 0;
    Millis life = kLife;
    StaffId by{};  ///< none: from the command line
  };
  /// InvalidInput by pointer ("/name", "/roles", "/expires_in_hours"); Conflict when the name is taken, by a member or
  /// by an invitation that waits.
  Result<Invited> invite(const Wanted& wanted);
  /// A member who lost the password or the telephone: the link sets a new password, ends all sessions and takes the
  /// second factor out. Replaces an earlier one of theirs.
  Result<Invited> invite_again(StaffId staff, StaffId by, Millis life = kLife);
  /// Whose the link is. NotFound for one that is used, expired, withdrawn or made up, in the same words.
  Result<Invitation> opened(std::string_view token);
  /// The link is used up, the person a member and logged in. InvalidInput for a password that is too short or too long,
  /// or that is the name: the link still holds then.
  Result<Authenticator::LogIn> accept(std::string_view token, std::string_view password, bool quick_hash = false);
  Result<std::vector<Invitation>> pending();
  Result<void> withdraw(InvitationId id);  ///< NotFound unless it waits

  struct Seen {
    std::string id;  ///< "ses_…": names a session and opens none
    Time created_at{}, seen_at{};
    bool current = false;
  };
  /// Newest first; only those that still open. `cookie`: the caller's own, "" for none.
  Result<std::vector<Seen>> sessions(StaffId staff, std::string_view cookie);
  Result<void> end_session(StaffId staff, std::string_view id);  ///< NotFound unless it is theirs

  /// InvalidInput unless `old` is right. Every session ends; the answer is a new one.
  Result<Authenticator::LogIn> change_password(StaffId staff, std::string_view old, std::string_view fresh,
                                               bool quick_hash = false);
  /// By an administrator. InvalidInput without roles; Conflict for oneself, so that the last administrator stays one.
  /// Whoever is disabled loses every session at once; whoever loses a role loses it with the next request.
  Result<Staff> change(StaffId staff, StaffId by, std::optional<std::uint32_t> roles, std::optional<bool> disabled);

 private:
  Result<Invited> issue(Invitation invitation, Millis life);

  Directory& directory_;
  Authenticator& authenticator_;
  const Digest token_key_;
  const Clock& clock_;
};

}  // namespace heed::access
