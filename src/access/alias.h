#pragma once
#include <string>
#include <string_view>

#include "access/principal.h"
#include "base/crypto.h"
#include "base/id.h"

namespace heed::access {

/// Keyed hashes by which persons and items are found without naming them: HMAC-SHA-256 cut to 16 bytes, each use in
/// a domain of its own, so that an account id that looks like a mail address is still another person. Any thread.
class Hasher {
 public:
  Hasher(const Digest& person_key, const Digest& item_key);
  PersonHash account(std::string_view account_id) const;
  PersonHash mail(std::string_view address) const;  ///< lower-cased domain and local part
  std::array<std::uint8_t, 16> item(std::string_view kind, std::string_view external_id) const;

  /// The number to read out that belongs to an ordinal, and back: a permutation of [0, 2^35), random to look at. So
  /// numbers need no random index: what is stored and looked up grows by one (docs/adr/0004).
  /// A Feistel network of 18 + 18 bits, eight rounds of AES-128, walked until the value is below 2^35.
  std::uint64_t number(std::uint64_t ordinal) const;
  std::uint64_t ordinal(std::uint64_t number) const;
  static constexpr std::uint64_t kNumbers = std::uint64_t{1} << 35;

 private:
  std::uint32_t round(unsigned which, std::uint32_t half) const;

  Digest person_key_, item_key_, number_key_;
};

/// Ids as a party sees them: one AES-128 block of the real ULID under a key of that person's, so two persons never
/// share one, there is no time in it, and nothing has to be stored. Keyed by HMAC(alias key, person). The kind of id
/// is not mixed in: real ids of two kinds never are equal, being minted with 80 random bits. Any thread.
class Aliases {
 public:
  explicit Aliases(const Digest& alias_key) : alias_key_(alias_key) {}
  Ulid out(const PersonHash& person, Ulid real) const;
  /// Garbage in gives a random id, which is found nowhere: not-found and not-yours look alike.
  Ulid in(const PersonHash& person, Ulid alias) const;
  template <class Tag>
  std::string text(const PersonHash& person, Id<Tag> real) const {
    return Id<Tag>{out(person, real.value)}.text();
  }
  template <class Id>
  Result<Id> parse(const PersonHash& person, std::string_view text) const {
    Id alias = TRY(Id::parse(text));
    return Id{in(person, alias.value)};
  }

 private:
  Digest alias_key_;
};

}  // namespace heed::access
