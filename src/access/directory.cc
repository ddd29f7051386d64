#include "access/directory.h"

namespace heed::access {

TokenHash hash_token(const Digest& token_key, std::string_view token) {
  // The key also serves CSRF tokens, links and idempotency keys; the prefix keeps them apart.
  return hmac_sha256(view(token_key), "heed token:" + std::string(token));
}

}  // namespace heed::access
