#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <thread>

#include "app/commands.h"
#include "app/house.h"
#include "app/output.h"
#include "base/file.h"
#include "base/log.h"
#include "http/client.h"
#include "post/post.h"

namespace heed::app {
namespace {

using Steady = std::chrono::steady_clock;

double seconds_since(Steady::time_point from) { return std::chrono::duration<double>(Steady::now() - from).count(); }

std::string number(double value, int digits = 0) {
  char text[64];
  std::snprintf(text, sizeof text, "%.*f", digits, value);
  return text;
}

/// What the disk gives: 4 KiB appended and flushed, again and again. Everything durable is bounded by it.
Result<double> flushes_per_second(const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / "flush";
  Fd fd(::open(path.c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0600));
  if (!fd) {
    return io_error("opening", path, errno);
  }
  const std::string page(4096, 'x');
  int flushes = 0;
  const auto from = Steady::now();
  for (; seconds_since(from) < 1; ++flushes) {
    TRY(pwrite_fully(fd.get(), page, static_cast<std::uint64_t>(flushes) * page.size()));
    ::fdatasync(fd.get());
  }
  return flushes / seconds_since(from);
}

/// This binary serving a folder of its own.
class Child {
 public:
  static Result<std::unique_ptr<Child>> start(const std::filesystem::path& folder) {
    auto child = std::make_unique<Child>();
    const std::string ready = (folder / "ready").string(), data = (folder / "data").string();
    std::error_code error;
    std::filesystem::remove(ready, error);
    const char* arguments[] = {"heed",       "serve",        "--port",      "0",    "--data",
                               data.c_str(), "--ready-file", ready.c_str(), nullptr};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    const auto from = Steady::now();
    int failed = posix_spawn(&child->pid_, "/proc/self/exe", &files, nullptr, const_cast<char**>(arguments), environ);
    posix_spawn_file_actions_destroy(&files);
    if (failed != 0) {
      child->pid_ = 0;
      return io_error("starting", "/proc/self/exe", failed);
    }
    while (!std::filesystem::exists(ready)) {
      if (seconds_since(from) > 30 || ::waitpid(child->pid_, nullptr, WNOHANG) != 0) {
        return fail(Code::Unavailable, "the server did not start; run `heed serve` to see why");
      }
      std::this_thread::sleep_for(std::chrono::microseconds(500));
    }
    child->started_ms_ = seconds_since(from) * 1000;
    child->url_ = TRY(read_file(ready));
    child->url_.pop_back();
    return child;
  }
  ~Child() {
    if (pid_ > 0) {
      ::kill(pid_, SIGTERM);
      ::waitpid(pid_, nullptr, 0);
    }
  }
  const std::string& url() const { return url_; }
  double started_ms() const { return started_ms_; }
  double resident_mb() const {
    std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
    for (std::string line; std::getline(status, line);) {
      if (line.starts_with("VmRSS:")) {
        return std::atof(line.c_str() + 6) / 1024;
      }
    }
    return 0;
  }

