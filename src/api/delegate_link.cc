#include "api/delegate_link.h"

#include "base/bytes.h"

namespace heed::api {
namespace {

constexpr std::string_view kPrefix = "hd_", kPurpose = "heed delegate link 1";
constexpr std::size_t kIdBytes = 16;

std::string proof(const Digest& key, std::string_view id) {
  return std::string(view(hmac_sha256(view(key), std::string(kPurpose) + std::string(id))));
}

}  // namespace

std::string DelegateLinks::make(access::DelegationId delegation) const {
  const std::string id(delegation.view());
  return std::string(kPrefix) + to_base64url(id + proof(key_, id));
}

Result<access::DelegationId> DelegateLinks::open(std::string_view token) const {
  auto bytes = token.starts_with(kPrefix) && token.size() <= 100 ? from_base64url(token.substr(kPrefix.size()))
                                                                 : Result<std::string>("");
  if (!bytes || bytes->size() != kIdBytes + sizeof(Digest)) {
    return fail(Code::Unauthorized, "credentials are missing or not valid");
  }
  const std::string_view id = std::string_view(*bytes).substr(0, kIdBytes);
  if (!equal_constant_time(std::string_view(*bytes).substr(kIdBytes), proof(key_, id))) {
    return fail(Code::Unauthorized, "credentials are missing or not valid");
  }
  return access::DelegationId::from_view(id);
}

}  // namespace heed::api
