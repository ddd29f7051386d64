#include <unistd.h>

#include <fmt/format.h>

#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "app/commands.h"
#include "app/house.h"
#include "app/output.h"
#include "app/recent_walk.h"
#include "app/settings.h"
#include "assess/plan.h"
#include "base/file.h"
#include "base/json.h"
#include "model/sample.h"
#include "post/post.h"
#include "stream/windows.h"

/// heed rules backtest: what a changed pack would do to posts of a file, or to those that the server keeps.
namespace heed::app {
namespace {

/// What a changed pack would do to posts that are there.
class Backtest {
 public:
  Backtest(const assess::Assessor& now, const assess::Assessor& changed)
      : now_(now), changed_(changed), scratch_now_(now.scratch()), scratch_changed_(changed.scratch()) {}

  /// `label`: 1 a violation, 0 none, -1 unknown.
  void post(const post::Post& post, int label) {
    now_.first_stage(post, *scratch_now_, before_);
    now_.second_stage(post, windows_now_, *scratch_now_, before_);
    changed_.first_stage(post, *scratch_changed_, after_);
    ++posts_;
    labelled_ += label < 0 ? 0 : 1;
    count(label);
    const bool waited = after_.windows_decide;
    changed_.second_stage(post, windows_changed_, *scratch_changed_, after_);
    if (waited && !after_.windows_decide) {
      count(label);  // the rules that waited, and no others
    }
    if (before_.verdict == after_.verdict && before_.review == after_.review) {
      return;
    }
    const auto what = [](const assess::Assessment& a) {
      return std::string(assess::verdict_name(a.verdict)) + (a.review ? ", opens a case" : "");
    };
    Change& change = changes_[what(before_) + " -> " + what(after_)];
    ++change.posts;
    change.right += label == 1 ? 1 : 0;
    change.wrong += label == 0 ? 1 : 0;
    if (change.examples.size() < kExamples) {
      change.examples.emplace_back(post.text.substr(0, kExampleBytes));
    }
  }
  Output output() const {
    Output out;
    out.fact("posts", "Posts", cell(posts_));
    out.fact("labelled", "Of these labelled", cell(labelled_));
    out.columns({{"what", "What"},
                 {"posts", "Posts"},
                 {"violations", "Labelled 1"},
                 {"harmless", "Labelled 0"},
                 {"precision", "Share of 1"},
                 {"example", "Example"}});
    const auto precision = [](std::uint64_t right, std::uint64_t wrong) {
      return right + wrong == 0
                 ? std::string("-")
                 : fmt::format("{:.3f}", static_cast<double>(right) / static_cast<double>(right + wrong));
    };
    for (const auto& [what, change] : changes_) {
      for (std::size_t i = 0; i < change.examples.size(); ++i) {
        if (i == 0) {
          out.row({what, cell(change.posts), cell(change.right), cell(change.wrong),
                   precision(change.right, change.wrong), change.examples[i]});
        } else {
          out.row({std::string(), {}, {}, {}, {}, change.examples[i]});
        }
      }
    }
    for (const auto& [rule, count] : rules_) {
      out.row({"rule " + changed_.plan().rules()[rule].text.id,
               cell(count.fired),
               cell(count.right),
               cell(count.wrong),
               precision(count.right, count.wrong),
               {}});
    }
    return out;
  }
  std::uint64_t posts() const { return posts_; }

 private:
  void count(int label) {
    for (const std::uint32_t rule : assess::Assessor::fired(*scratch_changed_)) {
      Count& count = rules_[rule];
      ++count.fired;
      ++(label == 1 ? count.right : label == 0 ? count.wrong : count.unknown);
    }
  }