 private:
  pid_t pid_ = 0;
  std::string url_;
  double started_ms_ = 0;
};

struct Load {
  double per_second = 0, median_ms = 0, p99_ms = 0;
};

/// `connections` clients for so long, each with one report under way at a time.
Result<Load> reports(const std::string& url, const std::string& token, int connections, double seconds) {
  std::vector<std::vector<double>> times(static_cast<std::size_t>(connections));
  std::atomic<bool> refused{false};
  std::vector<std::thread> threads;
  const auto from = Steady::now();
  for (int c = 0; c < connections; ++c) {
    threads.emplace_back([&, c] {
      auto client = http::Client::from_url(url, {.headers = {{"Authorization", "Bearer " + token}}});
      for (int n = 0; client && seconds_since(from) < seconds && !refused; ++n) {
        const std::string id = std::to_string(connections) + "-" + std::to_string(c) + "-" + std::to_string(n);
        const std::string body =
            R"({"reporter":{"account_id":"r)" + id +
            R"("},"about":"me","symptoms":["harassment"],"items":[{"kind":"post","id":"p)" + id +
            R"(","snapshot":{"text":"you should be ashamed of yourself","author":"a","created_at":"2026-11-21T18:00:00.000Z"}}]})";
        const auto sent = Steady::now();
        auto answer = client->post("/v1/reports", body, {{"Idempotency-Key", id}});
        if (!answer || answer->status != 201) {
          refused = true;
        }
        times[static_cast<std::size_t>(c)].push_back(seconds_since(sent) * 1000);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const double took = seconds_since(from);
  if (refused) {
    return fail(Code::Unavailable, "a report was refused");
  }
  std::vector<double> all;
  for (const auto& part : times) {
    all.insert(all.end(), part.begin(), part.end());
  }
  std::sort(all.begin(), all.end());
  if (all.empty()) {
    return fail(Code::Unavailable, "the server did not answer");
  }
  return Load{static_cast<double>(all.size()) / took, all[all.size() / 2], all[all.size() * 99 / 100]};
}

double assessments_per_second(double seconds) {
  auto policy = policy::default_policy();
  auto assessor = assess::Assessor::make_default(policy);
  auto scratch = assessor->scratch();
  assess::Assessment assessment;
  const std::string text =
      "had a lovely walk this morning, the light over the river was something else. anyone up for coffee later? "
      "bring the book you told me about, I still have not read it";
  std::uint64_t posts = 0;
  const auto from = Steady::now();
  while (seconds_since(from) < seconds) {
    for (int i = 0; i < 1000; ++i) {
      assessor->assess_text(text, *scratch, assessment);
    }
    posts += 1000;
  }
  return static_cast<double>(posts) / seconds_since(from);
}

Result<Output> measure(double seconds) {
  TempFolder folder("heed-bench");
  Output out;
  out.columns({{"measure", "What"}, {"value", "Value"}, {"unit", "Unit"}, {"bound", "Bounded by"}});
  auto row = [&](std::string what, std::string value, std::string unit, std::string bound) {
    out.row({std::move(what), std::move(value), std::move(unit), std::move(bound)});
  };
  row("flushes of 4 KiB", number(TRY(flushes_per_second(folder.path()))), "a second", "the disk");
  auto child = TRY(Child::start(folder.path()));
  std::this_thread::sleep_for(std::chrono::milliseconds(1200));
  row("start with an empty folder", number(child->started_ms()), "ms", "flushes of the new files");
  row("resident memory, idle", number(child->resident_mb(), 1), "MB",
      "code, SQLite's pages, 64 MB more when caches fill");
  child.reset();
  child = TRY(Child::start(folder.path()));
  row("start again", number(child->started_ms()), "ms", "reading the policy, opening the ledger");
  child.reset();

  std::string token;
  {
    const std::filesystem::path data = folder.path() / "data";
    Arguments arguments;
    arguments.set("--config", {}, false);
    arguments.set("--data", {data.string()}, true);
    Settings settings = TRY(load_settings(arguments));
    const SystemClock clock;
    auto rooms = TRY(Rooms::open(settings, clock, false));
    token = TRY(rooms->authenticator().create_key("bench", TRY(access::parse_scopes({"all"})), false)).second;
  }
  child = TRY(Child::start(folder.path()));
  Load lone = TRY(reports(child->url(), token, 1, seconds));
  row("a lone report, median", number(lone.median_ms, 2), "ms", "one flush");
  row("a lone report, p99", number(lone.p99_ms, 2), "ms", "one flush");
  Load many = TRY(reports(child->url(), token, 64, seconds));
  row("durable reports, 64 connections", number(many.per_second), "a second", "CPU, shared with this generator");
  row("durable reports, 64 connections, p99", number(many.p99_ms, 1), "ms", "groups share a flush");
  row("assessments, one thread", number(assessments_per_second(seconds)), "a second", "CPU: folding and lists");
  return out;
}

int bench(const Arguments& arguments) {
  return print(measure(arguments.flag("--quick") ? 0.5 : static_cast<double>(arguments.integer("--seconds"))),
               arguments);
}

}  // namespace

Command bench_command() {
  using Kind = Option::Kind;
  return {.name = "bench",
          .sentence = "Measure this machine with a server of its own on a temporary folder; script/bench measures more",
          .options = {{.name = "--seconds",
                       .sentence = "For each measurement",
                       .kind = Kind::Int,
                       .fallback = "5",
                       .min = 1,
                       .max = 600},
                      {.name = "--quick", .sentence = "Half a second each", .kind = Kind::Flag},
                      json_option()},
          .run = bench,
          .commands = {bench_model_command(), bench_settle_command(), bench_queue_command()}};
}

}  // namespace heed::app
