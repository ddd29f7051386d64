#include "base/crypto.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <cstring>
#include <memory>

namespace heed {
namespace {

const unsigned char* raw(std::string_view v) { return reinterpret_cast<const unsigned char*>(v.data()); }
unsigned char* raw(std::string& v) { return reinterpret_cast<unsigned char*>(v.data()); }

template <auto free>
struct Free {
  template <class T>
  void operator()(T* p) const {
    free(p);
  }
};
template <class T, auto free>
using Handle = std::unique_ptr<T, Free<free>>;

// Fetched once: OpenSSL 3 otherwise looks the algorithm up by name, under a lock, at every use.
const EVP_MD* sha256_method() {
  static const EVP_MD* method = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return method;
}
const EVP_CIPHER* aes_method() {
  static const EVP_CIPHER* method = EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr);
  return method;
}

EVP_MD_CTX* digest_context() {
  thread_local Handle<EVP_MD_CTX, EVP_MD_CTX_free> context(EVP_MD_CTX_new());
  return context.get();
}

template <class... Parts>
Digest digest_of(Parts... parts) {
  Digest digest;
  EVP_MD_CTX* context = digest_context();
  bool ok = EVP_DigestInit_ex2(context, sha256_method(), nullptr) == 1;
  ((ok = ok && (parts.empty() || EVP_DigestUpdate(context, parts.data(), parts.size()) == 1)), ...);
  ok = ok && EVP_DigestFinal_ex(context, digest.data(), nullptr) == 1;
  HEED_ASSERT(ok);
  return digest;
}

// HMAC under the key used last: keying it anew costs as much as the rest. Long keys are not remembered.
class Hmac {
 public:
  Hmac() {
    Handle<EVP_MAC, EVP_MAC_free> method(EVP_MAC_fetch(nullptr, "HMAC", nullptr));
    context_.reset(EVP_MAC_CTX_new(method.get()));
    char sha256_name[] = "SHA256";
    OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, sha256_name, 0),
                           OSSL_PARAM_construct_end()};
    HEED_ASSERT(context_ && EVP_MAC_CTX_set_params(context_.get(), params) == 1);
  }
  ~Hmac() { sodium_memzero(key_.data(), key_.size()); }

  EVP_MAC_CTX* start(std::string_view key) {
    bool again = size_ > 0 && key.size() == size_ && std::memcmp(key.data(), key_.data(), size_) == 0;
    const unsigned char* given = key.empty() ? key_.data() : raw(key);  // null would mean the last key
    HEED_ASSERT(EVP_MAC_init(context_.get(), again ? nullptr : given, again ? 0 : key.size(), nullptr) == 1);
    if (!again) {
      size_ = key.size() <= key_.size() ? key.size() : 0;
      std::memcpy(key_.data(), given, size_);
    }
    return context_.get();
  }

 private:
  Handle<EVP_MAC_CTX, EVP_MAC_CTX_free> context_;
  std::size_t size_ = 0;  // of the key remembered; 0: none
  std::array<unsigned char, 64> key_{};
};

template <class... Parts>
Digest hmac_of(std::string_view key, Parts... parts) {
  thread_local Hmac hmac;
  EVP_MAC_CTX* context = hmac.start(key);
  Digest digest;
  std::size_t n = 0;
  bool ok = true;
  ((ok = ok && (parts.empty() || EVP_MAC_update(context, raw(parts), parts.size()) == 1)), ...);
  HEED_ASSERT(ok && EVP_MAC_final(context, digest.data(), &n, digest.size()) == 1 && n == digest.size());
  return digest;
}

// One direction of AES under the key used last; access makes many aliases in a row under one key.
class Permutation {
 public:
  explicit Permutation(int encrypt) : context_(EVP_CIPHER_CTX_new()), encrypt_(encrypt) {}
  ~Permutation() { sodium_memzero(key_.data(), key_.size()); }

