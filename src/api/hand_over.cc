#include "api/hand_over.h"

#include "base/bytes.h"

namespace heed::api {
namespace {

constexpr std::string_view kCodePrefix = "hc_", kTokenPrefix = "hu_";
constexpr std::string_view kCodePurpose = "heed hand-over code 1", kTokenPurpose = "heed hand-over token 1";
constexpr std::size_t kNonceBytes = 24, kTextBytesMax = 24'000;

tl::unexpected<Error> refused() { return fail(Code::Unauthorized, "credentials are missing or not valid"); }

SecretKey key_of(std::string_view secret, std::string_view purpose) {
  auto key = SecretKey::from_view(view(hmac_sha256(secret, purpose)));
  HEED_ASSERT(key.has_value());
  return *key;
}

std::string plain_of(const HandOver& to, Time expires_at, bool with_page) {
  std::string plain;
  ByteWriter out(plain);
  out.u64(static_cast<std::uint64_t>(to_ms(expires_at)));
  out.bytes(to.account);
  out.bytes(to.handle);
  out.bytes(to.locale);
  out.bytes(with_page ? to.page_json : std::string());
  return plain;
}

/// The sealed bytes behind a prefix.
Result<std::string> sealed_of(std::string_view text, std::string_view prefix) {
  if (!text.starts_with(prefix) || text.size() > kTextBytesMax) {
    return refused();
  }
  auto sealed = from_base64url(text.substr(prefix.size()));
  return sealed && sealed->size() > kNonceBytes ? std::move(sealed) : Result<std::string>(refused());
}

Result<HandOver> open_sealed(const SecretKey& key, std::string_view sealed, std::string_view purpose, Time now,
                             Time& expires_at) {
  auto plain = unseal(key, sealed, purpose);
  if (!plain) {
    return refused();
  }
  ByteReader in(*plain);
  HandOver to;
  expires_at = from_ms(static_cast<std::int64_t>(in.u64()));
  to.account = in.bytes();
  to.handle = in.bytes();
  to.locale = in.bytes();
  to.page_json = in.bytes();
  if (!in.ok() || !in.at_end() || to.account.empty() || expires_at <= now) {
    return refused();
  }
  return to;
}

}  // namespace

HandOvers::HandOvers(const Digest& token_key)
    : code_key_(key_of(random_string(32), kCodePurpose)), token_key_(key_of(view(token_key), kTokenPurpose)) {}

std::string HandOvers::make_code(const HandOver& to, Time now) const {
  return std::string(kCodePrefix) +
         to_base64url(seal(code_key_, plain_of(to, now + kCodeLife, /*with_page=*/true), kCodePurpose));
}

Result<HandOver> HandOvers::open_code(std::string_view code, Time now) {
  std::string sealed = TRY(sealed_of(code, kCodePrefix));
  Time expires_at{};
  HandOver to = TRY(open_sealed(code_key_, sealed, kCodePurpose, now, expires_at));
  const bool first = used_.with([&](auto& used) {
    std::erase_if(used, [now](const auto& entry) { return entry.second <= now; });
    return used.emplace(sealed.substr(0, kNonceBytes), expires_at).second;
  });
  return first ? Result<HandOver>(std::move(to)) : Result<HandOver>(refused());
}

std::string HandOvers::make_token(const HandOver& to, Time now) const {
  return std::string(kTokenPrefix) +
         to_base64url(seal(token_key_, plain_of(to, now + kTokenLife, /*with_page=*/false), kTokenPurpose));
}

Result<HandOver> HandOvers::open_token(std::string_view token, Time now) const {
  Time expires_at{};
  HandOver to = TRY(open_sealed(token_key_, TRY(sealed_of(token, kTokenPrefix)), kTokenPurpose, now, expires_at));
  to.made_at = expires_at - kTokenLife;
  return to;
}

}  // namespace heed::api
