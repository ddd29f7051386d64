#include "delivery/address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <string>

namespace heed::delivery {
namespace {

struct Range4 {
  std::uint32_t base;
  int bits;
};
constexpr std::uint32_t ip(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t d) {
  return a << 24 | b << 16 | c << 8 | d;
}
constexpr Range4 kPrivate4[] = {
    {ip(0, 0, 0, 0), 8},      {ip(10, 0, 0, 0), 8},     {ip(100, 64, 0, 0), 10}, {ip(127, 0, 0, 0), 8},
    {ip(169, 254, 0, 0), 16}, {ip(172, 16, 0, 0), 12},  {ip(192, 0, 0, 0), 24},  {ip(192, 0, 2, 0), 24},
    {ip(192, 88, 99, 0), 24}, {ip(192, 168, 0, 0), 16}, {ip(198, 18, 0, 0), 15}, {ip(198, 51, 100, 0), 24},
    {ip(203, 0, 113, 0), 24}, {ip(224, 0, 0, 0), 3},  // multicast, reserved, broadcast
};

bool private4(std::uint32_t address) {
  for (const Range4& range : kPrivate4) {
    if ((address ^ range.base) >> (32 - range.bits) == 0) {
      return true;
    }
  }
  return false;
}

std::uint32_t big_endian(const std::uint8_t* p) { return ip(p[0], p[1], p[2], p[3]); }

bool private6(const std::array<std::uint8_t, 16>& a) {
  auto starts = [&](std::initializer_list<std::uint8_t> prefix) {
    return std::equal(prefix.begin(), prefix.end(), a.begin());
  };
  if (starts({0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF}) || starts({0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0})) {
    return private4(big_endian(&a[12]));  // mapped; NAT64
  }
  if (starts({0x20, 0x02})) {
    return private4(big_endian(&a[2]));  // 6to4
  }
  // Public unicast is 2000::/3, but for documentation (2001:db8::/32) and protocol assignments (2001::/23, Teredo in
  // it).
  return (a[0] & 0xE0) != 0x20 || starts({0x20, 0x01, 0x0D, 0xB8}) || (starts({0x20, 0x01}) && (a[2] & 0xFE) == 0);
}

}  // namespace

bool is_private_address(const sockaddr* address) {
  if (address->sa_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, address, sizeof in);
    return private4(ntohl(in.sin_addr.s_addr));
  }
  if (address->sa_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, address, sizeof in);
    std::array<std::uint8_t, 16> bytes;
    std::memcpy(bytes.data(), &in.sin6_addr, bytes.size());
    return private6(bytes);
  }
  return true;
}

bool is_private_address(std::string_view text) {
  std::string terminated(text);
  sockaddr_in in4{};
  in4.sin_family = AF_INET;
  if (inet_pton(AF_INET, terminated.c_str(), &in4.sin_addr) == 1) {
    return is_private_address(reinterpret_cast<const sockaddr*>(&in4));
  }
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  return inet_pton(AF_INET6, terminated.c_str(), &in6.sin6_addr) != 1 ||
         is_private_address(reinterpret_cast<const sockaddr*>(&in6));
}

}  // namespace heed::delivery
