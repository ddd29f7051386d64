#include "adapters/perspective/discovery.h"

#include <gtest/gtest.h>

#include "base/json.h"

namespace heed::adapters::perspective {
namespace {

TEST(Discovery, NamesUsAsItsRoot) {
  JsonParser parser;
  const std::string text = discovery_document("https://heed.example");
  auto json = parser.parse(text);
  ASSERT_TRUE(json);
  EXPECT_EQ((*json)["rootUrl"].string(), "https://heed.example/");
  EXPECT_EQ((*json)["baseUrl"].string(), "https://heed.example/");
  EXPECT_EQ((*json)["resources"]["comments"]["methods"]["analyze"]["path"].string(), "v1alpha1/comments:analyze");
  EXPECT_EQ(text.find("googleapis"), std::string::npos);
}

/// Every $ref must lead to a schema.
void check_refs(Json json, Json schemas) {
  json.members([&](std::string_view key, Json value) {
    if (key == "$ref") {
      EXPECT_TRUE(schemas[*value.string()].is_object()) << *value.string();
    }
    check_refs(value, schemas);
  });
  json.each([&](Json value) { check_refs(value, schemas); });
}

TEST(Discovery, HoldsEverySchemaItNames) {
  JsonParser parser;
  const std::string text = discovery_document("http://h");
  auto json = parser.parse(text);
  ASSERT_TRUE(json);
  check_refs(*json, (*json)["schemas"]);
}

TEST(RootUrl, ComesFromTheSettingElseFromTheRequest) {
  EXPECT_EQ(root_url("https://heed.example/", "127.0.0.1:8080", ""), "https://heed.example");
  EXPECT_EQ(root_url("", "127.0.0.1:8080", ""), "http://127.0.0.1:8080");
  EXPECT_EQ(root_url("", "[::1]:80", "https"), "https://[::1]:80");
  EXPECT_EQ(root_url("", "h", "javascript"), "http://h");
  for (std::string_view host : {"", "evil/path", "a b", "\"", "user@h", "h?x", "h#x"}) {
    EXPECT_EQ(root_url("", host, ""), "") << host;
  }
}

}  // namespace
}  // namespace heed::adapters::perspective
