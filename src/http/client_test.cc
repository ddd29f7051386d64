#include "http/client.h"

#include <gtest/gtest.h>

#include "http/testing.h"

namespace heed::http {
namespace {

using namespace testing;

struct ClientTest : ::testing::Test {
  ClientTest() {
    server.router.add(Method::Get, "/hello", [](Request request, Reply reply) {
      reply.send({200, "text/plain", "hello " + std::string(request.header("x-name"))});
    });
    server.router.add(Method::Post, "/echo", [](Request request, Reply reply) {
      reply.send({201, std::string(request.header("content-type")), std::move(request.body)});
    });
    server.router.add(Method::Get, "/chunks", [](Request, Reply reply) {
      BodyWriter writer = reply.stream(200, "text/plain");
      for (int i = 0; i < 100; ++i) {
        writer.write(std::string(1000, 'c'));
      }
      writer.finish();
    });
    server.router.add(Method::Get, "/never",
                      [this](Request, Reply reply) { held.put(std::make_shared<Reply>(std::move(reply))); });
    port = server.start();
  }
  Mailbox<std::shared_ptr<Reply>> held;
  TestServer server;
  std::uint16_t port;
};

TEST_F(ClientTest, AsksAgainAndAgain) {
  Client client("127.0.0.1", port, {.headers = {{"X-Name", "you"}}});
  for (int i = 0; i < 10; ++i) {
    auto hello = client.get("/hello");
    ASSERT_TRUE(hello) << hello.error().message;
    EXPECT_EQ(hello->body, "hello you");
    auto echo = client.post("/echo", "{}");
    ASSERT_TRUE(echo);
    EXPECT_EQ(echo->status, 201);
    EXPECT_EQ(echo->header("content-type"), "application/json");
    EXPECT_EQ(client.get("/chunks")->body.size(), 100'000u);
    EXPECT_EQ(client.get("/nope")->status, 404);
    EXPECT_EQ(client.request("HEAD", "/hello")->body, "");
  }
  EXPECT_NE(server.metrics.text().find("heed_http_connections 1"), std::string::npos);
}

TEST_F(ClientTest, OpensAgainWhatTheServerClosed) {
  Client client("127.0.0.1", port);
  ASSERT_TRUE(client.get("/hello", {{"Connection", "close"}}));
  ASSERT_TRUE(client.get("/hello"));
  client.close();
  ASSERT_TRUE(client.post("/echo", "x"));
}

TEST_F(ClientTest, TimesOut) {
  Client client("127.0.0.1", port, {.timeout = std::chrono::milliseconds(50)});
  auto answer = client.get("/never");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::Timeout);
  EXPECT_TRUE(client.get("/hello"));
}

TEST_F(ClientTest, SaysThatNobodyIsThere) {
  server.stop();
  Client client("127.0.0.1", port);
  auto answer = client.get("/hello");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::Unavailable);
}

TEST_F(ClientTest, RefusesBrokenHeadersAndTargets) {
  Client client("127.0.0.1", port);
  EXPECT_FALSE(client.get("/hello", {{"X", "a\r\nY: b"}}));
  EXPECT_FALSE(client.get("/hello there"));
  EXPECT_FALSE(client.get("/hello\r\n"));
}

TEST_F(ClientTest, BoundsTheAnswer) {
  Client client("127.0.0.1", port, {.body_bytes_max = 1000});
  auto answer = client.get("/chunks");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Code::TooLarge);
}

TEST_F(ClientTest, ReadsUrls) {
  auto client = Client::from_url("http://localhost:" + std::to_string(port) + "/x");
  ASSERT_TRUE(client);
  EXPECT_TRUE(client->get("/hello"));
  EXPECT_TRUE(Client::from_url("http://[::1]:80"));
  for (const char* url : {"https://x", "x", "http://", "http://x:70000", "http://x:y", "http://:80"}) {
    EXPECT_FALSE(Client::from_url(url)) << url;
  }
}

}  // namespace
}  // namespace heed::http
