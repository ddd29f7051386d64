#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstring>
#include <unordered_map>

#include "access/directory.h"
#include "access/login_throttle.h"
#include "access/second_factors.h"
#include "base/bytes.h"
#include "base/guarded.h"

namespace heed::access {
namespace {

constexpr Millis kKeyCacheFor = std::chrono::seconds(1);
constexpr std::size_t kCachedKeysMax = 10000;
constexpr Millis kTouchEvery = std::chrono::minutes(5), kNoteUseEvery = std::chrono::minutes(1);
constexpr std::size_t kPasswordBytesMin = 8, kPasswordBytesMax = 1024, kNameBytesMax = 64;
constexpr std::string_view kKeyPrefix = "hk_";
constexpr std::size_t kTokenCharacters = 43;  // 32 bytes in base64url
constexpr std::size_t kKnownBytes = 16;

// Of no password. Checked when the name is unknown, so that this costs what a known one costs; the parameters are
// those of hash_password, which a test holds against it.
constexpr std::string_view kDummyPassword =
    "$argon2id$v=19$m=65536,t=2,p=1$p6glOi5qOGTt2BUIBJ2Nvw$p5yB2OTTlKS7N1WRWxeHg+cfbgTFavEPiwSyz6fTolY";

using Steady = std::chrono::steady_clock;

struct HashOfHash {
  std::size_t operator()(const TokenHash& hash) const {
    std::size_t n;
    std::memcpy(&n, hash.data(), sizeof n);
    return n;
  }
};
std::string_view raw(const TokenHash& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

tl::unexpected<Error> refused() { return fail(Code::Unauthorized, "credentials are missing or not valid"); }

std::string new_token() { return to_base64url(random_string(32)); }

Result<void> check_password_length(std::string_view password) {
  if (password.size() < kPasswordBytesMin || password.size() > kPasswordBytesMax) {
    return fail(Code::InvalidInput, fmt::format("a password has {} to {} bytes", kPasswordBytesMin, kPasswordBytesMax));
  }
  return {};
}

// "Reviewer K7"; longer numbers as the short ones are used up. Letters that read like digits are left out.
std::string new_alias(const std::vector<Staff>& others) {
  constexpr std::string_view kLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ";
  for (std::uint64_t range = 10;; range = range < 1'000'000 ? range * 2 : range) {
    std::uint64_t drawn = random_u64();
    std::string alias = fmt::format("Reviewer {}{}", kLetters[drawn % kLetters.size()], (drawn >> 8) % range);
    if (std::none_of(others.begin(), others.end(), [&](const Staff& s) { return s.alias == alias; })) {
      return alias;
    }
  }
}

}  // namespace

Result<void> check_staff_name(std::string_view name) {
  auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '@';
  };
  if (name.empty() || name.size() > kNameBytesMax || !std::all_of(name.begin(), name.end(), allowed)) {
    return fail(Code::InvalidInput, "a log-in name has 1 to 64 of a-z A-Z 0-9 . _ - @");
  }
  return {};
}

struct Authenticator::Impl {
  struct CachedKey {
    ApiKey key;
    Time until;
    Steady::time_point steady_until;
  };
  using Cache = std::unordered_map<TokenHash, CachedKey, HashOfHash>;

  Impl(Directory& d, const Digest& key, const Clock& c, Rules r)
      : directory(d),
        token_key(key),
        clock(c),
        rules(std::move(r)),
        factors(d, key, c, rules.issuer),
        throttle(rules.login_tries_per_minute),
        address_throttle(rules.address_tries_per_minute),
        name_throttle(rules.name_tries_per_minute, rules.name_tries_at_once) {}

  std::string csrf(std::string_view cookie) const {
    return to_base64url(heed::view(hmac_sha256(heed::view(token_key), "heed csrf:" + std::string(cookie))));
  }
  template <class Id>
  Id mint() {
    return ids.with([&](IdSource& source) { return source.mint<Id>(clock.now()); });
  }

  Result<std::optional<ApiKey>> key_by_hash(const TokenHash& hash) {
    Time now = clock.now();
    Steady::time_point steady_now = Steady::now();
    std::optional<ApiKey> found = cache.with([&](Cache& keys) -> std::optional<ApiKey> {
      auto it = keys.find(hash);
      // `until - kKeyCacheFor` is when it was read: a clock set back must not prolong it.
      bool fresh = it != keys.end() && now < it->second.until && now >= it->second.until - kKeyCacheFor &&
                   steady_now < it->second.steady_until;
      return fresh ? std::optional(it->second.key) : std::nullopt;
    });
    if (found) {
      return found;
    }
    std::uint64_t seen = revocations.load();
    found = TRY(directory.key_by_hash(hash));
    if (found && equal_constant_time(raw(found->hash), raw(hash)) && !found->revoked_at) {
      cache.with([&](Cache& keys) {
        if (revocations.load() != seen) {
          return;  // read before a revocation: may be stale already
        }
        if (keys.size() >= kCachedKeysMax) {
          keys.clear();
        }
        keys.insert_or_assign(hash, CachedKey{*found, now + kKeyCacheFor, steady_now + kKeyCacheFor});
      });
    }
    return found;
  }

