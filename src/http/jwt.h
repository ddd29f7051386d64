#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace heed::http {

/// One verification key of the platform's. The algorithm is pinned: a token that names another is refused.
struct JwtKey {
  enum class Algorithm { EdDSA, ES256, HS256 };
  std::string kid;  ///< may be empty when it is the only key
  Algorithm algorithm = Algorithm::EdDSA;
  std::string material;  ///< EdDSA: 32 raw bytes; ES256: 65 bytes 04‖X‖Y; HS256: the secret (≥ 32 bytes)
  Time not_before{};     ///< default: always
  Time not_after = Time::max();
};

struct JwtClaims {
  std::string issuer, subject, handle, locale;
  Time issued_at{}, expires_at{};
};

struct JwtRules {
  std::string issuer;             ///< required value of `iss`; empty: any
  std::string audience = "heed";  ///< must be `aud` or one of it
  Millis life_max = std::chrono::hours(24);
  Millis skew = std::chrono::seconds(60);
};

/// Verifies a compact JWS (RFC 7515/7519). Unauthorized, with one neutral message for every fault; `why`
/// gets the particular one for the log. `kid` is required when there are several keys. No "none", no
/// algorithm choice by the token, no `crit`, at most 4 KiB.
Result<JwtClaims> verify_jwt(std::string_view token, const std::vector<JwtKey>& keys, const JwtRules& rules, Time now,
                             std::string* why = nullptr);
/// Public keys of a JWKS document (RFC 7517): OKP/Ed25519 and EC/P-256 and oct.
Result<std::vector<JwtKey>> parse_jwks(std::string_view json);
/// Makes a token (EdDSA with the 32-byte seed; HS256 with the secret, "" for `key.material`); for tests, the
/// simulator and the demonstration platform.
std::string make_jwt(const JwtKey& key, std::string_view private_material, std::string_view claims_json);

}  // namespace heed::http
