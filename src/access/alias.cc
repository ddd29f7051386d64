#include "access/alias.h"

namespace heed::access {
namespace {

Digest key_of(const Digest& alias_key, const PersonHash& person) {
  return hmac_sha256(view(alias_key), {reinterpret_cast<const char*>(person.data()), person.size()});
}

}  // namespace

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
