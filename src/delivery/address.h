#pragma once
#include <string_view>

struct sockaddr;

namespace heed::delivery {

/// True for what is not a public unicast address (IANA's special-purpose registries, RFC 6890): loopback, private,
/// link-local, shared, multicast, reserved, unspecified, and IPv6 forms that carry such an IPv4 address. Unknown
/// families are too.
bool is_private_address(const sockaddr* address);
/// Of an address written out; true when it is none.
bool is_private_address(std::string_view text);

}  // namespace heed::delivery
