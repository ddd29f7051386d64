#include <malloc.h>
#include <pthread.h>
#include <signal.h>

#include <chrono>
#include <cstdio>

#include "app/commands.h"
#include "app/house.h"
#include "app/scorer.h"
#include "base/file.h"
#include "base/log.h"

namespace heed::app {
namespace {

log::Level level_of(const std::string& name) {
  return name == "debug"   ? log::Level::Debug
         : name == "warn"  ? log::Level::Warn
         : name == "error" ? log::Level::Error
                           : log::Level::Info;
}

std::string address_line(const Settings& settings, std::uint16_t port) {
  const std::string& address = settings.text("http.address");
  bool v6 = address.find(':') != std::string::npos;
  return "http://" + (v6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

/// Tells whoever started us where we are.
Result<void> announce(const Arguments& arguments, const Settings& settings, std::uint16_t port,
                      std::chrono::steady_clock::time_point began) {
  const std::string address = address_line(settings, port);
  const auto took = std::chrono::duration_cast<Millis>(std::chrono::steady_clock::now() - began);
  log::info("ready", {{"address", log::safe(address)}, {"milliseconds", took.count()}});
  std::printf("%s\n", address.c_str());
  std::fflush(stdout);
  if (arguments.given("--ready-file")) {
    TRY(write_file_atomically(arguments.text("--ready-file"), address + "\n"));
  }
  malloc_trim(0);  // what reading the policy needed is not needed again: 2 MB
  return {};
}

void note_end(int signal_number) { log::info("stopping", {{"signal", signal_number}}); }

/// Other people's protocols alone, with no data folder.
int serve_scorer(const Arguments& arguments, const Settings& settings, const sigset_t& signals,
                 std::chrono::steady_clock::time_point began) {
  auto house = ScorerHouse::open(settings);
  if (!house) {
    return complain(house.error());
  }
  Result<void> up = (*house)->wait();
  if (up) {
    up = announce(arguments, settings, (*house)->port(), began);
  }
  if (!up) {
    return complain(up.error());
  }
  int signal_number = SIGHUP;
  while (signal_number == SIGHUP) {
    sigwait(&signals, &signal_number);
  }
  note_end(signal_number);
  house->reset();
  log::info("stopped");
  log::flush();
  return kOk;
}

int serve(const Arguments& arguments) {
  std::vector<std::pair<std::string, std::string>> over;
  for (auto [option, setting] : {std::pair("--port", "http.port"), std::pair("--address", "http.address"),
                                 std::pair("--clock", "clock.source")}) {
    if (arguments.given(option)) {
      over.emplace_back(setting, arguments.text(option));
    }
  }
  auto settings = load_settings(arguments, std::move(over));
  if (!settings) {
    return complain(settings.error());
  }
  log::set_level(level_of(settings->text("log.level")));

  // Threads inherit this: signals are taken here and nowhere else. A full disk or quota is an error code, no signal.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
  // A heap for each of a dozen threads would keep what each once needed; the writer and the two busiest loops get one
  // each, since what one allocates another often frees. What was freed is not given back page by page under load.
  mallopt(M_ARENA_MAX, 4);             // NOLINT(concurrency-mt-unsafe): before any thread
  mallopt(M_TRIM_THRESHOLD, 8 << 20);  // NOLINT(concurrency-mt-unsafe)
  mallopt(M_TOP_PAD, 1 << 20);         // NOLINT(concurrency-mt-unsafe)

  const auto began = std::chrono::steady_clock::now();
  if (arguments.flag("--scorer")) {
    return serve_scorer(arguments, *settings, signals, began);
  }
  auto house = House::open(*settings);
  if (!house) {
    return complain(house.error());
  }
  if (auto announced = announce(arguments, *settings, (*house)->port(), began); !announced) {
    return complain(announced.error());
  }
  int signal_number = SIGHUP;
  for (sigwait(&signals, &signal_number); signal_number == SIGHUP; sigwait(&signals, &signal_number)) {
    (void)(*house)->reload();  // what is wrong with the files is in the log and in the metrics
  }
  log::info("stopping", {{"signal", signal_number}});
  house->reset();
  log::info("stopped");
  log::flush();
  return kOk;
}

}  // namespace

Command serve_command() {
  using Kind = Option::Kind;
  return {
      .name = "serve",
      .sentence = "Run the server until SIGTERM or SIGINT; prints its address when it is ready",
      .options = with_settings({
          {.name = "--address", .sentence = "The setting http.address"},
          {.name = "--port",
           .sentence = "The setting http.port; 0: any free one",
           .kind = Kind::Int,
           .min = 0,
           .max = 65535},
          {.name = "--ready-file", .sentence = "Also write the address here when ready"},
          {.name = "--scorer",
           .sentence = "Only other people's protocols (docs/operator/scorer.md): no data folder, keys from scorer.keys",
           .kind = Kind::Flag},
          {.name = "--clock", .sentence = "The setting clock.source", .choices = {"system", "manual"}},
      }),
      .run = serve};
}

}  // namespace heed::app
