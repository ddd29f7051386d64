#pragma once
#include <string_view>
#include <vector>

#include "http/server.h"

/// The web pages and scripts of web/, compiled into the binary. Knows no domain: pages are whole files, what they show
/// they fetch from the API.
namespace heed::pages {

enum class Use : unsigned char {
  Page,      ///< HTML: revalidated each time, may load only from here, may not be framed
  Demo,      ///< the same, but of the demonstration: an ordinary server does not have it
  Embedded,  ///< a script or style that other sites name by a steady address: kept for five minutes
  Hashed,    ///< its name holds a hash of its bytes: kept for ever
};

struct Asset {
  std::string_view path, type, etag;
  std::string_view plain, gzip;
  Use use;
};

/// Every asset; none when the binary was built without the web pages (HEED_WEB=OFF).
std::vector<Asset> assets();

/// A GET route for each. `assets` live as long as the router's server.
void add_routes(http::Router& router, const std::vector<Asset>& assets = pages::assets());

/// The page of `heed demo` besides.
void add_demo(http::Router& router);

namespace generated {  // by web/scripts/build.mjs
extern const Asset* const kAssets;
extern const unsigned kAssetCount;
}  // namespace generated

}  // namespace heed::pages
