#pragma once
#include <string>
#include <string_view>

#include "access/principal.h"
#include "base/crypto.h"

/// The secret in the link of a delegate who has no account: "hd_" and the delegation with its proof. It opens nothing
/// by itself: whether the delegation is in force is asked at every request. Any thread.
namespace heed::api {

class DelegateLinks {
 public:
  /// `token_key` is the installation's (ledger::Secrets::token).
  explicit DelegateLinks(const Digest& token_key) : key_(token_key) {}
  std::string make(access::DelegationId delegation) const;
  /// Unauthorized, with one neutral message for every fault.
  Result<access::DelegationId> open(std::string_view token) const;

 private:
  const Digest key_;
};

}  // namespace heed::api
