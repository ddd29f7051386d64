#include "base/bytes.h"

#include <simdjson.h>
#include <sodium.h>

namespace heed {
namespace {

std::string encode_base64(std::string_view raw, int variant) {
  std::string out(sodium_base64_encoded_len(raw.size(), variant), '\0');
  sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(raw.data()), raw.size(), variant);
  out.pop_back();  // its NUL
  return out;
}

Result<std::string> decode_base64(std::string_view text, int variant) {
  std::string out(text.size() / 4 * 3 + 3, '\0');
  std::size_t n = 0;
  if (sodium_base642bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr, &n,
                        nullptr, variant) != 0) {
    return fail(Code::InvalidInput, "not base 64");
  }
  out.resize(n);
  return out;
}

}  // namespace

std::string to_hex(std::string_view raw) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(raw.size() * 2);
  for (char c : raw) {
    auto b = static_cast<unsigned char>(c);
    out.push_back(kDigits[b >> 4]);
    out.push_back(kDigits[b & 15]);
  }
  return out;
}

Result<std::string> from_hex(std::string_view text) {
  std::string out(text.size() / 2 + 1, '\0');
  std::size_t n = 0;
  if (sodium_hex2bin(reinterpret_cast<unsigned char*>(out.data()), out.size(), text.data(), text.size(), nullptr, &n,
                     nullptr) != 0 ||
      n * 2 != text.size()) {
    return fail(Code::InvalidInput, "not hexadecimal");
  }
  out.resize(n);
  return out;
}

std::string to_base64(std::string_view raw) { return encode_base64(raw, sodium_base64_VARIANT_ORIGINAL); }
Result<std::string> from_base64(std::string_view text) { return decode_base64(text, sodium_base64_VARIANT_ORIGINAL); }
std::string to_base64url(std::string_view raw) { return encode_base64(raw, sodium_base64_VARIANT_URLSAFE_NO_PADDING); }
Result<std::string> from_base64url(std::string_view text) {
  return decode_base64(text, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

bool valid_utf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

std::string_view utf8_prefix(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) {
    return text;
  }
  std::size_t n = bytes_max;
  while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) {
    --n;
  }
  return text.substr(0, n);
}

}  // namespace heed
