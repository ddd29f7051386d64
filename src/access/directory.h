#pragma once
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "access/principal.h"
#include "base/clock.h"
#include "base/crypto.h"

/// Keys, staff and sessions: the port (store/directory implements it over operational tables). Only hashes of secrets
/// are kept.
namespace heed::access {

using TokenHash = std::array<std::uint8_t, 32>;
/// HMAC-SHA-256. A stolen directory opens nothing, and looking a token up takes a time that says nothing about it.
TokenHash hash_token(const Digest& token_key, std::string_view token);

struct ApiKey {
  KeyId id;
  std::string name;
  TokenHash hash{};
  std::uint32_t scopes = 0;
  bool trusted_flagger = false;
  Time created_at{};
  std::optional<Time> revoked_at;
  std::optional<Time> used_at = {};  ///< last, within a minute or two; only keys() fills it
};
struct Staff {
  StaffId id;
  std::string name;      ///< log-in name
  std::string alias;     ///< pseudonym that parties and exports see: "Reviewer K7"
  std::string password;  ///< Argon2id string
  std::uint32_t roles = 0;
  bool disabled = false;
};
struct Session {
  TokenHash hash{};
  StaffId staff;
  Time created_at{}, seen_at{};
};
/// An app's codes as a second proof besides the password, with codes on paper.
struct SecondFactor {
  StaffId staff;
  std::string sealed;               ///< the secret, under a key of the installation's
  bool confirmed = false;           ///< a code of it was shown once
  std::int64_t last_step = 0;       ///< newest code used: none up to it opens anything
  std::vector<TokenHash> recovery;  ///< codes on paper that are unused
  Time since{};
};
struct InvitationTag {
  static constexpr std::string_view prefix = "inv_";
};
using InvitationId = Id<InvitationTag>;
/// A link by which somebody becomes a member, once; or, with `staff`, sets a new password.
struct Invitation {
  TokenHash hash{};
  InvitationId id;
  std::string name;
  std::uint32_t roles = 0;
  StaffId by;     ///< none: from the command line
  StaffId staff;  ///< whose new start this is; none: a new member's
  Time created_at{}, expires_at{};
};
/// A person of the platform on whom somebody of the staff may not judge: Own is themself, Declared a tie that is told
/// without a reason. What the platform knows of Own (follows, blocks, contact) is not kept here.
enum class TieKind : std::uint8_t { Own, Declared };
struct Tie {
  StaffId staff;
  PersonHash person{};
  TieKind kind = TieKind::Own;
  std::string sealed;  ///< the account id, for whoever declared it
  Time at{};
};

/// What a shift has asked of somebody of the staff, counted for themselves alone.
struct ShiftCount {
  Time began{}, last_at{};
  std::int64_t active_ms = 0, since_break_ms = 0;
  std::int64_t seen = 0, decided = 0;
  std::int64_t grave = 0;                                ///< grave posts since the last milder case
  std::map<std::string, std::int64_t> by_category = {};  ///< posts seen
};

class Directory {
 public:
  virtual ~Directory() = default;
  virtual Result<std::optional<ApiKey>> key_by_hash(const TokenHash& hash) = 0;
  virtual Result<std::vector<ApiKey>> keys() = 0;
  virtual Result<void> put_key(const ApiKey& key) = 0;
  /// Notes that a key was used, as touch_session does for a session.
  virtual void touch_key(KeyId id, Time used_at) = 0;
  virtual Result<std::optional<Staff>> staff_by_name(std::string_view name) = 0;
  virtual Result<std::optional<Staff>> staff(StaffId id) = 0;
  virtual Result<std::vector<Staff>> all_staff() = 0;
  virtual Result<void> put_staff(const Staff& staff) = 0;  ///< Conflict when the name is taken
  virtual Result<std::optional<Session>> session(const TokenHash& hash) = 0;
  virtual Result<void> put_session(const Session& session) = 0;
  virtual Result<void> end_session(const TokenHash& hash) = 0;
  /// Notes that a session was used, without waiting for the disk (this is called on I/O threads). Never brings back a
  /// session that has ended; losing the note in a crash only makes the session idle out earlier.
  virtual void touch_session(const TokenHash& hash, Time seen_at) = 0;
  /// All sessions of one person: after a new password.
  virtual Result<void> end_sessions_of(StaffId staff) = 0;
  /// Forgets sessions last used before.
  virtual Result<void> prune_sessions(Time seen_before) = 0;
  virtual Result<std::vector<Session>> sessions_of(StaffId staff) = 0;

  virtual Result<std::optional<SecondFactor>> second_factor(StaffId staff) = 0;
  virtual Result<void> put_second_factor(const SecondFactor& factor) = 0;
  virtual Result<void> end_second_factor(StaffId staff) = 0;  ///< fine when there is none
  /// Reads, lets `change` alter it and writes it in one transaction: a code cannot be used twice at once. False when
  /// there is none or `change` says so; nothing is written then.
  virtual Result<bool> change_second_factor(StaffId staff, const std::function<bool(SecondFactor&)>& change) = 0;

