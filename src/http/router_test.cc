#include "http/router.h"

#include <gtest/gtest.h>

#include "http/url.h"

namespace heed::http {
namespace {

Handler none() {
  return [](Request, Reply) {};
}

struct Found {
  std::string pattern;
  std::vector<std::string> values;
};

Found find(const Router& router, Method method, std::string_view path) {
  auto target = parse_target(path);
  auto match = router.impl().match(target->segments);
  if (match.routes == nullptr) {
    return {"404", {}};
  }
  Route* route = match.route_for(method);
  return {route == nullptr ? "405 " + match.allow() : route->pattern, match.values};
}

struct Routes : ::testing::Test {
  Routes() {
    for (const char* pattern : {"/", "/v1/posts", "/v1/posts/{id}", "/v1/posts/latest", "/v1/cases/{id}/items/{item}",
                                "/v1alpha1/comments:analyze", "/app/{path*}", "/app/special"}) {
      router.add(Method::Get, pattern, none());
    }
    router.add(Method::Post, "/v1/posts", none());
  }
  Router router;
};

TEST_F(Routes, FindsLiteralsAndParameters) {
  EXPECT_EQ(find(router, Method::Get, "/").pattern, "/");
  EXPECT_EQ(find(router, Method::Post, "/v1/posts").pattern, "/v1/posts");
  EXPECT_EQ(find(router, Method::Get, "/v1/posts/p%2F1").values, std::vector<std::string>{"p/1"});
  EXPECT_EQ(find(router, Method::Get, "/v1alpha1/comments:analyze").pattern, "/v1alpha1/comments:analyze");
  EXPECT_EQ(find(router, Method::Get, "/v1/cases/c/items/i").values, (std::vector<std::string>{"c", "i"}));
}

TEST_F(Routes, LiteralWinsOverParameterAndTail) {
  EXPECT_EQ(find(router, Method::Get, "/v1/posts/latest").pattern, "/v1/posts/latest");
  EXPECT_EQ(find(router, Method::Get, "/app/special").pattern, "/app/special");
}

TEST_F(Routes, TailTakesTheRest) {
  EXPECT_EQ(find(router, Method::Get, "/app/a/b.js").values, std::vector<std::string>{"a/b.js"});
  EXPECT_EQ(find(router, Method::Get, "/app").values, std::vector<std::string>{""});
  EXPECT_EQ(find(router, Method::Get, "/app/special/more").values, std::vector<std::string>{"special/more"});
}

TEST_F(Routes, TellsUnknownPathFromWrongMethod) {
  EXPECT_EQ(find(router, Method::Get, "/v2").pattern, "404");
  EXPECT_EQ(find(router, Method::Get, "/v1/posts/").pattern, "404");
  EXPECT_EQ(find(router, Method::Get, "/v1//posts").pattern, "404");
  EXPECT_EQ(find(router, Method::Delete, "/v1/posts").pattern, "405 GET, HEAD, POST, OPTIONS");
  EXPECT_EQ(find(router, Method::Head, "/v1/posts").pattern, "/v1/posts");
}

}  // namespace
}  // namespace heed::http
