#include "http/server.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <set>
#include <thread>

#include "base/json.h"
#include "http/testing.h"

namespace heed::http {
namespace {

using namespace testing;

void add_echo(Router& router) {
  router.add(Method::Get, "/v1/hello/{name}", [](Request request, Reply reply) {
    Response response;
    response.content_type = "text/plain";
    response.body = "hello " + std::string(request.path_param("name"));
    reply.send(std::move(response));
  });
  router.add(Method::Post, "/v1/echo", [](Request request, Reply reply) {
    reply.send({200, "text/plain", std::move(request.body)});
  });
}

struct EchoServer : ::testing::Test {
  EchoServer() {
    add_echo(server.router);
    port = server.start();
  }
  Answer ask(std::string_view bytes) {
    RawSocket socket(port);
    socket.send(bytes);
    return socket.read_answer();
  }
  TestServer server;
  std::uint16_t port;
};

void expect_problem(const Answer& answer, int status) {
  EXPECT_EQ(answer.status, status) << answer.body;
  EXPECT_EQ(answer.header("content-type"), "application/problem+json");
  JsonParser parser;
  auto json = parser.parse(answer.body);
  ASSERT_TRUE(json) << answer.body;
  EXPECT_EQ(json->get_int("status"), status);
  EXPECT_TRUE(json->get_string("type").starts_with("/docs/problems#"));
  EXPECT_EQ(json->get_string("request_id"), answer.header("x-request-id"));
}

TEST_F(EchoServer, AnswersWithTheHouseHeaders) {
  Answer answer = ask(get("/v1/hello/w%C3%B6rld"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "hello wörld");
  EXPECT_EQ(answer.header("content-type"), "text/plain");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(answer.header("referrer-policy"), "no-referrer");
  EXPECT_EQ(answer.header("cache-control"), "no-store");
  EXPECT_TRUE(answer.header("x-request-id").starts_with("req_"));
  EXPECT_TRUE(answer.header("date").ends_with(" GMT"));
}

TEST_F(EchoServer, KeepsConnectionsAlive) {
  RawSocket socket(port);
  std::set<std::string> ids;
  for (int i = 0; i < 50; ++i) {
    std::string body(static_cast<std::size_t>(i * 700), static_cast<char>('a' + i % 26));
    ASSERT_TRUE(socket.send(post("/v1/echo", body)));
    Answer answer = socket.read_answer();
    ASSERT_EQ(answer.status, 200);
    EXPECT_EQ(answer.body, body);
    ids.insert(std::string(answer.header("x-request-id")));
  }
  EXPECT_EQ(ids.size(), 50u);
}

TEST_F(EchoServer, AnswersPipelinedRequestsInOrder) {
  RawSocket socket(port);
  std::string all;
  for (int i = 0; i < 200; ++i) {
    all += i % 2 == 0 ? get("/v1/hello/" + std::to_string(i)) : post("/v1/echo", "body " + std::to_string(i));
  }
  ASSERT_TRUE(socket.send(all));
  for (int i = 0; i < 200; ++i) {
    EXPECT_EQ(socket.read_answer().body, (i % 2 == 0 ? "hello " : "body ") + std::to_string(i));
  }
}

TEST_F(EchoServer, ClosesWhenAsked) {
  RawSocket socket(port);
  socket.send(get("/v1/hello/a", "Connection: close\r\n") + get("/v1/hello/b"));
  Answer answer = socket.read_answer();
  EXPECT_EQ(answer.body, "hello a");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(socket.at_end());
}

TEST_F(EchoServer, SpeaksHttp10) {
  RawSocket socket(port);
  socket.send("GET /v1/hello/a HTTP/1.0\r\n\r\n");
  EXPECT_EQ(socket.read_answer().body, "hello a");
  EXPECT_TRUE(socket.at_end());
  RawSocket kept(port);
  kept.send("GET /v1/hello/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.read_answer().header("connection"), "keep-alive");
  kept.send("GET /v1/hello/b HTTP/1.0\r\n\r\n");
  EXPECT_EQ(kept.read_answer().body, "hello b");
}

TEST_F(EchoServer, TakesChunkedBodies) {
  Answer answer =
      ask("POST /v1/echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n1;x\r\n!\r\n0\r\n\r\n");
  EXPECT_EQ(answer.body, "hello!");
}

TEST_F(EchoServer, SaysContinueWhenExpected) {
  RawSocket socket(port);
  socket.send("POST /v1/echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(socket.read_until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("hello");
  EXPECT_EQ(socket.read_answer().body, "hello");
}

TEST_F(EchoServer, RefusesWithoutContinueWhenItWill) {
  RawSocket socket(port);
  socket.send("POST /v1/echo HTTP/1.1\r\nHost: t\r\nContent-Length: 5000000\r\nExpect: 100-continue\r\n\r\n");
  Answer answer = socket.read_answer();
  expect_problem(answer, 413);
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(socket.at_end());
}

TEST_F(EchoServer, TellsUnknownPathAndWrongMethod) {
  expect_problem(ask(get("/nope")), 404);
  Answer answer = ask("DELETE /v1/echo HTTP/1.1\r\nHost: t\r\n\r\n");
  expect_problem(answer, 405);
  EXPECT_EQ(answer.header("allow"), "POST, OPTIONS");
  expect_problem(ask("BREW /v1/echo HTTP/1.1\r\nHost: t\r\n\r\n"), 405);
}

TEST_F(EchoServer, KeepsTheConnectionAfterASmallUnwantedBody) {
  RawSocket socket(port);
  socket.send(post("/nope", "some body") + get("/v1/hello/a"));
  EXPECT_EQ(socket.read_answer().status, 404);
  EXPECT_EQ(socket.read_answer().body, "hello a");
}

TEST_F(EchoServer, AnswersHeadWithoutBody) {
  RawSocket socket(port);
  socket.send("HEAD /v1/hello/a HTTP/1.1\r\nHost: t\r\n\r\n");
  Answer answer = socket.read_answer(/*head_request=*/true);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.header("content-length"), "7");
  socket.send(get("/v1/hello/b"));
  EXPECT_EQ(socket.read_answer().body, "hello b");
}

TEST_F(EchoServer, AnswersOptions) {
  Answer answer = ask("OPTIONS /v1/echo HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(answer.status, 204);
  EXPECT_EQ(answer.header("allow"), "POST, OPTIONS");
  EXPECT_EQ(answer.header("access-control-allow-origin"), "");
  EXPECT_EQ(ask("OPTIONS * HTTP/1.1\r\nHost: t\r\n\r\n").status, 204);
  expect_problem(ask("OPTIONS /nope HTTP/1.1\r\nHost: t\r\n\r\n"), 404);
}

TEST(Cors, IsGivenToTheListOnly) {
  ServerOptions options;
  options.cors_origins = {"https://site.test"};
  TestServer server(options);
  add_echo(server.router);
  std::uint16_t port = server.start();
  RawSocket socket(port);
  socket.send(
      "OPTIONS /v1/echo HTTP/1.1\r\nHost: t\r\nOrigin: https://site.test\r\n"
      "Access-Control-Request-Method: POST\r\nAccess-Control-Request-Headers: authorization\r\n\r\n");
  Answer answer = socket.read_answer();
  EXPECT_EQ(answer.header("access-control-allow-origin"), "https://site.test");
  EXPECT_EQ(answer.header("access-control-allow-methods"), "POST, OPTIONS");
  EXPECT_EQ(answer.header("access-control-allow-headers"), "authorization");
  EXPECT_EQ(answer.header("vary"), "Origin");
  socket.send(get("/v1/hello/a", "Origin: https://site.test\r\n"));
  EXPECT_EQ(socket.read_answer().header("access-control-allow-origin"), "https://site.test");
  for (const char* origin : {"https://evil.test", "https://site.test.evil.test", "null", "http://site.test"}) {
    socket.send(get("/v1/hello/a", std::string("Origin: ") + origin + "\r\n"));
    Answer other = socket.read_answer();
    EXPECT_EQ(other.header("access-control-allow-origin"), "") << origin;
    EXPECT_EQ(other.header("vary"), "Origin");
  }
}

TEST(Reply, MayComeFromAnyThread) {
  TestServer server;
  Mailbox<std::shared_ptr<Reply>> replies;
  server.router.add(Method::Get, "/later",
                    [&](Request, Reply reply) { replies.put(std::make_shared<Reply>(std::move(reply))); });
  std::uint16_t port = server.start();
  RawSocket socket(port);
  socket.send(get("/later") + get("/later"));
  for (int i = 0; i < 2; ++i) {
    auto reply = replies.take();
    ASSERT_TRUE(reply);
    EXPECT_EQ(replies.size(), 0u);  // the second waits for the first one's answer
    reply->send({200, "text/plain", std::to_string(i)});
    EXPECT_EQ(socket.read_answer().body, std::to_string(i));
  }
}

TEST(Reply, DroppedBecomes500) {
  TestServer server;
  server.router.add(Method::Get, "/drop", [](Request, Reply) {});
  server.router.add(Method::Get, "/throw", [](Request, Reply) -> void { throw std::runtime_error("x"); });
  server.router.add(Method::Get, "/assign", [](Request, Reply reply) { reply = Reply(); });
  std::uint16_t port = server.start();
  RawSocket socket(port);
  for (const char* path : {"/drop", "/throw", "/assign"}) {
    socket.send(get(path));
    expect_problem(socket.read_answer(), 500);
  }
}

TEST(Reply, AfterTheClientVanishedIsHarmless) {
  TestServer server;
  Mailbox<std::shared_ptr<Reply>> replies;
  server.router.add(Method::Get, "/later",
                    [&](Request, Reply reply) { replies.put(std::make_shared<Reply>(std::move(reply))); });
  add_echo(server.router);
  std::uint16_t port = server.start();
  for (int i = 0; i < 20; ++i) {
    RawSocket socket(port);
    socket.send(get("/later"));
    auto reply = replies.take();
    ASSERT_TRUE(reply);
    socket.vanish();
    reply->send({200, "text/plain", std::string(100'000, 'x')});
  }
  RawSocket socket(port);
  socket.send(get("/v1/hello/a"));
  EXPECT_EQ(socket.read_answer().body, "hello a");
}

TEST(Reply, MayOutliveTheServer) {
  Mailbox<std::shared_ptr<Reply>> replies;
  Mailbox<std::shared_ptr<BodyWriter>> writers;
  {
    TestServer server;
    server.router.add(Method::Get, "/later",
                      [&](Request, Reply reply) { replies.put(std::make_shared<Reply>(std::move(reply))); });
    server.router.add(Method::Get, "/stream", [&](Request, Reply reply) {
      writers.put(std::make_shared<BodyWriter>(reply.stream(200, "text/plain")));
    });
    std::uint16_t port = server.start();
    RawSocket a(port), b(port);
    a.send(get("/later"));
    b.send(get("/stream"));
    auto reply = replies.take();
    auto writer = writers.take();
    server.stop(std::chrono::milliseconds(1));
    server.destroy();
    EXPECT_TRUE(writer->closed());
    EXPECT_FALSE(writer->write("x"));
    reply->send({});
    replies.put(reply);
    writers.put(writer);
  }
}

TEST(Server, StopLetsRequestsFinish) {
  TestServer server;
  Mailbox<std::shared_ptr<Reply>> replies;
  server.router.add(Method::Get, "/later",
                    [&](Request, Reply reply) { replies.put(std::make_shared<Reply>(std::move(reply))); });
  std::uint16_t port = server.start();
  RawSocket busy(port), idle(port);
  busy.send(get("/later"));
  auto reply = replies.take();
  ASSERT_TRUE(reply);
  std::thread stopper([&] { server.stop(std::chrono::seconds(10)); });
  EXPECT_TRUE(idle.at_end());  // closed at once; from then on the server is draining
  reply->send({200, "text/plain", "done"});
  Answer answer = busy.read_answer();
  EXPECT_EQ(answer.body, "done");
  EXPECT_EQ(answer.header("connection"), "close");
  EXPECT_TRUE(busy.at_end());
  stopper.join();
  EXPECT_FALSE(RawSocket(port).connected());
}

/// Somebody may be let in at the very moment the door closes: stop() neither waits for them nor for the door.
TEST(Server, StopsWhilePeopleStillCome) {
  for (int round = 0; round < 100; ++round) {
    TestServer server;
    add_echo(server.router);
    const std::uint16_t port = server.start();
    std::atomic<bool> over = false;
    std::atomic<int> came = 0;
    std::vector<std::thread> people;
    for (int i = 0; i < 2; ++i) {
      people.emplace_back([&, i] {
        std::deque<RawSocket> held;
        while (!over) {
          held.emplace_back(port);
          if (i == 0 && held.back().connected()) {
            held.back().send(get("/v1/hello/a"));
          }
          if (held.size() > 8) {
            held.pop_front();
          }
          ++came;
        }
      });
    }
    while (came < round % 20) {
      std::this_thread::yield();
    }
    server.stop(std::chrono::milliseconds(round % 3));
    over = true;
    for (std::thread& one : people) {
      one.join();
    }
  }
}

TEST(Server, SaysThatItsPortIsTaken) {
  TestServer first;
  std::uint16_t port = first.start();
  ServerOptions options;
  options.port = port;
  Router router;
  Metrics metrics;
  Server second(options, router, metrics);
  auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, Code::Unavailable);
  options.address = "nowhere";
  EXPECT_EQ(Server(options, router, metrics).start().error().code, Code::InvalidInput);
}

TEST(Server, CountsAndReports) {
  ServerOptions options;
  Mailbox<std::string> finished;
  options.on_finished = [&](const Finished& f) {
    finished.put(std::string(method_name(f.method)) + " " + std::string(f.route) + " " + std::to_string(f.status) +
                 (f.micros >= 0 && f.request_id.starts_with("req_") ? "" : " odd"));
  };
  TestServer server(options);
  add_echo(server.router);
  std::uint16_t port = server.start();
  RawSocket socket(port);
  socket.send(get("/v1/hello/a") + get("/nope") + "x");
  EXPECT_EQ(finished.take(), "GET /v1/hello/{name} 200");
  EXPECT_EQ(finished.take(), "GET  404");
  socket.send("\r\n\r\n");
  EXPECT_EQ(finished.take(), "GET  400");
  std::string text = server.metrics.text();
  EXPECT_NE(text.find("heed_http_requests_total{route=\"/v1/hello/{name}\",status=\"2xx\"} 1"), std::string::npos)
      << text;
  EXPECT_NE(text.find("heed_http_requests_total{route=\"none\",status=\"4xx\"} 2"), std::string::npos);
  EXPECT_NE(text.find("heed_http_request_seconds_count{route=\"/v1/hello/{name}\"} 1"), std::string::npos);
  EXPECT_NE(text.find("heed_http_connections 1"), std::string::npos);
}

TEST(Server, PostRunsOnItsThreads) {
  TestServer server;
  server.start();
  Mailbox<std::string> ids;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < 4; ++i) {
    server.server().post(i, [&] { ids.put(std::to_string(std::hash<std::thread::id>{}(std::this_thread::get_id()))); });
    seen.insert(ids.take());
  }
  EXPECT_EQ(seen.size(), 2u);
}

TEST(Server, BelievesTrustedProxiesOnly) {
  for (bool trusted : {false, true}) {
    ServerOptions options;
    options.trusted_proxies =
        trusted ? std::vector<std::string>{"127.0.0.0/8", "10.0.0.1"} : std::vector<std::string>{};
    TestServer server(options);
    server.router.add(Method::Get, "/who", [](Request request, Reply reply) {
      reply.send({200, "text/plain", request.remote_address});
    });
    std::uint16_t port = server.start();
    RawSocket socket(port);
    auto who = [&](std::string_view headers) {
      socket.send(get("/who", headers));
      return socket.read_answer().body;
    };
    EXPECT_EQ(who(""), "127.0.0.1");
    EXPECT_EQ(who("X-Forwarded-For: 192.0.2.7\r\n"), trusted ? "192.0.2.7" : "127.0.0.1");
    EXPECT_EQ(who("X-Forwarded-For: 6.6.6.6, 192.0.2.7, 10.0.0.1\r\n"), trusted ? "192.0.2.7" : "127.0.0.1");
    EXPECT_EQ(who("X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 192.0.2.7\r\n"), trusted ? "192.0.2.7" : "127.0.0.1");
    EXPECT_EQ(who("X-Forwarded-For: <script>\r\n"), "127.0.0.1");
  }
}

TEST(Server, RefusesConnectionsAboveItsLimit) {
  ServerOptions options;
  options.connections_max = 3;
  TestServer server(options);
  add_echo(server.router);
  std::uint16_t port = server.start();
  std::vector<std::unique_ptr<RawSocket>> sockets;
  for (int i = 0; i < 3; ++i) {
    sockets.push_back(std::make_unique<RawSocket>(port));
    sockets.back()->send(get("/v1/hello/a"));
    EXPECT_EQ(sockets.back()->read_answer().status, 200);
  }
  RawSocket refused(port);
  Answer answer = refused.read_answer();
  expect_problem(answer, 503);
  EXPECT_NE(answer.header("retry-after"), "");
}

TEST(ServerOptions, AreDeclaredWithTheirDefaults) {
  auto settings = Settings::load(ServerOptions::settings(), "", {"HEED_HTTP_PORT=9", "HEED_HTTP_CORS_ORIGINS=a,b"});
  ASSERT_TRUE(settings) << settings.error().message;
  ServerOptions from = ServerOptions::from(*settings);
  ServerOptions plain;
  EXPECT_EQ(from.port, 9);
  EXPECT_EQ(from.cors_origins, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(from.threads, plain.threads);
  EXPECT_EQ(from.connections_max, plain.connections_max);
  EXPECT_EQ(from.header_bytes_max, plain.header_bytes_max);
  EXPECT_EQ(from.write_buffer_max, plain.write_buffer_max);
  EXPECT_EQ(from.bodies_bytes_max, plain.bodies_bytes_max);
  EXPECT_EQ(from.head_timeout, plain.head_timeout);
  EXPECT_EQ(from.body_idle_timeout, plain.body_idle_timeout);
  EXPECT_EQ(from.body_timeout, plain.body_timeout);
  EXPECT_EQ(from.write_timeout, plain.write_timeout);
}

}  // namespace
}  // namespace heed::http
