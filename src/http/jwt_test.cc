#include "http/jwt.h"

#include <gtest/gtest.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include <random>

#include "base/bytes.h"
#include "base/crypto.h"
#include "base/json.h"

namespace heed::http {
namespace {

const Time kNow = from_ms(1'800'000'000'000);
constexpr std::int64_t kNowS = 1'800'000'000;

std::string claims(std::int64_t issued = kNowS - 10, std::int64_t expires = kNowS + 3600, std::string_view more = "") {
  return R"({"iss":"platform","aud":"heed","sub":"a1","iat":)" + std::to_string(issued) + R"(,"exp":)" +
         std::to_string(expires) + std::string(more) + "}";
}

struct Jwt : ::testing::Test {
  Jwt() {
    crypto_init();
    signing = SigningKey::generate();
    seed.assign(reinterpret_cast<const char*>(signing.seed.data()), 32);
    ed.kid = "k1";
    ed.algorithm = JwtKey::Algorithm::EdDSA;
    ed.material.assign(reinterpret_cast<const char*>(signing.public_key.data()), 32);
    hs.kid = "k2";
    hs.algorithm = JwtKey::Algorithm::HS256;
    hs.material = std::string(40, 's');
    rules.issuer = "platform";
  }
  std::string ed_token(std::string_view body) { return make_jwt(ed, seed, body); }
  /// "" when the token is good, else why not.
  std::string fault(std::string_view token, std::vector<JwtKey> keys) {
    std::string why = "no reason given";
    auto verified = verify_jwt(token, keys, rules, kNow, &why);
    if (!verified) {
      EXPECT_EQ(verified.error().code, Code::Unauthorized);
      EXPECT_EQ(verified.error().message, "the token is not valid");
    }
    return verified ? "" : why;
  }
  std::string fault(std::string_view token) { return fault(token, {ed}); }
  /// A token with any header and body, rightly signed by the Ed25519 key.
  std::string signed_parts(std::string_view header, std::string_view body) {
    std::string out = to_base64url(header) + "." + to_base64url(body);
    return out + "." + to_base64url(sign(signing, out));
  }

