// The real binary, driven over HTTP like a platform drives it: what a report, a post, a claim and a pile cost.
//   server_bench [build/release/heed] [SECONDS | --quick] [--only PART,…] [--folder F] [--pile POSTS] [--cases N]
// Parts: start stream one lone many claims pile; only when named: steady, 1,000 reports a second by the clock (how
// long: SECONDS); and queue, which fills the queue with N cases through the API and claims from it. A folder that is
// named is kept, so that a queue once filled can be claimed from again. The generator is one thread pinned to the last
// core; its share of the CPU is printed beside every figure, since on two cores it takes its part from the server.
// Latencies are measured at the generator: send until whole answer.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/file.h"

using namespace heed;
using Steady = std::chrono::steady_clock;

namespace {

double seconds_since(Steady::time_point from) { return std::chrono::duration<double>(Steady::now() - from).count(); }

double own_cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto s = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return s(usage.ru_utime) + s(usage.ru_stime);
}

std::string run(const std::string& command) {
  std::string out;
  FILE* pipe = popen(command.c_str(), "r");
  char buffer[4096];
  while (std::size_t n = fread(buffer, 1, sizeof buffer, pipe)) {
    out.append(buffer, n);
  }
  pclose(pipe);
  return out;
}

std::string field(const std::string& json, const std::string& name) {
  std::size_t at = json.find("\"" + name + "\":\"");
  if (at == std::string::npos) {
    return {};
  }
  at += name.size() + 4;
  return json.substr(at, json.find('"', at) - at);
}

/// The process under test.
struct Server {
  pid_t pid = 0;
  int port = 0;
  double started_ms = 0;

