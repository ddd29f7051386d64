#include "http/response_head.h"

#include <gtest/gtest.h>

namespace heed::http::detail {
namespace {

std::string head(int status, const std::vector<std::pair<std::string, std::string>>& headers,
                 HeadContext context = {}) {
  std::string out;
  write_head(out, status, "text/plain", 5, headers, context);
  return out;
}

TEST(ResponseHead, HasWhatEveryAnswerNeeds) {
  HeadContext context;
  context.date = "D";
  context.request_id = "req_1";
  context.path = "/v1/x";
  EXPECT_EQ(head(200, {}, context),
            "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nX-Request-Id: req_1\r\n"
            "X-Content-Type-Options: nosniff\r\nReferrer-Policy: no-referrer\r\nCache-Control: no-store\r\n\r\n");
}

TEST(ResponseHead, CannotBeSplit) {
  std::string out = head(200, {{"Location", "/a\r\nSet-Cookie: x=1\r\n\r\nbody"}, {"Bad\r\nName", "v"}, {"", "v"}});
  EXPECT_EQ(out.find("\r\nSet-Cookie"), std::string::npos);
  EXPECT_EQ(out.find("Name"), std::string::npos);
  EXPECT_EQ(out.find("\r\n\r\n"), out.size() - 4);
}

TEST(ResponseHead, LeavesFramingToTheServer) {
  std::string out = head(200, {{"content-length", "99"}, {"Transfer-Encoding", "chunked"}, {"Connection", "upgrade"}});
  EXPECT_EQ(out.find("99"), std::string::npos);
  EXPECT_EQ(out.find("chunked"), std::string::npos);
  EXPECT_EQ(out.find("upgrade"), std::string::npos);
}

TEST(ResponseHead, HandlersMayCache) {
  HeadContext context;
  context.path = "/v1/policy";
  std::string out = head(200, {{"cache-control", "max-age=60"}}, context);
  EXPECT_EQ(out.find("no-store"), std::string::npos);
  context.path = "/app.js";
  EXPECT_EQ(head(200, {}, context).find("Cache-Control"), std::string::npos);
}

TEST(ResponseHead, NoBodyMeansNoLength) {
  EXPECT_EQ(head(204, {}).find("Content-"), head(204, {}).find("Content-Type-Options"));
  EXPECT_EQ(head(304, {}).find("Content-Length"), std::string::npos);
}

TEST(HttpDate, IsTheExampleOfTheStandard) { EXPECT_EQ(format_http_date(784111777), "Sun, 06 Nov 1994 08:49:37 GMT"); }

}  // namespace
}  // namespace heed::http::detail