  /// Not at every request: each is a write.
  void note_use(KeyId id) {
    const Time now = clock.now();
    const bool due = used.with([&](std::unordered_map<KeyId, Time>& keys) {
      auto [at, fresh] = keys.try_emplace(id, now);
      const bool again = fresh || now - at->second >= kNoteUseEvery || now < at->second;
      at->second = again ? now : at->second;
      return again;
    });
    if (due) {
      directory.touch_key(id, now);
    }
  }

  // Constant after construction.
  Directory& directory;
  const Digest token_key;
  const Clock& clock;
  const Rules rules;

  /// Bound to name and password: a new password makes every browser a stranger again.
  std::string known(const Staff& staff, std::string_view nonce) const {
    return to_base64url(
        std::string(nonce) +
        std::string(heed::view(hmac_sha256(heed::view(token_key), "heed known browser:" + staff.name + "\n" +
                                                                      staff.password + "\n" + std::string(nonce)))
                        .substr(0, kKnownBytes)));
  }
  bool is_known(const std::optional<Staff>& staff, std::string_view said) const {
    auto raw = from_base64url(said.substr(0, 100));
    return staff && raw && raw->size() == 2 * kKnownBytes &&
           equal_constant_time(known(*staff, std::string_view(*raw).substr(0, kKnownBytes)), said);
  }

