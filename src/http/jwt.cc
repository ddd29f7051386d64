#include "http/jwt.h"

#include <array>
#include <cmath>
#include <cstring>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/json.h"
#include "http/jwt_keys.h"

namespace heed::http {
namespace {

constexpr std::size_t kTokenBytesMax = 4096;
constexpr std::size_t kSecretBytesMin = 32;
constexpr std::size_t kSubjectBytesMax = 200;
constexpr std::size_t kLocaleBytesMax = 35;

std::string_view algorithm_name(JwtKey::Algorithm algorithm) {
  switch (algorithm) {
    case JwtKey::Algorithm::EdDSA:
      return "EdDSA";
    case JwtKey::Algorithm::ES256:
      return "ES256";
    case JwtKey::Algorithm::HS256:
      return "HS256";
  }
  return "";
}

/// Strict: only the one way to write these bytes passes, or one token could be written in several ways.
Result<std::string> decode_part(std::string_view text) {
  std::string raw = TRY(from_base64url(text));
  if (text.empty() || to_base64url(raw) != text) {
    return fail(Code::InvalidInput, "not canonical base64url");
  }
  return raw;
}

std::optional<Time> numeric_date(const Json& value) {
  std::optional<double> seconds = value.number();
  constexpr double kYear9999 = 253402300799.0;
  if (!seconds || !(*seconds >= 0 && *seconds <= kYear9999)) {
    return std::nullopt;
  }
  return from_ms(static_cast<std::int64_t>(std::floor(*seconds * 1000)));
}

bool good_text(std::string_view text, std::size_t bytes_max) {
  if (text.size() > bytes_max) {
    return false;
  }
  for (unsigned char c : text) {
    if (c < 0x20 || c == 0x7F) {
      return false;
    }
  }
  return true;
}

bool is_audience(const Json& value, std::string_view wanted) {
  if (value.is_string()) {
    return value.string() == wanted;
  }
  bool found = false;
  bool only_strings = value.is_array();
  value.each([&](const Json& one) {
    only_strings = only_strings && one.is_string();
    found = found || one.string() == wanted;
  });
  return found && only_strings;
}

class Verification {
 public:
  Verification(const std::vector<JwtKey>& keys, const JwtRules& rules, Time now)
      : keys_(keys), rules_(rules), now_(now) {}

  /// Null when the token is good, else what is wrong with it.
  const char* run(std::string_view token, JwtClaims& claims) {
    if (token.size() > kTokenBytesMax) {
      return "longer than 4 KiB";
    }
    std::size_t first = token.find('.');
    std::size_t second = first == std::string_view::npos ? first : token.find('.', first + 1);
    if (second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
      return "not three parts";
    }
    Result<std::string> header = decode_part(token.substr(0, first));
    Result<std::string> payload = decode_part(token.substr(first + 1, second - first - 1));
    Result<std::string> signature = decode_part(token.substr(second + 1));
    if (!header || !payload || !signature) {
      return "a part is not canonical base64url";
    }
    const JwtKey* key = nullptr;
    if (const char* fault = read_header(*header, key)) {
      return fault;
    }
    if (!signed_by(*key, token.substr(0, second), *signature)) {
      return "the signature does not verify";
    }
    return read_claims(*payload, claims);
  }

 private:
  const char* read_header(std::string_view text, const JwtKey*& key) {
    Result<Json> header = parser_.parse(text);
    if (!header || !header->is_object() || detail::has_repeated_member(*header)) {
      return "the header is no JSON object";
    }
    const Json& h = *header;
    if (!h["crit"].missing() || !h["b64"].missing() || !h["zip"].missing()) {
      return "the header asks for an extension";
    }
    if (!h["typ"].missing() && h["typ"].string() != "JWT" && h["typ"].string() != "jwt") {
      return "typ is not JWT";
    }
    if (!h["kid"].missing() && !h["kid"].is_string()) {
      return "kid is no string";
    }
    std::string_view kid = h.get_string("kid");
    if (kid.empty() && keys_.size() != 1) {
      return "kid is missing and there are several keys";
    }
    for (const JwtKey& candidate : keys_) {
      bool alone = keys_.size() == 1 && (kid.empty() || candidate.kid.empty());
      if (alone || candidate.kid == kid) {
        key = &candidate;
        break;
      }
    }
    if (key == nullptr) {
      return "no key has this kid";
    }
    if (now_ < key->not_before || now_ > key->not_after) {
      return "the key is not valid now";
    }
    if (h["alg"].string() != algorithm_name(key->algorithm)) {
      return "alg is not the key's";
    }
    return nullptr;
  }

