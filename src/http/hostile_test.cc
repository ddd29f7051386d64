#include <gtest/gtest.h>

#include <atomic>

#include "http/testing.h"

// What a network can do to a server: floods, slowness, vanishing, nonsense. After each, the server still serves.
namespace heed::http {
namespace {

using namespace testing;

ServerOptions quick() {
  ServerOptions options;
  options.head_timeout = std::chrono::milliseconds(100);
  options.body_idle_timeout = std::chrono::milliseconds(100);
  options.write_timeout = std::chrono::milliseconds(100);
  return options;
}

struct Hostile : ::testing::Test {
  explicit Hostile(ServerOptions options = {}) : server(std::move(options)) {
    server.router.add(Method::Post, "/echo", [this](Request request, Reply reply) {
      ++calls;
      reply.send({200, "text/plain", std::move(request.body)});
    });
    server.router.add(Method::Get, "/files/{path*}", [](Request request, Reply reply) {
      reply.send({200, "text/plain", request.path});
    });
    server.router.add(Method::Get, "/big", [](Request, Reply reply) {
      reply.send({200, "text/plain", std::string(64 << 20, 'x')});
    });
    port = server.start();
  }
  ~Hostile() override {
    RawSocket socket(port);
    socket.send(post("/echo", "still here"));
    EXPECT_EQ(socket.read_answer().body, "still here");
  }
  int status(std::string_view bytes) {
    RawSocket socket(port);
    socket.send(bytes);
    return socket.read_answer().status;
  }
  std::atomic<int> calls{0};
  TestServer server;
  std::uint16_t port;
};

struct HostileQuick : Hostile {
  HostileQuick() : Hostile(quick()) {}
};

TEST_F(Hostile, TenMegabyteHead) {
  RawSocket socket(port);
  socket.send("GET / HTTP/1.1\r\nHost: t\r\nX: ");
  std::string block(1 << 20, 'a');
  for (int i = 0; i < 10; ++i) {
    if (!socket.send(block)) {
      break;
    }
  }
  EXPECT_EQ(socket.read_answer().status, 431);
}

TEST_F(Hostile, TenMegabyteRequestLine) {
  RawSocket socket(port);
  socket.send("GET /" + std::string(10 << 20, 'a'));
  EXPECT_EQ(socket.read_answer().status, 414);
}

TEST_F(Hostile, HeaderFlood) {
  std::string text = "GET / HTTP/1.1\r\nHost: t\r\n";
  for (int i = 0; i < 2000; ++i) {
    text += "A:\r\n";
  }
  EXPECT_EQ(status(text + "\r\n"), 431);
}

TEST_F(Hostile, NulBytes) {
  EXPECT_EQ(status(std::string("GET /\0 HTTP/1.1\r\nHost: t\r\n\r\n", 29)), 400);
  EXPECT_EQ(status(std::string("GET / HTTP/1.1\r\nHost: t\r\nX: \0\r\n\r\n", 33)), 400);
  EXPECT_EQ(status(std::string(5000, '\0')), 400);
  EXPECT_EQ(status(get("/files/%00")), 400);
}

TEST_F(Hostile, PathTraversal) {
  for (const char* path : {"/files/../../etc/passwd", "/files/%2e%2e/%2e%2e/etc/passwd", "/files/..%2f..%2fetc/passwd",
                           "/files/..%5c..%5cwindows", "/../files/x", "/files/./x"}) {
    EXPECT_EQ(status(get(path)), 400) << path;
  }
  EXPECT_EQ(status(get("/files/%zz")), 400);
  EXPECT_EQ(status(get("/files/%")), 400);
  EXPECT_EQ(status(get("/files/a..b")), 200);
}

TEST_F(Hostile, DoubleContentLengthNeverSmuggles) {
  RawSocket socket(port);
  socket.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 0\r\nContent-Length: 60\r\n\r\n" +
              post("/echo", "smuggled"));
  EXPECT_EQ(socket.read_answer().status, 400);
  EXPECT_EQ(socket.read_answer().status, 0);
  EXPECT_EQ(calls.load(), 0);
}

TEST_F(Hostile, LengthAndCodingNeverSmuggle) {
  RawSocket socket(port);
  socket.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" +
              post("/echo", "smuggled"));
  EXPECT_EQ(socket.read_answer().status, 400);
  EXPECT_TRUE(socket.at_end());
  EXPECT_EQ(calls.load(), 0);
  EXPECT_EQ(status("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: gzip\r\n\r\n"), 501);
}