  void start(const std::string& binary, const std::string& folder) {
    const std::string ready = folder + "/ready";
    unlink(ready.c_str());
    auto from = Steady::now();
    pid = fork();
    if (pid == 0) {
      int null = open("/dev/null", O_RDWR);
      dup2(null, 1);
      dup2(null, 2);
      execl(binary.c_str(), "heed", "serve", "--data", (folder + "/data").c_str(), "--port", "0", "--ready-file",
            ready.c_str(), nullptr);
      _exit(127);
    }
    for (;;) {
      std::ifstream in(ready);
      std::string line;
      if (std::getline(in, line) && !line.empty()) {
        started_ms = seconds_since(from) * 1e3;
        port = std::atoi(line.substr(line.rfind(':') + 1).c_str());
        return;
      }
      if (waitpid(pid, nullptr, WNOHANG) == pid) {
        std::fprintf(stderr, "the server did not start\n");
        std::exit(1);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
  }
  void stop() {
    kill(pid, SIGTERM);
    waitpid(pid, nullptr, 0);
  }
  double cpu() const {
    std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
    std::string line;
    std::getline(in, line);
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    std::string word;
    double ticks = 0;
    for (int i = 0; fields >> word && i < 13; ++i) {
      if (i == 11 || i == 12) {
        ticks += std::atof(word.c_str());
      }
    }
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  long rss_kb() const {
    std::ifstream in("/proc/" + std::to_string(pid) + "/status");
    std::string line;
    while (std::getline(in, line)) {
      if (line.starts_with("VmRSS:")) {
        return std::atol(line.c_str() + 6);
      }
    }
    return 0;
  }
};

int dial(int port) {
  int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(static_cast<std::uint16_t>(port));
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof to) != 0) {
    std::perror("connect");
    std::exit(1);
  }
  int one = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  return fd;
}

/// Length of a whole answer in `in`, 0 while it is not complete. Content-Length, or chunked, or no body.
std::size_t whole(const std::string& in) {
  std::size_t head = in.find("\r\n\r\n");
  if (head == std::string::npos) {
    return 0;
  }
  std::string_view view(in.data(), head + 2);
  auto value = [&](std::string_view name) -> std::string_view {
    for (std::size_t at = view.find("\r\n"); at + 2 < view.size(); at = view.find("\r\n", at + 2)) {
      if (view.size() - at - 2 > name.size() && strncasecmp(view.data() + at + 2, name.data(), name.size()) == 0) {
        std::size_t end = view.find("\r\n", at + 2);
        return view.substr(at + 2 + name.size(), end - at - 2 - name.size());
      }
    }
    return {};
  };
  if (!value("transfer-encoding:").empty()) {
    std::size_t end = in.find("\r\n0\r\n\r\n", head + 2);
    return end == std::string::npos ? 0 : end + 7;
  }
  std::size_t length = static_cast<std::size_t>(std::atoll(std::string(value("content-length:")).c_str()));
  return in.size() >= head + 4 + length ? head + 4 + length : 0;
}

std::string request(const std::string& method, const std::string& target, const std::string& headers,
                    const std::string& body, const std::string& type = "application/json") {
  return method + " " + target + " HTTP/1.1\r\nHost: h\r\n" + headers + "Content-Type: " + type +
         "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string roundtrip(int fd, const std::string& out) {
  for (std::size_t sent = 0; sent < out.size();) {
    ssize_t n = send(fd, out.data() + sent, out.size() - sent, 0);
    if (n <= 0) {
      return {};
    }
    sent += static_cast<std::size_t>(n);
  }
  std::string in;
  char buffer[65536];
  for (;;) {
    if (std::size_t n = whole(in)) {
      return in.substr(0, n);
    }
    ssize_t n = recv(fd, buffer, sizeof buffer, 0);
    if (n <= 0) {
      return in;
    }
    in.append(buffer, static_cast<std::size_t>(n));
  }
}

struct Load {
  std::vector<double> ms;
  double seconds = 0, generator_cpu = 0, server_cpu = 0;
  std::uint64_t failures = 0;
  std::string first_failure;
  double percentile(double p) {
    if (ms.empty()) {
      return 0;
    }
    std::size_t at = std::min(ms.size() - 1, static_cast<std::size_t>(p * static_cast<double>(ms.size())));
    std::nth_element(ms.begin(), ms.begin() + static_cast<std::ptrdiff_t>(at), ms.end());
    return ms[at];
  }
  double rate() const { return static_cast<double>(ms.size()) / seconds; }
};

/// `connections` keep-alive connections, each with one request under way, for so many seconds or requests. With a
/// `rate` a second, requests fall due by the clock and not when an answer frees a connection, and each one's time
/// counts from when it was due: a server that stands still is not spared what it would have been asked.
Load load(const Server& server, int connections, double seconds, std::uint64_t most,
          const std::function<std::string(std::uint64_t)>& make, double rate = 0) {
  struct Connection {
    int fd = -1;
    std::string in;
    Steady::time_point at;
  };
  std::vector<Connection> all(static_cast<std::size_t>(connections));
  int epoll = epoll_create1(0);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].fd = dial(server.port);
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event);
  }
  Load result;
  std::uint64_t n = 0;
  auto from = Steady::now();
  auto due = [&](std::uint64_t i) {
    return rate == 0 ? from  // at once
                     : from + std::chrono::duration_cast<Steady::duration>(
                                  std::chrono::duration<double>(static_cast<double>(i) / rate));
  };
  std::vector<Connection*> idle;  // that wait for their next request to fall due
  auto fire = [&](Connection& c) {
    c.at = rate == 0 ? Steady::now() : due(n);
    std::string out = make(n++);
    for (std::size_t sent = 0; sent < out.size();) {
      ssize_t k = send(c.fd, out.data() + sent, out.size() - sent, 0);
      if (k <= 0) {
        std::exit(1);
      }
      sent += static_cast<std::size_t>(k);
    }
  };
  double cpu = own_cpu(), theirs = server.cpu();
  from = Steady::now();
  for (Connection& c : all) {
    idle.push_back(&c);
  }
  int open = connections;
  epoll_event events[256];
  char buffer[65536];
  while (open > 0) {
    const bool over = seconds_since(from) >= seconds || n >= most;
    while (!idle.empty() && (over || due(n) <= Steady::now())) {
      Connection& c = *idle.back();
      idle.pop_back();
      if (over) {
        --open;
      } else {
        fire(c);
      }
    }
    int ready = epoll_wait(epoll, events, 256, rate == 0 ? 1000 : 1);
    for (int i = 0; i < ready; ++i) {
      Connection& c = all[events[i].data.u64];
      ssize_t k = recv(c.fd, buffer, sizeof buffer, 0);
      if (k <= 0) {
        std::fprintf(stderr, "the server closed a connection\n");
        std::exit(1);
      }
      c.in.append(buffer, static_cast<std::size_t>(k));
      if (whole(c.in) == 0) {
        continue;
      }
      if (c.in[9] != '2') {
        if (result.failures++ == 0) {
          result.first_failure = c.in.substr(0, 500);
        }
      }
      result.ms.push_back(std::chrono::duration<double, std::milli>(Steady::now() - c.at).count());
      c.in.clear();
      idle.push_back(&c);
    }
  }
  result.seconds = seconds_since(from);
  result.generator_cpu = own_cpu() - cpu;
  result.server_cpu = server.cpu() - theirs;
  for (Connection& c : all) {
    close(c.fd);
  }
  close(epoll);
  return result;
}

