#include "base/bytes.h"
#include "base/crypto.h"
#include "delivery/delivery.h"

namespace heed::delivery {

std::string webhook_signature(std::string_view id, std::int64_t timestamp_s, std::string_view body,
                              const std::vector<std::string>& secrets) {
  std::string signed_content;
  signed_content.reserve(id.size() + body.size() + 24);
  signed_content.append(id).append(".").append(std::to_string(timestamp_s)).append(".").append(body);
  std::string out;
  for (const std::string& secret : secrets) {
    out += (out.empty() ? "v1," : " v1,") + to_base64(view(hmac_sha256(secret, signed_content)));
  }
  return out;
}

Result<std::string> parse_webhook_secret(std::string_view text) {
  constexpr std::string_view kPrefix = "whsec_";
  if (!text.starts_with(kPrefix)) {
    return fail(Code::InvalidInput, "a webhook secret begins with whsec_");
  }
  Result<std::string> secret = from_base64(text.substr(kPrefix.size()));
  if (!secret || secret->size() < 24 || secret->size() > 64) {
    return fail(Code::InvalidInput, "a webhook secret is whsec_ and the base64 of 24 to 64 bytes");
  }
  return secret;
}

}  // namespace heed::delivery
