#include <gtest/gtest.h>

#include "http/client.h"
#include "http/testing.h"

// Request bodies and answers that flow.
namespace heed::http {
namespace {

using namespace testing;

/// What happened to a consumer, and its reins.
struct Seen {
  Mailbox<std::string> events;
  std::string bytes;  // the connection's thread until "end"
  BodyReader reader;
  Reply reply;
  bool pause = false;
};

class Recorder final : public BodyConsumer {
 public:
  explicit Recorder(std::shared_ptr<Seen> seen) : seen_(std::move(seen)) {}
  bool on_data(std::string_view bytes) override {
    seen_->bytes += bytes;
    EXPECT_LE(bytes.size(), 64u * 1024);
    seen_->events.put("data");
    return !seen_->pause;
  }
  void on_end() override { seen_->events.put("end"); }
  void on_abort() override { seen_->events.put("abort"); }

 private:
  std::shared_ptr<Seen> seen_;
};

/// Answers every line with itself in capitals, as an NDJSON endpoint does.
class Shouter final : public BodyConsumer {
 public:
  explicit Shouter(BodyWriter writer) : writer_(std::move(writer)) {}
  bool on_data(std::string_view bytes) override {
    std::string out(bytes);
    for (char& c : out) {
      c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
    }
    writer_.write(std::move(out));
    return true;
  }
  void on_end() override { writer_.finish(); }
  void on_abort() override {}

