#include "app/house.h"

#include <cstdlib>
#include <future>

#include "api/rule_limits.h"
#include "app/backup.h"
#include "app/scoring.h"
#include "assess/plan.h"
#include "assess/shipped_classifier.h"
#include "base/file.h"
#include "base/log.h"
#include "casework/alarms.h"
#include "casework/relief.h"
#include "pages/pages.h"
#include "policy/builtin.h"

namespace heed::app {
namespace {

constexpr std::size_t kAlarmsCounted = 1000;
constexpr std::uintmax_t kSpaceNeeded = 512 << 10;
constexpr auto kExpireEvery = std::chrono::minutes(1);
constexpr auto kBackupMayFail = std::chrono::minutes(5);
constexpr auto kReliefAgain = std::chrono::minutes(1);
constexpr auto kFlushRulesEvery = std::chrono::seconds(10);

/// When the newest event happened, so that a manual clock does not fall behind it.
Result<Time> newest_event(ledger::Store& store) {
  auto view = TRY(store.view());
  ledger::ChainHead head = TRY(view->head());
  Time at{};
  if (head.pos > 0) {
    JsonParser parser(64);
    TRY(view->events(head.pos - 1, [&](const ledger::StoredEvent& event) {
      auto header = parser.parse(event.header);
      at = header ? from_ms(header->get_int("at")) : at;
      return false;
    }));
  }
  return at;
}

/// Less than what one group of commits may need.
bool disk_full(const std::filesystem::path& folder) {
  std::error_code error;
  auto space = std::filesystem::space(folder, error);
  return !error && space.available < kSpaceNeeded;
}

}  // namespace

Result<std::unique_ptr<House>> House::open(const Settings& settings, const std::function<void(http::Router&)>& more) {
  // Reading the policy takes as long as making the files: the one waits for the processor, the other for the disk.
  auto pack = std::async(std::launch::async, [&settings] { return load_policy_pack(settings); });
  std::unique_ptr<House> house(new House());
  house->clock_ = &house->system_clock_;
  TRY(house->open_clock(settings));
  house->rooms_ = TRY(Rooms::open(settings, *house->clock_, /*create=*/true));
  if (house->manual_clock_ != nullptr) {
    Time newest = TRY(newest_event(house->rooms_->store()));
    if (newest > house->manual_clock_->now()) {
      house->manual_clock_->set(newest);
    }
  }
  TRY(house->open_posts(settings));
  LoadedPolicy loaded = TRY(pack.get());
  house->settings_ = settings;
  house->policy_ = policy::InForce(loaded.policy);
  TRY(house->limit_rules(*loaded.assessor));
  loaded.assessor->warm();  // before /readyz says yes
  house->evaluator_ = std::make_unique<AssessingEvaluator>(loaded.assessor);
  TRY(house->open_plane(settings));
  TRY(house->open_outbox(settings));
  TRY(house->open_api(settings, more));
  TRY(house->open_keeper(settings));

  House* self = house.get();
  house->plane_->every_tick([self](Time now) { self->every_second(now); });
  TRY(house->plane_->start());
  house->doorkeeper_ = TRY(Doorkeeper::open(*house->rooms_, settings, *house->posts_));
  if (const std::int64_t hours = settings.integer("assess.refill_hours"); hours > 0) {
    house->refill_ = std::make_unique<api::WindowsRefill>(
        house->api_->desk(),
        api::WindowsRefill::Options{std::chrono::hours(hours),
                                    std::chrono::seconds(settings.integer("assess.refill_seconds"))});
  }
  house->ready_ = true;
  TRY(house->server_->start());
  return house;
}

House::~House() {
  ready_ = false;
  if (server_ != nullptr) {
    server_->stop(std::chrono::milliseconds(1000));
  }
  doorkeeper_.reset();
  if (plane_ != nullptr) {
    plane_->stop();
  }
  drain();
  server_.reset();
  refill_.reset();
  api_.reset();
  outbox_.reset();
  drain();
  sender_.reset();
  if (posts_ != nullptr && backup_ != nullptr) {
    std::promise<void> flushed;
    posts_->flush([&](Result<void>) { flushed.set_value(); });
    flushed.get_future().wait();
  }
  keeper_.reset();  // these two copy what came last
  backup_.reset();
}

/// Commands that wait in the ledger's writer know the plane and the API: they are done before those go. One of each
/// priority, since each has a queue of its own.
void House::drain() {
  using ledger::Priority;
  if (rooms_ == nullptr) {
    return;
  }
  for (Priority priority : {Priority::LifeThreat, Priority::Receipt, Priority::Normal, Priority::Background}) {
    (void)ledger::execute_and_wait(
        rooms_->store(), [](ledger::Tx&) -> Result<void> { return {}; }, priority);
  }
}

Result<void> House::open_clock(const Settings& settings) {
  if (settings.text("clock.source") != "manual") {
    return {};
  }
  const char* test = std::getenv("HEED_TEST");  // NOLINT(concurrency-mt-unsafe): before any thread
  if (test == nullptr || std::string_view(test) != "1") {
    return invalid("clock.source", "manual is for tests: it needs HEED_TEST=1 in the environment");
  }
  auto start = parse_time(settings.text("clock.start"));
  if (!start) {
    return invalid("clock.start", "is not an RFC 3339 time");
  }
  manual_clock_ = std::make_unique<ManualClock>(*start);
  clock_ = manual_clock_.get();
  return {};
}

Result<void> House::open_posts(const Settings& settings) {
  posts_ = TRY(app::open_posts(*rooms_, settings, &metrics_));
  return {};
}

Result<void> House::open_plane(const Settings& settings) {
  casework::Plane::Options options;
  casework::Environment& env = options.environment;
  env.policy = policy_;
  env.platform_channel = settings.text("webhooks.url").empty() ? casework::Channel::Page : casework::Channel::Webhook;
  env.mail = settings.boolean("mail.notices");
  if (env.mail && settings.text("mail.smtp_url").empty()) {
    return invalid("mail.notices", "needs mail.smtp_url");
  }
  TRY(open_rota(settings, env));
  env.fear_budget_per_day = static_cast<int>(settings.integer("casework.fear_budget_per_day"));
  env.lease = Millis(settings.integer("casework.lease_ms"));
  env.second_look_share = static_cast<double>(settings.integer("casework.second_look_percent")) / 100;
  env.golden_share = static_cast<double>(settings.integer("casework.golden_percent")) / 100;
  accounts_ = std::make_unique<HashedAccounts>(rooms_->accounts(), rooms_->hasher());
  staff_reads_ = std::make_unique<LoggedReads>(rooms_->access_log());
  env.autoblock = std::chrono::hours(24 * settings.integer("casework.autoblock_days"));
  options.reader_threads = static_cast<int>(settings.integer("casework.reader_threads"));
  plane_ =
      std::make_unique<casework::Plane>(casework::Plane::Parts{rooms_->store(), rooms_->ring(), rooms_->hasher(),
                                                               *posts_, *evaluator_, *accounts_, *clock_, metrics_},
                                        std::move(options));
  return {};
}

/// Who is called, and who next: channels for the commands, addresses for what is sent.
Result<void> House::open_rota(const Settings& settings, casework::Environment& env) {
  using casework::Channel;
  const std::string& alarms = settings.text("alarms.channel");
  const bool mail = !settings.text("mail.smtp_url").empty();
  if (alarms == "mail") {
    if (settings.text("alarms.mail_to").empty() || !mail) {
      return invalid("alarms.channel", "mail needs alarms.mail_to and mail.smtp_url");
    }
    env.alarm_channel = Channel::Mail;
    render_.alarm_to = settings.text("alarms.mail_to");
  } else if (alarms == "webhook") {
    if (settings.text("alarms.url").empty() && settings.text("webhooks.url").empty()) {
      return invalid("alarms.channel", "webhook needs alarms.url or webhooks.url");
    }
    env.alarm_channel = Channel::Webhook;
  } else if (alarms == "command") {
    if (!settings.text("alarms.command").starts_with('/')) {
      return invalid("alarms.command", "must be the whole path of a program when alarms.channel is command");
    }
    env.alarm_channel = Channel::Command;
    render_.alarm_to = settings.text("alarms.command");
  }
  env.alarm_escalates = Millis(settings.integer("alarms.escalate_after_ms"));
  for (std::string next : settings.list("alarms.next")) {
    if (next.starts_with("https://") || next.starts_with("http://")) {
      env.rota_next.push_back(Channel::Webhook);
    } else if (next.starts_with("mailto:") && mail && delivery::valid_mail_address(std::string_view(next).substr(7))) {
      env.rota_next.push_back(Channel::Mail);
      next.erase(0, 7);
    } else if (next.starts_with("command:/")) {
      env.rota_next.push_back(Channel::Command);
      next.erase(0, 8);
    } else {
      return invalid(
          "alarms.next",
          "\"" + next +
              "\" must be https://…, mailto: and an address (with mail.smtp_url), or command: and a whole path");
    }
    render_.rota_to.push_back(std::move(next));
  }
  return {};
}

Result<void> House::open_outbox(const Settings& settings) {
  delivery::SenderOptions options = TRY(delivery::SenderOptions::from(settings));
  if (!settings.text("webhooks.url").empty() && options.webhook_secrets.empty()) {
    return invalid("webhooks.secrets",
                   "must hold a secret when webhooks.url is set: what is not signed cannot be trusted");
  }
  if (!settings.text("platform.page_url").empty()) {
    pages_ = std::make_unique<GuestPages>(settings.text("platform.page_url"), rooms_->aliases(),
                                          rooms_->secrets().token, *clock_);
  }
  render_.keys = &rooms_->ring();
  render_.aliases = &rooms_->aliases();
  render_.policy = policy_;
  render_.links = pages_.get();
  render_.accounts = accounts_.get();
  render_.platform = settings.text("platform.name");
  SendingCarrier::Addresses addresses{settings.text("webhooks.url"), settings.text("alarms.url")};
  if (addresses.alarm_url.empty()) {
    addresses.alarm_url = addresses.platform_url;
  }
  sender_ = std::make_unique<delivery::Sender>(std::move(options), *clock_, metrics_);
  carrier_ = std::make_unique<SendingCarrier>(*sender_, std::move(addresses));
  outbox_ = std::make_unique<casework::Outbox>(rooms_->store(), plane_->environment(), render_, *carrier_, *clock_);
  clockwork_ = std::make_unique<casework::Clockwork>(*plane_, metrics_);
  outbox_->on_ready([this] { plane_->poke(); });  // else a line would send one notice a second
  return {};
}

Result<void> House::open_api(const Settings& settings, const std::function<void(http::Router&)>& more) {
  pack_versions_ = std::make_unique<api::PackVersions>(rooms_->places().data / "pack-versions");
  user_keys_ = std::make_shared<const std::vector<http::JwtKey>>(TRY(user_keys(settings)));
  api::Parts parts{.plane = *plane_,
                   .authenticator = rooms_->authenticator(),
                   .directory = rooms_->directory(),
                   .aliases = rooms_->aliases(),
                   .posts = *posts_,
                   .accounts = *accounts_,
                   .staff_reads = *staff_reads_,
                   .assessor = [this] { return evaluator_->current(); },
                   .jwt_keys = [this] { return user_keys_.load(); },
                   .token_key = rooms_->secrets().token,
                   .signing = rooms_->secrets().signing,
                   .render = render_,
                   .clock = *clock_,
                   .house_alarms = &outbox_->house_alarms(),
                   .manual_clock = manual_clock_.get(),
                   .metrics = metrics_,
                   .ready = [this]() -> Result<void> {
                     if (!ready_) {
                       return fail(Code::Unavailable, "starting or stopping");
                     }
                     if (disk_full(rooms_->places().data)) {
                       return fail(Code::Unavailable,
                                   "the disk of the data folder is full: nothing is accepted until there is space");
                     }
                     return {};
                   },
                   .pack = [folder = settings_.text("policy.dir")] { return pack_files(folder); },
                   .pack_versions = pack_versions_.get()};
  api::Options options;
  options.jwt.issuer = settings.text("users.issuer");
  options.public_url = settings.text("http.public_url");
  options.open_metrics = settings.boolean("metrics.open");
  options.posts_keep = std::chrono::days(settings.integer("posts.keep_days"));
  for (const Settings::Held& held : settings.held()) {
    options.settings.push_back({held.def->name, held.value, held.source, held.def->sentence});
  }
  api_ = std::make_unique<api::Api>(std::move(parts), std::move(options));
  api_->routes(router_);
  TRY(open_protocols(settings));
  pages::add_routes(router_);
  if (more) {
    more(router_);  // before the server, which counts by route
  }
  http::ServerOptions server = http::ServerOptions::from(settings);
  server.clock = clock_;
  server.on_finished = api::Api::log_finished;
  server_ = std::make_unique<http::Server>(std::move(server), router_, metrics_);
  return {};
}

/// Other people's protocols, with the installation's keys.
Result<void> House::open_protocols(const Settings& settings) {
  protocol_keys_ = std::make_unique<ScopedKeys>(rooms_->authenticator());
  protocols_ = TRY(Protocols::open(
      settings, *protocol_keys_, scorer_of([this] { return evaluator_->current(); }, settings.boolean("scorer.model")),
      *clock_, metrics_));
  protocols_->add_routes(router_);
  return {};
}

Result<void> House::open_keeper(const Settings& settings) {
  Keeper::Options options;
  options.copy_every = Millis(settings.integer("backup.interval_ms"));
  Function<Result<void>()> copy;
  if (const std::string& to = settings.text("backup.dir"); !to.empty()) {
    std::error_code error;
    if (std::filesystem::weakly_canonical(to, error) == rooms_->places().data) {
      return invalid("backup.dir", "is data.dir; a second place is another folder, best on another disk");
    }
    backup_ = TRY(open_ledger_backup(*rooms_, to, options.copy_every));
    backup_->start();
    copy = [this, to]() -> Result<void> {
      TRY(posts_->copy_new(to));
      TRY(copy_key_mark(rooms_->places().data, to));
      if (std::string why = backup_->last_error(); !why.empty()) {
        return fail(Code::Unavailable, std::move(why));
      }
      return {};
    };
  }
  keeper_ = std::make_unique<Keeper>(*rooms_, std::move(copy), metrics_, options);
  return {};
}

Result<void> House::reload() {
  Counter& reloads = metrics_.counter("heed_reloads_total", "Times policy and user keys were read again and taken.");
  Counter& failures =
      metrics_.counter("heed_reload_failures_total", "Times they were bad, and what was in force stayed.");
  auto read = [&]() -> Result<std::pair<LoadedPolicy, std::vector<http::JwtKey>>> {
    LoadedPolicy pack = TRY(load_policy_pack(settings_));
    pack.assessor->warm();
    auto keys = TRY(user_keys(settings_));
    return std::pair(std::move(pack), std::move(keys));
  }();
  if (!read) {
    failures.add();
    log::error("not_reloaded", {{"error", read.error()}});
    return tl::unexpected(read.error());
  }
  if (auto limited = limit_rules(*read->first.assessor); !limited) {  // before anybody is judged by it
    failures.add();
    return limited;
  }
  evaluator_->replace(read->first.assessor);
  policy_.replace(read->first.policy);
  user_keys_.store(std::make_shared<const std::vector<http::JwtKey>>(std::move(read->second)));
  pack_is_new_ = true;
  reloads.add();
  log::info("reloaded", {{"policy", log::safe(read->first.policy->version)}});
  return {};
}

// --- what runs by itself ----------------------------------------------------------------------------------

/// On the plane's background thread: about every second, and at once after something happened.
void House::every_second(Time now) {
  fire_clocks(now);
  if (pack_is_new_.exchange(false)) {
    // Here, so that no start waits for it.
    if (auto kept = keep_pack_version(settings_.text("policy.dir"), *pack_versions_, now); !kept) {
      log::warn("pack_version_not_kept", {{"error", kept.error()}});
    }
  }
  look_after(now);
  end_relief(now);
  if (now - expired_at_ >= kExpireEvery || now < expired_at_) {
    expired_at_ = now;
    if (auto expired = posts_->expire(now); !expired) {
      log::warn("posts_not_expired", {{"error", expired.error()}});
    }
    if (auto pruned = rooms_->directory().prune_sessions(now - std::chrono::hours(24 * 7)); !pruned) {
      log::warn("sessions_not_pruned", {{"error", pruned.error()}});
    }
    if (auto pruned = rooms_->directory().prune_shifts(now - std::chrono::hours(4)); !pruned) {
      log::warn("shifts_not_pruned", {{"error", pruned.error()}});
    }
    outbox_->send_test_alarm(now);
    if (auto erased = plane_->erase_what_is_due(now); !erased) {
      log::warn("erasures_not_carried_out", {{"error", erased.error()}});
    }
  }
  if (auto pumped = outbox_->pump(now); !pumped) {
    log::warn("outbox_not_read", {{"error", pumped.error()}});
  }
  api_->tick(now);
  note_figures();
  flush_rule_counts(now);
  if (auto limited = limit_rules(*evaluator_->current()); !limited) {
    log::warn("rule_switches_not_read", {{"error", limited.error()}});
  }
  note_alarms(now);
}

/// What modules count for themselves, for /metrics; at most a second old.
void House::note_figures() {
  note_rules();
  auto total = [this](std::string_view name, std::string_view help, std::uint64_t value) {
    Counter& counter = metrics_.counter(name, help);
    counter.add(value - counter.value());
  };
  auto gauge = [this](std::string_view name, std::string_view help, std::size_t value) {
    metrics_.gauge(name, help).set(static_cast<std::int64_t>(value));
  };
  const ledger::Store::Figures store = rooms_->store().figures();
  total("heed_store_commands_total", "Commands that the ledger's writer ran.", store.commands);
  total("heed_store_groups_total", "Groups of commands that it committed together.", store.groups);
  total("heed_store_flushes_total", "Flushes that these took.", store.flushes);
  total("heed_store_events_total", "Events appended to the ledger.", store.events);
  gauge("heed_store_log_bytes", "Bytes of write-ahead log not yet in the database.", rooms_->store().log_bytes());
  const casework::Outbox::Figures outbox = outbox_->figures();
  gauge("heed_outbox_waiting", "Notices, orders and alarms that wait to be delivered.", outbox.waiting);
  gauge("heed_outbox_in_flight", "Deliveries under way.", outbox.in_flight);
  total("heed_outbox_delivered_total", "Deliveries that were accepted.", outbox.delivered);
  total("heed_outbox_retries_total", "Deliveries that have to be tried again.", outbox.retries);
  total("heed_outbox_records_failed_total",
        "Deliveries that could not be recorded at once; recorded again, not sent again.", outbox.records_failed);
  total("heed_outbox_dead_total", "Deliveries given up; heed_outbox_dead_total above 0 wants a look.", outbox.dead);
}

/// Rules start to count anew with every reload; what is told only grows.
void House::note_rules() {
  const auto assessor = evaluator_->current();
  if (assessor != counted_rules_) {
    counted_rules_ = assessor;
    rule_counts_.clear();
  }
  for (const assess::Plan::Figures& rule : assessor->plan().figures()) {
    const auto [known, fresh] = rule_counts_.try_emplace(rule.id);
    auto& [fired, errors] = known->second;
    if (!fresh && fired == rule.fired && errors == rule.errors) {
      continue;
    }
    const Metrics::Labels labels = {{"rule", rule.id}, {"mode", std::string(assess::rule_mode_name(rule.mode))}};
    metrics_.counter("heed_rule_fired_total", "Posts of which a rule was true; in shadow it has no effect.", labels)
        .add(rule.fired - fired);
    metrics_.counter("heed_rule_errors_total", "Posts of which a rule could not be evaluated.", labels)
        .add(rule.errors - errors);
    if (rule.errors > 0 && errors == 0) {
      log::warn("rule_failed", {{"rule", log::safe(rule.id)}, {"error", log::safe(rule.first_error)}});
    }
    auto& [more_fired, more_errors] = unflushed_rule_counts_[rule.id];
    more_fired += rule.fired - fired, more_errors += rule.errors - errors;
    fired = rule.fired;
    errors = rule.errors;
  }
}

Result<void> House::limit_rules(const assess::Assessor& assessor) {
  auto view = TRY(rooms_->store().view());
  assessor.plan().limit(api::limits_of(TRY(casework::rule_switches(*view))));
  return {};
}

/// A few rows every few seconds, so that counts outlive the process; nothing waits for it.
void House::flush_rule_counts(Time now) {
  if (unflushed_rule_counts_.empty() || (now - rules_flushed_at_ < kFlushRulesEvery && now >= rules_flushed_at_)) {
    return;
  }
  rules_flushed_at_ = now;
  rooms_->store().execute(
      ledger::Priority::Background,
      [counts = std::exchange(unflushed_rule_counts_, {}),
       day = casework::day_number(now)](ledger::Tx& tx) -> Result<void> {
        for (const auto& [rule, count] : counts) {
          auto known = TRY(ledger::get<casework::RuleFiredRow>(tx, rule, day));
          casework::RuleFiredRow row = known ? *std::move(known) : casework::RuleFiredRow{rule, day, 0, 0};
          row.fired += static_cast<std::int64_t>(count.first);
          row.errors += static_cast<std::int64_t>(count.second);
          TRY(ledger::put(tx, row));
        }
        return {};
      },
      [](Result<ledger::Committed> done) {
        if (!done) {
          log::warn("rule_counts_not_stored", {{"error", done.error()}});
        }
      });
}

void House::fire_clocks(Time now) {
  auto failed = clockwork_->run(now);
  if (!failed) {
    log::warn("clocks_not_fired", {{"error", failed.error()}});
  } else if (*failed > 0) {
    outbox_->house_alarms().ring(
        "clocks",
        "Deadlines, leases or piles are due that cannot be carried out; the log says which (clock_not_fired).", now);
  }
}

/// What the machine lacks, before people notice.
void House::look_after(Time now) {
  if (disk_full(rooms_->places().data)) {
    outbox_->house_alarms().ring("disk", "The disk of the data folder is full: no post and no report is accepted.",
                                 now);
  }
  if (backup_ == nullptr || backup_->last_error().empty()) {
    backup_fails_since_ = Time{};
  } else if (backup_fails_since_ == Time{}) {
    backup_fails_since_ = now;
  } else if (now - backup_fails_since_ >= kBackupMayFail) {
    outbox_->house_alarms().ring(
        "backup", "Nothing has been copied to the second place for five minutes; the log says why.", now);
  }
}

void House::note_alarms(Time now) {
  auto seconds = [](Time time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
  };
  auto age = [&](std::string_view name, std::string_view help, Time since) {
    metrics_.gauge(name, help).set(since == Time{} ? 0 : std::max<std::int64_t>(0, seconds(now) - seconds(since)));
  };
  const casework::Outbox::Figures outbox = outbox_->figures();
  age("heed_outbox_oldest_seconds",
      "For how long the oldest undelivered notice, order or alarm has been due; 0: nothing waits.", outbox.oldest);
  metrics_
      .gauge("heed_test_alarm_delivered_seconds",
             "When the daily test alarm was last delivered, Unix time; 0: not since the start.")
      .set(outbox.test_alarm_delivered == Time{} ? 0 : seconds(outbox.test_alarm_delivered));
  auto view = rooms_->store().view();
  auto alarms = view ? casework::open_alarms(**view, kAlarmsCounted)
                     : Result<std::vector<casework::AlarmRow>>(tl::unexpected(view.error()));
  if (!alarms) {
    log::warn("alarms_not_read", {{"error", alarms.error()}});
    return;
  }
  const auto house = outbox_->house_alarms().ringing();
  metrics_.gauge("heed_alarms_unacknowledged", "Alarms that nobody has acknowledged; counted up to 1000.")
      .set(static_cast<std::int64_t>(alarms->size() + house.size()));
  Time oldest = alarms->empty() ? Time{} : alarms->front().at;
  if (!house.empty() && (oldest == Time{} || house.front().at < oldest)) {
    oldest = house.front().at;
  }
  age("heed_alarm_oldest_seconds", "For how long the oldest of them has been ringing; 0: none is.", oldest);
}

/// A relief made after a look ends no sooner than an autoblock's time after that look, so the next one is due when the
/// first of those known ends, or after that time.
void House::end_relief(Time now) {
  if (now < relief_due_) {
    return;
  }
  if (auto ended = end_due_relief(now); !ended) {
    log::warn("relief_not_ended", {{"error", ended.error()}});
  }
}

Result<void> House::end_due_relief(Time now) {
  std::vector<CaseId> due;
  Time next = now + plane_->environment().autoblock;
  {
    auto view = TRY(rooms_->store().view());
    TRY(ledger::scan<casework::ReliefRow>(*view, {}, [&](const casework::ReliefRow& row) {
      if (!row.active || row.until == Time{}) {
        return;
      }
      if (row.until > now) {
        next = std::min(next, row.until);
      } else if (due.empty() || due.back() != row.case_id) {
        due.push_back(row.case_id);
      }
    }));
  }
  Result<void> all;
  for (CaseId id : due) {
    auto ended = plane_->command_and_wait<int>(
        [id](casework::Context& context) { return casework::end_due_relief(context, id); },
        ledger::Priority::Background);
    if (!ended) {
      all = tl::unexpected(ended.error());
      next = std::min(next, now + kReliefAgain);  // the others are not kept waiting for it
    }
  }
  relief_due_ = next;
  return all;
}

}  // namespace heed::app
