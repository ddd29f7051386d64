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

Option pack_option() { return {.name = "--pack", .sentence = "A policy folder; else that of the settings"}; }

}  // namespace

Command rules_command() {
  const Option pack = {.name = "pack", .sentence = "A policy folder; else that of the settings, or the built-in one"};
  Option folder = pack;
  folder.sentence = "A policy folder with scenarios";
  folder.required = true;
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
          backtest_command(),
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