  static bool signed_by(const JwtKey& key, std::string_view message, std::string_view signature) {
    switch (key.algorithm) {
      case JwtKey::Algorithm::EdDSA:
        return key.material.size() == 32 && signature.size() == 64 &&
               verify_signature(key.material, message, signature);
      case JwtKey::Algorithm::ES256:
        return detail::verify_es256(key.material, message, signature);
      case JwtKey::Algorithm::HS256:
        return key.material.size() >= kSecretBytesMin &&
               equal_constant_time(view(hmac_sha256(key.material, message)), signature);
    }
    return false;
  }

  const char* read_claims(std::string_view text, JwtClaims& claims) {
    Result<Json> payload = parser_.parse(text);
    if (!payload || !payload->is_object() || detail::has_repeated_member(*payload)) {
      return "the claims are no JSON object";
    }
    const Json& p = *payload;
    std::optional<Time> expires = numeric_date(p["exp"]);
    std::optional<Time> issued = numeric_date(p["iat"]);
    if (!expires || !issued) {
      return "exp or iat is missing or no time";
    }
    if (*expires + rules_.skew <= now_) {
      return "expired";
    }
    if (*issued > now_ + rules_.skew) {
      return "issued in the future";
    }
    if (*expires <= *issued || *expires - *issued > rules_.life_max) {
      return "valid for too long";
    }
    if (!p["nbf"].missing()) {
      std::optional<Time> begins = numeric_date(p["nbf"]);
      if (!begins || *begins > now_ + rules_.skew) {
        return "not valid yet";
      }
    }
    if (!rules_.issuer.empty() && p["iss"].string() != rules_.issuer) {
      return "another issuer";
    }
    if (!is_audience(p["aud"], rules_.audience)) {
      return "another audience";
    }
    std::string_view subject = p.get_string("sub");
    if (subject.empty() || !good_text(subject, kSubjectBytesMax)) {
      return "sub is missing or not usable";
    }
    std::string_view handle = p.get_string("handle");
    std::string_view locale = p.get_string("locale");
    if (!good_text(handle, kSubjectBytesMax) || !good_text(locale, kLocaleBytesMax)) {
      return "handle or locale is not usable";
    }
    claims.issuer = std::string(p.get_string("iss"));
    claims.subject = std::string(subject);
    claims.handle = std::string(handle);
    claims.locale = std::string(locale);
    claims.issued_at = *issued;
    claims.expires_at = *expires;
    return nullptr;
  }

  const std::vector<JwtKey>& keys_;
  const JwtRules& rules_;
  const Time now_;
  JsonParser parser_{/*depth_max=*/8};
};

}  // namespace

Result<JwtClaims> verify_jwt(std::string_view token, const std::vector<JwtKey>& keys, const JwtRules& rules, Time now,
                             std::string* why) {
  JwtClaims claims;
  if (const char* fault = Verification(keys, rules, now).run(token, claims)) {
    if (why != nullptr) {
      *why = fault;
    }
    return fail(Code::Unauthorized, "the token is not valid");
  }
  return claims;
}

std::string make_jwt(const JwtKey& key, std::string_view private_material, std::string_view claims_json) {
  JsonWriter header;
  header.begin_object().field("alg", algorithm_name(key.algorithm)).field("typ", "JWT");
  header.field_unless_empty("kid", key.kid).end_object();
  std::string out = to_base64url(header.str()) + "." + to_base64url(claims_json);
  std::string signature;
  switch (key.algorithm) {
    case JwtKey::Algorithm::EdDSA:
      signature = sign(SigningKey::from_seed(private_material), out);
      break;
    case JwtKey::Algorithm::HS256:
      signature = std::string(view(hmac_sha256(private_material.empty() ? key.material : private_material, out)));
      break;
    case JwtKey::Algorithm::ES256:
      HEED_ASSERT(false);  // only verified here; the platform signs
  }
  return out + "." + to_base64url(signature);
}

}  // namespace heed::http
