#include <cstdio>

#include "app/commands.h"
#include "app/output.h"
#include "simulate/campaigner.h"

namespace heed::app {
namespace {

std::string minutes(Millis time) {
  auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time).count();
  return std::to_string(seconds / 60) + " min " + std::to_string(seconds % 60) + " s";
}

std::string listed(const std::map<std::string, int>& counts) {
  std::string out;
  for (const auto& [name, n] : counts) {
    out += (out.empty() ? "" : ", ") + std::to_string(n) + " " + name;
  }
  return out;
}

int campaigner(const Arguments& arguments) {
  simulate::CampaignerOptions options;
  options.url = arguments.text("--url");
  options.key = arguments.text("--key");
  options.seed = static_cast<std::uint64_t>(arguments.integer("--seed"));
  options.benign = static_cast<int>(arguments.integer("--benign"));
  options.suffix = arguments.text("--suffix");
  for (const std::string& reviewer : arguments.texts("--reviewer")) {
    std::size_t colon = reviewer.find(':');
    if (colon == std::string::npos) {
      return complain({Code::InvalidInput, "--reviewer takes NAME:PASSWORD"});
    }
    options.reviewers.emplace_back(reviewer.substr(0, colon), reviewer.substr(colon + 1));
  }
  auto start = parse_time(arguments.text("--start"));
  if (!start) {
    return complain({Code::InvalidInput, "--start: " + start.error().message});
  }
  options.start = *start;
  options.progress = [](const std::string& line) { std::fprintf(stderr, "%s\n", line.c_str()); };
  Result<simulate::Texts> texts =
      arguments.given("--texts") ? simulate::texts_from(arguments.text("--texts")) : simulate::sample_texts();
  if (!texts) {
    return complain(texts.error());
  }
  auto played = simulate::play_campaigner(options, *texts);
  if (!played) {
    return complain(played.error());
  }
  const simulate::CampaignerResult& r = *played;
  Output out;
  out.fact("texts", "Texts", r.texts).fact("case_id", "Case", r.case_id).fact("number", "Her number", r.number);
  out.fact("posts_sent", "Posts on the platform", std::int64_t{r.posts_sent});
  out.fact("reported_at", "She reported, once, at", cell(r.reported_at));
  out.fact("taken_at_once", "Posts taken by that report", std::int64_t{r.taken_at_once});
  out.fact("found_before", "Before she said anything, found", std::int64_t{r.found_before});
  out.fact("joined_later", "Posts that joined unasked", std::int64_t{r.joined_later});
  out.fact("items", "Posts in her one case", std::int64_t{r.items}).fact("authors", "Senders", std::int64_t{r.authors});
  out.fact("address_posts", "Posts with her address", std::int64_t{r.address_posts});
  out.fact("address_seen_max", "Longest until a person had one", minutes(r.address_seen_max));
  out.fact("life_seen_max", "The same, any threat to life", minutes(r.life_seen_max));
  out.fact("address_past_sleeper", "One passed a sleeping reviewer", r.address_past_sleeper);
  out.fact("deleted_with_evidence", "Deleted posts judged by frozen words", std::int64_t{r.deleted_with_evidence});
  out.fact("violations", "Decided: violation", std::int64_t{r.violations})
      .fact("left_up", "Decided: left up", std::int64_t{r.left_up});
  out.fact("quote_left_up", "Her friend's quote is still up", r.quote_left_up);
  out.fact("false_alarms", "Ordinary posts shown in vain, left up", std::int64_t{r.false_alarms});
  out.fact("clauses", "By clause", listed(r.clauses));
  out.fact("blocked_accounts", "Accounts blocked for her", std::int64_t{r.blocked_accounts})
      .fact("friends_blocked", "Friends among them", std::int64_t{r.friends_blocked});
  out.fact("orders", "Orders to the platform", std::int64_t{r.orders})
      .fact("confirmed", "Confirmed by it", std::int64_t{r.confirmed});
  out.fact("orders_by_kind", "By kind", listed(r.orders_by_kind));
  out.fact("told_reporter", "Outcomes told to her", std::int64_t{r.told_reporter})
      .fact("told_authors", "Statements of reasons", std::int64_t{r.told_authors});
  out.fact("closed_at", "Case closed by", cell(r.closed_at));
  out.fact("checked", "Checked against the ledger",
           r.faults.empty() ? std::string("everything agrees") : std::to_string(r.faults.size()) + " differences");
  out.columns({{"event", "Event in her case's ledger"}, {"count", "Count"}}, "ledger");
  for (const auto& [kind, n] : r.ledger) {
    out.row({kind, std::int64_t{n}});
  }
  for (const std::string& fault : r.faults) {
    out.note("differs: " + fault);
  }
  out.exit = r.faults.empty() ? kOk : kFaults;
  return print(out, arguments);
}

}  // namespace

Command simulate_command() {
  using Kind = Option::Kind;
  return {
      .name = "simulate",
      .sentence = "Play a platform's traffic against a running server in test mode",
      .commands = {
          {.name = "campaigner",
           .sentence = "Fifty threats and insults an hour for twelve hours from 86 accounts; one report; two reviewers",
           .options =
               {{.name = "--url", .sentence = "The server: http://host:port", .required = true},
                {.name = "--key", .sentence = "Platform key with every scope, test_clock included", .required = true},
                {.name = "--reviewer",
                 .sentence = "NAME:PASSWORD of a reviewer; give two",
                 .kind = Kind::Texts,
                 .required = true},
                {.name = "--start", .sentence = "When the night begins", .fallback = "2026-11-21T18:00:00.000Z"},
                {.name = "--texts",
                 .sentence = "Labelled posts (TSV, may be gzipped) instead of the samples written for Heed"},
                {.name = "--benign",
                 .sentence = "Ordinary posts around them",
                 .kind = Kind::Int,
                 .fallback = "3000",
                 .min = 0,
                 .max = 1000000},
                {.name = "--seed", .sentence = "Same seed, same night", .kind = Kind::Int, .fallback = "1", .min = 0},
                {.name = "--suffix", .sentence = "Appended to all ids, to play it twice on one server"},
                json_option()},
           .run = campaigner}}};
}

}  // namespace heed::app
