#include "base/crypto.h"

#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "base/bytes.h"

namespace heed {
namespace {

using namespace std::literals;

template <class Array>
std::string hex(const Array& a) {
  return to_hex({reinterpret_cast<const char*>(a.data()), a.size()});
}
template <std::size_t N>
std::array<std::uint8_t, N> bytes(std::string_view text) {
  std::array<std::uint8_t, N> out{};
  std::string raw = *from_hex(text);
  std::copy(raw.begin(), raw.end(), out.begin());
  return out;
}

TEST(Sha256, AgreesWithFips180) {
  EXPECT_EQ(hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256("abc")), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PartsHashLikeTheirConcatenation) {
  EXPECT_EQ(sha256("a", "b", "c"), sha256("abc"));
  EXPECT_EQ(sha256("", "", "abc", ""), sha256("abc"));
  EXPECT_EQ(sha256("", ""), sha256(""));
  EXPECT_EQ(digest_from_view(view(sha256("x"))), sha256("x"));
  EXPECT_EQ(digest_from_view("short"), Digest{});
}

TEST(Hmac, AgreesWithRfc4231) {
  EXPECT_EQ(hex(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
  EXPECT_EQ(hex(hmac_sha256({}, {})), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

TEST(Hmac, KeysInAnyOrderGiveTheSameAsAlone) {
  std::vector<std::string> keys = {"", "a", "b", std::string(64, 'k'), std::string(65, 'k'), std::string(1, '\0')};
  std::vector<std::string> alone;
  for (const std::string& key : keys) {
    std::jthread([&] { alone.push_back(hex(hmac_sha256(key, "data"))); }).join();
  }
  for (std::size_t i = 0; i < 200; ++i) {
    std::size_t which = i * i / 3 % keys.size();  // repeats and changes
    ASSERT_EQ(hex(hmac_sha256(keys[which], "data")), alone[which]) << which;
  }
}

TEST(KeyedHash, DependsOnKeyDomainAndTheBorderBetween) {
  Digest key = sha256("k");
  EXPECT_EQ(keyed_hash(key, "person", "u1"), keyed_hash(key, "person", "u1"));
  EXPECT_NE(keyed_hash(key, "person", "u1"), keyed_hash(sha256("l"), "person", "u1"));
  EXPECT_NE(keyed_hash(key, "person", "u1"), keyed_hash(key, "post", "u1"));
  EXPECT_NE(keyed_hash(key, "ab", "c"), keyed_hash(key, "a", "bc"));
}

TEST(SipHash, AgreesWithItsReferenceVectors) {
  std::string key, data;
  for (int i = 0; i < 16; ++i) {
    key += static_cast<char>(i);
  }
  EXPECT_EQ(siphash(key, ""), 0x726fdb47dd0e0e31ULL);
  for (int i = 0; i < 15; ++i) {
    data += static_cast<char>(i);
  }
  EXPECT_EQ(siphash(key, data), 0xa129ca6149be45e5ULL);
}

TEST(Random, DoesNotRepeat) {
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 10000; ++i) {
    ASSERT_TRUE(seen.insert(random_u64()).second);
  }
  EXPECT_NE(random_string(16), random_string(16));
  EXPECT_EQ(random_string(0), "");
}

TEST(Equal, ComparesLengthAndBytes) {
  EXPECT_TRUE(equal_constant_time("", ""));
  EXPECT_TRUE(equal_constant_time("ab", "ab"));
  EXPECT_FALSE(equal_constant_time("ab", "ac"));
  EXPECT_FALSE(equal_constant_time("ab", "abc"));
}

TEST(Seal, RoundTripsAndHidesRepetition) {
  SecretKey key = SecretKey::generate();
  for (const std::string& plain : {""s, "\0"s, "hello"s, std::string(10'000'000, 'x')}) {
    std::string sealed = seal(key, plain, "where");
    EXPECT_EQ(sealed.size(), plain.size() + kSealOverhead);
    EXPECT_EQ(unseal(key, sealed, "where"), plain);
    EXPECT_NE(seal(key, plain, "where"), sealed);
  }
  std::string out = "before";
  seal_to(out, key, "x", "");
  EXPECT_EQ(unseal(key, std::string_view(out).substr(6), ""), "x");
}

TEST(Seal, EveryFlippedBitEveryCutAndAnotherPlaceIsCorrupt) {
  SecretKey key = SecretKey::generate();
  std::string sealed = seal(key, "a secret", "case 1");
  for (std::size_t i = 0; i < sealed.size() * 8; ++i) {
    std::string bad = sealed;
    bad[i / 8] = static_cast<char>(bad[i / 8] ^ (1 << (i % 8)));
    Result<std::string> plain = unseal(key, bad, "case 1");
    ASSERT_FALSE(plain);
    ASSERT_EQ(plain.error().code, Code::Corrupt);
  }
  for (std::size_t n = 0; n < sealed.size(); ++n) {
    ASSERT_FALSE(unseal(key, sealed.substr(0, n), "case 1"));
  }
  EXPECT_FALSE(unseal(key, sealed, "case 2"));
  EXPECT_FALSE(unseal(SecretKey::generate(), sealed, "case 1"));
}

TEST(SecretKey, ComesBackFromItsBytesOnly) {
  SecretKey key = SecretKey::generate();
  EXPECT_EQ(SecretKey::from_view(key.reveal())->reveal(), key.reveal());
  EXPECT_FALSE(SecretKey::from_view("short"));
  EXPECT_FALSE(SecretKey::from_view(std::string(33, 'x')));
}

TEST(Signature, AgreesWithRfc8032AndRefusesEverythingElse) {
  SigningKey key = SigningKey::from_seed(*from_hex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  EXPECT_EQ(hex(key.public_key), "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  std::string signature = sign(key, "");
  EXPECT_EQ(to_hex(signature),
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
            "d25bf5f0595"
            "bbe24655141438e7a100b");
  std::string_view pub(reinterpret_cast<const char*>(key.public_key.data()), 32);
  EXPECT_TRUE(verify_signature(pub, "", signature));
  EXPECT_FALSE(verify_signature(pub, "x", signature));
  EXPECT_FALSE(verify_signature(pub, "", signature.substr(1)));
  EXPECT_FALSE(verify_signature(pub.substr(1), "", signature));
  EXPECT_FALSE(verify_signature("", "", ""));
  for (std::size_t i = 0; i < signature.size(); ++i) {
    std::string bad = signature;
    bad[i] = static_cast<char>(bad[i] ^ 1);
    EXPECT_FALSE(verify_signature(pub, "", bad));
  }
  SigningKey other = SigningKey::generate();
  EXPECT_NE(other.public_key, SigningKey::generate().public_key);
}

TEST(Permutation, AgreesWithFips197AndInverts) {
  std::string key = *from_hex("000102030405060708090a0b0c0d0e0f");
  auto block = bytes<16>("00112233445566778899aabbccddeeff");
  EXPECT_EQ(hex(permute(key, block)), "69c4e0d86a7b0430d8cdb78070b4c55a");
  for (int i = 0; i < 1000; ++i) {
    std::string any_key = i % 3 == 0 ? random_string(16) : key;  // changing and staying
    auto any = bytes<16>(to_hex(random_string(16)));
    ASSERT_EQ(unpermute(any_key, permute(any_key, any)), any);
  }
  EXPECT_EQ(hex(permute(key, block)), "69c4e0d86a7b0430d8cdb78070b4c55a");
}

TEST(Crypto, EveryThreadGetsTheSameAnswers) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 300; ++i) {
        ASSERT_EQ(hex(sha256("abc")).substr(0, 8), "ba7816bf");
        std::string key = random_string(16);
        auto block = bytes<16>(to_hex(key));
        ASSERT_EQ(unpermute(key, permute(key, block)), block);
      }
    });
  }
}

TEST(Password, HashVerifiesOnlyItsOwnPassword) {
  std::string hash = hash_password("correct horse", /*quick=*/true);
  EXPECT_TRUE(hash.starts_with("$argon2id$"));
  EXPECT_TRUE(check_password(hash, "correct horse"));
  EXPECT_FALSE(check_password(hash, "Correct horse"));
  EXPECT_FALSE(check_password(hash, ""));
  EXPECT_FALSE(check_password("", "correct horse"));
  EXPECT_FALSE(check_password("$argon2id$nonsense", "correct horse"));
  EXPECT_FALSE(check_password(hash + std::string(1, '\0'), "correct horse"));
  EXPECT_FALSE(check_password(std::string(1000, '$'), "correct horse"));
  EXPECT_NE(hash_password("correct horse", true), hash);
  std::string nul("a\0b", 3);
  EXPECT_FALSE(check_password(hash_password(nul, true), "a"));
}

}  // namespace
}  // namespace heed
