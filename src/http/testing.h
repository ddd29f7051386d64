#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include "base/file.h"
#include "http/response_parser.h"
#include "http/server.h"

/// For tests only: a server on a free port, and a socket that can misbehave.
namespace heed::http::testing {

struct Answer : ResponseHead {
  std::string body;
  bool complete = false;
};

/// A plain blocking socket. Every wait ends after ten seconds.
class RawSocket {
 public:
  explicit RawSocket(std::uint16_t port, int receive_buffer = 0)
      : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    if (receive_buffer > 0) {
      ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    }
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(fd_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0;
    int one = 1;
    ::setsockopt(fd_.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    timeval limit{10, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }
  bool connected() const { return connected_; }
  int fd() const { return fd_.get(); }

  /// False when the server has closed.
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t n = ::send(fd_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) {
        return false;
      }
      bytes.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
  }
  void half_close() { ::shutdown(fd_.get(), SHUT_WR); }
  /// Closes with a reset, as a vanishing client does.
  void vanish() {
    linger hard{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
    fd_.reset();
  }
  /// Some bytes, or "" at the end, on a reset or after ten seconds.
  std::string read_some() {
    char buffer[16 * 1024];
    ssize_t n = ::recv(fd_.get(), buffer, sizeof buffer, 0);
    return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
  }
  std::string read_to_end() {
    std::string all = std::move(left_);
    left_.clear();
    for (std::string piece = read_some(); !piece.empty(); piece = read_some()) {
      all += piece;
    }
    return all;
  }
  std::string read_until(std::string_view mark) {
    std::string all = std::move(left_);
    left_.clear();
    while (all.find(mark) == std::string::npos) {
      std::string piece = read_some();
      if (piece.empty()) {
        break;
      }
      all += piece;
    }
    return all;
  }
  /// The next whole answer; status 0 when none came.
  Answer read_answer(bool head_request = false) {
    ResponseParser parser;
    parser.reset(head_request);
    Answer answer;
    while (true) {
      std::string_view view = left_;
      bool good = parser.feed(view, answer.body).has_value();
      left_ = std::string(view);
      if (!good || parser.done()) {
        break;
      }
      std::string piece = read_some();
      if (piece.empty()) {
        static_cast<void>(parser.feed_end());
        break;
      }
      left_ += piece;
    }
    answer.complete = parser.done();
    static_cast<ResponseHead&>(answer) = parser.head();
    return answer;
  }
  bool at_end() { return left_.empty() && read_some().empty(); }

 private:
  Fd fd_;
  bool connected_ = false;
  std::string left_;
};

/// Lets a test wait for what happens on a server thread.
template <class T>
class Mailbox {
 public:
  void put(T value) {
    std::lock_guard lock(mutex_);
    values_.push_back(std::move(value));
    ready_.notify_all();
  }
  /// The next value, or T{} after ten seconds.
  T take() {
    std::unique_lock lock(mutex_);
    if (!ready_.wait_for(lock, std::chrono::seconds(10), [&] { return !values_.empty(); })) {
      return T{};
    }
    T value = std::move(values_.front());
    values_.pop_front();
    return value;
  }
  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return values_.size();
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<T> values_;
};

class TestServer {
 public:
  explicit TestServer(ServerOptions options = {}) : options_(std::move(options)) {}
  ~TestServer() { stop(); }
  Router router;
  Metrics metrics;

  std::uint16_t start() {
    server_ = std::make_unique<Server>(options_, router, metrics);
    auto started = server_->start();
    return started ? server_->port() : 0;
  }
  std::uint16_t port() const { return server_->port(); }
  Server& server() { return *server_; }
  void stop(std::chrono::milliseconds grace = std::chrono::milliseconds(200)) {
    if (server_) {
      server_->stop(grace);
    }
  }
  void destroy() { server_.reset(); }

 private:
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

inline std::string get(std::string_view target, std::string_view headers = "") {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: test\r\n" + std::string(headers) + "\r\n";
}
inline std::string post(std::string_view target, std::string_view body, std::string_view headers = "") {
  return "POST " + std::string(target) + " HTTP/1.1\r\nHost: test\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n" + std::string(headers) + "\r\n" + std::string(body);
}

}  // namespace heed::http::testing
