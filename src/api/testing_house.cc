#include "api/testing_house.h"

#include <chrono>

#include "casework/apply.h"

namespace heed::api {

// --- what the plane asks for ------------------------------------------------------------------------------

casework::Evaluator::Finding TestingEvaluator::evaluate(std::string_view text) const {
  auto scratch = assessor_->scratch();
  assess::Assessment assessment;
  assessor_->assess_text(text, *scratch, assessment);
  Finding finding;
  finding.any = !assessment.signals.empty();
  finding.lane = assessment.lane;
  finding.severity = assessment.severity;
  if (assessment.clause != nullptr) {
    finding.clause = assessment.clause->id;
  }
  if (finding.any) {
    const assess::Signal& first = assessment.signals.front();
    finding.category = first.category;
    finding.rule = first.source + "@" + first.version;
    finding.sources.push_back(finding.rule);
    finding.spans.emplace_back(first.start, first.end);
    JsonWriter out;
    assess::write_signals(out, assessment.signals);
    finding.signals_json = out.take();
  }
  return finding;
}

casework::Evaluator::Finding TestingEvaluator::from_signals(std::string_view signals_json) const {
  Finding finding;
  JsonParser parser;
  auto json = parser.parse(signals_json);
  auto signals = json ? assess::read_signals(*json) : Result<std::vector<assess::Signal>>();
  if (!signals || signals->empty()) {
    return finding;
  }
  finding.any = true;
  finding.signals_json = signals_json;
  for (const assess::Signal& signal : *signals) {
    const policy::Clause* clause = assessor_->policy().find(signal.clause);
    if (clause != nullptr && signal.score >= clause->review_at && clause->lane <= finding.lane &&
        clause->severity >= finding.severity) {
      finding.category = signal.category;
      finding.clause = clause->id;
      finding.lane = clause->lane;
      finding.severity = clause->severity;
    }
  }
  if (finding.category.empty()) {
    finding.category = signals->front().category;
  }
  return finding;
}

Result<bool> TestingAccounts::is_friend(std::string_view owner, std::string_view other) {
  return told_.with([&](Told& told) {
    auto has = [&](int kind) { return told.relations.contains({std::string(owner), std::string(other), kind}); };
    return has(static_cast<int>(post::Relation::Kind::Follows)) || has(static_cast<int>(post::Relation::Kind::Contact));
  });
}
Result<bool> TestingAccounts::already_blocked(std::string_view owner, std::string_view other) {
  return told_.with([&](Told& told) {
    return told.relations.contains(
        {std::string(owner), std::string(other), static_cast<int>(post::Relation::Kind::Blocks)});
  });
}
Result<std::string> TestingAccounts::profile_of(std::string_view account) {
  return told_.with([&](Told& told) {
    auto found = told.accounts.find(account);
    return found == told.accounts.end() ? std::string() : post::account_json(found->second);
  });
}
Result<std::string> TestingAccounts::mail_of(std::string_view account) {
  return told_.with([&](Told& told) {
    auto found = told.accounts.find(account);
    return found == told.accounts.end() ? std::string() : found->second.email;
  });
}
void TestingAccounts::put(post::Account account, Function<void(Result<void>)> done) {
  told_.with([&](Told& told) { told.accounts[account.id] = std::move(account); });
  done({});
}
void TestingAccounts::remove(std::string account_id, Function<void(Result<void>)> done) {
  told_.with([&](Told& told) { told.accounts.erase(account_id); });
  done({});
}
void TestingAccounts::relate(std::vector<post::Relation> relations, Function<void(Result<void>)> done) {
  told_.with([&](Told& told) {
    for (const post::Relation& r : relations) {
      auto key = std::tuple(r.from, r.to, static_cast<int>(r.kind));
      if (r.state) {
        told.relations.insert(key);
      } else {
        told.relations.erase(key);
      }
    }
  });
  done({});
}

Result<std::vector<access::PersonHash>> TestingAccounts::close_to(const access::PersonHash& person) {
  std::vector<access::PersonHash> out;
  told_.with([&](Told& told) {
    for (const auto& [from, to, kind] : told.relations) {
      if (hasher->account(from) == person) {
        out.push_back(hasher->account(to));
      } else if (hasher->account(to) == person && kind != static_cast<int>(post::Relation::Kind::Follows)) {
        out.push_back(hasher->account(from));
      }
    }
  });
  return out;
}

void TestingReads::note(StaffId staff, CaseId case_id, std::string_view what, Time at) {
  log({0, at, staff, case_id, std::string(what), {}, {}}, [](const Result<void>&) {});
}
void TestingReads::log(Look look, Function<void(Result<void>)> done) {
  looks_.with([&](auto& looks) {
    look.seq = looks.size() + 1;
    looks.push_back(std::move(look));
  });
  done({});
}
Result<std::vector<Look>> TestingReads::looks(const Ask& ask) {
  std::vector<Look> out;
  looks_.with([&](const auto& looks) {
    for (auto look = looks.rbegin(); look != looks.rend() && out.size() < ask.limit; ++look) {
      if ((!ask.case_id || look->case_id == ask.case_id) && (!ask.staff || look->staff == ask.staff) &&
          (ask.what.empty() || look->what == ask.what) && (ask.before_seq == 0 || look->seq < ask.before_seq) &&
          look->at >= ask.since) {
        out.push_back(*look);
      }
    }
  });
  return out;
}
std::vector<std::string> TestingReads::all() const {
  return looks_.with([](const auto& looks) {
    std::vector<std::string> out;
    for (const Look& look : looks) {
      out.push_back(look.case_id.text() + " " + look.what);
    }
    return out;
  });
}

// --- the house --------------------------------------------------------------------------------------------

namespace {

std::unique_ptr<ledger::Store> make_store() {
  auto tables = casework::projection_tables();
  for (const ledger::TableDef* table : casework::operational_tables()) {
    tables.push_back(table);
  }
  return store::open_memory_store(std::move(tables));
}

}  // namespace

TestingHouse::TestingHouse(Choices choices)
    : clock(*parse_time("2026-11-21T18:00:00.000Z")),
      hasher(sha256("person"), sha256("item")),
      aliases(sha256("alias")),
      token_key(sha256("token")),
      store(make_store()),
      keys(ledger::memory_key_ring()),
      policy(policy::default_policy()),
      assessor(assess::Assessor::make_default(policy)),
      evaluator(assessor) {
  authenticator = std::make_unique<access::Authenticator>(directory, token_key, clock, choices.door);
  accounts.hasher = &hasher;
  casework::Plane::Options options;
  options.environment.policy = policy;
  options.environment.platform_channel = choices.platform_channel;
  options.environment.second_look_share = choices.second_look_share;
  options.environment.golden_share = choices.golden_share;
  plane = std::make_unique<casework::Plane>(
      casework::Plane::Parts{*store, *keys, hasher, posts, evaluator, accounts, clock, metrics}, options);

  jwt_key_.kid = "k1";
  jwt_key_.algorithm = http::JwtKey::Algorithm::HS256;
  jwt_key_.material = "0123456789abcdef0123456789abcdef";
  jwt_keys_ = std::make_shared<std::vector<http::JwtKey>>(std::vector{jwt_key_});
  casework::RenderEnv render;
  render.keys = keys.get();
  render.aliases = &aliases;
  render.policy = policy;
  render.accounts = &accounts;
  render.platform = "Chirp";
  Options api_options;
  api_options.public_url = choices.public_url;
  api_options.requests_per_second = choices.requests_per_second;
  api_options.requests_burst = choices.requests_per_second;
  api = std::make_unique<Api>(Parts{.plane = *plane,
                                    .authenticator = *authenticator,
                                    .directory = directory,
                                    .aliases = aliases,
                                    .posts = posts,
                                    .accounts = accounts,
                                    .staff_reads = reads,
                                    .assessor = [this] { return assessor; },
                                    .jwt_keys = [this] { return jwt_keys_; },
                                    .token_key = token_key,
                                    .signing = SigningKey::from_seed(heed::view(sha256("signing"))),
                                    .render = render,
                                    .clock = clock,
                                    .house_alarms = &house_alarms,
                                    .manual_clock = choices.manual_clock ? &clock : nullptr,
                                    .metrics = metrics,
                                    .ready = {},
                                    .pack = [this] { return Result<PackFiles>(builtin_pack_files(policy)); }},
                              api_options);
  api->routes(router);
  plane->every_tick([this](Time now) { api->tick(now); });
  HEED_ASSERT(plane->start().has_value());
  http::ServerOptions server_options;
  server_options.threads = choices.threads;
  server_options.clock = &clock;
  server = std::make_unique<http::Server>(server_options, router, metrics);
  HEED_ASSERT(server->start().has_value());
  auto made = authenticator->create_key("platform", ~0U, /*trusted_flagger=*/false);
  HEED_ASSERT(made.has_value());
  platform_key = made->second;
}

TestingHouse::~TestingHouse() {
  server->stop(std::chrono::milliseconds(200));
  plane->stop();
  server.reset();
  store.reset();  // its writer may still complete commands that answer through the plane
}

TestingHouse::Who TestingHouse::key(const std::vector<std::string>& scopes) {
  auto made = authenticator->create_key("key " + std::to_string(++people_), *access::parse_scopes(scopes), false);
  return bearer(made->second);
}

TestingHouse::Who TestingHouse::user(std::string_view account, Millis life) {
  const std::int64_t now = to_ms(clock.now()) / 1000;
  JsonWriter claims;
  claims.begin_object().field("iss", "chirp").field("aud", "heed").field("sub", account).field("iat", now);
  claims.field("exp", now + life.count() / 1000).field("handle", account).end_object();
  return bearer(http::make_jwt(jwt_key_, "", claims.take()));
}

TestingHouse::Who TestingHouse::guest(std::string_view account, CaseId case_id) const {
  return bearer(GuestLinks(token_key).make(hasher.account(account), case_id, clock.now() + std::chrono::hours(24)));
}

TestingHouse::Who TestingHouse::staff(const std::vector<std::string>& roles) {
  std::string name = "staff" + std::to_string(++people_);
  auto made = authenticator->create_staff(name, "correct horse", *access::parse_roles(roles), /*quick_hash=*/true);
  HEED_ASSERT(made.has_value());
  last_staff = made->id;
  return log_in(name, "correct horse");
}

TestingHouse::Who TestingHouse::log_in(const std::string& name, std::string_view password, std::string_view code) {
  auto in = authenticator->log_in(name, password, {.code = code});
  HEED_ASSERT(in.has_value());
  return {{"Cookie", "heed_session=" + in->cookie}, {"X-Heed-CSRF", in->csrf}};
}

http::ClientResponse TestingHouse::call(std::string_view method, std::string_view target, const Who& who,
                                        std::string_view body, http::HeaderList more) const {
  http::HeaderList headers = who;
  bool typed = false;
  for (auto& header : more) {
    typed = typed || header.first == "Content-Type";
    headers.push_back(std::move(header));
  }
  if (!typed && !body.empty()) {
    headers.emplace_back("Content-Type", "application/json");
  }
  http::Client one = client();
  auto answer = one.request(method, target, body, headers);
  return answer ? *std::move(answer) : http::ClientResponse{};
}

std::string TestingHouse::post_json(std::string_view id, std::string_view text, std::string_view author,
                                    std::string_view target) const {
  JsonWriter out;
  out.begin_object()
      .field("id", id)
      .field("kind", "post")
      .field("text", text)
      .field("created_at", format_time(clock.now()));
  out.key("author").begin_object().field("id", author).field("handle", author).end_object();
  if (!target.empty()) {
    out.key("mentions").begin_array().value(target).end_array();
  }
  out.end_object();
  return out.take();
}

void TestingHouse::tell(std::string_view id, std::string_view text, std::string_view author, std::string_view target) {
  auto answer = call("POST", "/v1/posts", platform(), post_json(id, text, author, target));
  HEED_ASSERT(answer.status == 200);
}

std::string TestingHouse::report_json(std::string_view reporter, std::string_view post_id, std::string_view symptom) {
  JsonWriter out;
  out.begin_object().key("reporter").begin_object().field("account_id", reporter).end_object();
  out.key("items").begin_array().begin_object().field("kind", "post").field("id", post_id).end_object().end_array();
  out.field("about", "someone_else").key("symptoms").begin_array().value(symptom).end_array().end_object();
  return out.take();
}

std::string TestingHouse::pile_json(std::string_view target) const {
  JsonWriter out;
  out.begin_object().key("reporter").begin_object().field("account_id", target).end_object();
  out.key("pile")
      .begin_object()
      .field("target", target)
      .field("since", format_time(clock.now() - std::chrono::hours(1)))
      .end_object();
  out.field("about", "me").key("symptoms").begin_array().value("threat_of_violence").end_array();
  out.key("relief").begin_array().value("autoblock_pile").end_array().end_object();
  return out.take();
}

}  // namespace heed::api