  std::array<std::uint8_t, 16> apply(std::string_view key16, const std::array<std::uint8_t, 16>& block) {
    HEED_ASSERT(key16.size() == key_.size());
    if (!keyed_ || std::memcmp(key_.data(), key16.data(), key_.size()) != 0) {
      std::memcpy(key_.data(), key16.data(), key_.size());
      keyed_ = EVP_CipherInit_ex2(context_.get(), aes_method(), key_.data(), nullptr, encrypt_, nullptr) == 1 &&
               EVP_CIPHER_CTX_set_padding(context_.get(), 0) == 1;
    }
    std::array<std::uint8_t, 16> out;
    int n = 0;
    HEED_ASSERT(keyed_ && EVP_CipherUpdate(context_.get(), out.data(), &n, block.data(), 16) == 1 && n == 16);
    return out;
  }

 private:
  Handle<EVP_CIPHER_CTX, EVP_CIPHER_CTX_free> context_;
  int encrypt_;
  bool keyed_ = false;
  std::array<unsigned char, 16> key_{};
};

// Whoever links any of this gets libsodium ready before main.
const bool kReady = (crypto_init(), true);

}  // namespace

void crypto_init() {
  static const bool ready = sodium_init() >= 0 && sha256_method() != nullptr && aes_method() != nullptr;
  HEED_ASSERT(ready);
}

Digest digest_from_view(std::string_view bytes) {
  Digest digest{};
  if (bytes.size() == digest.size()) {
    std::memcpy(digest.data(), bytes.data(), digest.size());
  }
  return digest;
}

Digest sha256(std::string_view data) { return digest_of(data); }
Digest sha256(std::string_view a, std::string_view b, std::string_view c, std::string_view d) {
  return digest_of(a, b, c, d);
}

Digest hmac_sha256(std::string_view key, std::string_view data) { return hmac_of(key, data); }

std::array<std::uint8_t, 16> keyed_hash(const Digest& key, std::string_view domain, std::string_view data) {
  // The length keeps ("ab","c") apart from ("a","bc").
  auto length = static_cast<std::uint32_t>(domain.size());
  std::string_view length_bytes(reinterpret_cast<const char*>(&length), sizeof length);
  Digest full = hmac_of(view(key), length_bytes, domain, data);
  std::array<std::uint8_t, 16> cut;
  std::memcpy(cut.data(), full.data(), cut.size());
  return cut;
}

std::uint64_t siphash(std::string_view key16, std::string_view data) {
  HEED_ASSERT(key16.size() == crypto_shorthash_siphash24_KEYBYTES);
  std::uint64_t hash;
  crypto_shorthash_siphash24(reinterpret_cast<unsigned char*>(&hash), raw(data), data.size(), raw(key16));
  return hash;
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || sodium_memcmp(a.data(), b.data(), a.size()) == 0);
}

void random_bytes(void* out, std::size_t n) {
  // Small amounts from a pool: a system call costs more than sealing a short text. What was given out is wiped.
  struct Pool {
    std::array<unsigned char, 1024> bytes;
    std::size_t left = 0;
    ~Pool() { sodium_memzero(bytes.data(), bytes.size()); }
  };
  thread_local Pool pool;
  if (n > 64) {
    randombytes_buf(out, n);
    return;
  }
  if (pool.left < n) {
    randombytes_buf(pool.bytes.data(), pool.bytes.size());
    pool.left = pool.bytes.size();
  }
  pool.left -= n;
  unsigned char* taken = pool.bytes.data() + pool.left;
  std::memcpy(out, taken, n);
  std::memset(taken, 0, n);
}

std::string random_string(std::size_t n) {
  std::string out(n, '\0');
  random_bytes(out.data(), n);
  return out;
}

std::uint64_t random_u64() {
  // Drawn 64 at a time: a system call costs more than the rest of minting an id.
  struct Pool {
    std::array<std::uint64_t, 64> values;
    std::size_t left = 0;
  };
  thread_local Pool pool;
  if (pool.left == 0) {
    random_bytes(pool.values.data(), sizeof pool.values);
    pool.left = pool.values.size();
  }
  std::uint64_t value = 0;
  std::swap(value, pool.values[--pool.left]);
  return value;
}

SecretKey SecretKey::generate() {
  SecretKey key;
  random_bytes(key.bytes_.data(), key.bytes_.size());
  return key;
}

Result<SecretKey> SecretKey::from_view(std::string_view bytes) {
  if (bytes.size() != kBytes) {
    return fail(Code::InvalidInput, "a key has 32 bytes");
  }
  SecretKey key;
  std::memcpy(key.bytes_.data(), bytes.data(), kBytes);
  return key;
}