void print(const char* what, Load& l) {
  std::printf(
      "%-34s %9.0f /s   p50 %7.2f ms   p99 %7.2f ms   server %5.1f us CPU each   generator %4.0f %% of a core\n", what,
      l.rate(), l.percentile(0.5), l.percentile(0.99), l.server_cpu / static_cast<double>(l.ms.size()) * 1e6,
      l.generator_cpu / l.seconds * 100);
  if (l.failures != 0) {
    std::printf("  %llu were not 2xx; the first: %s\n", static_cast<unsigned long long>(l.failures),
                l.first_failure.c_str());
  }
  std::fflush(stdout);
}

double metric(const Server& server, const std::string& name) {
  int fd = dial(server.port);
  std::string text = roundtrip(fd, request("GET", "/metrics", "", ""));
  close(fd);
  std::size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? 0 : std::atof(text.c_str() + at + name.size() + 2);
}

double fdatasyncs_per_second(const std::string& folder) {
  std::string path = folder + "/sync";
  int fd = open(path.c_str(), O_CREAT | O_WRONLY, 0600);
  std::string block(4096, 'x');
  auto from = Steady::now();
  int n = 0;
  while (seconds_since(from) < 1.0) {
    if (write(fd, block.data(), block.size()) < 0 || fdatasync(fd) != 0) {
      break;
    }
    ++n;
  }
  close(fd);
  unlink(path.c_str());
  return n / seconds_since(from);
}

std::string post_json(const std::string& id, std::uint64_t n, const std::string& target, const std::string& at) {
  return R"({"id":")" + id + R"(","text":"Post number )" + std::to_string(n) +
         R"( about nothing in particular, long enough to be a usual one with some words in it.","created_at":")" + at +
         R"(","author":{"id":"w)" + std::to_string(n % 5003) + R"("})" +
         (target.empty() ? "" : R"(,"mentions":[")" + target + R"("])") + "}";
}

std::string report_json(const std::string& prefix, std::uint64_t n, std::uint64_t post) {
  return R"({"reporter":{"account_id":"r)" + prefix + std::to_string(n) + R"("},"items":[{"kind":"post","id":"p)" +
         std::to_string(post) +
         R"(","symptoms":["harassment"]}],"about":"me","symptoms":["harassment"],"channel":"ios","locale":"en"})";
}

constexpr std::string_view kParts[] = {"start", "one", "stream", "lone", "many", "queue", "claims", "pile", "steady"};

struct Options {
  std::string binary = "build/release/heed";
  std::string folder;
  double seconds = 8;
  std::uint64_t cases = 0, pile = 100'000;
  std::vector<std::string> only;

  bool wants(std::string_view part) const {
    return only.empty() ? part != "queue" && part != "steady" : std::find(only.begin(), only.end(), part) != only.end();
  }
};

/// The parts, in the order in which they run; each prints its own lines.
class Bench {
 public:
  Bench(Options options, std::string folder) : o_(std::move(options)), folder_(std::move(folder)) {}