 private:
  BodyWriter writer_;
};

struct Stream : ::testing::Test {
  explicit Stream(ServerOptions options = {}) : server(std::move(options)) {
    server.router.add_stream(Method::Post, "/take", [this](Request, Reply reply, BodyReader reader) {
      auto seen = std::make_shared<Seen>();
      seen->reply = std::move(reply);
      seen->reader = reader;
      seen->pause = pause;
      consumers.put(seen);
      return std::make_unique<Recorder>(seen);
    });
    server.router.add_stream(Method::Post, "/shout", [](Request, Reply reply, BodyReader) {
      return std::make_unique<Shouter>(reply.stream(200, "application/x-ndjson"));
    });
    server.router.add_stream(Method::Post, "/refuse", [](Request, Reply reply, BodyReader) {
      reply.send_error(Error{Code::Unauthorized, "who are you"});
      return std::unique_ptr<BodyConsumer>();
    });
    server.router.add(Method::Get, "/events", [this](Request, Reply reply) {
      writers.put(std::make_shared<BodyWriter>(reply.stream(200, "text/event-stream", {{"X-Extra", "1"}})));
    });
    port = server.start();
  }
  TestServer server;
  Mailbox<std::shared_ptr<Seen>> consumers;
  Mailbox<std::shared_ptr<BodyWriter>> writers;
  std::uint16_t port;
  bool pause = false;
};

TEST_F(Stream, DeliversTheBodyInOrder) {
  RawSocket socket(port);
  std::string body;
  for (int i = 0; i < 100'000; ++i) {
    body += std::to_string(i) + "\n";
  }
  ASSERT_TRUE(socket.send(post("/take", body)));
  auto seen = consumers.take();
  ASSERT_TRUE(seen);
  while (seen->events.take() == "data") {
  }
  EXPECT_EQ(seen->bytes, body);
  seen->reply.send({201, "text/plain", "ok"});
  EXPECT_EQ(socket.read_answer().status, 201);
  socket.send(post("/take", ""));
  seen = consumers.take();
  EXPECT_EQ(seen->events.take(), "end");
  seen->reply.send({});
  EXPECT_EQ(socket.read_answer().status, 200);
}

TEST_F(Stream, AnswersWhileTheBodyComes) {
  RawSocket socket(port);
  socket.send("POST /shout HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nfirst\n\r\n");
  EXPECT_NE(socket.read_until("FIRST\n").find("FIRST\n"), std::string::npos);
  socket.send("7\r\nsecond\n\r\n0\r\n\r\n");
  EXPECT_NE(socket.read_until("0\r\n\r\n").find("SECOND\n"), std::string::npos);
  socket.send(post("/shout", "again\n"));
  EXPECT_EQ(socket.read_answer().body, "AGAIN\n");
}

TEST_F(Stream, HalfClosedUploaderGetsTheWholeAnswer) {
  RawSocket socket(port);
  std::string body(300'000, 'a');
  std::thread sender([&] {
    socket.send(post("/shout", body));
    socket.half_close();
  });
  EXPECT_EQ(socket.read_answer().body, std::string(300'000, 'A'));
  sender.join();
}

TEST_F(Stream, PausesAndResumes) {
  pause = true;
  RawSocket socket(port);
  std::string body(400'000, 'z');
  std::thread sender([&] { socket.send(post("/take", body)); });
  auto seen = consumers.take();
  ASSERT_TRUE(seen);
  std::string event = seen->events.take();
  int pieces = 0;
  while (event == "data") {
    EXPECT_EQ(seen->events.size(), 0u);  // paused: nothing more until resumed
    ++pieces;
    seen->reader.resume();
    event = seen->events.take();
  }
  EXPECT_EQ(event, "end");
  EXPECT_GT(pieces, 5);
  EXPECT_EQ(seen->bytes.size(), body.size());
  seen->reply.send({});
  EXPECT_EQ(socket.read_answer().status, 200);
  sender.join();
}

TEST_F(Stream, TellsTheConsumerThatTheClientVanished) {
  for (bool reset : {true, false}) {
    RawSocket socket(port);
    socket.send("POST /take HTTP/1.1\r\nHost: t\r\nContent-Length: 100\r\n\r\nabc");
    auto seen = consumers.take();
    ASSERT_TRUE(seen);
    EXPECT_EQ(seen->events.take(), "data");
    if (reset) {
      socket.vanish();
    } else {
      socket.half_close();
    }
    EXPECT_EQ(seen->events.take(), "abort");
    seen->reply.send({});
    seen->reader.resume();
  }
}

TEST_F(Stream, EarlyRefusalEndsALargeUpload) {
  RawSocket socket(port);
  socket.send("POST /refuse HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n");
  Answer answer = socket.read_answer();
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.header("connection"), "close");
  RawSocket small(port);
  small.send(post("/refuse", "little") + post("/shout", "a"));
  EXPECT_EQ(small.read_answer().status, 401);
  EXPECT_EQ(small.read_answer().body, "A");
}

TEST_F(Stream, EarlyRefusalOfAnEmptyBodyIsAnAnswerAndTheConnectionGoesOn) {
  RawSocket socket(port);
  for (int i = 0; i < 3; ++i) {
    socket.send("POST /refuse HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(socket.read_answer().status, 401);
    socket.send("POST /refuse HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(socket.read_answer().status, 401);
  }
}

TEST_F(Stream, AnswerBeforeTheEndStopsTheConsumer) {
  RawSocket socket(port);
  socket.send("POST /take HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  auto seen = consumers.take();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->events.take(), "data");
  seen->reply.send({422, "text/plain", "enough"});
  EXPECT_EQ(socket.read_answer().body, "enough");
  EXPECT_EQ(seen->events.take(), "abort");
  EXPECT_TRUE(socket.at_end());
}

TEST_F(Stream, MalformedBodyAbortsTheConsumer) {
  RawSocket socket(port);
  socket.send("POST /take HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
  auto seen = consumers.take();
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->events.take(), "data");
  EXPECT_EQ(seen->events.take(), "abort");
  EXPECT_EQ(socket.read_answer().status, 400);
  seen->reply.send({});
}

TEST_F(Stream, WritersKeepTheOrderOfTheirCalls) {
  RawSocket socket(port);
  socket.send(get("/events"));
  auto writer = writers.take();
  ASSERT_TRUE(writer);
  std::string expected;
  for (int i = 0; i < 2000; ++i) {
    std::string line = "data: " + std::to_string(i) + "\n\n";
    expected += line;
    ASSERT_TRUE(writer->write(line));
  }
  writer->finish();
  EXPECT_FALSE(writer->write("late"));
  Answer answer = socket.read_answer();
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body, expected);
  EXPECT_EQ(answer.header("x-extra"), "1");
  EXPECT_EQ(answer.header("transfer-encoding"), "chunked");
}

TEST_F(Stream, HalfClosedListenerKeepsListening) {
  RawSocket socket(port);
  socket.send(get("/events"));
  socket.half_close();
  auto writer = writers.take();
  ASSERT_TRUE(writer);
  for (int i = 0; i < 3; ++i) {
    EXPECT_TRUE(writer->write("tick\n"));
    EXPECT_NE(socket.read_until("tick\n"), "");
  }
  EXPECT_FALSE(writer->closed());
  writer->finish();
  EXPECT_TRUE(socket.read_to_end().ends_with("0\r\n\r\n"));
}

TEST_F(Stream, ForgottenWriterTearsTheAnswer) {
  RawSocket socket(port);
  socket.send(get("/events"));
  auto writer = writers.take();
  ASSERT_TRUE(writer);
  writer->write("half");
  EXPECT_NE(socket.read_until("half"), "");
  writer.reset();
  EXPECT_TRUE(socket.at_end());
}

TEST_F(Stream, SlowReaderIsCutAtTheBound) {
  ServerOptions options;
  options.write_buffer_max = 100'000;
  TestServer small(options);
  Mailbox<std::shared_ptr<BodyWriter>> small_writers;
  small.router.add(Method::Get, "/events", [&](Request, Reply reply) {
    small_writers.put(std::make_shared<BodyWriter>(reply.stream(200, "text/plain")));
  });
  RawSocket socket(small.start(), /*receive_buffer=*/4096);
  socket.send(get("/events"));
  auto writer = small_writers.take();
  ASSERT_TRUE(writer);
  bool open = true;
  std::size_t pending_max = 0;
  for (int i = 0; i < 100'000 && open; ++i) {
    open = writer->write(std::string(1000, 'x'));
    pending_max = std::max(pending_max, writer->pending());
  }
  EXPECT_FALSE(open);
  EXPECT_LE(pending_max, 110'000u);  // chunk framing included
  EXPECT_GT(pending_max, 50'000u);
}

TEST_F(Stream, VanishedListenerIsNoticed) {
  RawSocket socket(port);
  socket.send(get("/events"));
  auto writer = writers.take();
  ASSERT_TRUE(writer);
  socket.vanish();
  auto until = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (writer->write("tick\n") && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(writer->closed());
}

TEST_F(Stream, HeadOfAStreamEndsAtOnce) {
  RawSocket socket(port);
  socket.send("HEAD /events HTTP/1.1\r\nHost: t\r\n\r\n");
  EXPECT_EQ(socket.read_answer(/*head_request=*/true).status, 200);
  auto writer = writers.take();
  EXPECT_FALSE(writer->write("x"));
  socket.send(post("/shout", "a"));
  EXPECT_EQ(socket.read_answer().body, "A");
}

TEST_F(Stream, Http10ListenerGetsAPlainBody) {
  RawSocket socket(port);
  socket.send("GET /events HTTP/1.0\r\n\r\n");
  auto writer = writers.take();
  writer->write("a");
  writer->write("b");
  writer->finish();
  std::string all = socket.read_to_end();
  EXPECT_TRUE(all.ends_with("\r\n\r\nab")) << all;
  EXPECT_EQ(all.find("chunked"), std::string::npos);
}

TEST_F(Stream, UploadHoldsBackWhileItsAnswerIsNotRead) {
  ServerOptions options;
  options.write_buffer_max = 400'000;
  TestServer small(options);
  small.router.add_stream(Method::Post, "/shout", [](Request, Reply reply, BodyReader) {
    return std::make_unique<Shouter>(reply.stream(200, "text/plain"));
  });
  RawSocket socket(small.start(), /*receive_buffer=*/4096);
  // Twenty times what may wait; the reader begins late. Without holding back, the answer would be cut.
  std::string body(8'000'000, 'a');
  std::thread sender([&] { EXPECT_TRUE(socket.send(post("/shout", body))); });
  Answer answer = socket.read_answer();
  sender.join();
  EXPECT_TRUE(answer.complete);
  EXPECT_EQ(answer.body.size(), body.size());
}

TEST_F(Stream, ClientStreamsBothWays) {
  Client client("127.0.0.1", port);
  std::string got;
  for (int round = 0; round < 3; ++round) {
    got.clear();
    ASSERT_TRUE(client.open_upload("POST", "/shout", {}, [&](std::string_view bytes) { got += bytes; }));
    std::string sent;
    for (int i = 0; i < 200; ++i) {
      std::string line(10'000, static_cast<char>('a' + i % 26));
      ASSERT_TRUE(client.write_upload(line));
      sent += std::string(10'000, static_cast<char>('A' + i % 26));
    }
    auto answer = client.finish_upload();
    ASSERT_TRUE(answer) << answer.error().message;
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(got, sent);
  }
}

TEST_F(Stream, ClientSeesARefusedUpload) {
  Client client("127.0.0.1", port);
  ASSERT_TRUE(client.open_upload("POST", "/refuse", {}, [](std::string_view) { FAIL(); }));
  for (int i = 0; i < 1000 && client.write_upload(std::string(10'000, 'a')); ++i) {
  }
  auto answer = client.finish_upload();
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 401);
  EXPECT_NE(answer->body.find("unauthorized"), std::string::npos);
}

TEST_F(Stream, ClientReadsAStreamUntilItHasEnough) {
  Client client("127.0.0.1", port);
  std::thread feeder([&] {
    auto writer = writers.take();
    while (writer->write("tick\n")) {
      std::this_thread::yield();
    }
  });
  int ticks = 0;
  auto answer = client.stream("GET", "/events", "", {}, [&](std::string_view bytes) {
    ticks += static_cast<int>(std::count(bytes.begin(), bytes.end(), '\n'));
    return ticks < 100;
  });
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_GE(ticks, 100);
  client.close();
  feeder.join();
}

}  // namespace
}  // namespace heed::http