SecretKey::~SecretKey() { sodium_memzero(bytes_.data(), bytes_.size()); }

namespace {
constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kNonce + kTag == kSealOverhead);
}  // namespace

void seal_to(std::string& out, const SecretKey& key, std::string_view plain, std::string_view associated) {
  std::size_t start = out.size();
  out.resize(start + kSealOverhead + plain.size());
  unsigned char* nonce = raw(out) + start;
  random_bytes(nonce, kNonce);
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + kNonce, nullptr, raw(plain), plain.size(), raw(associated),
                                             associated.size(), nullptr, nonce, raw(key.reveal()));
}

std::string seal(const SecretKey& key, std::string_view plain, std::string_view associated) {
  std::string out;
  seal_to(out, key, plain, associated);
  return out;
}

Result<std::string> unseal(const SecretKey& key, std::string_view sealed, std::string_view associated) {
  if (sealed.size() < kSealOverhead) {
    return fail(Code::Corrupt, "sealed bytes are too short");
  }
  std::string plain(sealed.size() - kSealOverhead, '\0');
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(raw(plain), nullptr, nullptr, raw(sealed) + kNonce,
                                                 sealed.size() - kNonce, raw(associated), associated.size(),
                                                 raw(sealed), raw(key.reveal())) != 0) {
    return fail(Code::Corrupt, "sealed bytes do not verify: they, the key or their place are not the original");
  }
  return plain;
}

SigningKey SigningKey::generate() {
  std::string seed = random_string(32);
  SigningKey key = from_seed(seed);
  sodium_memzero(seed.data(), seed.size());
  return key;
}

SigningKey SigningKey::from_seed(std::string_view seed32) {
  SigningKey key;
  HEED_ASSERT(seed32.size() == key.seed.size());
  std::memcpy(key.seed.data(), seed32.data(), seed32.size());
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret;
  crypto_sign_seed_keypair(key.public_key.data(), secret.data(), key.seed.data());
  sodium_memzero(secret.data(), secret.size());
  return key;
}

std::string sign(const SigningKey& key, std::string_view message) {
  std::array<unsigned char, crypto_sign_SECRETKEYBYTES> secret;  // libsodium's form: seed ‖ public key
  std::memcpy(secret.data(), key.seed.data(), 32);
  std::memcpy(secret.data() + 32, key.public_key.data(), 32);
  std::string signature(crypto_sign_BYTES, '\0');
  crypto_sign_detached(raw(signature), nullptr, raw(message), message.size(), secret.data());
  sodium_memzero(secret.data(), secret.size());
  return signature;
}

bool verify_signature(std::string_view public_key, std::string_view message, std::string_view signature) {
  return public_key.size() == crypto_sign_PUBLICKEYBYTES && signature.size() == crypto_sign_BYTES &&
         crypto_sign_verify_detached(raw(signature), raw(message), message.size(), raw(public_key)) == 0;
}

std::array<std::uint8_t, 16> permute(std::string_view key16, const std::array<std::uint8_t, 16>& block) {
  thread_local Permutation forward(/*encrypt=*/1);
  return forward.apply(key16, block);
}

std::array<std::uint8_t, 16> unpermute(std::string_view key16, const std::array<std::uint8_t, 16>& block) {
  thread_local Permutation backward(/*encrypt=*/0);
  return backward.apply(key16, block);
}

std::string hash_password(std::string_view password, bool quick) {
  char hash[crypto_pwhash_STRBYTES];
  unsigned long long rounds = quick ? crypto_pwhash_OPSLIMIT_MIN : crypto_pwhash_OPSLIMIT_INTERACTIVE;
  std::size_t memory = quick ? crypto_pwhash_MEMLIMIT_MIN : crypto_pwhash_MEMLIMIT_INTERACTIVE;
  int rc = crypto_pwhash_str_alg(hash, password.data(), password.size(), rounds, memory, crypto_pwhash_ALG_ARGON2ID13);
  HEED_ASSERT(rc == 0);  // only out of memory: 64 MiB
  return hash;
}

bool check_password(std::string_view hash, std::string_view password) {
  std::string text(hash);  // libsodium wants the NUL
  return text.size() < crypto_pwhash_STRBYTES && text.find('\0') == std::string::npos &&
         crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
}

}  // namespace heed
