#include "http/request_parser.h"

#include <gtest/gtest.h>

#include <random>

namespace heed::http::detail {
namespace {

using Step = RequestParser::Step;

struct Parsed {
  Step last = Step::NeedMore;
  int status = 0;
  std::string body;
  Request request;
  std::string rest;
  bool head = false;
};

/// Feeds `text` in pieces of `piece` bytes, as the connection does: what is not consumed stays in front.
Parsed parse(std::string_view text, std::size_t piece = 1 << 20, ParseLimits limits = {}) {
  RequestParser parser(limits);
  Parsed out;
  std::string buffer;
  while (true) {
    std::string_view input = buffer;
    out.last = parser.next(input);
    std::size_t used = buffer.size() - input.size();
    if (out.last == Step::Data) {
      out.body += parser.data();
    }
    buffer.erase(0, used);
    if (out.last == Step::Head) {
      out.head = true;
    }
    if (out.last == Step::Refused) {
      out.status = parser.refusal().status;
      break;
    }
    if (out.last == Step::End) {
      break;
    }
    if (out.last == Step::NeedMore) {
      if (text.empty()) {
        break;
      }
      buffer += text.substr(0, piece);
      text.remove_prefix(std::min(piece, text.size()));
    }
  }
  out.request = std::move(parser.request());
  out.rest = buffer + std::string(text);
  return out;
}

int status_of_request(std::string_view text) { return parse(text).status; }

const std::string kHead = "POST /v1/posts?x=1 HTTP/1.1\r\nHost: h\r\nX-Thing:  a b \r\nContent-Length: 5\r\n\r\n";

TEST(RequestParser, ReadsARequestInAnyPieces) {
  const std::string text = kHead + "helloGET /";
  for (std::size_t piece : {1, 2, 3, 7, 64, 1000}) {
    Parsed p = parse(text, piece);
    EXPECT_EQ(p.last, Step::End);
    EXPECT_EQ(p.body, "hello");
    EXPECT_EQ(p.request.path, "/v1/posts");
    EXPECT_EQ(p.request.header("x-thing"), "a b");
    EXPECT_EQ(p.request.query_value("x"), "1");
    EXPECT_EQ(p.rest, "GET /");
  }
}

TEST(RequestParser, ReadsChunksInAnyPieces) {
  std::string text =
      "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
      "5;ext=\"a;b\"\r\nhello\r\n00001\r\n!\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\nrest";
  for (std::size_t piece : {1, 2, 3, 5, 11, 1000}) {
    Parsed p = parse(text, piece);
    EXPECT_EQ(p.last, Step::End) << piece;
    EXPECT_EQ(p.body, "hello!0123456789");
    EXPECT_EQ(p.rest, "rest");
    EXPECT_EQ(p.request.header("trailer"), "");
  }
}

TEST(RequestParser, ReadsAnEmptyChunkedBodyInAnyPieces) {
  for (std::size_t piece : {1, 2, 3, 4, 5}) {
    Parsed p = parse("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", piece);
    EXPECT_EQ(p.last, Step::End);
    EXPECT_EQ(p.body, "");
  }
}

TEST(RequestParser, RefusesSmugglingShapes) {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\n";
  const std::string cl = "Content-Length: 5\r\n", te = "Transfer-Encoding: chunked\r\n";
  EXPECT_EQ(status_of_request(start + cl + te + "\r\n"), 400);
  EXPECT_EQ(status_of_request(start + te + cl + "\r\n"), 400);
  EXPECT_EQ(status_of_request(start + cl + cl + "\r\n"), 400);
  EXPECT_EQ(status_of_request(start + te + te + "\r\n"), 400);
  EXPECT_EQ(status_of_request(start + cl + "Content-Length: 6\r\n\r\n"), 400);
  for (const char* length : {"5, 5", "+5", "-1", "0x5", "5 5", "", "99999999999999999999", "5,", "٣"}) {
    EXPECT_EQ(status_of_request(start + "Content-Length: " + length + "\r\n\r\n"), 400) << length;
  }
  for (const char* coding :
       {"gzip", "gzip, chunked", "chunked, gzip", "chunked, chunked", "xchunked", "identity", ""}) {
    int status = status_of_request(start + "Transfer-Encoding: " + coding + "\r\n\r\n");
    EXPECT_TRUE(status == 501 || status == 400) << coding << " " << status;
  }
  EXPECT_EQ(status_of_request(start + "Transfer-Encoding: gzip\r\n\r\n"), 501);
  EXPECT_EQ(status_of_request("POST / HTTP/1.0\r\n" + te + "\r\n"), 400);
  EXPECT_EQ(status_of_request(start + "Content-Length : 5\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request(start + "X: a\r\n b\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request(start + "X: a\r\n\tTransfer-Encoding: chunked\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request(start + " X: a\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request(start + "X: a\nY: b\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request(start + "X: a\rY: b\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request(start + std::string("X: a\0b\r\n\r\n", 10)), 400);
  EXPECT_EQ(status_of_request(start + "X: a\x01\r\n\r\n"), 400);
}

TEST(RequestParser, RefusesBadChunks) {
  const std::string start = "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (const char* body : {"x\r\n\r\n", "5\nhello\r\n0\r\n\r\n", "5\r\nhelloX0\r\n\r\n", "0x5\r\nhello\r\n\r\n",
                           "-1\r\n\r\n", "\r\n\r\n0", "FFFFFFFFFFFFFFFFF\r\n", "5 5\r\nhello\r\n"}) {
    Parsed p = parse(start + body);
    EXPECT_EQ(p.status, 400) << body;
  }
}

TEST(RequestParser, RefusesBadStartLines) {
  EXPECT_EQ(status_of_request("GET / HTTP/2.0\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(status_of_request("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 505);
  EXPECT_EQ(status_of_request("GET / HTTP/1.1\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request("GET  / HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request("GET /a b HTTP/1.1\r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(status_of_request("GET\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request("GET / HTTP/1.1 \r\nHost: h\r\n\r\n"), 505);
  EXPECT_EQ(status_of_request("GET /%zz HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request("G(T / HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request("\x16\x03\x01\x02\x01\x01\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request("GET * HTTP/1.1\r\nHost: h\r\n\r\n"), 400);
  EXPECT_EQ(status_of_request("GET / HTTP/1.1\r\nHost: h\r\nExpect: a lot\r\n\r\n"), 417);
}

TEST(RequestParser, BoundsHeadTargetAndHeaders) {
  std::string start = "GET / HTTP/1.1\r\nHost: h\r\n";
  EXPECT_EQ(status_of_request(start + "X: " + std::string(20'000, 'a')), 431);
  EXPECT_EQ(status_of_request("GET /" + std::string(20'000, 'a')), 414);
  EXPECT_EQ(status_of_request("GET /" + std::string(9'000, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n"), 414);
  std::string many = start;
  for (int i = 0; i < 101; ++i) {
    many += "A:b\r\n";
  }
  EXPECT_EQ(status_of_request(many + "\r\n"), 431);
}

TEST(RequestParser, SkipsEmptyLinesBeforeARequest) {
  EXPECT_EQ(parse("\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n", 1).last, Step::End);
}

TEST(RequestParser, CanBeReset) {
  RequestParser parser(ParseLimits{});
  std::string text = "GET /a HTTP/1.1\r\nHost: h\r\n\r\nGET /b HTTP/1.0\r\n\r\n";
  std::string_view input = text;
  ASSERT_EQ(parser.next(input), Step::Head);
  ASSERT_EQ(parser.next(input), Step::End);
  EXPECT_TRUE(parser.keep_alive());
  parser.reset();
  ASSERT_EQ(parser.next(input), Step::Head);
  EXPECT_EQ(parser.request().path, "/b");
  EXPECT_FALSE(parser.keep_alive());
  EXPECT_TRUE(parser.http_1_0());
}

TEST(RequestParser, PiecesDoNotChangeTheVerdictOnMutatedRequests) {
  std::mt19937 random(42);
  const std::string seed =
      "POST /v1/x?a=b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nCookie: a=b; "
      "c=d\r\n\r\n3\r\nabc\r\n0\r\n\r\n";
  for (int round = 0; round < 3000; ++round) {
    std::string text = seed;
    for (int edits = 1 + static_cast<int>(random() % 3); edits > 0; --edits) {
      std::size_t at = random() % text.size();
      constexpr std::string_view kBytes("\r\n\0 \t:%a0F;,\x80/", 14);
      switch (random() % 3) {
        case 0:
          text[at] = kBytes[random() % kBytes.size()];
          break;
        case 1:
          text.erase(at, 1);
          break;
        default:
          text.insert(at, 1, kBytes[random() % kBytes.size()]);
      }
    }
    Parsed whole = parse(text);
    Parsed bytes = parse(text, 1);
    EXPECT_EQ(whole.last, bytes.last) << text;
    EXPECT_EQ(whole.head, bytes.head) << text;
    if (whole.last == Step::End) {
      EXPECT_EQ(whole.body, bytes.body) << text;
      EXPECT_EQ(whole.rest, bytes.rest) << text;
    }
  }
}

}  // namespace
}  // namespace heed::http::detail
