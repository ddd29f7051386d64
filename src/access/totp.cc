#include "access/totp.h"

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "base/crypto.h"

namespace heed::access {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
constexpr std::string_view kPaper = "23456789abcdefghjkmnpqrstuvwxyz";  // 31: no 0, 1, i, l, o
constexpr std::size_t kPaperLetters = 10;

bool plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}
std::string percent(std::string_view text) {
  std::string out;
  for (char c : text) {
    out += plain(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::string new_totp_secret() { return random_string(20); }

std::string to_base32(std::string_view raw) {
  std::string out;
  std::uint32_t bits = 0;
  int held = 0;
  for (char c : raw) {
    bits = (bits << 8) | static_cast<unsigned char>(c);
    for (held += 8; held >= 5; held -= 5) {
      out += kBase32[(bits >> (held - 5)) & 31];
    }
  }
  if (held > 0) {
    out += kBase32[(bits << (5 - held)) & 31];
  }
  return out;
}

std::int64_t totp_step(Time now) { return to_ms(now) / 1000 / kTotpStepSeconds; }

std::string totp_code(std::string_view secret, std::int64_t step) {
  std::array<unsigned char, 8> counter{};
  for (std::size_t i = 0; i < 8; ++i) {
    counter[7 - i] = static_cast<unsigned char>(static_cast<std::uint64_t>(step) >> (8 * i));
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned int size = 0;
  HMAC(EVP_sha1(), secret.data(), static_cast<int>(secret.size()), counter.data(), counter.size(), mac.data(), &size);
  // RFC 4226 §5.3: the last nibble says where the 31 bits are.
  const std::size_t at = mac[19] & 0x0F;
  const std::uint32_t number = (static_cast<std::uint32_t>(mac[at] & 0x7F) << 24) |
                               (static_cast<std::uint32_t>(mac[at + 1]) << 16) |
                               (static_cast<std::uint32_t>(mac[at + 2]) << 8) | mac[at + 3];
  return fmt::format("{:06}", number % 1'000'000);
}

std::optional<std::int64_t> totp_match(std::string_view secret, std::string_view code, Time now, std::int64_t last) {
  std::optional<std::int64_t> found;
  for (std::int64_t step = totp_step(now) - 1; step <= totp_step(now) + 1; ++step) {
    if (step > last && equal_constant_time(totp_code(secret, step), code)) {
      found = step;
    }
  }
  return found;
}

std::string totp_uri(std::string_view issuer, std::string_view name, std::string_view secret) {
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}", percent(issuer), percent(name), to_base32(secret),
                     percent(issuer));
}

std::string new_recovery_code() {
  std::string out;
  while (out.size() < kPaperLetters + 1) {
    const auto drawn = static_cast<std::size_t>(random_u64() & 31);
    if (drawn < kPaper.size()) {  // drawn again rather than bent: every letter as likely as the other
      out += kPaper[drawn];
      out += out.size() == kPaperLetters / 2 ? "-" : "";
    }
  }
  return out;
}

std::string plain_recovery_code(std::string_view typed) {
  std::string out;
  for (char c : typed) {
    c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (kPaper.find(c) != std::string_view::npos) {
      out += c;
    } else if (c != '-' && c != ' ') {
      return {};
    }
  }
  return out.size() == kPaperLetters ? out : std::string();
}

}  // namespace heed::access
