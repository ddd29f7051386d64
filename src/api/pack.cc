#include "api/pack.h"

#include <algorithm>
#include <charconv>
#include <deque>
#include <map>

#include "api/pack_versions.h"
#include "api/resources.h"
#include "api/viewer.h"
#include "assess/plan.h"
#include "assess/scenario.h"
#include "casework/judged_posts.h"
#include "policy/builtin.h"
#include "post/post.h"

/// For policy authors: the pack's files as they are, and trying changed rules before they go anywhere. A trial runs
/// with assessors of its own: nothing that it does is counted, kept or told.
namespace heed::api {

PackFiles builtin_pack_files(std::shared_ptr<const policy::Policy> policy) {
  PackFiles out;
  out.policy = std::move(policy);
  auto take = [](std::string_view prefix, std::string_view ending, std::size_t cut, assess::Files& to) {
    for (const policy::BuiltinFile& file : policy::default_policy_files(prefix)) {
      if (file.name.ends_with(ending)) {
        const std::string_view name =
            cut == 0 ? file.name : file.name.substr(cut, file.name.size() - cut - ending.size());
        to.emplace_back(std::string(name), std::string(file.bytes));
      }
    }
  };
  take("lists/", ".tsv", 6, out.lists);
  take("rules/", ".yaml", 0, out.rules);
  take("scenarios/", ".scn", 0, out.scenarios);
  for (const policy::BuiltinFile& file : policy::default_policy_files("")) {
    if (file.name.ends_with(".yaml") && !file.name.starts_with("rules/") && !file.name.starts_with("stories/")) {
      out.clauses.emplace_back(std::string(file.name), std::string(file.bytes));
    }
  }
  return out;
}

std::array<PackKind, 4> kinds_of(const PackFiles& pack) {
  return {{{"lists", pack.lists}, {"rules", pack.rules}, {"scenarios", pack.scenarios}, {"clauses", pack.clauses}}};
}

namespace {

using namespace casework;

constexpr std::size_t kTrialPostsMax = 2000, kExamplesMax = 3, kFailuresMax = 20, kRuleBytesMax = 256 * 1024;
constexpr std::size_t kExampleBytes = 300;
constexpr std::size_t kRecentPostsMax = 20'000;
constexpr Millis kRecentReach = std::chrono::hours(72);
constexpr Millis kRecentBudget = std::chrono::seconds(5);  ///< of real time
const std::vector<std::string_view> kKinds = {"lists", "rules", "scenarios", "clauses"};

Result<PackFiles> pack_of(Desk& desk) { return desk.parts().pack(); }

Result<http::Response> read_pack(Call& call, ledger::View&) {
  const PackFiles pack = TRY(pack_of(call.desk));
  JsonWriter out;
  out.begin_object().field("id", pack.policy->id).field("version", pack.policy->version).key("files").begin_array();
  for (const PackKind& kind : kinds_of(pack)) {
    for (const auto& [name, text] : kind.files) {
      out.begin_object().field("kind", kind.name).field("name", name);
      out.field("bytes", static_cast<std::int64_t>(text.size()))
          .field("sha256", to_hex(view(sha256(text))))
          .end_object();
    }
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}
void get_pack(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_pack);
}

Result<http::Response> read_file(Call& call, ledger::View&) {
  const PackFiles pack = TRY(pack_of(call.desk));
  const std::string_view wanted = call.request.query_value("kind").value_or(""),
                         named = call.request.query_value("name").value_or("");
  for (const PackKind& kind : kinds_of(pack)) {
    for (const auto& [name, text] : kind.files) {
      if (kind.name == wanted && name == named) {
        JsonWriter out;
        out.begin_object().field("kind", kind.name).field("name", name).field("text", text);
        out.field("sha256", to_hex(view(sha256(text)))).end_object();
        return json_answer(200, out.take());
      }
    }
  }
  return not_found();
}
void get_file(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_file);
}

// --- versions ---------------------------------------------------------------------------------------------

Result<http::Response> read_versions(Call& call, ledger::View&) {
  JsonWriter out;
  out.begin_object().key("items").begin_array();
  if (const PackVersions* kept = call.desk.parts().pack_versions) {
    for (const PackVersions::Version& one : TRY(kept->list())) {
      out.begin_object().field("number", static_cast<std::int64_t>(one.number)).field("at", format_time(one.at));
      out.field("by", one.by).field("id", one.id).field("version", one.version).key("changes").begin_array();
      for (const PackVersions::Change& change : one.changes) {
        out.begin_object().field("kind", change.kind).field("name", change.name).field("what", change.what);
        out.end_object();
      }
      out.end_array().end_object();
    }
  }
  out.end_array().end_object();
  return json_answer(200, out.take());
}
void get_versions(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_versions);
}

