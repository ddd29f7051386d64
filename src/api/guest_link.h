#pragma once
#include <string>
#include <string_view>

#include "access/principal.h"
#include "base/clock.h"
#include "base/crypto.h"

/// The secret in a link sent by mail or carried by a statement of reasons: opens one case as one person, until it
/// expires. Sealed, so that it tells neither case nor time: "hg_" and about 110 characters. Any thread.
namespace heed::api {

class GuestLinks {
 public:
  /// `token_key` is the installation's (ledger::Secrets::token).
  explicit GuestLinks(const Digest& token_key);
  std::string make(const access::PersonHash& person, CaseId case_id, Time expires_at) const;
  /// Unauthorized, with one neutral message for every fault.
  Result<access::Principal> open(std::string_view token, Time now) const;

 private:
  SecretKey key_;
};

}  // namespace heed::api