  static constexpr std::size_t kExamples = 3, kExampleBytes = 100;
  struct Change {
    std::uint64_t posts = 0, right = 0, wrong = 0;
    std::vector<std::string> examples;
  };
  struct Count {
    std::uint64_t fired = 0, right = 0, wrong = 0, unknown = 0;
  };
  const assess::Assessor& now_;
  const assess::Assessor& changed_;
  std::unique_ptr<assess::Scratch, assess::ScratchDeleter> scratch_now_, scratch_changed_;
  stream::Windows windows_now_, windows_changed_;
  assess::Assessment before_, after_;
  std::uint64_t posts_ = 0, labelled_ = 0;
  std::map<std::string, Change> changes_;
  std::map<std::uint32_t, Count> rules_;
};

/// Labelled texts as `heed train` takes them. `column` names one of the model's labels; "label": any of toxicity,
/// attack on a group and threat.
Result<void> read_labelled(const std::string& name, const std::string& column, Backtest& run) {
  std::vector<std::size_t> asked;
  for (std::size_t i = 0; i < model::kLabels; ++i) {
    const auto label = static_cast<model::Label>(i);
    const bool usual =
        label == model::Label::Toxicity || label == model::Label::IdentityAttack || label == model::Label::Threat;
    if (column == model::kLabelNames[i] || (column == "label" && usual)) {
      asked.push_back(i);
    }
  }
  if (asked.empty()) {
    return invalid("--label", "names none of the labels of a table; toxicity, identity_attack, threat, …");
  }
  post::Post post;
  for (const model::Sample& sample : TRY(model::read_samples(name)).all) {
    int truth = -1;
    for (const std::size_t label : asked) {
      truth = std::max(truth, static_cast<int>(sample.labels[label]));
    }
    post = {};
    post.text = sample.text;
    run.post(post, truth);
  }
  return {};
}

/// Also where nobody looks on: nothing is printed then.
void show_bar(std::uint64_t done, std::uint64_t of, std::uint64_t posts) {
  static const bool watched = isatty(STDERR_FILENO) != 0;
  if (watched && of > 0) {
    constexpr std::uint64_t kBar = 40;
    const std::uint64_t full =
        std::min(kBar, static_cast<std::uint64_t>(static_cast<double>(done) * kBar / static_cast<double>(of)));
    std::fprintf(stderr, "\r[%s%s] %llu posts", std::string(full, '#').c_str(), std::string(kBar - full, ' ').c_str(),
                 static_cast<unsigned long long>(posts));
  }
}
void end_bar() {
  if (isatty(STDERR_FILENO) != 0) {
    std::fputs("\r\033[K", stderr);
  }
}

volatile std::sig_atomic_t interrupted = 0;

/// Ctrl-C ends the walk, not the answer: what was found until then is told, and where to go on.
class UntilInterrupted {
 public:
  UntilInterrupted() : before_(std::signal(SIGINT, [](int) { interrupted = 1; })) { interrupted = 0; }
  ~UntilInterrupted() { std::signal(SIGINT, before_); }
  UntilInterrupted(const UntilInterrupted&) = delete;
  UntilInterrupted& operator=(const UntilInterrupted&) = delete;
  bool over() const { return interrupted != 0; }

