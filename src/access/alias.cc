#include "access/alias.h"

#include <utility>

namespace heed::access {
namespace {

constexpr unsigned kHalfBits = 18, kRounds = 8;
constexpr std::uint32_t kHalfMask = (1u << kHalfBits) - 1;

Digest key_of(const Digest& alias_key, const PersonHash& person) {
  return hmac_sha256(view(alias_key), {reinterpret_cast<const char*>(person.data()), person.size()});
}

}  // namespace

Hasher::Hasher(const Digest& person_key, const Digest& item_key)
    : person_key_(person_key), item_key_(item_key), number_key_(hmac_sha256(view(item_key), "numbers to read out")) {}

std::uint32_t Hasher::round(unsigned which, std::uint32_t half) const {
  std::array<std::uint8_t, 16> block{};
  block[0] = static_cast<std::uint8_t>(which);
  for (unsigned i = 0; i < 4; ++i) {
    block[1 + i] = static_cast<std::uint8_t>(half >> (8 * i));
  }
  block = permute(view(number_key_).substr(0, 16), block);
  return (block[0] | static_cast<std::uint32_t>(block[1]) << 8 | static_cast<std::uint32_t>(block[2]) << 16) &
         kHalfMask;
}

std::uint64_t Hasher::number(std::uint64_t ordinal) const {
  HEED_ASSERT(ordinal < kNumbers);
  std::uint64_t value = ordinal;
  do {
    auto left = static_cast<std::uint32_t>(value >> kHalfBits);
    auto right = static_cast<std::uint32_t>(value) & kHalfMask;
    for (unsigned i = 0; i < kRounds; ++i) {
      left = std::exchange(right, left ^ round(i, right));
    }
    value = static_cast<std::uint64_t>(left) << kHalfBits | right;
  } while (value >= kNumbers);
  return value;
}

std::uint64_t Hasher::ordinal(std::uint64_t number) const {
  HEED_ASSERT(number < kNumbers);
  std::uint64_t value = number;
  do {
    auto left = static_cast<std::uint32_t>(value >> kHalfBits);
    auto right = static_cast<std::uint32_t>(value) & kHalfMask;
    for (unsigned i = kRounds; i-- > 0;) {
      right = std::exchange(left, right ^ round(i, left));
    }
    value = static_cast<std::uint64_t>(left) << kHalfBits | right;
  } while (value >= kNumbers);
  return value;
}

PersonHash Hasher::account(std::string_view account_id) const { return keyed_hash(person_key_, "account", account_id); }

PersonHash Hasher::mail(std::string_view address) const {
  std::string lower(address);
  for (char& c : lower) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return keyed_hash(person_key_, "mail", lower);
}

std::array<std::uint8_t, 16> Hasher::item(std::string_view kind, std::string_view external_id) const {
  return keyed_hash(item_key_, kind, external_id);
}

Ulid Aliases::out(const PersonHash& person, Ulid real) const {
  Digest key = key_of(alias_key_, person);
  return Ulid{permute(view(key).substr(0, 16), real.bytes)};
}

Ulid Aliases::in(const PersonHash& person, Ulid alias) const {
  Digest key = key_of(alias_key_, person);
  return Ulid{unpermute(view(key).substr(0, 16), alias.bytes)};
}

}  // namespace heed::access
