#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <thread>

#include "app/commands.h"
#include "app/evaluation.h"
#include "app/house.h"
#include "app/output.h"
#include "base/file.h"
#include "post/post.h"

namespace heed::app {
namespace {

Output summary(const EvaluationTally& tally, double seconds) {
  auto share = [&](std::uint64_t n) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %%",
                  tally.lines == 0 ? 0.0 : 100.0 * static_cast<double>(n) / static_cast<double>(tally.lines));
    return std::string(text);
  };
  Output out;
  out.columns({{"what", "What"}, {"posts", "Posts"}, {"share", "Share"}});
  for (auto verdict : {assess::Verdict::Allow, assess::Verdict::Flag, assess::Verdict::Act}) {
    auto at = tally.verdicts.find(verdict);
    std::uint64_t n = at == tally.verdicts.end() ? 0 : at->second;
    out.row({std::string(assess::verdict_name(verdict)), cell(n), share(n)});
  }
  out.row({std::string("for a person at once"), cell(tally.reviews), share(tally.reviews)});
  out.row({std::string("refused"), cell(tally.refused), share(tally.refused)});
  for (const auto& [category, n] : tally.categories) {
    out.row({"signal " + category, cell(n), share(n)});
  }
  char speed[64];
  std::snprintf(speed, sizeof speed, "%.2f s, %.0f posts a second", seconds,
                seconds > 0 ? static_cast<double>(tally.lines) / seconds : 0.0);
  out.fact("posts", "Posts", cell(tally.lines)).fact("time", "Time", std::string(speed));
  return out;
}

int evaluate(const Arguments& arguments) {
  auto settings = load_settings(arguments);
  if (!settings) {
    return complain(settings.error());
  }
  auto loaded = load_policy_pack(*settings);
  if (!loaded) {
    return complain(loaded.error());
  }
  const std::string name = arguments.text("file");
  std::FILE* in = name == "-" ? stdin : std::fopen(name.c_str(), "rb");
  if (in == nullptr) {
    return complain(io_error("opening", name, errno).value());
  }
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> closing(in == stdin ? nullptr : in, std::fclose);
  auto threads = static_cast<unsigned>(arguments.integer("--threads"));
  if (threads == 0) {
    threads = std::max(1u, std::thread::hardware_concurrency());
  }
  Evaluation evaluation(*loaded->assessor, {.threads = threads, .scores = arguments.flag("--scores")},
                        [](std::string_view lines) { std::fwrite(lines.data(), 1, lines.size(), stdout); });
  const EvaluationTally& tally = evaluation.tally();
  std::uint64_t bytes = 0;
  post::LineSplitter lines;
  auto each = [&](std::uint64_t number, std::string_view line, bool too_long) {
    evaluation.line(number, line, too_long);
  };
  const bool watched = isatty(STDERR_FILENO) != 0;
  const auto began = std::chrono::steady_clock::now();
  auto told = began;
  std::string buffer(1 << 18, '\0');
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), in)) > 0;) {
    bytes += n;
    lines.feed({buffer.data(), n}, each);
    auto now = std::chrono::steady_clock::now();
    if (watched && now - told > std::chrono::milliseconds(500)) {
      told = now;
      std::fprintf(stderr, "\r%llu posts, %llu MB", static_cast<unsigned long long>(tally.lines),
                   static_cast<unsigned long long>(bytes >> 20));
    }
  }
  lines.finish(each);
  evaluation.finish();
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  if (watched) {
    std::fputs("\r\033[K", stderr);
  }
  if (std::fflush(stdout) != 0) {
    return complain(io_error("writing", "standard output", errno).value());
  }
  Output table = summary(tally, seconds);
  std::string text = arguments.flag("--json") ? table.json() : table.text();
  std::fwrite(text.data(), 1, text.size(), stderr);  // stdout has the assessments
  return kOk;
}

}  // namespace

Command evaluate_command() {
  return {
      .name = "evaluate",
      .sentence = "Assess posts: NDJSON in, an assessment a line out; the summary goes to stderr",
      .options = with_settings(
          {{.name = "file", .sentence = "Posts, one a line; - for standard input", .required = true},
           {.name = "--threads",
            .sentence = "How many work side by side; 0: one a core. The answers are the same",
            .kind = Option::Kind::Int,
            .fallback = "0",
            .min = 0,
            .max = 256},
           {.name = "--scores",
            .sentence =
                "Seven probabilities in every line, null where the model abstains, and why; every post is judged as "
                "if it were under report, by the second model, too unless assess.second_look is never",
            .kind = Option::Kind::Flag},
           {.name = "--json", .sentence = "The summary as JSON", .kind = Option::Kind::Flag}}),
      .run = evaluate};
}

}  // namespace heed::app
