#include <unistd.h>

#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>

#include "app/commands.h"
#include "app/house.h"
#include "app/office.h"
#include "app/output.h"
#include "app/settings.h"
#include "assess/plan.h"
#include "assess/scenario.h"
#include "base/file.h"
#include "base/json.h"
#include "model/sample.h"
#include "post/post.h"
#include "rule/value_json.h"
#include "stream/windows.h"

namespace heed::app {
namespace {

/// Answers every line of one file; what was answered is flushed before more is read, so that a person or a
/// program may wait for an answer.
int answer(const std::string& name, rule::LineEvaluator& evaluator) {
  std::FILE* in = name == "-" ? stdin : std::fopen(name.c_str(), "rb");
  if (in == nullptr) {
    return complain(io_error("opening", name, errno).value());
  }
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> closing(in == stdin ? nullptr : in, std::fclose);
  std::string out;
  auto each = [&](std::uint64_t, std::string_view line, bool too_long) {
    if (line.find_first_not_of(" \t\r") == std::string_view::npos && !too_long) {
      return;
    }
    out += too_long ? "{\"error\":\"the line is too long\"}" : evaluator.evaluate(line);
    out += '\n';
  };
  post::LineSplitter lines;
  std::string buffer(1 << 16, '\0');
  auto write = [&] {
    std::fwrite(out.data(), 1, out.size(), stdout);
    out.clear();
    return std::fflush(stdout) == 0;
  };
  bool written = true;
  // read(), not fread(): it gives what there is and does not wait for a full buffer.
  for (ssize_t n = 0; written && (n = ::read(fileno(in), buffer.data(), buffer.size())) > 0;) {
    lines.feed({buffer.data(), static_cast<std::size_t>(n)}, each);
    written = write();
  }
  lines.finish(each);
  if (!written || !write()) {
    return complain(io_error("writing", "standard output", errno).value());
  }
  return kOk;
}

int evaluate_lines(const Arguments& arguments) {
  rule::LineEvaluator evaluator;
  std::vector<std::string> files = arguments.texts("file");
  if (files.empty()) {
    files.emplace_back("-");
  }
  for (const std::string& file : files) {
    if (const int code = answer(file, evaluator); code != kOk) {
      return code;
    }
  }
  return kOk;
}

/// The pack named on the command line, or that of the settings.
Result<LoadedPolicy> pack_of(const Arguments& arguments, std::string_view option) {
  if (arguments.given(option)) {
    return load_policy_pack(arguments.text(option));
  }
  const Settings settings = TRY(load_settings(arguments));
  return load_policy_pack(settings);
}

/// Every fault on a line of its own; kFaults when there are any.
int tell(const std::vector<FieldError>& faults) {
  for (const FieldError& fault : faults) {
    std::fprintf(stderr, "%s: %s\n", fault.pointer.c_str(), fault.detail.c_str());
  }
  return faults.empty() ? kOk : kFaults;
}

int check(const Arguments& arguments) {
  const auto pack = pack_of(arguments, "pack");
  if (!pack) {
    (void)complain(pack.error());
    return pack.error().code == Code::InvalidInput ? kFaults : kFailed;
  }
  const assess::Plan& plan = pack->assessor->plan();
  std::size_t examples = 0;
  for (const assess::Plan::Rule& rule : plan.rules()) {
    examples += rule.text.examples.size();
  }
  const std::vector<FieldError> failed = pack->assessor->check_examples();
  std::printf("%zu rules, %zu examples, %zu of them not as they should be\n", plan.rules().size(), examples,
              failed.size());
  return tell(failed);
}

int test(const Arguments& arguments) {
  const auto pack = pack_of(arguments, "pack");
  if (!pack) {
    (void)complain(pack.error());
    return pack.error().code == Code::InvalidInput ? kFaults : kFailed;
  }
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator(fs::path(arguments.text("pack")) / "scenarios", error)) {
    if (entry.path().extension() == ".scn") {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  int posts = 0, expectations = 0, failures = 0;
  for (const fs::path& file : files) {
    const auto text = read_file(file);
    const auto result = text ? assess::run_scenario(file.filename().string(), *text, *pack->assessor)
                             : Result<assess::ScenarioResult>(tl::unexpected(text.error()));
    if (!result) {
      return complain(result.error());
    }
    posts += result->posts;
    expectations += result->expectations;
    failures += static_cast<int>(result->failures.size());
    for (const std::string& failure : result->failures) {
      std::fprintf(stderr, "%s\n", failure.c_str());
    }
  }
  const std::vector<FieldError> examples = pack->assessor->check_examples();
  std::printf(
      "%zu scenario files, %d posts, %d expectations, %d not met; %zu examples of rules not as they should be\n",
      files.size(), posts, expectations, failures, examples.size());
  return tell(examples) == kOk && failures == 0 ? kOk : kFaults;
}

int explain(const Arguments& arguments) {
  const auto pack = pack_of(arguments, "--pack");
  if (!pack) {
    return complain(pack.error());
  }
  const assess::Plan& plan = pack->assessor->plan();
  Output out;
  if (!arguments.given("rule")) {
    out.columns({{"id", "Rule"}, {"clause", "Clause"}, {"mode", "Mode"}, {"why", "Why"}});
    for (const assess::Plan::Rule& rule : plan.rules()) {
      out.row({rule.text.id, rule.text.clause->id, std::string(assess::rule_mode_name(rule.text.mode)), rule.text.why});
    }
    return print(out, arguments);
  }
  const std::string id = arguments.text("rule");
  std::vector<std::string> ids;
  for (std::uint32_t i = 0; i < plan.rules().size(); ++i) {
    const assess::RuleText& rule = plan.rules()[i].text;
    ids.push_back(rule.id);
    if (rule.id != id) {
      continue;
    }
    std::string signals;
    for (const assess::Plan::Out& signal : plan.rules()[i].signals) {
      signals += fmt::format("{}{}{}{} {}", signals.empty() ? "" : "; ", signal.category,
                             signal.group.empty() ? "" : "/", signal.group,
                             signal.score_program == nullptr ? fmt::format("{}", signal.score) : "by its expression");
    }
    out.fact("id", "Rule", rule.id).fact("version", "Version", rule.version).fact("why", "Why", rule.why);
    out.fact("clause", "Clause", rule.clause->id).fact("mode", "Mode", std::string(assess::rule_mode_name(rule.mode)));
    out.fact("place", "Written in", fmt::format("{}:{}", rule.file, rule.line));
    std::string when = rule.when.text;
    std::replace(when.begin(), when.end(), '\n', ' ');
    out.fact("when", "When", when);
    out.fact("evaluated_for", "Evaluated only for posts with", plan.filed_under(i));
    out.fact("steps", "Steps of the expression", cell(static_cast<std::uint64_t>(plan.rules()[i].when->op_count())));
    out.fact("signals", "Signals", signals);
    out.fact("acts", "A machine may act on it",
             rule.actions.empty() ? std::string("no") : std::string("yes, from the clause's act_at"));
    return print(out, arguments);
  }
  return complain(invalid("rule", fmt::format("there is no rule '{}'; {}", id, rule::did_you_mean(id, ids))).value());
}

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
  std::uint64_t posts_ = 0;
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
  std::error_code error;
  const auto size = std::filesystem::file_size(name, error);
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> in(std::fopen(name.c_str(), "rb"), std::fclose);
  if (in == nullptr) {
    return complain(io_error("opening", name, errno).value());
  }
  Backtest run(*now->assessor, *changed->assessor);
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
  const bool watched = isatty(STDERR_FILENO) != 0;
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), in.get())) > 0;) {
    lines.feed({buffer.data(), n}, each);
    done += n;
    if (watched && size > 0) {
      constexpr std::uint64_t kBar = 40;
      const std::uint64_t full = std::min<std::uint64_t>(kBar, done * kBar / size);
      std::fprintf(stderr, "\r[%s%s] %llu posts", std::string(full, '#').c_str(), std::string(kBar - full, ' ').c_str(),
                   static_cast<unsigned long long>(run.posts()));
    }
  }
  lines.finish(each);
  if (watched) {
    std::fputs("\r\033[K", stderr);
  }
  Output out = run.output();
  out.fact("refused", "Lines that are no post", cell(refused));
  return print(out, arguments);
}

