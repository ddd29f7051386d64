#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include <memory>

#include "base/bytes.h"
#include "http/jwt.h"
#include "http/jwt_keys.h"

namespace heed::http {
namespace detail {
namespace {

constexpr std::size_t kCoordinateBytes = 32;

template <auto free>
struct Free {
  template <class T>
  void operator()(T* p) const {
    free(p);
  }
};
template <class T, auto free>
using Handle = std::unique_ptr<T, Free<free>>;
using Key = Handle<EVP_PKEY, EVP_PKEY_free>;

Key key_from_point(std::string_view point) {
  if (point.size() != 1 + 2 * kCoordinateBytes || point[0] != 4) {
    return nullptr;
  }
  char group[] = "prime256v1";
  std::string octets(point);
  OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group - 1),
      OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, octets.data(), octets.size()),
      OSSL_PARAM_construct_end(),
  };
  Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_name(nullptr, "EC", nullptr));
  EVP_PKEY* key = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, EVP_PKEY_PUBLIC_KEY, params) != 1) {
    return nullptr;
  }
  return Key(key);
}

}  // namespace

bool valid_p256_point(std::string_view point) {
  Key key = key_from_point(point);
  if (!key) {
    return false;
  }
  Handle<EVP_PKEY_CTX, EVP_PKEY_CTX_free> context(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  return context && EVP_PKEY_public_check(context.get()) == 1;
}

bool verify_es256(std::string_view point, std::string_view message, std::string_view signature) {
  Key key = key_from_point(point);
  if (!key || signature.size() != 2 * kCoordinateBytes) {
    return false;
  }
  auto bytes = [](std::string_view v) { return reinterpret_cast<const unsigned char*>(v.data()); };
  Handle<ECDSA_SIG, ECDSA_SIG_free> pair(ECDSA_SIG_new());
  Handle<BIGNUM, BN_free> r(BN_bin2bn(bytes(signature), kCoordinateBytes, nullptr));
  Handle<BIGNUM, BN_free> s(BN_bin2bn(bytes(signature) + kCoordinateBytes, kCoordinateBytes, nullptr));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) {
    return false;
  }
  static_cast<void>(r.release());  // the pair owns them now
  static_cast<void>(s.release());
  unsigned char* der = nullptr;
  int der_bytes = i2d_ECDSA_SIG(pair.get(), &der);
  if (der_bytes <= 0) {
    return false;
  }
  Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  bool good =
      context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), der, static_cast<std::size_t>(der_bytes), bytes(message), message.size()) == 1;
  OPENSSL_free(der);
  return good;
}

bool has_repeated_member(const Json& object) {
  std::vector<std::string_view> names;
  bool repeated = false;
  object.members([&](std::string_view name, Json) {
    for (std::string_view other : names) {
      repeated = repeated || other == name;
    }
    if (names.size() < 100) {
      names.push_back(name);
    } else {
      repeated = true;  // no token of ours has so many
    }
  });
  return repeated;
}

}  // namespace detail

namespace {

constexpr std::size_t kJwksBytesMax = 256 * 1024;
constexpr std::size_t kKeysMax = 100;
constexpr std::size_t kSecretBytesMin = 32;

Result<std::string> binary(const Json& key, std::string_view name, const std::string& pointer) {
  std::string_view text = key.get_string(name);
  Result<std::string> raw = from_base64url(text);
  if (text.empty() || !raw) {
    return invalid(pointer + "/" + std::string(name), "must be base64url without padding");
  }
  return raw;
}

}  // namespace

Result<std::vector<JwtKey>> parse_jwks(std::string_view json) {
  if (json.size() > kJwksBytesMax) {
    return fail(Code::TooLarge, "a key set may have 256 KiB");
  }
  JsonParser parser;
  Json document = TRY(parser.parse(json));
  Json list = document["keys"];
  if (!list.is_array() || list.size() > kKeysMax) {
    return invalid("/keys", "must be an array of at most 100 keys");
  }
  std::vector<JwtKey> keys;
  std::size_t index = 0;
  Result<void> fault;
  auto read_one = [&](const Json& key) -> Result<void> {
    std::string pointer = "/keys/" + std::to_string(index++);
    if (!key.is_object() || detail::has_repeated_member(key)) {
      return invalid(pointer, "must be an object without repeated members");
    }
    std::string_view use = key.get_string("use");
    std::string_view type = key.get_string("kty");
    std::string_view curve = key.get_string("crv");
    std::string_view algorithm = key.get_string("alg");
    if (!use.empty() && use != "sig") {
      return {};
    }
    JwtKey out;
    out.kid = std::string(key.get_string("kid"));
    if (type != "oct" && !key["d"].missing()) {
      return invalid(pointer + "/d", "is a private key; give only the public part");
    }
    if (type == "OKP" && curve == "Ed25519") {
      out.algorithm = JwtKey::Algorithm::EdDSA;
      out.material = TRY(binary(key, "x", pointer));
      if (out.material.size() != 32 || (!algorithm.empty() && algorithm != "EdDSA" && algorithm != "Ed25519")) {
        return invalid(pointer, "an Ed25519 key has 32 bytes in x, and alg EdDSA");
      }
    } else if (type == "EC" && curve == "P-256") {
      out.algorithm = JwtKey::Algorithm::ES256;
      std::string x = TRY(binary(key, "x", pointer));
      std::string y = TRY(binary(key, "y", pointer));
      out.material = "\x04" + x + y;
      if (x.size() != 32 || !detail::valid_p256_point(out.material) || (!algorithm.empty() && algorithm != "ES256")) {
        return invalid(pointer, "a P-256 key is a point on the curve, with alg ES256");
      }
    } else if (type == "oct") {
      out.algorithm = JwtKey::Algorithm::HS256;
      out.material = TRY(binary(key, "k", pointer));
      if (out.material.size() < kSecretBytesMin || (!algorithm.empty() && algorithm != "HS256")) {
        return invalid(pointer, "a shared secret has at least 32 bytes, and alg HS256");
      }
    } else {
      return {};  // other kinds of keys may be in the same set
    }
    for (const JwtKey& other : keys) {
      if (other.kid == out.kid) {
        return invalid(pointer + "/kid", "is given twice");
      }
    }
    keys.push_back(std::move(out));
    return {};
  };
  list.each([&](const Json& key) {
    if (fault) {
      fault = read_one(key);
    }
  });
  if (!fault) {
    return tl::unexpected(std::move(fault).error());
  }
  return keys;
}

}  // namespace heed::http