Result<http::Response> read_version(Call& call, ledger::View&) {
  const PackVersions* kept = call.desk.parts().pack_versions;
  const std::string_view text = call.request.path_param("number");
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (kept == nullptr || error != std::errc() || end != text.data() + text.size()) {
    return not_found();
  }
  const auto texts = TRY(kept->texts(number, call.request.query_value("kind").value_or(""),
                                     call.request.query_value("name").value_or("")));
  JsonWriter out;
  out.begin_object();
  for (const auto& [name, said] : {std::pair{"before", &texts.before}, {"after", &texts.after}}) {
    if (*said) {
      out.field(name, **said);
    } else {
      out.key(name).null();
    }
  }
  out.end_object();
  return json_answer(200, out.take());
}
void get_version(Call call) {
  Desk& desk = call.desk;
  desk.read(std::move(call), read_version);
}

// --- trials -----------------------------------------------------------------------------------------------

struct Trial {
  assess::Files rules;   ///< instead of the file of that name, or beside them
  std::string scenario;  ///< "" none of one's own
  std::size_t posts = 500;
  std::size_t recent = 0;  ///< of the posts of the last days, whoever judged them, the newest
};

Result<Trial> read_trial(const Call& call) {
  Trial out;
  FieldReader in(TRY(body_json(call.request)), "");
  std::size_t place = 0;
  in.optional_array("rules", 20).each([&](Json one) {
    FieldReader file(one, "/rules/" + std::to_string(place++));
    const std::string name(file.required_string("name", 1, 100));
    const std::string text(file.required_string("text", 0, kRuleBytesMax));
    if (!name.starts_with("rules/") || !name.ends_with(".yaml") || name.find("..") != std::string::npos) {
      file.error("name", "must be rules/<name>.yaml");
    }
    in.merge(file.take_errors());
    out.rules.emplace_back(name, text);
  });
  out.scenario = in.optional_string("scenario", kRuleBytesMax);
  out.posts = static_cast<std::size_t>(in.optional_int("posts", 0, kTrialPostsMax, 500));
  out.recent = static_cast<std::size_t>(in.optional_int("recent", 0, kRecentPostsMax, 0));
  TRY(in.done());
  return out;
}

void write_faults(JsonWriter& out, std::string_view name, const std::vector<FieldError>& faults) {
  out.key(name).begin_array();
  for (std::size_t i = 0; i < std::min(faults.size(), kFailuresMax); ++i) {
    out.begin_object().field("at", faults[i].pointer).field("detail", faults[i].detail).end_object();
  }
  out.end_array();
}

/// One post through both assessors.
class Comparison {
 public:
  Comparison(const assess::Assessor& now, const assess::Assessor& changed)
      : now_(now), changed_(changed), scratch_now_(now.scratch()), scratch_changed_(changed.scratch()) {}