  SigningKey signing;
  std::string seed;
  JwtKey ed, hs;
  JwtRules rules;
};

TEST_F(Jwt, GivesTheClaimsOfAGoodToken) {
  auto verified =
      verify_jwt(ed_token(claims(kNowS, kNowS + 60, R"(,"handle":"x","locale":"de-AT")")), {ed}, rules, kNow);
  ASSERT_TRUE(verified);
  EXPECT_EQ(verified->subject, "a1");
  EXPECT_EQ(verified->issuer, "platform");
  EXPECT_EQ(verified->handle, "x");
  EXPECT_EQ(verified->locale, "de-AT");
  EXPECT_EQ(verified->expires_at, kNow + std::chrono::seconds(60));
}

TEST_F(Jwt, KnowsTheExampleOfRfc8037) {
  JwtKey key;
  key.material = *from_base64url("11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
  // The signature is right, so that the payload, which is no JSON, is what is refused.
  EXPECT_EQ(fault("eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc.hgyY0il_MGCjP0JzlnLWG1PPOt7-"
                  "09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg",
                  {key}),
            "the claims are no JSON object");
}

TEST_F(Jwt, RefusesAlgNone) {
  for (const char* alg : {"none", "None", "NONE", ""}) {
    std::string header = std::string(R"({"alg":")") + alg + R"(","kid":"k1"})";
    EXPECT_EQ(fault(signed_parts(header, claims())), "alg is not the key's");
    std::string bare = to_base64url(header) + "." + to_base64url(claims()) + ".";
    EXPECT_NE(fault(bare), "");
  }
  EXPECT_EQ(fault(signed_parts(R"({"kid":"k1"})", claims())), "alg is not the key's");
  EXPECT_EQ(fault(signed_parts(R"({"alg":1,"kid":"k1"})", claims())), "alg is not the key's");
  EXPECT_EQ(fault(signed_parts(R"({"alg":"none","alg":"EdDSA","kid":"k1"})", claims())),
            "the header is no JSON object");
}

TEST_F(Jwt, RefusesAPublicKeyUsedAsSecret) {
  JwtKey confused = ed;
  confused.algorithm = JwtKey::Algorithm::HS256;  // what the attacker signs with
  EXPECT_EQ(fault(make_jwt(confused, ed.material, claims())), "alg is not the key's");
  EXPECT_EQ(fault(make_jwt(confused, to_base64url(ed.material), claims())), "alg is not the key's");
}

TEST_F(Jwt, VerifiesHs256AndRefusesShortSecrets) {
  EXPECT_EQ(fault(make_jwt(hs, "", claims()), {hs}), "");
  JwtKey weak = hs;
  weak.material = std::string(31, 's');
  EXPECT_EQ(fault(make_jwt(weak, "", claims()), {weak}), "the signature does not verify");
  JwtKey empty = hs;
  empty.material.clear();
  EXPECT_EQ(fault(make_jwt(empty, "", claims()), {empty}), "the signature does not verify");
}

TEST_F(Jwt, PicksTheKeyByKid) {
  EXPECT_EQ(fault(ed_token(claims()), {hs, ed}), "");
  JwtKey unnamed = ed;
  unnamed.kid.clear();
  EXPECT_EQ(fault(make_jwt(unnamed, seed, claims()), {hs, ed}), "kid is missing and there are several keys");
  EXPECT_EQ(fault(make_jwt(unnamed, seed, claims()), {ed}), "");
  JwtKey other = ed;
  other.kid = "../../k1";
  EXPECT_EQ(fault(make_jwt(other, seed, claims()), {ed}), "no key has this kid");
  EXPECT_EQ(fault(make_jwt(other, seed, claims()), {hs, ed}), "no key has this kid");
  EXPECT_EQ(fault(ed_token(claims()), {}), "no key has this kid");
  EXPECT_EQ(fault(signed_parts(R"({"alg":"EdDSA","kid":1})", claims())), "kid is no string");
}

TEST_F(Jwt, RefusesTimesThatDoNotFit) {
  EXPECT_EQ(fault(ed_token(claims(kNowS - 100, kNowS - 61))), "expired");
  EXPECT_EQ(fault(ed_token(claims(kNowS - 100, kNowS - 59))), "");
  EXPECT_EQ(fault(ed_token(claims(kNowS + 61, kNowS + 100))), "issued in the future");
  EXPECT_EQ(fault(ed_token(claims(kNowS + 59, kNowS + 100))), "");
  EXPECT_EQ(fault(ed_token(claims(kNowS, kNowS + 86'401))), "valid for too long");
  EXPECT_EQ(fault(ed_token(claims(kNowS, kNowS + 86'400))), "");
  EXPECT_EQ(fault(ed_token(claims(kNowS, kNowS))), "valid for too long");
  EXPECT_EQ(fault(ed_token(claims(kNowS, kNowS + 60, R"(,"nbf":1800000061)"))), "not valid yet");
  EXPECT_EQ(fault(ed_token(claims(kNowS, kNowS + 60, R"(,"nbf":1800000059)"))), "");
  EXPECT_EQ(fault(ed_token(claims(kNowS, kNowS + 60, R"(,"nbf":"soon")"))), "not valid yet");
}

TEST_F(Jwt, RefusesTimesThatAreNone) {
  for (const char* exp : {"\"1800000060\"", "null", "-1", "1e300", "true", "[1800000060]", "99999999999999"}) {
    std::string body = R"({"iss":"platform","aud":"heed","sub":"a1","iat":1800000000,"exp":)" + std::string(exp) + "}";
    EXPECT_NE(fault(ed_token(body)), "") << exp;
  }
  EXPECT_NE(fault(ed_token(R"({"iss":"platform","aud":"heed","sub":"a1","exp":1800000060})")), "");
  EXPECT_NE(fault(ed_token(R"({"iss":"platform","aud":"heed","sub":"a1","iat":1800000000})")), "");
}

TEST_F(Jwt, ChecksAudienceIssuerSubject) {
  auto body = [](std::string_view aud, std::string_view iss = "\"platform\"", std::string_view sub = "\"a1\"") {
    return R"({"iat":1800000000,"exp":1800000060,"aud":)" + std::string(aud) + R"(,"iss":)" + std::string(iss) +
           R"(,"sub":)" + std::string(sub) + "}";
  };
  EXPECT_EQ(fault(ed_token(body(R"(["other","heed"])"))), "");
  EXPECT_EQ(fault(ed_token(body(R"(["other"])"))), "another audience");
  EXPECT_EQ(fault(ed_token(body("[]"))), "another audience");
  EXPECT_EQ(fault(ed_token(body(R"(["heed",1])"))), "another audience");
  EXPECT_EQ(fault(ed_token(body(R"({"heed":1})"))), "another audience");
  EXPECT_EQ(fault(ed_token(body(R"("heedx")"))), "another audience");
  EXPECT_EQ(fault(ed_token(body(R"("heed")", R"("evil")"))), "another issuer");
  EXPECT_EQ(fault(ed_token(body(R"("heed")", "null"))), "another issuer");
  EXPECT_NE(fault(ed_token(body(R"("heed")", R"("platform")", R"("")"))), "");
  EXPECT_NE(fault(ed_token(body(R"("heed")", R"("platform")", "7"))), "");
  EXPECT_NE(fault(ed_token(body(R"("heed")", R"("platform")", R"("a\u0000b")"))), "");
  EXPECT_NE(fault(ed_token(body(R"("heed")", R"("platform")", "\"" + std::string(201, 'a') + "\""))), "");
}

TEST_F(Jwt, RefusesRepeatedClaimsAndOddHeaders) {
  EXPECT_NE(fault(ed_token(claims(kNowS, kNowS + 60, R"(,"sub":"a2")"))), "");
  for (const char* extra :
       {R"("crit":["exp"])", R"("crit":[])", R"("b64":false)", R"("zip":"DEF")", R"("typ":"JWE")"}) {
    EXPECT_NE(fault(signed_parts(R"({"alg":"EdDSA","kid":"k1",)" + std::string(extra) + "}", claims())), "") << extra;
  }
  EXPECT_EQ(fault(signed_parts(
                R"({"alg":"EdDSA","kid":"k1","jku":"http://evil/","jwk":{"kty":"oct"},"x5u":"http://e"})", claims())),
            "");
}

TEST_F(Jwt, RefusesOtherSpellingsOfTheSameToken) {
  std::string token = ed_token(claims());
  EXPECT_EQ(fault(token), "");
  for (const char* tail : {".", "=", "==", " ", "\n", "A", ".AAAA"}) {
    EXPECT_NE(fault(token + tail), "") << tail;
  }
  EXPECT_NE(fault(token + std::string(1, '\0')), "");
  EXPECT_NE(fault(" " + token), "");
  EXPECT_NE(fault("." + token), "");
  // 64 bytes leave four unused bits in the last of 86 characters; setting one must not pass.
  constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string respelled = token;
  respelled.back() = kAlphabet[kAlphabet.find(token.back()) | 1];
  ASSERT_NE(respelled, token);
  EXPECT_EQ(fault(respelled), "a part is not canonical base64url");
  std::string plain = token;
  for (char& c : plain) {
    c = c == '-' ? '+' : c == '_' ? '/' : c;
  }
  if (plain != token) {
    EXPECT_NE(fault(plain), "");
  }
}

TEST_F(Jwt, RefusesFiveKibibytes) {
  std::string token = ed_token(claims(kNowS, kNowS + 60, R"(,"x":")" + std::string(3700, 'a') + "\""));
  EXPECT_GT(token.size(), 5u * 1000);
  EXPECT_EQ(fault(token), "longer than 4 KiB");
}

TEST_F(Jwt, RefusesKeysOutOfTheirTime) {
  JwtKey old = ed;
  old.not_after = kNow - Millis(1);
  EXPECT_EQ(fault(ed_token(claims()), {old}), "the key is not valid now");
  JwtKey coming = ed;
  coming.not_before = kNow + Millis(1);
  EXPECT_EQ(fault(ed_token(claims()), {coming}), "the key is not valid now");
}

TEST_F(Jwt, NoSingleChangedBytePasses) {
  std::string token = ed_token(claims());
  std::mt19937 random(3);
  for (std::size_t at = 0; at < token.size(); ++at) {
    std::string changed = token;
    changed[at] = static_cast<char>(changed[at] ^ (1 << (random() % 7)));
    EXPECT_NE(fault(changed), "") << at;
  }
  for (std::size_t n = 0; n < token.size(); ++n) {
    EXPECT_NE(fault(token.substr(0, n)), "");
  }
}

struct EcKey {
  EcKey() : key(EVP_EC_gen("P-256")) {
    unsigned char point[65];
    std::size_t n = 0;
    EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point, &n);
    public_point.assign(reinterpret_cast<char*>(point), n);
  }
  ~EcKey() { EVP_PKEY_free(key); }
  std::string token(std::string_view header, std::string_view body) const {
    std::string out = to_base64url(header) + "." + to_base64url(body);
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key);
    unsigned char der[128];
    std::size_t n = sizeof der;
    EVP_DigestSign(context, der, &n, reinterpret_cast<const unsigned char*>(out.data()), out.size());
    EVP_MD_CTX_free(context);
    const unsigned char* p = der;
    ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &p, static_cast<long>(n));
    unsigned char raw[64];
    BN_bn2binpad(ECDSA_SIG_get0_r(pair), raw, 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair), raw + 32, 32);
    ECDSA_SIG_free(pair);
    der_token = out + "." + to_base64url({reinterpret_cast<char*>(der), n});
    return out + "." + to_base64url({reinterpret_cast<char*>(raw), 64});
  }
  EVP_PKEY* key;
  std::string public_point;
  mutable std::string der_token;
};

TEST_F(Jwt, VerifiesEs256) {
  EcKey ec;
  JwtKey key;
  key.algorithm = JwtKey::Algorithm::ES256;
  key.material = ec.public_point;
  std::string token = ec.token(R"({"alg":"ES256"})", claims());
  EXPECT_EQ(fault(token, {key}), "");
  EXPECT_EQ(fault(ec.der_token, {key}), "the signature does not verify");
  EcKey other;
  EXPECT_EQ(fault(other.token(R"({"alg":"ES256"})", claims()), {key}), "the signature does not verify");
  std::string unsigned_part = token.substr(0, token.rfind('.') + 1);
  EXPECT_EQ(fault(unsigned_part + to_base64url(std::string(64, '\0')), {key}), "the signature does not verify");
  key.material[10] = static_cast<char>(key.material[10] ^ 1);  // no longer on the curve
  EXPECT_EQ(fault(token, {key}), "the signature does not verify");
}

TEST_F(Jwt, ReadsKeySets) {
  EcKey ec;
  auto text = [&](std::string_view x, std::string_view more = "") {
    return R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"k1","use":"sig","alg":"EdDSA","x":")" + std::string(x) +
           "\"" + std::string(more) + R"(},{"kty":"RSA","kid":"r","n":"AQAB","e":"AQAB"},)" +
           R"({"kty":"EC","crv":"P-256","kid":"e","x":")" + to_base64url(ec.public_point.substr(1, 32)) + R"(","y":")" +
           to_base64url(ec.public_point.substr(33)) + R"("},{"kty":"oct","kid":"k2","k":")" +
           to_base64url(hs.material) + R"("},{"kty":"OKP","crv":"Ed25519","kid":"enc","use":"enc","x":"AAAA"}]})";
  };
  auto keys = parse_jwks(text(to_base64url(ed.material)));
  ASSERT_TRUE(keys) << keys.error().message;
  ASSERT_EQ(keys->size(), 3u);
  EXPECT_EQ(fault(ed_token(claims()), *keys), "");
  EXPECT_EQ(fault(make_jwt(hs, "", claims()), *keys), "");
  EXPECT_EQ(fault(ec.token(R"({"alg":"ES256","kid":"e"})", claims()), *keys), "");
  EXPECT_FALSE(parse_jwks(text("AAAA")));
  EXPECT_FALSE(parse_jwks(text("!")));
  EXPECT_FALSE(parse_jwks(text(to_base64url(ed.material), R"(,"d":"AAAA")")));
  EXPECT_FALSE(parse_jwks(R"({"keys":{}})"));
  EXPECT_FALSE(parse_jwks(R"([])"));
  EXPECT_FALSE(parse_jwks(R"({"keys":[1]})"));
  EXPECT_FALSE(parse_jwks(R"({"keys":[{"kty":"oct","k":"AAAA"}]})"));
  std::string far(32, '\xFF');
  EXPECT_FALSE(parse_jwks(R"({"keys":[{"kty":"EC","crv":"P-256","x":")" + to_base64url(far) + R"(","y":")" +
                          to_base64url(far) + R"("}]})"));
  std::string twice = R"({"kty":"oct","kid":"a","k":")" + to_base64url(hs.material) + R"("})";
  EXPECT_FALSE(parse_jwks(R"({"keys":[)" + twice + "," + twice + "]}"));
}

}  // namespace
}  // namespace heed::http
