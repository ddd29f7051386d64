#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

/// One-time codes from an app: RFC 6238 (TOTP) over HMAC-SHA-1, six digits, 30 seconds, as authenticator apps expect;
/// and codes on paper for the day the telephone is gone.
namespace heed::access {

constexpr std::int64_t kTotpStepSeconds = 30;

std::string new_totp_secret();                ///< 20 random bytes (RFC 4226 §4 R6)
std::string to_base32(std::string_view raw);  ///< RFC 4648 without padding: what is typed into an app
std::int64_t totp_step(Time now);
std::string totp_code(std::string_view secret, std::int64_t step);
/// The step whose code this is: this one, the one before or the one after (a telephone's clock goes wrong). Only later
/// than `last`, so that a code that was overheard opens nothing. Compares in constant time.
std::optional<std::int64_t> totp_match(std::string_view secret, std::string_view code, Time now, std::int64_t last);
/// What a QR code or a tap on a telephone hands to the app.
std::string totp_uri(std::string_view issuer, std::string_view name, std::string_view secret);

/// "k3m9x-7qfdt": 50 random bits in letters that are not mixed up when read out.
std::string new_recovery_code();
/// As it is stored: small letters, without spaces and hyphens. "" when it cannot be one.
std::string plain_recovery_code(std::string_view typed);

}  // namespace heed::access
