#include "adapters/gate.h"

#include <algorithm>

#include "base/bytes.h"
#include "base/crypto.h"

namespace heed::adapters {
namespace {

constexpr std::string_view kDigestPrefix = "sha256:";

double burst_of(double per_second) { return std::max(1.0, per_second); }

}  // namespace

Result<ListedKeys> ListedKeys::make(const std::vector<std::string>& keys) {
  ListedKeys out;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    const std::string& key = keys[i];
    const std::string nth = "key " + std::to_string(i + 1);
    std::string digest;
    if (key.starts_with(kDigestPrefix)) {
      auto raw = from_hex(std::string_view(key).substr(kDigestPrefix.size()));
      if (!raw || raw->size() != 32) {
        return fail(Code::InvalidInput, nth + ": sha256: must be followed by 64 hexadecimal digits");
      }
      digest = *std::move(raw);
    } else {
      if (key.size() < kTokenBytesMin) {
        return fail(Code::InvalidInput, nth + " is shorter than " + std::to_string(kTokenBytesMin) + " bytes");
      }
      digest = std::string(view(sha256(key)));
    }
    if (!out.by_digest_.emplace(std::move(digest), i + 1).second) {
      return fail(Code::InvalidInput, nth + " is there twice");
    }
  }
  return out;
}

Result<std::uint64_t> ListedKeys::caller(std::string_view credential) const {
  // Looked up by digest: how long it takes tells nothing of the keys.
  auto found = credential.empty() ? by_digest_.end() : by_digest_.find(std::string(view(sha256(credential))));
  if (found == by_digest_.end()) {
    return fail(Code::Unauthorized, "credentials are missing or not valid");
  }
  return found->second;
}

Turnstile::Turnstile(const Gate& gate, double per_second, const Clock& clock)
    : gate_(gate),
      per_second_(per_second),
      clock_(clock),
      limiter_({.per_second = std::max(per_second, 1e-3), .burst = burst_of(per_second)}) {}

Turnstile::Entry Turnstile::enter(std::string_view credential, std::size_t texts) {
  auto caller = gate_.caller(credential);
  if (!caller) {
    return {tl::unexpected(caller.error())};
  }
  if (per_second_ > 0) {
    const double cost = std::min(static_cast<double>(std::max<std::size_t>(texts, 1)), burst_of(per_second_));
    auto verdict = limiter_.take(*caller, clock_.now(), cost);
    if (!verdict.allowed) {
      return {fail(Code::TooMany, "more requests a second than this key may make"), verdict.retry_after};
    }
  }
  return {};
}

Result<void> Turnstile::known(std::string_view credential) const {
  TRY(gate_.caller(credential));
  return {};
}

std::string retry_after_seconds(Millis wait) {
  return std::to_string(std::max<std::int64_t>(1, (wait.count() + 999) / 1000));
}

}  // namespace heed::adapters
