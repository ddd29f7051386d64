#include "simulate/campaigner.h"

#include <algorithm>
#include <random>
#include <set>
#include <unordered_map>

#include "simulate/platform.h"

namespace heed::simulate {
namespace {

constexpr std::string_view kHer = "campaigner";
constexpr std::string_view kFriend = "old-friend";
constexpr Millis kDeleteAfter = std::chrono::seconds(40);
constexpr Millis kRound = std::chrono::minutes(2);  ///< how often the reviewers look at the queue
constexpr int kSlice = 60;

struct Step {
  Time at{};
  bool deletion = false;
  std::string post, author, text;
  Sort sort{};
};

struct Truth {
  Sort sort{};
  Time at{};
  std::string author;
  bool deleted = false, decided = false;
};

/// "account-17": who writes what is invented, whatever the words.
std::string sender(int n) { return "sender-" + std::to_string(n); }

class Night {
 public:
  Night(const CampaignerOptions& options, const Texts& texts)
      : options_(options), texts_(texts), random_(options.seed) {}

  Result<CampaignerResult> play() {
    result_.texts = texts_.source;
    TRY(connect());
    TRY(tell_relations());
    write_script();
    TRY(play_posts());
    say("the twelve hours are over; the reviewers finish");
    TRY(work_until_empty());
    TRY(confirm_orders());
    TRY(let_it_close());
    TRY(confirm_orders());
    TRY(check_against_ledger());
    return std::move(result_);
  }

 private:
  void say(const std::string& what) {
    if (options_.progress) {
      options_.progress(format_time(now_) + "  " + what);
    }
  }
  std::string id(std::string_view name) const { return std::string(name) + options_.suffix; }

  Result<void> connect() {
    platform_.push_back(TRY(Caller::connect(options_.url, {{"Authorization", "Bearer " + options_.key}})));
    for (const auto& [name, password] : options_.reviewers) {
      reviewers_.push_back(TRY(Caller::log_in(options_.url, name, password)));
    }
    if (reviewers_.size() < 2) {
      return fail(Code::InvalidInput, "the story needs two reviewers");
    }
    return set_clock(options_.start);
  }
  Caller& platform() { return platform_.front(); }

  Result<void> set_clock(Time to) {
    now_ = to;
    JsonWriter body;
    body.begin_object().field("now", format_time(to)).end_object();
    auto answer = platform().call("POST", "/test/clock", body.take());
    if (!answer) {
      return fail(Code::Denied,
                  "the story moves the clock: start the server with HEED_TEST=1 and --clock=manual, and give the key "
                  "test_clock (" +
                      answer.error().message + ")");
    }
    return {};
  }

  Result<void> tell_relations() {
    JsonWriter line;
    line.begin_object()
        .field("from", id(kHer))
        .field("to", id(kFriend))
        .field("kind", "follows")
        .field("state", true)
        .end_object();
    TRY(platform().call("PUT", "/v1/relations", line.take() + "\n", {{"Content-Type", "application/x-ndjson"}}));
    return {};
  }

