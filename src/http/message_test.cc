#include "http/message.h"

#include <gtest/gtest.h>

namespace heed::http {
namespace {

Request with(std::string name, std::string value) {
  Request request;
  request.headers.emplace_back(std::move(name), std::move(value));
  return request;
}

TEST(Request, FindsBearerToken) {
  EXPECT_EQ(with("authorization", "Bearer abc").bearer(), "abc");
  EXPECT_EQ(with("authorization", "bearer  abc").bearer(), "abc");
  EXPECT_EQ(with("authorization", "Basic abc").bearer(), "");
  EXPECT_EQ(with("authorization", "Bearer").bearer(), "");
  EXPECT_EQ(with("authorization", "Bearer ").bearer(), "");
  EXPECT_EQ(Request{}.bearer(), "");
}

TEST(Request, FindsCookies) {
  Request request = with("cookie", "a=1; session=x=y; b=");
  EXPECT_EQ(request.cookie("session"), "x=y");
  EXPECT_EQ(request.cookie("a"), "1");
  EXPECT_EQ(request.cookie("b"), "");
  EXPECT_EQ(request.cookie("sess"), "");
  EXPECT_EQ(request.cookie("c"), "");
}

TEST(Reply, AnEmptyOneDoesNothing) {
  Reply reply;
  reply.send({});
  BodyWriter writer = reply.stream(200, "text/plain");
  EXPECT_FALSE(writer.write("x"));
  EXPECT_TRUE(writer.closed());
  writer.finish();
  BodyReader().resume();
}

}  // namespace
}  // namespace heed::http
