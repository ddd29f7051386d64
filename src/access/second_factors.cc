#include "access/second_factors.h"

#include <algorithm>

#include "access/totp.h"

namespace heed::access {
namespace {

constexpr std::size_t kRecoveryCodes = 10;
constexpr std::string_view kSealed = "heed second factor";

}  // namespace

SecondFactors::SecondFactors(Directory& directory, const Digest& token_key, const Clock& clock, std::string issuer)
    : directory_(directory), token_key_(token_key), clock_(clock), issuer_(std::move(issuer)) {}

SecretKey SecondFactors::sealing() const {
  return *SecretKey::from_view(heed::view(hmac_sha256(heed::view(token_key_), "heed second factor sealing")));
}

Result<bool> SecondFactors::has(StaffId staff) {
  auto factor = TRY(directory_.second_factor(staff));
  return factor && factor->confirmed;
}

Result<std::size_t> SecondFactors::recovery_left(StaffId staff) {
  auto factor = TRY(directory_.second_factor(staff));
  return factor && factor->confirmed ? factor->recovery.size() : 0;
}

Result<SecondFactors::Started> SecondFactors::start(const Staff& staff) {
  if (TRY(has(staff.id))) {
    return fail(Code::Conflict, "an app is set up already; take it out first");
  }
  const std::string secret = new_totp_secret();
  SecondFactor factor;
  factor.staff = staff.id;
  factor.sealed = seal(sealing(), secret, std::string(kSealed) + staff.id.text());
  factor.since = clock_.now();
  TRY(directory_.put_second_factor(factor));
  return Started{to_base32(secret), totp_uri(issuer_, staff.name, secret)};
}

Result<std::vector<std::string>> SecondFactors::confirm(StaffId staff, std::string_view code) {
  auto factor = TRY(directory_.second_factor(staff));
  if (!factor || factor->confirmed) {
    return fail(Code::Conflict, "nothing is being set up; begin again");
  }
  const std::string secret = TRY(unseal(sealing(), factor->sealed, std::string(kSealed) + staff.text()));
  auto step = totp_match(secret, code, clock_.now(), 0);
  if (!step) {
    return fail(Code::InvalidInput, "this is not the code that the app shows now",
                {{"/code", "is not the code that the app shows now"}});
  }
  std::vector<std::string> codes;
  std::vector<TokenHash> hashes;
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    codes.push_back(new_recovery_code());
    hashes.push_back(hash_token(token_key_, plain_recovery_code(codes.back())));
  }
  const bool changed = TRY(directory_.change_second_factor(staff, [&](SecondFactor& now) {
    if (now.confirmed || now.sealed != factor->sealed) {
      return false;
    }
    now.confirmed = true;
    now.last_step = *step;
    now.recovery = hashes;
    now.since = clock_.now();
    return true;
  }));
  if (!changed) {
    return fail(Code::Conflict, "it was set up anew meanwhile; begin again");
  }
  return codes;
}

Result<bool> SecondFactors::check(StaffId staff, std::string_view code) {
  auto factor = TRY(directory_.second_factor(staff));
  if (!factor || !factor->confirmed || code.size() > 64) {
    return false;
  }
  const std::string secret = TRY(unseal(sealing(), factor->sealed, std::string(kSealed) + staff.text()));
  std::string digits(code);
  std::erase(digits, ' ');
  if (digits.size() == 6 && digits.find_first_not_of("0123456789") == std::string::npos) {
    return directory_.change_second_factor(staff, [&](SecondFactor& now) {
      auto step = totp_match(secret, digits, clock_.now(), now.last_step);
      now.last_step = step.value_or(now.last_step);
      return step.has_value();
    });
  }
  const std::string paper = plain_recovery_code(code);
  if (paper.empty()) {
    return false;
  }
  const TokenHash hash = hash_token(token_key_, paper);
  return directory_.change_second_factor(staff, [&](SecondFactor& now) { return std::erase(now.recovery, hash) > 0; });
}

Result<void> SecondFactors::end(StaffId staff) { return directory_.end_second_factor(staff); }

}  // namespace heed::access