  void write_script() {
    const Time end = options_.start + options_.length;
    auto spread = [&](int i, int of) {
      return options_.start + Millis(options_.length.count() / of * i + static_cast<std::int64_t>(random_() % 20'000));
    };
    for (int i = 0; i < options_.abusive; ++i) {
      Step step;
      step.at = spread(i, options_.abusive);
      // Every sender has written before she reports; after that they come as they like.
      step.author =
          id(sender(i < options_.senders ? i : static_cast<int>(random_() % static_cast<unsigned>(options_.senders))));
      step.post = id("abuse-" + std::to_string(i));
      const bool address = i == options_.abusive / 4 || i == options_.abusive / 2 || i == options_.abusive * 5 / 6;
      step.sort = address ? Sort::Address : i % 10 < 4 ? Sort::Threat : i % 10 < 6 ? Sort::Sexual : Sort::Insult;
      step.text = text_for(step.sort);
      steps_.push_back(step);
      if (step.author == id(sender(0))) {  // this one deletes each post after forty seconds
        Step gone = step;
        gone.deletion = true;
        gone.at = step.at + kDeleteAfter;
        steps_.push_back(std::move(gone));
      }
    }
    for (int i = 0; i < options_.benign; ++i) {
      Step step;
      step.at = spread(i, options_.benign);
      step.author = id("person-" + std::to_string(random_() % 900));
      step.post = id("benign-" + std::to_string(i));
      step.sort = Sort::Benign;
      step.text = text_for(Sort::Benign);
      steps_.push_back(std::move(step));
    }
    Step quote;
    quote.at = options_.start + options_.length / 3;
    quote.author = id(kFriend);
    quote.post = id("quote-1");
    quote.sort = Sort::Support;
    quote.text = "He wrote that he will find her. Report him, and stand with her.";
    if (!texts_.support.empty()) {
      quote.text = expand(texts_.support.front(), 0);
    }
    steps_.push_back(std::move(quote));
    std::stable_sort(steps_.begin(), steps_.end(), [](const Step& a, const Step& b) { return a.at < b.at; });
    steps_.erase(
        std::remove_if(steps_.begin(), steps_.end(), [&](const Step& s) { return s.at > end + kDeleteAfter + kRound; }),
        steps_.end());
  }

  std::string text_for(Sort sort) {
    const std::vector<std::string>& from = sort == Sort::Threat    ? texts_.threat
                                           : sort == Sort::Sexual  ? texts_.sexual
                                           : sort == Sort::Insult  ? texts_.insult
                                           : sort == Sort::Address ? texts_.address
                                           : sort == Sort::Support ? texts_.support
                                                                   : texts_.benign;
    return from.empty() ? std::string("…") : expand(from[random_() % from.size()], random_());
  }

  // --- posts ----------------------------------------------------------------------------------------------

  Result<void> play_posts() {
    const Time report_at = options_.start + options_.report_after;
    bool reported = false;
    Time next_round = options_.start + kRound;
    std::vector<const Step*> batch;
    for (const Step& step : steps_) {
      while (next_round <= step.at) {
        TRY(send(batch, next_round));
        if (!reported && next_round >= report_at) {
          TRY(report_once());
          reported = true;
        }
        TRY(review_round());
        next_round += kRound;
      }
      if (step.deletion) {
        TRY(send(batch, step.at));
        TRY(platform().call("DELETE", "/v1/posts/" + step.post + "?at=" + format_time(step.at)));
        truth_[step.post].deleted = true;
      } else {
        batch.push_back(&step);
      }
    }
    return send(batch, std::max(next_round, now_));
  }

  Result<void> send(std::vector<const Step*>& batch, Time at) {
    TRY(set_clock(at));
    if (batch.empty()) {
      return {};
    }
    std::string body;
    for (const Step* step : batch) {
      JsonWriter line(body);
      line.begin_object()
          .field("id", step->post)
          .field("text", step->text)
          .field("created_at", format_time(step->at))
          .field("lang", "en");
      line.key("author").begin_object().field("id", step->author).field("handle", step->author).end_object();
      if (step->sort != Sort::Benign) {
        line.key("mentions").begin_array().value(id(kHer)).end_array();
      }
      line.end_object();
      body += '\n';
      truth_[step->post] = {step->sort, step->at, step->author};
      result_.address_posts += step->sort == Sort::Address ? 1 : 0;
    }
    TRY(platform().call("POST", "/v1/posts", body, {{"Content-Type", "application/x-ndjson"}}));
    result_.posts_sent += static_cast<int>(batch.size());
    std::size_t from = 0;
    const std::string answers = platform().body();
    while ((from = answers.find("\"problem\"", from)) != std::string::npos) {
      ++result_.posts_refused;
      ++from;
    }
    batch.clear();
    return {};
  }

  Result<void> report_once() {
    JsonWriter body;
    body.begin_object().key("reporter").begin_object().field("account_id", id(kHer)).end_object();
    body.key("pile").begin_object().field("target", id(kHer)).field("since", format_time(options_.start)).end_object();
    body.field("about", "me")
        .key("symptoms")
        .begin_array()
        .value("threat_of_violence")
        .value("harassment")
        .value("private_information")
        .end_array();
    body.field("fears_for_safety", true).key("relief").begin_array().value("hide").value("autoblock_pile").end_array();
    body.field("channel", "mobile_web").field("locale", "en").end_object();
    Json receipt =
        TRY(platform().call("POST", "/v1/reports", body.take(), {{"Idempotency-Key", "night" + options_.suffix}}));
    result_.case_id = receipt.get_string("case_id");
    result_.number = receipt.get_string("number");
    result_.taken_at_once = static_cast<int>(receipt.get_int("items_accepted"));
    result_.reported_at = TRY(parse_time(receipt.get_string("received_at")));
    say("she reports once: number " + result_.number + ", " + std::to_string(result_.taken_at_once) + " posts");
    TRY(set_clock(now_));  // settles: the pile is frozen
    // The second reviewer takes a slice and falls asleep over it; what is grave must not wait for him.
    Json claim = TRY(reviewers_[1].call("POST", "/v1/queues/default/claims",
                                        R"({"items_max":5,"case_id":")" + result_.case_id + "\"}"));
    sleeping_claim_ = claim.get_string("claim_id");
    asleep_until_ = now_ + std::chrono::hours(3);
    return {};
  }

  // --- reviewers ------------------------------------------------------------------------------------------

  Result<void> review_round() {
    if (!sleeping_claim_.empty()) {
      if (now_ < asleep_until_) {
        TRY(reviewers_[1].call("PUT", "/v1/claims/" + sleeping_claim_));  // his browser still beats
      } else {
        TRY(decide_claim(reviewers_[1], sleeping_claim_, result_.case_id));
        sleeping_claim_.clear();
      }
    }
    TRY(work_once(reviewers_[0]));
    if (sleeping_claim_.empty()) {
      TRY(work_once(reviewers_[1]));
    }
    return confirm_orders();
  }

  /// False when the queue was empty.
  Result<bool> work_once(Caller& reviewer) {
    Json claim =
        TRY(reviewer.call("POST", "/v1/queues/default/claims", R"({"items_max":)" + std::to_string(kSlice) + "}"));
    if (reviewer.status() == 204) {
      return false;
    }
    std::string claim_id(claim.get_string("claim_id")), case_id(claim.get_string("case_id"));
    TRY(decide_claim(reviewer, claim_id, case_id));
    return true;
  }

  Result<void> work_until_empty() {
    for (int round = 0; round < 2000; ++round) {
      TRY(set_clock(now_ + kRound));
      if (!sleeping_claim_.empty()) {
        TRY(decide_claim(reviewers_[1], sleeping_claim_, result_.case_id));
        sleeping_claim_.clear();
      }
      bool one = TRY(work_once(reviewers_[0]));
      bool two = TRY(work_once(reviewers_[1]));
      if (!one && !two) {
        return {};
      }
    }
    return fail(Code::Internal, "the queue does not become empty");
  }

  Result<void> decide_claim(Caller& reviewer, const std::string& claim, const std::string& case_id) {
    Json page = TRY(reviewer.call("GET", "/v1/cases/" + case_id + "/items?limit=200&claim=" + claim));
    JsonWriter body;
    body.begin_object().field("claim_id", claim).key("items").begin_array();
    int count = 0;
    bool about_her = false;
    Result<void> odd;
    page["items"].each([&](Json item) {
      std::string post(item.get_string("id"));
      auto truth = truth_.find(post);
      if (truth == truth_.end()) {
        odd = fail(Code::Internal, "the queue holds a post that nobody sent: " + post);
        return;
      }
      ++count;
      about_her = about_her || truth->second.sort != Sort::Benign;
      look_at(item, truth->second, &reviewer == &reviewers_[0] && !sleeping_claim_.empty());
      write_verdict(body, item.get_string("item_id"), truth->second.sort);
      truth->second.decided = true;
    });
    TRY(std::move(odd));
    body.end_array().end_object();
    if (count == 0) {
      return {};
    }
    TRY(reviewer.call("POST", "/v1/cases/" + case_id + "/decisions", body.take()));
    if (about_her) {
      decided_in_.insert(case_id);
    }
    return {};
  }

  void look_at(Json item, const Truth& truth, bool past_sleeper) {
    const Millis waited = now_ - truth.at;
    if (item.get_string("lane") == "life") {
      result_.life_seen_max = std::max(result_.life_seen_max, waited);
    }
    if (truth.sort == Sort::Address) {
      result_.address_seen_max = std::max(result_.address_seen_max, waited);
      result_.address_past_sleeper = result_.address_past_sleeper || past_sleeper;
    }
    if (truth.deleted) {
      bool words = false;
      item["evidence"]["versions"].each(
          [&](Json version) { words = words || !version["post"].get_string("text").empty(); });
      result_.deleted_with_evidence += words ? 1 : 0;
    }
  }

  void write_verdict(JsonWriter& body, std::string_view item, Sort sort) {
    body.begin_object().field("item_id", item);
    if (sort == Sort::Support || sort == Sort::Benign) {
      body.field("outcome", "no_violation").end_object();
      ++(sort == Sort::Support ? result_.left_up : result_.false_alarms);
      result_.quote_left_up = result_.quote_left_up || sort == Sort::Support;
      return;
    }
    const std::string_view clause = sort == Sort::Threat    ? "threats_to_life"
                                    : sort == Sort::Sexual  ? "sexual_harassment"
                                    : sort == Sort::Address ? "private_information"
                                                            : "targeted_harassment";
    body.field("outcome", "violation").field("clause", clause).field("ground", sort == Sort::Threat ? "law" : "terms");
    body.key("actions").begin_array().begin_object().field("kind", "remove").end_object();
    if (sort == Sort::Threat || sort == Sort::Address) {
      body.begin_object()
          .field("kind", "suspend")
          .field("until", format_time(now_ + std::chrono::hours(24 * 30)))
          .end_object();
    }
    body.end_array()
        .field("facts",
               "The post is aimed at one person among many of the same night and falls under the clause named.")
        .end_object();
    ++result_.violations;
    ++result_.clauses[std::string(clause)];
  }

  // --- the platform does as it is ordered -----------------------------------------------------------------

  Result<void> confirm_orders() {
    for (;;) {
      TRY(platform().call("GET", "/v1/actions?limit=1000" + (cursor_.empty() ? std::string() : "&cursor=" + cursor_)));
      std::string lines = platform().body();
      std::vector<std::string> orders;
      JsonParser parser(64);
      for (std::size_t from = 0; from < lines.size();) {
        std::size_t end = lines.find('\n', from);
        end = end == std::string::npos ? lines.size() : end;
        Json order = TRY(parser.parse(std::string_view(lines).substr(from, end - from)));
        from = end + 1;
        orders.emplace_back(order.get_string("action_id"));
        ++result_.orders_by_kind[std::string(order.get_string("kind"))];
        order["accounts"].each([&](Json account) {
          ++result_.blocked_accounts;
          result_.friends_blocked += account.string().value_or("") == id(kFriend) ? 1 : 0;
        });
      }
      if (orders.empty()) {
        return {};
      }
      for (const std::string& order : orders) {
        TRY(platform().call("POST", "/v1/actions/" + order + "/result",
                            R"({"state":"done","at":")" + format_time(now_) + "\"}"));
        ++result_.confirmed;
      }
      result_.orders += static_cast<int>(orders.size());
      cursor_ = orders.back();
    }
  }