  void run() {
    std::printf("disk: %.0f fdatasync a second of 4 KiB\n", fdatasyncs_per_second(folder_));
    if (o_.wants("start")) {
      start();
    }
    log_in();
    if (o_.wants("one")) {
      Load one = load(server_, 1, o_.seconds / 2, 20000, [&](std::uint64_t n) {
        return request("POST", "/v1/posts", auth_, post_json("one" + std::to_string(n), n, "t1", now_));
      });
      print("one post, one connection, verdict", one);
    }
    if (o_.wants("lone")) {
      Load lone = load(server_, 1, o_.seconds / 2, 2000, reports("lone", 250'000));
      print("a lone report, durable", lone);
    }
    if (o_.wants("many")) {
      many();
    }
    if (o_.wants("queue")) {
      fill_queue();
    }
    if (o_.wants("claims") || o_.wants("queue")) {
      claims();
    }
    if (o_.wants("pile")) {
      pile();
    }
    if (o_.wants("steady")) {
      steady();
    }
    std::printf("resident at the end: %.1f MB\n", static_cast<double>(server_.rss_kb()) / 1024);
    server_.stop();
  }

 private:
  void start() {
    std::vector<double> fresh;
    for (int i = 0; i < 9; ++i) {
      TempFolder empty("heed-bench-empty");
      server_.start(o_.binary, empty.path().string());
      fresh.push_back(server_.started_ms);
      if (i == 0) {
        std::this_thread::sleep_for(std::chrono::seconds(1));
        std::printf("resident idle: %.1f MB\n", static_cast<double>(server_.rss_kb()) / 1024);
      }
      server_.stop();
    }
    std::sort(fresh.begin(), fresh.end());
    std::printf("start with an empty folder: median %.0f ms, worst of nine %.0f ms\n", fresh[4], fresh.back());
    server_.start(o_.binary, folder_);
    server_.stop();
    for (int i = 0; i < 3; ++i) {
      server_.start(o_.binary, folder_);
      std::printf("start again: %.0f ms\n", server_.started_ms);
      server_.stop();
    }
  }

  void log_in() {
    const std::string data = " --data " + folder_ + "/data 2>/dev/null";
    const std::string key = field(
        ::run(o_.binary + " key create bench" + std::to_string(getpid()) + " --scope all --json" + data), "token");
    ::run("printf 'a long password for the bench' | " + o_.binary +
          " user create rita --role reviewer --password-stdin" + data);
    server_.start(o_.binary, folder_);
    cpu_set_t cores;
    CPU_ZERO(&cores);
    CPU_SET(static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)) - 1, &cores);
    sched_setaffinity(0, sizeof cores, &cores);
    auth_ = "Authorization: Bearer " + key + "\r\n";
    now_ = format_time(SystemClock().now() - std::chrono::minutes(2));
    int fd = dial(server_.port);
    std::string in = roundtrip(
        fd, request("POST", "/v1/session", "", R"({"name":"rita","password":"a long password for the bench"})"));
    std::size_t at = in.find("heed_session=");
    staff_ = "Cookie: " + (at == std::string::npos ? "" : in.substr(at, in.find(';', at) - at)) +
             "\r\nX-Heed-CSRF: " + field(in, "csrf") + "\r\n";
    close(fd);
    posts_ = std::max<std::uint64_t>(300'000, o_.cases);
    double cpu = own_cpu(), theirs = server_.cpu();
    double took = send_posts("p", posts_, {});
    if (o_.wants("stream")) {
      std::printf("%-34s %9.0f /s   server %5.1f us CPU each   generator %4.0f %% of a core\n",
                  "posts in, NDJSON, one connection", static_cast<double>(posts_) / took,
                  (server_.cpu() - theirs) / static_cast<double>(posts_) * 1e6, (own_cpu() - cpu) / took * 100);
    }
  }

  /// Seconds. An empty target: each at another of 7001 accounts.
  double send_posts(const std::string& prefix, std::uint64_t count, const std::string& target) {
    int fd = dial(server_.port);
    auto from = Steady::now();
    for (std::uint64_t n = 0; n < count;) {
      std::string body;
      for (int i = 0; i < 5000 && n < count; ++i, ++n) {
        body +=
            post_json(prefix + std::to_string(n), n, target.empty() ? "t" + std::to_string(n % 7001) : target, now_) +
            "\n";
      }
      roundtrip(fd, request("POST", "/v1/posts", auth_, body, "application/x-ndjson"));
    }
    close(fd);
    return seconds_since(from);
  }

  std::function<std::string(std::uint64_t)> reports(const std::string& prefix, std::uint64_t first = 0) {
    return [this, prefix, first](std::uint64_t n) {
      return request("POST", "/v1/reports", auth_ + "Idempotency-Key: " + prefix + std::to_string(n) + "\r\n",
                     report_json(prefix, n, (first + n) % posts_));
    };
  }

  void many() {
    double flushes = metric(server_, "heed_store_flushes_total");
    Load many = load(server_, 64, o_.seconds, UINT64_MAX, reports("many"));
    print("reports, durable, 64 connections", many);
    std::printf("  flushes per thousand reports: %.1f\n",
                (metric(server_, "heed_store_flushes_total") - flushes) / static_cast<double>(many.ms.size()) * 1000);
  }

  /// A bad evening: a thousand reports a second, by the clock, for SECONDS.
  void steady() {
    Load steady = load(server_, 64, o_.seconds, UINT64_MAX, reports("steady"), 1000);
    print("1,000 reports a second, by the clock", steady);
    std::printf("  slowest receipt of %zu: %.0f ms after it was due\n", steady.ms.size(), steady.percentile(1));
  }

  void fill_queue() {
    Load fill = load(server_, 64, 3600, o_.cases, reports("fill"));
    print("reports until the queue is full", fill);
  }

  void claims() {
    Load claims = load(server_, 1, o_.seconds / 2, 2000,
                       [&](std::uint64_t) { return request("POST", "/v1/queues/default/claims", staff_, "{}"); });
    print("claim from that queue", claims);
  }

  /// A pile while others report.
  void pile() {
    send_posts("big", o_.pile, "star");
    Load before = load(server_, 4, o_.seconds / 4, UINT64_MAX, reports("before", 100'000));
    print("reports, 4 connections, no pile", before);
    int fd = dial(server_.port);
    auto from = Steady::now();
    std::string receipt = roundtrip(
        fd,
        request(
            "POST", "/v1/reports", auth_,
            R"({"reporter":{"account_id":"star"},"pile":{"target":"star","since":"2020-01-01T00:00:00.000Z"},"about":"me","symptoms":["harassment"],"channel":"ios"})"));
    std::printf("receipt for a pile of %llu: %.1f ms\n", static_cast<unsigned long long>(o_.pile),
                seconds_since(from) * 1e3);
    const std::string case_id = field(receipt, "case_id");
    const std::string whole = "\"items\":" + std::to_string(o_.pile) + ",";
    auto frozen = [&] {
      int other = dial(server_.port);
      bool all = roundtrip(other, request("GET", "/v1/cases/" + case_id, staff_, "")).find(whole) != std::string::npos;
      close(other);
      return all;
    };
    Load during;
    for (int round = 0; !frozen() && round < 200; ++round) {  // rounds of half a second while it lasts
      Load part =
          load(server_, 4, 0.5, UINT64_MAX,
               reports("during" + std::to_string(round) + "-", 200'000 + 3000 * static_cast<std::uint64_t>(round)));
      during.ms.insert(during.ms.end(), part.ms.begin(), part.ms.end());
      during.seconds += part.seconds;
      during.generator_cpu += part.generator_cpu;
      during.server_cpu += part.server_cpu;
      during.failures += part.failures;
    }
    print("the same while it is being frozen", during);
    std::printf("  p99 beside the pile is %.2f times p99 without; frozen after %.1f s%s\n",
                during.percentile(0.99) / before.percentile(0.99), seconds_since(from),
                frozen() ? "" : " NOT complete");
    Load opens = load(server_, 1, o_.seconds / 4, 50, [&](std::uint64_t n) {
      return request("GET", n % 2 == 0 ? "/v1/cases/" + case_id : "/v1/cases/" + case_id + "/items?limit=50", staff_,
                     "");
    });
    print("open that case, first page", opens);
    close(fd);
  }

  Options o_;
  std::string folder_;
  Server server_;
  std::string auth_, staff_, now_;
  std::uint64_t posts_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--quick") {
      options.seconds = 1;
      options.pile = 10'000;
    } else if (word == "--only" && i + 1 < argc) {
      std::istringstream parts(argv[++i]);
      for (std::string part; std::getline(parts, part, ',');) {
        if (std::find(std::begin(kParts), std::end(kParts), part) == std::end(kParts)) {
          std::fprintf(stderr,
                       "server_bench: there is no part '%s'; parts: start, one, stream, lone, many, queue, claims, "
                       "pile, steady\n",
                       part.c_str());
          return 2;
        }
        options.only.push_back(part);
      }
    } else if (word == "--pile" && i + 1 < argc) {
      options.pile = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--cases" && i + 1 < argc) {
      options.cases = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--folder" && i + 1 < argc) {
      options.folder = argv[++i];
    } else if (std::isdigit(static_cast<unsigned char>(word[0])) != 0) {
      options.seconds = std::atof(argv[i]);
    } else {
      options.binary = word;
    }
  }
  TempFolder temp("heed-bench");
  Bench bench(options, options.folder.empty() ? temp.path().string() : options.folder);
  bench.run();
  return 0;
}
