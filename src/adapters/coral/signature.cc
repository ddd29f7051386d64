#include "adapters/coral/signature.h"

#include "base/bytes.h"
#include "base/crypto.h"

namespace heed::adapters::coral {
namespace {

constexpr std::string_view kScheme = "sha256=";
constexpr std::size_t kSignaturesMax = 8;

std::string_view trimmed(std::string_view text) {
  while (text.starts_with(' ') || text.starts_with('\t')) {
    text.remove_prefix(1);
  }
  while (text.ends_with(' ') || text.ends_with('\t')) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace

bool signed_by(std::string_view header, std::string_view body, const std::vector<std::string>& secrets) {
  std::vector<std::string> given;
  while (!header.empty() && given.size() < kSignaturesMax) {
    const std::size_t comma = header.find(',');
    std::string_view one = trimmed(header.substr(0, comma));
    header.remove_prefix(comma == std::string_view::npos ? header.size() : comma + 1);
    if (one.starts_with(kScheme)) {
      if (auto raw = from_hex(one.substr(kScheme.size())); raw && raw->size() == 32) {
        given.push_back(*std::move(raw));
      }
    }
  }
  bool good = false;
  for (const std::string& secret : secrets) {
    if (given.empty() || secret.empty()) {
      continue;
    }
    const Digest expected = hmac_sha256(secret, body);
    for (const std::string& digest : given) {
      good = equal_constant_time(digest, view(expected)) || good;
    }
  }
  return good;
}

std::string signature_of(std::string_view body, std::string_view secret) {
  return std::string(kScheme) + to_hex(view(hmac_sha256(secret, body)));
}

}  // namespace heed::adapters::coral
