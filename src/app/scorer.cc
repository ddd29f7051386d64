#include "app/scorer.h"

#include <latch>

#include "adapters/coral/coral.h"
#include "adapters/openai/moderations.h"
#include "adapters/perspective/perspective.h"
#include "api/api.h"
#include "app/house.h"
#include "app/scoring.h"
#include "base/log.h"

namespace heed::app {

std::vector<SettingDef> scorer_settings() {
  using Type = SettingDef::Type;
  return {
      {.name = "scorer.keys",
       .type = Type::List,
       .fallback = "",
       .sentence = "Keys that may call `serve --scorer`: tokens of at least 16 bytes, or sha256: and the 64 "
                   "hexadecimal digits of a token's digest",
       .secret = true},
      {.name = "scorer.open",
       .type = Type::Bool,
       .fallback = "false",
       .sentence = "Whether anybody may call `serve --scorer`, without a key"},
      {.name = "scorer.model",
       .type = Type::Bool,
       .fallback = "true",
       .sentence = "Whether the classifier is loaded; without it other people's protocols have no scores, "
                   "only Coral's phase has opinions, from lists and rules"},
      {.name = "adapters.requests_per_second",
       .type = Type::Int,
       .fallback = "1000",
       .sentence = "Texts that one key may have scored by other people's protocols in a second, per process; "
                   "0: no limit",
       .min = 0,
       .max = 10'000'000},
      {.name = "adapters.assumed_language",
       .fallback = "en",
       .sentence = "Language of a text whose language neither the request nor the text tells; empty: such a "
                   "text has no scores"},
      {.name = "suggestions.file",
       .fallback = "",
       .sentence = "NDJSON file to which suggested scores are appended, with the comments; empty: they are "
                   "acknowledged and not kept"},
      {.name = "suggestions.bytes_max",
       .type = Type::Int,
       .fallback = "1073741824",
       .sentence = "Bytes of that file; more is refused until it is moved away",
       .min = 1 << 16,
       .max = INT64_C(1) << 50},
      {.name = "coral.secrets",
       .type = Type::List,
       .fallback = "",
       .sentence = "Signing secrets of Coral's external moderation phase; empty: its calls are refused",
       .secret = true},
  };
}

Protocols::Protocols(const Settings& settings, const adapters::Gate& gate, adapters::ScorerNow scorer,
                     const Clock& clock, Metrics& metrics)
    : clock_(clock),
      metrics_(metrics),
      scorer_(std::move(scorer)),
      public_url_(settings.text("http.public_url")),
      assumed_language_(adapters::primary_language(settings.text("adapters.assumed_language"))),
      coral_secrets_(settings.list("coral.secrets")),
      turnstile_(gate, static_cast<double>(settings.integer("adapters.requests_per_second")), clock) {}

Result<std::unique_ptr<Protocols>> Protocols::open(const Settings& settings, const adapters::Gate& gate,
                                                   adapters::ScorerNow scorer, const Clock& clock, Metrics& metrics) {
  const std::string& language = settings.text("adapters.assumed_language");
  if (!language.empty() && adapters::primary_language(language).empty()) {
    return invalid("adapters.assumed_language", "is no language tag such as en");
  }
  for (const std::string& secret : settings.list("coral.secrets")) {
    if (secret.size() < 16) {
      return invalid("coral.secrets", "a secret has fewer than 16 bytes");
    }
  }
  std::unique_ptr<Protocols> protocols(new Protocols(settings, gate, std::move(scorer), clock, metrics));
  if (const std::string& file = settings.text("suggestions.file"); !file.empty()) {
    auto opened = adapters::perspective::SuggestionFile::open(file, settings.integer("suggestions.bytes_max"));
    if (!opened) {
      return fail(opened.error().code, "suggestions.file: " + opened.error().message);
    }
    protocols->suggestions_ = *std::move(opened);
  }
  return protocols;
}

void Protocols::add_routes(http::Router& router) {
  adapters::perspective::add_routes(router, {.scorer = scorer_,
                                             .turnstile = turnstile_,
                                             .suggestions = suggestions_.get(),
                                             .clock = clock_,
                                             .metrics = metrics_,
                                             .public_url = public_url_,
                                             .assumed_language = assumed_language_});
  adapters::openai::add_routes(router, {.scorer = scorer_,
                                        .turnstile = turnstile_,
                                        .slow_lane = slow_lane_,
                                        .metrics = metrics_,
                                        .assumed_language = assumed_language_});
  adapters::coral::add_routes(router, {.scorer = scorer_, .secrets = coral_secrets_, .metrics = metrics_});
}

Result<std::unique_ptr<ScorerHouse>> ScorerHouse::open(const Settings& settings) {
  std::unique_ptr<ScorerHouse> house(new ScorerHouse());
  auto keys = adapters::ListedKeys::make(settings.list("scorer.keys"));
  if (!keys) {
    return invalid("scorer.keys", keys.error().message);
  }
  const bool open_door = settings.boolean("scorer.open");
  if (open_door != keys->empty()) {
    return open_door ? invalid("scorer.open", "is set, and so is scorer.keys: a key would mean nothing")
                     : invalid("scorer.keys", "is empty; name keys, or let anybody in with scorer.open");
  }
  house->gate_ = open_door ? std::unique_ptr<adapters::Gate>(new adapters::OpenGate())
                           : std::make_unique<adapters::ListedKeys>(*std::move(keys));
  house->protocols_ = TRY(Protocols::open(
      settings, *house->gate_, [self = house.get()] { return self->scorer_.load(std::memory_order_acquire); },
      house->clock_, house->metrics_));
  house->protocols_->add_routes(house->router_);
  house->add_routes(settings.boolean("metrics.open"));
  http::ServerOptions options = http::ServerOptions::from(settings);
  options.clock = &house->clock_;
  options.on_finished = api::Api::log_finished;
  house->threads_ = options.threads;
  house->server_ = std::make_unique<http::Server>(std::move(options), house->router_, house->metrics_);
  TRY(house->server_->start());
  house->loader_ = std::thread([self = house.get(), settings] { self->loaded_ = self->load(settings); });
  return house;
}

Result<void> ScorerHouse::load(const Settings& settings) {
  LoadedPolicy pack = TRY(load_policy_pack(settings));
  pack.assessor->warm();
  auto scorer = AssessingScorer::make(std::move(pack.assessor), settings.boolean("scorer.model"));
  std::latch warm(threads_);
  for (int i = 0; i < threads_; ++i) {
    server_->post(static_cast<std::size_t>(i), [&] {
      scorer->warm();
      warm.count_down();
    });
  }
  warm.wait();
  scorer_.store(std::move(scorer), std::memory_order_release);
  return {};
}

Result<void> ScorerHouse::wait() {
  if (loader_.joinable()) {
    loader_.join();
  }
  return loaded_;
}

void ScorerHouse::add_routes(bool open_metrics) {
  auto send = [](http::Reply& reply, std::string type, std::string body) {
    http::Response response{.content_type = std::move(type), .body = std::move(body)};
    response.headers.emplace_back("Cache-Control", "no-store");
    reply.send(std::move(response));
  };
  router_.add(http::Method::Get, "/healthz",
              [send](http::Request, http::Reply reply) { send(reply, "application/json", R"({"status":"ok"})"); });
  router_.add(http::Method::Get, "/readyz", [this, send](http::Request, http::Reply reply) {
    if (scorer_.load(std::memory_order_acquire) == nullptr) {
      reply.send_error({Code::Unavailable, "starting"});
    } else {
      send(reply, "application/json", R"({"status":"ready"})");
    }
  });
  router_.add(http::Method::Get, "/metrics", [this, send, open_metrics](http::Request request, http::Reply reply) {
    const bool local = (request.remote_address == "127.0.0.1" || request.remote_address == "::1") &&
                       request.header("x-forwarded-for").empty() && request.header("forwarded").empty();
    if (!local && !open_metrics && !gate_->caller(request.bearer())) {
      reply.send_error({Code::Unauthorized, "credentials are missing or not valid"});
      return;
    }
    send(reply, "text/plain; version=0.0.4", metrics_.text());
  });
}

ScorerHouse::~ScorerHouse() {
  (void)wait();
  if (server_ != nullptr) {
    server_->stop(std::chrono::milliseconds(1000));
    server_.reset();
  }
}

}  // namespace heed::app
