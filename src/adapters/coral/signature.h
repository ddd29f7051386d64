#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace heed::adapters::coral {

/// X-Coral-Signature: "sha256=<hex HMAC-SHA-256 of the body>", several separated by commas while a secret is
/// rolled over. True when any of them was made with any of `secrets`. Constant time in the digests.
bool signed_by(std::string_view header, std::string_view body, const std::vector<std::string>& secrets);

/// For tests and whoever plays Coral.
std::string signature_of(std::string_view body, std::string_view secret);

}  // namespace heed::adapters::coral
