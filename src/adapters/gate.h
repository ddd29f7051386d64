#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "http/message.h"
#include "http/rate_limit.h"

/// Who may ask, and how often. Each protocol finds the credential in its own place; what it opens is decided
/// here.
namespace heed::adapters {

/// Any thread.
class Gate {
 public:
  virtual ~Gate() = default;
  /// A number that stays the same for one key, by which it is counted. Unauthorized for a missing or unknown
  /// credential, Denied for a key that may not do this.
  virtual Result<std::uint64_t> caller(std::string_view credential) const = 0;
};

/// Keys written in the configuration file: the tokens themselves or "sha256:" and 64 hex digits, so that the
/// file need not hold what opens. No database, no revoking but by restart.
class ListedKeys final : public Gate {
 public:
  static constexpr std::size_t kTokenBytesMin = 16;
  /// InvalidInput for a short token, a malformed digest or two that are equal.
  static Result<ListedKeys> make(const std::vector<std::string>& keys);
  Result<std::uint64_t> caller(std::string_view credential) const override;
  bool empty() const { return by_digest_.empty(); }

 private:
  std::unordered_map<std::string, std::uint64_t> by_digest_;
};

/// Everybody, as one caller: for a scorer that only a trusted network can reach.
class OpenGate final : public Gate {
 public:
  Result<std::uint64_t> caller(std::string_view) const override { return 0; }
};

/// The gate and the rate of each key, together. Any thread.
class Turnstile {
 public:
  /// `per_second` 0: no limit. A key may save up one second's worth.
  Turnstile(const Gate& gate, double per_second, const Clock& clock);
  struct Entry {
    Result<void> allowed;
    Millis retry_after{0};  ///< with TooMany
  };
  /// `texts` counts as so many requests, but never as more than one second's worth.
  Entry enter(std::string_view credential, std::size_t texts = 1);
  /// Whether the credential is good; counts nothing.
  Result<void> known(std::string_view credential) const;

 private:
  const Gate& gate_;
  const double per_second_;
  const Clock& clock_;
  http::RateLimiter limiter_;
};

/// Whole seconds for Retry-After, at least 1.
std::string retry_after_seconds(Millis wait);

}  // namespace heed::adapters
