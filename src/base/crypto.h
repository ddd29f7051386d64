#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

/// Thin names over libsodium and OpenSSL; no algorithm of our own. Everything here is thread-safe. A program
/// that links any of it has `crypto_init` called before main; calling it again is harmless.
namespace heed {

void crypto_init();

using Digest = std::array<std::uint8_t, 32>;
inline std::string_view view(const Digest& d) { return {reinterpret_cast<const char*>(d.data()), d.size()}; }
Digest digest_from_view(std::string_view raw);

/// SHA-256 (FIPS 180-4) through OpenSSL, which uses the CPU's instructions where there are any.
Digest sha256(std::string_view data);
/// SHA-256 of the concatenation.
Digest sha256(std::string_view a, std::string_view b, std::string_view c = {}, std::string_view d = {});

/// HMAC-SHA-256 (RFC 2104).
Digest hmac_sha256(std::string_view key, std::string_view data);
/// HMAC-SHA-256 cut to 16 bytes: the keyed hash by which persons and posts are found without naming them.
std::array<std::uint8_t, 16> keyed_hash(const Digest& key, std::string_view domain, std::string_view data);
/// SipHash-2-4 of `data` under a 16-byte key; for in-memory tables and index runs, not for secrets.
std::uint64_t siphash(std::string_view key16, std::string_view data);
bool equal_constant_time(std::string_view a, std::string_view b);

void random_bytes(void* out, std::size_t n);
std::string random_string(std::size_t n);
std::uint64_t random_u64();

/// A 32-byte secret that is wiped when it dies and cannot be printed.
class SecretKey {
 public:
  static constexpr std::size_t kBytes = 32;
  SecretKey() = default;
  static SecretKey generate();
  static Result<SecretKey> from_view(std::string_view raw);
  SecretKey(const SecretKey&) = default;
  SecretKey& operator=(const SecretKey&) = default;
  ~SecretKey();
  std::string_view reveal() const { return {reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}; }

 private:
  std::array<std::uint8_t, kBytes> bytes_{};
};

/// XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha): 24-byte random nonce ‖ ciphertext ‖ 16-byte tag.
constexpr std::size_t kSealOverhead = 40;
std::string seal(const SecretKey& key, std::string_view plain, std::string_view associated);
void seal_to(std::string& out, const SecretKey& key, std::string_view plain, std::string_view associated);
/// Corrupt when the bytes, the key or `associated` are not those of the sealing.
Result<std::string> unseal(const SecretKey& key, std::string_view sealed, std::string_view associated);

/// Ed25519 (RFC 8032).
struct SigningKey {
  std::array<std::uint8_t, 32> seed{};
  std::array<std::uint8_t, 32> public_key{};
  static SigningKey generate();
  static SigningKey from_seed(std::string_view seed32);
};
std::string sign(const SigningKey& key, std::string_view message);
bool verify_signature(std::string_view public_key, std::string_view message, std::string_view signature);

/// One AES-128 block: a keyed permutation of 16 bytes. Party aliases are made with it (access/alias.h).
std::array<std::uint8_t, 16> permute(std::string_view key16, const std::array<std::uint8_t, 16>& block);
std::array<std::uint8_t, 16> unpermute(std::string_view key16, const std::array<std::uint8_t, 16>& block);

/// Argon2id (RFC 9106) with libsodium's interactive limits; slow and memory-hungry on purpose: never on an
/// I/O thread. `quick` is for tests.
std::string hash_password(std::string_view password, bool quick = false);
bool check_password(std::string_view hash, std::string_view password);

}  // namespace heed
