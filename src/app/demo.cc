#include <pthread.h>
#include <signal.h>

#include <cstdio>
#include <cstdlib>

#include "app/commands.h"
#include "app/demo_night.h"
#include "app/house.h"
#include "app/output.h"
#include "base/bytes.h"
#include "base/file.h"
#include "base/log.h"
#include "pages/pages.h"

/// The server, a small platform and a page on which both can be watched, on a folder that is gone afterwards.
namespace heed::app {
namespace {

constexpr std::string_view kReviewer = "ada";
constexpr std::string_view kStart = "2026-11-21T18:00:00.000Z";

struct Secrets {
  std::string users = to_hex(random_string(24)), password = "demo-" + to_hex(random_string(6)), key = {};
};

/// Somebody who decides, and the platform's key.
Result<void> make_people(const Settings& settings, Secrets& secrets) {
  const SystemClock clock;
  auto rooms = TRY(Rooms::open(settings, clock, /*create=*/true));
  for (std::string_view name : {kReviewer, std::string_view("grace")}) {
    TRY(rooms->authenticator().create_staff(std::string(name), secrets.password,
                                            TRY(access::parse_roles({"reviewer", "lead"}))));
  }
  secrets.key =
      TRY(rooms->authenticator().create_key("demonstration", TRY(access::parse_scopes({"all", "test_clock"})), false))
          .second;
  return {};
}

Result<int> show(const Arguments& arguments, const sigset_t& signals) {
  const TempFolder folder("heed-demo");
  Secrets secrets;
  const Settings settings =
      TRY(Settings::load(all_settings(), "",
                         {"HEED_DATA_DIR=" + (folder.path() / "data").string(),
                          "HEED_KEYS_DIR=" + (folder.path() / "keys").string(), "HEED_CLOCK_SOURCE=manual",
                          "HEED_CLOCK_START=" + std::string(kStart), "HEED_HTTP_PORT=" + arguments.text("--port"),
                          "HEED_USERS_HS256_SECRET=" + secrets.users, "HEED_PLATFORM_NAME=the demonstration"}));
  TRY(make_people(settings, secrets));
  DemoNight night({.speed = static_cast<double>(arguments.integer("--speed")),
                   .start = TRY(parse_time(kStart)),
                   .user_secret = secrets.users});
  auto house = TRY(House::open(settings, [&](http::Router& router) {
    night.add_routes(router);
    pages::add_demo(router);
  }));
  const std::string url = "http://127.0.0.1:" + std::to_string(house->port());
  TRY(night.begin(url, secrets.key, std::string(kReviewer), secrets.password));
  std::printf("%s/demo\n", url.c_str());
  std::fflush(stdout);
  std::fprintf(stderr,
               "Four windows on one night, a hundred times as fast: her phone, the reviewer, the author, what everyone "
               "sees. Take over any.\n"
               "Heed itself answers there too: %s/console for reviewers ada and grace, password %s; %s/openapi.json\n"
               "platform key %s\n"
               "in place of Perspective, with the same key (docs/integrator/perspective.md):\n"
               "  curl -H 'Content-Type: application/json' -d '{\"comment\":{\"text\":\"Good "
               "morning\"},\"requestedAttributes\":{\"TOXICITY\":{}}}' "
               "'%s/v1alpha1/comments:analyze?key=%s'\n"
               "Ctrl-C ends it and removes everything.\n",
               url.c_str(), secrets.password.c_str(), url.c_str(), secrets.key.c_str(), url.c_str(),
               secrets.key.c_str());
  int signal_number = 0;
  sigwait(&signals, &signal_number);
  night.end();
  return kOk;
}

int demo(const Arguments& arguments) {
  log::set_level(log::Level::Warn);
  ::setenv("HEED_TEST", "1", 1);  // NOLINT(concurrency-mt-unsafe): before any thread; the night moves the clock
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  auto shown = show(arguments, signals);
  log::flush();
  return shown ? *shown : complain(shown.error());
}

}  // namespace

Command demo_command() {
  using Kind = Option::Kind;
  return {.name = "demo",
          .sentence =
              "Show everything on one page: a night of abuse, played fast, from four sides; prints the page's address",
          .options = {{.name = "--port",
                       .sentence = "Where; 0: any free one",
                       .kind = Kind::Int,
                       .fallback = "0",
                       .min = 0,
                       .max = 65535},
                      {.name = "--speed",
                       .sentence = "How many times as fast",
                       .kind = Kind::Int,
                       .fallback = "100",
                       .min = 1,
                       .max = 1000}},
          .run = demo};
}

}  // namespace heed::app
