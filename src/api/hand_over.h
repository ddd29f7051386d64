#pragma once
#include <map>
#include <string>
#include <string_view>

#include "access/principal.h"
#include "base/clock.h"
#include "base/crypto.h"
#include "base/guarded.h"

/// How an app hands a signed-in person over to a web view without putting a credential into an address: the platform
/// asks for a link, whose code works once and for ten minutes; the page gives the code for a token of an hour, which
/// stays in its memory. Any thread.
///
/// A code is sealed under a key of this process, so none outlives a restart and none can be used twice; the app then
/// asks for another. A token is sealed under the installation's key.
namespace heed::api {

struct HandOver {
  std::string account, handle, locale;
  std::string page_json;  ///< what the page is to show; not secret from the person
  Time made_at{};         ///< of a token that was opened: when it was made
};

class HandOvers {
 public:
  static constexpr Millis kCodeLife = std::chrono::minutes(10), kTokenLife = std::chrono::hours(1);
  explicit HandOvers(const Digest& token_key);
  std::string make_code(const HandOver& to, Time now) const;
  /// Unauthorized, with one neutral message, for a code that is wrong, too old or used.
  Result<HandOver> open_code(std::string_view code, Time now);
  /// "hu_…"; what page_json holds is not in it.
  std::string make_token(const HandOver& to, Time now) const;
  Result<HandOver> open_token(std::string_view token, Time now) const;

 private:
  SecretKey code_key_, token_key_;
  Guarded<std::map<std::string, Time>> used_;  ///< nonce → until when the code would have worked
};

}  // namespace heed::api