Option pack_option() { return {.name = "--pack", .sentence = "A policy folder; else that of the settings"}; }

}  // namespace

Command rules_command() {
  const Option pack = {.name = "pack", .sentence = "A policy folder; else that of the settings, or the built-in one"};
  Option folder = pack;
  folder.sentence = "A policy folder with scenarios";
  folder.required = true;
  Option changed = pack_option();
  changed.sentence = "The changed policy folder";
  changed.required = true;
  Command command{
      .name = "rules",
      .sentence = "Rules of a policy pack, and their language",
      .commands = {
          {.name = "check",
           .sentence = "Whether lists and rules can be used and every example of a rule does what it should; 3 if not",
           .options = with_settings({pack}),
           .run = check},
          {.name = "test",
           .sentence = "The pack's scenarios and its rules' examples; 3 if any is not met",
           .options = with_settings({folder}),
           .run = test},
          {.name = "explain",
           .sentence =
               "What a rule needs, for which posts it is evaluated and what it gives; without a name: all rules",
           .options = with_settings({{.name = "rule", .sentence = "Its id"}, pack_option(), json_option()}),
           .run = explain},
          {.name = "backtest",
           .sentence = "What a changed pack would do to posts of a file, against the pack in force",
           .options = with_settings(
               {{.name = "file",
                 .sentence = "Posts, one a line as JSON, or labelled texts as .tsv or .tsv.gz",
                 .required = true},
                changed,
                {.name = "--against", .sentence = "A policy folder to compare with, instead of the settings'"},
                {.name = "--label", .sentence = "Member that says 1 or true for a violation", .fallback = "label"},
                json_option()}),
           .run = backtest},
          {.name = "eval",
           .sentence = "Evaluate expressions: {\"expr\":…,\"bindings\":{…}} a line in, "
                       "{\"value\":…} or {\"error\":…} a line out",
           .options =
               {{.name = "file", .sentence = "Files of lines; standard input without", .kind = Option::Kind::Texts}},
           .run = evaluate_lines}}};
  Command switches = office_command("rules", "", rule_tasks());
  std::move(switches.commands.begin(), switches.commands.end(), std::back_inserter(command.commands));
  return command;
}

}  // namespace heed::app
