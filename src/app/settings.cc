#include "app/settings.h"

#include <unistd.h>

#include <cstdlib>

#include "app/scorer.h"
#include "base/file.h"
#include "delivery/delivery.h"
#include "http/server.h"
#include "store/recent/hour_posts.h"

namespace heed::app {
namespace {

using Type = SettingDef::Type;

std::vector<SettingDef> own_settings() {
  return {
      {.name = "data.dir",
       .fallback = "heed-data",
       .sentence = "Folder of ledger and recent posts; made when it is absent"},
      {.name = "keys.dir",
       .fallback = "",
       .sentence = "Folder of the keys that open the data; empty: data.dir with -keys behind it. Back it up apart from "
                   "the data"},
      {.name = "keys.master_file",
       .fallback = "",
       .sentence = "File with the master key; empty: the file master in keys.dir"},
      {.name = "platform.name", .fallback = "the platform", .sentence = "What notices call the platform"},
      {.name = "platform.page_url",
       .fallback = "",
       .sentence =
           "Where parties find their case: an URL, to which the guest link is added; empty: notices carry no links"},
      {.name = "policy.dir", .fallback = "", .sentence = "Folder of the policy pack; empty: the one that is built in"},
      {.name = "assess.second_look",
       .fallback = "reports",
       .sentence =
           "Which posts the slower, better model judges, too: never any; those under report; or near: those and "
           "what the quick one does not leave alone, or almost not, which makes a stream a third as fast",
       .choices = {"never", "reports", "near"}},
      {.name = "assess.refill_hours",
       .type = Type::Int,
       .fallback = "24",
       .sentence = "After a start, rules that ask what happened lately know posts of so many hours before; 0: none",
       .min = 0,
       .max = 168},
      {.name = "assess.refill_seconds",
       .type = Type::Int,
       .fallback = "60",
       .sentence = "How long that may take in the background, the newest hours first",
       .min = 1,
       .max = 3600},
      {.name = "users.issuer", .fallback = "", .sentence = "Required iss of user tokens; empty: any"},
      {.name = "users.jwks_file", .fallback = "", .sentence = "JWKS file with the keys that verify user tokens"},
      {.name = "users.hs256_secret",
       .fallback = "",
       .sentence = "Shared secret that verifies user tokens with HS256, at least 32 bytes",
       .secret = true},
      {.name = "staff.second_factor_roles",
       .type = Type::List,
       .fallback = "",
       .sentence = "Roles whose members may do nothing until an authenticator app is set up, such as admin, lead"},
      {.name = "webhooks.url",
       .fallback = "",
       .sentence = "Where the platform takes notices and orders; empty: it polls",
       .address = true},
      {.name = "mail.notices",
       .type = Type::Bool,
       .fallback = "false",
       .sentence = "Whether parties that gave a mail address are told by mail; needs mail.smtp_url"},
      {.name = "alarms.channel",
       .fallback = "page",
       .sentence = "How the first in the on-call rota is reached; page: alarms are only listed",
       .choices = {"page", "webhook", "mail", "command"}},
      {.name = "alarms.url", .fallback = "", .sentence = "Webhook for alarms; empty: webhooks.url", .address = true},
      {.name = "alarms.mail_to", .fallback = "", .sentence = "Mail address of the first in the rota"},
      {.name = "alarms.command",
       .fallback = "",
       .sentence = "Program that takes an alarm as JSON on its standard input; exit 0: delivered"},
      {.name = "alarms.next",
       .type = Type::List,
       .fallback = "",
       .sentence = "Who is called next when nobody acknowledges, in order: https://…, mailto:…, command:/path",
       .address = true},
      {.name = "alarms.escalate_after_ms",
       .type = Type::Int,
       .fallback = "600000",
       .sentence = "Milliseconds until an alarm that nobody acknowledged goes to the next in the rota",
       .min = 1000,
       .max = 86'400'000},
      {.name = "backup.dir",
       .fallback = "",
       .sentence = "Second place to which serve copies everything new; empty: no continuous backup"},
      {.name = "backup.interval_ms",
       .type = Type::Int,
       .fallback = "1000",
       .sentence = "Milliseconds between two copies: what losing the first place can cost",
       .min = 100,
       .max = 86'400'000},
      {.name = "store.writer_cache_bytes",
       .type = Type::Int,
       .fallback = "67108864",
       .sentence = "Page cache of the ledger's writer, in bytes; fills with use",
       .min = 1 << 20,
       .max = INT64_C(1) << 40},
      {.name = "store.reader_cache_bytes",
       .type = Type::Int,
       .fallback = "8388608",
       .sentence = "Page cache of each of the ledger's readers, in bytes; fills with use",
       .min = 1 << 18,
       .max = INT64_C(1) << 40},
      {.name = "store.queue_max",
       .type = Type::Int,
       .fallback = "4096",
       .sentence = "Commands that may wait for the ledger's writer; 503 above",
       .min = 16,
       .max = 1 << 20},
      {.name = "casework.reader_threads",
       .type = Type::Int,
       .fallback = "2",
       .sentence = "Threads that read for answers",
       .min = 1,
       .max = 64},
      {.name = "casework.fear_budget_per_day",
       .type = Type::Int,
       .fallback = "3",
       .sentence = "Declarations of fear by one person and day that use their own lane",
       .min = 0,
       .max = 1000},
      {.name = "casework.lease_ms",
       .type = Type::Int,
       .fallback = "300000",
       .sentence = "Milliseconds until a claim without heartbeat ends",
       .min = 1000,
       .max = 86'400'000},
      {.name = "casework.second_look_percent",
       .type = Type::Int,
       .fallback = "5",
       .sentence = "Of what people decide, how many per cent another person looks at blind",
       .min = 0,
       .max = 100},
      {.name = "casework.golden_percent",
       .type = Type::Int,
       .fallback = "3",
       .sentence = "For how many per cent of their decisions people get a post of the golden set among second looks",
       .min = 0,
       .max = 100},
      {.name = "casework.autoblock_days",
       .type = Type::Int,
       .fallback = "7",
       .sentence = "Days for which a shield blocks a pile's authors",
       .min = 1,
       .max = 3650},
      {.name = "clock.source",
       .fallback = "system",
       .sentence = "manual: time stands until POST /test/clock moves it; only with HEED_TEST=1",
       .choices = {"system", "manual"}},
      {.name = "clock.start",
       .fallback = "2026-11-21T18:00:00.000Z",
       .sentence = "Where a manual clock begins when the data folder is empty"},
      {.name = "http.public_url",
       .fallback = "",
       .sentence = "How the API is reached from outside, put before links in answers; with https cookies are Secure"},
      {.name = "metrics.open",
       .type = Type::Bool,
       .fallback = "false",
       .sentence = "Whether anybody may read /metrics; else platform keys, staff and this machine"},
      {.name = "log.level",
       .fallback = "info",
       .sentence = "Least level that is logged",
       .choices = {"debug", "info", "warn", "error"}},
  };
}

void append(std::vector<SettingDef>& to, std::vector<SettingDef> more) {
  to.insert(to.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

std::string environment_name(std::string_view name) {
  std::string out = "HEED_";
  for (char c : name) {
    out += c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  return out;
}

}  // namespace

std::vector<SettingDef> all_settings() {
  std::vector<SettingDef> all = own_settings();
  append(all, http::ServerOptions::settings());
  append(all, store::recent::settings());
  append(all, delivery::SenderOptions::settings());
  append(all, scorer_settings());
  std::sort(all.begin(), all.end(), [](const SettingDef& a, const SettingDef& b) { return a.name < b.name; });
  return all;
}

Result<Settings> load_settings(const Arguments& arguments, std::vector<std::pair<std::string, std::string>> over) {
  std::string file = arguments.text("--config");
  std::vector<std::string> environment;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    environment.emplace_back(*entry);
  }
  if (file.empty()) {
    if (const char* named = std::getenv("HEED_CONFIG")) {  // NOLINT(concurrency-mt-unsafe): before any thread
      file = named;
    }
  }
  if (arguments.given("--data")) {
    over.emplace_back("data.dir", arguments.text("--data"));
  }
  for (const auto& [name, value] : over) {
    std::string variable = environment_name(name) + "=";
    std::erase_if(environment, [&](const std::string& entry) { return entry.starts_with(variable); });
    environment.push_back(variable + value);
  }
  return Settings::load(all_settings(), file, environment);
}

Result<Places> places(const Settings& settings) {
  namespace fs = std::filesystem;
  std::error_code error;
  Places out;
  out.data = fs::absolute(settings.text("data.dir"), error).lexically_normal();
  if (!out.data.has_filename()) {
    out.data = out.data.parent_path();  // "folder/"
  }
  if (settings.text("data.dir").empty() || out.data.empty()) {
    return invalid("data.dir", "names no folder");
  }
  const std::string& keys = settings.text("keys.dir");
  out.keys = keys.empty() ? fs::path(out.data.string() + "-keys") : fs::absolute(keys, error).lexically_normal();
  out.master_key = settings.text("keys.master_file");
  auto [end, rest] = std::mismatch(out.data.begin(), out.data.end(), out.keys.begin(), out.keys.end());
  if (end == out.data.end()) {
    return invalid(
        "keys.dir",
        "must not lie inside data.dir: a backup of the data would take the keys along, and erasing would not reach it");
  }
  return out;
}

Result<std::vector<http::JwtKey>> user_keys(const Settings& settings) {
  std::vector<http::JwtKey> keys;
  if (const std::string& file = settings.text("users.jwks_file"); !file.empty()) {
    std::string text = TRY(read_file(file));
    auto parsed = http::parse_jwks(text);
    if (!parsed) {
      return invalid("users.jwks_file", parsed.error().message);
    }
    keys = *std::move(parsed);
  }
  if (const std::string& secret = settings.text("users.hs256_secret"); !secret.empty()) {
    if (secret.size() < 32) {
      return invalid("users.hs256_secret", "must have at least 32 bytes");
    }
    keys.push_back(
        {.kid = keys.empty() ? "" : "hs256", .algorithm = http::JwtKey::Algorithm::HS256, .material = secret});
  }
  return keys;
}

}  // namespace heed::app
