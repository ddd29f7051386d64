#pragma once
#include <string>
#include <string_view>

#include "access/principal.h"
#include "base/clock.h"
#include "base/crypto.h"

/// How a delegate without an account comes in. A link ("hd_…", by mail or from the principal's hand) names a delegation
/// and which of its links it is. The page gives it, when somebody presses a button, for a token ("ht_…") of a working
/// day; the link is spent then, so that whoever finds it later in a mailbox, a log or a scanner's archive has nothing.
/// The token works only together with a cookie that was set with it and that no script can read: it is worth nothing in
/// another browser. Any thread.
///
/// Neither opens anything by itself: whether the delegation is in force, whether the link is unspent and whether the
/// token comes from the newest link that was opened is asked at every request (access::Grants).
namespace heed::api {

class DelegateLinks {
 public:
  static constexpr Millis kTokenLife = std::chrono::hours(8);
  static constexpr std::string_view kCookie = "heed_browser";
  struct Opened {
    access::DelegationId delegation;
    int link = 0;  ///< 0: of an earlier release, which opens no more but can be exchanged for a new one
  };

  /// `token_key` is the installation's (ledger::Secrets::token).
  explicit DelegateLinks(const Digest& token_key);
  std::string make(access::DelegationId delegation, int link) const;
  /// Unauthorized, with one neutral message for every fault; so are tokens.
  Result<Opened> open(std::string_view text) const;

  static std::string draw_browser();  ///< a value for the cookie
  static bool is_browser(std::string_view cookie);
  std::string make_token(const Opened& opened, std::string_view browser, Time now) const;
  Result<Opened> open_token(std::string_view token, std::string_view browser, Time now) const;

 private:
  const Digest key_;
  SecretKey token_key_;
};

}  // namespace heed::api
