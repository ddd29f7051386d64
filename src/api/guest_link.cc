#include "api/guest_link.h"

#include "base/bytes.h"

namespace heed::api {
namespace {

constexpr std::string_view kPrefix = "hg_";
constexpr std::string_view kPurpose = "heed guest link 1";
constexpr std::size_t kPlainBytes = 40;

tl::unexpected<Error> refused() { return fail(Code::Unauthorized, "credentials are missing or not valid"); }

}  // namespace

GuestLinks::GuestLinks(const Digest& token_key) {
  auto key = SecretKey::from_view(view(hmac_sha256(view(token_key), kPurpose)));
  HEED_ASSERT(key.has_value());
  key_ = *key;
}

std::string GuestLinks::make(const access::PersonHash& person, CaseId case_id, Time expires_at) const {
  std::string plain(reinterpret_cast<const char*>(person.data()), person.size());
  plain += case_id.view();
  ByteWriter(plain).u64(static_cast<std::uint64_t>(to_ms(expires_at)));
  return std::string(kPrefix) + to_base64url(seal(key_, plain, kPurpose));
}

Result<access::Principal> GuestLinks::open(std::string_view token, Time now) const {
  if (!token.starts_with(kPrefix) || token.size() > 200) {
    return refused();
  }
  auto sealed = from_base64url(token.substr(kPrefix.size()));
  if (!sealed) {
    return refused();
  }
  auto plain = unseal(key_, *sealed, kPurpose);
  if (!plain || plain->size() != kPlainBytes) {
    return refused();
  }
  ByteReader in(*plain);
  access::Principal who;
  who.caller = access::Caller::Guest;
  std::string_view person = in.raw(who.person.size());
  std::copy(person.begin(), person.end(), reinterpret_cast<char*>(who.person.data()));
  who.guest_case = CaseId::from_view(in.raw(16));
  if (from_ms(static_cast<std::int64_t>(in.u64())) <= now) {
    return refused();
  }
  return who;
}

}  // namespace heed::api
