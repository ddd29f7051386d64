// Any bytes as a token and as a key set. Tokens signed with the right key reach the claims; no other may pass.
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/bytes.h"
#include "base/crypto.h"
#include "http/jwt.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace heed;
  using namespace heed::http;
  static const JwtKey key = [] {
    crypto_init();
    JwtKey k;
    k.kid = "k";
    k.algorithm = JwtKey::Algorithm::HS256;
    k.material = std::string(32, 's');
    return k;
  }();
  const Time now = from_ms(1'800'000'000'000);
  const JwtRules rules;
  std::string_view text(reinterpret_cast<const char*>(data), size);
  std::string why;
  if (verify_jwt(text, {key}, rules, now, &why)) {
    // Only somebody with the secret can have made it: the very bytes that signing again gives.
    std::string_view signed_part = text.substr(0, text.rfind('.'));
    if (text.substr(signed_part.size() + 1) != to_base64url(view(hmac_sha256(key.material, signed_part)))) {
      std::abort();
    }
  }
  // The same bytes as claims behind a good signature.
  auto claims = verify_jwt(make_jwt(key, "", text), {key}, rules, now, &why);
  if (claims && (claims->subject.empty() || claims->subject.size() > 200 || claims->expires_at <= claims->issued_at ||
                 claims->expires_at - claims->issued_at > rules.life_max)) {
    std::abort();
  }
  if (auto keys = parse_jwks(text)) {
    for (const JwtKey& one : *keys) {
      if (one.material.size() < 32) {
        std::abort();
      }
      static_cast<void>(verify_jwt(text, {one}, rules, now));
    }
  }
  return 0;
}
