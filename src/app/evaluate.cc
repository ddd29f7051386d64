#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <map>
#include <memory>

#include "app/commands.h"
#include "app/house.h"
#include "app/output.h"
#include "base/file.h"
#include "post/post.h"

namespace heed::app {
namespace {

/// What came of a run, for the table at the end.
struct Tally {
  std::uint64_t lines = 0, refused = 0, reviews = 0, bytes = 0;
  std::map<assess::Verdict, std::uint64_t> verdicts;
  std::map<std::string, std::uint64_t> categories;
};

class Evaluation {
 public:
  Evaluation(const assess::Assessor& assessor, std::FILE* out, Tally& tally)
      : assessor_(assessor), scratch_(assessor.scratch()), out_(out), tally_(tally) {}

  void line(std::uint64_t number, std::string_view text, bool too_long) {
    ++tally_.lines;
    // No "now": a file of old or future posts is judged by what is in it.
    Result<void> read = too_long ? Result<void>(fail(Code::TooLarge, "the line is too long"))
                                 : post::parse_post(parser_, text, Time::max() - std::chrono::hours(1), post_);
    buffer_.clear();
    JsonWriter json(buffer_);
    json.begin_object();
    if (!read) {
      ++tally_.refused;
      json.field("line", number).key("problem").begin_object();
      json.field("detail", read.error().message).end_object().end_object();
    } else {
      assessor_.first_stage(post_, *scratch_, assessment_);
      assessor_.second_stage(post_, assessment_);
      write(json);
    }
    buffer_ += '\n';
    std::fwrite(buffer_.data(), 1, buffer_.size(), out_);
  }

 private:
  void write(JsonWriter& json) {
    ++tally_.verdicts[assessment_.verdict];
    tally_.reviews += assessment_.review ? 1 : 0;
    json.field("post_id", post_.id).field("verdict", assess::verdict_name(assessment_.verdict)).key("signals");
    assess::write_signals(json, assessment_.signals);
    json.key("actions").begin_array();
    for (policy::ActionKind action : assessment_.actions) {
      json.value(policy::action_name(action));
    }
    json.end_array().field("review", assessment_.review);
    if (assessment_.clause != nullptr) {
      json.field("clause", assessment_.clause->id).field("lane", policy::lane_name(assessment_.lane)).field("severity", assessment_.severity);
    }
    json.end_object();
    for (const assess::Signal& signal : assessment_.signals) {
      ++tally_.categories[signal.category];
    }
  }

  const assess::Assessor& assessor_;
  std::unique_ptr<assess::Scratch, assess::ScratchDeleter> scratch_;
  std::FILE* out_;
  Tally& tally_;
  JsonParser parser_;
  post::Post post_;
  assess::Assessment assessment_;
  std::string buffer_;
};

Output summary(const Tally& tally, double seconds) {
  auto share = [&](std::uint64_t n) {
    char text[32];
    std::snprintf(text, sizeof text, "%.1f %%", tally.lines == 0 ? 0.0 : 100.0 * static_cast<double>(n) / static_cast<double>(tally.lines));
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
  std::snprintf(speed, sizeof speed, "%.2f s, %.0f posts a second", seconds, seconds > 0 ? static_cast<double>(tally.lines) / seconds : 0.0);
  out.fact("posts", "Posts", cell(tally.lines)).fact("time", "Time", std::string(speed));
  return out;
}

int evaluate(const Arguments& arguments) {
  auto settings = load_settings(arguments);
  if (!settings) {
    return complain(settings.error());
  }
  auto loaded = load_policy_pack(settings->text("policy.dir"));
  if (!loaded) {
    return complain(loaded.error());
  }
  const std::string name = arguments.text("file");
  std::FILE* in = name == "-" ? stdin : std::fopen(name.c_str(), "rb");
  if (in == nullptr) {
    return complain(io_error("opening", name, errno).value());
  }
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> closing(in == stdin ? nullptr : in, std::fclose);
  Tally tally;
  Evaluation evaluation(*loaded->assessor, stdout, tally);
  post::LineSplitter lines;
  auto each = [&](std::uint64_t number, std::string_view line, bool too_long) { evaluation.line(number, line, too_long); };
  const bool watched = isatty(STDERR_FILENO) != 0;
  const auto began = std::chrono::steady_clock::now();
  auto told = began;
  std::string buffer(1 << 18, '\0');
  for (std::size_t n = 0; (n = std::fread(buffer.data(), 1, buffer.size(), in)) > 0;) {
    tally.bytes += n;
    lines.feed({buffer.data(), n}, each);
    auto now = std::chrono::steady_clock::now();
    if (watched && now - told > std::chrono::milliseconds(500)) {
      told = now;
      std::fprintf(stderr, "\r%llu posts, %llu MB", static_cast<unsigned long long>(tally.lines), static_cast<unsigned long long>(tally.bytes >> 20));
    }
  }
  lines.finish(each);
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
  return {.name = "evaluate",
          .sentence = "Assess posts: NDJSON in, an assessment a line out; the summary goes to stderr",
          .options = with_settings({{.name = "file", .sentence = "Posts, one a line; - for standard input", .required = true},
                                    {.name = "--json", .sentence = "The summary as JSON", .kind = Option::Kind::Flag}}),
          .run = evaluate};
}

}  // namespace heed::app
