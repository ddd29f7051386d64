// What HTTP itself costs: POST of 1.4 KB against a handler that only looks at the size.
//   http_bench [seconds] [connections …]       default: 5 32 64
// Server CPU is what the server's two threads used by their own clocks, so the generator's share, which runs on
// the same cores and lowers requests/s, does not count in it. One generator thread polls all connections.
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <future>
#include <string>
#include <vector>

#include "base/file.h"
#include "http/server.h"

using namespace heed;
using Steady = std::chrono::steady_clock;

namespace {

constexpr int kThreads = 2;

double thread_cpu_seconds() {
  timespec t{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

double server_cpu_seconds(http::Server& server) {
  double sum = 0;
  for (std::size_t i = 0; i < kThreads; ++i) {
    std::promise<double> used;
    server.post(i, [&used] { used.set_value(thread_cpu_seconds()); });
    sum += used.get_future().get();
  }
  return sum;
}

struct Connection {
  Fd fd;
  std::size_t expected = 0;  // bytes of answer still to come
  Steady::time_point sent;
};

std::string request_bytes() {
  std::string body = R"({"id":"p1","kind":"post","text":")" + std::string(1300, 't') +
                     R"(","author":{"id":"a9"},"created_at":"2026-11-21T18:00:00.000Z"})";
  return "POST /v1/posts HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\nAccept: */*\r\n"
         "Authorization: Bearer hk_0123456789abcdefghijklmnopqrstuv\r\nContent-Type: application/json\r\n"
         "Content-Length: " +
         std::to_string(body.size()) + "\r\n\r\n" + body;
}

Fd connect_to(std::uint16_t port) {
  Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  int one = 1;
  ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

void send_request(Connection& c, const std::string& bytes) {
  if (::send(c.fd.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(bytes.size())) {
    std::perror("send");
    std::exit(1);
  }
  c.sent = Steady::now();
}

/// The size of an answer: all are alike, ids and dates included.
std::size_t measure_answer(std::uint16_t port, const std::string& bytes) {
  Connection c{connect_to(port), 0, {}};
  send_request(c, bytes);
  char buffer[4096];
  ssize_t n = ::recv(c.fd.get(), buffer, sizeof buffer, 0);
  if (n < 12 || std::memcmp(buffer, "HTTP/1.1 200", 12) != 0) {
    std::fprintf(stderr, "unexpected answer\n");
    std::exit(1);
  }
  return static_cast<std::size_t>(n);
}

void run(http::Server& server, int connections, double seconds) {
  const std::string bytes = request_bytes();
  const std::size_t answer_bytes = measure_answer(server.port(), bytes);
  std::vector<Connection> all;
  std::vector<pollfd> polls;
  for (int i = 0; i < connections; ++i) {
    all.push_back({connect_to(server.port()), answer_bytes, {}});
    polls.push_back({all.back().fd.get(), POLLIN, 0});
  }
  for (Connection& c : all) {
    send_request(c, bytes);
  }
  std::vector<float> micros;
  micros.reserve(1 << 20);
  double cpu = server_cpu_seconds(server);
  auto begun = Steady::now();
  auto until = begun + std::chrono::duration<double>(seconds);
  char buffer[4096];
  while (Steady::now() < until) {
    if (::poll(polls.data(), polls.size(), 1000) <= 0) {
      std::fprintf(stderr, "the server has stopped answering\n");
      std::exit(1);
    }
    for (std::size_t i = 0; i < polls.size(); ++i) {
      if (polls[i].revents == 0) {
        continue;
      }
      Connection& c = all[i];
      ssize_t n = ::recv(c.fd.get(), buffer, sizeof buffer, 0);
      if (n <= 0) {
        std::fprintf(stderr, "the server has closed a connection\n");
        std::exit(1);
      }
      c.expected -= static_cast<std::size_t>(n);
      if (c.expected == 0) {
        micros.push_back(std::chrono::duration<float, std::micro>(Steady::now() - c.sent).count());
        c.expected = answer_bytes;
        send_request(c, bytes);
      }
    }
  }
  double took = std::chrono::duration<double>(Steady::now() - begun).count();
  cpu = server_cpu_seconds(server) - cpu;
  std::sort(micros.begin(), micros.end());
  auto at = [&](double share) {
    return static_cast<double>(micros[static_cast<std::size_t>(share * static_cast<double>(micros.size() - 1))]);
  };
  double n = static_cast<double>(micros.size());
  std::printf("%3d connections: %7.0f requests/s, server CPU %5.2f us/request, latency p50 %5.0f us p99 %6.0f us\n",
              connections, n / took, cpu * 1e6 / n, at(0.5), at(0.99));
}

}  // namespace

int main(int argc, char** argv) {
  double seconds = argc > 1 ? std::atof(argv[1]) : 5;
  std::vector<int> counts;
  for (int i = 2; i < argc; ++i) {
    counts.push_back(std::atoi(argv[i]));
  }
  if (counts.empty()) {
    counts = {32, 64};
  }
  http::Router router;
  router.add(http::Method::Post, "/v1/posts", [](http::Request request, http::Reply reply) {
    http::Response response;
    response.body = R"({"post_id":"p1","verdict":"allow","bytes":)" + std::to_string(request.body.size()) + "}";
    reply.send(std::move(response));
  });
  Metrics metrics;
  http::ServerOptions options;
  options.threads = kThreads;
  http::Server server(options, router, metrics);
  if (auto started = server.start(); !started) {
    std::fprintf(stderr, "%s\n", started.error().message.c_str());
    return 1;
  }
  for (int connections : counts) {
    run(server, connections, seconds);
  }
  server.stop();
}
