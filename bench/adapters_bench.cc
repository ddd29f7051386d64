// `heed serve --scorer`, driven like a comment system drives it: when it is ready, what it takes, how many
// comments:analyze it answers over 64 kept-alive connections, beside the time of the score itself.
//   adapters_bench [build/release/heed] [SECONDS | --quick]      from the repository's root
// The generator is one thread pinned to the last core; its share of the CPU is printed beside every figure,
// since on two cores it takes its part from the server. Latencies are measured at the generator: send until
// whole answer.
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
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "adapters/perspective/analyze.h"
#include "app/scoring.h"
#include "base/file.h"
#include "base/json.h"
#include "policy/policy.h"

using namespace heed;
using Steady = std::chrono::steady_clock;

namespace {

constexpr const char* kKey = "the-key-of-the-bench-alone";
/// The texts that are asked about: lengths and kinds as in a comment column, harmless.
const std::vector<std::string> kTexts = {
    "Thank you for this, I had been wondering about the new timetable for weeks.",
    "No.",
    "I disagree with nearly everything in this article, and I will say why: the figures are from 2019, the "
    "survey asked forty people, "
    "and the conclusion was printed before the answers were in. Please do better next time.",
    "does anybody know whether the library opens on sunday??",
    "What a silly idea, honestly. You are wrong about the bridge and you know it!",
    "Agreed \xF0\x9F\x91\x8D",
    "The mayor said on Monday that the road would be closed until the spring. On Tuesday she said until "
    "summer. On Wednesday nobody picked up the telephone.",
    "Lovely photographs, where was the third one taken?",
};

double seconds_since(Steady::time_point from) { return std::chrono::duration<double>(Steady::now() - from).count(); }

double own_cpu() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  auto s = [](const timeval& t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return s(usage.ru_utime) + s(usage.ru_stime);
}

std::string body_of(const std::string& text, bool spans) {
  JsonWriter out;
  out.begin_object().key("comment").begin_object().field("text", text).end_object();
  out.key("requestedAttributes")
      .begin_object()
      .key("TOXICITY")
      .begin_object()
      .end_object()
      .key("INSULT")
      .begin_object()
      .end_object()
      .end_object();
  out.key("languages")
      .begin_array()
      .value("en")
      .end_array()
      .field("spanAnnotations", spans)
      .field("doNotStore", true)
      .end_object();
  return out.take();
}

std::string request(const std::string& body) {
  return std::string("POST /v1alpha1/comments:analyze?key=") + kKey +
         " HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
         "\r\n\r\n" + body;
}

class Server {
 public:
  Server(const std::string& binary, const std::string& folder, const std::string& config) {
    const std::string ready = folder + "/ready", file = folder + "/heed.toml";
    unlink(ready.c_str());
    std::ofstream(file) << "scorer.keys = [\"" << kKey
                        << "\"]\nadapters.requests_per_second = 0\nlog.level = \"warn\"\n"
                        << config;
    const auto from = Steady::now();
    pid_ = fork();
    if (pid_ == 0) {
      int null = open("/dev/null", O_RDWR);
      dup2(null, 1);
      execl(binary.c_str(), "heed", "serve", "--scorer", "--config", file.c_str(), "--port", "0", "--ready-file",
            ready.c_str(), nullptr);
      _exit(127);
    }
    for (std::string line;;) {
      std::ifstream in(ready);
      if (std::getline(in, line) && !line.empty()) {
        started_ms_ = seconds_since(from) * 1e3;
        port_ = std::atoi(line.substr(line.rfind(':') + 1).c_str());
        return;
      }
      if (waitpid(pid_, nullptr, WNOHANG) == pid_) {
        std::fprintf(stderr, "the server did not start\n");
        std::exit(1);
      }
      std::this_thread::sleep_for(std::chrono::microseconds(300));
    }
  }
  ~Server() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
  }
  int port() const { return port_; }
  double started_ms() const { return started_ms_; }
  double cpu() const {
    std::ifstream in("/proc/" + std::to_string(pid_) + "/stat");
    std::string line, word;
    std::getline(in, line);
    std::istringstream fields(line.substr(line.rfind(')') + 2));
    double ticks = 0;
    for (int i = 0; fields >> word && i < 13; ++i) {
      ticks += i == 11 || i == 12 ? std::atof(word.c_str()) : 0;
    }
    return ticks / static_cast<double>(sysconf(_SC_CLK_TCK));
  }
  double resident_mb() const {
    std::ifstream in("/proc/" + std::to_string(pid_) + "/status");
    std::string line;
    while (std::getline(in, line)) {
      if (line.starts_with("VmRSS:")) {
        return std::atof(line.c_str() + 6) / 1024;
      }
    }
    return 0;
  }

