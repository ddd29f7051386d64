#include "delivery/program.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/file.h"
#include "base/thread_name.h"

namespace heed::delivery {
namespace {

constexpr std::size_t kWaitingMax = 64;

Outcome retry(std::string detail) { return {Outcome::Kind::Retry, 0, std::move(detail), Millis(0)}; }

/// Standard input from here, the rest to nowhere; default signals, none blocked.
class SpawnPlan {
 public:
  explicit SpawnPlan(int input) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_addopen(&files, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawnattr_init(&attributes);
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setpgroup(&attributes, 0);  // killed together with what it starts
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnPlan() {
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

}  // namespace

Programs::~Programs() {
  std::deque<Job> left;
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
    left.swap(waiting_);
    if (stop_fd_ >= 0) {
      const std::uint64_t one = 1;
      (void)!::write(stop_fd_, &one, sizeof one);
    }
  }
  ready_.notify_all();
  if (thread_.joinable()) {
    thread_.join();
  }
  for (Job& job : left) {
    job.done(retry("stopping"));
  }
  if (stop_fd_ >= 0) {
    ::close(stop_fd_);
  }
}

void Programs::run(std::string path, std::string input, OnOutcome done) {
  {
    std::lock_guard lock(mutex_);
    if (!stopping_ && waiting_.size() < kWaitingMax) {
      if (!thread_.joinable()) {
        stop_fd_ = ::eventfd(0, EFD_CLOEXEC);
        thread_ = std::thread([this] {
          name_thread("rota");
          loop();
        });
      }
      waiting_.push_back({std::move(path), std::move(input), std::move(done)});
      ready_.notify_one();
      return;
    }
  }
  done(retry("too many programs wait to be run"));
}

void Programs::loop() {
  for (;;) {
    std::unique_lock lock(mutex_);
    ready_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (stopping_) {
      return;
    }
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    job.done(run_now(job));
  }
}

Outcome Programs::run_now(const Job& job) {
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) {  // a pipe would signal when nobody reads
    return retry("no connection could be made");
  }
  Fd read_end(ends[0]), write_end(ends[1]);
  const char* path = std::getenv("PATH");  // NOLINT(concurrency-mt-unsafe): nobody sets it after the start
  const char* lang = std::getenv("LANG");  // NOLINT(concurrency-mt-unsafe)
  std::string path_line = std::string("PATH=") + (path != nullptr ? path : "/usr/bin:/bin");
  std::string lang_line = std::string("LANG=") + (lang != nullptr ? lang : "C.UTF-8");
  std::string name = job.path;
  char* const arguments[] = {name.data(), nullptr};
  char* const environment[] = {path_line.data(), lang_line.data(), nullptr};
  pid_t child = 0;
  {
    SpawnPlan plan(read_end.get());
    const int failed = ::posix_spawn(&child, job.path.c_str(), &plan.files, &plan.attributes, arguments, environment);
    if (failed != 0) {
      return retry(std::string("it could not be started: ") + ::strerrordesc_np(failed));
    }
  }
  read_end = Fd();
  // An alarm is smaller than what waits in between; a program that reads nothing gets what fits.
  (void)::send(write_end.get(), job.input.data(), job.input.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  write_end = Fd();

  Fd process(static_cast<int>(::syscall(SYS_pidfd_open, child, 0)));
  pollfd waiting[2] = {{process.get(), POLLIN, 0}, {stop_fd_, POLLIN, 0}};
  const int ready = process ? ::poll(waiting, 2, static_cast<int>(patience_.count())) : 0;
  const bool ended = ready > 0 && waiting[0].revents != 0;
  if (!ended) {
    ::kill(-child, SIGKILL);
  }
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (!ended) {
    return retry("it did not end in time and was killed");
  }
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0) {
    return {Outcome::Kind::Delivered, 0, {}, Millis(0)};
  }
  return retry("it ended with " + std::to_string(WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status)));
}

}  // namespace heed::delivery