  virtual Result<void> put_invitation(const Invitation& invitation) = 0;
  virtual Result<std::vector<Invitation>> invitations() = 0;
  virtual Result<void> end_invitation(InvitationId id) = 0;  ///< fine when there is none

  virtual Result<std::vector<Tie>> ties_of(StaffId staff) = 0;
  virtual Result<void> put_tie(const Tie& tie) = 0;
  virtual Result<void> end_tie(const Tie& tie) = 0;  ///< by staff, person and kind; fine when there is none

  virtual Result<std::optional<ShiftCount>> shift(StaffId staff) = 0;
  /// Reads, or begins with nothing, changes and writes in one transaction; gives what was written.
  virtual Result<ShiftCount> change_shift(StaffId staff, const std::function<void(ShiftCount&)>& change) = 0;
  /// Forgets those last counted before.
  virtual Result<void> prune_shifts(Time last_before) = 0;
};

class SecondFactors;

/// InvalidInput unless it is 1-64 of a-z A-Z 0-9 . _ - @.
Result<void> check_staff_name(std::string_view name);

/// Turns what a request carries into a Principal. Any thread; caches keys for at most a second, by `clock` and by
/// the machine's steady clock, whichever is sooner (a revoked key dies within that, also when `clock` stands still).
///
/// Every refusal reads the same, whatever was wrong: Unauthorized, "credentials are missing or not valid". A bad CSRF
/// token is Denied: whoever holds a valid session may know that. The directory's own errors (Unavailable) pass.
///
/// Sessions live in the directory, so they survive a restart. The CSRF token is HMAC(token key, cookie): not stored,
/// bound to the session, gone with it.
class Authenticator {
 public:
  struct Rules {
    Millis session_idle = std::chrono::hours(12);
    Millis session_max = std::chrono::hours(24 * 7);  ///< from log-in, however busy
    /// Per name and address, known or not; a right log-in gives its try back.
    int login_tries_per_minute = 10;
    int address_tries_per_minute = 60;
    /// Per name from everywhere, at once and in a minute after that. A browser that has been logged in before is
    /// not counted here (LogIn::known), so strangers who guess at a name do not lock its owner out.
    int name_tries_at_once = 60, name_tries_per_minute = 2;
    std::uint32_t second_factor_roles = 0;  ///< whoever has one of these may do nothing until it is set up
    std::string issuer = "Heed";            ///< what authenticator apps call the installation
  };
  Authenticator(Directory& directory, const Digest& token_key, const Clock& clock, Rules rules);
  ~Authenticator();
  const Rules& rules() const;
  SecondFactors& second_factors();
  /// `hk_…` key. Unauthorized with one neutral message.
  Result<Principal> platform(std::string_view token);
  /// Session cookie; `csrf` is checked when the request changes something.
  Result<Principal> staff(std::string_view cookie, std::string_view csrf, bool changes_something);
  struct LogIn {
    std::string cookie, csrf;
    std::string known;  ///< for a long-lived cookie: this browser has been logged in with this name
    Staff staff;
  };
  struct Attempt {
    std::string_view address;  ///< of the connection
    std::string_view code;     ///< of the app, or a recovery code
    std::string_view known;    ///< LogIn::known of an earlier time
  };
  /// Slow (Argon2id, 64 MiB): never on an I/O thread. TooMany when it is tried too often; wrong name, wrong password, a
  /// missing or wrong code and a disabled account cost the same and read the same.
  Result<LogIn> log_in(std::string_view name, std::string_view password, const Attempt& attempt = {});
  /// A session for somebody who has just proved who they are in another way.
  Result<LogIn> open_session(Staff staff);
  /// Is this what they know? For changes that a stolen session must not make. TooMany like a log-in.
  Result<bool> knows(const Staff& staff, std::string_view password);
  /// The CSRF token of this session's cookie, for a page that is loaded again; no check of whether it is one.
  std::string csrf(std::string_view cookie) const;
  Result<void> log_out(std::string_view cookie);  ///< fine when there is no such session
  TokenHash session_hash(std::string_view cookie) const;
  /// Makes a key and returns the token, the only time it is seen: "hk_" + 43 characters.
  Result<std::pair<ApiKey, std::string>> create_key(std::string name, std::uint32_t scopes, bool trusted_flagger);
  Result<void> revoke_key(KeyId id);  ///< NotFound; revoking twice keeps the first time
  /// InvalidInput unless the name is 1-64 of a-z A-Z 0-9 . _ - @ and the password 8-1024 bytes; Conflict when the name
  /// is taken. The pseudonym is drawn at random. `quick_hash` is for tests.
  Result<Staff> create_staff(std::string name, std::string_view password, std::uint32_t roles, bool quick_hash = false);
  /// Ends the person's sessions too.
  Result<void> set_password(StaffId id, std::string_view password, bool quick_hash = false);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace heed::access
