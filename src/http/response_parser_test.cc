#include "http/response_parser.h"

#include <gtest/gtest.h>

#include <random>

namespace heed::http {
namespace {

struct Read {
  bool good = true, done = false;
  std::string body, rest;
  int status = 0;
};

Read read(std::string_view text, std::size_t piece = 1 << 20, bool head_request = false) {
  ResponseParser parser;
  parser.reset(head_request);
  Read out;
  while (!text.empty() && out.good && !parser.done()) {
    std::string_view part = text.substr(0, piece);
    text.remove_prefix(part.size());
    out.good = parser.feed(part, out.body).has_value();
    out.rest = part;
  }
  if (out.good && !parser.done()) {
    out.good = parser.feed_end().has_value();
  }
  out.done = parser.done();
  out.status = parser.head().status;
  out.rest += text;
  return out;
}

TEST(ResponseParser, ReadsEveryFramingInAnyPieces) {
  for (std::size_t piece : {1, 2, 3, 10, 1000}) {
    Read length = read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhellorest", piece);
    EXPECT_TRUE(length.done);
    EXPECT_EQ(length.body, "hello");
    EXPECT_EQ(length.rest, "rest");
    Read chunks = read(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\nrest", piece);
    EXPECT_EQ(chunks.body, "abcde");
    EXPECT_EQ(chunks.rest, "rest");
    Read close = read("HTTP/1.0 200 OK\r\n\r\nabc", piece);
    EXPECT_TRUE(close.done);
    EXPECT_EQ(close.body, "abc");
    Read interim = read("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", piece);
    EXPECT_EQ(interim.status, 204);
    EXPECT_TRUE(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n", piece, true).done);
  }
}

TEST(ResponseParser, TellsTornAnswers) {
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell").good);
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n").good);
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\n").good);
  EXPECT_FALSE(read("").good);
}

TEST(ResponseParser, RefusesWhatIsNotHttp) {
  for (const char* text :
       {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n"}) {
    EXPECT_FALSE(read(text).good) << text;
  }
  EXPECT_FALSE(read(std::string(100'000, 'a')).good);
  EXPECT_FALSE(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string(100'000, '0')).good);
}

TEST(ResponseParser, SurvivesMutations) {
  std::mt19937 random(5);
  const std::string seed = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (int round = 0; round < 3000; ++round) {
    std::string text = seed;
    for (int i = 0; i < 3; ++i) {
      text[random() % text.size()] = static_cast<char>(random());
    }
    Read whole = read(text);
    Read pieces = read(text, 1);
    EXPECT_EQ(whole.good, pieces.good) << text;
    EXPECT_EQ(whole.body, pieces.body) << text;
  }
}

}  // namespace
}  // namespace heed::http
