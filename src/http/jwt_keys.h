#pragma once
#include <string_view>

#include "base/json.h"

namespace heed::http::detail {

/// ECDSA over P-256 with SHA-256; `point` is 04‖X‖Y, `signature` R‖S (RFC 7518 §3.4).
bool verify_es256(std::string_view point, std::string_view message, std::string_view signature);
/// Whether the 65 bytes are a point on the curve, not infinity.
bool valid_p256_point(std::string_view point);
/// A repeated member: two readers may take different ones, so we take neither.
bool has_repeated_member(const Json& object);

}  // namespace heed::http::detail