  void judge(const JudgedPost& judged, Time now) {
    const bool whole = !judged.json.empty() && post::parse_post(parser_, judged.json, now, post_).has_value();
    if (!whole) {
      post_ = {};
      post_.text = judged.text;
    }
    Change* change = compare(judged.violation ? &Count::right : &Count::wrong);
    if (change != nullptr && change->examples.size() < kExamplesMax) {
      std::size_t end = std::min(judged.text.size(), kExampleBytes);
      while (end < judged.text.size() && (static_cast<unsigned char>(judged.text[end]) & 0xC0) == 0x80) {
        --end;
      }
      change->examples.push_back(judged.text.substr(0, end));
    }
  }
  /// A post of which nobody may have said anything; nothing of its words is kept. False when it cannot be read.
  bool judge(std::string_view json) {
    if (!post::parse_post(parser_, json, Time::max() - std::chrono::hours(1), post_)) {
      return false;
    }
    compare(&Count::unknown);
    return true;
  }
  void write_recent(JsonWriter& out) const {
    out.key("rules").begin_array();
    for (const auto& [rule, count] : rules_) {
      out.begin_object().field("rule", changed_.plan().rules()[rule].text.id).field("posts", count.unknown);
      out.end_object();
    }
    out.end_array().key("changes").begin_array();
    for (const auto& [what, change] : changes_) {
      out.begin_object().field("before", what.first).field("after", what.second);
      out.field("posts", change.count.unknown).end_object();
    }
    out.end_array();
  }
  void write(JsonWriter& out, bool with_examples) const {
    out.key("rules").begin_array();
    for (const auto& [rule, count] : rules_) {
      out.begin_object().field("rule", changed_.plan().rules()[rule].text.id);
      write_count(out, count);
      out.end_object();
    }
    out.end_array().key("changes").begin_array();
    for (const auto& [what, change] : changes_) {
      out.begin_object().field("before", what.first).field("after", what.second);
      write_count(out, change.count);
      out.key("examples").begin_array();
      for (const std::string& example : change.examples) {
        if (with_examples) {
          out.value(example);
        }
      }
      out.end_array().end_object();
    }
    out.end_array();
  }

 private:
  struct Count {
    std::int64_t right = 0, wrong = 0, unknown = 0;
  };
  struct Change {
    Count count;
    std::vector<std::string> examples;
  };
  /// post_ through both; what it changes, null for nothing.
  Change* compare(std::int64_t Count::*said) {
    now_.first_stage(post_, *scratch_now_, before_);
    changed_.first_stage(post_, *scratch_changed_, after_);
    for (const std::uint32_t rule : assess::Assessor::fired(*scratch_changed_)) {
      ++(rules_[rule].*said);
    }
    if (before_.verdict == after_.verdict && before_.review == after_.review) {
      return nullptr;
    }
    Change& change = changes_[{word(before_), word(after_)}];
    ++(change.count.*said);
    return &change;
  }
  static void write_count(JsonWriter& out, const Count& count) {
    out.field("violations", count.right).field("no_violations", count.wrong);
  }
  static std::string word(const assess::Assessment& a) {
    return std::string(assess::verdict_name(a.verdict)) + (a.review ? "+case" : "");
  }
  const assess::Assessor& now_;
  const assess::Assessor& changed_;
  std::unique_ptr<assess::Scratch, assess::ScratchDeleter> scratch_now_, scratch_changed_;
  assess::Assessment before_, after_;
  JsonParser parser_{32};
  post::Post post_;
  std::map<std::uint32_t, Count> rules_;
  std::map<std::pair<std::string, std::string>, Change> changes_;
};

void write_scenario(JsonWriter& out, std::string_view name, const Result<assess::ScenarioResult>& result) {
  out.begin_object().field("name", name);
  out.field("posts", result ? result->posts : 0).field("expectations", result ? result->expectations : 0);
  out.key("failures").begin_array();
  if (!result) {
    out.value(result.error().message);
  } else {
    for (std::size_t i = 0; i < std::min(result->failures.size(), kFailuresMax); ++i) {
      out.value(result->failures[i]);
    }
  }
  out.end_array().end_object();
}

/// The newest of the recent posts, an hour of arrival after the other, until there are enough or the time is up. Counts
/// alone: what is no item of a case is nobody's to read.
Result<void> try_recent(JsonWriter& out, Desk& desk, Comparison& comparison, std::size_t most) {
  const auto until = std::chrono::steady_clock::now() + kRecentBudget;
  const auto spent = [&] { return std::chrono::steady_clock::now() >= until; };
  const Millis hour = std::chrono::hours(1);
  std::uint64_t upto = desk.parts().posts.watermark();
  // Arrivals are counted without gaps since the last start, so the newest are mostly here; then hour by hour.
  std::uint64_t after = upto > most ? upto - most : 0;
  std::size_t posts = 0;
  bool late = false;
  for (Millis back = hour; back <= kRecentReach && posts < most && upto > 0 && !late; back += hour, after = 0) {
    post::ArrivalRange range{.after = after, .upto = upto, .since = desk.now() - back};
    std::uint64_t first = upto + 1;
    std::deque<std::string> newest;  // a walk begins with the oldest
    for (bool done = false; !done && !late; late = spent()) {
      post::ArrivalSlice slice = TRY(desk.parts().posts.by_arrival(range));
      for (post::StoredPost& one : slice.posts) {
        first = std::min(first, one.arrival);
        if (one.change != post::StoredPost::Change::Delete) {
          newest.push_back(std::move(one.json));
        }
        if (newest.size() > most - posts) {
          newest.pop_front();
        }
      }
      done = slice.done;
      range.after = slice.next_after;
    }
    for (std::size_t i = newest.size(); i > 0 && !late; --i, late = spent()) {
      posts += comparison.judge(newest[i - 1]) ? 1 : 0;
    }
    upto = first - 1;
  }
  out.key("recent").begin_object().field("posts", static_cast<std::int64_t>(posts)).field("complete", !late);
  comparison.write_recent(out);
  out.end_object();
  return {};
}