 private:
  pid_t pid_ = 0;
  int port_ = 0;
  double started_ms_ = 0;
};

int dial(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
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

/// Whether `in` holds a whole answer; ours have Content-Length.
bool whole(const std::string& in) {
  const std::size_t head = in.find("\r\n\r\n");
  if (head == std::string::npos) {
    return false;
  }
  const char* at = strcasestr(in.c_str(), "content-length:");
  return at != nullptr && in.size() >= head + 4 + static_cast<std::size_t>(std::atoll(at + 15));
}

struct Load {
  std::vector<double> ms;
  double seconds = 0, generator_cpu = 0, server_cpu = 0;
  std::uint64_t refused = 0;
  std::string first_refused;

  double percentile(double p) {
    const std::size_t at = std::min(ms.size() - 1, static_cast<std::size_t>(p * static_cast<double>(ms.size())));
    std::nth_element(ms.begin(), ms.begin() + static_cast<std::ptrdiff_t>(at), ms.end());
    return ms[at];
  }
};

Load load(const Server& server, std::size_t connections, double seconds, const std::vector<std::string>& requests) {
  struct Connection {
    int fd = -1;
    std::string in;
    Steady::time_point at;
  };
  std::vector<Connection> all(connections);
  const int epoll = epoll_create1(EPOLL_CLOEXEC);
  for (std::size_t i = 0; i < all.size(); ++i) {
    all[i].fd = dial(server.port());
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = i;
    epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].fd, &event);
  }
  Load result;
  std::size_t n = 0;
  auto fire = [&](Connection& c) {
    const std::string& out = requests[n++ % requests.size()];
    c.at = Steady::now();
    if (send(c.fd, out.data(), out.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(out.size())) {
      std::exit(1);
    }
  };
  const double cpu = own_cpu(), theirs = server.cpu();
  const auto from = Steady::now();
  for (Connection& c : all) {
    fire(c);
  }
  epoll_event events[256];
  char buffer[65536];
  for (std::size_t open = connections; open > 0;) {
    const int ready = epoll_wait(epoll, events, 256, 1000);
    for (int i = 0; i < ready; ++i) {
      Connection& c = all[events[i].data.u64];
      const ssize_t k = recv(c.fd, buffer, sizeof buffer, 0);
      if (k <= 0) {
        std::fprintf(stderr, "the server closed a connection\n");
        std::exit(1);
      }
      c.in.append(buffer, static_cast<std::size_t>(k));
      if (!whole(c.in)) {
        continue;
      }
      if (c.in[9] != '2' && result.refused++ == 0) {
        result.first_refused = c.in.substr(0, 600);
      }
      result.ms.push_back(std::chrono::duration<double, std::milli>(Steady::now() - c.at).count());
      c.in.clear();
      if (seconds_since(from) < seconds) {
        fire(c);
      } else {
        --open;
      }
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

void print(const char* what, Load l) {
  const auto count = static_cast<double>(l.ms.size());
  std::printf(
      "%-44s %8.0f /s   p50 %6.2f ms   p99 %6.2f ms   server %5.1f us CPU each   generator %3.0f %% of a "
      "core\n",
      what, count / l.seconds, l.percentile(0.5), l.percentile(0.99), l.server_cpu / count * 1e6,
      l.generator_cpu / l.seconds * 100);
  if (l.refused != 0) {
    std::printf("  %llu were refused; the first: %s\n", static_cast<unsigned long long>(l.refused),
                l.first_refused.c_str());
  }
  std::fflush(stdout);
}

/// Microseconds of this thread's time for one call of `f(text)`.
template <class F>
double each_us(double seconds, F f) {
  for (const std::string& text : kTexts) {
    f(text);
  }
  const double cpu = own_cpu();
  const auto from = Steady::now();
  std::size_t n = 0;
  while (seconds_since(from) < seconds) {
    for (int i = 0; i < 64; ++i) {
      f(kTexts[n++ % kTexts.size()]);
    }
  }
  return (own_cpu() - cpu) / static_cast<double>(n) * 1e6;
}

void start(const std::string& binary, const std::string& folder, const char* what, const std::string& config,
           double ms_max, double mb_max) {
  std::vector<double> ms;
  double mb = 0;
  for (int i = 0; i < 5; ++i) {
    Server server(binary, folder, config);
    ms.push_back(server.started_ms());
    mb = std::max(mb, server.resident_mb());
  }
  std::sort(ms.begin(), ms.end());
  std::printf(
      "%-44s ready in %6.1f ms (median of 5; %.1f to %.1f), resident %5.1f MB; wanted under %.0f ms, %.0f "
      "MB\n",
      what, ms[2], ms.front(), ms.back(), mb, ms_max, mb_max);
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  std::string binary = "build/release/heed";
  double seconds = 8;
  for (int i = 1; i < argc; ++i) {
    if (std::string_view(argv[i]) == "--quick") {
      seconds = 1;
    } else if (std::isdigit(static_cast<unsigned char>(argv[i][0])) != 0) {
      seconds = std::atof(argv[i]);
    } else {
      binary = argv[i];
    }
  }
  TempFolder temp("heed-bench");
  const std::string folder = temp.path().string(), empty = folder + "/empty";
  // A policy must have clauses and notices; what makes a pack heavy is its lists and rules, and this one has
  // none.
  std::filesystem::copy("policies/default", empty, std::filesystem::copy_options::recursive);
  for (const char* part : {"lists", "rules", "scenarios"}) {
    std::filesystem::remove_all(empty + "/" + part);
  }
  start(binary, folder, "--scorer, empty pack, no classifier", "scorer.model = false\npolicy.dir = \"" + empty + "\"\n",
        50, 40);
  start(binary, folder, "--scorer, default pack, classifier", "", 500, 150);

  cpu_set_t cores;
  CPU_ZERO(&cores);
  CPU_SET(static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN)) - 1, &cores);
  sched_setaffinity(0, sizeof cores, &cores);
  const auto scorer = app::AssessingScorer::make(assess::Assessor::make_default(policy::default_policy()), true);
  const bool judges = scorer->serves(adapters::Label::Toxicity, "en");
  if (judges) {
    adapters::Scores scores;
    std::printf("%-44s %8.2f us\n", "the score alone, in process",
                each_us(seconds / 8, [&](const std::string& text) { (void)scorer->score(text, scores); }));
  } else {
    std::printf(
        "this binary has no classifier: every comments:analyze is refused, and what follows is the time of a "
        "refusal\n");
  }
  std::printf("%-44s %8.2f us\n", "the policy's opinion alone, in process",
              each_us(seconds / 8, [&](const std::string& text) { (void)scorer->judge(text); }));
  std::printf("%-44s %8.2f us\n", "comments:analyze without HTTP, in process",
              each_us(seconds / 8, [&](const std::string& text) {
                (void)adapters::perspective::analyze(body_of(text, false), *scorer, "en");
              }));

  Server server(binary, folder, "");
  for (bool spans : {false, true}) {
    std::vector<std::string> requests;
    for (const std::string& text : kTexts) {
      requests.push_back(request(body_of(text, spans)));
    }
    print(spans ? "comments:analyze with spans, 64 connections" : "comments:analyze, 64 connections",
          load(server, 64, seconds, requests));
  }
  std::printf("resident at the end: %.1f MB\n", server.resident_mb());
  return 0;
}
