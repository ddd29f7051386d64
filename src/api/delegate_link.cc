#include "api/delegate_link.h"

#include <algorithm>

#include "base/bytes.h"

namespace heed::api {
namespace {

constexpr std::string_view kLinkPrefix = "hd_", kTokenPrefix = "ht_";
constexpr std::string_view kFirstPurpose = "heed delegate link 1", kPurpose = "heed delegate link 2";
constexpr std::string_view kTokenPurpose = "heed delegate token 1";
constexpr std::size_t kIdBytes = 16, kNamedBytes = kIdBytes + 8, kBrowserBytes = 24, kBrowserCharacters = 32;

tl::unexpected<Error> refused() { return fail(Code::Unauthorized, "credentials are missing or not valid"); }

std::string proof(const Digest& key, std::string_view purpose, std::string_view named) {
  return std::string(view(hmac_sha256(view(key), std::string(purpose) + std::string(named))));
}

std::string named(const DelegateLinks::Opened& opened) {
  std::string out(opened.delegation.view());
  ByteWriter(out).u64(static_cast<std::uint64_t>(opened.link));
  return out;
}

DelegateLinks::Opened read(ByteReader& in) {
  DelegateLinks::Opened out;
  out.delegation = access::DelegationId::from_view(in.raw(kIdBytes));
  out.link = static_cast<int>(in.u64());
  return out;
}

}  // namespace

DelegateLinks::DelegateLinks(const Digest& token_key) : key_(token_key) {
  auto key = SecretKey::from_view(view(hmac_sha256(view(token_key), kTokenPurpose)));
  HEED_ASSERT(key.has_value());
  token_key_ = *key;
}

std::string DelegateLinks::make(access::DelegationId delegation, int link) const {
  const std::string what = named({delegation, link});
  return std::string(kLinkPrefix) + to_base64url(what + proof(key_, kPurpose, what));
}

Result<DelegateLinks::Opened> DelegateLinks::open(std::string_view text) const {
  auto bytes = text.starts_with(kLinkPrefix) && text.size() <= 100 ? from_base64url(text.substr(kLinkPrefix.size()))
                                                                   : Result<std::string>("");
  if (!bytes) {
    return refused();
  }
  const bool first = bytes->size() == kIdBytes + sizeof(Digest);
  const std::size_t size = first ? kIdBytes : kNamedBytes;
  if (bytes->size() != size + sizeof(Digest)) {
    return refused();
  }
  const std::string_view what = std::string_view(*bytes).substr(0, size);
  if (!equal_constant_time(std::string_view(*bytes).substr(size),
                           proof(key_, first ? kFirstPurpose : kPurpose, what))) {
    return refused();
  }
  if (first) {
    return Opened{access::DelegationId::from_view(what), 0};
  }
  ByteReader in(what);
  return read(in);
}

std::string DelegateLinks::draw_browser() { return to_base64url(random_string(kBrowserBytes)); }

bool DelegateLinks::is_browser(std::string_view cookie) {
  return cookie.size() == kBrowserCharacters && from_base64url(cookie).has_value();
}

std::string DelegateLinks::make_token(const Opened& opened, std::string_view browser, Time now) const {
  std::string plain = named(opened);
  ByteWriter out(plain);
  out.u64(static_cast<std::uint64_t>(to_ms(now + kTokenLife)));
  plain += view(sha256(browser));
  return std::string(kTokenPrefix) + to_base64url(seal(token_key_, plain, kTokenPurpose));
}

Result<DelegateLinks::Opened> DelegateLinks::open_token(std::string_view token, std::string_view browser,
                                                        Time now) const {
  if (!token.starts_with(kTokenPrefix) || token.size() > 300) {
    return refused();
  }
  auto sealed = from_base64url(token.substr(kTokenPrefix.size()));
  auto plain = sealed ? unseal(token_key_, *sealed, kTokenPurpose) : std::move(sealed);
  if (!plain || plain->size() != kNamedBytes + 8 + sizeof(Digest)) {
    return refused();
  }
  ByteReader in(*plain);
  const Opened opened = read(in);
  const Time until = from_ms(static_cast<std::int64_t>(in.u64()));
  if (until <= now || !is_browser(browser) || !equal_constant_time(in.raw(sizeof(Digest)), view(sha256(browser)))) {
    return refused();
  }
  return opened;
}

}  // namespace heed::api