TEST_F(Hostile, TlsHandshakeAndOtherNoise) {
  EXPECT_EQ(status(std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)), 400);
  EXPECT_EQ(status("SSH-2.0-OpenSSH_9.2\r\n\r\n"), 400);
  EXPECT_EQ(status("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
}

TEST_F(Hostile, ByteAtATime) {
  RawSocket socket(port);
  for (char c : post("/echo", "slow but honest") + post("/echo", "again")) {
    ASSERT_TRUE(socket.send(std::string_view(&c, 1)));
  }
  EXPECT_EQ(socket.read_answer().body, "slow but honest");
  EXPECT_EQ(socket.read_answer().body, "again");
}

TEST_F(Hostile, HalfClosedClientGetsItsAnswer) {
  RawSocket socket(port);
  socket.send(post("/echo", "first") + post("/echo", "second"));
  socket.half_close();
  EXPECT_EQ(socket.read_answer().body, "first");
  EXPECT_EQ(socket.read_answer().body, "second");
  EXPECT_TRUE(socket.at_end());
}

TEST_F(Hostile, HalfClosedInTheMiddle) {
  RawSocket head(port);
  head.send("GET / HTTP/1.1\r\nHo");
  head.half_close();
  EXPECT_TRUE(head.at_end());
  RawSocket body(port);
  body.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");
  body.half_close();
  EXPECT_TRUE(body.at_end());
  EXPECT_EQ(calls.load(), 0);
}

TEST_F(Hostile, TwoHundredConnectionsAtOnce) {
  std::vector<std::unique_ptr<RawSocket>> sockets;
  for (int i = 0; i < 200; ++i) {
    sockets.push_back(std::make_unique<RawSocket>(port));
    ASSERT_TRUE(sockets.back()->connected());
  }
  for (int round = 0; round < 3; ++round) {
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      ASSERT_TRUE(sockets[i]->send(post("/echo", std::string(1400, 'p') + std::to_string(i))));
    }
    for (std::size_t i = 0; i < sockets.size(); ++i) {
      EXPECT_EQ(sockets[i]->read_answer().body, std::string(1400, 'p') + std::to_string(i));
    }
  }
}

TEST_F(Hostile, ClientsVanishAtEveryPoint) {
  std::string text = post("/echo", std::string(200, 'b'));
  for (std::size_t n = 0; n < text.size(); n += 7) {
    RawSocket socket(port);
    socket.send(std::string_view(text).substr(0, n));
    socket.vanish();
  }
}