Result<http::Response> try_out(Desk& desk, const Trial& trial, const JudgedPosts& judged, bool with_examples) {
  const PackFiles pack = TRY(pack_of(desk));
  assess::Files rules = pack.rules;
  for (const auto& [name, text] : trial.rules) {
    auto at = std::find_if(rules.begin(), rules.end(), [&, n = name](const auto& file) { return file.first == n; });
    if (at == rules.end()) {
      rules.emplace_back(name, text);
    } else {
      at->second = text;
    }
  }
  JsonWriter out;
  out.begin_object();
  auto changed = assess::Assessor::make(pack.policy, pack.lists, rules);
  if (!changed) {
    if (changed.error().code != Code::InvalidInput) {
      return tl::unexpected(changed.error());
    }
    write_faults(out, "faults", changed.error().fields);
    out.key("examples").begin_array().end_array().key("scenarios").begin_array().end_array().field("posts", 0);
    out.key("rules").begin_array().end_array().key("changes").begin_array().end_array().end_object();
    return json_answer(200, out.take());
  }
  const auto now = TRY(assess::Assessor::make(pack.policy, pack.lists, pack.rules));
  write_faults(out, "faults", {});
  write_faults(out, "examples", (*changed)->check_examples());
  out.key("scenarios").begin_array();
  for (const auto& [name, text] : pack.scenarios) {
    write_scenario(out, name, assess::run_scenario(name, text, **changed));
  }
  if (!trial.scenario.empty()) {
    write_scenario(out, "yours", assess::run_scenario("yours", trial.scenario, **changed));
  }
  out.end_array().field("posts", static_cast<std::int64_t>(judged.posts.size()));
  Comparison comparison(*now, **changed);
  for (const JudgedPost& post : judged.posts) {
    comparison.judge(post, desk.now());
  }
  comparison.write(out, with_examples);
  if (trial.recent > 0) {
    Comparison recent(*now, **changed);
    TRY(try_recent(out, desk, recent, trial.recent));
  }
  out.end_object();
  return json_answer(200, out.take());
}

void post_trial(Call call) {
  auto trial = read_trial(call);
  if (!trial) {
    call.reply.send_error(trial.error());
    return;
  }
  auto shared = std::make_shared<Call>(std::move(call));
  Desk& desk = shared->desk;
  // The posts from a snapshot, on a reader's thread; what takes long then goes where it holds nobody up.
  const bool queued = desk.plane().read([shared, trial = *std::move(trial)](ledger::View& view) {
    Desk& here = shared->desk;
    auto judged = trial.posts == 0
                      ? Result<JudgedPosts>(JudgedPosts{})
                      : judged_posts(view, here.keys(), *here.policy(), trial.posts, Viewer::may_know(*shared, view));
    if (!judged) {
      shared->reply.send_error(neutral(judged.error()));
      return;
    }
    const bool may_read = readers_of_cases().admits(shared->who);
    const bool taken = here.trial([shared, trial, judged = *std::move(judged), may_read] {
      auto answer = try_out(shared->desk, trial, judged, may_read);
      if (answer) {
        shared->reply.send(*std::move(answer));
      } else {
        shared->reply.send_error(neutral(answer.error()));
      }
    });
    if (!taken) {
      shared->reply.send_error({Code::Unavailable, "too much waits; try again shortly"});
    }
  });
  if (!queued) {
    shared->reply.send_error({Code::Unavailable, "too much waits to be read; try again shortly"});
  }
}

}  // namespace

