#include "app/demo_night.h"

#include <algorithm>
#include <random>
#include <span>
#include <tuple>
#include <utility>

#include "base/json.h"
#include "base/log.h"

namespace heed::app {
namespace {

constexpr std::string_view kHer = "mira";
constexpr Millis kStep = Millis(400);                // real time
constexpr Millis kReads = std::chrono::seconds(90);  // story time that the reviewer takes for a post
constexpr std::size_t kShown = 40;
constexpr int kSenders = 12;

// Unkind enough that it is clear what goes on, and no worse.
constexpr std::string_view kUnkind[] = {
    "@mira nobody asked you, go away",
    "@mira you are a fool and everybody knows it",
    "@mira shut up, shut up, shut up",
    "@mira what a pathetic clown you are",
    "@mira we know which cafe you sit in, do not feel too safe",
    "@mira delete your account, you stupid loser",
    "@mira still here? You will be sorry",
    "@mira you make me sick, you idiot",
    "@mira nobody will miss you when you are gone from here",
    "@mira watch your back on the way home",
};
constexpr std::string_view kKind[] = {
    "@mira thank you for the banknote campaign, my daughter drew a picture of it",
    "@mira do not let them get to you",
    "@mira they wrote \"you are a fool\" to you. I am ashamed of this place tonight",
};
constexpr std::string_view kOrdinary[] = {
    "The number 12 bus is late again",
    "Has anybody seen a grey cat near the mill?",
    "Bread is in the oven",
    "That goal in the last minute!",
    "Reading by the window while it rains",
    "Does somebody lend me a ladder on Saturday?",
    "The heron is back at the pond",
    "New strings on the old guitar",
    "Soup for the whole week",
    "My tomatoes have given up",
    "Three parcels and none of them mine",
    "The choir needs a tenor",
};

std::string_view pick(std::span<const std::string_view> from, std::mt19937& random) {
  return from[random() % from.size()];
}

}  // namespace

DemoNight::DemoNight(Options options) : options_(std::move(options)) { write_script(); }

DemoNight::~DemoNight() { end(); }

void DemoNight::end() {
  stopping_ = true;
  if (thread_.joinable()) {
    thread_.join();
  }
}

void DemoNight::write_script() {
  std::mt19937 random(20131);
  std::vector<Post> posts;
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(options_.length).count();
  auto add = [&](std::string_view kind, std::int64_t at, std::string author, std::string_view text, bool to_her,
                 bool bad) {
    Post post;
    post.id = std::string(kind) + std::to_string(posts.size());
    post.author = std::move(author);
    post.text = text;
    post.at = options_.start + std::chrono::seconds(at);
    post.to_her = to_her;
    post.bad = bad;
    posts.push_back(std::move(post));
  };
  for (std::int64_t at = 60; at < seconds; at += 72) {  // fifty an hour
    add("u", at + static_cast<std::int64_t>(random() % 30), "sender" + std::to_string(random() % kSenders),
        pick(kUnkind, random), true, true);
  }
  for (std::int64_t at = 20; at < seconds; at += 150) {
    add("o", at, "neighbour" + std::to_string(random() % 40), pick(kOrdinary, random), false, false);
  }
  for (std::int64_t at = 700; at < seconds; at += 2400) {
    add("k", at, "friend" + std::to_string(random() % 5), pick(kKind, random), true, false);
  }
  std::stable_sort(posts.begin(), posts.end(), [](const Post& a, const Post& b) { return a.at < b.at; });
  state_.with([&](State& state) {
    state.posts = std::move(posts);
    state.now = options_.start;
  });
}

void DemoNight::note(const std::string& what) {
  state_.with([&](State& state) {
    state.log.emplace_back(state.now, what);
    if (state.log.size() > 200) {
      state.log.erase(state.log.begin());
    }
  });
}

std::string DemoNight::token(const std::string& account, Time now) const {
  const std::int64_t seconds = std::chrono::duration_cast<std::chrono::seconds>(now.time_since_epoch()).count();
  JsonWriter claims;
  claims.begin_object().field("iss", "platform").field("aud", "heed").field("sub", account).field("handle", account);
  claims.field("iat", seconds).field("exp", seconds + 20 * 3600).end_object();
  return http::make_jwt({.kid = "", .algorithm = http::JwtKey::Algorithm::HS256, .material = options_.user_secret},
                        options_.user_secret, claims.take());
}

// --- the night ------------------------------------------------------------------------------------------------------

Result<void> DemoNight::begin(const std::string& url, const std::string& key, const std::string& reviewer,
                              const std::string& password) {
  url_ = url;
  platform_ = TRY(simulate::Caller::connect(url, {{"Authorization", "Bearer " + key}}));
  reviewer_ = TRY(simulate::Caller::log_in(url, reviewer, password));
  thread_ = std::thread([this] { loop(); });
  return {};
}

void DemoNight::loop() {
  while (!stopping_) {
    std::this_thread::sleep_for(kStep);
    if (auto stepped = step(); !stepped) {
      log::warn("demo_step_failed", {{"reason", log::safe(stepped.error().message)}});
    }
  }
}

Result<void> DemoNight::step() {
  const auto [paused, now] = state_.with([&](State& state) {
    const Millis ahead(static_cast<std::int64_t>(static_cast<double>(kStep.count()) * options_.speed));
    if (!state.paused && !state.over) {
      state.now += ahead;
      state.over = state.now >= options_.start + options_.length;
    }
    return std::pair(state.paused, state.now);
  });
  if (!paused) {
    JsonWriter body;
    body.begin_object().field("now", format_time(now)).end_object();
    TRY(platform_->call("POST", "/test/clock", body.take()));
    TRY(publish(now));
  }
  TRY(report());
  TRY(review());
  TRY(carry_out());
  return look_for_author();
}

/// Tells Heed of what has been written since, by the script or by a visitor.
Result<void> DemoNight::publish(Time upto) {
  std::string body;
  auto sent = state_.with([&](State& state) {
    for (std::string& text : state.wanted) {
      Post post;
      post.id = "v" + std::to_string(state.posts.size());
      post.author = state.author.empty() ? "sender0" : state.author;
      post.text = std::move(text);
      post.at = upto - Millis(1);
      post.to_her = post.bad = true;
      state.posts.push_back(std::move(post));
    }
    state.wanted.clear();
    std::vector<std::string> ids;
    for (Post& post : state.posts) {
      if (post.sent || post.at > upto) {
        continue;
      }
      JsonWriter line(body);
      line.begin_object()
          .field("id", post.id)
          .field("text", post.text)
          .field("created_at", format_time(post.at))
          .field("lang", "en");
      line.key("author").begin_object().field("id", post.author).field("handle", post.author).end_object();
      if (post.to_her) {
        line.key("mentions").begin_array().value(kHer).end_array();
      }
      line.end_object();
      body += '\n';
      post.sent = true;
      ids.push_back(post.id);
    }
    return ids;
  });
  if (sent.empty()) {
    return {};
  }
  auto answered = platform_->call("POST", "/v1/posts", body, {{"Content-Type", "application/x-ndjson"}});
  return answered ? Result<void>() : tl::unexpected(answered.error());
}

Result<void> DemoNight::report() {
  const auto [due, now] = state_.with([&](State& state) {
    return std::pair(!state.reported && !state.take_her && state.now >= options_.start + options_.report_after,
                     state.now);
  });
  if (!due) {
    return {};
  }
  auto her = TRY(simulate::Caller::connect(url_, {{"Authorization", "Bearer " + token(std::string(kHer), now)}}));
  JsonWriter body;
  body.begin_object()
      .key("pile")
      .begin_object()
      .field("target", kHer)
      .field("since", format_time(options_.start))
      .end_object();
  body.field("about", "me").key("symptoms").begin_array().value("harassment").value("threat_of_violence").end_array();
  body.field("fears_for_safety", true)
      .key("relief")
      .begin_array()
      .value("hide")
      .end_array()
      .field("channel", "mobile_web")
      .end_object();
  Json receipt = TRY(her.call("POST", "/v1/reports", body.take(), {{"Idempotency-Key", "the-night"}}));
  note("She reports once. Her number is " + std::string(receipt.get_string("number")) + ": " +
       std::to_string(receipt.get_int("items_accepted")) + " posts are taken.");
  state_.with([](State& state) { state.reported = true; });
  return {};
}

Result<void> DemoNight::review() {
  auto [hand, take, verdict, now] = state_.with([](State& state) {
    return std::tuple(state.in_hand, state.take_reviewer, std::exchange(state.verdict, ""), state.now);
  });
  if (!hand) {
    Json claim = TRY(reviewer_->call("POST", "/v1/queues/default/claims", R"({"items_max":1})"));
    if (reviewer_->status() == 204) {
      return {};
    }
    InHand next;
    next.claim_id = claim.get_string("claim_id");
    next.case_id = claim.get_string("case_id");
    next.since = now;
    Json page = TRY(reviewer_->call("GET", "/v1/cases/" + next.case_id + "/items?limit=1&claim=" + next.claim_id));
    page["items"].each([&](Json item) {
      next.item_id = item.get_string("item_id");
      next.post_id = item.get_string("id");
      next.lane = item.get_string("lane");
      item["evidence"]["versions"].each([&](Json version) { next.text = version["post"].get_string("text"); });
    });
    if (next.item_id.empty()) {
      return fail(Code::Internal, "a claim holds no item");
    }
    state_.with([&](State& state) { state.in_hand = next; });
    return {};
  }
  if (auto beat = reviewer_->call("PUT", "/v1/claims/" + hand->claim_id); !beat) {  // the lease has run out
    state_.with([](State& state) { state.in_hand.reset(); });
    return {};
  }
  if (!take && verdict.empty() && now >= hand->since + kReads) {
    verdict = state_.with([&](State& state) {
      auto post =
          std::find_if(state.posts.begin(), state.posts.end(), [&](const Post& p) { return p.id == hand->post_id; });
      return post != state.posts.end() && post->bad ? "violation" : "no_violation";
    });
  }
  if (verdict.empty()) {
    return {};
  }
  JsonWriter body;
  body.begin_object()
      .field("claim_id", hand->claim_id)
      .key("items")
      .begin_array()
      .begin_object()
      .field("item_id", hand->item_id)
      .field("outcome", verdict);
  body.field("clause", "targeted_harassment");
  if (verdict == "violation") {
    body.field("ground", "terms").field("facts", "It is one of many aimed at her tonight, and says nothing but that.");
    body.key("actions").begin_array().begin_object().field("kind", "remove").end_object().end_array();
  }
  body.end_object().end_array().end_object();
  TRY(reviewer_->call("POST", "/v1/cases/" + hand->case_id + "/decisions", body.take()));
  state_.with([&](State& state) {
    ++state.decided;
    if (state.author.empty() && verdict == "violation") {
      for (const Post& post : state.posts) {
        if (post.id == hand->post_id) {
          state.author = post.author;
        }
      }
    }
    state.in_hand.reset();
  });
  return {};
}

/// The platform does what is ordered, and only then says that it is done.
Result<void> DemoNight::carry_out() {
  auto answered = platform_->call("GET", "/v1/actions?limit=200&cursor=" + cursor_);
  // NDJSON is no single document: what was read stands in body().
  const std::string feed = platform_->body();
  if (!answered && platform_->status() != 200) {
    return tl::unexpected(answered.error());
  }
  JsonParser parser(64);
  std::size_t at = 0;
  for (std::size_t end; (end = feed.find('\n', at)) != std::string::npos; at = end + 1) {
    Json order = TRY(parser.parse(std::string_view(feed).substr(at, end - at)));
    const std::string id(order.get_string("action_id"));
    const bool undo = order.get_string("kind") == "undo";
    const std::string kind(undo ? order["undoes"].get_string("kind") : order.get_string("kind"));
    std::set<std::string> posts;
    posts.insert(std::string(order["item"].get_string("id")));
    order["posts"].each([&](Json post) { posts.insert(std::string(post.string().value_or(""))); });
    state_.with([&](State& state) {
      ++state.orders;
      for (Post& post : state.posts) {
        if (posts.contains(post.id)) {
          (kind == "hide_from_reporter" ? post.hidden_from_her : post.removed) = !undo && kind != "warn";
        }
      }
    });
    TRY(platform_->call("POST", "/v1/actions/" + id + "/result", R"({"state":"done"})"));
    state_.with([](State& state) { ++state.confirmed; });
    cursor_ = id;
  }
  return {};
}

Result<void> DemoNight::look_for_author() {
  const auto [author, told, now] =
      state_.with([](State& state) { return std::tuple(state.author, state.author_told, state.now); });
  if (author.empty() || told) {
    return {};
  }
  auto him = TRY(simulate::Caller::connect(url_, {{"Authorization", "Bearer " + token(author, now)}}));
  Json cases = TRY(him.call("GET", "/v1/cases"));
  if (cases["items"].size() > 0) {
    state_.with([](State& state) { state.author_told = true; });
    note("The author has the reasons. Of whoever reported it says nothing.");
  }
  return {};
}

// --- the page's own routes ------------------------------------------------------------------------------------------

std::string DemoNight::state_json() const {
  JsonWriter out;
  state_.with([&](const State& state) {
    out.begin_object()
        .field("now", format_time(state.now))
        .field("started", format_time(options_.start))
        .field("speed", options_.speed);
    out.field("paused", state.paused)
        .field("over", state.over)
        .field("take_her", state.take_her)
        .field("take_reviewer", state.take_reviewer);
    out.field("reported", state.reported)
        .field("decided", state.decided)
        .field("orders", state.orders)
        .field("confirmed", state.confirmed);
    int aimed = 0, gone = 0;
    auto list = [&](std::string_view name, auto wanted) {
      std::vector<const Post*> shown;
      for (auto post = state.posts.rbegin(); post != state.posts.rend() && shown.size() < kShown; ++post) {
        if (post->sent && wanted(*post)) {
          shown.push_back(&*post);
        }
      }
      out.key(name).begin_array();
      for (const Post* post : shown) {
        out.begin_object()
            .field("id", post->id)
            .field("author", post->author)
            .field("text", post->text)
            .field("at", format_time(post->at))
            .end_object();
      }
      out.end_array();
    };
    list("public", [](const Post& post) { return !post.removed; });
    list("mentions", [](const Post& post) { return post.to_her && !post.removed && !post.hidden_from_her; });
    for (const Post& post : state.posts) {
      aimed += post.sent && post.to_her ? 1 : 0;
      gone += post.sent && post.to_her && post.removed ? 1 : 0;
    }
    out.field("aimed", aimed)
        .field("gone", gone)
        .field("author", state.author)
        .field("author_told", state.author_told)
        .key("in_hand");
    if (state.in_hand) {
      out.begin_object()
          .field("post_id", state.in_hand->post_id)
          .field("text", state.in_hand->text)
          .field("lane", state.in_hand->lane)
          .end_object();
    } else {
      out.null();
    }
    out.key("log").begin_array();
    for (const auto& [at, what] : state.log) {
      out.begin_object().field("at", format_time(at)).field("text", what).end_object();
    }
    out.end_array().end_object();
  });
  return out.take();
}

void DemoNight::act(http::Request request, http::Reply reply) {
  JsonParser parser;
  auto json = parser.parse(request.body);
  // Only this page: another site's form cannot send this type without asking first.
  if (!json || request.header("content-type") != "application/json") {
    reply.send({.status = 400, .content_type = "text/plain", .body = "JSON, please\n"});
    return;
  }
  const std::string what(json->get_string("what")), text(json->get_string("text"));
  const bool on = json->get_bool("on");
  const bool known = state_.with([&](State& state) {
    if (what == "pause") {
      state.paused = on;
    } else if (what == "take_her") {
      state.take_her = on;
    } else if (what == "take_reviewer") {
      state.take_reviewer = on;
    } else if (what == "reported") {
      state.reported = true;
    } else if (what == "decide" && (text == "violation" || text == "no_violation") && state.in_hand &&
               json->get_string("post_id") == state.in_hand->post_id) {
      state.verdict = text;
    } else if (what == "write" && !text.empty() && text.size() <= 500 && state.wanted.size() < 20) {
      state.wanted.push_back(text);
    } else {
      return false;
    }
    return true;
  });
  reply.send({.status = known ? 200 : 409, .content_type = "application/json", .body = state_json()});
}

void DemoNight::add_routes(http::Router& router) {
  router.add(http::Method::Get, "/demo/state", [this](http::Request, http::Reply reply) {
    reply.send({.status = 200, .content_type = "application/json", .body = state_json()});
  });
  router.add(http::Method::Get, "/demo/token", [this](http::Request request, http::Reply reply) {
    const auto [author, now] = state_.with([](State& state) { return std::pair(state.author, state.now); });
    const std::string who = request.query_value("who") == "author" ? author : std::string(kHer);
    reply.send(
        {.status = who.empty() ? 404 : 200, .content_type = "text/plain", .body = who.empty() ? "" : token(who, now)});
  });
  router.add(http::Method::Post, "/demo/act",
             [this](http::Request request, http::Reply reply) { act(std::move(request), std::move(reply)); });
}

}  // namespace heed::app
