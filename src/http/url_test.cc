#include "http/url.h"

#include <gtest/gtest.h>

#include <random>

namespace heed::http {
namespace {

std::string path_of(std::string_view raw) {
  auto target = parse_target(raw);
  return target ? target->path : "refused";
}

TEST(Target, DecodesPathAndQuery) {
  auto target = parse_target("/v1/a%20b/%C3%A9?x=1+2&y=%26&flag&x=3");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/v1/a b/é");
  EXPECT_EQ(target->segments, (std::vector<std::string>{"v1", "a b", "é"}));
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(target->query, (Pairs{{"x", "1 2"}, {"y", "&"}, {"flag", ""}, {"x", "3"}}));
}

TEST(Target, TakesAbsoluteForm) {
  EXPECT_EQ(path_of("http://example.test/a"), "/a");
  EXPECT_EQ(path_of("http://example.test"), "/");
  EXPECT_EQ(path_of("*"), "*");
}

TEST(Target, EscapedSlashStaysInItsSegment) {
  auto target = parse_target("/v1/posts/a%2Fb");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->segments.back(), "a/b");
}

TEST(Target, RefusesEveryWayToClimb) {
  for (const char* raw : {"/..", "/../etc/passwd", "/a/../b", "/a/./b", "/%2e%2e/x", "/a/%2E%2E", "/.%2e/", "/a/..%2Fb",
                          "/..%2f..%2fetc", "/a%2f..", "/x%5c..%5cy"}) {
    EXPECT_EQ(path_of(raw), "refused") << raw;
  }
  EXPECT_EQ(path_of("/a..b/...c"), "/a..b/...c");
}

TEST(Target, RefusesBrokenEscapesAndControls) {
  for (const char* raw : {"/%", "/%4", "/%zz", "/%00", "/a%0d%0ab", "/%7f", "/%ff", "/%c0%ae", "/%ed%a0%80", "/?a=%",
                          "/?%=1", "a", "", "/a#b", "/\x80", "/\xC3\xA9", "ftp://x/"}) {
    EXPECT_EQ(path_of(raw), "refused") << raw;
  }
}

TEST(Target, RefusesParameterFloods) {
  std::string raw = "/?";
  for (int i = 0; i < 101; ++i) {
    raw += "a&";
  }
  EXPECT_EQ(path_of(raw), "refused");
}

TEST(PercentEncoding, RoundTripsAnyUtf8) {
  std::mt19937 random(7);
  for (int round = 0; round < 500; ++round) {
    std::string text;
    for (int i = 0; i < 20; ++i) {
      char c = static_cast<char>(1 + random() % 127);
      text += c;
      if (random() % 4 == 0) {
        text += "ß漢";
      }
    }
    EXPECT_EQ(percent_decode(percent_encode(text)).value_or("?"), text);
    EXPECT_EQ(percent_decode(percent_encode(text), true).value_or("?"), text);
  }
}

}  // namespace
}  // namespace heed::http