  SecondFactors factors;
  LoginThrottle throttle, address_throttle, name_throttle;
  Guarded<Cache> cache;
  Guarded<std::unordered_map<KeyId, Time>> used;  ///< when a key's use was noted last; as many as there are keys
  std::atomic<std::uint64_t> revocations{0};
  Guarded<IdSource> ids;
};

Authenticator::Authenticator(Directory& directory, const Digest& token_key, const Clock& clock, Rules rules)
    : impl_(std::make_unique<Impl>(directory, token_key, clock, std::move(rules))) {}
Authenticator::~Authenticator() = default;

const Authenticator::Rules& Authenticator::rules() const { return impl_->rules; }
SecondFactors& Authenticator::second_factors() { return impl_->factors; }

Result<Principal> Authenticator::platform(std::string_view token) {
  if (token.size() != kKeyPrefix.size() + kTokenCharacters || !token.starts_with(kKeyPrefix)) {
    return refused();
  }
  std::optional<ApiKey> key = TRY(impl_->key_by_hash(hash_token(impl_->token_key, token)));
  if (!key || key->revoked_at) {
    return refused();
  }
  impl_->note_use(key->id);
  Principal principal;
  principal.caller = Caller::Platform;
  principal.scopes = key->scopes;
  principal.id = key->id.value;
  principal.trusted_flagger = key->trusted_flagger;
  return principal;
}

Result<Principal> Authenticator::staff(std::string_view cookie, std::string_view csrf, bool changes_something) {
  if (cookie.size() != kTokenCharacters) {
    return refused();
  }
  TokenHash hash = hash_token(impl_->token_key, cookie);
  std::optional<Session> session = TRY(impl_->directory.session(hash));
  Time now = impl_->clock.now();
  if (!session || !equal_constant_time(raw(session->hash), raw(hash)) ||
      now - session->seen_at >= impl_->rules.session_idle || now - session->created_at >= impl_->rules.session_max) {
    return refused();
  }
  std::optional<Staff> staff = TRY(impl_->directory.staff(session->staff));
  if (!staff || staff->disabled) {
    return refused();
  }
  if (changes_something && !equal_constant_time(csrf, impl_->csrf(cookie))) {
    return fail(Code::Denied, "the CSRF token is missing or does not belong to this session; load the page again");
  }
  // Not at every request: each is a write.
  if (now - session->seen_at >= std::min(kTouchEvery, impl_->rules.session_idle / 10)) {
    impl_->directory.touch_session(hash, now);
  }
  Principal principal;
  principal.caller = Caller::Staff;
  principal.roles = staff->roles;
  if ((staff->roles & impl_->rules.second_factor_roles) != 0 && !TRY(impl_->factors.has(staff->id))) {
    principal.roles = 0;  // may set it up, and nothing else
  }
  principal.id = staff->id.value;
  return principal;
}

Result<Authenticator::LogIn> Authenticator::log_in(std::string_view name, std::string_view password,
                                                   const Attempt& attempt) {
  const Time now = impl_->clock.now();
  std::optional<Staff> staff = TRY(impl_->directory.staff_by_name(name));
  // Counted before anything is compared, and for a name that nobody has as for one that somebody has.
  const bool known = impl_->is_known(staff, attempt.known);
  std::string from(name);
  from.append("\n").append(known ? attempt.known : attempt.address);
  if ((!known && !attempt.address.empty() && !impl_->address_throttle.take(attempt.address, now)) ||
      !impl_->throttle.take(from, now) || (!known && !impl_->name_throttle.take(name, now))) {
    return fail(Code::TooMany, "too many tries to log in with this name; wait a minute");
  }
  if (password.size() > kPasswordBytesMax) {
    return refused();
  }
  bool right = check_password(staff ? std::string_view(staff->password) : kDummyPassword, password);
  if (!staff || !right || staff->disabled) {
    return refused();
  }
  if (TRY(impl_->factors.has(staff->id)) && !TRY(impl_->factors.check(staff->id, attempt.code))) {
    return refused();
  }
  impl_->throttle.give_back(from);
  impl_->address_throttle.give_back(attempt.address);
  if (!known) {
    impl_->name_throttle.give_back(name);
  }
  return open_session(*std::move(staff));
}

Result<Authenticator::LogIn> Authenticator::open_session(Staff staff) {
  const Time now = impl_->clock.now();
  LogIn in;
  in.cookie = new_token();
  in.csrf = impl_->csrf(in.cookie);
  in.known = impl_->known(staff, random_string(kKnownBytes));
  in.staff = std::move(staff);
  TRY(impl_->directory.prune_sessions(now - impl_->rules.session_idle));
  TRY(impl_->directory.put_session({hash_token(impl_->token_key, in.cookie), in.staff.id, now, now}));
  return in;
}

Result<bool> Authenticator::knows(const Staff& staff, std::string_view password) {
  const std::string from = staff.name + "\nherself";
  if (!impl_->throttle.take(from, impl_->clock.now())) {
    return fail(Code::TooMany, "too many tries; wait a minute");
  }
  const bool right = password.size() <= kPasswordBytesMax && check_password(staff.password, password);
  if (right) {
    impl_->throttle.give_back(from);
  }
  return right;
}

TokenHash Authenticator::session_hash(std::string_view cookie) const { return hash_token(impl_->token_key, cookie); }

std::string Authenticator::csrf(std::string_view cookie) const { return impl_->csrf(cookie); }

Result<void> Authenticator::log_out(std::string_view cookie) {
  return impl_->directory.end_session(hash_token(impl_->token_key, cookie));
}

Result<std::pair<ApiKey, std::string>> Authenticator::create_key(std::string name, std::uint32_t scopes,
                                                                 bool trusted_flagger) {
  if (scopes == 0) {
    return fail(Code::InvalidInput, "a key needs at least one scope");
  }
  std::string token = std::string(kKeyPrefix) + new_token();
  ApiKey key;
  key.id = impl_->mint<KeyId>();
  key.name = std::move(name);
  key.hash = hash_token(impl_->token_key, token);
  key.scopes = scopes;
  key.trusted_flagger = trusted_flagger;
  key.created_at = impl_->clock.now();
  TRY(impl_->directory.put_key(key));
  return std::pair(std::move(key), std::move(token));
}

Result<void> Authenticator::revoke_key(KeyId id) {
  std::vector<ApiKey> keys = TRY(impl_->directory.keys());
  auto key = std::find_if(keys.begin(), keys.end(), [&](const ApiKey& k) { return k.id == id; });
  if (key == keys.end()) {
    return fail(Code::NotFound, "there is no key " + id.text());
  }
  if (!key->revoked_at) {
    key->revoked_at = impl_->clock.now();
    TRY(impl_->directory.put_key(*key));
  }
  impl_->revocations.fetch_add(1);
  impl_->cache.with([&](Impl::Cache& cached) { cached.erase(key->hash); });
  return {};
}

Result<Staff> Authenticator::create_staff(std::string name, std::string_view password, std::uint32_t roles,
                                          bool quick_hash) {
  TRY(check_staff_name(name));
  TRY(check_password_length(password));
  Staff staff;
  staff.id = impl_->mint<StaffId>();
  staff.name = std::move(name);
  staff.alias = new_alias(TRY(impl_->directory.all_staff()));
  staff.password = hash_password(password, quick_hash);
  staff.roles = roles;
  TRY(impl_->directory.put_staff(staff));
  return staff;
}

Result<void> Authenticator::set_password(StaffId id, std::string_view password, bool quick_hash) {
  TRY(check_password_length(password));
  std::optional<Staff> staff = TRY(impl_->directory.staff(id));
  if (!staff) {
    return fail(Code::NotFound, "there is no " + id.text());
  }
  staff->password = hash_password(password, quick_hash);
  TRY(impl_->directory.put_staff(*staff));
  return impl_->directory.end_sessions_of(id);
}

}  // namespace heed::access