  /// An open pile ends a day after its last member; then the case closes by itself.
  Result<void> let_it_close() {
    for (int hours = 0; hours < 80; hours += 5) {
      TRY(set_clock(now_ + std::chrono::hours(5)));
      Json row = TRY(reviewers_[0].call("GET", "/v1/cases/" + result_.case_id));
      if (row.get_string("state") == "closed") {
        result_.closed_at = now_;
        say("the case is closed");
        return {};
      }
    }
    result_.faults.push_back("the case does not close");
    return {};
  }

  // --- checked against the ledger -------------------------------------------------------------------------

  Result<void> check_against_ledger() {
    std::string cursor;
    std::set<std::string> authors;
    int decided = 0, orders = 0;
    bool reported = false;
    do {
      Json page = TRY(reviewers_[0].call(
          "GET", "/v1/cases/" + result_.case_id + "/timeline?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor)));
      page["items"].each([&](Json event) {
        std::string kind(event.get_string("kind"));
        ++result_.ledger[kind];
        Json fields = event["fields"].is_object() ? event["fields"] : event;
        reported = reported || kind == "pile_taken";
        if (kind == "items_joined" && fields.get_bool("joined_later")) {
          (reported ? result_.joined_later : result_.found_before) += static_cast<int>(fields.get_int("count"));
        }
        if (kind == "signal_raised") {
          result_.found_before += static_cast<int>(fields["items"].size());
        }
        if (kind == "decided") {
          decided += static_cast<int>(fields["items"].size());
          fields["notices"].each([&](Json notice) {
            std::string what(notice.get_string("kind"));
            result_.told_reporter += what == "outcome" ? 1 : 0;
            result_.told_authors += what == "statement_of_reasons" ? 1 : 0;
          });
        }
        orders += static_cast<int>(fields["actions"].size());
      });
      cursor = page.get_string("next_cursor");
    } while (!cursor.empty());

    cursor.clear();
    std::set<std::string> in_case;
    do {
      Json page = TRY(reviewers_[0].call(
          "GET", "/v1/cases/" + result_.case_id + "/items?limit=200" + (cursor.empty() ? "" : "&cursor=" + cursor)));
      page["items"].each([&](Json item) { in_case.emplace(item.get_string("id")); });
      cursor = page.get_string("next_cursor");
    } while (!cursor.empty());
    int aimed = 0, aimed_decided = 0;
    for (const auto& [post, truth] : truth_) {
      if (truth.sort == Sort::Benign) {
        continue;
      }
      ++aimed;
      aimed_decided += truth.decided ? 1 : 0;
      if (in_case.contains(post)) {
        authors.insert(truth.author);
      } else {
        ++result_.excluded_benign;
      }
    }
    authors.erase(id(kFriend));
    result_.items = static_cast<int>(in_case.size());
    result_.authors = static_cast<int>(authors.size());
    result_.cases = static_cast<int>(decided_in_.size());

    auto expect = [&](bool holds, const std::string& what) {
      if (!holds) {
        result_.faults.push_back(what);
      }
    };
    expect(result_.posts_refused == 0, std::to_string(result_.posts_refused) + " posts were refused");
    expect(result_.items == aimed,
           "her case holds " + std::to_string(result_.items) + " posts of " + std::to_string(aimed));
    expect(aimed_decided == aimed, std::to_string(aimed - aimed_decided) + " posts were judged by nobody");
    expect(decided == result_.items,
           "the ledger has " + std::to_string(decided) + " decisions for " + std::to_string(result_.items) + " posts");
    expect(result_.violations + result_.left_up == decided, "reviewers decided " +
                                                                std::to_string(result_.violations + result_.left_up) +
                                                                ", the ledger says " + std::to_string(decided));
    expect(result_.authors == options_.senders,
           "the case knows " + std::to_string(result_.authors) + " senders of " + std::to_string(options_.senders));
    expect(result_.cases == 1, "her night is in " + std::to_string(result_.cases) + " cases");
    expect(result_.quote_left_up, "the supportive quote was not left up");
    expect(orders == result_.orders,
           "the ledger has " + std::to_string(orders) + " orders, the feed " + std::to_string(result_.orders));
    expect(result_.confirmed == result_.orders, "orders without confirmation");
    expect(result_.friends_blocked == 0, "her friend was blocked");
    expect(result_.blocked_accounts == options_.senders,
           "blocked " + std::to_string(result_.blocked_accounts) + " accounts");
    expect(result_.address_seen_max <= std::chrono::minutes(15),
           "an address waited longer than fifteen minutes for a person");
    expect(result_.life_seen_max <= std::chrono::minutes(15),
           "a threat to life waited longer than fifteen minutes for a person");
    expect(result_.address_past_sleeper, "no address passed the sleeping reviewer");
    expect(result_.told_reporter > 0 && result_.told_authors > 0, "not everybody was told");
    return {};
  }

  const CampaignerOptions& options_;
  const Texts& texts_;
  std::mt19937_64 random_;
  CampaignerResult result_;
  std::vector<Caller> platform_, reviewers_;
  std::vector<Step> steps_;
  std::unordered_map<std::string, Truth> truth_;
  std::set<std::string> decided_in_;
  std::string sleeping_claim_, cursor_;
  Time asleep_until_{}, now_{};
};

}  // namespace

Result<CampaignerResult> play_campaigner(const CampaignerOptions& options, const Texts& texts) {
  return Night(options, texts).play();
}

}  // namespace heed::simulate
