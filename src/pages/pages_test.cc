#include "pages/pages.h"

#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/metrics.h"
#include "http/client.h"

namespace heed::pages {
namespace {

class Served {
 public:
  Served() {
    add_routes(router_, {{"/page", "text/html", "\"1\"", "<p>plain</p>", "packed", Use::Page},
                         {"/embed.js", "text/javascript", "\"2\"", "plain", "packed", Use::Embedded},
                         {"/assets/a-0.js", "text/javascript", "\"3\"", "plain", "packed", Use::Hashed}});
    server_ = std::make_unique<http::Server>(http::ServerOptions{.threads = 1}, router_, metrics_);
    EXPECT_TRUE(server_->start());
  }
  ~Served() { server_->stop(); }
  http::ClientResponse get(std::string_view path, const http::HeaderList& headers = {}) {
    auto answer = http::Client("127.0.0.1", server_->port()).request("GET", path, {}, headers);
    EXPECT_TRUE(answer.has_value());
    return answer ? *answer : http::ClientResponse{};
  }

 private:
  Metrics metrics_;
  http::Router router_;
  std::unique_ptr<http::Server> server_;
};

TEST(Pages, MayLoadOnlyFromHereAndAreAskedForAgain) {
  Served served;
  auto page = served.get("/page");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<p>plain</p>");
  EXPECT_EQ(page.header("cache-control"), "no-cache");
  const std::string_view policy = page.header("content-security-policy");
  EXPECT_NE(policy.find("default-src 'none'"), std::string_view::npos);
  EXPECT_EQ(policy.find("unsafe"), std::string_view::npos);
  EXPECT_EQ(policy.find("http"), std::string_view::npos) << "nothing from elsewhere";
  EXPECT_EQ(page.header("access-control-allow-origin"), "");
}

TEST(Pages, ArePackedForWhoAsksForIt) {
  Served served;
  auto packed = served.get("/page", {{"Accept-Encoding", "br, gzip"}});
  EXPECT_EQ(packed.body, "packed");
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(served.get("/page", {{"Accept-Encoding", "gzip;q=0"}}).body, "<p>plain</p>");
}

TEST(Pages, AreNotSentTwice) {
  Served served;
  auto again = served.get("/page", {{"If-None-Match", "\"1\""}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(served.get("/page", {{"If-None-Match", "\"9\""}}).status, 200);
}

TEST(Pages, LetOtherSitesEmbedScriptsAndKeepHashedOnesForEver) {
  Served served;
  auto embed = served.get("/embed.js", {{"Origin", "https://forum.example"}});
  EXPECT_EQ(embed.header("access-control-allow-origin"), "*");
  EXPECT_EQ(embed.header("cache-control"), "public, max-age=300");
  EXPECT_NE(served.get("/assets/a-0.js").header("cache-control").find("immutable"), std::string_view::npos);
}

TEST(Pages, AreThereOrNotAsBuilt) {
  for (const Asset& asset : assets()) {
    EXPECT_FALSE(asset.plain.empty()) << asset.path;
    EXPECT_LE(asset.gzip.size(), asset.plain.size() + 64) << asset.path;
  }
}

}  // namespace
}  // namespace heed::pages