TEST_F(Hostile, BodyAboveTheLimit) {
  EXPECT_EQ(status("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 1048577\r\n\r\n"), 413);
  RawSocket chunked(port);
  chunked.send("POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunk = "10000\r\n" + std::string(65536, 'x') + "\r\n";
  for (int i = 0; i < 40 && chunked.send(chunk); ++i) {
  }
  EXPECT_EQ(chunked.read_answer().status, 413);
  EXPECT_EQ(status("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 999999999999999999\r\n\r\n"), 413);
  EXPECT_EQ(calls.load(), 0);
}

TEST_F(Hostile, EndlessChunkHeadersAndTrailers) {
  const std::string start = "POST /echo HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n";
  RawSocket extension(port);
  extension.send(start + "1;" + std::string(200'000, 'e'));
  EXPECT_EQ(extension.read_answer().status, 400);
  RawSocket trailer(port);
  trailer.send(start + "0\r\nT: " + std::string(200'000, 't'));
  EXPECT_EQ(trailer.read_answer().status, 400);
  RawSocket size(port);
  size.send(start + std::string(200'000, '0'));
  EXPECT_EQ(size.read_answer().status, 400);
}

TEST_F(Hostile, AllBodiesTogetherAreBounded) {
  ServerOptions options;
  options.bodies_bytes_max = 100'000;
  TestServer small(options);
  Mailbox<std::shared_ptr<Reply>> replies;
  small.router.add(Method::Post, "/hold",
                   [&](Request, Reply reply) { replies.put(std::make_shared<Reply>(std::move(reply))); });
  std::uint16_t small_port = small.start();
  RawSocket first(small_port);
  first.send(post("/hold", std::string(99'000, 'a')));
  auto held = replies.take();
  ASSERT_TRUE(held);
  RawSocket second(small_port);
  second.send(post("/hold", std::string(50'000, 'a')));
  EXPECT_EQ(second.read_answer().status, 503);
  held->send({});
  EXPECT_EQ(first.read_answer().status, 200);
  RawSocket third(small_port);
  third.send(post("/hold", std::string(50'000, 'a')));
  ASSERT_TRUE(replies.take());  // dropped: 500, but it was let in
  EXPECT_EQ(third.read_answer().status, 500);
}

TEST_F(HostileQuick, SlowLorisIsAnswered408) {
  RawSocket socket(port);
  socket.send("GET / HTTP/1.1\r\nHost: t\r\n");
  auto begun = std::chrono::steady_clock::now();
  // A header now and then does not prolong the head's time.
  std::string got;
  for (int i = 0; i < 1000 && got.empty(); ++i) {
    pollfd p{socket.fd(), POLLIN, 0};
    if (::poll(&p, 1, 10) > 0) {
      got = socket.read_to_end();
    } else if (!socket.send("X: y\r\n")) {
      break;
    }
  }
  EXPECT_TRUE(got.starts_with("HTTP/1.1 408 ")) << got;
  EXPECT_LT(std::chrono::steady_clock::now() - begun, std::chrono::seconds(5));
}

TEST_F(HostileQuick, StalledBodyIsAnswered408) {
  RawSocket socket(port);
  socket.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");
  EXPECT_EQ(socket.read_answer().status, 408);
  EXPECT_TRUE(socket.at_end());
}

TEST_F(HostileQuick, IdleConnectionIsClosedInSilence) {
  RawSocket socket(port);
  EXPECT_TRUE(socket.at_end());
  RawSocket blank(port);
  blank.send("\r\n\r\n");
  EXPECT_TRUE(blank.at_end());
}

TEST_F(HostileQuick, ReaderThatTakesNothingIsClosed) {
  RawSocket socket(port, /*receive_buffer=*/4096);
  socket.send(get("/big"));
  char one;
  ASSERT_EQ(::recv(socket.fd(), &one, 1, 0), 1);
  // Not reading: the server's send buffer fills, and after the write timeout it gives up.
  pollfd p{socket.fd(), POLLRDHUP, 0};
  EXPECT_GT(::poll(&p, 1, 10'000), 0);
}

TEST_F(HostileQuick, DripFedCollectedBodyHasALimit) {
  ServerOptions options = quick();
  options.body_timeout = std::chrono::milliseconds(150);
  TestServer other(options);
  other.router.add(Method::Post, "/echo", [](Request, Reply reply) { reply.send({}); });
  RawSocket socket(other.start());
  socket.send("POST /echo HTTP/1.1\r\nHost: t\r\nContent-Length: 100000\r\n\r\n");
  std::string got;
  for (int i = 0; i < 500 && got.empty(); ++i) {
    pollfd p{socket.fd(), POLLIN, 0};
    if (::poll(&p, 1, 10) > 0) {
      got = socket.read_to_end();
    } else if (!socket.send("x")) {
      break;
    }
  }
  EXPECT_TRUE(got.starts_with("HTTP/1.1 408 ")) << got;
}

}  // namespace
}  // namespace heed::http