 private:
  void (*before_)(int);
};

/// The posts that the server keeps, with what people decided on them as labels.
Result<Output> backtest_recent(const Arguments& arguments, const Settings& settings, Backtest& run) {
  const SystemClock clock;
  RecentWalk::Options options;
  options.since = clock.now() - std::chrono::hours(arguments.integer("--hours"));
  options.after = static_cast<std::uint64_t>(arguments.integer("--after"));
  auto walk = TRY(RecentWalk::open(settings, clock, options));
  const auto most = static_cast<std::uint64_t>(arguments.integer("--posts"));
  JsonParser parser;
  post::Post post;
  std::uint64_t refused = 0, damaged = 0, first = 0, after = options.after;
  bool done = false;
  const UntilInterrupted until;
  while (!done && run.posts() < most && !until.over()) {
    const RecentWalk::Slice slice = TRY(walk->next());
    for (const RecentWalk::Post& one : slice.posts) {
      first = first == 0 ? one.arrival : first;
      if (run.posts() == most || until.over()) {
        break;
      }
      after = one.arrival;
      if (one.json.empty()) {
        continue;  // a deletion
      }
      if (!post::parse_post(parser, one.json, Time::max() - std::chrono::hours(1), post)) {
        ++refused;
        continue;
      }
      run.post(post, one.label);
    }
    damaged += slice.damaged;
    const bool all = slice.posts.empty() || after == slice.posts.back().arrival;
    if (all) {
      after = slice.next_after;
      done = slice.done;
    }
    show_bar(after - std::min(first, after), walk->newest() - std::min(first, walk->newest()), run.posts());
  }
  end_bar();
  Output out = run.output();
  out.fact("refused", "Stored posts that could not be read", cell(refused));
  out.fact("damaged", "Damaged blocks left out", cell(damaged));
  out.fact("complete", "All that were asked for", done);
  if (!done) {
    out.fact("next", "Go on with --after", cell(after));
  }
  out.note("Labels are decisions by people that stand. Windows begin empty with the first of these posts.");
  return out;
}

int backtest(const Arguments& arguments) {
  auto changed = load_policy_pack(arguments.text("--pack"));
  auto settings = load_settings(arguments);
  if (!changed || !settings) {
    return complain(!changed ? changed.error() : settings.error());
  }
  auto now = arguments.given("--against") ? load_policy_pack(arguments.text("--against")) : load_policy_pack(*settings);
  if (!now) {
    return complain(now.error());
  }
  const std::string name = arguments.text("file"), column = arguments.text("--label");
  Backtest run(*now->assessor, *changed->assessor);
  if (name == "recent") {
    return print(backtest_recent(arguments, *settings, run), arguments);
  }
  std::error_code error;
  const auto size = std::filesystem::file_size(name, error);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(name.c_str(), "rb"), std::fclose);
  if (in == nullptr) {
    return complain(io_error("opening", name, errno).value());
  }
  if (name.ends_with(".tsv") || name.ends_with(".tsv.gz")) {
    if (auto read = read_labelled(name, column, run); !read) {
      return complain(read.error());
    }
    return print(run.output(), arguments);
  }
  JsonParser parser, labels;
  post::Post post;
  std::uint64_t refused = 0;
  auto each = [&](std::uint64_t, std::string_view line, bool too_long) {
    if (too_long || !post::parse_post(parser, line, Time::max() - std::chrono::hours(1), post)) {
      ++refused;
      return;
    }
    const auto json = labels.parse(line);
    const Json label = json ? (*json)[column] : Json();
    const auto truth = label.boolean();
    run.post(post, label.missing() || label.is_null() ? -1
                   : truth                            ? (*truth ? 1 : 0)
                   : label.number().value_or(0) > 0   ? 1
                                                      : 0);
  };
  post::LineSplitter lines;
  std::string buffer(1 << 18, '\0');
  std::uint64_t done = 0;
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), in.get())) > 0;) {
    lines.feed({buffer.data(), n}, each);
    done += n;
    show_bar(done, size, run.posts());
  }
  lines.finish(each);
  end_bar();
  Output out = run.output();
  out.fact("refused", "Lines that are no post", cell(refused));
  return print(out, arguments);
}

}  // namespace

Command backtest_command() {
  using Kind = Option::Kind;
  return {
      .name = "backtest",
      .sentence = "What a changed pack would do to posts of a file or to the recent ones, against the pack in force",
      .options = with_settings(
          {{.name = "file",
            .sentence = "Posts, one a line as JSON, or labelled texts as .tsv or .tsv.gz; or the word recent: the "
                        "posts that the data folder keeps, whether its server runs or not",
            .required = true},
           {.name = "--pack", .sentence = "The changed policy folder", .required = true},
           {.name = "--against", .sentence = "A policy folder to compare with, instead of the settings'"},
           {.name = "--label", .sentence = "Member that says 1 or true for a violation", .fallback = "label"},
           {.name = "--hours",
            .sentence = "recent: posts that arrived in the last so many hours",
            .kind = Kind::Int,
            .fallback = "24",
            .min = 1,
            .max = 87600},
           {.name = "--posts", .sentence = "recent: at the most", .kind = Kind::Int, .fallback = "1000000", .min = 1},
           {.name = "--after",
            .sentence = "recent: go on behind this arrival number, which an earlier run named",
            .kind = Kind::Int,
            .fallback = "0",
            .min = 0},
           json_option()}),
      .run = backtest};
}

}  // namespace heed::app
