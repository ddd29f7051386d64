// What a person reads who wrote a faulty expression: testdata/*.txt, each fault with the message it gives.
// After a change of a message run this with HEED_UPDATE=1 and read the difference.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>

#include "base/file.h"
#include "rule/testing_environment.h"

namespace heed::rule {
namespace {

/// Blocks of "# remark", expression, "---", messages, separated by "====".
std::string render_file(const std::string& text) {
  const std::string name = "rule.yaml";
  std::string out;
  std::size_t at = 0;
  while (at < text.size()) {
    std::size_t end = text.find("====\n", at);
    end = end == std::string::npos ? text.size() : end;
    const std::string block = text.substr(at, end - at);
    at = end + 5;
    const std::size_t remark_end = block.find('\n') + 1, rule = block.find("---\n");
    const std::string remark = block.substr(0, remark_end),
                      expression = block.substr(remark_end, rule - remark_end - 1);
    out += remark + expression + "\n---\n";
    CompileOptions options;
    options.limits.depth = 20;
    options.limits.nodes = 60;
    options.limits.source_bytes = 500;
    options.limits.steps = 1000;
    options.wanted = Type::of(Kind::Bool);
    const Compiled compiled = compile({name, expression, 12, 9, 4}, testing_environment(), options);
    out += compiled.program == nullptr
               ? compiled.text()
               : testing_evaluate(expression, {{"score", "0.5"}, {"post.text", "\"hello\""}}, options) + "\n";
    out += at < text.size() ? "====\n" : "";
  }
  return out;
}

TEST(Messages, AreThoseOfTheFiles) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator("src/rule/testdata")) {
    const std::string before = *read_file(entry.path());
    const std::string now = render_file(before);
    if (std::getenv("HEED_UPDATE") != nullptr) {
      ASSERT_TRUE(write_file_atomically(entry.path(), now));
    }
    EXPECT_EQ(before, now) << entry.path();
    ++files;
  }
  EXPECT_GE(files, 4u);
}

}  // namespace
}  // namespace heed::rule
