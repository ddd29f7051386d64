#include <unistd.h>

#include <cstdio>
#include <memory>

#include "app/commands.h"
#include "base/file.h"
#include "base/json.h"
#include "post/post.h"
#include "rule/value_json.h"

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

}  // namespace

Command rules_command() {
  return {.name = "rules",
          .sentence = "The language of rules",
          .commands = {{.name = "eval",
                        .sentence = "Evaluate expressions: {\"expr\":…,\"bindings\":{…}} a line in, "
                                    "{\"value\":…} or {\"error\":…} a line out",
                        .options = {{.name = "file",
                                     .sentence = "Files of lines; standard input without",
                                     .kind = Option::Kind::Texts}},
                        .run = evaluate_lines}}};
}

}  // namespace heed::app
