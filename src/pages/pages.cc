#include "pages/pages.h"

#include <string>

namespace heed::pages {
namespace {

// No inline script or style, nothing from elsewhere, no frame around it. Custom elements style themselves with
// constructed sheets, which this permits.
constexpr std::string_view kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types "
    "lit-html";

bool accepts_gzip(std::string_view header) {
  const std::size_t at = header.find("gzip");
  return at != std::string_view::npos && header.substr(at, 9) != "gzip;q=0," && header.substr(at) != "gzip;q=0";
}

http::Response answer(const Asset& asset, const http::Request& request) {
  http::Response response;
  response.content_type = asset.type;
  auto say = [&](std::string_view name, std::string_view value) { response.headers.emplace_back(name, value); };
  say("ETag", asset.etag);
  say("Vary", "Accept-Encoding");
  switch (asset.use) {
    case Use::Page:
    case Use::Demo:
      say("Cache-Control", "no-cache");
      say("Content-Security-Policy", kPolicy);
      say("Cross-Origin-Opener-Policy", "same-origin");
      say("Permissions-Policy", "camera=(), microphone=(), geolocation=()");
      break;
    case Use::Embedded:
      say("Cache-Control", "public, max-age=300");
      break;
    case Use::Hashed:
      say("Cache-Control", "public, max-age=31536000, immutable");
      break;
  }
  if (asset.use == Use::Embedded || asset.use == Use::Hashed) {  // public files: any site may load them
    if (request.header("origin").empty()) {
      say("Cross-Origin-Resource-Policy", "cross-origin");
    } else {
      say("Access-Control-Allow-Origin", "*");
    }
  }
  if (request.header("if-none-match").find(asset.etag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  const bool packed = accepts_gzip(request.header("accept-encoding"));
  response.body = packed ? asset.gzip : asset.plain;
  if (packed) {
    say("Content-Encoding", "gzip");
  }
  return response;
}

}  // namespace

std::vector<Asset> assets() { return {generated::kAssets, generated::kAssets + generated::kAssetCount}; }

namespace {

void add_those(http::Router& router, const std::vector<Asset>& assets, bool demo) {
  for (const Asset& asset : assets) {
    if ((asset.use == Use::Demo) == demo) {
      router.add(http::Method::Get, std::string(asset.path),
                 [asset](http::Request request, http::Reply reply) { reply.send(answer(asset, request)); });
    }
  }
}

}  // namespace

void add_routes(http::Router& router, const std::vector<Asset>& assets) { add_those(router, assets, /*demo=*/false); }
void add_demo(http::Router& router) { add_those(router, assets(), /*demo=*/true); }

}  // namespace heed::pages