Resource pack_routes() {
  using namespace schema;
  const Who who = staff(access::Role::Lead) | staff(access::Role::Analyst) | staff(access::Role::Admin);
  const Text file = object({{"kind", words(kKinds)}, {"name", string()}, {"bytes", integer()}, {"sha256", string()}});
  const Text text_or_null = R"({"type":["string","null"]})";
  const Text version =
      object({{"number", integer()},
              {"at", time()},
              {"by", string()},
              {"id", string()},
              {"version", string()},
              {"changes",
               array(object(
                   {{"kind", words(kKinds)}, {"name", string()}, {"what", words({"added", "changed", "removed"})}}))}});
  const Text fault = object({{"at", string()}, {"detail", string()}});
  const Text scenario =
      object({{"name", string()}, {"posts", integer()}, {"expectations", integer()}, {"failures", array(string())}});
  const Text rule = object({{"rule", string()}, {"violations", integer()}, {"no_violations", integer()}});
  const Text recent =
      object({{"posts", integer()},
              {"complete", boolean()},
              {"rules", array(object({{"rule", string()}, {"posts", integer()}}))},
              {"changes", array(object({{"before", string()}, {"after", string()}, {"posts", integer()}}))}});
  const Text change = object({{"before", string()},
                              {"after", string()},
                              {"violations", integer()},
                              {"no_violations", integer()},
                              {"examples", array(string(), kExamplesMax)}});
  return {
      {
          {http::Method::Get,
           "/v1/pack",
           who,
           "rules",
           "The files of the policy pack in force: lists, rules, scenarios.",
           get_pack,
           nullptr,
           {},
           {},
           gives_json(object({{"id", string()}, {"version", string()}, {"files", array(file)}}))},
          {http::Method::Get,
           "/v1/pack/file",
           who,
           "rules",
           "One file of the pack.",
           get_file,
           nullptr,
           {{"kind", words(kKinds), "Which of them.", true}, {"name", string(100), "Its name.", true}},
           {},
           gives_json(object({{"kind", words(kKinds)}, {"name", string()}, {"text", string()}, {"sha256", string()}}))},
          {http::Method::Get,
           "/v1/pack/versions",
           who,
           "rules",
           "Which packs were in force since when, whose file was changed last, and which files changed; newest first. "
           "Kept across restarts.",
           get_versions,
           nullptr,
           {},
           {},
           gives_json(object({{"items", array(version)}}))},
          {http::Method::Get,
           "/v1/pack/versions/{number}/file",
           who,
           "rules",
           "A file as it was before a version and with it; null where it was not there.",
           get_version,
           nullptr,
           {{"kind", words(kKinds), "Which of them.", true}, {"name", string(100), "Its name.", true}},
           {},
           gives_json(object({{"before", text_or_null}, {"after", text_or_null}}))},
          {http::Method::Post,
           "/v1/pack/trials",
           who,
           "rules",
           "What changed rules would do: faults by file and line, examples and scenarios that are not met, and what "
           "would be said otherwise of the newest posts that people have judged. Changes, keeps and counts nothing. "
           "Examples of posts only for those who may read cases. `recent`: the same, in counts alone, of so many of "
           "the newest "
           "posts of the last three days, whoever judged them; `complete` is false where five seconds were not enough. "
           "One trial at a time.",
           post_trial,
           nullptr,
           {},
           takes_json(
               object({{"rules?", array(object({{"name", string(100, 1)}, {"text", string(kRuleBytesMax)}}), 20)},
                       {"scenario?", string(kRuleBytesMax)},
                       {"posts?", integer(0, kTrialPostsMax)},
                       {"recent?", integer(0, kRecentPostsMax)}}),
               R"({"scenario":"post actor=u1 text=\"thank you\"\nexpect verdict=allow","posts":100})"),
           gives_json(ref("Trial")),
           /*idempotent_key=*/false,
           /*body_bytes_max=*/1024 * 1024},
      },
      {{"Trial", object({{"faults", array(fault)},
                         {"examples", array(fault)},
                         {"scenarios", array(scenario)},
                         {"posts", integer()},
                         {"rules", array(rule)},
                         {"changes", array(change)},
                         {"recent?", recent}})}}};
}

}  // namespace heed::api
